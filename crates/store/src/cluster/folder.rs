//! The folder of a cluster, and the user it belongs to.

use std::{
    fs::{self, DirBuilder, File, OpenOptions, Permissions, TryLockError},
    io::{self, Write as _},
    os::unix::{
        ffi::OsStrExt as _,
        fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _, chown},
    },
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use data_encoding::HEXLOWER;
use nix::unistd::{User, geteuid};
use sha2::{Digest as _, Sha256};

use super::{ClusterError, Durability, OWNER_ROLE, installation::Installation};

/// Bytes of a unix socket's path (unix(7): 108 with the closing zero).
const SOCKET_PATH_BYTES: usize = 107;
/// What PostgreSQL calls the socket and, one byte longer than others, its lock.
const SOCKET_NAME: &str = "/.s.PGSQL.5432.lock";
/// Random bytes of the owner's password.
const PASSWORD_BYTES: usize = 32;
/// Lines of a log that are shown in an error.
const LOG_LINES: usize = 12;
/// Users to run as when started by root, in this order.
const UNPRIVILEGED_USERS: &[&str] = &["postgres", "nobody"];

/// Whom the database runs as.
#[derive(Debug)]
pub struct DatabaseUser {
    name: String,
    uid: u32,
    gid: u32,
    /// Whether that is somebody else than we are: then we are root.
    switches: bool,
}

impl DatabaseUser {
    fn find() -> Result<Self, ClusterError> {
        let us = geteuid();
        if !us.is_root() {
            let name = format!("uid {us}");
            return Ok(Self {
                name,
                uid: us.as_raw(),
                gid: nix::unistd::getegid().as_raw(),
                switches: false,
            });
        }
        let user = UNPRIVILEGED_USERS.iter().find_map(|name| User::from_name(name).ok().flatten());
        let user = user.filter(|user| !user.uid.is_root()).ok_or(ClusterError::NoUser)?;
        Ok(Self { name: user.name, uid: user.uid.as_raw(), gid: user.gid.as_raw(), switches: true })
    }

    /// A command that runs `program` as this user, with nothing of our
    /// environment, and gets `signal` when the thread that started it ends.
    pub fn command(&self, program: &Path, signal: Option<&str>) -> Command {
        let mut command = Command::new("setpriv");
        if self.switches {
            command
                .arg(format!("--reuid={}", self.uid))
                .arg(format!("--regid={}", self.gid))
                .arg("--clear-groups");
        }
        if let Some(signal) = signal {
            command.args(["--pdeathsig", signal]);
        }
        command.args(["--no-new-privs", "--"]).arg(program).stdin(Stdio::null());
        // PGDATA, PGPORT, LANG and the like would change what the server does.
        command.env_clear().env("LC_ALL", "C.UTF-8").env("TZ", "UTC");
        if let Some(path) = std::env::var_os("PATH") {
            command.env("PATH", path);
        }
        command
    }
}

/// Where a cluster keeps what.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    socket: PathBuf,
    user: DatabaseUser,
}

impl Folder {
    /// Creates what is missing and makes it the database user's alone.
    pub fn open(path: &Path) -> Result<Self, ClusterError> {
        let user = DatabaseUser::find()?;
        DirBuilder::new()
            .recursive(true)
            .mode(if user.switches { 0o755 } else { 0o700 })
            .create(path)
            .map_err(file("created", path))?;
        let path = path.canonicalize().map_err(file("found", path))?;
        if user.switches {
            require_reachable(&path, &user)?;
        }
        give(&path, &user)?;
        let folder = Self { socket: socket_folder(&path, &user)?, path, user };
        let logs = folder.logs();
        create(&logs, &folder.user)?;
        Ok(folder)
    }

    /// Everything is below this folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What PostgreSQL calls its data directory.
    pub fn cluster(&self) -> PathBuf {
        self.path.join("pgdata")
    }

    /// Where the socket is.
    pub fn socket(&self) -> &Path {
        &self.socket
    }

