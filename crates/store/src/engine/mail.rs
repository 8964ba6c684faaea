//! Mails: claimed under a lease each, recorded under the same.

use domain::{
    id::MailId,
    limits,
    mail::{Kind, Message},
    problem::Problem,
};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use sqlx::{PgConnection, types::Json};
use tracing::error;

use super::EngineStore;
use crate::{StoreError, brands, error::known, mail::Parts, ts};

/// Beyond the time a mail may take, for what comes before and after it.
const LEASE_BEYOND: i32 = 20;

/// A mail that was claimed.
#[derive(Debug)]
pub struct DueMail {
    /// Which: the same Message-ID every time it is sent.
    pub id: MailId,
    /// The fencing token: its outcome is only accepted with it.
    pub lease: i64,
    /// How often it was tried.
    pub attempts: i32,
    /// How often in a row the mail server gave no answer.
    pub failures: i32,
    /// Its link still works, and the person is still there.
    pub alive: bool,
    /// From then on it is not tried again.
    pub give_up_at: Timestamp,
    /// What it says; none while it cannot be opened on this machine.
    pub message: Option<Message>,
}

/// How one try of a mail ended.
#[derive(Debug, Clone)]
pub enum MailEnding {
    /// The mail server took it.
    Sent,
    /// Tried again after a while.
    Again {
        /// What is shown meanwhile.
        problem: Problem,
        /// Milliseconds.
        after_ms: i64,
    },
    /// It will not be sent.
    Failed(Problem),
}

/// What became of a mail.
#[derive(Debug)]
pub struct MailDone {
    /// Which.
    pub id: MailId,
    /// Under which lease.
    pub lease: i64,
    /// How it ended.
    pub ending: MailEnding,
    /// What was learnt of the mail server.
    pub server: ServerSeen,
}

/// What a try tells of the mail server.
#[derive(Debug, Clone)]
pub enum ServerSeen {
    /// It was not asked.
    NotAsked,
    /// It answered, whatever it said.
    Answered,
    /// It did not, or does not let us in; for so many milliseconds it is left alone.
    Away {
        /// Why.
        reason: String,
        /// Milliseconds.
        wait_ms: i64,
    },
}

impl EngineStore {
    /// Claims up to `limit` due mails: the urgent first, and of as many tenants as there are,
    /// so that thousands of one do not outlive the links of the others. One at a time from a
    /// server that does not answer, and none while it is left alone.
    pub async fn claim_mails(&self, limit: i64) -> Result<Vec<DueMail>, StoreError> {
        let lease_seconds =
            i32::try_from(limits::MAIL_SECONDS).unwrap_or(i32::MAX).saturating_add(LEASE_BEYOND);
        let rows = sqlx::query!(
            r#"WITH h AS (SELECT coalesce(max(failures), 0) AS failures, max(retry_at) AS retry_at FROM mail_health),
               pick AS (
                   -- A few more of each tenant, because another worker may hold the first at this moment.
                   SELECT m.id FROM mails_in_turn(4 * $1::bigint) w JOIN mail m ON m.id = w.id
                    WHERE m.state = 'requested' AND m.due_at <= now() AND (m.lease IS NULL OR m.lease_until < now())
                      AND coalesce((SELECT h.retry_at FROM h) <= now(), true)
                    -- Whose turn it is among tenants is drawn by lot, so that nobody is always first.
                    ORDER BY w.urgency, w.place, random()
                    LIMIT (SELECT CASE WHEN h.failures < $2 THEN $1::bigint ELSE 1 END FROM h)
                    FOR UPDATE OF m SKIP LOCKED),
               c AS (
                   UPDATE mail m SET lease = nextval('lease'), lease_until = now() + make_interval(secs => $3)
                     FROM pick WHERE m.id = pick.id RETURNING m.*)
               SELECT c.id AS "id!", c.lease AS "lease!", c.attempts AS "attempts!", c.user_id AS "user_id!",
                      c.activation_id AS "activation_id!", c.kind AS "kind!", c.language AS "language!",
                      c.personal AS "personal!", c.created_at AS "created_at!: jiff_sqlx::Timestamp",
                      t.name AS tenant, t.time_zone, a.expires_at AS "expires_at!: jiff_sqlx::Timestamp",
                      (a.used_at IS NULL AND a.revoked_at IS NULL AND u.enabled AND u.deleted_at IS NULL) AS "alive!",
                      b.host AS "host?", b.parts AS "parts?: Json<brands::Parts>", b.code AS "brand?",
                      b.configured AS "configured?", k.key_id AS "key_id?", k.sealed AS "sealed?", (SELECT h.failures FROM h) AS "failures!"
                 FROM c JOIN tenant t ON t.id = c.tenant_id JOIN activation a ON a.id = c.activation_id
                 JOIN users u ON u.id = c.user_id LEFT JOIN LATERAL brand_for(c.tenant_id) b ON true
                 LEFT JOIN person_key k ON k.person_id = c.user_id"#,
            limit,
            limits::MAIL_FAILURES,
            f64::from(lease_seconds)
        )
        .fetch_all(&self.pool)
        .await?;
        let due = rows.into_iter().map(|row| {
            let id = MailId::from_uuid(row.id);
            let until = row.expires_at.to_jiff();
            let parts = Parts {
                id: row.id,
                user: row.user_id,
                activation: row.activation_id,
                kind: known(Kind::from_code(&row.kind), "mail", "kind", id)?,
                language: row.language,
                brand: brands::of_mail(row.host, row.parts, row.brand, row.configured),
                tenant: row.tenant,
                time_zone: row.time_zone,
                until,
                personal: row.personal,
                key: row.key_id.zip(row.sealed),
            };
            let erased = parts.key.is_none();
            let message = parts.message(&self.keys).unwrap_or_else(|error| {
                error!(mail = %id, %error, "a mail cannot be opened");
                None
            });
            Ok(DueMail {
                id,
                lease: row.lease,
                attempts: row.attempts,
                failures: row.failures,
                alive: row.alive && !erased,
                give_up_at: until
                    .min(row.created_at.to_jiff() + SignedDuration::from_hours(limits::MAIL_HOURS)),
                message,
            })
        });
        due.collect()
    }

