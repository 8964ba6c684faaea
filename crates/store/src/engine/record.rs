//! Outcomes, in one transaction a batch, fenced by the lease.

mod billing;
mod edges;
mod queue;

use std::collections::BTreeSet;

use domain::{
    id::{ObjectId, SecretId, TargetId, TenantId},
    problem::{Problem, ProblemCode},
    request::Lane,
    spec::Observed,
};
use serde_json::Value;
use sqlx::{PgConnection, types::Json};
use uuid::Uuid;

use billing::start_billing;
pub(super) use billing::{Starting, start};
use edges::{record_edges, waiting_edges};
use queue::{advance_turns, settle_work};

use super::{Claim, EngineStore};
use crate::{StoreError, ts};

pub(super) const NO_MEMBER: Uuid = Uuid::nil();

/// All outcomes of one claim.
#[derive(Debug)]
pub struct Batch {
    /// The target.
    pub target: TargetId,
    /// The lane it travelled on.
    pub lane: Lane,
    /// One for each claimed object.
    pub objects: Vec<ObjectOutcome>,
    /// Cost per tenant, in microseconds of the target's time: advances its virtual time.
    pub cost: Vec<(TenantId, i64)>,
    /// Measured time per object, in microseconds, if there was something to measure.
    pub pace_micros: Option<i64>,
}

/// What became of one object.
#[derive(Debug)]
pub struct ObjectOutcome {
    /// The object.
    pub object: ObjectId,
    /// The generation that was worked on.
    pub generation: i64,
    /// What was seen last; `None` when it does not exist.
    pub observed: Option<Observed>,
    /// How it ended.
    pub outcome: Outcome,
    /// What it links to, and the id that was taken for; none for what was not there.
    pub links: Vec<(ObjectId, Option<Uuid>)>,
    /// What became of a password that was on its way.
    pub password: Option<PasswordOutcome>,
    /// What became of members.
    pub edges: Vec<EdgeOutcome>,
}

/// How the work on one object ended.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// Read back: as wanted.
    Verified,
    /// A person has to act.
    Failed(Problem),
    /// Tried again after a while; the problem is shown meanwhile.
    Retry {
        /// What it waits for.
        problem: Option<Problem>,
        /// Milliseconds.
        after_ms: i64,
        /// The target was asked and refused it as busy.
        refused: bool,
    },
    /// The target is away: goes on when it is back; costs no attempt.
    Parked(Problem),
}

/// What became of a password.
#[derive(Debug)]
pub struct PasswordOutcome {
    /// The secret.
    pub secret: SecretId,
    /// Set and read back, or why not.
    pub result: Result<(), Problem>,
}

/// What became of one member.
#[derive(Debug)]
pub struct EdgeOutcome {
    /// The member's object.
    pub member: ObjectId,
    /// Which wish this was.
    pub generation: i64,
    /// Read back as wanted, or why not.
    pub result: Result<(), Problem>,
}

impl EngineStore {
    /// Records a batch. Outcomes of objects whose lease was lost meanwhile are
    /// dropped (somebody else has them); gives how many were recorded. After
    /// [`StoreError::Repeat`] the same batch may be recorded again.
    pub async fn record(&self, claim: &Claim, batch: &mut Batch) -> Result<usize, StoreError> {
        let mut tx = self.pool.begin().await?;
        let mine: BTreeSet<Uuid> = sqlx::query_scalar!(
            "SELECT object_id FROM work WHERE lease = $1 ORDER BY object_id FOR UPDATE",
            claim.lease
        )
        .fetch_all(&mut *tx)
        .await?
        .into_iter()
        .collect();
        batch.objects.retain(|o| mine.contains(&o.object.uuid()));
        if batch.objects.is_empty() {
            return Ok(0);
        }
        let mut requests = Vec::new();
        record_passwords(&mut tx, batch, &mut requests).await?;
        record_moved(&mut tx, batch).await?;
        record_objects(&mut tx, batch, &mut requests).await?;
        record_edges(&mut tx, batch, &mut requests).await?;
        waiting_edges(&mut tx, batch, &mut requests).await?;
        settle_work(&mut tx, claim, batch).await?;
        start_billing(&mut tx, batch).await?;
        advance_turns(&mut tx, batch).await?;
        close_attempts(&mut tx, claim, batch).await?;
        release_hooks(&mut tx, batch).await?;
        finish_requests(&mut tx, requests).await?;
        sqlx::query!("SELECT pg_notify('tenantry_work', '')").execute(&mut *tx).await?;
        tx.commit().await?;
        Ok(batch.objects.len())
    }
}

