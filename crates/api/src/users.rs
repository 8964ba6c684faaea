//! People and their accounts.

use app::{
    Answer as Outcome, AppError,
    people::PersonDraft,
    reading::users::UserSearch,
    sessions,
    users::{self as use_cases, CreatedUsers, Once, UserPatch},
};
use axum::{Json, extract::State, http::StatusCode};
use domain::{
    custom::Form,
    id::{RequestId, SubscriptionId, TenantId, UserId},
    list::{Order, PeopleColumn, Standing},
    permission::Permission,
    request::ItemState,
};
use serde_json::{Value, json};
use web::Surface;
use wire::{
    common::{ActivationLink, Page, PageQuery, ProvisioningState},
    sessions::EndedSessions,
    users::{
        CopyUser, NewPasswordReset, NewSubscription, NewUser, NewUsers, PasswordReset, Removal, RemovedUser,
        User, UserBatch, UserQuery, UserUpdate,
    },
};

use crate::{
    Refused, Tagged,
    cursor::{self, Paging},
    input::{Body, BodyOrNone, Call, LargeBody, Params, PathId, PathIds, Version},
    once::{content, kept_id, repeat},
    read::{self, Read},
    refusal::Answer,
    show, tenants,
};

/// A person as the use cases take it.
pub fn draft(new: &NewUser) -> PersonDraft {
    PersonDraft {
        given_name: new.given_name.clone(),
        surname: new.surname.clone(),
        display_name: new.display_name.clone(),
        user_name: new.user_name.clone(),
        principal_name: new.principal_name.clone(),
        logon_name: new.logon_name.clone(),
        mail: new.mail.clone(),
        phone: new.phone.clone(),
        title: new.title.clone(),
        department: new.department.clone(),
        manager: new.manager.clone(),
        plans: new.plans.clone(),
        bundles: new.bundles.clone(),
        enabled: new.enabled.unwrap_or(true),
        details: new.details.clone(),
        fields: new.fields.clone(),
        send_link: new.send_link.clone(),
    }
}

/// People of a customer.
#[utoipa::path(get, path = "/customers/{id}/users", tag = "users",
    params(("id" = String, Path, description = "Id of the customer."), UserQuery),
    responses((status = 200, description = "One page.", body = Page<User>), Refused))]
pub async fn list_users(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<TenantId>,
    Params(query): Params<UserQuery>,
) -> Answer<Json<Page<User>>> {
    let order = cursor::order(query.sort.as_deref(), Order::up(PeopleColumn::Name))?;
    let list = format!("users {}", order.code());
    let paging = Paging::new(&list, query.limit, query.after.as_deref())?;
    let standing = cursor::one_of("standing", query.standing.as_deref(), &Standing::ALL, Standing::code)?;
    let read = async {
        let state = tenants::code("state", query.state.as_deref(), ItemState::from_code)?;
        let mut tx = surface.app.read(&call.caller).await?;
        let tenant = tx.tenant(id).await?;
        let permit = tx.permit_people(&tenant)?;
        let fields = tx.fields(&tenant).await?;
        let wanted = query.field.as_deref().map(|text| Form::new(&fields).wanted("field", text));
        let wanted = wanted.transpose().map_err(AppError::field)?;
        let wanted: Vec<_> = wanted.into_iter().collect();
        let which = UserSearch {
            search: query.search.as_deref(),
            state,
            standing,
            plan: query.plan.as_deref(),
            department: query.department.as_deref(),
            fields: &wanted,
        };
        let rows = tx.people_page(&permit, which, order, paging.span::<UserId>()?).await?;
        let ids: Vec<_> = rows.iter().map(|u| u.id).collect();
        let plans = tx.subscriptions_of(&ids).await?;
        let viewer = read::viewer(&mut tx).await?;
        tx.finish().await?;
        Ok::<_, AppError>((rows, tenant, fields, plans, viewer))
    };
    let (rows, tenant, fields, plans, viewer) = read.await?;
    let (rows, next) = paging.page(&list, rows, |u| (u.place(order.by), u.id));
    Ok(Json(Page {
        items: rows.iter().map(|u| show::user(u, &tenant, &fields, &plans, viewer)).collect(),
        next,
    }))
}

