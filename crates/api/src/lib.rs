//! REST v1. Handlers translate: from what was sent to a use case of `app`, and
//! from what it gives to a type of `wire`.
//!
//! This crate must not decide what a person may do, contain rules of the
//! business, or explain an error anywhere but in [`refusal`].
//!
//! Start at [`router`], then read [`users`].

mod activations;
mod adoption;
mod brands;
mod bulk;
mod bulk_series;
mod catalogue;
mod cursor;
mod directory_moves;
mod drift;
mod fields;
mod files;
mod group_templates;
mod groups;
mod health;
mod history;
mod hooks;
mod input;
mod ledger;
mod life;
mod mails;
mod members;
mod once;
mod orders;
mod password_rules;
mod plans;
mod read;
mod refusal;
mod releases;
mod requests;
mod roles;
mod saved_views;
mod seats;
mod services;
mod sessions;
mod settings;
mod show;
mod suffixes;
mod tenants;
mod user_moves;
mod users;

use std::collections::BTreeMap;

use axum::{
    Json, Router,
    http::{HeaderValue, StatusCode, header},
    middleware,
    response::{IntoResponse, Response},
    routing::get,
};
use utoipa::{
    IntoResponses, Modify, OpenApi,
    openapi::{
        ContentBuilder, Ref, RefOr, ResponseBuilder,
        security::{Http, HttpAuthScheme, SecurityScheme},
    },
};
use utoipa_axum::{
    router::{OpenApiRouter, UtoipaMethodRouter},
    routes,
};
use web::{Surface, layers};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Tenantry REST v1",
        description = "Orders become customers with people, groups and services in a directory.\n\n\
            Changes are recorded at once and made true by a worker: answers with 202 carry \
            `provisioning` with a `request` to follow. See docs/api.md for the conventions.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    servers((url = "/api/v1")),
    security(("bearer" = [])),
    modifiers(&Bearer),
    components(schemas(wire::problem::ErrorDocument)),
    tags(
        (name = "sessions", description = "Signing in, tokens, who one is."),
        (name = "activations", description = "One-time links by which a person chooses a password."),
        (name = "tenants", description = "Provider, resellers, customers."),
        (name = "orders", description = "Sales orders."),
        (name = "users", description = "People and their accounts."),
        (name = "groups", description = "Security and distribution groups of a customer, and who is in them."),
        (name = "bulk", description = "Many people at once: files, acts on lists, and the way back."),
        (name = "ledger", description = "What was ordered, what ran and what ended: what bills are made of."),
        (name = "requests", description = "Progress and problems of provisioning."),
        (name = "drift", description = "What somebody changed in a directory behind our back."),
        (name = "hooks", description = "What is told or asked elsewhere before and after subscriptions change."),
        (name = "mails", description = "What people are told by mail, for staff of the provider."),
        (name = "adoption", description = "Taking over what is in a directory, and what other panels exported."),
        (name = "catalogue", description = "What can be ordered, and directories."),
        (name = "health", description = "For monitoring."),
    )
)]
struct Document;

struct Bearer;

impl Modify for Bearer {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let scheme = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
        document.components.get_or_insert_default().add_security_scheme("bearer", scheme);
    }
}

/// How every call may be refused, for the document.
struct Refused;

impl IntoResponses for Refused {
    fn responses() -> BTreeMap<String, RefOr<utoipa::openapi::Response>> {
        let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("ErrorDocument"))).build();
        let refused = |what: &str| {
            RefOr::T(
                ResponseBuilder::new().description(what).content(wire::PROBLEM_JSON, content.clone()).build(),
            )
        };
        BTreeMap::from([
            ("4XX".to_owned(), refused("Refused; nothing was changed. `code` and `errors` say why.")),
            ("5XX".to_owned(), refused("Not possible at the moment; see `Retry-After`.")),
        ])
    }
}

/// An answer with the version of what it shows as `ETag`.
struct Tagged<T>(StatusCode, i64, T);

impl<T: serde::Serialize> IntoResponse for Tagged<T> {
    fn into_response(self) -> Response {
        let mut response = (self.0, Json(self.2)).into_response();
        if let Ok(value) = HeaderValue::from_str(&format!("\"{}\"", self.1)) {
            response.headers_mut().insert(header::ETAG, value);
        }
        response
    }
}

/// The document that describes this interface, as it is committed: a test says when it is not current.
const DOCUMENT: &[u8] = include_bytes!("../../../docs/openapi.json");

/// The routes, or what describes them. To make the document takes more memory than all the rest of a
/// server that starts, so it serves the one that was made before.
#[derive(Default)]
struct Routes {
    served: Router<Surface>,
    described: Option<Box<OpenApiRouter<Surface>>>,
}

impl Routes {
    fn routes(mut self, (schemas, paths, methods): UtoipaMethodRouter<Surface>) -> Self {
        if let Some(described) = self.described.take() {
            self.described = Some(Box::new(described.routes((schemas, paths, methods))));
            return self;
        }
        let route = |router: Router<Surface>, path: &String| router.route(path, methods.clone());
        Self { served: paths.paths.keys().fold(self.served, route), described: None }
    }

