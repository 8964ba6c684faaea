//! Adoptions: what would become of a container and all in it, as it was shown,
//! and the rows by which it becomes ours. What is about a customer that exists is in
//! `existing`.

mod existing;

use std::collections::BTreeMap;

use domain::{
    adoption::{Difference, Fate, Reason, matching::Rule},
    event::{Event, FieldChange, Outcome},
    id::{AdoptionId, ObjectId, RequestId, SurveyId, TargetId, TenantId, UserId},
    limits,
    request::Lane,
    spec::ObjectKind,
};
use jiff::Timestamp;
use serde_json::Value;
use sqlx::types::Json;
use uuid::Uuid;

use crate::{
    StoreError,
    error::known,
    objects::Edge,
    ts,
    tx::{Permit, ReadTx, TenantRef, WriteTx, act},
    users::NewUser,
};

pub use existing::{KnownGroup, Linked, NewLink};

/// An adoption that was previewed.
#[derive(Debug, Clone)]
pub struct Adoption {
    /// Its id.
    pub id: AdoptionId,
    /// The survey it is made from.
    pub survey: SurveyId,
    /// The directory.
    pub target: TargetId,
    /// The container's id in the directory.
    pub container: Uuid,
    /// The container's address.
    pub dn: String,
    /// Below whom the customer is made.
    pub seller: TenantId,
    /// What was asked for.
    pub plan: Value,
    /// How much becomes of what.
    pub counts: Value,
    /// Over all that was decided.
    pub digest: Vec<u8>,
    /// `previewed` or `run`.
    pub state: String,
    /// The customer that existed already.
    pub into: Option<TenantId>,
    /// The customer it became.
    pub customer: Option<TenantId>,
    /// The request that carries it out.
    pub request: Option<RequestId>,
    /// Who asked for it.
    pub created_by: UserId,
    /// When.
    pub created_at: Timestamp,
    /// When it was carried out.
    pub run_at: Option<Timestamp>,
    /// When it was taken back, and by which request.
    pub released: Option<(Timestamp, RequestId)>,
}

/// What becomes of one object.
#[derive(Debug, Clone)]
pub struct AdoptionItem {
    /// Its id in the directory.
    pub external_id: Uuid,
    /// Container, group or user.
    pub kind: ObjectKind,
    /// Its name.
    pub name: String,
    /// Its address.
    pub dn: String,
    /// What becomes of it.
    pub fate: Fate,
    /// Why not.
    pub reason: Option<Reason>,
    /// What the reason is about.
    pub args: BTreeMap<String, String>,
    /// The person or the group that gets it.
    pub subject: Option<Uuid>,
    /// By what that was found.
    pub rule: Option<Rule>,
    /// What the two sides say, until it is carried out.
    pub differences: Vec<Difference>,
}

/// An object that was there before us.
#[derive(Debug, Clone)]
pub struct Adopted {
    /// Ours, and the marker it will bear.
    pub object: ObjectId,
    /// Its id in the directory.
    pub external_id: Uuid,
    /// Its address.
    pub dn: String,
}

