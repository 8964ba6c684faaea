//! Figures of each day, of a tenant and all below it: kept by triggers, added up by the engine.

use std::collections::HashMap;

use domain::id::TenantId;
use jiff::civil::Date;
use jiff_sqlx::ToSqlx as _;

use crate::{
    StoreError,
    engine::EngineStore,
    tx::{Permit, ReadTx, act},
};

/// What happened on a day (UTC).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayFigure {
    /// The day.
    pub day: Date,
    /// By how many customers it grew.
    pub customers: i64,
    /// By how many people it grew.
    pub people: i64,
    /// Steps that were read back.
    pub verified: i64,
    /// Steps that came to need a person.
    pub failed: i64,
}

/// The days of a time, and what there was before it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Figures {
    /// Customers before the first day.
    pub customers_before: i64,
    /// People before the first day.
    pub people_before: i64,
    /// Days on which something happened, in order.
    pub days: Vec<DayFigure>,
}

impl Figures {
    /// Customers at the end of the last day.
    #[must_use]
    pub fn customers(&self) -> i64 {
        self.customers_before + self.days.iter().map(|day| day.customers).sum::<i64>()
    }

    /// People at the end of the last day.
    #[must_use]
    pub fn people(&self) -> i64 {
        self.people_before + self.days.iter().map(|day| day.people).sum::<i64>()
    }
}

/// Rows added up at once: some milliseconds, so that a move waits for no longer.
const FOLDED_AT_ONCE: i32 = 5_000;

impl ReadTx<'_> {
    /// The figures of the permitted tenant and all below it, from a day on.
    pub async fn figures(
        &mut self,
        permit: &Permit<act::TenantRead>,
        from: Date,
    ) -> Result<Figures, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT greatest(f.day, $2::date - 1) AS "day!: jiff_sqlx::Date", sum(f.customers)::bigint AS "customers!",
                      sum(f.people)::bigint AS "people!", sum(f.verified)::bigint AS "verified!",
                      sum(f.failed)::bigint AS "failed!"
                 FROM (SELECT day, customers, people, verified, failed FROM figure_day WHERE tenant_id = $1
                       UNION ALL
                       SELECT day, customers, people, verified, failed FROM figures_pending($1)) f
                GROUP BY 1 ORDER BY 1"#,
            permit.tenant.id.uuid(),
            from.to_sqlx() as _
        )
        .fetch_all(self.sql())
        .await?;
        let mut figures = Figures::default();
        for row in rows {
            let day = row.day.to_jiff();
            if day < from {
                (figures.customers_before, figures.people_before) = (row.customers, row.people);
                continue;
            }
            let (customers, people) = (row.customers, row.people);
            figures.days.push(DayFigure {
                day,
                customers,
                people,
                verified: row.verified,
                failed: row.failed,
            });
        }
        Ok(figures)
    }

    /// How many customers and people there are at and below each of some tenants; those without any
    /// are left out.
    pub async fn figures_below(
        &mut self,
        of: &[TenantId],
    ) -> Result<HashMap<TenantId, (i64, i64)>, StoreError> {
        let ids: Vec<_> = of.iter().map(|id| id.uuid()).collect();
        // Days on which nobody came or went are left out before each day is asked who may see it.
        let rows = sqlx::query!(
            r#"/* figures below */ SELECT tenant_id AS "tenant_id!", sum(customers)::bigint AS "customers!",
                      sum(people)::bigint AS "people!"
                 FROM (SELECT tenant_id, customers, people FROM figure_day
                        WHERE tenant_id = ANY($1) AND (customers <> 0 OR people <> 0)
                       UNION ALL SELECT * FROM figures_pending_of($1)) f
                GROUP BY 1"#,
            &ids
        )
        .fetch_all(self.sql())
        .await?;
        Ok(rows.into_iter().map(|r| (TenantId::from_uuid(r.tenant_id), (r.customers, r.people))).collect())
    }

    /// Of some tenants those that stand below no other of them, and whether each sells: the tops of
    /// a tree. Who sells comes first, then by name.
    pub async fn tree_tops(
        &mut self,
        of: &[TenantId],
        limit: u32,
    ) -> Result<Vec<(TenantId, bool)>, StoreError> {
        let ids: Vec<_> = of.iter().map(|id| id.uuid()).collect();
        let rows = sqlx::query!(
            r#"/* tree tops */ SELECT t.id, t.kind <> 'customer' AS "sells!" FROM tenant t
                WHERE t.id = ANY($1) AND t.closed_at IS NULL
                  AND (SELECT true FROM tenant_closure c WHERE c.descendant = t.id AND c.depth > 0
                          AND c.ancestor = ANY($1) LIMIT 1) IS NULL
                ORDER BY t.kind = 'customer', t.search_key, t.id LIMIT $2"#,
            &ids,
            i64::from(limit)
        )
        .fetch_all(self.sql())
        .await?;
        Ok(rows.into_iter().map(|r| (TenantId::from_uuid(r.id), r.sells)).collect())
    }
}

impl EngineStore {
    /// Adds up what happened since the last time.
    pub async fn fold_figures(&self) -> Result<i64, StoreError> {
        let mut all = 0;
        loop {
            let folded = sqlx::query_scalar!(r#"SELECT fold_figures($1) AS "n!""#, FOLDED_AT_ONCE)
                .fetch_one(&self.pool)
                .await?;
            all += folded;
            if folded < i64::from(FOLDED_AT_ONCE) {
                return Ok(all);
            }
        }
    }
}
