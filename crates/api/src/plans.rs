//! Versions of plans, changes from one to another, quotas, bundles, and undoing.

use std::collections::BTreeMap;

use app::{
    AppError, Caller,
    catalogue::{BundleDraft, PlanDraft},
    quotas::QuotasDraft,
    reading::{catalogue as stored, roots, tx::act},
    upgrades::{self, Preview, UpgradeDraft},
};
use axum::{Json, extract::State, http::StatusCode};
use domain::{
    catalogue::Money,
    field::{FieldError, Rule},
    id::{RequestId, TenantId, UserId},
    permission::Permission,
};
use web::Surface;
use wire::catalogue::{
    Bundle, BundleUpdate, Bundles, NewBundle, NewPlan, NewUpgrade, PlanSource, PlanVersion, PlanVersions,
    Price, Quota, Quotas, QuotasUpdate, Undone, Upgrade,
};

use crate::{
    Refused,
    input::{Body, Call, PathId},
    refusal::Answer,
    services::{publisher, scope},
};

/// All versions of a plan.
#[utoipa::path(get, path = "/plans/{code}", tag = "catalogue",
    params(("code" = String, Path, description = "Code of the plan.")),
    responses((status = 200, description = "The newest first.", body = PlanVersions), Refused))]
pub async fn show_plan(
    State(surface): State<Surface>,
    call: Call,
    PathId(code): PathId<String>,
) -> Answer<Json<PlanVersions>> {
    Ok(Json(read_versions(&surface, &call.caller, &code).await?))
}

/// Publish a plan to all below a tenant.
#[utoipa::path(post, path = "/plans", tag = "catalogue", request_body = NewPlan,
    responses((status = 201, description = "Published.", body = PlanVersions), Refused))]
pub async fn create_plan(
    State(surface): State<Surface>,
    call: Call,
    Body(new): Body<NewPlan>,
) -> Answer<(StatusCode, Json<PlanVersions>)> {
    let tenant = publisher(&surface, &call.caller, new.tenant.as_deref()).await?;
    let code = new.code.clone().unwrap_or_default();
    app::catalogue::create_plan(&surface.app, &call.caller, tenant, &code, &plan(new), &call.cause).await?;
    Ok((StatusCode::CREATED, Json(read_versions(&surface, &call.caller, code.trim()).await?)))
}

/// Publish another version of a plan. Who has the plan keeps the version they have.
#[utoipa::path(post, path = "/plans/{code}/versions", tag = "catalogue", request_body = NewPlan,
    params(("code" = String, Path, description = "Code of the plan.")),
    responses((status = 201, description = "Published.", body = PlanVersions), Refused))]
pub async fn create_plan_version(
    State(surface): State<Surface>,
    call: Call,
    PathId(code): PathId<String>,
    Body(new): Body<NewPlan>,
) -> Answer<(StatusCode, Json<PlanVersions>)> {
    app::catalogue::new_version(&surface.app, &call.caller, &code, &plan(new), &call.cause).await?;
    Ok((StatusCode::CREATED, Json(read_versions(&surface, &call.caller, &code).await?)))
}

/// Change subscriptions to another version of their plan, or tell what that would change.
///
/// For one person, for all at and below a tenant, or for all. `POST
/// /requests/{id}/undo` gives everybody the former version back.
#[utoipa::path(post, path = "/plans/{code}/upgrade", tag = "catalogue", request_body = NewUpgrade,
    params(("code" = String, Path, description = "Code of the plan.")),
    responses((status = 202, description = "Recorded, or only looked at.", body = Upgrade), Refused))]
pub async fn upgrade_plan(
    State(surface): State<Surface>,
    call: Call,
    PathId(code): PathId<String>,
    Body(new): Body<NewUpgrade>,
) -> Answer<(StatusCode, Json<Upgrade>)> {
    let below = match new.tenant.as_deref() {
        Some(named) => Some(publisher(&surface, &call.caller, Some(named)).await?),
        None => None,
    };
    let user = new.user.as_deref().map(str::parse::<UserId>).transpose();
    let user = user.map_err(|_| AppError::field(FieldError::new("user", Rule::Unknown)))?;
    let draft = UpgradeDraft { to: new.to, from: new.from, below, user };
    let (app, caller) = (&surface.app, &call.caller);
    let (preview, request) = if new.preview {
        (upgrades::preview(app, caller, &code, &draft).await?, None)
    } else {
        upgrades::upgrade(app, caller, &code, &draft, &call.cause).await?
    };
    Ok((StatusCode::ACCEPTED, Json(upgrade(&preview, request))))
}

