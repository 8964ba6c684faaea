//! What people see: states, problems, paging, brands, and what browsers may do.

use domain::problem::{Problem, ProblemCode};
use serde_json::json;

use crate::{
    visit::Browser,
    world::{Estate, World, text},
};

#[tokio::test]
async fn the_status_page_shows_directories_and_requests() {
    let estate = Estate::new().await;
    let mut browser = Browser::signed_in(&estate.world, &estate.world.root);
    insta::assert_snapshot!("status", browser.get("/status").await.shows(200, "status"));
    let mut reseller = Browser::signed_in(&estate.world, &estate.boss);
    let own = reseller.get("/status").await.shows(200, "status-reseller");
    assert!(!own.contains("Directories"), "a reseller does not run directories");
    assert!(own.contains("acme GmbH") && !own.contains("beta"), "{own}");
}

#[tokio::test]
async fn a_request_shows_what_stands_in_the_way_and_what_to_do() {
    let estate = Estate::new().await;
    let db = &estate.world.db;
    let problem = json!({ "code": "name_taken", "args": { "attribute": "logon_name", "value": "ben_acme" },
        "target_message": "00002071: entryAlreadyExists" });
    let users = "object_id IN (SELECT id FROM object WHERE kind = 'user')";
    db.change("request_item", &format!("state = 'failed', problem = '{problem}'"), users).await;
    db.change("request_item", "state = 'verified'", "state = 'requested'").await;
    let path = format!("/status/requests/{}", text(&estate.acme["request"]["id"]));
    let mut provider = Browser::signed_in(&estate.world, &estate.world.root);
    let page = provider.get(&format!("{path}?state=failed")).await.shows(200, "request");
    assert!(page.contains("entryAlreadyExists"));
    let mut customer = Browser::signed_in(&estate.world, &estate.anna);
    let page = customer.get(&path).await.shows(200, "request-customer");
    assert!(!page.contains("entryAlreadyExists"), "the directory's own words are the provider's");
    insta::assert_snapshot!("request", page);
    assert!(provider.get("/status?state=complete_with_problems").await.html.contains("With problems"));
    let empty = provider.get("/status?state=parked").await.shows(200, "status-empty");
    assert!(empty.contains("Nothing here."));
}

#[tokio::test]
async fn names_stand_where_codes_are_kept() {
    let estate = Estate::new().await;
    let world = &estate.world;
    let mut root = Browser::signed_in(world, &world.root);
    for path in ["/customers".to_owned(), format!("/customers/{}", estate.acme_id())] {
        let page = root.get(&path).await.html;
        assert!(page.contains("<bdi>Shared directory</bdi>"), "{path}: {page}");
        assert!(!page.contains("<bdi>shared</bdi>"), "{path}: {page}");
    }
    let person = format!("/users/{}/plans", estate.ben_id);
    world.post(&estate.anna, &person, &json!({ "plan": "desktop-l" })).await.expect(202);
    let page = root.get(&format!("/people/{}/history", estate.ben_id)).await.html;
    assert!(page.contains("<bdi>Desktop Large, version 1</bdi>"), "{page}");
    assert!(!page.contains("desktop-l/"), "{page}");
}

/// The way of the navigation that is marked.
fn marked(html: &str) -> Option<&str> {
    let before = html.split("aria-current=\"page\"><svg").next()?;
    html[before.len()..].split("</svg>").nth(1)?.split('<').next()
}

#[tokio::test]
async fn a_page_below_another_marks_its_way_in_the_navigation() {
    let estate = Estate::new().await;
    let mut root = Browser::signed_in(&estate.world, &estate.world.root);
    for (path, way) in [
        (format!("/people/{}", estate.ben_id), Some("Customers")),
        ("/order".to_owned(), Some("Customers")),
        ("/drift".to_owned(), Some("Directories")),
        ("/account".to_owned(), None),
        ("/status".to_owned(), Some("Status")),
    ] {
        let page = root.get(&path).await.html;
        assert_eq!(marked(&page), way, "{path}: {page}");
        assert!(page.matches("aria-current=\"page\"><svg").count() <= 1, "{path}: {page}");
    }
}

#[tokio::test]
async fn a_directory_that_is_away_is_told_with_its_reason() {
    let estate = Estate::new().await;
    let mut browser = Browser::signed_in(&estate.world, &estate.world.root);
    let (world, id) = (&estate.world, "id");
    let directory = world.get(&world.root, "/directories").await.expect(200)["items"][0][id].clone();
    let target = text(&directory).parse().expect("an id");
    let settings = store::Settings { database: world.db.owner().clone(), connections: 2 };
    let keys = world.store.keys().clone();
    let engine = store::engine::EngineStore::open(&settings, keys, world.clock.clone());
    engine.health(target, 12_000).await.expect("asking");
    let retry_at = "2026-03-02T09:00:00Z".parse().expect("an instant");
    let refused = Problem::new(ProblemCode::Unreachable).said("connection refused");
    engine.target_down(target, &refused, retry_at).await.expect("down");
    world.db.change("target_health", "since = '2026-03-02T07:56:00Z'", "true").await;
    let page = browser.get("/status").await.shows(200, "status-away");
    assert!(page.contains("Does not answer") && page.contains("connection refused"), "{page}");
    let shown = world.get(&world.root, "/directories").await.expect(200);
    assert_eq!(
        (&shown["items"][0]["health"], &shown["items"][0]["breaker"]),
        (&json!("down"), &json!("open"))
    );
}

