//! Groups of a customer: all its people, one per service, and its own.

use domain::{
    event::{Event, FieldChange, Outcome},
    id::{GroupId, ObjectId, ServiceId, TenantId, UserId},
    request::ItemState,
};

use crate::{
    StoreError,
    error::known,
    ts,
    tx::{Permit, ReadTx, TenantRef, WriteTx, act},
    users::{Provisioning, provisioning},
};

/// Why a group exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupPurpose {
    /// All people of the customer; they may read its part of the directory.
    Members,
    /// Who has a service.
    Service(ServiceId),
    /// Made by the customer.
    Custom,
}

/// A group that should exist.
#[derive(Debug, Clone)]
pub struct NewGroup {
    /// Its id.
    pub id: GroupId,
    /// Its object.
    pub object: ObjectId,
    /// Why it exists.
    pub purpose: GroupPurpose,
    /// Name as shown.
    pub name: String,
    /// Free text.
    pub description: Option<String>,
}

/// A group as stored.
#[derive(Debug, Clone)]
pub struct Group {
    /// Its id.
    pub id: GroupId,
    /// Whose it is.
    pub tenant: TenantId,
    /// Its object.
    pub object: ObjectId,
    /// `members`, `service` or `custom`.
    pub purpose: String,
    /// The service, for groups of one.
    pub service: Option<ServiceId>,
    /// Name as shown.
    pub name: String,
    /// Free text.
    pub description: Option<String>,
    /// Version of the desired state.
    pub version: i64,
    /// How far the directory is.
    pub provisioning: Option<Provisioning>,
}

/// A person in a group, and how far the directory is with it.
#[derive(Debug, Clone)]
pub struct Member {
    /// The person.
    pub user: UserId,
    /// Its name.
    pub display_name: String,
    /// Its login name.
    pub principal_name: String,
    /// Verified in the directory or not yet.
    pub state: ItemState,
}

impl ReadTx<'_> {
    /// Groups of the permitted tenant, by id, after `after`.
    pub async fn groups(
        &mut self,
        permit: &Permit<act::TenantRead>,
        after: Option<GroupId>,
        limit: u32,
    ) -> Result<Vec<Group>, StoreError> {
        self.load_groups(Some(permit.tenant.id), None, after, limit).await
    }

    /// A group and its tenant, if the caller may read it.
    pub async fn group(&mut self, id: GroupId) -> Result<(Group, TenantRef), StoreError> {
        let group =
            self.load_groups(None, Some(id), None, 1).await?.pop().ok_or(StoreError::NotFound("group"))?;
        let tenant = self.tenant(group.tenant).await?;
        self.permit::<act::TenantRead>(&tenant)?;
        Ok((group, tenant))
    }

    async fn load_groups(
        &mut self,
        tenant: Option<TenantId>,
        id: Option<GroupId>,
        after: Option<GroupId>,
        limit: u32,
    ) -> Result<Vec<Group>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT g.id, g.tenant_id, g.object_id, g.purpose, g.service_id, g.name, g.description, g.version,
                      o.generation AS "generation?", x.state AS "state?", x.applied_generation AS "applied?",
                      x.problem AS "problem?", r.request_id AS "request_id?"
                 FROM user_group g JOIN object o ON o.id = g.object_id
                 LEFT JOIN external_object x ON x.object_id = o.id
                 LEFT JOIN object_revision r ON r.object_id = o.id AND r.generation = o.generation
                WHERE g.deleted_at IS NULL AND ($1::uuid IS NULL OR g.tenant_id = $1) AND ($2::uuid IS NULL OR g.id = $2)
                  AND ($3::uuid IS NULL OR g.id > $3)
                ORDER BY g.id LIMIT $4"#,
            tenant.map(TenantId::uuid),
            id.map(GroupId::uuid),
            after.map(GroupId::uuid),
            i64::from(limit)
        )
        .fetch_all(self.sql())
        .await?;
        rows.into_iter()
            .map(|row| {
                let state = row.state.as_deref();
                Ok(Group {
                    id: GroupId::from_uuid(row.id),
                    tenant: TenantId::from_uuid(row.tenant_id),
                    object: ObjectId::from_uuid(row.object_id),
                    purpose: row.purpose,
                    service: row.service_id.map(ServiceId::from_uuid),
                    name: row.name,
                    description: row.description,
                    version: row.version,
                    provisioning: provisioning(
                        row.generation,
                        state,
                        row.applied,
                        row.request_id,
                        row.problem,
                        row.id,
                    )?,
                })
            })
            .collect()
    }

    /// The people in a group, by id, after `after`.
    pub async fn members(
        &mut self,
        group: &Group,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Vec<Member>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT u.id, u.display_name, u.principal_name,
                      CASE WHEN m.applied_gen >= m.wanted_gen THEN 'verified'
                           ELSE coalesce((SELECT i.state FROM request_item i WHERE i.object_id = m.group_object
                                AND i.member_id = m.member_object ORDER BY i.request_id DESC LIMIT 1), 'requested')
                      END AS "state!"
                 FROM membership m JOIN users u ON u.object_id = m.member_object
                WHERE m.group_object = $1 AND m.wanted AND ($2::uuid IS NULL OR u.id > $2)
                ORDER BY u.id LIMIT $3"#,
            group.object.uuid(),
            after.map(UserId::uuid),
            i64::from(limit)
        )
        .fetch_all(self.sql())
        .await?;
        rows.into_iter()
            .map(|row| {
                Ok(Member {
                    user: UserId::from_uuid(row.id),
                    display_name: row.display_name,
                    principal_name: row.principal_name,
                    state: known(ItemState::from_code(&row.state), "request_item", "state", row.id)?,
                })
            })
            .collect()
    }

    /// The groups of the services a tenant has: service, group and its object.
    pub async fn service_groups(
        &mut self,
        tenant: TenantId,
    ) -> Result<Vec<(ServiceId, GroupId, ObjectId)>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT service_id AS "service_id!", id, object_id FROM user_group
                WHERE tenant_id = $1 AND purpose = 'service' AND deleted_at IS NULL"#,
            tenant.uuid()
        )
        .fetch_all(self.sql())
        .await?;
        let row =
            |r: uuid::Uuid, g, o| (ServiceId::from_uuid(r), GroupId::from_uuid(g), ObjectId::from_uuid(o));
        Ok(rows.into_iter().map(|r| row(r.service_id, r.id, r.object_id)).collect())
    }
}

