//! Links, signing in, and forms that come from elsewhere.

use serde_json::{Value, json};

use crate::{
    visit::Browser,
    world::{Estate, World, text},
};

const PASSWORD: &str = "three calm walruses";

async fn staff_link(world: &World) -> String {
    let body = json!({ "code": "north", "name": "North",
        "administrator": { "principal_name": "boss@north.test", "display_name": "Bo Lund" } });
    let made = world.post(&world.root, "/resellers", &body).await.expect(202);
    text(&made["activation"]["link"]).strip_prefix("https://portal.test").expect("our address").to_owned()
}

#[tokio::test]
async fn a_person_chooses_a_password_and_signs_in_with_it() {
    let world = World::new().await;
    let link = staff_link(&world).await;
    let mut browser = Browser::new(&world);
    insta::assert_snapshot!("activate", browser.get(&link).await.shows(200, "activate"));
    let other = browser.fill(&link, &link, &[("password", PASSWORD), ("again", "another one")]).await;
    assert!(other.shows(422, "activate-mismatch").contains("The two passwords are not the same."));
    let short = browser.fill(&link, &link, &[("password", "short"), ("again", "short")]).await;
    assert!(short.shows(422, "activate-short").contains("At least 12 characters."));
    let chosen = browser.fill(&link, &link, &[("password", PASSWORD), ("again", PASSWORD)]).await;
    assert_eq!(chosen.goes_to(), link);
    insta::assert_snapshot!("activate_done", browser.get(&link).await.shows(200, "activate-done"));
    let wrong = browser.fill("/", "/sign-in", &[("login", "boss@north.test"), ("password", "guess")]).await;
    insta::assert_snapshot!("sign_in_wrong", wrong.shows(422, "sign-in-wrong"));
    let right = browser.fill("/", "/sign-in", &[("login", "Boss@North.test "), ("password", PASSWORD)]).await;
    assert_eq!(right.goes_to(), "/home");
    let set =
        right.headers.get_all("set-cookie").iter().map(|v| v.to_str().expect("ASCII")).collect::<Vec<_>>();
    let session = set.iter().find(|c| c.starts_with("tenantry_session=")).expect("a session");
    assert!(session.contains("HttpOnly; SameSite=Lax; Secure"), "{session}");
    assert!(browser.get("/status").await.shows(200, "status-new").contains("Bo Lund"));
    assert_eq!(browser.get("/").await.goes_to(), "/home");
    let token = browser.cookie("tenantry_session").expect("a session").to_owned();
    assert_eq!(browser.fill("/status", "/sign-out", &[]).await.goes_to(), "/");
    assert_eq!(browser.get("/status").await.goes_to(), "/sign-in?to=%2Fstatus");
    world.get(&token, "/me").await.expect(401);
}

#[tokio::test]
async fn the_page_of_a_link_says_how_far_the_password_is() {
    let estate = Estate::new().await;
    let link = text(&estate.acme["activation"]["link"])
        .strip_prefix("https://portal.test")
        .expect("ours")
        .to_owned();
    let mut browser = Browser::new(&estate.world);
    let sent = browser.fill(&link, &link, &[("password", PASSWORD), ("again", PASSWORD)]).await;
    assert_eq!(sent.goes_to(), link);
    let pending = browser.get(&link).await.shows(200, "activate-pending");
    assert!(pending.contains("<meta http-equiv=\"refresh\" content=\"1\">"), "{pending}");
    let db = &estate.world.db;
    let problem = json!({ "code": "password_policy", "target_message": "0000052D: constraint violation" });
    let condition = "request_id IN (SELECT id FROM request WHERE kind = 'password')";
    let set = format!("state = 'failed', problem = '{problem}'");
    assert_eq!(db.change("request_item", &set, condition).await, 1);
    let failed = browser.get(&link).await.shows(200, "activate-failed");
    insta::assert_snapshot!("activate_failed", failed);
    assert!(!failed.contains("0000052D"), "the directory's own words are not for customers");
    assert_eq!(db.change("activation", "revoked_at = now()", "request_id IS NOT NULL").await, 1);
    assert!(browser.get(&link).await.shows(200, "activate-expired").contains("This link no longer works"));
    assert!(browser.get("/activate/nonsense").await.shows(404, "no-page").contains("There is no such page"));
}

