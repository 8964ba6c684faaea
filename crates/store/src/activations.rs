//! One-time links: a person chooses the password, which goes to the directory
//! and to the portal as one visible request.

use domain::{
    event::{Event, Outcome},
    id::{ActivationId, ObjectId, RequestId, SecretId, TenantId, UserId},
    person::Theme,
    plan::Secret,
    problem::Problem,
    request::{ItemState, Lane},
};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::{
    Caller, Store, StoreError,
    caller::Who,
    error::known,
    ts,
    tx::{Permit, WriteTx, act},
    users::Links,
};

/// What a link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// First password.
    Activation,
    /// A new password.
    Reset,
    /// A new password for somebody who asked without proving who they are.
    Forgotten,
    /// A new password for somebody who proved to know the present one.
    Change,
}

impl Purpose {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Activation => "activation",
            Self::Reset => "reset",
            Self::Forgotten => "forgotten",
            Self::Change => "change",
        }
    }

    fn from_code(code: &str) -> Option<Self> {
        [Self::Activation, Self::Reset, Self::Forgotten, Self::Change].into_iter().find(|p| p.code() == code)
    }

    /// How long a link for it works.
    pub(crate) fn lifetime(self) -> SignedDuration {
        match self {
            Self::Activation | Self::Reset => SignedDuration::from_hours(domain::limits::ACTIVATION_HOURS),
            Self::Forgotten | Self::Change => SignedDuration::from_mins(domain::limits::RESET_LINK_MINUTES),
        }
    }
}

/// A link, and how far it is.
#[derive(Debug, Clone)]
pub struct Activation {
    /// Its id.
    pub id: ActivationId,
    /// What it is for.
    pub purpose: Purpose,
    /// Who may use it.
    pub user: UserId,
    /// The person's tenant.
    pub tenant: TenantId,
    /// The person's name.
    pub display_name: String,
    /// The person's login name.
    pub principal_name: String,
    /// The person's language, or else the tenant's.
    pub language: String,
    /// The person's time zone (IANA).
    pub time_zone: String,
    /// Light or dark, where the person chose one.
    pub theme: Option<Theme>,
    /// The person's object; none for staff.
    pub object: Option<ObjectId>,
    /// Until when.
    pub expires_at: Timestamp,
    /// The password was set everywhere.
    pub used: bool,
    /// Replaced by a newer link, expired before a password was chosen, or the account is gone
    /// or disabled.
    pub dead: bool,
    /// The request on its way.
    pub request: Option<(RequestId, ItemState, Option<Problem>)>,
}

impl Store {
    /// The link behind a token, if the token is genuine.
    pub async fn activation(&self, token: &str) -> Result<Option<Activation>, StoreError> {
        let Some(id) = self.keys.activation_of(token) else { return Ok(None) };
        let now = self.clock.now();
        let row = sqlx::query!(
            r#"SELECT a.purpose, a.user_id, a.tenant_id, u.display_name, u.principal_name, u.object_id,
                      coalesce(u.language, t.language) AS "language!", u.theme, t.time_zone,
                      a.expires_at AS "expires_at!: jiff_sqlx::Timestamp", a.used_at IS NOT NULL AS "used!",
                      (a.revoked_at IS NOT NULL OR NOT u.enabled OR u.deleted_at IS NOT NULL
                          OR (SELECT s.id FROM suspended_tenant s WHERE s.id = a.tenant_id LIMIT 1) IS NOT NULL) AS "dead!",
                      a.request_id, i.state AS "state?", i.problem
                 FROM activation a JOIN users u ON u.id = a.user_id JOIN tenant t ON t.id = a.tenant_id
                 LEFT JOIN request_item i ON i.request_id = a.request_id AND i.object_id = u.object_id
                       AND i.member_id = '00000000-0000-0000-0000-000000000000'
                WHERE a.id = $1"#,
            id.uuid()
        )
        .fetch_optional(&self.auth)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let request = match (row.request_id, row.state) {
            (Some(request), Some(state)) => {
                let state = known(ItemState::from_code(&state), "request_item", "state", request)?;
                let problem = row.problem.and_then(|p| serde_json::from_value(p).ok());
                Some((RequestId::from_uuid(request), state, problem))
            }
            _ => None,
        };
        let expires_at = row.expires_at.to_jiff();
        // A password that was chosen in time is set, however long that takes.
        let chosen = request
            .as_ref()
            .is_some_and(|(_, state, _)| !matches!(state, ItemState::Failed | ItemState::Superseded));
        Ok(Some(Activation {
            id,
            purpose: known(Purpose::from_code(&row.purpose), "activation", "purpose", id)?,
            user: UserId::from_uuid(row.user_id),
            tenant: TenantId::from_uuid(row.tenant_id),
            display_name: row.display_name,
            principal_name: row.principal_name,
            language: row.language,
            time_zone: row.time_zone,
            theme: row.theme.as_deref().and_then(Theme::from_code),
            object: row.object_id.map(ObjectId::from_uuid),
            expires_at,
            used: row.used,
            dead: row.dead || (expires_at <= now && !row.used && !chosen),
            request,
        }))
    }

