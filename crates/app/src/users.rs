//! People of a customer: create one or many, change, disable, plans; below,
//! removing and restoring them, and moving them to another customer.

mod copy;
mod moves;
mod remove;
mod together;

use std::collections::{BTreeMap, HashMap};

use domain::{
    custom::{self, Definition, Giver},
    fact,
    field::{Checker, FieldError, Rule},
    id::{ObjectId, RequestId, SubscriptionId, TenantId, UserId},
    limits,
    mail::{Addressee, Kind, Mailing},
    names,
    person::{self, Detail},
    request::Lane,
    spec::{Spec, UserSpec},
    tenant::account_enabled,
};
use jiff::{Timestamp, tz::TimeZone};
use serde_json::json;
use store::{
    Caller, StoreError,
    activations::Purpose,
    catalogue::{Meanings, Plan},
    objects::Edge,
    subscriptions::NewSubscription,
    tx::{Cause, TenantRef, WriteTx, act},
    users::{ManagerKey, Name, User, UserChange},
};

pub use self::{
    copy::copy,
    moves::{MoveDraft, Moved, Moving, preview_transfer, transfer},
    remove::{delete, restore},
};
pub(crate) use self::{
    moves::{customer, newcomer, transfer_within},
    remove::{give_back, remove},
    together::Together,
};
pub use crate::provision::{Created, CreatedPlan};
use crate::{
    Answer, App, AppError, Repeat, bundles,
    error::Conflict,
    fields, mails, managers,
    people::{PersonDraft, check_all},
    provision::{Home, prepare},
    repeat, suffixes,
};

/// What a creation answers.
#[derive(Debug)]
pub struct CreatedUsers {
    /// The customer.
    pub tenant: TenantRef,
    /// The people, in the order they were given.
    pub users: Vec<Created>,
    /// The host name under which they open their links, none for that of the configuration.
    pub host: Option<String>,
    /// The request that provisions them.
    pub request: RequestId,
    /// When that was.
    pub at: jiff::Timestamp,
}

/// Creates people in a customer, all or none. `many` says how errors name
/// their place: `users[3].surname` or just `surname`.
pub async fn create(
    app: &App,
    caller: &Caller,
    customer: TenantId,
    drafts: &[PersonDraft],
    many: bool,
    repeated: Option<&Repeat<'_, CreatedUsers>>,
    cause: &Cause,
) -> Result<Answer<CreatedUsers>, AppError> {
    let people = match (many, drafts) {
        (false, [one]) => vec![one.check().map_err(AppError::Invalid)?],
        (_, []) => return Err(AppError::field(FieldError::new("users", Rule::Required))),
        _ => check_all("users", drafts).map_err(AppError::Invalid)?,
    };
    let paths: Vec<_> =
        (0..people.len()).map(|i| if many { format!("users[{i}]") } else { String::new() }).collect();
    let mut tx = app.store.write(caller).await?;
    let tenant = tx.tenant(customer).await?;
    let permit = match tx.permit::<act::UserCreate>(&tenant) {
        Ok(permit) => permit,
        Err(error) => {
            drop(tx);
            return Err(app.note_denied(caller, customer, error.into(), cause).await);
        }
    };
    mails::required(app, caller, &tenant.path, drafts.iter())?;
    if let Some(answer) = repeat::before(&mut tx, repeated).await? {
        return Ok(answer);
    }
    let needs_plans = people.iter().any(|p| !p.plans.is_empty() || !p.bundles.is_empty());
    let plans = if needs_plans { tx.plans_for(&tenant, &tenant.currency).await? } else { Vec::new() };
    let home = home(&mut tx, &tenant, &plans, needs_plans).await?;
    let prepared = prepare(&mut tx, &home, &paths, &people).await?;
    if let Err(error) = tx.may_fill(&tenant, &prepared.groups_of_bundles()).await {
        drop(tx);
        return Err(app.note_denied(caller, customer, error.into(), cause).await);
    }
    let lane = Lane::for_objects(people.len());
    let kind = if many { "users_create" } else { "user_create" };
    let request = tx.open_request(tenant.id, kind, json!({ "count": people.len() }), lane);
    let made = tx.create_people(&permit, &prepared.users, &prepared.edges, lane).await?;
    let users = prepared.subscribe(&mut tx, &home, made.links).await?;
    let created = CreatedUsers { tenant: tenant.clone(), users, host: made.host, request, at: tx.now() };
    repeat::keep(&mut tx, repeated, &created).await?;
    tx.commit(cause).await?;
    Ok(Answer::Done(created))
}

