//! People who go to another customer together, with the accounts they have: what that comes to, that it
//! happens, and the way back, which begins where they are now.

use std::collections::{BTreeMap, HashMap};

use domain::{
    bulk::{Act, CUSTOMER, Change, Deed, LISTS, Present, entries},
    field::{FieldError, Rule},
    id::ObjectId,
    request::Lane,
};
use store::{
    bulk::{Bulk, BulkRow, PackedRow},
    catalogue::QuotaKind,
    objects::Edge,
    tx::{Cause, Permit, ReadTx, TenantRef, WriteTx, act},
    users::User,
};

use super::{
    Ask,
    foreseen::{Foreseen, QuotaEffect, Sums},
    known::Seen,
    newcomers::{self, Newcomer},
    person::present,
    plan::{AT_ONCE, Planned, What, Wish, belongings, blank, pack, refuse},
    run::{Part, Stop},
};
use crate::{
    AppError,
    provision::Home,
    users::{self, MoveDraft, Together, home},
};

/// People moved by one transaction: others who change the customer that is left wait for it.
const MOVED_AT_ONCE: usize = 50;

/// The customer people go to: of the same directory, and one in which the caller may make people.
pub(super) async fn destination(
    tx: &mut WriteTx<'_>,
    from: &TenantRef,
    text: &str,
) -> Result<TenantRef, AppError> {
    let to = match users::customer(tx, text.trim()).await {
        Err(AppError::Invalid(_)) => {
            return Err(AppError::field(FieldError::new("with", Rule::Unknown).with("value", text)));
        }
        found => found?,
    };
    let wrong = |rule| AppError::field(FieldError::new("with", rule).with("value", &to.code));
    if to.id == from.id {
        return Err(wrong(Rule::Unchanged));
    }
    if to.target != from.target {
        return Err(wrong(Rule::OtherDirectory));
    }
    let reading: &ReadTx<'_> = tx;
    reading.permit::<act::UserCreate>(&to)?;
    Ok(to)
}

/// What moving people to another customer comes to.
pub(super) async fn plan(
    tx: &mut WriteTx<'_>,
    read: &Permit<act::UserRead>,
    from: &Home<'_>,
    to: &TenantRef,
    wishes: Vec<Wish>,
) -> Result<Planned, AppError> {
    let plans = tx.plans_for(to, &to.currency).await?;
    let there = home(tx, to, &plans, true).await?;
    let (mut all, mut seen, mut sums) = (Vec::with_capacity(wishes.len()), Seen::default(), Sums::default());
    // All of them go, or all come back, and then get what they had there.
    let back = wishes.iter().any(|wish| matches!(wish.what, What::Back(_)));
    let priced = if back { &there } else { from };
    let mut wishes = wishes.into_iter();
    loop {
        let part: Vec<_> = wishes.by_ref().take(AT_ONCE).collect();
        if part.is_empty() {
            break;
        }
        let ids: Vec<_> = part.iter().filter_map(|wish| wish.user).collect();
        let people: HashMap<_, _> =
            tx.people_with_ids(read, &ids).await?.into_iter().map(|user| (user.id, user)).collect();
        let has = belongings(tx, read, &ids).await?;
        let (mut rows, mut newcomers) = (Vec::with_capacity(part.len()), Vec::new());
        for wish in part {
            let of = wish.user;
            let (mut row, what) = blank(wish);
            row.user = of;
            let user = of.and_then(|id| people.get(&id));
            if let Some(user) = goes(tx, &read.tenant, user, &mut row) {
                row.changes = match what {
                    What::Back(changes) => changes,
                    _ => leaving(&present(&from.instances, &from.fields, user, &has), from, to),
                };
                let draft = MoveDraft { principal_name: None, ..draft(to, &row) };
                match users::newcomer(user, &draft, &there) {
                    Ok(person) => newcomers.push(Newcomer { at: rows.len(), person }),
                    Err(AppError::Invalid(errors)) => {
                        for error in errors {
                            refuse(&mut row, Act::Error, error);
                        }
                    }
                    Err(error) => return Err(error),
                }
            }
            rows.push(row);
        }
        let before: Vec<_> = rows.iter().map(|row| row.login.clone()).collect();
        newcomers::foresee(tx, &there, &mut rows, newcomers, &mut seen).await?;
        for (mut row, before) in rows.into_iter().zip(before) {
            if row.act == Act::Move {
                called(&mut row, before);
                sums.changes(priced, &row.changes);
            }
            all.push(pack(row)?);
        }
    }
    let foreseen = foreseen(tx, priced, to, (&all, &sums)).await?;
    Ok(Planned { rows: all, foreseen, passwords: Vec::new(), sealed: 0, names: Vec::new() })
}

