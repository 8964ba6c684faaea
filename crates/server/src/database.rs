//! The database of a process: shared, private and owned by this process, or
//! private and owned by another one.

use std::{
    future::pending,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use domain::clock::{Clock, Random};
use policy::Policy;
use store::{
    ConnectOptions, Settings, Store, StoreError,
    bootstrap::{FirstAdministrator, bootstrap},
    cluster::{ClusterOptions, PrivateCluster},
    migrate::{Schema, migrate},
    seal::Keyring,
};

use crate::{
    config::Config,
    failure::Failure,
    os::{OsClock, OsRandom},
};

/// The database of the product in a private cluster.
const PRIVATE_DATABASE: &str = "tenantry";
/// A shared database that is restarting is waited for this long.
const AWAY_SECONDS: u64 = 30;
const AWAY_POLL: Duration = Duration::from_millis(250);

/// Where the data are, and what ends with this process.
pub struct Database {
    options: ConnectOptions,
    cluster: Option<PrivateCluster>,
    shared: bool,
}

impl Database {
    /// The database of a process that owns it: the shared one, or the private
    /// cluster, started now.
    pub async fn own(config: &Config) -> Result<Self, Failure> {
        if let Some(options) = shared(config)? {
            return Ok(Self { options, cluster: None, shared: true });
        }
        let folder = config.cluster();
        // A data folder for this user alone; the user of the database goes through.
        prepare_data(&config.instance.data)?;
        tracing::info!(folder = %folder.display(), "starting the private database");
        let cluster = PrivateCluster::start(&folder, ClusterOptions::production())
            .await
            .map_err(Failure::because("the private database did not start"))?;
        let options = cluster
            .ensure_database(PRIVATE_DATABASE)
            .await
            .map_err(Failure::because("the private database is not usable"))?;
        Ok(Self { options, cluster: Some(cluster), shared: false })
    }

    /// The database of a process beside others: the shared one, or the private
    /// cluster that another process runs.
    pub fn join(config: &Config) -> Result<Self, Failure> {
        if let Some(options) = shared(config)? {
            return Ok(Self { options, cluster: None, shared: true });
        }
        let Some(socket) = running(&config.cluster())? else {
            return Err(Failure::plain(format!(
                "no database is configured, and no server runs with the data folder {}; start `tenantryd serve` first",
                config.instance.data.display()
            )));
        };
        let options = ConnectOptions::new_without_pgpass().socket(socket).database(PRIVATE_DATABASE);
        Ok(Self { options, cluster: None, shared: false })
    }

    /// Whether it is configured, not of our own.
    pub fn is_shared(&self) -> bool {
        self.shared
    }

    /// Brings schema and instance to what this build and the configuration
    /// say. Needs the owner of the database.
    pub async fn migrate(
        &self,
        config: &Config,
        keys: &Keyring,
        administrator: Option<&FirstAdministrator>,
    ) -> Result<(), Failure> {
        migrate(&self.options, keys).await.map_err(Failure::because("the database cannot be migrated"))?;
        bootstrap(&self.options, &OsClock, &OsRandom, &config.instance(), administrator)
            .await
            .map_err(Failure::because("the configuration cannot be written into the database"))
    }

    /// How to reach it with this many connections for requests.
    pub fn settings(&self, connections: u32) -> Settings {
        Settings { database: self.options.clone(), connections }
    }

    /// Returns when a private cluster ended by itself; never for others.
    pub async fn ended(&self) -> String {
        match &self.cluster {
            Some(cluster) => cluster.ended().await,
            None => pending().await,
        }
    }

    /// Stops what belongs to this process.
    pub async fn stop(self) -> Result<(), Failure> {
        match self.cluster {
            Some(cluster) => {
                cluster.stop().await.map_err(Failure::because("the private database did not stop in order"))
            }
            None => Ok(()),
        }
    }
}

/// The keys of this installation; made when there are none.
pub fn keyring(config: &Config) -> Result<Keyring, Failure> {
    prepare_data(&config.instance.data)?;
    let folder = config.keys();
    make_folder(&folder, 0o700)?;
    Keyring::open(&folder, Arc::new(OsRandom)).map_err(Failure::because("the keys cannot be used"))
}

/// The store on a database.
pub fn store(settings: &Settings, keys: Keyring) -> Result<Store, Failure> {
    let policy = Policy::load().map_err(Failure::because("the access policy cannot be used"))?;
    let (clock, random): (Arc<dyn Clock>, Arc<dyn Random>) = (Arc::new(OsClock), Arc::new(OsRandom));
    Ok(Store::open(settings, keys, Arc::new(policy), clock, random))
}

/// Fails unless the schema is what this build needs. A database that is away
/// for a moment is waited for.
pub async fn require_schema(store: &Store) -> Result<(), Failure> {
    let deadline = Instant::now() + Duration::from_secs(AWAY_SECONDS);
    let mut told = false;
    loop {
        match store.schema().await {
            Ok(Schema::Ready) => return Ok(()),
            Ok(Schema::Older { missing }) => {
                return Err(Failure::plain(format!(
                    "the schema of the database is older than this program ({missing} migrations are missing); \
                     run `tenantryd migrate`"
                )));
            }
            Ok(Schema::Unprepared) => {
                return Err(Failure::plain(
                    "the database was not prepared with the keys of this data folder; run `tenantryd migrate` with them",
                ));
            }
            Err(StoreError::Unavailable(error)) if Instant::now() < deadline => {
                if !told {
                    tracing::warn!(%error, "the database does not answer; waiting for up to {AWAY_SECONDS} s");
                    told = true;
                }
                tokio::time::sleep(AWAY_POLL).await;
            }
            Err(error) => return Err(Failure::failed("the database cannot be used", error)),
        }
    }
}

fn shared(config: &Config) -> Result<Option<ConnectOptions>, Failure> {
    let Some(url) = &config.database.url else { return Ok(None) };
    let options = url.parse::<ConnectOptions>().map_err(|_may_repeat_the_password| {
        Failure::usage("database.url is not of the form postgres://user@host/database")
    })?;
    Ok(Some(options))
}

/// The socket of a cluster that runs in `folder`: the server keeps a file with
/// it (PostgreSQL, "postmaster.pid": the fifth line is the folder of the
/// socket, the eighth the state).
fn running(folder: &Path) -> Result<Option<PathBuf>, Failure> {
    let path = folder.join("pgdata/postmaster.pid");
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Failure::failed(format!("{} cannot be read", path.display()), error)),
    };
    let lines: Vec<&str> = text.lines().collect();
    let ready = lines.get(7).is_some_and(|state| state.trim() == "ready");
    Ok(lines.get(4).filter(|_| ready).map(PathBuf::from))
}

fn prepare_data(folder: &Path) -> Result<(), Failure> {
    make_folder(folder, 0o711)
}

/// Creates a folder with this mode; one that is there already stays as it is.
fn make_folder(folder: &Path, mode: u32) -> Result<(), Failure> {
    use std::os::unix::fs::DirBuilderExt as _;
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(mode)
        .create(folder)
        .map_err(Failure::because(format!("the folder {} cannot be created", folder.display())))
}
