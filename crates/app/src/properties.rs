//! Properties of services: set at a tenant, an instance or a person, as one request
//! over all people it concerns; explained; and undone.

use std::collections::BTreeMap;

use domain::{
    field::{FieldError, Rule},
    id::{InstanceId, RequestId, ServiceId, TenantId, UserId},
    person::Details,
    request::Lane,
    service::Level,
    spec::Spec,
};
use serde_json::json;
use store::{
    Caller,
    catalogue::{Changed, PropertyPlace, Reach, Service, Source},
    requests::Request,
    tx::{Cause, WriteTx, act},
};

use crate::{App, AppError, catalogue::manage, error::Conflict};

/// What somebody says.
#[derive(Debug, Clone, Default)]
pub struct PropertiesDraft {
    /// Code of the service.
    pub service: String,
    /// Code of one instance.
    pub instance: Option<String>,
    /// Values by name; `None` says nothing any more, so that what is said above holds.
    pub values: BTreeMap<String, Option<String>>,
}

/// What came of it.
#[derive(Debug, Clone)]
pub struct Said {
    /// The request that makes it true; none when nothing changes for anybody.
    pub request: Option<RequestId>,
    /// How many people it changes something for.
    pub people: usize,
    /// What was said before and after.
    pub changes: Vec<Changed>,
}

/// Says something at a tenant, for everybody at and below it.
pub async fn set(
    app: &App,
    caller: &Caller,
    tenant: TenantId,
    draft: &PropertiesDraft,
    cause: &Cause,
) -> Result<Said, AppError> {
    let (mut tx, _permit) = manage(app, caller, tenant, cause).await?;
    let said = say(&mut tx, tenant, None, draft, true).await?;
    tx.commit(cause).await?;
    Ok(said)
}

/// Says something for one person. Who manages people may for properties that are
/// personal; for others it takes who manages the catalogue.
pub async fn set_for_user(
    app: &App,
    caller: &Caller,
    user: UserId,
    draft: &PropertiesDraft,
    cause: &Cause,
) -> Result<Said, AppError> {
    let mut tx = app.store.write(caller).await?;
    let tenant = tx.tenant_of_user(user).await?;
    if let Err(error) = tx.account::<act::UserUpdate>(user).await {
        drop(tx);
        return Err(app.note_denied(caller, tenant.id, error.into(), cause).await);
    }
    let all = tx.permit::<act::CatalogueManage>(&tenant).is_ok();
    let said = say(&mut tx, tenant.id, Some(user), draft, all).await?;
    tx.commit(cause).await?;
    Ok(said)
}

async fn say(
    tx: &mut WriteTx<'_>,
    tenant: TenantId,
    user: Option<UserId>,
    draft: &PropertiesDraft,
    all: bool,
) -> Result<Said, AppError> {
    let found = tx.services(Some(&draft.service)).await?.pop();
    let unknown = || AppError::field(FieldError::new("service", Rule::Unknown).with("value", &draft.service));
    let id = found.ok_or_else(unknown)?.id;
    tx.lock_services(&[id], true).await?;
    let service = tx.service(&draft.service).await?;
    let values = checked(&service, draft, all)?;
    let instance = match &draft.instance {
        None => None,
        Some(code) => Some(instance(tx, tenant, id, code).await?),
    };
    let place = PropertyPlace { tenant, service: id, instance, user };
    let changes = tx.say(place, &service.code, &values).await?;
    make_true(tx, place, &service, changes, "properties_set", &[]).await
}

/// Wants what follows from what was just said, as one request over everybody it concerns.
async fn make_true(
    tx: &mut WriteTx<'_>,
    place: PropertyPlace,
    service: &Service,
    changes: Vec<Changed>,
    kind: &'static str,
    besides: &[uuid::Uuid],
) -> Result<Said, AppError> {
    if changes.is_empty() {
        return Ok(Said { request: None, people: 0, changes });
    }
    let reach =
        Reach { service: place.service, below: place.tenant, instance: place.instance, user: place.user };
    let mut people = tx.reached(reach).await?;
    people.extend_from_slice(besides);
    people.sort_unstable();
    people.dedup();
    let args = json!({ "name": service.name, "service": service.code, "changes": changes,
        "instance": place.instance.map(|i| i.to_string()), "user": place.user.map(|u| u.to_string()) });
    tx.open_request(place.tenant, kind, args, Lane::for_objects(people.len()));
    let people = tx.settle_people(&people).await?;
    let request = tx.request_of(i64::try_from(people).unwrap_or(i64::MAX));
    Ok(Said { request, people, changes })
}

