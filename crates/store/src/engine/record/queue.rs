//! What an outcome leaves in the queue, and whose turn is next.

use domain::{limits, problem::ProblemCode, request::Lane};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Batch, Outcome};
use crate::{StoreError, engine::Claim};

/// What is done leaves the queue, unless something newer is wanted; what
/// others wait for makes them due.
pub(super) async fn settle_work(
    tx: &mut PgConnection,
    claim: &Claim,
    batch: &Batch,
) -> Result<(), StoreError> {
    let (mut ended, mut generations, mut verified) = (vec![], vec![], vec![]);
    let (mut again, mut delays, mut counted, mut refused) = (vec![], vec![], vec![], vec![]);
    for object in &batch.objects {
        let id = object.object.uuid();
        let (after, count, refusal) = match &object.outcome {
            Outcome::Verified | Outcome::Failed(_) => {
                ended.push(id);
                generations.push(object.generation);
                if matches!(object.outcome, Outcome::Verified) {
                    verified.push(id);
                }
                continue;
            }
            Outcome::Retry { after_ms, refused, .. } => (*after_ms, 1, Some(*refused)),
            // Nobody was asked: neither a refusal nor the end of a row of them.
            Outcome::Parked(problem) => (parked_millis(problem.code), 0, None),
        };
        again.push(id);
        delays.push(after);
        counted.push(count);
        refused.push(refusal);
    }
    leave(tx, batch, &ended, &generations).await?;
    sqlx::query!(
        "UPDATE work w SET lease = NULL, lease_until = NULL, attempts = w.attempts + a.counted,
                refusals = CASE WHEN a.refused THEN w.refusals + 1 WHEN NOT a.refused THEN 0 ELSE w.refusals END,
                due_at = now() + a.after * interval '1 ms'
           FROM unnest($1::uuid[], $2::bigint[], $3::int[], $4::bool[]) AS a (id, after, counted, refused) WHERE w.object_id = a.id",
        &again,
        &delays,
        &counted,
        &refused as _
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!(
        "UPDATE work SET lease = NULL, lease_until = NULL, due_at = now(), refusals = 0
          WHERE lease = $1 AND object_id = ANY($2)",
        claim.lease,
        &ended
    )
    .execute(&mut *tx)
    .await?;
    wake_groups(tx, batch.lane, &verified).await?;
    wake_linked(tx, batch).await
}

/// Takes what is done out of the queue.
async fn leave(
    tx: &mut PgConnection,
    batch: &Batch,
    ended: &[Uuid],
    generations: &[i64],
) -> Result<(), StoreError> {
    let links = Links::of(batch);
    sqlx::query!(
        "DELETE FROM work w USING unnest($1::uuid[], $2::bigint[]) AS a (id, gen) JOIN object o ON o.id = a.id
          WHERE w.object_id = a.id AND o.generation = a.gen
            -- What it links to came, or went, while it was worked on.
            AND NOT EXISTS (SELECT FROM unnest($3::uuid[], $4::uuid[], $5::uuid[]) AS l (id, other, ext)
                              LEFT JOIN object m ON m.id = l.other AND m.wanted AND m.target_id = o.target_id
                              LEFT JOIN external_object x ON x.object_id = m.id
                             WHERE l.id = a.id AND x.external_id IS DISTINCT FROM l.ext)
            AND NOT EXISTS (SELECT FROM secret s WHERE s.object_id = a.id)
            AND NOT EXISTS (SELECT FROM membership m LEFT JOIN external_object x ON x.object_id = m.member_object
                             WHERE m.group_object = a.id AND m.wanted_gen > m.applied_gen
                               AND (NOT m.wanted OR x.external_id IS NOT NULL)
                               AND NOT EXISTS (SELECT FROM request_item i WHERE i.object_id = m.group_object
                                     AND i.member_id = m.member_object AND i.generation = m.wanted_gen
                                     AND i.state = 'failed')
                               AND NOT EXISTS (SELECT FROM hook_delivery h WHERE h.holds
                                     AND h.group_object = m.group_object AND h.member_object = m.member_object))
            AND NOT EXISTS (SELECT FROM stray_member s WHERE s.group_object = a.id
                  AND NOT EXISTS (SELECT FROM request_item i WHERE i.request_id = s.request_id
                        AND i.object_id = s.group_object AND i.member_id = s.external_id AND i.state = 'failed')
                  AND NOT EXISTS (SELECT FROM external_object x JOIN membership m ON m.member_object = x.object_id
                       WHERE x.external_id = s.external_id AND x.target_id = o.target_id
                         AND m.group_object = s.group_object AND m.wanted))",
        ended,
        generations,
        &links.objects,
        &links.others,
        &links.taken_for as _
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// What waits for a target that is away is due when that is back. What differs
/// in a read-only one is looked at now and then, and when the mode ends.
fn parked_millis(why: ProblemCode) -> i64 {
    match why {
        ProblemCode::ReadOnly => i64::try_from(limits::READ_ONLY_AGAIN.as_millis()).unwrap_or(i64::MAX),
        _ => 1_000,
    }
}

/// What the objects of a batch link to, and what that was taken for.
#[derive(Default)]
struct Links {
    objects: Vec<Uuid>,
    others: Vec<Uuid>,
    taken_for: Vec<Option<Uuid>>,
}

impl Links {
    fn of(batch: &Batch) -> Self {
        let mut links = Self::default();
        let verified = batch.objects.iter().filter(|o| matches!(o.outcome, Outcome::Verified));
        for object in verified {
            for (other, taken_for) in &object.links {
                links.objects.push(object.object.uuid());
                links.others.push(other.uuid());
                links.taken_for.push(*taken_for);
            }
        }
        links
    }
}

/// What links to an object that just came to be, or came anew, and does not show it yet.
async fn wake_linked(tx: &mut PgConnection, batch: &Batch) -> Result<(), StoreError> {
    let there = batch.objects.iter().filter(|o| matches!(o.outcome, Outcome::Verified));
    let there = there.filter_map(|o| Some((o.object, o.observed.as_ref()?.address.external_id)));
    // As they stand in specs and in what is observed: as texts.
    let (names, ids): (Vec<_>, Vec<_>) = there.map(|(o, id)| (o.to_string(), id.to_string())).unzip();
    sqlx::query!(
        "INSERT INTO work AS w (object_id, target_id, tenant_id, lane, due_at)
         SELECT o.id, o.target_id, o.tenant_id, $3::smallint, now()
           FROM unnest($1::text[], $2::text[]) AS a (name, ext)
           JOIN object o ON coalesce(o.spec->>'manager', o.spec->>'owner') = a.name AND o.wanted AND o.target_id = $4
           JOIN external_object x ON x.object_id = o.id AND x.external_id IS NOT NULL
          WHERE coalesce(x.observed->'attributes'->>'manager', x.observed->'attributes'->>'owner')
                IS DISTINCT FROM a.ext
          ORDER BY o.id
         ON CONFLICT (object_id) DO UPDATE SET due_at = least(w.due_at, excluded.due_at)",
        &names,
        &ids,
        batch.lane.code(),
        batch.target.uuid()
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Groups whose members just came to be: in the bulk lane later, as long as
/// more of the tenant's people are on their way, so that many members travel
/// in one modify.
async fn wake_groups(tx: &mut PgConnection, lane: Lane, verified: &[Uuid]) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO work AS w (object_id, target_id, tenant_id, lane, due_at)
         SELECT DISTINCT o.id, o.target_id, o.tenant_id, $2::smallint,
                now() + CASE WHEN $2 = 1 AND EXISTS (
                        SELECT FROM work p JOIN object po ON po.id = p.object_id
                         WHERE p.target_id = o.target_id AND p.lane = 1 AND p.tenant_id = o.tenant_id
                           AND po.kind = 'user')
                     THEN interval '15 s' ELSE interval '0' END
           FROM membership m JOIN object o ON o.id = m.group_object
          WHERE m.member_object = ANY($1) AND m.wanted_gen > m.applied_gen
          ORDER BY o.id
         ON CONFLICT (object_id) DO UPDATE SET due_at = least(w.due_at, excluded.due_at)",
        verified,
        lane.code()
    )
    .execute(tx)
    .await?;
    Ok(())
}

pub(super) async fn advance_turns(tx: &mut PgConnection, batch: &Batch) -> Result<(), StoreError> {
    let tenants: Vec<_> = batch.cost.iter().map(|c| c.0.uuid()).collect();
    let costs: Vec<_> = batch.cost.iter().map(|c| c.1).collect();
    // Who was away does not come back with a credit: it starts where the
    // least served of those who wait is now.
    sqlx::query!(
        "INSERT INTO tenant_turn AS t (target_id, tenant_id, virtual_micros)
         SELECT $1, a.tenant, a.cost + f.least FROM unnest($2::uuid[], $3::bigint[]) AS a (tenant, cost),
                (SELECT coalesce(min(v.virtual_micros), 0) AS least FROM tenant_turn v WHERE v.target_id = $1
                    AND EXISTS (SELECT FROM work w WHERE w.target_id = $1 AND w.tenant_id = v.tenant_id)) f
          ORDER BY a.tenant
         ON CONFLICT (target_id, tenant_id) DO UPDATE
            SET virtual_micros = greatest(excluded.virtual_micros, t.virtual_micros + excluded.virtual_micros
                - (SELECT coalesce(min(v.virtual_micros), 0) FROM tenant_turn v WHERE v.target_id = $1
                     AND EXISTS (SELECT FROM work w WHERE w.target_id = $1 AND w.tenant_id = v.tenant_id)))",
        batch.target.uuid(),
        &tenants,
        &costs
    )
    .execute(&mut *tx)
    .await?;
    if let Some(pace) = batch.pace_micros {
        // A moving average, so that one slow batch does not starve the next.
        sqlx::query!(
            "UPDATE target_health SET pace_micros = greatest((pace_micros * 3 + $2) / 4, 1) WHERE target_id = $1",
            batch.target.uuid(),
            pace
        )
        .execute(tx)
        .await?;
    }
    Ok(())
}
