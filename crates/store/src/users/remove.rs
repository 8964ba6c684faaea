//! Removing people, restoring them while their time lasts, and listing those.

use std::collections::HashMap;

use domain::{
    event::{Event, Outcome},
    id::{GroupId, ObjectId, PlanId, TenantId, UserId},
    request::Lane,
    service::split_instance,
};
use jiff::{SignedDuration, Timestamp};
use sqlx::types::Json;
use uuid::Uuid;

use super::User;
use crate::{
    StoreError, ts,
    tx::{Permit, ReadTx, TenantRef, WriteTx, act},
};

/// What a person had when removed: what a restoration gives back.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Removal {
    /// Whether the account could log on.
    pub enabled: bool,
    /// The objects of the groups, without those that came with plans.
    pub groups: Vec<Uuid>,
    /// Plans as `code@instance`, with their version.
    pub plans: Vec<(String, i32)>,
    /// Those of them that came with bundles alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bundled: Vec<String>,
    /// Whom the person managed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reports: Vec<Uuid>,
}

/// Somebody who was removed and can be restored.
#[derive(Debug, Clone)]
pub struct Removed {
    /// The person, as last.
    pub user: User,
    /// When that was.
    pub removed_at: Timestamp,
    /// Until when the person can be restored.
    pub purge_at: Timestamp,
    /// What the person had.
    pub removal: Removal,
}

impl ReadTx<'_> {
    /// People of the permitted tenant who can be restored, by name, after `after`
    /// (key and id).
    pub async fn removed_users(
        &mut self,
        permit: &Permit<act::UserRead>,
        after: Option<(&str, UserId)>,
        limit: u32,
    ) -> Result<Vec<Removed>, StoreError> {
        let ids = sqlx::query_scalar!(
            "SELECT id FROM users WHERE tenant_id = $1 AND purge_at IS NOT NULL
                AND ($2::text IS NULL OR (search_key, id) > ($2, $3::uuid))
              ORDER BY search_key, id LIMIT $4",
            permit.tenant.id.uuid(),
            after.map(|a| a.0),
            after.map(|a| a.1.uuid()),
            i64::from(limit)
        )
        .fetch_all(self.sql())
        .await?;
        self.load_removed(&ids).await
    }

    /// People of the permitted tenant who can be restored, of these.
    pub async fn removed_with_ids(
        &mut self,
        permit: &Permit<act::UserRead>,
        ids: &[UserId],
    ) -> Result<Vec<Removed>, StoreError> {
        let ids: Vec<_> = ids.iter().map(|id| id.uuid()).collect();
        let mut removed = self.load_removed(&ids).await?;
        removed.retain(|one| one.user.tenant == permit.tenant.id);
        Ok(removed)
    }

    async fn load_removed(&mut self, ids: &[Uuid]) -> Result<Vec<Removed>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT id, removal AS "removal!: Json<Removal>", deleted_at AS "deleted_at!: jiff_sqlx::Timestamp",
                      purge_at AS "purge_at!: jiff_sqlx::Timestamp"
                 FROM users WHERE id = ANY($1) AND purge_at IS NOT NULL ORDER BY search_key, id"#,
            ids
        )
        .fetch_all(self.sql())
        .await?;
        let users = self.load_users(ids, true).await?;
        let mut users: HashMap<_, _> = users.into_iter().map(|user| (user.id.uuid(), user)).collect();
        let removed = rows.into_iter().filter_map(|row| {
            Some(Removed {
                user: users.remove(&row.id)?,
                removed_at: row.deleted_at.to_jiff(),
                purge_at: row.purge_at.to_jiff(),
                removal: row.removal.0,
            })
        });
        Ok(removed.collect())
    }
}

