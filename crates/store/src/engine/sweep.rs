//! What nobody's outcome ends: passwords that waited too long, requests that
//! were overtaken, memberships whose moment was missed.

use domain::{
    fact::{FactKind, local_date, time_zone},
    id::RequestId,
    limits,
    problem::{Problem, ProblemCode},
};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use serde_json::Value;
use sqlx::PgConnection;
use tracing::warn;
use uuid::Uuid;

use super::{
    EngineStore,
    record::{NO_MEMBER, Starting, finish_requests, start},
};
use crate::{StoreError, ts};

/// Planned moves of tenants that one sweep makes.
const MOVED_AT_ONCE: usize = 50;

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
    /// Surveys that were too old.
    pub surveys: u64,
    /// Removed people whose time for restoring is over: their accounts go now.
    pub people: i64,
    /// Memberships that ended because their time was over.
    pub memberships: i64,
    /// Removed groups whose time for restoring is over.
    pub removed_groups: i64,
    /// Closed tenants whose grace was over: nothing of them is wanted any more.
    pub purged: i64,
    /// Planned moves whose day had come.
    pub moved: i64,
    /// Passwords that are older than the rules of their tenant allow.
    pub expired: i64,
    /// Accounts that were not as their tenant's standing wants them.
    pub settled: i64,
    /// Failed sign-ins, answers, sessions and mails whose time is over.
    pub forgotten: i64,
    /// Steps of moves between directories.
    pub steps: usize,
    /// What happened since the last time and was added up.
    pub figures: i64,
    /// Quotas that were counted.
    pub quotas: usize,
}

/// People whose accounts one statement makes unwanted.
const PEOPLE: usize = 200;
/// Rows of each kind that one sweep forgets: more than a busy instance makes between two.
const FORGOTTEN: i32 = 10_000;

/// Nothing was done, and why is told at the end.
fn no<T: Default>(note: &mut impl FnMut(StoreError), error: StoreError) -> T {
    warn!(%error, "a part of the sweep failed; the next one repeats it");
    note(error);
    T::default()
}

impl EngineStore {
    /// Destroys the keys of old secrets, fails the passwords that waited too
    /// long (also while their target is away), finishes requests of which
    /// everything was overtaken by later ones, and finds groups that somebody
    /// joined in the very moment the member came to be. Then what is due in tenants'
    /// lives, and what was kept for a time only. Once a minute is enough.
    pub async fn sweep(&self) -> Result<Swept, StoreError> {
        let now = self.clock.now();
        let keys = self.keys.clone();
        let keys = tokio::task::spawn_blocking(move || keys.destroy_expired(now));
        let keys = keys.await.map_err(|_| StoreError::Conflict("the destruction of keys did not end"))??;
        let (secrets, requests, groups) = self.sweep_requests(now).await?;
        // One that fails keeps no other from being done.
        let mut failed = None;
        let mut done = |error| failed = Some(error);
        let memberships = self.end_memberships(now).await.unwrap_or_else(|e| no(&mut done, e));
        let surveys = self.forget_surveys(now).await.unwrap_or_else(|e| no(&mut done, e));
        let people = self.purge_people().await.unwrap_or_else(|e| no(&mut done, e));
        let removed_groups = self.purge_groups(now).await.unwrap_or_else(|e| no(&mut done, e));
        let (purged, moved, settled) = self.sweep_tenants(now).await.unwrap_or_else(|e| no(&mut done, e));
        let steps = self.drive_directory_moves().await.unwrap_or_else(|e| no(&mut done, e));
        let expired = self.expire_passwords(now).await.unwrap_or_else(|e| no(&mut done, e));
        let forgotten = self.forget(now).await.unwrap_or_else(|e| no(&mut done, e));
        let figures = self.fold_figures().await.unwrap_or_else(|e| no(&mut done, e));
        let quotas = self.settle_quotas().await.unwrap_or_else(|e| no(&mut done, e));
        if let Some(error) = failed {
            return Err(error);
        }
        Ok(Swept {
            keys,
            secrets,
            requests,
            groups,
            surveys,
            people,
            memberships,
            removed_groups,
            purged,
            moved,
            expired,
            settled,
            forgotten,
            steps,
            figures,
            quotas,
        })
    }

