//! Who is in a group: people and groups of the same customer, one or thousands,
//! for ever or until an instant.

use std::collections::{BTreeMap, HashMap};

use domain::{
    field::{FieldError, Rule},
    group::membership_end,
    id::{GroupId, RequestId, TenantId},
    limits,
    request::Lane,
};
use serde_json::json;
use store::{
    Caller,
    groups::{Change, Group, MemberRef},
    tx::{Cause, WriteTx},
};

use super::{changeable, denied};
use crate::{Answer, App, AppError, Repeat, repeat};

/// A member that should come, as somebody typed it.
#[derive(Debug, Clone, Default)]
pub struct Wish {
    /// Id of a person or a group, the principal name of a person, or the name of a group.
    pub member: String,
    /// An instant at which the membership ends.
    pub until: Option<String>,
    /// Days after which it ends.
    pub days: Option<i64>,
}

/// Many members that should come or go.
#[derive(Debug, Clone, Default)]
pub struct MemberChange {
    /// Who comes.
    pub add: Vec<Wish>,
    /// Who goes, named in the same way.
    pub remove: Vec<String>,
}

/// What was recorded.
#[derive(Debug, Clone)]
pub struct Changed {
    /// The request that makes it true, with an item for each member.
    pub request: RequestId,
    /// How many come.
    pub added: usize,
    /// How many go.
    pub removed: usize,
}

/// Puts somebody into a group, or takes them out; gives what the member is called.
pub async fn set_member(
    app: &App,
    caller: &Caller,
    id: GroupId,
    member: MemberRef,
    wish: Option<Wish>,
    cause: &Cause,
) -> Result<(RequestId, String), AppError> {
    let (mut tx, group, tenant) = open(app, caller, id, cause).await?;
    let until = match &wish {
        Some(wish) => {
            membership_end("", wish.until.as_deref(), wish.days, tx.now()).map_err(AppError::field)?
        }
        None => None,
    };
    let missing = match member {
        MemberRef::User(_) => "user",
        MemberRef::Group(_) => "group",
    };
    let found = tx.member_objects(tenant, &[member]).await?.remove(&member);
    let (object, name) = found.ok_or(AppError::NotFound(missing))?;
    let change = Change { member, object, wanted: wish.is_some(), until };
    check_nesting(&mut tx, tenant, &group, &[("member".to_owned(), change)]).await?;
    let args = json!({ "group": group.values.name, "name": name });
    let kind = if change.wanted { "member_add" } else { "member_remove" };
    let request = tx.open_request(tenant, kind, args, Lane::Interactive);
    tx.change_members(tenant, &group, &[change]).await?;
    tx.commit(cause).await?;
    Ok((request, name))
}

/// Puts many into a group and takes many out, as one request. Who cannot be a
/// member is named, and then nothing is changed; whom the directory refuses fails
/// alone.
pub async fn change_members(
    app: &App,
    caller: &Caller,
    id: GroupId,
    change: &MemberChange,
    repeated: Option<&Repeat<'_, Changed>>,
    cause: &Cause,
) -> Result<Answer<Changed>, AppError> {
    let (mut tx, group, tenant) = open(app, caller, id, cause).await?;
    if let Some(answer) = repeat::before(&mut tx, repeated).await? {
        return Ok(answer);
    }
    let changes = read(&mut tx, tenant, change).await?;
    check_nesting(&mut tx, tenant, &group, &changes).await?;
    let changes: Vec<_> = changes.into_iter().map(|(_, change)| change).collect();
    let added = changes.iter().filter(|change| change.wanted).count();
    let args = json!({ "group": group.values.name, "count": changes.len() });
    let lane = Lane::for_objects(changes.len());
    let request = tx.open_request(tenant, "members_change", args, lane);
    tx.change_members(tenant, &group, &changes).await?;
    let changed = Changed { request, added, removed: changes.len() - added };
    repeat::keep(&mut tx, repeated, &changed).await?;
    tx.commit(cause).await?;
    Ok(Answer::Done(changed))
}

/// A group whose members the caller may change, with its tenant.
async fn open<'a>(
    app: &'a App,
    caller: &'a Caller,
    id: GroupId,
    cause: &Cause,
) -> Result<(WriteTx<'a>, Group, TenantId), AppError> {
    let mut tx = app.store.write(caller).await?;
    let (group, permit) = match tx.group_to_fill(id).await {
        Ok(found) => found,
        Err(error) => {
            drop(tx);
            return Err(denied(app, caller, id, error.into(), cause).await);
        }
    };
    changeable(&group)?;
    Ok((tx, group, permit.tenant.id))
}

