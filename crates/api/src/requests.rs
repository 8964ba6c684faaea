//! Provisioning requests: progress, problems, retry.

use app::{
    AppError,
    reading::{roots, views::RequestFilter},
    requests as use_cases,
};
use axum::{Json, extract::State, http::StatusCode};
use domain::{
    field::{FieldError, Rule},
    id::{ObjectId, RequestId, UserId},
    list::{Order, REQUEST_KINDS, RequestColumn},
    permission::Permission,
    request::{ItemState, RequestState},
};
use uuid::Uuid;
use web::Surface;
use wire::{
    common::Page,
    requests::{Item, ItemQuery, Request, RequestQuery},
};

use crate::{
    Refused,
    cursor::{self, Paging},
    input::{Call, Params, PathId},
    read,
    refusal::Answer,
    show,
    tenants::code,
};

const STATES: [RequestState; 6] = [
    RequestState::Requested,
    RequestState::Running,
    RequestState::Parked,
    RequestState::Complete,
    RequestState::CompleteWithProblems,
    RequestState::Failed,
];

/// Requests the caller may read, newest first when nothing else is asked for.
#[utoipa::path(get, path = "/requests", tag = "requests", params(RequestQuery),
    responses((status = 200, description = "One page.", body = Page<Request>), Refused))]
pub async fn list_requests(
    State(surface): State<Surface>,
    call: Call,
    Params(query): Params<RequestQuery>,
) -> Answer<Json<Page<Request>>> {
    let order = cursor::order(query.sort.as_deref(), Order::down(RequestColumn::Created))?;
    let list = format!("requests {}", order.code());
    let paging = Paging::new(&list, query.limit, query.after.as_deref())?;
    let kind = cursor::one_of("kind", query.kind.as_deref(), &REQUEST_KINDS, |kind| kind)?;
    let actor = query.actor.as_deref().map(|text| {
        let unknown = || FieldError::new("actor", Rule::Unknown).with("value", text);
        text.parse::<UserId>().map_err(|_| AppError::field(unknown()))
    });
    let actor = actor.transpose()?;
    let read = async {
        let named = |text: &str| STATES.into_iter().find(|s| s.code() == text);
        let state = code("state", query.state.as_deref(), named)?;
        let roots = roots(&call.caller, Permission::RequestRead)?;
        let mut tx = surface.app.read(&call.caller).await?;
        let tenant = read::named_id(&mut tx, "tenant", query.tenant.as_deref()).await?;
        let kind = kind.map(str::to_owned);
        let filter = RequestFilter { roots, id: None, tenant, state, kind, actor, counted: None };
        let rows = tx.request_page(&filter, order, paging.span::<RequestId>()?).await?;
        let now = tx.now();
        tx.finish().await?;
        Ok::<_, AppError>((rows, now))
    };
    let (rows, now) = read.await?;
    let (rows, next) = paging.page(&list, rows, |r| (String::new(), r.id));
    Ok(Json(Page { items: rows.iter().map(|r| show::request(r, now)).collect(), next }))
}

/// A request with its progress.
#[utoipa::path(get, path = "/requests/{id}", tag = "requests",
    params(("id" = String, Path, description = "Id of the request.")),
    responses((status = 200, description = "The request.", body = Request), Refused))]
pub async fn show_request(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<RequestId>,
) -> Answer<Json<Request>> {
    Ok(Json(read::request(&surface, &call.caller, id).await?))
}

/// Objects of a request, with what stands in the way and what to do about it.
#[utoipa::path(get, path = "/requests/{id}/items", tag = "requests",
    params(("id" = String, Path, description = "Id of the request."), ItemQuery),
    responses((status = 200, description = "One page.", body = Page<Item>), Refused))]
pub async fn list_items(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<RequestId>,
    Params(query): Params<ItemQuery>,
) -> Answer<Json<Page<Item>>> {
    let paging = Paging::new("items", query.limit, query.after.as_deref())?;
    let place = paging.after::<Uuid>()?;
    let after = place.and_then(|(object, member)| Some((object.parse::<ObjectId>().ok()?, member)));
    let read = async {
        let state = code("state", query.state.as_deref(), ItemState::from_code)?;
        let mut tx = surface.app.read(&call.caller).await?;
        let request = tx.request(id).await?;
        let rows = tx.item_views(&request, state, after, paging.rows()).await?;
        let viewer = read::viewer(&mut tx).await?;
        tx.finish().await?;
        Ok::<_, AppError>((rows, viewer))
    };
    let (rows, viewer) = read.await?;
    let (rows, next) = paging.page("items", rows, |i| (i.object.to_string(), i.member));
    Ok(Json(Page { items: rows.iter().map(|i| show::item(i, viewer)).collect(), next }))
}

/// Run the failed part of a request again, after the cures were applied.
///
/// With nothing failed it changes nothing, so repeating is safe.
#[utoipa::path(post, path = "/requests/{id}/retry", tag = "requests",
    params(("id" = String, Path, description = "Id of the request.")),
    responses((status = 202, description = "The request as it is now.", body = Request), Refused))]
pub async fn retry_request(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<RequestId>,
) -> Answer<(StatusCode, Json<Request>)> {
    use_cases::retry(&surface.app, &call.caller, id, &call.cause).await?;
    Ok((StatusCode::ACCEPTED, Json(read::request(&surface, &call.caller, id).await?)))
}
