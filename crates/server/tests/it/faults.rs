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

/// The user of the database goes through.
fn open_for_others(folder: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o711)).expect("our own folder");
}
