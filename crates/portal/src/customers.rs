//! Customers: one with what it has and what happens there. The list of them is in `list`,
//! the same as a tree in `tree`.

mod cells;
mod list;
mod tree;

use app::{
    AppError,
    reading::{tx::act, views::RequestFilter},
};
use askama::Template;
use axum::{extract::Path, http::StatusCode, response::Response};
use domain::{id::TenantId, tenant::TenantKind};
use web::speech::{self, say};

pub use self::list::{export, list};
use crate::{
    chart::{self, Chart, Time},
    context::{Frame, Visit},
    directories,
    query::Pairs,
    refusal::Refusal,
    settings,
    view::{self, Tab},
};

/// Requests shown beside a customer.
const NEWEST: u32 = 8;

#[derive(Template)]
#[template(path = "customer.html")]
struct Overview {
    frame: Frame,
    name: String,
    state: String,
    tone: &'static str,
    facts: Vec<(String, String)>,
    counts: Vec<(String, String, String)>,
    plans: Vec<(String, String)>,
    requests: Vec<view::Request>,
    all_requests: String,
    tabs: Vec<Tab>,
    charts: Vec<Chart>,
    times: Vec<Tab>,
    /// Where people are imported, and what was done to many of them, for whoever may.
    bulk: Option<(String, String)>,
}

/// The ways from a customer to what it has.
pub fn tabs(id: TenantId, here: &str) -> Vec<Tab> {
    let tab = |name: &str, path: &str| Tab {
        name: say(name),
        href: format!("/customers/{id}{path}"),
        here: path == here,
    };
    let mut all = vec![
        tab("customer-overview", ""),
        tab("customer-people", "/people"),
        tab("customer-groups", "/groups"),
        tab("customer-services", "/services"),
    ];
    all.extend(settings::tabs(id, here));
    all
}

/// The way to what a customer has.
pub fn trail(id: TenantId, customer: &str) -> Vec<(String, String)> {
    vec![(say("customers-title"), "/customers".to_owned()), (customer.to_owned(), format!("/customers/{id}"))]
}

/// One customer.
pub async fn overview(visit: Visit, Path(id): Path<String>, query: Pairs) -> Result<Response, Refusal> {
    let time = Time::of(&query);
    let caller = visit.person()?;
    let id: TenantId = id.parse().map_err(|_| Refusal::no_page())?;
    let read = async {
        let mut tx = visit.surface.app.read(caller).await?;
        let tenant = tx.tenant(id).await?;
        let permit = tx.permit::<act::TenantRead>(&tenant)?;
        if tenant.kind != TenantKind::Customer {
            return Err(AppError::NotFound("customer"));
        }
        let mut shown = tx.tenant_view(id).await?;
        if let Some(code) = &mut shown.directory {
            *code = directories::name_of(&mut tx, code).await?;
        }
        let counts = tx.customer_counts(&permit).await?;
        let today = chart::today(tx.now());
        let figures = tx.figures(&permit, time.first(today)).await?;
        let charts = chart::of(&figures, time, today, false);
        let plans = tx.subscriptions(id, None).await?;
        let filter = RequestFilter { roots: vec![id], tenant: Some(id), ..RequestFilter::default() };
        let requests = match tx.permit::<act::RequestRead>(&tenant) {
            Ok(_) => tx.request_views(&filter, None, NEWEST).await?,
            Err(_) => Vec::new(),
        };
        let may_change = tx.permit_ordinary(&tenant).is_ok();
        let now = tx.now();
        tx.finish().await?;
        Ok((shown, counts, plans, requests, charts, may_change, now))
    };
    let (shown, counts, plans, requests, charts, may_change, now) = read.await?;
    let (state, tone) = view::tenant_state(shown.status);
    let fact = |id: &str, text: String| (say(id), text);
    let mut facts = vec![fact("customer-code", shown.code.clone())];
    facts.extend(shown.parent.as_ref().map(|p| fact("customer-seller", p.name.clone())));
    facts.extend(shown.directory.clone().map(|d| fact("customer-directory", d)));
    facts.extend(shown.suffix.clone().map(|s| fact("customer-suffix", s)));
    facts.extend(shown.billing_id.clone().map(|b| fact("customer-billing", b)));
    let since = shown.created_at.to_zoned(speech::now().zone).date();
    facts.push(fact("customer-since", speech::day(since)));
    let people = |state: &str| format!("/customers/{id}/people{state}");
    let mut frame = visit.frame.clone();
    frame.trail = vec![(say("customers-title"), "/customers".to_owned())];
    let page = Overview {
        frame,
        name: shown.name.clone(),
        state,
        tone,
        facts,
        counts: vec![
            (say("count-people"), view::count(counts.users), people("")),
            (say("count-enabled"), view::count(counts.enabled), people("")),
            (say("count-not-activated"), view::count(counts.not_activated), people("")),
            (say("count-failed"), view::count(counts.failed), people("?state=failed")),
            (say("count-groups"), view::count(counts.groups), format!("/customers/{id}/groups")),
        ],
        plans: plans.iter().map(|p| (p.name.clone(), speech::instant(p.created_at))).collect(),
        requests: requests.iter().map(|r| view::request(r, now)).collect(),
        all_requests: format!("/status?tenant={id}"),
        tabs: tabs(id, ""),
        charts,
        times: time.tabs(&query, &format!("/customers/{id}")),
        bulk: may_change.then(|| (format!("/customers/{id}/import"), format!("/customers/{id}/bulk"))),
    };
    visit.page(StatusCode::OK, &page)
}