/// Notes that somebody is called otherwise there; who comes back may have the name from before.
fn called(row: &mut BulkRow, before: String) {
    match row.changes.iter().find(|change| change.field == "principal_name") {
        Some(Change { after: Some(after), .. }) => row.login.clone_from(after),
        _ if row.login != before => {
            let (before, after) = (Some(before), Some(row.login.clone()));
            row.changes.insert(1, Change { field: "principal_name".to_owned(), before, after });
        }
        _ => {}
    }
}

/// Somebody who may go; otherwise the row says why not.
fn goes<'u>(
    tx: &WriteTx<'_>,
    tenant: &TenantRef,
    user: Option<&'u User>,
    row: &mut BulkRow,
) -> Option<&'u User> {
    let obstacle = match user {
        None => Some(Rule::Unknown),
        Some(user) if user.object.is_none() || tx.is_caller(user.id) => Some(Rule::Immutable),
        Some(user) if tx.may::<act::UserDelete>(tenant, user) => None,
        Some(_) => Some(Rule::AdministratorsOnly),
    };
    if let Some(user) = user {
        row.name.clone_from(&user.display_name);
        row.login.clone_from(&user.principal_name);
    }
    row.act = Act::Move;
    match obstacle {
        None => user,
        Some(rule) => {
            refuse(row, Act::Conflict, FieldError::new("principal_name", rule));
            None
        }
    }
}

/// What ends where somebody is, and where they go.
fn leaving(now: &Present, from: &Home<'_>, to: &TenantRef) -> Vec<Change> {
    let (before, after) = (Some(from.code.to_owned()), Some(to.code.clone()));
    let mut changes = vec![Change { field: CUSTOMER.to_owned(), before, after }];
    let ends = |field: &str| {
        let before = now.get(field)?.clone();
        Some(Change { field: field.to_owned(), before: Some(before), after: None })
    };
    changes.extend(LISTS.into_iter().chain(["manager"]).filter_map(ends));
    changes
}

async fn foreseen(
    tx: &mut WriteTx<'_>,
    priced: &Home<'_>,
    to: &TenantRef,
    (rows, sums): (&[PackedRow], &Sums),
) -> Result<Foreseen, AppError> {
    let read = tx.permit_people(to)?;
    let pace = tx.pace(&read).await?;
    let mut foreseen = sums.foreseen(priced, &to.currency, rows, &[], pace);
    // They end with what somebody was there; nobody takes them.
    foreseen.roles.clear();
    let come = i64::try_from(rows.iter().filter(|row| row.act == Act::Move).count()).unwrap_or(i64::MAX);
    // Where they come from there is room afterwards.
    for of in tx.quotas(to.id).await?.iter().filter(|of| of.quota.kind == QuotaKind::People) {
        foreseen.quotas.push(QuotaEffect {
            kind: of.quota.kind.code().to_owned(),
            subject: of.quota.subject.clone(),
            most: of.most,
            used: of.used,
            change: come,
        });
    }
    Ok(foreseen)
}

/// The way back of a change, as far as there is one: whom somebody reported to is not given back, nor are roles.
pub(super) fn back(changes: &[Change]) -> Vec<Change> {
    changes.iter().filter(|change| !matches!(&*change.field, "manager" | "roles")).map(Change::back).collect()
}

