//! Resellers and customers.

use app::{
    Answer as Outcome, AppError, Caller,
    people::PersonDraft,
    reading::{roots, views::TenantSearch},
    tenants::{self as use_cases, ResellerDraft, TenantPatch},
};
use axum::{Json, extract::State, http::StatusCode};
use domain::{
    field::{FieldError, Rule},
    id::{TenantId, UserId},
    list::{Order, TenantColumn},
    permission::Permission,
    tenant::{Status, TenantKind},
};
use serde_json::json;
use web::Surface;
use wire::{
    common::{Page, UserRef},
    tenants::{CreatedReseller, Customer, NewReseller, Tenant, TenantQuery, TenantUpdate},
};

use crate::{
    Refused, Tagged,
    cursor::{self, Paging},
    input::{Body, Call, Params, PathId, Version},
    once::{content, kept_id, repeat},
    read::{self, Read},
    refusal::Answer,
    show, users,
};

/// Tenants the caller may read.
#[utoipa::path(get, path = "/tenants", tag = "tenants", params(TenantQuery),
    responses((status = 200, description = "One page.", body = Page<Tenant>), Refused))]
pub async fn list_tenants(
    State(surface): State<Surface>,
    call: Call,
    Params(query): Params<TenantQuery>,
) -> Answer<Json<Page<Tenant>>> {
    list(&surface, &call.caller, &query, None).await
}

/// Customers the caller may read.
#[utoipa::path(get, path = "/customers", tag = "tenants", params(TenantQuery),
    responses((status = 200, description = "One page.", body = Page<Tenant>), Refused))]
pub async fn list_customers(
    State(surface): State<Surface>,
    call: Call,
    Params(query): Params<TenantQuery>,
) -> Answer<Json<Page<Tenant>>> {
    list(&surface, &call.caller, &query, Some(TenantKind::Customer)).await
}

async fn list(
    surface: &Surface,
    caller: &Caller,
    query: &TenantQuery,
    kind: Option<TenantKind>,
) -> Answer<Json<Page<Tenant>>> {
    let order = cursor::order(query.sort.as_deref(), Order::up(TenantColumn::Name))?;
    let list = format!("tenants {}", order.code());
    let paging = Paging::new(&list, query.limit, query.after.as_deref())?;
    let read = async {
        let permitted = roots(caller, Permission::TenantRead)?;
        let mut tx = surface.app.read(caller).await?;
        let search = TenantSearch {
            ids: None,
            roots: Some(permitted),
            parent: read::named_id(&mut tx, "parent", query.parent.as_deref()).await?,
            kind: kind.or(code("kind", query.kind.as_deref(), TenantKind::from_code)?),
            status: code("status", query.status.as_deref(), Status::from_code)?,
            search: query.search.clone(),
        };
        let rows = tx.tenant_page(&search, order, paging.span::<TenantId>()?).await?;
        let viewer = read::viewer(&mut tx).await?;
        tx.finish().await?;
        Ok::<_, AppError>((rows, viewer))
    };
    let (rows, viewer) = read.await?;
    let (rows, next) = paging.page(&list, rows, |t| (t.place(order.by), t.id));
    Ok(Json(Page { items: rows.iter().map(|t| show::tenant(t, viewer)).collect(), next }))
}

/// One of a closed list of codes, if one was given.
pub fn code<T>(field: &str, text: Option<&str>, from: impl Fn(&str) -> Option<T>) -> Read<Option<T>> {
    let unknown = |text| AppError::field(FieldError::new(field, Rule::Unknown).with("value", text));
    text.map(|text| from(text).ok_or_else(|| unknown(text))).transpose()
}

/// A tenant.
#[utoipa::path(get, path = "/tenants/{id}", tag = "tenants",
    params(("id" = String, Path, description = "Id of the tenant.")),
    responses((status = 200, description = "The tenant; `ETag` is its version.", body = Tenant), Refused))]
pub async fn show_tenant(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<TenantId>,
) -> Answer<Tagged<Tenant>> {
    let tenant = read::tenant(&surface, &call.caller, id).await?;
    Ok(Tagged(StatusCode::OK, tenant.version, tenant))
}

