//! Who manages whom: found by id or name, never in a circle, and taken away
//! from those who stay when a manager is removed.

use std::collections::BTreeMap;

use domain::{
    event::{Event, FieldChange, Outcome},
    id::{ObjectId, TenantId, UserId},
    request::Lane,
};
use uuid::Uuid;

use crate::{
    StoreError, ts,
    tx::{Permit, WriteTx, act},
    views::PersonView,
};

/// Somebody who manages others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manager {
    /// Who.
    pub person: PersonView,
    /// The account the directory shows.
    pub object: ObjectId,
}

/// How somebody is named who has an account in a directory.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum ManagerKey {
    /// By id.
    Id(UserId),
    /// By principal name, in lower case.
    Name(String),
}

impl Manager {
    pub(super) fn of(
        id: Option<Uuid>,
        object: Option<Uuid>,
        display_name: Option<String>,
        principal_name: Option<String>,
    ) -> Option<Self> {
        let person = PersonView {
            id: UserId::from_uuid(id?),
            display_name: display_name?,
            principal_name: principal_name?,
        };
        Some(Self { person, object: ObjectId::from_uuid(object?) })
    }
}

impl WriteTx<'_> {
    /// The people of a tenant with these ids and principal names. They are kept
    /// until the end, so that nobody is removed while they become a manager.
    pub async fn managers(
        &mut self,
        tenant: TenantId,
        keys: &[ManagerKey],
    ) -> Result<BTreeMap<ManagerKey, Manager>, StoreError> {
        let ids = keys.iter().filter_map(|key| match key {
            ManagerKey::Id(id) => Some(id.uuid()),
            ManagerKey::Name(_) => None,
        });
        let names = keys.iter().filter_map(|key| match key {
            ManagerKey::Id(_) => None,
            ManagerKey::Name(name) => Some(name.clone()),
        });
        let rows = sqlx::query!(
            r#"SELECT id, object_id AS "object_id!", display_name, principal_name FROM users
                WHERE tenant_id = $1 AND deleted_at IS NULL AND object_id IS NOT NULL
                  AND (id = ANY($2) OR principal_name = ANY($3)) ORDER BY id FOR SHARE"#,
            tenant.uuid(),
            &ids.collect::<Vec<_>>(),
            &names.collect::<Vec<_>>()
        )
        .fetch_all(self.sql())
        .await?;
        let mut found = BTreeMap::new();
        for row in rows {
            let id = UserId::from_uuid(row.id);
            let person =
                PersonView { id, display_name: row.display_name, principal_name: row.principal_name };
            let name = ManagerKey::Name(person.principal_name.clone());
            let manager = Manager { person, object: ObjectId::from_uuid(row.object_id) };
            found.insert(ManagerKey::Id(id), manager.clone());
            found.insert(name, manager);
        }
        Ok(found)
    }

    /// Whether somebody is above a person, or is that person. Nobody else of the
    /// tenant changes who manages whom until the end.
    pub async fn is_managed_by(
        &mut self,
        tenant: TenantId,
        person: UserId,
        above: UserId,
    ) -> Result<bool, StoreError> {
        // Two changes at once could close a circle of which each saw one half.
        sqlx::query!("SELECT pg_advisory_xact_lock(7236114, hashtext($1::text))", tenant.uuid().to_string())
            .fetch_one(self.sql())
            .await?;
        let found = sqlx::query_scalar!(
            r#"WITH RECURSIVE up AS (
                   SELECT id, manager_id FROM users WHERE id = $2 AND tenant_id = $1
                   UNION SELECT u.id, u.manager_id FROM up JOIN users u ON u.id = up.manager_id AND u.tenant_id = $1)
               SELECT EXISTS (SELECT FROM up WHERE id = $3) AS "found!""#,
            tenant.uuid(),
            person.uuid(),
            above.uuid()
        )
        .fetch_one(self.sql())
        .await?;
        Ok(found)
    }

    /// Takes the permitted person, who is removed, from those they managed, also
    /// from removed ones, within the opened request. Gives who they are.
    pub async fn drop_reports(&mut self, permit: &Permit<act::UserDelete>) -> Result<Vec<Uuid>, StoreError> {
        let manager = permit.account.ok_or(StoreError::NotFound("user"))?;
        let reports = sqlx::query_scalar!(
            "SELECT id FROM users WHERE manager_id = $1 AND tenant_id = $2
                AND (deleted_at IS NULL OR purge_at IS NOT NULL) ORDER BY id FOR UPDATE",
            manager.uuid(),
            permit.tenant.id.uuid()
        )
        .fetch_all(self.sql())
        .await?;
        self.set_manager(permit, &reports, None).await?;
        Ok(reports)
    }

    /// Gives a restored person those back whom they managed, if nobody else
    /// manages them meanwhile, within the opened request.
    pub async fn restore_reports(
        &mut self,
        permit: &Permit<act::UserDelete>,
        object: ObjectId,
        reports: &[Uuid],
    ) -> Result<(), StoreError> {
        let manager = permit.account.ok_or(StoreError::NotFound("user"))?;
        sqlx::query!(
            "SELECT pg_advisory_xact_lock(7236114, hashtext($1::text))",
            permit.tenant.id.uuid().to_string()
        )
        .fetch_one(self.sql())
        .await?;
        // Who manages the restored person by now, directly or not, cannot be managed by them.
        let left = sqlx::query_scalar!(
            "WITH RECURSIVE up AS (
                 SELECT id, manager_id FROM users WHERE id = $3
                 UNION SELECT u.id, u.manager_id FROM up JOIN users u ON u.id = up.manager_id)
             SELECT id FROM users WHERE id = ANY($1) AND tenant_id = $2 AND manager_id IS NULL
                AND (deleted_at IS NULL OR purge_at IS NOT NULL) AND id NOT IN (SELECT up.id FROM up)
              ORDER BY id FOR UPDATE",
            reports,
            permit.tenant.id.uuid(),
            manager.uuid()
        )
        .fetch_all(self.sql())
        .await?;
        self.set_manager(permit, &left, Some((manager, object))).await
    }

    async fn set_manager(
        &mut self,
        permit: &Permit<act::UserDelete>,
        reports: &[Uuid],
        manager: Option<(UserId, ObjectId)>,
    ) -> Result<(), StoreError> {
        if reports.is_empty() {
            return Ok(());
        }
        let (request, now) = (self.request_id()?, ts(self.now));
        let lane = Lane::for_objects(reports.len());
        sqlx::query!(
            "UPDATE users SET manager_id = $2, version = version + 1 WHERE id = ANY($1)",
            reports,
            manager.map(|(user, _)| user.uuid())
        )
        .execute(self.sql())
        .await?;
        sqlx::query!(
            r#"SELECT want_specs($1, $2, $3, array_agg(a.id), array_agg(a.spec)) AS "n" FROM (
                   SELECT o.id, CASE WHEN $5::text IS NULL THEN o.spec - 'manager' - 'foreign_manager'
                                     ELSE o.spec - 'foreign_manager' || jsonb_build_object('manager', $5::text) END AS spec
                     FROM users u JOIN object o ON o.id = u.object_id AND o.wanted AND o.kind = 'user'
                    WHERE u.id = ANY($4) ORDER BY o.id FOR NO KEY UPDATE OF o) a"#,
            request,
            lane.code(),
            now as _,
            reports,
            manager.map(|(_, object)| object.to_string())
        )
        .fetch_one(self.sql())
        .await?;
        self.wake = true;
        let gone = permit.account.map(|user| user.to_string());
        let (before, after) = if manager.is_some() { (None, gone) } else { (gone, None) };
        let tenant = permit.tenant.id;
        self.events.extend(reports.iter().map(|report| Event {
            code: "user.updated",
            outcome: Outcome::Success,
            tenant,
            target: ("user", UserId::from_uuid(*report).to_string()),
            changes: vec![FieldChange {
                field: "manager".into(),
                before: before.clone(),
                after: after.clone(),
                person: None,
            }],
        }));
        Ok(())
    }
}