/// Undo a request: properties are said as before, subscriptions get their former versions back.
///
/// By one more request, which can be undone as well. Refused when somebody
/// changed the same since.
#[utoipa::path(post, path = "/requests/{id}/undo", tag = "requests",
    params(("id" = String, Path, description = "Id of the request.")),
    responses((status = 202, description = "With the request that does it.", body = Undone), Refused))]
pub async fn undo_request(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<RequestId>,
) -> Answer<(StatusCode, Json<Undone>)> {
    let request = app::requests::undo(&surface.app, &call.caller, id, &call.cause).await?;
    Ok((StatusCode::ACCEPTED, Json(Undone { request: request.map(|id| id.to_string()) })))
}

/// The quotas of a tenant and how far they are used.
#[utoipa::path(get, path = "/tenants/{id}/quotas", tag = "catalogue",
    params(("id" = String, Path, description = "Id of the tenant.")),
    responses((status = 200, description = "All of them.", body = Quotas), Refused))]
pub async fn show_quotas(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<TenantId>,
) -> Answer<Json<Quotas>> {
    let read = async {
        let mut tx = surface.app.read(&call.caller).await?;
        let tenant = tx.tenant(id).await?;
        tx.permit::<act::TenantRead>(&tenant)?;
        let all = tx.quotas(id).await?;
        tx.finish().await?;
        Ok::<_, AppError>(all)
    };
    Ok(Json(quotas(&read.await?)))
}

/// Set or lift quotas of a tenant; for whoever manages the catalogue above it.
///
/// A quota below what is used is possible: nothing is taken away, and `over` says so.
#[utoipa::path(patch, path = "/tenants/{id}/quotas", tag = "catalogue", request_body = QuotasUpdate,
    params(("id" = String, Path, description = "Id of the tenant.")),
    responses((status = 200, description = "All as they are now.", body = Quotas), Refused))]
pub async fn set_quotas(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<TenantId>,
    Body(new): Body<QuotasUpdate>,
) -> Answer<Json<Quotas>> {
    let draft = QuotasDraft { people: new.people, services: new.services, plans: new.plans };
    let all = app::quotas::set(&surface.app, &call.caller, id, &draft, &call.cause).await?;
    Ok(Json(quotas(&all)))
}

/// Bundles that are published, each in its newest version, and whether it is retired.
#[utoipa::path(get, path = "/bundles", tag = "catalogue",
    responses((status = 200, description = "All of them.", body = Bundles), Refused))]
pub async fn list_bundles(State(surface): State<Surface>, call: Call) -> Answer<Json<Bundles>> {
    Ok(Json(Bundles { bundles: read_bundles(&surface, &call.caller).await?, sources: vec![] }))
}

/// Publish a bundle, or another version of one. Who has it keeps the version they have
/// until it is given again.
#[utoipa::path(post, path = "/bundles", tag = "catalogue", request_body = NewBundle,
    responses((status = 201, description = "Published.", body = Bundles), Refused))]
pub async fn publish_bundle(
    State(surface): State<Surface>,
    call: Call,
    Body(new): Body<NewBundle>,
) -> Answer<(StatusCode, Json<Bundles>)> {
    let tenant = publisher(&surface, &call.caller, new.tenant.as_deref()).await?;
    let draft = BundleDraft { name: new.name, plans: new.plans, groups: new.groups };
    app::catalogue::publish_bundle(&surface.app, &call.caller, tenant, &new.code, &draft, &call.cause)
        .await?;
    let mut bundles = read_bundles(&surface, &call.caller).await?;
    bundles.retain(|b| b.code == new.code.trim());
    Ok((StatusCode::CREATED, Json(Bundles { bundles, sources: vec![] })))
}

/// Retire a bundle, or offer it again. Who has it keeps it.
#[utoipa::path(patch, path = "/bundles/{code}", tag = "catalogue", request_body = BundleUpdate,
    params(("code" = String, Path, description = "Code of the bundle.")),
    responses((status = 200, description = "As it is now.", body = Bundles), Refused))]
pub async fn update_bundle(
    State(surface): State<Surface>,
    call: Call,
    PathId(code): PathId<String>,
    Body(new): Body<BundleUpdate>,
) -> Answer<Json<Bundles>> {
    let Some(retired) = new.retired else {
        return Err(AppError::field(FieldError::new("retired", Rule::Required)).into());
    };
    app::catalogue::retire_bundle(&surface.app, &call.caller, &code, retired, &call.cause).await?;
    let mut bundles = read_bundles(&surface, &call.caller).await?;
    bundles.retain(|b| b.code == code);
    Ok(Json(Bundles { bundles, sources: vec![] }))
}