/// A customer as its people need it; a tenant without a directory has no such people.
/// With services these mean the same until the end of the transaction.
pub(crate) async fn home<'a>(
    tx: &mut WriteTx<'_>,
    tenant: &'a TenantRef,
    plans: &'a [Plan],
    with_services: bool,
) -> Result<Home<'a>, AppError> {
    let (Some(target), Some(folder), Some(members)) = (tenant.target, tenant.folder, tenant.members) else {
        return Err(AppError::NotFound("customer"));
    };
    let mut home = Home {
        tenant: tenant.id,
        code: &tenant.code,
        name: &tenant.name,
        target,
        folder,
        members,
        zone: &tenant.time_zone,
        pattern: &tenant.naming_pattern,
        suffixes: &tenant.suffixes,
        instances: Vec::new(),
        plans,
        meanings: Meanings::default(),
        bundles: Vec::new(),
        groups: HashMap::new(),
        fields: tx.fields(tenant).await?,
        order: None,
    };
    if with_services {
        tx.hold_currency(tenant).await?;
        home.instances = tx.instances(tenant.id).await?;
        let services: Vec<_> = home.instances.iter().map(|i| i.service).collect();
        // If one is taken from the customer meanwhile, the subscription to it fails.
        tx.lock_services(&services, false).await?;
        let ids: Vec<_> = plans.iter().map(|plan| plan.id.uuid()).collect();
        home.meanings = tx.meanings(&[tenant.id.uuid()], &ids, &[], &[]).await?;
        home.bundles = tx.bundles(None, Some(tenant)).await?;
        let names: Vec<_> = home.bundles.iter().flat_map(|b| b.content.groups.clone()).collect();
        home.groups = tx.groups_named(tenant.id, &names).await?;
    }
    Ok(home)
}

/// New values as somebody typed them; outer `None` leaves a field, inner `None` empties it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct UserPatch {
    /// Given name.
    pub given_name: Option<Option<String>>,
    /// Surname.
    pub surname: Option<Option<String>>,
    /// Name as shown.
    pub display_name: Option<String>,
    /// Mail address.
    pub mail: Option<Option<String>>,
    /// Telephone number.
    pub phone: Option<Option<String>>,
    /// Job title.
    pub title: Option<Option<String>>,
    /// Department.
    pub department: Option<Option<String>>,
    /// Id or principal name of who manages the person.
    pub manager: Option<Option<String>>,
    /// Whether the account may log on.
    pub enabled: Option<bool>,
    /// Login name and UPN, with a suffix of the customer.
    pub principal_name: Option<String>,
    /// `sAMAccountName`.
    pub logon_name: Option<String>,
    /// What else is known, by name; `None` empties.
    pub details: BTreeMap<String, Option<String>>,
    /// Custom fields, by key; `None` empties. What can be said of them is known in the transaction.
    pub fields: BTreeMap<String, Option<String>>,
    /// Codes of all bundles the person is to have.
    pub bundles: Option<Vec<String>>,
}

impl UserPatch {
    /// How the manager is named; it is looked for in the transaction.
    #[expect(
        clippy::option_option,
        reason = "what was not said, nobody, and somebody are three different things"
    )]
    pub(crate) fn manager(&self) -> Result<Option<Option<ManagerKey>>, AppError> {
        let key = |text: &Option<String>| match text {
            None => Ok(None),
            Some(text) => managers::key("manager", text).map_err(AppError::field),
        };
        self.manager.as_ref().map(key).transpose()
    }

    pub(crate) fn check(self) -> Result<UserChange, Vec<FieldError>> {
        let mut c = Checker::default();
        let line = |c: &mut Checker, field: &str, value: Option<Option<String>>, max| {
            value.map(|v| c.take(names::optional_line(field, v.as_deref(), max)).flatten())
        };
        let (name, attribute) = (limits::PERSON_NAME_CHARS, limits::ATTRIBUTE_CHARS);
        let change = UserChange {
            given_name: line(&mut c, "given_name", self.given_name, name),
            surname: line(&mut c, "surname", self.surname, name),
            display_name: self.display_name.and_then(|v| c.take(names::display_name("display_name", &v))),
            mail: self.mail.map(|v| match v.as_deref().map(str::trim) {
                None | Some("") => None,
                Some(mail) => c.take(names::mail("mail", mail)),
            }),
            phone: line(&mut c, "phone", self.phone, attribute),
            title: line(&mut c, "title", self.title, attribute),
            department: line(&mut c, "department", self.department, attribute),
            manager: None,
            enabled: self.enabled,
            principal_name: self
                .principal_name
                .and_then(|v| c.take(names::principal_name("principal_name", &v))),
            logon_name: self.logon_name.and_then(|v| c.take(names::logon_name("logon_name", &v))),
            details: c.take_all("details", check(&self.details)).unwrap_or_default(),
            fields: Vec::new(),
        };
        c.finish(Some(change))
    }
}

