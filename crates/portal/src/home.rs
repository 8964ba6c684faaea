//! The first page after signing in, and the search over everything one may see.

use app::{
    AppError, Caller,
    reading::{
        roots,
        tx::act,
        views::{RequestFilter, TenantSearch},
    },
};
use askama::Template;
use axum::{
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use domain::{permission::Permission, request::RequestState};
use web::{Surface, speech::say};

use crate::{
    context::{Frame, Visit},
    query::Pairs,
    refusal::Refusal,
    view,
};

/// Requests shown of each kind.
const FEW: u32 = 6;
/// Hits shown of each kind.
const HITS: u32 = 12;

#[derive(Template)]
#[template(path = "home.html")]
struct Home {
    frame: Frame,
    name: String,
    notices: Vec<String>,
    needed: Vec<view::Request>,
    newest: Vec<view::Request>,
    figures: Vec<(String, String, String)>,
    may_order: bool,
}

/// What needs the person, what changed lately, and how much there is.
pub async fn show(visit: Visit) -> Result<Response, Refusal> {
    let caller = visit.person()?;
    let (notices, needed, newest, figures) = read(&visit.surface, caller).await?;
    let page = Home {
        name: caller.display_name.clone(),
        frame: visit.frame.clone(),
        notices,
        needed,
        newest,
        figures,
        may_order: caller.may_anywhere(Permission::OrderCreate),
    };
    visit.page(StatusCode::OK, &page)
}

type Read = (Vec<String>, Vec<view::Request>, Vec<view::Request>, Vec<(String, String, String)>);

async fn read(surface: &Surface, caller: &Caller) -> Result<Read, AppError> {
    let mut tx = surface.app.read(caller).await?;
    let own = tx.is_provider_staff().await?;
    let now = tx.now();
    let notices = tx.directory_notices().await?.iter().map(|n| view::notice(n, own)).collect();
    let (mut needed, mut newest) = (Vec::new(), Vec::new());
    if let Ok(roots) = roots(caller, Permission::RequestRead) {
        for state in [RequestState::CompleteWithProblems, RequestState::Failed] {
            let filter =
                RequestFilter { roots: roots.clone(), state: Some(state), ..RequestFilter::default() };
            needed.extend(tx.request_views(&filter, None, FEW).await?.iter().map(|r| view::request(r, now)));
        }
        let filter = RequestFilter { roots, ..RequestFilter::default() };
        newest = tx.request_views(&filter, None, FEW).await?.iter().map(|r| view::request(r, now)).collect();
    }
    let mut figures = Vec::new();
    let tenant = tx.tenant(caller.tenant).await;
    if let Ok(tenant) = tenant
        && tenant.kind == domain::tenant::TenantKind::Customer
        && let Ok(permit) = tx.permit::<act::TenantRead>(&tenant)
    {
        let counts = tx.customer_counts(&permit).await?;
        let people = format!("/customers/{}/people", tenant.id);
        for (id, number) in [
            ("count-people", counts.users),
            ("count-enabled", counts.enabled),
            ("count-not-activated", counts.not_activated),
        ] {
            figures.push((say(id), view::count(number), people.clone()));
        }
    }
    tx.finish().await?;
    Ok((notices, needed, newest, figures))
}

#[derive(Template)]
#[template(path = "search.html")]
struct Search {
    frame: Frame,
    search: String,
    customers: Vec<(String, String, String)>,
    people: Vec<(String, String, String)>,
}

/// Customers and people whose name, code or log-on name begins so.
pub async fn search(visit: Visit, query: Pairs) -> Result<Response, Refusal> {
    let caller = visit.person()?;
    let search = query.text("q");
    if search.is_empty() {
        return Ok(Redirect::to("/home").into_response());
    }
    let read = async {
        let mut tx = visit.surface.app.read(caller).await?;
        let mut customers = Vec::new();
        if let Ok(permitted) = roots(caller, Permission::TenantRead) {
            let wanted = TenantSearch {
                roots: Some(permitted),
                search: Some(search.clone()),
                ..TenantSearch::default()
            };
            customers = tx.tenant_views(&wanted, None, HITS).await?;
        }
        let people = match roots(caller, Permission::UserRead) {
            Ok(permitted) => tx.people_found(&permitted, &search, HITS).await?,
            Err(_) => Vec::new(),
        };
        tx.finish().await?;
        Ok::<_, AppError>((customers, people))
    };
    let (customers, people) = read.await?;
    let page = Search {
        frame: visit.frame.clone(),
        search,
        customers: customers.into_iter().map(|t| (format!("/customers/{}", t.id), t.name, t.code)).collect(),
        people: people
            .into_iter()
            .map(|p| (format!("/people/{}", p.id), p.display_name, p.principal_name))
            .collect(),
    };
    visit.page(StatusCode::OK, &page)
}
