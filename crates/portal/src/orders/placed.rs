//! An order as it becomes real: every step, what stands in the way of one, and how it goes on.

use app::{
    AppError,
    reading::{
        roots,
        tx::act,
        views::{OrderFilter, RequestFilter},
    },
    requests,
};
use askama::Template;
use axum::{
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use domain::{
    id::{OrderId, RequestId},
    permission::Permission,
};
use web::speech::{self, say};

use crate::{
    context::{Frame, Posted, Visit},
    live::Progress,
    refusal::Refusal,
    view,
};

#[derive(Template)]
#[template(path = "order.html")]
struct One {
    frame: Frame,
    customer: String,
    customer_path: String,
    reference: String,
    at: String,
    administrator: Option<(String, String, String)>,
    link: Option<(String, String)>,
    r: view::Request,
    live: Option<String>,
    complete: bool,
    steps: Vec<view::Item>,
    retry: Option<String>,
}

/// An order, with how far it is.
pub async fn show(visit: Visit, Path(id): Path<String>) -> Result<Response, Refusal> {
    let caller = visit.person()?;
    let id: OrderId = id.parse().map_err(|_| Refusal::no_page())?;
    let read = async {
        let mut tx = visit.surface.app.read(caller).await?;
        let permitted = roots(caller, Permission::TenantRead)?;
        let filter = OrderFilter { roots: permitted, id: Some(id), ..OrderFilter::default() };
        let order = tx.order_views(&filter, None, 1).await?.pop().ok_or(AppError::NotFound("order"))?;
        let filter = RequestFilter {
            roots: vec![order.buyer.id],
            id: Some(order.request),
            ..RequestFilter::default()
        };
        let request = tx.request_views(&filter, None, 1).await?.pop().ok_or(AppError::NotFound("request"))?;
        let progress = Progress::read(&mut tx, &request, true).await?;
        let buyer = tx.tenant(order.buyer.id).await?;
        let may_retry = tx.permit::<act::RequestRetry>(&buyer).is_ok();
        let administrator = match tx.user(order.administrator).await {
            Ok(user) => Some(user),
            Err(error) => match AppError::from(error) {
                AppError::NotFound(_) => None,
                other => return Err(other),
            },
        };
        let link = tx.open_links(&[order.administrator]).await?.pop();
        let now = tx.now();
        tx.finish().await?;
        Ok::<_, AppError>((order, request, progress, may_retry, administrator, link, now))
    };
    let (order, request, progress, may_retry, administrator, link, now) = read.await?;
    let link = match link {
        Some((_, token, until)) => {
            Some((visit.surface.activation_url(&token).await?, speech::instant(until)))
        }
        None => None,
    };
    let mut frame = visit.frame.clone();
    frame.trail = vec![(say("customers-title"), "/customers".to_owned())];
    let page = One {
        frame,
        customer: order.buyer.name.clone(),
        customer_path: format!("/customers/{}", order.buyer.id),
        reference: order.reference.clone(),
        at: speech::instant(order.created_at),
        administrator: administrator
            .map(|user| (format!("/people/{}", user.id), user.display_name, user.principal_name)),
        link,
        r: view::request(&request, now),
        live: (!progress.over).then(|| format!("/status/requests/{}/live?order={id}", request.id)),
        complete: progress.complete,
        retry: retry_of(id, &request.counts, may_retry),
        steps: progress.steps,
    };
    visit.secret_page(StatusCode::OK, &page)
}

/// Where what failed of an order is tried again.
pub fn retry_of(id: OrderId, counts: &domain::request::Counts, may: bool) -> Option<String> {
    (may && counts.failed > 0).then(|| format!("/orders/{id}/retry"))
}

/// Tries what failed of an order again, and shows how it goes.
pub async fn retry(Path(id): Path<String>, posted: Posted) -> Result<Response, Refusal> {
    let visit = &posted.visit;
    let caller = visit.person()?;
    let id: OrderId = id.parse().map_err(|_| Refusal::no_page())?;
    let request: RequestId = {
        let permitted = roots(caller, Permission::TenantRead)?;
        let read = async {
            let mut tx = visit.surface.app.read(caller).await?;
            let filter = OrderFilter { roots: permitted, id: Some(id), ..OrderFilter::default() };
            let order = tx.order_views(&filter, None, 1).await?.pop().ok_or(AppError::NotFound("order"))?;
            tx.finish().await?;
            Ok::<_, AppError>(order.request)
        };
        read.await?
    };
    requests::retry(&visit.surface.app, caller, request, &visit.cause).await?;
    Ok(Redirect::to(&format!("/orders/{id}")).into_response())
}
