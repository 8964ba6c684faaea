//! Deliveries of hooks: claimed under a lease each, recorded under the same.

use std::{collections::BTreeMap, time::Duration};

use domain::{
    hook::{Kind, Moment, Occasion},
    id::{DeliveryId, HookId, PlanId, RequestId, SubscriptionId, TenantId, UserId},
    limits,
    problem::{Problem, ProblemCode},
};
use jiff::Timestamp;
use serde_json::Value;
use sqlx::PgConnection;
use tracing::error;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::{EngineStore, record::finish_requests};
use crate::{StoreError, error::known, ts};

/// Beyond the time a call may take, for what comes before and after it.
const LEASE_BEYOND: i32 = 20;

/// A delivery that was claimed, with all that is needed to make it.
#[derive(Debug)]
pub struct Due {
    /// Which: the same id every time it is made.
    pub id: DeliveryId,
    /// The fencing token: its outcome is only accepted with it.
    pub lease: i64,
    /// The hook.
    pub hook: HookId,
    /// What the hook is called.
    pub name: String,
    /// How it is called.
    pub kind: Kind,
    /// Where it leads.
    pub destination: String,
    /// How long it may take.
    pub limit: Duration,
    /// How often it is tried.
    pub tries: i32,
    /// How often it was tried.
    pub attempts: i32,
    /// How often in a row the hook gave no answer.
    pub failures: i32,
    /// What signs it, the newest first; none when they cannot be opened at present.
    pub secrets: Option<Vec<Zeroizing<String>>>,
    /// What there is to tell.
    pub told: Told,
}

/// What a hook is told: ids and names, no secrets.
#[derive(Debug)]
pub struct Told {
    /// When it is told.
    pub moment: Moment,
    /// What about.
    pub occasion: Occasion,
    /// When that was.
    pub at: Timestamp,
    /// Id and code of the tenant.
    pub tenant: (TenantId, String),
    /// The request that caused it, or that it is about.
    pub request: Option<RequestId>,
    /// What that request is, for one that ended with problems.
    pub request_kind: Option<String>,
    /// Code of the service.
    pub service: Option<String>,
    /// The subscription.
    pub subscription: Option<SubscriptionId>,
    /// Id, code and version of its plan.
    pub plan: Option<(PlanId, String, i32)>,
    /// Id and principal name of the person.
    pub person: Option<(UserId, String)>,
}

/// How one try ended.
#[derive(Debug, Clone)]
pub enum Ending {
    /// Told, and not refused.
    Done,
    /// Tried again after a while.
    Again {
        /// What is shown meanwhile.
        problem: Problem,
        /// Milliseconds.
        after_ms: i64,
    },
    /// A person has to act.
    Failed(Problem),
}

/// What became of a delivery.
#[derive(Debug)]
pub struct Delivered {
    /// Which.
    pub id: DeliveryId,
    /// Under which lease.
    pub lease: i64,
    /// Its hook.
    pub hook: HookId,
    /// How it ended.
    pub ending: Ending,
    /// What was answered.
    pub answer: Option<String>,
    /// None: there was an answer, whatever it was. Otherwise why there was none, and
    /// for how many milliseconds the hook is left alone.
    pub away: Option<(String, i64)>,
}

