//! What somebody made beside us in a real directory becomes part of a customer that
//! exists, and is given back: the same accounts, by an independent client.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::{directory::Site, http::Client, process::wait_for};

/// What no client can change of an account, and what this product should not.
const KEPT: [&str; 7] =
    ["objectGUID", "objectSid", "pwdLastSet", "userAccountControl", "title", "mobile", "extensionName"];

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

/// The lines of one object, as `ldapsearch` tells them.
async fn lines(site: &Site, filter: &str, attributes: &[&str]) -> BTreeSet<String> {
    let base = site.domain.base_dn.clone();
    let mut arguments = vec!["-LLL", "-o", "ldif-wrap=no", "-b", &base, filter];
    arguments.extend(attributes);
    let (status, said) = site.ldap("ldapsearch", &site.administrator(), &arguments, "").await;
    assert!([0, 10].contains(&status), "{status} {said}");
    let lines = said.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(str::to_owned).collect()
}

async fn account(site: &Site, name: &str) -> BTreeSet<String> {
    lines(site, &format!("(sAMAccountName={name})"), &KEPT).await
}

async fn marker(site: &Site, name: &str) -> Option<String> {
    let found = lines(site, &format!("(sAMAccountName={name})"), &["adminDescription"]).await;
    found.iter().find_map(|line| line.strip_prefix("adminDescription: ")).map(str::to_owned)
}

/// Accounts, a group and a computer in a container of the customer's own.
async fn made_beside(site: &Site, branch: &str, domain: &str, names: &[String]) {
    use std::fmt::Write as _;
    let mut ldif = format!("dn: {branch}\nobjectClass: organizationalUnit\n\n");
    for (n, name) in names.iter().enumerate() {
        let _ = write!(
            ldif,
            "dn: CN={name},{branch}\nobjectClass: user\nsAMAccountName: {name}\nuserPrincipalName: {name}@{domain}\n\
             displayName: Person {n}\ntitle: Captain\nmobile: +45 {n}\nextensionName: not ours\n\
             userAccountControl: 514\n\n"
        );
    }
    let tag = &names[0];
    let _ = write!(
        ldif,
        "dn: CN=H-{tag},{branch}\nobjectClass: computer\nsAMAccountName: H-{tag}$\nuserAccountControl: 4096\n\n\
         dn: CN=spn-{tag},{branch}\nobjectClass: user\nsAMAccountName: spn-{tag}\nuserPrincipalName: spn-{tag}@{domain}\n\
         servicePrincipalName: HTTP/{tag}.example\nuserAccountControl: 514\n\n"
    );
    let (status, said) = site.ldap("ldapadd", &site.administrator(), &[], &ldif).await;
    assert_eq!(status, 0, "{said}");
}

async fn surveyed(root: &Client, base: &str) -> String {
    let survey = root.post("directories/shared/surveys", &json!({ "base": base })).await.good();
    let path = format!("surveys/{}", text(&survey["id"]));
    wait_for("the survey", async || {
        let survey = root.see(&path).await;
        assert_ne!(survey["state"], "failed", "{survey}");
        (survey["state"] == "done").then_some(())
    })
    .await;
    path
}

async fn carried_out(root: &Client, adoption: &str) {
    let run = root.post(&format!("adoptions/{adoption}/run"), &json!({})).await.good();
    root.complete(run["request"].as_str().expect("a request")).await;
}

