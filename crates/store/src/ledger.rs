//! Reading the ledger: what a customer ordered, what ran from when until when, and who
//! sold it. Nothing in it is ever changed.

use domain::{
    fact::FactKind,
    id::{FactId, RequestId, SubscriptionId, TenantId, UserId},
    service::MAIN_INSTANCE,
};
use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};
use uuid::Uuid;

use crate::{
    StoreError, ts,
    tx::{Permit, ReadTx, act},
    views::TenantName,
};

/// A fact of the ledger.
#[derive(Debug, Clone)]
pub struct Fact {
    /// Its id.
    pub id: FactId,
    /// What happened.
    pub kind: FactKind,
    /// When.
    pub at: Timestamp,
    /// On which day of the customer's own calendar.
    pub day: Date,
    /// The calendar's time zone (IANA name), as it was then.
    pub zone: String,
    /// To which subscription.
    pub subscription: SubscriptionId,
    /// Whose it is; none for the customer as a whole.
    pub user: Option<UserId>,
    /// Plan code.
    pub plan: String,
    /// Plan version.
    pub version: i32,
    /// Plan name.
    pub name: String,
    /// Code of the instance of the service.
    pub instance: String,
    /// The request it came with.
    pub request: Option<RequestId>,
    /// Who sold to the customer on that day, if the caller may see them.
    pub seller: Option<TenantName>,
}

/// Days on which one seller had a customer.
#[derive(Debug, Clone)]
pub struct Span {
    /// The seller.
    pub seller: TenantName,
    /// The first day.
    pub first: Date,
    /// The last day.
    pub last: Date,
}

/// Which days of the customer's own calendar, both included; all where nothing is said.
#[derive(Debug, Clone, Copy, Default)]
pub struct Days {
    /// The first.
    pub from: Option<Date>,
    /// The last.
    pub to: Option<Date>,
}

/// Calendars differ by at most this from UTC, with an hour to spare.
const ZONES: SignedDuration = SignedDuration::from_hours(27);

impl ReadTx<'_> {
    /// The facts of the permitted tenant, the oldest first, after `after`.
    pub async fn facts(
        &mut self,
        permit: &Permit<act::TenantRead>,
        days: Days,
        after: Option<(Timestamp, FactId)>,
        limit: u32,
    ) -> Result<Vec<Fact>, StoreError> {
        let midnight = |day: Date| day.to_zoned(TimeZone::UTC).ok().map(|day| day.timestamp());
        let first = days.from.and_then(midnight).and_then(|at| at.checked_sub(ZONES).ok());
        let last = days.to.and_then(midnight).and_then(|at| at.checked_add(ZONES * 2).ok());
        let (after_at, after_id) = after.map(|(at, id)| (ts(at), id.uuid())).unzip();
        let date = |day: Option<Date>| day.map(jiff_sqlx::ToSqlx::to_sqlx);
        let rows = sqlx::query!(
            r#"SELECT f.id, f.kind, f.at AS "at!: jiff_sqlx::Timestamp", f.local_date AS "day!: jiff_sqlx::Date", f.zone,
                      f.subscription_id, f.user_id, p.code, p.version, p.name, f.request_id,
                      (SELECT i.code FROM subscription s JOIN user_group g ON g.object_id = s.group_object
                         JOIN service_instance i ON i.id = g.instance_id WHERE s.id = f.subscription_id LIMIT 1) AS instance,
                      t.id AS "seller?", t.code AS "seller_code?", t.name AS "seller_name?"
                 FROM fact f JOIN plan p ON p.id = f.plan_id
                 LEFT JOIN sellers($1, DATE '0001-01-01', DATE '9999-12-31') x
                   ON f.local_date BETWEEN x.first_day AND x.last_day
                 LEFT JOIN tenant t ON t.id = x.seller
                WHERE f.tenant_id = $1 AND ($2::timestamptz IS NULL OR (f.at, f.id) > ($2, $3))
                  AND ($4::date IS NULL OR (f.local_date >= $4 AND f.at >= $6))
                  AND ($5::date IS NULL OR (f.local_date <= $5 AND f.at < $7))
                ORDER BY f.at, f.id LIMIT $8"#,
            permit.tenant.id.uuid(),
            after_at as _,
            after_id,
            date(days.from) as _,
            date(days.to) as _,
            first.map(ts) as _,
            last.map(ts) as _,
            i64::from(limit)
        )
        .fetch_all(self.sql())
        .await?;
        rows.into_iter()
            .map(|row| {
                let id = FactId::from_uuid(row.id);
                let kind = FactKind::from_code(&row.kind).ok_or_else(|| StoreError::Corrupt {
                    table: "fact",
                    column: "kind",
                    id: id.to_string(),
                })?;
                Ok(Fact {
                    id,
                    kind,
                    at: row.at.to_jiff(),
                    day: row.day.to_jiff(),
                    zone: row.zone,
                    subscription: SubscriptionId::from_uuid(row.subscription_id),
                    user: row.user_id.map(UserId::from_uuid),
                    plan: row.code,
                    version: row.version,
                    name: row.name,
                    instance: row.instance.unwrap_or_else(|| MAIN_INSTANCE.to_owned()),
                    request: row.request_id.map(RequestId::from_uuid),
                    seller: named(row.seller, row.seller_code, row.seller_name),
                })
            })
            .collect()
    }

    /// Who sold to the permitted tenant on which of these days, as far as the caller may see the
    /// sellers. Each day has one seller, who has the tenant at its end.
    pub async fn spans(
        &mut self,
        permit: &Permit<act::TenantRead>,
        (first, last): (Date, Date),
    ) -> Result<Vec<Span>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT s.first_day AS "first!: jiff_sqlx::Date", s.last_day AS "last!: jiff_sqlx::Date",
                      t.id, t.code, t.name
                 FROM sellers($1, $2, $3) s JOIN tenant t ON t.id = s.seller ORDER BY s.first_day"#,
            permit.tenant.id.uuid(),
            jiff_sqlx::ToSqlx::to_sqlx(first) as _,
            jiff_sqlx::ToSqlx::to_sqlx(last) as _
        )
        .fetch_all(self.sql())
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| Span {
                seller: TenantName { id: TenantId::from_uuid(row.id), code: row.code, name: row.name },
                first: row.first.to_jiff(),
                last: row.last.to_jiff(),
            })
            .collect())
    }
}

fn named(id: Option<Uuid>, code: Option<String>, name: Option<String>) -> Option<TenantName> {
    Some(TenantName { id: TenantId::from_uuid(id?), code: code?, name: name? })
}
