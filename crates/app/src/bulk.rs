//! Many people changed as one: a file, something done to people of a list, the way back from
//! either. First it is shown what would come of it and nothing happens; then it is carried out
//! as it was shown, survives whatever ends the process, and can be paused, cancelled and taken back.
//!
//! Start at [`import`](file::import); what becomes of a row is decided in `plan`, and done in [`run`].
//! What the directory knows better of names is planned again in [`anew`].

pub mod anew;
mod change;
mod compare;
mod deed;
mod export;
mod file;
mod foreseen;
mod gone;
mod known;
mod managers;
mod moves;
mod newcomers;
mod passwords;
mod person;
mod plan;
mod roles;
mod rows;
pub mod run;
mod series;
mod undo;

use std::collections::HashMap;

use domain::{
    bulk::{Act, BulkState, Deed, Options, RowState},
    id::{BulkId, TenantId, UserId},
    import::Mapping,
    permission,
    request::{self, ItemState, Lane},
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{
    Caller,
    activations::Purpose,
    bulk::Counted,
    tx::{Cause, TenantRef, act},
    users::User,
};

pub use self::{
    deed::{Whom, act_on},
    export::{Part, export},
    file::{Choice, ColumnFacts, FileDraft, FileFacts, import, mend, remap},
    foreseen::{Foreseen, PlanEffect, QuotaEffect, RoleEffect},
    rows::cell_text,
    series::{All, Series, act_across, followed_series, series, turn_all, undo_all},
    undo::undo,
};
use crate::{App, AppError, error::Conflict};
pub use store::bulk::{Bulk, BulkRow};

/// What was asked for, as it is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ask {
    /// What may happen.
    pub options: Options,
    /// What is done to people of a list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deed: Option<Deed>,
    /// How the columns of a file are read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mapping: Option<serde_json::Value>,
    /// What was found out about the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<serde_json::Value>,
}

/// A bulk change with what it comes to.
#[derive(Debug, Clone)]
pub struct Shown {
    /// As stored.
    pub bulk: Bulk,
    /// The customer.
    pub tenant: TenantRef,
    /// What was asked for.
    pub ask: Ask,
    /// What the whole comes to.
    pub foreseen: Foreseen,
    /// How many rows there are of each kind.
    pub counts: Vec<Counted>,
    /// How far the directory is, where that was asked for ([`followed`]).
    pub directory: Option<Directory>,
}

/// How far the directory is with all that was wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Directory {
    /// Steps, of what is finished and very large not counted exactly.
    pub counts: request::Counts,
    /// All of it is true there, also what later requests wanted otherwise.
    pub is_true: bool,
}

impl Directory {
    /// Whether nothing changes any more without somebody.
    #[must_use]
    pub const fn is_settled(&self) -> bool {
        self.is_true || self.counts.failed > 0 && self.counts.state().is_final()
    }
}

/// The account of somebody of a row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Account {
    /// `sAMAccountName`.
    pub logon_name: Option<String>,
    /// How far it is in the directory; none for whoever has no account there.
    pub state: Option<ItemState>,
}

impl Ask {
    fn of(bulk: &Bulk) -> Result<Self, AppError> {
        serde_json::from_value(bulk.ask.clone()).map_err(|error| AppError::Internal(Box::new(error)))
    }

    /// How the columns of the file are read.
    #[must_use]
    pub fn mapping(&self) -> Option<Mapping> {
        self.mapping.clone().and_then(|mapping| serde_json::from_value(mapping).ok())
    }
}

impl Shown {
    /// How the columns of the file are read.
    #[must_use]
    pub fn mapping(&self) -> Option<Mapping> {
        self.ask.mapping()
    }

    /// Rows of an act, however far they are.
    #[must_use]
    pub fn count(&self, act: Act) -> i64 {
        self.counts.iter().filter(|counted| counted.act == act).map(|counted| counted.rows).sum()
    }