#[tokio::test]
async fn three_thousand_objects_are_shown_page_by_page() {
    let estate = Estate::new().await;
    let people: Vec<_> =
        (0..1_600).map(|i| json!({ "given_name": "Sam", "surname": format!("Stone{i}") })).collect();
    let path = format!("/customers/{}/users/batch", estate.acme_id());
    let batch = estate.world.post(&estate.anna, &path, &json!({ "users": people })).await.expect(202);
    let mut browser = Browser::signed_in(&estate.world, &estate.anna);
    let mut next = format!("/status/requests/{}", text(&batch["request"]));
    let first = browser.get(&next).await.shows(200, "request-many");
    assert!(first.contains("0 of 3,200 done"), "{first}");
    let (mut pages, mut rows) = (0, 0);
    loop {
        let page = browser.get(&next).await;
        assert!(page.html.len() < 100_000, "a page stays small");
        rows += page.html.matches("<li class=\"row\">").count();
        pages += 1;
        let Some(href) = page.html.split("rel=\"next\" href=\"").nth(1).and_then(|h| h.split('"').next())
        else {
            break;
        };
        next = format!("{}{}", next.split('?').next().unwrap_or_default(), href.replace("&#38;", "&"));
    }
    assert_eq!((pages, rows), (64, 3_200));
}

#[tokio::test]
async fn a_page_bears_the_brand_of_its_host_and_no_other_name() {
    let world = World::new().await;
    let mut browser = Browser::new(&world);
    insta::assert_snapshot!("sign_in", browser.get("/").await.shows(200, "sign-in"));
    browser.host = "other.test:8443";
    let page = browser.get("/").await.shows(200, "sign-in-neutral");
    assert!(
        !page.contains("Main Cloud") && !page.contains("Provider") && !page.contains("Tenantry"),
        "{page}"
    );
}

#[tokio::test]
async fn browsers_are_told_to_run_and_load_nothing_foreign() {
    let world = World::new().await;
    let mut browser = Browser::new(&world);
    let page = browser.get("/").await;
    let policy = page.header("content-security-policy");
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    assert_eq!(page.header("cache-control"), "no-store");
    for forbidden in ["<script>", "<script src=\"//", "<style", " style=\"", "onclick", "http://", "https://"]
    {
        assert!(!page.html.contains(forbidden), "{forbidden}");
    }
    for script in page.html.split("<script").skip(1) {
        assert!(script.starts_with(" src=\"/assets/"), "{script}");
    }
    let style = page
        .html
        .split("stylesheet\" href=\"")
        .nth(1)
        .and_then(|s| s.split('"').next())
        .expect("a style sheet");
    let style = browser.get(style).await;
    assert_eq!(style.header("content-type"), "text/css; charset=utf-8");
    assert!(style.header("cache-control").contains("immutable"));
    assert_eq!(browser.get("/assets/style.css").await.status.as_u16(), 404);
    assert_eq!(browser.get("/nothing").await.status.as_u16(), 404);
    assert_eq!(browser.get("/sign-out").await.status.as_u16(), 405);
    // Reloaded or bookmarked after a wrong password.
    assert!(browser.get("/sign-in").await.html.contains("name=\"password\""));
}

#[tokio::test]
async fn names_from_people_are_text_and_never_markup() {
    let estate = Estate::new().await;
    let path = format!("/customers/{}/users", estate.acme_id());
    let body = json!({ "given_name": "<img src=x onerror=alert(1)>", "surname": "שלום" });
    let made = estate.world.post(&estate.anna, &path, &body).await.expect(202);
    let request = text(&made["provisioning"]["request"]);
    let mut browser = Browser::signed_in(&estate.world, &estate.anna);
    let page = browser.get(&format!("/status/requests/{request}")).await.shows(200, "request-markup");
    assert!(page.contains("&#60;img") && !page.contains("<img"), "{page}");
}

#[tokio::test]
async fn a_role_is_given_and_taken_on_the_page_of_a_person() {
    let estate = Estate::new().await;
    let world = &estate.world;
    let path = format!("/people/{}", estate.ben_id);
    let mut anna = Browser::signed_in(world, &estate.anna);
    let before = anna.get(&path).await.shows(200, "person-roles-none");
    assert!(
        before.contains("No role.") && before.contains("<option value=\"user_administrator\">"),
        "{before}"
    );
    assert!(!before.contains("provider_administrator"), "a customer gives none of these");
    let done = anna.fill(&path, &format!("{path}/role"), &[("role", "user_administrator")]).await;
    assert_eq!(done.goes_to(), format!("{path}?done=role"));
    let held = anna.get(&format!("{path}?done=role")).await.shows(200, "person-roles");
    assert!(held.contains("The role is given") && held.contains("by Anna Berg"), "{held}");
    assert!(held.contains("aria-label=\"Take away Administrator of people\""), "{held}");
    assert!(!held.contains("<option value=\"user_administrator\">"), "what is held is not offered");

    // Who holds it sees it and gives nothing; who holds none sees none.
    let mut ben = Browser::signed_in(world, &estate.ben);
    let own = ben.get(&path).await.html;
    assert!(own.contains("Administrator of people") && !own.contains("/unrole"), "{own}");
    let refused = ben.fill(&path, &format!("{path}/role"), &[("role", "customer_administrator")]).await;
    assert_eq!(refused.status, 403, "{}", refused.html);

    let done = anna.fill(&path, &format!("{path}/unrole"), &[("role", "user_administrator")]).await;
    assert_eq!(done.goes_to(), format!("{path}?done=unrole"));
    let page = anna.get(&format!("{path}/history")).await.html;
    assert!(page.contains("Role given") && page.contains("Role taken away"), "{page}");
    let none = ben.get(&path).await.html;
    assert!(!none.contains("id=\"roles\""), "{none}");
}
