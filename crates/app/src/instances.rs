//! Services of a customer: one instance of each or several.

use domain::{
    field::{FieldError, Rule},
    id::{GroupId, InstanceId, ObjectId, RequestId, TargetId, TenantId},
    limits, names as rules,
    request::Lane,
    service::{self, MAIN_INSTANCE, split_instance},
    spec::{GroupSpec, Spec},
};
use jiff::SignedDuration;
use serde_json::json;
use store::{
    Caller,
    catalogue::{Instance, Meanings, NewInstance, Plan},
    objects::{Entity, NewObject},
    subscriptions::{NewSubscription, Subscription},
    tx::{Cause, Permit, ReadTx, WriteTx, act},
    users::Name,
    views::SeatCount,
};

use crate::{App, AppError, error::Conflict, groups::group_logon_name, settings};

/// An instance that is ordered, with the names its groups get in the directory.
pub(crate) struct Ordered {
    pub new: NewInstance,
    pub names: Vec<String>,
    service_code: String,
}

impl Ordered {
    /// As people subscribe to it.
    pub(crate) fn instance(&self) -> Instance {
        Instance {
            id: self.new.id,
            service: self.new.service,
            service_code: self.service_code.clone(),
            code: self.new.code.clone(),
            name: self.new.name.clone(),
            groups: self.new.groups.iter().map(|(_, object, _)| *object).collect(),
            seats: 0,
        }
    }

    /// Its groups, as wanted in a directory.
    pub(crate) fn objects(&self, tenant: TenantId, target: TargetId, folder: ObjectId) -> Vec<NewObject> {
        let object = |((id, object, shown), rdn): (&(GroupId, ObjectId, String), &String)| NewObject {
            id: *object,
            tenant,
            target,
            entity: (Entity::Group, id.uuid()),
            spec: service_group(rdn, shown, folder),
        };
        self.new.groups.iter().zip(&self.names).map(object).collect()
    }
}

/// A group of a service, as wanted.
fn service_group(rdn: &str, shown: &str, folder: ObjectId) -> Spec {
    Spec::Group(GroupSpec {
        description: Some(shown.chars().take(limits::ATTRIBUTE_CHARS).collect()),
        ..GroupSpec::security(folder, rdn.to_owned(), group_logon_name(rdn))
    })
}

/// What a customer (code, name) gets with a plan: `several` says that it has
/// another instance of the service already.
pub(crate) fn ordered_instance(
    tx: &WriteTx<'_>,
    (customer, customer_name): (&str, &str),
    plan: &Plan,
    (code, name): (&str, Option<&str>),
    several: bool,
    meanings: &Meanings,
) -> Result<Ordered, FieldError> {
    let code = service::code("instance", code)?;
    let Some((service, service_code, definition)) = meanings.service_of(plan.id) else {
        return Err(FieldError::new("plan", Rule::Unknown).with("value", &plan.code));
    };
    if several && !definition.tells_instances_apart() {
        let expected = "one instance: the names of its groups do not hold {instance}";
        return Err(FieldError::new("instance", Rule::Format).with("expected", expected));
    }
    let names = definition.group_names(customer, customer_name, &code, &plan.service_name);
    let mut groups = Vec::with_capacity(names.len());
    for rdn in &names {
        rules::line("instance", rdn, limits::RDN_CHARS).map_err(|e| e.with("value", rdn))?;
        let shown = rdn.strip_prefix(&format!("{customer} ")).unwrap_or(rdn).to_owned();
        groups.push((tx.id::<domain::id::GroupKind>(), tx.id::<domain::id::ObjectKind>(), shown));
    }
    let default = if code == MAIN_INSTANCE {
        plan.service_name.clone()
    } else {
        format!("{} {code}", plan.service_name)
    };
    let name = match name {
        Some(name) => rules::display_name("name", name)?,
        None => default.chars().take(limits::DISPLAY_NAME_CHARS).collect(),
    };
    let new =
        NewInstance { id: tx.id::<domain::id::InstanceKind>(), service, code, name, groups, restored: 0 };
    Ok(Ordered { new, names, service_code: service_code.to_owned() })
}

