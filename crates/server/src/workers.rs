//! The engine of this process: a connector for every directory that both the
//! configuration and the database know.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use app::App;
use connector::Connector;
use domain::id::TargetId;
use engine::{Engine, Mailing, Options, Render};
use outbound::{Outbound, mail::Mailer};
use store::{Settings, engine::EngineStore, seal::Keyring};
use tokio::{sync::watch, task::JoinHandle};

use crate::{
    config::Config,
    errands::Errands,
    failure::{Failure, chain},
    os::{OsClock, OsRandom},
    stop::Stop,
};

/// Claims in hand are ended within this; what is left is taken over by others
/// when its lease ends.
const DRAIN: Duration = Duration::from_secs(20);
/// Connections a directory needs: claims of two lanes, their leases, the probe.
const CONNECTIONS_PER_DIRECTORY: u32 = 8;

/// A running engine.
pub struct Workers {
    store: EngineStore,
    shutdown: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Workers {
    /// Starts working. Settings of a directory that cannot work are an error;
    /// a directory that is down is not.
    pub async fn start(config: &Config, settings: &Settings, keys: Keyring) -> Result<Self, Failure> {
        let directories = u32::try_from(config.directories.len()).unwrap_or(u32::MAX);
        let connections = directories.saturating_mul(CONNECTIONS_PER_DIRECTORY).saturating_add(6).min(64);
        let settings = Settings { database: settings.database.clone(), connections };
        let store = EngineStore::open(&settings, keys, Arc::new(OsClock));
        let connectors = connectors(config, &store).await?;
        let outbound = Outbound::new(config.hooks.settings().map_err(Failure::usage)?)
            .map_err(|error| Failure::usage(format!("hooks cannot be called: {}", chain(&error))))?;
        let engine =
            Engine::new(store.clone(), connectors, Arc::new(OsClock), Arc::new(OsRandom), Options::default())
                .with_hooks(Arc::new(outbound));
        let engine = match mailing(config)? {
            Some(mailing) => engine.with_mail(mailing),
            None => engine,
        };
        let (shutdown, told) = watch::channel(false);
        let task = tokio::spawn(Arc::new(engine).run(told));
        Ok(Self { store, shutdown, task })
    }

    /// Ends the claims in hand, within a bound, and closes the connections.
    pub async fn stop(mut self) {
        self.shutdown.send_replace(true);
        if tokio::time::timeout(DRAIN, &mut self.task).await.is_err() {
            tracing::warn!(
                "claims did not end in {} s; others take them over when their leases end",
                DRAIN.as_secs()
            );
            self.task.abort();
        }
        self.store.close().await;
    }
}

/// What this worker does with mail.
fn mailing(config: &Config) -> Result<Option<Mailing>, Failure> {
    let Some(mail) = &config.mail else { return Ok(None) };
    if mail.keep {
        return Ok(Some(Mailing::Keep));
    }
    let mailer = Mailer::new(&mail.settings().map_err(Failure::usage)?)
        .map_err(|error| Failure::usage(format!("mail cannot be sent: {}", chain(&error))))?;
    let public_url = config.public_url();
    let render: Render = Arc::new(move |message| web::texts::mail(message, &public_url));
    Ok(Some(Mailing::Send { mailer: Arc::new(mailer), render }))
}

async fn connectors(
    config: &Config,
    store: &EngineStore,
) -> Result<BTreeMap<TargetId, Arc<dyn Connector>>, Failure> {
    let targets = store.targets().await.map_err(Failure::because("the directories cannot be read"))?;
    for directory in &config.directories {
        if targets.iter().all(|(_, code)| *code != directory.code) {
            tracing::warn!(
                directory = directory.code,
                "the database does not know it; run `tenantryd migrate`"
            );
        }
    }
    let mut connectors: BTreeMap<TargetId, Arc<dyn Connector>> = BTreeMap::new();
    for (id, code) in targets {
        let Some(directory) = config.directories.iter().find(|d| d.code == code) else {
            tracing::warn!(directory = code, "not in the configuration: its work waits for another process");
            continue;
        };
        let settings = config.connector(directory).map_err(Failure::usage)?;
        let connector = ad::Directory::connect(settings, Arc::new(OsRandom)).map_err(|error| {
            Failure::usage(format!("the directory {code} cannot be used: {}", chain(&error)))
        })?;
        connectors.insert(id, Arc::new(connector));
    }
    if connectors.is_empty() {
        tracing::warn!("there is no directory to work for");
    }
    Ok(connectors)
}

/// Only works, until asked to stop.
pub async fn work(config: &Config, stop: &Stop) -> Result<(), Failure> {
    let keys = crate::database::keyring(config)?;
    let database = crate::database::Database::join(config)?;
    let settings = database.settings(config.database.connections);
    let store = crate::database::store(&settings, keys.clone())?;
    stop.unless_asked(crate::database::require_schema(&store)).await?;
    let workers = stop.unless_asked(Workers::start(config, &settings, keys)).await?;
    let app = App::new(store.clone()).with_hooks(config.hooks.allowed()).with_mail(config.mailing());
    let errands = Errands::start(app);
    tracing::info!("working");
    stop.asked().await;
    errands.stop().await;
    workers.stop().await;
    store.close().await;
    tracing::info!("stopped");
    Ok(())
}
