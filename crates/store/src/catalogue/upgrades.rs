//! Subscriptions that change to another version of their plan. For the ledger one
//! ends and another begins in the same instant, and has started when the former
//! had: the person is in the group all the time, so nothing has to be verified.

use std::collections::HashMap;

use domain::{
    event::{Event, FieldChange, Outcome},
    fact::{local_date, time_zone},
    id::{PlanId, RequestId, TenantId, UserId},
    limits,
};
use jiff::tz::TimeZone;
use uuid::Uuid;

use crate::{
    StoreError, ts,
    tx::{ReadTx, WriteTx},
};

/// Running subscriptions to one version of a plan, of customers with one currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upgradable {
    /// The version they have.
    pub version: i32,
    /// How many.
    pub subscriptions: i64,
    /// Of how many people; customers as a whole are none.
    pub people: i64,
    /// The customers' currency.
    pub currency: String,
    /// What one costs a month, where there is a price.
    pub before: Option<i64>,
    /// What one would cost.
    pub after: Option<i64>,
}

/// A subscription, and the version of its plan that it is to have.
#[derive(Debug, Clone)]
pub struct Upgrade {
    id: Uuid,
    tenant: Uuid,
    /// Whose; none for a customer as a whole.
    pub user: Option<Uuid>,
    zone: String,
    code: String,
    from: i32,
    plan: Uuid,
    to: i32,
}

impl ReadTx<'_> {
    /// What a change to the version `to` would concern, below a tenant or of one person.
    pub async fn upgradable(
        &mut self,
        code: &str,
        to: PlanId,
        below: TenantId,
        user: Option<UserId>,
        from: Option<i32>,
    ) -> Result<Vec<Upgradable>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT p.version, t.currency, count(*) AS "subscriptions!", count(DISTINCT s.user_id) AS "people!",
                      min(b.minor) AS before, min(a.minor) AS after
                 FROM plan p JOIN tenant_closure c ON c.ancestor = $3
                 JOIN subscription s ON s.tenant_id = c.descendant AND s.plan_id = p.id AND s.ended_at IS NULL
                 JOIN tenant t ON t.id = c.descendant
                 LEFT JOIN (SELECT x.plan_id, x.minor, k.currency FROM price x JOIN price_book k ON k.id = x.price_book_id
                             WHERE x.kind = 'retail' AND x.period = 'month') b ON b.plan_id = p.id AND b.currency = t.currency
                 LEFT JOIN (SELECT x.plan_id, x.minor, k.currency FROM price x JOIN price_book k ON k.id = x.price_book_id
                             WHERE x.kind = 'retail' AND x.period = 'month') a ON a.plan_id = $2 AND a.currency = t.currency
                WHERE p.code = $1 AND p.id <> $2 AND ($4::uuid IS NULL OR s.user_id = $4)
                  AND ($5::int IS NULL OR p.version = $5)
                GROUP BY p.version, t.currency ORDER BY p.version, t.currency"#,
            code,
            to.uuid(),
            below.uuid(),
            user.map(UserId::uuid),
            from
        )
        .fetch_all(self.sql())
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| Upgradable {
                version: row.version,
                subscriptions: row.subscriptions,
                people: row.people,
                currency: row.currency,
                before: row.before,
                after: row.after,
            })
            .collect())
    }
}

