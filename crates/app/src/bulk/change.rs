//! Changing the people of rows: their own values many at a time, then what they belong to.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::{
    bulk::{LINK, ROLES, entries, still_holds},
    custom::Giver,
    field::{FieldError, Rule},
    id::{ObjectId, UserId},
    mail::{Addressee, Kind},
    request::Lane,
};
use store::{
    activations::Purpose,
    bulk::{Bulk, BulkRow},
    objects::Edge,
    tx::{Permit, TenantRef, WriteTx, act},
    users::{User, UserChange},
};

use super::{
    person::{self, present},
    plan::belongings,
    roles::Changing as Roles,
    run::{Part, Stop, groups_of_rows, managers_of_rows},
};
use crate::{
    AppError, bundles, fields, managers, roles,
    seats::{self, Deed},
    users::{home, take_names, with_values},
};

/// What rows change, beside the people as they are.
struct Changing<'r> {
    row: &'r BulkRow,
    user: User,
    object: ObjectId,
    change: UserChange,
}

pub(super) async fn update(
    tx: &mut WriteTx<'_>,
    bulk: &Bulk,
    tenant: &TenantRef,
    rows: &[BulkRow],
) -> Result<Part, Stop> {
    let mut part = Part::default();
    let read = tx.permit_people(tenant)?;
    let all: Vec<_> = rows.iter().filter_map(|row| row.user).collect();
    // Who is gone, or may not be changed, keeps nobody else.
    let people = tx.people_with_ids(&read, &all).await?;
    let may: BTreeSet<_> =
        people.iter().filter(|user| tx.may::<act::UserUpdate>(tenant, user)).map(|user| user.id).collect();
    let permit = tx.accounts::<act::UserUpdate>(tenant, &may.iter().copied().collect::<Vec<_>>()).await?;
    let ids: Vec<_> = may.iter().copied().collect();
    let users: HashMap<_, _> =
        tx.people_with_ids(&read, &ids).await?.into_iter().map(|user| (user.id, user)).collect();
    // Of what people belong to only their roles have to be as they were.
    let given = |row: &&BulkRow| row.changes.iter().any(|change| change.field == ROLES);
    let compared: Vec<_> = rows.iter().filter(given).filter_map(|row| row.user).collect();
    let has = belongings(tx, &read, &compared).await?;
    let plans = tx.plans_for(tenant, &tenant.currency).await?;
    let home = home(tx, tenant, &plans, true).await?;
    let managers = managers_of_rows(tx, bulk, rows).await?;
    let (mut changing, mut refused) = (Vec::new(), Vec::new());
    for row in rows {
        let user = row.user.and_then(|id| users.get(&id));
        let Some((user, object)) = user.and_then(|user| Some((user, user.object?))) else {
            let gone = row.user.is_none_or(|id| people.iter().all(|user| user.id != id));
            let rule = if gone { Rule::Unknown } else { Rule::AdministratorsOnly };
            part.failed.push((row.line, vec![FieldError::new("principal_name", rule).with("row", row.line)]));
            continue;
        };
        let now = present(&home.instances, &home.fields, user, &has);
        if !still_holds(&now, &row.changes) {
            let error = FieldError::new("", Rule::ChangedMeanwhile).with("row", row.line);
            part.failed.push((row.line, vec![error]));
            continue;
        }
        match change_of(tx, tenant, &home.fields, (row, user), managers.get(&row.line)).await {
            Ok(change) => changing.push(Changing { row, user: user.clone(), object, change }),
            Err(AppError::Invalid(errors)) => {
                refused
                    .push((row.line, errors.into_iter().map(|error| error.with("row", row.line)).collect()));
            }
            Err(error) => return Err(error.into()),
        }
    }
    // They may have taken names already, and keep none of what they do not get.
    if !refused.is_empty() {
        return Err(Stop::Rows(refused));
    }
    let pairs: Vec<_> = changing.iter().map(|one| (&one.user, &one.change)).collect();
    let after = tx.update_people(&permit, &pairs).await?;
    let by_object: HashMap<_, _> = changing.iter().map(|one| one.object).zip(&after).collect();
    let (now, objects) = (tx.now(), changing.iter().map(|one| one.object).collect::<Vec<_>>());
    let wish = |object, spec| match by_object.get(&object) {
        Some(user) => with_values(spec, user, tenant, &home.fields, now),
        None => spec,
    };
    tx.want_changes(&objects, wish, Lane::Bulk).await?;
    let open = groups_of_rows(tx, &read, bulk, changing.iter().map(|one| one.row)).await?;
    belong(tx, (&read, &permit), &changing, &open).await?;
    let settled: Vec<_> = changing.iter().map(|one| one.user.id.uuid()).collect();
    tx.settle_people(&settled).await?;
    part.done = changing
        .iter()
        .zip(&after)
        .map(|(one, user)| (one.row.line, None, user.principal_name.clone(), one.row.changes.clone()))
        .collect();
    Ok(part)
}

