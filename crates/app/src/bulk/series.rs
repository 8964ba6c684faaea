//! The same done to people of several customers: a bulk change for each, shown, begun and taken back
//! together. Each customer has its own in its list, its log and its requests, and knows of no other.

use domain::{
    bulk::{BulkState, Deed},
    field::{FieldError, Rule},
    id::{BulkId, TenantId},
    limits,
};
use store::{
    Caller,
    bulk::Bulk,
    tx::{Cause, TenantRef, act},
    users::UserSearch,
};

use super::{Shown, Turn, deed::shown_for, follow, shown, turn, undo::back};
use crate::{App, AppError, error::Conflict};

/// Bulk changes that were asked for together.
#[derive(Debug, Clone)]
pub struct Series {
    /// Its id.
    pub id: BulkId,
    /// One for each customer, by their names.
    pub all: Vec<Shown>,
}

/// Shows what doing something to all people whom a filter matches would come to, in every customer
/// below a tenant whose people the caller may change; nothing happens.
pub async fn act_across(
    app: &App,
    caller: &Caller,
    below: TenantId,
    (deed, which): (Deed, UserSearch<'_>),
    cause: &Cause,
) -> Result<Series, AppError> {
    if deed == Deed::SendLink && app.mailing() == domain::mail::Mailing::Off {
        return Err(AppError::Conflict(Conflict::MailOff));
    }
    let mut tx = app.store.write(caller).await?;
    let top = tx.tenant(below).await?;
    let permit = match tx.permit::<act::TenantRead>(&top) {
        Ok(permit) => permit,
        Err(error) => {
            drop(tx);
            return Err(app.note_denied(caller, below, error.into(), cause).await);
        }
    };
    let most = i64::try_from(limits::BULK_CUSTOMERS).unwrap_or(i64::MAX);
    let customers = tx.customers_below(&permit, most + 1).await?;
    if customers.len() > limits::BULK_CUSTOMERS {
        let error = FieldError::new("below", Rule::TooMany).with("max", limits::BULK_CUSTOMERS);
        return Err(AppError::field(error));
    }
    let (id, mut left, mut some): (BulkId, _, _) = (tx.id(), limits::BULK_ROWS, false);
    for customer in customers {
        let tenant = tx.tenant(customer).await?;
        let Ok(permit) = tx.permit_ordinary(&tenant) else { continue };
        let read = tx.permit_people(&tenant)?;
        let people = tx.people_matching(&read, which, left + 1).await?;
        if people.is_empty() {
            continue;
        }
        let Some(rest) = left.checked_sub(people.len()) else {
            let error = FieldError::new("people", Rule::TooMany).with("max", limits::BULK_ROWS);
            return Err(AppError::field(error));
        };
        (left, some) = (rest, true);
        if let Err(error) = shown_for(&mut tx, &permit, deed.clone(), people, Some(id)).await {
            drop(tx);
            return Err(app.note_denied(caller, customer, error, cause).await);
        }
    }
    if !some {
        return Err(AppError::field(FieldError::new("people", Rule::Required)));
    }
    tx.commit(cause).await?;
    series(app, caller, id).await
}

/// What was asked for together, as far as the caller may change the people it is about.
pub async fn series(app: &App, caller: &Caller, id: BulkId) -> Result<Series, AppError> {
    let mut tx = app.store.read(caller).await?;
    let bulks = tx.bulk_series(id).await?;
    let ids: Vec<_> = bulks.iter().map(|(bulk, _)| bulk.id).collect();
    let mut counts = tx.bulk_counts(&ids).await?;
    tx.finish().await?;
    let one = |(bulk, tenant): (Bulk, TenantRef)| {
        let counts = counts.remove(&bulk.id).unwrap_or_default();
        shown(bulk, tenant, counts)
    };
    let mut all = bulks.into_iter().map(one).collect::<Result<Vec<_>, _>>()?;
    all.sort_by(|one, other| (&one.tenant.name, one.tenant.id).cmp(&(&other.tenant.name, other.tenant.id)));
    Ok(Series { id, all })
}

/// The same, with how far the directory is with each that waits or is over.
pub async fn followed_series(app: &App, caller: &Caller, id: BulkId) -> Result<Series, AppError> {
    let mut series = series(app, caller, id).await?;
    follow(app, caller, &mut series.all).await?;
    Ok(series)
}

/// What somebody does with all of a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum All {
    /// Begins each that was shown.
    Run,
    /// Lets each wait that runs.
    Pause,
    /// Goes on with each that waits.
    Resume,
    /// Ends each that is not over.
    Cancel,
}

/// Begins, pauses, goes on with or cancels each of a series of which that can be said.
pub async fn turn_all(
    app: &App,
    caller: &Caller,
    id: BulkId,
    what: All,
    cause: &Cause,
) -> Result<Series, AppError> {
    use BulkState as S;
    let mut some = false;
    for Shown { bulk, .. } in series(app, caller, id).await?.all {
        let one = match (what, bulk.state) {
            (All::Run, S::Previewed) => Turn::Run { version: bulk.version },
            (All::Pause, S::Running) => Turn::Pause,
            (All::Resume, S::Paused) => Turn::Resume,
            (All::Cancel, S::Previewed | S::Running | S::Paused) => Turn::Cancel,
            _ => continue,
        };
        match turn(app, caller, bulk.id, one, cause).await {
            Ok(_) => some = true,
            // It went on by itself meanwhile.
            Err(AppError::Conflict(Conflict::BulkState)) => {}
            Err(error) => return Err(error),
        }
    }
    if !some {
        return Err(AppError::Conflict(Conflict::BulkState));
    }
    series(app, caller, id).await
}

/// Shows what taking all of a series back would come to: what is over, and was not taken back.
pub async fn undo_all(app: &App, caller: &Caller, id: BulkId, cause: &Cause) -> Result<Series, AppError> {
    let mut tx = app.store.write(caller).await?;
    let (all, mut some) = (tx.bulk_series(id).await?, false);
    let new: BulkId = tx.id();
    for (bulk, _) in all {
        let (bulk, tenant) = tx.lock_bulk(bulk.id).await?;
        match back(&mut tx, &bulk, &tenant, Some(new)).await {
            Ok(_) => some = true,
            Err(AppError::Conflict(Conflict::BulkState | Conflict::NotUndoable)) => {}
            Err(error) => {
                drop(tx);
                return Err(app.note_denied(caller, tenant.id, error, cause).await);
            }
        }
    }
    if !some {
        return Err(AppError::Conflict(Conflict::NotUndoable));
    }
    tx.commit(cause).await?;
    series(app, caller, new).await
}
