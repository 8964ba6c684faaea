//! A PostgreSQL that lives as long as one task.
//!
//! The product has its own private cluster (`store::cluster`), but this one
//! must work while `store` does not compile: that is exactly when it is needed.

use std::{
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    io,
    os::unix::fs::{DirBuilderExt, chown},
    path::{Path, PathBuf},
    process::Stdio,
};

use nix::unistd::{Uid, User};
use tokio::process::Command;

use crate::{
    process::{Failure, run_quietly},
    workspace,
};

/// Oldest PostgreSQL the product works with.
const OLDEST_MAJOR: u32 = 15;

/// A running cluster in a folder of its own, reachable over a socket in it.
pub struct Throwaway {
    programs: PathBuf,
    folder: PathBuf,
    /// Whom to run as: PostgreSQL refuses root.
    owner: Option<User>,
}

impl Throwaway {
    /// Starts a fresh cluster with one database. What a crashed task left in
    /// the same place is ended and removed first.
    pub async fn start() -> Result<Self, Failure> {
        let mut hasher = DefaultHasher::new();
        workspace::root().hash(&mut hasher);
        // Not below target/: the user PostgreSQL runs as may not be allowed
        // to enter the folders above it.
        let folder = std::env::temp_dir().join(format!("tenantry-query-data-{:016x}", hasher.finish()));
        let database = Self { programs: programs()?, folder, owner: owner()? };
        database.remove_leftovers().await?;
        let created = fs::DirBuilder::new().mode(0o700).create(&database.folder).and_then(|()| {
            let Some(owner) = &database.owner else { return Ok(()) };
            chown(&database.folder, Some(owner.uid.as_raw()), Some(owner.gid.as_raw()))
        });
        created.map_err(Failure::io(format!("cannot create {}", database.folder.display())))?;
        match database.launch().await {
            Ok(()) => Ok(database),
            Err(failure) => {
                database.stop().await?;
                Err(failure)
            }
        }
    }

    /// The address for sqlx.
    pub fn url(&self) -> String {
        let folder = self.folder.to_string_lossy().replace('/', "%2F");
        format!("postgres://postgres@localhost/postgres?host={folder}")
    }

    /// Runs the statements of a file in one transaction.
    pub async fn apply(&self, file: &Path) -> Result<(), Failure> {
        run_quietly(
            Command::new(self.programs.join("psql"))
                .args(["--no-psqlrc", "--quiet", "--single-transaction", "--set", "ON_ERROR_STOP=1"])
                .arg("--host")
                .arg(&self.folder)
                .args(["--username", "postgres", "--file"])
                .arg(file),
        )
        .await
        .map(|_| ())
    }

    /// Ends the cluster and removes its folder.
    pub async fn stop(self) -> Result<(), Failure> {
        self.remove_leftovers().await
    }

    async fn launch(&self) -> Result<(), Failure> {
        let options =
            format!("-c listen_addresses= -c unix_socket_directories={} -c fsync=off", self.folder.display());
        run_quietly(
            self.program("initdb")
                .arg("--pgdata")
                .arg(self.data())
                .args(["--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C.UTF-8"])
                .arg("--no-sync"),
        )
        .await?;
        // The server keeps the descriptors it is given; a pipe to this task
        // would never end.
        crate::process::run(
            self.program("pg_ctl")
                .arg("--pgdata")
                .arg(self.data())
                .arg("--log")
                .arg(self.folder.join("log"))
                .args(["--silent", "--wait", "--timeout=30", "--options", &options, "start"])
                .stdout(Stdio::null()),
        )
        .await
    }

    async fn remove_leftovers(&self) -> Result<(), Failure> {
        if !self.folder.exists() {
            return Ok(());
        }
        if self.data().join("postmaster.pid").exists() {
            let stop = self
                .program("pg_ctl")
                .arg("--pgdata")
                .arg(self.data())
                .args(["--silent", "--wait", "--timeout=30", "--mode=immediate", "stop"])
                .output()
                .await;
            // pg_ctl also fails when the process has long been gone, and then
            // removing the folder is all there is to do.
            stop.map_err(|source| Failure::Start { program: "pg_ctl".to_owned(), source })?;
        }
        match fs::remove_dir_all(&self.folder) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(Failure::io(format!("cannot remove {}", self.folder.display()))(error))
            }
            _ => Ok(()),
        }
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// A server program, as the user who may run it.
    fn program(&self, name: &str) -> Command {
        let mut command = Command::new(self.programs.join(name));
        // The folder this task was started in may be closed to that user.
        command.current_dir(&self.folder).stdin(Stdio::null());
        if let Some(owner) = &self.owner {
            command.uid(owner.uid.as_raw()).gid(owner.gid.as_raw());
        }
        command
    }
}

/// The user `postgres` of the distribution when this task runs as root,
/// otherwise nobody else.
fn owner() -> Result<Option<User>, Failure> {
    if !Uid::effective().is_root() {
        return Ok(None);
    }
    match User::from_name("postgres") {
        Ok(Some(user)) => Ok(Some(user)),
        _ => Err(Failure::Missing(
            "there is no user `postgres` to run PostgreSQL as; run `make setup` first".to_owned(),
        )),
    }
}

/// Where the newest installed server has its programs. Debian keeps them out
/// of PATH, a folder for each major version.
fn programs() -> Result<PathBuf, Failure> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    versions
        .filter_map(|entry| {
            let major: u32 = entry.file_name().to_str()?.parse().ok()?;
            let programs = entry.path().join("bin");
            (major >= OLDEST_MAJOR && programs.join("initdb").exists()).then_some((major, programs))
        })
        .max()
        .map(|(_, programs)| programs)
        .ok_or_else(|| {
            Failure::Missing(format!(
                "PostgreSQL {OLDEST_MAJOR} or newer is not installed; run `make setup` first"
            ))
        })
}
