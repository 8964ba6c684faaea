//! What nobody's outcome ends: passwords that waited too long, requests that
//! were overtaken, memberships whose moment was missed.

use domain::{
    id::RequestId,
    problem::{Problem, ProblemCode},
};
use serde_json::Value;

use super::{EngineStore, record::finish_requests};
use crate::{StoreError, ts};

/// What a sweep did.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Swept {
    /// Keys of secrets that were destroyed.
    pub keys: usize,
    /// Passwords that waited longer than [`domain::limits::SECRET_HOURS`].
    pub secrets: usize,
    /// Requests that were finished because nothing was left of them.
    pub requests: usize,
    /// Groups with members to change that nobody had in the queue.
    pub groups: u64,
    /// Removed people whose time for restoring is over: their accounts go now.
    pub people: i64,
}

/// People whose accounts one statement makes unwanted.
const PEOPLE: usize = 200;

impl EngineStore {
    /// Destroys the keys of old secrets, fails the passwords that waited too
    /// long (also while their target is away), finishes requests of which
    /// everything was overtaken by later ones, and finds groups that somebody
    /// joined in the very moment the member came to be. Once a minute is enough.
    pub async fn sweep(&self) -> Result<Swept, StoreError> {
        let now = self.clock.now();
        let keys = self.keys.clone();
        let keys = tokio::task::spawn_blocking(move || keys.destroy_expired(now));
        let keys = keys.await.map_err(|_| StoreError::Conflict("the destruction of keys did not end"))??;
        let expired = serde_json::to_value(Problem::new(ProblemCode::SecretExpired)).unwrap_or(Value::Null);
        let mut tx = self.pool.begin().await?;
        let mut ended = sqlx::query_scalar!(
            "WITH s AS (DELETE FROM secret WHERE expires_at <= $1 RETURNING request_id, object_id)
             UPDATE request_item i SET state = 'failed', problem = $2, updated_at = now() FROM s
              WHERE i.request_id = s.request_id AND i.object_id = s.object_id
                AND i.state IN ('requested', 'running', 'parked') RETURNING i.request_id",
            ts(now) as _,
            expired
        )
        .fetch_all(&mut *tx)
        .await?;
        let secrets = ended.len();
        let overtaken = sqlx::query_scalar!(
            "SELECT r.id FROM request r WHERE r.finished_at IS NULL AND NOT EXISTS (SELECT FROM request_item i
                 WHERE i.request_id = r.id AND i.state IN ('requested', 'running', 'parked')) LIMIT 1000"
        )
        .fetch_all(&mut *tx)
        .await?;
        let requests = overtaken.len();
        ended.extend(overtaken);
        finish_requests(&mut tx, ended).await?;
        let groups = sqlx::query!(
            "INSERT INTO work (object_id, target_id, tenant_id, lane, due_at)
             SELECT DISTINCT o.id, o.target_id, o.tenant_id, 1, now()
               FROM membership m JOIN object o ON o.id = m.group_object
               LEFT JOIN external_object x ON x.object_id = m.member_object
              WHERE m.wanted_gen > m.applied_gen AND (NOT m.wanted OR x.external_id IS NOT NULL)
                AND NOT EXISTS (SELECT FROM work w WHERE w.object_id = o.id)
                AND NOT EXISTS (SELECT FROM request_item i WHERE i.object_id = m.group_object
                      AND i.member_id = m.member_object AND i.generation = m.wanted_gen AND i.state = 'failed')
             ON CONFLICT DO NOTHING"
        )
        .execute(&mut *tx)
        .await?
        .rows_affected();
        tx.commit().await?;
        let people = self.purge_people().await?;
        Ok(Swept { keys, secrets, requests, groups, people })
    }

    async fn purge_people(&self) -> Result<i64, StoreError> {
        let mut all = 0;
        loop {
            let now = self.clock.now();
            let fresh: Vec<_> =
                (0..2 * PEOPLE).map(|_| RequestId::new(now, self.keys.random()).uuid()).collect();
            let purged = sqlx::query_scalar!(
                r#"SELECT purge_people($1, $2, make_interval(days => $3), $4) AS "people!""#,
                &fresh,
                ts(now) as _,
                i32::try_from(domain::limits::RESERVED_DAYS).unwrap_or(i32::MAX),
                env!("CARGO_PKG_VERSION")
            )
            .fetch_one(&self.pool)
            .await?;
            all += purged;
            if purged < i64::try_from(PEOPLE).unwrap_or(i64::MAX) {
                return Ok(all);
            }
        }
    }
}
