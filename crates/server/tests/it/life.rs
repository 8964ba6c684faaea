//! A customer's life in a real directory: suspended and resumed, closed and restored,
//! moved to another seller, gone. Who looks are `ldap-utils`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::{
    directory::Site,
    http::Client,
    process::{PASSWORD, wait_for},
};

/// A person's account: values that must outlive everything, by log-on name.
type Accounts = BTreeMap<String, BTreeSet<String>>;

/// What the domain says of a customer's accounts, wherever they stand.
async fn accounts(site: &Site, code: &str) -> Accounts {
    let filter = format!("(&(objectClass=user)(userPrincipalName=*@{code}.example))");
    let base = site.domain.base_dn.clone();
    let mut arguments = vec!["-LLL", "-o", "ldif-wrap=no", "-b", &base, &filter];
    arguments.extend(["objectGUID", "objectSid", "sAMAccountName", "userPrincipalName", "displayName"]);
    arguments.extend(["givenName", "sn", "memberOf", "userAccountControl"]);
    let (status, said) = site.ldap("ldapsearch", &site.administrator(), &arguments, "").await;
    assert!([0, 10].contains(&status), "{status} {said}");
    let mut all = Accounts::new();
    for entry in said.split("\n\n").filter(|entry| entry.starts_with("dn:")) {
        let name = entry.lines().find_map(|line| line.strip_prefix("sAMAccountName: "));
        // Of a group only its own name: its place may change.
        let value = |line: &str| match line.strip_prefix("memberOf: ") {
            Some(group) => format!("memberOf: {}", group.split(',').next().unwrap_or_default()),
            None => line.to_owned(),
        };
        let values = entry.lines().filter(|line| !line.starts_with("dn:")).map(value).collect();
        all.insert(name.expect("every account has one").to_owned(), values);
    }
    all
}

/// How many of a customer's accounts may log on.
async fn enabled(site: &Site, code: &str) -> usize {
    let filter = format!(
        "(&(objectClass=user)(userPrincipalName=*@{code}.example)\
         (!(userAccountControl:1.2.840.113556.1.4.803:=2)))"
    );
    site.find(&site.administrator(), &filter).await.len()
}

async fn act(root: &Client, id: &str, verb: &str, body: &Value) -> Value {
    let answer = root.post(&format!("customers/{id}/{verb}"), body).await.good();
    if let Some(request) = answer["request"].as_str() {
        root.complete(request).await;
    }
    answer
}

async fn reseller(root: &Client, code: &str) {
    let made =
        root.post("resellers", &json!({ "code": code, "name": format!("Seller {code}") })).await.good();
    assert!(made["provisioning"].is_null(), "its containers come with its customers: {made}");
}

/// A customer of `seller` with an administrator, a person, and one who is disabled.
async fn order(root: &Client, seller: &str, code: &str) -> Value {
    let person = |n: usize, enabled: bool| json!({ "given_name": "Person", "surname": format!("Number {n}"), "plans": ["desktop-standard"], "enabled": enabled });
    let order = root
        .post(
            "orders",
            &json!({
                "reference": format!("SO-{code}"), "seller": seller,
                "customer": { "code": code, "name": format!("Customer {code}"), "upn_suffix": format!("{code}.example") },
                "services": [{ "plan": "desktop-standard" }],
                "administrator": { "given_name": "Ada", "surname": "Admin", "plans": ["desktop-standard"] },
                "users": [person(0, true), person(1, false)],
            }),
        )
        .await
        .good();
    root.complete(order["request"]["id"].as_str().expect("a request")).await;
    order
}

/// The people of a customer whose plan runs and is billed.
async fn billed(root: &Client, id: &str) -> usize {
    let people = root.see(&format!("customers/{id}/users")).await;
    let started = |person: &&Value| person["plans"][0]["started_at"].is_string();
    people["items"].as_array().expect("people").iter().filter(started).count()
}