    /// Where the logs are.
    pub fn logs(&self) -> PathBuf {
        self.path.join("log")
    }

    /// Whom the database runs as.
    pub fn user(&self) -> &DatabaseUser {
        &self.user
    }

    /// Makes sure that nobody else runs the cluster. The lock ends with the process.
    pub fn lock(&self) -> Result<File, ClusterError> {
        let path = self.path.join("owner.lock");
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .open(&path)
            .map_err(file("opened", &path))?;
        match lock.try_lock() {
            Ok(()) => Ok(lock),
            Err(TryLockError::WouldBlock) => Err(ClusterError::InUse { path: self.path.clone() }),
            Err(TryLockError::Error(source)) => Err(ClusterError::File { action: "locked", path, source }),
        }
    }

    /// The major version that made the data, if there are any.
    pub fn made_by(&self) -> Result<Option<u32>, ClusterError> {
        let path = self.cluster().join("PG_VERSION");
        match fs::read_to_string(&path) {
            Ok(text) => text.trim().parse().map(Some).map_err(|error| ClusterError::File {
                action: "understood",
                path,
                source: io::Error::other(error),
            }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(ClusterError::File { action: "read", path, source }),
        }
    }

    /// Creates the cluster unless there is one; returns the owner's password.
    pub async fn initialise(
        &self,
        tools: &Installation,
        durability: Durability,
    ) -> Result<String, ClusterError> {
        let password_file = self.path.join("owner.password");
        if self.made_by()?.is_some() {
            return fs::read_to_string(&password_file).map_err(file("read", &password_file));
        }
        let password = self.write_password(&password_file)?;
        // Made under another name, so that an interrupted attempt is never taken for a cluster.
        let unfinished = self.path.join("pgdata.new");
        remove(&unfinished)?;
        let mut command = self.user.command(&tools.program("initdb"), Some("KILL"));
        command
            .current_dir(&self.path)
            .args(["--encoding=UTF8", "--locale=C.UTF-8", "--data-checksums", "--no-instructions"])
            .args(["--auth-local=scram-sha-256", "--auth-host=reject"])
            .arg(format!("--username={OWNER_ROLE}"))
            .arg(format!("--pwfile={}", password_file.display()))
            .arg(format!("--pgdata={}", unfinished.display()));
        if durability == Durability::Throwaway {
            command.arg("--no-sync");
        }
        // On a thread of its own until it is done: see `Postmaster`.
        let output = tokio::task::spawn_blocking(move || command.output())
            .await
            .map_err(|error| ClusterError::Initdb { output: error.to_string() })?
            .map_err(ClusterError::NoSetpriv)?;
        if !output.status.success() {
            let text = String::from_utf8_lossy(&output.stderr).into_owned();
            return Err(ClusterError::Initdb { output: last_lines(&text) });
        }
        let cluster = self.cluster();
        fs::rename(&unfinished, &cluster).map_err(file("renamed", &unfinished))?;
        Ok(password)
    }

    /// A new log for what the server says before its own logging works.
    pub fn start_log(&self) -> Result<File, ClusterError> {
        let path = self.logs().join("start.log");
        File::create(&path).map_err(file("created", &path))
    }

    /// The end of what the server said last.
    pub fn end_of_log(&self) -> String {
        let newest = fs::read_dir(self.logs())
            .into_iter()
            .flatten()
            .filter_map(|entry| {
                let entry = entry.ok()?;
                let metadata = entry.metadata().ok()?;
                (metadata.len() > 0).then_some((metadata.modified().ok()?, entry.path()))
            })
            .max();
        let text = newest.and_then(|(_, path)| fs::read(path).ok()).unwrap_or_default();
        last_lines(&String::from_utf8_lossy(&text))
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "a password that nothing is compared with, nor any test depends on"
    )]
    fn write_password(&self, path: &Path) -> Result<String, ClusterError> {
        let mut random = [0; PASSWORD_BYTES];
        getrandom::fill(&mut random).map_err(|error| ClusterError::File {
            action: "made up",
            path: path.to_owned(),
            source: io::Error::other(error),
        })?;
        let password = HEXLOWER.encode(&random);
        remove(path)?;
        let write = || -> io::Result<()> {
            let mut file = OpenOptions::new().create_new(true).write(true).mode(0o600).open(path)?;
            file.write_all(password.as_bytes())?;
            file.sync_all()
        };
        write().map_err(file("written", path))?;
        self.user.own(path)?;
        Ok(password)
    }
}

