//! Views of lists that people keep under a name.

use app::{
    AppError,
    reading::saved_views::SavedView,
    saved_views::{self as use_cases, ViewDraft, ViewPatch},
};
use axum::{Json, extract::State, http::StatusCode};
use domain::{
    id::ViewId,
    list::{List, one_of},
};
use web::Surface;
use wire::{
    common::Page,
    views::{NewView, View, ViewQuery, ViewUpdate},
};

use crate::{
    Refused,
    input::{Body, Call, Params, PathId},
    refusal::Answer,
};

/// The caller's own views of lists, then those that are shared in their tenant, each by name.
#[utoipa::path(get, path = "/views", tag = "sessions", params(ViewQuery),
    responses((status = 200, description = "All of them.", body = Page<View>), Refused))]
pub async fn list_views(
    State(surface): State<Surface>,
    call: Call,
    Params(query): Params<ViewQuery>,
) -> Answer<Json<Page<View>>> {
    let list = query.list.as_deref().map(list_named).transpose()?;
    let views = use_cases::list(&surface.app, &call.caller, list).await?;
    Ok(Json(Page { items: views.into_iter().map(shown).collect(), next: None }))
}

/// Keep what is asked of a list under a name.
///
/// Whoever may see such lists keeps views for themselves. A call that is sent again is refused: the name
/// is taken.
#[utoipa::path(post, path = "/views", tag = "sessions", request_body = NewView,
    responses((status = 201, description = "The view.", body = View), Refused))]
pub async fn save_view(
    State(surface): State<Surface>,
    call: Call,
    Body(new): Body<NewView>,
) -> Answer<(StatusCode, Json<View>)> {
    let list = list_named(&new.list)?;
    let draft = ViewDraft { list, name: new.name, query: new.query, shared: new.shared };
    let view = use_cases::save(&surface.app, &call.caller, &draft, &call.cause).await?;
    Ok((StatusCode::CREATED, Json(shown(view))))
}

/// Change a view of one's own, or with `tenant_update` one that is shared.
#[utoipa::path(patch, path = "/views/{id}", tag = "sessions", request_body = ViewUpdate,
    params(("id" = String, Path, description = "Id of the view.")),
    responses((status = 200, description = "The view as it is now.", body = View), Refused))]
pub async fn update_view(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<ViewId>,
    Body(new): Body<ViewUpdate>,
) -> Answer<Json<View>> {
    let patch = ViewPatch { name: new.name, query: new.query, shared: new.shared };
    Ok(Json(shown(use_cases::change(&surface.app, &call.caller, id, &patch, &call.cause).await?)))
}

/// Forget a view of one's own, or with `tenant_update` one that is shared.
#[utoipa::path(delete, path = "/views/{id}", tag = "sessions",
    params(("id" = String, Path, description = "Id of the view.")),
    responses((status = 204, description = "Forgotten."), Refused))]
pub async fn remove_view(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<ViewId>,
) -> Answer<StatusCode> {
    use_cases::remove(&surface.app, &call.caller, id, &call.cause).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn list_named(code: &str) -> Result<List, AppError> {
    one_of("list", code, &List::ALL, List::code).map_err(AppError::field)
}

fn shown(of: SavedView) -> View {
    View {
        id: of.id.to_string(),
        list: of.list.code().to_owned(),
        name: of.name,
        query: of.query,
        shared: of.shared,
        created_at: of.created_at.to_string(),
        updated_at: of.updated_at.to_string(),
    }
}