/// The bundles of a person, and what gives which plan. `PATCH /users/{id}` changes them.
#[utoipa::path(get, path = "/users/{id}/bundles", tag = "catalogue",
    params(("id" = String, Path, description = "Id of the user.")),
    responses((status = 200, description = "All of them.", body = Bundles), Refused))]
pub async fn show_user_bundles(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<UserId>,
) -> Answer<Json<Bundles>> {
    let read = async {
        let mut tx = surface.app.read(&call.caller).await?;
        let user = tx.user(id).await?;
        let assigned = tx.assigned(&[id]).await?;
        let plans = tx.subscriptions(user.tenant, Some(id)).await?;
        tx.finish().await?;
        Ok::<_, AppError>((assigned, plans))
    };
    let (assigned, plans) = read.await?;
    let sources = plans.iter().map(|s| PlanSource {
        plan: format!("{}@{}", s.plan, s.instance),
        direct: s.direct,
        bundles: assigned
            .iter()
            .filter(|a| a.gives(&s.plan, &s.instance))
            .map(|a| a.content.code.clone())
            .collect(),
    });
    let sources = sources.collect();
    Ok(Json(Bundles { bundles: assigned.iter().map(|a| bundle(&a.content, None)).collect(), sources }))
}

async fn read_versions(surface: &Surface, caller: &Caller, code: &str) -> Result<PlanVersions, AppError> {
    roots(caller, Permission::TenantRead)?;
    let mut tx = surface.app.read(caller).await?;
    let versions = tx.plan_versions(code).await?;
    tx.finish().await?;
    Ok(PlanVersions { versions: versions.into_iter().map(version).collect() })
}

async fn read_bundles(surface: &Surface, caller: &Caller) -> Result<Vec<Bundle>, AppError> {
    roots(caller, Permission::TenantRead)?;
    let mut tx = surface.app.read(caller).await?;
    let all = tx.bundles(None, None).await?;
    tx.finish().await?;
    let mut newest: Vec<Bundle> = all.iter().map(|b| bundle(&b.content, Some(b.retired))).collect();
    newest.dedup_by(|older, newer| older.code == newer.code);
    Ok(newest)
}

fn bundle(of: &stored::NewBundle, retired: Option<bool>) -> Bundle {
    Bundle {
        code: of.code.clone(),
        version: of.version,
        name: of.name.clone(),
        plans: of.plans.clone(),
        groups: of.groups.clone(),
        retired,
    }
}

fn plan(new: NewPlan) -> PlanDraft {
    let prices =
        new.prices.map(|prices| prices.into_iter().map(|price| (price.minor, price.currency)).collect());
    PlanDraft {
        service: new.service,
        name: new.name,
        per_customer: new.per_customer,
        properties: new.properties.map(|p| p.into_iter().collect::<BTreeMap<_, _>>()),
        prices,
    }
}

fn price(of: &Money) -> Price {
    Price { minor: of.minor, currency: of.currency.clone() }
}

fn version(of: stored::PlanVersion) -> PlanVersion {
    PlanVersion {
        id: of.id.to_string(),
        code: of.code,
        version: of.version,
        service: of.service_code,
        name: of.name,
        scope: scope(of.scope),
        properties: of.properties,
        prices: of.prices.iter().map(price).collect(),
        created_at: of.created_at.to_string(),
        subscriptions: of.subscriptions,
    }
}

fn upgrade(of: &Preview, request: Option<RequestId>) -> Upgrade {
    Upgrade {
        to: of.to,
        people: of.people,
        subscriptions: of.subscriptions,
        before: of.cost.iter().map(|(before, _)| price(before)).collect(),
        after: of.cost.iter().map(|(_, after)| price(after)).collect(),
        unpriced: of.unpriced,
        request: request.map(|id| id.to_string()),
    }
}

fn quotas(all: &[stored::QuotaUse]) -> Quotas {
    let one = |of: &stored::QuotaUse| Quota {
        kind: of.quota.kind.code().to_owned(),
        subject: of.quota.subject.clone(),
        max: of.most,
        used: of.used,
        over: of.used > of.most,
    };
    Quotas { quotas: all.iter().map(one).collect() }
}
