//! What breaks around the server: the database restarts under load, the
//! controller is away before, during and after the work.

use std::{collections::BTreeSet, path::Path};

use serde_json::json;
use store::cluster::{ClusterOptions, PrivateCluster};
use testkit::samba::{Domain, DomainOptions, cache};

use crate::{
    directory::Site,
    process::{PASSWORD, wait_for},
};

const CLIENTS: usize = 4;
const CALLS: usize = 12;

#[tokio::test]
async fn a_database_restarted_under_load_loses_no_request_and_doubles_none() {
    let folder = tempfile::tempdir().expect("a folder");
    open_for_others(folder.path());
    let data = folder.path().join("pg");
    let start = async || {
        PrivateCluster::start(&data, ClusterOptions::throwaway()).await.expect("PostgreSQL is installed")
    };
    let cluster = start().await;
    cluster.ensure_database("tenantry").await.expect("our own cluster");
    let url = cluster.url("tenantry");
    let site = Site::in_domain(testkit::samba::shared(), Some(url)).await;
    site.delegate().await;
    site.installation.migrate();
    let (mut server, root) = site.installation.serve(&[]).await;
    let order = root.order(&site.code('r'), 0).await;
    root.complete(order["request"]["id"].as_str().expect("a request")).await;
    let path = format!("customers/{}/users", order["customer"]["id"].as_str().expect("an id"));
    let clients = (0..CLIENTS).map(|client| {
        let (root, path) = (root.clone(), path.clone());
        tokio::spawn(async move {
            let mut made = Vec::new();
            let mut repeated = 0;
            for call in 0..CALLS {
                let body = json!({ "given_name": format!("C{client}"), "surname": format!("N{call}") });
                let (user, again) = root.insist(&path, &format!("key-{client}-{call}"), &body).await;
                made.push((
                    user["id"].as_str().expect("an id").to_owned(),
                    user["provisioning"]["request"].clone(),
                ));
                repeated += again;
            }
            (made, repeated)
        })
    });
    let clients: Vec<_> = clients.collect();
    wait_for("the load is on", async || {
        let seen = root.get(&path).await.ok()?;
        (seen.body["items"].as_array()?.len() > CLIENTS).then_some(())
    })
    .await;
    cluster.stop().await.expect("it stops");
    wait_for("the server notices", async || {
        root.get("ready").await.ok().filter(|answer| answer.status == 503).map(|_| ())
    })
    .await;
    let cluster = start().await;
    let (mut made, mut repeated) = (Vec::new(), 0);
    for client in clients {
        let (users, again) = client.await.expect("a client ends");
        made.extend(users);
        repeated += again;
    }
    assert!(repeated > 0, "the fault happened");
    let ids: BTreeSet<_> = made.iter().map(|(id, _)| id).collect();
    assert_eq!(ids.len(), CLIENTS * CALLS, "every call made somebody else");
    for (_, request) in &made {
        root.complete(request.as_str().expect("a request")).await;
    }
    let filter = format!("(&(objectClass=user)(userPrincipalName=*@{}.example))", site.code('r'));
    let found = site.find(&site.administrator(), &filter).await;
    assert_eq!(found.len(), CLIENTS * CALLS + 1, "everybody once in the directory");
    server.require_running();
    assert!(server.stop().await.success());
    cluster.stop().await.expect("it stops");
}

