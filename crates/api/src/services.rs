//! Services as data, the services of a customer, and properties.

use std::collections::BTreeMap;

use app::{
    AppError, Caller,
    catalogue::{ServiceDraft, ServicePatch},
    instances,
    properties::{self as use_cases, PropertiesDraft, Said},
    reading::{catalogue as stored, roots, tx::act},
};
use axum::{Json, extract::State, http::StatusCode};
use domain::{
    catalogue::ServiceScope,
    id::{TenantId, UserId},
    permission::Permission,
    service::{self, DefinitionDraft},
};
use web::Surface;
use wire::{
    catalogue::{
        EndingPlan, Instance, Instances, NewInstance, NewServiceDefinition, PlanScope, PropertiesQuery,
        PropertiesSaid, PropertiesUpdate, Property, PropertyKind, PropertyStep, PropertyValue,
        PropertyValues, Service, ServiceChanged, ServiceRemoval, ServiceUpdate, TakeService,
    },
    common::{Page, PageQuery},
};

use crate::{
    Refused, Tagged,
    cursor::{Paging, cut},
    input::{Body, Call, Params, PathId, PathIds, Version},
    orders::plan_ref,
    read,
    refusal::Answer,
};

/// Services that can be seen, by code.
#[utoipa::path(get, path = "/services", tag = "catalogue", params(PageQuery),
    responses((status = 200, description = "One page.", body = Page<Service>), Refused))]
pub async fn list_services(
    State(surface): State<Surface>,
    call: Call,
    Params(query): Params<PageQuery>,
) -> Answer<Json<Page<Service>>> {
    let paging = Paging::new("services", query.limit, query.after.as_deref())?;
    let read = async {
        roots(&call.caller, Permission::TenantRead)?;
        let mut tx = surface.app.read(&call.caller).await?;
        let services = tx.services(None).await?;
        tx.finish().await?;
        Ok::<_, AppError>(services)
    };
    let services: Vec<_> = read.await?.iter().map(shown).collect();
    Ok(Json(cut("services", &paging, services, |s| s.code.clone())))
}

/// A service with what it means.
#[utoipa::path(get, path = "/services/{code}", tag = "catalogue",
    params(("code" = String, Path, description = "Code of the service.")),
    responses((status = 200, description = "The service; `ETag` is its version.", body = Service), Refused))]
pub async fn show_service(
    State(surface): State<Surface>,
    call: Call,
    PathId(code): PathId<String>,
) -> Answer<Tagged<Service>> {
    let service = read_service(&surface, &call.caller, &code).await?;
    Ok(Tagged(StatusCode::OK, service.version, service))
}

/// Publish a service to all below a tenant.
#[utoipa::path(post, path = "/services", tag = "catalogue", request_body = NewServiceDefinition,
    responses((status = 201, description = "Published.", body = Service), Refused))]
pub async fn create_service(
    State(surface): State<Surface>,
    call: Call,
    Body(new): Body<NewServiceDefinition>,
) -> Answer<Tagged<Service>> {
    let tenant = publisher(&surface, &call.caller, new.tenant.as_deref()).await?;
    let draft = ServiceDraft {
        code: new.code,
        name: new.name,
        per_user: new.per_user.unwrap_or(true),
        definition: DefinitionDraft {
            groups: new.groups,
            attributes: new.attributes,
            properties: properties(new.properties),
        },
    };
    app::catalogue::create_service(&surface.app, &call.caller, tenant, &draft, &call.cause).await?;
    let service = read_service(&surface, &call.caller, draft.code.trim()).await?;
    Ok(Tagged(StatusCode::CREATED, service.version, service))
}

/// Change a service, or retire it.
///
/// People who have it get what it means now, as one request. Groups are those
/// the service had when a customer got it.
#[utoipa::path(patch, path = "/services/{code}", tag = "catalogue", request_body = ServiceUpdate,
    params(("code" = String, Path, description = "Code of the service."),
        ("If-Match" = String, Header, description = "The `ETag` the change is based on.")),
    responses((status = 202, description = "As it is now.", body = ServiceChanged), Refused))]
