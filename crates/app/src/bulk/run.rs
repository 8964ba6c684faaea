//! Carrying out what was shown, part by part. A part is one transaction that holds the bulk change:
//! after a crash it happened or it did not, nobody does it twice, and between two parts others have
//! their turn, a pause is heard, and progress is seen.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::{
    bulk::{Act, BulkState, Change, ROLES, Value},
    field::{FieldError, Rule},
    id::{BulkId, ObjectId, UserId},
    limits,
    mail::Mailing,
    request::Lane,
};
use store::{
    Caller, StoreError,
    bulk::{Bulk, BulkRow, Due},
    objects::Edge,
    tx::{Cause, Permit, TenantRef, WriteTx, act},
};

use super::{
    change, gone, moves, passwords,
    person::{ROW, draft, list},
    roles::Changing as Roles,
};
use crate::{App, AppError, groups, people::check_all, provision::prepare, roles::Deed, users::home};

/// How often a part is tried again at once that fails for a reason nobody foresaw.
const AGAIN: usize = 2;

/// What a part came to: what was done, and what could not be.
#[derive(Default)]
pub(super) struct Part {
    pub done: Vec<(i32, Option<UserId>, String, Vec<Change>)>,
    pub failed: Vec<(i32, Vec<FieldError>)>,
}

/// Why a part was not done.
pub(super) enum Stop {
    /// These rows are in the way of the others.
    Rows(Vec<(i32, Vec<FieldError>)>),
    /// These rows lost the name that was made for them; they get another.
    Names(Vec<i32>),
    /// Nothing can be done at present.
    Error(AppError),
}

impl From<AppError> for Stop {
    fn from(error: AppError) -> Self {
        Self::Error(error)
    }
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Error(error.into())
    }
}

/// Does a part of everything that runs; gives whether there may be more. What fails for the
/// moment is left for the next time, and its error is given when all had their turn.
pub async fn work(app: &App) -> Result<bool, AppError> {
    let (mut more, mut failed) = (false, None);
    for (bulk, caller) in app.store.errands(true).await? {
        let Some(caller) = caller else {
            app.store.pause_orphan(bulk).await?;
            continue;
        };
        match persistent_step(app, &caller, bulk).await {
            Ok(done) => more |= done,
            // It would fail for ever, and the others would wait with it.
            Err(AppError::Internal(error)) => match stop_broken(app, &caller, bulk, error.as_ref()).await {
                Ok(()) => more = true,
                Err(error) => failed = Some(error),
            },
            Err(error) => failed = Some(error),
        }
    }
    failed.map_or(Ok(more), Err)
}

/// As [`step`]; what fails for a reason nobody foresaw is tried again at once. Somebody may have been faster
/// with what the database keeps apart: the next try sees that.
async fn persistent_step(app: &App, caller: &Caller, id: BulkId) -> Result<bool, AppError> {
    for _ in 0..AGAIN {
        match step(app, caller, id).await {
            Err(AppError::Internal(error)) => {
                tracing::warn!(bulk = %id, error = %with_causes(error.as_ref()), "a part is tried again");
                // What was given up is rolled back first; that is waited for.
                let mut tx = app.store.write(caller).await?;
                tx.lock_bulk(id).await?;
                tx.commit(&Cause::default()).await?;
            }
            done => return done,
        }
    }
    step(app, caller, id).await
}

