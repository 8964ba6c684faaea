//! What happened to somebody: who did what when, and what it changed.

use std::collections::BTreeMap;

use app::{
    AppError,
    reading::history::{Actor, Changed, Happened},
};
use askama::Template;
use axum::{extract::Path, http::StatusCode, response::Response};
use domain::id::{EventId, UserId};
use jiff::Timestamp;
use web::{
    paging::Paging,
    speech::{self, say, say_with},
    texts,
};

use crate::{
    context::{Frame, Visit},
    customers,
    query::Pairs,
    refusal::Refusal,
    view::{Moment, value_name},
};

const LIST: &str = "history";

/// Something that happened.
struct Event {
    when: Moment,
    what: String,
    done: bool,
    who: String,
    changes: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "person_history.html")]
struct Page {
    frame: Frame,
    name: String,
    events: Vec<Event>,
    older: Option<String>,
    newest: Option<String>,
}

/// The page.
pub async fn show(visit: Visit, Path(id): Path<String>, query: Pairs) -> Result<Response, Refusal> {
    let id: UserId = id.parse().map_err(|_| Refusal::no_page())?;
    let (app, caller) = (&visit.surface.app, visit.person()?);
    let paging = Paging::new(LIST, None, query.given("after"))?;
    let before = paging.after_id::<EventId>()?;
    let read = async {
        let mut tx = app.read(caller).await?;
        let user = tx.user(id).await?;
        let tenant = tx.tenant(user.tenant).await?;
        let events = tx.history(&tenant, &user, before, paging.rows()).await?;
        let plans = tx.plans(&tenant.currency).await?;
        tx.finish().await?;
        let plans = plans.into_iter().map(|plan| (plan.code, plan.name)).collect();
        Ok::<_, AppError>((user, tenant, events, plans))
    };
    let (user, tenant, events, plans) = read.await?;
    let (events, next) = paging.page(LIST, events, |event| (String::new(), event.id));
    let mut frame = visit.frame.clone();
    frame.trail = customers::trail(tenant.id, &tenant.name);
    frame.trail.push((say("customer-people"), format!("/customers/{}/people", tenant.id)));
    frame.trail.push((user.display_name.clone(), format!("/people/{id}")));
    let (path, now) = (format!("/people/{id}/history"), app.now());
    let page = Page {
        frame,
        name: user.display_name,
        events: events.into_iter().map(|happened| event(happened, &plans, now)).collect(),
        older: next.map(|cursor| Pairs::default().with(&path, "after", &cursor)),
        newest: before.is_some().then_some(path),
    };
    visit.page(StatusCode::OK, &page)
}

/// Values that are ids, which say nothing to people.
const IDS: [&str; 3] = ["scope", "moved_to", "moved_from"];

/// `plans` are the names of plans by their codes.
fn event(of: Happened, plans: &BTreeMap<String, String>, now: Timestamp) -> Event {
    let id = format!("event-{}", of.code.replace('.', "-"));
    Event {
        when: Moment::of(of.at, now),
        what: if speech::has(&id) { say(&id) } else { of.code },
        done: of.done,
        who: match of.actor {
            Actor::Person(_, name) => name,
            Actor::Hidden => say("history-somebody"),
            Actor::System => say("history-system"),
        },
        changes: of
            .changes
            .into_iter()
            .filter(|change| !IDS.contains(&change.field.as_str()))
            .map(|changed| change(changed, plans))
            .collect(),
    }
}

/// What a value is called, and what became of it.
fn change(of: Changed, plans: &BTreeMap<String, String>) -> (String, String) {
    let name = value_name(&of.field);
    let word = |value: String| word(&of.field, value, plans);
    let text = match (of.is_hidden, of.before.map(word), of.after.map(word)) {
        (true, ..) => say("history-hidden"),
        (_, None, Some(after)) => after,
        (_, Some(before), None) => say_with("history-removed", &[("before", before.into())]),
        (_, Some(before), Some(after)) => {
            say_with("history-changed", &[("before", before.into()), ("after", after.into())])
        }
        (_, None, None) => say("history-emptied"),
    };
    (name, text)
}

/// A value as people read it: of roles and plans, which events have as code and version, the name.
fn word(field: &str, value: String, plans: &BTreeMap<String, String>) -> String {
    let (code, version) = value.split_once('/').unwrap_or((&value, ""));
    match (field, value.as_str()) {
        (_, "true") => say("history-yes"),
        (_, "false") => say("history-no"),
        ("role", _) if !version.is_empty() => texts::role(code),
        ("plan", _) => match plans.get(code) {
            Some(name) => format!("{name}, {}", say_with("seats-version", &[("version", version.into())])),
            None => value,
        },
        _ => value,
    }
}