#[tokio::test]
async fn a_customer_is_suspended_closed_restored_and_moved_and_its_accounts_stay_the_same() {
    let site = Site::new().await;
    site.delegate().await;
    site.installation.migrate();
    let (server, root) = site.installation.serve(&[]).await;
    let [north, south, acme, other] = ['n', 's', 'a', 'o'].map(|letter| site.code(letter));
    reseller(&root, &north).await;
    reseller(&root, &south).await;
    let ordered = order(&root, &north, &acme).await;
    order(&root, &south, &other).await;
    let id = ordered["customer"]["id"].as_str().expect("a customer").to_owned();
    let login = ordered["administrator"]["principal_name"].as_str().expect("a name").to_owned();
    root.activate(&ordered["activation"]["link"]).await;
    let before = accounts(&site, &acme).await;
    assert_eq!((before.len(), enabled(&site, &acme).await, billed(&root, &id).await), (3, 2, 3));

    suspend_and_resume(&site, &root, (&id, &acme, &login), &before).await;
    close_and_restore(&site, &root, (&id, &acme, &login), &before).await;

    let moved = act(&root, &id, "move", &json!({ "seller": south })).await;
    assert_eq!(moved["planned"], false);
    assert_eq!(moved["tenant"]["parent"]["code"], south.as_str());
    assert_eq!(accounts(&site, &acme).await, before, "its people are untouched");
    let unit = site.find(&site.administrator(), &format!("(ou={acme})")).await;
    assert!(unit[0].starts_with(&format!("OU={acme},OU={south},")), "{unit:?}");
    let newcomer = json!({ "given_name": "New", "surname": "Comer", "plans": ["desktop-standard"] });
    let made = root.post(&format!("customers/{id}/users"), &newcomer).await.good();
    root.complete(made["provisioning"]["request"].as_str().expect("a request")).await;
    let who = (login, PASSWORD.to_owned());
    let found = site.find(&who, "(objectClass=user)").await;
    let of = |code: &str| found.iter().filter(|dn| dn.contains(&format!("OU={code},"))).count();
    assert_eq!((of(&acme), of(&other)), (4, 0), "the new person is with the others, and isolation holds");

    gone(&site, &root, &id, &acme).await;
    assert!(server.stop().await.success());
}

async fn suspend_and_resume(site: &Site, root: &Client, acme: (&str, &str, &str), before: &Accounts) {
    let (id, code, login) = acme;
    assert!(site.binds(login, PASSWORD).await);
    let suspended = act(root, id, "suspend", &json!({})).await;
    assert_eq!(suspended["status"], "suspended");
    assert_eq!(enabled(site, code).await, 0);
    assert!(!site.binds(login, PASSWORD).await, "the directory lets nobody in");
    act(root, id, "resume", &json!({})).await;
    assert_eq!(&accounts(site, code).await, before, "who was disabled stays disabled");
    assert!(site.binds(login, PASSWORD).await);
}

async fn close_and_restore(site: &Site, root: &Client, acme: (&str, &str, &str), before: &Accounts) {
    let (id, code, login) = acme;
    let closed = act(root, id, "close", &json!({})).await;
    assert!(closed["status"] == "closed" && closed["purge_at"].is_string(), "{closed}");
    assert_eq!((enabled(site, code).await, billed(root, id).await), (0, 0));
    let listed = async |status: &str| {
        let page = root.see(&format!("customers?search={code}{status}")).await;
        page["items"].as_array().expect("a page").len()
    };
    assert_eq!((listed("").await, listed("&status=closed").await), (0, 1));
    let refused = root.post(&format!("customers/{id}/suspend"), &json!({})).await;
    assert_eq!((refused.status, &refused.body["code"]), (409, &json!("closed")));
    act(root, id, "restore", &json!({})).await;
    assert_eq!(&accounts(site, code).await, before, "the same accounts, with memberships and values");
    assert!(site.binds(login, PASSWORD).await, "with the same password");
    assert_eq!(billed(root, id).await, 3, "what was subscribed has started again");
}

/// Closed without a grace: the next sweep removes all of it.
async fn gone(site: &Site, root: &Client, id: &str, code: &str) {
    act(root, id, "close", &json!({ "grace_days": 0 })).await;
    let refused = root.post(&format!("customers/{id}/restore"), &json!({})).await;
    assert_eq!((refused.status, &refused.body["code"]), (409, &json!("grace_over")));
    wait_for("the unit is gone", async || {
        let units = site.find(&site.administrator(), &format!("(ou={code})")).await;
        units.is_empty().then_some(())
    })
    .await;
    assert_eq!(accounts(site, code).await, Accounts::new());
    let last = &root.see(&format!("requests?tenant={id}")).await["items"][0];
    assert_eq!(last["cause"], "tenant_purged", "{last}");
    root.complete(last["id"].as_str().expect("a request")).await;
}

