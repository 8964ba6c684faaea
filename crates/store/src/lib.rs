//! The only SQL of the product: migrations, scoped transactions, permits, the
//! queue, the audit log and the ledger.
//!
//! The pools are private. Every transaction is opened for a [`Caller`] and
//! carries its scope into row-level security; the engine's bookkeeping uses
//! [`engine::EngineStore`], which is limited by its SQL role. Nothing outside
//! the database is ever called from here.
//!
//! Start at [`Store::write`], then [`tx::WriteTx`].

pub mod activations;
pub mod adoptions;
mod again;
mod audit;
mod bell;
pub mod bootstrap;
pub mod brands;
pub mod bulk;
pub mod caller;
pub mod catalogue;
pub mod changes;
pub mod cluster;
pub mod directories;
pub mod directory_moves;
pub mod drift;
pub mod engine;
pub mod error;
pub mod fields;
pub mod figures;
pub mod groups;
pub mod history;
pub mod hooks;
pub mod idempotency;
pub mod ledger;
pub mod life;
pub mod lists;
pub mod mail;
pub mod migrate;
mod names;
pub mod objects;
pub mod orders;
pub mod password_rules;
pub mod placement;
pub mod preferences;
pub mod releases;
pub mod requests;
pub mod resets;
pub mod roles;
pub mod saved_views;
pub mod seal;
pub mod sessions;
pub mod settings;
pub mod subscriptions;
pub mod suffixes;
pub mod surveys;
pub mod tenants;
pub mod tokens;
pub mod tx;
pub mod users;
pub mod views;

use std::sync::Arc;

use domain::clock::{Clock, Random};
use policy::Policy;
use sqlx::{
    Connection, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};

pub use again::again;
pub use caller::Caller;
pub use error::StoreError;
pub use sqlx::postgres::PgConnectOptions as ConnectOptions;

use seal::Keyring;

/// The role that serves requests: row-level security, no DDL.
pub const APP_ROLE: &str = "tenantry_app";
/// The role that looks up who is calling.
pub const AUTH_ROLE: &str = "tenantry_auth";
/// The role of the workers.
pub const ENGINE_ROLE: &str = "tenantry_engine";

/// How to reach the database, and with how many connections.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Host and database; role and password are set by the store.
    pub database: PgConnectOptions,
    /// Connections that serve requests.
    pub connections: u32,
}

/// The database, as requests see it.
#[derive(Clone)]
pub struct Store {
    app: PgPool,
    auth: PgPool,
    bell: bell::Bell,
    watching: changes::Watching,
    keys: Keyring,
    policy: Arc<Policy>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("keys", &self.keys).finish_non_exhaustive()
    }
}

impl Store {
    /// Opens the pools. Connections are made when needed, so this succeeds
    /// also while the database is away. Needs a running Tokio.
    pub fn open(
        settings: &Settings,
        keys: Keyring,
        policy: Arc<Policy>,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Self {
        let app = pool(settings, &keys, APP_ROLE, settings.connections, &BY_KEY);
        // Asked once a request and answered at once, so that few serve many; and few
        // keep what they need in the processor's cache.
        let auth = (settings.connections / 8).max(2);
        let auth = pool(settings, &keys, AUTH_ROLE, auth, &BY_KEY);
        let bell = bell::Bell::new(auth.clone());
        Self { app, auth, bell, watching: changes::Watching::default(), keys, policy, clock, random }
    }

    /// The instance's keys.
    pub fn keys(&self) -> &Keyring {
        &self.keys
    }

    /// The clock of everything this store writes.
    pub fn clock(&self) -> &dyn Clock {
        self.clock.as_ref()
    }

    /// The source of ids and secrets.
    pub fn random(&self) -> &dyn Random {
        self.random.as_ref()
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), StoreError> {
        sqlx::query!("SELECT 1 AS one").fetch_one(&self.auth).await?;
        Ok(())
    }

    /// Closes all connections and waits for them.
    pub async fn close(&self) {
        self.app.close().await;
        self.auth.close().await;
    }
}

/// Who looks up callers and who writes asks for single rows by their keys. To
/// plan that again at every request costs more than to do it (measured), and a
/// plan that is kept must not be one that was good while there was little.
const BY_KEY: [(&str, &str); 4] = [
    ("plan_cache_mode", "force_generic_plan"),
    ("enable_seqscan", "off"),
    ("enable_bitmapscan", "off"),
    ("enable_memoize", "off"),
];

/// A connection that rested no longer than this is not asked whether it is still there.
const FRESH: std::time::Duration = std::time::Duration::from_secs(1);

pub(crate) fn pool(
    settings: &Settings,
    keys: &Keyring,
    role: &str,
    connections: u32,
    parameters: &[(&str, &str)],
) -> PgPool {
    let options = settings
        .database
        .clone()
        .username(role)
        .password(&keys.role_password(role))
        .application_name("tenantry")
        .options([
            ("timezone", "UTC"),
            ("statement_timeout", "30s"),
            ("idle_in_transaction_session_timeout", "60s"),
        ])
        .options(parameters.iter().copied());
    PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(std::time::Duration::from_secs(5))
        .test_before_acquire(false)
        .before_acquire(|connection, rest| {
            Box::pin(async move {
                if rest.idle_for > FRESH {
                    connection.ping().await?;
                }
                Ok(true)
            })
        })
        .connect_lazy_with(options)
}

/// A timestamp as the driver wants it.
pub(crate) fn ts(at: jiff::Timestamp) -> jiff_sqlx::Timestamp {
    jiff_sqlx::ToSqlx::to_sqlx(at)
}
