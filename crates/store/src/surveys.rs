//! What was seen of directories when somebody asked. How it is seen is in
//! [`crate::engine`].

use std::collections::BTreeMap;

use domain::{
    adoption::Ignored,
    event::{Event, FieldChange, Outcome},
    id::{ObjectId, SurveyId, TargetId, TenantId, UserId},
    limits,
    problem::Problem,
    spec::{Attribute, ObjectKind},
};
use jiff::{SignedDuration, Timestamp};
use sqlx::types::Json;
use uuid::Uuid;

use crate::{
    StoreError,
    error::known,
    ts,
    tx::{Permit, ReadTx, TenantRef, WriteTx, act},
};

/// A survey that was asked for.
#[derive(Debug, Clone)]
pub struct Survey {
    /// Its id.
    pub id: SurveyId,
    /// Whose the directory is.
    pub tenant: TenantId,
    /// The directory.
    pub target: TargetId,
    /// Its code.
    pub directory: String,
    /// Only this container; none for everything.
    pub base: Option<String>,
    /// `requested`, `running`, `done` or `failed`.
    pub state: String,
    /// Why it failed.
    pub problem: Option<Problem>,
    /// Objects seen so far.
    pub seen: i64,
    /// Who asked.
    pub asked_by: UserId,
    /// When.
    pub created_at: Timestamp,
    /// When it came to its end.
    pub finished_at: Option<Timestamp>,
    /// When it is forgotten.
    pub expires_at: Timestamp,
}

/// An object a survey saw.
#[derive(Debug, Clone)]
pub struct SurveyObject {
    /// Its id in the directory.
    pub external_id: Uuid,
    /// Container, group or user.
    pub kind: ObjectKind,
    /// Its address.
    pub dn: String,
    /// The address of what it lies in, in lower case.
    pub parent_key: String,
    /// Its name within that.
    pub name: String,
    /// The marker it bears.
    pub marker: Option<ObjectId>,
    /// It is never touched.
    pub protected: bool,
    /// What it shows.
    pub attributes: BTreeMap<Attribute, String>,
    /// The groups it is in.
    pub member_of: Vec<Uuid>,
    /// Whose of ours it is today, and as what.
    pub owner: Option<(TenantId, ObjectId)>,
    /// Nobody takes it over.
    pub ignored: Option<Ignored>,
}

impl SurveyObject {
    /// Its address as children name it.
    #[must_use]
    pub fn key(&self) -> String {
        self.dn.to_lowercase()
    }
}

macro_rules! object {
    ($row:expr) => {{
        let row = $row;
        Ok::<_, StoreError>(SurveyObject {
            external_id: row.external_id,
            kind: known(ObjectKind::from_code(&row.kind), "survey_object", "kind", row.external_id)?,
            dn: row.dn,
            parent_key: row.parent_key,
            name: row.name,
            marker: row.marker.map(ObjectId::from_uuid),
            protected: row.protected,
            attributes: row.attributes.0,
            member_of: row.member_of,
            owner: row.owner.zip(row.object).map(|(t, o)| (TenantId::from_uuid(t), ObjectId::from_uuid(o))),
            ignored: row
                .ignored
                .map(|code| known(Ignored::from_code(&code), "survey_object", "ignored", row.external_id))
                .transpose()?,
        })
    }};
}