impl EngineStore {
    /// Claims up to `limit` due deliveries: interactive ones first, of each hook no
    /// more than [`limits::HOOK_AT_ONCE`], of one that does not answer one at a time,
    /// and of one subscription never two at once.
    pub async fn claim_deliveries(&self, limit: usize) -> Result<Vec<Due>, StoreError> {
        let mut tx = self.pool.begin().await?;
        let ids = sqlx::query_scalar!(
            r#"WITH h AS (
                   SELECT h.id, h.limit_seconds, coalesce(x.failures, 0) AS failures,
                          (SELECT count(*) FROM hook_delivery r
                            WHERE r.hook_id = h.id AND r.lease IS NOT NULL AND r.lease_until > now()) AS running
                     FROM hook h LEFT JOIN hook_health x ON x.hook_id = h.id
                    WHERE (x.retry_at IS NULL OR x.retry_at <= now())
                      AND EXISTS (SELECT FROM hook_delivery d WHERE d.hook_id = h.id AND NOT d.waits
                                     AND d.state IN ('requested', 'running') AND d.due_at <= now())),
               pick AS (
                   SELECT p.id, h.limit_seconds FROM h CROSS JOIN LATERAL (
                       SELECT d.id, d.lane FROM hook_delivery d
                        WHERE d.hook_id = h.id AND NOT d.waits AND d.state IN ('requested', 'running')
                          AND d.due_at <= now() AND (d.lease IS NULL OR d.lease_until < now())
                          AND NOT EXISTS (SELECT FROM hook_delivery e
                                WHERE e.subscription_id = d.subscription_id AND e.hook_id = d.hook_id
                                  AND e.place < d.place AND e.lease IS NOT NULL AND e.lease_until > now())
                        ORDER BY d.lane, d.due_at, d.place
                        LIMIT greatest(0, CASE WHEN h.failures < $3 THEN $2 - h.running
                                               WHEN h.running = 0 THEN 1 ELSE 0 END)
                        FOR UPDATE SKIP LOCKED) p
                    ORDER BY p.lane, random() LIMIT $1)
               UPDATE hook_delivery d SET state = 'running', updated_at = now(), lease = nextval('lease'),
                      lease_until = now() + make_interval(secs => pick.limit_seconds + $4)
                 FROM pick WHERE d.id = pick.id RETURNING d.id"#,
            i64::try_from(limit).unwrap_or(i64::MAX),
            limits::HOOK_AT_ONCE,
            limits::HOOK_FAILURES,
            LEASE_BEYOND
        )
        .fetch_all(&mut *tx)
        .await?;
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        sqlx::query!(
            "WITH i AS (UPDATE request_item i SET state = 'running', updated_at = now() FROM hook_delivery d
                         WHERE d.id = ANY($1) AND i.request_id = d.request_id AND i.object_id = d.id
                           AND i.state = 'requested' RETURNING i.request_id)
             UPDATE request SET started_at = now() WHERE id IN (SELECT request_id FROM i) AND started_at IS NULL",
            &ids
        )
        .execute(&mut *tx)
        .await?;
        let due = self.load_deliveries(&mut tx, &ids).await?;
        tx.commit().await?;
        Ok(due)
    }

    async fn load_deliveries(&self, tx: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<Due>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT d.id, d.lease AS "lease!", d.hook_id, d.attempts, d.moment, d.occasion,
                      d.occurred_at AS "occurred_at!: jiff_sqlx::Timestamp",
                      coalesce(d.about_request, d.request_id) AS request_id, r.kind AS "request_kind?", h.name, h.kind,
                      h.destination, h.limit_seconds, h.tries, t.id AS tenant_id, t.code AS tenant,
                      d.subscription_id, s.code AS "service?", p.id AS "plan_id?", p.code AS "plan?",
                      p.version AS "plan_version?", u.id AS "user_id?", u.principal_name AS "principal_name?",
                      coalesce(x.failures, 0) AS "failures!"
                 FROM hook_delivery d JOIN hook h ON h.id = d.hook_id JOIN tenant t ON t.id = d.tenant_id
                 LEFT JOIN service s ON s.id = h.service_id LEFT JOIN plan p ON p.id = d.plan_id
                 LEFT JOIN users u ON u.id = d.user_id LEFT JOIN hook_health x ON x.hook_id = h.id
                 LEFT JOIN request r ON r.id = d.about_request
                WHERE d.id = ANY($1) ORDER BY d.place"#,
            ids
        )
        .fetch_all(&mut *tx)
        .await?;
        let hooks: Vec<_> = rows.iter().map(|r| r.hook_id).collect();
        let secrets = self.load_hook_secrets(tx, &hooks).await?;
        let due = rows.into_iter().map(|row| {
            let id = DeliveryId::from_uuid(row.id);
            let plan = row.plan_id.zip(row.plan).zip(row.plan_version);
            Ok(Due {
                id,
                lease: row.lease,
                hook: HookId::from_uuid(row.hook_id),
                name: row.name,
                kind: known(Kind::from_code(&row.kind), "hook", "kind", id)?,
                destination: row.destination,
                limit: Duration::from_secs(row.limit_seconds.unsigned_abs().into()),
                tries: row.tries,
                attempts: row.attempts,
                failures: row.failures,
                secrets: secrets.get(&row.hook_id).cloned().unwrap_or_else(|| Some(Vec::new())),
                told: Told {
                    moment: known(Moment::from_code(&row.moment), "hook_delivery", "moment", id)?,
                    occasion: known(Occasion::from_code(&row.occasion), "hook_delivery", "occasion", id)?,
                    at: row.occurred_at.to_jiff(),
                    tenant: (TenantId::from_uuid(row.tenant_id), row.tenant),
                    request: row.request_id.map(RequestId::from_uuid),
                    request_kind: row.request_kind,
                    service: row.service,
                    subscription: row.subscription_id.map(SubscriptionId::from_uuid),
                    plan: plan.map(|((id, code), version)| (PlanId::from_uuid(id), code, version)),
                    person: row
                        .user_id
                        .zip(row.principal_name)
                        .map(|(id, name)| (UserId::from_uuid(id), name)),
                },
            })
        });
        due.collect()
    }

    /// What signs for each hook; none where it cannot be opened.
    async fn load_hook_secrets(
        &self,
        tx: &mut PgConnection,
        hooks: &[Uuid],
    ) -> Result<BTreeMap<Uuid, Option<Vec<Zeroizing<String>>>>, StoreError> {
        let rows = sqlx::query!(
            "SELECT id, hook_id, key_id, sealed FROM hook_secret
              WHERE hook_id = ANY($1) AND (expires_at IS NULL OR expires_at > $2) ORDER BY created_at DESC, id DESC",
            hooks,
            ts(self.clock.now()) as _
        )
        .fetch_all(tx)
        .await?;
        let mut secrets = BTreeMap::new();
        for row in rows {
            let all: &mut Option<Vec<_>> = secrets.entry(row.hook_id).or_insert_with(|| Some(Vec::new()));
            let opened = self.keys.open_sealed(&row.key_id, row.id, &row.sealed);
            let text = opened.map(|plain| String::from_utf8(plain.to_vec()).unwrap_or_default());
            match (text, all.as_mut()) {
                (Ok(text), Some(all)) => all.push(Zeroizing::new(text)),
                (Ok(_), None) => {}
                (Err(error), _) => {
                    error!(hook = %HookId::from_uuid(row.hook_id), %error, "the secret of a hook cannot be opened");
                    *all = None;
                }
            }
        }
        Ok(secrets)
    }

    /// Lets be told what waits for a directory that has nothing to do for it; outcomes
    /// of batches release what they made true themselves.
    pub async fn release_deliveries(&self) -> Result<i64, StoreError> {
        let released = sqlx::query_scalar!(r#"SELECT release_hooks(NULL, 10000) AS "released!""#);
        Ok(released.fetch_one(&self.pool).await?)
    }

    /// Records what became of deliveries; those whose lease was lost are dropped, and
    /// those that were overtaken meanwhile stay so. Gives how many were recorded.
    pub async fn record_deliveries(&self, done: &[Delivered]) -> Result<usize, StoreError> {
        let mut tx = self.pool.begin().await?;
        let recorded = settle(&mut tx, done).await?;
        if recorded.is_empty() {
            return Ok(0);
        }
        // In the order in which batches lock: the queue, items, requests.
        wake_held(&mut tx, &recorded).await?;
        let requests = show(&mut tx, &recorded).await?;
        health(&mut tx, done).await?;
        finish_requests(&mut tx, requests).await?;
        sqlx::query!("SELECT pg_notify('tenantry_work', '')").execute(&mut *tx).await?;
        tx.commit().await?;
        Ok(recorded.len())
    }
}

