//! Who is in a group: people and groups of the same tenant, for ever or until an
//! instant, many at once.

use std::collections::BTreeMap;

use domain::{
    event::FieldChange,
    id::{GroupId, ObjectId, TenantId, UserId},
    limits,
};
use jiff::Timestamp;
use uuid::Uuid;

use super::Group;
use crate::{
    StoreError,
    objects::Edge,
    ts,
    tx::{ReadTx, WriteTx},
};

/// A person or a group, as a member of another group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MemberRef {
    /// A person.
    User(UserId),
    /// A group.
    Group(GroupId),
}

impl MemberRef {
    /// The id without its kind.
    #[must_use]
    pub const fn uuid(self) -> Uuid {
        match self {
            Self::User(id) => id.uuid(),
            Self::Group(id) => id.uuid(),
        }
    }
}

impl std::fmt::Display for MemberRef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::User(id) => id.fmt(f),
            Self::Group(id) => id.fmt(f),
        }
    }
}

/// A member that should come, or go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// Who.
    pub member: MemberRef,
    /// The member's object.
    pub object: ObjectId,
    /// In, or out.
    pub wanted: bool,
    /// When the membership ends by itself.
    pub until: Option<Timestamp>,
}

impl ReadTx<'_> {
    /// The ids of people of a tenant by their principal names, in lower case.
    pub async fn users_named(
        &mut self,
        tenant: TenantId,
        names: &[String],
    ) -> Result<BTreeMap<String, UserId>, StoreError> {
        let rows = sqlx::query!(
            "SELECT id, principal_name FROM users
              WHERE tenant_id = $1 AND principal_name = ANY($2) AND deleted_at IS NULL",
            tenant.uuid(),
            names
        )
        .fetch_all(self.sql())
        .await?;
        Ok(rows.into_iter().map(|row| (row.principal_name, UserId::from_uuid(row.id))).collect())
    }

    /// The objects of those of `members` that are in the tenant and can be in a
    /// group: people with an account, and groups; with what they are called.
    pub async fn member_objects(
        &mut self,
        tenant: TenantId,
        members: &[MemberRef],
    ) -> Result<BTreeMap<MemberRef, (ObjectId, String)>, StoreError> {
        let users: Vec<_> =
            members.iter().filter(|m| matches!(m, MemberRef::User(_))).map(|m| m.uuid()).collect();
        let groups: Vec<_> =
            members.iter().filter(|m| matches!(m, MemberRef::Group(_))).map(|m| m.uuid()).collect();
        let rows = sqlx::query!(
            r#"SELECT u.id AS "id!", u.object_id AS "object!", u.display_name AS "name!", false AS "group!" FROM users u
                WHERE u.id = ANY($2) AND u.tenant_id = $1 AND u.deleted_at IS NULL AND u.object_id IS NOT NULL
                UNION ALL
               SELECT g.id, g.object_id, g.name, true FROM user_group g
                WHERE g.id = ANY($3) AND g.tenant_id = $1 AND g.deleted_at IS NULL"#,
            tenant.uuid(),
            &users,
            &groups
        )
        .fetch_all(self.sql())
        .await?;
        let found = rows.into_iter().map(|row| {
            let member = match row.group {
                true => MemberRef::Group(GroupId::from_uuid(row.id)),
                false => MemberRef::User(UserId::from_uuid(row.id)),
            };
            (member, (ObjectId::from_uuid(row.object), row.name))
        });
        Ok(found.collect())
    }
}

impl WriteTx<'_> {
    /// Wants members in a group or out of it, within the opened request. Groups
    /// that come in have to be checked for circles before.
    pub async fn change_members(
        &mut self,
        tenant: TenantId,
        group: &Group,
        changes: &[Change],
    ) -> Result<(), StoreError> {
        for wanted in [false, true] {
            let these: Vec<_> = changes.iter().filter(|change| change.wanted == wanted).collect();
            if these.is_empty() {
                continue;
            }
            let edges: Vec<_> =
                these.iter().map(|change| Edge { group: group.object, member: change.object }).collect();
            self.want_members_now(tenant, &edges, wanted).await?;
            if wanted {
                let limited: Vec<_> = these.iter().map(|change| (group.object, *change)).collect();
                self.limit_members(&limited).await?;
                let people = these.iter().filter_map(|change| match change.member {
                    MemberRef::User(user) => Some(user),
                    MemberRef::Group(_) => None,
                });
                let people: Vec<_> = people.collect();
                self.keep_group(&people, group.object).await?;
            }
            for change in these {
                self.note_member(tenant, group.id, change);
            }
        }
        Ok(())
    }

    /// Says of members, each with its group, until when they are in, and which are groups.
    pub(super) async fn limit_members(&mut self, members: &[(ObjectId, &Change)]) -> Result<(), StoreError> {
        for chunk in members.chunks(limits::ROWS_PER_STATEMENT) {
            let groups: Vec<_> = chunk.iter().map(|(group, _)| group.uuid()).collect();
            let objects: Vec<_> = chunk.iter().map(|(_, change)| change.object.uuid()).collect();
            let ends: Vec<_> = chunk.iter().map(|(_, change)| change.until.map(ts)).collect();
            let nested: Vec<_> =
                chunk.iter().map(|(_, change)| matches!(change.member, MemberRef::Group(_))).collect();
            sqlx::query!(
                "UPDATE membership m SET until = a.until, nested = a.nested
                   FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::bool[]) AS a (grp, member, until, nested)
                  WHERE m.group_object = a.grp AND m.member_object = a.member
                    AND (m.until IS DISTINCT FROM a.until OR m.nested <> a.nested)",
                &groups,
                &objects,
                &ends as _,
                &nested
            )
            .execute(self.sql())
            .await?;
        }
        Ok(())
    }

    /// One event for each member.
    pub(super) fn note_member(&mut self, tenant: TenantId, group: GroupId, change: &Change) {
        let value = Some(change.member.to_string());
        let (code, before, after) = match change.wanted {
            true => ("group.member_added", None, value),
            false => ("group.member_removed", value, None),
        };
        let mut changes = vec![FieldChange { field: "member".into(), before, after, person: None }];
        if let Some(until) = change.until.filter(|_| change.wanted) {
            let after = Some(until.to_string());
            changes.push(FieldChange { field: "until".into(), before: None, after, person: None });
        }
        self.note_group(tenant, group, code, changes);
    }

    /// Notes who came into a group or left it, one event per person.
    pub fn note_members(&mut self, tenant: TenantId, group: GroupId, users: &[UserId], wanted: bool) {
        for user in users {
            let (member, object) = (MemberRef::User(*user), ObjectId::from_uuid(Uuid::nil()));
            self.note_member(tenant, group, &Change { member, object, wanted, until: None });
        }
    }
}
