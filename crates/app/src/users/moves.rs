//! Moving people to another customer of the same directory, with the account they have.
//!
//! One transaction: what the customer that is left gave ends there, the account changes hands, and
//! somebody is made in the other customer who goes on with it. A preview does all of it and keeps
//! nothing.

use std::collections::BTreeMap;

use domain::{
    custom::Definition,
    field::{Checker, FieldError, Rule},
    id::{ObjectId, RequestId, TenantId, UserId},
    limits, names,
    person::Detail,
    spec::{Spec, UserSpec},
};
use serde_json::json;
use store::{
    Caller, StoreError,
    activations::Purpose,
    catalogue::Plan,
    tx::{Cause, Permit, ReadTx, TenantRef, WriteTx, act},
    users::{MoveObstacle, User},
};

use super::{
    home,
    together::{Requests, Together},
};
use crate::{
    Answer, App, AppError, Repeat,
    error::Conflict,
    people::Person,
    provision::{Home, Prepared, prepare_as},
    repeat,
};

/// Where somebody is to go, as it was typed.
#[derive(Debug, Clone, Default)]
pub struct MoveDraft {
    /// The customer that receives the person, by code or id.
    pub customer: String,
    /// The whole principal name there; made by the pattern of the customer when absent.
    pub principal_name: Option<String>,
    /// `sAMAccountName`; stays when absent.
    pub logon_name: Option<String>,
    /// Key of the person in a system of the new customer; stays when absent, goes when empty.
    pub external_id: Option<String>,
    /// Plans there.
    pub plans: Vec<String>,
    /// Codes of bundles there.
    pub bundles: Vec<String>,
    /// Custom fields, by key; values of fields that hold in both customers stay.
    pub fields: BTreeMap<String, String>,
    /// Why, for the log.
    pub reason: Option<String>,
}

/// What a move comes to.
#[derive(Debug, Clone)]
pub struct Moving {
    /// Name of the person.
    pub name: String,
    /// The customer that is left.
    pub from: TenantRef,
    /// The customer that receives the person.
    pub to: TenantRef,
    /// The principal name, before and after.
    pub principal_name: (String, String),
    /// The log-on name, before and after.
    pub logon_name: (String, String),
    /// Plans that end.
    pub plans_ended: Vec<String>,
    /// Plans that begin.
    pub plans: Vec<String>,
    /// Groups the person leaves.
    pub groups_left: Vec<String>,
    /// Whom the person manages; they have no manager afterwards.
    pub reports: usize,
    /// Keys of custom fields whose values go along.
    pub fields: Vec<String>,
}

/// Somebody who was moved.
#[derive(Debug, Clone, Copy)]
pub struct Moved {
    /// Who they are in the customer that received them.
    pub user: UserId,
    /// The request that moves the account.
    pub request: RequestId,
    /// The request by which the account leaves the groups of the customer that was left.
    pub leaving: RequestId,
}

/// What was typed, checked as far as that can be without looking.
struct Wish {
    customer: String,
    principal_name: Option<String>,
    logon_name: Option<String>,
    /// Empty where it goes.
    external_id: Option<String>,
    plans: Vec<String>,
    bundles: Vec<String>,
    fields: BTreeMap<String, String>,
    reason: Option<String>,
}

impl Wish {
    fn needs_plans(&self) -> bool {
        !self.plans.is_empty() || !self.bundles.is_empty()
    }
}

impl MoveDraft {
    fn check(&self) -> Result<Wish, AppError> {
        let mut c = Checker::default();
        let customer = self.customer.trim().to_owned();
        if customer.is_empty() {
            c.note(FieldError::new("customer", Rule::Required));
        }
        let principal = self.principal_name.as_deref();
        let principal_name = principal.and_then(|n| c.take(names::principal_name("principal_name", n)));
        let logon = self.logon_name.as_deref();
        let logon_name = logon.and_then(|n| c.take(names::logon_name("logon_name", n)));
        if self.plans.len() > limits::PLANS {
            c.note(FieldError::new("plans", Rule::TooMany).with("max", limits::PLANS));
        }
        if self.bundles.len() > limits::BUNDLES {
            c.note(FieldError::new("bundles", Rule::TooMany).with("max", limits::BUNDLES));
        }
        let reason = c.take(names::optional_line("reason", self.reason.as_deref(), limits::REASON_CHARS));
        let external_id =
            self.external_id.as_deref().and_then(|key| c.take(Detail::ExternalId.parse("external_id", key)));
        let wish = Wish {
            customer,
            principal_name,
            logon_name,
            external_id: external_id.map(Option::unwrap_or_default),
            plans: self.plans.clone(),
            bundles: self.bundles.clone(),
            fields: self.fields.clone(),
            reason: reason.flatten(),
        };
        c.finish(Some(wish)).map_err(AppError::Invalid)
    }
}

