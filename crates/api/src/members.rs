//! Who is in a group: people and other groups.

use app::{
    Answer as Outcome, AppError,
    groups::{self as use_cases, Changed, MemberChange, Wish},
    reading::groups::MemberRef,
};
use axum::{Json, extract::State, http::StatusCode};
use domain::id::{GroupId, RequestId, UserId};
use serde_json::json;
use web::Surface;
use wire::{
    common::{Page, PageQuery, Provisioning, ProvisioningState, UserRef},
    groups::{
        EffectiveMember, GroupRef, HeldGroup, Member, MembersChange, MembersChanged, MembershipEnd,
        NestedGroup,
    },
};

use crate::{
    Refused,
    cursor::Paging,
    input::{Call, LargeBody, Params, PathId, PathIds},
    once::{content, kept_id, repeat},
    read,
    refusal::Answer,
    show,
};

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

/// The groups somebody is in themselves, by name; those of their plans, too.
#[utoipa::path(get, path = "/users/{id}/groups", tag = "groups",
    params(("id" = String, Path, description = "Id of the user."), PageQuery),
    responses((status = 200, description = "One page.", body = Page<HeldGroup>), Refused))]
pub async fn list_user_groups(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<UserId>,
    Params(query): Params<PageQuery>,
) -> Answer<Json<Page<HeldGroup>>> {
    let paging = Paging::new("user-groups", query.limit, query.after.as_deref())?;
    let after = paging.after::<GroupId>()?;
    let read = async {
        let mut tx = surface.app.read(&call.caller).await?;
        let user = tx.user(id).await?;
        let rows = match user.object {
            Some(object) => tx.membership_views(object, after, paging.rows()).await?,
            None => Vec::new(),
        };
        let viewer = read::viewer(&mut tx).await?;
        tx.finish().await?;
        Ok::<_, AppError>((rows, viewer))
    };
    let (rows, viewer) = read.await?;
    let (rows, next) = paging.page("user-groups", rows, |m| (m.key.clone(), m.group.id));
    Ok(Json(Page { items: rows.iter().map(|m| show::held_group(m, viewer)).collect(), next }))
}

/// Put many into a group and take many out, as one request.
///
/// Who cannot be a member is named by place, and then nothing is changed. What the
/// directory refuses later fails alone: see the items of the request.
#[utoipa::path(post, path = "/groups/{id}/members", tag = "groups", request_body = MembersChange,
    params(("id" = String, Path, description = "Id of the group."),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes repeating safe.")),
    responses((status = 202, description = "Recorded; on its way.", body = MembersChanged), Refused))]
pub async fn change_members(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<GroupId>,
    LargeBody(new): LargeBody<MembersChange>,
) -> Answer<(StatusCode, Json<MembersChanged>)> {
    let content = content(&call, &new);
    let shown = |changed: &Changed| MembersChanged {
        request: changed.request.to_string(),
        added: changed.added,
        removed: changed.removed,
    };
    let answer = |changed: &Changed| (202, json!(shown(changed)));
    let repeat = repeat(&call, &content, &answer);
    let wish = |m: wire::groups::NewMember| Wish { member: m.member, until: m.until, days: m.days };
    let change = MemberChange { add: new.add.into_iter().map(wish).collect(), remove: new.remove };
    let app = &surface.app;
    let done =
        use_cases::change_members(app, &call.caller, id, &change, repeat.as_ref(), &call.cause).await?;
    let changed = match done {
        Outcome::Done(changed) => shown(&changed),
        Outcome::Before { body, .. } => {
            let request: RequestId = kept_id(&body, "request")?;
            let count = |name: &str| body[name].as_u64().and_then(|n| usize::try_from(n).ok()).unwrap_or(0);
            MembersChanged { request: request.to_string(), added: count("added"), removed: count("removed") }
        }
    };
    Ok((StatusCode::ACCEPTED, Json(changed)))
}

/// Everybody who should be in a group, directly or through groups in it, and why.
#[utoipa::path(get, path = "/groups/{id}/effective-members", tag = "groups",
    params(("id" = String, Path, description = "Id of the group."), PageQuery),
    responses((status = 200, description = "One page.", body = Page<EffectiveMember>), Refused))]
pub async fn list_effective_members(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<GroupId>,
    Params(query): Params<PageQuery>,
) -> Answer<Json<Page<EffectiveMember>>> {
    let paging = Paging::new("effective-members", query.limit, query.after.as_deref())?;
    let after = paging.after_id::<UserId>()?;
    let read = async {
        let mut tx = surface.app.read(&call.caller).await?;
        let (group, _) = tx.group(id).await?;
        let rows = tx.effective_views(&group, after, paging.rows()).await?;
        tx.finish().await?;
        Ok::<_, AppError>(rows)
    };
    let (rows, next) = paging.page("effective-members", read.await?, |m| (String::new(), m.user.id));
    Ok(Json(Page { items: rows.iter().map(show::effective).collect(), next }))
}

