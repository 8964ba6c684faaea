//! Pages for people: choosing a password by a link, signing in, and how
//! directories and requests are doing. Rendered here, complete without scripts.
//!
//! This crate must not decide what a person may do, contain SQL, load anything
//! from elsewhere, or name a provider: what people see is the brand of the host
//! name they came by.
//!
//! Start at [`router`], then read `status`.

mod activate;
mod assets;
mod context;
mod refusal;
mod sessions;
mod status;
mod view;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    routing::{get, post},
};
use domain::limits;
use web::{Surface, layers};

/// All pages. Give the server the addresses of its clients
/// (`ConnectInfo<SocketAddr>`), or attempts to sign in are not limited by address.
pub fn router(surface: &Surface) -> Router {
    let routes = Router::new()
        .route("/", get(sessions::start))
        .route("/sign-in", get(sessions::start).post(sessions::sign_in))
        .route("/sign-out", post(sessions::sign_out))
        .route("/activate/{token}", get(activate::show).post(activate::choose))
        .route("/status", get(status::overview))
        .route("/status/requests/{id}", get(status::request))
        .route("/status/requests/{id}/retry", post(status::retry))
        .route("/assets/{name}", get(assets::serve))
        .fallback(refusal::no_page)
        .method_not_allowed_fallback(refusal::no_method)
        .layer(DefaultBodyLimit::max(limits::FORM_BYTES))
        .with_state(surface.clone());
    layers::protect(routes, surface, refusal::explain)
}
