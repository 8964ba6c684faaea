//! The private PostgreSQL of an installation.

use std::{collections::HashSet, fs, os::unix::fs::PermissionsExt as _};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use sqlx::{Connection as _, PgConnection, postgres::PgConnectOptions};
use store::cluster::{ClusterError, ClusterOptions, PrivateCluster};

use crate::{processes_in, short_folder, wait_until};

async fn connect(options: &PgConnectOptions) -> PgConnection {
    PgConnection::connect_with(options).await.expect("the owner connects")
}

/// Sockets of a process, as the inodes the kernel names them by.
fn sockets_of(pid: i32) -> HashSet<String> {
    let entries = fs::read_dir(format!("/proc/{pid}/fd")).expect("the process is alive and ours to look at");
    entries
        .filter_map(|entry| {
            let target = fs::read_link(entry.ok()?.path()).ok()?;
            let inode = target.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?;
            Some(inode.to_owned())
        })
        .collect()
}

/// Inodes of all TCP sockets that listen (state 0A, proc(5)).
fn listening_tcp_sockets() -> HashSet<String> {
    let tables =
        ["/proc/net/tcp", "/proc/net/tcp6"].map(|table| fs::read_to_string(table).unwrap_or_default());
    tables
        .iter()
        .flat_map(|table| table.lines().skip(1))
        .map(|line| line.split_whitespace().collect::<Vec<_>>())
        .filter(|fields| fields.get(3) == Some(&"0A"))
        .filter_map(|fields| fields.get(9).map(|inode| (*inode).to_owned()))
        .collect()
}

#[tokio::test]
async fn it_is_reached_by_its_owner_alone() {
    let folder = short_folder();
    let cluster =
        PrivateCluster::start(&folder.path().join("pg"), ClusterOptions::throwaway()).await.expect("starts");

    let status = fs::read_to_string(format!("/proc/{}/status", cluster.pid())).expect("it runs");
    let user = status.lines().find_map(|line| line.strip_prefix("Uid:")).expect("every process has one");
    assert!(user.split_whitespace().all(|uid| uid != "0"), "it runs as root: {user}");

    let sockets = sockets_of(cluster.pid());
    assert!(!sockets.is_empty(), "it listens on a unix socket at least");
    let on_tcp: Vec<_> = sockets.intersection(&listening_tcp_sockets()).cloned().collect();
    assert!(on_tcp.is_empty(), "it listens on TCP");

    for private in ["", "run", "pgdata"] {
        let mode = fs::metadata(cluster.data_dir().join(private)).expect("exists").permissions().mode();
        assert_eq!(mode & 0o777, 0o700, "{private:?} is open to others");
    }
    let password =
        fs::metadata(cluster.data_dir().join("owner.password")).expect("exists").permissions().mode();
    assert_eq!(password & 0o777, 0o600, "others can read the password");

    let guess = cluster.options("postgres").password("guess");
    let refusal = PgConnection::connect_with(&guess).await.expect_err("a wrong password is refused");
    assert_eq!(
        refusal.as_database_error().and_then(sqlx::error::DatabaseError::code).as_deref(),
        Some("28P01")
    );

    let settings: (String, String, String) = sqlx::query_as(
        "SELECT current_setting('server_encoding'), current_setting('data_checksums'), lower('Ä')",
    )
    .fetch_one(&mut connect(&cluster.options("postgres")).await)
    .await
    .expect("settings can be read");
    assert_eq!(settings, ("UTF8".to_owned(), "on".to_owned(), "ä".to_owned()));
    cluster.stop().await.expect("stops");
}

#[tokio::test]
async fn data_survive_a_stop_and_a_crash() {
    let folder = short_folder();
    let data = folder.path().join("pg");
    let mut options = ClusterOptions::production();
    options.shared_buffers_mib = 16;
    let cluster = PrivateCluster::start(&data, options.clone()).await.expect("starts");
    let database = cluster.ensure_database("tenantry").await.expect("is created");
    cluster.ensure_database("tenantry").await.expect("is there already");
    let mut connection = connect(&database).await;
    sqlx::raw_sql("CREATE TABLE kept (n int); INSERT INTO kept VALUES (1)")
        .execute(&mut connection)
        .await
        .expect("writes");
    cluster.stop().await.expect("stops");
    assert!(processes_in(&data.join("pgdata")).is_empty(), "processes are left");

    let cluster = PrivateCluster::start(&data, options.clone()).await.expect("starts again");
    let mut connection = connect(&cluster.options("tenantry")).await;
    sqlx::raw_sql("INSERT INTO kept VALUES (2)").execute(&mut connection).await.expect("writes");
    kill(Pid::from_raw(cluster.pid()), Signal::SIGKILL).expect("it runs");
    assert!(cluster.ended().await.contains("signal: 9"), "its owner is told how it ended");
    drop(cluster);

    let cluster = PrivateCluster::start(&data, options).await.expect("recovers");
    let kept: Vec<i32> = sqlx::query_scalar("SELECT n FROM kept ORDER BY n")
        .fetch_all(&mut connect(&cluster.options("tenantry")).await)
        .await
        .expect("reads");
    assert_eq!(kept, [1, 2]);
    cluster.stop().await.expect("stops");
}

#[tokio::test]
async fn a_second_owner_is_refused_and_the_first_goes_on() {
    let folder = short_folder();
    let data = folder.path().join("pg");
    let cluster = PrivateCluster::start(&data, ClusterOptions::throwaway()).await.expect("starts");
    let refusal = PrivateCluster::start(&data, ClusterOptions::throwaway()).await.expect_err("two owners");
    assert!(matches!(refusal, ClusterError::InUse { .. }), "{refusal}");
    connect(&cluster.options("postgres")).await.ping().await.expect("the first one still answers");
    drop(cluster);
    wait_until("nothing runs after a drop", async || processes_in(&data.join("pgdata")).is_empty()).await;
}

#[tokio::test]
async fn a_long_path_moves_only_the_socket() {
    let folder = short_folder();
    let data = folder.path().join("d".repeat(90)).join("pg");
    let cluster = PrivateCluster::start(&data, ClusterOptions::throwaway()).await.expect("starts");
    let socket = cluster.options("postgres").get_socket().expect("a socket").clone();
    let mode = fs::metadata(&socket).expect("exists").permissions().mode();
    assert_eq!(mode & 0o777, 0o700, "others can enter the folder of the socket");
    cluster.stop().await.expect("stops");
    fs::remove_dir_all(socket).expect("nothing uses the folder of the socket any more");
}
