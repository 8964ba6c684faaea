//! Roles of people.

use app::{
    AppError, Caller,
    roles::{self, Deed},
};
use axum::{Json, extract::State};
use domain::id::UserId;
use web::Surface;
use wire::users::{GrantedRole, Roles};

use crate::{
    Refused,
    input::{Call, PathId, PathIds},
    refusal::Answer,
};

/// The roles somebody holds, and those the caller may give them and take from them.
#[utoipa::path(get, path = "/users/{id}/roles", tag = "users",
    params(("id" = String, Path, description = "Id of the user.")),
    responses((status = 200, description = "All of them.", body = Roles), Refused))]
pub async fn show_user_roles(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<UserId>,
) -> Answer<Json<Roles>> {
    Ok(Json(shown(&read(&surface, &call.caller, id).await?)))
}

/// Gives somebody a role where they are at home. Whoever holds it already keeps it as it is. Nobody gives
/// more than they have, and nobody changes their own roles.
#[utoipa::path(put, path = "/users/{id}/roles/{role}", tag = "users",
    params(("id" = String, Path, description = "Id of the user."),
           ("role" = String, Path, description = "Code of the role.", example = "user_administrator")),
    responses((status = 200, description = "All they hold now.", body = Roles), Refused))]
pub async fn give_role(
    State(surface): State<Surface>,
    call: Call,
    PathIds(id, role): PathIds<UserId, String>,
) -> Answer<Json<Roles>> {
    let all = roles::change(&surface.app, &call.caller, (id, &role), Deed::Give, &call.cause).await?;
    Ok(Json(shown(&all)))
}

/// Takes a role from somebody; from whoever does not hold it nothing is taken. Nobody takes what they
/// could not give, and nobody changes their own roles.
#[utoipa::path(delete, path = "/users/{id}/roles/{role}", tag = "users",
    params(("id" = String, Path, description = "Id of the user."),
           ("role" = String, Path, description = "Code of the role.", example = "user_administrator")),
    responses((status = 200, description = "All they hold now.", body = Roles), Refused))]
pub async fn take_role(
    State(surface): State<Surface>,
    call: Call,
    PathIds(id, role): PathIds<UserId, String>,
) -> Answer<Json<Roles>> {
    let all = roles::change(&surface.app, &call.caller, (id, &role), Deed::Take, &call.cause).await?;
    Ok(Json(shown(&all)))
}

async fn read(surface: &Surface, caller: &Caller, id: UserId) -> Result<roles::Roles, AppError> {
    let mut tx = surface.app.read(caller).await?;
    let user = tx.user(id).await?;
    let tenant = tx.tenant(user.tenant).await?;
    let all = roles::of(&mut tx, &tenant, &user).await?;
    tx.finish().await?;
    Ok(all)
}

fn shown(of: &roles::Roles) -> Roles {
    let held = |role: &app::reading::roles::HeldRole| GrantedRole {
        role: role.role.clone(),
        version: role.version,
        since: role.since.to_string(),
        given_by: role.by.clone(),
    };
    Roles {
        roles: of.held.iter().map(held).collect(),
        possible: of.possible.iter().map(|role| role.code.to_owned()).collect(),
    }
}
