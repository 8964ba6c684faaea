//! Services, plans and who has them, in a real browser and a real directory.

use serde_json::{Value, json};

use crate::{
    browser::Browser,
    directory::value,
    portal::{Shop, shop},
    process::{PASSWORD, ROOT},
};

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

/// A service with properties, in two versions of one plan.
async fn erp(shop: &Shop) {
    let body = json!({ "code": "erp", "name": "ERP", "groups": ["{code} ERP"],
        "attributes": { "home_folder": "\\\\{server}\\{logon_name}" },
        "properties": {
            "server": { "default": "files1", "max": 15, "personal": true },
            "disk_gb": { "kind": "integer", "min": 5, "max": 500, "default": "20" } } });
    shop.root.post("services", &body).await.good();
    let plan = json!({ "code": "erp-full", "service": "erp", "name": "ERP Full",
        "prices": [{ "minor": 9900, "currency": "EUR" }] });
    shop.root.post("plans", &plan).await.good();
}

/// A customer with `people` who have no plan; its id, and the login of its administrator.
async fn customer(shop: &Shop, letter: char, people: usize) -> (String, String) {
    let order = shop.root.order(&shop.site.code(letter), 0).await;
    shop.root.complete(&text(&order["request"]["id"])).await;
    shop.root.activate(&order["activation"]["link"]).await;
    let id = text(&order["customer"]["id"]);
    let users: Vec<_> =
        (0..people).map(|i| json!({ "given_name": "Bo", "surname": format!("Holm {i:03}") })).collect();
    let made =
        shop.root.post(&format!("customers/{id}/users/batch"), &json!({ "users": users })).await.good();
    shop.root.complete(&text(&made["request"])).await;
    (id, text(&order["administrator"]["principal_name"]))
}

/// Waits on the page of a request until all is read back.
async fn complete(browser: &Browser) {
    browser.reads("#progress", "Complete").await;
}

#[tokio::test]
async fn portal_catalogue_a_plan_is_given_to_three_and_taken_from_one_and_a_quota_refuses() {
    let shop = shop().await;
    erp(&shop).await;
    let code = shop.site.code('k');
    let (id, login) = customer(&shop, 'k', 5).await;
    let members = async |service: &str| {
        let filter = format!("(memberOf=CN={code} {service},OU={code},{})", shop.site.folder);
        shop.site.find(&shop.site.administrator(), &filter).await.len()
    };
    let browser = Browser::open(shop.site.installation.port(), true, "en").await;
    browser.sign_in(&login, PASSWORD).await;
    browser.visit("/services").await;
    browser.reads("h1", "There is no such page").await;
    browser.visit(&format!("/customers/{id}/services")).await;
    browser.look("customer-services").await;
    browser.click("main a[href$='/seats/desktop-standard']").await;
    browser.look("seats").await;
    browser.click(".tabs a[href$='who=without']").await;
    browser.look("seats-without").await;
    // Nobody is chosen.
    browser.click(".bulk button:not([name])").await;
    browser.reads("#e-people", "needed").await;
    for n in 1..=3 {
        browser.click(&format!("tbody tr:nth-child({n}) input[name=people]")).await;
    }
    browser.click(".bulk button:not([name])").await;
    browser.reads("main", "3 more licences are used").await;
    assert!(browser.text("main").await.contains("87.00"), "what three cost a month");
    browser.shot("seats-give").await;
    assert_eq!(members("Desktop").await, 1, "nothing happened yet: the administrator alone");
    browser.click("main .acts button").await;
    browser.reads(".toast", "The plan is given").await;
    complete(&browser).await;
    assert_eq!(members("Desktop").await, 4);

    browser.visit(&format!("/customers/{id}/seats/desktop-standard?q=bo")).await;
    browser.click("tbody tr:nth-child(1) input[name=people]").await;
    browser.click(".bulk button:not([name])").await;
    browser.reads("main", "1 licence becomes free").await;
    browser.shot("seats-take").await;
    browser.click("main .acts button").await;
    browser.reads(".toast", "The plan has ended").await;
    complete(&browser).await;
    assert_eq!(members("Desktop").await, 3);

    // The provider bounds it, and the next ones are refused at the field.
    let root = Browser::open(shop.site.installation.port(), false, "en").await;
    root.sign_in(ROOT, PASSWORD).await;
    root.visit(&format!("/customers/{id}/services")).await;
    root.click("details.fold summary").await;
    root.click("#f-subject option[value='service:desktop']").await;
    root.fill("most", "many").await;
    root.click("form[action$='/quotas'] button").await;
    root.reads("#e-most", "whole number").await;
    root.fill("most", "4").await;
    root.click("form[action$='/quotas'] button").await;
    root.reads(".bounds", "1 left").await;
    browser.visit(&format!("/customers/{id}/seats/desktop-standard?who=without")).await;
    browser.click(".bulk button[name=all]").await;
    browser.reads(".bounds", "1 left").await;
    browser.click("main .acts button").await;
    browser.reads("#e-people", "quota").await;
    browser.shot("seats-quota").await;
    assert_eq!(members("Desktop").await, 3, "and nobody got it");
    root.close().await;
    browser.visit(&format!("/customers/{id}/services")).await;
    browser.look("customer-services-quota").await;
    browser.close().await;
    assert!(shop.server.stop().await.success());
}