async fn settle(tx: &mut PgConnection, done: &[Delivered]) -> Result<Vec<Uuid>, StoreError> {
    let ids: Vec<_> = done.iter().map(|d| d.id.uuid()).collect();
    let leases: Vec<_> = done.iter().map(|d| d.lease).collect();
    let answers: Vec<_> = done.iter().map(|d| d.answer.clone()).collect();
    let (mut states, mut problems, mut waits) = (vec![], vec![], vec![]);
    for one in done {
        let (state, problem, after_ms) = match &one.ending {
            Ending::Done => ("verified", None, 0),
            Ending::Again { problem, after_ms } => ("requested", Some(problem), *after_ms),
            Ending::Failed(problem) => ("failed", Some(problem), 0),
        };
        states.push(state.to_owned());
        problems.push(problem.map(|p| serde_json::to_value(p).unwrap_or(Value::Null)));
        waits.push(after_ms);
    }
    let recorded = sqlx::query_scalar!(
        "UPDATE hook_delivery d SET lease = NULL, lease_until = NULL, attempts = d.attempts + 1, updated_at = now(),
                answer = a.answer, due_at = now() + a.after * interval '1 ms',
                state = CASE WHEN d.state = 'superseded' THEN d.state ELSE a.state END,
                problem = CASE WHEN d.state = 'superseded' THEN NULL ELSE a.problem END,
                holds = d.holds AND a.state <> 'verified'
           FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::jsonb[], $5::text[], $6::bigint[])
                AS a (id, lease, state, problem, answer, after)
          WHERE d.id = a.id AND d.lease = a.lease RETURNING d.id",
        &ids,
        &leases,
        &states,
        &problems as _,
        &answers as _,
        &waits
    )
    .fetch_all(tx)
    .await?;
    Ok(recorded)
}