/// The portal's hash takes effect with the directory's password, and the
/// secret is gone: before the items, because an item with a secret on its way
/// is not done. A first password that somebody else gave has no hash: it opens no
/// portal, and is no evidence that the person used the account.
async fn record_passwords(
    tx: &mut PgConnection,
    batch: &Batch,
    requests: &mut Vec<Uuid>,
) -> Result<(), StoreError> {
    for (object, done) in batch.objects.iter().filter_map(|o| Some((o, o.password.as_ref()?))) {
        // Evidence that somebody used the account, by the target's own clock.
        let set_at = object.observed.as_ref().and_then(|seen| seen.password_set_at);
        let problem = done.result.as_ref().err().map(|p| serde_json::to_value(p).unwrap_or(Value::Null));
        let rows = sqlx::query_scalar!(
            r#"WITH s AS (DELETE FROM secret WHERE id = $1 RETURNING *),
                    u AS (UPDATE users u SET portal_hash = s.portal_hash, activated_at = coalesce(u.activated_at, now())
                            FROM s WHERE u.id = s.user_id AND $2::jsonb IS NULL AND s.portal_hash IS NOT NULL),
                    a AS (UPDATE activation a SET used_at = now() FROM s WHERE a.id = s.activation_id AND $2 IS NULL),
                    o AS (INSERT INTO observation (tenant_id, subject, source, kind, observed_at, value)
                          SELECT s.tenant_id, s.user_id, 'directory', 'password_set', coalesce($3, now()), '{}' FROM s
                           WHERE $2 IS NULL AND s.portal_hash IS NOT NULL)
               UPDATE request_item i SET updated_at = now(),
                      problem = CASE WHEN s.portal_hash IS NULL THEN $2::jsonb || jsonb_build_object('args',
                          coalesce($2->'args', '{}') || '{"secret": "first"}') ELSE $2 END,
                      state = CASE WHEN $2 IS NULL THEN 'verified' ELSE 'failed' END
                 FROM s WHERE i.request_id = s.request_id AND i.object_id = s.object_id
               RETURNING i.request_id"#,
            done.secret.uuid(),
            problem,
            set_at.map(ts) as _
        )
        .fetch_all(&mut *tx)
        .await?;
        requests.extend(rows);
    }
    Ok(())
}

fn shown(outcome: &Outcome) -> (&'static str, Option<&Problem>) {
    match outcome {
        Outcome::Verified => ("verified", None),
        Outcome::Failed(problem) => ("failed", Some(problem)),
        Outcome::Retry { problem, .. } => ("requested", problem.as_ref()),
        Outcome::Parked(problem) => ("parked", Some(problem)),
    }
}

/// What lies in a container that now stands elsewhere went with it: the names it was
/// seen by are corrected, because what comes next to it is addressed by them.
async fn record_moved(tx: &mut PgConnection, batch: &Batch) -> Result<(), StoreError> {
    let seen: Vec<_> =
        batch.objects.iter().filter_map(|o| o.observed.as_ref().map(|x| (o.object, x))).collect();
    let ids: Vec<_> = seen.iter().map(|(object, _)| object.uuid()).collect();
    let externals: Vec<_> = seen.iter().map(|(_, x)| x.address.external_id).collect();
    let dns: Vec<_> = seen.iter().map(|(_, x)| x.address.dn.clone()).collect();
    let moved = sqlx::query!(
        r#"SELECT x.dn AS "before!", a.dn AS "after!"
             FROM unnest($1::uuid[], $2::uuid[], $3::text[]) AS a (id, ext, dn)
             JOIN external_object x ON x.object_id = a.id AND x.external_id = a.ext AND x.dn <> a.dn
             JOIN object o ON o.id = a.id AND o.kind = 'container'"#,
        &ids,
        &externals,
        &dns
    )
    .fetch_all(&mut *tx)
    .await?;
    for container in moved {
        sqlx::query!(
            "UPDATE external_object SET dn = left(dn, length(dn) - length($2)) || $3
              WHERE target_id = $1 AND right(dn, length($2) + 1) = ',' || $2
                -- Found by external_object_place; nothing comes after the last character there is.
                AND left(reverse(lower(dn)), 500) ~>=~ left(reverse(lower(',' || $2)), 500)
                AND left(reverse(lower(dn)), 500) ~<~ (left(reverse(lower(',' || $2)), 500) || chr(1114111))",
            batch.target.uuid(),
            container.before,
            container.after
        )
        .execute(&mut *tx)
        .await?;
    }
    Ok(())
}

