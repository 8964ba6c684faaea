//! Services, plans and prices as the caller may see them; below, what they mean
//! for people, properties, quotas and bundles.

mod bundles;
mod instances;
mod meaning;
mod properties;
mod quotas;
mod services;
mod settle;
mod upgrades;
mod versions;

use std::collections::BTreeMap;

use domain::{
    catalogue::Money,
    id::{PlanId, ServiceId, TenantId},
};
use sqlx::types::Json;
use uuid::Uuid;

use crate::{
    StoreError,
    tx::{ReadTx, TenantRef},
};

pub use bundles::{Assigned, Bundle, NewAssignment, NewBundle};
pub use instances::{Instance, NewInstance};
pub use meaning::{Held, Meanings, Source, Word};
pub use properties::{Changed, PropertyPlace};
pub(crate) use quotas::Grown;
pub use quotas::{Quota, QuotaKind, QuotaUse};
pub use services::{NewService, Service, ServiceChange};
pub use settle::Reach;
pub use upgrades::{Upgradable, Upgrade};
pub use versions::{NewPlan, PlanVersion};

/// The newest version of a plan, with its retail price.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Its id: this version.
    pub id: PlanId,
    /// Stable code.
    pub code: String,
    /// Version, from 1.
    pub version: i32,
    /// Name as shown.
    pub name: String,
    /// The service it is a plan of.
    pub service: ServiceId,
    /// The service's code.
    pub service_code: String,
    /// The service's name.
    pub service_name: String,
    /// Subscribed to by single people, not by the customer as a whole.
    pub per_user: bool,
    /// Nobody new can subscribe.
    pub retired: bool,
    /// Who publishes it.
    pub tenant: TenantId,
    /// Values of properties of the service.
    pub properties: BTreeMap<String, String>,
    /// Retail price per month, if the price book of the currency has one.
    pub price: Option<Money>,
}

impl ReadTx<'_> {
    /// The newest version of every plan the caller may see, priced in `currency`.
    pub async fn plans(&mut self, currency: &str) -> Result<Vec<Plan>, StoreError> {
        self.load_plans(currency, None).await
    }

    /// As [`ReadTx::plans`], those that are published to a tenant and can be ordered.
    pub async fn plans_for(&mut self, tenant: &TenantRef, currency: &str) -> Result<Vec<Plan>, StoreError> {
        let path: Vec<_> = tenant.path.iter().map(|t| t.uuid()).collect();
        let mut plans = self.load_plans(currency, Some(&path)).await?;
        plans.retain(|plan| !plan.retired);
        Ok(plans)
    }

    async fn load_plans(&mut self, currency: &str, path: Option<&[Uuid]>) -> Result<Vec<Plan>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT DISTINCT ON (p.code) p.id, p.tenant_id, p.code, p.version, p.name, p.service_id, p.scope,
                      p.properties AS "properties!: Json<BTreeMap<String, String>>", s.code AS service_code,
                      s.name AS service_name, s.retired_at IS NOT NULL AS "retired!", c.minor AS "minor?"
                 FROM plan p JOIN service s ON s.id = p.service_id
                 LEFT JOIN (SELECT c.plan_id, c.minor, b.tenant_id FROM price c JOIN price_book b ON b.id = c.price_book_id
                             WHERE b.currency = $1 AND c.kind = 'retail' AND c.period = 'month') c
                        ON c.plan_id = p.id AND c.tenant_id = p.tenant_id
                WHERE $2::uuid[] IS NULL OR p.tenant_id = ANY($2)
                ORDER BY p.code, p.version DESC"#,
            currency,
            path
        )
        .fetch_all(self.sql())
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| Plan {
                id: PlanId::from_uuid(row.id),
                code: row.code,
                version: row.version,
                name: row.name,
                service: ServiceId::from_uuid(row.service_id),
                service_code: row.service_code,
                service_name: row.service_name,
                per_user: row.scope == "user",
                retired: row.retired,
                tenant: TenantId::from_uuid(row.tenant_id),
                properties: row.properties.0,
                price: row.minor.map(|minor| Money { minor, currency: currency.to_owned() }),
            })
            .collect())
    }
}
