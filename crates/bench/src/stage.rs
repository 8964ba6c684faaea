//! What a measurement runs on: a durable private PostgreSQL with one database a
//! run, the product's use cases on it, and a worker process of its own.

use std::{
    os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
    process::Stdio,
    sync::Arc,
};

use app::{
    App,
    sessions::{SignedIn, hash, sign_in},
};
use policy::Policy;
use serde::{Deserialize, Serialize};
use store::{
    Caller, Settings, Store,
    bootstrap::{FirstAdministrator, Instance, PlanSetting, bootstrap},
    cluster::{ClusterOptions, PrivateCluster},
    migrate::migrate,
    seal::Keyring,
};
use tempfile::TempDir;
use tokio::process::{Child, Command};

use crate::{
    Failure,
    clock::{SystemClock, SystemRandom},
    directory::Target,
};

/// The provider's administrator, by whom everything is asked.
pub const LOGIN: &str = "bench@provider.test";
/// Of a database that is thrown away.
pub const PASSWORD: &str = "Measured-7-times";
/// Connections of the store, in every process.
pub const CONNECTIONS: u32 = 16;

/// A cluster in a folder of its own, both gone with this value.
pub struct Ground {
    cluster: PrivateCluster,
    keys: Keyring,
    // Dropped last: the others work in it.
    folder: TempDir,
}

impl Ground {
    /// Starts a cluster as an installation runs it: what is committed is on the disk.
    pub async fn start() -> Result<Self, Failure> {
        let folder = tempfile::Builder::new().prefix("tenantry-bench-").tempdir()?;
        // The user of the database goes through; nobody can list it.
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o711))?;
        let cluster = PrivateCluster::start(&folder.path().join("pg"), ClusterOptions::production()).await?;
        let keys = Keyring::open(&folder.path().join("keys"), Arc::new(SystemRandom))?;
        Ok(Self { cluster, keys, folder })
    }

    /// Where everything of it lies.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The folder of the keys.
    pub fn keys(&self) -> PathBuf {
        self.folder.path().join("keys")
    }

    /// How tools connect to a database as its owner.
    pub fn url(&self, database: &str) -> String {
        self.cluster.url(database)
    }

    /// Makes a database with schema and instance, and signs in.
    pub async fn stage(&self, database: &str) -> Result<Stage, Failure> {
        let owner = self.cluster.ensure_database(database).await?;
        migrate(&owner, &self.keys).await?;
        let settings = Settings { database: owner.clone(), connections: CONNECTIONS };
        let policy = Arc::new(Policy::load()?);
        let (clock, random) = (Arc::new(SystemClock), Arc::new(SystemRandom));
        let store = Store::open(&settings, self.keys.clone(), policy, clock, random);
        let app = App::new(store);
        let administrator = FirstAdministrator {
            login: LOGIN.to_owned(),
            name: "Benno Bench".to_owned(),
            portal_hash: hash(&app, PASSWORD).await?,
        };
        bootstrap(&owner, &SystemClock, &SystemRandom, &instance(), Some(&administrator)).await?;
        let SignedIn::Yes { token, caller } = sign_in(&app, LOGIN, PASSWORD).await? else {
            return Err("the administrator that was just made cannot sign in".into());
        };
        Ok(Stage {
            app,
            caller: *caller,
            token: token.secret,
            url: self.url(database),
            database: database.to_owned(),
        })
    }

    /// Stops the cluster and removes everything.
    pub async fn stop(self) -> Result<(), Failure> {
        self.cluster.stop().await?;
        self.folder.close()?;
        Ok(())
    }
}

/// One database of the product.
pub struct Stage {
    /// The use cases on it.
    pub app: App,
    /// The provider's administrator.
    pub caller: Caller,
    /// The administrator's session, for HTTP.
    pub token: String,
    /// How its owner connects.
    pub url: String,
    /// Its name in the cluster.
    pub database: String,
}

impl Stage {
    /// Runs a statement as the owner and gives what it prints, unaligned.
    pub async fn sql(&self, statement: &str) -> Result<String, Failure> {
        psql(&self.url, statement).await
    }
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

fn instance() -> Instance {
    let plan = |code: &str, service: &str, name: &str| PlanSetting {
        code: code.to_owned(),
        service: service.to_owned(),
        name: name.to_owned(),
        price: Some((1_500, "EUR".to_owned())),
    };
    Instance {
        code: "provider".to_owned(),
        name: "Provider".to_owned(),
        language: "en".to_owned(),
        time_zone: "Europe/Berlin".to_owned(),
        currency: "EUR".to_owned(),
        brands: vec![],
        directories: vec![("ad".to_owned(), "Shared directory".to_owned())],
        services: vec![("desktop".to_owned(), "Desktop".to_owned(), true)],
        plans: vec![plan("desktop-standard", "desktop", "Desktop Standard")],
    }
}

/// What a worker process needs to know.
#[derive(Debug, Serialize, Deserialize)]
pub struct WorkerSettings {
    /// The database, as its owner; the store replaces the role.
    pub database: String,
    /// The folder of the keys.
    pub keys: PathBuf,
    /// The directory.
    pub target: Target,
}

/// A worker process that is killed with this value.
pub struct Worker {
    child: Child,
}

impl Worker {
    /// Starts one for the database and the directory: the product's engine with
    /// its own settings, in a process that can be killed.
    pub fn start(ground: &Ground, stage: &Stage, target: &Target) -> Result<Self, Failure> {
        let settings = WorkerSettings {
            database: stage.url.clone(),
            keys: ground.keys(),
            target: target.clone(),
        };
        let path = ground.folder().join(format!("worker-{}.json", stage.database));
        // It holds passwords.
        let mut options = std::fs::OpenOptions::new();
        let file = options.create(true).truncate(true).write(true).mode(0o600).open(&path)?;
        serde_json::to_writer(file, &settings)?;
        let child = Command::new(std::env::current_exe()?)
            .args(["--worker".as_ref(), path.as_os_str()])
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        Ok(Self { child })
    }

    /// `kill -9`, and waits until nothing of it runs.
    pub async fn kill(mut self) -> Result<(), Failure> {
        // `Child::kill` is SIGKILL and waits.
        Ok(self.child.kill().await?)
    }

    /// Fails when it ended by itself.
    pub fn require_running(&mut self) -> Result<(), Failure> {
        match self.child.try_wait()? {
            None => Ok(()),
            Some(status) => Err(format!("the worker ended by itself: {status}").into()),
        }
    }
}