fn check(
    given: &BTreeMap<String, Option<String>>,
) -> Result<BTreeMap<Detail, Option<String>>, Vec<FieldError>> {
    person::check(given.iter().map(|(code, text)| (code.as_str(), text.as_deref())))
}

/// Changes a person, if `version` is still the present one.
pub async fn update(
    app: &App,
    caller: &Caller,
    id: UserId,
    version: i64,
    mut patch: UserPatch,
    cause: &Cause,
) -> Result<User, AppError> {
    let wanted_bundles = patch.bundles.take();
    let fields = std::mem::take(&mut patch.fields);
    let only_fields = wanted_bundles.is_none() && !fields.is_empty() && patch == UserPatch::default();
    let manager = patch.manager()?;
    let mut change = patch.check().map_err(AppError::Invalid)?;
    let mut tx = app.store.write(caller).await?;
    let home = tx.tenant_of_user(id).await?;
    let (tenant, now) = (home.id, tx.now());
    let (user, permit) = match tx.account::<act::UserUpdate>(id).await {
        Ok(found) => found,
        Err(StoreError::Denied(_)) if only_fields && caller.user() == id => {
            drop(tx);
            return fields::update_own(app, caller, (id, version), &fields, cause).await;
        }
        Err(error) => {
            drop(tx);
            return Err(app.note_denied(caller, tenant, error.into(), cause).await);
        }
    };
    if caller.user() == id && change.enabled == Some(false) {
        return Err(AppError::Conflict(Conflict::Oneself));
    }
    if version != user.version {
        return Err(AppError::Conflict(Conflict::Stale { present: user.version }));
    }
    let definitions = tx.fields(&home).await?;
    change.fields = fields::read(&definitions, Giver::Administrator, &fields)?;
    change.manager = managers::of_change(&mut tx, &home, &user, manager).await?;
    take_names(&mut tx, &home, &user, &change).await?;
    let updated = tx.update_user(&permit, &user, Some(version), &change).await?;
    if updated.version == user.version && wanted_bundles.is_none() {
        return Ok(user);
    }
    if let Some(object) = user.object {
        tx.open_request(tenant, "user_update", json!({ "name": updated.display_name }), Lane::Interactive);
        let wanted = updated.clone();
        let changed = |spec| Some(with_values(spec, &wanted, &home, &definitions, now));
        tx.want_change(object, changed, Lane::Interactive).await?;
        if let Some(codes) = &wanted_bundles {
            match bundles::set(&mut tx, &home, (id, object), codes).await {
                Err(error @ AppError::Forbidden(_)) => {
                    drop(tx);
                    return Err(app.note_denied(caller, tenant, error, cause).await);
                }
                other => other?,
            }
        }
        settle_one(&mut tx, tenant, id).await?;
    } else if wanted_bundles.is_some_and(|codes| !codes.is_empty()) {
        // Plans and groups are things of accounts.
        return Err(AppError::field(FieldError::new("bundles", Rule::Immutable)));
    }
    tx.commit(cause).await?;
    load(app, caller, id).await
}

/// Makes an account what the services of its person say, after the person or what
/// the person has changed. Needs an open request.
pub(crate) async fn settle_one(tx: &mut WriteTx<'_>, tenant: TenantId, user: UserId) -> Result<(), AppError> {
    let services: Vec<_> = tx.subscriptions(tenant, Some(user)).await?.iter().map(|s| s.service).collect();
    tx.lock_services(&services, false).await?;
    tx.settle_people(&[user.uuid()]).await?;
    Ok(())
}