/// What a hook held is due now that it agreed: in the bulk lane a moment later, so
/// that many members travel in one modify.
async fn wake_held(tx: &mut PgConnection, recorded: &[Uuid]) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO work AS w (object_id, target_id, tenant_id, lane, due_at)
         SELECT o.id, o.target_id, o.tenant_id, min(d.lane),
                now() + CASE WHEN min(d.lane) = 1 THEN interval '2 s' ELSE interval '0' END
           FROM hook_delivery d JOIN object o ON o.id IN (d.group_object, d.member_object)
          WHERE d.id = ANY($1) AND d.moment = 'before' AND d.state = 'verified'
            AND (o.id = d.group_object OR NOT o.wanted OR d.occasion = 'change')
            AND NOT EXISTS (SELECT FROM hook_delivery h WHERE h.holds AND h.group_object = d.group_object
                               AND h.member_object IS NOT DISTINCT FROM d.member_object)
          GROUP BY o.id, o.target_id, o.tenant_id ORDER BY o.id
         ON CONFLICT (object_id) DO UPDATE
            SET due_at = least(w.due_at, excluded.due_at), lane = least(w.lane, excluded.lane)",
        recorded
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Shows on the requests what became of deliveries and of what they hold. What is held
/// by one that failed is shown as waiting, so that the request comes to an end; when
/// the hook agreed it goes on.
async fn show(tx: &mut PgConnection, recorded: &[Uuid]) -> Result<Vec<Uuid>, StoreError> {
    let mut requests = sqlx::query_scalar!(
        "UPDATE request_item i SET state = d.state, problem = d.problem, updated_at = now() FROM hook_delivery d
          WHERE d.id = ANY($1) AND d.state <> 'superseded' AND i.request_id = d.request_id AND i.object_id = d.id
         RETURNING i.request_id",
        recorded
    )
    .fetch_all(&mut *tx)
    .await?;
    let pending = serde_json::to_value(Problem::new(ProblemCode::HookPending)).unwrap_or(Value::Null);
    let held = sqlx::query_scalar!(
        "UPDATE request_item i SET state = 'failed', problem = $2, updated_at = now()
           FROM hook_delivery d JOIN membership m ON m.group_object = d.group_object
            AND m.member_object = d.member_object
          WHERE d.id = ANY($1) AND d.holds AND d.state = 'failed' AND i.object_id = m.group_object
            AND i.member_id = m.member_object AND i.generation = m.wanted_gen
            AND i.state IN ('requested', 'running', 'parked') RETURNING i.request_id",
        recorded,
        pending
    )
    .fetch_all(&mut *tx)
    .await?;
    requests.extend(held);
    sqlx::query!(
        "WITH i AS (UPDATE request_item i SET state = 'requested', problem = NULL, updated_at = now()
               FROM hook_delivery d
              WHERE d.id = ANY($1) AND d.moment = 'before' AND d.state = 'verified'
                AND (i.object_id = d.group_object
                     AND i.member_id = coalesce(d.member_object, '00000000-0000-0000-0000-000000000000')
                     -- What it guards of the person is an item of the account.
                     OR d.occasion = 'change' AND i.object_id = d.member_object
                     AND i.member_id = '00000000-0000-0000-0000-000000000000')
                AND i.state = 'failed' AND i.problem->>'code' = 'hook_pending'
                AND NOT EXISTS (SELECT FROM hook_delivery h WHERE h.holds AND h.group_object = d.group_object
                                   AND h.member_object IS NOT DISTINCT FROM d.member_object)
             RETURNING i.request_id)
         UPDATE request SET finished_at = NULL WHERE id IN (SELECT request_id FROM i)",
        recorded
    )
    .execute(tx)
    .await?;
    Ok(requests)
}

