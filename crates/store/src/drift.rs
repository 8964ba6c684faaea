//! Findings as people see them: listed, reverted, adopted; and what a
//! directory enforces. How they come to be is in [`crate::engine`].

mod resolve;

use std::collections::BTreeMap;

use domain::{
    drift::{FindingKind, FindingState, Mode, subjects},
    event::{Event, FieldChange, Outcome},
    hours,
    id::{FindingId, GroupId, ObjectId, RequestId, TargetId, TenantId, UserId},
    person::Detail,
    spec::Attribute,
};
use jiff::Timestamp;
use uuid::Uuid;

use crate::{
    StoreError,
    error::known,
    groups::MemberRef,
    ts,
    tx::{Permit, ReadTx, WriteTx, act},
    views::TenantName,
};

/// Something somebody changed in a directory behind our back.
#[derive(Debug, Clone)]
pub struct Finding {
    /// Its id.
    pub id: FindingId,
    /// Whose it is.
    pub tenant: TenantName,
    /// Code of the directory.
    pub directory: String,
    /// The object it is about; none for what is not ours.
    pub object: Option<ObjectId>,
    /// The person whose account it is about.
    pub user: Option<UserId>,
    /// Id of what the object stands for, with its prefix.
    pub entity: Option<String>,
    /// What kind.
    pub kind: FindingKind,
    /// Which attribute, for a changed one.
    pub attribute: Option<Attribute>,
    /// The person or group it is about, for a member that is ours.
    pub member: Option<MemberRef>,
    /// The object of that member.
    pub member_object: Option<ObjectId>,
    /// What the object is called.
    pub name: String,
    /// The person a link was found to refer to; `found` then is the name.
    pub linked: Option<UserId>,
    /// What is wanted.
    pub wanted: Option<String>,
    /// What was found. For what was moved or is foreign, an address (DN).
    pub found: Option<String>,
    /// When the directory says the object was changed last.
    pub changed_at: Option<Timestamp>,
    /// What became of it.
    pub state: FindingState,
    /// The engine was told to put it right.
    pub enforced: bool,
    /// When it was found first.
    pub first_seen_at: Timestamp,
    /// When it was found last.
    pub last_seen_at: Timestamp,
    /// Who decided.
    pub resolved_by: Option<UserId>,
    /// When it came to its end.
    pub resolved_at: Option<Timestamp>,
    /// The request that carries the decision out.
    pub request: Option<RequestId>,
}

/// Which findings.
#[derive(Debug, Clone, Default)]
pub struct FindingFilter {
    /// Of tenants at or below these.
    pub roots: Vec<TenantId>,
    /// This one.
    pub id: Option<FindingId>,
    /// Of this object.
    pub object: Option<ObjectId>,
    /// Of this tenant alone.
    pub of: Option<TenantId>,
    /// Of this tenant and those below it.
    pub tenant: Option<TenantId>,
    /// Of the directory with this code.
    pub directory: Option<String>,
    /// Of this kind.
    pub kind: Option<FindingKind>,
    /// In this state.
    pub state: Option<FindingState>,
}

/// A row of [`ReadTx::findings`]; its type has no name.
macro_rules! finding {
    ($row:expr) => {{
        let row = $row;
        let user = row.entity_id.filter(|_| row.entity_kind.as_deref() == Some("user"));
        Ok(Finding {
            id: FindingId::from_uuid(row.id),
            tenant: TenantName {
                id: TenantId::from_uuid(row.tenant_id),
                code: row.code,
                name: row.tenant_name,
            },
            directory: row.directory,
            object: row.object_id.map(ObjectId::from_uuid),
            user: user.map(UserId::from_uuid),
            entity: row
                .entity_kind
                .zip(row.entity_id)
                .and_then(|(kind, id): (String, Uuid)| entity(&kind, id)),
            kind: known(FindingKind::from_code(&row.kind), "finding", "kind", row.id)?,
            attribute: Attribute::from_code(&row.attribute),
            member: row.member_kind.zip(row.member_id).and_then(|(kind, id)| member(&kind, id)),
            member_object: row.member_object.map(ObjectId::from_uuid),
            name: row.name,
            linked: row.linked.map(UserId::from_uuid),
            wanted: row.wanted.map(|value| shown(&row.attribute, value)),
            found: row.found.map(|value| shown(&row.attribute, value)),
            changed_at: row.changed_at.map(jiff_sqlx::Timestamp::to_jiff),
            state: known(FindingState::from_code(&row.state), "finding", "state", row.id)?,
            enforced: row.enforced,
            first_seen_at: row.first_seen_at.to_jiff(),
            last_seen_at: row.last_seen_at.to_jiff(),
            resolved_by: row.resolved_by.map(UserId::from_uuid),
            resolved_at: row.resolved_at.map(jiff_sqlx::Timestamp::to_jiff),
            request: row.request_id.map(RequestId::from_uuid),
        })
    }};
}