/// Put a person into a group, for ever or until an instant.
#[utoipa::path(put, path = "/groups/{id}/members/{user}", tag = "groups",
    params(("id" = String, Path, description = "Id of the group."),
        ("user" = String, Path, description = "Id of the user."), MembershipEnd),
    responses((status = 202, description = "Recorded; on its way.", body = Member), Refused))]
pub async fn add_member(
    State(surface): State<Surface>,
    call: Call,
    PathIds(id, user): PathIds<GroupId, UserId>,
    Params(end): Params<MembershipEnd>,
) -> Answer<(StatusCode, Json<Member>)> {
    set(&surface, &call, id, user, Some(end)).await
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
    set(&surface, &call, id, user, None).await
}

async fn set(
    surface: &Surface,
    call: &Call,
    id: GroupId,
    user: UserId,
    end: Option<MembershipEnd>,
) -> Answer<(StatusCode, Json<Member>)> {
    let (wanted, member) = (end.is_some(), MemberRef::User(user));
    let (request, name) =
        use_cases::set_member(&surface.app, &call.caller, id, member, end.map(wish), &call.cause).await?;
    let member = match read::member(surface, &call.caller, id, user).await? {
        Some(member) => member,
        // Who was not in the group was taken out of it.
        None => {
            let user = UserRef { id: user.to_string(), display_name: name, principal_name: String::new() };
            Member { user, wanted, until: None, provisioning: done(request) }
        }
    };
    Ok((StatusCode::ACCEPTED, Json(member)))
}

fn wish(end: MembershipEnd) -> Wish {
    Wish { member: String::new(), until: end.until, days: end.days }
}

fn done(request: RequestId) -> Provisioning {
    let (state, request) = (ProvisioningState::Verified, Some(request.to_string()));
    Provisioning { state, generation: 0, request, problem: None }
}

/// Groups in a group, or on their way into it or out of it.
#[utoipa::path(get, path = "/groups/{id}/groups", tag = "groups",
    params(("id" = String, Path, description = "Id of the group."), PageQuery),
    responses((status = 200, description = "One page.", body = Page<NestedGroup>), Refused))]
pub async fn list_nested_groups(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<GroupId>,
    Params(query): Params<PageQuery>,
) -> Answer<Json<Page<NestedGroup>>> {
    let paging = Paging::new("nested-groups", query.limit, query.after.as_deref())?;
    let after = paging.after_id::<GroupId>()?;
    let read = async {
        let mut tx = surface.app.read(&call.caller).await?;
        let (group, _) = tx.group(id).await?;
        let rows = tx.nested_views(&group, None, after, paging.rows()).await?;
        let viewer = read::viewer(&mut tx).await?;
        tx.finish().await?;
        Ok::<_, AppError>((rows, viewer))
    };
    let (rows, viewer) = read.await?;
    let (rows, next) = paging.page("nested-groups", rows, |m| (String::new(), m.group.id));
    Ok(Json(Page { items: rows.iter().map(|m| show::nested(m, viewer)).collect(), next }))
}

/// Put a group into a group: whoever is in the one is then in the other.
#[utoipa::path(put, path = "/groups/{id}/groups/{member}", tag = "groups",
    params(("id" = String, Path, description = "Id of the group."),
        ("member" = String, Path, description = "Id of the group that comes in."), MembershipEnd),
    responses((status = 202, description = "Recorded; on its way.", body = NestedGroup), Refused))]
pub async fn add_nested_group(
    State(surface): State<Surface>,
    call: Call,
    PathIds(id, member): PathIds<GroupId, GroupId>,
    Params(end): Params<MembershipEnd>,
) -> Answer<(StatusCode, Json<NestedGroup>)> {
    set_nested(&surface, &call, id, member, Some(end)).await
}

/// Take a group out of a group.
#[utoipa::path(delete, path = "/groups/{id}/groups/{member}", tag = "groups",
    params(("id" = String, Path, description = "Id of the group."),
        ("member" = String, Path, description = "Id of the group that goes.")),
    responses((status = 202, description = "Recorded; on its way.", body = NestedGroup), Refused))]
pub async fn remove_nested_group(
    State(surface): State<Surface>,
    call: Call,
    PathIds(id, member): PathIds<GroupId, GroupId>,
) -> Answer<(StatusCode, Json<NestedGroup>)> {
    set_nested(&surface, &call, id, member, None).await
}

async fn set_nested(
    surface: &Surface,
    call: &Call,
    id: GroupId,
    member: GroupId,
    end: Option<MembershipEnd>,
) -> Answer<(StatusCode, Json<NestedGroup>)> {
    let (wanted, of) = (end.is_some(), MemberRef::Group(member));
    let (request, name) =
        use_cases::set_member(&surface.app, &call.caller, id, of, end.map(wish), &call.cause).await?;
    let nested = match read::nested(surface, &call.caller, id, member).await? {
        Some(nested) => nested,
        None => {
            let group = GroupRef { id: member.to_string(), name };
            NestedGroup { group, wanted, until: None, provisioning: done(request) }
        }
    };
    Ok((StatusCode::ACCEPTED, Json(nested)))
}
