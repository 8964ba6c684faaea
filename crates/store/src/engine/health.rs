//! The breaker of a target: shared by all workers through one row.

use domain::id::TargetId;
use jiff::Timestamp;

use super::EngineStore;
use crate::{StoreError, ts};

/// Whether a target takes work.
#[derive(Debug, Clone)]
pub struct Health {
    /// It answered last time.
    pub up: bool,
    /// When down: when to ask it again.
    pub retry_at: Option<Timestamp>,
    /// How often it failed in a row.
    pub failures: i32,
    /// Measured time per object, in microseconds.
    pub pace_micros: i64,
}

impl EngineStore {
    /// The state of a target; `pace_micros` is what to assume before anything was measured.
    pub async fn health(&self, target: TargetId, pace_micros: i64) -> Result<Health, StoreError> {
        let found = sqlx::query!(
            r#"SELECT state, failures, pace_micros, retry_at AS "retry_at: jiff_sqlx::Timestamp"
                 FROM target_health WHERE target_id = $1"#,
            target.uuid()
        )
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = found else {
            sqlx::query!(
                "INSERT INTO target_health (target_id, since, pace_micros) VALUES ($1, now(), $2)
                 ON CONFLICT (target_id) DO NOTHING",
                target.uuid(),
                pace_micros
            )
            .execute(&self.pool)
            .await?;
            return Ok(Health { up: true, retry_at: None, failures: 0, pace_micros });
        };
        Ok(Health {
            up: row.state == "up",
            retry_at: row.retry_at.map(jiff_sqlx::Timestamp::to_jiff),
            failures: row.failures,
            pace_micros: row.pace_micros,
        })
    }

    /// The target does not answer: nobody claims its work before `retry_at`.
    pub async fn target_down(
        &self,
        target: TargetId,
        reason: &str,
        retry_at: Timestamp,
    ) -> Result<(), StoreError> {
        // PostgreSQL refuses NULs, and some targets say them.
        let reason: String = reason.chars().filter(|c| *c != '\0').take(500).collect();
        sqlx::query!(
            "UPDATE target_health SET state = 'down', failures = failures + 1, reason = $2, retry_at = $3,
                    since = CASE WHEN state = 'up' THEN now() ELSE since END
              WHERE target_id = $1",
            target.uuid(),
            reason,
            ts(retry_at) as _
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// The target answers: its work goes on, what was parked first.
    pub async fn target_up(&self, target: TargetId) -> Result<(), StoreError> {
        sqlx::query!(
            "WITH h AS (UPDATE target_health SET state = 'up', failures = 0, reason = NULL, retry_at = NULL,
                               since = now() WHERE target_id = $1 AND state = 'down' RETURNING target_id),
                  w AS (UPDATE work w SET due_at = least(w.due_at, now()) FROM h, external_object x
                         WHERE w.target_id = h.target_id AND x.object_id = w.object_id AND x.state = 'parked')
             SELECT pg_notify('tenantry_work', '') FROM h",
            target.uuid()
        )
        .fetch_optional(&self.pool)
        .await?;
        Ok(())
    }
}