impl WriteTx<'_> {
    /// Locks somebody who was removed; gives the tenant, too.
    pub async fn lock_removed(&mut self, id: UserId) -> Result<(Removed, TenantRef), StoreError> {
        let tenant = sqlx::query_scalar!(
            "SELECT tenant_id FROM users WHERE id = $1 AND purge_at IS NOT NULL FOR UPDATE",
            id.uuid()
        )
        .fetch_optional(self.sql())
        .await?
        .ok_or(StoreError::NotFound("user"))?;
        let found = self.load_removed(&[id.uuid()]).await?.pop().ok_or(StoreError::NotFound("user"))?;
        let tenant = self.tenant(TenantId::from_uuid(tenant)).await?;
        Ok((found, tenant))
    }

    /// Whether the caller may restore somebody who was locked.
    pub fn permit_restore(
        &mut self,
        tenant: &TenantRef,
        removed: &Removed,
    ) -> Result<Permit<act::UserDelete>, StoreError> {
        if removed.user.tenant != tenant.id {
            return Err(StoreError::NotFound("user"));
        }
        self.permit_account::<act::UserDelete>(tenant, removed.user.id, removed.user.administrator)
    }

    /// The groups of a person's object that did not come with a plan.
    pub async fn own_groups(&mut self, member: ObjectId) -> Result<Vec<Uuid>, StoreError> {
        let now = ts(self.now);
        let groups = sqlx::query_scalar!(
            "SELECT m.group_object FROM membership m JOIN user_group g ON g.object_id = m.group_object
              WHERE m.member_object = $1 AND m.wanted AND (m.until IS NULL OR m.until > $2)
                AND g.purpose <> 'service' AND g.deleted_at IS NULL
              ORDER BY 1",
            member.uuid(),
            now as _
        )
        .fetch_all(self.sql())
        .await?;
        Ok(groups)
    }

    /// The hours in which people of these tenants may log on, in words: of the permitted
    /// one and of some below it.
    pub async fn logon_hours(
        &mut self,
        permit: &Permit<act::TenantUpdate>,
        tenants: &[TenantId],
    ) -> Result<Vec<(ObjectId, String)>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT object_id AS "object_id!", details->>'logon_hours' AS "words!" FROM users
                WHERE tenant_id IN (SELECT c.descendant FROM tenant_closure c
                                     WHERE c.ancestor = $1 AND c.descendant = ANY($2)) AND details ? 'logon_hours' AND object_id IS NOT NULL
                  AND (deleted_at IS NULL OR purge_at IS NOT NULL)"#,
            permit.tenant.id.uuid(),
            &tenants.iter().map(|tenant| tenant.uuid()).collect::<Vec<_>>()
        )
        .fetch_all(self.sql())
        .await?;
        Ok(rows.into_iter().map(|row| (ObjectId::from_uuid(row.object_id), row.words)).collect())
    }

    /// Wants the accounts open in these hours (bits; none: always), within the
    /// opened request; gives how many accounts change.
    pub async fn want_hours(
        &mut self,
        permit: &Permit<act::TenantUpdate>,
        tenants: &[TenantId],
        hours: &[(ObjectId, Option<String>)],
    ) -> Result<i64, StoreError> {
        let (request, now) = (self.request_id()?, ts(self.now));
        let changed = sqlx::query_scalar!(
            r#"SELECT coalesce(want_specs($1, $2, $3, array_agg(a.id), array_agg(a.spec)), 0) AS "n!" FROM (
                   SELECT o.id, CASE WHEN n.bits IS NULL THEN o.spec #- '{details,logon_hours}'
                                ELSE jsonb_set(jsonb_set(o.spec, '{details}', coalesce(o.spec->'details', '{}')),
                                               '{details,logon_hours}', to_jsonb(n.bits)) END AS spec
                     FROM unnest($4::uuid[], $5::text[]) AS n (id, bits) JOIN object o ON o.id = n.id
                    WHERE o.wanted AND o.tenant_id IN (SELECT c.descendant FROM tenant_closure c
                              WHERE c.ancestor = $6 AND c.descendant = ANY($7)) AND o.spec #>> '{details,logon_hours}' IS DISTINCT FROM n.bits
                    ORDER BY o.id FOR NO KEY UPDATE OF o) a"#,
            request,
            Lane::for_objects(hours.len()).code(),
            now as _,
            &hours.iter().map(|(object, _)| object.uuid()).collect::<Vec<_>>(),
            &hours.iter().map(|(_, bits)| bits.clone()).collect::<Vec<_>>() as _,
            permit.tenant.id.uuid(),
            &tenants.iter().map(|tenant| tenant.uuid()).collect::<Vec<_>>()
        )
        .fetch_one(self.sql())
        .await?;
        self.wake |= changed > 0;
        Ok(changed)
    }

    /// The groups a person's object was put into by hand.
    pub async fn groups_of(&mut self, member: ObjectId) -> Result<Vec<(GroupId, ObjectId)>, StoreError> {
        let groups = sqlx::query!(
            "SELECT g.id, g.object_id FROM membership m JOIN user_group g ON g.object_id = m.group_object
              WHERE m.member_object = $1 AND m.wanted AND m.until IS NULL AND g.purpose = 'custom'
                AND g.deleted_at IS NULL ORDER BY 1",
            member.uuid()
        )
        .fetch_all(self.sql())
        .await?;
        let both = |(id, object)| (GroupId::from_uuid(id), ObjectId::from_uuid(object));
        Ok(groups.into_iter().map(|row| both((row.id, row.object_id))).collect())
    }

    /// Those of `groups` that still exist in the tenant of the permit, and in which the time
    /// of the person's object is not over. What is removed itself notes the person, who is in
    /// it again when it is restored.
    pub async fn groups_left(
        &mut self,
        permit: &Permit<act::UserDelete>,
        member: ObjectId,
        groups: &[Uuid],
    ) -> Result<Vec<ObjectId>, StoreError> {
        let now = ts(self.now);
        let left = sqlx::query_scalar!(
            r#"WITH e AS (SELECT g.object_id, g.deleted_at, g.purge_at, g.delete_request, m.wanted_gen
                          FROM user_group g LEFT JOIN membership m ON m.group_object = g.object_id AND m.member_object = $3
                         WHERE g.object_id = ANY($1) AND g.tenant_id = $2 AND (m.until IS NULL OR m.until > $4)),
                  n AS (INSERT INTO request_item (request_id, object_id, member_id, tenant_id, generation, state, updated_at)
                        SELECT e.delete_request, e.object_id, $3, $2, e.wanted_gen, 'superseded', $4
                          FROM e WHERE e.purge_at IS NOT NULL AND e.wanted_gen IS NOT NULL
                        ON CONFLICT (request_id, object_id, member_id) DO NOTHING)
             SELECT e.object_id AS "object_id!" FROM e WHERE e.deleted_at IS NULL ORDER BY 1"#,
            groups,
            permit.tenant.id.uuid(),
            member.uuid(),
            now as _
        )
        .fetch_all(self.sql())
        .await?;
        Ok(left.into_iter().map(ObjectId::from_uuid).collect())
    }

    /// The version of a plan (`code@instance`), and the objects of the groups that make
    /// it real here, if the tenant of the permit still has the instance.
    pub async fn plan_left(
        &mut self,
        permit: &Permit<act::UserDelete>,
        (plan, version): (&str, i32),
    ) -> Result<Option<(PlanId, Vec<ObjectId>)>, StoreError> {
        let (code, instance) = split_instance(plan);
        let found = sqlx::query!(
            r#"SELECT p.id, ARRAY(SELECT g.object_id FROM user_group g WHERE g.instance_id = i.id
                                     AND g.deleted_at IS NULL ORDER BY g.position) AS "groups!"
                 FROM plan p JOIN service_instance i ON i.service_id = p.service_id
                WHERE p.code = $1 AND p.version = $2 AND i.tenant_id = $3 AND ($4::text IS NULL OR i.code = $4)
                ORDER BY i.id LIMIT 1"#,
            code,
            version,
            permit.tenant.id.uuid(),
            instance
        )
        .fetch_optional(self.sql())
        .await?;
        let objects = |ids: Vec<Uuid>| ids.into_iter().map(ObjectId::from_uuid).collect::<Vec<_>>();
        Ok(found
            .map(|row| (PlanId::from_uuid(row.id), objects(row.groups)))
            .filter(|(_, groups)| !groups.is_empty()))
    }

    /// Marks the permitted account as removed and revokes what it held. Until
    /// `purge_at` the person can be restored and nobody gets the names; without
    /// it (people who have no account in a directory) the names are reserved for
    /// [`domain::limits::RESERVED_DAYS`] from now.
    pub async fn remove_user(
        &mut self,
        permit: &Permit<act::UserDelete>,
        user: &User,
        version: Option<i64>,
        removal: Option<(&Removal, Timestamp)>,
    ) -> Result<(), StoreError> {
        if permit.account != Some(user.id) {
            return Err(StoreError::NotFound("user"));
        }
        if version.is_some_and(|v| v != user.version) {
            return Err(StoreError::Stale { present: user.version });
        }
        self.end_user(user.id, removal).await?;
        self.note_user(permit, user.id, "user.deleted");
        Ok(())
    }

    /// Ends the row of a person and what it held: sessions, tokens, roles and links.
    pub(super) async fn end_user(
        &mut self,
        user: UserId,
        removal: Option<(&Removal, Timestamp)>,
    ) -> Result<(), StoreError> {
        let now = self.now;
        let reserved = now + SignedDuration::from_hours(24 * domain::limits::RESERVED_DAYS);
        self.drop_passwords(&[user.uuid()], true).await?;
        sqlx::query!(
            "WITH u AS (UPDATE users SET deleted_at = $2, version = version + 1, purge_at = $4, removal = $5
                         WHERE id = $1),
                  k AS (UPDATE api_token SET revoked_at = $2 WHERE user_id = $1 AND revoked_at IS NULL),
                  g AS (UPDATE role_grant SET revoked_at = $2 WHERE user_id = $1 AND revoked_at IS NULL),
                  a AS (UPDATE activation SET revoked_at = $2 WHERE user_id = $1 AND used_at IS NULL)
             UPDATE reserved_name SET reserved_until = $3 WHERE owner = $1 AND $4::timestamptz IS NULL",
            user.uuid(),
            ts(now) as _,
            ts(reserved) as _,
            removal.map(|(_, at)| ts(at)) as _,
            removal.map(|(removal, _)| Json(removal)) as _
        )
        .execute(self.sql())
        .await?;
        Ok(())
    }

    /// Makes a removed person one of the tenant again. Roles are not given back:
    /// whoever may give them decides anew.
    pub async fn restore_user(
        &mut self,
        permit: &Permit<act::UserDelete>,
        removed: &Removed,
    ) -> Result<User, StoreError> {
        if permit.account != Some(removed.user.id) {
            return Err(StoreError::NotFound("user"));
        }
        let mut user = removed.user.clone();
        user.enabled = removed.removal.enabled;
        user.administrator = false;
        sqlx::query!(
            "UPDATE users SET deleted_at = NULL, purge_at = NULL, removal = NULL, version = version + 1, enabled = $2,
                    administrator = false WHERE id = $1",
            user.id.uuid(),
            user.enabled
        )
        .execute(self.sql())
        .await?;
        self.grow_people(permit.tenant.id, usize::from(user.object.is_some()));
        self.note_user(permit, user.id, "user.restored");
        Ok(user)
    }

    fn note_user(&mut self, permit: &Permit<act::UserDelete>, user: UserId, code: &'static str) {
        let (tenant, target) = (permit.tenant.id, ("user", user.to_string()));
        self.events.push(Event { code, outcome: Outcome::Success, tenant, target, changes: vec![] });
    }

    /// Notes that something was done to a permitted account once.
    pub fn note_account(&mut self, permit: &Permit<act::UserResetPassword>, code: &'static str) {
        let Some(user) = permit.account else { return };
        let (tenant, target) = (permit.tenant.id, ("user", user.to_string()));
        self.events.push(Event { code, outcome: Outcome::Success, tenant, target, changes: vec![] });
    }
}