    /// Rows in a state of which something is or was to be done.
    #[must_use]
    pub fn in_state(&self, state: RowState) -> i64 {
        let those = self.counts.iter().filter(|counted| counted.act.changes() && counted.state == state);
        those.map(|counted| counted.rows).sum()
    }

    /// Rows of which something is or was to be done.
    #[must_use]
    pub fn changing(&self) -> i64 {
        self.counts.iter().filter(|counted| counted.act.changes()).map(|counted| counted.rows).sum()
    }
}

/// A bulk change of people the caller may change.
pub async fn get(app: &App, caller: &Caller, id: BulkId) -> Result<Shown, AppError> {
    let mut tx = app.store.read(caller).await?;
    let (bulk, tenant) = tx.bulk(id).await?;
    let counts = tx.bulk_counts(&[id]).await?.remove(&id).unwrap_or_default();
    tx.finish().await?;
    shown(bulk, tenant, counts)
}

/// The same, with how far the directory is: while parts are carried out that is not counted, because there is
/// more of it with every part.
pub async fn followed(app: &App, caller: &Caller, id: BulkId) -> Result<Shown, AppError> {
    let mut all = vec![get(app, caller, id).await?];
    follow(app, caller, &mut all).await?;
    all.pop().ok_or(AppError::NotFound("bulk"))
}

/// Tells of bulk changes that wait or are over how far the directory is.
pub(crate) async fn follow(app: &App, caller: &Caller, all: &mut [Shown]) -> Result<(), AppError> {
    let is_over = |one: &Shown| one.bulk.state != BulkState::Running;
    let requests: Vec<_> = all.iter().filter(|one| is_over(one)).filter_map(|one| one.bulk.request).collect();
    if requests.is_empty() {
        return Ok(());
    }
    let mut tx = app.store.read(caller).await?;
    let progress = tx.progress_of(&requests).await?;
    for one in all.iter_mut().filter(|one| is_over(one)) {
        let Some((request, counts)) = one.bulk.request.and_then(|id| Some((id, *progress.get(&id)?))) else {
            continue;
        };
        let is_complete = counts.state() == request::RequestState::Complete;
        let is_true = is_complete && tx.overtaken_is_verified(request).await?;
        one.directory = Some(Directory { counts, is_true });
    }
    tx.finish().await?;
    Ok(())
}

/// What people of rows are called in the directory, and how far their accounts are there.
pub async fn accounts(
    app: &App,
    caller: &Caller,
    id: BulkId,
    rows: &[BulkRow],
) -> Result<HashMap<UserId, Account>, AppError> {
    let people: Vec<_> = rows.iter().filter_map(|row| row.user).collect();
    let mut tx = app.store.read(caller).await?;
    let (_, tenant) = tx.bulk(id).await?;
    let permit = tx.permit_people(&tenant)?;
    let found = tx.people_with_ids_or_removed(&permit, &people).await?;
    tx.finish().await?;
    let account = |user: User| {
        let state = user.provisioning.as_ref().map(|how| how.state);
        (user.id, Account { logon_name: user.logon_name, state })
    };
    Ok(found.into_iter().map(account).collect())
}

fn shown(bulk: Bulk, tenant: TenantRef, counts: Vec<Counted>) -> Result<Shown, AppError> {
    let ask = Ask::of(&bulk)?;
    let foreseen = serde_json::from_value(bulk.foreseen.clone()).unwrap_or_default();
    Ok(Shown { bulk, tenant, ask, foreseen, counts, directory: None })
}

/// Bulk changes of a customer, the newest first.
pub async fn list(
    app: &App,
    caller: &Caller,
    customer: TenantId,
    before: Option<BulkId>,
    limit: u32,
) -> Result<(TenantRef, Vec<Bulk>), AppError> {
    let mut tx = app.store.read(caller).await?;
    let tenant = tx.tenant(customer).await?;
    let permit = tx.permit_ordinary(&tenant)?;
    let bulks = tx.bulks(&permit, before, limit).await?;
    tx.finish().await?;
    Ok((tenant, bulks))
}

