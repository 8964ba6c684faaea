//! The portal in a real browser, with a real directory behind it.

use serde_json::json;

use crate::{
    browser::Browser,
    directory::Site,
    http::Client,
    process::{PASSWORD, Process, ROOT},
};

pub struct Shop {
    pub site: Site,
    pub root: Client,
    pub server: Process,
}

/// A provider whose directory is ready.
pub async fn shop() -> Shop {
    let site = Site::new().await;
    site.delegate().await;
    site.installation.migrate();
    let (server, root) = site.installation.serve(&[]).await;
    Shop { site, root, server }
}

#[tokio::test]
async fn an_order_is_placed_and_watched_until_people_can_log_on() {
    let shop = shop().await;
    let browser = Browser::open(shop.site.installation.port(), true, "en").await;
    browser.visit("/").await;
    browser.look("sign-in").await;
    browser.sign_in(ROOT, PASSWORD).await;
    browser.look("home-empty").await;
    browser.visit("/customers").await;
    browser.look("customers-empty").await;
    browser.click("a[href='/order']").await;
    browser.look("order").await;
    let code = shop.site.code('a');
    for (name, text) in [
        ("customer.name", "Acme A/S"),
        ("customer.code", &code),
        ("customer.upn_suffix", "not a domain"),
        ("reference", "SO-1"),
        ("administrator.given_name", "Ada"),
        ("administrator.surname", "Admin"),
    ] {
        browser.fill(name, text).await;
    }
    browser.click("main .acts button").await;
    // The summary names the field.
    browser.reads(".note.bad", "Domain of its logins").await;
    browser.reads("#e-customer\\.upn_suffix", "Expected is").await;
    browser.look("order-wrong").await;
    browser.fill("customer.upn_suffix", &format!("{code}.example")).await;
    browser.click("input[name='plans'][value='desktop-standard']").await;
    browser.click("main .acts button").await;
    // Nobody loads the page again: the progress comes by itself.
    browser.reads("#progress", "users can log on").await;
    browser.look("ordered").await;
    let link = browser.value("input.copy").await;
    shop.root.activate(&json!(link)).await;
    let login = browser.text("main .acts .hint").await;
    assert!(shop.site.binds(&login, PASSWORD).await, "{login} logs on with the chosen password");
    browser.click("main .acts a.button").await;
    assert!(
        browser.has(".chart .line").await && browser.has(".chart table td").await,
        "and the numbers of it"
    );
    browser.look("customer").await;
    browser.close().await;
    assert!(shop.server.stop().await.success());
}

#[tokio::test]
async fn a_customer_administrator_works_without_scripts() {
    let shop = shop().await;
    let code = shop.site.code('b');
    let order = shop.root.order(&code, 3).await;
    shop.root.complete(order["request"]["id"].as_str().expect("a request")).await;
    shop.root.activate(&order["activation"]["link"]).await;
    let login = order["administrator"]["principal_name"].as_str().expect("a name").to_owned();
    let id = order["customer"]["id"].as_str().expect("a customer").to_owned();

    let browser = Browser::open(shop.site.installation.port(), false, "en").await;
    browser.sign_in(&login, PASSWORD).await;
    browser.visit(&format!("/customers/{id}/people?q=person")).await;
    assert!(browser.text("#list").await.contains("Person Number 2"));
    browser.visit(&format!("/customers/{id}/people/new")).await;
    browser.fill("given_name", "Åse").await;
    browser.fill("surname", "Øster").await;
    browser.fill("mail", "no address").await;
    browser.click("main .acts button").await;
    browser.reads("#e-mail", "Expected is").await;
    assert_eq!(browser.value("main [name=surname]").await, "Øster", "what was typed stays");
    browser.fill("mail", "aase@example.test").await;
    browser.click("main .acts button").await;
    browser.reads("h1", "Åse Øster").await;
    assert!(browser.has("input.copy").await, "the one-time link is shown");

    // Somebody is changed, disabled and removed.
    browser.visit(&format!("/customers/{id}/people?q=person%20number%201")).await;
    browser.click("#list tbody a").await;
    let person = format!("/people/{}", browser.arrives("/people").await);
    browser.click("main a[href$='/edit']").await;
    browser.fill("title", "Bookkeeper").await;
    browser.click("main .acts button").await;
    browser.reads(".toast", "Saved").await;
    browser.reads("main", "Bookkeeper").await;
    browser.click("form[action$='/disable'] button").await;
    browser.reads("h1", "Disabled").await;
    browser.click("details.danger summary").await;
    browser.click("form[action$='/remove'] button").await;
    browser.reads(".toast", "Removed").await;
    browser.visit(&person).await;
    browser.reads("h1", "There is no such page").await;
    browser.close().await;
    assert!(shop.server.stop().await.success());
}

#[tokio::test]
async fn every_page_is_clean_in_both_themes_and_speaks_four_languages() {
    let shop = shop().await;
    let code = shop.site.code('c');
    let order = shop.root.order(&code, 5).await;
    shop.root.complete(order["request"]["id"].as_str().expect("a request")).await;
    let id = order["customer"]["id"].as_str().expect("a customer");
    let person = order["administrator"]["id"].as_str().expect("a person");
    let request = order["request"]["id"].as_str().expect("a request");
    let browser = Browser::open(shop.site.installation.port(), true, "de").await;
    browser.visit("/").await;
    assert_eq!(browser.text("h1").await, "Anmelden", "as the browser asks");
    browser.sign_in(ROOT, PASSWORD).await;
    let pages = [
        ("home", "/home".to_owned()),
        ("customers", "/customers".to_owned()),
        ("customer", format!("/customers/{id}")),
        ("people", format!("/customers/{id}/people")),
        ("person-new", format!("/customers/{id}/people/new")),
        ("person", format!("/people/{person}")),
        ("person-edit", format!("/people/{person}/edit")),
        ("groups", format!("/customers/{id}/groups")),
        ("search", "/search?q=person".to_owned()),
        ("status", "/status".to_owned()),
        ("request", format!("/status/requests/{request}")),
        ("account", "/account".to_owned()),
        ("design", "/design".to_owned()),
        ("no-page", "/nothing-here".to_owned()),
    ];
    for (name, path) in &pages {
        browser.visit(path).await;
        browser.look(name).await;
    }
    for (language, title) in [("da", "Kunder"), ("de", "Kunden"), ("sv", "Kunder"), ("en", "Customers")] {
        browser.visit("/customers").await;
        browser.click(&format!("#language option[value='{language}']")).await;
        browser.reads("h1", title).await;
        assert!(browser.has(&format!("html[lang='{language}']")).await);
    }
    // The search is a key away, and the list follows the letters.
    browser.visit("/customers").await;
    browser.keys("body", "/").await;
    assert!(browser.has("#find:focus").await);
    browser.fill("q", "nobody is called so").await;
    browser.reads("#list", "Nothing was found").await;
    browser.fill("q", &code).await;
    browser.reads("#list", &code).await;
    browser.close().await;
    assert!(shop.server.stop().await.success());
}