impl DatabaseUser {
    fn own(&self, path: &Path) -> Result<(), ClusterError> {
        if self.switches {
            chown(path, Some(self.uid), Some(self.gid))
                .map_err(file("given to the user of the database", path))?;
        }
        Ok(())
    }
}

/// Below the cluster's folder; where that path is too long, in a folder for
/// sockets of this machine, named after it.
fn socket_folder(path: &Path, user: &DatabaseUser) -> Result<PathBuf, ClusterError> {
    let limit = SOCKET_PATH_BYTES - SOCKET_NAME.len();
    let name = format!("tenantry-{}", &HEXLOWER.encode(&Sha256::digest(path.as_os_str().as_bytes()))[..12]);
    let runtime = std::env::var_os("XDG_RUNTIME_DIR").filter(|_| !user.switches).map(PathBuf::from);
    let mut tried = Vec::new();
    for folder in [
        Some(path.join("run")),
        runtime.map(|folder| folder.join(&name)),
        Some(Path::new("/tmp").join(&name)),
    ]
    .into_iter()
    .flatten()
    {
        if folder.as_os_str().as_bytes().len() <= limit {
            create(&folder, user)?;
            return Ok(folder);
        }
        tried.push(folder.display().to_string());
    }
    Err(ClusterError::SocketPathTooLong { limit, tried: tried.join(", ") })
}

/// Creates a folder only the user can enter, or makes sure that it is one: in a
/// place where everybody may write, somebody else could have been first.
fn create(path: &Path, user: &DatabaseUser) -> Result<(), ClusterError> {
    match DirBuilder::new().mode(0o700).create(path) {
        Ok(()) => return give(path, user),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(source) => return Err(ClusterError::File { action: "created", path: path.to_owned(), source }),
    }
    let found = fs::symlink_metadata(path).map_err(file("looked at", path))?;
    let open_to_others = found.mode() & 0o077 != 0;
    if found.is_dir() && found.uid() == user.uid && !open_to_others {
        return Ok(());
    }
    Err(ClusterError::ForeignFolder { path: path.to_owned(), uid: user.uid })
}

fn give(path: &Path, user: &DatabaseUser) -> Result<(), ClusterError> {
    user.own(path)?;
    fs::set_permissions(path, Permissions::from_mode(0o700)).map_err(file("closed to others", path))
}

/// Another user than ours must get through every folder above.
fn require_reachable(path: &Path, user: &DatabaseUser) -> Result<(), ClusterError> {
    for folder in path.ancestors().skip(1) {
        let found = fs::metadata(folder).map_err(file("looked at", folder))?;
        let needed = match (found.uid() == user.uid, found.gid() == user.gid) {
            (true, _) => 0o100,
            (false, true) => 0o010,
            (false, false) => 0o001,
        };
        if found.mode() & needed == 0 {
            return Err(ClusterError::NotReachable { user: user.name.clone(), path: folder.to_owned() });
        }
    }
    Ok(())
}

fn remove(path: &Path) -> Result<(), ClusterError> {
    let result = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    match result {
        Err(source) if source.kind() != io::ErrorKind::NotFound => {
            Err(ClusterError::File { action: "removed", path: path.to_owned(), source })
        }
        _ => Ok(()),
    }
}

fn last_lines(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(LOG_LINES)..].join("\n")
}

/// Names file and act of a failure.
fn file(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> ClusterError {
    let path = path.to_owned();
    move |source| ClusterError::File { action, path, source }
}