/// Rows of a bulk change, after a line.
pub async fn rows(
    app: &App,
    caller: &Caller,
    id: BulkId,
    which: (&[Act], Option<RowState>),
    after: Option<i32>,
    limit: u32,
) -> Result<Vec<BulkRow>, AppError> {
    let mut tx = app.store.read(caller).await?;
    let (bulk, _) = tx.bulk(id).await?;
    let rows = tx.bulk_rows(&bulk, which, after, limit).await?;
    tx.finish().await?;
    Ok(rows)
}

/// What somebody does with a bulk change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// Begins it, as it was shown in this version; rows with errors are left out.
    Run {
        /// The version that was shown.
        version: i64,
    },
    /// Lets it wait.
    Pause,
    /// Goes on with it.
    Resume,
    /// Ends it: what was done stays.
    Cancel,
}

/// Begins, pauses, goes on with or cancels a bulk change. What it is already it stays.
pub async fn turn(
    app: &App,
    caller: &Caller,
    id: BulkId,
    what: Turn,
    cause: &Cause,
) -> Result<Shown, AppError> {
    use BulkState as S;
    let mut tx = app.store.write(caller).await?;
    let (bulk, tenant) = tx.lock_bulk(id).await?;
    let permit = match tx.permit_ordinary(&tenant) {
        Ok(permit) => permit,
        Err(error) => {
            drop(tx);
            return Err(app.note_denied(caller, tenant.id, error.into(), cause).await);
        }
    };
    match (what, bulk.state) {
        (Turn::Run { .. } | Turn::Resume, S::Running)
        | (Turn::Pause, S::Paused)
        | (Turn::Cancel, S::Cancelled)
        | (Turn::Run { .. }, S::Done) => {}
        (Turn::Run { version }, S::Previewed) => {
            if version != bulk.version {
                return Err(AppError::Conflict(Conflict::PreviewStale));
            }
            if let Err(error) = may_run(&mut tx, &bulk, &tenant).await {
                drop(tx);
                return Err(app.note_denied(caller, tenant.id, error, cause).await);
            }
            if let Some(undone) = bulk.undoes {
                tx.bulk_undone_by(undone, bulk.id).await?;
            }
            // Every part joins it; it is over when the last of it is.
            let args = json!({ "name": bulk.title });
            let request = tx.open_request(tenant.id, "bulk", args, Lane::Bulk);
            tx.run_bulk(&permit, &bulk, request).await?;
        }
        (Turn::Resume, S::Paused) => {
            let request = bulk.request.ok_or(AppError::NotFound("bulk"))?;
            tx.run_bulk(&permit, &bulk, request).await?;
        }
        (Turn::Pause, S::Running) => tx.pause_bulk(&bulk, None).await?,
        (Turn::Cancel, S::Mapping | S::Previewed | S::Running | S::Paused) => {
            tx.cancel_bulk(&bulk).await?;
        }
        _ => return Err(AppError::Conflict(Conflict::BulkState)),
    }
    tx.commit(cause).await?;
    app.errand.notify_one();
    get(app, caller, id).await
}

/// Whoever begins it may do all that is in it.
async fn may_run(tx: &mut store::tx::WriteTx<'_>, bulk: &Bulk, tenant: &TenantRef) -> Result<(), AppError> {
    for counted in tx.bulk_counts(&[bulk.id]).await?.remove(&bulk.id).into_iter().flatten() {
        match counted.act {
            Act::Create => drop(tx.permit::<act::UserCreate>(tenant)?),
            Act::Remove | Act::Restore | Act::Move => tx.may_ordinary::<act::UserDelete>(tenant)?,
            _ => {}
        }
    }
    if bulk.foreseen["groups"].as_array().is_some_and(|groups| !groups.is_empty()) {
        tx.permit::<act::GroupManage>(tenant)?;
    }
    let roles =
        bulk.foreseen["roles"].as_array().into_iter().flatten().filter_map(|role| role["code"].as_str());
    for role in roles.filter_map(permission::role) {
        tx.permit::<act::RoleGrant>(tenant)?;
        tx.may_give(tenant, role)?;
    }
    Ok(())
}