/// Security id and number of members of the group of the desktop, if the domain has one.
async fn desktop(site: &Site, code: &str) -> Option<(String, usize)> {
    let base = site.domain.base_dn.clone();
    let filter = format!("(&(objectClass=group)(cn={code} Desktop))");
    let arguments = ["-LLL", "-o", "ldif-wrap=no", "-b", &base, &filter, "objectSid", "member"];
    let (status, said) = site.ldap("ldapsearch", &site.administrator(), &arguments, "").await;
    assert!([0, 10].contains(&status), "{status} {said}");
    let sid = said.lines().find_map(|line| line.strip_prefix("objectSid:: "))?;
    Some((sid.to_owned(), said.lines().filter(|line| line.starts_with("member: ")).count()))
}

#[tokio::test]
async fn a_service_is_taken_and_given_again_with_the_same_groups_and_is_gone_in_the_end() {
    let site = Site::new().await;
    site.delegate().await;
    site.installation.migrate();
    let (server, root) = site.installation.serve(&[]).await;
    let [north, acme] = ['n', 'a'].map(|letter| site.code(letter));
    reseller(&root, &north).await;
    let ordered = order(&root, &north, &acme).await;
    let id = ordered["customer"]["id"].as_str().expect("a customer").to_owned();
    let path = format!("customers/{id}/services/desktop");
    let before = desktop(&site, &acme).await.expect("a group");
    assert_eq!((before.1, billed(&root, &id).await), (3, 3));
    let told = root.see(&format!("{path}/removal")).await;
    assert_eq!(told["plans"], json!([{ "plan": "desktop-standard", "name": "Desktop", "people": 3 }]));

    let refused = root.delete(&path).await;
    assert_eq!((refused.status, &refused.body["code"]), (409, &json!("service_in_use")));
    let taken = root.delete(&format!("{path}?force=true")).await.good();
    assert_eq!(taken["services"], json!([]));
    root.complete(taken["request"].as_str().expect("a request")).await;
    assert_eq!(desktop(&site, &acme).await, Some((before.0.clone(), 0)), "the empty group stays");
    assert_eq!(billed(&root, &id).await, 0);

    let give = json!({ "plan": "desktop-standard" });
    let given = root.post(&format!("customers/{id}/services"), &give).await.good();
    root.complete(given["request"].as_str().expect("a request")).await;
    let user = ordered["administrator"]["id"].as_str().expect("an administrator");
    let added = root.post(&format!("users/{user}/plans"), &give).await.good();
    root.complete(added["provisioning"]["request"].as_str().expect("a request")).await;
    assert_eq!(desktop(&site, &acme).await, Some((before.0.clone(), 1)), "the same group");
    assert_eq!(billed(&root, &id).await, 1);

    let taken = root.delete(&format!("{path}?force=true&grace_days=0")).await.good();
    root.complete(taken["request"].as_str().expect("a request")).await;
    assert_eq!(desktop(&site, &acme).await, None);
    let given = root.post(&format!("customers/{id}/services"), &give).await.good();
    root.complete(given["request"].as_str().expect("a request")).await;
    let after = desktop(&site, &acme).await.expect("a group");
    assert!(after.0 != before.0 && after.1 == 0, "another group: {after:?}");
    assert!(server.stop().await.success());
}

/// Ids, place and groups of one account, as the administrator of the domain sees them: `objectGUID` and
/// `objectSid` as they are printed, the DN, and the DNs of its groups.
async fn identity(site: &Site, login: &str) -> (BTreeSet<String>, String, BTreeSet<String>) {
    let (base, filter) = (site.domain.base_dn.clone(), format!("(userPrincipalName={login})"));
    let arguments =
        ["-LLL", "-o", "ldif-wrap=no", "-b", &base, &filter, "objectGUID", "objectSid", "memberOf"];
    let (status, said) = site.ldap("ldapsearch", &site.administrator(), &arguments, "").await;
    assert!([0, 10].contains(&status), "{status} {said}");
    let ids = values(&said, "objectGUID:: ").chain(values(&said, "objectSid:: ")).collect();
    let place = values(&said, "dn: ").next().unwrap_or_else(|| panic!("nobody is called {login}: {said}"));
    (ids, place, values(&said, "memberOf: ").collect())
}

/// What follows a beginning of a line.
fn values<'a>(said: &'a str, beginning: &'a str) -> impl Iterator<Item = String> + use<'a> {
    said.lines().filter_map(move |line| line.strip_prefix(beginning)).map(str::to_owned)
}

