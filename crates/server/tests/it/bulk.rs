//! A file of people through the real binary into a real directory, with the server killed while
//! it is at it.

use std::{collections::BTreeSet, time::Duration};

use domain::clock::{Random as _, SeededRandom};
use serde_json::{Value, json};
use testkit::{postgres::TestDatabase, smtp::Smtp};

use crate::{
    directory::{Site, value},
    http::Client,
    lifecycle::{url_of, use_keys_of_the_run},
    process::{Installation, Process, wait_for},
};

const PEOPLE: usize = 200;
/// How long the server lives after it answered, in milliseconds: from before the first part to after the last.
const LIVES: [u64; 4] = [15, 60, 180, 400];

#[tokio::test]
async fn a_file_is_carried_out_once_whatever_kills_the_server() {
    let site = Site::new().await;
    site.delegate().await;
    site.installation.migrate();
    let (mut server, mut root) = site.installation.serve(&[]).await;
    let code = site.code('b');
    let order = root.order(&code, 0).await;
    let ordered = order["request"]["id"].as_str().expect("a request").to_owned();
    root.complete(&ordered).await;
    let mut csv = "principal_name,given_name,surname,department,manager\n".to_owned();
    csv.extend((0..PEOPLE).map(|i| {
        let manager = if i == 0 { String::new() } else { format!("p{}@{code}.example", i / 20) };
        format!("p{i}@{code}.example,Per,Nr {i},Sales,{manager}\n")
    }));
    let shown =
        root.post_bytes(&format!("imports?customer={code}&name=people.csv"), csv.as_bytes()).await.good();
    assert_eq!(shown["counts"]["acts"]["create"], PEOPLE, "{shown}");
    let id = shown["id"].as_str().expect("an id").to_owned();
    let begin = json!({ "version": shown["version"] });
    root.post(&format!("bulk/{id}/run"), &begin).await.good();
    for life in LIVES {
        tokio::time::sleep(Duration::from_millis(life)).await;
        server.kill().await;
        (server, root) = site.installation.serve(&[]).await;
        let seen = root.see(&format!("bulk/{id}")).await;
        let state = seen["state"].as_str().expect("a state").to_owned();
        assert!(["running", "done"].contains(&state.as_str()), "killed after {life} ms: {seen}");
    }
    let done = wait_for("all rows are done", async || {
        let seen = root.see(&format!("bulk/{id}")).await;
        (seen["state"] == "done").then_some(seen)
    })
    .await;
    assert_eq!(done["counts"]["states"], json!({ "done": PEOPLE }));
    let request = done["request"].as_str().expect("one request").to_owned();
    let request: Value = root.complete(&request).await;
    assert_eq!(request["counts"]["verified"], request["counts"]["total"]);
    let filter = format!("(&(objectClass=user)(userPrincipalName=p*@{code}.example))");
    let mut found = site.find(&site.administrator(), &filter).await;
    found.sort();
    let all = found.len();
    found.dedup();
    assert_eq!((all, found.len()), (PEOPLE, PEOPLE), "everybody once");
    let managed = format!("(&(objectClass=user)(userPrincipalName=p*@{code}.example)(manager=*))");
    assert_eq!(site.find(&site.administrator(), &managed).await.len(), PEOPLE - 1);
    // The same file changes nothing.
    let again =
        root.post_bytes(&format!("imports?customer={code}&name=people.csv"), csv.as_bytes()).await.good();
    assert_eq!(again["counts"]["acts"], json!({ "nothing": PEOPLE }));
    // And everything goes back.
    let back = root.post(&format!("bulk/{id}/undo"), &Value::Null).await.good();
    let back_id = back["id"].as_str().expect("an id").to_owned();
    let begin = json!({ "version": back["version"] });
    root.post(&format!("bulk/{back_id}/run"), &begin).await.good();
    let back = wait_for("the way back is done", async || {
        let seen = root.see(&format!("bulk/{back_id}")).await;
        (seen["state"] == "done").then_some(seen)
    })
    .await;
    root.complete(back["request"].as_str().expect("one request")).await;
    let enabled = format!(
        "(&(objectClass=user)(userPrincipalName=p*@{code}.example)(!(userAccountControl:1.2.840.113556.1.4.803:=2)))"
    );
    assert!(site.find(&site.administrator(), &enabled).await.is_empty(), "nobody of them can log on");
    assert!(server.stop().await.success());
}

