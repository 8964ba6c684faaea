//! Tenants' life: suspend and resume, close and restore, move to another seller.
//! Each is one request, however many accounts it reaches.

use domain::{
    fact,
    field::{FieldError, Rule},
    id::{RequestId, TenantId},
    limits,
    request::Lane,
    tenant::{Status, TenantKind},
};
use jiff::{SignedDuration, ToSpan as _, civil::Date, tz::TimeZone};
use serde_json::json;
use store::{
    Caller, StoreError,
    life::{Closing, MoveObstacle, PutsBelow},
    tx::{Action, Cause, Permit, TenantRef, WriteTx, act},
};

use crate::{App, AppError, error::Conflict, settings};

/// Suspends or resumes a tenant: while suspended nothing of it or below it can be
/// changed, nobody of it signs in, and its accounts are disabled in their directory.
/// Gives the request, if accounts change.
pub async fn set_status(
    app: &App,
    caller: &Caller,
    id: TenantId,
    status: Status,
    cause: &Cause,
) -> Result<Option<RequestId>, AppError> {
    let mut tx = app.store.write(caller).await?;
    let (tenant, permit) = permitted::<act::TenantSuspend>(app, caller, &mut tx, id, cause).await?;
    if tenant.status == Status::Closed {
        return Err(AppError::Conflict(Conflict::Closed));
    }
    if tx.set_status(&permit, status).await? == tenant.version {
        return Ok(None);
    }
    let kind = if status == Status::Suspended { "tenant_suspend" } else { "tenant_resume" };
    tx.open_request(id, kind, json!({ "name": tenant.name }), Lane::Bulk);
    let accounts = tx.settle_accounts(id).await?;
    let request = tx.request_of(accounts);
    tx.commit(cause).await?;
    Ok(request)
}

/// The tenant, and that the caller may do `A` to it; an attempt that is not allowed is noted.
async fn permitted<A: Action>(
    app: &App,
    caller: &Caller,
    tx: &mut WriteTx<'_>,
    id: TenantId,
    cause: &Cause,
) -> Result<(TenantRef, Permit<A>), AppError> {
    let tenant = tx.tenant(id).await?;
    match tx.permit::<A>(&tenant) {
        Ok(permit) => Ok((tenant, permit)),
        Err(error) => Err(app.note_denied(caller, id, error.into(), cause).await),
    }
}

/// Closes a customer, or a reseller below which nothing is open: it is served no more
/// and billed no more, and can be restored for `grace_days`, a month when not given.
/// Closing again with the same grace changes nothing.
pub async fn close(
    app: &App,
    caller: &Caller,
    id: TenantId,
    grace_days: Option<u32>,
    cause: &Cause,
) -> Result<Option<RequestId>, AppError> {
    let mut tx = app.store.write(caller).await?;
    let (tenant, permit) = permitted::<act::TenantClose>(app, caller, &mut tx, id, cause).await?;
    let days = settings::grace_days(&mut tx, &tenant, grace_days.map(i64::from)).await?;
    let grace = SignedDuration::from_hours(24 * days);
    if let Some(closing) = tx.closing(id).await? {
        let same = grace_days.is_none() || closing.closed_at + grace == closing.purge_at;
        return if same { Ok(None) } else { Err(AppError::Conflict(Conflict::Closed)) };
    }
    if tenant.kind == TenantKind::Reseller {
        tx.lock_tree().await?;
        if tx.open_below(id).await? > 0 {
            return Err(AppError::Conflict(Conflict::OpenBelow));
        }
    }
    tx.open_request(id, "tenant_close", json!({ "name": tenant.name, "grace_days": days }), Lane::Bulk);
    let purge_at = tx.now() + grace;
    if !tx.close_tenant(&permit, purge_at).await? {
        return Ok(None);
    }
    let accounts = tx.settle_accounts(id).await?;
    let request = tx.request_of(accounts);
    tx.commit(cause).await?;
    Ok(request)
}

