//! Services: the list, and one with what it means and its plans.

use app::{
    AppError,
    catalogue::{self as use_cases, ServicePatch},
    reading::{
        catalogue::{Bundle, Plan, Service},
        roots,
        tx::act,
        views::ServiceView,
    },
};
use askama::Template;
use axum::{
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use domain::{
    catalogue::ServiceScope,
    id::PlanId,
    permission::Permission,
    service::{Property, PropertyKind},
    spec::Attribute,
};
use std::collections::BTreeMap;
use web::{
    paging::Paging,
    speech::{number, say, say_with},
};

use super::{money, sellers};
use crate::{
    context::{Frame, Posted, Visit},
    directories::attribute_name,
    query::Pairs,
    refusal::Refusal,
    view,
};

struct Row {
    href: String,
    name: String,
    code: String,
    publisher: String,
    scope: String,
    plans: String,
    subscriptions: String,
    retired: bool,
}

fn row(of: &ServiceView) -> Row {
    Row {
        href: format!("/services/{}", of.code),
        name: of.name.clone(),
        code: of.code.clone(),
        publisher: of.publisher.clone().unwrap_or_else(|| say("service-seller")),
        scope: scope(of.scope),
        plans: number(of.plans),
        subscriptions: view::count(of.subscriptions),
        retired: of.retired,
    }
}

fn scope(of: ServiceScope) -> String {
    say(match of {
        ServiceScope::User => "service-for-people",
        ServiceScope::Customer => "service-for-customers",
    })
}

#[derive(Template)]
#[template(path = "services.html")]
struct List {
    frame: Frame,
    rows: Vec<Row>,
    next: Option<String>,
}

/// Services by code.
pub async fn list(visit: Visit, query: Pairs) -> Result<Response, Refusal> {
    sellers(&visit)?;
    let caller = visit.person()?;
    let paging = Paging::new("services", None, query.given("after"))?;
    let read = async {
        let roots = roots(caller, Permission::CatalogueManage)?;
        let mut tx = visit.surface.app.read(caller).await?;
        let after = paging.after::<String>()?.map(|(_, code)| code);
        let rows = tx.service_views(&roots, after.as_deref(), paging.rows()).await?;
        tx.finish().await?;
        Ok::<_, AppError>(rows)
    };
    let (rows, next) = paging.page("services", read.await?, |s| (String::new(), s.code.clone()));
    let page = List {
        frame: visit.frame.clone(),
        next: next.map(|cursor| query.with("/services", "after", &cursor)),
        rows: rows.iter().map(row).collect(),
    };
    visit.page(StatusCode::OK, &page)
}

/// A plan of a service.
struct PlanRow {
    href: String,
    name: String,
    code: String,
    version: String,
    price: String,
    people: String,
}

fn plan_row(of: &Plan, counts: &BTreeMap<PlanId, i64>) -> PlanRow {
    PlanRow {
        href: format!("/plans/{}", of.code),
        name: of.name.clone(),
        code: of.code.clone(),
        version: number(of.version.into()),
        price: money(of.price.as_ref()),
        people: view::count(counts.get(&of.id).copied().unwrap_or_default()),
    }
}

/// A property of a service.
struct PropertyRow {
    name: String,
    kind: String,
    default: String,
    personal: bool,
}

/// What a value may be.
pub(super) fn kind(of: &Property) -> String {
    match of.kind {
        PropertyKind::Choice => say_with("property-choice", &[("choices", of.choices.join(", ").into())]),
        PropertyKind::Boolean => say("property-boolean"),
        PropertyKind::Integer | PropertyKind::Text => {
            let id = if of.kind == PropertyKind::Text { "property-text" } else { "property-integer" };
            let range = match (of.min, of.max) {
                (None, None) => return say(id),
                (Some(min), Some(max)) => format!("{} – {}", number(min), number(max)),
                (Some(min), None) => say_with("property-at-least", &[("n", min.into())]),
                (None, Some(max)) => say_with("property-at-most", &[("n", max.into())]),
            };
            say_with(&format!("{id}-range"), &[("range", range.into())])
        }
    }
}

fn property_row((name, of): (&String, &Property)) -> PropertyRow {
    PropertyRow {
        name: name.clone(),
        kind: kind(of),
        default: of.default.clone().unwrap_or_else(|| "–".to_owned()),
        personal: of.personal,
    }
}

/// A bundle that gives plans of a service.
struct BundleRow {
    name: String,
    code: String,
    plans: String,
    groups: String,
}

/// The newest version of each that gives one of these plans.
fn bundle_rows(bundles: Vec<Bundle>, plans: &[Plan]) -> Vec<BundleRow> {
    let gives = |b: &&Bundle| {
        let code = |text: &String| domain::service::split_instance(text).0.to_owned();
        !b.retired && b.content.plans.iter().map(code).any(|code| plans.iter().any(|plan| plan.code == code))
    };
    let mut newest: BTreeMap<&str, &Bundle> = BTreeMap::new();
    for bundle in &bundles {
        newest.entry(&bundle.content.code).or_insert(bundle);
    }
    let row = |b: &Bundle| BundleRow {
        name: b.content.name.clone(),
        code: b.content.code.clone(),
        plans: b.content.plans.join(", "),
        groups: b.content.groups.join(", "),
    };
    newest.into_values().filter(gives).map(row).collect()
}

#[derive(Template)]
#[template(path = "service.html")]
struct One {
    frame: Frame,
    name: String,
    path: String,
    version: i64,
    retired: bool,
    facts: Vec<(String, String)>,
    plans: Vec<PlanRow>,
    groups: Vec<String>,
    attributes: Vec<(String, String)>,
    properties: Vec<PropertyRow>,
    bundles: Vec<BundleRow>,
    may_manage: bool,
    people: String,
    retire_hint: String,
}

/// One service.
pub async fn show(visit: Visit, Path(code): Path<String>) -> Result<Response, Refusal> {
    sellers(&visit)?;
    let caller = visit.person()?;
    let read = async {
        let roots = roots(caller, Permission::CatalogueManage)?;
        let mut tx = visit.surface.app.read(caller).await?;
        let service = tx.service(&code).await?;
        let own = tx.tenant(caller.tenant).await?;
        let mut plans = tx.plans(&own.currency).await?;
        plans.retain(|plan| plan.service == service.id);
        let ids: Vec<_> = plans.iter().map(|plan| plan.id).collect();
        let counts = tx.subscribers(&roots, &ids, true).await?;
        let bundles = tx.bundles(None, None).await?;
        let publisher = tx.tenant(service.tenant).await.ok();
        let may = publisher.as_ref().is_some_and(|of| tx.permit::<act::CatalogueManage>(of).is_ok());
        tx.finish().await?;
        Ok::<_, AppError>((service, plans, counts, bundles, publisher.map(|of| of.name), may))
    };
    let (service, plans, counts, bundles, publisher, may_manage) = read.await?;
    let mut frame = visit.frame.clone();
    frame.trail = vec![(say("services-title"), "/services".to_owned())];
    let definition = &service.definition;
    let attribute = |(detail, template): (&domain::person::Detail, &domain::service::Template)| {
        (attribute_name(Attribute::Detail(*detail)), template.text().to_owned())
    };
    let page = One {
        frame,
        path: format!("/services/{code}"),
        version: service.version,
        retired: service.retired_at.is_some(),
        facts: facts(&service, publisher),
        groups: definition.groups.iter().map(|group| group.text().to_owned()).collect(),
        attributes: definition.attributes.iter().map(attribute).collect(),
        properties: definition.properties.iter().map(property_row).collect(),
        bundles: bundle_rows(bundles, &plans),
        retire_hint: say_with("service-retire-hint", &[("people", view::counted(counts.values().sum()))]),
        people: view::count(counts.values().sum()),
        plans: plans.iter().map(|plan| plan_row(plan, &counts)).collect(),
        may_manage,
        name: service.name,
    };
    visit.page(StatusCode::OK, &page)
}

fn facts(of: &Service, publisher: Option<String>) -> Vec<(String, String)> {
    let publisher = publisher.unwrap_or_else(|| say("service-seller"));
    vec![
        (say("customer-code"), of.code.clone()),
        (say("service-publisher"), publisher),
        (say("service-scope"), scope(of.scope)),
        (say("service-version"), number(of.version)),
    ]
}

/// Sells a service no more, or again.
pub async fn act(Path((code, what)): Path<(String, String)>, posted: Posted) -> Result<Response, Refusal> {
    let visit = &posted.visit;
    sellers(visit)?;
    let retired = match what.as_str() {
        "retire" => true,
        "offer" => false,
        _ => return Err(Refusal::no_page()),
    };
    let patch = ServicePatch { retired: Some(retired), ..ServicePatch::default() };
    let version = posted.field("version").parse().unwrap_or(0);
    let (app, caller) = (&visit.surface.app, visit.person()?);
    use_cases::update_service(app, caller, &code, version, &patch, &visit.cause).await?;
    Ok(Redirect::to(&format!("/services/{code}?done=service-{what}")).into_response())
}
