//! Tells the workers that there is new work, right after a change is committed.
//!
//! Not in the transaction of the change: a transaction that notifies holds a
//! lock of the whole server until its commit is on disk (PostgreSQL,
//! `PreCommit_Notify` in `async.c`), so changes would wait for each other's disk
//! write, however many clients there are. A bell that is lost with its process
//! costs one tick of the engine's timer, nothing more.

use std::time::Duration;

use sqlx::PgPool;
use tokio::sync::watch;

/// After it sounded the bell is silent for so long: nobody notices, and hundreds of
/// changes a second do not become as many notifications.
const REST: Duration = Duration::from_millis(5);

/// The bell; what is rung meanwhile is rung once more, not each time.
#[derive(Clone)]
pub(crate) struct Bell(watch::Sender<()>);

impl Bell {
    /// A bell that sounds through `pool`. Ends with its last clone or with the pool.
    pub(crate) fn new(pool: PgPool) -> Self {
        let (sender, mut rung) = watch::channel(());
        tokio::spawn(async move {
            while rung.changed().await.is_ok() && !pool.is_closed() {
                if let Err(error) = sound(&pool).await {
                    tracing::warn!(%error, "the workers were not told of new work; they look for themselves");
                }
                tokio::time::sleep(REST).await;
            }
        });
        Self(sender)
    }

    /// Rings, and does not wait.
    pub(crate) fn ring(&self) {
        self.0.send_replace(());
    }
}

/// What is notified is in no table, so nobody waits for the disk.
async fn sound(pool: &PgPool) -> Result<(), sqlx::Error> {
    sqlx::query!(
        r#"SELECT set_config('synchronous_commit', 'off', true) AS off, pg_notify('tenantry_work', '') AS "rung!: ()""#
    )
    .fetch_one(pool)
    .await?;
    Ok(())
}