/// The same instance where the customer once had one under this code, and of its groups those
/// that are still there: they keep their security ids, and only the others are made.
async fn again(
    tx: &mut WriteTx<'_>,
    permit: &Permit<act::OrderCreate>,
    mut ordered: Ordered,
) -> Result<(Ordered, Vec<ObjectId>), AppError> {
    let of = (ordered.new.service, ordered.new.code.as_str());
    let Some(former) = tx.former_instance(permit.tenant.id, of).await? else {
        return Ok((ordered, Vec::new()));
    };
    tx.restore_groups(permit, former.id).await?;
    let restored = former.groups.len().min(ordered.names.len());
    ordered.names.drain(..restored);
    ordered.new.groups.drain(..restored);
    ordered.new.id = former.id;
    ordered.new.restored = former.groups.len();
    Ok((ordered, former.groups))
}

/// Gives a customer a service, or another instance of one it has. `plan` may name
/// the instance; a plan for the customer as a whole is subscribed to.
pub async fn give(
    app: &App,
    caller: &Caller,
    customer: TenantId,
    plan: &str,
    name: Option<&str>,
    cause: &Cause,
) -> Result<(InstanceId, RequestId), AppError> {
    let mut tx = app.store.write(caller).await?;
    let tenant = tx.tenant(customer).await?;
    let permit = match tx.permit::<act::OrderCreate>(&tenant) {
        Ok(permit) => permit,
        Err(error) => {
            drop(tx);
            return Err(app.note_denied(caller, customer, error.into(), cause).await);
        }
    };
    let (Some(target), Some(folder)) = (tenant.target, tenant.folder) else {
        return Err(AppError::NotFound("customer"));
    };
    if tx.is_read_only(target).await? {
        return Err(AppError::Conflict(Conflict::DirectoryReadOnly));
    }
    tx.hold_currency(&tenant).await?;
    let plans = tx.plans_for(&tenant, &tenant.currency).await?;
    let (code, named) = split_instance(plan);
    let Some(plan) = plans.iter().find(|p| p.code == code) else {
        let known: Vec<_> = plans.iter().map(|p| p.code.as_str()).collect();
        let error = FieldError::new("plan", Rule::Unknown).with("value", code);
        return Err(AppError::field(error.with("known", known.join(", "))));
    };
    tx.lock_services(&[plan.service], false).await?;
    let meanings = tx.meanings(&[customer.uuid()], &[plan.id.uuid()], &[], &[]).await?;
    let present: Vec<_> =
        tx.instances(customer).await?.into_iter().filter(|i| i.service == plan.service).collect();
    let instance = named.unwrap_or(MAIN_INSTANCE);
    if present.iter().any(|i| i.code == instance) {
        return Err(AppError::field(FieldError::new("instance", Rule::Taken).with("value", instance)));
    }
    let of = (tenant.code.as_str(), tenant.name.as_str());
    let ordered = ordered_instance(&tx, of, plan, (instance, name), !present.is_empty(), &meanings);
    let (ordered, there) = again(&mut tx, &permit, ordered.map_err(AppError::field)?).await?;
    let names: Vec<_> = ordered
        .names
        .iter()
        .map(|rdn| (Name::logon(target, &group_logon_name(rdn)), customer.uuid()))
        .collect();
    if let Some(taken) = tx.reserve(customer, &names).await?.first() {
        let error = FieldError::new("instance", Rule::Taken).with("value", &names[*taken].0.value);
        return Err(AppError::field(error));
    }
    let args = json!({ "name": ordered.new.name, "plan": plan.code });
    let request = tx.open_request(customer, "service_give", args, Lane::Interactive);
    let objects = ordered.objects(customer, target, folder);
    tx.want_new(&objects, Lane::Interactive).await?;
    tx.insert_instances(&permit, customer, std::slice::from_ref(&ordered.new)).await?;
    tx.verify_again(&there.iter().map(|group| group.uuid()).collect::<Vec<_>>()).await?;
    if !plan.per_user {
        let mut groups = there.iter().copied().chain(ordered.new.groups.iter().map(|(_, object, _)| *object));
        let subscription = NewSubscription {
            id: tx.id(),
            user: None,
            plan: plan.id,
            order: None,
            group: groups.next().ok_or(AppError::NotFound("service"))?,
            member: None,
        };
        tx.subscribe(customer, &tenant.time_zone, &[subscription]).await?;
    }
    let id = ordered.new.id;
    tx.commit(cause).await?;
    Ok((id, request))
}