/// Opens a closed tenant again, as long as its grace lasts: the same accounts, and what
/// it subscribed to begins again. Restoring what is not closed changes nothing.
pub async fn restore(
    app: &App,
    caller: &Caller,
    id: TenantId,
    cause: &Cause,
) -> Result<Option<RequestId>, AppError> {
    let mut tx = app.store.write(caller).await?;
    let (tenant, permit) = permitted::<act::TenantClose>(app, caller, &mut tx, id, cause).await?;
    // Who closes a seller above has the tree alone.
    tx.share_tree().await?;
    let Some(closing) = tx.closing(id).await? else { return Ok(None) };
    if closing.purged || closing.purge_at <= tx.now() {
        return Err(AppError::Conflict(Conflict::GraceOver));
    }
    if tx.is_closed_above(id).await? {
        return Err(AppError::Conflict(Conflict::ClosedAbove));
    }
    tx.open_request(id, "tenant_restore", json!({ "name": tenant.name }), Lane::Bulk);
    let begun = reopen(&mut tx, &permit, &closing).await?;
    let accounts = tx.settle_accounts(id).await?;
    // What its services say may have changed while it had none.
    let served = settle_served(&mut tx, id, None).await?;
    let request = tx.request_of(begun + accounts + served);
    tx.commit(cause).await?;
    Ok(request)
}

/// Makes the accounts of all people of a customer what their services say, or only those
/// services whose templates hold something, within the opened request; gives how many change.
pub(crate) async fn settle_served(
    tx: &mut WriteTx<'_>,
    customer: TenantId,
    holding: Option<&str>,
) -> Result<i64, AppError> {
    let (people, services) = tx.served(customer, holding).await?;
    tx.lock_services(&services, false).await?;
    Ok(i64::try_from(tx.settle_people(&people).await?).unwrap_or(i64::MAX))
}

async fn reopen(
    tx: &mut WriteTx<'_>,
    permit: &Permit<act::TenantClose>,
    closing: &Closing,
) -> Result<i64, AppError> {
    tx.restore_tenant(permit, closing).await.map_err(|error| match error {
        // The sweep was faster.
        StoreError::Conflict(_) => AppError::Conflict(Conflict::GraceOver),
        other => other.into(),
    })
}

/// What became of a wish to move.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// The new seller's first day, on the tenant's own calendar.
    pub day: Date,
    /// It takes effect later, on that day.
    pub planned: bool,
    /// The request, if objects change now.
    pub request: Option<RequestId>,
}

/// Moves a tenant below another seller, with effect from a day of its own calendar:
/// today when none is given. A move that was planned before does not take place. Moving
/// it to where it is only takes such a plan back.
pub async fn transfer(
    app: &App,
    caller: &Caller,
    id: TenantId,
    parent: &str,
    day: Option<&str>,
    cause: &Cause,
) -> Result<Moved, AppError> {
    let mut tx = app.store.write(caller).await?;
    let (tenant, permit) = permitted::<act::TenantMove>(app, caller, &mut tx, id, cause).await?;
    let zone = fact::time_zone(&tenant.time_zone).ok_or(AppError::NotFound("time zone"))?;
    let today = fact::local_date(tx.now(), &zone);
    let day = first_day(day, today)?;
    let seller = seller(&mut tx, parent).await?;
    let wish = Wish { tenant: &tenant, permit: &permit, day, zone, planned: day > today };
    let moved = match tenant.kind {
        TenantKind::Reseller => below::<act::ResellerCreate>(&mut tx, &seller, &wish).await,
        _ => below::<act::OrderCreate>(&mut tx, &seller, &wish).await,
    };
    match moved {
        Err(error @ AppError::Forbidden(_)) => {
            drop(tx);
            Err(app.note_denied(caller, seller.id, error, cause).await)
        }
        Err(error) => Err(error),
        Ok(moved) => {
            tx.commit(cause).await?;
            Ok(moved)
        }
    }
}

/// Takes a planned move back; false when there was none.
pub async fn cancel_planned_move(
    app: &App,
    caller: &Caller,
    id: TenantId,
    cause: &Cause,
) -> Result<bool, AppError> {
    let mut tx = app.store.write(caller).await?;
    let (_, permit) = permitted::<act::TenantMove>(app, caller, &mut tx, id, cause).await?;
    let cancelled = tx.cancel_planned_move(&permit).await?;
    if cancelled {
        tx.commit(cause).await?;
    }
    Ok(cancelled)
}

