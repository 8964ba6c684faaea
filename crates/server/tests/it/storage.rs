//! Disks that run full: the database's while people are created, and the
//! controller's in the middle of a batch. Each is a small file system of its own.

use std::{collections::BTreeSet, net::Ipv4Addr};

use serde_json::json;
use store::cluster::{ClusterOptions, PrivateCluster};
use testkit::{
    disk::SmallDisk,
    samba::{self, Domain, DomainOptions, cache},
};

use crate::{directory::Site, process::wait_for};

/// A fresh domain takes half of it.
const CONTROLLER_MIB: u32 = 96;
/// A fresh cluster with its log of changes takes a third of it.
const DATABASE_MIB: u32 = 320;
const CLIENTS: usize = 4;
const CALLS: usize = 20;

#[tokio::test]
async fn a_controller_whose_disk_runs_full_parks_its_work_and_goes_on_when_there_is_space() {
    let folder = tempfile::tempdir().expect("a folder");
    let disk = SmallDisk::mount(&folder.path().join("disk"), CONTROLLER_MIB).expect("a small disk");
    let options = DomainOptions::new(Ipv4Addr::LOCALHOST);
    let started = Domain::start_anywhere(&disk.path().join("ad"), &cache(), &options).await;
    let domain = started.expect("a domain controller of our own; see `make setup`");
    let site = Site::in_domain(domain.directory().clone(), None).await;
    site.delegate().await;
    site.installation.migrate();
    let (server, root) = site.installation.serve(&[]).await;
    disk.fill(128).expect("it is ours");
    let order = root.order(&site.code('d'), 200).await;
    let request = order["request"]["id"].as_str().expect("a request").to_owned();
    let path = format!("requests/{request}");
    let shown = wait_for("the controller's disk is full and the work waits", async || {
        let shown = root.see("directories/shared").await;
        let items = root.see(&format!("{path}/items?state=parked&limit=200")).await["items"].clone();
        let says = |item: &serde_json::Value| item["problem"]["code"] == "disk_full";
        let parked = items.as_array()?.iter().any(says) && shown["last_error"]["code"] == "disk_full";
        parked.then_some(shown)
    })
    .await;
    assert_eq!(shown["last_error"]["fix_and_retry"], false, "{shown}");
    let seen = root.see(&path).await;
    assert_eq!(seen["counts"]["failed"], 0, "{seen}");
    disk.free().expect("it is ours");
    let seen = root.complete(&request).await;
    assert_eq!(seen["counts"]["failed"], 0, "{seen}");
    let filter = format!("(&(objectClass=user)(userPrincipalName=*@{}.example))", site.code('d'));
    assert_eq!(site.find(&site.administrator(), &filter).await.len(), 201, "everybody once");
    assert!(server.stop().await.success());
    domain.stop().await.expect("it stops");
}

#[tokio::test]
async fn a_database_whose_disk_runs_full_refuses_changes_with_a_reason_and_loses_none() {
    let folder = tempfile::tempdir().expect("a folder");
    open_for_others(folder.path());
    let disk = SmallDisk::mount(&folder.path().join("disk"), DATABASE_MIB).expect("a small disk");
    let options = ClusterOptions { shared_buffers_mib: 16, ..ClusterOptions::throwaway() };
    let cluster =
        PrivateCluster::start(&disk.path().join("pg"), options).await.expect("PostgreSQL is installed");
    cluster.ensure_database("tenantry").await.expect("our own cluster");
    let site = Site::in_domain(samba::shared(), Some(cluster.url("tenantry"))).await;
    site.delegate().await;
    site.installation.migrate();
    let (mut server, root) = site.installation.serve(&[]).await;
    let order = root.order(&site.code('p'), 0).await;
    root.complete(order["request"]["id"].as_str().expect("a request")).await;
    let path = format!("customers/{}/users", order["customer"]["id"].as_str().expect("an id"));
    // Room for its log of changes is there, so that it stays up: only its tables cannot grow.
    testkit::postgres::begin_log_segment(&cluster.options("tenantry")).await;
    disk.fill(0).expect("it is ours");

    let clients: Vec<_> = (0..CLIENTS)
        .map(|client| {
            let (root, path) = (root.clone(), path.clone());
            tokio::spawn(async move {
                let (mut made, mut refusals) = (Vec::new(), Vec::new());
                for call in 0..CALLS {
                    let body = json!({ "given_name": format!("C{client}"), "surname": format!("N{call}") });
                    let (user, refused) =
                        root.insist_noting(&path, &format!("key-{client}-{call}"), &body).await;
                    made.push(user);
                    refusals.extend(refused);
                }
                (made, refusals)
            })
        })
        .collect();
    // One person more, until that is refused, too; it is made in the end like all others.
    let body = json!({ "given_name": "Extra", "surname": "Person" });
    let (mut made, mut tries, mut refused) = (Vec::new(), 0, 0);
    wait_for("changes are refused", async || {
        let answer =
            root.try_post(&path, &format!("extra-{tries}"), &body).await.expect("the server answers");
        if answer.status < 400 {
            tries += 1;
            made.push(answer.body);
            return None;
        }
        refused += 1;
        (refused > 5).then_some(())
    })
    .await;
    let listed = root.get(&path).await.expect("the server answers");
    assert_eq!(listed.status, 200, "reading goes on: {}", listed.body);
    disk.free().expect("it is ours");
    let mut refusals = BTreeSet::new();
    for client in clients {
        let (users, refused) = client.await.expect("a client ends");
        made.extend(users);
        refusals.extend(refused);
    }
    assert_eq!(refusals, BTreeSet::from([(503, "storage_full".to_owned())]));
    let ids: BTreeSet<_> = made.iter().map(|user| user["id"].to_string()).collect();
    assert_eq!(ids.len(), CLIENTS * CALLS + tries, "every call made somebody else");
    for user in &made {
        root.complete(user["provisioning"]["request"].as_str().expect("a request")).await;
    }
    let filter = format!("(&(objectClass=user)(userPrincipalName=*@{}.example))", site.code('p'));
    assert_eq!(
        site.find(&site.administrator(), &filter).await.len(),
        CLIENTS * CALLS + tries + 1,
        "everybody once"
    );
    server.require_running();
    assert!(server.stop().await.success());
    cluster.stop().await.expect("it stops");
}

/// The user of the database goes through.
fn open_for_others(folder: &std::path::Path) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o711)).expect("our own folder");
}