#[tokio::test]
async fn a_form_from_elsewhere_changes_nothing() {
    let estate = Estate::new().await;
    let mut browser = Browser::signed_in(&estate.world, &estate.boss);
    let page = browser.get("/status").await.html;
    let form =
        page.split("name=\"form_token\" value=\"").nth(1).and_then(|t| t.split('"').next()).expect("a token");
    let form = form.to_owned();
    let other = Browser::signed_in(&estate.world, &estate.anna).get("/status").await.html;
    assert!(!other.contains(&form), "every session has a token of its own");
    let path = format!("/status/requests/{}/retry", text(&estate.acme["request"]["id"]));
    let before = estate.world.db.counts().await;
    let good = [("form_token", form.as_str())];
    for (headers, fields) in [
        (vec![("sec-fetch-site", "cross-site")], &good[..]),
        (vec![("sec-fetch-site", "same-site")], &good[..]),
        (vec![("origin", "https://evil.test")], &good[..]),
        (vec![("sec-fetch-site", "same-origin")], &[][..]),
        (vec![], &[("form_token", "00000000000000000000000000000000")][..]),
    ] {
        let page = browser.post(&path, &headers, fields).await;
        assert_eq!(page.status.as_u16(), 403, "{headers:?} {fields:?}");
    }
    assert_eq!(estate.world.db.counts().await, before);
    let own = browser.post(&path, &[("origin", "https://portal.test")], &good).await;
    assert!(own.goes_to().starts_with("/status/requests/req_"));
    let huge = "x".repeat(100_000);
    let page = browser.post(&path, &[], &[("form_token", &form), ("more", &huge)]).await;
    assert_eq!(page.status.as_u16(), 413);
}

#[tokio::test]
async fn a_refused_form_leaves_the_ways_where_they_are() {
    let estate = Estate::new().await;
    let mut browser = Browser::signed_in(&estate.world, &estate.anna);
    let person = format!("/people/{}", estate.ben_id);
    let page = browser.get(&person).await.html;
    let form = page.split("name=\"form_token\" value=\"").nth(1).and_then(|t| t.split('"').next());
    let referer = format!("https://portal.test{person}");
    let headers = [("sec-fetch-site", "same-origin"), ("referer", referer.as_str())];
    let sent = [("form_token", form.expect("a form")), ("plan", "none such")];
    let refused = browser.post(&format!("{person}/plan"), &headers, &sent).await;
    let page = refused.shows(422, "refused-form");
    for said in [
        "<nav aria-label=\"Main\">",
        "href=\"/customers\"",
        "<bdi>Anna Berg</bdi></a>",
        &format!("href=\"{}\">Back to the page before</a>", page_of(&person)),
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
    // A page that was asked for has no form to go back to.
    let missing = browser.get("/people/nobody").await.shows(404, "no-page-signed-in");
    assert!(missing.contains("href=\"/customers\"") && !missing.contains("Back to the page"), "{missing}");
    // Who is not signed in learns of no way.
    let nobody = Browser::new(&estate.world).get("/nowhere").await.shows(404, "no-page");
    assert!(!nobody.contains("href=\"/customers\"") && !nobody.contains("sign-out"), "{nobody}");
}

/// An address as a kept page shows it, without its id.
fn page_of(path: &str) -> String {
    path.split('_').next().map(|kind| format!("{kind}_")).unwrap_or_default()
}

#[tokio::test]
async fn what_failed_is_retried_from_its_page_by_those_who_may() {
    let estate = Estate::new().await;
    let set = "state = 'failed', problem = '{\"code\": \"name_taken\"}'";
    estate.world.db.change("request_item", set, "state = 'requested'").await;
    let path = format!("/status/requests/{}", text(&estate.acme["request"]["id"]));
    let mut stranger = Browser::signed_in(&estate.world, &estate.bert);
    stranger.get(&path).await.shows(404, "not-yours");
    let forged = stranger.fill("/status", &format!("{path}/retry"), &[]).await;
    assert_eq!(forged.status.as_u16(), 404);
    let mut nobody = Browser::signed_in(&estate.world, &estate.ben);
    nobody.get("/status").await.shows(403, "no-role");
    let mut browser = Browser::signed_in(&estate.world, &estate.anna);
    let page = browser.fill(&path, &format!("{path}/retry"), &[]).await;
    assert_eq!(page.goes_to(), path);
    let failed = estate.world.db.table("request_item").await;
    assert!(failed.iter().filter(|i| i["request_id"] != Value::Null).any(|i| i["state"] == "requested"));
}