#[tokio::test]
async fn portal_catalogue_versions_and_properties_change_what_accounts_say() {
    let shop = shop().await;
    erp(&shop).await;
    let (id, _) = customer(&shop, 'v', 60).await;
    let browser = Browser::open(shop.site.installation.port(), true, "en").await;
    browser.sign_in(ROOT, PASSWORD).await;
    browser.visit("/services").await;
    browser.look("services").await;
    browser.click("main a[href='/services/erp']").await;
    browser.look("service").await;
    browser.click("main a[href='/plans/erp-full']").await;
    browser.look("plan").await;

    // The customer gets the service, and all its people the plan.
    browser.visit(&format!("/customers/{id}/services")).await;
    browser.click("#f-plan option[value='erp-full']").await;
    browser.click("form[action$='/give'] button").await;
    browser.reads(".toast", "on its way").await;
    browser.visit(&format!("/customers/{id}/seats/erp-full?who=without&q=bo")).await;
    browser.look("seats-many").await;
    browser.click(".bulk button[name=all]").await;
    browser.reads("main", "60 more licences").await;
    browser.click("main .acts button").await;
    let request = browser.arrives("/status/requests").await;
    shop.root.complete(&request).await;
    let people = shop.root.see(&format!("customers/{id}/users?search=bo&limit=1")).await["items"][0].clone();
    let (person, login) = (text(&people["id"]), text(&people["principal_name"]));
    let home = async || value(&shop.site, &login, "homeDirectory").await.unwrap_or_default();
    assert!(home().await.starts_with("\\\\files1\\"), "{}", home().await);

    // For one person something else is said.
    browser.visit(&format!("/people/{person}")).await;
    browser.click("main a[href$='/properties']").await;
    browser.look("properties-person").await;
    browser.fill("values.server", "a name that is far too long").await;
    browser.fill("values.disk_gb", "3").await;
    browser.click("main .acts button").await;
    browser.reads("#e-b1-values\\.server", "At most 15").await;
    browser.reads("#e-b1-values\\.disk_gb", "5").await;
    browser.fill("values.server", "files7").await;
    browser.fill("values.disk_gb", "30").await;
    browser.click("main .acts button").await;
    let request = browser.arrives("/status/requests").await;
    shop.root.complete(&request).await;
    assert!(home().await.starts_with("\\\\files7\\"), "{}", home().await);
    browser.visit(&format!("/customers/{id}/properties")).await;
    browser.look("properties-customer").await;
    browser.visit("/services/erp/properties").await;
    browser.look("properties-service").await;

    // Another version, and everybody is taken to it.
    browser.visit("/plans/erp-full/new").await;
    browser.fill("prices.EUR", "cheap").await;
    browser.click("main .acts button").await;
    browser.reads("#e-prices\\.EUR", "an amount").await;
    browser.fill("prices.EUR", "109,50").await;
    browser.fill("properties.disk_gb", "50").await;
    browser.look("plan-new").await;
    browser.fill("prices.EUR", "109,50").await;
    browser.fill("properties.disk_gb", "50").await;
    browser.click("main .acts button").await;
    browser.reads("main", "109.50").await;
    browser.visit("/plans/erp-full/upgrade?to=2").await;
    browser.reads("#preview + dl", "60").await;
    browser.look("plan-upgrade").await;
    browser.click("form[method=post][action$='/upgrade'] button").await;
    browser.reads("h1", "Another version").await;
    browser.visit("/plans/erp-full/upgrade?to=1").await;
    browser.reads("h1", "newer version").await;
    browser.visit("/services/erp").await;
    browser.click("details.danger summary").await;
    browser.click("form[action$='/retire'] button").await;
    browser.reads("h1", "Not sold any more").await;
    taken(&shop, &browser, &id).await;
    assert!(home().await.is_empty(), "what it said of people is theirs no more: {}", home().await);
    browser.close().await;
    assert!(shop.server.stop().await.success());
}

/// The service is taken from the customer, and from everybody in it.
async fn taken(shop: &Shop, browser: &Browser, id: &str) {
    browser.visit(&format!("/customers/{id}/services")).await;
    browser.look("customer-services-provider").await;
    browser.click("main a[href$='/take/erp%40main']").await;
    browser.reads("main", "60 people").await;
    browser.look("service-take").await;
    browser.fill("grace_days", "400").await;
    browser.click("main .acts button").await;
    browser.reads("#e-grace_days", "365").await;
    browser.fill("grace_days", "7").await;
    browser.click("main .acts button").await;
    browser.reads(".toast", "The service is taken away").await;
    complete(browser).await;
    let filter =
        format!("(memberOf=CN={code} ERP,OU={code},{})", shop.site.folder, code = shop.site.code('v'));
    assert_eq!(shop.site.find(&shop.site.administrator(), &filter).await.len(), 0);
    browser.visit(&format!("/customers/{id}/services/take/erp")).await;
    browser.reads("h1", "There is no such").await;
}