/// Create a person.
///
/// The account is made enabled with a random password that nobody learns; the
/// person chooses one by the activation link of the answer.
#[utoipa::path(post, path = "/customers/{id}/users", tag = "users", request_body = NewUser,
    params(("id" = String, Path, description = "Id of the customer."),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes repeating safe.")),
    responses((status = 202, description = "Recorded; on its way.", body = User), Refused))]
pub async fn create_user(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<TenantId>,
    Body(new): Body<NewUser>,
) -> Answer<(StatusCode, Json<Value>)> {
    let content = content(&call, &new);
    let one = |all: &CreatedUsers| all.users.first().map(|u| show::created(u, all));
    let answer = |all: &CreatedUsers| (202, serde_json::to_value(one(all)).unwrap_or_default());
    let drafts = [draft(&new)];
    let done = create(&surface, &call, id, &drafts, false, &content, &answer).await?;
    let (status, mut body, made) = kept(done, answer);
    attach_links(&surface, &call, made.as_ref(), [&mut body].into_iter()).await?;
    Ok((status, Json(body)))
}

/// Create a person like another: same title, department, manager, office, groups
/// and plans.
#[utoipa::path(post, path = "/users/{id}/copy", tag = "users", request_body = CopyUser,
    params(("id" = String, Path, description = "Id of the person who is there."),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes repeating safe.")),
    responses((status = 202, description = "Recorded; the new person, on its way.", body = User), Refused))]
pub async fn copy_user(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<UserId>,
    Body(new): Body<CopyUser>,
) -> Answer<(StatusCode, Json<Value>)> {
    let content = content(&call, &new);
    let one = |all: &CreatedUsers| all.users.first().map(|u| show::created(u, all));
    let answer = |all: &CreatedUsers| (202, serde_json::to_value(one(all)).unwrap_or_default());
    let repeat = repeat(&call, &content, &answer);
    let (draft, groups) = (draft(&new.user), new.groups.unwrap_or(true));
    let done =
        use_cases::copy(&surface.app, &call.caller, id, draft, groups, repeat.as_ref(), &call.cause).await?;
    let (status, mut body, made) = kept(done, answer);
    attach_links(&surface, &call, made.as_ref(), [&mut body].into_iter()).await?;
    Ok((status, Json(body)))
}

/// Create people, together or not at all.
#[utoipa::path(post, path = "/customers/{id}/users/batch", tag = "users", request_body = NewUsers,
    params(("id" = String, Path, description = "Id of the customer."),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes repeating safe.")),
    responses((status = 202, description = "Recorded; on their way.", body = UserBatch), Refused))]
pub async fn create_users(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<TenantId>,
    LargeBody(new): LargeBody<NewUsers>,
) -> Answer<(StatusCode, Json<Value>)> {
    let content = content(&call, &new);
    let answer = |all: &CreatedUsers| {
        let users = all.users.iter().map(|u| show::created(u, all)).collect();
        let batch = UserBatch { users, request: all.request.to_string() };
        (202, serde_json::to_value(batch).unwrap_or_default())
    };
    let or_all =
        |of: PersonDraft| PersonDraft { send_link: of.send_link.or_else(|| new.send_link.clone()), ..of };
    let drafts: Vec<_> = new.users.iter().map(draft).map(or_all).collect();
    let done = create(&surface, &call, id, &drafts, true, &content, &answer).await?;
    let (status, mut body, made) = kept(done, answer);
    if let Some(Value::Array(users)) = body.get_mut("users") {
        attach_links(&surface, &call, made.as_ref(), users.iter_mut()).await?;
    }
    Ok((status, Json(body)))
}

async fn create(
    surface: &Surface,
    call: &Call,
    id: TenantId,
    drafts: &[PersonDraft],
    many: bool,
    content: &[u8],
    answer: &(dyn Fn(&CreatedUsers) -> (u16, Value) + Sync),
) -> Answer<Outcome<CreatedUsers>> {
    let repeat = repeat(call, content, answer);
    Ok(use_cases::create(&surface.app, &call.caller, id, drafts, many, repeat.as_ref(), &call.cause).await?)
}