    /// Keeps what is due instead of sending it; gives how many.
    pub async fn keep_mails(&self) -> Result<u64, StoreError> {
        let now = ts(self.clock.now());
        let kept = sqlx::query!(
            "UPDATE mail SET state = 'kept', ended_at = $1, problem = NULL, lease = NULL, lease_until = NULL
              WHERE state = 'requested' AND (lease IS NULL OR lease_until < now())",
            now as _
        )
        .execute(&self.pool)
        .await?;
        Ok(kept.rows_affected())
    }

    /// Records what became of mails; those whose lease was lost are dropped. Gives how many
    /// were recorded.
    pub async fn record_mails(&self, done: &[MailDone]) -> Result<u64, StoreError> {
        let mut tx = self.pool.begin().await?;
        let (mut states, mut problems, mut waits) = (vec![], vec![], vec![]);
        for one in done {
            let (state, problem, after_ms) = match &one.ending {
                MailEnding::Sent => ("sent", None, 0),
                MailEnding::Again { problem, after_ms } => ("requested", Some(problem), *after_ms),
                MailEnding::Failed(problem) => ("failed", Some(problem), 0),
            };
            states.push(state.to_owned());
            problems.push(problem.map(|p| serde_json::to_value(p).unwrap_or(Value::Null)));
            waits.push(after_ms);
        }
        let now = ts(self.clock.now());
        let recorded = sqlx::query!(
            "UPDATE mail m SET lease = NULL, lease_until = NULL, attempts = m.attempts + 1, state = a.state,
                    problem = a.problem, due_at = now() + a.after * interval '1 ms',
                    ended_at = CASE WHEN a.state <> 'requested' THEN $6::timestamptz END
               FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::jsonb[], $5::bigint[])
                    AS a (id, lease, state, problem, after)
              WHERE m.id = a.id AND m.lease = a.lease",
            &done.iter().map(|d| d.id.uuid()).collect::<Vec<_>>(),
            &done.iter().map(|d| d.lease).collect::<Vec<_>>(),
            &states,
            &problems as _,
            &waits,
            now as _
        )
        .execute(&mut *tx)
        .await?
        .rows_affected();
        health(&mut tx, done).await?;
        tx.commit().await?;
        Ok(recorded)
    }
}

/// An answer, whatever it was, ends a row of failures; of several without one in the same
/// moment one counts.
async fn health(tx: &mut PgConnection, done: &[MailDone]) -> Result<(), StoreError> {
    let answered = done.iter().any(|one| matches!(one.server, ServerSeen::Answered));
    let away = done.iter().find_map(|one| match &one.server {
        ServerSeen::Away { reason, wait_ms } => Some((reason, *wait_ms)),
        _ => None,
    });
    let (reason, wait) = match (answered, away) {
        (true, _) => (None, 0),
        (false, Some((reason, wait))) => (Some(reason), wait),
        (false, None) => return Ok(()),
    };
    sqlx::query!(
        "INSERT INTO mail_health AS x (one, failures, since, reason)
         VALUES (true, CASE WHEN $1::text IS NULL THEN 0 ELSE 1 END, now(), $1)
         ON CONFLICT (one) DO UPDATE SET
            failures = CASE WHEN $1 IS NULL THEN 0 ELSE x.failures + 1 END,
            since = CASE WHEN ($1 IS NULL) = (x.failures = 0) THEN x.since ELSE now() END,
            reason = $1,
            retry_at = CASE WHEN $1 IS NOT NULL AND x.failures + 1 >= $3
                THEN now() + $2::bigint * interval '1 ms' END",
        reason,
        wait,
        limits::MAIL_FAILURES
    )
    .execute(tx)
    .await?;
    Ok(())
}
