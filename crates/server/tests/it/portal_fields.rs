//! What a seller asks of its people, in a real browser: where it is said, and where it is asked.

use serde_json::json;
use testkit::postgres::TestDatabase;

use crate::{
    browser::Browser,
    directory::Site,
    http::Client,
    lifecycle::{url_of, use_keys_of_the_run},
    process::{Installation, PASSWORD, ROOT, wait_for},
};

/// The button of a form, of which a page has one.
const SEND: &str = "main form.head .acts button";

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
    browser.click(SEND).await;
    browser.reads("#e-custom\\.key", "needed").await;
    browser.look("custom-field-wrong").await;
    browser.fill("custom.key", "cost_centre").await;
    browser.click(SEND).await;
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

/// What the first customer asks of its people.
async fn asks(root: &Client, customer: &str) {
    let level = json!({ "key": "level", "label": "Level", "kind": "choice", "required": true,
        "rules": { "choices": ["Junior", "Senior", "Head of a department with a long name"] } });
    let more = [
        level,
        json!({ "key": "badge", "label": "Has a badge", "kind": "yes_no", "person": "sees" }),
        json!({ "key": "room", "label": "Room", "kind": "text", "person": "edits",
            "rules": { "pattern": "[A-F] [0-9]{1,3}" } }),
        json!({ "key": "since", "label": "With us since", "kind": "date", "rules": { "min": "2000-01-01" } }),
        json!({ "key": "pay", "label": "Hours a week", "kind": "number", "rules": { "min": "1", "max": "37.5" } }),
        json!({ "key": "locker", "label": "Locker", "kind": "text" }),
    ];
    for field in more {
        root.post(&format!("tenants/{customer}/fields"), &field).await.good();
    }
}

/// Creates somebody on the page, with a mistake first, and gives the id.
async fn create(browser: &Browser, customer: &str) -> String {
    browser.visit(&format!("/customers/{customer}/people/new")).await;
    browser.look("person-new-fields").await;
    browser.fill("given_name", "Cy").await;
    browser.fill("surname", "Berg").await;
    browser.fill("fields.room", "cellar").await;
    browser.fill("fields.locker", "17").await;
    browser.click(SEND).await;
    browser.reads("#e-fields\\.level", "needed").await;
    browser.shot("person-new-fields-wrong").await;
    browser.click("#f-fields\\.level option[value='Senior']").await;
    browser.click("#f-fields\\.badge option[value='yes']").await;
    browser.fill("fields.room", "B 12").await;
    browser.fill("fields.pay", "37.5").await;
    browser.click(SEND).await;
    browser.reads("h1", "Cy Berg").await;
    browser.look("person-made-fields").await;
    let path = browser.path().await;
    let id = path.strip_prefix("/people/").and_then(|rest| rest.split('?').next()).expect("a person");
    id.to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn portal_fields_of_people_are_asked_for_listed_and_carried_along() {
    let site = Site::new().await;
    site.delegate().await;
    site.installation.migrate();
    let (server, root) = site.installation.serve(&[]).await;
    let (from, to) = (root.order(&site.code('p'), 2).await, root.order(&site.code('q'), 0).await);
    let text = |value: &serde_json::Value| value.as_str().expect("a text").to_owned();
    let customer = text(&from["customer"]["id"]);
    asks(&root, &customer).await;
    let centre = json!({ "key": "cost_centre", "label": "Cost centre", "kind": "text", "required": true,
        "rules": { "pattern": "[0-9]{4}" } });
    root.post(&format!("tenants/{}/fields", text(&to["customer"]["id"])), &centre).await.good();
    for order in [&from, &to] {
        root.complete(&text(&order["request"]["id"])).await;
    }
    let browser = Browser::open(site.installation.port(), true, "en").await;
    browser.sign_in(ROOT, PASSWORD).await;
    let id = create(&browser, &customer).await;
    root.complete(&text(&root.see(&format!("users/{id}")).await["provisioning"]["request"])).await;

    // What is asked for no more can go, and is nothing to find people by.
    let locker = format!("tenants/{customer}/fields/locker");
    root.patch(&locker, &root.see(&locker).await["version"].to_string(), &json!({ "retired": true })).await;
    browser.visit(&format!("/people/{id}/edit")).await;
    browser.look("person-edit-fields").await;
    browser.click("input[name='fields_emptied'][value='locker']").await;
    browser.click(SEND).await;
    browser.reads(".toast", "").await;
    let facts = browser.text("main dl.facts").await;
    assert!(facts.contains("B 12") && facts.contains("37.5") && !facts.contains("Locker"), "{facts}");
    browser.look("person-fields").await;
    browser.visit(&format!("/customers/{customer}/people")).await;
    browser.click(".more-filters summary").await;
    browser.click("#pick-fields\\.level option[value='Senior']").await;
    browser.fill("fields.room", "B 12").await;
    wait_for("the address follows", async || browser.path().await.contains("fields.room=B").then_some(()))
        .await;
    browser.reads("#list tbody", "Cy Berg").await;
    let rows = browser.page.run("return document.querySelectorAll('#list tbody tr').length", json!([])).await;
    assert_eq!(rows.expect("a number"), json!(1), "nobody else has these values");
    browser.look("list-people-fields").await;

    move_to(&browser, &id, &site.code('q')).await;
    browser.close().await;
    own(&site, &root, &from).await;
    assert!(server.stop().await.success());
}

/// Moves somebody to another customer, which asks for more.
async fn move_to(browser: &Browser, id: &str, code: &str) {
    browser.visit(&format!("/people/{id}")).await;
    browser.click("a[href$='/move']").await;
    browser.look("person-move").await;
    browser.fill("customer", code).await;
    browser.click(SEND).await;
    browser.reads("#e-fields\\.cost_centre", "needed").await;
    browser.shot("person-move-asked").await;
    browser.fill("fields.cost_centre", "4711").await;
    browser.click(SEND).await;
    browser.reads("main form ul.plain", &format!("Customer {code}")).await;
    browser.shot("person-move-sure").await;
    browser.click("input[name='plans']").await;
    browser.click(SEND).await;
    browser.reads("main dl.facts", "4711").await;
    browser.look("person-moved").await;
}

/// What people see and say of themselves.
async fn own(site: &Site, root: &Client, order: &serde_json::Value) {
    root.activate(&order["activation"]["link"]).await;
    let login = order["administrator"]["principal_name"].as_str().expect("a name");
    let path = format!("users/{}", order["administrator"]["id"].as_str().expect("an id"));
    root.change(&path, &json!({ "fields": { "badge": "yes", "room": "A 1" } })).await;
    let browser = Browser::open(site.installation.port(), true, "en").await;
    browser.sign_in(login, PASSWORD).await;
    browser.visit("/account").await;
    browser.reads("main dl.facts", login).await;
    browser.look("account-fields").await;
    browser.fill("fields.room", "cellar").await;
    browser.click("form[action='/account/fields'] button").await;
    browser.reads("#e-fields\\.room", "[A-F] [0-9]{1,3}").await;
    browser.shot("account-fields-wrong").await;
    browser.fill("fields.room", "C 7").await;
    browser.click("form[action='/account/fields'] button").await;
    browser.reads(".toast", "").await;
    assert_eq!(root.see(&path).await["fields"]["room"], "C 7");
    browser.close().await;
}
