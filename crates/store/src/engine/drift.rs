//! Looking for drift: whose turn it is to scan, what is known of the objects
//! that were seen, and the findings (in `record`).

mod members;
mod record;

use std::time::Duration;

use domain::{
    id::{ObjectId, TargetId, TenantId},
    spec::{Address, ObjectKind, Spec},
};
use jiff::Timestamp;
use uuid::Uuid;

pub use members::{Insider, Outsider};
pub use record::{Checked, Found, Recorded, Stranger};

use super::EngineStore;
use crate::{StoreError, ts};

/// A scan that is carried out by one process only.
#[derive(Debug)]
pub struct ScanClaim {
    /// The target.
    pub target: TargetId,
    /// Everything is looked at, not only what changed.
    pub full: bool,
    /// Where the scan before ended.
    pub resume: Option<Vec<u8>>,
    lease: i64,
    started: Timestamp,
}

/// What the queue and the last outcome say of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// The object.
    pub object: ObjectId,
    /// The generation of its desired state.
    pub generation: i64,
    /// When the engine looked at it last.
    pub observed_at: Option<Timestamp>,
}

/// An object as it should be, if nothing is under way with it.
#[derive(Debug)]
pub struct Standing {
    /// What must still hold when a finding about it is written.
    pub stamp: Stamp,
    /// Whose it is.
    pub tenant: TenantId,
    /// What kind it is.
    pub kind: ObjectKind,
    /// What should be true of it.
    pub spec: Spec,
    /// Where it was seen last.
    pub address: Option<Address>,
    /// Its security id as seen last.
    pub security_id: Option<String>,
    /// It is wanted, was verified as it is wanted now, and nothing is to be done with it.
    pub settled: bool,
    /// There is an open finding about it.
    pub open: bool,
}

/// An object that should be in the target.
#[derive(Debug)]
pub struct Expected {
    /// The object.
    pub object: ObjectId,
    /// Its id in the target.
    pub external_id: Uuid,
    /// It is an access list, which no scan reports.
    pub access: bool,
    /// There is an open finding about it.
    pub open: bool,
}

/// A scan holds its claim this long without renewal.
const SCAN_LEASE_SECONDS: f64 = 60.0;

