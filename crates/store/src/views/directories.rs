//! Directories with health, breaker, queue and pace.

use domain::{
    id::{TargetId, TenantId},
    limits,
    problem::{Problem, ProblemCode},
};
use jiff::Timestamp;

use super::{COUNTED, TenantName};
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
    pub problem: Option<Problem>,
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
    /// Nothing is sent.
    pub maintenance: bool,
    /// It is looked at and never changed.
    pub read_only: bool,
    /// It is for somebody alone: for whom, if the caller may know.
    pub dedicated: Option<Option<TenantName>>,
    /// Raised with every change of these.
    pub version: i64,
    /// Its controllers that were asked, the preferred one first.
    pub controllers: Vec<ControllerView>,
}

impl DirectoryView {
    /// What holds nothing back yet and should be looked at.
    #[must_use]
    pub fn warnings(&self) -> Vec<Problem> {
        let skewed = |controller: &ControllerView| {
            let skew = controller.clock_skew_millis?;
            let problem = Problem::new(ProblemCode::ClockSkew)
                .with("controller", &controller.address)
                .with("seconds", skew.unsigned_abs() / 1_000)
                .with("direction", if skew > 0 { "ahead" } else { "behind" });
            (u128::from(skew.unsigned_abs()) > limits::CLOCK_SKEW.as_millis()).then_some(problem)
        };
        self.controllers.iter().filter_map(skewed).collect()
    }
}

/// A controller of a directory, as the worker saw it that asked last.
#[derive(Debug, Clone)]
pub struct ControllerView {
    /// Where it is.
    pub address: String,
    /// Whether it answers.
    pub up: bool,
    /// Since when.
    pub since: Timestamp,
    /// When it was asked last.
    pub asked_at: Timestamp,
    /// Why it does not answer.
    pub problem: Option<Problem>,
    /// By how much its clock is ahead of the worker's that asked it, in milliseconds.
    pub clock_skew_millis: Option<i64>,
    /// How long its answer took, in microseconds.
    pub round_trip_micros: Option<i64>,
    /// Work goes there.
    pub used: bool,
}

/// Something everybody who works in a directory should know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectoryNotice {
    /// The directory's name.
    pub name: String,
    /// It does not answer, or lets nothing be done.
    pub away: bool,
    /// Why.
    pub problem: Option<Problem>,
    /// It is in maintenance.
    pub maintenance: bool,
    /// It is read-only.
    pub read_only: bool,
}

