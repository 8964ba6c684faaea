//! Every component in every state, as new pages are to use them. For staff of the provider; part
//! of the browser tests, so that a change that breaks one is seen before a page has it.

use app::reading::figures::{DayFigure, Figures};
use askama::Template;
use axum::{http::StatusCode, response::Response};
use domain::request::{ItemState, RequestState};
use jiff::ToSpan as _;
use web::speech::{self, ago, say};

use crate::{
    chart::{self, Chart, Time},
    context::{Frame, Theme, Visit},
    forms::{Choice, Form},
    query::Pairs,
    refusal::Refusal,
    view::{self, Tab},
};

/// Name, state and tone of a thing.
type Named = (String, String, &'static str);

#[derive(Template)]
#[template(path = "design.html")]
struct Design {
    frame: Frame,
    themes: Vec<(&'static str, String, bool)>,
    tabs: Vec<Tab>,
    tones: Vec<Named>,
    requests: Vec<view::Request>,
    steps: Vec<view::Item>,
    retry: Option<String>,
    r: view::Request,
    complete: bool,
    rows: Vec<(String, String, String, &'static str)>,
    empty: Form,
    wrong: Form,
    choices: Vec<Choice>,
    charts: Vec<Chart>,
    times: Vec<Tab>,
    no_charts: Vec<Chart>,
    one: i64,
    two: i64,
}

/// The page, for whoever belongs to the provider; nobody else knows of it.
pub async fn show(visit: Visit, query: Pairs) -> Result<Response, Refusal> {
    let caller = visit.person()?;
    let read = async {
        let mut tx = visit.surface.app.read(caller).await?;
        let own = tx.is_provider_staff().await?;
        let now = tx.now();
        tx.finish().await?;
        Ok::<_, app::AppError>((own, now))
    };
    let (own, now) = read.await?;
    if !own || caller.grants.is_empty() {
        return Err(Refusal::no_page());
    }
    let mut frame = visit.frame.clone();
    frame.trail = vec![(say("home-title"), "/home".to_owned()), (say("design-parts"), "/design".to_owned())];
    frame.toast = Some(say("done-saved"));
    let time = Time::of(&query);
    let today = chart::today(now);
    let page = Design {
        themes: [Theme::Auto, Theme::Light, Theme::Dark]
            .map(|theme| (theme.code(), say(&format!("theme-{}", theme.code())), theme == frame.theme))
            .to_vec(),
        frame,
        tabs: tabs(),
        tones: tones(),
        requests: requests(now),
        steps: steps(),
        retry: Some("/design".to_owned()),
        r: request(now, RequestState::CompleteWithProblems, 62, 9),
        complete: false,
        rows: rows(),
        empty: Form::default(),
        wrong: wrong(),
        choices: choices(),
        charts: chart::of(&figures(today), time, today, true),
        times: time.tabs(&query, "/design"),
        no_charts: chart::of(&Figures::default(), time, today, false),
        one: 1,
        two: 2,
    };
    visit.page(StatusCode::OK, &page)
}

fn tabs() -> Vec<Tab> {
    let tab = |id: &str, here| Tab { name: say(id), href: "/design".to_owned(), here };
    vec![tab("customer-overview", true), tab("customer-people", false), tab("customer-groups", false)]
}

/// Every state there is a word for.
fn tones() -> Vec<Named> {
    let request = |state: RequestState| {
        let (word, tone) = view::request_state(state);
        (say("design-request"), word, tone)
    };
    let item = |state: ItemState| {
        let (word, tone) = view::item_state(state);
        (say("design-step"), word, tone)
    };
    let states = [
        RequestState::Requested,
        RequestState::Running,
        RequestState::Parked,
        RequestState::Complete,
        RequestState::CompleteWithProblems,
        RequestState::Failed,
    ];
    states.into_iter().map(request).chain(ItemState::ALL.into_iter().map(item)).collect()
}

fn request(now: jiff::Timestamp, state: RequestState, done: i64, failed: i64) -> view::Request {
    let (word, tone) = view::request_state(state);
    let count = |id: &str| {
        speech::say_with(id, &[("done", done.into()), ("total", 100_i64.into()), ("failed", failed.into())])
    };
    let at = now - jiff::SignedDuration::from_mins(7);
    view::Request {
        id: String::new(),
        title: say("title-order"),
        subject: say("design-customer"),
        tenant: say("design-customer"),
        actor: Some(say("design-person")),
        state: word,
        tone,
        progress: count(if failed > 0 { "progress-failed" } else { "progress" }),
        done_percent: done,
        failed_percent: failed,
        at: at.to_string(),
        ago: ago(at, now),
    }
}

fn requests(now: jiff::Timestamp) -> Vec<view::Request> {
    [
        (RequestState::Requested, 0, 0),
        (RequestState::Running, 35, 0),
        (RequestState::Parked, 35, 0),
        (RequestState::Complete, 100, 0),
        (RequestState::CompleteWithProblems, 96, 4),
        (RequestState::Failed, 0, 100),
    ]
    .into_iter()
    .map(|(state, done, failed)| request(now, state, done, failed))
    .collect()
}

fn steps() -> Vec<view::Item> {
    let problem = domain::problem::Problem::new(domain::problem::ProblemCode::NameTaken)
        .with("attribute", "logon_name")
        .with("value", "ada_acme")
        .said("00002071: entryAlreadyExists");
    let step = |state: ItemState, kind: &str| {
        let (word, tone) = view::item_state(state);
        let failed = state == ItemState::Failed;
        view::Item {
            name: say("design-person"),
            kind: say(kind),
            state: word,
            tone,
            attempts: if failed { 3 } else { 1 },
            problem: failed.then(|| view::problem(&problem, true)),
            fix: failed.then(|| "/design".to_owned()),
        }
    };
    vec![
        step(ItemState::Verified, "kind-container"),
        step(ItemState::Running, "kind-group"),
        step(ItemState::Failed, "kind-user"),
        step(ItemState::Requested, "kind-member"),
    ]
}

fn rows() -> Vec<(String, String, String, &'static str)> {
    let row = |n: i64, id: &str, tone| (say("design-person"), speech::number(n), say(id), tone);
    vec![
        row(12, "person-active", "good"),
        row(3_200, "person-disabled", "wait"),
        row(1_000_000, "person-not-activated", ""),
    ]
}

/// A form as it comes back.
fn wrong() -> Form {
    let values = [("given_name", "Ada"), ("mail", "no address"), ("plans", "two"), ("manager", "two")];
    Form::of(values.map(|(name, value)| (name, Some(value))))
        .with_error("mail", &speech::say_with("rule-format", &[("expected", "ada@acme.example".into())]))
        .with_error("surname", &say("rule-required"))
        .with_error("plans", &speech::say_with("rule-too_many", &[("max", 1_i64.into())]))
}

fn choices() -> Vec<Choice> {
    let choice = |code: &str, n: i64| Choice {
        code: code.to_owned(),
        name: say("field-plan"),
        hint: speech::say_with("order-price-person", &[("price", speech::money(n, "EUR").into())]),
    };
    vec![choice("one", 2_900), choice("two", 14_950)]
}

/// A time in which much happens on some days, and once something goes wrong.
fn figures(today: jiff::civil::Date) -> Figures {
    let day = |back: i64, people, verified, failed| DayFigure {
        day: today.saturating_sub(back.days()),
        customers: 1,
        people,
        verified,
        failed,
    };
    let days = vec![
        day(27, 20, 44, 0),
        day(20, 115, 240, 3),
        day(19, -4, 8, 0),
        day(11, 60, 130, 0),
        day(4, 240, 610, 12),
        day(1, 12, 30, 0),
        day(0, 3, 9, 1),
    ];
    Figures { customers_before: 40, people_before: 1_200, days }
}
