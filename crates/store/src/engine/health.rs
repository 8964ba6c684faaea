//! The breaker of a target and what its operator allows: shared by all workers
//! through one row.

use domain::{
    id::TargetId,
    limits,
    problem::{Problem, ProblemCode},
};
use jiff::Timestamp;
use serde_json::Value;

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
    /// The controller all workers use, by address, once one was chosen.
    pub controller: Option<String>,
    /// What the operator allows.
    pub mode: Mode,
}

/// What the operator of a target allows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Mode {
    /// Nothing is sent.
    pub maintenance: bool,
    /// It may be looked at and not changed.
    pub read_only: bool,
}

/// What a worker found of one controller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ControllerSeen {
    /// Its address, at most [`limits::ADDRESS_CHARS`] characters.
    pub address: String,
    /// Whether it answered.
    pub up: bool,
    /// Why it did not.
    pub problem: Option<Problem>,
    /// How long its answer took, in microseconds.
    pub round_trip_micros: Option<i64>,
    /// By how much its clock is ahead, in milliseconds.
    pub clock_skew_millis: Option<i64>,
}

impl EngineStore {
    /// The state of a target; `pace_micros` is what to assume before anything was measured.
    pub async fn health(&self, target: TargetId, pace_micros: i64) -> Result<Health, StoreError> {
        let found = sqlx::query!(
            r#"SELECT h.state, h.failures, h.pace_micros, h.retry_at AS "retry_at: jiff_sqlx::Timestamp", h.controller,
                      t.maintenance, t.read_only
                 FROM target_health h JOIN target t ON t.id = h.target_id WHERE h.target_id = $1"#,
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
            let mode = self.mode(target).await?;
            return Ok(Health { up: true, retry_at: None, failures: 0, pace_micros, controller: None, mode });
        };
        Ok(Health {
            up: row.state == "up",
            retry_at: row.retry_at.map(jiff_sqlx::Timestamp::to_jiff),
            failures: row.failures,
            pace_micros: row.pace_micros,
            controller: row.controller,
            mode: Mode { maintenance: row.maintenance, read_only: row.read_only },
        })
    }

    /// What the operator allows now: asked before anything is sent.
    pub async fn mode(&self, target: TargetId) -> Result<Mode, StoreError> {
        let row = sqlx::query!("SELECT maintenance, read_only FROM target WHERE id = $1", target.uuid())
            .fetch_one(&self.pool)
            .await?;
        Ok(Mode { maintenance: row.maintenance, read_only: row.read_only })
    }

