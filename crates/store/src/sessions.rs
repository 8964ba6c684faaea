//! Sessions, as the people see them who opened them, and whoever looks after those people.

use std::collections::{BTreeMap, HashMap};

use domain::{
    event::{Event, FieldChange, Outcome},
    id::{TokenId, UserId},
    limits,
};
use jiff::Timestamp;

use crate::{
    StoreError, ts,
    tx::{Permit, ReadTx, TenantRef, WriteTx, act},
    users::User,
};

/// A session that is open.
#[derive(Debug, Clone)]
pub struct Session {
    /// Its id.
    pub id: TokenId,
    /// The one that asks.
    pub current: bool,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Option<Timestamp>,
    /// When it was used last, to the minute.
    pub last_used_at: Option<Timestamp>,
    /// Families of browser and system.
    pub browser: Option<String>,
    /// The network, without the part of the address that names a machine.
    pub network: Option<String>,
}

impl ReadTx<'_> {
    /// The caller's own open sessions, the newest first.
    pub async fn sessions(&mut self) -> Result<Vec<Session>, StoreError> {
        self.load_sessions(self.caller.user()).await
    }

    /// The open sessions of somebody whose sessions the caller may end, the newest first.
    pub async fn sessions_of(&mut self, tenant: &TenantRef, user: &User) -> Result<Vec<Session>, StoreError> {
        self.decide::<act::UserResetPassword>(tenant, Some((user.id, user.administrator)))?;
        self.load_sessions(user.id).await
    }

    /// When each of `people` of the tenant used portal or API last, as far as it is remembered. Of
    /// those only whose sessions the caller may see.
    pub async fn last_activity(
        &mut self,
        tenant: &TenantRef,
        people: &[User],
    ) -> Result<HashMap<UserId, Timestamp>, StoreError> {
        // The answer is the same for all who are as much administrator: nobody is asked about a
        // thousand times.
        let (mut answers, mut ids) = (BTreeMap::new(), Vec::new());
        for user in people {
            let key = (user.administrator, user.id == self.caller.user());
            let may = *answers.entry(key).or_insert_with(|| {
                self.decide::<act::UserResetPassword>(tenant, Some((user.id, user.administrator))).is_ok()
            });
            if may {
                ids.push(user.id.uuid());
            }
        }
        let rows = sqlx::query!(
            r#"SELECT user_id, max(last_used_at) AS "at!: jiff_sqlx::Timestamp" FROM api_token
                WHERE user_id = ANY($1) AND tenant_id = $2 AND last_used_at IS NOT NULL GROUP BY user_id"#,
            &ids,
            tenant.id.uuid()
        )
        .fetch_all(self.sql())
        .await?;
        Ok(rows.into_iter().map(|row| (UserId::from_uuid(row.user_id), row.at.to_jiff())).collect())
    }

    async fn load_sessions(&mut self, user: UserId) -> Result<Vec<Session>, StoreError> {
        let now = ts(self.now);
        let current = self.caller.token();
        let rows = sqlx::query!(
            r#"SELECT id, browser, network, created_at AS "created_at!: jiff_sqlx::Timestamp",
                      expires_at AS "expires_at: jiff_sqlx::Timestamp",
                      last_used_at AS "last_used_at: jiff_sqlx::Timestamp"
                 FROM api_token WHERE user_id = $1 AND kind = 'session' AND revoked_at IS NULL
                  AND (expires_at IS NULL OR expires_at > $2) ORDER BY id DESC LIMIT $3"#,
            user.uuid(),
            now as _,
            limits::SESSIONS_SHOWN
        )
        .fetch_all(self.sql())
        .await?;
        let session = |id: TokenId| current == Some(id);
        Ok(rows
            .into_iter()
            .map(|row| Session {
                id: TokenId::from_uuid(row.id),
                current: session(TokenId::from_uuid(row.id)),
                created_at: row.created_at.to_jiff(),
                expires_at: row.expires_at.map(jiff_sqlx::Timestamp::to_jiff),
                last_used_at: row.last_used_at.map(jiff_sqlx::Timestamp::to_jiff),
                browser: row.browser,
                network: row.network,
            })
            .collect())
    }
}

impl WriteTx<'_> {
    /// Ends one of the caller's own sessions.
    pub async fn end_own_session(&mut self, id: TokenId) -> Result<(), StoreError> {
        let (user, now) = (self.caller.user(), ts(self.now));
        let ended = sqlx::query!(
            "UPDATE api_token SET revoked_at = $3
              WHERE id = $1 AND user_id = $2 AND kind = 'session' AND revoked_at IS NULL",
            id.uuid(),
            user.uuid(),
            now as _
        )
        .execute(self.sql())
        .await?;
        if ended.rows_affected() == 0 {
            return Err(StoreError::NotFound("session"));
        }
        self.note_sessions(self.caller.tenant, user, 1);
        Ok(())
    }

    /// Ends all sessions of the caller but the one the caller uses; gives how many.
    pub async fn end_other_sessions(&mut self) -> Result<u64, StoreError> {
        let (user, now) = (self.caller.user(), ts(self.now));
        let ended = sqlx::query!(
            "UPDATE api_token SET revoked_at = $3 WHERE user_id = $1 AND kind = 'session' AND revoked_at IS NULL
                AND id IS DISTINCT FROM $2",
            user.uuid(),
            self.caller.token().map(TokenId::uuid),
            now as _
        )
        .execute(self.sql())
        .await?
        .rows_affected();
        if ended > 0 {
            self.note_sessions(self.caller.tenant, user, ended);
        }
        Ok(ended)
    }

    /// Ends all sessions of the permitted person; gives how many.
    pub async fn end_sessions_of(
        &mut self,
        permit: &Permit<act::UserResetPassword>,
    ) -> Result<u64, StoreError> {
        let user = permit.account.ok_or(StoreError::NotFound("user"))?;
        let now = ts(self.now);
        let ended = sqlx::query!(
            "UPDATE api_token SET revoked_at = $3
              WHERE user_id = $1 AND tenant_id = $2 AND kind = 'session' AND revoked_at IS NULL",
            user.uuid(),
            permit.tenant.id.uuid(),
            now as _
        )
        .execute(self.sql())
        .await?
        .rows_affected();
        self.note_sessions(permit.tenant.id, user, ended);
        Ok(ended)
    }

    fn note_sessions(&mut self, tenant: domain::id::TenantId, user: UserId, ended: u64) {
        let count =
            FieldChange { field: "count".into(), before: None, after: Some(ended.to_string()), person: None };
        let target = ("user", user.to_string());
        let outcome = Outcome::Success;
        self.events.push(Event {
            code: "user.sessions_ended",
            outcome,
            tenant,
            target,
            changes: vec![count],
        });
    }
}
