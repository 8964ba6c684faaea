//! The way back: what a bulk change made is removed, what it changed goes back, unless somebody
//! changed it since. It is a bulk change of its own, shown before it is done.

use domain::{
    bulk::{Act, BulkKind, BulkState, Change, LINK, Options, RowState},
    id::BulkId,
    limits,
};
use store::{
    Caller,
    bulk::{Key, NewBulk},
    tx::Cause,
};

use super::{
    Ask, Shown,
    file::to_json,
    get,
    plan::{Planned, Reading, What, Wish, plan},
};
use crate::{App, AppError, error::Conflict, users::home};

/// Shows what taking a bulk change back would come to.
pub async fn undo(app: &App, caller: &Caller, id: BulkId, cause: &Cause) -> Result<Shown, AppError> {
    let mut tx = app.store.write(caller).await?;
    let (bulk, tenant) = tx.lock_bulk(id).await?;
    let permit = match tx.permit_ordinary(&tenant) {
        Ok(permit) => permit,
        Err(error) => {
            drop(tx);
            return Err(app.note_denied(caller, tenant.id, error.into(), cause).await);
        }
    };
    if !matches!(bulk.state, BulkState::Done | BulkState::Cancelled | BulkState::Paused) {
        return Err(AppError::Conflict(Conflict::BulkState));
    }
    if bulk.undone_by.is_some() {
        return Err(AppError::Conflict(Conflict::NotUndoable));
    }
    let most = u32::try_from(limits::BULK_ROWS * 2).unwrap_or(u32::MAX);
    let done = tx.bulk_rows(&bulk, (&[], Some(RowState::Done)), None, most).await?;
    // The last first: who manages somebody goes after those who are managed.
    let wishes: Vec<_> = done
        .into_iter()
        .filter(|row| row.user.is_some())
        .filter_map(|row| {
            let what = match row.act {
                Act::Create => What::Remove,
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
            Some(Wish { line: row.line, what, user: row.user, ..Wish::default() })
        })
        .collect();
    if wishes.is_empty() {
        return Err(AppError::Conflict(Conflict::NotUndoable));
    }
    let read = tx.permit_people(&tenant)?;
    let plans = tx.plans(&tenant.currency).await?;
    let home = home(&mut tx, &tenant, &plans, true).await?;
    let options = Options { create: false, ..Options::default() };
    let reading = Reading { options: &options, key: Key::PrincipalName, whole: true };
    let Planned { rows, foreseen } = plan(&mut tx, &read, &home, &reading, wishes).await?;
    let ask = Ask { options: options.clone(), deed: None, mapping: None, file: None };
    let id: BulkId = tx.id();
    let new = NewBulk {
        id,
        kind: BulkKind::Undo,
        title: bulk.title.clone(),
        ask: to_json(&ask)?,
        state: BulkState::Previewed,
        foreseen: to_json(&foreseen)?,
        undoes: Some(bulk.id),
    };
    tx.insert_bulk(&permit, &new, &rows).await?;
    tx.commit(cause).await?;
    get(app, caller, id).await
}
