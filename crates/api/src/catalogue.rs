//! What can be ordered, and the directories it goes to.

use app::{AppError, reading::roots};
use axum::{Json, extract::State};
use domain::permission::Permission;
use web::Surface;
use wire::{
    catalogue::Plan,
    common::{Page, PageQuery},
    directories::Directory,
};

use crate::{
    Refused,
    cursor::{Paging, cut},
    input::{Call, Params},
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
