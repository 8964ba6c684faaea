//! `kill -9` of the server at moments that follow from a seed, while it carries out files of two hundred
//! people: of what is wanted, and of what becomes of it in a real directory.

use std::{collections::BTreeSet, time::Duration};

use domain::clock::{Random as _, SeededRandom};
use serde_json::{Value, json};
use testkit::{postgres::TestDatabase, samba, smtp::Smtp};

use crate::{
    directory::Site,
    http::Client,
    lifecycle::{url_of, use_keys_of_the_run},
    process::{Installation, Process, wait_for},
};

const PEOPLE: usize = 200;
/// How often the server is killed.
const KILLS: usize = 50;
/// Of the moments; told with a failure.
const SEED: u64 = 20_261_130;
/// A directory that does not answer: what is carried out is what is wanted of it.
const NOWHERE: &str = "[[directory]]\ncode = \"shared\"\nname = \"Shared\"\nurls = [\"ldaps://127.0.0.1:9\"]\n\
     base_dn = \"DC=nowhere,DC=test\"\nfolder_dn = \"OU=Hosting,DC=nowhere,DC=test\"\n\
     bind_dn = \"CN=svc,DC=nowhere,DC=test\"\nbind_password_file = \"nowhere.password\"\nca_file = \"nowhere.pem\"\n";

/// An installation with that.
pub async fn nowhere() -> (TestDatabase, Installation) {
    let database = TestDatabase::empty().await;
    let installation = Installation::new(NOWHERE, Some(url_of(database.name())));
    std::fs::write(installation.path().join("nowhere.password"), "none").expect("our own folder");
    // Of whomever: nobody answers there.
    let authority = Smtp::start(false).await.expect("a mail server");
    std::fs::write(installation.path().join("nowhere.pem"), authority.ca_pem()).expect("our own folder");
    use_keys_of_the_run(&installation);
    installation.migrate();
    (database, installation)
}

