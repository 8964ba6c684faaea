//! Fair claims: which tenant's turn it is, under a lease that fences.

use std::collections::BTreeSet;

use domain::{
    id::{ObjectId, TargetId, TenantId},
    limits,
    request::Lane,
    spec::Naming,
};
use sqlx::types::Json;
use uuid::Uuid;

use super::EngineStore;
use crate::StoreError;

/// Objects one worker holds until the lease ends.
#[derive(Debug)]
pub struct Claim {
    /// The fencing token: outcomes are only accepted with it.
    pub lease: i64,
    /// What was claimed, oldest first.
    pub objects: Vec<Claimed>,
}

/// One claimed object.
#[derive(Debug, Clone)]
pub struct Claimed {
    /// The object.
    pub object: ObjectId,
    /// Whose it is.
    pub tenant: TenantId,
    /// How often it was tried since somebody wanted it.
    pub attempts: i32,
    /// How often in a row the target refused it as busy.
    pub refusals: i32,
}

/// What is about to be tried, so that after a crash it is known where to look.
#[derive(Debug)]
pub struct Intent {
    /// The object.
    pub object: ObjectId,
    /// The generation being made true.
    pub generation: i64,
    /// The step, as a word.
    pub step: &'static str,
    /// The name under which it will be found.
    pub naming: Option<Naming>,
}

