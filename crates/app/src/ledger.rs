//! The ledger of a customer: what was ordered, what ran, what ended, and who sold it.

use domain::{
    fact::{local_date, time_zone},
    field::{FieldError, Rule},
    id::{FactId, TenantId},
    limits,
    tenant::TenantKind,
};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use store::{
    Caller,
    ledger::{Days, Fact, Span},
    tx::{Permit, ReadTx, act},
};

use crate::{App, AppError};

/// Days as somebody typed them, both included.
pub fn days(from: Option<&str>, to: Option<&str>) -> Result<Days, AppError> {
    let days = Days { from: day("from", from)?, to: day("to", to)? };
    match (days.from, days.to) {
        (Some(from), Some(to)) if to < from => {
            Err(AppError::field(FieldError::new("to", Rule::OutOfRange).with("min", from)))
        }
        _ => Ok(days),
    }
}

fn day(field: &'static str, text: Option<&str>) -> Result<Option<Date>, AppError> {
    let Some(text) = text else { return Ok(None) };
    let form = |_| FieldError::new(field, Rule::Format).with("expected", "a day, as 2026-03-01");
    let day: Date = text.trim().parse().map_err(form).map_err(AppError::field)?;
    let years = limits::CONTRACT_YEARS;
    if years.contains(&day.year()) {
        return Ok(Some(day));
    }
    let error = FieldError::new(field, Rule::OutOfRange).with("min", format!("{}-01-01", years.start()));
    Err(AppError::field(error.with("max", format!("{}-12-31", years.end()))))
}

/// Facts of a customer on these days, the oldest first, after `after`.
pub async fn facts(
    app: &App,
    caller: &Caller,
    customer: TenantId,
    days: Days,
    after: Option<(Timestamp, FactId)>,
    limit: u32,
) -> Result<Vec<Fact>, AppError> {
    let mut tx = app.store.read(caller).await?;
    let permit = of(&mut tx, customer).await?;
    let facts = tx.facts(&permit, days, after, limit).await?;
    tx.finish().await?;
    Ok(facts)
}

/// Who sold to a customer on which of these days: since it exists, and until today, where
/// nothing is said.
pub async fn sellers(
    app: &App,
    caller: &Caller,
    customer: TenantId,
    days: Days,
) -> Result<Vec<Span>, AppError> {
    let mut tx = app.store.read(caller).await?;
    let permit = of(&mut tx, customer).await?;
    let zone = time_zone(&permit.tenant.time_zone).unwrap_or(TimeZone::UTC);
    let today = local_date(tx.now(), &zone);
    let first = days.from.unwrap_or_else(|| local_date(permit.tenant.created_at, &zone));
    let spans = tx.spans(&permit, (first, days.to.unwrap_or(today).max(first))).await?;
    tx.finish().await?;
    Ok(spans)
}

async fn of(tx: &mut ReadTx<'_>, customer: TenantId) -> Result<Permit<act::TenantRead>, AppError> {
    let tenant = tx.tenant(customer).await?;
    if tenant.kind != TenantKind::Customer {
        return Err(AppError::NotFound("customer"));
    }
    Ok(tx.permit::<act::TenantRead>(&tenant)?)
}
