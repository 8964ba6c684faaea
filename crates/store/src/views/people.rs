//! People by name, their subscriptions and links.

use domain::id::{ActivationId, ObjectId, SubscriptionId, UserId};
use jiff::Timestamp;

use crate::{StoreError, subscriptions::Subscription, ts, tx::ReadTx};

/// A person, as far as others name them.
#[derive(Debug, Clone)]
pub struct PersonView {
    /// Its id.
    pub id: UserId,
    /// Name as shown.
    pub display_name: String,
    /// Login name.
    pub principal_name: String,
}

impl ReadTx<'_> {
    /// Running subscriptions of many people.
    pub async fn subscriptions_of(&mut self, users: &[UserId]) -> Result<Vec<Subscription>, StoreError> {
        let ids: Vec<_> = users.iter().map(|u| u.uuid()).collect();
        let rows = sqlx::query!(
            r#"SELECT s.id, s.user_id, p.code, p.version, p.name, s.group_object,
                      s.created_at AS "created_at!: jiff_sqlx::Timestamp",
                      (SELECT f.at FROM fact f WHERE f.subscription_id = s.id AND f.kind = 'started')
                          AS "started_at: jiff_sqlx::Timestamp"
                 FROM subscription s JOIN plan p ON p.id = s.plan_id
                WHERE s.user_id = ANY($1) AND s.ended_at IS NULL ORDER BY p.code"#,
            &ids
        )
        .fetch_all(self.sql())
        .await?;
        let rows = rows.into_iter().map(|row| Subscription {
            id: SubscriptionId::from_uuid(row.id),
            user: row.user_id.map(UserId::from_uuid),
            plan: row.code,
            version: row.version,
            name: row.name,
            group: ObjectId::from_uuid(row.group_object),
            created_at: row.created_at.to_jiff(),
            started_at: row.started_at.map(jiff_sqlx::Timestamp::to_jiff),
        });
        Ok(rows.collect())
    }

    /// The link each of `users` can still use: its token, and until when.
    pub async fn open_links(
        &mut self,
        users: &[UserId],
    ) -> Result<Vec<(UserId, String, Timestamp)>, StoreError> {
        let ids: Vec<_> = users.iter().map(|u| u.uuid()).collect();
        let now = ts(self.now);
        let rows = sqlx::query!(
            r#"SELECT DISTINCT ON (user_id) user_id, id, expires_at AS "expires_at!: jiff_sqlx::Timestamp"
                 FROM activation WHERE user_id = ANY($1) AND used_at IS NULL AND revoked_at IS NULL AND expires_at > $2
                ORDER BY user_id, id DESC"#,
            &ids,
            now as _
        )
        .fetch_all(self.sql())
        .await?;
        let token = |id| self.store.keys.activation_token(ActivationId::from_uuid(id));
        Ok(rows
            .into_iter()
            .map(|row| (UserId::from_uuid(row.user_id), token(row.id), row.expires_at.to_jiff()))
            .collect())
    }
}
