//! The kit against the real programs it starts.
//!
//! Tests of [`testkit::postgres`] use the components of the test run; the others
//! start, break and end components of their own.

mod cluster;
mod crash;
mod postgres;
mod proxy;
mod samba;

use std::{
    path::Path,
    time::{Duration, Instant},
};

/// How long a state may take to come about on a busy machine.
const BOUND: Duration = Duration::from_secs(30);

/// Waits until `holds`, looking again and again.
async fn wait_until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + BOUND;
    while !holds().await {
        assert!(Instant::now() < deadline, "after {BOUND:?} still not: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Processes of PostgreSQL or Samba that work in a folder.
fn processes_in(folder: &Path) -> Vec<i32> {
    store::cluster::processes::with_folder(folder, &["postgres", "samba", "winbindd"])
}

/// A folder with a short path that the user of the database can reach.
fn short_folder() -> tempfile::TempDir {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::Builder::new().prefix("tenantry-it-").tempdir().expect("a temporary folder");
    let mode = std::fs::Permissions::from_mode(0o711);
    std::fs::set_permissions(folder.path(), mode).expect("opening the folder to the user of the database");
    folder
}
