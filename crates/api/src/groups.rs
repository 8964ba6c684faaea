//! Groups. Who is in them is in `members`.

use app::{
    Answer as Outcome, AppError,
    groups::{self as use_cases, GroupDraft, GroupPatch},
    reading::{lists::GroupSearch, tx::act},
};
use axum::{Json, extract::State, http::StatusCode};
use domain::{
    group::GroupKind,
    id::{GroupId, RequestId, TenantId},
    list::{GroupColumn, Order},
};
use serde_json::json;
use web::Surface;
use wire::{
    common::{Page, PageQuery, ProvisioningState},
    groups::{Group, GroupQuery, GroupUpdate, NewGroup, OwnGroups, Owners, RemovedGroup, SetOwners},
    users::Removal,
};

use crate::{
    Refused, Tagged,
    cursor::{self, Paging},
    input::{Body, Call, Params, PathId, Version},
    once::{content, kept_id, repeat},
    read,
    refusal::Answer,
    show,
};

/// Groups of a customer, oldest first when nothing else is asked for.
#[utoipa::path(get, path = "/customers/{id}/groups", tag = "groups",
    params(("id" = String, Path, description = "Id of the customer."), GroupQuery),
    responses((status = 200, description = "One page.", body = Page<Group>), Refused))]
pub async fn list_groups(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<TenantId>,
    Params(query): Params<GroupQuery>,
) -> Answer<Json<Page<Group>>> {
    let order = cursor::order(query.sort.as_deref(), Order::up(GroupColumn::Created))?;
    let list = format!("groups {}", order.code());
    let paging = Paging::new(&list, query.limit, query.after.as_deref())?;
    let filled = |some: bool| if some { "some" } else { "none" };
    let which = GroupSearch {
        search: query.search.as_deref(),
        kind: cursor::one_of("kind", query.kind.as_deref(), &GroupKind::ALL, GroupKind::code)?,
        members: cursor::one_of("members", query.members.as_deref(), &[true, false], filled)?,
    };
    let read = async {
        let mut tx = surface.app.read(&call.caller).await?;
        let tenant = tx.tenant(id).await?;
        let permit = tx.permit::<act::TenantRead>(&tenant)?;
        let rows = tx.group_page(&permit, which, order, paging.span::<GroupId>()?).await?;
        let viewer = read::viewer(&mut tx).await?;
        tx.finish().await?;
        Ok::<_, AppError>((rows, viewer))
    };
    let (rows, viewer) = read.await?;
    let (rows, next) = paging.page(&list, rows, |g| (g.place(order.by), g.id));
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
    let draft = GroupDraft {
        name: new.name.clone(),
        description: new.description.clone(),
        kind: new.kind.clone(),
        mail: new.mail.clone(),
        aliases: joined(Some(&new.aliases)),
    };
    let content = content(&call, &new);
    let answer = |id: &GroupId| (202, json!({ "id": id.to_string() }));
    let (repeat, app) = (repeat(&call, &content, &answer), &surface.app);
    let done = use_cases::create(app, &call.caller, id, &draft, repeat.as_ref(), &call.cause).await?;
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

/// Change a group: its name, text, kind, addresses.
#[utoipa::path(patch, path = "/groups/{id}", tag = "groups", request_body = GroupUpdate,
    params(("id" = String, Path, description = "Id of the group."),
        ("If-Match" = String, Header, description = "The `ETag` the change is based on.")),
    responses((status = 202, description = "Recorded; on its way.", body = Group), Refused))]
pub async fn update_group(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<GroupId>,
    Version(version): Version,
    Body(new): Body<GroupUpdate>,
) -> Answer<Tagged<Group>> {
    let patch = GroupPatch {
        name: new.name,
        description: new.description,
        kind: new.kind,
        mail: new.mail,
        aliases: new.aliases.map(|all| joined(Some(&all))),
    };
    use_cases::update(&surface.app, &call.caller, id, version, patch, &call.cause).await?;
    let group = read::group(&surface, &call.caller, id).await?;
    Ok(Tagged(StatusCode::ACCEPTED, group.version, group))
}

/// Remove a group: nobody is in it any more, and it is in no other.
///
/// It can be restored for some days with its members and the same security id; then
/// it goes from the directory. Its name stays reserved for a year after that.
#[utoipa::path(delete, path = "/groups/{id}", tag = "groups",
    params(("id" = String, Path, description = "Id of the group."), Removal,
        ("If-Match" = String, Header, description = "The `ETag` of the group to be removed.")),
    responses((status = 202, description = "Recorded; the group as it was.", body = Group), Refused))]
