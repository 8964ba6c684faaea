//! A file of people in a real browser: brought, said what its columns mean, mended, begun, and taken back.

use std::fs;

use testkit::people_file::PeopleFile;

use crate::{
    browser::Browser,
    bulk_kills::nowhere,
    portal::shop,
    process::{PASSWORD, ROOT, wait_for},
};

/// People of the file.
const PEOPLE: usize = 40;

/// Loads the page of a bulk change until it is done.
async fn done(browser: &Browser, path: &str) {
    wait_for("it is done", async || {
        browser.visit(path).await;
        browser.text("h1").await.contains("Done").then_some(())
    })
    .await;
}

#[tokio::test]
async fn portal_bulk_a_file_is_brought_mended_begun_watched_and_taken_back() {
    let shop = shop().await;
    let code = shop.site.code('f');
    let order = shop.root.order(&code, 0).await;
    shop.root.complete(order["request"]["id"].as_str().expect("a request")).await;
    let id = order["customer"]["id"].as_str().expect("a customer").to_owned();
    let domain = format!("{code}.example");
    let file = PeopleFile { rows: PEOPLE, seed: 3, domain: &domain, is_dirty: false };
    let csv = String::from_utf8(file.csv().expect("memory")).expect("UTF-8");
    let csv = csv.replacen(&format!("user000003@{domain}"), "no address", 1);
    let folder = tempfile::tempdir().expect("a folder");
    let place = folder.path().join("people.csv");
    fs::write(&place, csv).expect("a file");

    let browser = Browser::open(shop.site.installation.port(), true, "en").await;
    browser.sign_in(ROOT, PASSWORD).await;
    let people = format!("/customers/{id}/people");
    browser.visit(&people).await;
    browser.click("main a[href$='/bulk']").await;
    browser.look("bulk-none").await;
    browser.click("main a.button[href$='/import']").await;
    browser.look("bulk-import").await;
    browser.click("main form.head .acts button").await;
    browser.reads("#e-file", "needed").await;
    browser.shot("bulk-import-wrong").await;
    browser.keys("main input[type=file]", &place.display().to_string()).await;
    browser.click("main form.head .acts button").await;
    // Plans and groups of somebody else: every row names what does not exist here.
    browser.reads("h1", "Preview").await;
    let path = browser.path().await;
    browser.look("bulk-all-wrong").await;
    browser.click("main a[href$='/mapping']").await;
    browser.look("bulk-columns").await;
    for column in ["column.11", "column.12"] {
        browser.click(&format!("select[name='{column}'] option[value='ignored']")).await;
    }
    browser.click("main form .acts button").await;
    browser.reads("main", &format!("Begin: {} people", PEOPLE - 1)).await;
    browser.look("bulk-preview").await;
    browser.visit(&format!("{path}?act=error")).await;
    browser.reads("main .problem", "no address").await;
    browser.look("bulk-wrong").await;
    browser.fill("text", &format!("user000003@{domain}")).await;
    browser.click("form.mend button").await;
    browser.reads(".toast", "Corrected").await;
    browser.visit(&path).await;
    browser.reads("main", &format!("Begin: {PEOPLE} people")).await;
    browser.click("form[action$='/run'] button").await;
    done(&browser, &path).await;
    browser.reads("main", &format!("{PEOPLE} people were made")).await;
    browser.look("bulk-done").await;
    let result = shop.root.page(&format!("{path}/export")).await;
    assert_eq!(result.matches(",done,Verified,Made,usr_").count(), PEOPLE, "{result}");
    let request = format!("{path}/export?format=xlsx");
    assert!(shop.root.page(&request).await.starts_with("PK"), "a workbook");

    choose(&browser, &people).await;
    take_back(&browser, &path).await;
    browser.visit(&format!("/customers/{id}/bulk")).await;
    browser.look("bulk-list").await;
    browser.close().await;
    assert!(shop.server.stop().await.success());
}

#[tokio::test]
async fn portal_bulk_a_change_is_watched_paused_and_resumed() {
    /// So many that a worker is not over with them before it is stopped.
    const MANY: usize = 4_000;
    let (database, installation) = nowhere().await;
    let (server, root) = installation.serve(&["--no-work"]).await;
    let order = root.order("watched", 0).await;
    let id = order["customer"]["id"].as_str().expect("a customer").to_owned();
    let mut csv = "principal_name,given_name,surname\n".to_owned();
    csv.extend((0..MANY).map(|i| format!("w{i}@watched.example,Per,Nr {i}\n")));
    let shown =
        root.post_bytes(&format!("imports?customer={id}&name=people.csv"), csv.as_bytes()).await.good();
    let path = format!("/bulk/{}", shown["id"].as_str().expect("an id"));
    let browser = Browser::open(installation.port(), true, "en").await;
    browser.sign_in(ROOT, PASSWORD).await;
    browser.visit(&path).await;
    // The directory that is nowhere is asked and does not answer, which the page says by itself; nobody has to wait.
    browser.reads("#names", "not answered").await;
    browser.look("bulk-names").await;
    browser.click("form[action$='/run'] button").await;
    browser.reads("#progress", "Running").await;
    // A worker comes, and is gone in the middle: it stands still while somebody looks.
    let worker = installation.spawn(&["work"]);
    wait_for("some are done", async || {
        let done = database.values("bulk_count", "rows", "state = 'done' AND rows > 0").await;
        (!done.is_empty()).then_some(())
    })
    .await;
    worker.kill().await;
    browser.look("bulk-running").await;
    browser.click("form[action$='/pause'] button").await;
    browser.reads("#progress", "Waits").await;
    browser.look("bulk-paused").await;
    browser.click("form[action$='/resume'] button").await;
    browser.reads("#progress", "Running").await;
    // And goes on before their eyes, by another process.
    let worker = installation.spawn(&["work"]);
    browser.reads("#progress", "4,000 of 4,000").await;
    browser.close().await;
    assert!(worker.stop().await.success() && server.stop().await.success());
}

/// People are chosen in the list, and something is done to all that match.
async fn choose(browser: &Browser, people: &str) {
    browser.visit(&format!("{people}?standing=never_activated")).await;
    browser.click("details.many > summary").await;
    browser.shot("bulk-many").await;
    browser.click("input[name=deed][value=disable]").await;
    browser.click("button[name=all]").await;
    browser.reads("h1", "Do not allow to log on").await;
    browser.look("bulk-act").await;
    browser.click("form[action$='/cancel'] button").await;
    browser.reads("h1", "Cancelled").await;
    browser.look("bulk-cancelled").await;
}

/// All of it goes back.
async fn take_back(browser: &Browser, path: &str) {
    browser.visit(path).await;
    browser.click("form[action$='/undo'] button").await;
    browser.reads("h1", "Take back").await;
    let back = browser.path().await;
    browser.look("bulk-undo").await;
    browser.click("form[action$='/run'] button").await;
    done(browser, &back).await;
    browser.reads("main", &format!("{PEOPLE} people were removed")).await;
    browser.visit(path).await;
    browser.reads("main", "This was taken back").await;
}
