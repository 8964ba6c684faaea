//! What handlers read: each opens one reading transaction, so that everything in
//! an answer is of one instant, and gives it as `wire` says it.

use app::{
    AppError, Caller,
    reading::{
        roots,
        tx::{ReadTx, TenantRef, act},
        views::{OrderFilter, RequestFilter, TenantSearch},
    },
};
use domain::{
    custom::Access,
    field::{FieldError, Rule},
    id::{GroupId, OrderId, RequestId, TenantId, UserId},
    permission::Permission,
    tenant::TenantKind,
};
use web::Surface;
use wire::{
    groups::{Group, Member, NestedGroup},
    orders::Order,
    requests::Request,
    sessions::{Grant, Me, Preferences, Theme},
    tenants::{Customer, Tenant},
    users::User,
};

use crate::show::{self, Viewer};

/// What a handler reads.
pub type Read<T> = Result<T, AppError>;

/// Who is looking.
pub async fn viewer(tx: &mut ReadTx<'_>) -> Read<Viewer> {
    Ok(Viewer::of(tx.is_provider_staff().await?))
}

/// The tenant somebody named by id or code in `field`.
pub async fn named(tx: &mut ReadTx<'_>, field: &str, text: &str) -> Read<TenantRef> {
    let text = text.trim();
    let found = match text.parse::<TenantId>() {
        Ok(id) => tx.tenant(id).await,
        Err(_) => tx.tenant_by_code(text).await,
    };
    found.map_err(|error| match AppError::from(error) {
        AppError::NotFound(_) => AppError::field(FieldError::new(field, Rule::Unknown).with("value", text)),
        other => other,
    })
}

/// The id of the tenant somebody named, if somebody did.
pub async fn named_id(tx: &mut ReadTx<'_>, field: &str, text: Option<&str>) -> Read<Option<TenantId>> {
    match text {
        Some(text) => Ok(Some(named(tx, field, text).await?.id)),
        None => Ok(None),
    }
}

/// Who the caller is.
pub async fn me(surface: &Surface, caller: &Caller) -> Read<Me> {
    let mut tx = surface.app.read(caller).await?;
    let user = tx.user(caller.user()).await?;
    let tenant = tx.tenant(caller.tenant).await?;
    let ids = caller.grants.iter().map(|g| g.scope).collect();
    let search = TenantSearch { ids: Some(ids), ..TenantSearch::default() };
    let count = u32::try_from(caller.grants.len()).unwrap_or(u32::MAX);
    let scopes = tx.tenant_views(&search, None, count).await?;
    let viewer = viewer(&mut tx).await?;
    let chosen = tx.preferences().await?;
    tx.finish().await?;
    let mut permissions: Vec<_> =
        caller.grants.iter().flat_map(|g| &g.permissions).map(|p| p.code()).collect();
    permissions.sort_unstable();
    permissions.dedup();
    let grants = caller.grants.iter().filter_map(|grant| {
        let scope = scopes.iter().find(|t| t.id == grant.scope)?;
        let tenant = show::tenant(scope, viewer);
        Some(Grant {
            id: grant.id.to_string(),
            role: grant.role.clone(),
            tenant: wire::common::TenantRef { id: tenant.id, code: tenant.code, name: tenant.name },
            tenant_kind: tenant.kind,
            permissions: grant.permissions.iter().map(|p| p.code().to_owned()).collect(),
        })
    });
    let shown = show::user(&user, &tenant, &[], &[], viewer);
    Ok(Me {
        user: wire::common::UserRef {
            id: shown.id,
            display_name: shown.display_name,
            principal_name: shown.principal_name,
        },
        tenant: shown.tenant,
        grants: grants.collect(),
        permissions: permissions.into_iter().map(str::to_owned).collect(),
        // As it is now: the caller was looked up before a change of it.
        language: chosen.language.clone().unwrap_or(tenant.language),
        preferences: Preferences {
            language: chosen.language,
            theme: chosen.theme.and_then(|theme| Theme::from_code(theme.code())),
        },
    })
}

/// A tenant the caller may read.
pub async fn tenant(surface: &Surface, caller: &Caller, id: TenantId) -> Read<Tenant> {
    let mut tx = surface.app.read(caller).await?;
    let tenant = tx.tenant(id).await?;
    tx.permit::<act::TenantRead>(&tenant)?;
    let view = tx.tenant_view(id).await?;
    let viewer = viewer(&mut tx).await?;
    tx.finish().await?;
    Ok(show::tenant(&view, viewer))
}

/// A customer with what it has.
pub async fn customer(surface: &Surface, caller: &Caller, id: TenantId) -> Read<Customer> {
    let mut tx = surface.app.read(caller).await?;
    let customer = customer_in(&mut tx, id).await?;
    tx.finish().await?;
    Ok(customer)
}

