//! What happened to somebody.

use app::reading::history::{Actor, Happened};
use axum::{Json, extract::State};
use domain::id::{EventId, UserId};
use web::Surface;
use wire::{
    common::{Page, PageQuery},
    history::{HistoryActor, HistoryChange, HistoryEvent},
};

use crate::{
    Refused,
    cursor::Paging,
    input::{Call, Params, PathId},
    refusal::Answer,
};

/// What happened to somebody, the newest first: who did what when, and what it changed.
///
/// Personal values are sealed under a key of the person's own. Once that is destroyed they are
/// `hidden`, while the event stays.
#[utoipa::path(get, path = "/users/{id}/history", tag = "users",
    params(("id" = String, Path, description = "Id of the user."), PageQuery),
    responses((status = 200, description = "One page.", body = Page<HistoryEvent>), Refused))]
pub async fn list_user_history(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<UserId>,
    Params(query): Params<PageQuery>,
) -> Answer<Json<Page<HistoryEvent>>> {
    let paging = Paging::new("history", query.limit, query.after.as_deref())?;
    let before = paging.after_id::<EventId>()?;
    let rows = app::history::of_user(&surface.app, &call.caller, id, before, paging.rows()).await?;
    let (rows, next) = paging.page("history", rows, |event| (String::new(), event.id));
    Ok(Json(Page { items: rows.into_iter().map(shown).collect(), next }))
}

fn shown(of: Happened) -> HistoryEvent {
    let (user, name) = match &of.actor {
        Actor::Person(id, name) => (Some(id.to_string()), Some(name.clone())),
        Actor::Hidden | Actor::System => (None, None),
    };
    HistoryEvent {
        id: of.id.to_string(),
        at: of.at.to_string(),
        code: of.code,
        done: of.done,
        actor: HistoryActor { system: of.actor == Actor::System, user, name },
        changes: of
            .changes
            .into_iter()
            .map(|change| HistoryChange {
                field: change.field,
                before: change.before,
                after: change.after,
                hidden: change.is_hidden,
            })
            .collect(),
    }
}