    /// The holder of a link, as a caller that may do nothing but use it.
    #[must_use]
    pub fn link_caller(&self, activation: &Activation) -> Caller {
        Caller {
            who: Who::Link { user: activation.user, activation: activation.id },
            tenant: activation.tenant,
            display_name: activation.display_name.clone(),
            language: activation.language.clone(),
            language_chosen: false,
            time_zone: activation.time_zone.clone(),
            theme: activation.theme,
            grants: Vec::new(),
        }
    }
}

impl WriteTx<'_> {
    /// A password that waits for its account is not set any more: any, or only what people chose themselves.
    pub(crate) async fn drop_passwords(&mut self, users: &[Uuid], first: bool) -> Result<(), StoreError> {
        let now = ts(self.now);
        sqlx::query!(
            "WITH o AS (SELECT object_id AS id FROM users WHERE id = ANY($1) AND object_id IS NOT NULL),
                  s AS (DELETE FROM secret s USING o WHERE s.object_id = o.id AND ($3 OR s.activation_id IS NOT NULL))
             UPDATE request_item i SET state = 'superseded', problem = NULL, updated_at = $2
               FROM o WHERE i.object_id = o.id AND i.member_id = '00000000-0000-0000-0000-000000000000'
                AND i.state IN ('requested', 'running', 'parked')
                AND (SELECT q.kind FROM request q WHERE q.id = i.request_id) = 'password'",
            users,
            now as _,
            first
        )
        .execute(self.sql())
        .await?;
        Ok(())
    }

    /// A new link for each person; older ones stop working, and what was chosen
    /// with them.
    pub async fn issue_links(
        &mut self,
        tenant: TenantId,
        users: &[UserId],
        purpose: Purpose,
    ) -> Result<Links, StoreError> {
        let (now, actor) = (self.now, self.caller.user().uuid());
        let expires_at = now + purpose.lifetime();
        let people: Vec<_> = users.iter().map(|u| u.uuid()).collect();
        // One that stood in a file is set all the same.
        self.drop_passwords(&people, false).await?;
        let ids: Vec<ActivationId> = users.iter().map(|_| self.id()).collect();
        for (ids, people) in ids
            .chunks(domain::limits::ROWS_PER_STATEMENT)
            .zip(people.chunks(domain::limits::ROWS_PER_STATEMENT))
        {
            let uuids: Vec<_> = ids.iter().map(|a| a.uuid()).collect();
            sqlx::query!(
                "WITH old AS (UPDATE activation SET revoked_at = $5
                       WHERE user_id = ANY($2) AND used_at IS NULL AND revoked_at IS NULL)
                 INSERT INTO activation (id, tenant_id, user_id, purpose, created_at, created_by, expires_at)
                 SELECT a, $3, u, $4, $5, $6, $7 FROM unnest($1::uuid[], $2::uuid[]) AS x (a, u)",
                &uuids,
                people,
                tenant.uuid(),
                purpose.code(),
                ts(now) as _,
                actor,
                ts(expires_at) as _
            )
            .execute(self.sql())
            .await?;
        }
        self.changed = true;
        let code = match purpose {
            Purpose::Activation => "user.activation_link",
            Purpose::Reset | Purpose::Forgotten | Purpose::Change => "user.reset_link",
        };
        for user in users {
            let target = ("user", user.to_string());
            self.events.push(Event { code, outcome: Outcome::Success, tenant, target, changes: vec![] });
        }
        let tokens = ids.into_iter().map(|id| self.store.keys.activation_token(id)).collect();
        Ok(Links { tokens, expires_at })
    }

    /// The permit a link gives for its own account; none when it cannot be used
    /// (any more) or a password is on its way already. Until the end of the
    /// transaction nobody else uses the link, replaces it or changes the account.
    pub async fn link_permit(
        &mut self,
        activation: &Activation,
    ) -> Result<Option<Permit<act::UserResetPassword>>, StoreError> {
        // The account first, as everybody locks it who revokes links of it; a
        // statement of its own, so that the next one sees what was waited for.
        sqlx::query!("SELECT id FROM users WHERE id = $1 FOR UPDATE", activation.user.uuid())
            .fetch_optional(self.sql())
            .await?;
        let now = ts(self.now);
        let usable = sqlx::query_scalar!(
            r#"SELECT a.used_at IS NULL AND a.revoked_at IS NULL AND a.expires_at > $2 AND u.enabled
                      AND u.deleted_at IS NULL AND (SELECT s.id FROM suspended_tenant s WHERE s.id = a.tenant_id LIMIT 1) IS NULL
                      AND NOT EXISTS (SELECT FROM request_item i WHERE i.request_id = a.request_id
                            AND i.object_id = u.object_id AND i.member_id = '00000000-0000-0000-0000-000000000000'
                            AND i.state NOT IN ('failed', 'superseded')) AS "usable!"
                 FROM activation a JOIN users u ON u.id = a.user_id WHERE a.id = $1 FOR UPDATE OF a"#,
            activation.id.uuid(),
            now as _
        )
        .fetch_optional(self.sql())
        .await?;
        if usable != Some(true) {
            return Ok(None);
        }
        let tenant = self.tenant(activation.tenant).await?;
        Ok(Some(Self::permit_link(&tenant, activation.user)))
    }

    /// Sets the portal's password of somebody who has no directory account
    /// (staff of the provider and of resellers); false when the link is dead.
    pub async fn set_staff_password(
        &mut self,
        permit: &Permit<act::UserResetPassword>,
        activation: &Activation,
        portal_hash: &str,
    ) -> Result<bool, StoreError> {
        let now = ts(self.now);
        let used = sqlx::query_scalar!(
            r#"SELECT use_staff_link($1, $2, $3) AS "used!""#,
            activation.id.uuid(),
            portal_hash,
            now as _
        )
        .fetch_one(self.sql())
        .await?;
        let (tenant, target) = (permit.tenant.id, ("user", activation.user.to_string()));
        self.events.push(Event {
            code: "user.password_chosen",
            outcome: Outcome::Success,
            tenant,
            target,
            changes: vec![],
        });
        Ok(used)
    }

    /// Sends a password on its way: sealed under a key that is destroyed
    /// soon, with the portal's hash that takes effect when the directory has
    /// verified it. Needs an open request.
    pub async fn send_password(
        &mut self,
        permit: &Permit<act::UserResetPassword>,
        activation: &Activation,
        password: &Secret,
        portal_hash: &str,
    ) -> Result<(), StoreError> {
        let object = activation.object.ok_or(StoreError::Conflict("the account has no directory"))?;
        let request = self.request_id()?;
        let id: SecretId = self.id();
        let (key_id, sealed) = self.store.keys.seal_short(self.now, id.uuid(), password.0.as_bytes())?;
        let expires_at = self.now + SignedDuration::from_hours(domain::limits::SECRET_HOURS);
        let (tenant, now) = (permit.tenant.id, ts(self.now));
        sqlx::query!("DELETE FROM secret WHERE object_id = $1", object.uuid()).execute(self.sql()).await?;
        sqlx::query!(
            "WITH old AS (UPDATE request_item SET state = 'superseded', problem = NULL, updated_at = $9
                   WHERE object_id = $3 AND member_id = '00000000-0000-0000-0000-000000000000'
                     AND state IN ('failed', 'parked', 'requested', 'running')
                     AND (SELECT q.kind FROM request q WHERE q.id = request_item.request_id) = 'password'),
                  a AS (UPDATE activation SET request_id = $6 WHERE id = $5),
                  -- Whoever has another link would otherwise set the password once more.
                  others AS (UPDATE activation SET revoked_at = $9
                        WHERE user_id = $4 AND id <> $5 AND used_at IS NULL AND revoked_at IS NULL),
                  i AS (INSERT INTO request_item (request_id, object_id, tenant_id, generation, updated_at)
                        SELECT $6, o.id, o.tenant_id, o.generation, $9 FROM object o WHERE o.id = $3)
             INSERT INTO secret (id, tenant_id, object_id, user_id, activation_id, request_id, key_id, sealed,
                 portal_hash, created_at, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $10, $9, $11)",
            id.uuid(),
            tenant.uuid(),
            object.uuid(),
            activation.user.uuid(),
            activation.id.uuid(),
            request,
            key_id,
            &sealed,
            now as _,
            portal_hash,
            ts(expires_at) as _
        )
        .execute(self.sql())
        .await?;
        self.make_due(&[object], Lane::Interactive).await?;
        let target = ("user", activation.user.to_string());
        self.events.push(Event {
            code: "user.password_chosen",
            outcome: Outcome::Success,
            tenant,
            target,
            changes: vec![],
        });
        Ok(())
    }
}
