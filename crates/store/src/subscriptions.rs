//! Subscriptions and the facts they are billed by.

use domain::{
    event::{Event, FieldChange, Outcome},
    fact::{FactKind, local_date},
    id::{ObjectId, OrderId, PlanId, ServiceId, SubscriptionId, TenantId, UserId},
    service::MAIN_INSTANCE,
};
use jiff::{Timestamp, tz::TimeZone};

use crate::{
    StoreError, ts,
    tx::{Permit, ReadTx, WriteTx, act},
};

/// A subscription of a customer or one of its people.
#[derive(Debug, Clone)]
pub struct NewSubscription {
    /// Its id.
    pub id: SubscriptionId,
    /// The person; none for the customer as a whole.
    pub user: Option<UserId>,
    /// The version of the plan.
    pub plan: PlanId,
    /// The order it came with.
    pub order: Option<OrderId>,
    /// The group that makes it real.
    pub group: ObjectId,
    /// The person's object, which becomes a member of the group.
    pub member: Option<ObjectId>,
}

/// A running subscription.
#[derive(Debug, Clone)]
pub struct Subscription {
    /// Its id.
    pub id: SubscriptionId,
    /// The person; none for the customer as a whole.
    pub user: Option<UserId>,
    /// Plan code.
    pub plan: String,
    /// Plan version.
    pub version: i32,
    /// Plan name.
    pub name: String,
    /// The plan's service.
    pub service: ServiceId,
    /// Code of the instance of the service.
    pub instance: String,
    /// Given by hand, not only with a bundle.
    pub direct: bool,
    /// The group that makes it real.
    pub group: ObjectId,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When it was verified for the first time: from then on it is billed.
    pub started_at: Option<Timestamp>,
}

impl ReadTx<'_> {
    /// Running subscriptions of the customer itself (`user` none) or of one person.
    pub async fn subscriptions(
        &mut self,
        tenant: TenantId,
        user: Option<UserId>,
    ) -> Result<Vec<Subscription>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT s.id, s.user_id, p.code, p.version, p.name, p.service_id, s.direct, s.group_object,
                      (SELECT i.code FROM user_group g JOIN service_instance i ON i.id = g.instance_id
                        WHERE g.object_id = s.group_object) AS instance,
                      s.created_at AS "created_at!: jiff_sqlx::Timestamp",
                      (SELECT f.at FROM fact f WHERE f.subscription_id = s.id AND f.kind = 'started')
                          AS "started_at: jiff_sqlx::Timestamp"
                 FROM subscription s JOIN plan p ON p.id = s.plan_id
                WHERE s.tenant_id = $1 AND s.user_id IS NOT DISTINCT FROM $2 AND s.ended_at IS NULL
                ORDER BY p.code LIMIT 200"#,
            tenant.uuid(),
            user.map(UserId::uuid)
        )
        .fetch_all(self.sql())
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| Subscription {
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
            })
            .collect())
    }
}

