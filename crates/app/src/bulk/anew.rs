//! Previews that are planned anew because the directory said something else of their names.

use std::sync::Arc;

use domain::id::BulkId;
use store::{Caller, tx::Cause};
use tokio::sync::OwnedSemaphorePermit;

use super::{file, run::with_causes};
use crate::{App, AppError, error::Conflict};

/// Plans anew what waits for it; gives whether there may be more. What fails for the moment is left for the next time,
/// and its error is given when all had their turn.
pub async fn work(app: &App) -> Result<bool, AppError> {
    let (mut more, mut failed) = (false, None);
    for (bulk, caller) in app.store.errands(false).await? {
        // Whoever had it shown is not there any more.
        let Some(caller) = caller else {
            app.store.leave_preview(bulk).await?;
            continue;
        };
        // Somebody who brings a file goes first.
        let Ok(turn) = Arc::clone(&app.imports).try_acquire_owned() else { return Ok(false) };
        match plan(&turn, app, &caller, bulk).await {
            Ok(done) => more |= done,
            Err(
                error @ (AppError::Unavailable(_)
                | AppError::Full(_)
                | AppError::Busy
                | AppError::Conflict(Conflict::Contended)),
            ) => failed = Some(error),
            // It cannot be shown anew, and stays as it was shown, without what the directory says.
            Err(error) => {
                tracing::warn!(%bulk, error = %with_causes(&error), "a preview is not planned anew");
                app.store.leave_preview(bulk).await?;
            }
        }
    }
    failed.map_or(Ok(more), Err)
}

/// Shows anew what would come of a file; false where somebody else is at it, or was.
async fn plan(turn: &OwnedSemaphorePermit, app: &App, caller: &Caller, id: BulkId) -> Result<bool, AppError> {
    let mut tx = app.store.write(caller).await?;
    let Some(taken) = tx.take_differing(id).await? else { return Ok(false) };
    file::remap_locked(turn, app, (caller, tx), taken, (None, None, None), &Cause::default()).await?;
    Ok(true)
}
