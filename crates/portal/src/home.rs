//! The first page after signing in.

use app::{
    AppError, Caller,
    reading::{roots, tx::act, views::RequestFilter},
};
use askama::Template;
use axum::{http::StatusCode, response::Response};
use domain::{permission::Permission, request::RequestState};
use web::{Surface, speech::say};

use crate::{
    context::{Frame, Visit},
    refusal::Refusal,
    view,
};

/// Requests shown of each kind.
const FEW: u32 = 6;

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