/// A customer with its subscriptions and how much it has.
#[utoipa::path(get, path = "/customers/{id}", tag = "tenants",
    params(("id" = String, Path, description = "Id of the customer.")),
    responses((status = 200, description = "The customer; `ETag` is its version.", body = Customer), Refused))]
pub async fn show_customer(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<TenantId>,
) -> Answer<Tagged<Customer>> {
    let customer = read::customer(&surface, &call.caller, id).await?;
    Ok(Tagged(StatusCode::OK, customer.tenant.version, customer))
}

/// Change a tenant's name, billing id, language, time zone or naming pattern.
#[utoipa::path(patch, path = "/tenants/{id}", tag = "tenants", request_body = TenantUpdate,
    params(("id" = String, Path, description = "Id of the tenant."),
        ("If-Match" = String, Header, description = "The `ETag` the change is based on.")),
    responses((status = 202, description = "Recorded; a new name is on its way.", body = Tenant), Refused))]
pub async fn update_tenant(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<TenantId>,
    Version(version): Version,
    Body(new): Body<TenantUpdate>,
) -> Answer<Tagged<Tenant>> {
    let patch = TenantPatch {
        name: new.name,
        billing_id: new.billing_id,
        language: new.language,
        time_zone: new.time_zone,
        naming_pattern: new.naming_pattern,
    };
    use_cases::update(&surface.app, &call.caller, id, version, patch, &call.cause).await?;
    let tenant = read::tenant(&surface, &call.caller, id).await?;
    Ok(Tagged(StatusCode::ACCEPTED, tenant.version, tenant))
}

/// Create a reseller. It gets a container in a directory with its first customer there.
#[utoipa::path(post, path = "/resellers", tag = "tenants", request_body = NewReseller,
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes repeating safe.")),
    responses((status = 202, description = "Recorded.", body = CreatedReseller),
        Refused))]
pub async fn create_reseller(
    State(surface): State<Surface>,
    call: Call,
    Body(new): Body<NewReseller>,
) -> Answer<Tagged<CreatedReseller>> {
    let draft = draft(&new)?;
    let content = content(&call, &new);
    // Ids are enough to give the answer again; the link is a secret and not kept.
    let answer = |made: &use_cases::CreatedReseller| {
        let administrator = made.administrator.as_ref().map(|(id, _, _)| id.to_string());
        (202, json!({ "id": made.id.to_string(), "administrator": administrator }))
    };
    let repeat = repeat(&call, &content, &answer);
    let done =
        use_cases::create_reseller(&surface.app, &call.caller, &draft, repeat.as_ref(), &call.cause).await?;
    let body = match &done {
        Outcome::Done(made) => answer(made).1,
        Outcome::Before { body, .. } => body.clone(),
    };
    let id = kept_id(&body, "id")?;
    let tenant = read::tenant(&surface, &call.caller, id).await?;
    let person = kept_id::<UserId>(&body, "administrator").ok();
    let (mut administrator, mut activation) = (None, None);
    if let Some(id) = person {
        // Removed since, or not for somebody who may only create resellers.
        administrator = read::there(read::user(&surface, &call.caller, id).await)?;
        let links = surface.app.open_links(&call.caller, &[id]).await?;
        if let Some((_, token, at)) = links.first() {
            activation = Some(show::link(&surface, token, *at).await?);
        }
    }
    let created = CreatedReseller {
        tenant,
        administrator: administrator.map(|u| UserRef {
            id: u.id,
            display_name: u.display_name,
            principal_name: u.principal_name,
        }),
        activation,
    };
    Ok(Tagged(StatusCode::ACCEPTED, created.tenant.version, created))
}

fn draft(new: &NewReseller) -> Read<ResellerDraft> {
    let administrator: Option<PersonDraft> = new.administrator.as_ref().map(users::draft);
    if administrator.as_ref().is_some_and(|a| !a.plans.is_empty()) {
        let error = FieldError::new("administrator.plans", Rule::OutOfRange);
        return Err(AppError::field(error));
    }
    Ok(ResellerDraft {
        parent: new.parent.clone(),
        code: new.code.clone(),
        name: new.name.clone(),
        brand: new.brand.clone(),
        language: new.language.clone(),
        time_zone: new.time_zone.clone(),
        currency: new.currency.clone(),
        standing: new.standing.clone(),
        administrator,
    })
}
