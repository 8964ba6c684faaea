//! What somebody made in a real directory with other tools, taken over as it is.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::{
    directory::Site,
    http::Client,
    process::{PASSWORD, wait_for},
};

/// People somebody made before us.
const PEOPLE: usize = 200;
/// `"Old-Pass-7-Word!"` as a directory takes it: UTF-16LE with its quotes, in base64.
const OLD_PASSWORD: &str = "Old-Pass-7-Word!";
const OLD_PASSWORD_SENT: &str = "IgBPAGwAZAAtAFAAYQBzAHMALQA3AC0AVwBvAHIAZAAhACIA";

/// A container with two within each other, people in all three, groups of which one is in another.
fn foreign(site: &Site, top: &str, domain: &str) -> String {
    use std::fmt::Write as _;
    let mut ldif = String::new();
    let places = [top.to_owned(), format!("OU=Staff,{top}"), format!("OU=Night \\, shift,OU=Staff,{top}")];
    for place in &places {
        let _ = write!(ldif, "dn: {place}\nobjectClass: organizationalUnit\n\n");
    }
    let tag = &site.tag;
    let mut people = Vec::new();
    // Somebody who is not taken over.
    let boss = boss(site);
    let _ = write!(ldif, "dn: {boss}\nobjectClass: user\nsAMAccountName: Boss.{tag}\n\n");
    for n in 0..PEOPLE {
        let dn = format!("CN=Person {n} {tag},{}", places[n % 3]);
        let control = if n % 10 == 9 { 514 } else { 512 };
        let _ = write!(
            ldif,
            "dn: {dn}\nobjectClass: user\nsAMAccountName: Old{n}.{tag}\nuserPrincipalName: Old{n}@{domain}\n\
             givenName: Given {n}\nsn: Sur\ndisplayName: Person {n}\ntitle: Captain\nemployeeID: E{n}\n\
             proxyAddresses: SMTP:old{n}@{domain}\nproxyAddresses: smtp:alias{n}@{domain}\n\
             extensionName: not ours {n}\nuserAccountControl: {control}\nunicodePwd:: {OLD_PASSWORD_SENT}\n"
        );
        match people.first().filter(|_| n % 2 == 0) {
            Some(first) => drop(writeln!(ldif, "manager: {first}\n")),
            None => drop(writeln!(ldif, "manager: {boss}\n")),
        }
        people.push(dn);
    }
    for (name, step) in [("Desk", 4), ("Sales", 3)] {
        let _ = write!(ldif, "dn: CN={name} {tag},{top}\nobjectClass: group\nsAMAccountName: {name}-{tag}\n");
        let _ = writeln!(ldif, "managedBy: {}", if name == "Sales" { &people[2] } else { &boss });
        for dn in people.iter().step_by(step) {
            let _ = writeln!(ldif, "member: {dn}");
        }
        ldif.push('\n');
    }
    let _ = write!(
        ldif,
        "dn: CN=Everything {tag},OU=Staff,{top}\nobjectClass: group\nsAMAccountName: Everything-{tag}\n\
         groupType: -2147483640\nmember: CN=Sales {tag},{top}\n\n"
    );
    ldif
}

fn boss(site: &Site) -> String {
    format!("CN=Boss {},{}", site.tag, site.folder)
}

/// All that a directory says of everything below a container, without what its
/// own bookkeeping, our marker and our own group of all people change.
async fn everything(site: &Site, top: &str) -> BTreeMap<String, BTreeSet<String>> {
    let arguments =
        ["-LLL", "-o", "ldif-wrap=no", "-E", "pr=500/noprompt", "-b", top, "(objectClass=*)", "*"];
    let (status, said) = site.ldap("ldapsearch", &site.administrator(), &arguments, "").await;
    assert_eq!(status, 0, "{said}");
    let ours = |line: &str| {
        [
            "uSNChanged:",
            "whenChanged:",
            "adminDescription:",
            "dSCorePropagationData:",
            "#",
            "lastLogon",
            "logonCount:",
        ]
        .iter()
        .any(|name| line.starts_with(name))
            || line.starts_with("memberOf: ") && line.contains(" Members,OU=")
    };
    let mut objects = BTreeMap::new();
    for block in said.split("\n\n").filter(|block| block.contains("dn:")) {
        let lines: BTreeSet<_> = block.lines().filter(|line| !ours(line)).map(str::to_owned).collect();
        let dn = block.lines().find(|line| line.starts_with("dn:")).unwrap_or_default().to_owned();
        objects.insert(dn, lines);
    }
    objects
}

fn id(value: &Value) -> String {
    value["id"].as_str().expect("an id").to_owned()
}