/// The changes with where each stands in what was sent.
async fn read(
    tx: &mut WriteTx<'_>,
    tenant: TenantId,
    change: &MemberChange,
) -> Result<Vec<(String, Change)>, AppError> {
    let most = limits::MEMBERS_PER_REQUEST;
    match change.add.len() + change.remove.len() {
        0 => return Err(AppError::field(FieldError::new("add", Rule::Required).with("or", "remove"))),
        n if n > most => {
            return Err(AppError::field(FieldError::new("add", Rule::TooMany).with("max", most)));
        }
        _ => {}
    }
    let names =
        change.add.iter().map(|wish| wish.member.as_str()).chain(change.remove.iter().map(String::as_str));
    let names = names.filter(|name| parse(name).is_none()).map(|name| name.trim().to_lowercase());
    let names: Vec<_> = names.collect();
    let logins: Vec<_> = names.iter().filter(|name| name.contains('@')).cloned().collect();
    let people = tx.users_named(tenant, &logins).await?;
    // The name of a group may hold that sign, too.
    let groups: Vec<_> = names.into_iter().filter(|name| !people.contains_key(name)).collect();
    let groups = if groups.is_empty() { HashMap::new() } else { tx.groups_named(tenant, &groups).await? };
    let named = |name: &str| {
        let name = name.trim().to_lowercase();
        let person = people.get(&name).copied().map(MemberRef::User);
        person.or_else(|| groups.get(&name).map(|(group, _)| MemberRef::Group(*group)))
    };
    let now = tx.now();
    let mut errors = Vec::new();
    let mut places: BTreeMap<MemberRef, String> = BTreeMap::new();
    let mut wishes = Vec::new();
    let add = change
        .add
        .iter()
        .enumerate()
        .map(|(i, wish)| (format!("add[{i}]"), wish.member.as_str(), Some(wish)));
    let remove = change.remove.iter().enumerate().map(|(i, id)| (format!("remove[{i}]"), id.as_str(), None));
    for (place, id, wish) in add.chain(remove) {
        let field = if wish.is_some() { format!("{place}.member") } else { place.clone() };
        let Some(member) = parse(id).or_else(|| named(id)) else {
            errors.push(FieldError::new(field, Rule::Unknown).with("value", id));
            continue;
        };
        if let Some(other) = places.insert(member, place.clone()) {
            errors.push(FieldError::new(field, Rule::Duplicate).with("value", id).with("at", other));
            continue;
        }
        let end = wish.map_or(Ok(None), |w| membership_end(&place, w.until.as_deref(), w.days, now));
        match end {
            Ok(until) => wishes.push((field, member, wish.is_some(), until)),
            Err(error) => errors.push(error),
        }
    }
    let members: Vec<_> = wishes.iter().map(|(_, member, _, _)| *member).collect();
    let objects = tx.member_objects(tenant, &members).await?;
    let mut changes = Vec::with_capacity(wishes.len());
    for (field, member, wanted, until) in wishes {
        match objects.get(&member) {
            Some((object, _)) => changes.push((field, Change { member, object: *object, wanted, until })),
            None => errors.push(FieldError::new(field, Rule::Unknown).with("value", member)),
        }
    }
    if errors.is_empty() { Ok(changes) } else { Err(AppError::Invalid(errors)) }
}

fn parse(id: &str) -> Option<MemberRef> {
    let id = id.trim();
    let user = id.parse().ok().map(MemberRef::User);
    user.or_else(|| id.parse().ok().map(MemberRef::Group))
}

/// Refuses groups that would close a circle or make too long a chain.
pub(crate) async fn check_nesting(
    tx: &mut WriteTx<'_>,
    tenant: TenantId,
    group: &Group,
    changes: &[(String, Change)],
) -> Result<(), AppError> {
    let comes = |change: &Change| change.wanted && matches!(change.member, MemberRef::Group(_));
    let members: Vec<_> = changes.iter().filter(|(_, c)| comes(c)).map(|(_, c)| c.object).collect();
    let refused = tx.check_nesting(tenant, group.object, &members).await?;
    let errors = refused.into_iter().map(|(object, rule)| {
        let field = changes.iter().find(|(_, c)| c.object == object).map_or("member", |(field, _)| field);
        let error = FieldError::new(field, rule);
        if rule == Rule::TooMany { error.with("max", limits::GROUP_DEPTH) } else { error }
    });
    let errors: Vec<_> = errors.collect();
    if errors.is_empty() { Ok(()) } else { Err(AppError::Invalid(errors)) }
}
