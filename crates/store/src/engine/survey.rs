//! Surveys under way: whose turn it is, and what was seen. What becomes of it
//! is in [`crate::surveys`].

use std::collections::BTreeMap;

use domain::{
    adoption::Ignored,
    id::{ObjectId, SurveyId, TargetId},
    problem::Problem,
    spec::{Attribute, ObjectKind},
};
use jiff::{SignedDuration, Timestamp};
use sqlx::types::Json;
use uuid::Uuid;

use super::EngineStore;
use crate::{StoreError, ts};

/// A survey that is carried out by one process only.
#[derive(Debug)]
pub struct SurveyClaim {
    /// Which.
    pub survey: SurveyId,
    /// Only this container; none for everything.
    pub base: Option<String>,
    tenant: Uuid,
    lease: i64,
}

/// An object that was seen.
#[derive(Debug)]
pub struct Seen {
    /// Its id in the target.
    pub external_id: Uuid,
    /// Container, group or user.
    pub kind: ObjectKind,
    /// Its address.
    pub dn: String,
    /// The address of what it lies in.
    pub parent_dn: String,
    /// The marker it bears.
    pub marker: Option<ObjectId>,
    /// Its security id.
    pub security_id: Option<String>,
    /// It is never touched.
    pub protected: bool,
    /// Nobody takes it over.
    pub ignored: Option<Ignored>,
    /// What it shows.
    pub attributes: BTreeMap<Attribute, String>,
    /// The groups it is in.
    pub member_of: Vec<Uuid>,
}

/// A survey holds its claim this long without renewal: a page takes seconds.
const SURVEY_LEASE_SECONDS: f64 = 60.0;

