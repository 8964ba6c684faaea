//! Groups of a customer: all its people, one per service, and its own. Who is in
//! them is in `members`, groups in groups in `nested`.

mod members;
mod nested;
mod owners;
mod remove;
mod templates;

use domain::{
    event::{Event, FieldChange, Outcome},
    group::GroupKind,
    id::{GroupId, ObjectId, ServiceId, TenantId, UserId},
};

pub use members::{Change, MemberRef};
pub use remove::{Left, RemovedGroup};
pub use templates::{Alike, InForce};

use crate::{
    StoreError,
    error::known,
    ts,
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

/// What people say of a group.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GroupValues {
    /// Name as shown.
    pub name: String,
    /// Free text.
    pub description: Option<String>,
    /// What it is for.
    pub kind: GroupKind,
    /// Mail address.
    pub mail: Option<String>,
    /// Further addresses, separated by blanks.
    pub aliases: Option<String>,
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
    /// What is said of it.
    pub values: GroupValues,
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
    /// What is said of it.
    pub values: GroupValues,
    /// Version of the desired state.
    pub version: i64,
}

impl Group {
    /// Kept by the product; nobody changes it by hand.
    #[must_use]
    pub fn is_built_in(&self) -> bool {
        self.purpose != "custom"
    }
}

impl ReadTx<'_> {
    /// A group and its tenant, if the caller may read it, or owns it.
    pub async fn group(&mut self, id: GroupId) -> Result<(Group, TenantRef), StoreError> {
        let (group, tenant) = self.load_group(id).await?.ok_or(StoreError::NotFound("group"))?;
        let tenant = self.tenant(tenant).await?;
        if let Err(unseen) = self.permit::<act::TenantRead>(&tenant) {
            // Without a role, somebody may own it.
            let owners = self.owner_ids(id).await?;
            self.decide_members(&tenant, id, &owners).map_err(|_| unseen)?;
            self.enter(tenant.id).await?;
        }
        Ok((group, tenant))
    }

    /// Whether the caller may change who is in a group that was read, for what a page offers.
    pub async fn may_change_members(
        &mut self,
        group: &Group,
        tenant: &TenantRef,
    ) -> Result<bool, StoreError> {
        let owners = self.owner_ids(group.id).await?;
        Ok(self.decide_members(tenant, group.id, &owners).is_ok())
    }

    /// A group that was not removed, with its tenant.
    async fn load_group(&mut self, id: GroupId) -> Result<Option<(Group, TenantId)>, StoreError> {
        let row = sqlx::query!(
            "SELECT tenant_id, object_id, purpose, name, description, group_kind, mail, aliases, version
               FROM user_group WHERE id = $1 AND deleted_at IS NULL",
            id.uuid()
        )
        .fetch_optional(self.sql())
        .await?;
        let Some(row) = row else { return Ok(None) };
        let kind = known(GroupKind::from_code(&row.group_kind), "user_group", "group_kind", id)?;
        let (name, description, mail, aliases) = (row.name, row.description, row.mail, row.aliases);
        let group = Group {
            id,
            object: ObjectId::from_uuid(row.object_id),
            purpose: row.purpose,
            values: GroupValues { name, description, kind, mail, aliases },
            version: row.version,
        };
        Ok(Some((group, TenantId::from_uuid(row.tenant_id))))
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
        let told = |group: &NewGroup| match group.purpose {
            GroupPurpose::Members => ("members", None),
            GroupPurpose::Service(service) => ("service", Some(service.uuid())),
            GroupPurpose::Custom => ("custom", None),
        };
        let now = ts(self.now);
        for chunk in groups.chunks(domain::limits::ROWS_PER_STATEMENT) {
            sqlx::query!(
                "INSERT INTO user_group (id, tenant_id, purpose, service_id, name, description, object_id, created_at,
                        group_kind, mail, aliases)
                 SELECT a.id, $1, a.purpose, a.service, a.name, a.description, a.object, $2, a.kind, a.mail, a.aliases
                   FROM unnest($3::uuid[], $4::text[], $5::uuid[], $6::text[], $7::text[], $8::uuid[], $9::text[],
                               $10::text[], $11::text[])
                     AS a (id, purpose, service, name, description, object, kind, mail, aliases)",
                tenant.uuid(),
                now as _,
                &chunk.iter().map(|g| g.id.uuid()).collect::<Vec<_>>(),
                &chunk.iter().map(|g| told(g).0.to_owned()).collect::<Vec<_>>(),
                &chunk.iter().map(|g| told(g).1).collect::<Vec<_>>() as _,
                &chunk.iter().map(|g| g.values.name.clone()).collect::<Vec<_>>(),
                &chunk.iter().map(|g| g.values.description.clone()).collect::<Vec<_>>() as _,
                &chunk.iter().map(|g| g.object.uuid()).collect::<Vec<_>>(),
                &chunk.iter().map(|g| g.values.kind.code().to_owned()).collect::<Vec<_>>(),
                &chunk.iter().map(|g| g.values.mail.clone()).collect::<Vec<_>>() as _,
                &chunk.iter().map(|g| g.values.aliases.clone()).collect::<Vec<_>>() as _
            )
            .execute(self.sql())
            .await?;
        }
        for group in groups {
            let after = Some(told(group).0.to_owned());
            let mut changes = differences(None, &group.values);
            changes.push(FieldChange { field: "purpose".into(), before: None, after, person: None });
            self.note_group(tenant, group.id, "group.created", changes);
        }
        Ok(())
    }

    /// Locks a group and proves that the caller may manage it.
    pub async fn group_to_change(
        &mut self,
        id: GroupId,
    ) -> Result<(Group, Permit<act::GroupManage>), StoreError> {
        sqlx::query!("SELECT id FROM user_group WHERE id = $1 FOR UPDATE", id.uuid())
            .fetch_optional(self.sql())
            .await?;
        let (group, tenant) = self.group(id).await?;
        let permit = self.permit::<act::GroupManage>(&tenant)?;
        Ok((group, permit))
    }

    /// Holds a group as it is and proves that the caller may change who is in it.
    pub async fn group_to_fill(
        &mut self,
        id: GroupId,
    ) -> Result<(Group, Permit<act::GroupMembers>), StoreError> {
        sqlx::query!("SELECT id FROM user_group WHERE id = $1 FOR SHARE", id.uuid())
            .fetch_optional(self.sql())
            .await?;
        let (group, tenant) = self.group(id).await?;
        let owners = self.owner_ids(id).await?;
        let (permit, authority) = self.decide_members(&tenant, id, &owners)?;
        self.authority = Some(authority);
        Ok((group, permit))
    }

    /// Proves that the caller may change who is in these groups of a tenant, whatever else
    /// it was allowed in this transaction.
    pub async fn may_fill(&mut self, tenant: &TenantRef, groups: &[ObjectId]) -> Result<(), StoreError> {
        if groups.is_empty() {
            return Ok(());
        }
        let objects: Vec<_> = groups.iter().map(|object| object.uuid()).collect();
        let rows = sqlx::query!(
            r#"SELECT g.id, ARRAY(SELECT o.user_id FROM group_owner o WHERE o.group_id = g.id
                                   ORDER BY o.position, o.user_id) AS "owners!"
                 FROM user_group g WHERE g.object_id = ANY($1) AND g.tenant_id = $2 ORDER BY g.id"#,
            &objects,
            tenant.id.uuid()
        )
        .fetch_all(self.sql())
        .await?;
        for row in rows {
            let owners: Vec<_> = row.owners.into_iter().map(UserId::from_uuid).collect();
            self.decide_members(tenant, GroupId::from_uuid(row.id), &owners)?;
        }
        Ok(())
    }

    /// Says other things of a group, if `version` is still the present one; gives
    /// the group as it is now.
    pub async fn update_group(
        &mut self,
        permit: &Permit<act::GroupManage>,
        before: &Group,
        version: i64,
        values: &GroupValues,
    ) -> Result<Group, StoreError> {
        if version != before.version {
            return Err(StoreError::Stale { present: before.version });
        }
        let changes = differences(Some(&before.values), values);
        if changes.is_empty() {
            return Ok(before.clone());
        }
        let group = Group { values: values.clone(), version: version + 1, ..before.clone() };
        sqlx::query!(
            "UPDATE user_group SET name = $3, description = $4, group_kind = $5, mail = $6, aliases = $7, version = $8
              WHERE id = $1 AND tenant_id = $2",
            group.id.uuid(),
            permit.tenant.id.uuid(),
            values.name,
            values.description,
            values.kind.code(),
            values.mail,
            values.aliases,
            group.version
        )
        .execute(self.sql())
        .await?;
        self.note_group(permit.tenant.id, group.id, "group.updated", changes);
        Ok(group)
    }

    pub(crate) fn note_group(
        &mut self,
        tenant: TenantId,
        group: GroupId,
        code: &'static str,
        changes: Vec<FieldChange>,
    ) {
        let target = ("group", group.to_string());
        self.events.push(Event { code, outcome: Outcome::Success, tenant, target, changes });
    }
}

/// Field by field; at its creation nothing was said before.
fn differences(before: Option<&GroupValues>, after: &GroupValues) -> Vec<FieldChange> {
    let mut changes = Vec::new();
    let mut note = |field: &'static str, of: &dyn Fn(&GroupValues) -> Option<String>| {
        let (before, after) = (before.and_then(of), of(after));
        if before != after {
            changes.push(FieldChange { field: field.into(), before, after, person: None });
        }
    };
    note("name", &|v| Some(v.name.clone()));
    note("kind", &|v| Some(v.kind.code().to_owned()));
    note("description", &|v| v.description.clone());
    note("mail", &|v| v.mail.clone());
    note("aliases", &|v| v.aliases.clone());
    changes
}