impl ReadTx<'_> {
    /// An adoption in a directory whose operator the caller is, with that tenant.
    pub async fn adoption(&mut self, id: AdoptionId) -> Result<(Adoption, TenantRef), StoreError> {
        let missing = || StoreError::NotFound("adoption");
        let tenant = sqlx::query_scalar!("SELECT tenant_id FROM adoption WHERE id = $1", id.uuid())
            .fetch_optional(self.sql())
            .await?
            .ok_or_else(missing)?;
        let tenant = self.tenant(TenantId::from_uuid(tenant)).await.map_err(|_| missing())?;
        self.permit::<act::DirectoryAdopt>(&tenant)?;
        let found = self.adoptions(&[tenant.id], Some(id), None, 1).await?.pop();
        Ok((found.ok_or_else(missing)?, tenant))
    }

    /// Adoptions in directories of these tenants and those below them, the newest first.
    pub async fn adoptions(
        &mut self,
        roots: &[TenantId],
        id: Option<AdoptionId>,
        before: Option<AdoptionId>,
        limit: u32,
    ) -> Result<Vec<Adoption>, StoreError> {
        let roots: Vec<_> = roots.iter().map(|t| t.uuid()).collect();
        let rows = sqlx::query!(
            r#"SELECT a.id, a.survey_id, a.target_id, a.container_id, a.dn, a.seller_id, a.plan, a.counts, a.digest, a.state,
                      a.customer_id, a.request_id, a.created_by, a.created_at AS "created_at!: jiff_sqlx::Timestamp",
                      a.run_at AS "run_at: jiff_sqlx::Timestamp", a.into_id, a.release_request,
                      a.released_at AS "released_at: jiff_sqlx::Timestamp"
                 FROM adoption a
                WHERE EXISTS (SELECT FROM tenant_closure c WHERE c.descendant = a.tenant_id AND c.ancestor = ANY($1))
                  AND ($2::uuid IS NULL OR a.id = $2) AND ($3::uuid IS NULL OR a.id < $3)
                ORDER BY a.id DESC LIMIT $4"#,
            &roots,
            id.map(AdoptionId::uuid),
            before.map(AdoptionId::uuid),
            i64::from(limit)
        )
        .fetch_all(self.sql())
        .await?;
        let adoption = rows.into_iter().map(|row| Adoption {
            id: AdoptionId::from_uuid(row.id),
            survey: SurveyId::from_uuid(row.survey_id),
            target: TargetId::from_uuid(row.target_id),
            container: row.container_id,
            dn: row.dn,
            seller: TenantId::from_uuid(row.seller_id),
            plan: row.plan,
            counts: row.counts,
            digest: row.digest,
            state: row.state,
            into: row.into_id.map(TenantId::from_uuid),
            customer: row.customer_id.map(TenantId::from_uuid),
            request: row.request_id.map(RequestId::from_uuid),
            created_by: UserId::from_uuid(row.created_by),
            created_at: row.created_at.to_jiff(),
            run_at: row.run_at.map(jiff_sqlx::Timestamp::to_jiff),
            released: row
                .released_at
                .map(jiff_sqlx::Timestamp::to_jiff)
                .zip(row.release_request.map(RequestId::from_uuid)),
        });
        Ok(adoption.collect())
    }

    /// What becomes of each object of an adoption the caller may see, after `after`.
    pub async fn adoption_items(
        &mut self,
        adoption: AdoptionId,
        fate: Option<Fate>,
        after: Option<Uuid>,
        limit: u32,
    ) -> Result<Vec<AdoptionItem>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT external_id, kind, name, dn, fate, reason, args AS "args!: Json<BTreeMap<String, String>>",
                      subject, rule, differences AS "differences!: Json<Vec<Difference>>"
                 FROM adoption_item
                WHERE adoption_id = $1 AND ($2::text IS NULL OR fate = $2) AND ($3::uuid IS NULL OR external_id > $3)
                ORDER BY external_id LIMIT $4"#,
            adoption.uuid(),
            fate.map(Fate::code),
            after,
            i64::from(limit)
        )
        .fetch_all(self.sql())
        .await?;
        rows.into_iter()
            .map(|row| {
                let id = row.external_id;
                let reason = row
                    .reason
                    .as_deref()
                    .map(|code| known(Reason::from_code(code), "adoption_item", "reason", id));
                let rule =
                    row.rule.as_deref().map(|code| known(Rule::from_code(code), "adoption_item", "rule", id));
                Ok(AdoptionItem {
                    external_id: id,
                    kind: known(ObjectKind::from_code(&row.kind), "adoption_item", "kind", id)?,
                    name: row.name,
                    dn: row.dn,
                    fate: known(Fate::from_code(&row.fate), "adoption_item", "fate", id)?,
                    reason: reason.transpose()?,
                    args: row.args.0,
                    subject: row.subject,
                    rule: rule.transpose()?,
                    differences: row.differences.0,
                })
            })
            .collect()
    }
}