pub async fn update_service(
    State(surface): State<Surface>,
    call: Call,
    PathId(code): PathId<String>,
    Version(version): Version,
    Body(new): Body<ServiceUpdate>,
) -> Answer<Tagged<ServiceChanged>> {
    let before = read_service(&surface, &call.caller, &code).await?;
    let changes_meaning = new.groups.is_some() || new.attributes.is_some() || new.properties.is_some();
    let definition = DefinitionDraft {
        groups: new.groups.unwrap_or(before.groups),
        attributes: new.attributes.unwrap_or(before.attributes),
        properties: properties(new.properties.unwrap_or(before.properties)),
    };
    let definition = changes_meaning.then_some(definition);
    let patch = ServicePatch { name: new.name, definition, retired: new.retired };
    let request =
        app::catalogue::update_service(&surface.app, &call.caller, &code, version, &patch, &call.cause)
            .await?;
    let service = read_service(&surface, &call.caller, &code).await?;
    let request = request.map(|id| id.to_string());
    Ok(Tagged(StatusCode::ACCEPTED, service.version, ServiceChanged { service, request }))
}

/// Compare everybody who has a service with what it means, and put right what differs.
#[utoipa::path(post, path = "/services/{code}/apply", tag = "catalogue",
    params(("code" = String, Path, description = "Code of the service.")),
    responses((status = 202, description = "With the request, if anything differs.", body = ServiceChanged), Refused))]
pub async fn apply_service(
    State(surface): State<Surface>,
    call: Call,
    PathId(code): PathId<String>,
) -> Answer<(StatusCode, Json<ServiceChanged>)> {
    let request = app::catalogue::apply_service(&surface.app, &call.caller, &code, &call.cause).await?;
    let service = read_service(&surface, &call.caller, &code).await?;
    let request = request.map(|id| id.to_string());
    Ok((StatusCode::ACCEPTED, Json(ServiceChanged { service, request })))
}

/// The services a customer has, each instance.
#[utoipa::path(get, path = "/customers/{id}/services", tag = "catalogue",
    params(("id" = String, Path, description = "Id of the customer.")),
    responses((status = 200, description = "All of them.", body = Instances), Refused))]
pub async fn list_instances(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<TenantId>,
) -> Answer<Json<Instances>> {
    Ok(Json(read_instances(&surface, &call.caller, id).await?))
}

/// Give a customer a service, or another instance of one it has.
#[utoipa::path(post, path = "/customers/{id}/services", tag = "catalogue", request_body = NewInstance,
    params(("id" = String, Path, description = "Id of the customer.")),
    responses((status = 202, description = "Recorded; on its way.", body = Instances), Refused))]
pub async fn give_service(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<TenantId>,
    Body(new): Body<NewInstance>,
) -> Answer<(StatusCode, Json<Instances>)> {
    let (plan, name) = (plan_ref(&new.plan, new.instance.as_deref()), new.name.as_deref());
    let (_, request) = instances::give(&surface.app, &call.caller, id, &plan, name, &call.cause).await?;
    let mut all = read_instances(&surface, &call.caller, id).await?;
    all.request = Some(request.to_string());
    Ok((StatusCode::ACCEPTED, Json(all)))
}

/// What taking a service from a customer comes to. Nothing is changed.
#[utoipa::path(get, path = "/customers/{id}/services/{service}/removal", tag = "catalogue",
    params(("id" = String, Path, description = "Id of the customer."),
        ("service" = String, Path, description = "Code of the service, with the instance where there are several: `erp@test`.")),
    responses((status = 200, description = "What ends.", body = ServiceRemoval), Refused))]
pub async fn preview_service_removal(
    State(surface): State<Surface>,
    call: Call,
    PathIds(id, service): PathIds<TenantId, String>,
) -> Answer<Json<ServiceRemoval>> {
    let of = instances::taking(&surface.app, &call.caller, id, &service).await?;
    let plans = of.plans.into_iter();
    let plans = plans.map(|of| EndingPlan { plan: of.plan, name: of.name, people: of.people });
    Ok(Json(ServiceRemoval {
        plans: plans.collect(),
        customer_plans: of.whole.into_iter().map(|subscription| subscription.plan).collect(),
        grace_days: of.grace_days,
        instance: instance(of.instance),
    }))
}