/// Status and body of an answer that is of now, or of the first call with the same key.
fn kept(
    done: Outcome<CreatedUsers>,
    answer: impl Fn(&CreatedUsers) -> (u16, Value),
) -> (StatusCode, Value, Option<CreatedUsers>) {
    let (status, body, made) = match done {
        Outcome::Done(made) => {
            let (status, body) = answer(&made);
            (status, body, Some(made))
        }
        Outcome::Before { status, body } => (status, body, None),
    };
    (StatusCode::from_u16(status).unwrap_or(StatusCode::ACCEPTED), body, made)
}

/// Puts the activation links into people: as they were made, or as they are for
/// an answer that was kept. For those who may reset passwords only.
async fn attach_links<'a>(
    surface: &Surface,
    call: &Call,
    made: Option<&CreatedUsers>,
    people: impl Iterator<Item = &'a mut Value>,
) -> Answer<()> {
    let people: Vec<_> = people.collect();
    if let Some(made) = made {
        let may = call.caller.grants.iter().any(|g| {
            g.permissions.contains(&Permission::UserResetPassword) && made.tenant.path.contains(&g.scope)
        });
        if !may {
            return Ok(());
        }
        let links = surface.links_at(made.host.clone());
        for (person, new) in people.into_iter().zip(&made.users) {
            let link = show::link_of(&links, &new.activation, new.expires_at);
            person["activation"] = serde_json::to_value(link).unwrap_or_default();
        }
        return Ok(());
    }
    let id = |person: &Value| person["id"].as_str().and_then(|id| id.parse::<UserId>().ok());
    let ids: Vec<_> = people.iter().filter_map(|p| id(p)).collect();
    let open = surface.app.open_links(&call.caller, &ids).await?;
    let Some((_, first, _)) = open.first() else { return Ok(()) };
    let links = surface.links(first).await?;
    for person in people {
        if let Some((_, token, at)) = open.iter().find(|(user, _, _)| Some(*user) == id(person)) {
            let link = show::link_of(&links, token, *at);
            person["activation"] = serde_json::to_value(link).unwrap_or_default();
        }
    }
    Ok(())
}

/// The link somebody has not used yet, for those who may reset passwords.
pub async fn open_link(surface: &Surface, call: &Call, id: UserId) -> Answer<Option<ActivationLink>> {
    let open = surface.app.open_links(&call.caller, &[id]).await?;
    let Some((_, token, at)) = open.first() else { return Ok(None) };
    Ok(Some(show::link(surface, token, *at).await?))
}

/// A person.
#[utoipa::path(get, path = "/users/{id}", tag = "users",
    params(("id" = String, Path, description = "Id of the user.")),
    responses((status = 200, description = "The person; `ETag` is the version.", body = User), Refused))]
pub async fn show_user(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<UserId>,
) -> Answer<Tagged<User>> {
    let user = read::user(&surface, &call.caller, id).await?;
    Ok(Tagged(StatusCode::OK, user.version, user))
}

/// Change a person.
#[utoipa::path(patch, path = "/users/{id}", tag = "users", request_body = UserUpdate,
    params(("id" = String, Path, description = "Id of the user."),
        ("If-Match" = String, Header, description = "The `ETag` the change is based on.")),
    responses((status = 202, description = "Recorded; on its way.", body = User), Refused))]
pub async fn update_user(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<UserId>,
    Version(version): Version,
    Body(new): Body<UserUpdate>,
) -> Answer<Tagged<User>> {
    let patch = UserPatch {
        given_name: new.given_name,
        surname: new.surname,
        display_name: new.display_name,
        mail: new.mail,
        phone: new.phone,
        title: new.title,
        department: new.department,
        manager: new.manager,
        enabled: new.enabled,
        principal_name: new.principal_name,
        logon_name: new.logon_name,
        details: new.details,
        fields: new.fields,
        bundles: new.bundles,
    };
    use_cases::update(&surface.app, &call.caller, id, version, patch, &call.cause).await?;
    let user = read::user(&surface, &call.caller, id).await?;
    Ok(Tagged(StatusCode::ACCEPTED, user.version, user))
}

