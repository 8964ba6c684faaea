//! Who is calling: established from a token on every request, from the
//! owner's live state. A disabled person, a revoked token or a suspended
//! tenant has no caller.

use domain::{
    device::Device,
    id::{ActivationId, GrantId, TenantId, TokenId, UserId},
    permission::Permission,
    person::Theme,
};
use jiff::Timestamp;
use sqlx::types::Json;
use uuid::Uuid;

use crate::{Store, StoreError, seal, ts};

/// A person, or the holder of a one-time link, with what they may do now.
#[derive(Debug, Clone)]
pub struct Caller {
    pub(crate) who: Who,
    /// The tenant the person belongs to.
    pub tenant: TenantId,
    /// The person's name, for greeting and logs of the portal.
    pub display_name: String,
    /// The person's language, or else the tenant's (BCP 47).
    pub language: String,
    /// The person's time zone (IANA).
    pub time_zone: String,
    /// Light or dark, where the person chose one.
    pub theme: Option<Theme>,
    /// Every grant in force.
    pub grants: Vec<Grant>,
}

#[derive(Debug, Clone)]
pub(crate) enum Who {
    Person {
        user: UserId,
        token: TokenId,
    },
    Link {
        user: UserId,
        activation: ActivationId,
    },
    /// Somebody who says to be this person and has proved nothing.
    Claim {
        user: UserId,
    },
}

/// A role given to a person on a tenant.
#[derive(Debug, Clone)]
pub struct Grant {
    /// Its id.
    pub id: GrantId,
    /// The role.
    pub role: String,
    /// The role's version.
    pub role_version: i32,
    /// What that version allows.
    pub permissions: Vec<Permission>,
    /// The tenant on which, and below which, it holds.
    pub scope: TenantId,
}

#[derive(Debug, serde::Deserialize)]
pub(crate) struct GrantRow {
    id: Uuid,
    role: String,
    version: i32,
    permissions: Vec<String>,
    scope: Uuid,
}

impl From<GrantRow> for Grant {
    fn from(row: GrantRow) -> Self {
        Self {
            id: GrantId::from_uuid(row.id),
            role: row.role,
            role_version: row.version,
            // A permission that a newer build added is unknown here and allows nothing.
            permissions: row.permissions.iter().filter_map(|p| Permission::from_code(p)).collect(),
            scope: TenantId::from_uuid(row.scope),
        }
    }
}

/// What signing in needs to know of an account.
#[derive(Debug)]
pub struct SignIn {
    /// The person.
    pub user: UserId,
    /// Its tenant.
    pub tenant: TenantId,
    /// Argon2id hash in PHC form; none before activation.
    pub portal_hash: Option<String>,
    /// Enabled, not deleted, tenant not suspended.
    pub active: bool,
}

/// A new token: the secret is shown once and not stored.
pub struct NewToken {
    /// The public id.
    pub id: TokenId,
    /// What the client sends.
    pub secret: String,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
}

impl Caller {
    /// The person who calls, or whom the link is for.
    #[must_use]
    pub fn user(&self) -> UserId {
        match self.who {
            Who::Person { user, .. } | Who::Link { user, .. } | Who::Claim { user } => user,
        }
    }

    /// The token the person used; none for a link.
    #[must_use]
    pub fn token(&self) -> Option<TokenId> {
        match self.who {
            Who::Person { token, .. } => Some(token),
            Who::Link { .. } | Who::Claim { .. } => None,
        }
    }

    /// What kind of actor stands in events, and which person: a link is used by the person it
    /// was made for, and what anybody can ask for is nobody's act.
    pub(crate) fn actor(&self) -> (&'static str, Option<UserId>) {
        match self.who {
            Who::Person { user, .. } | Who::Link { user, .. } => ("human", Some(user)),
            Who::Claim { .. } => ("system", None),
        }
    }

    /// Whether any grant allows `permission` somewhere.
    #[must_use]
    pub fn may_anywhere(&self, permission: Permission) -> bool {
        self.grants.iter().any(|g| g.permissions.contains(&permission))
    }

    /// The tenants on which a grant with `permission` lies: the roots of every list.
    #[must_use]
    pub fn roots(&self, permission: Permission) -> Vec<TenantId> {
        let mut roots: Vec<_> =
            self.grants.iter().filter(|g| g.permissions.contains(&permission)).map(|g| g.scope).collect();
        roots.sort_unstable();
        roots.dedup();
        roots
    }
}