struct Wish<'a> {
    tenant: &'a TenantRef,
    permit: &'a Permit<act::TenantMove>,
    day: Date,
    zone: TimeZone,
    planned: bool,
}

async fn below<A: PutsBelow>(
    tx: &mut WriteTx<'_>,
    seller: &TenantRef,
    wish: &Wish<'_>,
) -> Result<Moved, AppError> {
    let moved = |request| Moved { day: wish.day, planned: wish.planned, request };
    tx.lock_tree().await?;
    let obstacle = tx.move_obstacle(wish.tenant.id, seller.id).await?;
    if obstacle == Some(MoveObstacle::AlreadyThere) {
        tx.cancel_planned_move(wish.permit).await?;
        return Ok(Moved { planned: false, ..moved(None) });
    }
    let receives = tx.permit::<A>(seller)?;
    if let Some(obstacle) = obstacle {
        return Err(refused(obstacle));
    }
    tx.check_move_quotas(wish.tenant.id, seller.id).await?;
    if wish.planned {
        let midnight = wish.day.to_zoned(wish.zone.clone()).map_err(|_| AppError::field(out_of_range()))?;
        tx.plan_move(wish.permit, &receives, wish.day, midnight.timestamp()).await?;
        return Ok(moved(None));
    }
    tx.cancel_planned_move(wish.permit).await?;
    let args = json!({ "name": wish.tenant.name, "seller": seller.name });
    tx.open_request(wish.tenant.id, "tenant_move", args, Lane::Interactive);
    let objects = tx.move_tenant(wish.permit, &receives, wish.day).await?;
    Ok(moved(tx.request_of(objects)))
}

fn out_of_range() -> FieldError {
    FieldError::new("day", Rule::OutOfRange)
}

/// The day as somebody typed it: today or later, not so late that it is a mistake.
fn first_day(text: Option<&str>, today: Date) -> Result<Date, AppError> {
    let Some(text) = text.map(str::trim).filter(|t| !t.is_empty()) else { return Ok(today) };
    let form = || FieldError::new("day", Rule::Format).with("expected", "a day, as 2026-03-01");
    let day: Date = text.parse().map_err(|_| AppError::field(form()))?;
    let last = today.saturating_add(limits::MOVE_DAYS.days());
    if (today..=last).contains(&day) {
        return Ok(day);
    }
    Err(AppError::field(out_of_range().with("min", today).with("max", last)))
}

/// The new seller, by code or id.
async fn seller(tx: &mut WriteTx<'_>, text: &str) -> Result<TenantRef, AppError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(AppError::field(FieldError::new("seller", Rule::Required)));
    }
    let found = match text.parse::<TenantId>() {
        Ok(id) => tx.tenant(id).await,
        Err(_) => tx.tenant_by_code(text).await,
    };
    found.map_err(|error| match error {
        StoreError::NotFound(_) => {
            AppError::field(FieldError::new("seller", Rule::Unknown).with("value", text))
        }
        other => other.into(),
    })
}

fn refused(obstacle: MoveObstacle) -> AppError {
    match obstacle {
        MoveObstacle::NotASeller => {
            let error = FieldError::new("seller", Rule::Format);
            AppError::field(error.with("expected", "a provider or reseller"))
        }
        MoveObstacle::TooDeep => {
            AppError::field(FieldError::new("seller", Rule::OutOfRange).with("max", limits::TENANT_DEPTH))
        }
        MoveObstacle::AlreadyThere | MoveObstacle::BelowItself => AppError::Conflict(Conflict::BelowItself),
        MoveObstacle::Closed => AppError::Conflict(Conflict::Closed),
        MoveObstacle::NotPlaced => AppError::Conflict(Conflict::DirectoryNotAllowed),
        MoveObstacle::PlansOfSeller => AppError::Conflict(Conflict::PlansOfSeller),
    }
}
