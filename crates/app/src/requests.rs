//! Requests: retry what failed.

use domain::id::RequestId;
use store::{
    Caller,
    requests::Request,
    tx::{Cause, act},
};

use crate::{App, AppError};

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
