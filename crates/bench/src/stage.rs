//! What a measurement runs on: a durable private PostgreSQL with one database a
//! run, the product's use cases on it, and a worker process of its own.

use std::{os::unix::fs::PermissionsExt as _, path::Path, process::Stdio, sync::Arc};

use app::{
    App,
    sessions::{SignedIn, sign_in},
};
use policy::Policy;
use store::{
    Caller, Settings, Store,
    cluster::{ClusterOptions, PrivateCluster},
    seal::Keyring,
};
use tempfile::TempDir;
use tokio::process::Command;

use crate::{
    Failure, Scale,
    clock::{SystemClock, SystemRandom},
    directory::Target,
    product::{Configuration, Product},
};

/// The provider's administrator, by whom everything is asked.
pub const LOGIN: &str = "bench@provider.test";
/// Of a database that is thrown away.
pub const PASSWORD: &str = "Measured-7-times";
/// Connections that serve requests, unless a benchmark needs another number.
pub const CONNECTIONS: u32 = 32;

/// A cluster in a folder of its own, both gone with this value.
pub struct Ground {
    /// The binary under measurement.
    pub product: Product,
    /// Connections of the product that serve requests.
    pub connections: u32,
    cluster: PrivateCluster,
    // Dropped last: the others work in it.
    folder: TempDir,
}

impl Ground {
    /// Starts a cluster as an installation runs it: what is committed is on the disk.
    pub async fn start(scale: &Scale) -> Result<Self, Failure> {
        let product = Product::build(scale).await?;
        let folder = new_folder()?;
        let cluster = PrivateCluster::start(&folder.path().join("pg"), ClusterOptions::production()).await?;
        Ok(Self { product, connections: CONNECTIONS, cluster, folder })
    }

    /// Where everything of it lies.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Makes a database with schema and instance, as `tenantryd migrate` does,
    /// and signs in.
    pub async fn stage(&self, database: &str, target: &Target) -> Result<Stage, Failure> {
        self.cluster.ensure_database(database).await?;
        let url = self.cluster.url(database);
        let configuration = self.configuration(database, &url, target)?;
        self.product.migrate(&configuration, LOGIN, PASSWORD).await?;
        self.sign_in(database, configuration).await
    }

    fn configuration(&self, database: &str, url: &str, target: &Target) -> Result<Configuration, Failure> {
        let data = self.folder().join("data");
        Configuration::write(self.folder(), database, Some(url), &data, Some(target), self.connections)
    }

    /// How the processes that serve connect to a database, with the key that was made for it.
    pub fn app_url(&self, database: &str) -> Result<String, Failure> {
        let keys = Keyring::open(&self.folder().join("data/keys"), Arc::new(SystemRandom))?;
        let owner = self.cluster.url(database);
        let (_, rest) = owner.split_once('@').ok_or("an address without an owner")?;
        Ok(format!("postgres://{}:{}@{rest}", store::APP_ROLE, *keys.role_password(store::APP_ROLE)))
    }

    /// How the owner of a database connects to it.
    pub fn url(&self, database: &str) -> String {
        self.cluster.url(database)
    }

    /// Opens a database that is there, with new connections.
    pub async fn sign_in(&self, database: &str, configuration: Configuration) -> Result<Stage, Failure> {
        let keys = Keyring::open(&self.folder().join("data/keys"), Arc::new(SystemRandom))?;
        let settings = Settings { database: self.cluster.options(database), connections: CONNECTIONS };
        let policy = Arc::new(Policy::load()?);
        let store = Store::open(&settings, keys, policy, Arc::new(SystemClock), Arc::new(SystemRandom));
        let app = App::new(store);
        let SignedIn::Yes { token, caller } = sign_in(&app, LOGIN, PASSWORD).await? else {
            return Err("the administrator that was just made cannot sign in".into());
        };
        let database = database.to_owned();
        Ok(Stage { app, caller: *caller, token: token.secret, database, configuration })
    }

    /// A copy of a database, with what belongs to the cluster and is not copied.
    pub async fn copy(&self, stage: &Stage, database: &str, target: &Target) -> Result<Copy, Failure> {
        let maintenance = self.cluster.url("postgres");
        let end = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = ";
        psql(&maintenance, &format!("{end}'{}'", stage.database)).await?;
        psql(&maintenance, &format!("CREATE DATABASE {database} TEMPLATE {}", stage.database)).await?;
        let url = self.cluster.url(database);
        let configuration = self.configuration(database, &url, target)?;
        self.product.migrate(&configuration, LOGIN, PASSWORD).await?;
        Ok(Copy { url, configuration })
    }

    /// Removes a copy again.
    pub async fn drop(&self, database: &str) -> Result<(), Failure> {
        psql(&self.cluster.url("postgres"), &format!("DROP DATABASE {database} WITH (FORCE)")).await?;
        Ok(())
    }

    /// Stops the cluster and removes everything.
    pub async fn stop(self) -> Result<(), Failure> {
        self.cluster.stop().await?;
        self.folder.close()?;
        Ok(())
    }
}

/// A folder the user of the database can go through, and nobody can list.
pub fn new_folder() -> Result<TempDir, Failure> {
    let folder = tempfile::Builder::new().prefix("tenantry-bench-").tempdir()?;
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o711))?;
    Ok(folder)
}

/// One database of the product.
pub struct Stage {
    /// The use cases on it.
    pub app: App,
    /// The provider's administrator.
    pub caller: Caller,
    /// The administrator's session, for HTTP.
    pub token: String,
    /// Its name in the cluster.
    pub database: String,
    /// The configuration of processes that work on it.
    pub configuration: Configuration,
}

/// A copy of a database.
pub struct Copy {
    /// How its owner connects.
    pub url: String,
    /// The configuration of processes that work on it.
    pub configuration: Configuration,
}

/// Runs a statement and gives what it prints, unaligned.
pub async fn psql(url: &str, statement: &str) -> Result<String, Failure> {
    let output = Command::new("psql")
        .args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1"])
        .args(["--dbname", url, "--command", statement])
        .stdin(Stdio::null())
        .output()
        .await?;
    if !output.status.success() {
        return Err(format!("{statement}: {}", String::from_utf8_lossy(&output.stderr).trim()).into());
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