    fn all(self) -> Self {
        of_services(of_people(of_tenants(self)))
    }
}

/// Sessions, tenants and their lives.
fn of_tenants(router: Routes) -> Routes {
    router
        .routes(routes!(health::health))
        .routes(routes!(health::ready))
        .routes(routes!(sessions::sign_in, sessions::list_sessions))
        .routes(routes!(sessions::sign_out))
        .routes(routes!(sessions::end_session))
        .routes(routes!(sessions::end_other_sessions))
        .routes(routes!(sessions::forgotten_password))
        .routes(routes!(sessions::me, sessions::update_me))
        .routes(routes!(sessions::change_password))
        .routes(routes!(sessions::list_user_sessions))
        .routes(routes!(sessions::list_tokens, sessions::create_token))
        .routes(routes!(sessions::revoke_token))
        .routes(routes!(saved_views::list_views, saved_views::save_view))
        .routes(routes!(saved_views::update_view, saved_views::remove_view))
        .routes(routes!(activations::show_activation, activations::choose_password))
        .routes(routes!(tenants::list_tenants))
        .routes(routes!(tenants::show_tenant, tenants::update_tenant))
        .routes(routes!(life::suspend_tenant))
        .routes(routes!(life::resume_tenant))
        .routes(routes!(life::close_tenant))
        .routes(routes!(life::restore_tenant))
        .routes(routes!(life::move_tenant))
        .routes(routes!(life::suspend_customer))
        .routes(routes!(life::resume_customer))
        .routes(routes!(life::close_customer))
        .routes(routes!(life::restore_customer))
        .routes(routes!(life::move_customer))
        .routes(routes!(directory_moves::preview_directory_move))
        .routes(routes!(directory_moves::begin_directory_move, directory_moves::show_directory_move))
        .routes(routes!(directory_moves::take_back_directory_move))
        .routes(routes!(directory_moves::list_move_links))
        .routes(routes!(life::list_planned_moves))
        .routes(routes!(ledger::list_facts))
        .routes(routes!(ledger::list_sellers))
        .routes(routes!(life::cancel_planned_move))
        .routes(routes!(catalogue::show_placement, catalogue::set_placement))
        .routes(routes!(tenants::create_reseller))
        .routes(routes!(tenants::list_customers))
        .routes(routes!(tenants::show_customer))
        .routes(routes!(suffixes::list_suffixes, suffixes::add_suffix))
        .routes(routes!(suffixes::remove_suffix))
        .routes(routes!(suffixes::preview_naming))
        .routes(routes!(settings::show_settings, settings::update_settings))
        .routes(routes!(brands::show_brand))
        .routes(routes!(brands::add_host_name))
        .routes(routes!(brands::remove_host_name))
        .routes(routes!(brands::set_brand_picture, brands::reset_brand_picture))
        .routes(routes!(fields::list_fields, fields::define_field))
        .routes(routes!(fields::show_field, fields::update_field))
        .routes(routes!(
            password_rules::show_password_policy,
            password_rules::set_password_policy,
            password_rules::remove_password_policy
        ))
}

/// Orders, people, groups, and what becomes of them in directories.
fn of_people(router: Routes) -> Routes {
    router
        .routes(routes!(orders::list_orders, orders::place_order))
        .routes(routes!(orders::show_order))
        .routes(routes!(users::list_users, users::create_user))
        .routes(routes!(users::create_users))
        .routes(routes!(users::show_user, users::update_user, users::delete_user))
        .routes(routes!(roles::show_user_roles))
        .routes(routes!(roles::give_role, roles::take_role))
        .routes(routes!(users::copy_user))
        .routes(routes!(user_moves::move_user))
        .routes(routes!(user_moves::preview_user_move))
        .routes(routes!(users::reset_password))
        .routes(routes!(users::end_user_sessions))
        .routes(routes!(history::list_user_history))
        .routes(routes!(users::list_removed))
        .routes(routes!(users::restore_user))
        .routes(routes!(users::unlock_user))
        .routes(routes!(users::expire_password))
        .routes(routes!(users::add_plan))
        .routes(routes!(users::remove_plan))
        .routes(routes!(groups::list_groups, groups::create_group))
        .routes(routes!(groups::list_removed_groups))
        .routes(routes!(groups::show_group, groups::update_group, groups::delete_group))
        .routes(routes!(groups::restore_group))
        .routes(routes!(groups::list_owners, groups::set_owners))
        .routes(routes!(groups::list_own_groups))
        .routes(routes!(group_templates::list_group_templates))
        .routes(routes!(group_templates::put_group_template, group_templates::remove_group_template))
        .routes(routes!(group_templates::use_group_template))
        .routes(routes!(members::list_members, members::change_members))
        .routes(routes!(members::add_member, members::remove_member))
        .routes(routes!(members::list_effective_members))
        .routes(routes!(members::list_user_groups))
        .routes(routes!(members::list_nested_groups))
        .routes(routes!(members::add_nested_group, members::remove_nested_group))
        .routes(routes!(bulk::import_file))
        .routes(routes!(bulk::list_bulk, bulk::preview_act))
        .routes(routes!(bulk::show_bulk))
        .routes(routes!(bulk::list_bulk_rows))
        .routes(routes!(bulk::mend_import))
        .routes(routes!(bulk::remap_import))
        .routes(routes!(bulk::run_bulk))
        .routes(routes!(bulk::pause_bulk))
        .routes(routes!(bulk::resume_bulk))
        .routes(routes!(bulk::cancel_bulk))
        .routes(routes!(bulk::undo_bulk))
        .routes(routes!(bulk::fetch_bulk_links))
        .routes(routes!(bulk_series::preview_series))
        .routes(routes!(bulk_series::show_series))
        .routes(routes!(bulk_series::run_series))
        .routes(routes!(bulk_series::pause_series))
        .routes(routes!(bulk_series::resume_series))
        .routes(routes!(bulk_series::cancel_series))
        .routes(routes!(bulk_series::undo_series))
        .routes(routes!(files::bulk_file))
        .routes(routes!(files::people_file))
        .routes(routes!(bulk::list_import_mappings))
        .routes(routes!(bulk::forget_import_mapping))
        .routes(routes!(requests::list_requests))
        .routes(routes!(requests::show_request))
        .routes(routes!(requests::list_items))
        .routes(routes!(requests::retry_request))
        .routes(routes!(drift::list_findings))
        .routes(routes!(drift::revert_findings))
        .routes(routes!(drift::revert_finding))
        .routes(routes!(drift::adopt_finding))
        .routes(routes!(drift::scan_directory))
        .routes(routes!(drift::show_drift_policy, drift::set_drift_policy))
}

