//! Giving back what is ours: people, groups, adoptions.

use app::{AppError, adoption as use_cases};
use axum::{Json, extract::State, http::StatusCode};
use domain::id::{AdoptionId, GroupId, UserId};
use web::Surface;
use wire::adoption::{AdoptionRelease, Release};

use crate::{
    Refused,
    input::{Call, PathId, Version},
    refusal::Answer,
    show,
};

/// Show what would become of a person whose account is given back. Nothing is changed.
///
/// Needs `user_read`, and `directory_adopt` on whose the directory is.
#[utoipa::path(get, path = "/users/{id}/release", tag = "adoption",
    params(("id" = String, Path, description = "Id of the user.")),
    responses((status = 200, description = "What would become of it.", body = Release), Refused))]
pub async fn preview_user_release(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<UserId>,
) -> Answer<Json<Release>> {
    let preview = use_cases::preview_user_release(&surface.app, &call.caller, id).await?;
    Ok(Json(show::release(preview, None)))
}

/// Give a person's account back: the directory keeps it as it is, without our marker.
///
/// The person ends here, with plans and what is billed by them, and cannot be restored; the
/// account can be taken over again. Needs `user_delete`, and `directory_adopt` on whose the
/// directory is.
#[utoipa::path(post, path = "/users/{id}/release", tag = "adoption",
    params(("id" = String, Path, description = "Id of the user."),
        ("If-Match" = String, Header, description = "The `ETag` of the person.")),
    responses((status = 202, description = "It is on its way.", body = Release), Refused))]
pub async fn release_user(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<UserId>,
    Version(version): Version,
) -> Answer<(StatusCode, Json<Release>)> {
    let (app, caller) = (&surface.app, &call.caller);
    let preview = use_cases::preview_user_release(app, caller, id).await?;
    let request = use_cases::release_user(app, caller, id, version, &call.cause).await?;
    Ok((StatusCode::ACCEPTED, Json(show::release(preview, Some(request)))))
}

/// Show what would become of a group that is given back. Nothing is changed.
#[utoipa::path(get, path = "/groups/{id}/release", tag = "adoption",
    params(("id" = String, Path, description = "Id of the group.")),
    responses((status = 200, description = "What would become of it.", body = Release), Refused))]
pub async fn preview_group_release(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<GroupId>,
) -> Answer<Json<Release>> {
    let preview = use_cases::preview_group_release(&surface.app, &call.caller, id).await?;
    Ok(Json(show::release(preview, None)))
}

/// Give a group back: the directory keeps it as it is, with its members, without our marker.
///
/// Needs `group_manage`, and `directory_adopt` on whose the directory is. Groups the
/// product keeps stay.
#[utoipa::path(post, path = "/groups/{id}/release", tag = "adoption",
    params(("id" = String, Path, description = "Id of the group."),
        ("If-Match" = String, Header, description = "The `ETag` of the group.")),
    responses((status = 202, description = "It is on its way.", body = Release), Refused))]
pub async fn release_group(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<GroupId>,
    Version(version): Version,
) -> Answer<(StatusCode, Json<Release>)> {
    let (app, caller) = (&surface.app, &call.caller);
    let preview = use_cases::preview_group_release(app, caller, id).await?;
    let request = use_cases::release_group(app, caller, id, version, &call.cause).await?;
    Ok((StatusCode::ACCEPTED, Json(show::release(preview, Some(request)))))
}

/// Show what would become of an adoption that is taken back. Nothing is changed.
#[utoipa::path(get, path = "/adoptions/{id}/release", tag = "adoption",
    params(("id" = String, Path, description = "Id of the adoption.")),
    responses((status = 200, description = "What would become of it.", body = AdoptionRelease), Refused))]
pub async fn preview_adoption_release(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<AdoptionId>,
) -> Answer<Json<AdoptionRelease>> {
    let counts = use_cases::preview_release(&surface.app, &call.caller, id).await?;
    Ok(Json(show::adoption_release(&counts, None)))
}

/// Take an adoption back, as long as nothing of it changed since.
///
/// What it took over stays as it is in the directory, without our marker; a customer that
/// it made ends. Done once: called again it gives the same request. Needs
/// `directory_adopt`, and `tenant_close` on the customer it made, or `order_create` on the
/// one that existed.
#[utoipa::path(post, path = "/adoptions/{id}/release", tag = "adoption",
    params(("id" = String, Path, description = "Id of the adoption.")),
    responses((status = 202, description = "It is on its way.", body = AdoptionRelease), Refused))]
pub async fn release_adoption(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<AdoptionId>,
) -> Answer<(StatusCode, Json<AdoptionRelease>)> {
    let (app, caller) = (&surface.app, &call.caller);
    let counts = match use_cases::preview_release(app, caller, id).await {
        Ok(counts) => counts,
        // Taken back already: the same answer again, as far as it is known.
        Err(AppError::Conflict(_)) => use_cases::ReleaseCounts::default(),
        Err(error) => return Err(error.into()),
    };
    let request = use_cases::release(app, caller, id, &call.cause).await?;
    Ok((StatusCode::ACCEPTED, Json(show::adoption_release(&counts, Some(request)))))
}
