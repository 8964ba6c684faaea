//! The way back: what a bulk change made is removed, what it changed goes back, unless somebody
//! changed it since, whom it removed is there again, and whom it moved comes back. It is a bulk change
//! of its own, shown before it is done.

use std::collections::HashSet;

use domain::{
    bulk::{Act, BulkKind, BulkState, Change, Deed, LINK, Options},
    id::BulkId,
    limits,
};
use store::{
    Caller,
    bulk::{Bulk, DoneRow, Key, NewBulk, PackedRow},
    tx::{Cause, TenantRef, WriteTx},
};

use super::{
    Ask, Shown,
    file::to_json,
    get, moves,
    plan::{Planned, Reading, What, Wish, plan},
};
use crate::{App, AppError, error::Conflict, users, users::home};

/// Shows what taking a bulk change back would come to. People who were moved are where they went by
/// now, so their way back is a bulk change of that customer.
pub async fn undo(app: &App, caller: &Caller, id: BulkId, cause: &Cause) -> Result<Shown, AppError> {
    let mut tx = app.store.write(caller).await?;
    let (bulk, tenant) = tx.lock_bulk(id).await?;
    let back = match back(&mut tx, &bulk, &tenant, None).await {
        Ok(back) => back,
        Err(error) => {
            drop(tx);
            return Err(app.note_denied(caller, tenant.id, error, cause).await);
        }
    };
    tx.commit(cause).await?;
    get(app, caller, back).await
}

/// The way back of a bulk change that was locked, as it is kept.
pub(super) async fn back(
    tx: &mut WriteTx<'_>,
    bulk: &Bulk,
    tenant: &TenantRef,
    series: Option<BulkId>,
) -> Result<BulkId, AppError> {
    tx.permit_ordinary(tenant)?;
    if !matches!(bulk.state, BulkState::Done | BulkState::Cancelled | BulkState::Paused) {
        return Err(AppError::Conflict(Conflict::BulkState));
    }
    if bulk.undone_by.is_some() {
        return Err(AppError::Conflict(Conflict::NotUndoable));
    }
    let wishes: Vec<_> = tx.bulk_rows_done(bulk).await?.into_iter().filter_map(wish).collect();
    if wishes.is_empty() {
        return Err(AppError::Conflict(Conflict::NotUndoable));
    }
    let ask: Ask = serde_json::from_value(bulk.ask.clone()).map_err(|e| AppError::Internal(Box::new(e)))?;
    // Where they are, and where they go if they go anywhere.
    let (here, to) = match ask.deed {
        Some(Deed::Move(code)) => {
            let here = users::customer(tx, &code).await?;
            let to = moves::destination(tx, &here, &tenant.code).await?;
            (here, Some(to))
        }
        _ => (tenant.clone(), None),
    };
    let permit = tx.permit_ordinary(&here)?;
    let read = tx.permit_people(&here)?;
    let plans = tx.plans(&here.currency).await?;
    let home = home(tx, &here, &plans, true).await?;
    let options = Options { create: false, ..Options::default() };
    let Planned { mut rows, foreseen, .. } = match &to {
        Some(to) => moves::plan(tx, &read, &home, to, wishes).await?,
        None => {
            let reading = Reading {
                options: &options,
                key: Key::PrincipalName,
                whole: true,
                managers: false,
                passwords: None,
            };
            plan(tx, &read, &home, &reading, wishes.into_iter(), HashSet::new()).await?
        }
    };
    last_first(&mut rows);
    let deed = to.map(|to| Deed::Move(to.code));
    let ask = Ask { options, deed, mapping: None, file: None };
    let id: BulkId = tx.id();
    let new = NewBulk {
        id,
        kind: BulkKind::Undo,
        title: bulk.title.clone(),
        ask: to_json(&ask)?,
        state: BulkState::Previewed,
        foreseen: to_json(&foreseen)?,
        undoes: Some(bulk.id),
        series,
        problem: Vec::new(),
    };
    tx.insert_bulk(&permit, &new, &rows).await?;
    Ok(id)
}

/// What takes a row back that was done; none for one that cannot be taken back.
fn wish(row: DoneRow) -> Option<Wish> {
    let what = match row.act {
        Act::Create | Act::Restore => What::Remove,
        Act::Remove => What::Restore,
        Act::Move => What::Back(moves::back(&row.changes)),
        Act::Update => {
            let back: Vec<_> =
                row.changes.iter().filter(|change| change.field != LINK).map(Change::back).collect();
            if back.is_empty() {
                return None;
            }
            What::Back(back)
        }
        _ => return None,
    };
    Some(Wish { line: row.line, what, user: Some(row.user), ..Wish::default() })
}

/// Whom somebody managed is restored before the manager, who was removed before them: in parts, the
/// last of them first.
fn last_first(rows: &mut [PackedRow]) {
    let last = rows.len();
    for (at, row) in rows.iter_mut().enumerate().filter(|(_, row)| row.act == Act::Restore) {
        row.turn =
            i32::try_from((last - 1 - at) / usize::try_from(limits::BULK_AT_ONCE).unwrap_or(1)).unwrap_or(0);
    }
}
