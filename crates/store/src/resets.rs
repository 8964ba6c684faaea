//! Forgotten passwords: what anybody may ask for without proving who they are.

use domain::{
    event::{Event, Outcome},
    id::{ActivationId, TenantId, UserId},
    limits,
};
use jiff::SignedDuration;

use crate::{
    Caller, Store, StoreError,
    activations::Purpose,
    caller::Who,
    ts,
    tx::{Permit, WriteTx, act},
};

/// Somebody a link can be mailed to.
#[derive(Debug)]
pub struct Forgetful {
    /// The person.
    pub user: UserId,
    /// The person's tenant.
    pub tenant: TenantId,
}

impl Store {
    /// Counts that a link was asked for this login, whether somebody has it or not; gives
    /// the seconds to wait when that was too often.
    pub async fn count_reset(&self, login: &str) -> Result<i64, StoreError> {
        let now = self.clock.now();
        let hour = SignedDuration::from_hours(1);
        let row = sqlx::query!(
            r#"INSERT INTO reset_request AS r (login, asked, since) VALUES ($1, 1, $2)
               ON CONFLICT (login) DO UPDATE
                  SET asked = CASE WHEN r.since <= $3 THEN 1 ELSE least(r.asked, $4) + 1 END,
                      since = CASE WHEN r.since <= $3 THEN excluded.since ELSE r.since END
               RETURNING asked, since AS "since!: jiff_sqlx::Timestamp""#,
            login,
            ts(now) as _,
            ts(now - hour) as _,
            limits::RESETS_PER_HOUR
        )
        .fetch_one(&self.auth)
        .await?;
        let left = (row.since.to_jiff() + hour).as_second() - now.as_second();
        Ok(if row.asked > limits::RESETS_PER_HOUR { left.max(1) } else { 0 })
    }

    /// Who has this login and can be mailed a link.
    pub async fn forgetful(&self, login: &str) -> Result<Option<Forgetful>, StoreError> {
        let row = sqlx::query!(
            "SELECT u.id, u.tenant_id FROM users u
              WHERE u.principal_name = $1 AND u.deleted_at IS NULL AND u.enabled AND u.mail IS NOT NULL
                AND (SELECT s.id FROM suspended_tenant s WHERE s.id = u.tenant_id LIMIT 1) IS NULL",
            login
        )
        .fetch_optional(&self.auth)
        .await?;
        Ok(row.map(|row| Forgetful {
            user: UserId::from_uuid(row.id),
            tenant: TenantId::from_uuid(row.tenant_id),
        }))
    }

    /// Somebody who says to be this person, as a caller that may do nothing but have the
    /// person mailed a link.
    #[must_use]
    pub fn claim_caller(&self, of: &Forgetful) -> Caller {
        Caller {
            who: Who::Claim { user: of.user },
            tenant: of.tenant,
            display_name: String::new(),
            language: String::new(),
            language_chosen: false,
            time_zone: String::new(),
            theme: None,
            grants: Vec::new(),
        }
    }
}

impl WriteTx<'_> {
    /// The permit anybody has to have a link mailed to the person a claim is about; none
    /// when the account is not that of somebody who can use one. It is locked until the end.
    pub async fn claim_permit(
        &mut self,
        of: &Forgetful,
    ) -> Result<Option<Permit<act::UserResetPassword>>, StoreError> {
        let usable = sqlx::query_scalar!(
            "SELECT id FROM users WHERE id = $1 AND tenant_id = $2 AND deleted_at IS NULL AND enabled FOR UPDATE",
            of.user.uuid(),
            of.tenant.uuid()
        )
        .fetch_optional(self.sql())
        .await?;
        if usable.is_none() {
            return Ok(None);
        }
        let tenant = self.tenant(of.tenant).await?;
        Ok(Some(Self::permit_link(&tenant, of.user)))
    }

    /// A link of short life for somebody who asked without proving who they are; gives its
    /// secret part. It replaces those that were asked for before, and neither an
    /// administrator's nor a password that was chosen: otherwise anybody could take them away.
    pub async fn issue_forgotten_link(
        &mut self,
        permit: &Permit<act::UserResetPassword>,
    ) -> Result<String, StoreError> {
        let user = permit.account.ok_or(StoreError::NotFound("user"))?;
        let id: ActivationId = self.id();
        let expires_at = self.now + Purpose::Forgotten.lifetime();
        let now = ts(self.now);
        sqlx::query!(
            "WITH old AS (UPDATE activation SET revoked_at = $5 WHERE user_id = $3 AND purpose = $4
                             AND used_at IS NULL AND revoked_at IS NULL AND request_id IS NULL)
             INSERT INTO activation (id, tenant_id, user_id, purpose, created_at, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6)",
            id.uuid(),
            permit.tenant.id.uuid(),
            user.uuid(),
            Purpose::Forgotten.code(),
            now as _,
            ts(expires_at) as _
        )
        .execute(self.sql())
        .await?;
        self.changed = true;
        let (tenant, target) = (permit.tenant.id, ("user", user.to_string()));
        self.events.push(Event {
            code: "user.reset_requested",
            outcome: Outcome::Success,
            tenant,
            target,
            changes: vec![],
        });
        Ok(self.store.keys.activation_token(id))
    }
}
