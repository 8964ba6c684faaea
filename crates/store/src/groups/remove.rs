//! Removing groups, restoring them while their time lasts, and listing those.

use domain::{
    group::GroupKind,
    id::{GroupId, ObjectId, RequestId, TenantId},
};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::{Group, GroupValues};
use crate::{
    StoreError,
    error::known,
    objects::Edge,
    ts,
    tx::{Permit, ReadTx, WriteTx, act},
};

/// A group that was removed and can be restored.
#[derive(Debug, Clone)]
pub struct RemovedGroup {
    /// The group, as last.
    pub group: Group,
    /// When that was.
    pub removed_at: Timestamp,
    /// Until when it can be restored.
    pub purge_at: Timestamp,
    /// The request that removed it.
    pub request: RequestId,
}

/// What a removed group can have again.
#[derive(Debug, Default)]
pub struct Left {
    /// Its members.
    pub members: Vec<Edge>,
    /// Those of them that are groups.
    pub nested: Vec<ObjectId>,
    /// The groups it was in.
    pub groups: Vec<Edge>,
}

impl ReadTx<'_> {
    /// Groups of the permitted tenant that can be restored, by id, after `after`.
    pub async fn removed_groups(
        &mut self,
        permit: &Permit<act::TenantRead>,
        after: Option<GroupId>,
        limit: u32,
    ) -> Result<Vec<RemovedGroup>, StoreError> {
        let ids = sqlx::query_scalar!(
            "SELECT id FROM user_group
              WHERE tenant_id = $1 AND purge_at IS NOT NULL AND purpose = 'custom' AND ($2::uuid IS NULL OR id > $2)
              ORDER BY id LIMIT $3",
            permit.tenant.id.uuid(),
            after.map(GroupId::uuid),
            i64::from(limit)
        )
        .fetch_all(self.sql())
        .await?;
        self.load_removed_groups(&ids).await
    }

    async fn load_removed_groups(&mut self, ids: &[Uuid]) -> Result<Vec<RemovedGroup>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT id, object_id, purpose, name, description, group_kind, mail, aliases, version,
                      deleted_at AS "deleted_at!: jiff_sqlx::Timestamp", purge_at AS "purge_at!: jiff_sqlx::Timestamp",
                      delete_request AS "request!"
                 FROM user_group WHERE id = ANY($1) AND purge_at IS NOT NULL ORDER BY id"#,
            ids
        )
        .fetch_all(self.sql())
        .await?;
        rows.into_iter()
            .map(|row| {
                let id = GroupId::from_uuid(row.id);
                let kind = known(GroupKind::from_code(&row.group_kind), "user_group", "group_kind", id)?;
                let (name, description, mail, aliases) = (row.name, row.description, row.mail, row.aliases);
                let group = Group {
                    id,
                    object: ObjectId::from_uuid(row.object_id),
                    purpose: row.purpose,
                    values: GroupValues { name, description, kind, mail, aliases },
                    version: row.version,
                };
                let (removed_at, purge_at) = (row.deleted_at.to_jiff(), row.purge_at.to_jiff());
                Ok(RemovedGroup { group, removed_at, purge_at, request: RequestId::from_uuid(row.request) })
            })
            .collect()
    }
}