#[tokio::test]
async fn a_person_moves_to_another_customer_with_the_same_account_and_sees_nothing_of_the_old_one() {
    let site = Site::new().await;
    site.delegate().await;
    site.installation.migrate();
    let (server, root) = site.installation.serve(&[]).await;
    let [north, acme, beta] = ['n', 'a', 'b'].map(|letter| site.code(letter));
    reseller(&root, &north).await;
    let (from, to) = (order(&root, &north, &acme).await, order(&root, &north, &beta).await);
    root.activate(&from["activation"]["link"]).await;
    root.activate(&to["activation"]["link"]).await;
    let customer = from["customer"]["id"].as_str().expect("a customer");
    // Somebody with a plan, a group, a role and a password of their own.
    let id = from["administrator"]["id"].as_str().expect("a person").to_owned();
    let login = from["administrator"]["principal_name"].as_str().expect("a name").to_owned();
    let team = root.post(&format!("customers/{customer}/groups"), &json!({ "name": "Team" })).await.good();
    let team = format!("groups/{}/members", team["id"].as_str().expect("a group"));
    let joined = root.post(&team, &json!({ "add": [{ "member": id }] })).await.good();
    root.complete(joined["request"].as_str().expect("a request")).await;
    let (ids, place, groups) = identity(&site, &login).await;
    assert_eq!((ids.len(), groups.len()), (2, 3), "{groups:?}");
    assert!(place.contains(&format!(",OU={acme},")), "{place}");
    assert_eq!(billed(&root, customer).await, 3);

    let body = json!({ "customer": beta, "plans": ["desktop-standard"], "reason": "Works for them now" });
    let shown = root.post(&format!("users/{id}/move/preview"), &body).await.good();
    assert_eq!((&shown["from"]["code"], &shown["to"]["code"]), (&json!(acme), &json!(beta)));
    assert_eq!(shown["plans_ended"], json!(["desktop-standard@main"]));
    assert!(site.binds(&login, PASSWORD).await, "a look changes nothing");
    let moved = root.move_person(&id, &body).await;
    let new = moved["user"]["principal_name"].as_str().expect("a name").to_owned();
    assert_eq!(json!(new), shown["principal_name"]);
    assert!(new.ends_with(&format!("@{beta}.example")), "{new}");

    let (same, place, groups) = identity(&site, &new).await;
    assert_eq!(same, ids, "the same objectGUID and objectSid");
    assert!(place.contains(&format!(",OU={beta},OU={north},")), "{place}");
    assert_eq!(groups.len(), 2, "of all people, and of the desktop: {groups:?}");
    assert!(groups.iter().all(|group| group.contains(&format!(",OU={beta},"))), "{groups:?}");
    assert!(site.binds(&new, PASSWORD).await, "the old password with the new name");
    assert!(!site.binds(&login, PASSWORD).await, "the old name is nobody's");
    root.sign_in(&new, PASSWORD).await;

    // Who came sees the one customer, who stayed does not see who left, and who was there does.
    let seen = async |login: &str, code: &str| {
        let who = (login.to_owned(), PASSWORD.to_owned());
        let found = site.find(&who, "(objectClass=*)").await;
        found.iter().filter(|dn| dn.contains(&format!("OU={code},"))).count()
    };
    // Two groups, the three people who were there, and who came.
    assert_eq!((seen(&new, &beta).await, seen(&new, &acme).await), (6, 0));
    let theirs = to["administrator"]["principal_name"].as_str().expect("a name");
    assert_eq!((seen(theirs, &beta).await, seen(theirs, &acme).await), (6, 0));
    let gone = root.get(&format!("users/{id}")).await.expect("an answer");
    assert_eq!(gone.status, 404);
    let receives = to["customer"]["id"].as_str().expect("a customer");
    assert_eq!((billed(&root, customer).await, billed(&root, receives).await), (2, 4));
    // A removal where the person was, and the end of what was removed there, touch nobody.
    act(&root, customer, "close", &json!({ "grace_days": 0 })).await;
    wait_for("the unit is gone", async || {
        let units = site.find(&site.administrator(), &format!("(ou={acme})")).await;
        units.is_empty().then_some(())
    })
    .await;
    assert_eq!(identity(&site, &new).await.0, ids, "the account outlives the customer that was left");
    assert!(site.binds(&new, PASSWORD).await);
    assert!(server.stop().await.success());
}