/// What a row wants of the customer that receives somebody.
fn draft(to: &TenantRef, row: &BulkRow) -> MoveDraft {
    let list = |field: &str| {
        let of = row.changes.iter().find(|change| change.field == field);
        entries(of.and_then(|change| change.after.as_deref())).into_iter().collect()
    };
    MoveDraft {
        customer: to.id.to_string(),
        principal_name: Some(row.login.clone()).filter(|login| !login.is_empty()),
        plans: list("plans"),
        bundles: list("bundles"),
        ..MoveDraft::default()
    }
}

/// Moves the people of rows, as many as others can wait for.
pub(super) async fn move_all(
    tx: &mut WriteTx<'_>,
    bulk: &Bulk,
    tenant: &TenantRef,
    rows: &[BulkRow],
    cause: &Cause,
) -> Result<Part, Stop> {
    let ask: Ask = serde_json::from_value(bulk.ask.clone()).map_err(|e| AppError::Internal(Box::new(e)))?;
    let Some(Deed::Move(code)) = ask.deed else { return Err(AppError::NotFound("customer").into()) };
    let to = destination(tx, tenant, &code).await?;
    let plans = tx.plans_for(&to, &to.currency).await?;
    let there = home(tx, &to, &plans, true).await?;
    let read = tx.permit_people(&to)?;
    let open = tx.open_groups(&read).await?;
    let leaving = bulk.request.ok_or(AppError::NotFound("bulk"))?;
    let mut together = Together { leaving, arriving: None, title: &bulk.title, cause };
    let mut part = Part::default();
    for row in rows.iter().take(MOVED_AT_ONCE) {
        let refused = |rule| vec![FieldError::new("principal_name", rule).with("row", row.line)];
        let Some(id) = row.user else { continue };
        match users::transfer_within(tx, id, (&draft(&to, row), &there), &mut together).await {
            Ok((user, object, login)) => {
                enter(tx, &to, &open, (row, object)).await?;
                tx.end_part(cause).await?;
                part.done.push((row.line, Some(user), login, row.changes.clone()));
            }
            Err(AppError::NotFound(_)) => part.failed.push((row.line, refused(Rule::Unknown))),
            Err(AppError::Forbidden(_)) => part.failed.push((row.line, refused(Rule::AdministratorsOnly))),
            Err(AppError::Invalid(errors)) => return Err(stop(row, errors)),
            Err(error) => return Err(error.into()),
        }
    }
    tx.join_request(leaving, Lane::Bulk);
    if !part.done.is_empty() {
        tx.note_moved(bulk, &to, part.done.len());
    }
    Ok(part)
}

/// Groups somebody comes back to, as far as there are any.
async fn enter(
    tx: &mut WriteTx<'_>,
    to: &TenantRef,
    open: &BTreeMap<String, (String, ObjectId)>,
    (row, member): (&BulkRow, ObjectId),
) -> Result<(), AppError> {
    let of = row.changes.iter().find(|change| change.field == "groups");
    let named = entries(of.and_then(|change| change.after.as_deref()));
    let groups: Vec<_> =
        named.iter().filter_map(|name| open.get(&name.to_lowercase())).map(|(_, group)| *group).collect();
    if groups.is_empty() {
        return Ok(());
    }
    tx.may_fill(to, &groups).await?;
    let edges: Vec<_> = groups.into_iter().map(|group| Edge { group, member }).collect();
    tx.want_members_now(to.id, &edges, true).await?;
    Ok(())
}

/// A name that somebody else has by now is made anew; what else is wrong is the row's.
fn stop(row: &BulkRow, errors: Vec<FieldError>) -> Stop {
    let taken =
        errors.iter().all(|error| error.field.ends_with("principal_name") && error.rule == Rule::Taken);
    if taken && !row.login.is_empty() {
        return Stop::Names(vec![row.line]);
    }
    Stop::Rows(vec![(row.line, errors.into_iter().map(|error| error.with("row", row.line)).collect())])
}
