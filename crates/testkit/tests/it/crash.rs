//! `kill -9` for the process that owns the components.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use store::cluster::{ClusterOptions, PrivateCluster};
use testkit::services::Services;

use crate::{processes_in, short_folder, wait_until};

/// An owner in a process of its own, and the folder of its run.
async fn start_owner(parent: &Path) -> (Child, PathBuf) {
    let variables = parent.join("variables");
    let owner = Command::new(env!("CARGO_BIN_EXE_services"))
        .arg(&variables)
        .env("TMPDIR", parent)
        .stdin(Stdio::null())
        .spawn()
        .expect("the kit's own program starts");
    wait_until("the components are ready", async || variables.exists()).await;
    let run = fs::read_dir(parent)
        .expect("the folder is there")
        .filter_map(|entry| Some(entry.ok()?.path()))
        .find(|path| path.is_dir())
        .expect("the owner made a folder");
    (owner, run)
}

#[tokio::test]
async fn components_end_with_their_owner_and_the_next_run_cleans_up() {
    let parent = short_folder();
    let (mut owner, run) = start_owner(parent.path()).await;
    let (cluster, domain) = (run.join("pg/pgdata"), run.join("ad"));
    assert!(!processes_in(&cluster).is_empty(), "no PostgreSQL runs");
    assert!(!processes_in(&domain).is_empty(), "no Samba runs");

    owner.kill().expect("it runs");
    owner.wait().expect("it is our child");
    wait_until("PostgreSQL ends with its owner", async || processes_in(&cluster).is_empty()).await;
    wait_until("Samba ends with its owner", async || processes_in(&domain).is_empty()).await;

    assert!(run.exists(), "a killed process removes nothing");
    testkit::services::remove_crashed_runs(parent.path()).expect("the folder can be read");
    assert!(!run.exists(), "the folder of the killed run is still there");
}

#[tokio::test]
async fn a_server_that_outlived_its_owner_is_ended_by_the_next_start() {
    let parent = short_folder();
    let (mut owner, run) = start_owner(parent.path()).await;
    let cluster = run.join("pg/pgdata");
    let pid_file = fs::read_to_string(cluster.join("postmaster.pid")).expect("it runs");
    let server: i32 =
        pid_file.lines().next().and_then(|line| line.parse().ok()).expect("the first line is its number");
    // A frozen server does not notice that its owner dies.
    kill(Pid::from_raw(server), Signal::SIGSTOP).expect("it runs");
    owner.kill().expect("it runs");
    owner.wait().expect("it is our child");
    assert!(processes_in(&cluster).contains(&server), "the server was to outlive its owner");

    let next = PrivateCluster::start(&run.join("pg"), ClusterOptions::throwaway()).await.expect("starts");
    assert_ne!(next.pid(), server);
    assert!(!processes_in(&cluster).contains(&server), "two servers work on the same data");
    next.stop().await.expect("stops");
}

#[tokio::test]
async fn an_orderly_end_leaves_nothing() {
    let parent = short_folder();
    let (mut owner, run) = start_owner(parent.path()).await;
    kill(Pid::from_raw(i32::try_from(owner.id()).expect("a process number")), Signal::SIGTERM)
        .expect("it runs");
    assert!(owner.wait().expect("it is our child").success());
    assert!(!run.exists());
    assert!(!parent.path().join("variables").exists());
}

#[tokio::test]
async fn only_what_is_asked_for_is_started() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let services = Services::start(&root, true, false).await.expect("starts");
    let names: Vec<String> = services.env().into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, [testkit::services::POSTGRES_VARIABLE]);
    services.stop().await.expect("stops");
}
