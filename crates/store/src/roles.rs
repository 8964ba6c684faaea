//! Roles of people where they are at home: who holds which, giving them, taking them.
//!
//! A grant is never changed: it is made, and revoked once. Of the tenant it lies on, the
//! people below are what it is about; only people of that tenant itself hold one.

use crate::{
    StoreError, ts,
    tx::{Permit, ReadTx, WriteTx, act, denied},
};
use domain::{
    event::{Event, FieldChange, Outcome},
    id::{TenantId, UserId},
    permission::{Permission, Role},
};
use jiff::Timestamp;

/// A role somebody holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldRole {
    /// Who.
    pub user: UserId,
    /// Code of the role.
    pub role: String,
    /// The version that was given.
    pub version: i32,
    /// Since when.
    pub since: Timestamp,
    /// Who gave it; none where that is nobody the caller may know.
    pub by: Option<String>,
}

impl ReadTx<'_> {
    /// The roles people hold where they are at home, as far as the caller may see them.
    pub async fn roles_of(&mut self, users: &[UserId]) -> Result<Vec<HeldRole>, StoreError> {
        let (ids, now) = (users.iter().map(|id| id.uuid()).collect::<Vec<_>>(), ts(self.now));
        let rows = sqlx::query!(
            r#"SELECT DISTINCT ON (g.user_id, g.role_code) g.user_id, g.role_code, g.role_version,
                      g.created_at AS "since!: jiff_sqlx::Timestamp", a.display_name AS "by?"
                 FROM role_grant g JOIN users u ON u.id = g.user_id AND u.tenant_id = g.tenant_id
                 LEFT JOIN users a ON a.id = g.created_by
                WHERE g.user_id = ANY($1) AND g.revoked_at IS NULL AND (g.expires_at IS NULL OR g.expires_at > $2)
                ORDER BY g.user_id, g.role_code, g.created_at"#,
            &ids,
            now as _
        )
        .fetch_all(self.sql())
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| HeldRole {
                user: UserId::from_uuid(row.user_id),
                role: row.role_code,
                version: row.role_version,
                since: row.since.to_jiff(),
                by: row.by,
            })
            .collect())
    }

    /// The codes of the roles that people of the permitted tenant hold there; of very many at once.
    pub async fn roles_held(
        &mut self,
        permit: &Permit<act::UserRead>,
        users: &[UserId],
    ) -> Result<Vec<(UserId, String)>, StoreError> {
        let (ids, now) = (users.iter().map(|id| id.uuid()).collect::<Vec<_>>(), ts(self.now));
        let rows = sqlx::query!(
            "SELECT user_id, role_code FROM role_grant WHERE user_id = ANY($1) AND tenant_id = $2
                AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $3)",
            &ids,
            permit.tenant.id.uuid(),
            now as _
        )
        .fetch_all(self.sql())
        .await?;
        Ok(rows.into_iter().map(|row| (UserId::from_uuid(row.user_id), row.role_code)).collect())
    }
}

