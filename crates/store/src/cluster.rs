//! A private PostgreSQL cluster: the database of an installation that names none.
//!
//! The cluster lives in one folder, listens on a unix socket in a folder only its
//! user can enter, never on TCP, and asks for a password. It never runs as root.
//! It ends with its owner: `setpriv --pdeathsig` tells it when the owner was
//! killed, and a start first stops what a crashed run left behind.
//!
//! Start at [`PrivateCluster::start`].

mod folder;
mod installation;
mod postmaster;
pub mod processes;

use std::{
    fmt::Write as _,
    fs::File,
    io,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use sqlx::{AssertSqlSafe, Connection as _, PgConnection, postgres::PgConnectOptions};

use folder::Folder;
use installation::Installation;
use postmaster::Postmaster;

/// The role that owns the cluster and every database in it.
pub const OWNER_ROLE: &str = "tenantry_owner";
/// The database every cluster has, for acts that need one, such as creating another.
const MAINTENANCE_DATABASE: &str = "postgres";
/// Characters of a name in PostgreSQL (`NAMEDATALEN` less the closing zero).
const NAME_CHARS: usize = 63;
/// One attempt to connect to a socket of this machine.
const ATTEMPT: Duration = Duration::from_secs(5);

/// Why there is no private cluster.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// No usable PostgreSQL on this machine.
    #[error(
        "no PostgreSQL {wanted} is installed; on Debian and Ubuntu: apt-get install postgresql, \
         elsewhere put `postgres` and `initdb` on the PATH. Or name a database in the configuration"
    )]
    NotInstalled {
        /// Which version is needed.
        wanted: String,
    },
    /// The helper that ties the database to its owner is missing.
    #[error("`setpriv` is not installed; on Debian and Ubuntu: apt-get install util-linux")]
    NoSetpriv(#[source] io::Error),
    /// Root may not run PostgreSQL, and nobody else is there.
    #[error(
        "PostgreSQL does not run as root, and there is neither a user `postgres` nor `nobody` to run it as"
    )]
    NoUser,
    /// The user of the database cannot reach its folder.
    #[error(
        "the user `{user}` cannot enter {}, which the database is below; \
         choose another data folder, allow it with `chmod o+x`, or do not start as root", path.display()
    )]
    NotReachable {
        /// The user the database runs as.
        user: String,
        /// The folder that stops it.
        path: PathBuf,
    },
    /// No place for the socket.
    #[error(
        "no folder with a short enough path for the socket of the database ({limit} bytes): tried {tried}; \
         choose a data folder with a shorter path"
    )]
    SocketPathTooLong {
        /// Bytes a socket's path may have.
        limit: usize,
        /// Which folders were tried.
        tried: String,
    },
    /// A folder for the socket exists already and belongs to somebody else.
    #[error("{} exists but is not a folder that only user {uid} can enter; remove it", path.display())]
    ForeignFolder {
        /// The folder found.
        path: PathBuf,
        /// Whose it should be.
        uid: u32,
    },
    /// Two owners of one cluster would destroy each other's work.
    #[error("the database in {} is in use by another running process", path.display())]
    InUse {
        /// The folder of the cluster.
        path: PathBuf,
    },
    /// `initdb` refused.
    #[error("initdb could not create the database: {output}")]
    Initdb {
        /// The end of what it said.
        output: String,
    },
    /// The database ended by itself.
    #[error("PostgreSQL ended ({how}): {output}")]
    Ended {
        /// How it ended.
        how: String,
        /// The end of its log.
        output: String,
    },
    /// The database runs but does not accept connections.
    #[error("PostgreSQL accepted no connection within {seconds} s: {output}")]
    NotReady {
        /// How long was waited.
        seconds: u64,
        /// The end of its log.
        output: String,
        /// What the last attempt met.
        source: sqlx::Error,
    },
    /// Processes are left that do not end.
    #[error("processes of the database in {} do not end: {pids:?}", path.display())]
    DoesNotEnd {
        /// The folder of the cluster.
        path: PathBuf,
        /// Who is left.
        pids: Vec<i32>,
    },
    /// A name is not one this module writes into a statement.
    #[error(
        "`{name}` is no name for a database: a to z, 0 to 9 and _, at most {NAME_CHARS}, not starting with a digit"
    )]
    Name {
        /// The name asked for.
        name: String,
    },
    /// A statement about databases failed.
    #[error("the database refused to {act}")]
    Statement {
        /// What was tried.
        act: String,
        /// What the database said.
        source: sqlx::Error,
    },
    /// A file or a process could not be used.
    #[error("{} cannot be {action}", path.display())]
    File {
        /// What was tried.
        action: &'static str,
        /// With which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// How much a crash of the machine may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// What was committed is on the disk.
    Durable,
    /// Nothing is kept safe: for tests only, several times faster.
    Throwaway,
}

/// Sizes and promises of a cluster.
#[derive(Debug, Clone)]
pub struct ClusterOptions {
    /// Memory for the page cache of the database, in MiB.
    pub shared_buffers_mib: u32,
    /// Connections it accepts at once.
    pub connections: u32,
    /// What a crash may cost.
    pub durability: Durability,
    /// A start that takes longer has failed; recovery after a crash counts in.
    pub start_timeout: Duration,
}

impl ClusterOptions {
    /// For an installation that is in use.
    pub fn production() -> Self {
        Self {
            shared_buffers_mib: 256,
            connections: 100,
            durability: Durability::Durable,
            start_timeout: Duration::from_mins(5),
        }
    }