/// A move that may be made, with both customers and the account locked.
struct Way {
    from: TenantRef,
    to: TenantRef,
    user: User,
    object: ObjectId,
    leave: Permit<act::UserDelete>,
    join: Permit<act::UserCreate>,
}

/// What came of a move that is not committed yet.
struct Done {
    moved: Moved,
    moving: Moving,
}

/// What moving somebody would come to; refused as the move itself would be. Nothing is changed.
pub async fn preview_transfer(
    app: &App,
    caller: &Caller,
    id: UserId,
    draft: &MoveDraft,
) -> Result<Moving, AppError> {
    let wish = draft.check()?;
    let mut tx = app.store.write(caller).await?;
    let way = Way::of(&mut tx, id, &wish).await.map_err(|(error, _)| error)?;
    let plans = plans_there(&mut tx, &way.to, &wish).await?;
    let there = home(&mut tx, &way.to, &plans, wish.needs_plans()).await?;
    let done = Box::pin(carry_out(&mut tx, &way, &wish, &there, Requests::Foreseen)).await?;
    tx.check_quotas().await?;
    Ok(done.moving)
}

/// Moves somebody to another customer, if `version` is still the present one: the same account of the
/// directory with the same password, and nothing else of what they had. Needs the right to remove
/// the person from the one customer, and to create people in the other.
pub async fn transfer(
    app: &App,
    caller: &Caller,
    id: UserId,
    version: i64,
    draft: &MoveDraft,
    repeated: Option<&Repeat<'_, Moved>>,
    cause: &Cause,
) -> Result<Answer<Moved>, AppError> {
    let wish = draft.check()?;
    let mut tx = app.store.write(caller).await?;
    // Before anything is looked up: the second time the person is somebody else.
    if let Some(answer) = repeat::before(&mut tx, repeated).await? {
        return Ok(answer);
    }
    let way = match Way::of(&mut tx, id, &wish).await {
        Ok(way) => way,
        Err((error, aimed_at)) => {
            drop(tx);
            let Some(tenant) = aimed_at else { return Err(error) };
            return Err(app.note_denied(caller, tenant, error, cause).await);
        }
    };
    if way.user.version != version {
        return Err(AppError::Conflict(Conflict::Stale { present: way.user.version }));
    }
    let plans = plans_there(&mut tx, &way.to, &wish).await?;
    let there = home(&mut tx, &way.to, &plans, wish.needs_plans()).await?;
    // On the heap: all that makes a person is held by whoever waits for it.
    let done = match Box::pin(carry_out(&mut tx, &way, &wish, &there, Requests::Own(cause))).await {
        Ok(done) => done,
        Err(error) => {
            drop(tx);
            return Err(app.note_denied(caller, way.to.id, error, cause).await);
        }
    };
    repeat::keep(&mut tx, repeated, &done.moved).await?;
    tx.commit(cause).await?;
    Ok(Answer::Done(done.moved))
}

