//! People by name, their subscriptions and links.

use std::collections::BTreeMap;

use domain::{
    id::{ActivationId, ObjectId, ServiceId, SubscriptionId, TenantId, UserId},
    limits,
    service::MAIN_INSTANCE,
};
use jiff::{SignedDuration, Timestamp};

use crate::{
    StoreError,
    subscriptions::Subscription,
    ts,
    tx::{ReadTx, act},
    users::search_key,
};

/// A person, as far as others name them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonView {
    /// Its id.
    pub id: UserId,
    /// Name as shown.
    pub display_name: String,
    /// Login name.
    pub principal_name: String,
}

fn found(id: uuid::Uuid, display_name: String, principal_name: String) -> PersonView {
    PersonView { id: UserId::from_uuid(id), display_name, principal_name }
}

impl ReadTx<'_> {
    /// People at and below `roots` whose name or login begins so, by name.
    pub async fn people_found(
        &mut self,
        roots: &[TenantId],
        search: &str,
        limit: u32,
    ) -> Result<Vec<PersonView>, StoreError> {
        let low = search_key(search);
        let high = format!("{low}\u{10FFFF}");
        let limit = i64::from(limit);
        if let Some(tenants) = self.tenants_side_by_side(roots).await? {
            return self.people_found_in(&tenants, (&low, &high), limit).await;
        }
        let roots: Vec<_> = roots.iter().map(|root| root.uuid()).collect();
        // Each kind of name by its own index; together they are few.
        let rows = sqlx::query!(
            r#"/* search people of everybody */
               SELECT u.id AS "id!", u.display_name AS "display_name!", u.principal_name AS "principal_name!" FROM (
                   (SELECT u.id, u.search_key, u.display_name, u.principal_name FROM users u
                     WHERE u.search_key >= $2 AND u.search_key < $3 AND u.deleted_at IS NULL
                       AND (SELECT true FROM tenant_closure c
                             WHERE c.descendant = u.tenant_id AND c.ancestor = ANY($1) LIMIT 1)
                     ORDER BY u.search_key, u.id LIMIT $4)
                   UNION
                   (SELECT u.id, u.search_key, u.display_name, u.principal_name FROM users u
                     WHERE u.principal_name >= $2 AND u.principal_name < $3 AND u.deleted_at IS NULL
                       AND (SELECT true FROM tenant_closure c
                             WHERE c.descendant = u.tenant_id AND c.ancestor = ANY($1) LIMIT 1)
                     ORDER BY u.principal_name LIMIT $4)) u
                ORDER BY u.search_key, u.id LIMIT $4"#,
            &roots,
            low,
            high,
            limit
        )
        .fetch_all(self.sql())
        .await?;
        Ok(rows.into_iter().map(|r| found(r.id, r.display_name, r.principal_name)).collect())
    }

    async fn people_found_in(
        &mut self,
        tenants: &[uuid::Uuid],
        (low, high): (&str, &str),
        limit: i64,
    ) -> Result<Vec<PersonView>, StoreError> {
        let rows = sqlx::query!(
            r#"/* search people, side by side */
               SELECT u.id AS "id!", u.display_name AS "display_name!", u.principal_name AS "principal_name!" FROM (
                   SELECT u.* FROM unnest($1::uuid[]) s (tenant), LATERAL (
                       SELECT u.id, u.search_key, u.display_name, u.principal_name FROM users u
                        WHERE u.tenant_id = s.tenant AND u.search_key >= $2 AND u.search_key < $3
                          AND u.deleted_at IS NULL ORDER BY u.search_key, u.id LIMIT $4) u
                   UNION
                   SELECT u.* FROM unnest($1::uuid[]) s (tenant), LATERAL (
                       SELECT u.id, u.search_key, u.display_name, u.principal_name FROM users u
                        WHERE u.tenant_id = s.tenant AND u.principal_name >= $2 AND u.principal_name < $3
                          AND u.deleted_at IS NULL ORDER BY u.principal_name LIMIT $4) u) u
                ORDER BY u.search_key, u.id LIMIT $4"#,
            tenants,
            low,
            high,
            limit
        )
        .fetch_all(self.sql())
        .await?;
        Ok(rows.into_iter().map(|r| found(r.id, r.display_name, r.principal_name)).collect())
    }

    /// Running subscriptions of many people.
    pub async fn subscriptions_of(&mut self, users: &[UserId]) -> Result<Vec<Subscription>, StoreError> {
        let ids: Vec<_> = users.iter().map(|u| u.uuid()).collect();
        let rows = sqlx::query!(
            r#"SELECT s.id, s.user_id, p.code, p.version, p.name, p.service_id, s.direct, s.group_object,
                      (SELECT i.code FROM user_group g JOIN service_instance i ON i.id = g.instance_id
                        WHERE g.object_id = s.group_object) AS instance,
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
            service: ServiceId::from_uuid(row.service_id),
            instance: row.instance.unwrap_or_else(|| MAIN_INSTANCE.to_owned()),
            direct: row.direct,
            group: ObjectId::from_uuid(row.group_object),
            created_at: row.created_at.to_jiff(),
            started_at: row.started_at.map(jiff_sqlx::Timestamp::to_jiff),
        });
        Ok(rows.collect())
    }

    /// The link the caller made for somebody a moment ago, as long as it may be shown again:
    /// its token, and until when it works.
    pub async fn link_made(&mut self, user: UserId) -> Result<Option<(String, Timestamp)>, StoreError> {
        let since = self.now - SignedDuration::from_mins(limits::SHOWN_MINUTES);
        let row = sqlx::query!(
            r#"SELECT a.id, a.expires_at AS "expires_at!: jiff_sqlx::Timestamp" FROM activation a
                WHERE a.user_id = $1 AND a.created_by = $2 AND a.created_at >= $3 AND a.expires_at > $4
                  AND a.purpose IN ('activation', 'reset') AND a.used_at IS NULL AND a.revoked_at IS NULL
                ORDER BY a.id DESC LIMIT 1"#,
            user.uuid(),
            self.caller.user().uuid(),
            ts(since) as _,
            ts(self.now) as _
        )
        .fetch_optional(self.sql())
        .await?;
        let token = |id| self.store.keys.activation_token(ActivationId::from_uuid(id));
        Ok(row.map(|row| (token(row.id), row.expires_at.to_jiff())))
    }

    /// The activation link each of `users` can still use: its token, and until
    /// when. Of those only who have no password yet and whose password the caller
    /// may reset: a link is as good as one.
    pub async fn open_links(
        &mut self,
        users: &[UserId],
    ) -> Result<Vec<(UserId, String, Timestamp)>, StoreError> {
        let ids: Vec<_> = users.iter().map(|u| u.uuid()).collect();
        let now = ts(self.now);
        let rows = sqlx::query!(
            r#"SELECT DISTINCT ON (a.user_id) a.user_id, a.tenant_id, a.id, u.administrator,
                      a.expires_at AS "expires_at!: jiff_sqlx::Timestamp"
                 FROM activation a JOIN users u ON u.id = a.user_id
                WHERE a.user_id = ANY($1) AND a.used_at IS NULL AND a.revoked_at IS NULL AND a.expires_at > $2
                  AND a.purpose = 'activation' AND u.activated_at IS NULL AND u.deleted_at IS NULL
                ORDER BY a.user_id, a.id DESC"#,
            &ids,
            now as _
        )
        .fetch_all(self.sql())
        .await?;
        // People of one batch have one tenant, and the answer is the same for all
        // who are as much administrator: nobody is asked about a thousand times.
        let (mut answers, mut links) = (BTreeMap::new(), Vec::new());
        for row in rows {
            let user = UserId::from_uuid(row.user_id);
            let key = (row.tenant_id, row.administrator, user == self.caller.user());
            let may = match answers.get(&key) {
                Some(may) => *may,
                None => {
                    let tenant = self.tenant(TenantId::from_uuid(row.tenant_id)).await?;
                    let account = Some((user, row.administrator));
                    let may = self.decide::<act::UserResetPassword>(&tenant, account).is_ok();
                    answers.insert(key, may);
                    may
                }
            };
            if may {
                let token = self.store.keys.activation_token(ActivationId::from_uuid(row.id));
                links.push((user, token, row.expires_at.to_jiff()));
            }
        }
        Ok(links)
    }
}
