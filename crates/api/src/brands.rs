//! Brands: host names and pictures; texts and colours are settings.

use app::{
    brands::{self as use_cases, View},
    settings::From,
};
use axum::{Json, extract::State, http::StatusCode};
use data_encoding::BASE64;
use domain::{
    brand::Picture,
    field::{FieldError, Rule},
    id::TenantId,
    setting::Setting,
};
use web::Surface;
use wire::{
    brands::{Brand, HostName, NewHostName, NewPicture, PictureValue},
    common::TenantRef,
    settings::SettingFrom,
};

use crate::{
    Refused,
    input::{Body, Call, PathId, PathIds},
    refusal::{Answer, Refusal},
};

async fn shown(surface: &Surface, call: &Call, id: TenantId) -> Answer<Json<Brand>> {
    let view: View = use_cases::show(&surface.app, &call.caller, id).await?;
    let picture = |from: From, path: Option<String>| {
        let (from, tenant) = match from {
            From::Own => (SettingFrom::Own, None),
            From::Above(tenant) => (SettingFrom::Above, view.known.get(&tenant).map(|known| (tenant, known))),
            From::Default => (SettingFrom::Default, None),
        };
        let tenant = tenant.map(|(id, (code, name))| TenantRef {
            id: id.to_string(),
            code: code.clone(),
            name: name.clone(),
        });
        PictureValue { path, from, tenant }
    };
    let pictures = view.pictures.iter().map(|(kind, set, from)| {
        let path = set.as_ref().map(|set| format!("/brand/{}.png", set.digest));
        (kind.code().to_owned(), picture(*from, path))
    });
    let part = |setting: &Setting| Some((setting.code().to_owned(), view.look.get(*setting)?.to_owned()));
    let host = |host: &app::brands::HostName| HostName {
        name: host.name.clone(),
        created_at: host.created_at.to_string(),
    };
    Ok(Json(Brand {
        host_names: view.hosts.iter().map(host).collect(),
        people_at: view.people_at.clone(),
        pictures: pictures.collect(),
        parts: Setting::ALL.iter().filter_map(part).collect(),
    }))
}

/// What the people of a tenant see, and by which host name they come.
#[utoipa::path(get, path = "/tenants/{id}/brand", tag = "tenants",
    params(("id" = String, Path, description = "Id of the tenant.")),
    responses((status = 200, description = "The brand.", body = Brand), Refused))]
pub async fn show_brand(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<TenantId>,
) -> Answer<Json<Brand>> {
    shown(&surface, &call, id).await
}

/// Give a tenant a host name: its brand is shown there, and only its people and those of the
/// tenants below it sign in there.
///
/// Needs `tenant_update` at the tenant above; the provider gives itself its own. A name leads to
/// one brand of the whole instance. Repeating is safe.
#[utoipa::path(post, path = "/tenants/{id}/host-names", tag = "tenants", request_body = NewHostName,
    params(("id" = String, Path, description = "Id of the tenant.")),
    responses((status = 201, description = "The brand as it is now.", body = Brand), Refused))]
pub async fn add_host_name(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<TenantId>,
    Body(new): Body<NewHostName>,
) -> Answer<(StatusCode, Json<Brand>)> {
    use_cases::add_host_name(&surface.app, &call.caller, id, &new.name, &call.cause).await?;
    Ok((StatusCode::CREATED, shown(&surface, &call, id).await?))
}

/// Take a host name from a tenant.
#[utoipa::path(delete, path = "/tenants/{id}/host-names/{name}", tag = "tenants",
    params(("id" = String, Path, description = "Id of the tenant."),
        ("name" = String, Path, description = "The host name.")),
    responses((status = 200, description = "The brand as it is now.", body = Brand), Refused))]
pub async fn remove_host_name(
    State(surface): State<Surface>,
    call: Call,
    PathIds(id, name): PathIds<TenantId, String>,
) -> Answer<Json<Brand>> {
    use_cases::remove_host_name(&surface.app, &call.caller, id, &name, &call.cause).await?;
    shown(&surface, &call, id).await
}

/// Set the logo or the icon of a tenant.
#[utoipa::path(put, path = "/tenants/{id}/brand/{picture}", tag = "tenants", request_body = NewPicture,
    params(("id" = String, Path, description = "Id of the tenant."),
        ("picture" = String, Path, description = "`logo` or `icon`.")),
    responses((status = 200, description = "The brand as it is now.", body = Brand), Refused))]
pub async fn set_brand_picture(
    State(surface): State<Surface>,
    call: Call,
    PathIds(id, picture): PathIds<TenantId, String>,
    Body(new): Body<NewPicture>,
) -> Answer<Json<Brand>> {
    let picture = Picture::from_code(&picture).ok_or_else(|| Refusal::not_found("picture"))?;
    let form = || {
        let error = FieldError::new("png", Rule::Format);
        Refusal::invalid(&[error.with("expected", "a picture, as logo.png")])
    };
    let bytes = BASE64.decode(new.png.as_bytes()).map_err(|_| form())?;
    domain::brand::check(picture, "png", &bytes).map_err(|error| Refusal::invalid(&[error]))?;
    use_cases::set_picture(&surface.app, &call.caller, id, picture, Some(&bytes), &call.cause).await?;
    shown(&surface, &call, id).await
}

/// Set no logo or icon any more: that of the tenant above holds.
#[utoipa::path(delete, path = "/tenants/{id}/brand/{picture}", tag = "tenants",
    params(("id" = String, Path, description = "Id of the tenant."),
        ("picture" = String, Path, description = "`logo` or `icon`.")),
    responses((status = 200, description = "The brand as it is now.", body = Brand), Refused))]
pub async fn reset_brand_picture(
    State(surface): State<Surface>,
    call: Call,
    PathIds(id, picture): PathIds<TenantId, String>,
) -> Answer<Json<Brand>> {
    let picture = Picture::from_code(&picture).ok_or_else(|| Refusal::not_found("picture"))?;
    use_cases::set_picture(&surface.app, &call.caller, id, picture, None, &call.cause).await?;
    shown(&surface, &call, id).await
}