/// Ordinary acts on somebody who lies deep, and on a group.
async fn act(site: &Site, root: &Client, customer: &str, domain: &str, top: &str) {
    let search = format!("customers/{customer}/users?search=old2@{domain}");
    let person = root.see(&search).await["items"][0].clone();
    let person_path = format!("users/{}", id(&person));
    root.change(
        &person_path,
        &json!({ "enabled": false, "display_name": "Renamed", "principal_name": format!("new2@{domain}") }),
    )
    .await;
    assert!(!site.binds(&format!("new2@{domain}"), OLD_PASSWORD).await, "disabled");
    root.change(&person_path, &json!({ "enabled": true })).await;
    assert!(site.binds(&format!("new2@{domain}"), OLD_PASSWORD).await, "and with the old password again");
    // Who manages somebody stays, whether it is somebody of ours or not.
    let search = format!("customers/{customer}/users?search=old1@{domain}");
    let other = root.see(&search).await["items"][0].clone();
    root.change(&format!("users/{}", id(&other)), &json!({ "title": "Pilot" })).await;
    let first = format!("CN=Person 0 {},{top}", site.tag);
    for (who, manager) in [("new2", first), ("Old1", boss(site))] {
        let filter = format!("(&(userPrincipalName={who}@{domain})(manager={manager}))");
        wait_for("the manager", async || {
            (site.find(&site.administrator(), &filter).await.len() == 1).then_some(())
        })
        .await;
    }
    let title = format!("(&(userPrincipalName=Old1@{domain})(title=Pilot)(manager={}))", boss(site));
    wait_for("the title", async || (site.find(&site.administrator(), &title).await.len() == 1).then_some(()))
        .await;
    let groups = root.see(&format!("customers/{customer}/groups")).await;
    let sales =
        groups["items"].as_array().expect("groups").iter().find(|g| text(&g["name"]).starts_with("Sales"));
    let member = format!("groups/{}/members/{}", id(sales.expect("the group")), id(&person));
    let put = root.put(&member).await.good();
    if let Some(request) = put["request"].as_str().or(put["provisioning"]["request"].as_str()) {
        root.complete(request).await;
    }
    let filter = format!("(&(userPrincipalName=new2@{domain})(memberOf=CN=Sales {},{top}))", site.tag);
    wait_for("the member", async || {
        (site.find(&site.administrator(), &filter).await.len() == 1).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_container_somebody_made_is_taken_over_as_it_is_and_nobody_else_finds_it() {
    let site = Site::new().await;
    site.delegate().await;
    site.installation.migrate();
    let (server, root) = site.installation.serve(&[]).await;
    let (code, domain) = (site.code('o'), format!("old-{}.example", site.tag));
    let top = format!("OU=Old {},{}", site.tag, site.folder);
    let (status, said) =
        site.ldap("ldapadd", &site.administrator(), &[], &foreign(&site, &top, &domain)).await;
    assert_eq!(status, 0, "{said}");
    // Another customer, and somebody of it.
    let other = site.code('x');
    let order = root.order(&other, 1).await;
    root.complete(order["request"]["id"].as_str().expect("a request")).await;
    root.activate(&order["activation"]["link"]).await;
    let stranger = (text(&order["administrator"]["principal_name"]), PASSWORD.to_owned());
    let old = |n: usize| (format!("Old{n}@{domain}"), OLD_PASSWORD.to_owned());
    let found = site.find(&stranger, &format!("(userPrincipalName=*@{domain})")).await;
    assert_eq!(found.len(), PEOPLE, "before, everybody in the domain sees them");
    let before = everything(&site, &top).await;

    let survey = root.post("directories/shared/surveys", &json!({ "base": top })).await.good();
    let path = format!("surveys/{}", id(&survey));
    let survey = wait_for("the survey", async || {
        let survey = root.see(&path).await;
        ["done", "failed"].contains(&survey["state"].as_str().unwrap_or_default()).then_some(survey)
    })
    .await;
    assert_eq!((&survey["state"], &survey["seen"]), (&json!("done"), &json!(PEOPLE + 3 + 3)), "{survey}");
    let body = json!({ "container": top, "customer": { "code": code, "name": "Old Ltd", "billing_id": "D-7" },
        "plans": { format!("Desk-{}", site.tag): "desktop-standard" } });
    let adoption = root.post(&format!("{path}/adoptions"), &body).await.good();
    let expected = json!({ "containers": 3, "groups": 3, "users": PEOPLE, "linked": 0, "conflicts": 0, "skipped": 0,
        "new_groups": 1, "subscriptions": PEOPLE / 4,
        "by_services": 0 });
    assert_eq!(adoption["counts"], expected, "{adoption}");
    assert_eq!(everything(&site, &top).await, before, "a preview changes nothing");
    let run = root.post(&format!("adoptions/{}/run", id(&adoption)), &json!({})).await.good();
    root.complete(run["request"].as_str().expect("a request")).await;

    let mut after = everything(&site, &top).await;
    let made: Vec<_> = after.keys().filter(|dn| !before.contains_key(*dn)).cloned().collect();
    assert_eq!(made, [format!("dn: CN={code} Members,{top}")], "the group of all people");
    after.retain(|dn, _| before.contains_key(dn));
    assert_eq!(after, before, "ids, security ids, values, members and passwords are what they were");
    let marked = site
        .find(&site.administrator(), &format!("(&(adminDescription=*)(userPrincipalName=*@{domain}))"))
        .await;
    assert_eq!(marked.len(), PEOPLE);
    assert!(site.binds(&old(1).0, OLD_PASSWORD).await, "the old password is the password");

    let unseen = site.find(&stranger, &format!("(userPrincipalName=*@{domain})")).await;
    assert_eq!(unseen, Vec::<String>::new(), "nobody of another customer finds anybody");
    let own = site.find(&old(1), &format!("(userPrincipalName=*@{domain})")).await;
    assert_eq!(own.len(), PEOPLE, "and they find each other, however deep they lie");
    assert_eq!(
        site.find(&old(2), &format!("(userPrincipalName=*@{other}.example)")).await,
        Vec::<String>::new()
    );

    act(&site, &root, &text(&run["customer"]), &domain, &top).await;
    assert!(server.stop().await.success());
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}