/// Remove a person: plans end, groups are left, the account cannot log on.
///
/// The person can be restored for some days; then the account goes from the
/// directory. The names stay reserved for a year after that.
#[utoipa::path(delete, path = "/users/{id}", tag = "users",
    params(("id" = String, Path, description = "Id of the user."), Removal,
        ("If-Match" = String, Header, description = "The `ETag` of the person to be removed.")),
    responses((status = 202, description = "Recorded; the person as removed.", body = User), Refused))]
pub async fn delete_user(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<UserId>,
    Version(version): Version,
    Params(removal): Params<Removal>,
) -> Answer<(StatusCode, Json<User>)> {
    let mut user = read::user(&surface, &call.caller, id).await?;
    let grace = removal.grace_days;
    let request = use_cases::delete(&surface.app, &call.caller, id, version, grace, &call.cause).await?;
    (user.enabled, user.plans) = (false, Vec::new());
    Ok((StatusCode::ACCEPTED, Json(on_its_way(user, request))))
}

/// People of a customer who were removed and can be restored, by name.
#[utoipa::path(get, path = "/customers/{id}/removed-users", tag = "users",
    params(("id" = String, Path, description = "Id of the customer."), PageQuery),
    responses((status = 200, description = "One page.", body = Page<RemovedUser>), Refused))]
pub async fn list_removed(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<TenantId>,
    Params(query): Params<PageQuery>,
) -> Answer<Json<Page<RemovedUser>>> {
    let paging = Paging::new("removed-users", query.limit, query.after.as_deref())?;
    let after = paging.after::<UserId>()?;
    let read = async {
        let mut tx = surface.app.read(&call.caller).await?;
        let tenant = tx.tenant(id).await?;
        let permit = tx.permit_people(&tenant)?;
        let rows = tx.removed_users(&permit, after, paging.rows()).await?;
        let fields = tx.fields(&tenant).await?;
        let viewer = read::viewer(&mut tx).await?;
        tx.finish().await?;
        Ok::<_, AppError>((rows, tenant, fields, viewer))
    };
    let (rows, tenant, fields, viewer) = read.await?;
    let (rows, next) = paging.page("removed-users", rows, |r| (r.user.key.clone(), r.user.id));
    let items = rows.iter().map(|r| RemovedUser {
        user: show::user(&r.user, &tenant, &fields, &[], viewer),
        removed_at: r.removed_at.to_string(),
        purge_at: r.purge_at.to_string(),
    });
    Ok(Json(Page { items: items.collect(), next }))
}

/// Restore a removed person: the same account with its groups and plans.
///
/// Billing of the plans begins anew, roles are not given back, and the old
/// password works again.
#[utoipa::path(post, path = "/users/{id}/restore", tag = "users",
    params(("id" = String, Path, description = "Id of the user.")),
    responses((status = 202, description = "Recorded; the person as restored.", body = User), Refused))]
pub async fn restore_user(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<UserId>,
) -> Answer<Tagged<User>> {
    use_cases::restore(&surface.app, &call.caller, id, &call.cause).await?;
    let user = read::user(&surface, &call.caller, id).await?;
    Ok(Tagged(StatusCode::ACCEPTED, user.version, user))
}

/// Lift the lock that wrong passwords put on an account.
#[utoipa::path(post, path = "/users/{id}/unlock", tag = "users",
    params(("id" = String, Path, description = "Id of the user.")),
    responses((status = 202, description = "Recorded; on its way.", body = User), Refused))]
pub async fn unlock_user(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<UserId>,
) -> Answer<(StatusCode, Json<User>)> {
    once(&surface, &call, id, Once::Unlock).await
}

/// Make a person change the password at the next log-on.
#[utoipa::path(post, path = "/users/{id}/expire-password", tag = "users",
    params(("id" = String, Path, description = "Id of the user.")),
    responses((status = 202, description = "Recorded; on its way.", body = User), Refused))]
pub async fn expire_password(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<UserId>,
) -> Answer<(StatusCode, Json<User>)> {
    once(&surface, &call, id, Once::ExpirePassword).await
}

async fn once(surface: &Surface, call: &Call, id: UserId, what: Once) -> Answer<(StatusCode, Json<User>)> {
    let request = use_cases::once(&surface.app, &call.caller, id, what, &call.cause).await?;
    Ok((StatusCode::ACCEPTED, Json(with_plans(surface, call, id, request).await?)))
}