impl ReadTx<'_> {
    /// Findings, newest first, older than `before`.
    pub async fn findings(
        &mut self,
        filter: &FindingFilter,
        before: Option<FindingId>,
        limit: u32,
    ) -> Result<Vec<Finding>, StoreError> {
        let roots: Vec<_> = filter.roots.iter().map(|t| t.uuid()).collect();
        let links: Vec<_> =
            Attribute::compared().filter(|a| a.is_link()).map(|a| a.code().to_owned()).collect();
        let rows = sqlx::query!(
            r#"SELECT f.id, f.tenant_id, t.code, t.name AS tenant_name, d.code AS directory, f.object_id,
                      o.entity_kind AS "entity_kind?", o.entity_id AS "entity_id?", f.kind, f.attribute, f.name,
                      -- The ids of what is linked to, as names.
                      CASE WHEN l.is_link THEN coalesce((SELECT w.spec->>'display_name' FROM external_object x
                            JOIN object w ON w.id = x.object_id
                           WHERE x.target_id = f.target_id AND x.external_id = f.wanted::uuid LIMIT 1), f.wanted)
                           ELSE f.wanted END AS wanted,
                      coalesce(n.spec->>'display_name', f.found) AS found, n.entity_id AS "linked?", f.changed_at AS "changed_at: jiff_sqlx::Timestamp", f.state,
                      f.enforced_at IS NOT NULL AS "enforced!",
                      f.first_seen_at AS "first_seen_at!: jiff_sqlx::Timestamp",
                      f.last_seen_at AS "last_seen_at!: jiff_sqlx::Timestamp", f.resolved_by,
                      f.resolved_at AS "resolved_at: jiff_sqlx::Timestamp", f.request_id, f.member_object,
                      m.entity_kind AS "member_kind?", m.entity_id AS "member_id?"
                 FROM finding f JOIN tenant t ON t.id = f.tenant_id JOIN target d ON d.id = f.target_id
                 LEFT JOIN object o ON o.id = f.object_id LEFT JOIN object m ON m.id = f.member_object
                 CROSS JOIN LATERAL (SELECT f.attribute = ANY($9) AS is_link) l
                 LEFT JOIN LATERAL (SELECT w.spec, w.entity_id FROM external_object x JOIN object w ON w.id = x.object_id
                       WHERE l.is_link AND x.target_id = f.target_id AND x.external_id = f.found::uuid
                         AND w.entity_kind = 'user' LIMIT 1) n ON true
                WHERE EXISTS (SELECT FROM tenant_closure c WHERE c.descendant = f.tenant_id AND c.ancestor = ANY($1))
                  AND ($2::uuid IS NULL OR f.id = $2)
                  AND ($3::uuid IS NULL OR EXISTS (SELECT FROM tenant_closure c
                        WHERE c.descendant = f.tenant_id AND c.ancestor = $3))
                  AND ($4::text IS NULL OR d.code = $4) AND ($5::text IS NULL OR f.kind = $5)
                  AND ($6::text IS NULL OR f.state = $6) AND ($7::uuid IS NULL OR f.id < $7)
                  AND ($10::uuid IS NULL OR f.object_id = $10) AND ($11::uuid IS NULL OR f.tenant_id = $11)
                ORDER BY f.id DESC LIMIT $8"#,
            &roots,
            filter.id.map(FindingId::uuid),
            filter.tenant.map(TenantId::uuid),
            filter.directory,
            filter.kind.map(FindingKind::code),
            filter.state.map(FindingState::code),
            before.map(FindingId::uuid),
            i64::from(limit),
            &links,
            filter.object.map(ObjectId::uuid),
            filter.of.map(TenantId::uuid)
        )
        .fetch_all(self.sql())
        .await?;
        rows.into_iter().map(|row| finding!(row)).collect()
    }

    /// A finding of a tenant whose requests the caller may read.
    pub async fn finding(&mut self, id: FindingId) -> Result<Finding, StoreError> {
        let missing = || StoreError::NotFound("finding");
        let tenant = sqlx::query_scalar!("SELECT tenant_id FROM finding WHERE id = $1", id.uuid())
            .fetch_optional(self.sql())
            .await?
            .ok_or_else(missing)?;
        let tenant = self.tenant(TenantId::from_uuid(tenant)).await.map_err(|_| missing())?;
        self.permit::<act::RequestRead>(&tenant).map_err(|_| missing())?;
        let filter = FindingFilter { roots: vec![tenant.id], id: Some(id), ..FindingFilter::default() };
        self.findings(&filter, None, 1).await?.pop().ok_or_else(missing)
    }

    /// The directory with this code, and the tenant it belongs to.
    pub async fn directory(&mut self, code: &str) -> Result<(TargetId, TenantId), StoreError> {
        let row = sqlx::query!("SELECT id, tenant_id FROM target WHERE code = $1", code)
            .fetch_optional(self.sql())
            .await?
            .ok_or(StoreError::NotFound("directory"))?;
        Ok((TargetId::from_uuid(row.id), TenantId::from_uuid(row.tenant_id)))
    }

    /// What is done about each subject in a directory, decided or not.
    pub async fn drift_policy(
        &mut self,
        target: TargetId,
    ) -> Result<BTreeMap<&'static str, Mode>, StoreError> {
        let rows = sqlx::query!("SELECT subject, mode FROM drift_policy WHERE target_id = $1", target.uuid())
            .fetch_all(self.sql())
            .await?;
        let mut policy: BTreeMap<_, _> = subjects().collect();
        for row in rows {
            let mode = known(Mode::from_code(&row.mode), "drift_policy", "mode", target)?;
            if let Some(slot) = policy.get_mut(row.subject.as_str()) {
                *slot = mode;
            }
        }
        Ok(policy)
    }
}