#[tokio::test]
async fn a_controller_that_is_away_before_during_and_after_delays_and_loses_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let options = DomainOptions::new(std::net::Ipv4Addr::LOCALHOST);
    let started = Domain::start_anywhere(&folder.path().join("ad"), &cache(), &options).await;
    let mut domain = started.expect("a domain controller of our own; see `make setup`");
    let site = Site::in_domain(domain.directory().clone(), None).await;
    site.delegate().await;
    site.installation.migrate();
    let (server, root) = site.installation.serve(&[]).await;

    // Before.
    domain.kill().await.expect("it can be killed");
    let order = root.order(&site.code('f'), 50).await;
    let request = order["request"]["id"].as_str().expect("a request").to_owned();
    wait_for("the breaker opens and the work waits", async || {
        let seen = root.see("directories").await;
        (seen["items"][0]["health"] == "down").then_some(())
    })
    .await;
    domain.restart().await.expect("it starts again");

    // During.
    wait_for("some people are there", async || {
        let verified = root.see(&format!("requests/{request}")).await["counts"]["verified"].as_i64()?;
        (verified > 8).then_some(())
    })
    .await;
    domain.kill().await.expect("it can be killed");
    domain.restart().await.expect("it starts again");
    let seen = root.complete(&request).await;
    assert_eq!(seen["counts"]["failed"], 0, "{seen}");
    let filter = format!("(&(objectClass=user)(userPrincipalName=*@{}.example))", site.code('f'));
    assert_eq!(site.find(&site.administrator(), &filter).await.len(), 51, "everybody once");

    // After: a password chosen while the controller is away arrives when it is back.
    domain.kill().await.expect("it can be killed");
    let link = order["activation"]["link"].as_str().expect("a link").to_owned();
    let path = format!("activations/{}", link.rsplit('/').next().expect("a token"));
    root.post(&path, &json!({ "password": PASSWORD })).await.good();
    wait_for("the breaker opens", async || {
        (root.see("directories").await["items"][0]["health"] == "down").then_some(())
    })
    .await;
    assert_eq!(root.see(&path).await["state"], "pending");
    domain.restart().await.expect("it starts again");
    wait_for("the password arrives", async || (root.see(&path).await["state"] == "done").then_some(())).await;
    let login = order["administrator"]["principal_name"].as_str().expect("a name");
    assert!(site.binds(login, PASSWORD).await);
    assert!(server.stop().await.success());
    domain.stop().await.expect("it stops");
}

/// A domain with two controllers, and an installation that knows both. What
/// one is told the other learns when the test says so.
async fn pair(folder: &Path) -> (Domain, Domain, Site) {
    let options = DomainOptions::new(std::net::Ipv4Addr::LOCALHOST);
    let first = Domain::start_anywhere(&folder.join("a"), &cache(), &options).await;
    let first = first.expect("a domain controller of our own; see `make setup`");
    let second = first.join(&folder.join("b"), "dc2").await.expect("a second one joins");
    let both = [&first, &second].map(Domain::directory);
    let urls = both.map(|directory| directory.ldaps_url.clone());
    let authorities = both.map(|directory| std::fs::read_to_string(&directory.ca_pem).expect("an authority"));
    let file = folder.join("authorities.pem");
    std::fs::write(&file, authorities.join("\n")).expect("our own folder");
    let site = Site::with_controllers(both[0].clone(), &urls, &file, None).await;
    site.delegate().await;
    second.replicate(&first).await.expect("it replicates");
    site.installation.migrate();
    (first, second, site)
}

#[tokio::test]
async fn one_controller_of_two_killed_under_load_fails_no_request_and_doubles_nobody() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut first, mut second, site) = pair(folder.path()).await;
    let (server, root) = site.installation.serve(&[]).await;
    let order = root.order(&site.code('k'), 150).await;
    let request = order["request"]["id"].as_str().expect("a request").to_owned();
    wait_for("some people are there", async || {
        let verified = root.see(&format!("requests/{request}")).await["counts"]["verified"].as_i64()?;
        (verified > 8).then_some(())
    })
    .await;
    // The second knows a part; what was made since exists in the first alone.
    second.replicate(&first).await.expect("it replicates");
    first.kill().await.expect("it can be killed");

    wait_for("everybody can see that it is away", async || {
        let controllers = root.see("directories/shared").await["controllers"].clone();
        (controllers[0]["health"] == "down").then_some(())
    })
    .await;
    let other = root.order(&site.code('l'), 3).await;
    let other = root.complete(other["request"]["id"].as_str().expect("a request")).await;
    assert_eq!(other["counts"]["failed"], 0, "new work is done by the one that is left: {other}");
    let seen = root.see(&format!("requests/{request}")).await;
    assert_eq!(seen["counts"]["failed"], 0, "{seen}");
    let shown = root.see("directories/shared").await;
    assert!(shown["health"] == "up" && shown["controllers"][1]["used"] == true, "{shown}");

    first.restart().await.expect("it starts again");
    second.replicate(&first).await.expect("it replicates");
    // What was under way to the first when it was killed may not have arrived: until every copy
    // would know of it (`limits::REPLICATION`) it waits and says so, and is not made a second time.
    let waiting = wait_for("what is open waits for nothing but replication", async || {
        let items = root.see(&format!("requests/{request}/items?limit=200")).await["items"].clone();
        let items = items.as_array()?.clone();
        let open: Vec<_> = items.iter().filter(|item| item["state"] != "verified").collect();
        assert!(open.iter().all(|item| item["state"] != "failed"), "{open:?}");
        let waits = |item: &&serde_json::Value| {
            ["replicating", "waiting"].contains(&item["problem"]["code"].as_str().unwrap_or_default())
                || item["kind"] == "member"
        };
        open.iter().all(waits).then_some(open.len())
    })
    .await;
    first.replicate(&second).await.expect("it replicates");
    for (letter, people, open) in [('k', 151, waiting), ('l', 4, 0)] {
        let filter = format!("(&(objectClass=user)(userPrincipalName=*@{}.example))", site.code(letter));
        let found = site.find(&site.administrator(), &filter).await;
        let names: std::collections::BTreeSet<_> = found.iter().collect();
        assert_eq!(names.len(), found.len(), "nobody twice");
        assert!((people - open.min(people)..=people).contains(&found.len()), "{} of {people}", found.len());
    }
    // What a directory calls one of two objects that were made under one name.
    let doubled = site.find(&site.administrator(), "(name=*CNF:*)").await;
    assert_eq!(doubled, Vec::<String>::new());

    first.kill().await.expect("it can be killed");
    second.kill().await.expect("it can be killed");
    let late = root.order(&site.code('m'), 3).await;
    wait_for("both are known to be away", async || {
        let shown = root.see("directories/shared").await;
        let down = |i: usize| shown["controllers"][i]["health"] == "down";
        (shown["health"] == "down" && down(0) && down(1)).then_some(())
    })
    .await;
    second.restart().await.expect("it starts again");
    let late = root.complete(late["request"]["id"].as_str().expect("a request")).await;
    assert_eq!(late["counts"]["failed"], 0, "{late}");
    assert!(server.stop().await.success());
}

