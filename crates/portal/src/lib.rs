//! Pages for people: choosing a password by a link, signing in, and how
//! directories and requests are doing. Rendered here, complete without scripts.
//!
//! This crate must not decide what a person may do, contain SQL, load anything
//! from elsewhere, or name a provider: what people see is the brand of the host
//! name they came by.
//!
//! Start at [`router`], then read `status`.

mod account;
mod activate;
mod appearance;
mod assets;
mod brand;
mod brand_mails;
mod brand_settings;
mod bulk;
mod catalogue;
mod cells;
mod chart;
mod context;
mod custom;
mod customers;
mod design;
mod directories;
mod field_settings;
mod forgotten;
mod forms;
mod groups;
mod home;
mod lists;
mod live;
mod mails;
mod nav;
mod orders;
mod passwords;
mod people;
mod person_history;
mod person_move;
mod person_sessions;
mod query;
mod refusal;
mod removed;
mod saved_views;
mod search;
mod sessions;
mod settings;
mod status;
mod upload;
mod view;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::{Extensions, HeaderMap, StatusCode, Version},
    middleware::from_fn_with_state,
    routing::{get, post},
};
use domain::limits;
use tower_http::compression::{
    CompressionLayer,
    predicate::{DefaultPredicate, Predicate as _},
};
use web::{Surface, layers};

/// All pages. Give the server the addresses of its clients
/// (`ConnectInfo<SocketAddr>`), or attempts to sign in are not limited by address.
pub fn router(surface: &Surface) -> Router {
    let routes = Router::new()
        .route("/", get(sessions::start))
        .route("/sign-in", get(sessions::start).post(sessions::sign_in))
        .route("/sign-out", post(sessions::sign_out))
        .route("/forgotten", get(forgotten::show).post(forgotten::ask))
        .route("/activate/{token}", get(activate::show).post(activate::choose))
        .route("/home", get(home::show))
        .route("/search", get(search::show))
        .route("/customers", get(customers::list))
        .route("/customers/export", get(customers::export))
        .route("/customers/{id}", get(customers::overview))
        .route("/customers/{id}/people", get(people::list))
        .route("/customers/{id}/people/export", get(people::export))
        .route("/customers/{id}/people/new", get(people::new).post(people::create))
        .route("/customers/{id}/groups", get(groups::list))
        .route("/customers/{id}/groups/export", get(groups::export))
        .route("/customers/{id}/groups/new", get(groups::new).post(groups::create))
        .route("/customers/{id}/removed", get(removed::show))
        .route("/groups/{id}", get(groups::show).post(groups::save))
        .route("/groups/{id}/edit", get(groups::edit))
        .route(
            "/groups/{id}/{what}",
            post(groups::change).layer(DefaultBodyLimit::max(limits::MEMBERS_FORM_BYTES)),
        )
        .route("/people/{id}", get(people::show).post(people::change))
        .route("/people/{id}/edit", get(people::edit))
        .route("/people/{id}/history", get(person_history::show))
        .route("/people/{id}/move", get(person_move::show).post(person_move::change))
        .route("/people/{id}/sessions", get(person_sessions::show).post(person_sessions::end))
        .route("/people/{id}/{what}", post(people::act))
        .route("/order", get(orders::new).post(orders::place))
        .route("/order/check", post(orders::check))
        .route("/orders/{id}", get(orders::show))
        .route("/orders/{id}/retry", post(orders::retry))
        .route("/account", get(account::show))
        .route("/account/appearance", post(account::appearance))
        .route("/account/fields", post(account::change))
        .route("/account/password", get(passwords::own).post(passwords::change))
        .route("/account/sessions/{which}", post(account::end_sessions))
        .route("/account/tokens", post(account::create))
        .route("/account/tokens/{id}/end", post(account::end))
        .route("/views", get(saved_views::show).post(saved_views::save))
        .route("/views/{id}", post(saved_views::change))
        .route("/mails", get(mails::list))
        .route("/mails/{id}", get(mails::show))
        .route("/status", get(status::overview))
        .route("/status/export", get(status::export))
        .route("/status/requests/{id}", get(status::request))
        .route("/status/requests/{id}/live", get(live::request))
        .route("/status/requests/{id}/retry", post(status::retry))
        .merge(settings::routes())
        .merge(bulk::routes())
        .route("/appearance", post(appearance::choose))
        .route("/design", get(design::show))
        .route("/assets/{name}", get(assets::serve))
        .merge(catalogue::routes())
        .merge(directories::routes())
        .route("/brand/{name}", get(brand::serve))
        .fallback(refusal::no_page)
        .method_not_allowed_fallback(refusal::no_method)
        .layer(from_fn_with_state(surface.clone(), refusal::dress))
        .layer(CompressionLayer::new().compress_when(DefaultPredicate::new().and(no_secret)))
        .layer(DefaultBodyLimit::max(limits::FORM_BYTES))
        .with_state(surface.clone());
    layers::protect(routes, surface, refusal::explain)
}

fn no_secret(_: StatusCode, _: Version, _: &HeaderMap, extensions: &Extensions) -> bool {
    extensions.get::<context::HasSecret>().is_none()
}