/// What a row changes of the person's own values, checked once more.
async fn change_of(
    tx: &mut WriteTx<'_>,
    tenant: &TenantRef,
    definitions: &[domain::custom::Definition],
    (row, user): (&BulkRow, &User),
    manager: Option<&String>,
) -> Result<UserChange, AppError> {
    let mut patch = person::patch(&row.changes);
    if tx.is_caller(user.id) && patch.enabled == Some(false) {
        return Err(AppError::field(FieldError::new("enabled", Rule::Immutable)));
    }
    if tx.is_caller(user.id) && row.changes.iter().any(|change| change.field == ROLES) {
        return Err(AppError::field(FieldError::new(ROLES, Rule::OwnAccount)));
    }
    // A link that nobody gets is not sent, and that is told.
    if row.changes.iter().any(|change| change.field == LINK) {
        if !tx.may::<act::UserResetPassword>(tenant, user) {
            return Err(AppError::field(FieldError::new(LINK, Rule::AdministratorsOnly)));
        }
        if user.mail.is_none() && !matches!(&patch.mail, Some(Some(_))) {
            return Err(AppError::field(FieldError::new("mail", Rule::Required)));
        }
    }
    if let (Some(Some(_)), Some(manager)) = (&patch.manager, manager) {
        patch.manager = Some(Some(manager.clone()));
    }
    let given = std::mem::take(&mut patch.fields);
    let key = patch.manager()?;
    let mut change = patch.check().map_err(AppError::Invalid)?;
    change.fields = fields::read(definitions, Giver::Administrator, &given)?;
    change.manager = managers::of_change(tx, tenant, user, key).await?;
    take_names(tx, tenant, user, &change).await?;
    Ok(change)
}

/// Plans, bundles, groups and roles of many people: each plan in one go.
async fn belong(
    tx: &mut WriteTx<'_>,
    (read, permit): (&Permit<act::UserRead>, &Permit<act::UserUpdate>),
    changing: &[Changing<'_>],
    open: &BTreeMap<String, (String, ObjectId)>,
) -> Result<(), Stop> {
    let tenant = &permit.tenant;
    let mut plans: BTreeMap<(String, bool), Vec<UserId>> = BTreeMap::new();
    let (mut enter, mut leave, mut linked) = (Vec::new(), Vec::new(), Vec::new());
    let mut roles = Roles::default();
    for one in changing {
        for change in &one.row.changes {
            let (comes, goes) = change.entries();
            match change.field.as_str() {
                "plans" => {
                    for (labels, given) in [(comes, true), (goes, false)] {
                        for label in labels {
                            plans.entry((label, given)).or_default().push(one.user.id);
                        }
                    }
                }
                "groups" => {
                    let edge = |name: &String| {
                        let (_, group) = open.get(&name.to_lowercase())?;
                        Some(Edge { group: *group, member: one.object })
                    };
                    enter.extend(comes.iter().filter_map(edge));
                    leave.extend(goes.iter().filter_map(edge));
                }
                ROLES => {
                    roles.note(one.user.id, comes, roles::Deed::Give);
                    roles.note(one.user.id, goes, roles::Deed::Take);
                }
                LINK => linked.push(&one.user),
                "bundles" => {
                    let codes: Vec<_> = entries(change.after.as_deref()).into_iter().collect();
                    bundles::set(tx, tenant, (one.user.id, one.object), &codes).await?;
                }
                _ => {}
            }
        }
    }
    let mut groups: Vec<_> = enter.iter().chain(&leave).map(|edge| edge.group).collect();
    groups.sort_unstable();
    groups.dedup();
    tx.may_fill(tenant, &groups).await?;
    if !enter.is_empty() {
        tx.want_members_now(tenant.id, &enter, true).await?;
    }
    if !leave.is_empty() {
        tx.want_members_now(tenant.id, &leave, false).await?;
    }
    roles.done(tx, tenant).await?;
    send_links(tx, tenant, &linked).await?;
    for ((label, given), people) in plans {
        let deed = if given { Deed::Give } else { Deed::Take };
        seats::change_within(tx, read, permit, &label, (deed, people)).await?;
    }
    Ok(())
}

/// Links by mail with which people choose a password: for the first time, or anew.
async fn send_links(tx: &mut WriteTx<'_>, tenant: &TenantRef, people: &[&User]) -> Result<(), Stop> {
    for (purpose, kind) in [(Purpose::Activation, Kind::Activation), (Purpose::Reset, Kind::Reset)] {
        let those: Vec<_> = people
            .iter()
            .filter(|user| (user.activated_at.is_some()) == (purpose == Purpose::Reset))
            .filter(|user| tx.may::<act::UserResetPassword>(tenant, user))
            .filter_map(|user| Some((*user, user.mail.clone()?)))
            .collect();
        if those.is_empty() {
            continue;
        }
        let ids: Vec<_> = those.iter().map(|(user, _)| user.id).collect();
        let links = tx.issue_links(tenant.id, &ids, purpose).await?;
        for ((user, address), token) in those.into_iter().zip(links.tokens) {
            let (name, login) = (user.display_name.clone(), user.principal_name.clone());
            tx.send_link(kind, tenant.id, user.id, &token, Addressee { address, name, login })?;
        }
    }
    Ok(())
}
