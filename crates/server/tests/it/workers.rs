//! Several processes share the work.

use crate::{directory::Site, process::wait_for};

const PEOPLE: usize = 60;

#[tokio::test]
async fn two_workers_beside_a_server_do_the_work_once_even_if_one_is_killed() {
    let site = Site::new().await;
    site.delegate().await;
    site.installation.migrate();
    let (server, root) = site.installation.serve(&["--no-work"]).await;
    let order = root.order(&site.code('w'), PEOPLE).await;
    let request = order["request"]["id"].as_str().expect("a request").to_owned();
    let waiting = root.see(&format!("requests/{request}")).await;
    assert_eq!(waiting["counts"]["verified"], 0, "a server told not to work does not: {waiting}");
    let first = site.installation.spawn(&["work"]);
    let second = site.installation.spawn(&["work"]);
    wait_for("some of it is done", async || {
        let seen = root.see(&format!("requests/{request}")).await;
        seen["counts"]["verified"].as_i64().filter(|verified| *verified > 0)
    })
    .await;
    first.kill().await;
    let seen = root.complete(&request).await;
    assert_eq!(seen["counts"]["verified"], seen["counts"]["total"]);
    let filter = format!("(&(objectClass=user)(userPrincipalName=*@{}.example))", site.code('w'));
    let found = site.find(&site.administrator(), &filter).await;
    assert_eq!(found.len(), PEOPLE + 1, "everybody once");
    assert!(second.stop().await.success());
    assert!(server.stop().await.success());
    assert!(site.installation.processes().is_empty(), "{:?}", site.installation.processes());
}
