//! Tenants' life: suspend and resume, close and restore, move. The same acts under
//! `/tenants` for any tenant, and under `/customers` for customers only.

use app::{AppError, life as use_cases, reading::roots};
use axum::{Json, extract::State, http::StatusCode};
use domain::{
    id::{RequestId, TenantId},
    permission::Permission,
    tenant::Status,
};
use web::Surface;
use wire::{
    common::{Page, PageQuery},
    tenants::{CloseTenant, MoveTenant, PlannedMove, TenantChanged, TenantKind, TenantMoved},
};

use crate::{
    Refused, Tagged,
    cursor::Paging,
    input::{Body, Call, Params, PathId},
    read,
    refusal::{Answer, Refusal},
    show,
};

/// Which kind the address is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Any,
    Customer,
}

/// A tenant that is no customer has no place below `/customers`.
async fn is_there(surface: &Surface, call: &Call, id: TenantId, kind: Kind) -> Answer<()> {
    if kind == Kind::Any {
        return Ok(());
    }
    match read::tenant(surface, &call.caller, id).await?.kind {
        TenantKind::Customer => Ok(()),
        TenantKind::Provider | TenantKind::Reseller => Err(Refusal::not_found("customer")),
    }
}

async fn changed(
    surface: &Surface,
    call: &Call,
    id: TenantId,
    request: Option<RequestId>,
) -> Answer<Tagged<TenantChanged>> {
    let tenant = read::tenant(surface, &call.caller, id).await?;
    let version = tenant.version;
    let request = request.map(|request| request.to_string());
    Ok(Tagged(StatusCode::OK, version, TenantChanged { tenant, request }))
}

async fn set_status(
    surface: &Surface,
    call: &Call,
    id: TenantId,
    status: Status,
    kind: Kind,
) -> Answer<Tagged<TenantChanged>> {
    is_there(surface, call, id, kind).await?;
    let request = use_cases::set_status(&surface.app, &call.caller, id, status, &call.cause).await?;
    changed(surface, call, id, request).await
}

async fn close_one(
    surface: &Surface,
    call: &Call,
    id: TenantId,
    close: &CloseTenant,
    kind: Kind,
) -> Answer<Tagged<TenantChanged>> {
    is_there(surface, call, id, kind).await?;
    let request = use_cases::close(&surface.app, &call.caller, id, close.grace_days, &call.cause).await?;
    changed(surface, call, id, request).await
}

async fn restore_one(
    surface: &Surface,
    call: &Call,
    id: TenantId,
    kind: Kind,
) -> Answer<Tagged<TenantChanged>> {
    is_there(surface, call, id, kind).await?;
    let request = use_cases::restore(&surface.app, &call.caller, id, &call.cause).await?;
    changed(surface, call, id, request).await
}

async fn move_one(
    surface: &Surface,
    call: &Call,
    id: TenantId,
    to: &MoveTenant,
    kind: Kind,
) -> Answer<Json<TenantMoved>> {
    is_there(surface, call, id, kind).await?;
    let day = to.day.as_deref();
    let moved = use_cases::transfer(&surface.app, &call.caller, id, &to.seller, day, &call.cause).await?;
    let tenant = read::there(read::tenant(surface, &call.caller, id).await)?;
    Ok(Json(TenantMoved {
        tenant,
        day: moved.day.to_string(),
        planned: moved.planned,
        request: moved.request.map(|request| request.to_string()),
    }))
}

/// Suspend a tenant and all below it: read-only, nobody of it signs in, accounts disabled.
#[utoipa::path(post, path = "/tenants/{id}/suspend", tag = "tenants",
    params(("id" = String, Path, description = "Id of the tenant.")),
    responses((status = 200, description = "Suspended; accounts are on their way.", body = TenantChanged), Refused))]
pub async fn suspend_tenant(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<TenantId>,
) -> Answer<Tagged<TenantChanged>> {
    set_status(&surface, &call, id, Status::Suspended, Kind::Any).await
}

/// Serve a suspended tenant again.
#[utoipa::path(post, path = "/tenants/{id}/resume", tag = "tenants",
    params(("id" = String, Path, description = "Id of the tenant.")),
    responses((status = 200, description = "Served; accounts are on their way.", body = TenantChanged), Refused))]
pub async fn resume_tenant(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<TenantId>,
) -> Answer<Tagged<TenantChanged>> {
    set_status(&surface, &call, id, Status::Active, Kind::Any).await
}

/// Close a tenant: nothing of it is served or billed any more. Can be restored for a time.
#[utoipa::path(post, path = "/tenants/{id}/close", tag = "tenants", request_body = CloseTenant,
    params(("id" = String, Path, description = "Id of the tenant.")),
    responses((status = 200, description = "Closed; accounts are on their way.", body = TenantChanged), Refused))]
pub async fn close_tenant(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<TenantId>,
    Body(close): Body<CloseTenant>,
) -> Answer<Tagged<TenantChanged>> {
    close_one(&surface, &call, id, &close, Kind::Any).await
}

/// Restore a closed tenant: the same accounts, and what it subscribed to begins again.
#[utoipa::path(post, path = "/tenants/{id}/restore", tag = "tenants",
    params(("id" = String, Path, description = "Id of the tenant.")),
    responses((status = 200, description = "Restored; accounts are on their way.", body = TenantChanged), Refused))]
