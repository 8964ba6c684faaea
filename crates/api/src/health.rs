//! Whether the server lives and can serve.

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use web::Surface;
use wire::health::{Health, Ready};

use crate::refusal::Refusal;

/// Whether the process answers.
#[utoipa::path(get, path = "/health", tag = "health", security(()),
    responses((status = 200, description = "It does.", body = Health)))]
pub async fn health() -> Json<Health> {
    Json(Health { status: "ok".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() })
}

/// Whether requests can be served.
#[utoipa::path(get, path = "/ready", tag = "health", security(()), responses(
    (status = 200, description = "They can.", body = Ready),
    (status = 503, description = "They cannot; `missing` says why.", body = Ready)))]
pub async fn ready(State(surface): State<Surface>) -> Response {
    let (status, word, missing) = match surface.app.ready().await {
        Ok(()) => (StatusCode::OK, "ready", vec![]),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            (Refusal::NOT_READY, "unavailable", vec!["database".to_owned()])
        }
    };
    (status, Json(Ready { status: word.to_owned(), missing })).into_response()
}
