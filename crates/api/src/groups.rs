//! Security groups and who is in them.

use app::{Answer as Outcome, AppError, groups as use_cases, reading::tx::act};
use axum::{Json, extract::State, http::StatusCode};
use domain::id::{GroupId, RequestId, TenantId, UserId};
use serde_json::json;
use web::Surface;
use wire::{
    common::{Page, PageQuery, Provisioning, ProvisioningState, UserRef},
    groups::{Group, Member, NewGroup},
};

use crate::{
    Refused, Tagged,
    cursor::Paging,
    input::{Body, Call, Params, PathId, PathIds},
    once::{content, kept_id, repeat},
    read,
    refusal::Answer,
    show,
};

/// Groups of a customer, oldest first.
#[utoipa::path(get, path = "/customers/{id}/groups", tag = "groups",
    params(("id" = String, Path, description = "Id of the customer."), PageQuery),
    responses((status = 200, description = "One page.", body = Page<Group>), Refused))]
pub async fn list_groups(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<TenantId>,
    Params(query): Params<PageQuery>,
) -> Answer<Json<Page<Group>>> {
    let paging = Paging::new("groups", query.limit, query.after.as_deref())?;
    let after = paging.after_id::<GroupId>()?;
    let read = async {
        let mut tx = surface.app.read(&call.caller).await?;
        let tenant = tx.tenant(id).await?;
        let permit = tx.permit::<act::TenantRead>(&tenant)?;
        let rows = tx.group_views(&permit, None, after, paging.rows()).await?;
        let viewer = read::viewer(&mut tx).await?;
        tx.finish().await?;
        Ok::<_, AppError>((rows, viewer))
    };
    let (rows, viewer) = read.await?;
    let (rows, next) = paging.page("groups", rows, |g| (String::new(), g.id));
    Ok(Json(Page { items: rows.iter().map(|g| show::group(g, viewer)).collect(), next }))
}

/// Create a group in a customer.
#[utoipa::path(post, path = "/customers/{id}/groups", tag = "groups", request_body = NewGroup,
    params(("id" = String, Path, description = "Id of the customer."),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes repeating safe.")),
    responses((status = 202, description = "Recorded; on its way.", body = Group), Refused))]
pub async fn create_group(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<TenantId>,
    Body(new): Body<NewGroup>,
) -> Answer<Tagged<Group>> {
    let (name, description) = (&new.name, new.description.as_deref());
    let content = content(&call, &new);
    let answer = |id: &GroupId| (202, json!({ "id": id.to_string() }));
    let (repeat, app) = (repeat(&call, &content, &answer), &surface.app);
    let done =
        use_cases::create(app, &call.caller, id, name, description, repeat.as_ref(), &call.cause).await?;
    let id = match done {
        Outcome::Done(id) => id,
        Outcome::Before { body, .. } => kept_id(&body, "id")?,
    };
    let group = read::group(&surface, &call.caller, id).await?;
    Ok(Tagged(StatusCode::ACCEPTED, group.version, group))
}

/// A group.
#[utoipa::path(get, path = "/groups/{id}", tag = "groups",
    params(("id" = String, Path, description = "Id of the group.")),
    responses((status = 200, description = "The group; `ETag` is its version.", body = Group), Refused))]
pub async fn show_group(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<GroupId>,
) -> Answer<Tagged<Group>> {
    let group = read::group(&surface, &call.caller, id).await?;
    Ok(Tagged(StatusCode::OK, group.version, group))
}

/// People in a group, or on their way into it or out of it.
#[utoipa::path(get, path = "/groups/{id}/members", tag = "groups",
    params(("id" = String, Path, description = "Id of the group."), PageQuery),
    responses((status = 200, description = "One page.", body = Page<Member>), Refused))]
pub async fn list_members(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<GroupId>,
    Params(query): Params<PageQuery>,
) -> Answer<Json<Page<Member>>> {
    let paging = Paging::new("members", query.limit, query.after.as_deref())?;
    let after = paging.after_id::<UserId>()?;
    let read = async {
        let mut tx = surface.app.read(&call.caller).await?;
        let (group, _) = tx.group(id).await?;
        let rows = tx.member_views(&group, None, after, paging.rows()).await?;
        let viewer = read::viewer(&mut tx).await?;
        tx.finish().await?;
        Ok::<_, AppError>((rows, viewer))
    };
    let (rows, viewer) = read.await?;
    let (rows, next) = paging.page("members", rows, |m| (String::new(), m.user.id));
    Ok(Json(Page { items: rows.iter().map(|m| show::member(m, viewer)).collect(), next }))
}

/// Put a person into a group.
#[utoipa::path(put, path = "/groups/{id}/members/{user}", tag = "groups",
    params(("id" = String, Path, description = "Id of the group."),
        ("user" = String, Path, description = "Id of the user.")),
    responses((status = 202, description = "Recorded; on its way.", body = Member), Refused))]
pub async fn add_member(
    State(surface): State<Surface>,
    call: Call,
    PathIds(id, user): PathIds<GroupId, UserId>,
) -> Answer<(StatusCode, Json<Member>)> {
    set(&surface, &call, id, user, true).await
}

/// Take a person out of a group.
#[utoipa::path(delete, path = "/groups/{id}/members/{user}", tag = "groups",
    params(("id" = String, Path, description = "Id of the group."),
        ("user" = String, Path, description = "Id of the user.")),
    responses((status = 202, description = "Recorded; on its way.", body = Member), Refused))]
pub async fn remove_member(
    State(surface): State<Surface>,
    call: Call,
    PathIds(id, user): PathIds<GroupId, UserId>,
) -> Answer<(StatusCode, Json<Member>)> {
    set(&surface, &call, id, user, false).await
}

async fn set(
    surface: &Surface,
    call: &Call,
    id: GroupId,
    user: UserId,
    wanted: bool,
) -> Answer<(StatusCode, Json<Member>)> {
    let request = use_cases::set_member(&surface.app, &call.caller, id, user, wanted, &call.cause).await?;
    let member = match read::member(surface, &call.caller, id, user).await? {
        Some(member) => member,
        None => nothing_to_do(surface, call, user, wanted, request).await?,
    };
    Ok((StatusCode::ACCEPTED, Json(member)))
}

/// Somebody who was not in the group was taken out of it.
async fn nothing_to_do(
    surface: &Surface,
    call: &Call,
    user: UserId,
    wanted: bool,
    request: RequestId,
) -> Answer<Member> {
    let user = read::user(surface, &call.caller, user).await?;
    let user = UserRef { id: user.id, display_name: user.display_name, principal_name: user.principal_name };
    let (state, request) = (ProvisioningState::Verified, Some(request.to_string()));
    Ok(Member { user, wanted, provisioning: Provisioning { state, generation: 0, request, problem: None } })
}