#[tokio::test]
async fn killed_fifty_times_nothing_is_lost_and_nothing_is_there_twice() {
    let (database, installation) = nowhere().await;
    let (mut server, root) = installation.serve(&[]).await;
    let order = root.order("many", 0).await;
    let customer = order["customer"]["id"].as_str().expect("a customer");
    let team = root.post(&format!("customers/{customer}/groups"), &json!({ "name": "Sales team" })).await;
    assert!([201, 202].contains(&team.status), "{}", team.body);
    eprintln!("killed at moments of the seed {SEED}");
    let random = SeededRandom::new(SEED);
    let (mut before, mut after) = (0, 0);
    for kill in 0..KILLS {
        let id = begin(&root, "many", &file("many", kill)).await;
        let life = moment(&random) * 3 / 2;
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
fn file(code: &str, kill: usize) -> String {
    let mut csv = "principal_name,given_name,surname,manager,plans,groups\n".to_owned();
    csv.extend((0..PEOPLE).map(|i| {
        let manager = if i < 5 { String::new() } else { format!("k{kill}p{}@{code}.example", i % 5) };
        format!("k{kill}p{i}@{code}.example,Per,K{kill}n{i},{manager},desktop-standard,Sales team\n")
    }));
    csv
}

async fn begin(root: &Client, code: &str, csv: &str) -> String {
    let path = format!("imports?customer={code}&name=people.csv");
    let shown = root.post_bytes(&path, csv.as_bytes()).await.good();
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

/// From 0 to 255.
fn moment(random: &SeededRandom) -> u64 {
    let mut byte = [0];
    random.fill(&mut byte);
    u64::from(byte[0])
}

/// The people of a file as the directory has them: every one with all that was wanted, without the number
/// of the file.
async fn in_directory(site: &Site, code: &str, file: usize) -> BTreeSet<Vec<String>> {
    let filter = format!("(&(objectClass=user)(userPrincipalName=k{file}p*@{code}.example))");
    let base = site.domain.base_dn.clone();
    let mut arguments = vec!["-LLL", "-o", "ldif-wrap=no", "-E", "pr=500/noprompt", "-b", &base, &filter];
    arguments.extend([
        "userPrincipalName",
        "sAMAccountName",
        "givenName",
        "sn",
        "displayName",
        "manager",
        "memberOf",
        "userAccountControl",
    ]);
    let (status, said) = site.ldap("ldapsearch", &site.administrator(), &arguments, "").await;
    assert!([0, 10].contains(&status), "{status} {said}");
    let plain = said
        .replace(&format!("k{file}p"), "k#p")
        .replace(&format!("K{file}n"), "K#n")
        .replace(&format!("k{file}n"), "k#n");
    let people = plain.split("\n\n").filter(|entry| entry.contains("userPrincipalName: "));
    let person = |entry: &str| {
        let mut lines: Vec<_> =
            entry.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect();
        lines.sort_unstable();
        lines
    };
    let people: Vec<_> = people.map(person).collect();
    let count = people.len();
    let once: BTreeSet<_> = people.into_iter().collect();
    assert_eq!((count, once.len()), (PEOPLE, PEOPLE), "everybody of file {file} once");
    once
}

/// Waits until a file is carried out and the directory has all of it.
async fn carried_out(root: &Client, id: &str) {
    let done = wait_for("all rows are done", async || {
        let seen = root.get(&format!("bulk/{id}")).await.ok().filter(|answer| answer.status == 200)?.body;
        (seen["state"] != "running").then_some(seen)
    })
    .await;
    assert_eq!((&done["state"], &done["counts"]["states"]), (&json!("done"), &json!({ "done": PEOPLE })));
    let seen = root.complete(done["request"].as_str().expect("one request")).await;
    assert_eq!(seen["counts"]["verified"], seen["counts"]["total"]);
}

/// Whether nothing of a file is left to do.
async fn is_over(root: &Client, id: &str) -> bool {
    let seen = root.see(&format!("bulk/{id}")).await;
    let Some(request) = seen["request"].as_str() else { return false };
    let ended = root.see(&format!("requests/{request}")).await["state"] == "complete";
    assert!(["running", "done"].contains(&seen["state"].as_str().unwrap_or_default()), "{seen}");
    seen["state"] == "done" && ended
}

#[tokio::test]
async fn killed_fifty_times_the_directory_is_as_if_nobody_had_been() {
    let database = TestDatabase::empty().await;
    let site = Site::in_domain(samba::shared(), Some(url_of(database.name()))).await;
    use_keys_of_the_run(&site.installation);
    site.delegate().await;
    site.installation.migrate();
    let (mut server, root) = site.installation.serve(&[]).await;
    let code = site.code('k');
    let order = root.order(&code, 0).await;
    root.complete(order["request"]["id"].as_str().expect("a request")).await;
    let customer = order["customer"]["id"].as_str().expect("a customer");
    let team = root.post(&format!("customers/{customer}/groups"), &json!({ "name": "Sales team" })).await;
    assert!([201, 202].contains(&team.status), "{}", team.body);
    // One that nobody disturbs: what the others come to.
    let calm = begin(&root, &code, &file(&code, 0)).await;
    carried_out(&root, &calm).await;
    let wanted = in_directory(&site, &code, 0).await;
    eprintln!("killed at moments of the seed {SEED}");
    let random = SeededRandom::new(SEED);
    let (mut kills, mut files, mut midway) = (0, 0, 0);
    while kills < KILLS {
        files += 1;
        let id = begin(&root, &code, &file(&code, files)).await;
        while kills < KILLS {
            let life = 20 + moment(&random) * 3;
            tokio::time::sleep(Duration::from_millis(life)).await;
            server.kill().await;
            kills += 1;
            // What the dead one had taken is let go of when ten seconds are over: here they are.
            database.execute("UPDATE work SET lease_until = now() WHERE lease_until > now()").await;
            server = again(&site.installation, &root).await;
            if is_over(&root, &id).await {
                break;
            }
            midway += 1;
        }
        carried_out(&root, &id).await;
        let found = in_directory(&site, &code, files).await;
        let differ: Vec<_> = found.symmetric_difference(&wanted).take(4).collect();
        assert!(differ.is_empty(), "file {files} after {kills} kills, seed {SEED}: {differ:#?}");
    }
    assert!(midway > KILLS / 4, "{midway} of {KILLS} were killed with work left, in {files} files");
    let again = begin_again(&root, &code, &file(&code, 1)).await;
    assert_eq!(again, json!({ "nothing": PEOPLE }), "the same file once more");
    assert!(server.stop().await.success());
}

async fn begin_again(root: &Client, code: &str, csv: &str) -> Value {
    let path = format!("imports?customer={code}&name=people.csv");
    root.post_bytes(&path, csv.as_bytes()).await.good()["counts"]["acts"].clone()
}
