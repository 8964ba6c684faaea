//! API tokens: a person's own, bound to the person's live state.

use domain::{
    event::{Event, FieldChange, Outcome},
    field::{FieldError, Rule},
    id::TokenId,
    limits,
};
use jiff::{SignedDuration, Timestamp};

use crate::{
    StoreError,
    caller::{NewToken, secret},
    seal, ts,
    tx::{ReadTx, WriteTx},
};

/// A token in a list, without its secret.
#[derive(Debug, Clone)]
pub struct Token {
    /// Its id.
    pub id: TokenId,
    /// What its owner calls it.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
    /// When it was used last, to the minute.
    pub last_used_at: Option<Timestamp>,
}

impl ReadTx<'_> {
    /// The caller's own API tokens that work, the newest first, after `after`.
    pub async fn tokens(&mut self, after: Option<TokenId>, limit: u32) -> Result<Vec<Token>, StoreError> {
        let (user, now) = (self.caller.user().uuid(), ts(self.now));
        let rows = sqlx::query!(
            r#"SELECT id, name, created_at AS "created_at!: jiff_sqlx::Timestamp",
                      expires_at AS "expires_at: jiff_sqlx::Timestamp",
                      last_used_at AS "last_used_at: jiff_sqlx::Timestamp"
                 FROM api_token WHERE user_id = $1 AND kind = 'api' AND revoked_at IS NULL
                  AND (expires_at IS NULL OR expires_at > $2) AND ($3::uuid IS NULL OR id < $3)
                ORDER BY id DESC LIMIT $4"#,
            user,
            now as _,
            after.map(TokenId::uuid),
            i64::from(limit)
        )
        .fetch_all(self.sql())
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| Token {
                id: TokenId::from_uuid(row.id),
                name: row.name,
                created_at: row.created_at.to_jiff(),
                expires_at: row.expires_at.map(jiff_sqlx::Timestamp::to_jiff),
                last_used_at: row.last_used_at.map(jiff_sqlx::Timestamp::to_jiff),
            })
            .collect())
    }
}

impl ReadTx<'_> {
    /// The token that the caller had made by the form `once`, as long as it may be shown.
    pub async fn token_made(&mut self, once: &str) -> Result<Option<NewToken>, StoreError> {
        let user = self.caller.user().uuid();
        let secret = secret(&self.store.keys.form_secret(user, once));
        let hash = seal::hash(secret.as_bytes());
        let since = self.now - SignedDuration::from_mins(limits::SHOWN_MINUTES);
        let row = sqlx::query!(
            r#"SELECT id, expires_at AS "expires_at: jiff_sqlx::Timestamp" FROM api_token
                WHERE secret_hash = $1 AND user_id = $2 AND kind = 'api' AND revoked_at IS NULL AND created_at >= $3"#,
            hash.as_slice(),
            user,
            ts(since) as _
        )
        .fetch_optional(self.sql())
        .await?;
        Ok(row.map(|row| NewToken {
            id: TokenId::from_uuid(row.id),
            secret,
            expires_at: row.expires_at.map(jiff_sqlx::Timestamp::to_jiff),
        }))
    }
}

impl WriteTx<'_> {
    /// A new token for the caller. With `once` it is made once, also if that is asked for twice.
    pub async fn create_token(
        &mut self,
        name: &str,
        expires_at: Option<Timestamp>,
        once: Option<&str>,
    ) -> Result<NewToken, StoreError> {
        let (tenant, user, now) = (self.caller.tenant, self.caller.user(), ts(self.now));
        // One at a time, so that together they are not more than there may be.
        sqlx::query!("SELECT id FROM users WHERE id = $1 FOR NO KEY UPDATE", user.uuid())
            .fetch_optional(self.sql())
            .await?;
        if let Some(once) = once
            && let Some(made) = self.token_made(once).await?
        {
            return Ok(made);
        }
        let working = sqlx::query_scalar!(
            r#"SELECT count(*) AS "n!" FROM api_token WHERE user_id = $1 AND kind = 'api' AND revoked_at IS NULL
                  AND (expires_at IS NULL OR expires_at > $2)"#,
            user.uuid(),
            now as _
        )
        .fetch_one(self.sql())
        .await?;
        if working >= limits::TOKENS {
            let error = FieldError::new("name", Rule::TooMany).with("max", limits::TOKENS);
            return Err(StoreError::Invalid(vec![error]));
        }
        let mut token = self.store.new_token(expires_at);
        if let Some(once) = once {
            let of_form = secret(&self.store.keys.form_secret(user.uuid(), once));
            let hash = seal::hash(of_form.as_bytes());
            let over = sqlx::query_scalar!(
                r#"SELECT EXISTS (SELECT FROM api_token WHERE secret_hash = $1) AS "over!""#,
                hash.as_slice()
            )
            .fetch_one(self.sql())
            .await?;
            // Long after the first time it is another token.
            if !over {
                token.secret = of_form;
            }
        }
        let hash = seal::hash(token.secret.as_bytes());
        let written = sqlx::query!(
            "INSERT INTO api_token (id, tenant_id, user_id, kind, name, secret_hash, created_at, expires_at)
             VALUES ($1, $2, $3, 'api', $4, $5, $6, $7) ON CONFLICT (secret_hash) DO NOTHING",
            token.id.uuid(),
            tenant.uuid(),
            user.uuid(),
            name,
            hash.as_slice(),
            now as _,
            expires_at.map(ts) as _
        )
        .execute(self.sql())
        .await?;
        if written.rows_affected() == 0 {
            // Made at the same moment by the same form.
            let made = match once {
                Some(once) => self.token_made(once).await?,
                None => None,
            };
            return made.ok_or(StoreError::Conflict("a token with this secret"));
        }
        let name =
            FieldChange { field: "name".into(), before: None, after: Some(name.to_owned()), person: None };
        let target = ("token", token.id.to_string());
        let outcome = Outcome::Success;
        self.events.push(Event { code: "token.created", outcome, tenant, target, changes: vec![name] });
        Ok(token)
    }

    /// Ends one of the caller's own tokens.
    pub async fn revoke_token(&mut self, id: TokenId) -> Result<(), StoreError> {
        let (user, now) = (self.caller.user().uuid(), ts(self.now));
        let revoked = sqlx::query!(
            "UPDATE api_token SET revoked_at = $3 WHERE id = $1 AND user_id = $2 AND revoked_at IS NULL",
            id.uuid(),
            user,
            now as _
        )
        .execute(self.sql())
        .await?;
        if revoked.rows_affected() == 0 {
            return Err(StoreError::NotFound("token"));
        }
        let (tenant, target) = (self.caller.tenant, ("token", id.to_string()));
        self.events.push(Event {
            code: "token.revoked",
            outcome: Outcome::Success,
            tenant,
            target,
            changes: vec![],
        });
        Ok(())
    }
}
