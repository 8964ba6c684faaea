//! The tree of customers in a real browser: opened by a click, by the keyboard, and without scripts.

use serde_json::json;

use crate::{
    browser::Browser,
    directory::Site,
    process::{PASSWORD, ROOT},
};

const ENTER: &str = "\u{E007}";
/// A seller whose branch is closed.
const CLOSED: &str = "details.branch:not([open]) > summary";

#[tokio::test]
async fn the_tree_of_customers_opens_in_a_browser() {
    let site = Site::new().await;
    site.delegate().await;
    site.installation.migrate();
    let (server, root) = site.installation.serve(&[]).await;
    let code = site.code('t');
    let reseller = json!({ "code": format!("r{code}"), "name": "Tree Sellers",
        "administrator": { "principal_name": format!("boss@r{code}.example"), "display_name": "Bo Lund" } });
    root.post("resellers", &reseller).await.good();
    root.order(&code, 2).await;
    for i in 0..3 {
        let code = format!("{code}{i}");
        let order = json!({ "reference": format!("SO-{code}"), "seller": format!("r{}", site.code('t')),
            "customer": { "code": code, "name": format!("Leaf {i}"), "upn_suffix": format!("{code}.example") },
            "services": [], "administrator": { "given_name": "Ada", "surname": "Admin" }, "users": [] });
        root.post("orders", &order).await.good();
    }
    let browser = Browser::open(site.installation.port(), true, "en").await;
    browser.sign_in(ROOT, PASSWORD).await;
    browser.visit("/customers").await;
    browser.click("nav.tabs a[href='/customers?view=tree']").await;
    browser.reads(".tree", &format!("Customer {code}")).await;
    browser.look("tree").await;
    // A seller is opened where it stands: nothing else closes, and the address stays.
    browser.click(CLOSED).await;
    browser.reads(".tree .level .level", "Leaf 2").await;
    assert!(browser.text(".tree").await.contains(&format!("Customer {code}")));
    assert_eq!(browser.path().await, "/customers?view=tree");
    browser.shot("tree-opened").await;
    // The same by the keyboard.
    browser.visit("/customers?view=tree").await;
    browser.tab_to(CLOSED).await;
    browser.type_keys(ENTER).await;
    browser.reads(".tree .level .level", "Leaf 0").await;
    // The search leads to the table.
    browser.fill("q", "leaf").await;
    browser.type_keys(ENTER).await;
    browser.reads("#list", "Leaf 1").await;
    assert!(browser.path().await.starts_with("/customers?q=leaf"), "{}", browser.path().await);
    browser.close().await;

    let plain = Browser::open(site.installation.port(), false, "en").await;
    plain.sign_in(ROOT, PASSWORD).await;
    plain.visit("/customers?view=tree").await;
    plain.click(CLOSED).await;
    plain.click("details.branch[open] details.branch[open] .below .more a").await;
    plain.reads(".tree", "Leaf 1").await;
    assert!(plain.path().await.starts_with("/customers?view=tree&open=ten_"), "{}", plain.path().await);
    plain.close().await;
    assert!(server.stop().await.success());
}