/// An answer, whatever it was, ends a row of failures; of several without one in the
/// same moment one counts.
async fn health(tx: &mut PgConnection, done: &[Delivered]) -> Result<(), StoreError> {
    let mut hooks: BTreeMap<Uuid, Option<&(String, i64)>> = BTreeMap::new();
    for one in done {
        let seen = hooks.entry(one.hook.uuid()).or_insert(one.away.as_ref());
        if one.away.is_none() {
            *seen = None;
        }
    }
    let ids: Vec<_> = hooks.keys().copied().collect();
    let reasons: Vec<_> = hooks.values().map(|away| away.map(|a| a.0.clone())).collect();
    let waits: Vec<_> = hooks.values().map(|away| away.map_or(0, |a| a.1)).collect();
    sqlx::query!(
        "INSERT INTO hook_health AS x (hook_id, failures, since, retry_at, reason)
         SELECT a.id, CASE WHEN a.reason IS NULL THEN 0 ELSE 1 END, now(), NULL, a.reason
           FROM unnest($1::uuid[], $2::text[], $3::bigint[]) AS a (id, reason, wait) ORDER BY a.id
         ON CONFLICT (hook_id) DO UPDATE SET
            failures = CASE WHEN excluded.reason IS NULL THEN 0 ELSE x.failures + 1 END,
            since = CASE WHEN (excluded.reason IS NULL) = (x.failures = 0) THEN x.since ELSE now() END,
            reason = excluded.reason,
            retry_at = CASE WHEN excluded.reason IS NOT NULL AND x.failures + 1 >= $4 THEN now() + interval '1 ms'
                * (SELECT a.wait FROM unnest($1::uuid[], $3::bigint[]) AS a (id, wait) WHERE a.id = x.hook_id) END",
        &ids,
        &reasons as _,
        &waits,
        limits::HOOK_FAILURES
    )
    .execute(tx)
    .await?;
    Ok(())
}