/// The person, with the request that was just made for them.
fn on_its_way(mut user: User, request: Option<RequestId>) -> User {
    if let (Some(provisioning), Some(request)) = (&mut user.provisioning, request) {
        provisioning.state = ProvisioningState::Requested;
        provisioning.request = Some(request.to_string());
        provisioning.problem = None;
    }
    user
}

/// Make a one-time link by which the person chooses a new password.
///
/// The old password works until then. Each call makes a new link, and links made
/// before stop working, so repeating is safe. The body may be left out.
#[utoipa::path(post, path = "/users/{id}/password-reset", tag = "users", request_body = Option<NewPasswordReset>,
    params(("id" = String, Path, description = "Id of the user.")),
    responses((status = 201, description = "The link, shown once.", body = PasswordReset), Refused))]
pub async fn reset_password(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<UserId>,
    BodyOrNone(new): BodyOrNone<NewPasswordReset>,
) -> Answer<(StatusCode, Json<PasswordReset>)> {
    let (app, send_link) = (&surface.app, new.send_link.as_deref());
    let (token, at) =
        use_cases::reset_password_and_tell(app, &call.caller, id, send_link, &call.cause).await?;
    let activation = show::link(&surface, &token, at).await?;
    Ok((StatusCode::CREATED, Json(PasswordReset { user: id.to_string(), activation, request: None })))
}

/// End all sessions of a person: signed out everywhere. API tokens go on working.
///
/// Whoever may reset the person's password may do this.
#[utoipa::path(post, path = "/users/{id}/end-sessions", tag = "users",
    params(("id" = String, Path, description = "Id of the user.")),
    responses((status = 200, description = "They no longer work.", body = EndedSessions), Refused))]
pub async fn end_user_sessions(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<UserId>,
) -> Answer<Json<EndedSessions>> {
    let ended = sessions::end_all_of(&surface.app, &call.caller, id, &call.cause).await?;
    Ok(Json(EndedSessions { ended }))
}

/// Give a person a plan.
#[utoipa::path(post, path = "/users/{id}/plans", tag = "users", request_body = NewSubscription,
    params(("id" = String, Path, description = "Id of the user."),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes repeating safe.")),
    responses((status = 202, description = "Recorded; the person with the plan.", body = User), Refused))]
pub async fn add_plan(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<UserId>,
    Body(new): Body<NewSubscription>,
) -> Answer<(StatusCode, Json<User>)> {
    let content = content(&call, &new);
    let answer = |request: &RequestId| (202, json!({ "request": request.to_string() }));
    let repeat = repeat(&call, &content, &answer);
    let done =
        use_cases::add_plan(&surface.app, &call.caller, id, &new.plan, repeat.as_ref(), &call.cause).await?;
    let request = match done {
        Outcome::Done(request) => request,
        Outcome::Before { body, .. } => kept_id(&body, "request")?,
    };
    let user = with_plans(&surface, &call, id, request).await?;
    Ok((StatusCode::ACCEPTED, Json(user)))
}

/// End a person's subscription to a plan; from now on it is not billed.
#[utoipa::path(delete, path = "/users/{id}/plans/{subscription}", tag = "users",
    params(("id" = String, Path, description = "Id of the user."),
        ("subscription" = String, Path, description = "Id of the subscription.")),
    responses((status = 202, description = "Recorded; the person without the plan.", body = User), Refused))]
pub async fn remove_plan(
    State(surface): State<Surface>,
    call: Call,
    PathIds(id, subscription): PathIds<UserId, SubscriptionId>,
) -> Answer<(StatusCode, Json<User>)> {
    let request = use_cases::remove_plan(&surface.app, &call.caller, id, subscription, &call.cause).await?;
    let user = with_plans(&surface, &call, id, request).await?;
    Ok((StatusCode::ACCEPTED, Json(user)))
}

async fn with_plans(surface: &Surface, call: &Call, id: UserId, request: RequestId) -> Read<User> {
    Ok(on_its_way(read::user(surface, &call.caller, id).await?, Some(request)))
}
