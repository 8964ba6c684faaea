//! Who is calling: established from a token on every request, from the
//! owner's live state. A disabled person, a revoked token or a suspended
//! tenant has no caller.

use domain::{
    device::Device,
    id::{ActivationId, BulkId, GrantId, TenantId, TokenId, UserId},
    limits,
    permission::Permission,
    person::Theme,
};
use jiff::{SignedDuration, Timestamp};
use sqlx::types::Json;
use uuid::Uuid;

use crate::{Store, StoreError, seal, ts};

/// The network of those whose network is not known.
const UNKNOWN: &str = "unknown";
/// Attempts from everywhere count together in this time.
const HOUR: SignedDuration = SignedDuration::from_hours(1);

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
    /// Whether the person chose that language.
    pub language_chosen: bool,
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
    /// What a person began and does not wait for, in their name.
    Errand {
        user: UserId,
        bulk: BulkId,
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
            Who::Person { user, .. }
            | Who::Link { user, .. }
            | Who::Errand { user, .. }
            | Who::Claim { user } => user,
        }
    }

    /// The token the person used; none for a link.
    #[must_use]
    pub fn token(&self) -> Option<TokenId> {
        match self.who {
            Who::Person { token, .. } => Some(token),
            Who::Link { .. } | Who::Errand { .. } | Who::Claim { .. } => None,
        }
    }

    /// What kind of actor stands in events, and which person: a link is used by the person it
    /// was made for, and what anybody can ask for is nobody's act.
    pub(crate) fn actor(&self) -> (&'static str, Option<UserId>) {
        match self.who {
            Who::Person { user, .. } | Who::Link { user, .. } | Who::Errand { user, .. } => {
                ("human", Some(user))
            }
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
    /// As [`Store::caller_at`], by a host name that is nobody's.
    pub async fn caller(&self, secret: &str) -> Result<Option<Caller>, StoreError> {
        self.caller_at(secret, None).await
    }

    /// The caller behind a token, if the token and its owner are in order now, and the host
    /// name, if it is a tenant's, is that of one on the owner's way up.
    pub async fn caller_at(&self, secret: &str, host: Option<&str>) -> Result<Option<Caller>, StoreError> {
        let now = self.clock.now();
        let hash = seal::hash(secret.as_bytes());
        let row = sqlx::query!(
            r#"SELECT k.id, k.user_id, k.last_used_at AS "last_used_at: jiff_sqlx::Timestamp",
                      u.tenant_id, u.display_name, coalesce(u.language, t.language) AS "language!", u.language IS NOT NULL AS "language_chosen!", u.theme,
                      t.time_zone,
                      (SELECT coalesce(jsonb_agg(jsonb_build_object('id', g.id, 'role', g.role_code,
                                'version', g.role_version, 'permissions', r.permissions, 'scope', g.tenant_id)), '[]')
                         FROM role_grant g JOIN role r ON (r.code, r.version) = (g.role_code, g.role_version)
                        WHERE g.user_id = u.id AND g.revoked_at IS NULL
                          AND (g.expires_at IS NULL OR g.expires_at > $2)) AS "grants!: Json<Vec<GrantRow>>"
                 FROM api_token k JOIN users u ON u.id = k.user_id JOIN tenant t ON t.id = u.tenant_id
                WHERE k.secret_hash = $1 AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > $2)
                  AND u.enabled AND u.deleted_at IS NULL AND (SELECT s.id FROM suspended_tenant s WHERE s.id = t.id LIMIT 1) IS NULL
                  AND NOT EXISTS (SELECT FROM host_name h WHERE h.name = $3 AND (
                      SELECT c.depth FROM tenant_closure c WHERE c.ancestor = h.tenant_id AND c.descendant = t.id LIMIT 1) IS NULL)"#,
            hash.as_slice(),
            ts(now) as _,
            host,
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
            language_chosen: row.language_chosen,
            time_zone: row.time_zone,
            theme: row.theme.as_deref().and_then(Theme::from_code),
            grants: row.grants.0.into_iter().map(Grant::from).collect(),
        }))
    }

    /// The bulk changes that run, or the previews of whose names the directory said something else; each with
    /// in whose name, as far as that person is in order now, and none of those who are not.
    pub async fn errands(&self, runs: bool) -> Result<Vec<(BulkId, Option<Caller>)>, StoreError> {
        let now = self.clock.now();
        let rows = sqlx::query!(
            r#"SELECT b.id AS "id!", u.id AS "user_id?", u.tenant_id AS "tenant_id?", u.display_name AS "display_name?",
                      coalesce(u.language, t.language) AS language, u.language IS NOT NULL AS "language_chosen!", t.time_zone AS "time_zone?",
                      (SELECT coalesce(jsonb_agg(jsonb_build_object('id', g.id, 'role', g.role_code,
                                'version', g.role_version, 'permissions', r.permissions, 'scope', g.tenant_id)), '[]')
                         FROM role_grant g JOIN role r ON (r.code, r.version) = (g.role_code, g.role_version)
                        WHERE g.user_id = u.id AND g.revoked_at IS NULL
                          AND (g.expires_at IS NULL OR g.expires_at > $1)) AS "grants!: Json<Vec<GrantRow>>"
                 FROM (SELECT id, run_by AS by FROM bulk WHERE $2 AND state = 'running' UNION ALL
                       SELECT id, names_asked_by FROM bulk
                        WHERE NOT $2 AND state = 'previewed' AND names_differ AND names_answered_at IS NOT NULL) b
                 LEFT JOIN users u ON u.id = b.by AND u.enabled AND u.deleted_at IS NULL
                  AND (SELECT s.id FROM suspended_tenant s WHERE s.id = u.tenant_id LIMIT 1) IS NULL
                 LEFT JOIN tenant t ON t.id = u.tenant_id
                ORDER BY b.id"#,
            ts(now) as _,
            runs
        )
        .fetch_all(&self.auth)
        .await?;
        let errands = rows.into_iter().map(|row| {
            let bulk = BulkId::from_uuid(row.id);
            let caller = row.user_id.zip(row.tenant_id).map(|(user, tenant)| Caller {
                who: Who::Errand { user: UserId::from_uuid(user), bulk },
                tenant: TenantId::from_uuid(tenant),
                display_name: row.display_name.unwrap_or_default(),
                language: row.language.unwrap_or_default(),
                language_chosen: row.language_chosen,
                time_zone: row.time_zone.unwrap_or_default(),
                theme: None,
                grants: row.grants.0.into_iter().map(Grant::from).collect(),
            });
            (bulk, caller)
        });
        Ok(errands.collect())
    }

    /// As [`Store::sign_in_at`], by a host name that is nobody's.
    pub async fn sign_in(&self, login: &str) -> Result<(Option<SignIn>, i64), StoreError> {
        self.sign_in_at(login, None).await
    }

    /// The account behind a login name, and for how many seconds the login is closed to
    /// networks it is not known from, after attempts from everywhere; zero when it is not.
    /// Under a host name of a tenant only those at and below it are active.
    pub async fn sign_in_at(
        &self,
        login: &str,
        host: Option<&str>,
    ) -> Result<(Option<SignIn>, i64), StoreError> {
        let now = self.clock.now();
        let all = sqlx::query!(
            r#"SELECT failures, since AS "since!: jiff_sqlx::Timestamp" FROM sign_in_count
                WHERE login = $1 AND network = ''"#,
            login
        )
        .fetch_optional(&self.auth)
        .await?
        .filter(|row| row.failures >= limits::SIGN_IN_FAILURES_PER_HOUR);
        let closed = all.map_or(0, |row| (row.since.to_jiff() + HOUR).as_second() - now.as_second());
        let row = sqlx::query!(
            r#"SELECT u.id, u.tenant_id, u.portal_hash,
                      u.enabled AND (SELECT s.id FROM suspended_tenant s WHERE s.id = u.tenant_id LIMIT 1) IS NULL
                          AND NOT EXISTS (SELECT FROM host_name h WHERE h.name = $2 AND (
                              SELECT c.depth FROM tenant_closure c
                               WHERE c.ancestor = h.tenant_id AND c.descendant = u.tenant_id LIMIT 1) IS NULL) AS "active!"
                 FROM users u WHERE u.principal_name = $1 AND u.deleted_at IS NULL"#,
            login,
            host
        )
        .fetch_optional(&self.auth)
        .await?;
        let account = row.map(|row| SignIn {
            user: UserId::from_uuid(row.id),
            tenant: TenantId::from_uuid(row.tenant_id),
            portal_hash: row.portal_hash,
            active: row.active,
        });
        Ok((account, closed.max(0)))
    }

    /// Whether the person signed in from this network of late.
    pub async fn knows_network(&self, user: UserId, network: &str) -> Result<bool, StoreError> {
        let since = self.clock.now() - SignedDuration::from_hours(limits::ENDED_SESSION_HOURS);
        let known = sqlx::query_scalar!(
            r#"SELECT EXISTS (SELECT FROM api_token WHERE user_id = $1 AND kind = 'session' AND network = $2
                                 AND created_at > $3) AS "known!""#,
            user.uuid(),
            network,
            ts(since) as _
        )
        .fetch_one(&self.auth)
        .await?;
        Ok(known)
    }

    /// Counts an attempt to sign in before its password is looked at, so that guesses made at
    /// once count one after the other; gives the seconds to wait when it comes too early, and
    /// then counts nothing. Who did well is taken back with [`Store::take_back_sign_in`].
    pub async fn count_sign_in(&self, login: &str, network: Option<&str>) -> Result<i64, StoreError> {
        let now = self.clock.now();
        let network = network.unwrap_or(UNKNOWN);
        let counted = sqlx::query_scalar!(
            r#"WITH own AS (
                   INSERT INTO sign_in_count AS f (login, network, failures, since, last_at) VALUES ($1, $2, 1, $3, $3)
                   ON CONFLICT (login, network) DO UPDATE SET failures = f.failures + 1, last_at = excluded.last_at
                    WHERE f.last_at + make_interval(secs => sign_in_wait(f.failures)) <= excluded.last_at
                   RETURNING f.login),
                 everywhere AS (
                   INSERT INTO sign_in_count AS t (login, network, failures, since, last_at)
                   SELECT own.login, '', 1, $3, $3 FROM own
                   ON CONFLICT (login, network) DO UPDATE
                      SET failures = CASE WHEN t.since <= $4 THEN 1 ELSE t.failures + 1 END,
                          since = CASE WHEN t.since <= $4 THEN excluded.since ELSE t.since END,
                          last_at = excluded.last_at)
               SELECT count(*) AS "counted!" FROM own"#,
            login,
            network,
            ts(now) as _,
            ts(now - HOUR) as _
        )
        .fetch_one(&self.auth)
        .await?;
        if counted > 0 {
            return Ok(0);
        }
        let row = sqlx::query!(
            r#"SELECT sign_in_wait(failures) AS "wait!", last_at AS "last_at!: jiff_sqlx::Timestamp"
                 FROM sign_in_count WHERE login = $1 AND network = $2"#,
            login,
            network
        )
        .fetch_optional(&self.auth)
        .await?;
        // A row that is gone by now was that of somebody who did well.
        let wait = row.map_or(0, |r| i64::from(r.wait) - (now.as_second() - r.last_at.to_jiff().as_second()));
        Ok(wait.max(1))
    }

    /// An attempt that ended well does not count, and neither do those before it from there.
    pub async fn take_back_sign_in(&self, login: &str, network: Option<&str>) -> Result<(), StoreError> {
        sqlx::query!(
            "WITH own AS (DELETE FROM sign_in_count WHERE login = $1 AND network = $2 RETURNING login, failures)
             UPDATE sign_in_count t SET failures = greatest(t.failures - own.failures, 0)
               FROM own WHERE t.login = own.login AND t.network = ''",
            login,
            network.unwrap_or(UNKNOWN)
        )
        .execute(&self.auth)
        .await?;
        Ok(())
    }

    /// An attempt whose password nobody looked at does not count; those before it do.
    pub async fn uncount_sign_in(&self, login: &str, network: Option<&str>) -> Result<(), StoreError> {
        sqlx::query!(
            "UPDATE sign_in_count SET failures = greatest(failures - 1, 0)
              WHERE login = $1 AND network IN ($2, '')",
            login,
            network.unwrap_or(UNKNOWN)
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
        let opened = self.open_session_from(account, login, &Device::default(), hours).await?;
        opened.ok_or(StoreError::Conflict("another login or password since it was verified"))
    }

    /// Opens a session of `hours`, if login and password are still those that were verified.
    pub async fn open_session_from(
        &self,
        account: &SignIn,
        login: &str,
        device: &Device,
        hours: i64,
    ) -> Result<Option<NewToken>, StoreError> {
        let now = self.clock.now();
        let expires_at = now + SignedDuration::from_hours(hours);
        let token = self.new_token(Some(expires_at));
        let hash = seal::hash(token.secret.as_bytes());
        let opened = sqlx::query_scalar!(
            r#"SELECT open_session($1, $2, $3, $4, $5, $6, $7, $8, $9) AS "opened!""#,
            token.id.uuid(),
            account.user.uuid(),
            login,
            account.portal_hash,
            hash.as_slice(),
            ts(now) as _,
            ts(expires_at) as _,
            device.browser,
            device.network,
        )
        .fetch_one(&self.auth)
        .await?;
        Ok(opened.then_some(token))
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
        let secret = secret(&bytes);
        NewToken { id: TokenId::new(self.clock.now(), self.random()), secret, expires_at }
    }
}

/// A token as its owner gets it.
pub(crate) fn secret(bytes: &[u8; 32]) -> String {
    format!("tny_{}", data_encoding::BASE64URL_NOPAD.encode(bytes))
}
