//! Ordering: fields are looked at as they are left, and what failed is tried again from the order's
//! own page.

use serde_json::json;

use crate::{
    visit::{Browser, Page},
    world::{Estate, text},
};

async fn check(browser: &mut Browser, field: &str, fields: &[(&str, &str)]) -> Page {
    browser.fill("/order", &format!("/order/check?field={field}"), fields).await
}

#[tokio::test]
async fn a_field_that_was_left_is_looked_at_by_the_rules_of_the_order() {
    let estate = Estate::new().await;
    let mut browser = Browser::signed_in(&estate.world, &estate.boss);
    let page = browser.get("/order").await.shows(200, "order");
    assert!(page.contains("hx-post=\"/order/check?field=customer.code\""), "{page}");
    assert!(!page.contains("id=\"f-seller\""), "who sells alone chooses nobody");
    let before = estate.world.db.counts().await;

    let wrong = check(&mut browser, "customer.code", &[("customer.code", "acme")]).await;
    assert!(wrong.shows(200, "order-check").contains("&#34;acme&#34; is taken already."), "{}", wrong.html);
    let wrong = check(&mut browser, "customer.upn_suffix", &[("customer.upn_suffix", "nodots")]).await;
    assert!(wrong.html.contains("id=\"e-customer.upn_suffix\">Expected is"), "{}", wrong.html);
    let fine = check(&mut browser, "customer.code", &[("customer.code", "gamma")]).await;
    assert!(fine.html.contains("id=\"e-customer.code\"></p>"), "{}", fine.html);
    let named = check(&mut browser, "customer.name", &[("customer.name", "Acme")]).await;
    assert!(named.html.contains("data-fill=\"f-customer.code\" data-value=\"acme2\""), "{}", named.html);
    let named =
        check(&mut browser, "customer.name", &[("customer.name", "Acme"), ("customer.code", "mine")]).await;
    assert!(!named.html.contains("data-value"), "what somebody typed stays");
    let sum = check(&mut browser, "plans", &[("plans", "desktop-s"), ("plans", "backup")]).await;
    assert!(sum.html.contains("id=\"total\""), "{}", sum.html);
    assert_eq!(estate.world.db.counts().await, before, "nothing is changed");
}

#[tokio::test]
async fn without_scripts_the_form_comes_back_with_what_was_typed_and_a_free_code() {
    let estate = Estate::new().await;
    let mut browser = Browser::signed_in(&estate.world, &estate.boss);
    let fields = [
        ("customer.name", "Beta A/S"),
        ("customer.upn_suffix", "beta-two.test"),
        ("reference", "SO-acme"),
        ("administrator.surname", "Boe"),
        ("plans", "backup"),
    ];
    let page = browser.fill("/order", "/order", &fields).await.shows(422, "order-wrong");
    assert!(page.contains("value=\"Beta A/S\"") || page.contains("value=\"Beta A&#x2F;S\""), "{page}");
    assert!(page.contains("name=\"customer.code\" type=\"text\" value=\"beta-as\""), "{page}");
    let mut fields = fields.to_vec();
    fields.push(("customer.code", "beta-as"));
    let page = browser.fill("/order", "/order", &fields).await.shows(422, "order-reference");
    assert!(page.contains("href=\"#f-reference\""), "the reference is a field like any other: {page}");
    fields.retain(|(name, _)| *name != "reference");
    fields.push(("reference", "SO-2"));
    let placed = browser.fill("/order", "/order", &fields).await;
    assert!(placed.goes_to().starts_with("/orders/ord_"), "{}", placed.html);
}

#[tokio::test]
async fn who_sells_for_several_chooses_and_strangers_find_nothing() {
    let estate = Estate::new().await;
    let mut root = Browser::signed_in(&estate.world, &estate.world.root);
    let page = root.get("/order?seller=north").await.shows(200, "order-seller");
    assert!(page.contains("<option value=\"north\" selected>"), "{page}");
    assert!(page.contains("name=\"seller\" value=\"north\""), "{page}");
    root.get("/order?seller=nobody").await.shows(404, "order-no-seller");
    let mut boss = Browser::signed_in(&estate.world, &estate.boss);
    boss.get("/order?seller=south").await.shows(404, "order-other-seller");
    let mut customer = Browser::signed_in(&estate.world, &estate.anna);
    customer.get("/order").await.shows(403, "order-not-allowed");
}

