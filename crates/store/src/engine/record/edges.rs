//! Outcomes of memberships, which a group carries along.

use domain::problem::{Problem, ProblemCode};
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Batch, Outcome};
use crate::StoreError;

#[derive(Default)]
pub(super) struct Edges {
    pub(super) groups: Vec<Uuid>,
    pub(super) members: Vec<Uuid>,
    pub(super) generations: Vec<i64>,
    pub(super) problems: Vec<Option<Value>>,
}

pub(super) fn edges(batch: &Batch, good: bool) -> Edges {
    let mut edges = Edges::default();
    for object in &batch.objects {
        for edge in object.edges.iter().filter(|e| e.result.is_ok() == good) {
            edges.groups.push(object.object.uuid());
            edges.members.push(edge.member.uuid());
            edges.generations.push(edge.generation);
            let problem = edge.result.as_ref().err();
            edges.problems.push(problem.map(|p| serde_json::to_value(p).unwrap_or(Value::Null)));
        }
    }
    edges
}

pub(super) async fn record_edges(
    tx: &mut PgConnection,
    batch: &Batch,
    requests: &mut Vec<Uuid>,
) -> Result<(), StoreError> {
    let good = edges(batch, true);
    if !good.groups.is_empty() {
        let rows = sqlx::query_scalar!(
            "WITH a AS (SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::bigint[]) AS a (g, m, gen)),
                  e AS (UPDATE membership x SET applied_gen = greatest(x.applied_gen, a.gen) FROM a
                         WHERE x.group_object = a.g AND x.member_object = a.m)
             UPDATE request_item i SET state = 'verified', problem = NULL, updated_at = now() FROM a
              WHERE i.object_id = a.g AND i.member_id = a.m AND i.generation <= a.gen
                AND i.state IN ('requested', 'running', 'failed', 'parked')
             RETURNING i.request_id",
            &good.groups,
            &good.members,
            &good.generations
        )
        .fetch_all(&mut *tx)
        .await?;
        requests.extend(rows);
    }
    forget_strays(tx, &good).await?;
    let bad = edges(batch, false);
    if !bad.groups.is_empty() {
        let rows = sqlx::query_scalar!(
            "UPDATE request_item i SET state = 'failed', problem = a.problem, updated_at = now()
               FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::jsonb[]) AS a (g, m, gen, problem)
              WHERE i.object_id = a.g AND i.member_id = a.m AND i.generation = a.gen
                AND i.state IN ('requested', 'running', 'parked')
             RETURNING i.request_id",
            &bad.groups,
            &bad.members,
            &bad.generations,
            &bad.problems as _
        )
        .fetch_all(&mut *tx)
        .await?;
        requests.extend(rows);
        // Where no item tells that it failed, the next scan finds it again.
        sqlx::query!(
            "UPDATE membership x SET applied_gen = a.gen
               FROM unnest($1::uuid[], $2::uuid[], $3::bigint[]) AS a (g, m, gen)
              WHERE x.group_object = a.g AND x.member_object = a.m AND x.wanted_gen = a.gen
                AND NOT EXISTS (SELECT FROM request_item i WHERE i.object_id = a.g AND i.member_id = a.m
                      AND i.generation = a.gen AND i.state = 'failed')",
            &bad.groups,
            &bad.members,
            &bad.generations
        )
        .execute(&mut *tx)
        .await?;
        sqlx::query!(
            "DELETE FROM stray_member s USING unnest($1::uuid[], $2::uuid[]) AS a (g, m)
              WHERE s.group_object = a.g AND s.external_id = a.m AND s.request_id IS NULL",
            &bad.groups,
            &bad.members
        )
        .execute(tx)
        .await?;
    }
    Ok(())
}

/// Members nobody wanted, who are out now.
async fn forget_strays(tx: &mut PgConnection, gone: &Edges) -> Result<(), StoreError> {
    sqlx::query!(
        "DELETE FROM stray_member s USING unnest($1::uuid[], $2::uuid[]) AS a (g, m)
          WHERE s.group_object = a.g AND s.external_id = a.m",
        &gone.groups,
        &gone.members
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Memberships of what could not be made are shown as waiting, so that the
/// request comes to an end; once it is there they are due again.
pub(super) async fn waiting_edges(
    tx: &mut PgConnection,
    batch: &Batch,
    requests: &mut Vec<Uuid>,
) -> Result<(), StoreError> {
    let ids = |verified: bool| {
        let chosen = batch.objects.iter().filter(move |o| match o.outcome {
            Outcome::Verified => (o.observed.is_some()) == verified,
            Outcome::Failed(_) => !verified,
            Outcome::Retry { .. } | Outcome::Parked(_) => false,
        });
        chosen.map(|o| o.object.uuid()).collect::<Vec<_>>()
    };
    let waiting = serde_json::to_value(Problem::new(ProblemCode::Waiting)).unwrap_or(Value::Null);
    let rows = sqlx::query_scalar!(
        "UPDATE request_item i SET state = 'failed', problem = $2, updated_at = now()
           FROM membership m LEFT JOIN external_object x ON x.object_id = m.member_object
          WHERE m.member_object = ANY($1) AND x.external_id IS NULL AND m.wanted AND m.wanted_gen > m.applied_gen
            AND i.object_id = m.group_object AND i.member_id = m.member_object AND i.generation = m.wanted_gen
            AND i.state IN ('requested', 'running', 'parked')
         RETURNING i.request_id",
        &ids(false),
        waiting
    )
    .fetch_all(&mut *tx)
    .await?;
    requests.extend(rows);
    sqlx::query!(
        "WITH i AS (UPDATE request_item i SET state = 'requested', problem = NULL, updated_at = now()
               FROM membership m LEFT JOIN external_object x ON x.object_id = m.member_object
              WHERE (m.member_object = ANY($1) OR m.group_object = ANY($1)) AND m.wanted_gen > m.applied_gen
                AND (NOT m.wanted OR x.external_id IS NOT NULL)
                AND i.object_id = m.group_object AND i.member_id = m.member_object AND i.generation = m.wanted_gen
                AND i.state = 'failed' AND i.problem->>'code' = 'waiting'
             RETURNING i.request_id)
         UPDATE request SET finished_at = NULL WHERE id IN (SELECT request_id FROM i)",
        &ids(true)
    )
    .execute(tx)
    .await?;
    Ok(())
}