/// Long enough for several tries of the breaker; a minute more would only repeat the last of them.
const GONE: std::time::Duration = std::time::Duration::from_secs(15);

#[tokio::test]
async fn both_controllers_gone_under_load_park_the_work_and_nobody_is_failed_or_doubled() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut first, mut second, site) = pair(folder.path()).await;
    let (server, root) = site.installation.serve(&[]).await;
    let order = root.order(&site.code('b'), 300).await;
    let request = order["request"]["id"].as_str().expect("a request").to_owned();
    let path = format!("requests/{request}");
    wait_for("some people are there", async || {
        (root.see(&path).await["counts"]["verified"].as_i64()? > 8).then_some(())
    })
    .await;
    let (one, other) = tokio::join!(first.kill(), second.kill());
    one.and(other).expect("they can be killed");
    let killed = std::time::Instant::now();
    let parked = async || {
        let items = root.see(&format!("{path}/items?state=parked&limit=200")).await["items"].clone();
        let one = |item: &serde_json::Value| {
            assert_eq!(item["problem"]["code"], "unreachable", "{item}");
            (item["object"].to_string(), item["attempts"].to_string())
        };
        items.as_array().expect("items").iter().map(one).collect::<BTreeSet<_>>()
    };
    // What was not in hand at that moment waits in the queue and is not shown as parked.
    let before = wait_for("the breaker opens", async || {
        let down = root.see("directories/shared").await["health"] == "down";
        if down { Some(parked().await) } else { None }
    })
    .await;
    let done = root.see(&path).await["counts"]["verified"].as_i64().expect("a number");
    assert!(done < 300, "there is work left: {done}");
    wait_for("both have been gone for a while", async || {
        let shown = root.see("directories/shared").await;
        (shown["health"] == "down" && killed.elapsed() >= GONE).then_some(())
    })
    .await;
    let shown = root.see("directories/shared").await;
    assert_eq!(shown["last_error"]["code"], "unreachable", "{shown}");
    assert!(parked().await.is_superset(&before), "waiting burns no attempt");
    first.restart().await.expect("it starts again");
    second.restart().await.expect("it starts again");
    let seen = root.complete(&request).await;
    assert_eq!(seen["counts"]["failed"], 0, "{seen}");
    second.replicate(&first).await.expect("it replicates");
    first.replicate(&second).await.expect("it replicates");
    let filter = format!("(&(objectClass=user)(userPrincipalName=*@{}.example))", site.code('b'));
    assert_eq!(site.find(&site.administrator(), &filter).await.len(), 301, "everybody once");
    let doubled = site.find(&site.administrator(), "(name=*CNF:*)").await;
    assert_eq!(doubled, Vec::<String>::new());
    assert!(server.stop().await.success());
}

/// The user of the database goes through.
fn open_for_others(folder: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o711)).expect("our own folder");
}
