//! What can be ordered, and the directories it goes to.

use app::{
    AppError, Caller,
    directories::{DirectoryChange, ModeChange, change},
    placement,
    reading::roots,
};
use axum::{Json, extract::State, http::StatusCode};
use domain::{id::TenantId, permission::Permission};
use web::Surface;
use wire::{
    catalogue::Plan,
    common::{Page, PageQuery},
    directories::{Directory, DirectoryUpdate, Placement, PlacementUpdate},
};

use crate::{
    Refused, Tagged,
    cursor::{Paging, cut},
    input::{Body, Call, Params, PathId, Version},
    read,
    refusal::Answer,
    show,
};

/// Plans that can be ordered, in their current versions, by code.
#[utoipa::path(get, path = "/plans", tag = "catalogue", params(PageQuery),
    responses((status = 200, description = "One page.", body = Page<Plan>), Refused))]
pub async fn list_plans(
    State(surface): State<Surface>,
    call: Call,
    Params(query): Params<PageQuery>,
) -> Answer<Json<Page<Plan>>> {
    let paging = Paging::new("plans", query.limit, query.after.as_deref())?;
    let read = async {
        roots(&call.caller, Permission::TenantRead)?;
        let mut tx = surface.app.read(&call.caller).await?;
        let currency = tx.tenant(call.caller.tenant).await?.currency;
        let plans = tx.plans(&currency).await?;
        tx.finish().await?;
        Ok::<_, AppError>(plans)
    };
    let plans: Vec<_> = read.await?.iter().map(show::plan).collect();
    Ok(Json(cut("plans", &paging, plans, |p| p.code.clone())))
}

/// Directories with health, queue and pace, by code.
#[utoipa::path(get, path = "/directories", tag = "catalogue", params(PageQuery),
    responses((status = 200, description = "One page.", body = Page<Directory>), Refused))]
pub async fn list_directories(
    State(surface): State<Surface>,
    call: Call,
    Params(query): Params<PageQuery>,
) -> Answer<Json<Page<Directory>>> {
    let paging = Paging::new("directories", query.limit, query.after.as_deref())?;
    let after = paging.after_id::<String>()?;
    let read = async {
        roots(&call.caller, Permission::DirectoryRead)?;
        let mut tx = surface.app.read(&call.caller).await?;
        let rows = tx.directory_views(after.as_deref(), paging.rows()).await?;
        let (viewer, now) = (read::viewer(&mut tx).await?, tx.now());
        tx.finish().await?;
        Ok::<_, AppError>((rows, viewer, now))
    };
    let (rows, viewer, now) = read.await?;
    let (rows, next) = paging.page("directories", rows, |d| (String::new(), d.code.clone()));
    Ok(Json(Page { items: rows.iter().map(|d| show::directory(d, viewer, now)).collect(), next }))
}

/// A directory with health, controllers, queue and pace.
#[utoipa::path(get, path = "/directories/{code}", tag = "catalogue",
    params(("code" = String, Path, description = "Code of the directory.")),
    responses((status = 200, description = "The directory; `ETag` is its version.", body = Directory), Refused))]
pub async fn show_directory(
    State(surface): State<Surface>,
    call: Call,
    PathId(code): PathId<String>,
) -> Answer<Tagged<Directory>> {
    let directory = read_directory(&surface, &call.caller, &code).await?;
    Ok(Tagged(StatusCode::OK, directory.version, directory))
}

/// Put a directory into maintenance, make it read-only, dedicate it, or end that.
#[utoipa::path(patch, path = "/directories/{code}", tag = "catalogue", request_body = DirectoryUpdate,
    params(("code" = String, Path, description = "Code of the directory."),
        ("If-Match" = String, Header, description = "The `ETag` the change is based on.")),
    responses((status = 200, description = "In force.", body = Directory), Refused))]
pub async fn update_directory(
    State(surface): State<Surface>,
    call: Call,
    PathId(code): PathId<String>,
    Version(version): Version,
    Body(new): Body<DirectoryUpdate>,
) -> Answer<Tagged<Directory>> {
    let modes = ModeChange { maintenance: new.maintenance, read_only: new.read_only };
    let new = DirectoryChange { modes, dedicated_to: new.dedicated_to };
    change(&surface.app, &call.caller, &code, version, new, &call.cause).await?;
    let directory = read_directory(&surface, &call.caller, &code).await?;
    Ok(Tagged(StatusCode::OK, directory.version, directory))
}

async fn read_directory(surface: &Surface, caller: &Caller, code: &str) -> Answer<Directory> {
    let read = async {
        roots(caller, Permission::DirectoryRead)?;
        let mut tx = surface.app.read(caller).await?;
        let row = tx.directory_view(code).await?;
        let (viewer, now) = (read::viewer(&mut tx).await?, tx.now());
        tx.finish().await?;
        Ok::<_, AppError>((row, viewer, now))
    };
    let (row, viewer, now) = read.await?;
    Ok(show::directory(&row, viewer, now))
}

/// Where a seller places customers: the directories it may use, and the default.
#[utoipa::path(get, path = "/tenants/{id}/placement", tag = "catalogue",
    params(("id" = String, Path, description = "Id of the provider or reseller.")),
    responses((status = 200, description = "The rules in force.", body = Placement), Refused))]
pub async fn show_placement(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<TenantId>,
) -> Answer<Json<Placement>> {
    read_placement(&surface, &call.caller, id).await
}

/// Say which directories a seller may use, and which one is meant when an order does not say.
#[utoipa::path(put, path = "/tenants/{id}/placement", tag = "catalogue", request_body = PlacementUpdate,
    params(("id" = String, Path, description = "Id of the provider or reseller.")),
    responses((status = 200, description = "In force.", body = Placement), Refused))]
pub async fn set_placement(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<TenantId>,
    Body(new): Body<PlacementUpdate>,
) -> Answer<Json<Placement>> {
    let default = new.default.as_deref();
    placement::set(&surface.app, &call.caller, id, &new.directories, default, &call.cause).await?;
    read_placement(&surface, &call.caller, id).await
}

async fn read_placement(surface: &Surface, caller: &Caller, id: TenantId) -> Answer<Json<Placement>> {
    let placement = placement::show(&surface.app, caller, id).await?;
    Ok(Json(show::placement(&placement)))
}