impl Store {
    /// The caller behind a token, if the token and its owner are in order now.
    pub async fn caller(&self, secret: &str) -> Result<Option<Caller>, StoreError> {
        let now = self.clock.now();
        let hash = seal::hash(secret.as_bytes());
        let row = sqlx::query!(
            r#"SELECT k.id, k.user_id, k.last_used_at AS "last_used_at: jiff_sqlx::Timestamp",
                      u.tenant_id, u.display_name, coalesce(u.language, t.language) AS "language!", u.theme, t.time_zone,
                      (SELECT coalesce(jsonb_agg(jsonb_build_object('id', g.id, 'role', g.role_code,
                                'version', g.role_version, 'permissions', r.permissions, 'scope', g.tenant_id)), '[]')
                         FROM role_grant g JOIN role r ON (r.code, r.version) = (g.role_code, g.role_version)
                        WHERE g.user_id = u.id AND g.revoked_at IS NULL
                          AND (g.expires_at IS NULL OR g.expires_at > $2)) AS "grants!: Json<Vec<GrantRow>>"
                 FROM api_token k JOIN users u ON u.id = k.user_id JOIN tenant t ON t.id = u.tenant_id
                WHERE k.secret_hash = $1 AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > $2)
                  AND u.enabled AND u.deleted_at IS NULL AND (SELECT s.id FROM suspended_tenant s WHERE s.id = t.id LIMIT 1) IS NULL"#,
            hash.as_slice(),
            ts(now) as _,
        )
        .fetch_optional(&self.auth)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let stale = row.last_used_at.is_none_or(|at| now.as_second() - at.to_jiff().as_second() > 60);
        if stale {
            sqlx::query!("UPDATE api_token SET last_used_at = $2 WHERE id = $1", row.id, ts(now) as _)
                .execute(&self.auth)
                .await?;
        }
        Ok(Some(Caller {
            who: Who::Person { user: UserId::from_uuid(row.user_id), token: TokenId::from_uuid(row.id) },
            tenant: TenantId::from_uuid(row.tenant_id),
            display_name: row.display_name,
            language: row.language,
            time_zone: row.time_zone,
            theme: row.theme.as_deref().and_then(Theme::from_code),
            grants: row.grants.0.into_iter().map(Grant::from).collect(),
        }))
    }

    /// The account behind a login name, and how long it stays locked after
    /// failed attempts (seconds; zero when it is not).
    pub async fn sign_in(&self, login: &str) -> Result<(Option<SignIn>, i64), StoreError> {
        let now = self.clock.now();
        let locked = sqlx::query!(
            r#"SELECT failures, last_at AS "last_at!: jiff_sqlx::Timestamp" FROM sign_in_failure WHERE login = $1"#,
            login
        )
        .fetch_optional(&self.auth)
        .await?
        .map_or(0, |row| lock_seconds(row.failures) - (now.as_second() - row.last_at.to_jiff().as_second()));
        let row = sqlx::query!(
            r#"SELECT u.id, u.tenant_id, u.portal_hash,
                      u.enabled AND (SELECT s.id FROM suspended_tenant s WHERE s.id = u.tenant_id LIMIT 1) IS NULL AS "active!"
                 FROM users u WHERE u.principal_name = $1 AND u.deleted_at IS NULL"#,
            login
        )
        .fetch_optional(&self.auth)
        .await?;
        let account = row.map(|row| SignIn {
            user: UserId::from_uuid(row.id),
            tenant: TenantId::from_uuid(row.tenant_id),
            portal_hash: row.portal_hash,
            active: row.active,
        });
        Ok((account, locked.max(0)))
    }

    /// Counts a failed sign-in.
    pub async fn sign_in_failed(&self, login: &str) -> Result<(), StoreError> {
        sqlx::query!(
            "INSERT INTO sign_in_failure AS f (login, failures, last_at) VALUES ($1, 1, $2)
             ON CONFLICT (login) DO UPDATE SET failures = f.failures + 1, last_at = excluded.last_at",
            login,
            ts(self.clock.now()) as _
        )
        .execute(&self.auth)
        .await?;
        Ok(())
    }

    /// As [`Store::open_session_from`], from a device of which nothing is known.
    pub async fn open_session(
        &self,
        account: &SignIn,
        login: &str,
        hours: i64,
    ) -> Result<NewToken, StoreError> {
        self.open_session_from(account, login, &Device::default(), hours).await
    }

    /// Forgets failed sign-ins and opens a session of `hours`.
    pub async fn open_session_from(
        &self,
        account: &SignIn,
        login: &str,
        device: &Device,
        hours: i64,
    ) -> Result<NewToken, StoreError> {
        let now = self.clock.now();
        let expires_at = now + jiff::SignedDuration::from_hours(hours);
        let token = self.new_token(Some(expires_at));
        let hash = seal::hash(token.secret.as_bytes());
        let mut tx = self.auth.begin().await?;
        sqlx::query!("DELETE FROM sign_in_failure WHERE login = $1", login).execute(&mut *tx).await?;
        sqlx::query!(
            "INSERT INTO api_token (id, tenant_id, user_id, kind, name, secret_hash, created_at, expires_at, browser,
                    network) VALUES ($1, $2, $3, 'session', 'session', $4, $5, $6, $7, $8)",
            token.id.uuid(),
            account.tenant.uuid(),
            account.user.uuid(),
            hash.as_slice(),
            ts(now) as _,
            ts(expires_at) as _,
            device.browser,
            device.network,
        )
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(token)
    }

    /// Ends the session or token the caller came with.
    pub async fn end_session(&self, caller: &Caller) -> Result<(), StoreError> {
        let Some(token) = caller.token() else { return Ok(()) };
        sqlx::query!(
            "UPDATE api_token SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL",
            token.uuid(),
            ts(self.clock.now()) as _
        )
        .execute(&self.auth)
        .await?;
        Ok(())
    }

    /// Draws a token of 256 bits.
    pub(crate) fn new_token(&self, expires_at: Option<Timestamp>) -> NewToken {
        let mut bytes = [0; 32];
        self.keys.fill(&mut bytes);
        let secret = format!("tny_{}", data_encoding::BASE64URL_NOPAD.encode(&bytes));
        NewToken { id: TokenId::new(self.clock.now(), self.random()), secret, expires_at }
    }
}

/// Five attempts are free; then the wait doubles, up to a quarter of an hour.
fn lock_seconds(failures: i32) -> i64 {
    match u32::try_from(failures.saturating_sub(5)) {
        Ok(over) => (1_i64 << over.min(10)).min(900),
        Err(_) => 0,
    }
}