async fn record_objects(
    tx: &mut PgConnection,
    batch: &Batch,
    requests: &mut Vec<Uuid>,
) -> Result<(), StoreError> {
    let all = &batch.objects;
    let objects: Vec<_> = all.iter().map(|o| o.object.uuid()).collect();
    let externals: Vec<_> = all.iter().map(|o| o.observed.as_ref().map(|x| x.address.external_id)).collect();
    let dns: Vec<_> = all.iter().map(|o| o.observed.as_ref().map(|x| x.address.dn.clone())).collect();
    let observed: Vec<_> = all.iter().map(|o| o.observed.as_ref().map(Json)).collect();
    let generations: Vec<_> = all.iter().map(|o| o.generation).collect();
    let states: Vec<_> = all.iter().map(|o| shown(&o.outcome).0.to_owned()).collect();
    let problems: Vec<_> = all.iter().map(|o| shown(&o.outcome).1.map(Json)).collect();
    // Ours only: what was found under our name but is somebody else's is never stored as ours.
    let ours: Vec<_> = all
        .iter()
        .map(|o| !matches!(&o.outcome, Outcome::Failed(p) if p.code == ProblemCode::NameTaken))
        .collect();
    let rows = sqlx::query_scalar!(
        r#"WITH a AS (SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::jsonb[], $5::bigint[], $6::text[],
                          $7::jsonb[], $8::bool[]) AS a (id, ext, dn, seen, gen, state, problem, ours)),
           x AS (INSERT INTO external_object AS x (object_id, tenant_id, target_id, external_id, dn, observed,
                        observed_at, applied_generation, state, problem, verified_at)
                 SELECT a.id, o.tenant_id, o.target_id, CASE WHEN ours THEN ext END, CASE WHEN ours THEN dn END,
                        CASE WHEN ours THEN seen END, now(), CASE WHEN state = 'verified' THEN gen ELSE 0 END, state,
                        problem, CASE WHEN state = 'verified' THEN now() END
                   FROM a JOIN object o ON o.id = a.id
                 ON CONFLICT (object_id) DO UPDATE SET
                    external_id = CASE WHEN excluded.external_id IS NULL AND excluded.state <> 'verified'
                                       THEN x.external_id ELSE excluded.external_id END,
                    dn = CASE WHEN excluded.dn IS NULL AND excluded.state <> 'verified'
                              THEN x.dn ELSE excluded.dn END,
                    observed = CASE WHEN excluded.observed IS NULL AND excluded.state <> 'verified'
                                    THEN x.observed ELSE excluded.observed END,
                    observed_at = excluded.observed_at, state = excluded.state, problem = excluded.problem,
                    -- Marked, or something else was wanted of it: an object like any other.
                    adopting = x.adopting AND excluded.state <> 'verified',
                    applied_generation = greatest(x.applied_generation, excluded.applied_generation),
                    verified_at = coalesce(excluded.verified_at, x.verified_at))
           UPDATE request_item i SET state = a.state, problem = a.problem, updated_at = now()
             FROM a WHERE i.object_id = a.id AND i.member_id = $9 AND i.generation <= a.gen
              AND i.state IN ('requested', 'running', 'failed', 'parked')
              -- What became of a first password stays told until somebody tries again.
              AND (i.state <> 'failed' OR i.problem #>> '{args,secret}' IS DISTINCT FROM 'first')
              -- A password's item shows that it waits; how it ends is recorded with the secret.
              AND (NOT EXISTS (SELECT FROM request r WHERE r.id = i.request_id AND r.kind = 'password')
                   OR a.state IN ('requested', 'parked') AND EXISTS
                       (SELECT FROM secret s WHERE s.request_id = i.request_id AND s.object_id = i.object_id))
           RETURNING i.request_id"#,
        &objects,
        &externals as _,
        &dns as _,
        &observed as _,
        &generations,
        &states,
        &problems as _,
        &ours,
        NO_MEMBER
    )
    .fetch_all(tx)
    .await?;
    requests.extend(rows);
    Ok(())
}