/// Does the next part of one that runs, in the name of who began it; gives whether something was done.
pub async fn step(app: &App, caller: &Caller, id: BulkId) -> Result<bool, AppError> {
    let cause = Cause::default();
    let mut tx = app.store.write(caller).await?;
    let (bulk, tenant) = match tx.take_bulk(id).await {
        Ok(Some(taken)) => taken,
        Ok(None) => return Ok(false),
        Err(StoreError::NotFound(_)) => {
            drop(tx);
            app.store.pause_orphan(id).await?;
            return Ok(false);
        }
        Err(error) => return Err(error.into()),
    };
    let Some(due) = tx.bulk_due(&bulk, limits::BULK_AT_ONCE).await? else {
        tx.finish_bulk(&bulk).await?;
        tx.commit(&cause).await?;
        return Ok(true);
    };
    let done = match part(app, &mut tx, &bulk, &tenant, &due).await {
        Ok(part) => {
            tx.bulk_done(&bulk, &part.done).await?;
            tx.bulk_failed(&bulk, &part.failed).await?;
            if tx.bulk_due(&bulk, 1).await?.is_none() {
                tx.finish_bulk(&bulk).await?;
            }
            tx.commit(&cause).await.map_err(|error| Stop::Error(error.into()))
        }
        Err(stop) => {
            drop(tx);
            Err(stop)
        }
    };
    match done {
        Ok(()) => Ok(true),
        Err(stop) => put_aside(app, caller, id, stop).await,
    }
}

/// A defect stops a bulk change until somebody goes on with it; its people are told that, and the log why.
async fn stop_broken(
    app: &App,
    caller: &Caller,
    id: BulkId,
    error: &(dyn std::error::Error + Send + Sync),
) -> Result<(), AppError> {
    tracing::error!(bulk = %id, error = %with_causes(error), "a bulk change waits because of a defect");
    let mut tx = app.store.write(caller).await?;
    let (bulk, _) = tx.lock_bulk(id).await?;
    if bulk.state != BulkState::Running {
        return Ok(());
    }
    tx.pause_bulk(&bulk, Some(&[FieldError::new("server", Rule::Defect)])).await?;
    Ok(tx.commit(&Cause::default()).await?)
}

/// An error with its causes.
pub(super) fn with_causes(error: &(dyn std::error::Error + Send + Sync)) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |said, cause| format!("{said}: {cause}"))
}

/// Puts aside what was in the way, so that the next part can be done.
async fn put_aside(app: &App, caller: &Caller, id: BulkId, stop: Stop) -> Result<bool, AppError> {
    let problem = match &stop {
        Stop::Error(AppError::Invalid(errors)) => Some(errors.clone()),
        Stop::Error(AppError::Forbidden(denial)) => {
            let error = FieldError::new("permission", Rule::AdministratorsOnly);
            Some(vec![error.with("value", denial.permission.code())])
        }
        Stop::Error(AppError::Conflict(conflict)) if *conflict != crate::error::Conflict::Contended => {
            Some(vec![FieldError::new("customer", Rule::Immutable).with("value", conflict.code())])
        }
        Stop::Error(AppError::NotFound(what)) => {
            tracing::warn!(bulk = %id, what, "a bulk change waits because something it needs is not there");
            Some(vec![FieldError::new(*what, Rule::Unknown).with("value", what)])
        }
        Stop::Rows(_) | Stop::Names(_) | Stop::Error(_) => None,
    };
    let mut tx = app.store.write(caller).await?;
    // What was given up is rolled back first; that is waited for.
    let (bulk, _) = match tx.lock_bulk(id).await {
        Ok(locked) => locked,
        // Whoever began it may not even look any more since a moment ago.
        Err(StoreError::NotFound(_)) => {
            drop(tx);
            app.store.pause_orphan(id).await?;
            return Ok(true);
        }
        Err(error) => return Err(error.into()),
    };
    if bulk.state != BulkState::Running {
        return Ok(false);
    }
    let mut denied = None;
    match stop {
        Stop::Rows(rows) => tx.bulk_failed(&bulk, &rows).await?,
        Stop::Names(lines) => tx.bulk_nameless(&bulk, &lines).await?,
        Stop::Error(error) => match problem {
            Some(problem) => {
                tx.pause_bulk(&bulk, Some(&problem)).await?;
                denied = Some(error);
            }
            None => return Err(error),
        },
    }
    tx.commit(&Cause::default()).await?;
    if let Some(error @ AppError::Forbidden(_)) = denied {
        // Why it waits is told; that it was tried is for the log.
        match app.note_denied(caller, bulk.tenant, error, &Cause::default()).await {
            AppError::Forbidden(_) => {}
            failed => return Err(failed),
        }
    }
    Ok(true)
}

