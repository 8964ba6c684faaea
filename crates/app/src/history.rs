//! What happened to somebody.

use domain::id::{EventId, UserId};
use store::{Caller, history::Happened};

use crate::{App, AppError};

/// What happened to a person, the newest first, before `before`: for whoever may read the account.
pub async fn of_user(
    app: &App,
    caller: &Caller,
    id: UserId,
    before: Option<EventId>,
    limit: u32,
) -> Result<Vec<Happened>, AppError> {
    let mut tx = app.store.read(caller).await?;
    let user = tx.user(id).await?;
    let tenant = tx.tenant(user.tenant).await?;
    let all = tx.history(&tenant, &user, before, limit).await?;
    tx.finish().await?;
    Ok(all)
}