impl WriteTx<'_> {
    /// Keeps what would become of a container, as it is shown.
    pub async fn insert_adoption(
        &mut self,
        permit: &Permit<act::DirectoryAdopt>,
        adoption: &Adoption,
        items: &[AdoptionItem],
    ) -> Result<(), StoreError> {
        let tenant = permit.tenant.id;
        sqlx::query!(
            "INSERT INTO adoption (id, tenant_id, survey_id, target_id, container_id, dn, seller_id, plan, counts, digest,
                 created_by, created_at, into_id)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
            adoption.id.uuid(),
            tenant.uuid(),
            adoption.survey.uuid(),
            adoption.target.uuid(),
            adoption.container,
            adoption.dn,
            adoption.seller.uuid(),
            adoption.plan,
            adoption.counts,
            adoption.digest,
            adoption.created_by.uuid(),
            ts(adoption.created_at) as _,
            adoption.into.map(TenantId::uuid)
        )
        .execute(self.sql())
        .await?;
        for chunk in items.chunks(limits::ROWS_PER_STATEMENT) {
            sqlx::query!(
                "INSERT INTO adoption_item (adoption_id, tenant_id, external_id, kind, name, dn, fate, reason, args,
                        subject, rule, differences)
                 SELECT $1, $2, * FROM unnest($3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
                     $9::jsonb[], $10::uuid[], $11::text[], $12::jsonb[])",
                adoption.id.uuid(),
                tenant.uuid(),
                &chunk.iter().map(|i| i.external_id).collect::<Vec<_>>(),
                &chunk.iter().map(|i| i.kind.code().to_owned()).collect::<Vec<_>>(),
                &chunk.iter().map(|i| i.name.clone()).collect::<Vec<_>>(),
                &chunk.iter().map(|i| i.dn.clone()).collect::<Vec<_>>(),
                &chunk.iter().map(|i| i.fate.code().to_owned()).collect::<Vec<_>>(),
                &chunk.iter().map(|i| i.reason.map(|r| r.code().to_owned())).collect::<Vec<_>>() as _,
                &chunk.iter().map(|i| Json(&i.args)).collect::<Vec<_>>() as _,
                &chunk.iter().map(|i| i.subject).collect::<Vec<_>>() as _,
                &chunk.iter().map(|i| i.rule.map(|r| r.code().to_owned())).collect::<Vec<_>>() as _,
                &chunk.iter().map(|i| Json(&i.differences)).collect::<Vec<_>>() as _
            )
            .execute(self.sql())
            .await?;
        }
        self.note_adoption(tenant, adoption, "adoption.previewed");
        Ok(())
    }

    /// Locks an adoption, so that it is carried out once; gives it as it is now.
    pub async fn lock_adoption(&mut self, id: AdoptionId) -> Result<(Adoption, TenantRef), StoreError> {
        sqlx::query!("SELECT id FROM adoption WHERE id = $1 FOR UPDATE", id.uuid())
            .fetch_optional(self.sql())
            .await?;
        self.adoption(id).await
    }

    /// The adoption is carried out by the opened request.
    pub async fn adoption_run(
        &mut self,
        permit: &Permit<act::DirectoryAdopt>,
        adoption: &Adoption,
        customer: TenantId,
    ) -> Result<(), StoreError> {
        let (request, now, tenant) = (self.request_id()?, ts(self.now), permit.tenant.id);
        sqlx::query!(
            "WITH i AS (UPDATE adoption_item SET differences = '[]' WHERE adoption_id = $1 AND differences <> '[]')
             UPDATE adoption SET state = 'run', customer_id = $3, request_id = $4, run_at = $5
              WHERE id = $1 AND tenant_id = $2",
            adoption.id.uuid(),
            tenant.uuid(),
            customer.uuid(),
            request,
            now as _
        )
        .execute(self.sql())
        .await?;
        self.note_adoption(tenant, adoption, "adoption.run");
        Ok(())
    }

    fn note_adoption(&mut self, tenant: TenantId, adoption: &Adoption, code: &'static str) {
        let dn = FieldChange {
            field: "container".into(),
            before: None,
            after: Some(adoption.dn.clone()),
            person: None,
        };
        let target = ("adoption", adoption.id.to_string());
        self.events.push(Event { code, outcome: Outcome::Success, tenant, target, changes: vec![dn] });
    }

    /// Notes where objects of a customer that is being taken over are in the
    /// directory: they are found by that, marked, and otherwise left alone.
    pub async fn found_at(
        &mut self,
        _permit: &Permit<act::DirectoryAdopt>,
        customer: TenantId,
        target: TargetId,
        objects: &[Adopted],
    ) -> Result<(), StoreError> {
        for chunk in objects.chunks(limits::ROWS_PER_STATEMENT) {
            sqlx::query!(
                "INSERT INTO external_object (object_id, tenant_id, target_id, external_id, dn, state, adopting)
                 SELECT a.id, $1, $2, a.ext, a.dn, 'requested', true
                   FROM unnest($3::uuid[], $4::uuid[], $5::text[]) AS a (id, ext, dn)",
                customer.uuid(),
                target.uuid(),
                &chunk.iter().map(|o| o.object.uuid()).collect::<Vec<_>>(),
                &chunk.iter().map(|o| o.external_id).collect::<Vec<_>>(),
                &chunk.iter().map(|o| o.dn.clone()).collect::<Vec<_>>()
            )
            .execute(self.sql())
            .await?;
        }
        Ok(())
    }

    /// People of a customer that is being taken over. They have their password
    /// already, so there are no links.
    pub async fn adopt_people(
        &mut self,
        _permit: &Permit<act::DirectoryAdopt>,
        customer: TenantId,
        people: &[NewUser],
        groups: &[Edge],
        lane: Lane,
    ) -> Result<(), StoreError> {
        self.insert_adopted(customer, people, groups, lane).await
    }

    /// Groups that are in other groups of a customer that is being taken over.
    pub async fn adopt_nested(
        &mut self,
        _permit: &Permit<act::DirectoryAdopt>,
        customer: TenantId,
        edges: &[Edge],
    ) -> Result<(), StoreError> {
        self.want_members(customer, edges, true).await?;
        let groups: Vec<_> = edges.iter().map(|edge| edge.group.uuid()).collect();
        let members: Vec<_> = edges.iter().map(|edge| edge.member.uuid()).collect();
        sqlx::query!(
            "UPDATE membership m SET nested = true FROM unnest($1::uuid[], $2::uuid[]) AS a (g, m)
              WHERE m.group_object = a.g AND m.member_object = a.m",
            &groups,
            &members
        )
        .execute(self.sql())
        .await?;
        Ok(())
    }
}