fn checked(
    service: &Service,
    draft: &PropertiesDraft,
    all: bool,
) -> Result<BTreeMap<String, Option<String>>, AppError> {
    let known = || service.definition.properties.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
    let (mut values, mut errors) = (BTreeMap::new(), Vec::new());
    if draft.values.is_empty() {
        errors.push(FieldError::new("values", Rule::Required));
    }
    for (name, value) in &draft.values {
        let field = format!("values.{name}");
        let Some(property) = service.definition.properties.get(name) else {
            // What a property that is no more was said to be can be taken back.
            if value.is_none() {
                values.insert(name.clone(), None);
            } else {
                errors.push(FieldError::new(field, Rule::Unknown).with("value", name).with("known", known()));
            }
            continue;
        };
        if !all && !property.personal {
            errors.push(FieldError::new(field, Rule::Immutable));
            continue;
        }
        match value.as_deref().map(|text| property.parse(&field, text)).transpose() {
            Ok(value) => drop(values.insert(name.clone(), value)),
            Err(error) => errors.push(error),
        }
    }
    if errors.is_empty() { Ok(values) } else { Err(AppError::Invalid(errors)) }
}

async fn instance(
    tx: &mut WriteTx<'_>,
    tenant: TenantId,
    service: ServiceId,
    code: &str,
) -> Result<InstanceId, AppError> {
    let mut of: Vec<_> = tx.instances(tenant).await?;
    of.retain(|i| i.service == service);
    if let Some(found) = of.iter().find(|i| i.code == code) {
        return Ok(found.id);
    }
    let known: Vec<_> = of.iter().map(|i| i.code.as_str()).collect();
    let error = FieldError::new("instance", Rule::Unknown).with("value", code);
    Err(AppError::field(error.with("known", known.join(", "))))
}

/// Undoes a request that set properties: what was said before is said again, and the
/// accounts its revisions name are compared anew, with those who came since. Refused
/// when somebody has said something else meanwhile.
pub(crate) async fn undo(
    tx: &mut WriteTx<'_>,
    request: &Request,
    all: bool,
) -> Result<Option<RequestId>, AppError> {
    let args = &request.args;
    let broken = || AppError::Conflict(Conflict::NotUndoable);
    let text = |key: &str| args[key].as_str().map(str::to_owned);
    let changes: Vec<Changed> = serde_json::from_value(args["changes"].clone()).map_err(|_| broken())?;
    let instance = text("instance").map(|id| id.parse()).transpose().map_err(|_| broken())?;
    let user = text("user").map(|id| id.parse()).transpose().map_err(|_| broken())?;
    let code = text("service").ok_or_else(broken)?;
    let id = tx.service(&code).await?.id;
    tx.lock_services(&[id], true).await?;
    let service = tx.service(&code).await?;
    let place = PropertyPlace { tenant: request.tenant, service: id, instance, user };
    let present = tx.said_at(place).await?;
    if changes.iter().any(|change| present.get(&change.name) != change.after.as_ref()) {
        return Err(AppError::Conflict(Conflict::ChangedSince));
    }
    let values: BTreeMap<_, _> = changes.into_iter().map(|c| (c.name, c.before)).collect();
    let draft = PropertiesDraft { service: code, instance: None, values };
    let values = checked(&service, &draft, all)?;
    let people = tx.people_of_request(request.id).await?;
    let changes = tx.say(place, &service.code, &values).await?;
    Ok(make_true(tx, place, &service, changes, "properties_undo", &people).await?.request)
}

/// A property as it holds somewhere, with everything that was said of it.
#[derive(Debug, Clone)]
pub struct Explained {
    /// Code of the service.
    pub service: String,
    /// Code of the instance, of people.
    pub instance: Option<String>,
    /// Code and version of the plan, of people.
    pub plan: Option<String>,
    /// Name of the property.
    pub name: String,
    /// What was said, from the most general to the most special; the last holds.
    pub chain: Vec<Step>,
}

