//! The same done to people of several customers: what and to whom, what that comes to for each
//! customer, and how far they are.

use app::{
    AppError,
    bulk::{self as use_cases, All, Series, Shown},
    error::Conflict,
    reading::users::UserSearch,
};
use askama::Template;
use axum::{
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use domain::{
    bulk::{Act, BulkState, RowState},
    field::{FieldError, Rule},
    id::{BulkId, TenantId},
    list::{Standing, one_of},
};
use web::{
    speech::{self, number, say, say_with},
    texts,
};

use super::{
    deeds::{self, Deeds},
    progress,
};
use crate::{
    context::{Frame, Posted, Visit},
    forms::{Choice, Form},
    people::standing_name,
    query::Pairs,
    refusal::Refusal,
};

#[derive(Template)]
#[template(path = "series_new.html")]
struct New {
    frame: Frame,
    /// The tenant below which the customers are.
    below: String,
    name: String,
    standings: Vec<Choice>,
    plans: Vec<Choice>,
    deeds: Deeds,
    form: Form,
}

/// What is done to whom.
pub async fn new(visit: Visit, query: Pairs) -> Result<Response, Refusal> {
    ask(&visit, query.given("below"), (StatusCode::OK, Form::default())).await
}

async fn ask(
    visit: &Visit,
    below: Option<&str>,
    (status, form): (StatusCode, Form),
) -> Result<Response, Refusal> {
    let caller = visit.person()?;
    let below = match below {
        Some(id) => id.parse().map_err(|_| Refusal::no_page())?,
        None => caller.tenant,
    };
    let read = async {
        let mut tx = visit.surface.app.read(caller).await?;
        let tenant = tx.tenant(below).await?;
        let plans = tx.plans(&tenant.currency).await?;
        let deeds = Deeds::read(visit, &mut tx, &tenant, &plans).await?;
        tx.finish().await?;
        Ok::<_, AppError>((tenant, plans, deeds))
    };
    let (tenant, plans, deeds) = read.await?;
    let deeds = deeds.ok_or_else(Refusal::no_page)?;
    let choice = |code: &str, name: String| Choice { code: code.to_owned(), name, hint: String::new() };
    let standing = |of: &Standing| choice(of.code(), standing_name(*of));
    let plan = |plan: &app::reading::catalogue::Plan| choice(&plan.code, plan.name.clone());
    let any = |id: &str| vec![choice("", say(id))];
    let page = New {
        frame: visit.frame.clone(),
        below: tenant.id.to_string(),
        name: tenant.name,
        standings: any("list-any-standing").into_iter().chain(Standing::ALL.iter().map(standing)).collect(),
        plans: any("list-any-plan")
            .into_iter()
            .chain(plans.iter().filter(|plan| plan.per_user).map(plan))
            .collect(),
        form: form.named(deeds.labels()),
        deeds,
    };
    visit.page(status, &page)
}

/// Shows what it would come to.
pub async fn preview(posted: Posted) -> Result<Response, Refusal> {
    let visit = &posted.visit;
    let (app, caller) = (&visit.surface.app, visit.person()?);
    let below: TenantId = posted.field("below").parse().map_err(|_| Refusal::no_page())?;
    let some = |name: &str| Some(posted.field(name)).filter(|text| !text.is_empty());
    let standing =
        some("standing").map(|code| one_of("standing", code, &Standing::ALL, Standing::code)).transpose();
    let (errors, place) = match (deeds::chosen(&posted), standing) {
        (Ok((deed, place)), Ok(standing)) => {
            let which = UserSearch {
                search: some("q"),
                state: None,
                standing,
                plan: some("plan"),
                department: some("department"),
                fields: &[],
            };
            match use_cases::act_across(app, caller, below, (deed, which), &visit.cause).await {
                Ok(series) => return Ok(to(series.id, "")),
                Err(AppError::Invalid(errors)) => (errors, place),
                Err(error) => return Err(error.into()),
            }
        }
        (deed, standing) => (deed.err().into_iter().chain(standing.err()).collect(), String::new()),
    };
    let wrong = |error: FieldError| match error.field.as_str() {
        "people" | "deed" | "below" | "standing" => error,
        field if field.starts_with("with.") => error,
        _ => FieldError { field: place.clone(), ..error },
    };
    let errors: Vec<_> = errors.into_iter().map(wrong).collect();
    let nobody = errors.iter().any(|error| error.field == "people" && error.rule == Rule::Required);
    let form = Form::sent(&posted).wrong_with(&errors).renamed("people", "q");
    let form = if nobody { form.instead("q", &say("series-nobody")) } else { form };
    ask(visit, Some(posted.field("below")), (StatusCode::UNPROCESSABLE_ENTITY, form)).await
}

/// One customer.
struct Row {
    href: String,
    customer: String,
    state: String,
    tone: &'static str,
    people: String,
    done: String,
    wrong: String,
    price: String,
}

#[derive(Template)]
#[template(path = "series.html")]
struct Page {
    frame: Frame,
    title: String,
    about: String,
    path: String,
    refused: Option<String>,
    figures: Vec<(String, String)>,
    prices: Vec<String>,
    rows: Vec<Row>,
    /// What can be said of some of them.
    acts: Vec<Button>,
    /// Something can be begun.
    may_begin: bool,
    /// It moves; whether somebody follows that.
    following: Option<bool>,
}

/// A way on.
struct Button {
    what: &'static str,
    name: String,
    tone: &'static str,
}

/// What it comes to for each customer, and how far they are.
pub async fn show(visit: Visit, Path(id): Path<String>, query: Pairs) -> Result<Response, Refusal> {
    let id: BulkId = id.parse().map_err(|_| Refusal::no_page())?;
    page(&visit, id, (StatusCode::OK, None), query.given("follow").is_some()).await
}

async fn page(
    visit: &Visit,
    id: BulkId,
    (status, refused): (StatusCode, Option<String>),
    follow: bool,
) -> Result<Response, Refusal> {
    let series = use_cases::followed_series(&visit.surface.app, visit.person()?, id).await?;
    let all = &series.all;
    let is = |state: BulkState| all.iter().any(|one| one.bulk.state == state);
    let sum = |count: &dyn Fn(&Shown) -> i64| all.iter().map(count).sum::<i64>();
    let is_running = is(BulkState::Running) || all.iter().any(|one| !progress::is_settled(one));
    let mut frame = visit.frame.clone();
    frame.refresh_seconds = (is_running && follow).then_some(3);
    let page = Page {
        frame,
        title: all.first().map(|one| super::title(&one.bulk)).unwrap_or_default(),
        about: about(&series),
        path: format!("/series/{id}"),
        refused,
        figures: vec![
            (say("series-customers"), number(i64::try_from(all.len()).unwrap_or(i64::MAX))),
            (say("series-people"), number(sum(&Shown::changing))),
            (say("bulk-row-done"), number(sum(&|one| one.in_state(RowState::Done)))),
            (say("series-wrong"), number(sum(&wrong))),
        ],
        prices: prices(&series),
        rows: all.iter().map(row).collect(),
        acts: acts(all),
        may_begin: all.iter().any(|one| one.bulk.state == BulkState::Previewed && one.changing() > 0),
        following: is_running.then_some(follow),
    };
    visit.page(status, &page)
}

/// What can be said of some of them, what matters most first.
fn acts(all: &[Shown]) -> Vec<Button> {
    let is = |states: &[BulkState]| all.iter().any(|one| states.contains(&one.bulk.state));
    let begin =
        all.iter().filter(|one| one.bulk.state == BulkState::Previewed).map(Shown::changing).sum::<i64>();
    let removes = all.iter().any(|one| one.count(Act::Remove) > 0);
    let taken_back = |one: &&Shown| {
        let over = matches!(one.bulk.state, BulkState::Done | BulkState::Cancelled);
        over && one.bulk.undone_by.is_none() && one.in_state(RowState::Done) > 0
    };
    let some = [
        (begin > 0, "run", say_with("bulk-run", &[("n", begin.into())]), if removes { "danger" } else { "" }),
        (is(&[BulkState::Paused]), "resume", say("bulk-resume"), ""),
        (is(&[BulkState::Running]), "pause", say("bulk-pause"), "quiet"),
        (all.iter().any(|one| taken_back(&one)), "undo", say("bulk-undo"), "quiet"),
        (
            is(&[BulkState::Previewed, BulkState::Running, BulkState::Paused]),
            "cancel",
            say(if begin > 0 { "bulk-discard" } else { "bulk-cancel" }),
            "quiet",
        ),
    ];
    let button = |(may, what, name, tone): (bool, &'static str, String, &'static str)| {
        may.then_some(Button { what, name, tone })
    };
    some.into_iter().filter_map(button).collect()
}

/// Rows of which nothing will or could be done.
fn wrong(of: &Shown) -> i64 {
    of.count(Act::Error) + of.count(Act::Conflict) + of.in_state(RowState::Failed)
}

/// With what it is done, and when it was asked for.
fn about(series: &Series) -> String {
    let Some(first) = series.all.first() else { return String::new() };
    let with = first.ask.deed.as_ref().map(|deed| match deed {
        domain::bulk::Deed::Set { field, value } => {
            let value = value.clone().unwrap_or_else(|| say("history-emptied"));
            format!("{}: {value}", super::names::column(field))
        }
        other => other.with().to_owned(),
    });
    let parts = with.into_iter().filter(|with| !with.is_empty());
    parts.chain([speech::instant(first.bulk.created_at)]).collect::<Vec<_>>().join(" · ")
}

/// By how much the price of a month changes, for each currency.
fn prices(series: &Series) -> Vec<String> {
    let mut sums = std::collections::BTreeMap::<&str, i64>::new();
    for one in &series.all {
        *sums.entry(one.foreseen.currency.as_str()).or_default() += one.foreseen.month_minor;
    }
    let said = |(currency, minor): (&str, i64)| {
        let id = if minor > 0 { "bulk-price-more" } else { "bulk-price-less" };
        say_with(id, &[("price", speech::money(minor.abs(), currency).into())])
    };
    sums.into_iter().filter(|(_, minor)| *minor != 0).map(said).collect()
}

fn row(of: &Shown) -> Row {
    let (state, tone) = super::state_of(of);
    let figure = |n: i64| if n == 0 { String::new() } else { number(n) };
    let price = of.foreseen.month_minor;
    Row {
        href: format!("/bulk/{}", of.bulk.id),
        customer: of.tenant.name.clone(),
        state,
        tone,
        people: number(of.changing()),
        done: figure(of.in_state(RowState::Done)),
        wrong: figure(wrong(of)),
        price: if price == 0 { String::new() } else { speech::money(price, &of.foreseen.currency) },
    }
}

/// Begins, pauses, goes on with, cancels or takes back all of which that can be said.
pub async fn turn(Path((id, what)): Path<(String, String)>, posted: Posted) -> Result<Response, Refusal> {
    let visit = &posted.visit;
    let id: BulkId = id.parse().map_err(|_| Refusal::no_page())?;
    let (app, caller) = (&visit.surface.app, visit.person()?);
    let all = match what.as_str() {
        "run" => Some(All::Run),
        "pause" => Some(All::Pause),
        "resume" => Some(All::Resume),
        "cancel" => Some(All::Cancel),
        "undo" => None,
        _ => return Err(Refusal::no_page()),
    };
    let done = match all {
        Some(all) => use_cases::turn_all(app, caller, id, all, &visit.cause).await,
        None => use_cases::undo_all(app, caller, id, &visit.cause).await,
    };
    match done {
        Ok(series) if all.is_none() => Ok(to(series.id, "")),
        Ok(series) => Ok(to(series.id, &format!("?done=bulk-{what}"))),
        Err(AppError::Conflict(conflict)) => {
            let said = match conflict {
                Conflict::NotUndoable => say("bulk-not-undoable"),
                other => texts::conflict(other).detail,
            };
            page(visit, id, (StatusCode::CONFLICT, Some(said)), false).await
        }
        Err(error) => Err(error.into()),
    }
}

fn to(id: BulkId, more: &str) -> Response {
    Redirect::to(&format!("/series/{id}{more}")).into_response()
}