/// Moves somebody together with others, to where they all go; gives who they are there, their account
/// and their name. Who may not be moved, or is gone, is refused before anything is written. The part of
/// the customer that receives them is still open.
pub(crate) async fn transfer_within(
    tx: &mut WriteTx<'_>,
    id: UserId,
    (draft, there): (&MoveDraft, &Home<'_>),
    together: &mut Together<'_>,
) -> Result<(UserId, ObjectId, String), AppError> {
    let wish = draft.check()?;
    let way = Way::of(tx, id, &wish).await.map_err(|(error, _)| error)?;
    let done = Box::pin(carry_out(tx, &way, &wish, there, Requests::Together(together))).await?;
    Ok((done.moved.user, way.object, done.moving.principal_name.1))
}

/// Somebody as they would come to another customer; the log-on name goes along, and is asked of nobody.
pub(crate) fn newcomer(user: &User, draft: &MoveDraft, there: &Home<'_>) -> Result<Person, AppError> {
    let person = person(user, &draft.check()?, &kept(&there.fields, user));
    Ok(Person { logon_name: None, ..person })
}

async fn plans_there(tx: &mut WriteTx<'_>, to: &TenantRef, wish: &Wish) -> Result<Vec<Plan>, AppError> {
    Ok(if wish.needs_plans() { tx.plans_for(to, &to.currency).await? } else { Vec::new() })
}

/// An error, and the tenant an attempt that was not allowed was aimed at.
type Refused = (AppError, Option<TenantId>);

impl Way {
    /// The person first: who may not know of them is told nothing of the other customer either.
    async fn of(tx: &mut WriteTx<'_>, id: UserId, wish: &Wish) -> Result<Self, Refused> {
        let plain = |error: AppError| -> Refused { (error, None) };
        let at = |error: StoreError, tenant: TenantId| -> Refused { (error.into(), Some(tenant)) };
        let from = tx.tenant_of_user(id).await.map_err(|error| plain(error.into()))?;
        let account = tx.account::<act::UserDelete>(id).await;
        let (user, leave) = account.map_err(|error| at(error, from.id))?;
        // Staff of sellers have nothing that could move.
        let object = user.object.ok_or_else(|| plain(AppError::NotFound("user")))?;
        let to = customer(tx, &wish.customer).await.map_err(plain)?;
        if to.id == from.id {
            let error = FieldError::new("customer", Rule::Unchanged).with("value", &to.code);
            return Err(plain(AppError::field(error)));
        }
        // By reading: what ends is recorded with what allowed that.
        let reading: &ReadTx<'_> = tx;
        let join = reading.permit::<act::UserCreate>(&to).map_err(|error| at(error, to.id))?;
        Ok(Self { from, to, user, object, leave, join })
    }
}

/// The customer that receives somebody, by code or id. What the caller may not see is unknown.
pub(crate) async fn customer(tx: &mut WriteTx<'_>, text: &str) -> Result<TenantRef, AppError> {
    let unknown = || AppError::field(FieldError::new("customer", Rule::Unknown).with("value", text));
    let found = match text.parse() {
        Ok(id) => tx.tenant(id).await,
        Err(_) => tx.tenant_by_code(text).await,
    };
    match found {
        // Sellers have no people with accounts.
        Ok(tenant) if tenant.folder.is_some() && tenant.members.is_some() => Ok(tenant),
        Ok(_) | Err(StoreError::NotFound(_)) => Err(unknown()),
        Err(other) => Err(other.into()),
    }
}

/// Moves, all but the commit; what happened in the customer that is left is written with the request
/// there.
async fn carry_out(
    tx: &mut WriteTx<'_>,
    way: &Way,
    wish: &Wish,
    there: &Home<'_>,
    mut requests: Requests<'_, '_>,
) -> Result<Done, AppError> {
    let (user, object, reason) = (&way.user, way.object, wish.reason.as_deref());
    let Spec::User(before) = tx.spec(object).await? else { return Err(AppError::NotFound("user")) };
    let standing = tx.standing_of(object).await?;
    let was_invited = tx.awaits_activation(user.id).await?;
    let successor: UserId = tx.id();
    let password_waits = match tx.hand_over(&way.leave, &way.join, successor).await? {
        Ok(waits) => waits,
        Err(MoveObstacle::DirectoryMove) => return Err(AppError::Conflict(Conflict::MoveOpen)),
        Err(MoveObstacle::OtherDirectory) => {
            let error = FieldError::new("customer", Rule::OtherDirectory).with("value", &way.to.code);
            return Err(AppError::field(error));
        }
    };
    let args = json!({ "name": user.display_name });
    let leaving = requests.leaving(tx, way.from.id, &args);
    let (plans_ended, reports) = leave(tx, way, successor, reason).await?;
    let request = requests.arriving(tx, way.to.id, args).await?;
    tx.permit::<act::UserCreate>(&way.to)?;
    let (prepared, fields) = join(tx, way, (wish, there), &before, successor).await?;
    if was_invited && user.activated_at.is_none() && !password_waits {
        tx.issue_links(way.to.id, &[successor], Purpose::Activation).await?;
    }
    let new = &prepared.users[0];
    let plans = prepared.plans.iter().flatten().map(|p| format!("{}@{}", p.code, p.instance)).collect();
    let moving = Moving {
        name: user.display_name.clone(),
        from: way.from.clone(),
        to: way.to.clone(),
        principal_name: (user.principal_name.clone(), new.principal_name.clone()),
        logon_name: (user.logon_name.clone().unwrap_or_default(), new.logon_name.clone().unwrap_or_default()),
        plans_ended,
        plans,
        groups_left: standing.left.into_iter().chain(standing.kept).collect(),
        reports,
        fields,
    };
    Ok(Done { moved: Moved { user: successor, request, leaving }, moving })
}

/// What the customer that is left gave ends there, as when somebody is removed for good; gives the
/// plans that ended, and how many people have no manager any more.
async fn leave(
    tx: &mut WriteTx<'_>,
    way: &Way,
    successor: UserId,
    reason: Option<&str>,
) -> Result<(Vec<String>, usize), AppError> {
    let (from, user) = (&way.from, way.user.id);
    // The queue of the groups before the subscriptions, as a worker takes them.
    tx.leave_customer(&way.leave, way.object).await?;
    let ended = tx.unsubscribe(from.id, &from.time_zone, user, None).await?;
    for assigned in tx.assigned(&[user]).await? {
        tx.end_assignment(from.id, &assigned).await?;
    }
    let reports = tx.drop_reports(&way.leave).await?;
    tx.end_moved(&way.leave, successor, reason).await?;
    // Groups show their next owner.
    tx.settle_owned(&way.leave).await?;
    let plans = ended.iter().map(|s| format!("{}@{}", s.plan, s.instance)).collect();
    Ok((plans, reports.len()))
}

/// Makes the person in the other customer, with what was asked for and the group of all its people;
/// gives what was made, and the keys of the fields that came along.
async fn join(
    tx: &mut WriteTx<'_>,
    way: &Way,
    (wish, home): (&Wish, &Home<'_>),
    before: &UserSpec,
    successor: UserId,
) -> Result<(Prepared, Vec<String>), AppError> {
    let (to, reason) = (&way.to, wish.reason.as_deref());
    let kept = kept(&home.fields, &way.user);
    let person = person(&way.user, wish, &kept);
    let made = vec![(successor, way.object)];
    let prepared = prepare_as(tx, home, &[String::new()], std::slice::from_ref(&person), made).await;
    let mut prepared = prepared.map_err(named_here)?;
    tx.may_fill(to, &prepared.groups_of_bundles()).await?;
    let new = &mut prepared.users[0];
    if let Some(account) = &mut new.account
        && let Spec::User(spec) = &mut account.spec
    {
        inherit(spec, before);
    }
    tx.receive_person(&way.join, &way.user, &prepared.users[0], reason).await?;
    // The account may have been in them before.
    tx.want_members_now(to.id, &prepared.edges, true).await?;
    prepared.begin(tx, home).await?;
    let fields = kept.into_keys().filter(|key| !wish.fields.contains_key(key)).collect();
    Ok((prepared, fields))
}

/// What is left of what was wanted of the account: what was to be done to it once, and that
/// attributes which custom fields of the customer that is left wrote are emptied.
fn inherit(spec: &mut UserSpec, before: &UserSpec) {
    spec.unlocked_at = before.unlocked_at;
    spec.password_expired_at = before.password_expired_at;
    for slot in before.slots.keys() {
        spec.slots.entry(*slot).or_insert(None);
    }
}

/// Values of fields that hold for the people of both customers, by key.
fn kept(fields: &[Definition], user: &User) -> BTreeMap<String, String> {
    let asked_for = fields.iter().filter(|field| field.retired_at.is_none());
    asked_for.filter_map(|field| Some((field.key.clone(), user.fields.get(&field.id)?.clone()))).collect()
}

fn person(user: &User, wish: &Wish, kept: &BTreeMap<String, String>) -> Person {
    let mut details = user.details.clone();
    match wish.external_id.as_deref() {
        None => {}
        Some("") => drop(details.remove(&Detail::ExternalId)),
        Some(key) => drop(details.insert(Detail::ExternalId, key.to_owned())),
    }
    let mut fields = kept.clone();
    fields.extend(wish.fields.clone());
    Person {
        given_name: user.given_name.clone(),
        surname: user.surname.clone(),
        display_name: user.display_name.clone(),
        user_name: None,
        principal_name: wish.principal_name.clone(),
        logon_name: wish.logon_name.clone().or_else(|| user.logon_name.clone()),
        mail: user.mail.clone(),
        phone: user.phone.clone(),
        title: user.title.clone(),
        department: user.department.clone(),
        // Somebody of the customer that is left.
        manager: None,
        plans: wish.plans.clone(),
        bundles: wish.bundles.clone(),
        enabled: user.enabled,
        details,
        fields,
        by_mail: false,
    }
}

/// An error of a value as it is called here.
fn named_here(error: AppError) -> AppError {
    match error {
        AppError::Invalid(mut errors) => {
            for error in errors.iter_mut().filter(|error| error.field == "details.external_id") {
                "external_id".clone_into(&mut error.field);
            }
            AppError::Invalid(errors)
        }
        other => other,
    }
}