/// The catalogue, hooks, adoption, directories.
fn of_services(router: Routes) -> Routes {
    router
        .routes(routes!(catalogue::list_plans, plans::create_plan))
        .routes(routes!(plans::show_plan))
        .routes(routes!(plans::create_plan_version))
        .routes(routes!(plans::upgrade_plan))
        .routes(routes!(plans::undo_request))
        .routes(routes!(plans::show_quotas, plans::set_quotas))
        .routes(routes!(plans::list_bundles, plans::publish_bundle))
        .routes(routes!(plans::update_bundle))
        .routes(routes!(plans::show_user_bundles))
        .routes(routes!(services::list_services, services::create_service))
        .routes(routes!(services::show_service, services::update_service))
        .routes(routes!(services::apply_service))
        .routes(routes!(services::list_instances, services::give_service))
        .routes(routes!(services::take_service))
        .routes(routes!(seats::change_seats))
        .routes(routes!(services::preview_service_removal))
        .routes(routes!(services::show_properties, services::set_properties))
        .routes(routes!(services::show_user_properties, services::set_user_properties))
        .routes(routes!(hooks::list_hooks, hooks::create_hook))
        .routes(routes!(hooks::show_hook, hooks::update_hook, hooks::remove_hook))
        .routes(routes!(hooks::rotate_hook))
        .routes(routes!(hooks::test_hook))
        .routes(routes!(mails::list_mails))
        .routes(routes!(mails::show_mail))
        .routes(routes!(adoption::list_surveys, adoption::ask_for_survey))
        .routes(routes!(adoption::show_survey))
        .routes(routes!(adoption::list_survey_objects))
        .routes(routes!(adoption::preview_adoption))
        .routes(routes!(adoption::preview_migration))
        .routes(routes!(adoption::list_adoptions))
        .routes(routes!(adoption::show_adoption))
        .routes(routes!(adoption::list_adoption_items))
        .routes(routes!(adoption::run_adoption))
        .routes(routes!(releases::preview_adoption_release, releases::release_adoption))
        .routes(routes!(releases::preview_user_release, releases::release_user))
        .routes(routes!(releases::preview_group_release, releases::release_group))
        .routes(routes!(catalogue::list_directories))
        .routes(routes!(catalogue::show_directory, catalogue::update_directory))
}

/// The document that describes this interface (OpenAPI 3.1).
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    let described = Some(Box::new(OpenApiRouter::with_openapi(Document::openapi())));
    let all = Routes { described, ..Routes::default() }.all();
    all.described.map_or_else(Document::openapi, |described| described.into_openapi())
}

/// All of REST v1, below `/api/v1`. Give the server the addresses of its
/// clients (`ConnectInfo<SocketAddr>`), or attempts to sign in are not limited
/// by address.
pub fn router(surface: &Surface) -> Router {
    let routes = Routes::default().all().served;
    let json = [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))];
    let routes = routes
        .route("/openapi.json", get(move || async move { (json, DOCUMENT) }))
        .fallback(|| async { refusal::Refusal::no_route() })
        .method_not_allowed_fallback(|| async { refusal::Refusal::method() })
        .with_state(surface.clone());
    let routes =
        layers::protect(routes, surface, refusal::explain).layer(middleware::from_fn(refusal::finish));
    Router::new().nest(wire::BASE, routes)
}
