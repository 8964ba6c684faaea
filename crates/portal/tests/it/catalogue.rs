//! Who sees the catalogue and the directories, and lists that are long.

use serde_json::json;

use crate::{
    visit::Browser,
    world::{Estate, text},
};

fn next(html: &str) -> Option<String> {
    let href = html.split("rel=\"next\" href=\"").nth(1)?.split('"').next()?;
    Some(href.replace("&#38;", "&"))
}

#[tokio::test]
async fn three_thousand_people_beside_a_plan_are_shown_page_by_page() {
    let estate = Estate::new().await;
    let path = format!("/customers/{}/users/batch", estate.acme_id());
    for half in 0..2 {
        let person = |i| json!({ "given_name": "Sam", "surname": format!("Stone {half} {i}") });
        let people: Vec<_> = (0..1_600).map(person).collect();
        estate.world.post(&estate.anna, &path, &json!({ "users": people })).await.expect(202);
    }
    let mut browser = Browser::signed_in(&estate.world, &estate.anna);
    let seats = format!("/customers/{}/seats/desktop-s", estate.acme_id());
    let (mut pages, mut rows) = (0, 0);
    let mut page = Some(format!("{seats}?who=without&q=sam"));
    while let Some(path) = page {
        let shown = browser.get(&path).await;
        assert!(shown.html.len() < 60_000, "a page stays small");
        rows += shown.html.matches("name=\"people\"").count();
        pages += 1;
        page = next(&shown.html);
    }
    assert_eq!((pages, rows), (64, 3_200));
    // All that match are given it at once, after what it comes to was shown.
    let all = [("all", "1"), ("q", "sam")];
    let sure = browser.fill(&seats, &format!("{seats}/give"), &all).await.shows(200, "seats-sure");
    assert!(sure.contains("3,200 more licences are used") && sure.contains("124,800.00"), "{sure}");
    let agreed = [("all", "1"), ("q", "sam"), ("sure", "1")];
    let done = browser.fill(&seats, &format!("{seats}/give"), &agreed).await;
    assert!(done.goes_to().ends_with("?done=seats-give"));
    let services = browser.get(&format!("/customers/{}/services", estate.acme_id())).await;
    assert!(services.shows(200, "customer-services").contains("3,20"), "they are counted");
}

#[tokio::test]
async fn the_catalogue_is_for_those_who_sell_and_directories_for_those_who_run_them() {
    let estate = Estate::new().await;
    let acme = estate.acme_id();
    let person = text(&estate.acme["administrator"]["id"]);
    let selling = [
        "/services",
        "/services/desktop",
        "/services/desktop/properties",
        "/plans/desktop-s",
        "/plans/desktop-s/upgrade",
    ];
    let running = ["/directories", "/adoptions"];
    let own = [
        format!("/customers/{acme}/services"),
        format!("/customers/{acme}/properties"),
        format!("/customers/{acme}/seats/desktop-s"),
        format!("/people/{person}/properties"),
        "/drift".to_owned(),
    ];
    for (who, sells, runs, sees) in
        [(&estate.world.root, 200, 200, 200), (&estate.boss, 200, 404, 200), (&estate.anna, 404, 404, 200)]
    {
        let mut browser = Browser::signed_in(&estate.world, who);
        for path in selling {
            assert_eq!(browser.get(path).await.status.as_u16(), sells, "{path}");
        }
        for path in running {
            assert_eq!(browser.get(path).await.status.as_u16(), runs, "{path}");
        }
        for path in &own {
            let page = browser.get(path).await;
            assert_eq!(page.status.as_u16(), sees, "{path}: {}", page.html);
        }
    }
    // Of another customer nothing is there.
    let mut stranger = Browser::signed_in(&estate.world, &estate.bert);
    for path in &own[..4] {
        assert_eq!(stranger.get(path).await.status.as_u16(), 404, "{path}");
    }
    // A reseller publishes for itself, and does not change what the provider publishes.
    let mut boss = Browser::signed_in(&estate.world, &estate.boss);
    assert_eq!(boss.get("/plans/desktop-s/new").await.status.as_u16(), 404);
    assert!(!boss.get("/services/desktop").await.html.contains("/retire"));
    let mut nobody = Browser::signed_in(&estate.world, &estate.ben);
    assert_eq!(nobody.get(&format!("/customers/{acme}/services")).await.status.as_u16(), 404);
}

#[tokio::test]
async fn a_plan_that_may_not_be_given_is_refused_and_the_attempt_is_on_record() {
    let estate = Estate::new().await;
    let world = &estate.world;
    estate.ben_looks_after_people().await;
    let denied = async || world.db.values("event", "id", "code = 'access.denied'").await.len();
    let anna = text(&estate.acme["administrator"]["id"]);
    let seats = format!("/customers/{}/seats/desktop-l", estate.acme_id());
    let mut ben = Browser::signed_in(world, &estate.ben);
    let from = format!("{seats}?who=without");
    let looked = ben.fill(&from, &format!("{seats}/give"), &[("people", anna)]).await;
    assert_eq!((looked.status.as_u16(), denied().await), (403, 0), "he only looked");
    let agreed = [("people", anna), ("sure", "1")];
    let tried = ben.fill(&from, &format!("{seats}/give"), &agreed).await;
    assert_eq!((tried.status.as_u16(), denied().await), (403, 1));
    // What a history names it says in words.
    let history = ben.get(&format!("/people/{anna}/history")).await;
    assert_eq!(history.status.as_u16(), 200, "{}", history.html);
    assert!(history.html.contains("Administrator of a customer"), "{}", history.html);
    assert!(!history.html.contains("customer_administrator"), "{}", history.html);
}