/// Take a service from a customer: all plans of it end now, and nobody is in its groups any more.
///
/// The empty groups stay for some days. Given again within them, the service has the same groups,
/// so that what they may do elsewhere holds again; who had a plan gets it anew. Then they go from
/// the directory.
#[utoipa::path(delete, path = "/customers/{id}/services/{service}", tag = "catalogue",
    params(("id" = String, Path, description = "Id of the customer."),
        ("service" = String, Path, description = "Code of the service, with the instance where there are several: `erp@test`."),
        TakeService),
    responses((status = 202, description = "Recorded; what the customer has now.", body = Instances), Refused))]
pub async fn take_service(
    State(surface): State<Surface>,
    call: Call,
    PathIds(id, service): PathIds<TenantId, String>,
    Params(how): Params<TakeService>,
) -> Answer<(StatusCode, Json<Instances>)> {
    let (app, caller, how) = (&surface.app, &call.caller, (how.force, how.grace_days));
    let request = instances::take(app, caller, id, &service, how, &call.cause).await?;
    let mut all = read_instances(&surface, caller, id).await?;
    all.request = Some(request.to_string());
    Ok((StatusCode::ACCEPTED, Json(all)))
}

/// Properties of services as they hold at a tenant, with where they come from.
#[utoipa::path(get, path = "/tenants/{id}/properties", tag = "catalogue",
    params(("id" = String, Path, description = "Id of the tenant."), PropertiesQuery),
    responses((status = 200, description = "All of them.", body = PropertyValues), Refused))]
pub async fn show_properties(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<TenantId>,
    Params(query): Params<PropertiesQuery>,
) -> Answer<Json<PropertyValues>> {
    let all = use_cases::explain(&surface.app, &call.caller, id, query.service.as_deref()).await?;
    Ok(Json(PropertyValues {
        properties: all.into_iter().map(explained).collect(),
        attributes: BTreeMap::new(),
    }))
}

/// Say what properties are at a tenant, for everybody at and below it.
///
/// One request over all people it concerns, however many.
#[utoipa::path(patch, path = "/tenants/{id}/properties", tag = "catalogue", request_body = PropertiesUpdate,
    params(("id" = String, Path, description = "Id of the tenant.")),
    responses((status = 202, description = "With the request, if anything changes.", body = PropertiesSaid), Refused))]
pub async fn set_properties(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<TenantId>,
    Body(new): Body<PropertiesUpdate>,
) -> Answer<(StatusCode, Json<PropertiesSaid>)> {
    let said = use_cases::set(&surface.app, &call.caller, id, &draft(new), &call.cause).await?;
    Ok((StatusCode::ACCEPTED, Json(said_shown(&said))))
}

/// Properties of a person's services, with where they come from.
#[utoipa::path(get, path = "/users/{id}/properties", tag = "catalogue",
    params(("id" = String, Path, description = "Id of the user.")),
    responses((status = 200, description = "All of them.", body = PropertyValues), Refused))]
pub async fn show_user_properties(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<UserId>,
) -> Answer<Json<PropertyValues>> {
    let (all, set) = use_cases::explain_user(&surface.app, &call.caller, id).await?;
    let attributes = set.into_iter().map(|(detail, value)| (detail.code().to_owned(), value)).collect();
    Ok(Json(PropertyValues { properties: all.into_iter().map(explained).collect(), attributes }))
}

/// Say what properties are for one person.
#[utoipa::path(patch, path = "/users/{id}/properties", tag = "catalogue", request_body = PropertiesUpdate,
    params(("id" = String, Path, description = "Id of the user.")),
    responses((status = 202, description = "With the request, if anything changes.", body = PropertiesSaid), Refused))]
