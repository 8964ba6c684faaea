//! What one test run needs, started once and shared by its test processes.
//!
//! The runner starts every test in a process of its own, so the processes learn
//! of the components by environment variables.

use std::{
    fs::{self, File, OpenOptions, Permissions},
    io,
    net::Ipv4Addr,
    os::unix::fs::{MetadataExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::{Pid, geteuid},
};
use store::cluster::{ClusterError, ClusterOptions, PrivateCluster, processes};
use tempfile::TempDir;

use crate::samba::{Domain, DomainOptions, SambaError};

/// URL of the PostgreSQL of the run, as the owner of the cluster.
pub const POSTGRES_VARIABLE: &str = "TENANTRY_TEST_PG";
/// JSON of a [`crate::samba::Directory`]: the domain of the run.
pub const SAMBA_VARIABLE: &str = "TENANTRY_TEST_AD";

/// How the folders of runs begin, in the folder for temporary files: its short
/// path suits sockets, and the user of the database can reach it.
const FOLDER_PREFIX: &str = "tenantry-run-";
/// The lock of a run, in its folder.
const LOCK: &str = "run.lock";
/// What a crashed run may have left running.
const PROCESS_NAMES: &[&str] = &["postgres", "samba", "winbindd"];

/// Why a test run cannot begin.
#[derive(Debug, thiserror::Error)]
pub enum ServicesError {
    /// No database.
    #[error("the PostgreSQL of the test run did not start")]
    Postgres(#[from] ClusterError),
    /// No domain.
    #[error("the domain controller of the test run did not start")]
    Samba(#[from] SambaError),
    /// No folder.
    #[error("the folder of the test run cannot be prepared")]
    Folder(#[from] io::Error),
}

/// The components of one test run. They end with this value, and with the
/// process that holds it, however that ends.
pub struct Services {
    cluster: Option<PrivateCluster>,
    domain: Option<Domain>,
    // Dropped last: the components work in it.
    _lock: File,
    _folder: TempDir,
}

impl Services {
    /// Starts what is asked for. `root` is the root of the repository: provisioned
    /// domains are kept in its `target/testkit` for the next run.
    pub async fn start(root: &Path, postgres: bool, samba: bool) -> Result<Self, ServicesError> {
        remove_crashed_runs(&std::env::temp_dir())?;
        let folder = tempfile::Builder::new().prefix(FOLDER_PREFIX).tempdir()?;
        // The user of the database goes through; nobody can list it.
        fs::set_permissions(folder.path(), Permissions::from_mode(0o711))?;
        let lock = File::create(folder.path().join(LOCK))?;
        lock.lock()?;
        let cluster = async {
            if !postgres {
                return Ok(None);
            }
            let data = folder.path().join("pg");
            PrivateCluster::start(&data, ClusterOptions::throwaway())
                .await
                .map(Some)
                .map_err(ServicesError::from)
        };
        let domain = async {
            if !samba {
                return Ok(None);
            }
            let options = DomainOptions::new(Ipv4Addr::LOCALHOST);
            let cache = root.join("target/testkit/domains");
            let domain = Domain::start_anywhere(&folder.path().join("ad"), &cache, &options).await?;
            Ok(Some(domain))
        };
        let (cluster, domain) = tokio::try_join!(cluster, domain)?;
        Ok(Self { cluster, domain, _lock: lock, _folder: folder })
    }

    /// The variables by which test processes find the components.
    ///
    /// # Panics
    /// Never: plain strings and paths always become JSON.
    pub fn env(&self) -> Vec<(String, String)> {
        let mut variables = Vec::new();
        if let Some(cluster) = &self.cluster {
            variables.push((POSTGRES_VARIABLE.to_owned(), cluster.url("postgres")));
        }
        if let Some(domain) = &self.domain {
            let json = serde_json::to_string(domain.directory()).expect("strings and paths");
            variables.push((SAMBA_VARIABLE.to_owned(), json));
        }
        variables
    }

    /// Stops everything and removes what it wrote.
    pub async fn stop(self) -> Result<(), ServicesError> {
        let Self { cluster, domain, _lock, _folder } = self;
        // Both are stopped, even if the first one fails to.
        let cluster = async {
            match cluster {
                Some(cluster) => cluster.stop().await.map_err(ServicesError::from),
                None => Ok(()),
            }
        };
        let domain = async {
            match domain {
                Some(domain) => domain.stop().await.map_err(ServicesError::from),
                None => Ok(()),
            }
        };
        let (cluster, domain) = tokio::join!(cluster, domain);
        cluster.and(domain)
    }
}

/// The value of a variable of the test run.
pub(crate) fn required(variable: &str) -> String {
    std::env::var(variable).unwrap_or_else(|_missing| {
        panic!("{variable} is not set: this test needs real components; run `make test` or `cargo xtask test -p CRATE`")
    })
}

/// Ends and removes what runs below `parent` left whose process is gone: their
/// lock is free. Every start does it for the folder of temporary files.
pub fn remove_crashed_runs(parent: &Path) -> io::Result<()> {
    for entry in fs::read_dir(parent)? {
        let entry = entry?;
        let ours = entry.file_name().to_string_lossy().starts_with(FOLDER_PREFIX)
            && entry.metadata().is_ok_and(|found| found.is_dir() && found.uid() == geteuid().as_raw());
        if ours && is_abandoned(&entry.path()) {
            end_processes(&entry.path());
            // Best effort: another run may be removing it at the same moment.
            let _next_run_tries_again = fs::remove_dir_all(entry.path());
        }
    }
    Ok(())
}

/// A folder without a lock file is one that a run is just making.
fn is_abandoned(folder: &Path) -> bool {
    OpenOptions::new().write(true).open(folder.join(LOCK)).is_ok_and(|lock| lock.try_lock().is_ok())
}

fn end_processes(folder: &Path) {
    let folders: [PathBuf; 2] = [folder.join("pg/pgdata"), folder.join("ad")];
    for pid in folders.iter().flat_map(|folder| processes::with_folder(folder, PROCESS_NAMES)) {
        let _ended_meanwhile = kill(Pid::from_raw(pid), Signal::SIGKILL);
    }
}