async fn customer_in(tx: &mut ReadTx<'_>, id: TenantId) -> Read<Customer> {
    let tenant = tx.tenant(id).await?;
    let permit = tx.permit::<act::TenantRead>(&tenant)?;
    if tenant.kind != TenantKind::Customer {
        return Err(AppError::NotFound("customer"));
    }
    let view = tx.tenant_view(id).await?;
    let subscriptions = tx.subscriptions(id, None).await?;
    let counts = tx.customer_counts(&permit).await?;
    let viewer = viewer(tx).await?;
    let subscriptions = subscriptions.iter().map(show::subscription).collect();
    Ok(show::customer(show::tenant(&view, viewer), subscriptions, &counts))
}

/// A person the caller may read.
pub async fn user(surface: &Surface, caller: &Caller, id: UserId) -> Read<User> {
    let mut tx = surface.app.read(caller).await?;
    let user = user_in(&mut tx, id).await?;
    tx.finish().await?;
    Ok(user)
}

async fn user_in(tx: &mut ReadTx<'_>, id: UserId) -> Read<User> {
    let user = tx.user(id).await?;
    let tenant = tx.tenant(user.tenant).await?;
    let plans = tx.subscriptions_of(&[id]).await?;
    let mut fields = tx.fields(&tenant).await?;
    if tx.permit_people(&tenant).is_err() {
        // The person, and nobody else, is shown the own account without a grant.
        fields.retain(|field| field.person != Access::Hidden);
    }
    let viewer = viewer(tx).await?;
    Ok(show::user(&user, &tenant, &fields, &plans, viewer))
}

/// What was read, or none where it was removed or is not for the caller.
pub fn there<T>(read: Read<T>) -> Read<Option<T>> {
    match read {
        Ok(found) => Ok(Some(found)),
        Err(AppError::NotFound(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// A group the caller may read.
pub async fn group(surface: &Surface, caller: &Caller, id: GroupId) -> Read<Group> {
    let mut tx = surface.app.read(caller).await?;
    let (group, tenant) = tx.group(id).await?;
    let view = tx.group_view(&group, &tenant).await?;
    let viewer = viewer(&mut tx).await?;
    tx.finish().await?;
    Ok(show::group(&view, viewer))
}

/// A person as far as a group is concerned; none who is not in it and not on the way.
pub async fn member(surface: &Surface, caller: &Caller, id: GroupId, user: UserId) -> Read<Option<Member>> {
    let mut tx = surface.app.read(caller).await?;
    let (group, _) = tx.group(id).await?;
    let view = tx.member_views(&group, Some(user), None, 1).await?.pop();
    let viewer = viewer(&mut tx).await?;
    tx.finish().await?;
    Ok(view.map(|view| show::member(&view, viewer)))
}

/// A group as a member of another; none that is not in it and not on the way.
pub async fn nested(
    surface: &Surface,
    caller: &Caller,
    id: GroupId,
    member: GroupId,
) -> Read<Option<NestedGroup>> {
    let mut tx = surface.app.read(caller).await?;
    let (group, _) = tx.group(id).await?;
    let view = tx.nested_views(&group, Some(member), None, 1).await?.pop();
    let viewer = viewer(&mut tx).await?;
    tx.finish().await?;
    Ok(view.map(|view| show::nested(&view, viewer)))
}

/// A request the caller may read.
pub async fn request(surface: &Surface, caller: &Caller, id: RequestId) -> Read<Request> {
    let mut tx = surface.app.read(caller).await?;
    let view = tx.request_view(id).await?;
    let now = tx.now();
    tx.finish().await?;
    Ok(show::request(&view, now))
}

/// An order with everything it made.
pub async fn order(surface: &Surface, caller: &Caller, id: OrderId) -> Read<Order> {
    let mut tx = surface.app.read(caller).await?;
    let permitted = roots(caller, Permission::TenantRead)?;
    let filter = OrderFilter { roots: permitted, id: Some(id), ..OrderFilter::default() };
    let view = tx.order_views(&filter, None, 1).await?.pop().ok_or(AppError::NotFound("order"))?;
    let customer = customer_in(&mut tx, view.buyer.id).await?;
    let administrator = there(user_in(&mut tx, view.administrator).await)?;
    let filter =
        RequestFilter { roots: vec![view.buyer.id], id: Some(view.request), ..RequestFilter::default() };
    let request = tx.request_views(&filter, None, 1).await?.pop().ok_or(AppError::NotFound("request"))?;
    let now = tx.now();
    tx.finish().await?;
    Ok(Order {
        summary: show::order(&view),
        customer,
        administrator,
        activation: None,
        request: show::request(&request, now),
    })
}
