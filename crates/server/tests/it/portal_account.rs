//! One's own account in real browsers: forgotten passwords, sessions, language and password,
//! with a real directory behind them.

use std::fs;

use serde_json::{Value, json};

use crate::{
    browser::Browser,
    directory::Site,
    http::Client,
    process::{PASSWORD, Process, ROOT, wait_for},
};

const OTHER: &str = "Four-Quiet-Herons-2026";
/// Keys, as `WebDriver` writes them (17.4.2).
const TAB: &str = "\u{e004}";
const ENTER: &str = "\u{e007}";

struct Shop {
    site: Site,
    root: Client,
    server: Process,
    /// Somebody who administers a customer, with a password and a mail address.
    login: String,
    id: String,
}

/// A provider whose mails are kept, and a customer with an administrator.
async fn shop(letter: char) -> Shop {
    let site = Site::new().await;
    let text = fs::read_to_string(site.installation.config()).expect("a configuration");
    site.installation.write(&format!("{text}[mail]\nkeep = true\n"));
    site.delegate().await;
    site.installation.migrate();
    let (server, root) = site.installation.serve(&[]).await;
    let order = root.order(&site.code(letter), 1).await;
    root.complete(order["request"]["id"].as_str().expect("a request")).await;
    root.activate(&order["activation"]["link"]).await;
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let id = text(&order["administrator"]["id"]);
    root.change(&format!("users/{id}"), &json!({ "mail": "ada@private.example" })).await;
    Shop { login: text(&order["administrator"]["principal_name"]), id, site, root, server }
}

impl Shop {
    async fn browser(&self, scripts: bool, language: &str) -> Browser {
        Browser::open(self.site.installation.port(), scripts, language).await
    }
}

/// Presses a key, whatever has the focus.
async fn press(browser: &Browser, key: &str) {
    let strokes = json!([{ "type": "keyDown", "value": key }, { "type": "keyUp", "value": key }]);
    let actions = json!({ "actions": [{ "type": "key", "id": "keys", "actions": strokes }] });
    browser.page.post("actions", actions).await.expect("a key is pressed");
}

async fn type_in(browser: &Browser, text: &str) {
    for letter in text.chars() {
        press(browser, &letter.to_string()).await;
    }
}

/// Goes on with the tabulator until what has the focus fits the selector.
async fn tab_to(browser: &Browser, css: &str) {
    for _ in 0..60 {
        press(browser, TAB).await;
        let script = "return document.activeElement.matches(arguments[0])";
        if browser.page.run(script, json!([css])).await.expect("an answer") == json!(true) {
            return;
        }
    }
    panic!("the tabulator does not lead to {css}");
}

#[tokio::test]
async fn a_forgotten_password_leads_by_mail_to_a_log_on_at_the_directory() {
    let shop = shop('f').await;
    let root = shop.browser(true, "en").await;
    root.sign_in(ROOT, PASSWORD).await;
    root.visit("/mails").await;
    root.look("mails-empty").await;
    let browser = shop.browser(true, "en").await;
    browser.visit("/status").await;
    assert_eq!(browser.path().await, "/sign-in?to=%2Fstatus");
    browser.look("sign-in-first").await;
    browser.click("a[href='/forgotten']").await;
    browser.reads("h1", "Forgotten password").await;
    browser.look("forgotten").await;
    browser.fill("login", &shop.login).await;
    browser.click("main form button").await;
    browser.reads("h1", "Look into your mailbox").await;
    browser.look("forgotten-asked").await;
    // The mail is kept as soon as a worker took it up.
    wait_for("the mail is kept", async || {
        root.visit("/mails?state=kept").await;
        root.has(".row.mail").await.then_some(())
    })
    .await;
    root.look("mails").await;
    root.click(".row.mail a").await;
    root.reads("h1", "Forgotten password").await;
    assert!(root.text(".letter").await.contains("Somebody, probably you, forgot the password"));
    root.look("mail").await;
    let link = root.text(".letter a").await;
    let path = link.find("/activate/").map(|at| link[at..].to_owned()).expect("a link");
    browser.visit(&path).await;
    assert!(browser.text("main").await.contains("forgot the password of this account"));
    browser.look("link-forgotten").await;
    browser.fill("password", "short").await;
    browser.fill("again", "short").await;
    browser.click("main form button").await;
    browser.reads("#e-password", "At least 12 characters.").await;
    browser.look("link-wrong").await;
    browser.fill("password", OTHER).await;
    browser.fill("again", OTHER).await;
    browser.click("main form button").await;
    browser.reads("h1", "You can sign in").await;
    browser.look("link-done").await;
    assert!(shop.site.binds(&shop.login, OTHER).await, "{} logs on with the new password", shop.login);
    browser.click("main .acts a.button").await;
    browser.fill("login", "nobody@nowhere.example").await;
    browser.fill("password", PASSWORD).await;
    browser.click("main form button").await;
    browser.reads("#wrong", "Login or password is wrong").await;
    let focus = "return document.activeElement.id";
    wait_for("the focus is on what is wrong", async || {
        let at = browser.page.run(focus, json!([])).await.expect("a place");
        (at == json!("wrong")).then_some(())
    })
    .await;
    browser.look("sign-in-wrong").await;
    browser.sign_in(&shop.login, OTHER).await;
    // A link that was replaced, or is too old, says what to do.
    shop.root.post("password-resets", &json!({ "login": shop.login })).await.good();
    shop.root.post("password-resets", &json!({ "login": shop.login })).await.good();
    wait_for("both mails are kept", async || {
        root.visit("/mails?state=kept").await;
        root.has(".row.mail:nth-child(3)").await.then_some(())
    })
    .await;
    root.click(".row.mail:nth-child(2) a").await;
    root.click(".letter a").await;
    root.reads("h1", "This link no longer works").await;
    root.look("link-replaced").await;
    browser.close().await;
    root.close().await;
    assert!(shop.server.stop().await.success());
}

