//! Who of a customer has a plan and who has not: given to many and taken from many,
//! after what it comes to was shown.

use std::collections::BTreeMap;

use app::{
    AppError,
    reading::views::SeatView,
    seats::{self as use_cases, Chosen, Deed, Seat, SeatsPreview},
};
use askama::Template;
use axum::{
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use domain::{
    catalogue::Money,
    id::{TenantId, UserId},
};
use web::{
    paging::Paging,
    speech::{self, number, say, say_with},
};

use super::{
    customer::{Bound, bound},
    money,
};
use crate::{
    context::{Frame, Posted, Visit},
    customers,
    forms::{Form, given},
    query::{Pairs, encoded},
    refusal::Refusal,
    view::Tab,
};

struct Row {
    id: String,
    href: String,
    name: String,
    login: String,
    since: Option<String>,
    version: Option<String>,
    by_bundle: bool,
    may: bool,
}

#[derive(Template)]
#[template(path = "seats.html")]
struct Page {
    frame: Frame,
    plan: String,
    service: String,
    price: String,
    path: String,
    deed: &'static str,
    tabs: Vec<Tab>,
    search: String,
    rows: Vec<Row>,
    next: Option<String>,
    may: bool,
    form: Form,
}

/// Those who have it, or those who have not.
pub async fn show(
    visit: Visit,
    Path((id, plan)): Path<(String, String)>,
    query: Pairs,
) -> Result<Response, Refusal> {
    let id: TenantId = id.parse().map_err(|_| Refusal::no_page())?;
    let deed = if query.given("who") == Some("without") { Deed::Give } else { Deed::Take };
    page(&visit, (id, &plan), deed, &query, (StatusCode::OK, Form::default())).await
}

async fn page(
    visit: &Visit,
    (id, plan): (TenantId, &str),
    deed: Deed,
    query: &Pairs,
    (status, form): (StatusCode, Form),
) -> Result<Response, Refusal> {
    let caller = visit.person()?;
    let search = query.text("q");
    let list = if deed == Deed::Take { "seats" } else { "no_seats" };
    let paging = Paging::new(list, None, query.given("after"))?;
    let read = async {
        let mut tx = visit.surface.app.read(caller).await?;
        let tenant = tx.tenant(id).await?;
        let permit = tx.permit_people(&tenant)?;
        let seat = Seat::named(&mut tx, &tenant, plan, deed).await?;
        let which = seat.search(deed == Deed::Take, Some(search.as_str()).filter(|text| !text.is_empty()));
        let rows = tx.seat_views(&permit, which, paging.after()?, paging.rows()).await?;
        let may = |p: &SeatView| {
            tx.may_account::<app::reading::tx::act::UserUpdate>(&tenant, p.user, p.administrator)
        };
        let rows: Vec<_> = rows.into_iter().map(|person| (may(&person), person)).collect();
        tx.finish().await?;
        Ok::<_, AppError>((tenant, seat, rows))
    };
    let (tenant, seat, rows) = read.await?;
    let (rows, next) = paging.page(list, rows, |(_, p)| (p.key.clone(), p.user));
    let path = format!("/customers/{id}/seats/{}", encoded(plan));
    let mut frame = visit.frame.clone();
    frame.trail = customers::trail(id, &tenant.name);
    frame.trail.push((say("customer-services"), format!("/customers/{id}/services")));
    let tab = |name: &str, who: &str, of: Deed| Tab {
        name: say(name),
        href: format!("{path}?who={who}"),
        here: of == deed,
    };
    let page = Page {
        frame,
        plan: seat.plan.name.clone(),
        service: seat.instance.name.clone(),
        price: money(seat.plan.price.as_ref()),
        tabs: vec![tab("seats-with", "with", Deed::Take), tab("seats-without", "without", Deed::Give)],
        deed: code(deed),
        may: rows.iter().any(|(may, _)| *may),
        rows: rows.iter().map(|(may, person)| row(person, *may, seat.plan.version)).collect(),
        next: next.map(|cursor| query.with(&path, "after", &cursor)),
        path,
        search,
        form,
    };
    visit.page(status, &page)
}

const fn code(deed: Deed) -> &'static str {
    match deed {
        Deed::Give => "give",
        Deed::Take => "take",
    }
}

fn row(of: &SeatView, may: bool, newest: i32) -> Row {
    Row {
        id: of.user.to_string(),
        href: format!("/people/{}", of.user),
        name: of.display_name.clone(),
        login: of.principal_name.clone(),
        since: of.since.map(speech::instant),
        version: of.version.filter(|v| *v != newest).map(|v| number(v.into())),
        by_bundle: of.subscription.is_some() && !of.direct,
        may,
    }
}

/// What is to be agreed to.
#[derive(Template)]
#[template(path = "seats_sure.html")]
struct Sure {
    frame: Frame,
    title: String,
    path: String,
    back: String,
    deed: &'static str,
    people: i64,
    named: String,
    more: Option<String>,
    consequences: Vec<String>,
    quotas: Vec<Bound>,
    nobody: bool,
    form: Form,
    ids: Vec<String>,
    all: bool,
    search: String,
}

