//! The engine's own bookkeeping: claims under a lease, intents, outcomes.
//!
//! [`EngineStore`] connects as a role that may see desired state and write
//! outcomes, and nothing else. All leases are on the database's clock.

mod claim;
mod drift;
mod health;
mod hooks;
mod load;
mod mail;
mod names;
mod record;
mod survey;
mod sweep;

use domain::{clock::Clock, id::TargetId};
use sqlx::PgPool;
use std::sync::Arc;

pub use claim::{Claim, Claimed, Intent};
pub use drift::{
    Checked, Expected, Found, Insider, Outsider, Recorded, ScanClaim, Stamp, Standing, Stranger,
};
pub use health::{ControllerSeen, Health, Mode};
pub use hooks::{Delivered, Due, Ending, Told};
pub(crate) use load::STRAY_GENERATION;
pub use load::{EdgeJob, Held, Job, PendingPassword, Reference, Workload};
pub use mail::{DueMail, MailDone, MailEnding, ServerSeen};
pub use names::NameClaim;
pub use record::{Batch, EdgeOutcome, ObjectOutcome, Outcome, PasswordOutcome};
pub use survey::{Seen, SurveyClaim};
pub use sweep::Swept;

use crate::{ENGINE_ROLE, Settings, StoreError, pool, seal::Keyring};

/// The database, as workers see it.
#[derive(Clone)]
pub struct EngineStore {
    pub(crate) pool: PgPool,
    pub(crate) keys: Keyring,
    pub(crate) clock: Arc<dyn Clock>,
}

impl EngineStore {
    /// Opens the pool; connections are made when needed.
    pub fn open(settings: &Settings, keys: Keyring, clock: Arc<dyn Clock>) -> Self {
        Self { pool: pool(settings, &keys, ENGINE_ROLE, settings.connections, &[]), keys, clock }
    }

    /// Every target there is: id and code.
    pub async fn targets(&self) -> Result<Vec<(TargetId, String)>, StoreError> {
        let rows = sqlx::query!("SELECT id, code FROM target WHERE removed_at IS NULL ORDER BY code")
            .fetch_all(&self.pool)
            .await?;
        Ok(rows.into_iter().map(|r| (TargetId::from_uuid(r.id), r.code)).collect())
    }

    /// A stream of "there is new work", so that nobody waits for a timer. A
    /// missed notification costs one tick of the engine's timer, nothing more.
    pub async fn listen(&self) -> Result<Wakeups, StoreError> {
        let mut listener = sqlx::postgres::PgListener::connect_with(&self.pool).await?;
        listener.listen("tenantry_work").await?;
        Ok(Wakeups(listener))
    }

    /// Closes all connections and waits for them.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

/// See [`EngineStore::listen`].
pub struct Wakeups(sqlx::postgres::PgListener);

impl Wakeups {
    /// Waits for the next notification.
    pub async fn next(&mut self) -> Result<(), StoreError> {
        self.0.recv().await?;
        Ok(())
    }
}