/// One thing that was said of a property.
#[derive(Debug, Clone)]
pub struct Step {
    /// `service`, `plan`, `provider`, `reseller`, `customer`, `seller`, `instance` or `person`.
    pub level: String,
    /// By which service, plan or tenant, if the caller may see it.
    pub source: Option<String>,
    /// What.
    pub value: String,
}

fn steps(said: Vec<domain::service::Said<'_, Source<'_>>>, service: &str) -> Vec<Step> {
    let step = |said: domain::service::Said<'_, Source<'_>>| {
        let (level, source) = match (said.level, &said.source) {
            (_, Source::Service) => ("service".to_owned(), Some(service.to_owned())),
            (_, Source::Plan(code, version)) => ("plan".to_owned(), Some(format!("{code}/{version}"))),
            (Level::Instance, Source::Word(word)) => ("instance".to_owned(), word.seen.clone().map(|s| s.0)),
            (Level::Person | Level::PersonInstance, Source::Word(_)) => ("person".to_owned(), None),
            // Who stands above a customer is not the customer's to see.
            (_, Source::Word(word)) => match &word.seen {
                Some((code, kind)) => (kind.clone(), Some(code.clone())),
                None => ("seller".to_owned(), None),
            },
        };
        Step { level, source, value: said.value.to_owned() }
    };
    said.into_iter().map(step).collect()
}

/// What holds at a tenant for everybody who has a service there, before plans.
pub async fn explain(
    app: &App,
    caller: &Caller,
    tenant: TenantId,
    service: Option<&str>,
) -> Result<Vec<Explained>, AppError> {
    let mut tx = app.store.read(caller).await?;
    let tenant = tx.tenant(tenant).await?;
    tx.permit::<act::TenantRead>(&tenant)?;
    let mut services = tx.services(service).await?;
    services.retain(|s| tenant.path.contains(&s.tenant));
    let ids: Vec<_> = services.iter().map(|s| s.id.uuid()).collect();
    let meanings = tx.meanings(&[tenant.id.uuid()], &[], &ids, &[]).await?;
    tx.finish().await?;
    let mut explained = Vec::new();
    for service in &services {
        for name in service.definition.properties.keys() {
            let chain = steps(meanings.said(tenant.id, None, service.id, None, name), &service.code);
            let (service, name) = (service.code.clone(), name.clone());
            explained.push(Explained { service, instance: None, plan: None, name, chain });
        }
    }
    Ok(explained)
}

/// What holds for a person, and what the person's services set on the account.
pub async fn explain_user(
    app: &App,
    caller: &Caller,
    id: UserId,
) -> Result<(Vec<Explained>, Details), AppError> {
    let mut tx = app.store.read(caller).await?;
    let user = tx.user(id).await?;
    let held = tx.held_by(&[id.uuid()]).await?.remove(&id.uuid()).unwrap_or_default();
    let plans: Vec<_> = held.iter().map(|h| h.plan.uuid()).collect();
    let meanings = tx.meanings(&[user.tenant.uuid()], &plans, &[], &[id.uuid()]).await?;
    let set = match user.object {
        Some(object) => match tx.spec(object).await? {
            Spec::User(spec) => spec.service_details,
            _ => Details::new(),
        },
        None => Details::new(),
    };
    tx.finish().await?;
    let mut explained = Vec::new();
    for held in &held {
        let Some((service, code, definition)) = meanings.service_of(held.plan) else { continue };
        for name in definition.properties.keys() {
            let chain = steps(meanings.said(user.tenant, Some(id), service, Some(held), name), code);
            explained.push(Explained {
                service: code.to_owned(),
                instance: Some(held.instance_code.clone()),
                plan: meanings.plan(held.plan).map(|(code, version)| format!("{code}/{version}")),
                name: name.clone(),
                chain,
            });
        }
    }
    explained.sort_by(|a, b| (&a.service, &a.instance, &a.name).cmp(&(&b.service, &b.instance, &b.name)));
    Ok((explained, set))
}