impl WriteTx<'_> {
    /// Gives a role to people who do not hold it. The caller's ceiling has to be checked before.
    pub async fn insert_grants(
        &mut self,
        tenant: TenantId,
        users: &[UserId],
        (role, version): (&str, i32),
    ) -> Result<(), StoreError> {
        let ids: Vec<_> = users.iter().map(|_| self.id::<domain::id::GrantKind>().uuid()).collect();
        let holders: Vec<_> = users.iter().map(|id| id.uuid()).collect();
        let (now, actor) = (ts(self.now), self.caller.user().uuid());
        sqlx::query!(
            "INSERT INTO role_grant (id, tenant_id, user_id, role_code, role_version, created_at, created_by)
             SELECT g.id, $2, g.holder, $4, $5, $6, $7 FROM unnest($1::uuid[], $3::uuid[]) AS g (id, holder)",
            &ids,
            tenant.uuid(),
            &holders,
            role,
            version,
            now as _,
            actor
        )
        .execute(self.sql())
        .await?;
        for user in users {
            self.note_role("role.granted", tenant, *user, (role, version));
        }
        Ok(())
    }

    /// Gives a role to people of the permitted tenant, who were locked; whoever holds it keeps the version they
    /// have. The caller's ceiling has to be checked before.
    pub async fn give_role(
        &mut self,
        permit: &Permit<act::RoleGrant>,
        users: &[UserId],
        role: &Role,
    ) -> Result<(), StoreError> {
        let tenant = permit.tenant.id;
        let held = self.roles_of(users).await?;
        let has = |user: &UserId| held.iter().any(|held| held.user == *user && held.role == role.code);
        let fresh: Vec<_> = users.iter().copied().filter(|user| !has(user)).collect();
        self.insert_grants(tenant, &fresh, (role.code, role.version)).await?;
        self.set_administrators(&fresh).await
    }

    /// Takes a role from people of the permitted tenant, who were locked, in every version; from whoever does
    /// not hold it nothing is taken. The caller's ceiling has to be checked before.
    pub async fn take_role(
        &mut self,
        permit: &Permit<act::RoleGrant>,
        users: &[UserId],
        role: &Role,
    ) -> Result<(), StoreError> {
        let tenant = permit.tenant.id;
        let (ids, now) = (users.iter().map(|id| id.uuid()).collect::<Vec<_>>(), ts(self.now));
        let taken = sqlx::query!(
            "UPDATE role_grant SET revoked_at = $4
              WHERE user_id = ANY($1) AND tenant_id = $2 AND role_code = $3 AND revoked_at IS NULL
             RETURNING user_id, role_version",
            &ids,
            tenant.uuid(),
            role.code,
            now as _
        )
        .fetch_all(self.sql())
        .await?;
        let mut from: Vec<_> = taken.iter().map(|row| UserId::from_uuid(row.user_id)).collect();
        for row in taken {
            self.note_role(
                "role.revoked",
                tenant,
                UserId::from_uuid(row.user_id),
                (role.code, row.role_version),
            );
        }
        from.sort_unstable();
        from.dedup();
        self.set_administrators(&from).await
    }

    /// Locks the accounts of people of a tenant, and the caller's own, which has to be in order: until the end
    /// nobody else changes what they hold, and what the caller may has to be asked after it. All can go on
    /// signing in.
    pub async fn lock_holders(&mut self, tenant: TenantId, users: &[UserId]) -> Result<(), StoreError> {
        let caller = self.caller.user();
        let ids: Vec<_> = users.iter().chain([&caller]).map(|id| id.uuid()).collect();
        let rows = sqlx::query!(
            "SELECT id, tenant_id, enabled FROM users WHERE id = ANY($1) AND deleted_at IS NULL
              ORDER BY id FOR NO KEY UPDATE",
            &ids
        )
        .fetch_all(self.sql())
        .await?;
        if !rows.iter().any(|row| row.id == caller.uuid() && row.enabled) {
            return Err(denied(Permission::RoleGrant));
        }
        let is_here =
            |user: &UserId| rows.iter().any(|row| row.id == user.uuid() && row.tenant_id == tenant.uuid());
        if users.iter().all(is_here) { Ok(()) } else { Err(StoreError::NotFound("user")) }
    }

    /// Notes of people whether they are administrators, after their roles changed. Who was none before could be
    /// given links by whoever may not touch administrators: they open nothing any more. Who was made in this
    /// transaction has only links of it.
    async fn set_administrators(&mut self, users: &[UserId]) -> Result<(), StoreError> {
        let (ids, now) = (users.iter().map(|id| id.uuid()).collect::<Vec<_>>(), ts(self.now));
        let changed = sqlx::query!(
            "UPDATE users u SET administrator = NOT u.administrator
              WHERE u.id = ANY($1) AND u.administrator <> EXISTS (
                    SELECT FROM role_grant g JOIN role r ON (r.code, r.version) = (g.role_code, g.role_version)
                     WHERE g.user_id = u.id AND r.administrator AND g.revoked_at IS NULL
                       AND (g.expires_at IS NULL OR g.expires_at > $2))
             RETURNING u.id, u.administrator, u.created_at <> $2 AS \"is_known!\"",
            &ids,
            now as _
        )
        .fetch_all(self.sql())
        .await?;
        let raised: Vec<_> =
            changed.iter().filter(|row| row.administrator && row.is_known).map(|row| row.id).collect();
        if raised.is_empty() {
            return Ok(());
        }
        sqlx::query!(
            "UPDATE activation SET revoked_at = $2
              WHERE user_id = ANY($1) AND used_at IS NULL AND revoked_at IS NULL",
            &raised,
            now as _
        )
        .execute(self.sql())
        .await?;
        self.drop_passwords(&raised, true).await
    }

    fn note_role(&mut self, code: &'static str, tenant: TenantId, user: UserId, role: (&str, i32)) {
        let (role, version) = role;
        let value = Some(format!("{role}/{version}"));
        let (before, after) = if code == "role.granted" { (None, value) } else { (value, None) };
        let scope = Some(tenant.to_string());
        let change = |field: &'static str, before, after| FieldChange {
            field: field.into(),
            before,
            after,
            person: None,
        };
        self.events.push(Event {
            code,
            outcome: Outcome::Success,
            tenant,
            target: ("user", user.to_string()),
            changes: vec![change("role", before, after), change("scope", None, scope)],
        });
    }
}