impl EngineStore {
    /// Claims up to `limit` due objects of one target and lane, from the
    /// tenants whose turn it is. Tenants are looked for after `start` and then
    /// from the beginning, so that with thousands of waiting tenants nobody is
    /// always first.
    pub async fn claim(
        &self,
        target: TargetId,
        lane: Lane,
        limit: usize,
        start: Uuid,
    ) -> Result<Option<Claim>, StoreError> {
        let rows = sqlx::query!(
            r#"WITH RECURSIVE waiting (tenant_id, n, wrapped) AS (
                   SELECT $5::uuid, 0, false
                   UNION ALL
                   SELECT next.tenant_id, n + 1, next.wrapped
                     FROM waiting CROSS JOIN LATERAL (
                       (SELECT w.tenant_id, waiting.wrapped FROM work w WHERE w.target_id = $1 AND w.lane = $2
                           AND w.tenant_id > waiting.tenant_id ORDER BY w.tenant_id LIMIT 1)
                       UNION ALL
                       (SELECT w.tenant_id, true FROM work w WHERE w.target_id = $1 AND w.lane = $2
                           AND NOT waiting.wrapped ORDER BY w.tenant_id LIMIT 1)
                       LIMIT 1) next
                    WHERE n < 512 AND NOT (next.wrapped AND next.tenant_id > $5)),
               turn AS (
                   SELECT w.tenant_id, coalesce(t.virtual_micros, 0) AS v
                     FROM waiting w LEFT JOIN tenant_turn t ON t.target_id = $1 AND t.tenant_id = w.tenant_id
                    WHERE w.n > 0 AND EXISTS (
                          SELECT FROM work d WHERE d.target_id = $1 AND d.lane = $2 AND d.tenant_id = w.tenant_id
                             AND d.due_at <= now() AND (d.lease_until IS NULL OR d.lease_until < now()))
                    ORDER BY v, w.tenant_id LIMIT 16),
               pick AS (
                   SELECT p.object_id FROM turn CROSS JOIN LATERAL (
                       SELECT object_id FROM work w
                        WHERE w.target_id = $1 AND w.lane = $2 AND w.tenant_id = turn.tenant_id
                          AND w.due_at <= now() AND (w.lease_until IS NULL OR w.lease_until < now())
                        ORDER BY w.due_at, w.object_id
                        LIMIT greatest($3 / (SELECT count(*) FROM turn), 8) FOR UPDATE SKIP LOCKED) p
                    LIMIT $3),
               token AS MATERIALIZED (SELECT nextval('lease') AS lease)
               UPDATE work SET lease = token.lease, lease_until = now() + make_interval(secs => $4)
                 FROM pick, token WHERE work.object_id = pick.object_id
               RETURNING work.object_id, work.tenant_id, work.attempts, work.refusals,
                         work.lease AS "lease!""#,
            target.uuid(),
            lane.code(),
            i64::try_from(limit).unwrap_or(i64::MAX),
            lease_seconds(),
            start
        )
        .fetch_all(&self.pool)
        .await?;
        let Some(lease) = rows.first().map(|r| r.lease) else { return Ok(None) };
        let mut objects: Vec<_> = rows
            .into_iter()
            .map(|r| Claimed {
                object: ObjectId::from_uuid(r.object_id),
                tenant: TenantId::from_uuid(r.tenant_id),
                attempts: r.attempts,
                refusals: r.refusals,
            })
            .collect();
        objects.sort_by_key(|c| c.object);
        Ok(Some(Claim { lease, objects }))
    }

    /// Holds the claim for another lease; false when it was lost to another worker.
    pub async fn renew(&self, claim: &Claim) -> Result<bool, StoreError> {
        let renewed = sqlx::query!(
            // In one order, as everybody locks the queue.
            "UPDATE work w SET lease_until = now() + make_interval(secs => $2)
               FROM (SELECT object_id FROM work WHERE lease = $1 ORDER BY object_id FOR UPDATE) l
              WHERE w.object_id = l.object_id",
            claim.lease,
            lease_seconds()
        )
        .execute(&self.pool)
        .await?;
        Ok(renewed.rows_affected() > 0)
    }

    /// Gives the claim back untouched, as at an orderly stop.
    pub async fn release(&self, claim: &Claim) -> Result<(), StoreError> {
        sqlx::query!(
            "UPDATE work w SET lease = NULL, lease_until = NULL
               FROM (SELECT object_id FROM work WHERE lease = $1 ORDER BY object_id FOR UPDATE) l
              WHERE w.object_id = l.object_id",
            claim.lease
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Notes what is about to be tried, before it is tried, and shows the
    /// requests as running. `replica` is the copy of the target that will be
    /// told, if it has several. Also renews the lease; false when the lease was
    /// lost for any of the objects, and then nothing may be tried.
    pub async fn intend(
        &self,
        claim: &Claim,
        intents: &[Intent],
        replica: Option<Uuid>,
    ) -> Result<bool, StoreError> {
        let objects: Vec<_> = intents.iter().map(|i| i.object.uuid()).collect();
        let generations: Vec<_> = intents.iter().map(|i| i.generation).collect();
        let steps: Vec<_> = intents.iter().map(|i| i.step.to_owned()).collect();
        let namings: Vec<_> = intents.iter().map(|i| i.naming.as_ref().map(Json)).collect();
        let noted = sqlx::query!(
            r#"WITH a AS (SELECT * FROM unnest($2::uuid[], $3::bigint[], $4::text[], $5::jsonb[])
                              AS a (object_id, generation, step, naming)),
               l AS (SELECT object_id FROM work WHERE lease = $1 ORDER BY object_id FOR UPDATE),
               w AS (UPDATE work SET lease_until = now() + make_interval(secs => $6) FROM l
                      WHERE work.object_id = l.object_id RETURNING work.object_id, work.tenant_id),
               i AS (UPDATE request_item i SET state = 'running', updated_at = now()
                       FROM a JOIN w USING (object_id)
                      WHERE i.object_id = a.object_id AND i.member_id = '00000000-0000-0000-0000-000000000000'
                        AND i.state IN ('requested', 'parked')
                     RETURNING i.request_id),
               r AS (UPDATE request SET started_at = now()
                      WHERE id IN (SELECT request_id FROM i) AND started_at IS NULL)
               INSERT INTO attempt (object_id, tenant_id, generation, lease, step, naming, replica)
               SELECT a.object_id, w.tenant_id, a.generation, $1, a.step, a.naming, $7 FROM a JOIN w USING (object_id)"#,
            claim.lease,
            &objects,
            &generations,
            &steps,
            &namings as _,
            lease_seconds(),
            replica
        )
        .execute(&self.pool)
        .await?;
        Ok(usize::try_from(noted.rows_affected()).is_ok_and(|n| n == intents.len()))
    }

    /// What was noted last for these objects certainly did not happen, so no
    /// copy of the target was told of it.
    pub async fn untold(&self, claim: &Claim, objects: &[ObjectId]) -> Result<(), StoreError> {
        let ids: Vec<_> = objects.iter().map(|o| o.uuid()).collect();
        sqlx::query!(
            "UPDATE attempt t SET replica = NULL FROM unnest($2::uuid[]) AS u (id)
              WHERE t.lease = $1 AND t.id = (SELECT a.id FROM attempt a WHERE a.object_id = u.id
                                              ORDER BY a.id DESC LIMIT 1)",
            claim.lease,
            &ids
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Of which objects another copy of the target than `replica` was told last,
    /// and so lately that this one need not know yet.
    pub async fn told_elsewhere(
        &self,
        objects: &BTreeSet<ObjectId>,
        replica: Uuid,
    ) -> Result<BTreeSet<ObjectId>, StoreError> {
        let ids: Vec<_> = objects.iter().map(|o| o.uuid()).collect();
        let rows = sqlx::query_scalar!(
            r#"SELECT u.id AS "id!" FROM unnest($1::uuid[]) AS u (id) CROSS JOIN LATERAL
                      (SELECT a.replica, a.started_at FROM attempt a
                        WHERE a.object_id = u.id AND a.replica IS NOT NULL ORDER BY a.id DESC LIMIT 1) a
                WHERE a.replica <> $2 AND a.started_at > now() - make_interval(secs => $3)"#,
            &ids,
            replica,
            limits::REPLICATION.as_secs_f64()
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(rows.into_iter().map(ObjectId::from_uuid).collect())
    }
}

fn lease_seconds() -> f64 {
    // Small enough for f64 by definition.
    f64::from(u32::try_from(limits::LEASE_SECONDS).unwrap_or(10))
}
