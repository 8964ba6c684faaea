//! Services, plans and prices as the caller may see them.

use domain::{
    catalogue::Money,
    id::{PlanId, ServiceId},
};

use crate::{StoreError, tx::ReadTx};

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
    /// Retail price per month, if the price book of the currency has one.
    pub price: Option<Money>,
}

impl ReadTx<'_> {
    /// The newest version of every plan the caller may see, priced in `currency`.
    pub async fn plans(&mut self, currency: &str) -> Result<Vec<Plan>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT DISTINCT ON (p.code) p.id, p.code, p.version, p.name, p.service_id, s.code AS service_code,
                      s.name AS service_name, s.scope, c.minor AS "minor?"
                 FROM plan p JOIN service s ON s.id = p.service_id
                 LEFT JOIN (SELECT c.plan_id, c.minor FROM price c JOIN price_book b ON b.id = c.price_book_id
                             WHERE b.currency = $1 AND c.kind = 'retail' AND c.period = 'month') c ON c.plan_id = p.id
                ORDER BY p.code, p.version DESC"#,
            currency
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
                price: row.minor.map(|minor| Money { minor, currency: currency.to_owned() }),
            })
            .collect())
    }
}
