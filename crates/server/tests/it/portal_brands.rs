//! Brands in a real browser: the pages on which one is made, and what its people see.

use data_encoding::BASE64;
use serde_json::json;
use testkit::postgres::TestDatabase;

use crate::{
    browser::Browser,
    lifecycle::{url_of, use_keys_of_the_run},
    process::{Installation, PASSWORD, ROOT},
};

/// A PNG of one colour.
const LOGO: &str = "iVBORw0KGgoAAAANSUhEUgAAADAAAAAQCAIAAADfzGvmAAAAJElEQVR42mOokvcdVIhh1EGjDhp10KiDRh006qBRB406iL4IANdJsh8nCD47AAAAAElFTkSuQmCC";

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::too_many_lines, reason = "one story, told in the order in which it happens")]
async fn a_brand_is_made_on_its_page_and_seen_under_its_host_name() {
    let database = TestDatabase::empty().await;
    let installation = Installation::new("", Some(url_of(database.name())));
    use_keys_of_the_run(&installation);
    installation.migrate();
    let (server, root) = installation.serve(&[]).await;
    let body = json!({ "code": "north", "name": "North IT",
        "administrator": { "principal_name": "boss@north.test", "display_name": "Bo Lund" } });
    let made = root.post("resellers", &body).await.good();
    let id = made["id"].as_str().expect("a reseller").to_owned();
    let port = installation.port();
    let browser = Browser::open(port, true, "en").await;
    browser.sign_in(ROOT, PASSWORD).await;
    browser.visit(&format!("/settings/{id}")).await;
    browser.look("settings").await;
    browser.click("nav.tabs a[href$='/brand']").await;
    browser.look("brand-empty").await;
    for (name, text) in [
        ("setting.brand_name", "North Cloud"),
        ("setting.brand_primary", "#7a1f4d"),
        ("setting.brand_accent", "#1f4d7a"),
        ("setting.brand_primary_dark", "#f0a8c8"),
        ("setting.brand_accent_dark", "#a8c8f0"),
    ] {
        browser.fill(name, text).await;
    }
    // The preview follows the letters.
    browser.reads("#preview", "#7a1f4d").await;
    browser.reads("#preview", "contrast").await;
    // So do the mails.
    browser.click("details.letters > summary").await;
    browser.click("section[aria-labelledby=templates] details > summary").await;
    let own = "Welcome to {brand}, {name}\n\nHere you choose your password, until {until}:\n\n{link}";
    browser.fill("setting.mail_activation_en", own).await;
    browser.reads("#letters", "Welcome to North Cloud, Kim Holm").await;
    for (place, name) in [("#templates", "brand-templates"), (".letters", "brand-letters")] {
        let script = format!("document.querySelector('{place}').scrollIntoView()");
        browser.page.run(&script, json!([])).await.expect("it scrolls");
        browser.shot(name).await;
    }
    browser.fill("setting.brand_primary", "#ffcc00").await;
    browser.reads("#preview", "The nearest colour that can be read is").await;
    browser.click(".branding .keep button").await;
    browser.reads("#e-setting\\.brand_primary", "4.5:1").await;
    browser.look("brand-wrong").await;
    browser.fill("setting.brand_primary", "#7a1f4d").await;
    browser.click(".branding .keep button").await;
    browser.reads(".toast", "Saved").await;
    let logo = installation.path().join("logo.png");
    std::fs::write(&logo, BASE64.decode(LOGO.as_bytes()).expect("base64")).expect("our own folder");
    browser.keys("form[action$='/brand/logo'] input[type=file]", &logo.to_string_lossy()).await;
    browser.click("form[action$='/brand/logo'] button").await;
    browser.reads(".toast", "Saved").await;
    assert!(browser.has("img.logo").await, "the logo is shown");
    browser.fill("host.name", "portal.north.test").await;
    browser.click("form[action$='/hosts'] button").await;
    browser.reads(".hosts", "portal.north.test").await;
    browser.look("brand").await;
    browser.close().await;
    let more = json!({ "support_name": "North Service Desk", "support_mail": "help@north.test",
        "imprint_url": "https://north.test/imprint" });
    root.say_settings(&id, &more).await;
    let link = root.post("password-resets", &json!({ "login": "boss@north.test" })).await;
    assert_eq!(link.status, 409, "no mail here: {}", link.body);

    // Its people come by its name: link, sign-in, pages, errors.
    let link = made["activation"]["link"].as_str().expect("a link");
    let token = link.rsplit('/').next().expect("a token");
    let browser = Browser::open_at("portal.north.test", port, true, "en").await;
    browser.visit(&format!("/activate/{token}")).await;
    browser.fill("password", PASSWORD).await;
    browser.fill("again", PASSWORD).await;
    browser.click("main form button").await;
    browser.reads("main", "boss@north.test").await;
    browser.visit("/").await;
    browser.reads(".foot", "North Service Desk").await;
    let colour = "return getComputedStyle(document.querySelector('main form button')).backgroundColor";
    let button = browser.page.run(colour, json!([])).await.expect("a colour");
    assert_eq!(button, "rgb(122, 31, 77)", "the brand's own");
    browser.look("sign-in-branded").await;
    browser.sign_in("boss@north.test", PASSWORD).await;
    browser.look("home-branded").await;
    browser.visit("/nothing-here").await;
    browser.look("no-page-branded").await;
    browser.close().await;

    // The same without scripts: a button shows what would be.
    let browser = Browser::open_at("portal.north.test", port, false, "en").await;
    browser.sign_in("boss@north.test", PASSWORD).await;
    browser.visit(&format!("/settings/{id}/brand")).await;
    browser.fill("setting.brand_primary", "#004400").await;
    browser.click(".branding button[formaction]").await;
    browser.reads("#preview", "#004400").await;
    assert_eq!(browser.value("main [name='setting.brand_primary']").await, "#004400", "what was typed stays");
    browser.visit(&format!("/settings/{id}/brand")).await;
    assert_eq!(browser.value("main [name='setting.brand_primary']").await, "#7a1f4d", "nothing was said");
    browser.close().await;
    assert!(server.stop().await.success());
}
