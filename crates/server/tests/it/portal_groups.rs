//! Groups of a customer in a real browser and a real directory, by the keyboard alone: made, filled, removed and
//! restored; and a file that is brought in the same way.

use serde_json::{Value, json};

use crate::{
    browser::Browser,
    directory::Site,
    portal::shop,
    process::{PASSWORD, ROOT, wait_for},
};

const ENTER: &str = "\u{E007}";

/// Goes to something with the Tab key, and presses Enter.
async fn go(browser: &Browser, css: &str) {
    browser.tab_to(css).await;
    browser.type_keys(ENTER).await;
}

async fn fill(browser: &Browser, name: &str, text: &str) {
    browser.tab_to(&format!("[name='{name}']")).await;
    browser.type_keys(text).await;
}

/// The members of a group as its administrator sees them in the directory now.
async fn in_directory(site: &Site, group: &str) -> Vec<String> {
    let who = site.administrator();
    let Some(dn) = site.find(&who, &format!("(&(objectClass=group)(cn={group}))")).await.into_iter().next()
    else {
        return Vec::new();
    };
    site.find(&who, &format!("(memberOf={dn})")).await
}

async fn holds(site: &Site, group: &str, members: usize) {
    wait_for(&format!("{group} has {members} members in the directory"), async || {
        (in_directory(site, group).await.len() == members).then_some(())
    })
    .await;
}

#[tokio::test]
async fn groups_are_made_filled_removed_and_restored_by_keys_and_the_directory_has_them() {
    let shop = shop().await;
    let (site, code) = (&shop.site, shop.site.code('q'));
    let order = shop.root.order(&code, 1).await;
    shop.root.complete(order["request"]["id"].as_str().expect("a request")).await;
    let id = order["customer"]["id"].as_str().expect("a customer").to_owned();
    let people = shop.root.see(&format!("customers/{id}/users")).await;
    let login = |of: &Value| of["principal_name"].as_str().unwrap_or_default().to_owned();
    let all: Vec<_> = people["items"].as_array().expect("people").iter().map(login).collect();

    let browser = Browser::open(site.installation.port(), true, "en").await;
    browser.sign_in(ROOT, PASSWORD).await;
    let list = format!("/customers/{id}/groups");
    browser.visit(&list).await;
    browser.look("groups").await;
    go(&browser, "main a[href$='/groups/new']").await;
    browser.reads("h1", "New group").await;
    browser.look("group-new").await;
    fill(&browser, "name", "Accounting").await;
    browser.type_keys(ENTER).await;
    browser.reads("h1", "Accounting").await;
    let path = browser.path().await;
    browser.look("group-empty").await;
    fill(&browser, "member", &all.join(", ")).await;
    go(&browser, "form[action$='/add'] button").await;
    browser.reads(".toast", "Recorded").await;
    holds(site, &format!("{code} Accounting"), all.len()).await;
    fill(&browser, "owners", &all[0]).await;
    go(&browser, "form[action$='/owners'] button").await;
    browser.reads("section[aria-labelledby=owners] .rows", &all[0]).await;
    browser.look("group").await;
    go(&browser, "main a[href$='/edit']").await;
    browser.reads("h1", "Change Accounting").await;
    browser.look("group-edit").await;
    fill(&browser, "group_description", "Who pays").await;
    browser.type_keys(ENTER).await;
    browser.reads("main .facts", "Who pays").await;

    go(&browser, "main a[href$='/release']").await;
    browser.look("group-release").await;
    browser.visit(&path).await;

    // One of them, on the page of the person.
    go(&browser, "section[aria-labelledby=members] .rows a").await;
    browser.reads("section[aria-labelledby=groups]", "Accounting").await;
    browser.look("person-groups").await;
    let person = browser.path().await;
    go(&browser, "main a[href$='/release']").await;
    browser.look("person-release").await;
    browser.visit(&person).await;
    go(&browser, "form[action$='/ungroup'] button").await;
    browser.reads(".toast", "Taken out").await;
    holds(site, &format!("{code} Accounting"), all.len() - 1).await;
    fill(&browser, "group", "").await;
    go(&browser, "form[action$='/group'] button").await;
    browser.reads(".toast", "Put in").await;
    holds(site, &format!("{code} Accounting"), all.len()).await;

    browser.visit(&path).await;
    go(&browser, "details.danger summary").await;
    go(&browser, "form[action$='/remove'] button").await;
    browser.reads(".toast", "can be restored for a while").await;
    holds(site, &format!("{code} Accounting"), 0).await;
    go(&browser, "main a[href$='/removed']").await;
    browser.reads("h1", "Removed people and groups").await;
    browser.look("removed").await;
    go(&browser, "form[action$='/restore'] button").await;
    browser.reads("h1", "Accounting").await;
    holds(site, &format!("{code} Accounting"), all.len()).await;
    browser.close().await;
    assert!(shop.server.stop().await.success());
}

#[tokio::test]
async fn a_file_is_brought_and_carried_out_by_the_keyboard_alone() {
    let shop = shop().await;
    let (site, code) = (&shop.site, shop.site.code('x'));
    let order = shop.root.order(&code, 0).await;
    shop.root.complete(order["request"]["id"].as_str().expect("a request")).await;
    let id = order["customer"]["id"].as_str().expect("a customer").to_owned();
    let folder = tempfile::tempdir().expect("a folder");
    let place = folder.path().join("people.csv");
    let csv = format!("Kürzel;Wer\nida@{code}.example;Ida Lund\njens@{code}.example;Jens Krag\n");
    std::fs::write(&place, csv).expect("a file");
    let browser = Browser::open(site.installation.port(), true, "en").await;
    browser.sign_in(ROOT, PASSWORD).await;
    browser.visit(&format!("/customers/{id}/people")).await;
    go(&browser, "main a.button[href$='/import']").await;
    browser.reads("h1", "Import").await;
    // What a dialog of the system would do.
    browser.keys("main input[type=file]", &place.display().to_string()).await;
    go(&browser, "main form.head .acts button").await;
    browser.reads("h1", "columns").await;
    for (column, meaning) in [("column.0", "Login"), ("column.1", "Name as shown")] {
        browser.tab_to(&format!("[name='{column}']")).await;
        browser.type_keys(meaning).await;
        let script = format!("return document.querySelector(\"[name='{column}']\").value");
        let chosen = browser.page.run(&script, json!([])).await;
        assert_ne!(chosen, Ok(json!("ignored")), "{meaning} is a meaning one can type");
    }
    go(&browser, "main form .acts button").await;
    browser.reads("main", "Begin: 2 people").await;
    let path = browser.path().await;
    go(&browser, "form[action$='/run'] button").await;
    wait_for("it is done", async || {
        browser.visit(&path).await;
        browser.text("h1").await.contains("Done").then_some(())
    })
    .await;
    browser.reads("main", "The directory has it").await;
    browser.close().await;
    assert!(shop.server.stop().await.success());
}
