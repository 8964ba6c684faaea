//! Groups of a customer: all its people, one per service, and its own.

use domain::{
    event::{Event, FieldChange, Outcome},
    id::{GroupId, ObjectId, ServiceId, TenantId, UserId},
};

use crate::{
    StoreError, ts,
    tx::{Permit, ReadTx, TenantRef, WriteTx, act},
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
    /// Its object.
    pub object: ObjectId,
    /// `members`, `service` or `custom`.
    pub purpose: String,
    /// Name as shown.
    pub name: String,
}

impl ReadTx<'_> {
    /// A group and its tenant, if the caller may read it.
    pub async fn group(&mut self, id: GroupId) -> Result<(Group, TenantRef), StoreError> {
        let row = sqlx::query!(
            "SELECT tenant_id, object_id, purpose, name FROM user_group WHERE id = $1 AND deleted_at IS NULL",
            id.uuid()
        )
        .fetch_optional(self.sql())
        .await?
        .ok_or(StoreError::NotFound("group"))?;
        let tenant = self.tenant(TenantId::from_uuid(row.tenant_id)).await?;
        self.permit::<act::TenantRead>(&tenant)?;
        let object = ObjectId::from_uuid(row.object_id);
        Ok((Group { id, object, purpose: row.purpose, name: row.name }, tenant))
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
