//! Server-rendered pages: sign-in, one-time links, health and requests.
//!
//! Every page works without a script; there is none. Pages translate use cases
//! of `app` and decide nothing themselves. White label: the host name selects
//! the brand, and no other name is ever shown.
//!
//! Start at [`router`].

mod activate;
mod errors;
mod frame;
mod sign_in;
mod status;
mod style;

use axum::{Router, routing};
use web::Surface;

/// All pages, with what protects them.
pub fn router(surface: Surface) -> Router {
    let pages = Router::new()
        .route("/", routing::get(sign_in::page).post(sign_in::submit))
        .route("/sign-out", routing::post(sign_in::sign_out))
        .route("/activate/{token}", routing::get(activate::page).post(activate::submit))
        .route("/status", routing::get(status::overview))
        .route("/requests/{id}", routing::get(status::request))
        .route("/requests/{id}/retry", routing::post(status::retry))
        .route(style::PATH, routing::get(style::sheet))
        .fallback(errors::missing)
        .method_not_allowed_fallback(errors::missing)
        .with_state(surface.clone());
    web::layers::protect(pages, &surface, errors::mishap)
}