/// Makes sure that nobody else has the new names and keys of a person. The old
/// names stay reserved, so that nobody is mistaken for somebody else.
pub(crate) async fn take_names(
    tx: &mut WriteTx<'_>,
    home: &TenantRef,
    user: &User,
    change: &UserChange,
) -> Result<(), AppError> {
    let mut errors = Vec::new();
    let mut wanted = Vec::new();
    if let Some(name) = change.principal_name.as_ref().filter(|name| **name != user.principal_name) {
        // Staff of the provider and of resellers sign in with any address.
        if user.object.is_some() {
            errors.extend(suffixes::is_own("principal_name", name, &home.suffixes).err());
        }
        wanted.push(("principal_name", Name::principal(name), Name::principal(&user.principal_name)));
    }
    if let Some(name) = change.logon_name.as_ref().filter(|name| Some(*name) != user.logon_name.as_ref()) {
        match (home.target, &user.logon_name) {
            (Some(target), Some(old)) => {
                wanted.push(("logon_name", Name::logon(target, name), Name::logon(target, old)));
            }
            _ => errors.push(FieldError::new("logon_name", Rule::Immutable)),
        }
    }
    if let Some(Some(key)) = change.details.get(&Detail::ExternalId)
        && user.details.get(&Detail::ExternalId) != Some(key)
        && !tx.external_ids_taken(home.id, std::slice::from_ref(key)).await?.is_empty()
    {
        errors.push(FieldError::new("details.external_id", Rule::Taken).with("value", key));
    }
    let names: Vec<_> = wanted.iter().map(|(_, new, _)| (new.clone(), user.id.uuid())).collect();
    let taken = if names.is_empty() { Vec::new() } else { tx.reserve(home.id, &names).await? };
    errors.extend(
        taken
            .into_iter()
            .map(|i| FieldError::new(wanted[i].0, Rule::Taken).with("value", &wanted[i].1.value)),
    );
    if !errors.is_empty() {
        return Err(AppError::Invalid(errors));
    }
    let old: Vec<_> = wanted.into_iter().map(|(_, _, old)| old).collect();
    tx.release(user.id.uuid(), &old).await?;
    Ok(())
}

/// What is wanted of an account, with the person's present values.
pub(crate) fn with_values(
    spec: Spec,
    user: &User,
    home: &TenantRef,
    fields: &[Definition],
    at: Timestamp,
) -> Spec {
    match spec {
        Spec::User(mut spec) => {
            spec.given_name.clone_from(&user.given_name);
            spec.surname.clone_from(&user.surname);
            spec.display_name.clone_from(&user.display_name);
            spec.mail.clone_from(&user.mail);
            spec.phone.clone_from(&user.phone);
            spec.title.clone_from(&user.title);
            spec.department.clone_from(&user.department);
            spec.manager = user.manager.as_ref().map(|manager| manager.object);
            spec.foreign_manager &= spec.manager.is_none();
            spec.enabled = account_enabled(user.enabled, home.suspended);
            spec.principal_name.clone_from(&user.principal_name);
            if let Some(logon) = user.logon_name.as_ref().filter(|logon| **logon != spec.logon_name) {
                // The name in the container follows, unless somebody else chose it.
                if spec.name == spec.logon_name {
                    spec.name.clone_from(logon);
                }
                spec.logon_name.clone_from(logon);
            }
            let zone = fact::time_zone(&home.time_zone).unwrap_or(TimeZone::UTC);
            spec.details = person::in_target(&user.details, &zone, at);
            spec.slots = custom::slots(fields, &user.fields, &spec.slots);
            Spec::User(spec)
        }
        other => other,
    }
}

async fn load(app: &App, caller: &Caller, id: UserId) -> Result<User, AppError> {
    let mut tx = app.store.read(caller).await?;
    let user = tx.user(id).await?;
    tx.finish().await?;
    Ok(user)
}

/// What is done to an account once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Once {
    /// Lifts the lock a directory put on it after wrong passwords.
    Unlock,
    /// Its password has to be changed at the next log-on.
    ExpirePassword,
}