/// Somebody of the portal whose account was made beside us.
async fn waiting(root: &Client, customer: &str, name: &str, domain: &str) -> String {
    let body = json!({ "given_name": "Pat", "surname": "Waits", "principal_name": format!("{name}@{domain}"),
        "logon_name": name, "title": "Clerk" });
    let made = root.post(&format!("customers/{customer}/users"), &body).await.good();
    let id = text(&made["id"]);
    wait_for("the name is taken", async || {
        let seen = root.see(&format!("users/{id}")).await;
        (seen["provisioning"]["state"] == "failed").then_some(())
    })
    .await;
    id
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one story, told in the order in which it happens")]
async fn what_was_made_beside_us_is_linked_or_becomes_new_and_is_given_back_the_same() {
    let site = Site::new().await;
    site.delegate().await;
    site.installation.migrate();
    let (server, root) = site.installation.serve(&[]).await;
    let code = site.code('i');
    let domain = format!("{code}.example");
    let order = root.order(&code, 1).await;
    root.complete(order["request"]["id"].as_str().expect("a request")).await;
    let customer = text(&order["customer"]["id"]);
    let branch = format!("OU=Branch,OU={code},{}", site.folder);
    let names: Vec<_> = (0..6).map(|n| format!("b{n}-{}", site.tag)).collect();
    made_beside(&site, &branch, &domain, &names).await;
    let by_directory = waiting(&root, &customer, &names[0], &domain).await;
    let by_portal = waiting(&root, &customer, &names[1], &domain).await;
    let mut before = BTreeMap::new();
    for name in &names {
        before.insert(name.clone(), account(&site, name).await);
    }

    // One by one side, one by the other: the container within is looked at twice.
    let survey = surveyed(&root, &branch).await;
    let body = json!({ "container": branch, "into": code, "match": ["principal_name"] });
    let adoption = root.post(&format!("{survey}/adoptions"), &body).await.good();
    let expected = json!({ "containers": 1, "groups": 0, "users": 4, "linked": 2, "conflicts": 0, "skipped": 2,
        "new_groups": 0, "subscriptions": 0, "by_services": 0 });
    assert_eq!(adoption["counts"], expected, "{adoption}");
    let skipped = root.see(&format!("adoptions/{}/items?fate=skip", text(&adoption["id"]))).await;
    let reasons: BTreeSet<_> =
        skipped["items"].as_array().expect("items").iter().map(|item| text(&item["reason"])).collect();
    assert_eq!(reasons, BTreeSet::from(["computer".to_owned(), "service_account".to_owned()]));
    for name in &names {
        assert_eq!(account(&site, name).await, before[name], "a preview changes nothing");
        assert_eq!(marker(&site, name).await, None);
    }
    carried_out(&root, &text(&adoption["id"])).await;
    for name in &names {
        assert_eq!(account(&site, name).await, before[name], "{name}: the same account, as it was");
        assert!(marker(&site, name).await.is_some(), "{name}");
    }
    for id in [&by_directory, &by_portal] {
        assert_eq!(root.see(&format!("users/{id}")).await["title"], "Captain", "what it shows was learned");
    }

    // The portal wins: another container, another person.
    let other = format!("OU=Second,OU={code},{}", site.folder);
    let name = format!("c-{}", site.tag);
    let ldif = format!(
        "dn: {other}\nobjectClass: organizationalUnit\n\ndn: CN=Once {name},{other}\nobjectClass: user\n\
         sAMAccountName: {name}\nuserPrincipalName: {name}@{domain}\ntitle: Captain\nuserAccountControl: 514\n\n"
    );
    let (status, said) = site.ldap("ldapadd", &site.administrator(), &[], &ldif).await;
    assert_eq!(status, 0, "{said}");
    waiting(&root, &customer, &name, &domain).await;
    let ids = lines(&site, &format!("(sAMAccountName={name})"), &["objectGUID", "objectSid"]).await;
    let survey = surveyed(&root, &other).await;
    let body = json!({ "container": other, "into": code, "match": ["principal_name"], "wins": "portal" });
    let adoption = root.post(&format!("{survey}/adoptions"), &body).await.good();
    carried_out(&root, &text(&adoption["id"])).await;
    let after =
        lines(&site, &format!("(sAMAccountName={name})"), &["objectGUID", "objectSid", "title"]).await;
    assert!(after.contains("title: Clerk"), "{after:?}");
    let same = ids.iter().filter(|line| !line.starts_with("dn:")).all(|line| after.contains(line));
    assert!(same, "the same ids: {ids:?} {after:?}");
    assert!(
        after.iter().any(|line| line.starts_with("dn:") && line.ends_with(&other)),
        "it lies where it lay"
    );

    // Given back: one alone, then nothing of it is ours.
    let search = format!("customers/{customer}/users?search={}@{domain}", names[3]);
    let person = text(&root.see(&search).await["items"][0]["id"]);
    root.release(&format!("users/{person}")).await;
    assert_eq!(account(&site, &names[3]).await, before[&names[3]], "as it was");
    assert_eq!(marker(&site, &names[3]).await, None);
    let members = lines(&site, &format!("(cn={code} Members)"), &["member"]).await;
    assert!(!members.iter().any(|line| line.contains(&names[3])), "{members:?}");
    assert!(members.iter().any(|line| line.contains(&names[4])), "{members:?}");
    assert!(server.stop().await.success());
}

#[tokio::test]
async fn an_adoption_of_a_real_directory_is_taken_back_and_done_again() {
    let site = Site::new().await;
    site.delegate().await;
    site.installation.migrate();
    let (server, root) = site.installation.serve(&[]).await;
    let code = site.code('t');
    let (domain, top) = (format!("{code}.example"), format!("OU=Top {},{}", site.tag, site.folder));
    let names: Vec<_> = (0..5).map(|n| format!("t{n}-{}", site.tag)).collect();
    made_beside(&site, &top, &domain, &names).await;
    let mut before = BTreeMap::new();
    for name in &names {
        before.insert(name.clone(), account(&site, name).await);
    }
    for round in 0..2 {
        let survey = surveyed(&root, &top).await;
        let body = json!({ "container": top, "customer": { "code": code, "name": "Top Ltd" } });
        let adoption = root.post(&format!("{survey}/adoptions"), &body).await.good();
        let id = text(&adoption["id"]);
        carried_out(&root, &id).await;
        for name in &names {
            assert!(marker(&site, name).await.is_some(), "{name} in round {round}");
        }
        let preview = root.see(&format!("adoptions/{id}/release")).await;
        assert_eq!((&preview["users"], &preview["changed"]), (&json!(5), &json!(false)), "{preview}");
        let taken = root.post(&format!("adoptions/{id}/release"), &json!({})).await.good();
        root.complete(taken["request"].as_str().expect("a request")).await;
        for name in &names {
            assert_eq!(account(&site, name).await, before[name], "{name} in round {round}");
            assert_eq!(marker(&site, name).await, None, "{name} in round {round}");
        }
    }
    let ours = lines(&site, "(adminDescription=obj_*)", &["1.1"]).await;
    let ours: Vec<_> = ours.iter().filter(|dn| dn.contains(&format!("OU=Top {}", site.tag))).collect();
    assert_eq!(ours, Vec::<&String>::new(), "nothing is ours any more");
    assert!(server.stop().await.success());
}
