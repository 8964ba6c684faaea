//! Moving a customer from one directory to another: look first, begin, take back.

use domain::{
    field::{FieldError, Rule},
    id::{TargetId, TenantId, UserId},
    limits,
    request::Lane,
    tenant::TenantKind,
};
use serde_json::json;
use store::{
    Caller,
    directory_moves::{DirectoryMove, MoveLink, MovePhase, MovePreview},
    tx::{Cause, Permit, ReadTx, TenantRef, act},
};

use crate::{App, AppError, error::Conflict, placement::refused, settings};

/// The two directories of a move.
struct Way {
    from: (TargetId, String),
    to: (TargetId, String),
}

/// What moving the customer into a directory would mean; changes nothing.
pub async fn preview(
    app: &App,
    caller: &Caller,
    customer: TenantId,
    directory: &str,
) -> Result<MovePreview, AppError> {
    let mut tx = app.read(caller).await?;
    let tenant = find(&mut tx, customer).await?;
    let permit = tx.permit::<act::DirectoryManage>(&tenant)?;
    let way = way(&mut tx, &tenant, directory).await?;
    let preview = tx.preview_directory_move(&permit, way.from.0, way.to.0).await?;
    tx.finish().await?;
    Ok(preview)
}

/// Begins to move the customer: everything is made and verified in the other directory,
/// then its people live there, and for `grace_days` (a month when not given) it can be
/// taken back with the same old accounts.
pub async fn begin(
    app: &App,
    caller: &Caller,
    customer: TenantId,
    directory: &str,
    grace_days: Option<u32>,
    cause: &Cause,
) -> Result<(), AppError> {
    let mut tx = app.store.write(caller).await?;
    let tenant = find(&mut tx, customer).await?;
    let permit = match tx.permit::<act::DirectoryManage>(&tenant) {
        Ok(permit) => permit,
        Err(error) => {
            drop(tx);
            return Err(app.note_denied(caller, customer, error.into(), cause).await);
        }
    };
    let days = settings::grace_days(&mut tx, &tenant, grace_days.map(i64::from)).await?;
    let days = u32::try_from(days).unwrap_or(limits::GRACE_DAYS_DEFAULT);
    let way = way(&mut tx, &tenant, directory).await?;
    let args = json!({ "name": tenant.name, "from": way.from.1, "to": way.to.1 });
    tx.open_request(customer, "directory_move", args, Lane::Bulk);
    let codes = (way.from.1.as_str(), way.to.1.as_str());
    if let Some(why) = tx.begin_directory_move(&permit, (way.from.0, way.to.0), codes, days).await? {
        return Err(refused(why));
    }
    tx.commit(cause).await?;
    Ok(())
}

/// Takes a move back: while it is prepared nothing of it stays; in its grace the people
/// go back to the accounts they had.
pub async fn take_back(
    app: &App,
    caller: &Caller,
    customer: TenantId,
    cause: &Cause,
) -> Result<(), AppError> {
    let mut tx = app.store.write(caller).await?;
    let tenant = find(&mut tx, customer).await?;
    let permit = match tx.permit::<act::DirectoryManage>(&tenant) {
        Ok(permit) => permit,
        Err(error) => {
            drop(tx);
            return Err(app.note_denied(caller, customer, error.into(), cause).await);
        }
    };
    let of = tx.directory_move(customer).await?.ok_or(AppError::NotFound("move between directories"))?;
    match of.phase {
        MovePhase::Preparing => {}
        MovePhase::Grace if of.purge_at.is_some_and(|at| at > tx.now()) => {}
        // Taking it back twice is taking it back once.
        MovePhase::Cancelled | MovePhase::Returning | MovePhase::Returned => return Ok(()),
        MovePhase::Grace | MovePhase::Done => return Err(AppError::Conflict(Conflict::MoveOver)),
    }
    let args = json!({ "name": tenant.name, "from": of.to, "to": of.from });
    tx.open_request(customer, "directory_move_back", args, Lane::Bulk);
    tx.take_back_directory_move(&permit, &of).await?;
    tx.commit(cause).await?;
    Ok(())
}

/// How far the last move of a customer is.
pub async fn show(app: &App, caller: &Caller, customer: TenantId) -> Result<DirectoryMove, AppError> {
    let mut tx = app.read(caller).await?;
    let (_, _, of) = last(&mut tx, customer).await?;
    tx.finish().await?;
    Ok(of)
}

/// The one-time links people got with the last move and did not use yet.
pub async fn links(
    app: &App,
    caller: &Caller,
    customer: TenantId,
    after: Option<(&str, UserId)>,
    limit: u32,
) -> Result<Vec<(String, MoveLink)>, AppError> {
    let mut tx = app.read(caller).await?;
    let (tenant, _, of) = last(&mut tx, customer).await?;
    let permit = tx.permit_people(&tenant)?;
    let links = tx.move_links(&permit, &of, after, limit).await?;
    tx.finish().await?;
    Ok(links)
}

async fn last(
    tx: &mut ReadTx<'_>,
    customer: TenantId,
) -> Result<(TenantRef, Permit<act::TenantRead>, DirectoryMove), AppError> {
    let tenant = find(tx, customer).await?;
    let permit = tx.permit::<act::TenantRead>(&tenant)?;
    let of = tx.directory_move(customer).await?.ok_or(AppError::NotFound("move between directories"))?;
    Ok((tenant, permit, of))
}

async fn find(tx: &mut ReadTx<'_>, customer: TenantId) -> Result<TenantRef, AppError> {
    let tenant = tx.tenant(customer).await?;
    if tenant.kind == TenantKind::Customer { Ok(tenant) } else { Err(AppError::NotFound("customer")) }
}

/// Where it goes, if it can go there now.
async fn way(tx: &mut ReadTx<'_>, tenant: &TenantRef, directory: &str) -> Result<Way, AppError> {
    let directory = directory.trim();
    if directory.is_empty() {
        return Err(AppError::field(FieldError::new("directory", Rule::Required)));
    }
    let from = tenant.target.ok_or(AppError::NotFound("directory"))?;
    let seller = tenant.path.len().checked_sub(2).and_then(|above| tenant.path.get(above));
    let seller = *seller.ok_or(AppError::NotFound("seller"))?;
    let all = tx.placements(seller).await?;
    let code = |id| all.iter().find(|p| p.target == id).map(|p| p.code.clone()).unwrap_or_default();
    let Some(to) = all.iter().find(|p| p.code == directory) else {
        let known: Vec<_> = all.iter().map(|p| p.code.as_str()).collect();
        let error = FieldError::new("directory", Rule::Unknown).with("value", directory);
        return Err(AppError::field(error.with("known", known.join(", "))));
    };
    if let Some(open) = tx.directory_move(tenant.id).await?.filter(|of| of.ended_at.is_none()) {
        let over = open.phase == MovePhase::Grace && open.purge_at.is_some_and(|at| at <= tx.now());
        return Err(AppError::Conflict(if over { Conflict::MoveOver } else { Conflict::MoveOpen }));
    }
    if to.target == from {
        return Err(AppError::field(FieldError::new("directory", Rule::Duplicate).with("value", directory)));
    }
    if let Some(why) = tx.placement_obstacle(seller, to.target, Some(tenant.id)).await? {
        return Err(refused(why));
    }
    if tx.is_read_only(to.target).await? {
        return Err(AppError::Conflict(Conflict::DirectoryReadOnly));
    }
    Ok(Way { from: (from, code(from)), to: (to.target, to.code.clone()) })
}