impl WriteTx<'_> {
    /// Locks the subscriptions a change to the version `to` concerns.
    pub async fn lock_upgrades(
        &mut self,
        code: &str,
        to: PlanId,
        below: TenantId,
        user: Option<UserId>,
        from: Option<i32>,
    ) -> Result<Vec<Upgrade>, StoreError> {
        let upgrades = sqlx::query_as!(
            Upgrade,
            r#"SELECT s.id, s.tenant_id AS tenant, s.user_id AS user, t.time_zone AS zone, p.code, p.version AS "from",
                      n.id AS plan, n.version AS "to"
                 FROM plan n JOIN plan p ON p.code = n.code AND p.id <> n.id JOIN tenant_closure c ON c.ancestor = $3
                 JOIN subscription s ON s.tenant_id = c.descendant AND s.plan_id = p.id AND s.ended_at IS NULL
                 JOIN tenant t ON t.id = c.descendant
                WHERE n.id = $2 AND p.code = $1 AND ($4::uuid IS NULL OR s.user_id = $4) AND ($5::int IS NULL OR p.version = $5)
                  AND NOT EXISTS (SELECT FROM subscription x WHERE x.user_id = s.user_id AND x.plan_id = $2
                                     AND x.group_object = s.group_object AND x.ended_at IS NULL)
                ORDER BY s.id FOR UPDATE OF s"#,
            code,
            to.uuid(),
            below.uuid(),
            user.map(UserId::uuid),
            from
        )
        .fetch_all(self.sql())
        .await?;
        Ok(upgrades)
    }

    /// Locks the subscriptions a request began in place of others, to give these back.
    /// Those that were changed again since are left alone.
    pub async fn lock_former(&mut self, request: RequestId) -> Result<Vec<Upgrade>, StoreError> {
        let upgrades = sqlx::query_as!(
            Upgrade,
            r#"SELECT s.id, s.tenant_id AS tenant, s.user_id AS user, t.time_zone AS zone, p.code, p.version AS "from",
                      n.id AS plan, n.version AS "to"
                 FROM fact f JOIN subscription s ON s.id = f.subscription_id AND s.ended_at IS NULL
                 JOIN subscription o ON o.id = s.former_id
                 JOIN plan p ON p.id = s.plan_id JOIN plan n ON n.id = o.plan_id JOIN tenant t ON t.id = s.tenant_id
                WHERE f.request_id = $1 AND f.kind = 'ordered' ORDER BY s.id FOR UPDATE OF s"#,
            request.uuid()
        )
        .fetch_all(self.sql())
        .await?;
        Ok(upgrades)
    }

    /// Ends subscriptions that are locked and begins others in their place. Needs an
    /// open request.
    pub async fn upgrade(&mut self, upgrades: &[Upgrade]) -> Result<(), StoreError> {
        let mut days = HashMap::new();
        let request = self.request_id()?;
        for chunk in upgrades.chunks(limits::ROWS_PER_STATEMENT) {
            let (mut dates, mut zones) = (Vec::new(), Vec::new());
            for one in chunk {
                let (date, zone) = days.entry(one.zone.as_str()).or_insert_with(|| {
                    let zone = time_zone(&one.zone).unwrap_or(TimeZone::UTC);
                    (local_date(self.now, &zone), zone.iana_name().unwrap_or("UTC").to_owned())
                });
                dates.push(jiff_sqlx::ToSqlx::to_sqlx(*date));
                zones.push(zone.clone());
            }
            let ids: Vec<_> = chunk.iter().map(|u| u.id).collect();
            let plans: Vec<_> = chunk.iter().map(|u| u.plan).collect();
            let now = ts(self.now);
            sqlx::query!(
                r#"WITH a AS (SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::date[], $4::text[]) AS a (id, plan, day, zone)),
                   o AS (UPDATE subscription s SET ended_at = $5 FROM a WHERE s.id = a.id AND s.ended_at IS NULL
                         RETURNING s.*, a.plan, a.day, a.zone),
                   n AS (INSERT INTO subscription (id, tenant_id, user_id, plan_id, order_id, group_object, member_object,
                                created_at, direct, former_id)
                         SELECT time_ordered_id($5), tenant_id, user_id, plan, order_id, group_object, member_object, $5,
                                direct, id FROM o
                         RETURNING id, former_id, plan_id),
                   f AS (SELECT n.id, n.plan_id, o.tenant_id, o.user_id, o.day, o.zone, k.kind, o.id AS former, o.plan_id AS was
                           FROM n JOIN o ON o.id = n.former_id
                           CROSS JOIN (VALUES ('ended'), ('ordered'), ('started')) AS k (kind)
                          WHERE k.kind <> 'started' OR EXISTS (SELECT FROM fact x WHERE x.subscription_id = o.id AND x.kind = 'started'))
                   INSERT INTO fact (tenant_id, subscription_id, user_id, plan_id, kind, at, local_date, zone, request_id)
                   SELECT tenant_id, CASE kind WHEN 'ended' THEN former ELSE id END, user_id,
                          CASE kind WHEN 'ended' THEN was ELSE plan_id END, kind, $5, day, zone, $6 FROM f"#,
                &ids,
                &plans,
                &dates as _,
                &zones,
                now as _,
                request
            )
            .execute(self.sql())
            .await?;
        }
        for one in upgrades {
            let tenant = TenantId::from_uuid(one.tenant);
            let target = match one.user {
                Some(user) => ("user", UserId::from_uuid(user).to_string()),
                None => ("tenant", tenant.to_string()),
            };
            let version = |version| Some(format!("{}/{version}", one.code));
            let change = FieldChange {
                field: "plan".into(),
                before: version(one.from),
                after: version(one.to),
                person: None,
            };
            let code = "plan.version_changed";
            self.events.push(Event {
                code,
                outcome: Outcome::Success,
                tenant,
                target,
                changes: vec![change],
            });
        }
        self.changed = true;
        Ok(())
    }
}