#[tokio::test]
async fn a_password_of_a_file_is_the_first_one_of_the_account_and_has_to_be_changed() {
    let site = Site::new().await;
    site.delegate().await;
    site.installation.migrate();
    let (server, root) = site.installation.serve(&[]).await;
    let code = site.code('w');
    let order = root.order(&code, 0).await;
    root.complete(order["request"]["id"].as_str().expect("a request")).await;
    let customer = order["customer"]["id"].as_str().expect("a customer");
    let settings = format!("tenants/{customer}/settings");
    let version = root.see(&settings).await["version"].to_string();
    root.patch(&settings, &version, &json!({ "import_passwords": "true" })).await;
    let csv = format!(
        "principal_name,given_name,surname,password,must_change_password\n\
         ida@{code}.example,Ida,Lund,Correct-Horse-7,\n\
         jens@{code}.example,Jens,Krag,Battery-Staple-8,no\n\
         mia@{code}.example,Mia,Bech,,\n"
    );
    let path = format!("imports?customer={code}&name=people.csv");
    let shown = root.post_bytes(&path, csv.as_bytes()).await.good();
    assert_eq!((&shown["file"]["passwords"], &shown["file"]["sealed"]), (&json!(2), &json!(2)), "{shown}");
    let id = shown["id"].as_str().expect("an id").to_owned();
    root.post(&format!("bulk/{id}/run"), &json!({ "version": shown["version"] })).await.good();
    let done = wait_for("all rows are done", async || {
        let seen = root.see(&format!("bulk/{id}")).await;
        (seen["state"] == "done").then_some(seen)
    })
    .await;
    root.complete(done["request"].as_str().expect("one request")).await;
    assert!(site.binds(&format!("jens@{code}.example"), "Battery-Staple-8").await, "as the file says");
    let (ida, jens) = (format!("ida@{code}.example"), format!("jens@{code}.example"));
    assert!(!site.binds(&ida, "Correct-Horse-7").await, "before it is changed");
    assert_eq!(value(&site, &ida, "pwdLastSet").await.as_deref(), Some("0"));
    assert_ne!(value(&site, &jens, "pwdLastSet").await.as_deref(), Some("0"));
    let filter = format!("(&(userPrincipalName={ida})(!(userAccountControl:1.2.840.113556.1.4.803:=2)))");
    assert_eq!(site.find(&site.administrator(), &filter).await.len(), 1, "who changes it can log on");
    // It is no password of the portal, and nobody counts as somebody who came.
    let person = root.see(&format!("customers/{customer}/users?search=jens")).await["items"][0].clone();
    assert_eq!(person["activated_at"], Value::Null, "{person}");
    assert!(server.stop().await.success());
}

/// How often the server is killed, each time while it carries out another file.
const KILLS: usize = 50;
/// Of the moments; told with a failure.
const SEED: u64 = 20_261_130;
/// A directory that does not answer: what is carried out is what is wanted of it. What becomes of that there is
/// the engine's, which its own tests kill at every call.
const NOWHERE: &str = "[[directory]]\ncode = \"shared\"\nname = \"Shared\"\nurls = [\"ldaps://127.0.0.1:9\"]\n\
     base_dn = \"DC=nowhere,DC=test\"\nfolder_dn = \"OU=Hosting,DC=nowhere,DC=test\"\n\
     bind_dn = \"CN=svc,DC=nowhere,DC=test\"\nbind_password_file = \"nowhere.password\"\nca_file = \"nowhere.pem\"\n";

