//! Orders with seller, buyer, who ordered and how far they are.

use domain::{
    id::{OrderId, RequestId, TenantId, UserId},
    request::{Counts, RequestState},
};
use jiff::{Timestamp, civil::Date};

use super::{PersonView, TenantName};
use crate::{StoreError, error::known, tx::ReadTx};

/// An order as lists show it.
#[derive(Debug, Clone)]
pub struct OrderView {
    /// Its id.
    pub id: OrderId,
    /// The seller's own reference.
    pub reference: String,
    /// Who sold.
    pub seller: TenantName,
    /// Who bought.
    pub buyer: TenantName,
    /// The buyer's number.
    pub purchase_order: Option<String>,
    /// First day.
    pub start: Option<Date>,
    /// Last day.
    pub end: Option<Date>,
    /// Days of notice.
    pub notice_days: Option<i32>,
    /// When it was placed.
    pub created_at: Timestamp,
    /// Who ordered, if the caller may see the person.
    pub ordered_by: Option<PersonView>,
    /// The customer's first administrator.
    pub administrator: UserId,
    /// The request that provisions it.
    pub request: RequestId,
    /// State of that request.
    pub state: RequestState,
}

/// Which orders to show.
#[derive(Debug, Clone, Default)]
pub struct OrderFilter {
    /// Of sellers at or below these.
    pub roots: Vec<TenantId>,
    /// This one.
    pub id: Option<OrderId>,
    /// Of this seller.
    pub seller: Option<TenantId>,
    /// For this customer.
    pub customer: Option<TenantId>,
    /// With this reference.
    pub reference: Option<String>,
}

impl ReadTx<'_> {
    /// Orders of sellers at and below `roots` with this reference: id and who bought.
    pub async fn orders_referenced(
        &mut self,
        roots: &[TenantId],
        reference: &str,
        limit: u32,
    ) -> Result<Vec<(OrderId, String)>, StoreError> {
        let roots: Vec<_> = roots.iter().map(|t| t.uuid()).collect();
        let rows = sqlx::query!(
            "/* search orders by reference */ SELECT o.id, t.name FROM sales_order o JOIN tenant t ON t.id = o.customer_id
              WHERE o.reference = $2 AND (SELECT true FROM tenant_closure c
                    WHERE c.descendant = o.tenant_id AND c.ancestor = ANY($1) LIMIT 1)
              ORDER BY o.id DESC LIMIT $3",
            &roots,
            reference,
            i64::from(limit)
        )
        .fetch_all(self.sql())
        .await?;
        Ok(rows.into_iter().map(|row| (OrderId::from_uuid(row.id), row.name)).collect())
    }

    /// Orders, newest first, older than `before`.
    pub async fn order_views(
        &mut self,
        filter: &OrderFilter,
        before: Option<OrderId>,
        limit: u32,
    ) -> Result<Vec<OrderView>, StoreError> {
        let roots: Vec<_> = filter.roots.iter().map(|t| t.uuid()).collect();
        let rows = sqlx::query!(
            r#"WITH o AS (SELECT * FROM sales_order o
                 WHERE EXISTS (SELECT FROM tenant_closure c WHERE c.descendant = o.tenant_id AND c.ancestor = ANY($1))
                   AND ($2::uuid IS NULL OR o.id = $2) AND ($3::uuid IS NULL OR o.tenant_id = $3)
                   AND ($4::uuid IS NULL OR o.customer_id = $4) AND ($5::text IS NULL OR o.reference = $5)
                   AND ($6::uuid IS NULL OR o.id < $6)
                 ORDER BY o.id DESC LIMIT $7)
               SELECT o.id AS "id!", o.reference AS "reference!", o.purchase_order, o.notice_days,
                      o.start_date AS "start: jiff_sqlx::Date", o.end_date AS "end: jiff_sqlx::Date",
                      o.administrator_id AS "administrator_id!", o.request_id AS "request_id!",
                      o.created_at AS "created_at!: jiff_sqlx::Timestamp",
                      s.id AS seller_id, s.code AS seller_code, s.name AS seller_name,
                      b.id AS buyer_id, b.code AS buyer_code, b.name AS buyer_name,
                      a.id AS "actor?", a.display_name AS "actor_name?", a.principal_name AS "actor_login?",
                      (SELECT jsonb_build_object('requested', count(*) FILTER (WHERE i.state = 'requested'),
                                'running', count(*) FILTER (WHERE i.state = 'running'),
                                'verified', count(*) FILTER (WHERE i.state = 'verified'),
                                'failed', count(*) FILTER (WHERE i.state = 'failed'),
                                'drifted', count(*) FILTER (WHERE i.state = 'drifted'),
                                'parked', count(*) FILTER (WHERE i.state = 'parked'),
                                'superseded', count(*) FILTER (WHERE i.state = 'superseded'))
                         FROM request_item i WHERE i.request_id = o.request_id) AS "counts!"
                 FROM o JOIN tenant s ON s.id = o.tenant_id JOIN tenant b ON b.id = o.customer_id
                 LEFT JOIN request r ON r.id = o.request_id LEFT JOIN users a ON a.id = r.actor_id
                ORDER BY o.id DESC"#,
            &roots,
            filter.id.map(OrderId::uuid),
            filter.seller.map(TenantId::uuid),
            filter.customer.map(TenantId::uuid),
            filter.reference,
            before.map(OrderId::uuid),
            i64::from(limit)
        )
        .fetch_all(self.sql())
        .await?;
        let tenant = |id, code, name| TenantName { id: TenantId::from_uuid(id), code, name };
        rows.into_iter()
            .map(|row| {
                let counts: Option<Counts> = serde_json::from_value(row.counts).ok();
                let actor = row.actor.zip(row.actor_name).zip(row.actor_login);
                Ok(OrderView {
                    id: OrderId::from_uuid(row.id),
                    reference: row.reference,
                    seller: tenant(row.seller_id, row.seller_code, row.seller_name),
                    buyer: tenant(row.buyer_id, row.buyer_code, row.buyer_name),
                    purchase_order: row.purchase_order,
                    start: row.start.map(jiff_sqlx::Date::to_jiff),
                    end: row.end.map(jiff_sqlx::Date::to_jiff),
                    notice_days: row.notice_days,
                    created_at: row.created_at.to_jiff(),
                    ordered_by: actor.map(|((id, display_name), principal_name)| PersonView {
                        id: UserId::from_uuid(id),
                        display_name,
                        principal_name,
                    }),
                    administrator: UserId::from_uuid(row.administrator_id),
                    request: RequestId::from_uuid(row.request_id),
                    state: known(counts, "request_item", "state", row.id)?.state(),
                })
            })
            .collect()
    }
}
