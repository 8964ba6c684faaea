//! The worker process: the product's engine on the product's connector.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use connector::Connector;
use domain::clock::{Clock, Random};
use engine::{Engine, Options};
use store::{Settings, engine::EngineStore, seal::Keyring};
use tokio::sync::watch;

use crate::{
    Failure,
    clock::{SystemClock, SystemRandom},
    stage::{CONNECTIONS, WorkerSettings},
};

/// Works until it is killed.
pub async fn run(settings: &Path) -> Result<(), Failure> {
    let settings: WorkerSettings = serde_json::from_slice(&std::fs::read(settings)?)?;
    let (clock, random): (Arc<dyn Clock>, Arc<dyn Random>) = (Arc::new(SystemClock), Arc::new(SystemRandom));
    let keys = Keyring::open(&settings.keys, random.clone())?;
    let database = Settings { database: settings.database.parse()?, connections: CONNECTIONS };
    let store = EngineStore::open(&database, keys, clock.clone());
    let directory: Arc<dyn Connector> =
        Arc::new(ad::Directory::connect(settings.target.config(), random.clone())?);
    let targets = store.targets().await?;
    let connectors: BTreeMap<_, _> = targets.into_iter().map(|(id, _)| (id, directory.clone())).collect();
    let engine = Arc::new(Engine::new(store, connectors, clock, random, Options::default()));
    let (_never_told, shutdown) = watch::channel(false);
    engine.run(shutdown).await;
    Ok(())
}