/// A link with which somebody who was made chooses a password.
#[derive(Debug, Clone)]
pub struct MadeLink {
    /// The row.
    pub line: i32,
    /// The person.
    pub user: UserId,
    /// Name as shown.
    pub name: String,
    /// Login name.
    pub login: String,
    /// The secret part of the link.
    pub token: String,
}

/// The links of everybody the bulk change made who has not chosen a password yet. They can be
/// fetched once: links from before stop working, and nobody can look at these again.
pub async fn links(
    app: &App,
    caller: &Caller,
    id: BulkId,
    cause: &Cause,
) -> Result<(Vec<MadeLink>, jiff::Timestamp), AppError> {
    let mut tx = app.store.write(caller).await?;
    let (bulk, tenant) = tx.lock_bulk(id).await?;
    let permit = match (tx.permit_ordinary(&tenant), tx.may_ordinary::<act::UserResetPassword>(&tenant)) {
        (Ok(permit), Ok(())) => permit,
        (Err(error), _) | (_, Err(error)) => {
            drop(tx);
            return Err(app.note_denied(caller, tenant.id, error.into(), cause).await);
        }
    };
    if bulk.links_at.is_some() {
        return Err(AppError::Conflict(Conflict::LinksFetched));
    }
    if !matches!(bulk.state, BulkState::Done | BulkState::Cancelled) {
        return Err(AppError::Conflict(Conflict::BulkState));
    }
    let read = tx.permit_people(&tenant)?;
    let rows = tx.bulk_links(&permit, &bulk).await?;
    let ids: Vec<_> = rows.iter().map(|(_, user)| *user).collect();
    let people: std::collections::HashMap<_, _> =
        tx.people_with_ids(&read, &ids).await?.into_iter().map(|user| (user.id, user)).collect();
    let may =
        |id: &UserId| people.get(id).is_some_and(|user| tx.may::<act::UserResetPassword>(&tenant, user));
    let rows: Vec<_> = rows.into_iter().filter(|(_, user)| may(user)).collect();
    let ids: Vec<_> = rows.iter().map(|(_, user)| *user).collect();
    let links = tx.issue_links(tenant.id, &ids, Purpose::Activation).await?;
    tx.commit(cause).await?;
    let made = rows.into_iter().zip(links.tokens).filter_map(|((line, user), token)| {
        let person = people.get(&user)?;
        let (name, login) = (person.display_name.clone(), person.principal_name.clone());
        Some(MadeLink { line, user, name, login, token })
    });
    Ok((made.collect(), links.expires_at))
}

/// How files are read, under names: kept by a tenant and those above it.
pub async fn mappings(
    app: &App,
    caller: &Caller,
    tenant: TenantId,
) -> Result<Vec<(String, Mapping)>, AppError> {
    let mut tx = app.store.read(caller).await?;
    let tenant = tx.tenant(tenant).await?;
    tx.permit_ordinary(&tenant)?;
    let all = tx.import_mappings(&tenant).await?;
    tx.finish().await?;
    Ok(all)
}

/// Forgets how files are read under a name.
pub async fn forget_mapping(
    app: &App,
    caller: &Caller,
    tenant: TenantId,
    name: &str,
    cause: &Cause,
) -> Result<(), AppError> {
    let mut tx = app.store.write(caller).await?;
    let tenant = tx.tenant(tenant).await?;
    let permit = match tx.permit_ordinary(&tenant) {
        Ok(permit) => permit,
        Err(error) => {
            drop(tx);
            return Err(app.note_denied(caller, tenant.id, error.into(), cause).await);
        }
    };
    if !tx.forget_import_mapping(&permit, name).await? {
        return Err(AppError::NotFound("mapping"));
    }
    Ok(tx.commit(cause).await?)
}