    /// Shows what waits for a target in maintenance as parked, with the reason.
    /// It was not asked, so nothing is counted, and nothing becomes due later.
    pub async fn park_waiting(&self, target: TargetId) -> Result<u64, StoreError> {
        let problem = serde_json::to_value(Problem::new(ProblemCode::Maintenance)).unwrap_or_default();
        let parked = sqlx::query!(
            "WITH a AS (SELECT i.request_id, i.object_id, i.member_id
                          FROM work w JOIN request_item i ON i.object_id = w.object_id
                         WHERE w.target_id = $1 AND i.state = 'requested'
                           AND (w.lease_until IS NULL OR w.lease_until < now()) LIMIT $3)
             UPDATE request_item i SET state = 'parked', problem = $2, updated_at = now() FROM a
              WHERE (i.request_id, i.object_id, i.member_id) = (a.request_id, a.object_id, a.member_id)
                AND i.state = 'requested'",
            target.uuid(),
            problem,
            limits::PARKED_AT_ONCE
        )
        .execute(&self.pool)
        .await?;
        Ok(parked.rows_affected())
    }

    /// New work goes to this controller: the other workers follow.
    pub async fn controller_chosen(&self, target: TargetId, address: &str) -> Result<(), StoreError> {
        sqlx::query!("UPDATE target_health SET controller = $2 WHERE target_id = $1", target.uuid(), address)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// What a worker found of the controllers of a target, in the order of
    /// preference; those that are not named any more are forgotten.
    pub async fn controllers_seen(
        &self,
        target: TargetId,
        seen: &[ControllerSeen],
    ) -> Result<(), StoreError> {
        let addresses: Vec<_> = seen.iter().map(|c| c.address.clone()).collect();
        let up: Vec<_> = seen.iter().map(|c| c.up).collect();
        let causes = seen.iter().map(|c| c.problem.as_ref().map(cause_and_words));
        let (causes, reasons): (Vec<_>, Vec<_>) = causes.map(Option::unzip).unzip();
        let reasons: Vec<_> = reasons.into_iter().map(Option::flatten).collect();
        let trips: Vec<_> = seen.iter().map(|c| c.round_trip_micros).collect();
        let skews: Vec<_> = seen.iter().map(|c| c.clock_skew_millis).collect();
        sqlx::query!(
            "WITH a AS (SELECT * FROM unnest($2::text[], $3::bool[], $4::text[], $5::bigint[], $6::jsonb[], $7::bigint[])
                        WITH ORDINALITY AS a (address, up, reason, trip, problem, skew, position)),
                  d AS (DELETE FROM controller_health c WHERE c.target_id = $1 AND c.address <> ALL ($2))
             INSERT INTO controller_health AS c (target_id, address, position, state, since, asked_at, reason,
                    round_trip_micros, problem, clock_skew_millis)
             SELECT $1, a.address, a.position, CASE WHEN a.up THEN 'up' ELSE 'down' END, now(), now(), a.reason, a.trip,
                    a.problem, a.skew
               FROM a ORDER BY a.address
             ON CONFLICT (target_id, address) DO UPDATE
                SET position = excluded.position, state = excluded.state, asked_at = excluded.asked_at,
                    reason = excluded.reason, round_trip_micros = excluded.round_trip_micros,
                    problem = excluded.problem, clock_skew_millis = excluded.clock_skew_millis,
                    since = CASE WHEN c.state = excluded.state THEN c.since ELSE excluded.since END",
            target.uuid(),
            &addresses,
            &up,
            &reasons as _,
            &trips as _,
            &causes as _,
            &skews as _
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// The target does not answer: nobody claims its work before `retry_at`.
    pub async fn target_down(
        &self,
        target: TargetId,
        problem: &Problem,
        retry_at: Timestamp,
    ) -> Result<(), StoreError> {
        let (cause, reason) = cause_and_words(problem);
        sqlx::query!(
            "UPDATE target_health SET state = 'down', failures = failures + 1, reason = $2, retry_at = $3, problem = $4,
                    since = CASE WHEN state = 'up' THEN now() ELSE since END
              WHERE target_id = $1",
            target.uuid(),
            reason,
            ts(retry_at) as _,
            cause
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// The target answers: its work goes on, what was parked first. One that could not write
    /// has not shown yet that it can: it keeps its waits until [`Self::target_works`].
    pub async fn target_up(&self, target: TargetId) -> Result<(), StoreError> {
        sqlx::query!(
            "WITH h AS (UPDATE target_health SET state = 'up', reason = NULL, retry_at = NULL, problem = NULL,
                               failures = CASE WHEN problem->>'code' = $2 THEN failures ELSE 0 END,
                               since = now() WHERE target_id = $1 AND state = 'down' RETURNING target_id),
                  w AS (UPDATE work w SET due_at = least(w.due_at, now()) FROM h, external_object x
                         WHERE w.target_id = h.target_id AND x.object_id = w.object_id AND x.state = 'parked')
             SELECT pg_notify('tenantry_work', '') FROM h",
            target.uuid(),
            ProblemCode::DiskFull.code()
        )
        .fetch_optional(&self.pool)
        .await?;
        Ok(())
    }

    /// Work was done in a target that had failed before: its waits begin anew.
    pub async fn target_works(&self, target: TargetId) -> Result<(), StoreError> {
        sqlx::query!(
            "UPDATE target_health SET failures = 0 WHERE target_id = $1 AND state = 'up' AND failures > 0",
            target.uuid()
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}

/// The code with its arguments, and the target's own words, as they are kept.
fn cause_and_words(problem: &Problem) -> (Value, Option<String>) {
    let cause = Problem { target_message: None, ..problem.clone() };
    (serde_json::to_value(cause).unwrap_or(Value::Null), problem.target_message.as_deref().map(plain))
}

/// As much of a reason as is kept. PostgreSQL refuses NULs, and some targets say them.
fn plain(reason: &str) -> String {
    reason.chars().filter(|c| *c != '\0').take(500).collect()
}