impl WriteTx<'_> {
    /// Decides what is done about some subjects in a directory.
    pub async fn set_drift_policy(
        &mut self,
        permit: &Permit<act::DirectoryManage>,
        target: TargetId,
        decided: &BTreeMap<&'static str, Mode>,
    ) -> Result<(), StoreError> {
        let before = self.drift_policy(target).await?;
        let subjects: Vec<_> = decided.keys().map(|&s| s.to_owned()).collect();
        let modes: Vec<_> = decided.values().map(|m| m.code().to_owned()).collect();
        let (tenant, now) = (permit.tenant.id, ts(self.now));
        sqlx::query!(
            "INSERT INTO drift_policy (target_id, tenant_id, subject, mode, updated_at)
             SELECT $1, $2, a.subject, a.mode, $5 FROM unnest($3::text[], $4::text[]) AS a (subject, mode)
             ON CONFLICT (target_id, subject) DO UPDATE SET mode = excluded.mode, updated_at = excluded.updated_at",
            target.uuid(),
            tenant.uuid(),
            &subjects,
            &modes,
            now as _
        )
        .execute(self.sql())
        .await?;
        let changes = decided.iter().filter_map(|(&field, mode)| {
            let old = before.get(field).filter(|old| *old != mode)?;
            let text = |mode: Mode| Some(mode.code().to_owned());
            Some(FieldChange { field: field.into(), before: text(*old), after: text(*mode), person: None })
        });
        let changes: Vec<_> = changes.collect();
        if !changes.is_empty() {
            let target = ("directory", target.to_string());
            let code = "drift.policy_changed";
            self.events.push(Event { code, outcome: Outcome::Success, tenant, target, changes });
        }
        Ok(())
    }

    /// Asks for a full scan as soon as possible.
    pub async fn ask_for_scan(
        &mut self,
        permit: &Permit<act::DirectoryManage>,
        target: TargetId,
    ) -> Result<(), StoreError> {
        // On the database's clock, as the scans are, and after any that holds the row.
        sqlx::query!(
            "INSERT INTO drift_scan (target_id, asked_at) VALUES ($1, clock_timestamp())
             ON CONFLICT (target_id) DO UPDATE SET asked_at = excluded.asked_at",
            target.uuid()
        )
        .execute(self.sql())
        .await?;
        self.events.push(Event {
            code: "drift.scan_asked",
            outcome: Outcome::Success,
            tenant: permit.tenant.id,
            target: ("directory", target.to_string()),
            changes: vec![],
        });
        Ok(())
    }
}

fn member(kind: &str, id: Uuid) -> Option<MemberRef> {
    match kind {
        "user" => Some(MemberRef::User(UserId::from_uuid(id))),
        "group" => Some(MemberRef::Group(GroupId::from_uuid(id))),
        _ => None,
    }
}

/// A value as people read it.
fn shown(attribute: &str, value: String) -> String {
    match Attribute::from_code(attribute) {
        Some(Attribute::Detail(Detail::LogonHours)) => hours::shown(&value).unwrap_or(value),
        _ => value,
    }
}

fn entity(kind: &str, id: Uuid) -> Option<String> {
    match kind {
        "user" => Some(UserId::from_uuid(id).to_string()),
        "group" => Some(GroupId::from_uuid(id).to_string()),
        "tenant" => Some(TenantId::from_uuid(id).to_string()),
        _ => None,
    }
}