#[tokio::test]
async fn with_the_keyboard_alone_one_signs_in_and_ends_another_session() {
    let shop = shop('k').await;
    let other = shop.browser(false, "en").await;
    other.sign_in(&shop.login, PASSWORD).await;
    let browser = shop.browser(true, "en").await;
    browser.visit("/").await;
    browser.focuses("[name='login']").await;
    type_in(&browser, &shop.login).await;
    press(&browser, TAB).await;
    type_in(&browser, PASSWORD).await;
    press(&browser, ENTER).await;
    browser.reads("h1", "Hello ").await;
    tab_to(&browser, "a[href='/account']").await;
    press(&browser, ENTER).await;
    browser.reads("h1", "My account").await;
    browser.look("account-sessions").await;
    assert_eq!(browser.text("#sessions ~ .list tbody tr:first-child .state").await, "This one");
    tab_to(&browser, "form[action^='/account/sessions/tok_'] button").await;
    press(&browser, ENTER).await;
    browser.reads(".toast", "Ended. That browser is signed out.").await;
    other.visit("/account").await;
    assert_eq!(other.path().await, "/sign-in?to=%2Faccount", "it really is");
    // And comes back to where it was, without scripts.
    other.fill("login", &shop.login).await;
    other.fill("password", PASSWORD).await;
    other.click("main form button").await;
    other.reads("h1", "My account").await;
    // Whoever looks after the person ends all of them.
    let root = shop.browser(true, "en").await;
    root.sign_in(ROOT, PASSWORD).await;
    root.visit(&format!("/people/{}", shop.id)).await;
    root.click(&format!("a[href='/people/{}/sessions']", shop.id)).await;
    root.reads("h1", "Sessions").await;
    root.look("person-sessions").await;
    root.click("main form.acts button").await;
    root.reads(".toast", "All sessions have ended.").await;
    for signed_out in [&browser, &other] {
        signed_out.visit("/account").await;
        assert_eq!(signed_out.path().await, "/sign-in?to=%2Faccount");
    }
    root.look("person-sessions-none").await;
    root.visit(&format!("/people/{}", shop.id)).await;
    root.click(&format!("a[href='/people/{}/history']", shop.id)).await;
    root.reads("main", "Signed out everywhere").await;
    root.look("person-history").await;
    for one in [browser, other, root] {
        one.close().await;
    }
    assert!(shop.server.stop().await.success());
}

#[tokio::test]
async fn language_and_password_are_the_person_s_in_every_browser() {
    let shop = shop('l').await;
    let (one, two) = (shop.browser(true, "en").await, shop.browser(false, "de").await);
    two.visit("/").await;
    assert_eq!(two.text("h1").await, "Anmelden", "as the browser asks");
    for browser in [&one, &two] {
        browser.sign_in(&shop.login, PASSWORD).await;
        assert!(browser.has("html[lang='en']").await, "the customer's language");
    }
    // Chosen in the footer of one, it holds in both; without scripts by a button.
    one.click("#language option[value='da']").await;
    one.reads("h1", "Hej ").await;
    two.visit("/account").await;
    two.reads("h1", "Min konto").await;
    one.visit("/account").await;
    one.look("account-danish").await;
    two.click("#f-own_theme option[value='dark']").await;
    two.click("form[action='/account/appearance'] button").await;
    two.reads(".toast", "Gemt for alle browsere.").await;
    one.visit("/account").await;
    assert!(one.has("html[lang='da'][data-theme='dark']").await);
    one.click("#f-own_language option[value='']").await;
    one.click("#f-own_theme option[value='']").await;
    one.click("form[action='/account/appearance'] button").await;
    one.reads("h1", "My account").await;
    two.visit("/account").await;
    assert!(two.has("html[lang='en']:not([data-theme])").await, "the customer's and the device's again");
    // The password is changed everywhere at once.
    one.click("a[href='/account/password']").await;
    one.look("account-password").await;
    one.fill("present_password", PASSWORD).await;
    one.fill("password", OTHER).await;
    one.fill("again", "something else").await;
    one.click("main form button").await;
    one.reads("#e-again", "not the same").await;
    one.look("account-password-wrong").await;
    one.fill("present_password", PASSWORD).await;
    one.fill("password", OTHER).await;
    one.fill("again", OTHER).await;
    one.click("main form button").await;
    one.reads("h1", "You can sign in").await;
    assert!(shop.site.binds(&shop.login, OTHER).await, "{} logs on with it", shop.login);
    for browser in [&one, &two] {
        browser.visit("/account").await;
        assert_eq!(browser.path().await, "/sign-in?to=%2Faccount", "signed out everywhere");
        browser.sign_in(&shop.login, OTHER).await;
    }
    one.close().await;
    two.close().await;
    assert!(shop.server.stop().await.success());
}
