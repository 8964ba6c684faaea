//! The catalogue: what is sold, what it means, and who has it.

mod customer;
mod plans;
mod properties;
mod seats;
mod services;
mod taking;

use axum::{
    Router,
    routing::{get, post},
};
use domain::{catalogue::Money, permission::Permission};
use web::{Surface, speech};

use crate::{context::Visit, refusal::Refusal};

/// The pages of services, plans, and what customers and people have of them.
pub fn routes() -> Router<Surface> {
    Router::new()
        .route("/services", get(services::list))
        .route("/services/{code}", get(services::show))
        .route("/services/{code}/properties", get(properties::own).post(properties::set_own))
        .route("/services/{code}/{what}", post(services::act))
        .route("/plans/{code}", get(plans::show))
        .route("/plans/{code}/new", get(plans::new).post(plans::publish))
        .route("/plans/{code}/upgrade", get(plans::preview).post(plans::upgrade))
        .route("/customers/{id}/services", get(customer::show))
        .route("/customers/{id}/services/give", post(customer::give))
        .route("/customers/{id}/services/take/{service}", get(taking::show).post(taking::take))
        .route("/customers/{id}/services/quotas", post(customer::quotas))
        .route("/customers/{id}/properties", get(properties::of_customer).post(properties::set_of_customer))
        .route("/customers/{id}/seats/{plan}", get(seats::show))
        .route("/customers/{id}/seats/{plan}/{deed}", post(seats::change))
        .route("/people/{id}/properties", get(properties::of_person).post(properties::set_of_person))
}

/// Pages of what is sold are for those who sell; there are none for others.
fn sellers(visit: &Visit) -> Result<(), Refusal> {
    let may = visit.person()?.may_anywhere(Permission::CatalogueManage);
    if may { Ok(()) } else { Err(Refusal::no_page()) }
}

/// An amount, or a dash.
fn money(of: Option<&Money>) -> String {
    of.map_or_else(|| "–".to_owned(), |of| speech::money(of.minor, &of.currency))
}