pub async fn restore_tenant(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<TenantId>,
) -> Answer<Tagged<TenantChanged>> {
    restore_one(&surface, &call, id, Kind::Any).await
}

/// Move a tenant to another seller with effect from a day.
#[utoipa::path(post, path = "/tenants/{id}/move", tag = "tenants", request_body = MoveTenant,
    params(("id" = String, Path, description = "Id of the tenant.")),
    responses((status = 200, description = "Moved, or planned.", body = TenantMoved), Refused))]
pub async fn move_tenant(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<TenantId>,
    Body(to): Body<MoveTenant>,
) -> Answer<Json<TenantMoved>> {
    move_one(&surface, &call, id, &to, Kind::Any).await
}

/// Suspend a customer: read-only, nobody of it signs in, accounts disabled.
#[utoipa::path(post, path = "/customers/{id}/suspend", tag = "tenants",
    params(("id" = String, Path, description = "Id of the customer.")),
    responses((status = 200, description = "Suspended; accounts are on their way.", body = TenantChanged), Refused))]
pub async fn suspend_customer(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<TenantId>,
) -> Answer<Tagged<TenantChanged>> {
    set_status(&surface, &call, id, Status::Suspended, Kind::Customer).await
}

/// Serve a suspended customer again.
#[utoipa::path(post, path = "/customers/{id}/resume", tag = "tenants",
    params(("id" = String, Path, description = "Id of the customer.")),
    responses((status = 200, description = "Served; accounts are on their way.", body = TenantChanged), Refused))]
pub async fn resume_customer(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<TenantId>,
) -> Answer<Tagged<TenantChanged>> {
    set_status(&surface, &call, id, Status::Active, Kind::Customer).await
}

/// Close a customer: nothing of it is served or billed any more. Can be restored for a time.
#[utoipa::path(post, path = "/customers/{id}/close", tag = "tenants", request_body = CloseTenant,
    params(("id" = String, Path, description = "Id of the customer.")),
    responses((status = 200, description = "Closed; accounts are on their way.", body = TenantChanged), Refused))]
pub async fn close_customer(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<TenantId>,
    Body(close): Body<CloseTenant>,
) -> Answer<Tagged<TenantChanged>> {
    close_one(&surface, &call, id, &close, Kind::Customer).await
}

/// Restore a closed customer: the same accounts, and what it subscribed to begins again.
#[utoipa::path(post, path = "/customers/{id}/restore", tag = "tenants",
    params(("id" = String, Path, description = "Id of the customer.")),
    responses((status = 200, description = "Restored; accounts are on their way.", body = TenantChanged), Refused))]
pub async fn restore_customer(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<TenantId>,
) -> Answer<Tagged<TenantChanged>> {
    restore_one(&surface, &call, id, Kind::Customer).await
}

/// Move a customer to another seller with effect from a day.
#[utoipa::path(post, path = "/customers/{id}/move", tag = "tenants", request_body = MoveTenant,
    params(("id" = String, Path, description = "Id of the customer.")),
    responses((status = 200, description = "Moved, or planned.", body = TenantMoved), Refused))]
pub async fn move_customer(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<TenantId>,
    Body(to): Body<MoveTenant>,
) -> Answer<Json<TenantMoved>> {
    move_one(&surface, &call, id, &to, Kind::Customer).await
}

/// Moves to other sellers that are still to come, in the order in which they were planned.
#[utoipa::path(get, path = "/planned-moves", tag = "tenants", params(PageQuery),
    responses((status = 200, description = "One page.", body = Page<PlannedMove>), Refused))]
pub async fn list_planned_moves(
    State(surface): State<Surface>,
    call: Call,
    Params(query): Params<PageQuery>,
) -> Answer<Json<Page<PlannedMove>>> {
    let paging = Paging::new("planned-moves", query.limit, query.after.as_deref())?;
    let after = paging.after_id::<uuid::Uuid>()?;
    let read = async {
        let permitted = roots(&call.caller, Permission::TenantRead)?;
        let mut tx = surface.app.read(&call.caller).await?;
        let rows = tx.planned_moves(&permitted, after, paging.rows()).await?;
        tx.finish().await?;
        Ok::<_, AppError>(rows)
    };
    let (rows, next) = paging.page("planned-moves", read.await?, |m| (String::new(), m.key));
    let item = |m: &app::reading::life::PlannedMoveView| PlannedMove {
        tenant: show::tenant_ref(&m.tenant),
        from: m.from.as_ref().map(show::tenant_ref),
        to: m.to.as_ref().map(show::tenant_ref),
        day: m.day.to_string(),
        created_at: m.created_at.to_string(),
    };
    Ok(Json(Page { items: rows.iter().map(item).collect(), next }))
}

/// Take a planned move to another seller back. There being none is no error.
#[utoipa::path(delete, path = "/tenants/{id}/planned-move", tag = "tenants",
    params(("id" = String, Path, description = "Id of the tenant.")),
    responses((status = 204, description = "It stays where it is."), Refused))]
pub async fn cancel_planned_move(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<TenantId>,
) -> Answer<StatusCode> {
    use_cases::cancel_planned_move(&surface.app, &call.caller, id, &call.cause).await?;
    Ok(StatusCode::NO_CONTENT)
}