/// Unlocks an account, or has its password changed at the next log-on.
pub async fn once(
    app: &App,
    caller: &Caller,
    id: UserId,
    what: Once,
    cause: &Cause,
) -> Result<RequestId, AppError> {
    let mut tx = app.store.write(caller).await?;
    let tenant = tx.tenant_of_user(id).await?.id;
    let (user, permit) = match tx.account::<act::UserResetPassword>(id).await {
        Ok(found) => found,
        Err(error) => {
            drop(tx);
            return Err(app.note_denied(caller, tenant, error.into(), cause).await);
        }
    };
    let object = user.object.ok_or(AppError::NotFound("user"))?;
    let (kind, event) = match what {
        Once::Unlock => ("user_unlock", "user.unlocked"),
        Once::ExpirePassword => ("password_expire", "user.password_expired"),
    };
    let request = tx.open_request(tenant, kind, json!({ "name": user.display_name }), Lane::Interactive);
    let now = tx.now();
    let change = |spec| match spec {
        Spec::User(spec) if what == Once::Unlock => {
            Some(Spec::User(UserSpec { unlocked_at: Some(now), ..spec }))
        }
        Spec::User(spec) => Some(Spec::User(UserSpec { password_expired_at: Some(now), ..spec })),
        other => Some(other),
    };
    tx.want_change(object, change, Lane::Interactive).await?;
    tx.note_account(&permit, event);
    tx.commit(cause).await?;
    Ok(request)
}

/// A one-time link with which the person chooses a new password.
pub async fn reset_password(
    app: &App,
    caller: &Caller,
    id: UserId,
    cause: &Cause,
) -> Result<(String, jiff::Timestamp), AppError> {
    reset(app, caller, id, false, cause).await
}

/// As [`reset_password`]; with `mail` as `send_link` the person also gets the link by mail.
pub async fn reset_password_and_tell(
    app: &App,
    caller: &Caller,
    id: UserId,
    send_link: Option<&str>,
    cause: &Cause,
) -> Result<(String, jiff::Timestamp), AppError> {
    let by_mail = mails::by_mail(send_link).map_err(AppError::field)?;
    reset(app, caller, id, by_mail, cause).await
}

async fn reset(
    app: &App,
    caller: &Caller,
    id: UserId,
    by_mail: bool,
    cause: &Cause,
) -> Result<(String, jiff::Timestamp), AppError> {
    let mut tx = app.store.write(caller).await?;
    let tenant = tx.tenant_of_user(id).await?.id;
    let (user, _permit) = match tx.account::<act::UserResetPassword>(id).await {
        Ok(found) => found,
        Err(error) => {
            drop(tx);
            return Err(app.note_denied(caller, tenant, error.into(), cause).await);
        }
    };
    if by_mail && app.mailing == Mailing::Off {
        return Err(AppError::Conflict(Conflict::MailOff));
    }
    let purpose = if user.activated_at.is_some() { Purpose::Reset } else { Purpose::Activation };
    let mut links = tx.issue_links(tenant, &[id], purpose).await?;
    let token = links.tokens.pop().unwrap_or_default();
    if by_mail {
        let address = user.mail.ok_or_else(|| AppError::field(FieldError::new("mail", Rule::Required)))?;
        let kind = if purpose == Purpose::Reset { Kind::Reset } else { Kind::Activation };
        let to = Addressee { address, name: user.display_name, login: user.principal_name };
        tx.send_link(kind, tenant, id, &token, to)?;
    }
    tx.commit(cause).await?;
    Ok((token, links.expires_at))
}

