//! Answers kept for a repeated `Idempotency-Key`, written in the transaction
//! of the change: there is never a change without its answer or the reverse.

use jiff::SignedDuration;
use serde_json::Value;

use crate::{StoreError, seal, ts, tx::WriteTx};

/// What is known of a key.
#[derive(Debug, PartialEq)]
pub enum Replay {
    /// First time: go on, then [`WriteTx::remember`].
    First,
    /// The same request was answered before with this.
    Answered {
        /// HTTP status.
        status: u16,
        /// Body.
        body: Value,
    },
    /// The key was used for another request.
    Different,
}

impl WriteTx<'_> {
    /// Looks up or takes `key` for this caller. A second request with the key
    /// waits here until the first is decided. After
    /// [`domain::limits::IDEMPOTENCY_HOURS`] a key is free again.
    pub async fn replay(&mut self, key: &str, content: &[u8]) -> Result<Replay, StoreError> {
        let hash = seal::hash(content);
        let (user, tenant, now) = (self.caller.user().uuid(), self.caller.tenant.uuid(), ts(self.now));
        let kept = self.now - SignedDuration::from_hours(domain::limits::IDEMPOTENCY_HOURS);
        let taken = sqlx::query!(
            "INSERT INTO idempotency AS i (user_id, key, tenant_id, request_hash, created_at)
             VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (user_id, key) DO UPDATE
                SET request_hash = excluded.request_hash, status = NULL, body = NULL, created_at = excluded.created_at
                WHERE i.created_at <= $6",
            user,
            key,
            tenant,
            hash.as_slice(),
            now as _,
            ts(kept) as _
        )
        .execute(self.sql())
        .await?;
        if taken.rows_affected() == 1 {
            return Ok(Replay::First);
        }
        let row = sqlx::query!(
            "SELECT request_hash, status, body FROM idempotency WHERE user_id = $1 AND key = $2",
            user,
            key
        )
        .fetch_one(self.sql())
        .await?;
        match (row.status.and_then(|s| u16::try_from(s).ok()), row.body) {
            _ if row.request_hash != hash => Ok(Replay::Different),
            (Some(status), Some(body)) => Ok(Replay::Answered { status, body }),
            // The key is visible only with the answer that was written with it.
            _ => Err(StoreError::Conflict("a key without its answer")),
        }
    }

    /// Keeps the answer for the key taken with [`WriteTx::replay`].
    pub async fn remember(&mut self, key: &str, status: u16, body: &Value) -> Result<(), StoreError> {
        let (user, status) = (self.caller.user().uuid(), i16::try_from(status).unwrap_or(500));
        sqlx::query!(
            "UPDATE idempotency SET status = $3, body = $4 WHERE user_id = $1 AND key = $2",
            user,
            key,
            status,
            body
        )
        .execute(self.sql())
        .await?;
        Ok(())
    }
}
