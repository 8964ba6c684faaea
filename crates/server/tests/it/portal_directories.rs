//! Directories, what somebody changed in them, and taking over what is there, in a real
//! browser with a real directory.

use serde_json::{Value, json};

use crate::{
    browser::Browser,
    directory::value,
    portal::{Shop, shop},
    process::{PASSWORD, ROOT, wait_for},
};

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

async fn changed(shop: &Shop, tool: &str, ldif: &str) {
    let (status, said) = shop.site.ldap(tool, &shop.site.administrator(), &[], ldif).await;
    assert_eq!(status, 0, "{said}");
}

#[tokio::test]
async fn portal_directories_what_somebody_changed_is_seen_and_put_right_from_the_page() {
    let shop = shop().await;
    let code = shop.site.code('d');
    let order = shop.root.order(&code, 60).await;
    shop.root.complete(&text(&order["request"]["id"])).await;
    shop.root.activate(&order["activation"]["link"]).await;
    let id = text(&order["customer"]["id"]);
    let people = shop.root.see(&format!("customers/{id}/users?search=person&limit=200")).await;
    let people = people["items"].as_array().expect("people");
    let dn = |person: &Value| format!("CN={},OU={code},{}", text(&person["logon_name"]), shop.site.folder);
    let title = |p: &Value| format!("dn: {}\nchangetype: modify\nreplace: title\ntitle: Pirate\n\n", dn(p));
    let titles = people.iter().map(title).collect::<Vec<_>>().concat();

    let browser = Browser::open(shop.site.installation.port(), true, "en").await;
    browser.sign_in(ROOT, PASSWORD).await;
    browser.visit("/directories").await;
    browser.look("directories").await;
    browser.visit("/drift").await;
    browser.look("drift-empty").await;
    browser.visit("/directories/shared").await;
    browser.look("directory").await;
    browser.visit("/directories/shared/policy").await;
    browser.look("directory-policy").await;

    changed(&shop, "ldapmodify", &titles).await;
    browser.visit("/directories/shared").await;
    browser.click("form[action$='/scan'] button").await;
    browser.reads(".toast", "within seconds").await;
    wait_for("all are found", async || {
        let found = shop.root.see("findings?state=open&limit=200").await;
        (found["items"].as_array()?.len() == 60).then_some(())
    })
    .await;
    browser.visit("/drift").await;
    browser.reads("#list", "Pirate").await;
    browser.look("drift-many").await;
    browser.click(".more a").await;
    browser.reads("#list", "Pirate").await;
    browser.visit("/drift?kind=missing").await;
    browser.reads("#list", "Nothing here").await;

    // One is put right, one is accepted.
    browser.visit("/drift").await;
    let first = browser.text("#list tbody a").await;
    let of = |name: &str| {
        people.iter().find(|p| dn(p).contains(&format!("CN={name},")) || p["display_name"] == name)
    };
    let one = of(&first).map(|p| text(&p["principal_name"])).expect("whom it is about");
    browser.click("#list tbody a").await;
    browser.look("finding").await;
    browser.click("form[action$='/revert'] button").await;
    browser.reads(".toast", "It is being put right").await;
    wait_for("it is put right", async || value(&shop.site, &one, "title").await.is_none().then_some(()))
        .await;
    browser.visit("/drift").await;
    browser.click("#list tbody a").await;
    browser.click("form[action$='/adopt'] button").await;
    browser.reads(".toast", "What was found is wanted").await;

    // And the rest at once.
    browser.visit("/drift").await;
    browser.click("#list a[href^='/drift/revert']").await;
    browser.reads("main dl", "58").await;
    browser.look("drift-revert").await;
    browser.click("main .acts button").await;
    browser.reads(".toast", "It is being put right").await;
    wait_for("one pirate is left", async || {
        let filter = format!("(&(title=Pirate)(userPrincipalName=*@{code}.example))");
        (shop.site.find(&shop.site.administrator(), &filter).await.len() == 1).then_some(())
    })
    .await;

    switched(&browser).await;
    unknown(&shop, &text(&order["administrator"]["principal_name"])).await;
    browser.close().await;
    assert!(shop.server.stop().await.success());
}

/// Maintenance is switched with what it means beside it.
async fn switched(browser: &Browser) {
    browser.visit("/directories/shared").await;
    browser.click("#maintenance").await;
    browser.reads("main", "End maintenance").await;
    browser.look("directory-maintenance").await;
    browser.click("#maintenance").await;
    browser.reads("main", "Begin maintenance").await;
}

