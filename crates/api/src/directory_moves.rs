//! Moving a customer to another directory.

use app::{
    directory_moves as use_cases,
    reading::directory_moves::{DirectoryMove as Move, MovePhase as Phase, MovePreview},
};
use axum::{Json, extract::State, http::StatusCode};
use domain::id::{TenantId, UserId};
use web::Surface;
use wire::{
    common::{Page, PageQuery},
    directories::{DirectoryMove, DirectoryMovePreview, MoveLink, MovePhase, NameConflict, NewDirectoryMove},
};

use crate::{
    Refused,
    cursor::Paging,
    input::{Body, Call, Params, PathId},
    refusal::Answer,
    show,
};

/// What moving a customer to another directory would mean; changes nothing.
#[utoipa::path(post, path = "/customers/{id}/directory-move/preview", tag = "tenants", request_body = NewDirectoryMove,
    params(("id" = String, Path, description = "Id of the customer.")),
    responses((status = 200, description = "What it would mean now.", body = DirectoryMovePreview), Refused))]
pub async fn preview_directory_move(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<TenantId>,
    Body(new): Body<NewDirectoryMove>,
) -> Answer<Json<DirectoryMovePreview>> {
    let preview = use_cases::preview(&surface.app, &call.caller, id, &new.directory).await?;
    Ok(Json(shown_preview(&preview)))
}

/// Begin to move a customer to another directory. People use the old one until everything
/// was verified in the other.
#[utoipa::path(post, path = "/customers/{id}/directory-move", tag = "tenants", request_body = NewDirectoryMove,
    params(("id" = String, Path, description = "Id of the customer.")),
    responses((status = 202, description = "Begun.", body = DirectoryMove), Refused))]
pub async fn begin_directory_move(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<TenantId>,
    Body(new): Body<NewDirectoryMove>,
) -> Answer<(StatusCode, Json<DirectoryMove>)> {
    use_cases::begin(&surface.app, &call.caller, id, &new.directory, new.grace_days, &call.cause).await?;
    Ok((StatusCode::ACCEPTED, read(&surface, &call, id).await?))
}

/// How far the last move of a customer to another directory is.
#[utoipa::path(get, path = "/customers/{id}/directory-move", tag = "tenants",
    params(("id" = String, Path, description = "Id of the customer.")),
    responses((status = 200, description = "The move.", body = DirectoryMove), Refused))]
pub async fn show_directory_move(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<TenantId>,
) -> Answer<Json<DirectoryMove>> {
    read(&surface, &call, id).await
}

/// Take a move to another directory back: nothing of it stays, or people go back to the
/// accounts they had.
#[utoipa::path(post, path = "/customers/{id}/directory-move/take-back", tag = "tenants",
    params(("id" = String, Path, description = "Id of the customer.")),
    responses((status = 202, description = "On its way back.", body = DirectoryMove), Refused))]
pub async fn take_back_directory_move(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<TenantId>,
) -> Answer<(StatusCode, Json<DirectoryMove>)> {
    use_cases::take_back(&surface.app, &call.caller, id, &call.cause).await?;
    Ok((StatusCode::ACCEPTED, read(&surface, &call, id).await?))
}

/// One-time links that people got when they began to live in another directory and that
/// they did not use yet, by name.
#[utoipa::path(get, path = "/customers/{id}/directory-move/links", tag = "tenants",
    params(("id" = String, Path, description = "Id of the customer."), PageQuery),
    responses((status = 200, description = "One page.", body = Page<MoveLink>), Refused))]
pub async fn list_move_links(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<TenantId>,
    Params(query): Params<PageQuery>,
) -> Answer<Json<Page<MoveLink>>> {
    let paging = Paging::new("move-links", query.limit, query.after.as_deref())?;
    let after = paging.after::<UserId>()?;
    let rows = use_cases::links(&surface.app, &call.caller, id, after, paging.rows()).await?;
    let (rows, next) = paging.page("move-links", rows, |(key, link)| (key.clone(), link.user));
    let links = match rows.iter().find_map(|(_, link)| link.token.as_ref()) {
        Some(token) => Some(surface.links(token).await?),
        None => None,
    };
    let item = |(_, link): &(String, app::reading::directory_moves::MoveLink)| MoveLink {
        user: link.user.to_string(),
        display_name: link.display_name.clone(),
        principal_name: link.principal_name.clone(),
        logon_name: link.logon_name.clone(),
        activation: links
            .as_ref()
            .zip(link.token.as_ref())
            .map(|(links, token)| show::link_of(links, token, link.expires_at)),
    };
    Ok(Json(Page { items: rows.iter().map(item).collect(), next }))
}

async fn read(surface: &Surface, call: &Call, id: TenantId) -> Answer<Json<DirectoryMove>> {
    let of: Move = use_cases::show(&surface.app, &call.caller, id).await?;
    Ok(Json(DirectoryMove {
        from: of.from,
        to: of.to,
        phase: match of.phase {
            Phase::Preparing => MovePhase::Preparing,
            Phase::Grace => MovePhase::Grace,
            Phase::Done => MovePhase::Done,
            Phase::Cancelled => MovePhase::Cancelled,
            Phase::Returning => MovePhase::Returning,
            Phase::Returned => MovePhase::Returned,
        },
        grace_days: of.grace_days,
        request: of.request.to_string(),
        created_at: of.created_at.to_string(),
        switched_at: of.switched_at.map(|at| at.to_string()),
        purge_at: of.purge_at.map(|at| at.to_string()),
        ended_at: of.ended_at.map(|at| at.to_string()),
    }))
}

fn shown_preview(of: &MovePreview) -> DirectoryMovePreview {
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    DirectoryMovePreview {
        users: of.users,
        groups: of.groups,
        containers: of.containers,
        memberships: of.memberships,
        name_conflicts: of.conflicts,
        names: of
            .names
            .iter()
            .map(|n| NameConflict {
                user: n.user.map(|id| id.to_string()),
                name: n.name.clone(),
                present: n.present.clone(),
                proposed: n.proposed.clone(),
            })
            .collect(),
        kept: words(&["person", "principal_name", "plans", "billing", "groups", "memberships", "details"]),
        lost: words(&["password", "security_id"]),
        estimated_seconds: of.seconds,
    }
}
