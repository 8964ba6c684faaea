//! Figures of each day, of a tenant and all below it: kept by triggers, added up by the engine.

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
