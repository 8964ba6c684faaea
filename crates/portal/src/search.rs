//! The search over everything one may see: customers, people, groups and requests.

use app::{
    AppError, Caller,
    reading::{
        roots,
        views::{RequestFilter, TenantSearch},
    },
};
use askama::Template;
use axum::{
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use domain::{id::RequestId, permission::Permission, tenant::TenantKind};
use web::{Surface, speech::say, texts};

use crate::{
    context::{Frame, Visit},
    query::Pairs,
    refusal::Refusal,
};

/// Hits shown of each kind.
const HITS: u32 = 12;

/// Something that was found.
struct Hit {
    href: String,
    name: String,
    hint: String,
}

/// What was found of one kind.
struct Kind {
    id: &'static str,
    title: String,
    hits: Vec<Hit>,
}

#[derive(Template)]
#[template(path = "search.html")]
struct Search {
    frame: Frame,
    search: String,
    kinds: Vec<Kind>,
}

/// Customers, people and groups whose name, code or login begins so, and requests by their
/// id or by the reference of an order.
pub async fn show(visit: Visit, query: Pairs) -> Result<Response, Refusal> {
    let caller = visit.person()?;
    let search = query.text("q");
    if search.is_empty() {
        return Ok(Redirect::to("/home").into_response());
    }
    let mut kinds = read(&visit.surface, caller, &search).await?;
    kinds.retain(|kind| !kind.hits.is_empty());
    visit.page(StatusCode::OK, &Search { frame: visit.frame.clone(), search, kinds })
}

async fn read(surface: &Surface, caller: &Caller, search: &str) -> Result<Vec<Kind>, AppError> {
    let mut tx = surface.app.read(caller).await?;
    let (mut customers, mut people, mut groups, mut requests) = (vec![], vec![], vec![], vec![]);
    if let Ok(permitted) = roots(caller, Permission::TenantRead) {
        let wanted = TenantSearch {
            roots: Some(permitted.clone()),
            kind: Some(TenantKind::Customer),
            search: Some(search.to_owned()),
            ..TenantSearch::default()
        };
        let found = tx.tenant_views(&wanted, None, HITS).await?;
        customers = found
            .into_iter()
            .map(|t| Hit { href: format!("/customers/{}", t.id), name: t.name, hint: t.code })
            .collect();
        let found = tx.groups_found(&permitted, search, HITS).await?;
        groups = found
            .into_iter()
            .map(|(id, name, hint)| Hit { href: format!("/groups/{id}"), name, hint })
            .collect();
        // An order is found by the reference its seller gave it.
        let found = tx.orders_referenced(&permitted, search, HITS).await?;
        requests.extend(found.into_iter().map(|(id, hint)| Hit {
            href: format!("/orders/{id}"),
            name: format!("{} {search}", texts::request_title("order")),
            hint,
        }));
    }
    if let Ok(permitted) = roots(caller, Permission::UserRead) {
        let found = tx.people_found(&permitted, search, HITS).await?;
        people = found
            .into_iter()
            .map(|p| Hit { href: format!("/people/{}", p.id), name: p.display_name, hint: p.principal_name })
            .collect();
    }
    if let (Ok(permitted), Ok(id)) = (roots(caller, Permission::RequestRead), search.parse::<RequestId>()) {
        let wanted = RequestFilter { roots: permitted, id: Some(id), ..RequestFilter::default() };
        let found = tx.request_views(&wanted, None, 1).await?;
        requests.extend(found.into_iter().map(|r| Hit {
            href: format!("/status/requests/{}", r.id),
            name: texts::request_title(&r.kind),
            hint: r.tenant.name,
        }));
    }
    tx.finish().await?;
    let kind = |id, title: &str, hits| Kind { id, title: say(title), hits };
    Ok(vec![
        kind("customers", "customers-title", customers),
        kind("people", "customer-people", people),
        kind("groups", "customer-groups", groups),
        kind("requests", "status-requests", requests),
    ])
}