impl EngineStore {
    /// Claims the oldest survey of a target that nobody else is at. One that was
    /// cut off begins anew: a directory's pages end with their connection.
    pub async fn claim_survey(&self, target: TargetId) -> Result<Option<SurveyClaim>, StoreError> {
        let row = sqlx::query!(
            r#"WITH due AS (SELECT id FROM survey WHERE target_id = $1 AND state IN ('requested', 'running')
                               AND (lease_until IS NULL OR lease_until < now())
                             ORDER BY created_at LIMIT 1 FOR UPDATE SKIP LOCKED)
               UPDATE survey s SET state = 'running', seen = 0, lease = nextval('lease'),
                      lease_until = now() + make_interval(secs => $2)
                 FROM due WHERE s.id = due.id
               RETURNING s.id, s.tenant_id, s.base_dn, s.lease AS "lease!""#,
            target.uuid(),
            SURVEY_LEASE_SECONDS
        )
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else { return Ok(None) };
        sqlx::query!("DELETE FROM survey_object WHERE survey_id = $1", row.id).execute(&self.pool).await?;
        let survey = SurveyId::from_uuid(row.id);
        Ok(Some(SurveyClaim { survey, base: row.base_dn, tenant: row.tenant_id, lease: row.lease }))
    }

    /// Stores a page and holds the claim longer; false when somebody else has it.
    /// What was renamed meanwhile and comes a second time is stored once.
    pub async fn record_survey(&self, claim: &SurveyClaim, seen: &[Seen]) -> Result<bool, StoreError> {
        let mut tx = self.pool.begin().await?;
        let held = sqlx::query!(
            "UPDATE survey SET seen = seen + $3, lease_until = now() + make_interval(secs => $4)
              WHERE id = $1 AND lease = $2",
            claim.survey.uuid(),
            claim.lease,
            i64::try_from(seen.len()).unwrap_or(i64::MAX),
            SURVEY_LEASE_SECONDS
        )
        .execute(&mut *tx)
        .await?;
        if held.rows_affected() == 0 {
            return Ok(false);
        }
        for chunk in seen.chunks(domain::limits::ROWS_PER_STATEMENT) {
            let name = |s: &Seen| s.attributes.get(&Attribute::Name).cloned().unwrap_or_default();
            // Arrays of arrays have to be rectangles, so the groups travel as text.
            let groups = |s: &Seen| s.member_of.iter().map(Uuid::to_string).collect::<Vec<_>>().join(" ");
            sqlx::query!(
                r#"INSERT INTO survey_object (survey_id, tenant_id, external_id, kind, dn, dn_key, parent_key, name, marker,
                          security_id, protected, attributes, member_of, ignored)
                   SELECT $1, $2, id, kind, dn, key, parent, name, marker, sid, protected, attributes,
                          string_to_array(groups, ' ')::uuid[], ignored
                     FROM (SELECT a.id, a.kind, a.dn, a.key, a.parent, a.name, a.marker, a.sid, a.protected, a.attributes,
                                  coalesce(a.groups, '') AS groups, a.ignored
                             FROM unnest($3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::uuid[],
                                  $10::text[], $11::bool[], $12::jsonb[], $13::text[], $14::text[])
                               AS a (id, kind, dn, key, parent, name, marker, sid, protected, attributes, groups, ignored)) a
                   ON CONFLICT (survey_id, external_id) DO NOTHING"#,
                claim.survey.uuid(),
                claim.tenant,
                &chunk.iter().map(|s| s.external_id).collect::<Vec<_>>(),
                &chunk.iter().map(|s| s.kind.code().to_owned()).collect::<Vec<_>>(),
                &chunk.iter().map(|s| s.dn.clone()).collect::<Vec<_>>(),
                &chunk.iter().map(|s| s.dn.to_lowercase()).collect::<Vec<_>>(),
                &chunk.iter().map(|s| s.parent_dn.to_lowercase()).collect::<Vec<_>>(),
                &chunk.iter().map(name).collect::<Vec<_>>(),
                &chunk.iter().map(|s| s.marker.map(ObjectId::uuid)).collect::<Vec<_>>() as _,
                &chunk.iter().map(|s| s.security_id.clone()).collect::<Vec<_>>() as _,
                &chunk.iter().map(|s| s.protected).collect::<Vec<_>>(),
                &chunk.iter().map(|s| Json(&s.attributes)).collect::<Vec<_>>() as _,
                &chunk.iter().map(groups).collect::<Vec<_>>(),
                &chunk.iter().map(|s| s.ignored.map(|i| i.code().to_owned())).collect::<Vec<_>>() as _
            )
            .execute(&mut *tx)
            .await?;
        }
        tx.commit().await?;
        Ok(true)
    }

    /// Everything was seen, or the target refused the survey for a reason of its own.
    pub async fn end_survey(&self, claim: &SurveyClaim, refused: Option<&Problem>) -> Result<(), StoreError> {
        sqlx::query!(
            "UPDATE survey SET state = CASE WHEN $3::jsonb IS NULL THEN 'done' ELSE 'failed' END, problem = $3,
                    finished_at = now(), lease = NULL, lease_until = NULL
              WHERE id = $1 AND lease = $2",
            claim.survey.uuid(),
            claim.lease,
            refused.map(Json) as _
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// The survey was cut off; it is begun anew.
    pub async fn release_survey(&self, claim: &SurveyClaim) -> Result<(), StoreError> {
        sqlx::query!(
            "UPDATE survey SET lease = NULL, lease_until = NULL WHERE id = $1 AND lease = $2",
            claim.survey.uuid(),
            claim.lease
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// What was seen too long ago goes, and what the directory said of single names.
    pub(super) async fn forget_surveys(&self, now: Timestamp) -> Result<u64, StoreError> {
        let said_before = now - SignedDuration::from_hours(domain::limits::SURVEY_HOURS);
        sqlx::query!("DELETE FROM name_answer WHERE asked_at <= $1", ts(said_before) as _)
            .execute(&self.pool)
            .await?;
        let gone = sqlx::query!("DELETE FROM survey WHERE expires_at <= $1", ts(now) as _);
        Ok(gone.execute(&self.pool).await?.rows_affected())
    }
}
