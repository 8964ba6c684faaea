//! The suffixes of a customer's principal names, and how its names are made.

use app::suffixes as use_cases;
use axum::{Json, extract::State, http::StatusCode};
use domain::id::TenantId;
use web::Surface;
use wire::tenants::{Naming, NamingQuery, NamingSample, NewSuffix, Suffix, Suffixes};

use crate::{
    Refused,
    input::{Body, Call, Params, PathId, PathIds},
    refusal::Answer,
};

async fn list(surface: &Surface, call: &Call, id: TenantId) -> Answer<Json<Suffixes>> {
    let all = use_cases::list(&surface.app, &call.caller, id).await?;
    let items = all.into_iter().map(|s| Suffix { suffix: s.value, primary: s.primary, users: s.people });
    Ok(Json(Suffixes { items: items.collect() }))
}

/// The suffixes of a customer.
#[utoipa::path(get, path = "/customers/{id}/suffixes", tag = "tenants",
    params(("id" = String, Path, description = "Id of the customer.")),
    responses((status = 200, description = "The one for made names first.", body = Suffixes), Refused))]
pub async fn list_suffixes(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<TenantId>,
) -> Answer<Json<Suffixes>> {
    list(&surface, &call, id).await
}

/// Add a suffix, or make one the one for made names.
///
/// Needs what an order needs. Repeating is safe.
#[utoipa::path(post, path = "/customers/{id}/suffixes", tag = "tenants", request_body = NewSuffix,
    params(("id" = String, Path, description = "Id of the customer.")),
    responses((status = 201, description = "The suffixes as they are now.", body = Suffixes), Refused))]
pub async fn add_suffix(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<TenantId>,
    Body(new): Body<NewSuffix>,
) -> Answer<(StatusCode, Json<Suffixes>)> {
    use_cases::add(&surface.app, &call.caller, id, &new.suffix, new.primary, &call.cause).await?;
    Ok((StatusCode::CREATED, list(&surface, &call, id).await?))
}

/// Remove a suffix nobody uses. Nobody else gets it for a year.
#[utoipa::path(delete, path = "/customers/{id}/suffixes/{suffix}", tag = "tenants",
    params(("id" = String, Path, description = "Id of the customer."),
        ("suffix" = String, Path, description = "The domain.")),
    responses((status = 200, description = "The suffixes that are left.", body = Suffixes), Refused))]
pub async fn remove_suffix(
    State(surface): State<Surface>,
    call: Call,
    PathIds(id, suffix): PathIds<TenantId, String>,
) -> Answer<Json<Suffixes>> {
    use_cases::remove(&surface.app, &call.caller, id, &suffix, &call.cause).await?;
    list(&surface, &call, id).await
}

/// What a naming pattern makes of some names. Nothing is changed.
#[utoipa::path(get, path = "/tenants/{id}/naming", tag = "tenants",
    params(("id" = String, Path, description = "Id of the tenant."), NamingQuery),
    responses((status = 200, description = "The pattern with samples.", body = Naming), Refused))]
pub async fn preview_naming(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<TenantId>,
    Params(query): Params<NamingQuery>,
) -> Answer<Json<Naming>> {
    let naming = use_cases::preview(&surface.app, &call.caller, id, query.pattern.as_deref()).await?;
    let samples = naming.samples.into_iter().map(|sample| NamingSample {
        given_name: sample.given_name.to_owned(),
        surname: sample.surname.to_owned(),
        principal_name: sample.principal_name,
        logon_name: sample.logon_name,
    });
    Ok(Json(Naming { pattern: naming.pattern, samples: samples.collect() }))
}