impl WriteTx<'_> {
    /// Takes all out of a group and the group out of all others, within the opened
    /// request, and marks it as removed. Until `purge_at` it can be restored and
    /// nobody gets its name; without it the name is reserved from now on.
    pub async fn remove_group(
        &mut self,
        permit: &Permit<act::GroupManage>,
        group: &Group,
        version: i64,
        purge_at: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        if version != group.version {
            return Err(StoreError::Stale { present: group.version });
        }
        let (request, now) = (self.request_id()?, ts(self.now));
        self.empty_groups(permit.tenant.id, &[group.object.uuid()]).await?;
        let reserved = self.now + SignedDuration::from_hours(24 * domain::limits::RESERVED_DAYS);
        sqlx::query!(
            "WITH g AS (UPDATE user_group SET deleted_at = $3, version = version + 1, purge_at = $4,
                               delete_request = CASE WHEN $4::timestamptz IS NULL THEN NULL ELSE $5::uuid END
                         WHERE id = $1 AND tenant_id = $2)
             UPDATE reserved_name SET reserved_until = $6 WHERE owner = $1 AND $4 IS NULL",
            group.id.uuid(),
            permit.tenant.id.uuid(),
            now as _,
            purge_at.map(ts) as _,
            request,
            ts(reserved) as _
        )
        .execute(self.sql())
        .await?;
        self.note_group(permit.tenant.id, group.id, "group.deleted", vec![]);
        Ok(())
    }

    /// Wants everybody out of groups, and these out of all others.
    pub(crate) async fn empty_groups(&mut self, tenant: TenantId, groups: &[Uuid]) -> Result<(), StoreError> {
        let edges = sqlx::query!(
            "SELECT group_object, member_object FROM membership
              WHERE (group_object = ANY($1) OR member_object = ANY($1)) AND wanted ORDER BY 1, 2",
            groups
        )
        .fetch_all(self.sql())
        .await?;
        let edge = |g, m| Edge { group: ObjectId::from_uuid(g), member: ObjectId::from_uuid(m) };
        let edges: Vec<_> = edges.into_iter().map(|row| edge(row.group_object, row.member_object)).collect();
        self.want_members_now(tenant, &edges, false).await
    }

    /// Locks a group that was removed and proves that the caller may restore it.
    pub async fn removed_group(
        &mut self,
        id: GroupId,
    ) -> Result<(RemovedGroup, Permit<act::GroupManage>), StoreError> {
        let missing = || StoreError::NotFound("group");
        let tenant = sqlx::query_scalar!(
            "SELECT tenant_id FROM user_group WHERE id = $1 AND purge_at IS NOT NULL AND purpose = 'custom' FOR UPDATE",
            id.uuid()
        )
        .fetch_optional(self.sql())
        .await?
        .ok_or_else(missing)?;
        let tenant = self.tenant(TenantId::from_uuid(tenant)).await.map_err(|_| missing())?;
        let permit = self.permit::<act::GroupManage>(&tenant)?;
        let removed = self.load_removed_groups(&[id.uuid()]).await?.pop().ok_or_else(missing)?;
        Ok((removed, permit))
    }

    /// Makes a removed group one of the tenant again.
    pub async fn restore_group(
        &mut self,
        permit: &Permit<act::GroupManage>,
        removed: &RemovedGroup,
    ) -> Result<(), StoreError> {
        sqlx::query!(
            "UPDATE user_group SET deleted_at = NULL, purge_at = NULL, delete_request = NULL, version = version + 1
              WHERE id = $1 AND tenant_id = $2",
            removed.group.id.uuid(),
            permit.tenant.id.uuid()
        )
        .execute(self.sql())
        .await?;
        self.note_group(permit.tenant.id, removed.group.id, "group.restored", vec![]);
        Ok(())
    }

    /// What the removal of this group ended, and what cannot be again now because the other
    /// end is removed as well, is noted there: it comes back with that.
    pub async fn leave_edges(
        &mut self,
        permit: &Permit<act::GroupManage>,
        removed: &RemovedGroup,
    ) -> Result<(), StoreError> {
        let now = ts(self.now);
        sqlx::query!(
            "WITH e AS (SELECT i.object_id AS g, i.member_id AS m, x.wanted_gen FROM request_item i
                          JOIN membership x ON x.group_object = i.object_id AND x.member_object = i.member_id
                         WHERE i.request_id = $1 AND i.tenant_id = $2 AND $3 IN (i.object_id, i.member_id)
                           AND NOT x.wanted AND (x.until IS NULL OR x.until > $4)),
                  u AS (UPDATE users u SET removal = jsonb_set(u.removal, '{groups}',
                               coalesce(u.removal->'groups', '[]') || to_jsonb($3::uuid))
                          FROM e WHERE e.g = $3 AND u.object_id = e.m AND u.tenant_id = $2 AND u.purge_at IS NOT NULL)
             INSERT INTO request_item (request_id, object_id, member_id, tenant_id, generation, state, updated_at)
             SELECT o.delete_request, e.g, e.m, $2, e.wanted_gen, 'superseded', $4
               FROM e JOIN user_group o ON o.object_id IN (e.g, e.m) AND o.object_id <> $3
              WHERE o.tenant_id = $2 AND o.purge_at IS NOT NULL
             ON CONFLICT (request_id, object_id, member_id) DO NOTHING",
            removed.request.uuid(),
            permit.tenant.id.uuid(),
            removed.group.object.uuid(),
            now as _
        )
        .execute(self.sql())
        .await?;
        Ok(())
    }

    /// Of the edges the removal ended, those that can be again: whose other end
    /// still exists and whose time is not over.
    pub async fn edges_left(
        &mut self,
        permit: &Permit<act::GroupManage>,
        removed: &RemovedGroup,
    ) -> Result<Left, StoreError> {
        let now = ts(self.now);
        let rows = sqlx::query!(
            r#"SELECT i.object_id, i.member_id, m.nested FROM request_item i
                 JOIN membership m ON m.group_object = i.object_id AND m.member_object = i.member_id
                WHERE i.request_id = $1 AND i.tenant_id = $2 AND $3 IN (i.object_id, i.member_id) AND NOT m.wanted AND (m.until IS NULL OR m.until > $4)
                  AND NOT EXISTS (SELECT FROM users u WHERE u.object_id = i.member_id AND u.deleted_at IS NOT NULL)
                  -- Who moved to another customer with the account is nobody of this one any more.
                  AND EXISTS (SELECT FROM object o WHERE o.id = i.member_id AND o.tenant_id = $2)
                  AND NOT EXISTS (SELECT FROM user_group g WHERE g.object_id IN (i.object_id, i.member_id)
                        AND g.object_id <> $3 AND g.deleted_at IS NOT NULL)
                ORDER BY 1, 2"#,
            removed.request.uuid(),
            permit.tenant.id.uuid(),
            removed.group.object.uuid(),
            now as _
        )
        .fetch_all(self.sql())
        .await?;
        let edge = |g: Uuid, m: Uuid| Edge { group: ObjectId::from_uuid(g), member: ObjectId::from_uuid(m) };
        let mut left = Left::default();
        for row in rows {
            let edge = edge(row.object_id, row.member_id);
            if edge.group != removed.group.object {
                left.groups.push(edge);
                continue;
            }
            left.members.push(edge);
            left.nested.extend(row.nested.then_some(edge.member));
        }
        Ok(left)
    }
}
