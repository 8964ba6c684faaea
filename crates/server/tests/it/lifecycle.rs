//! From the first start to an orderly end, and to one that is not.

use std::net::TcpListener;

use nix::sys::signal::Signal;
use serde_json::json;
use testkit::{postgres::TestDatabase, services::POSTGRES_VARIABLE};

use crate::process::{Installation, ROOT, text, wait_for};

#[tokio::test]
async fn a_server_needs_nothing_but_a_file_and_leaves_no_process_behind() {
    let installation = Installation::new("", None);
    let output = installation.run(&["migrate"], "");
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_eq!(text(&output.stdout).lines().count(), 1, "one line: {}", text(&output.stdout));
    assert!(installation.processes().is_empty(), "{:?}", installation.processes());
    installation.migrate();
    let (server, root) = installation.serve(&[]).await;
    let me = root.see("me").await;
    assert_eq!(me["user"]["principal_name"], ROOT);
    assert!(server.stop().await.success());
    assert!(installation.processes().is_empty(), "{:?}", installation.processes());
}

#[tokio::test]
async fn after_kill_9_the_next_start_ends_what_was_left_and_has_everything() {
    let installation = Installation::new("", None);
    installation.migrate();
    let (server, root) = installation.serve(&[]).await;
    let body = json!({ "code": "north", "name": "North IT" });
    root.post("resellers", &body).await.good();
    server.kill().await;
    // At once: the database of the killed one may still be running.
    let (server, again) = installation.serve(&[]).await;
    let seen = root.see("tenants?kind=reseller").await;
    assert_eq!(seen["items"][0]["code"], "north", "a session outlives the process: {seen}");
    assert_eq!(again.post("resellers", &body).await.status, 422, "the code is taken");
    let postmasters = installation.processes().into_iter().filter(|line| line.contains("postgres -D"));
    assert!(postmasters.count() <= 1);
    assert!(server.stop().await.success());
    wait_for("nothing is left", async || installation.processes().is_empty().then_some(())).await;
}

#[tokio::test]
async fn asked_to_end_while_it_starts_it_ends() {
    let installation = Installation::new("", None);
    let mut server = installation.spawn(&["serve"]);
    wait_for("it begins", async || server.log().contains("starting the private database").then_some(()))
        .await;
    server.signal(Signal::SIGTERM);
    let status = server.ended().await;
    assert!(status.code().is_some(), "it ended by itself, not by the signal: {status}");
    wait_for("nothing is left", async || installation.processes().is_empty().then_some(())).await;
}

#[tokio::test]
async fn a_taken_address_is_said_before_anything_is_started() {
    let installation = Installation::new("", None);
    let _taken = TcpListener::bind(("127.0.0.1", installation.port())).expect("free until now");
    let output = installation.run(&["serve"], "");
    assert_eq!(output.status.code(), Some(1));
    let said = text(&output.stderr);
    assert!(said.contains("cannot be listened on"), "{said}");
    assert!(!installation.path().join("data").exists());
}

#[tokio::test]
async fn a_second_server_on_the_same_folder_is_refused_and_a_worker_without_any_as_well() {
    let installation = Installation::new("", None);
    let output = installation.run(&["work"], "");
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("tenantryd serve"), "{}", text(&output.stderr));
    installation.migrate();
    let (server, _root) = installation.serve(&[]).await;
    let output = installation.run(&["migrate"], "");
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("in use by another running process"), "{}", text(&output.stderr));
    assert!(server.stop().await.success());
}

#[tokio::test]
async fn a_shared_database_is_migrated_only_on_purpose() {
    let database = TestDatabase::empty().await;
    let installation = Installation::new("", Some(url_of(database.name())));
    use_keys_of_the_run(&installation);
    let output = installation.run(&["serve"], "");
    assert_eq!(output.status.code(), Some(1));
    let said = text(&output.stderr);
    assert!(said.contains("run `tenantryd migrate`"), "{said}");
    installation.migrate();
    let (server, root) = installation.serve(&[]).await;
    assert_eq!(root.see("plans").await["items"][0]["code"], "desktop-standard");
    assert!(server.stop().await.success());
    let output = installation.run(&["check-config"], "");
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stdout));
    assert!(!installation.path().join("data/postgres").exists(), "no private database was made");
}

/// Login roles belong to the whole cluster of the run: every test derives
/// their passwords from the same key.
pub fn use_keys_of_the_run(installation: &Installation) {
    let keys = testkit::postgres::key_folder();
    let folder = installation.path().join("data/keys");
    std::fs::create_dir_all(&folder).expect("our own folder");
    std::fs::copy(keys.path().join("master-1.key"), folder.join("master-1.key")).expect("a key");
}

pub fn url_of(database: &str) -> String {
    let url = std::env::var(POSTGRES_VARIABLE).expect("a test run with services; see `cargo xtask test`");
    url.replacen("/postgres?", &format!("/{database}?"), 1)
}
