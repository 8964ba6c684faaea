//! Plans as immutable versions, with what each costs.

use std::collections::BTreeMap;

use domain::{
    catalogue::{Money, ServiceScope},
    event::{Event, FieldChange, Outcome},
    id::{PlanId, ServiceId, TenantId},
};
use jiff::Timestamp;
use sqlx::types::Json;

use crate::{
    StoreError, ts,
    tx::{Permit, ReadTx, WriteTx, act},
};

/// A version of a plan to be published.
#[derive(Debug, Clone)]
pub struct NewPlan {
    /// Stable code.
    pub code: String,
    /// From 1, one more than the last.
    pub version: i32,
    /// The service.
    pub service: ServiceId,
    /// Name as shown.
    pub name: String,
    /// Who subscribes to it.
    pub scope: ServiceScope,
    /// Values of properties of the service.
    pub properties: BTreeMap<String, String>,
    /// Retail price a month, in one or several currencies.
    pub prices: Vec<Money>,
}

/// A version of a plan as stored.
#[derive(Debug, Clone)]
pub struct PlanVersion {
    /// Its id.
    pub id: PlanId,
    /// Who publishes it.
    pub tenant: TenantId,
    /// The service.
    pub service: ServiceId,
    /// The service's code.
    pub service_code: String,
    /// Stable code.
    pub code: String,
    /// From 1.
    pub version: i32,
    /// Name as shown.
    pub name: String,
    /// Who subscribes to it.
    pub scope: ServiceScope,
    /// Values of properties of the service.
    pub properties: BTreeMap<String, String>,
    /// Retail prices a month.
    pub prices: Vec<Money>,
    /// When it was published.
    pub created_at: Timestamp,
    /// Running subscriptions to it, as far as the caller sees them.
    pub subscriptions: i64,
}

impl ReadTx<'_> {
    /// All versions of a plan, the newest first.
    pub async fn plan_versions(&mut self, code: &str) -> Result<Vec<PlanVersion>, StoreError> {
        self.load_versions(code, true).await
    }

    /// As [`ReadTx::plan_versions`], without counting who has them.
    pub async fn plan_contents(&mut self, code: &str) -> Result<Vec<PlanVersion>, StoreError> {
        self.load_versions(code, false).await
    }

    async fn load_versions(&mut self, code: &str, counted: bool) -> Result<Vec<PlanVersion>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT p.id, p.tenant_id, p.service_id, s.code AS service_code, p.code, p.version, p.name, p.scope,
                      p.properties AS "properties!: Json<BTreeMap<String, String>>",
                      p.created_at AS "created_at!: jiff_sqlx::Timestamp",
                      (SELECT jsonb_agg(jsonb_build_object('minor', c.minor, 'currency', b.currency) ORDER BY b.currency)
                         FROM price c JOIN price_book b ON b.id = c.price_book_id
                        WHERE c.plan_id = p.id AND b.tenant_id = p.tenant_id AND c.kind = 'retail' AND c.period = 'month')
                          AS "prices: Json<Vec<Money>>",
                      CASE WHEN $2 THEN (SELECT count(*) FROM subscription b WHERE b.plan_id = p.id AND b.ended_at IS NULL)
                           ELSE 0 END AS "subscriptions!"
                 FROM plan p JOIN service s ON s.id = p.service_id WHERE p.code = $1 ORDER BY p.version DESC"#,
            code,
            counted
        )
        .fetch_all(self.sql())
        .await?;
        if rows.is_empty() {
            return Err(StoreError::NotFound("plan"));
        }
        let versions = rows.into_iter().map(|row| PlanVersion {
            id: PlanId::from_uuid(row.id),
            tenant: TenantId::from_uuid(row.tenant_id),
            service: ServiceId::from_uuid(row.service_id),
            service_code: row.service_code,
            code: row.code,
            version: row.version,
            name: row.name,
            scope: if row.scope == "user" { ServiceScope::User } else { ServiceScope::Customer },
            properties: row.properties.0,
            prices: row.prices.map(|prices| prices.0).unwrap_or_default(),
            created_at: row.created_at.to_jiff(),
            subscriptions: row.subscriptions,
        });
        Ok(versions.collect())
    }
}

impl WriteTx<'_> {
    /// Publishes a version of a plan from the permitted tenant.
    pub async fn insert_plan(
        &mut self,
        permit: &Permit<act::CatalogueManage>,
        new: &NewPlan,
    ) -> Result<PlanId, StoreError> {
        let (id, tenant, now): (PlanId, _, _) = (self.id(), permit.tenant.id, ts(self.now));
        sqlx::query!(
            "INSERT INTO plan (id, tenant_id, service_id, code, version, name, scope, properties, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            id.uuid(),
            tenant.uuid(),
            new.service.uuid(),
            new.code,
            new.version,
            new.name,
            new.scope.code(),
            Json(&new.properties) as _,
            now as _
        )
        .execute(self.sql())
        .await?;
        let (currencies, minors): (Vec<_>, Vec<_>) =
            new.prices.iter().map(|price| (price.currency.clone(), price.minor)).unzip();
        let now = ts(self.now);
        sqlx::query!(
            "INSERT INTO price_book (id, tenant_id, code, currency, created_at)
             SELECT time_ordered_id($3), $1, 'retail', a, $3 FROM unnest($2::text[]) a ON CONFLICT DO NOTHING",
            tenant.uuid(),
            &currencies,
            now as _
        )
        .execute(self.sql())
        .await?;
        let now = ts(self.now);
        sqlx::query!(
            "INSERT INTO price (price_book_id, tenant_id, plan_id, kind, period, minor, created_at)
             SELECT b.id, $1, $2, 'retail', 'month', a.minor, $5 FROM unnest($3::text[], $4::bigint[]) AS a (currency, minor)
               JOIN price_book b ON b.tenant_id = $1 AND b.code = 'retail' AND b.currency = a.currency",
            tenant.uuid(),
            id.uuid(),
            &currencies,
            &minors,
            now as _
        )
        .execute(self.sql())
        .await?;
        let field = |field: &'static str, after: String| FieldChange {
            field: field.into(),
            before: None,
            after: Some(after),
            person: None,
        };
        let prices: Vec<_> = new.prices.iter().map(|p| format!("{} {}", p.minor, p.currency)).collect();
        let changes = vec![
            field("plan", format!("{}/{}", new.code, new.version)),
            field("name", new.name.clone()),
            field("properties", serde_json::to_string(&new.properties).unwrap_or_default()),
            field("prices", prices.join(", ")),
        ];
        let target = ("plan", id.to_string());
        self.events.push(Event {
            code: "plan.published",
            outcome: Outcome::Success,
            tenant,
            target,
            changes,
        });
        self.changed = true;
        Ok(id)
    }
}