#[tokio::test]
async fn what_failed_of_an_order_is_tried_again_from_its_page() {
    let estate = Estate::new().await;
    let problem = json!({ "code": "name_taken", "args": { "attribute": "logon_name", "value": "ben_acme" } });
    let users = "object_id IN (SELECT id FROM object WHERE kind = 'user')";
    let db = &estate.world.db;
    db.change("request_item", &format!("state = 'failed', problem = '{problem}'"), users).await;
    db.change("request_item", "state = 'verified'", "state = 'requested'").await;
    let path = format!("/orders/{}", text(&estate.acme["id"]));
    let mut browser = Browser::signed_in(&estate.world, &estate.boss);
    let page = browser.get(&path).await.shows(200, "order-failed");
    assert!(page.contains("The name is taken") && page.contains("Mended: try again"), "{page}");
    assert!(page.contains("/edit\">Change the value</a>"), "the value can be changed from here: {page}");
    assert!(!page.contains("hx-sse:connect"), "nothing moves by itself");
    let again = browser.fill(&path, &format!("{path}/retry"), &[]).await;
    assert_eq!(again.goes_to(), path);
    let page = browser.get(&path).await.shows(200, "order-again");
    assert!(page.contains("hx-sse:connect") && !page.contains("Mended: try again"), "{page}");
    let mut stranger = Browser::signed_in(&estate.world, &estate.bert);
    stranger.get(&path).await.shows(404, "order-stranger");
    let forged = stranger.fill("/home", &format!("{path}/retry"), &[]).await;
    assert_eq!(forged.status.as_u16(), 404);
}

#[tokio::test]
async fn home_says_what_to_do_first_what_needs_somebody_and_how_much_there_is() {
    let estate = Estate::new().await;
    let world = &estate.world;
    let mut root = Browser::signed_in(world, &world.root);
    let page = root.get("/home").await.shows(200, "home");
    assert!(page.contains("requests are on their way"), "{page}");
    let page = root.get("/home?time=year").await.shows(200, "home-year");
    assert!(page.contains("12 months"), "{page}");
    let mut nobody = Browser::signed_in(world, &estate.ben);
    let page = nobody.get("/home").await.shows(200, "home-own");
    assert!(page.contains("Your account") && page.contains("ben.lund@acme.test"), "{page}");
    assert!(!page.contains("What needs you") && !page.contains("Over time"), "{page}");
    let mut anna = Browser::signed_in(world, &estate.anna);
    let page = anna.get("/home").await.shows(200, "home-customer");
    assert!(page.contains("people never chose a password"), "{page}");
}

#[tokio::test]
async fn the_design_page_is_for_the_provider_and_the_switcher_for_who_works_in_several() {
    let estate = Estate::new().await;
    let world = &estate.world;
    for (who, status) in [(&world.root, 200), (&estate.boss, 404), (&estate.anna, 404), (&estate.ben, 404)] {
        let page = Browser::signed_in(world, who).get("/design").await;
        assert_eq!(page.status.as_u16(), status, "{}", page.html);
        assert!(!page.html.contains("class=\"switch\""), "who works in one has nothing to choose");
    }
    world
        .db
        .execute(
            "INSERT INTO role_grant (id, tenant_id, user_id, role_code, role_version, created_at)
             SELECT gen_random_uuid(), t.id, u.id, g.role_code, g.role_version, g.created_at
               FROM tenant t, users u, role_grant g
              WHERE t.code = 'beta' AND u.principal_name = 'anna.berg@acme.test' AND g.user_id = u.id",
        )
        .await;
    let mut anna = Browser::signed_in(world, &estate.anna);
    let page = anna.get(&format!("/customers/{}/people", estate.acme_id())).await.shows(200, "switcher");
    assert!(page.contains("<bdi>acme GmbH</bdi></summary>"), "{page}");
    assert!(page.contains("/people\"><bdi>beta GmbH</bdi></a>"), "{page}");
}