impl ReadTx<'_> {
    /// A survey of a directory whose operator the caller is, with that tenant.
    pub async fn survey(&mut self, id: SurveyId) -> Result<(Survey, TenantRef), StoreError> {
        let missing = || StoreError::NotFound("survey");
        let tenant = sqlx::query_scalar!("SELECT tenant_id FROM survey WHERE id = $1", id.uuid())
            .fetch_optional(self.sql())
            .await?
            .ok_or_else(missing)?;
        let tenant = self.tenant(TenantId::from_uuid(tenant)).await.map_err(|_| missing())?;
        let permit = self.permit::<act::DirectoryAdopt>(&tenant)?;
        let survey = self.load_surveys(&permit, None, Some(id), None, 1).await?.pop().ok_or_else(missing)?;
        Ok((survey, tenant))
    }

    /// Surveys of one directory, the newest first, older than `before`.
    pub async fn surveys(
        &mut self,
        permit: &Permit<act::DirectoryAdopt>,
        target: TargetId,
        before: Option<SurveyId>,
        limit: u32,
    ) -> Result<Vec<Survey>, StoreError> {
        self.load_surveys(permit, Some(target), None, before, limit).await
    }

    async fn load_surveys(
        &mut self,
        permit: &Permit<act::DirectoryAdopt>,
        target: Option<TargetId>,
        id: Option<SurveyId>,
        before: Option<SurveyId>,
        limit: u32,
    ) -> Result<Vec<Survey>, StoreError> {
        let now = ts(self.now);
        let rows = sqlx::query!(
            r#"SELECT s.id, s.tenant_id, s.target_id, d.code, s.base_dn, s.state,
                      s.problem AS "problem: Json<Problem>", s.seen, s.asked_by,
                      s.created_at AS "created_at!: jiff_sqlx::Timestamp",
                      s.finished_at AS "finished_at: jiff_sqlx::Timestamp",
                      s.expires_at AS "expires_at!: jiff_sqlx::Timestamp"
                 FROM survey s JOIN target d ON d.id = s.target_id
                WHERE s.tenant_id = $1 AND s.expires_at > $6 AND ($2::uuid IS NULL OR s.target_id = $2)
                  AND ($3::uuid IS NULL OR s.id = $3) AND ($4::uuid IS NULL OR s.id < $4)
                ORDER BY s.id DESC LIMIT $5"#,
            permit.tenant.id.uuid(),
            target.map(TargetId::uuid),
            id.map(SurveyId::uuid),
            before.map(SurveyId::uuid),
            i64::from(limit),
            now as _
        )
        .fetch_all(self.sql())
        .await?;
        let survey = rows.into_iter().map(|row| Survey {
            id: SurveyId::from_uuid(row.id),
            tenant: TenantId::from_uuid(row.tenant_id),
            target: TargetId::from_uuid(row.target_id),
            directory: row.code,
            base: row.base_dn,
            state: row.state,
            problem: row.problem.map(|problem| problem.0),
            seen: row.seen,
            asked_by: UserId::from_uuid(row.asked_by),
            created_at: row.created_at.to_jiff(),
            finished_at: row.finished_at.map(jiff_sqlx::Timestamp::to_jiff),
            expires_at: row.expires_at.to_jiff(),
        });
        Ok(survey.collect())
    }

    /// What a survey saw, in the order of addresses; `parent` only what lies
    /// directly in that container.
    pub async fn survey_objects(
        &mut self,
        survey: &Survey,
        kind: Option<ObjectKind>,
        parent: Option<&str>,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<SurveyObject>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT o.external_id, o.kind, o.dn, o.parent_key, o.name, o.marker, o.protected,
                      o.attributes AS "attributes!: Json<BTreeMap<Attribute, String>>", o.member_of,
                      o.ignored, w.tenant_id AS "owner?", w.id AS "object?"
                 FROM survey_object o
                 -- The object itself; its access list is known by the same id.
                 LEFT JOIN LATERAL (SELECT w.id, w.tenant_id FROM external_object x
                        JOIN object w ON w.id = x.object_id AND w.wanted AND w.kind <> 'access'
                       WHERE x.target_id = $2 AND x.external_id = o.external_id LIMIT 1) w ON true
                WHERE o.survey_id = $1 AND ($3::text IS NULL OR o.kind = $3)
                  AND ($4::text IS NULL OR o.parent_key = lower($4)) AND ($5::text IS NULL OR o.dn_key > $5)
                ORDER BY o.dn_key LIMIT $6"#,
            survey.id.uuid(),
            survey.target.uuid(),
            kind.map(ObjectKind::code),
            parent,
            after,
            i64::from(limit)
        )
        .fetch_all(self.sql())
        .await?;
        rows.into_iter().map(|row| object!(row)).collect()
    }

    /// The containers a survey saw.
    pub async fn survey_containers(&mut self, survey: &Survey) -> Result<Vec<SurveyObject>, StoreError> {
        self.survey_objects(survey, Some(ObjectKind::Container), None, None, u32::MAX).await
    }

    /// The container with this address and everything in it, at most `limit` objects.
    pub async fn survey_subtree(
        &mut self,
        survey: &Survey,
        dn: &str,
        limit: usize,
    ) -> Result<Vec<SurveyObject>, StoreError> {
        let rows = sqlx::query!(
            r#"WITH RECURSIVE c AS (
                    SELECT o.external_id, o.dn_key FROM survey_object o
                     WHERE o.survey_id = $1 AND o.dn_key = lower($3) AND o.kind = 'container'
                    UNION
                    SELECT o.external_id, o.dn_key FROM c JOIN survey_object o
                        ON o.survey_id = $1 AND o.parent_key = c.dn_key AND o.kind = 'container'),
                  a AS (SELECT external_id FROM c
                    UNION
                    SELECT o.external_id FROM c JOIN survey_object o ON o.survey_id = $1 AND o.parent_key = c.dn_key)
               SELECT o.external_id, o.kind, o.dn, o.parent_key, o.name, o.marker, o.protected,
                      o.attributes AS "attributes!: Json<BTreeMap<Attribute, String>>", o.member_of,
                      o.ignored, w.tenant_id AS "owner?", w.id AS "object?"
                 FROM a JOIN survey_object o ON o.survey_id = $1 AND o.external_id = a.external_id
                 LEFT JOIN LATERAL (SELECT w.id, w.tenant_id FROM external_object x
                        JOIN object w ON w.id = x.object_id AND w.wanted AND w.kind <> 'access'
                       WHERE x.target_id = $2 AND x.external_id = o.external_id LIMIT 1) w ON true
                ORDER BY o.external_id LIMIT $4"#,
            survey.id.uuid(),
            survey.target.uuid(),
            dn,
            i64::try_from(limit).unwrap_or(i64::MAX)
        )
        .fetch_all(self.sql())
        .await?;
        rows.into_iter().map(|row| object!(row)).collect()
    }

    /// Our container at this address, and whose it is.
    pub async fn container_at(
        &mut self,
        target: TargetId,
        dn: &str,
    ) -> Result<Option<(ObjectId, TenantId)>, StoreError> {
        let row = sqlx::query!(
            // The nearest of ours: somebody else's lies within it, however deep.
            "SELECT o.id, o.tenant_id FROM object o JOIN external_object x ON x.object_id = o.id
              WHERE o.target_id = $1 AND o.kind = 'container' AND o.wanted
                AND (lower(x.dn) = lower($2) OR right(lower($2), length(x.dn) + 1) = ',' || lower(x.dn))
              ORDER BY length(x.dn) DESC LIMIT 1",
            target.uuid(),
            dn
        )
        .fetch_optional(self.sql())
        .await?;
        Ok(row.map(|row| (ObjectId::from_uuid(row.id), TenantId::from_uuid(row.tenant_id))))
    }
}