async fn part(
    app: &App,
    tx: &mut WriteTx<'_>,
    bulk: &Bulk,
    tenant: &TenantRef,
    due: &Due,
) -> Result<Part, Stop> {
    let request = bulk.request.ok_or(AppError::NotFound("bulk"))?;
    tx.join_request(request, Lane::Bulk);
    match due.act {
        Act::Create => create(app, tx, bulk, tenant, &due.rows).await,
        Act::Update => change::update(tx, bulk, tenant, &due.rows).await,
        Act::Restore => gone::restore_all(tx, tenant, &due.rows).await,
        Act::Move => moves::move_all(tx, bulk, tenant, &due.rows, &Cause::default()).await,
        _ => gone::remove_all(tx, tenant, &due.rows).await,
    }
}

/// Who the managers of rows became, as far as they are rows themselves.
pub(super) async fn managers_of_rows(
    tx: &mut WriteTx<'_>,
    bulk: &Bulk,
    rows: &[BulkRow],
) -> Result<HashMap<i32, String>, AppError> {
    let said = |row: &BulkRow| match row.said.as_ref()?.get("manager")? {
        Value::Text(text) => Some((row.line, text.clone())),
        _ => None,
    };
    let all: Vec<_> = rows.iter().filter_map(said).collect();
    let line = |text: &str| text.strip_prefix(ROW)?.parse::<i32>().ok();
    let lines: BTreeSet<_> = all.iter().filter_map(|(_, text)| line(text)).collect();
    let became = tx.bulk_people(bulk, &lines.into_iter().collect::<Vec<_>>()).await?;
    let manager = |(row, text): (i32, String)| match line(&text) {
        Some(line) => Some((row, became.get(&line)?.to_string())),
        None => Some((row, text)),
    };
    Ok(all.into_iter().filter_map(manager).collect())
}

/// The groups people enter; those that are not there are made, where that was asked for.
pub(super) async fn groups_of_rows(
    tx: &mut WriteTx<'_>,
    read: &Permit<act::UserRead>,
    bulk: &Bulk,
    rows: impl Iterator<Item = &BulkRow>,
) -> Result<BTreeMap<String, (String, ObjectId)>, Stop> {
    let open = tx.open_groups(read).await?;
    if bulk.ask["options"]["make_groups"] != true {
        return Ok(open);
    }
    let mut missing: BTreeMap<String, (String, Vec<i32>)> = BTreeMap::new();
    for row in rows {
        for name in row.enters().into_iter().filter(|name| !open.contains_key(&name.to_lowercase())) {
            missing.entry(name.to_lowercase()).or_insert_with(|| (name, Vec::new())).1.push(row.line);
        }
    }
    if missing.is_empty() {
        return Ok(open);
    }
    let names = missing.values().map(|(name, _)| name.clone()).collect();
    groups::make_missing(tx, &read.tenant, &names).await?;
    // Somebody else may have made one in this moment; what then is not there has no name to have.
    let open = tx.open_groups(read).await?;
    let mut failed: BTreeMap<i32, Vec<FieldError>> = BTreeMap::new();
    for (_, (name, lines)) in missing.into_iter().filter(|(key, _)| !open.contains_key(key)) {
        for line in lines {
            let error = FieldError::new("groups", Rule::Taken).with("value", &name).with("row", line);
            failed.entry(line).or_default().push(error);
        }
    }
    if failed.is_empty() { Ok(open) } else { Err(Stop::Rows(failed.into_iter().collect())) }
}

