//! Directories with health, breaker, queue and pace.

use domain::id::TargetId;
use jiff::Timestamp;

use super::COUNTED;
use crate::{StoreError, tx::ReadTx};

/// A directory and how it is doing.
#[derive(Debug, Clone)]
pub struct DirectoryView {
    /// Its id.
    pub id: TargetId,
    /// Code in the configuration.
    pub code: String,
    /// Name as shown.
    pub name: String,
    /// Whether it answers; none before anything was asked of it.
    pub up: Option<bool>,
    /// Since when.
    pub since: Option<Timestamp>,
    /// When it is tried again.
    pub retry_at: Option<Timestamp>,
    /// Why it does not answer.
    pub reason: Option<String>,
    /// Microseconds an object takes, measured.
    pub pace_micros: Option<i64>,
    /// Objects somebody waits for, up to [`COUNTED`].
    pub interactive: i64,
    /// Objects of large requests, up to [`COUNTED`].
    pub bulk: i64,
    /// Parked objects, up to [`COUNTED`].
    pub parked: i64,
    /// Objects that need a person, up to [`COUNTED`].
    pub failed: i64,
}

impl ReadTx<'_> {
    /// All directories the caller may see, by code, after `after`.
    pub async fn directory_views(
        &mut self,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<DirectoryView>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT t.id, t.code, t.name, h.state = 'up' AS "up?", h.reason AS "reason?", h.pace_micros AS "pace?",
                      h.since AS "since?: jiff_sqlx::Timestamp", h.retry_at AS "retry_at?: jiff_sqlx::Timestamp",
                      (SELECT count(*) FROM (SELECT FROM work w WHERE w.target_id = t.id AND w.lane = 0
                        LIMIT $1) w) AS "interactive!",
                      (SELECT count(*) FROM (SELECT FROM work w WHERE w.target_id = t.id AND w.lane = 1
                        LIMIT $1) w) AS "bulk!",
                      (SELECT count(*) FROM (SELECT FROM request_item i JOIN object o ON o.id = i.object_id
                        WHERE i.state = 'parked' AND o.target_id = t.id LIMIT $1) i) AS "parked!",
                      (SELECT count(*) FROM (SELECT FROM request_item i JOIN object o ON o.id = i.object_id
                        WHERE i.state = 'failed' AND o.target_id = t.id LIMIT $1) i) AS "failed!"
                 FROM target t LEFT JOIN target_health h ON h.target_id = t.id
                WHERE $2::text IS NULL OR t.code COLLATE "C" > $2 ORDER BY t.code COLLATE "C" LIMIT $3"#,
            COUNTED,
            after,
            i64::from(limit)
        )
        .fetch_all(self.sql())
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| DirectoryView {
                id: TargetId::from_uuid(row.id),
                code: row.code,
                name: row.name,
                up: row.up,
                since: row.since.map(jiff_sqlx::Timestamp::to_jiff),
                retry_at: row.retry_at.map(jiff_sqlx::Timestamp::to_jiff),
                reason: row.reason,
                pace_micros: row.pace,
                interactive: row.interactive,
                bulk: row.bulk,
                parked: row.parked,
                failed: row.failed,
            })
            .collect())
    }
}
