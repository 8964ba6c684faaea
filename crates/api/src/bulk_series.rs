//! The same done to people of several customers: shown, begun, paused, cancelled, taken back together.

use app::{
    AppError,
    bulk::{self as use_cases, All},
};
use axum::{Json, extract::State, http::StatusCode};
use domain::id::BulkId;
use web::Surface;
use wire::bulk::{BulkSeries, SeriesRequest};

use crate::{
    Refused,
    bulk::{deed, matching, tenant},
    input::{Body, Call, PathId},
    refusal::Answer,
    show,
};

/// Show what doing something to people of all customers below a tenant would come to. Nothing is changed.
///
/// Each customer whose people one may change, and of whom the filter matches somebody, gets a bulk
/// change of its own, in its list and its log. 1,000 customers and 100,000 people at most.
#[utoipa::path(post, path = "/bulk-series", tag = "bulk", request_body = SeriesRequest,
    responses((status = 201, description = "What would come of it, for each customer.", body = BulkSeries), Refused))]
pub async fn preview_series(
    State(surface): State<Surface>,
    call: Call,
    Body(new): Body<SeriesRequest>,
) -> Answer<(StatusCode, Json<BulkSeries>)> {
    let below = tenant(&surface, &call, "below", &new.below).await?;
    let deed = deed(&new.act, new.with.as_deref(), new.value.as_deref()).map_err(AppError::field)?;
    let filter = new.filter.unwrap_or_default();
    let what = (deed, matching(&filter)?);
    let series = use_cases::act_across(&surface.app, &call.caller, below, what, &call.cause).await?;
    Ok((StatusCode::CREATED, Json(show::bulk_series(&series))))
}

/// Bulk changes that were asked for together, as far as one may change their people.
#[utoipa::path(get, path = "/bulk-series/{id}", tag = "bulk",
    params(("id" = String, Path, description = "Id of the series.")),
    responses((status = 200, description = "As they are now.", body = BulkSeries), Refused))]
pub async fn show_series(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<BulkId>,
) -> Answer<Json<BulkSeries>> {
    Ok(Json(show::bulk_series(&use_cases::series(&surface.app, &call.caller, id).await?)))
}

async fn all(
    surface: &Surface,
    call: &Call,
    id: BulkId,
    what: All,
) -> Answer<(StatusCode, Json<BulkSeries>)> {
    let series = use_cases::turn_all(&surface.app, &call.caller, id, what, &call.cause).await?;
    Ok((StatusCode::ACCEPTED, Json(show::bulk_series(&series))))
}

/// Begin each that was shown, as it was shown.
#[utoipa::path(post, path = "/bulk-series/{id}/run", tag = "bulk",
    params(("id" = String, Path, description = "Id of the series.")),
    responses((status = 202, description = "Begun.", body = BulkSeries), Refused))]
pub async fn run_series(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<BulkId>,
) -> Answer<(StatusCode, Json<BulkSeries>)> {
    all(&surface, &call, id, All::Run).await
}

/// Let each wait that runs.
#[utoipa::path(post, path = "/bulk-series/{id}/pause", tag = "bulk",
    params(("id" = String, Path, description = "Id of the series.")),
    responses((status = 202, description = "They wait.", body = BulkSeries), Refused))]
pub async fn pause_series(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<BulkId>,
) -> Answer<(StatusCode, Json<BulkSeries>)> {
    all(&surface, &call, id, All::Pause).await
}

/// Go on with each that waits, in one's own name.
#[utoipa::path(post, path = "/bulk-series/{id}/resume", tag = "bulk",
    params(("id" = String, Path, description = "Id of the series.")),
    responses((status = 202, description = "They go on.", body = BulkSeries), Refused))]
pub async fn resume_series(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<BulkId>,
) -> Answer<(StatusCode, Json<BulkSeries>)> {
    all(&surface, &call, id, All::Resume).await
}

/// End each that is not over: what was done stays.
#[utoipa::path(post, path = "/bulk-series/{id}/cancel", tag = "bulk",
    params(("id" = String, Path, description = "Id of the series.")),
    responses((status = 202, description = "Ended.", body = BulkSeries), Refused))]
pub async fn cancel_series(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<BulkId>,
) -> Answer<(StatusCode, Json<BulkSeries>)> {
    all(&surface, &call, id, All::Cancel).await
}

/// Show what taking back each that is over would come to, as another series. Nothing is changed.
#[utoipa::path(post, path = "/bulk-series/{id}/undo", tag = "bulk",
    params(("id" = String, Path, description = "Id of the series.")),
    responses((status = 201, description = "What would come of it.", body = BulkSeries), Refused))]
pub async fn undo_series(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<BulkId>,
) -> Answer<(StatusCode, Json<BulkSeries>)> {
    let series = use_cases::undo_all(&surface.app, &call.caller, id, &call.cause).await?;
    Ok((StatusCode::CREATED, Json(show::bulk_series(&series))))
}