impl EngineStore {
    /// Claims the scan of a target, if one is due and nobody else is at it: a
    /// full one when the last is older than `full_every` or somebody asked for one.
    pub async fn claim_scan(
        &self,
        target: TargetId,
        every: Duration,
        full_every: Duration,
    ) -> Result<Option<ScanClaim>, StoreError> {
        sqlx::query!(
            "INSERT INTO drift_scan (target_id) VALUES ($1) ON CONFLICT (target_id) DO NOTHING",
            target.uuid()
        )
        .execute(&self.pool)
        .await?;
        let row = sqlx::query!(
            r#"WITH due AS (SELECT s.target_id, s.full_at IS NULL
                                   OR s.full_at <= now() - make_interval(secs => $3)
                                   OR coalesce(s.asked_at > s.full_at, false) AS whole
                      FROM drift_scan s WHERE s.target_id = $1 AND (s.lease_until IS NULL OR s.lease_until < now())
                       FOR UPDATE SKIP LOCKED)
               UPDATE drift_scan s SET lease = nextval('lease'), lease_until = now() + make_interval(secs => $4)
                 FROM due WHERE s.target_id = due.target_id
                  AND (due.whole OR s.scanned_at IS NULL OR s.scanned_at <= now() - make_interval(secs => $2))
               RETURNING s.lease AS "lease!", s.resume, due.whole AS "whole!",
                         now() AS "started!: jiff_sqlx::Timestamp""#,
            target.uuid(),
            every.as_secs_f64(),
            full_every.as_secs_f64(),
            SCAN_LEASE_SECONDS
        )
        .fetch_optional(&self.pool)
        .await?;
        Ok(row.map(|row| ScanClaim {
            target,
            full: row.whole,
            resume: row.resume.filter(|_| !row.whole),
            lease: row.lease,
            started: row.started.to_jiff(),
        }))
    }

    /// Holds the claim of a scan longer; false when somebody else has it.
    pub async fn renew_scan(&self, claim: &ScanClaim) -> Result<bool, StoreError> {
        let renewed = sqlx::query!(
            "UPDATE drift_scan SET lease_until = now() + make_interval(secs => $3) WHERE target_id = $1 AND lease = $2",
            claim.target.uuid(),
            claim.lease,
            SCAN_LEASE_SECONDS
        )
        .execute(&self.pool)
        .await?;
        Ok(renewed.rows_affected() > 0)
    }

    /// The scan was carried out to its end; the next one goes on at `resume`.
    pub async fn end_scan(&self, claim: &ScanClaim, resume: Option<&[u8]>) -> Result<(), StoreError> {
        sqlx::query!(
            "UPDATE drift_scan SET lease = NULL, lease_until = NULL, resume = $3, scanned_at = now(),
                    full_at = CASE WHEN $4 THEN $5 ELSE full_at END
              WHERE target_id = $1 AND lease = $2",
            claim.target.uuid(),
            claim.lease,
            resume,
            claim.full,
            ts(claim.started) as _
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// The scan was cut off; it is due again.
    pub async fn release_scan(&self, claim: &ScanClaim) -> Result<(), StoreError> {
        sqlx::query!(
            "UPDATE drift_scan SET lease = NULL, lease_until = NULL WHERE target_id = $1 AND lease = $2",
            claim.target.uuid(),
            claim.lease
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Our objects among those with these ids in the target.
    pub async fn known(&self, target: TargetId, ids: &[Uuid]) -> Result<Vec<Standing>, StoreError> {
        let objects = sqlx::query_scalar!(
            "SELECT x.object_id FROM external_object x JOIN object o ON o.id = x.object_id AND o.kind <> 'access'
              WHERE x.target_id = $1 AND x.external_id = ANY($2)",
            target.uuid(),
            ids
        )
        .fetch_all(&self.pool)
        .await?;
        let objects: Vec<_> = objects.into_iter().map(ObjectId::from_uuid).collect();
        self.standings(&objects).await
    }

    /// How these objects should be. What this build cannot read is left out.
    pub async fn standings(&self, objects: &[ObjectId]) -> Result<Vec<Standing>, StoreError> {
        let ids: Vec<_> = objects.iter().map(|o| o.uuid()).collect();
        let rows = sqlx::query!(
            r#"SELECT o.id AS "id!", o.tenant_id AS "tenant_id!", o.kind AS "kind!", o.spec AS "spec!",
                      o.generation AS "generation!", x.observed_at AS "observed_at?: jiff_sqlx::Timestamp",
                      x.external_id AS "external_id?", x.dn AS "dn?", x.observed->>'security_id' AS security_id,
                      o.wanted AND coalesce(x.applied_generation, 0) = o.generation
                          AND NOT EXISTS (SELECT FROM work w WHERE w.object_id = o.id) AS "settled!",
                      EXISTS (SELECT FROM finding f WHERE f.target_id = o.target_id AND f.object_id = o.id
                                 AND f.state = 'open') AS "open!"
                 FROM object o LEFT JOIN external_object x ON x.object_id = o.id WHERE o.id = ANY($1)"#,
            &ids
        )
        .fetch_all(&self.pool)
        .await?;
        let standing = rows.into_iter().filter_map(|row| {
            Some(Standing {
                stamp: Stamp {
                    object: ObjectId::from_uuid(row.id),
                    generation: row.generation,
                    observed_at: row.observed_at.map(jiff_sqlx::Timestamp::to_jiff),
                },
                tenant: TenantId::from_uuid(row.tenant_id),
                kind: ObjectKind::from_code(&row.kind)?,
                spec: serde_json::from_value(row.spec).ok()?,
                address: row.external_id.zip(row.dn).map(|(external_id, dn)| Address { external_id, dn }),
                security_id: row.security_id,
                settled: row.settled,
                open: row.open,
            })
        });
        Ok(standing.collect())
    }

    /// Settled objects of a target after `after`, in order of their ids.
    pub async fn expected(
        &self,
        target: TargetId,
        after: ObjectId,
        limit: usize,
    ) -> Result<Vec<Expected>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT o.id AS "id!", o.kind = 'access' AS "access!", x.external_id AS "external_id!",
                      EXISTS (SELECT FROM finding f WHERE f.target_id = $1 AND f.object_id = o.id
                                 AND f.state = 'open') AS "open!"
                 FROM external_object x JOIN object o ON o.id = x.object_id
                WHERE x.target_id = $1 AND x.object_id > $2 AND o.wanted AND x.external_id IS NOT NULL
                  AND x.applied_generation = o.generation
                  AND NOT EXISTS (SELECT FROM work w WHERE w.object_id = o.id)
                ORDER BY x.object_id LIMIT $3"#,
            target.uuid(),
            after.uuid(),
            i64::try_from(limit).unwrap_or(i64::MAX)
        )
        .fetch_all(&self.pool)
        .await?;
        let expected = rows.into_iter().map(|row| Expected {
            object: ObjectId::from_uuid(row.id),
            external_id: row.external_id,
            access: row.access,
            open: row.open,
        });
        Ok(expected.collect())
    }
}