/// A customer's administrator knows of no directory.
async fn unknown(shop: &Shop, login: &str) {
    let own = Browser::open(shop.site.installation.port(), false, "en").await;
    own.sign_in(login, PASSWORD).await;
    let below =
        ["", "/shared", "/shared/policy", "/shared/surveys"].map(|path| format!("/directories{path}"));
    for path in below.iter().map(String::as_str).chain(["/adoptions", "/services"]) {
        own.visit(path).await;
        own.reads("h1", "There is no such page").await;
    }
    own.visit("/home").await;
    assert!(!own.has("a[href='/directories'], a[href='/services']").await);
    own.close().await;
}

/// A container somebody made, with people and a group.
async fn foreign(shop: &Shop, top: &str, domain: &str, people: usize) {
    use std::fmt::Write as _;
    let tag = &shop.site.tag;
    let mut ldif = format!("dn: {top}\nobjectClass: organizationalUnit\n\n");
    for n in 0..people {
        let _ = write!(
            ldif,
            "dn: CN=Old {n} {tag},{top}\nobjectClass: user\nsAMAccountName: old{n}.{tag}\n\
             userPrincipalName: old{n}@{domain}\nsn: Sur\ndisplayName: Old {n}\nuserAccountControl: 514\n\n"
        );
    }
    let _ = write!(ldif, "dn: CN=Desk {tag},{top}\nobjectClass: group\nsAMAccountName: Desk-{tag}\n");
    for n in 0..3 {
        let _ = writeln!(ldif, "member: CN=Old {n} {tag},{top}");
    }
    let _ = write!(
        ldif,
        "\ndn: CN=Nobody {tag},{top}\nobjectClass: user\nsAMAccountName: nobody.{tag}\nuserAccountControl: 514\n"
    );
    changed(shop, "ldapadd", &ldif).await;
}

#[tokio::test]
async fn portal_directories_a_container_is_previewed_taken_over_and_given_back_from_the_pages() {
    let shop = shop().await;
    let (code, domain) = (shop.site.code('o'), format!("old-{}.example", shop.site.tag));
    let top = format!("OU=Old {},{}", shop.site.tag, shop.site.folder);
    foreign(&shop, &top, &domain, 60).await;
    let browser = Browser::open(shop.site.installation.port(), true, "en").await;
    browser.sign_in(ROOT, PASSWORD).await;
    browser.visit("/adoptions").await;
    browser.look("adoptions-empty").await;
    browser.visit("/directories/shared/surveys").await;
    browser.look("surveys-empty").await;
    browser.click("main .acts button").await;
    // The page looks again by itself.
    browser.reads("h1", "Complete").await;
    browser.look("survey").await;
    browser.click("main .rows a.button").await;
    browser.look("adoption-new").await;
    browser.fill("customer.code", "x").await;
    browser.click("main .acts button").await;
    browser.reads("#e-customer\\.code", "").await;
    browser.fill("customer.code", &code).await;
    browser.click("#f-plan-0 option[value='desktop-standard']").await;
    browser.click("main .acts button").await;
    browser.reads("h1", "Preview").await;
    browser.reads("main", "1 object cannot be taken over").await;
    browser.look("adoption-preview").await;
    browser.click(".tabs a[href$='fate=conflict']").await;
    browser.reads(".problem", "It has no principal name").await;
    browser.click(".tabs a[href$='fate=create']").await;
    browser.click(".more a").await;
    browser.reads(".items", "Old").await;
    // With a conflict it takes a word that it is left.
    browser.click("form[action$='/run'] button").await;
    browser.reads("h1", "cannot be taken over").await;
    browser.page.post("back", json!({})).await.expect("a page before");
    browser.click("input[name=leave_conflicts]").await;
    browser.click("form[action$='/run'] button").await;
    browser.reads("#progress", "Complete").await;
    browser.look("adoption-run").await;
    let marked = format!("(&(adminDescription=*)(userPrincipalName=*@{domain}))");
    assert_eq!(shop.site.find(&shop.site.administrator(), &marked).await.len(), 60);
    let desk = format!("(memberOf=CN=Desk {},{top})", shop.site.tag);
    assert_eq!(shop.site.find(&shop.site.administrator(), &desk).await.len(), 3);

    let adoption = browser.path().await;
    browser.visit("/directories/shared/surveys").await;
    browser.look("surveys").await;
    browser.visit(&adoption).await;

    // Given back as a whole, because nothing of it changed.
    browser.click("details.danger summary").await;
    browser.reads("details.danger", "60 people end here").await;
    browser.click("form[action$='/release'] button").await;
    browser.reads("h1", "Given back").await;
    wait_for("nobody is marked", async || {
        shop.site.find(&shop.site.administrator(), &marked).await.is_empty().then_some(())
    })
    .await;
    browser.visit("/adoptions").await;
    browser.look("adoptions").await;
    browser.close().await;
    assert!(shop.server.stop().await.success());
}
