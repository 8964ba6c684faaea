//! Something done to many people of a list: those who were named, or all a filter matches. Who that
//! is, is taken down when it is shown.

use std::{collections::HashSet, sync::Arc};

use domain::{
    bulk::{BulkKind, BulkState, Deed, Options},
    field::{FieldError, Rule},
    id::{BulkId, TenantId, UserId},
    limits,
    person::Detail,
};
use store::{
    Caller,
    bulk::{Key, NewBulk},
    tx::{Cause, Permit, WriteTx, act},
    users::UserSearch,
};

use super::{
    Ask, Shown,
    file::to_json,
    get, moves,
    plan::{Planned, Reading, What, Wish, plan},
};
use crate::{App, AppError, error::Conflict, provision::Home, suffixes, users::home};

/// Whom something is done to.
#[derive(Debug, Clone)]
pub enum Whom<'a> {
    /// These people.
    People(Vec<UserId>),
    /// All of the customer whom a list with this filter shows, on whatever page.
    Matching(UserSearch<'a>),
}

/// Shows what doing something to many people would come to; nothing happens.
pub async fn act_on(
    app: &App,
    caller: &Caller,
    customer: TenantId,
    (deed, whom): (Deed, &Whom<'_>),
    cause: &Cause,
) -> Result<Shown, AppError> {
    let mut tx = app.store.write(caller).await?;
    let tenant = tx.tenant(customer).await?;
    let permit = match tx.permit_ordinary(&tenant) {
        Ok(permit) => permit,
        Err(error) => {
            drop(tx);
            return Err(app.note_denied(caller, customer, error.into(), cause).await);
        }
    };
    if deed == Deed::SendLink && app.mailing() == domain::mail::Mailing::Off {
        return Err(AppError::Conflict(Conflict::MailOff));
    }
    let read = tx.permit_people(&tenant)?;
    let people = match whom {
        Whom::People(ids) => ids.clone(),
        Whom::Matching(which) => tx.people_matching(&read, *which, limits::BULK_ROWS + 1).await?,
    };
    if people.is_empty() {
        return Err(AppError::field(FieldError::new("people", Rule::Required)));
    }
    if people.len() > limits::BULK_ROWS {
        return Err(AppError::field(FieldError::new("people", Rule::TooMany).with("max", limits::BULK_ROWS)));
    }
    let done = match shown_for(&mut tx, &permit, deed, people, None).await {
        Ok(id) => id,
        Err(error) => {
            drop(tx);
            return Err(app.note_denied(caller, customer, error, cause).await);
        }
    };
    tx.commit(cause).await?;
    get(app, caller, done).await
}

/// What doing something to these people of a customer comes to, as it is kept.
pub(super) async fn shown_for(
    tx: &mut WriteTx<'_>,
    permit: &Permit<act::Ordinary>,
    deed: Deed,
    people: Vec<UserId>,
    series: Option<BulkId>,
) -> Result<BulkId, AppError> {
    let tenant = &permit.tenant;
    let read = tx.permit_people(tenant)?;
    let plans = tx.plans_for(tenant, &tenant.currency).await?;
    let home = home(tx, tenant, &plans, true).await?;
    // What nobody there can be given is wrong for everybody where others can be.
    let (deed, wrong) = match settled(tx, &read, &home, deed.clone()).await {
        Ok(deed) => (deed, Vec::new()),
        Err(AppError::Invalid(errors)) if series.is_some() => (deed, errors),
        Err(error) => return Err(error),
    };
    let shared = Arc::new(deed.clone());
    let wish = |(at, user): (usize, UserId)| Wish {
        line: i32::try_from(at + 1).unwrap_or(i32::MAX),
        what: if deed == Deed::Remove { What::Remove } else { What::Deed(shared.clone()) },
        user: Some(user),
        errors: wrong.clone(),
        ..Wish::default()
    };
    let wishes = people.into_iter().enumerate().map(wish);
    let options = Options { create: false, ..Options::default() };
    let reading =
        Reading { options: &options, key: Key::PrincipalName, whole: true, managers: false, passwords: None };
    let Planned { rows, foreseen, .. } = match &deed {
        Deed::Move(code) if wrong.is_empty() => {
            let to = moves::destination(tx, tenant, code).await?;
            moves::plan(tx, &read, &home, &to, wishes.collect()).await?
        }
        _ => plan(tx, &read, &home, &reading, wishes, HashSet::new()).await?,
    };
    let id: BulkId = tx.id();
    let new = NewBulk {
        id,
        kind: BulkKind::Act,
        title: deed.code().to_owned(),
        ask: to_json(&Ask { options: options.clone(), deed: Some(deed), mapping: None, file: None })?,
        state: BulkState::Previewed,
        foreseen: to_json(&foreseen)?,
        undoes: None,
        series,
        problem: Vec::new(),
    };
    tx.insert_bulk(permit, &new, &rows).await?;
    Ok(id)
}

/// Values that are the same for many, besides details and custom fields.
const SETTABLE: [&str; 7] = ["given_name", "surname", "mail", "phone", "title", "department", "manager"];

fn is_settable(home: &Home<'_>, field: &str) -> bool {
    let own = field.strip_prefix("field.");
    SETTABLE.contains(&field)
        || Detail::from_code(field).is_some()
        || own.is_some_and(|key| home.fields.iter().any(|of| of.key == key && of.retired_at.is_none()))
}

/// The deed with what it is done with in the words it is stored in.
async fn settled(
    tx: &mut WriteTx<'_>,
    read: &store::tx::Permit<act::UserRead>,
    home: &Home<'_>,
    deed: Deed,
) -> Result<Deed, AppError> {
    let label = |code: &str| {
        home.plan("plan", code).map(|(plan, instance)| home.label(plan, instance)).map_err(AppError::field)
    };
    let bundle = |code: &str| match home.bundle("bundle", code) {
        Ok((bundle, ..)) => Ok(bundle.content.code.clone()),
        Err(errors) => Err(AppError::Invalid(errors)),
    };
    Ok(match deed {
        Deed::GivePlan(code) => Deed::GivePlan(label(&code)?),
        Deed::GiveBundle(code) => Deed::GiveBundle(bundle(&code)?),
        Deed::Enter(name) | Deed::Leave(name) if name.trim().is_empty() => {
            return Err(AppError::field(FieldError::new("group", Rule::Required).with("value", name)));
        }
        Deed::Enter(ref name) | Deed::Leave(ref name) => {
            let open = tx.open_groups(read).await?;
            let Some((own, _)) = open.get(&name.to_lowercase()) else {
                return Err(AppError::field(FieldError::new("group", Rule::Unknown).with("value", name)));
            };
            if matches!(deed, Deed::Enter(_)) { Deed::Enter(own.clone()) } else { Deed::Leave(own.clone()) }
        }
        Deed::Set { ref field, .. } if !is_settable(home, field) => {
            let own = home.fields.iter().map(|of| format!("field.{}", of.key));
            let all = SETTABLE.iter().map(|code| (*code).to_owned());
            let known: Vec<_> =
                all.chain(Detail::ALL.iter().map(|d| d.code().to_owned())).chain(own).collect();
            let error = FieldError::new("with", Rule::Unknown).with("value", field);
            return Err(AppError::field(error.with("known", known.join(", "))));
        }
        Deed::Suffix(suffix) => {
            suffixes::is_own("suffix", &format!("x@{suffix}"), home.suffixes).map_err(AppError::field)?;
            Deed::Suffix(suffix.to_lowercase())
        }
        Deed::Move(ref text) => Deed::Move(moves::destination(tx, &read.tenant, text).await?.code),
        other => other,
    })
}