impl ReadTx<'_> {
    /// All directories the caller may see, by code, after `after`.
    pub async fn directory_views(
        &mut self,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<DirectoryView>, StoreError> {
        self.directories(None, after, limit).await
    }

    /// The directory with this code, if the caller may see it.
    pub async fn directory_view(&mut self, code: &str) -> Result<DirectoryView, StoreError> {
        let found = self.directories(Some(code), None, 1).await?.pop();
        found.ok_or(StoreError::NotFound("directory"))
    }

    async fn with_controllers(
        &mut self,
        mut views: Vec<DirectoryView>,
    ) -> Result<Vec<DirectoryView>, StoreError> {
        let ids: Vec<_> = views.iter().map(|view| view.id.uuid()).collect();
        // The first is used as long as no worker found a reason to use another.
        let rows = sqlx::query!(
            r#"SELECT c.target_id, c.address, c.state = 'up' AS "up!", c.since AS "since: jiff_sqlx::Timestamp",
                      c.asked_at AS "asked_at: jiff_sqlx::Timestamp", c.reason, c.problem, c.round_trip_micros,
                      c.clock_skew_millis,
                      coalesce(h.controller = c.address, c.position = 1) AS "used!"
                 FROM controller_health c LEFT JOIN target_health h USING (target_id)
                WHERE c.target_id = ANY($1) ORDER BY c.target_id, c.position"#,
            &ids
        )
        .fetch_all(self.sql())
        .await?;
        for row in rows {
            let Some(view) = views.iter_mut().find(|view| view.id.uuid() == row.target_id) else { continue };
            view.controllers.push(ControllerView {
                address: row.address,
                up: row.up,
                since: row.since.to_jiff(),
                asked_at: row.asked_at.to_jiff(),
                problem: why(!row.up, row.problem, row.reason),
                clock_skew_millis: row.clock_skew_millis,
                round_trip_micros: row.round_trip_micros,
                used: row.used,
            });
        }
        Ok(views)
    }

    /// The directories the caller may know of that are away or not as usual.
    pub async fn directory_notices(&mut self) -> Result<Vec<DirectoryNotice>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT t.name, coalesce(h.state = 'down', false) AS "away!", t.maintenance, t.read_only,
                      h.problem AS "problem?", h.reason AS "reason?"
                 FROM target t LEFT JOIN target_health h ON h.target_id = t.id
                WHERE t.removed_at IS NULL AND (t.maintenance OR t.read_only OR h.state = 'down') ORDER BY t.name LIMIT 20"#
        )
        .fetch_all(self.sql())
        .await?;
        let rows = rows.into_iter();
        Ok(rows
            .map(|row| DirectoryNotice {
                problem: why(row.away, row.problem, row.reason),
                name: row.name,
                away: row.away,
                maintenance: row.maintenance,
                read_only: row.read_only,
            })
            .collect())
    }

    async fn directories(
        &mut self,
        code: Option<&str>,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<DirectoryView>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT t.id, t.code, t.name, t.maintenance, t.read_only, t.version, t.dedicated, o.id AS "owner?", o.code AS "owner_code?", o.name AS "owner_name?", h.state = 'up' AS "up?", h.reason AS "reason?", h.problem AS "problem?", h.pace_micros AS "pace?",
                      h.since AS "since?: jiff_sqlx::Timestamp", h.retry_at AS "retry_at?: jiff_sqlx::Timestamp",
                      (SELECT count(*) FROM (SELECT FROM work w WHERE w.target_id = t.id AND w.lane = 0
                        LIMIT $1) w) AS "interactive!",
                      (SELECT count(*) FROM (SELECT FROM work w WHERE w.target_id = t.id AND w.lane = 1
                        LIMIT $1) w) AS "bulk!",
                      (SELECT count(*) FROM (SELECT FROM request_item i JOIN object o ON o.id = i.object_id
                        WHERE i.state = 'parked' AND o.target_id = t.id LIMIT $1) i) AS "parked!",
                      (SELECT count(*) FROM (SELECT FROM request_item i JOIN object o ON o.id = i.object_id
                        WHERE i.state = 'failed' AND o.target_id = t.id LIMIT $1) i) AS "failed!"
                 FROM target t LEFT JOIN target_health h ON h.target_id = t.id LEFT JOIN tenant o ON o.id = t.tenant_id
                WHERE t.removed_at IS NULL AND ($2::text IS NULL OR t.code COLLATE "C" > $2) AND ($4::text IS NULL OR t.code = $4) ORDER BY t.code COLLATE "C" LIMIT $3"#,
            COUNTED,
            after,
            i64::from(limit),
            code
        )
        .fetch_all(self.sql())
        .await?;
        let views =
            rows.into_iter()
                .map(|row| DirectoryView {
                    id: TargetId::from_uuid(row.id),
                    code: row.code,
                    name: row.name,
                    up: row.up,
                    since: row.since.map(jiff_sqlx::Timestamp::to_jiff),
                    retry_at: row.retry_at.map(jiff_sqlx::Timestamp::to_jiff),
                    problem: why(row.up == Some(false), row.problem, row.reason),
                    pace_micros: row.pace,
                    interactive: row.interactive,
                    bulk: row.bulk,
                    parked: row.parked,
                    failed: row.failed,
                    maintenance: row.maintenance,
                    read_only: row.read_only,
                    dedicated: row.dedicated.then(|| {
                        row.owner
                            .zip(row.owner_code)
                            .zip(row.owner_name)
                            .map(|((id, code), name)| TenantName { id: TenantId::from_uuid(id), code, name })
                    }),
                    version: row.version,
                    controllers: vec![],
                })
                .collect();
        self.with_controllers(views).await
    }
}

/// Why something is away: what a worker found, or that it does not answer where the worker is of
/// a version that says no more.
fn why(away: bool, cause: Option<serde_json::Value>, words: Option<String>) -> Option<Problem> {
    let known = cause.and_then(|cause| serde_json::from_value::<Problem>(cause).ok());
    let problem = away.then(|| known.unwrap_or_else(|| Problem::new(ProblemCode::Unreachable)))?;
    Some(match words {
        Some(words) => problem.said(words),
        None => problem,
    })
}