/// Asks first, then gives or takes.
pub async fn change(
    Path((id, plan, deed)): Path<(String, String, String)>,
    posted: Posted,
) -> Result<Response, Refusal> {
    let visit = &posted.visit;
    let id: TenantId = id.parse().map_err(|_| Refusal::no_page())?;
    let deed = match deed.as_str() {
        "give" => Deed::Give,
        "take" => Deed::Take,
        _ => return Err(Refusal::no_page()),
    };
    let chosen = match posted.field("all") {
        "" => {
            let ids = posted.all("people").map(str::parse::<UserId>).collect::<Result<Vec<_>, _>>();
            let mut ids = ids.map_err(|_| Refusal::no_page())?;
            ids.sort_unstable();
            ids.dedup();
            Chosen::People(ids)
        }
        _ => Chosen::All(given(posted.field("q"))),
    };
    let (app, caller) = (&visit.surface.app, visit.person()?);
    let back = || {
        let who = if deed == Deed::Give { "without" } else { "with" };
        Pairs::of("who", who).and("q", posted.field("q"))
    };
    // The act first, so that it is on record where it is denied; what it comes to is shown before it,
    // and again beside what refused it.
    let refused = match posted.field("sure") {
        "" => None,
        _ => match use_cases::change(app, caller, id, &plan, (deed, &chosen), &visit.cause).await {
            Ok(done) => {
                let to = match done.request {
                    Some(request) => format!("/status/requests/{request}?done=seats-{}", code(deed)),
                    None => {
                        back().with(&format!("/customers/{id}/seats/{}", encoded(&plan)), "done", "nobody")
                    }
                };
                return Ok(Redirect::to(&to).into_response());
            }
            Err(error) => Some(error),
        },
    };
    let again = |error| {
        Form::again(&posted, error).map(|f| (StatusCode::UNPROCESSABLE_ENTITY, f.gathered("", "people")))
    };
    match use_cases::preview(app, caller, id, &plan, (deed, &chosen)).await {
        Ok(preview) => {
            let shown = match refused {
                None => (StatusCode::OK, Form::default()),
                Some(error) => again(named(error, &preview))?,
            };
            sure(&posted, (id, &plan), &preview, (deed, &chosen), shown, &back())
        }
        Err(error) => page(visit, (id, &plan), deed, &back(), again(refused.unwrap_or(error))?).await,
    }
}

/// What a quota refuses, by the names of what it is about, as the page has them.
fn named(error: AppError, of: &SeatsPreview) -> AppError {
    let AppError::Invalid(mut errors) = error else { return error };
    let plan = &of.seat.plan;
    let known = [
        ("whose", of.customer.0.clone(), &of.customer.1),
        ("quota", format!("service {}", plan.service_code), &plan.service_name),
        ("quota", format!("plan {}", plan.code), &plan.name),
    ];
    for error in &mut errors {
        for (arg, code, name) in &known {
            if let Some(said) = error.args.get_mut(*arg).filter(|said| **said == *code) {
                said.clone_from(name);
            }
        }
    }
    AppError::Invalid(errors)
}

fn sure(
    posted: &Posted,
    (id, plan): (TenantId, &str),
    of: &SeatsPreview,
    (deed, chosen): (Deed, &Chosen),
    (status, form): (StatusCode, Form),
    back: &Pairs,
) -> Result<Response, Refusal> {
    let visit = &posted.visit;
    let name = &of.seat.plan.name;
    let path = format!("/customers/{id}/seats/{}", encoded(plan));
    let mut frame = visit.frame.clone();
    frame.trail = customers::trail(id, &of.customer.1);
    frame.trail.push((say("customer-services"), format!("/customers/{id}/services")));
    frame.trail.push((name.clone(), path.clone()));
    let names = BTreeMap::from([
        (of.seat.plan.code.clone(), name.clone()),
        (of.seat.plan.service_code.clone(), of.seat.plan.service_name.clone()),
    ]);
    let title = if deed == Deed::Give { "seats-give-title" } else { "seats-take-title" };
    let ids = match chosen {
        Chosen::People(ids) => ids.iter().map(ToString::to_string).collect(),
        Chosen::All(_) => Vec::new(),
    };
    let page = Sure {
        frame,
        title: say_with(title, &[("plan", name.into())]),
        back: back.with(&path, "done", ""),
        path: format!("{path}/{}", code(deed)),
        deed: code(deed),
        people: count(of.people),
        more: (of.people > of.named.len()).then(|| number(count(of.people - of.named.len()))),
        named: of.named.join(", "),
        consequences: consequences(of, deed),
        quotas: of.quotas.iter().map(|of| bound(of, &names)).collect(),
        nobody: of.people == 0,
        form,
        ids,
        all: matches!(chosen, Chosen::All(_)),
        search: posted.field("q").to_owned(),
    };
    visit.page(status, &page)
}

fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// What it comes to, one sentence each.
fn consequences(of: &SeatsPreview, deed: Deed) -> Vec<String> {
    let n = |n: usize| ("n", n.into());
    let mut all = vec![match deed {
        Deed::Give => say_with("seats-give-licences", &[n(of.people)]),
        Deed::Take => say_with("seats-take-licences", &[n(of.people)]),
    }];
    if let Some(price) = of.seat.plan.price.as_ref().filter(|_| of.people > 0) {
        let total =
            Money { minor: price.minor.saturating_mul(count(of.people)), currency: price.currency.clone() };
        let id = if deed == Deed::Give { "seats-give-price" } else { "seats-take-price" };
        all.push(say_with(id, &[("price", money(Some(&total)).into())]));
    }
    if deed == Deed::Take && of.people > 0 {
        all.push(say("seats-take-groups"));
    }
    if of.kept > 0 {
        all.push(say_with("seats-kept", &[n(of.kept)]));
    }
    if of.left_out > 0 {
        all.push(say_with("seats-left-out", &[n(of.left_out)]));
    }
    all
}