pub async fn delete_group(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<GroupId>,
    Version(version): Version,
    Params(removal): Params<Removal>,
) -> Answer<(StatusCode, Json<Group>)> {
    let group = read::group(&surface, &call.caller, id).await?;
    let (app, grace) = (&surface.app, removal.grace_days);
    let request = use_cases::delete(app, &call.caller, id, version, grace, &call.cause).await?;
    Ok((StatusCode::ACCEPTED, Json(on_its_way(group, request))))
}

/// Groups of a customer that were removed and can be restored.
#[utoipa::path(get, path = "/customers/{id}/removed-groups", tag = "groups",
    params(("id" = String, Path, description = "Id of the customer."), PageQuery),
    responses((status = 200, description = "One page.", body = Page<RemovedGroup>), Refused))]
pub async fn list_removed_groups(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<TenantId>,
    Params(query): Params<PageQuery>,
) -> Answer<Json<Page<RemovedGroup>>> {
    let paging = Paging::new("removed-groups", query.limit, query.after.as_deref())?;
    let after = paging.after_id::<GroupId>()?;
    let read = async {
        let mut tx = surface.app.read(&call.caller).await?;
        let tenant = tx.tenant(id).await?;
        let permit = tx.permit::<act::TenantRead>(&tenant)?;
        let rows = tx.removed_groups(&permit, after, paging.rows()).await?;
        tx.finish().await?;
        Ok::<_, AppError>(rows)
    };
    let (rows, next) = paging.page("removed-groups", read.await?, |r| (String::new(), r.group.id));
    Ok(Json(Page { items: rows.iter().map(show::removed_group).collect(), next }))
}

/// Restore a removed group with the members that still exist.
#[utoipa::path(post, path = "/groups/{id}/restore", tag = "groups",
    params(("id" = String, Path, description = "Id of the group.")),
    responses((status = 202, description = "Recorded; the group as restored.", body = Group), Refused))]
pub async fn restore_group(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<GroupId>,
) -> Answer<Tagged<Group>> {
    use_cases::restore(&surface.app, &call.caller, id, &call.cause).await?;
    let group = read::group(&surface, &call.caller, id).await?;
    Ok(Tagged(StatusCode::ACCEPTED, group.version, group))
}

/// The people who own a group, the first first.
#[utoipa::path(get, path = "/groups/{id}/owners", tag = "groups",
    params(("id" = String, Path, description = "Id of the group.")),
    responses((status = 200, description = "The owners; `ETag` is the version of the group.", body = Owners), Refused))]
pub async fn list_owners(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<GroupId>,
) -> Answer<Tagged<Owners>> {
    Ok(owners(&surface, &call, id).await?)
}

/// Say who owns a group.
///
/// Owners are people of the customer. They may change who is in this group, without
/// any role, and nothing else. The first is shown in the directory.
#[utoipa::path(put, path = "/groups/{id}/owners", tag = "groups", request_body = SetOwners,
    params(("id" = String, Path, description = "Id of the group."),
        ("If-Match" = String, Header, description = "The `ETag` the change is based on.")),
    responses((status = 200, description = "The owners.", body = Owners), Refused))]
pub async fn set_owners(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<GroupId>,
    Version(version): Version,
    Body(new): Body<SetOwners>,
) -> Answer<Tagged<Owners>> {
    use_cases::set_owners(&surface.app, &call.caller, id, version, &new.owners, &call.cause).await?;
    Ok(owners(&surface, &call, id).await?)
}

async fn owners(surface: &Surface, call: &Call, id: GroupId) -> read::Read<Tagged<Owners>> {
    let mut tx = surface.app.read(&call.caller).await?;
    let (group, _) = tx.group(id).await?;
    let owners = tx.owners(&group).await?;
    tx.finish().await?;
    let owners = Owners { owners: owners.iter().map(show::person).collect() };
    Ok(Tagged(StatusCode::OK, group.version, owners))
}

/// The groups one owns: whose members one may change.
#[utoipa::path(get, path = "/me/groups", tag = "groups",
    responses((status = 200, description = "The groups.", body = OwnGroups), Refused))]
pub async fn list_own_groups(State(surface): State<Surface>, call: Call) -> Answer<Json<OwnGroups>> {
    let read = async {
        let mut tx = surface.app.read(&call.caller).await?;
        let groups = tx.own_group_names().await?;
        tx.finish().await?;
        Ok::<_, AppError>(groups)
    };
    Ok(Json(OwnGroups { groups: read.await?.iter().map(show::group_ref).collect() }))
}

/// The group, with the request that was just made for it.
fn on_its_way(mut group: Group, request: RequestId) -> Group {
    group.provisioning.state = ProvisioningState::Requested;
    group.provisioning.request = Some(request.to_string());
    group.provisioning.problem = None;
    group
}

/// Addresses as they are kept.
fn joined(aliases: Option<&Vec<String>>) -> Option<String> {
    aliases.filter(|all| !all.is_empty()).map(|all| all.join(" "))
}