async fn close_attempts(tx: &mut PgConnection, claim: &Claim, batch: &Batch) -> Result<(), StoreError> {
    let objects: Vec<_> = batch.objects.iter().map(|o| o.object.uuid()).collect();
    let outcomes: Vec<_> = batch.objects.iter().map(|o| shown(&o.outcome).0.to_owned()).collect();
    sqlx::query!(
        "UPDATE attempt t SET ended_at = now(), outcome = a.outcome
           FROM unnest($2::uuid[], $3::text[]) AS a (id, outcome)
          WHERE t.object_id = a.id AND t.lease = $1 AND t.ended_at IS NULL",
        claim.lease,
        &objects,
        &outcomes
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// What is told after the directory was changed is told now.
async fn release_hooks(tx: &mut PgConnection, batch: &Batch) -> Result<(), StoreError> {
    let touched =
        batch.objects.iter().filter(|o| matches!(o.outcome, Outcome::Verified) || !o.edges.is_empty());
    let ids: Vec<_> = touched.map(|o| o.object.uuid()).collect();
    sqlx::query!(r#"SELECT release_hooks($1, 10000) AS "released!""#, &ids).fetch_one(tx).await?;
    Ok(())
}

/// Requests of which nothing is left to do are finished, with an event; who wants
/// to know of those that failed is told.
pub(super) async fn finish_requests(
    tx: &mut PgConnection,
    mut requests: Vec<Uuid>,
) -> Result<(), StoreError> {
    requests.sort_unstable();
    requests.dedup();
    if requests.is_empty() {
        return Ok(());
    }
    // Of two workers with the last two items of a request, the second has to see the first's.
    sqlx::query!("SELECT id FROM request WHERE id = ANY($1) ORDER BY id FOR UPDATE", &requests)
        .fetch_all(&mut *tx)
        .await?;
    sqlx::query!(
        "WITH r AS (UPDATE request r SET finished_at = now(),
                           steps = (SELECT CASE WHEN bool_and(i.tenant_id = r.tenant_id) THEN count(*) END
                                      FROM request_item i WHERE i.request_id = r.id)
                     WHERE r.id = ANY($1) AND r.finished_at IS NULL
                       AND NOT EXISTS (SELECT FROM request_item i WHERE i.request_id = r.id
                                          AND i.state IN ('requested', 'running', 'parked'))
                       -- One request is the whole of a phase, also between its steps.
                       AND NOT EXISTS (SELECT FROM directory_move m WHERE m.request_id = r.id AND m.ended_at IS NULL
                                          AND m.phase IN ('preparing', 'returning'))
                       AND NOT EXISTS (SELECT FROM bulk b WHERE b.request_id = r.id AND b.state IN ('running', 'paused'))
                    RETURNING r.id, r.tenant_id),
              n AS (SELECT r.id, r.tenant_id,
                           (SELECT count(*) FROM request_item i WHERE i.request_id = r.id AND i.state = 'failed') AS bad
                      FROM r),
              h AS (INSERT INTO hook_delivery (id, tenant_id, hook_id, name, about_request, moment, occasion, lane,
                           occurred_at, updated_at)
                    SELECT time_ordered_id(now()), n.tenant_id, h.id, h.name, n.id, h.moment, 'request_failed', 0, now(), now()
                      FROM n JOIN tenant_closure c ON c.descendant = n.tenant_id
                      JOIN hook h ON h.tenant_id = c.ancestor AND h.service_id IS NULL AND h.removed_at IS NULL
                     WHERE n.bad > 0)
         INSERT INTO event (id, tenant_id, occurred_at, recorded_at, code, outcome, actor_kind, target_kind, target_id,
             change, request_id, schema_version, software_version)
         SELECT gen_random_uuid(), n.tenant_id, now(), now(), 'request.finished',
                CASE WHEN n.bad = 0 THEN 'success' ELSE 'failure' END, 'system', 'request', n.id::text,
                jsonb_build_array(jsonb_build_object('field', 'failed', 'before', NULL, 'after', n.bad::text)), n.id, 1, $2
           FROM n",
        &requests,
        env!("CARGO_PKG_VERSION")
    )
    .execute(tx)
    .await?;
    Ok(())
}
