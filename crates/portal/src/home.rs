//! The first page after signing in.

use app::{
    AppError, Caller,
    reading::{
        roots,
        tx::{Permit, ReadTx, TenantRef, act},
        views::{NEEDS_COUNTED, RequestFilter},
    },
};
use askama::Template;
use axum::{http::StatusCode, response::Response};
use domain::{id::TenantId, permission::Permission, tenant::TenantKind};
use web::{
    Surface,
    speech::{self, say, say_with},
};

use crate::{
    chart::{self, Chart, Time},
    context::{Frame, Visit},
    query::Pairs,
    refusal::Refusal,
    view::{self, Tab},
};

/// Requests shown of each kind.
const FEW: u32 = 6;

#[derive(Template)]
#[template(path = "home.html")]
struct Home {
    frame: Frame,
    name: String,
    notices: Vec<String>,
    /// What to do first where nothing is there yet: a sentence, and where it is done.
    first: Option<(String, String, String)>,
    own: Option<Own>,
    /// Follows requests.
    watches: bool,
    needs: Vec<Need>,
    needed: Vec<view::Request>,
    newest: Vec<view::Request>,
    figures: Vec<(String, String, String)>,
    charts: Vec<Chart>,
    times: Vec<Tab>,
    may_order: bool,
}

/// What somebody without a role has.
struct Own {
    login: String,
    plans: Vec<String>,
}

/// Something that waits for somebody.
struct Need {
    number: String,
    text: String,
    tone: &'static str,
    href: String,
}

/// What needs the person, what changed lately, and how much there is.
pub async fn show(visit: Visit, query: Pairs) -> Result<Response, Refusal> {
    let caller = visit.person()?;
    let time = Time::of(&query);
    let mut page = Home {
        name: caller.display_name.clone(),
        frame: visit.frame.clone(),
        notices: Vec::new(),
        first: None,
        own: None,
        watches: false,
        needs: Vec::new(),
        needed: Vec::new(),
        newest: Vec::new(),
        figures: Vec::new(),
        charts: Vec::new(),
        times: time.tabs(&query, "/home"),
        may_order: caller.may_anywhere(Permission::OrderCreate),
    };
    page.read(&visit.surface, caller, time).await?;
    visit.page(StatusCode::OK, &page)
}

impl Home {
    async fn read(&mut self, surface: &Surface, caller: &Caller, time: Time) -> Result<(), AppError> {
        let mut tx = surface.app.read(caller).await?;
        let provider = tx.is_provider_staff().await?;
        self.notices = tx.directory_notices().await?.iter().map(|n| view::notice(n, provider)).collect();
        if let Ok(roots) = roots(caller, Permission::RequestRead) {
            self.requests(&mut tx, &roots).await?;
        }
        let tenant = tx.tenant(caller.tenant).await;
        if let Ok(tenant) = tenant
            && let Ok(permit) = tx.permit::<act::TenantRead>(&tenant)
        {
            self.how_much(&mut tx, &tenant, &permit, time).await?;
        } else if caller.grants.is_empty() {
            self.own = own(&mut tx, caller).await?;
        }
        tx.finish().await?;
        Ok(())
    }

    async fn requests(&mut self, tx: &mut ReadTx<'_>, roots: &[TenantId]) -> Result<(), AppError> {
        let now = tx.now();
        self.watches = true;
        let failed = tx.requests_in_need(roots, FEW, Some(view::STEPS_COUNTED)).await?;
        self.needed = failed.iter().map(|r| view::request(r, now)).collect();
        let needs = tx.needs(roots).await?;
        self.need(needs.open, "home-open", "busy", "/status?state=running");
        self.need(needs.drift, "home-drift", "wait", "/drift");
        let filter = RequestFilter {
            roots: roots.to_vec(),
            counted: Some(view::STEPS_COUNTED),
            ..RequestFilter::default()
        };
        let newest = tx.request_views(&filter, None, FEW).await?;
        self.newest = newest.iter().map(|r| view::request(r, now)).collect();
        Ok(())
    }

    fn need(&mut self, n: i64, id: &str, tone: &'static str, href: &str) {
        if n > 0 {
            let many = || say_with("many", &[("n", (NEEDS_COUNTED - 1).into())]);
            let number = if n >= NEEDS_COUNTED { many() } else { speech::number(n) };
            let text = say_with(id, &[("n", n.into())]);
            self.needs.push(Need { number, text, tone, href: href.to_owned() });
        }
    }

    /// Numbers, pictures, and what to do first where there is nothing.
    async fn how_much(
        &mut self,
        tx: &mut ReadTx<'_>,
        tenant: &TenantRef,
        permit: &Permit<act::TenantRead>,
        time: Time,
    ) -> Result<(), AppError> {
        let today = chart::today(tx.now());
        let figures = tx.figures(permit, time.first(today)).await?;
        let sells = tenant.kind != TenantKind::Customer;
        let people = format!("/customers/{}/people", tenant.id);
        let mut figure = |id: &str, n: String, href: &str| self.figures.push((say(id), n, href.to_owned()));
        if sells {
            if figures.customers() > 0 || !self.newest.is_empty() {
                figure("customers-title", speech::number(figures.customers()), "/customers");
                figure("count-people", speech::number(figures.people()), "/customers");
            } else if self.may_order {
                self.first = Some((say("home-first-seller"), "/order".to_owned(), say("customers-order")));
            }
        } else {
            let counts = tx.customer_counts(permit).await?;
            figure("count-people", view::count(counts.users), &people);
            figure("count-enabled", view::count(counts.enabled), &people);
            if counts.users <= 1 && tx.permit::<act::UserCreate>(tenant).is_ok() {
                self.first = Some((say("home-first-customer"), format!("{people}/new"), say("people-new")));
            }
            let waiting = format!("{people}?standing=never_activated");
            self.need(counts.not_activated, "home-not-activated", "wait", &waiting);
        }
        if self.first.is_none() {
            self.charts = chart::of(&figures, time, today, sells);
        }
        Ok(())
    }
}

/// What somebody without a role may know: the own account.
async fn own(tx: &mut ReadTx<'_>, caller: &Caller) -> Result<Option<Own>, AppError> {
    let user = match tx.user(caller.user()).await {
        Ok(user) => user,
        Err(error) => {
            return match AppError::from(error) {
                AppError::NotFound(_) => Ok(None),
                other => Err(other),
            };
        }
    };
    let plans = tx.subscriptions_of(&[user.id]).await?;
    Ok(Some(Own { login: user.principal_name, plans: plans.into_iter().map(|plan| plan.name).collect() }))
}
