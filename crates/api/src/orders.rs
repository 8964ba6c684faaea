//! Sales orders.

use app::{
    orders::{self as use_cases, CustomerDraft, OrderDraft},
    reading::{roots, views::OrderFilter},
};
use axum::{Json, extract::State, http::StatusCode};
use domain::{id::OrderId, permission::Permission};
use web::Surface;
use wire::{
    common::Page,
    orders::{NewOrder, Order, OrderQuery, OrderSummary},
};

use crate::{
    Refused,
    cursor::Paging,
    input::{Call, LargeBody, Params, PathId},
    read::{self, Read},
    refusal::Answer,
    show, users,
};

/// Place an order: customer, container, services, administrator and people in one call.
///
/// The `reference` makes it safe to send again, also without an
/// `Idempotency-Key`: the same content answers the first order with 200, other
/// content under the same reference is refused with 409.
#[utoipa::path(post, path = "/orders", tag = "orders", request_body = NewOrder,
    responses((status = 202, description = "Placed; being provisioned.", body = Order),
        (status = 200, description = "Placed before with the same content.", body = Order), Refused))]
pub async fn place_order(
    State(surface): State<Surface>,
    call: Call,
    LargeBody(new): LargeBody<NewOrder>,
) -> Answer<(StatusCode, Json<Order>)> {
    let draft = draft(&new);
    // Written anew, so that blanks and the order of fields make no difference.
    let content = serde_json::to_vec(&new).unwrap_or_default();
    let placed = use_cases::place(&surface.app, &call.caller, &draft, &content, &call.cause).await?;
    let mut order = read::order(&surface, &call.caller, placed.order.id).await?;
    if let Some((token, at)) = placed.activation {
        order.activation = Some(show::link(&surface, &token, at).await?);
    }
    let status = if placed.created { StatusCode::ACCEPTED } else { StatusCode::OK };
    Ok((status, Json(order)))
}

fn draft(new: &NewOrder) -> OrderDraft {
    let customer = &new.customer;
    OrderDraft {
        reference: new.reference.clone(),
        seller: new.seller.clone(),
        purchase_order: new.purchase_order.clone(),
        start: new.start.clone(),
        end: new.end.clone(),
        notice_days: new.notice_period_days,
        customer: CustomerDraft {
            code: customer.code.clone(),
            name: customer.name.clone(),
            billing_id: customer.billing_id.clone(),
            standing: customer.standing.clone(),
            language: customer.language.clone(),
            time_zone: customer.time_zone.clone(),
            currency: customer.currency.clone(),
            suffix: customer.upn_suffix.clone(),
            directory: customer.directory.clone(),
            naming_pattern: customer.naming_pattern.clone(),
        },
        plans: new.services.iter().map(|s| plan_ref(&s.plan, s.instance.as_deref())).collect(),
        administrator: users::draft(&new.administrator),
        users: new.users.iter().map(users::draft).collect(),
    }
}

/// A plan, of the instance that is named.
pub fn plan_ref(plan: &str, instance: Option<&str>) -> String {
    instance.map_or_else(|| plan.to_owned(), |instance| format!("{plan}@{instance}"))
}

/// Orders the caller may read, newest first.
#[utoipa::path(get, path = "/orders", tag = "orders", params(OrderQuery),
    responses((status = 200, description = "One page.", body = Page<OrderSummary>), Refused))]
pub async fn list_orders(
    State(surface): State<Surface>,
    call: Call,
    Params(query): Params<OrderQuery>,
) -> Answer<Json<Page<OrderSummary>>> {
    let paging = Paging::new("orders", query.limit, query.after.as_deref())?;
    let before = paging.after_id::<OrderId>()?;
    let rows = rows(&surface, &call, &query, before, &paging).await?;
    let (rows, next) = paging.page("orders", rows, |o| (String::new(), o.id));
    Ok(Json(Page { items: rows.iter().map(show::order).collect(), next }))
}

async fn rows(
    surface: &Surface,
    call: &Call,
    query: &OrderQuery,
    before: Option<OrderId>,
    paging: &Paging,
) -> Read<Vec<app::reading::views::OrderView>> {
    let roots = roots(&call.caller, Permission::TenantRead)?;
    let mut tx = surface.app.read(&call.caller).await?;
    let seller = read::named_id(&mut tx, "seller", query.seller.as_deref()).await?;
    let customer = read::named_id(&mut tx, "customer", query.customer.as_deref()).await?;
    let filter = OrderFilter { roots, id: None, seller, customer, reference: query.reference.clone() };
    let rows = tx.order_views(&filter, before, paging.rows()).await?;
    tx.finish().await?;
    Ok(rows)
}

/// An order with everything it made.
#[utoipa::path(get, path = "/orders/{id}", tag = "orders",
    params(("id" = String, Path, description = "Id of the order.")),
    responses((status = 200, description = "The order.", body = Order), Refused))]
pub async fn show_order(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<OrderId>,
) -> Answer<Json<Order>> {
    Ok(Json(read::order(&surface, &call.caller, id).await?))
}
