//! What the operator of a directory decides: whether anything is sent to it.

use store::{
    Caller,
    tx::{Cause, act},
};

pub use store::directories::ModeChange;

use crate::{App, AppError};

/// Puts a directory into maintenance or makes it read-only, or ends that, if
/// `version` is still the present one.
pub async fn change_modes(
    app: &App,
    caller: &Caller,
    code: &str,
    version: i64,
    change: ModeChange,
    cause: &Cause,
) -> Result<(), AppError> {
    let mut tx = app.store.write(caller).await?;
    let (target, owner) = tx.directory_owner(code).await?;
    let tenant = tx.tenant(owner).await?;
    let permit = match tx.permit::<act::DirectoryManage>(&tenant) {
        Ok(permit) => permit,
        Err(error) => {
            drop(tx);
            return Err(app.note_denied(caller, owner, error.into(), cause).await);
        }
    };
    if tx.change_modes(&permit, target, version, change).await? != version {
        tx.commit(cause).await?;
    }
    Ok(())
}
