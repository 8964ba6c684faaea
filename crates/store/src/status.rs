//! Directories: health, breaker, queue and pace, for those who run them.

use domain::id::TargetId;
use jiff::Timestamp;

use crate::{StoreError, tx::ReadTx};

/// A directory with its health.
#[derive(Debug, Clone)]
pub struct Directory {
    /// Its id.
    pub id: TargetId,
    /// Code in the configuration.
    pub code: String,
    /// Name as shown.
    pub name: String,
    /// Answers.
    pub up: bool,
    /// Since when.
    pub since: Option<Timestamp>,
    /// When it is tried again.
    pub retry_at: Option<Timestamp>,
    /// What it said last.
    pub reason: Option<String>,
    /// Microseconds per object, measured.
    pub pace_micros: i64,
    /// Objects waiting, counted up to 10,001.
    pub queue: i64,
}

impl ReadTx<'_> {
    /// All directories the caller may see.
    pub async fn directories(&mut self) -> Result<Vec<Directory>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT t.id, t.code, t.name, coalesce(h.state = 'up', false) AS "up!", h.reason AS "reason?",
                      h.since AS "since?: jiff_sqlx::Timestamp", h.retry_at AS "retry_at?: jiff_sqlx::Timestamp",
                      coalesce(h.pace_micros, 0) AS "pace!",
                      (SELECT count(*) FROM (SELECT FROM work w WHERE w.target_id = t.id LIMIT 10001) w) AS "queue!"
                 FROM target t LEFT JOIN target_health h ON h.target_id = t.id ORDER BY t.code"#
        )
        .fetch_all(self.sql())
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| Directory {
                id: TargetId::from_uuid(row.id),
                code: row.code,
                name: row.name,
                up: row.up,
                since: row.since.map(jiff_sqlx::Timestamp::to_jiff),
                retry_at: row.retry_at.map(jiff_sqlx::Timestamp::to_jiff),
                reason: row.reason,
                pace_micros: row.pace,
                queue: row.queue,
            })
            .collect())
    }
}