#[tokio::test]
async fn killed_fifty_times_nothing_is_lost_and_nothing_is_there_twice() {
    let database = TestDatabase::empty().await;
    let installation = Installation::new(NOWHERE, Some(url_of(database.name())));
    std::fs::write(installation.path().join("nowhere.password"), "none").expect("our own folder");
    // Of whomever: nobody answers there.
    let authority = Smtp::start(false).await.expect("a mail server");
    std::fs::write(installation.path().join("nowhere.pem"), authority.ca_pem()).expect("our own folder");
    use_keys_of_the_run(&installation);
    installation.migrate();
    let (mut server, root) = installation.serve(&[]).await;
    let order = root.order("many", 0).await;
    let customer = order["customer"]["id"].as_str().expect("a customer");
    let team = root.post(&format!("customers/{customer}/groups"), &json!({ "name": "Sales team" })).await;
    assert!([201, 202].contains(&team.status), "{}", team.body);
    eprintln!("killed at moments of the seed {SEED}");
    let random = SeededRandom::new(SEED);
    let (mut before, mut after) = (0, 0);
    for kill in 0..KILLS {
        let id = begin(&root, &file(kill)).await;
        let mut moment = [0];
        random.fill(&mut moment);
        let life = u64::from(moment[0]) * 3 / 2;
        tokio::time::sleep(Duration::from_millis(life)).await;
        server.kill().await;
        // What the dead one had done is what the database has kept.
        let open = database.values("bulk", "id", "state = 'running'").await;
        *(if open.is_empty() { &mut after } else { &mut before }) += 1;
        server = again(&installation, &root).await;
        let done = wait_for("all rows are done", async || {
            let seen = root.get(&format!("bulk/{id}")).await.ok().filter(|answer| answer.status == 200)?;
            (seen.body["state"] != "running").then_some(seen.body)
        })
        .await;
        let at = format!("kill {kill} after {life} ms, seed {SEED}: {done}");
        assert_eq!(
            (&done["state"], &done["counts"]["states"]),
            (&json!("done"), &json!({ "done": PEOPLE })),
            "{at}"
        );
    }
    assert!(before > KILLS / 10 && after > 0, "{before} were killed before the end, and {after} after it");
    everybody_once(&database).await;
    assert!(server.stop().await.success());
}

/// A file with managers, plans and a group.
fn file(kill: usize) -> String {
    let mut csv = "principal_name,given_name,surname,manager,plans,groups\n".to_owned();
    csv.extend((0..PEOPLE).map(|i| {
        let manager = if i < 5 { String::new() } else { format!("k{kill}p{}@many.example", i % 5) };
        format!("k{kill}p{i}@many.example,Per,K{kill}n{i},{manager},desktop-standard,Sales team\n")
    }));
    csv
}

async fn begin(root: &Client, csv: &str) -> String {
    let shown = root.post_bytes("imports?customer=many&name=people.csv", csv.as_bytes()).await.good();
    assert_eq!(shown["counts"]["acts"], json!({ "create": PEOPLE }), "{shown}");
    let id = shown["id"].as_str().expect("an id").to_owned();
    root.post(&format!("bulk/{id}/run"), &json!({ "version": shown["version"] })).await.good();
    id
}

/// A server that is ready; whoever signed in with the one before is still signed in.
async fn again(installation: &Installation, root: &Client) -> Process {
    let mut server = installation.spawn(&["serve"]);
    wait_for("the server is ready", async || {
        server.require_running();
        root.get("ready").await.is_ok_and(|answer| answer.status == 200).then_some(())
    })
    .await;
    server
}

/// What is as it would be had nobody killed anything.
async fn everybody_once(database: &TestDatabase) {
    let all = KILLS * PEOPLE;
    let ours = "display_name LIKE 'Per K%'";
    let logins = database.values("users", "principal_name || ' ' || id", ours).await;
    assert_eq!(logins.len(), all);
    let once: BTreeSet<_> = logins.iter().filter_map(|login| login.split(' ').next()).collect();
    assert_eq!(once.len(), all);
    let members = format!("member_object IN (SELECT object_id FROM users WHERE {ours}) AND wanted");
    let edges = database.values("membership", "(group_object, member_object)", &members).await;
    assert_eq!(edges.len(), 3 * all, "everybody, desktop, team");
    let plans = format!("user_id IN (SELECT id FROM users WHERE {ours}) AND ended_at IS NULL");
    assert_eq!(database.values("subscription", "id", &plans).await.len(), all);
    let managed = format!("{ours} AND manager_id IS NOT NULL");
    assert_eq!(database.values("users", "id", &managed).await.len(), all - 5 * KILLS);
    let created = "code = 'user.created' AND cause ? 'bulk'";
    assert_eq!(database.values("event", "id", created).await.len(), all, "each is told once");
}
