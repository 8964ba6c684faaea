//! Something done to people of several customers, and people who go to another one, in a real browser
//! and a real directory.

use crate::{
    browser::Browser,
    portal::shop,
    process::{PASSWORD, ROOT, wait_for},
};

#[tokio::test]
async fn portal_series_people_of_all_customers_are_changed_and_some_move_and_come_back() {
    let shop = shop().await;
    let (first, second) = (shop.site.code('i'), shop.site.code('j'));
    let mut ids = Vec::new();
    for (code, people) in [(&first, 3), (&second, 2)] {
        let order = shop.root.order(code, people).await;
        shop.root.complete(order["request"]["id"].as_str().expect("a request")).await;
        ids.push(order["customer"]["id"].as_str().expect("a customer").to_owned());
    }
    let browser = Browser::open(shop.site.installation.port(), true, "en").await;
    browser.sign_in(ROOT, PASSWORD).await;
    browser.visit("/customers").await;
    browser.look("customers-series").await;
    browser.click("main a[href='/series/new']").await;
    browser.look("series-new").await;
    browser.click("main > form .acts button").await;
    browser.reads("#e-deed", "needed").await;
    browser.fill("q", "nobody like this").await;
    browser.click("input[name=deed][value=disable]").await;
    browser.click("main > form .acts button").await;
    browser.reads("#e-q", "Nobody there").await;
    browser.shot("series-nobody").await;
    browser.fill("q", "person").await;
    browser.click("main > form .acts button").await;
    browser.reads("main", "Begin: 5 people").await;
    let series = format!("/series/{}", browser.arrives("/series").await);
    browser.look("series-preview").await;
    browser.click("form[action$='/run'] button").await;
    let disabled = async |code: &str| {
        let filter = format!(
            "(&(objectClass=user)(userPrincipalName=*@{code}.example)(userAccountControl:1.2.840.113556.1.4.803:=2))"
        );
        shop.site.find(&shop.site.administrator(), &filter).await.len()
    };
    wait_for("nobody of them can log on", async || {
        (disabled(&first).await == 3 && disabled(&second).await == 2).then_some(())
    })
    .await;
    browser.visit(&series).await;
    browser.look("series-done").await;
    browser.click("form[action$='/undo'] button").await;
    browser.reads("main", "Begin: 5 people").await;
    browser.click("form[action$='/run'] button").await;
    wait_for("they can again", async || {
        (disabled(&first).await == 0 && disabled(&second).await == 0).then_some(())
    })
    .await;
    moved(&browser, &shop.site, (&first, &ids[0]), &second).await;
    browser.close().await;
    assert!(shop.server.stop().await.success());
}

/// Everybody of a filter goes to another customer, and comes back.
async fn moved(browser: &Browser, site: &crate::directory::Site, (from, id): (&str, &str), to: &str) {
    let there = async |code: &str| {
        let base =
            format!("(&(objectClass=user)(displayName=Person Number*)(userPrincipalName=*@{code}.example))");
        site.find(&site.administrator(), &base).await.len()
    };
    let (at_first, at_second) = (there(from).await, there(to).await);
    browser.visit(&format!("/customers/{id}/people?q=person")).await;
    browser.click("details.many > summary").await;
    browser.click("input[name=deed][value=move]").await;
    browser.fill("with.move", to).await;
    browser.click("button[name=all]").await;
    browser.reads("h1", "Move to another customer").await;
    browser.reads("main", "Begin: 3 people").await;
    let page = format!("/bulk/{}", browser.arrives("/bulk").await);
    browser.look("bulk-move").await;
    browser.click("form[action$='/run'] button").await;
    wait_for("they are there", async || {
        (there(to).await == at_second + 3 && there(from).await == at_first - 3).then_some(())
    })
    .await;
    wait_for("it is done", async || {
        browser.visit(&page).await;
        browser.text("h1").await.contains("Done").then_some(())
    })
    .await;
    browser.reads("main", "3 people went to another customer").await;
    browser.click("form[action$='/undo'] button").await;
    browser.reads("h1", "Take back").await;
    browser.look("bulk-move-back").await;
    browser.click("form[action$='/run'] button").await;
    wait_for("they are back", async || {
        (there(to).await == at_second && there(from).await == at_first).then_some(())
    })
    .await;
}
