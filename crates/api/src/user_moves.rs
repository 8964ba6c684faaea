//! Moving people to another customer.

use app::{
    Answer as Outcome,
    users::{self as use_cases, MoveDraft, Moved},
};
use axum::{Json, extract::State, http::StatusCode};
use domain::id::UserId;
use serde_json::json;
use web::Surface;
use wire::users::{MoveUser, UserMovePreview, UserMoved};

use crate::{
    Refused,
    input::{Body, Call, PathId, Version},
    once::{content, kept_id, repeat},
    read,
    refusal::Answer,
    show, users,
};

fn draft(new: MoveUser) -> MoveDraft {
    MoveDraft {
        customer: new.customer,
        principal_name: new.principal_name,
        logon_name: new.logon_name,
        external_id: new.external_id,
        plans: new.plans,
        bundles: new.bundles,
        fields: new.fields,
        reason: new.reason,
    }
}

/// Show what moving a person to another customer comes to; refused as the move itself would be.
/// Nothing is changed.
#[utoipa::path(post, path = "/users/{id}/move/preview", tag = "users", request_body = MoveUser,
    params(("id" = String, Path, description = "Id of the user.")),
    responses((status = 200, description = "What it comes to now.", body = UserMovePreview), Refused))]
pub async fn preview_user_move(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<UserId>,
    Body(new): Body<MoveUser>,
) -> Answer<Json<UserMovePreview>> {
    let moving = use_cases::preview_transfer(&surface.app, &call.caller, id, &draft(new)).await?;
    Ok(Json(show::moving(moving)))
}

/// Move a person to another customer of the same directory, with the account they have.
///
/// The account keeps its ids and its password, moves into the unit of the other customer and gets a
/// principal name there. Plans, groups, roles and the manager stay behind. In the other customer the
/// person has another id. Needs `user_delete` where the person is and `user_create` in the other
/// customer.
#[utoipa::path(post, path = "/users/{id}/move", tag = "users", request_body = MoveUser,
    params(("id" = String, Path, description = "Id of the user."),
        ("If-Match" = String, Header, description = "The `ETag` of the person."),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes repeating safe.")),
    responses((status = 202, description = "Recorded; on its way.", body = UserMoved), Refused))]
pub async fn move_user(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<UserId>,
    Version(version): Version,
    Body(new): Body<MoveUser>,
) -> Answer<(StatusCode, Json<UserMoved>)> {
    let content = content(&call, &new);
    let answer = |moved: &Moved| {
        let ids = json!({ "user": moved.user.to_string(), "request": moved.request.to_string(),
            "leaving": moved.leaving.to_string() });
        (202, ids)
    };
    let (app, caller, repeat) = (&surface.app, &call.caller, repeat(&call, &content, &answer));
    let done =
        use_cases::transfer(app, caller, id, version, &draft(new), repeat.as_ref(), &call.cause).await?;
    let moved = match done {
        Outcome::Done(moved) => moved,
        Outcome::Before { body, .. } => Moved {
            user: kept_id(&body, "user")?,
            request: kept_id(&body, "request")?,
            leaving: kept_id(&body, "leaving")?,
        },
    };
    let mut user = read::user(&surface, caller, moved.user).await?;
    user.activation = users::open_link(&surface, &call, moved.user).await?;
    let (former, request, leaving) = (id.to_string(), moved.request.to_string(), moved.leaving.to_string());
    Ok((StatusCode::ACCEPTED, Json(UserMoved { user, former, request, leaving })))
}
