//! What the operator of a directory decides: whether anything is sent to it, and whom
//! it is for.

use domain::{
    field::{FieldError, Rule},
    id::TenantId,
};
use store::{
    Caller, StoreError,
    tx::{Cause, Permit, WriteTx, act},
};

pub use store::directories::ModeChange;

use crate::{App, AppError, error::Conflict};

/// What may change of a directory.
#[derive(Debug, Clone, Default)]
pub struct DirectoryChange {
    /// Whether anything is sent to it.
    pub modes: ModeChange,
    /// Whom it is for alone, by code or id; inner `None` shares it with everybody.
    pub dedicated_to: Option<Option<String>>,
}

/// Changes a directory, if `version` is still the present one.
pub async fn change(
    app: &App,
    caller: &Caller,
    code: &str,
    version: i64,
    change: DirectoryChange,
    cause: &Cause,
) -> Result<(), AppError> {
    let mut tx = app.store.write(caller).await?;
    let (target, owner) = tx.directory_owner(code).await?;
    let permit = match manager(&mut tx, owner).await {
        Ok(permit) => permit,
        Err(error) => {
            drop(tx);
            return Err(app.note_denied(caller, owner, error, cause).await);
        }
    };
    let mut changed = tx.change_modes(&permit, target, version, change.modes).await? != version;
    if let Some(to) = &change.dedicated_to {
        let dedicated = tx.is_dedicated(target).await?;
        let to = match to {
            Some(named) => Some(dedicatee(&mut tx, named).await?),
            // Shared directories are the provider's.
            None => None,
        };
        let receiver = to.unwrap_or(permit.tenant.path[0]);
        let receives = match manager(&mut tx, receiver).await {
            Ok(permit) => permit,
            Err(error) => {
                drop(tx);
                return Err(app.note_denied(caller, receiver, error, cause).await);
            }
        };
        if !tx.dedicate(&permit, to.map(|_| &receives), target, dedicated).await? {
            return Err(AppError::Conflict(Conflict::DirectoryInUse));
        }
        changed = true;
    }
    if changed {
        tx.commit(cause).await?;
    }
    Ok(())
}

async fn manager(tx: &mut WriteTx<'_>, id: TenantId) -> Result<Permit<act::DirectoryManage>, AppError> {
    let tenant = tx.tenant(id).await?;
    Ok(tx.permit::<act::DirectoryManage>(&tenant)?)
}

/// The tenant somebody named.
async fn dedicatee(tx: &mut WriteTx<'_>, named: &str) -> Result<TenantId, AppError> {
    let named = named.trim();
    let found = match named.parse::<TenantId>() {
        Ok(id) => tx.tenant(id).await,
        Err(_) => tx.tenant_by_code(named).await,
    };
    match found {
        Ok(tenant) => Ok(tenant.id),
        Err(StoreError::NotFound(_)) => {
            Err(AppError::field(FieldError::new("dedicated_to", Rule::Unknown).with("value", named)))
        }
        Err(error) => Err(error.into()),
    }
}
