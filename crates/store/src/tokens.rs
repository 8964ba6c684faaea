//! API tokens: a person's own, bound to the person's live state.

use domain::{
    event::{Event, FieldChange, Outcome},
    id::TokenId,
};
use jiff::Timestamp;

use crate::{
    StoreError,
    caller::NewToken,
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
    /// The caller's own API tokens.
    pub async fn tokens(&mut self) -> Result<Vec<Token>, StoreError> {
        let user = self.caller.user().uuid();
        let rows = sqlx::query!(
            r#"SELECT id, name, created_at AS "created_at!: jiff_sqlx::Timestamp",
                      expires_at AS "expires_at: jiff_sqlx::Timestamp",
                      last_used_at AS "last_used_at: jiff_sqlx::Timestamp"
                 FROM api_token WHERE user_id = $1 AND kind = 'api' AND revoked_at IS NULL ORDER BY id LIMIT 200"#,
            user
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

impl WriteTx<'_> {
    /// A new token for the caller.
    pub async fn create_token(
        &mut self,
        name: &str,
        expires_at: Option<Timestamp>,
    ) -> Result<NewToken, StoreError> {
        let token = self.store.new_token(expires_at);
        let (tenant, user, now) = (self.caller.tenant, self.caller.user(), ts(self.now));
        let hash = seal::hash(token.secret.as_bytes());
        sqlx::query!(
            "INSERT INTO api_token (id, tenant_id, user_id, kind, name, secret_hash, created_at, expires_at)
             VALUES ($1, $2, $3, 'api', $4, $5, $6, $7)",
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