impl WriteTx<'_> {
    /// Subscribes, and writes the *ordered* facts on the account's own calendar. The groups stay
    /// until the end of the transaction; if the customer lost one of them meanwhile, all has to be
    /// repeated.
    pub async fn subscribe(
        &mut self,
        tenant: TenantId,
        zone: &str,
        subscriptions: &[NewSubscription],
    ) -> Result<(), StoreError> {
        let tz = TimeZone::get(zone).map_err(|_| StoreError::Corrupt {
            table: "tenant",
            column: "time_zone",
            id: tenant.to_string(),
        })?;
        let date = local_date(self.now, &tz);
        self.changed = true;
        for subscription in subscriptions {
            self.grow_plan(tenant, subscription.plan);
        }
        let request = self.request.as_ref().map(|request| request.id.uuid());
        for chunk in subscriptions.chunks(domain::limits::ROWS_PER_STATEMENT) {
            let ids: Vec<_> = chunk.iter().map(|s| s.id.uuid()).collect();
            let users: Vec<_> = chunk.iter().map(|s| s.user.map(UserId::uuid)).collect();
            let plans: Vec<_> = chunk.iter().map(|s| s.plan.uuid()).collect();
            let orders: Vec<_> = chunk.iter().map(|s| s.order.map(OrderId::uuid)).collect();
            let groups: Vec<_> = chunk.iter().map(|s| s.group.uuid()).collect();
            let members: Vec<_> = chunk.iter().map(|s| s.member.map(ObjectId::uuid)).collect();
            let now = ts(self.now);
            let subscribed = sqlx::query!(
                r#"WITH l AS (SELECT object_id FROM user_group WHERE object_id = ANY($5::uuid[]) AND deleted_at IS NULL
                               ORDER BY id FOR SHARE),
                   a AS (SELECT a.* FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[],
                                  $6::uuid[]) AS a (id, person, plan, ord, g, m) JOIN l ON l.object_id = a.g),
                   s AS (INSERT INTO subscription (id, tenant_id, user_id, plan_id, order_id, group_object,
                                member_object, created_at)
                         SELECT id, $7, person, plan, ord, g, m, $8 FROM a)
                   INSERT INTO fact (tenant_id, subscription_id, user_id, plan_id, kind, at, local_date, zone, request_id)
                   SELECT $7, id, person, plan, 'ordered', $8, $9, $10, $11 FROM a"#,
                &ids,
                &users as _,
                &plans,
                &orders as _,
                &groups,
                &members as _,
                tenant.uuid(),
                now as _,
                jiff_sqlx::ToSqlx::to_sqlx(date) as _,
                zone,
                request
            )
            .execute(self.sql())
            .await?;
            if subscribed.rows_affected() < chunk.len() as u64 {
                return Err(StoreError::Repeat(sqlx::Error::RowNotFound));
            }
        }
        Ok(())
    }

    /// Ends the running subscriptions of a person, all of them or one; writes
    /// the *ended* facts and gives the ended ones.
    pub async fn unsubscribe(
        &mut self,
        tenant: TenantId,
        zone: &str,
        user: UserId,
        only: Option<SubscriptionId>,
    ) -> Result<Vec<Subscription>, StoreError> {
        let mut ended = self.subscriptions(tenant, Some(user)).await?;
        ended.retain(|s| only.is_none_or(|only| only == s.id));
        let ids: Vec<_> = ended.iter().map(|s| s.id.uuid()).collect();
        let tz = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
        let (now, date) = (ts(self.now), local_date(self.now, &tz));
        let request = self.request.as_ref().map(|request| request.id.uuid());
        sqlx::query!(
            "WITH s AS (UPDATE subscription SET ended_at = $2 WHERE id = ANY($1) AND ended_at IS NULL RETURNING *)
             INSERT INTO fact (tenant_id, subscription_id, user_id, plan_id, kind, at, local_date, zone, request_id)
             SELECT tenant_id, id, user_id, plan_id, $3, $2, $4, $5, $6 FROM s",
            &ids,
            now as _,
            FactKind::Ended.code(),
            jiff_sqlx::ToSqlx::to_sqlx(date) as _,
            zone,
            request
        )
        .execute(self.sql())
        .await?;
        for subscription in &ended {
            self.note_plan(tenant, user, &subscription.plan, subscription.version, false);
        }
        Ok(ended)
    }

    /// Ends running subscriptions of people the permit is for, and writes the *ended* facts.
    pub async fn unsubscribe_all(
        &mut self,
        permit: &Permit<act::UserUpdate>,
        ended: &[(UserId, SubscriptionId)],
    ) -> Result<(), StoreError> {
        let tenant = &permit.tenant;
        let tz = TimeZone::get(&tenant.time_zone).unwrap_or(TimeZone::UTC);
        let (now, date) = (ts(self.now), local_date(self.now, &tz));
        let request = self.request.as_ref().map(|request| request.id.uuid());
        for chunk in ended.chunks(domain::limits::ROWS_PER_STATEMENT) {
            let ids: Vec<_> = chunk.iter().map(|(_, id)| id.uuid()).collect();
            sqlx::query!(
                "WITH s AS (UPDATE subscription SET ended_at = $2
                             WHERE id = ANY($1) AND tenant_id = $7 AND ended_at IS NULL RETURNING *)
                 INSERT INTO fact (tenant_id, subscription_id, user_id, plan_id, kind, at, local_date, zone, request_id)
                 SELECT tenant_id, id, user_id, plan_id, $3, $2, $4, $5, $6 FROM s",
                &ids,
                now as _,
                FactKind::Ended.code(),
                jiff_sqlx::ToSqlx::to_sqlx(date) as _,
                tenant.time_zone,
                request,
                tenant.id.uuid()
            )
            .execute(self.sql())
            .await?;
        }
        self.changed = true;
        Ok(())
    }

    /// Notes a plan given to or taken from a person.
    pub fn note_plan(&mut self, tenant: TenantId, user: UserId, plan: &str, version: i32, given: bool) {
        let value = Some(format!("{plan}/{version}"));
        let (before, after) = if given { (None, value) } else { (value, None) };
        self.events.push(Event {
            code: if given { "plan.assigned" } else { "plan.removed" },
            outcome: Outcome::Success,
            tenant,
            target: ("user", user.to_string()),
            changes: vec![FieldChange { field: "plan".into(), before, after, person: None }],
        });
    }
}