impl WriteTx<'_> {
    /// Makes groups of a tenant in which the caller may.
    pub async fn insert_groups(
        &mut self,
        permit: &Permit<act::GroupManage>,
        groups: &[NewGroup],
    ) -> Result<(), StoreError> {
        self.insert_user_groups(permit.tenant.id, groups).await
    }

    /// Makes the groups of a customer that is being ordered.
    pub async fn insert_first_groups(
        &mut self,
        _permit: &Permit<act::OrderCreate>,
        customer: TenantId,
        groups: &[NewGroup],
    ) -> Result<(), StoreError> {
        self.insert_user_groups(customer, groups).await
    }

    async fn insert_user_groups(&mut self, tenant: TenantId, groups: &[NewGroup]) -> Result<(), StoreError> {
        for group in groups {
            let (purpose, service) = match group.purpose {
                GroupPurpose::Members => ("members", None),
                GroupPurpose::Service(service) => ("service", Some(service.uuid())),
                GroupPurpose::Custom => ("custom", None),
            };
            let now = ts(self.now);
            sqlx::query!(
                "INSERT INTO user_group (id, tenant_id, purpose, service_id, name, description, object_id, created_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                group.id.uuid(),
                tenant.uuid(),
                purpose,
                service,
                group.name,
                group.description,
                group.object.uuid(),
                now as _
            )
            .execute(self.sql())
            .await?;
            let field = |field, after: &str| FieldChange {
                field,
                before: None,
                after: Some(after.to_owned()),
                person: None,
            };
            self.events.push(Event {
                code: "group.created",
                outcome: Outcome::Success,
                tenant,
                target: ("group", group.id.to_string()),
                changes: vec![field("name", &group.name), field("purpose", purpose)],
            });
        }
        Ok(())
    }

    /// Notes who came into a group or left it, one event per person.
    pub fn note_members(&mut self, tenant: TenantId, group: GroupId, users: &[UserId], wanted: bool) {
        for user in users {
            let value = Some(user.to_string());
            let (before, after) = if wanted { (None, value) } else { (value, None) };
            self.events.push(Event {
                code: if wanted { "group.member_added" } else { "group.member_removed" },
                outcome: Outcome::Success,
                tenant,
                target: ("group", group.to_string()),
                changes: vec![FieldChange { field: "member", before, after, person: None }],
            });
        }
    }
}