async fn create(
    app: &App,
    tx: &mut WriteTx<'_>,
    bulk: &Bulk,
    tenant: &TenantRef,
    rows: &[BulkRow],
) -> Result<Part, Stop> {
    let permit = tx.permit::<act::UserCreate>(tenant)?;
    let read = tx.permit_people(tenant)?;
    let by_mail = bulk.ask["options"]["send_links"].as_bool().unwrap_or(false);
    let managers = managers_of_rows(tx, bulk, rows).await?;
    let drafts: Vec<_> = rows
        .iter()
        .map(|row| {
            let mut draft = draft(row.said.as_ref().unwrap_or(&BTreeMap::new()), by_mail);
            draft.manager = managers.get(&row.line).cloned();
            // The name that was shown, unless somebody else has it by now.
            if draft.principal_name.is_none() && draft.user_name.is_none() && !row.login.is_empty() {
                draft.principal_name = Some(row.login.clone());
            }
            if app.mailing() == Mailing::Off {
                draft.send_link = None;
            }
            draft
        })
        .collect();
    let people = check_all("users", &drafts).map_err(|errors| by_row(rows, errors))?;
    let paths: Vec<_> = (0..people.len()).map(|at| format!("users[{at}]")).collect();
    let plans = tx.plans_for(tenant, &tenant.currency).await?;
    let home = home(tx, tenant, &plans, true).await?;
    let prepared = match prepare(tx, &home, &paths, &people).await {
        Ok(prepared) => prepared,
        Err(AppError::Invalid(errors)) => return Err(by_row(rows, errors)),
        Err(error) => return Err(error.into()),
    };
    let open = groups_of_rows(tx, &read, bulk, rows.iter()).await?;
    let (mut edges, mut entered) = (prepared.edges.clone(), prepared.groups_of_bundles());
    for (row, user) in rows.iter().zip(&prepared.users) {
        let Some(account) = &user.account else { continue };
        for name in row.said.iter().flat_map(|said| list(said, "groups")) {
            // Of a group that is gone the row knows by now; the person is worth more.
            let Some((_, group)) = open.get(&name.to_lowercase()) else { continue };
            let edge = Edge { group: *group, member: account.object };
            if !edges.contains(&edge) {
                entered.push(*group);
                edges.push(edge);
            }
        }
    }
    entered.sort_unstable();
    entered.dedup();
    tx.may_fill(tenant, &entered).await?;
    let made = tx.create_people(&permit, &prepared.users, &edges, Lane::Bulk).await?;
    let users = prepared.subscribe(tx, &home, made.links).await?;
    let made: Vec<_> = rows.iter().zip(&users).map(|(row, made)| (row, made.user.id)).collect();
    let mut roles = Roles::default();
    for (row, user) in &made {
        roles.note(*user, row.said.iter().flat_map(|said| list(said, ROLES)), Deed::Give);
    }
    roles.done(tx, tenant).await?;
    passwords::send(tx, tenant, bulk, made.into_iter()).await?;
    let done = rows
        .iter()
        .zip(users)
        .map(|(row, made)| (row.line, Some(made.user.id), made.user.principal_name, row.changes.clone()));
    Ok(Part { done: done.collect(), failed: Vec::new() })
}

/// Errors whose place is `users[3].surname`, by the rows they are about. A name that was made and is
/// taken by now is nobody's mistake.
fn by_row(rows: &[BulkRow], errors: Vec<FieldError>) -> Stop {
    let (mut failed, mut nameless) = (BTreeMap::<i32, Vec<FieldError>>::new(), Vec::new());
    let mut others = Vec::new();
    for mut error in errors {
        let place = error.field.strip_prefix("users[").and_then(|rest| rest.split_once(']'));
        let place = place.map(|(at, field)| (at.parse::<usize>(), field.trim_start_matches('.').to_owned()));
        let Some((Ok(at), field)) = place else {
            others.push(error);
            continue;
        };
        let Some(row) = rows.get(at) else { continue };
        let made = row
            .said
            .as_ref()
            .is_none_or(|s| !s.contains_key("principal_name") && !s.contains_key("user_name"));
        if field == "principal_name" && made && !row.login.is_empty() {
            nameless.push(row.line);
            continue;
        }
        error.field = field;
        failed.entry(row.line).or_default().push(error.with("row", row.line));
    }
    match (failed.is_empty(), nameless.is_empty()) {
        (false, _) => Stop::Rows(failed.into_iter().collect()),
        (true, false) => Stop::Names(nameless),
        (true, true) => Stop::Error(AppError::Invalid(others)),
    }
}