pub async fn set_user_properties(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<UserId>,
    Body(new): Body<PropertiesUpdate>,
) -> Answer<(StatusCode, Json<PropertiesSaid>)> {
    let said = use_cases::set_for_user(&surface.app, &call.caller, id, &draft(new), &call.cause).await?;
    Ok((StatusCode::ACCEPTED, Json(said_shown(&said))))
}

/// The tenant that publishes something: the one that is named, or the caller's own.
pub async fn publisher(
    surface: &Surface,
    caller: &Caller,
    named: Option<&str>,
) -> Result<TenantId, AppError> {
    let mut tx = surface.app.read(caller).await?;
    let named = read::named_id(&mut tx, "tenant", named).await?;
    tx.finish().await?;
    Ok(named.unwrap_or(caller.tenant))
}

async fn read_service(surface: &Surface, caller: &Caller, code: &str) -> Result<Service, AppError> {
    roots(caller, Permission::TenantRead)?;
    let mut tx = surface.app.read(caller).await?;
    let found = tx.service(code).await?;
    tx.finish().await?;
    Ok(shown(&found))
}

async fn read_instances(surface: &Surface, caller: &Caller, id: TenantId) -> Result<Instances, AppError> {
    let mut tx = surface.app.read(caller).await?;
    let tenant = tx.tenant(id).await?;
    tx.permit::<act::TenantRead>(&tenant)?;
    let all = tx.instances(id).await?;
    tx.finish().await?;
    Ok(Instances { services: all.into_iter().map(instance).collect(), request: None })
}

fn instance(of: stored::Instance) -> Instance {
    Instance { service: of.service_code, instance: of.code, name: of.name, seats: of.seats }
}

/// Who subscribes, as it is shown.
pub const fn scope(scope: ServiceScope) -> PlanScope {
    match scope {
        ServiceScope::User => PlanScope::User,
        ServiceScope::Customer => PlanScope::Customer,
    }
}

fn shown(of: &stored::Service) -> Service {
    let property = |p: &service::Property| Property {
        kind: PropertyKind::from_code(p.kind.code()),
        default: p.default.clone(),
        min: p.min,
        max: p.max,
        choices: p.choices.clone(),
        personal: p.personal,
    };
    let definition = &of.definition;
    Service {
        code: of.code.clone(),
        name: of.name.clone(),
        publisher: of.publisher.clone(),
        scope: scope(of.scope),
        groups: definition.groups.iter().map(|g| g.text().to_owned()).collect(),
        attributes: definition
            .attributes
            .iter()
            .map(|(detail, text)| (detail.code().to_owned(), text.text().to_owned()))
            .collect(),
        properties: definition.properties.iter().map(|(name, p)| (name.clone(), property(p))).collect(),
        retired_at: of.retired_at.map(|at| at.to_string()),
        version: of.version,
    }
}

fn properties(given: BTreeMap<String, Property>) -> BTreeMap<String, service::Property> {
    let kind = |kind: Option<PropertyKind>| {
        kind.and_then(|kind| service::PropertyKind::from_code(kind.code())).unwrap_or_default()
    };
    let one = |p: Property| service::Property {
        kind: kind(p.kind),
        default: p.default,
        min: p.min,
        max: p.max,
        choices: p.choices,
        personal: p.personal,
    };
    given.into_iter().map(|(name, p)| (name, one(p))).collect()
}

fn draft(new: PropertiesUpdate) -> PropertiesDraft {
    PropertiesDraft { service: new.service, instance: new.instance, values: new.values }
}

fn said_shown(said: &Said) -> PropertiesSaid {
    let people = i64::try_from(said.people).unwrap_or(i64::MAX);
    PropertiesSaid { request: said.request.map(|id| id.to_string()), people }
}

fn explained(of: use_cases::Explained) -> PropertyValue {
    let chain: Vec<_> = of
        .chain
        .into_iter()
        .map(|step| PropertyStep { level: step.level, source: step.source, value: step.value })
        .collect();
    PropertyValue {
        service: of.service,
        instance: of.instance,
        plan: of.plan,
        name: of.name,
        value: chain.last().map(|step| step.value.clone()),
        chain,
    }
}