    /// Passwords that waited too long, requests that are over, groups nobody has in the queue.
    async fn sweep_requests(&self, now: Timestamp) -> Result<(usize, usize, u64), StoreError> {
        let expired = serde_json::to_value(Problem::new(ProblemCode::SecretExpired)).unwrap_or(Value::Null);
        let mut tx = self.pool.begin().await?;
        let mut ended = sqlx::query_scalar!(
            // A first one ends with the work at its account, or the account would be told to have failed.
            "WITH s AS (DELETE FROM secret WHERE expires_at <= $1 AND portal_hash IS NOT NULL
                        RETURNING request_id, object_id)
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
        ended.extend(end_pointless(&mut tx).await?);
        ended.extend(self.forget_wanted(&mut tx).await?);
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
                AND NOT EXISTS (SELECT FROM hook_delivery h WHERE h.holds
                      AND h.group_object = m.group_object AND h.member_object = m.member_object)
             ON CONFLICT DO NOTHING"
        )
        .execute(&mut *tx)
        .await?
        .rows_affected();
        tx.commit().await?;
        Ok((secrets, requests, groups))
    }

    /// Takes the next step of every move between directories that has one: each in a
    /// transaction of its own. Gives how many there were. Asks for ids only when there is
    /// nothing to do, so that it may be called often.
    pub async fn drive_directory_moves(&self) -> Result<usize, StoreError> {
        let now = self.clock.now();
        let open = sqlx::query_scalar!("SELECT id FROM directory_move WHERE ended_at IS NULL ORDER BY id")
            .fetch_all(&self.pool)
            .await?;
        let reserved = now + SignedDuration::from_hours(24 * limits::RESERVED_DAYS);
        let (mut steps, mut failed) = (0, None);
        for id in open {
            let step = sqlx::query_scalar!(
                "SELECT drive_directory_move($1, $2, $3, $4, $5)",
                id,
                ts(now) as _,
                ts(reserved) as _,
                i32::try_from(limits::ACTIVATION_HOURS).unwrap_or(i32::MAX),
                env!("CARGO_PKG_VERSION")
            )
            .fetch_one(&self.pool)
            .await;
            match step {
                Ok(step) if step.as_deref().is_some_and(|step| step != "waiting") => steps += 1,
                Ok(_) => {}
                // One that cannot go on keeps no other from it.
                Err(error) => {
                    warn!(%error, %id, "a move between directories did not go on");
                    failed.get_or_insert(error);
                }
            }
        }
        if steps > 0 {
            sqlx::query!("SELECT pg_notify('tenantry_work', '')").execute(&self.pool).await?;
        }
        failed.map_or(Ok(steps), |error| Err(error.into()))
    }

    /// Forgets what is kept for a time only.
    async fn forget(&self, now: Timestamp) -> Result<i64, StoreError> {
        let before = |hours| ts(now - SignedDuration::from_hours(hours));
        let forgotten = sqlx::query_scalar!(
            r#"SELECT forget_ended($1, $2, $3, $4) AS "n!""#,
            before(limits::SIGN_IN_FAILURE_HOURS) as _,
            before(limits::IDEMPOTENCY_HOURS) as _,
            before(limits::ENDED_SESSION_HOURS) as _,
            FORGOTTEN
        )
        .fetch_one(&self.pool)
        .await?;
        let mails = sqlx::query_scalar!(
            r#"SELECT forget_mail($1, $2, $3) AS "n!""#,
            before(limits::MAIL_KEPT_HOURS) as _,
            before(1) as _,
            FORGOTTEN
        )
        .fetch_one(&self.pool)
        .await?;
        let tried = sqlx::query_scalar!(
            r#"SELECT forget_sign_ins($1, $2) AS "n!""#,
            before(limits::SIGN_IN_FAILURE_HOURS) as _,
            FORGOTTEN
        )
        .fetch_one(&self.pool)
        .await?;
        let bulk = sqlx::query_scalar!(
            r#"SELECT forget_bulk($1, $2, $3) AS "n!""#,
            before(limits::BULK_PREVIEW_HOURS) as _,
            before(limits::BULK_KEPT_HOURS) as _,
            // Each takes its rows with it.
            10
        )
        .fetch_one(&self.pool)
        .await?;
        Ok(forgotten + mails + tried + bulk)
    }

    /// Members who should have gone and are wanted now stay.
    async fn forget_wanted(&self, tx: &mut PgConnection) -> Result<Vec<Uuid>, StoreError> {
        let requests = sqlx::query_scalar!(
            "WITH d AS (DELETE FROM stray_member s USING object o, external_object x, membership m
                         WHERE o.id = s.group_object AND x.target_id = o.target_id AND x.external_id = s.external_id
                           AND m.group_object = s.group_object AND m.member_object = x.object_id AND m.wanted
                        RETURNING s.request_id, s.group_object, s.external_id)
             UPDATE request_item i SET state = 'superseded', problem = NULL, updated_at = now() FROM d
              WHERE i.request_id = d.request_id AND i.object_id = d.group_object AND i.member_id = d.external_id
                AND i.state IN ('requested', 'running', 'failed', 'parked') RETURNING i.request_id"
        )
        .fetch_all(tx)
        .await?;
        Ok(requests)
    }

    /// Memberships whose time is over; those of one tenant together, so that they
    /// leave the directory in few changes.
    async fn end_memberships(&self, now: Timestamp) -> Result<i64, StoreError> {
        let mut all = 0;
        loop {
            let ended = sqlx::query_scalar!(
                r#"SELECT end_memberships($1, $2, $3, $4) AS "n!""#,
                ts(now) as _,
                limits::MEMBERSHIPS_ENDED_AT_ONCE,
                i32::try_from(limits::INTERACTIVE_OBJECTS).unwrap_or(i32::MAX),
                env!("CARGO_PKG_VERSION")
            )
            .fetch_one(&self.pool)
            .await?;
            if ended == 0 {
                break;
            }
            all += ended;
        }
        if all > 0 {
            sqlx::query!("SELECT pg_notify('tenantry_work', '')").execute(&self.pool).await?;
        }
        Ok(all)
    }

    async fn purge_groups(&self, now: Timestamp) -> Result<i64, StoreError> {
        let reserved = now + SignedDuration::from_hours(24 * limits::RESERVED_DAYS);
        let purged = sqlx::query_scalar!(
            r#"SELECT purge_groups($1, $2, $3) AS "n!""#,
            ts(now) as _,
            ts(reserved) as _,
            env!("CARGO_PKG_VERSION")
        )
        .fetch_one(&self.pool)
        .await?;
        Ok(purged)
    }

    async fn expire_passwords(&self, now: Timestamp) -> Result<i64, StoreError> {
        let version = env!("CARGO_PKG_VERSION");
        let expired =
            sqlx::query_scalar!(r#"SELECT expire_passwords($1, $2) AS "n!""#, ts(now) as _, version)
                .fetch_one(&self.pool)
                .await?;
        Ok(expired)
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

    /// Closed tenants whose grace is over, moves whose day has come, and what was
    /// written in the moment a tenant's standing changed: each in a transaction of its
    /// own, so that one that fails does not keep the others.
    async fn sweep_tenants(&self, now: Timestamp) -> Result<(i64, i64, i64), StoreError> {
        let version = env!("CARGO_PKG_VERSION");
        let reserved = now + SignedDuration::from_hours(24 * limits::RESERVED_DAYS);
        let purged = sqlx::query_scalar!(
            r#"SELECT purge_closed($1, $2, $3) AS "n!""#,
            ts(now) as _,
            ts(reserved) as _,
            version
        )
        .fetch_one(&self.pool)
        .await?;
        let levels = i32::try_from(limits::TENANT_DEPTH).unwrap_or(i32::MAX);
        let mut moved = 0;
        for _ in 0..MOVED_AT_ONCE {
            let one = sqlx::query_scalar!(
                r#"SELECT take_planned_moves($1, $2, $3) AS "n!""#,
                ts(now) as _,
                levels,
                version
            )
            .fetch_one(&self.pool)
            .await?;
            moved += one;
            if one == 0 {
                break;
            }
        }
        let settled = sqlx::query_scalar!(r#"SELECT settle_recent($1, $2) AS "n!""#, ts(now) as _, version)
            .fetch_one(&self.pool)
            .await?;
        self.end_late_subscriptions().await?;
        self.start_late_subscriptions(now).await?;
        Ok((purged, moved, settled))
    }

    /// Subscriptions that are real and that nobody started, because they took another's place
    /// in the very moment that one was verified: from then on, if it had started.
    async fn start_late_subscriptions(&self, now: Timestamp) -> Result<(), StoreError> {
        let since = now - SignedDuration::from_hours(limits::LATE_START_HOURS);
        let mut tx = self.pool.begin().await?;
        let rows = sqlx::query!(
            r#"SELECT s.id, s.tenant_id, t.time_zone,
                      CASE WHEN EXISTS (SELECT FROM fact f WHERE f.subscription_id = s.former_id AND f.kind = 'started')
                           THEN s.created_at ELSE now() END AS "at!: jiff_sqlx::Timestamp"
                 FROM subscription s JOIN tenant t ON t.id = s.tenant_id
                WHERE s.created_at > $1 AND s.ended_at IS NULL AND s.former_id IS NOT NULL
                  AND NOT EXISTS (SELECT FROM fact f WHERE f.subscription_id = s.id AND f.kind = 'started')
                  AND (EXISTS (SELECT FROM membership m WHERE m.group_object = s.group_object
                                  AND m.member_object = s.member_object AND m.wanted AND m.applied_gen >= m.wanted_gen)
                    OR s.member_object IS NULL AND EXISTS (SELECT FROM object o JOIN external_object x ON x.object_id = o.id
                                WHERE o.id = s.group_object AND o.wanted AND x.applied_generation >= o.generation))
                ORDER BY s.id LIMIT 1000 FOR NO KEY UPDATE OF s"#,
            ts(since) as _
        )
        .fetch_all(&mut *tx)
        .await?;
        if rows.is_empty() {
            return Ok(());
        }
        let starting = rows.into_iter().map(|row| Starting {
            id: row.id,
            tenant: row.tenant_id,
            time_zone: row.time_zone,
            at: row.at.to_jiff(),
        });
        start(&mut tx, starting.collect()).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Plans somebody gave in the very moment the tenant was closed end as the others did.
    async fn end_late_subscriptions(&self) -> Result<(), StoreError> {
        let rows = sqlx::query!(
            r#"SELECT s.id, t.time_zone, t.closed_at AS "closed_at!: jiff_sqlx::Timestamp"
                 FROM tenant t JOIN subscription s ON s.tenant_id = t.id AND s.ended_at IS NULL
                WHERE t.closed_at IS NOT NULL LIMIT 1000"#
        )
        .fetch_all(&self.pool)
        .await?;
        let (mut ids, mut days, mut zones) = (vec![], vec![], vec![]);
        for row in rows {
            let zone = time_zone(&row.time_zone).unwrap_or(TimeZone::UTC);
            ids.push(row.id);
            days.push(jiff_sqlx::ToSqlx::to_sqlx(local_date(row.closed_at.to_jiff(), &zone)));
            zones.push(zone.iana_name().unwrap_or("UTC").to_owned());
        }
        if ids.is_empty() {
            return Ok(());
        }
        sqlx::query!(
            "WITH a AS (SELECT * FROM unnest($1::uuid[], $2::date[], $3::text[]) AS a (id, day, zone)),
                  s AS (UPDATE subscription s SET ended_at = t.closed_at FROM a, tenant t
                         WHERE s.id = a.id AND t.id = s.tenant_id AND t.closed_at IS NOT NULL AND s.ended_at IS NULL
                        RETURNING s.id, s.tenant_id, s.user_id, s.plan_id, s.ended_at, t.close_request)
             INSERT INTO fact (tenant_id, subscription_id, user_id, plan_id, kind, at, local_date, zone, request_id)
             SELECT s.tenant_id, s.id, s.user_id, s.plan_id, $4, s.ended_at, a.day, a.zone, s.close_request
               FROM s JOIN a ON a.id = s.id",
            &ids,
            &days as _,
            &zones,
            FactKind::Ended.code()
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}

/// Ends items nothing can come of: of a password that another has replaced, and of a member that is
/// none. Both are left behind when somebody moves to another customer, which does not see the items.
async fn end_pointless(tx: &mut PgConnection) -> Result<Vec<Uuid>, StoreError> {
    let requests = sqlx::query_scalar!(
        "UPDATE request_item i SET state = 'superseded', problem = NULL, updated_at = now() FROM request r
          WHERE r.id = i.request_id AND r.finished_at IS NULL AND i.state IN ('requested', 'running', 'parked')
            AND CASE WHEN i.member_id <> $1
                     THEN NOT EXISTS (SELECT FROM membership m
                           WHERE m.group_object = i.object_id AND m.member_object = i.member_id)
                      AND NOT EXISTS (SELECT FROM stray_member t
                           WHERE t.group_object = i.object_id AND t.external_id = i.member_id)
                     ELSE r.kind = 'password' AND NOT EXISTS (SELECT FROM secret s
                           WHERE s.request_id = i.request_id AND s.object_id = i.object_id) END
          RETURNING i.request_id",
        NO_MEMBER
    )
    .fetch_all(tx)
    .await?;
    Ok(requests)
}
