//! Names that previews would give, and what the directory says of them. Who asks is in [`crate::names`].

use domain::{
    id::{BulkId, TargetId},
    spec::Attribute,
};
use uuid::Uuid;

use super::EngineStore;
use crate::{StoreError, names::NameKind, ts};

/// Names that one process asks about.
#[derive(Debug)]
pub struct NameClaim {
    /// Names, each as the attribute that has it.
    pub names: Vec<(Attribute, String)>,
    bulk: BulkId,
    part: i32,
    lease: i64,
}

/// A claim is held so long: an answer takes less than a second.
const LEASE_SECONDS: f64 = 60.0;
/// Names that nobody answered about rest so long.
const REST_SECONDS: f64 = 5.0;

impl EngineStore {
    /// Claims the next names of a target that nobody asks about yet; small files are not behind large ones.
    pub async fn claim_names(&self, target: TargetId) -> Result<Option<NameClaim>, StoreError> {
        let row = sqlx::query!(
            r#"WITH due AS (SELECT bulk_id, part FROM name_question WHERE target_id = $1
                               AND (lease_until IS NULL OR lease_until < now())
                             ORDER BY part, bulk_id LIMIT 1 FOR UPDATE SKIP LOCKED)
               UPDATE name_question q SET lease = nextval('lease'), lease_until = now() + make_interval(secs => $2)
                 FROM due WHERE (q.bulk_id, q.part) = (due.bulk_id, due.part)
               RETURNING q.bulk_id, q.part, q.kinds, q.names, q.lease AS "lease!""#,
            target.uuid(),
            LEASE_SECONDS
        )
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let name = |(kind, name): (String, String)| match kind == NameKind::LogonName.code() {
            true => (Attribute::LogonName, name),
            false => (Attribute::PrincipalName, name),
        };
        let names = row.kinds.into_iter().zip(row.names).map(name).collect();
        Ok(Some(NameClaim { names, bulk: BulkId::from_uuid(row.bulk_id), part: row.part, lease: row.lease }))
    }

    /// Keeps who has the names of a claim and is nobody of ours, in their order.
    pub async fn answer_names(&self, claim: &NameClaim, holders: &[Option<Uuid>]) -> Result<(), StoreError> {
        sqlx::query!(
            "SELECT answer_names($1, $2, $3, $4, $5)",
            claim.bulk.uuid(),
            claim.part,
            claim.lease,
            holders as _,
            ts(self.clock.now()) as _
        )
        .fetch_one(&self.pool)
        .await?;
        sqlx::query!("SELECT pg_notify('tenantry_work', '')").execute(&self.pool).await?;
        Ok(())
    }

    /// The target did not answer; somebody asks again after a while, and about other names meanwhile.
    pub async fn release_names(&self, claim: &NameClaim) -> Result<(), StoreError> {
        sqlx::query!(
            "UPDATE name_question SET lease = NULL, lease_until = now() + make_interval(secs => $4)
              WHERE bulk_id = $1 AND part = $2 AND lease = $3",
            claim.bulk.uuid(),
            claim.part,
            claim.lease,
            REST_SECONDS
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}
