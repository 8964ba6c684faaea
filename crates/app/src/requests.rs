//! Requests: retry what failed, undo what can be undone.

use domain::id::RequestId;
use store::{
    Caller,
    requests::Request,
    tx::{Cause, act},
};

use crate::{App, AppError, error::Conflict, properties, upgrades};

/// Runs the failed part of a request again; gives the request as it is now.
pub async fn retry(app: &App, caller: &Caller, id: RequestId, cause: &Cause) -> Result<Request, AppError> {
    let mut tx = app.store.write(caller).await?;
    let request = tx.request(id).await?;
    let tenant = tx.tenant(request.tenant).await?;
    let permit = match tx.permit::<act::RequestRetry>(&tenant) {
        Ok(permit) => permit,
        Err(error) => {
            drop(tx);
            return Err(app.note_denied(caller, tenant.id, error.into(), cause).await);
        }
    };
    tx.retry(&permit, &request).await?;
    let after = tx.request(id).await?;
    tx.commit(cause).await?;
    Ok(after)
}

/// Undoes what a request did, by one more request: properties are said as before, and
/// subscriptions get their former versions back. The request made can be undone, too.
pub async fn undo(
    app: &App,
    caller: &Caller,
    id: RequestId,
    cause: &Cause,
) -> Result<Option<RequestId>, AppError> {
    let mut tx = app.store.write(caller).await?;
    let request = tx.request(id).await?;
    let tenant = tx.tenant(request.tenant).await?;
    // What somebody said for a person they manage, they may take back, as they may say it.
    let person = request.args["user"].as_str().and_then(|id| id.parse().ok());
    let own = person.filter(|_| request.actor == Some(caller.user()));
    let all = tx.permit::<act::CatalogueManage>(&tenant).map(drop);
    let manages = all.is_ok();
    let permit = match own {
        Some(user) => tx.account::<act::UserUpdate>(user).await.map(drop),
        None => all,
    };
    if let Err(error) = permit {
        drop(tx);
        return Err(app.note_denied(caller, tenant.id, error.into(), cause).await);
    }
    let undone = match request.kind.as_str() {
        "properties_set" | "properties_undo" => properties::undo(&mut tx, &request, manages).await?,
        "plan_upgrade" | "plan_upgrade_undo" => upgrades::undo(&mut tx, &request).await?,
        _ => return Err(AppError::Conflict(Conflict::NotUndoable)),
    };
    tx.commit(cause).await?;
    Ok(undone)
}