    /// For tests and benchmarks whose data nobody wants afterwards.
    pub fn throwaway() -> Self {
        Self {
            shared_buffers_mib: 128,
            connections: 200,
            durability: Durability::Throwaway,
            start_timeout: Duration::from_mins(1),
        }
    }
}

/// A PostgreSQL server that belongs to this process.
#[derive(Debug)]
pub struct PrivateCluster {
    folder: Folder,
    postmaster: Postmaster,
    password: String,
    // Held for its lock, which ends with the process however that ends.
    _lock: File,
}

impl PrivateCluster {
    /// Starts the cluster in `data_dir`, a folder of its own, and creates it
    /// first where there is none. Returns when it accepts connections.
    pub async fn start(data_dir: &Path, options: ClusterOptions) -> Result<Self, ClusterError> {
        let folder = Folder::open(data_dir)?;
        let lock = folder.lock()?;
        postmaster::end_leftovers(&folder.cluster()).await?;
        let installation = Installation::find(folder.made_by()?).await?;
        let password = folder.initialise(&installation, options.durability).await?;
        let postmaster = Postmaster::start(&installation, &folder, &options)?;
        let cluster = Self { folder, postmaster, password, _lock: lock };
        cluster.wait_ready(options.start_timeout).await?;
        Ok(cluster)
    }

    /// How its owner connects to a database of it.
    pub fn options(&self, database: &str) -> PgConnectOptions {
        PgConnectOptions::new_without_pgpass()
            .socket(self.folder.socket())
            .username(OWNER_ROLE)
            .password(&self.password)
            .database(database)
    }

    /// The same as a URL, for tools and for other processes. It contains the password.
    pub fn url(&self, database: &str) -> String {
        let socket = percent_encode(&self.folder.socket().to_string_lossy());
        format!("postgres://{OWNER_ROLE}:{}@localhost/{database}?host={socket}", self.password)
    }

    /// The folder that holds everything of the cluster.
    pub fn data_dir(&self) -> &Path {
        self.folder.path()
    }

    /// The process of the server.
    pub fn pid(&self) -> i32 {
        self.postmaster.pid()
    }

    /// Creates a database unless it exists, and says how to connect to it.
    pub async fn ensure_database(&self, name: &str) -> Result<PgConnectOptions, ClusterError> {
        require_name(name)?;
        let failed = |source| ClusterError::Statement { act: format!("create the database {name}"), source };
        let mut connection =
            PgConnection::connect_with(&self.options(MAINTENANCE_DATABASE)).await.map_err(failed)?;
        let exists: bool = sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)")
            .bind(name)
            .fetch_one(&mut connection)
            .await
            .map_err(failed)?;
        if !exists {
            let statement = AssertSqlSafe(format!("CREATE DATABASE {name}"));
            sqlx::raw_sql(statement).execute(&mut connection).await.map_err(failed)?;
        }
        connection.close().await.map_err(failed)?;
        Ok(self.options(name))
    }

    /// Waits until the server ends by itself, and says how it did: for the owner's
    /// supervision. Does not end while the server runs.
    pub async fn ended(&self) -> String {
        self.postmaster.ended().await
    }

    /// Stops the server: open transactions are rolled back, data are written.
    pub async fn stop(self) -> Result<(), ClusterError> {
        self.postmaster.stop(&self.folder.cluster()).await
    }

    async fn wait_ready(&self, limit: Duration) -> Result<(), ClusterError> {
        let options = self.options(MAINTENANCE_DATABASE);
        let deadline = Instant::now() + limit;
        loop {
            let attempt = tokio::time::timeout(ATTEMPT, PgConnection::connect_with(&options));
            let source = tokio::select! {
                how = self.postmaster.ended() => {
                    return Err(ClusterError::Ended { how, output: self.folder.end_of_log() });
                }
                result = attempt => match result {
                    // It has answered; what happens to the connection afterwards says nothing more.
                    Ok(Ok(connection)) => return connection.close().await.or(Ok(())),
                    Ok(Err(source)) => source,
                    Err(_elapsed) => sqlx::Error::Io(io::ErrorKind::TimedOut.into()),
                },
            };
            if Instant::now() > deadline || !passes_by_itself(&source) {
                let output = self.folder.end_of_log();
                return Err(ClusterError::NotReady { seconds: limit.as_secs(), output, source });
            }
            tokio::time::sleep(postmaster::POLL).await;
        }
    }
}

/// No socket yet, or the server says that it is starting up (`cannot_connect_now`).
fn passes_by_itself(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) => true,
        sqlx::Error::Database(refusal) => refusal.code().is_some_and(|code| code == "57P03"),
        _ => false,
    }
}

/// Names are written into statements, which take no parameter for them.
fn require_name(name: &str) -> Result<(), ClusterError> {
    let fits = (1..=NAME_CHARS).contains(&name.len())
        && !name.starts_with(|first: char| first.is_ascii_digit())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if fits { Ok(()) } else { Err(ClusterError::Name { name: name.to_owned() }) }
}

/// RFC 3986: everything but unreserved characters.
fn percent_encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _writing_to_a_string_cannot_fail = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::{percent_encode, require_name};

    #[test]
    fn only_plain_names_reach_a_statement() {
        assert!(require_name("tenantry_2").is_ok());
        for bad in ["", "2a", "a-b", "a\"b", "A", "ä", &"a".repeat(64)] {
            assert!(require_name(bad).is_err(), "{bad} was accepted");
        }
    }

    #[test]
    fn a_folder_becomes_one_part_of_a_url() {
        assert_eq!(percent_encode("/tmp/a b&c/ä"), "%2Ftmp%2Fa%20b%26c%2F%C3%A4");
    }
}
