//! Rules for passwords: what a tenant sets, and what holds for its people.

use domain::{id::TenantId, password::Rules};
use store::{
    Caller,
    password_rules::PasswordRules,
    tx::{Cause, act},
};

use crate::{App, AppError};

/// What a tenant says, and what holds above it.
pub async fn show(app: &App, caller: &Caller, tenant: TenantId) -> Result<PasswordRules, AppError> {
    let mut tx = app.store.read(caller).await?;
    let tenant = tx.tenant(tenant).await?;
    let permit = tx.permit::<act::TenantRead>(&tenant)?;
    let rules = tx.password_rules(&permit).await?;
    tx.finish().await?;
    Ok(rules)
}

/// Sets the rules of a tenant, or takes them away (`None`): none may be less than
/// those above. Those below stay as they are; what holds for people is the
/// strictest on the way up.
pub async fn set(
    app: &App,
    caller: &Caller,
    tenant: TenantId,
    rules: Option<Rules>,
    cause: &Cause,
) -> Result<(), AppError> {
    let mut tx = app.store.write(caller).await?;
    let tenant = tx.tenant(tenant).await?;
    let permit = match tx.permit::<act::TenantUpdate>(&tenant) {
        Ok(permit) => permit,
        Err(error) => {
            drop(tx);
            return Err(app.note_denied(caller, tenant.id, error.into(), cause).await);
        }
    };
    let before = tx.lock_password_rules(&permit).await?;
    if let Some(rules) = &rules {
        rules.check(&before.above).map_err(AppError::Invalid)?;
    }
    tx.set_password_rules(&permit, before.own.as_ref(), rules.as_ref()).await?;
    tx.commit(cause).await?;
    Ok(())
}
