//! What a seller asks of its people, in a real browser: where it is said, and where it is asked.

use serde_json::json;
use testkit::postgres::TestDatabase;

use crate::{
    browser::Browser,
    lifecycle::{url_of, use_keys_of_the_run},
    process::{Installation, PASSWORD, ROOT},
};

#[tokio::test(flavor = "multi_thread")]
async fn portal_fields_are_defined_on_a_page_and_asked_for_with_an_order() {
    let database = TestDatabase::empty().await;
    let installation = Installation::new("", Some(url_of(database.name())));
    use_keys_of_the_run(&installation);
    installation.migrate();
    let (server, root) = installation.serve(&[]).await;
    let body = json!({ "code": "north", "name": "North IT" });
    let made = root.post("resellers", &body).await.good();
    let id = made["id"].as_str().expect("a reseller").to_owned();
    let browser = Browser::open(installation.port(), true, "en").await;
    browser.sign_in(ROOT, PASSWORD).await;
    browser.visit(&format!("/settings/{id}/fields")).await;
    browser.look("custom-fields-empty").await;
    browser.click("a[href$='/new-field']").await;
    browser.look("custom-field-new").await;
    browser.fill("custom.label", "Cost centre").await;
    browser.click("main form.head .acts button").await;
    browser.reads("#e-custom\\.key", "needed").await;
    browser.look("custom-field-wrong").await;
    browser.fill("custom.key", "cost_centre").await;
    browser.click("main form.head .acts button").await;
    browser.reads("main .list", "Cost centre").await;
    let more = [
        json!({ "key": "floor", "label": "Floor", "kind": "number", "rules": { "min": "-2", "max": "40" } }),
        json!({ "key": "level", "label": "Level", "kind": "choice", "required": true,
            "rules": { "choices": ["Junior", "Senior"] } }),
        json!({ "key": "badge", "label": "Has a badge", "kind": "yes_no" }),
        json!({ "key": "since", "label": "With us since", "kind": "date", "person": "edits" }),
    ];
    for field in more {
        root.post(&format!("tenants/{id}/fields"), &field).await.good();
    }
    browser.visit(&format!("/settings/{id}/fields")).await;
    browser.look("custom-fields").await;
    browser.click("a[href$='/fields/level']").await;
    browser.look("custom-field").await;
    browser.visit("/order?seller=north").await;
    browser.reads("main", "Cost centre").await;
    browser.look("order-fields").await;
    browser.close().await;
    assert!(server.stop().await.success());
}