impl WriteTx<'_> {
    /// Asks for a survey of a directory of the permitted tenant.
    pub async fn ask_for_survey(
        &mut self,
        permit: &Permit<act::DirectoryAdopt>,
        target: TargetId,
        base: Option<&str>,
    ) -> Result<Option<SurveyId>, StoreError> {
        let (id, tenant): (SurveyId, _) = (self.id(), permit.tenant.id);
        let (now, actor) = (ts(self.now), self.caller.user().uuid());
        let until = ts(self.now + SignedDuration::from_hours(limits::SURVEY_HOURS));
        let asked = sqlx::query!(
            "INSERT INTO survey (id, tenant_id, target_id, base_dn, asked_by, created_at, expires_at)
             SELECT $1, $2, $3, $4, $5, $6, $7
              WHERE (SELECT count(*) FROM survey WHERE target_id = $3 AND expires_at > $6) < $8",
            id.uuid(),
            tenant.uuid(),
            target.uuid(),
            base,
            actor,
            now as _,
            until as _,
            limits::SURVEYS
        )
        .execute(self.sql())
        .await?;
        if asked.rows_affected() == 0 {
            return Ok(None);
        }
        let base =
            FieldChange { field: "base".into(), before: None, after: base.map(str::to_owned), person: None };
        self.events.push(Event {
            code: "survey.asked",
            outcome: Outcome::Success,
            tenant,
            target: ("directory", target.to_string()),
            changes: base.after.is_some().then_some(base).into_iter().collect(),
        });
        Ok(Some(id))
    }
}