/// Gives a person a plan.
pub async fn add_plan(
    app: &App,
    caller: &Caller,
    id: UserId,
    code: &str,
    repeated: Option<&Repeat<'_, RequestId>>,
    cause: &Cause,
) -> Result<Answer<RequestId>, AppError> {
    let mut tx = app.store.write(caller).await?;
    let tenant = tx.tenant_of_user(id).await?;
    let user = match tx.account::<act::UserUpdate>(id).await {
        Ok((user, _permit)) => user,
        Err(error) => {
            drop(tx);
            return Err(app.note_denied(caller, tenant.id, error.into(), cause).await);
        }
    };
    if let Some(answer) = repeat::before(&mut tx, repeated).await? {
        return Ok(answer);
    }
    let object = user.object.ok_or(AppError::NotFound("user"))?;
    let plans = tx.plans_for(&tenant, &tenant.currency).await?;
    let home = home(&mut tx, &tenant, &plans, true).await?;
    let (plan, instance) = home.plan("plan", code).map_err(AppError::field)?;
    let present = tx.subscriptions(tenant.id, Some(id)).await?;
    let args = json!({ "name": user.display_name, "plan": code });
    let request = tx.open_request(tenant.id, "plan_add", args, Lane::Interactive);
    let same = present.iter().find(|s| s.plan == plan.code && s.instance == instance.code);
    match same {
        Some(held) if held.direct => {
            return Err(AppError::field(FieldError::new("plan", Rule::Taken).with("value", code)));
        }
        // It came with a bundle, and stays when the bundle goes.
        Some(held) => tx.set_direct(&[held.id], true).await?,
        None => {
            let subscription = NewSubscription {
                id: tx.id(),
                user: Some(id),
                plan: plan.id,
                order: None,
                group: instance.groups[0],
                member: Some(object),
            };
            tx.subscribe(tenant.id, &tenant.time_zone, &[subscription]).await?;
            let edges: Vec<_> = instance.groups.iter().map(|g| Edge { group: *g, member: object }).collect();
            tx.want_members_now(tenant.id, &edges, true).await?;
        }
    }
    tx.note_plan(tenant.id, id, &plan.code, plan.version, true);
    settle_one(&mut tx, tenant.id, id).await?;
    repeat::keep(&mut tx, repeated, &request).await?;
    tx.commit(cause).await?;
    Ok(Answer::Done(request))
}

/// Takes a plan from a person; billing ends now.
pub async fn remove_plan(
    app: &App,
    caller: &Caller,
    id: UserId,
    subscription: SubscriptionId,
    cause: &Cause,
) -> Result<RequestId, AppError> {
    let mut tx = app.store.write(caller).await?;
    let tenant = tx.tenant_of_user(id).await?;
    let user = match tx.account::<act::UserUpdate>(id).await {
        Ok((user, _permit)) => user,
        Err(error) => {
            drop(tx);
            return Err(app.note_denied(caller, tenant.id, error.into(), cause).await);
        }
    };
    let object = user.object.ok_or(AppError::NotFound("user"))?;
    let args = json!({ "name": user.display_name });
    let request = tx.open_request(tenant.id, "plan_remove", args, Lane::Interactive);
    let held = tx.subscriptions(tenant.id, Some(id)).await?;
    let held = held.iter().find(|s| s.id == subscription).ok_or(AppError::NotFound("subscription"))?;
    if bundles::gives(&tx.assigned(&[id]).await?, &held.plan, &held.instance) {
        if !held.direct {
            return Err(AppError::Conflict(Conflict::GivenByBundle));
        }
        tx.set_direct(&[subscription], false).await?;
        tx.note_plan(tenant.id, id, &held.plan, held.version, false);
    } else {
        end_plan(&mut tx, &tenant, id, object, subscription).await?;
    }
    settle_one(&mut tx, tenant.id, id).await?;
    tx.commit(cause).await?;
    Ok(request)
}

/// Ends a subscription, and leaves the groups of its instance unless another plan of
/// the same keeps the person in them.
pub(crate) async fn end_plan(
    tx: &mut WriteTx<'_>,
    tenant: &TenantRef,
    user: UserId,
    object: ObjectId,
    subscription: SubscriptionId,
) -> Result<(), AppError> {
    let held = tx.subscriptions(tenant.id, Some(user)).await?;
    tx.lock_work(&held.iter().filter(|s| s.id == subscription).map(|s| s.group).collect::<Vec<_>>()).await?;
    let ended = tx.unsubscribe(tenant.id, &tenant.time_zone, user, Some(subscription)).await?;
    let Some(ended) = ended.into_iter().next() else { return Err(AppError::NotFound("subscription")) };
    if held.iter().any(|s| s.id != subscription && s.group == ended.group) {
        return Ok(());
    }
    let instances = tx.instances(tenant.id).await?;
    let groups = instances.iter().find(|i| i.groups.contains(&ended.group)).map(|i| i.groups.clone());
    let groups = groups.unwrap_or_else(|| vec![ended.group]);
    let edges: Vec<_> = groups.into_iter().map(|group| Edge { group, member: object }).collect();
    tx.want_members_now(tenant.id, &edges, false).await?;
    Ok(())
}