/// What taking an instance from a customer comes to.
#[derive(Debug, Clone)]
pub struct Taking {
    /// Name of the customer.
    pub customer: String,
    /// The instance.
    pub instance: Instance,
    /// Its plans that end, and how many people have each.
    pub plans: Vec<SeatCount>,
    /// Its plans of the customer as a whole, which end.
    pub whole: Vec<Subscription>,
    /// For so many days its groups stay, empty, and are the same when it is given again.
    pub grace_days: i64,
}

impl Taking {
    /// People who lose a plan, counted once for each.
    #[must_use]
    pub fn people(&self) -> i64 {
        self.plans.iter().map(|count| count.people).sum()
    }
}

/// What taking a service (`erp@test`; the instance may be left out where there is one) would come
/// to. Nothing is changed.
pub async fn taking(
    app: &App,
    caller: &Caller,
    customer: TenantId,
    service: &str,
) -> Result<Taking, AppError> {
    let mut tx = app.store.read(caller).await?;
    let tenant = tx.tenant(customer).await?;
    tx.permit::<act::OrderCreate>(&tenant)?;
    let permit = tx.permit::<act::TenantRead>(&tenant)?;
    let taking = comes_to(&mut tx, &permit, service, None).await?;
    tx.finish().await?;
    Ok(taking)
}

async fn comes_to(
    tx: &mut ReadTx<'_>,
    permit: &Permit<act::TenantRead>,
    service: &str,
    grace_days: Option<i64>,
) -> Result<Taking, AppError> {
    let customer = permit.tenant.id;
    let (code, named) = split_instance(service);
    let mut of = tx.instances(customer).await?;
    of.retain(|i| i.service_code == code && named.is_none_or(|named| i.code == named));
    let instance = of.pop().filter(|_| of.is_empty()).ok_or(AppError::NotFound("service"))?;
    let mut plans = tx.seat_counts(permit).await?;
    plans.retain(|count| instance.groups.contains(&count.group));
    let mut whole = tx.subscriptions(customer, None).await?;
    whole.retain(|subscription| instance.groups.contains(&subscription.group));
    let grace_days = settings::grace_days(tx, &permit.tenant, grace_days).await?;
    Ok(Taking { customer: permit.tenant.name.clone(), instance, plans, whole, grace_days })
}

/// Takes an instance of a service from a customer: all plans of it end now, and nobody is in its
/// groups any more. For `grace_days` the groups stay, empty, so that they are the same when it is
/// given again; then they go from the directory. As long as people have it, only with `force`.
pub async fn take(
    app: &App,
    caller: &Caller,
    customer: TenantId,
    service: &str,
    (force, grace_days): (bool, Option<i64>),
    cause: &Cause,
) -> Result<RequestId, AppError> {
    let mut tx = app.store.write(caller).await?;
    let tenant = tx.tenant(customer).await?;
    let permit = match tx.permit::<act::OrderCreate>(&tenant) {
        Ok(permit) => permit,
        Err(error) => {
            drop(tx);
            return Err(app.note_denied(caller, customer, error.into(), cause).await);
        }
    };
    let target = tenant.target.ok_or(AppError::NotFound("customer"))?;
    if tx.is_read_only(target).await? {
        return Err(AppError::Conflict(Conflict::DirectoryReadOnly));
    }
    let read = tx.permit::<act::TenantRead>(&tenant)?;
    let taking = comes_to(&mut tx, &read, service, grace_days).await?;
    let args = json!({ "name": taking.instance.name, "count": taking.people() });
    let lane = Lane::for_objects(usize::try_from(taking.people()).unwrap_or_default());
    let request = tx.open_request(customer, "service_take", args, lane);
    let grace = taking.grace_days;
    let purge_at = (grace > 0).then(|| tx.now() + SignedDuration::from_hours(24 * grace));
    tx.lock_services(&[taking.instance.service], false).await?;
    let people = tx.remove_instance(&permit, &taking.instance, purge_at).await?;
    if !people.is_empty() && !force {
        let people = i64::try_from(people.len()).unwrap_or(i64::MAX);
        return Err(AppError::Conflict(Conflict::ServiceInUse { people }));
    }
    match purge_at {
        Some(_) => {
            let groups: Vec<_> = taking.instance.groups.iter().map(|group| group.uuid()).collect();
            tx.verify_again(&groups).await?;
        }
        None => {
            for group in &taking.instance.groups {
                tx.want_change(*group, |_| None, lane).await?;
            }
        }
    }
    tx.settle_people(&people).await?;
    tx.commit(cause).await?;
    Ok(request)
}
