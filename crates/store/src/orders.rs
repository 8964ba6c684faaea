//! Sales orders: unique per seller and reference.

use domain::id::{OrderId, RequestId, TenantId, UserId};
use jiff::Timestamp;

use crate::{
    StoreError, ts,
    tx::{Permit, ReadTx, WriteTx, act},
};

/// A stored order.
#[derive(Debug, Clone)]
pub struct Order {
    /// Its id.
    pub id: OrderId,
    /// Who sold.
    pub seller: TenantId,
    /// The seller's own reference.
    pub reference: String,
    /// SHA-256 of the content, to tell a repetition from a contradiction.
    pub content_hash: Vec<u8>,
    /// The buyer's number.
    pub purchase_order: Option<String>,
    /// The customer it made.
    pub customer: TenantId,
    /// The customer's first administrator.
    pub administrator: UserId,
    /// The request that provisions it.
    pub request: RequestId,
    /// When it was placed.
    pub created_at: Timestamp,
}

/// An order to be stored.
#[derive(Debug)]
pub struct NewOrder<'a> {
    /// Its id.
    pub id: OrderId,
    /// The seller's own reference.
    pub reference: &'a str,
    /// SHA-256 of the content.
    pub content_hash: &'a [u8],
    /// The buyer's number.
    pub purchase_order: Option<&'a str>,
    /// First day.
    pub start: Option<jiff::civil::Date>,
    /// Last day.
    pub end: Option<jiff::civil::Date>,
    /// Days of notice.
    pub notice_days: Option<i32>,
    /// The customer.
    pub customer: TenantId,
    /// The first administrator.
    pub administrator: UserId,
    /// The request that provisions it.
    pub request: RequestId,
}

macro_rules! order {
    ($row:expr) => {
        Order {
            id: OrderId::from_uuid($row.id),
            seller: TenantId::from_uuid($row.tenant_id),
            reference: $row.reference,
            content_hash: $row.content_hash,
            purchase_order: $row.purchase_order,
            customer: TenantId::from_uuid($row.customer_id),
            administrator: UserId::from_uuid($row.administrator_id),
            request: RequestId::from_uuid($row.request_id),
            created_at: $row.created_at.to_jiff(),
        }
    };
}

impl ReadTx<'_> {
    /// The order with this id.
    pub async fn order(&mut self, id: OrderId) -> Result<Order, StoreError> {
        let row = sqlx::query!(
            r#"SELECT id, tenant_id, reference, content_hash, purchase_order, customer_id, administrator_id, request_id,
                      created_at AS "created_at!: jiff_sqlx::Timestamp" FROM sales_order WHERE id = $1"#,
            id.uuid()
        )
        .fetch_optional(self.sql())
        .await?
        .ok_or(StoreError::NotFound("order"))?;
        Ok(order!(row))
    }

    /// The seller's order with this reference.
    pub async fn order_by_reference(
        &mut self,
        seller: TenantId,
        reference: &str,
    ) -> Result<Option<Order>, StoreError> {
        let row = sqlx::query!(
            r#"SELECT id, tenant_id, reference, content_hash, purchase_order, customer_id, administrator_id, request_id,
                      created_at AS "created_at!: jiff_sqlx::Timestamp"
                 FROM sales_order WHERE tenant_id = $1 AND reference = $2"#,
            seller.uuid(),
            reference
        )
        .fetch_optional(self.sql())
        .await?;
        Ok(row.map(|row| order!(row)))
    }
}

impl WriteTx<'_> {
    /// Makes two orders with one reference of one seller wait for each other.
    pub async fn lock_reference(&mut self, seller: TenantId, reference: &str) -> Result<(), StoreError> {
        let key = format!("order {} {reference}", seller.uuid());
        sqlx::query!("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", key)
            .fetch_one(self.sql())
            .await?;
        Ok(())
    }

    /// Stores an order for the permitted seller.
    pub async fn insert_order(
        &mut self,
        permit: &Permit<act::OrderCreate>,
        order: &NewOrder<'_>,
    ) -> Result<(), StoreError> {
        let now = ts(self.now);
        sqlx::query!(
            "INSERT INTO sales_order (id, tenant_id, reference, content_hash, purchase_order, start_date, end_date,
                 notice_days, customer_id, administrator_id, request_id, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
            order.id.uuid(),
            permit.tenant.id.uuid(),
            order.reference,
            order.content_hash,
            order.purchase_order,
            order.start.map(jiff_sqlx::ToSqlx::to_sqlx) as _,
            order.end.map(jiff_sqlx::ToSqlx::to_sqlx) as _,
            order.notice_days,
            order.customer.uuid(),
            order.administrator.uuid(),
            order.request.uuid(),
            now as _,
        )
        .execute(self.sql())
        .await?;
        self.events.push(domain::event::Event {
            code: "order.placed",
            outcome: domain::event::Outcome::Success,
            tenant: permit.tenant.id,
            target: ("order", order.id.to_string()),
            changes: vec![domain::event::FieldChange {
                field: "reference".into(),
                before: None,
                after: Some(order.reference.to_owned()),
                person: None,
            }],
        });
        Ok(())
    }
}
