//! The services of a customer: what its people may have and who has it, what it has as
//! a whole, and how much there may be.

use std::collections::BTreeMap;

use app::{
    AppError, instances, quotas as quota_cases,
    quotas::QuotasDraft,
    reading::{
        catalogue::{Instance, Plan, QuotaKind, QuotaUse},
        subscriptions::Subscription,
        tx::{TenantRef, act},
        views::SeatCount,
    },
};
use askama::Template;
use axum::{
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use domain::{
    field::{FieldError, Rule},
    id::TenantId,
    tenant::TenantKind,
};
use web::speech::{self, number, say, say_with};

use super::money;
use crate::{
    context::{Frame, Posted, Visit},
    customers,
    forms::{Choice, Form, given},
    query::encoded,
    refusal::Refusal,
    view::Tab,
};

/// A plan people of the customer have or may have.
struct Offer {
    href: String,
    name: String,
    service: String,
    price: String,
    people: String,
    /// Everybody who has it, in the list of people.
    list: String,
    offered: bool,
}

/// How much there may be, and is.
pub(super) struct Bound {
    pub what: String,
    pub used: String,
    pub most: String,
    pub left: String,
    /// For the bar.
    pub percent: i64,
    pub full: bool,
}

/// A quota, as people read it.
pub(super) fn bound(of: &QuotaUse, names: &BTreeMap<String, String>) -> Bound {
    let named = || names.get(&of.quota.subject).unwrap_or(&of.quota.subject).clone();
    Bound {
        what: match of.quota.kind {
            QuotaKind::People => say("quota-people"),
            QuotaKind::Service => say_with("quota-service", &[("name", named().into())]),
            QuotaKind::Plan => say_with("quota-plan", &[("name", named().into())]),
        },
        used: number(of.used),
        most: number(of.most),
        left: number((of.most - of.used).max(0)),
        percent: if of.most <= 0 { 100 } else { (of.used * 100 / of.most).clamp(0, 100) },
        full: of.used >= of.most,
    }
}

struct InstanceRow {
    name: String,
    service: String,
    code: String,
    people: String,
    properties: String,
    take: String,
}

#[derive(Template)]
#[template(path = "customer_services.html")]
#[expect(clippy::struct_excessive_bools, reason = "each says whether a part of the page stands there")]
struct Page {
    frame: Frame,
    customer: String,
    path: String,
    tabs: Vec<Tab>,
    offers: Vec<Offer>,
    whole: Vec<(String, String)>,
    instances: Vec<InstanceRow>,
    quotas: Vec<Bound>,
    may_read_people: bool,
    may_give: bool,
    may_bound: bool,
    may_manage: bool,
    form: Form,
    plans: Vec<Choice>,
    subjects: Vec<Choice>,
}

/// The page.
pub async fn show(visit: Visit, Path(id): Path<String>) -> Result<Response, Refusal> {
    let id: TenantId = id.parse().map_err(|_| Refusal::no_page())?;
    page(&visit, id, StatusCode::OK, Form::default()).await
}

/// What the page is made of.
struct Read {
    tenant: TenantRef,
    plans: Vec<Plan>,
    all: Vec<Plan>,
    instances: Vec<Instance>,
    counts: Vec<SeatCount>,
    whole: Vec<Subscription>,
    quotas: Vec<QuotaUse>,
    may: [bool; 4],
}

async fn read(visit: &Visit, id: TenantId) -> Result<Read, AppError> {
    let caller = visit.person().map_err(|_| AppError::NotFound("customer"))?;
    let mut tx = visit.surface.app.read(caller).await?;
    let tenant = tx.tenant(id).await?;
    let permit = tx.permit::<act::TenantRead>(&tenant)?;
    if tenant.kind != TenantKind::Customer {
        return Err(AppError::NotFound("customer"));
    }
    let plans = tx.plans_for(&tenant, &tenant.currency).await?;
    let all = tx.plans(&tenant.currency).await?;
    let instances = tx.instances(id).await?;
    let counts = tx.seat_counts(&permit).await?;
    let whole = tx.subscriptions(id, None).await?;
    let quotas = tx.quotas(id).await?;
    let people = tx.permit_people(&tenant).is_ok();
    let give = tx.permit::<act::OrderCreate>(&tenant).is_ok();
    let manage = tx.permit::<act::CatalogueManage>(&tenant).is_ok();
    // Nobody raises their own: whoever may stands above.
    let bound = match tenant.path.iter().rev().nth(1) {
        Some(above) => match tx.tenant(*above).await {
            Ok(above) => tx.permit::<act::CatalogueManage>(&above).is_ok(),
            Err(_) => false,
        },
        None => false,
    };
    tx.finish().await?;
    Ok(Read { tenant, plans, all, instances, counts, whole, quotas, may: [people, give, bound, manage] })
}

async fn page(visit: &Visit, id: TenantId, status: StatusCode, form: Form) -> Result<Response, Refusal> {
    let read = read(visit, id).await?;
    let names: BTreeMap<_, _> = read
        .all
        .iter()
        .flat_map(|p| [(p.service_code.clone(), p.service_name.clone()), (p.code.clone(), p.name.clone())])
        .collect();
    let mut frame = visit.frame.clone();
    frame.trail = customers::trail(id, &read.tenant.name);
    let choice =
        |p: &Plan| Choice { code: p.code.clone(), name: p.name.clone(), hint: p.service_name.clone() };
    let [may_read_people, may_give, may_bound, may_manage] = read.may;
    let page = Page {
        frame,
        customer: read.tenant.name.clone(),
        path: format!("/customers/{id}"),
        tabs: customers::tabs(id, "/services"),
        offers: offers(&read),
        whole: read.whole.iter().map(|s| (s.name.clone(), speech::instant(s.created_at))).collect(),
        instances: read.instances.iter().map(|i| instance_row(id, i, &names)).collect(),
        quotas: read.quotas.iter().map(|of| bound(of, &names)).collect(),
        may_read_people,
        may_give,
        may_bound,
        may_manage,
        form,
        plans: read.plans.iter().map(choice).collect(),
        subjects: subjects(&read.plans),
    };
    visit.page(status, &page)
}

fn instance_row(customer: TenantId, of: &Instance, names: &BTreeMap<String, String>) -> InstanceRow {
    let query = format!("service={}&instance={}", encoded(&of.service_code), encoded(&of.code));
    InstanceRow {
        name: of.name.clone(),
        service: names.get(&of.service_code).unwrap_or(&of.service_code).clone(),
        code: of.code.clone(),
        people: number(of.seats),
        properties: format!("/customers/{customer}/properties?{query}"),
        take: format!(
            "/customers/{customer}/services/take/{}",
            encoded(&format!("{}@{}", of.service_code, of.code))
        ),
    }
}

/// Every plan of the services the customer has, and what people have that is sold no more.
fn offers(read: &Read) -> Vec<Offer> {
    let id = read.tenant.id;
    let several =
        |i: &Instance| read.instances.iter().filter(|other| other.service == i.service).nth(1).is_some();
    let mut offers = Vec::new();
    for instance in &read.instances {
        let of_instance = |count: &&SeatCount| count.group == instance.groups[0];
        let counts: Vec<_> = read.counts.iter().filter(of_instance).collect();
        let offered = read.plans.iter().filter(|p| p.service == instance.service && p.per_user);
        let mut codes: Vec<_> = offered.map(|plan| plan.code.as_str()).collect();
        let others = counts.iter().map(|count| count.plan.as_str()).filter(|code| !codes.contains(code));
        let others: Vec<_> = others.collect();
        codes.extend(others);
        for code in codes {
            let plan = read.all.iter().find(|plan| plan.code == code);
            let count = counts.iter().find(|count| count.plan == code);
            let several = several(instance);
            let named = if several { format!("{code}@{}", instance.code) } else { code.to_owned() };
            let name = plan.map(|p| &p.name).or(count.map(|c| &c.name)).cloned().unwrap_or_default();
            offers.push(Offer {
                href: format!("/customers/{id}/seats/{}", encoded(&named)),
                name,
                service: instance.name.clone(),
                price: money(plan.and_then(|plan| plan.price.as_ref())),
                people: number(count.map_or(0, |count| count.people)),
                list: format!("/customers/{id}/people?plan={}", encoded(code)),
                offered: read.plans.iter().any(|plan| plan.code == code),
            });
        }
    }
    offers
}

/// Everything a quota can count.
fn subjects(plans: &[Plan]) -> Vec<Choice> {
    let mut all = vec![Choice { code: "people".to_owned(), name: say("quota-people"), hint: String::new() }];
    let services: BTreeMap<_, _> = plans.iter().map(|p| (&p.service_code, &p.service_name)).collect();
    all.extend(services.into_iter().map(|(code, name)| Choice {
        code: format!("service:{code}"),
        name: say_with("quota-service", &[("name", name.into())]),
        hint: String::new(),
    }));
    all.extend(plans.iter().map(|plan| Choice {
        code: format!("plan:{}", plan.code),
        name: say_with("quota-plan", &[("name", (&plan.name).into())]),
        hint: String::new(),
    }));
    all
}

/// Gives the customer a service, or another instance of one.
pub async fn give(Path(id): Path<String>, posted: Posted) -> Result<Response, Refusal> {
    let visit = &posted.visit;
    let id: TenantId = id.parse().map_err(|_| Refusal::no_page())?;
    let plan = match given(posted.field("instance")) {
        Some(instance) => format!("{}@{instance}", posted.field("plan")),
        None => posted.field("plan").to_owned(),
    };
    let name = given(posted.field("name"));
    let (app, caller) = (&visit.surface.app, visit.person()?);
    match instances::give(app, caller, id, &plan, name.as_deref(), &visit.cause).await {
        Ok((_, request)) => {
            Ok(Redirect::to(&format!("/status/requests/{request}?done=service")).into_response())
        }
        Err(error) => page(visit, id, StatusCode::UNPROCESSABLE_ENTITY, Form::again(&posted, error)?).await,
    }
}

/// Says how much there may be of something; nothing lifts the bound.
pub async fn quotas(Path(id): Path<String>, posted: Posted) -> Result<Response, Refusal> {
    let visit = &posted.visit;
    let id: TenantId = id.parse().map_err(|_| Refusal::no_page())?;
    let (app, caller) = (&visit.surface.app, visit.person()?);
    let done = match quota(&posted) {
        Ok(draft) => quota_cases::set(app, caller, id, &draft, &visit.cause).await,
        Err(error) => Err(AppError::field(error)),
    };
    match done {
        Ok(_) => Ok(Redirect::to(&format!("/customers/{id}/services?done=quota")).into_response()),
        Err(error) => {
            let form = Form::again(&posted, error)?;
            // A bound below nothing is named by what it counts.
            let form =
                ["people", "service", "plan"].into_iter().fold(form, |f, name| f.gathered(name, "most"));
            page(visit, id, StatusCode::UNPROCESSABLE_ENTITY, form).await
        }
    }
}

fn quota(posted: &Posted) -> Result<QuotasDraft, FieldError> {
    let most = match given(posted.field("most")) {
        None => None,
        Some(text) => {
            let wrong = |_| FieldError::new("most", Rule::Format).with("expected", "a whole number");
            Some(text.parse::<i64>().map_err(wrong)?)
        }
    };
    let mut draft = QuotasDraft::default();
    match posted.field("subject").split_once(':') {
        Some(("service", code)) => drop(draft.services.insert(code.to_owned(), most)),
        Some(("plan", code)) => drop(draft.plans.insert(code.to_owned(), most)),
        _ => draft.people = Some(most),
    }
    Ok(draft)
}
