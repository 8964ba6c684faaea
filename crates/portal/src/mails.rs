//! Mails to people, for staff of the provider: what became of them, and how they read where
//! nothing is sent.

use app::{mails as use_cases, reading::mail::Mail};
use askama::Template;
use axum::{extract::Path, http::StatusCode, response::Response};
use domain::{
    id::MailId,
    mail::{Mailing, State},
};
use jiff::Timestamp;
use web::{
    paging::Paging,
    speech::{self, Language, ago, number, say},
    texts,
};

use crate::{
    context::{Frame, Visit},
    query::Pairs,
    refusal::Refusal,
    view::{self, Tab},
};

/// States by which the list is filtered, those that need somebody first.
const STATES: [State; 4] = [State::Failed, State::Requested, State::Sent, State::Kept];

/// A mail of the list.
struct Row {
    href: String,
    kind: String,
    to: String,
    tenant: String,
    state: String,
    tone: &'static str,
    at: String,
    ago: String,
    problem: Option<view::Problem>,
}

#[derive(Template)]
#[template(path = "mails.html")]
struct List {
    frame: Frame,
    mailing: &'static str,
    tabs: Vec<Tab>,
    rows: Vec<Row>,
    next: Option<String>,
    filtered: bool,
}

fn standing(state: State) -> (String, &'static str) {
    let tone = match state {
        State::Requested => "busy",
        State::Sent => "good",
        State::Failed => "bad",
        State::Kept => "wait",
    };
    (say(&format!("mail-state-{}", state.code())), tone)
}

/// Mails, the newest first.
pub async fn list(visit: Visit, query: Pairs) -> Result<Response, Refusal> {
    let app = &visit.surface.app;
    let state = query.given("state").and_then(State::from_code);
    let paging = Paging::new("mails", None, query.given("after"))?;
    let rows =
        use_cases::list(app, visit.person()?, state, paging.after_id::<MailId>()?, paging.rows()).await?;
    let (rows, next) = paging.page("mails", rows, |m| (String::new(), m.id));
    let tab = |name: String, code: &str, here| Tab {
        name,
        href: if code.is_empty() { "/mails".to_owned() } else { format!("/mails?state={code}") },
        here,
    };
    let mut tabs = vec![tab(say("all"), "", state.is_none())];
    tabs.extend(STATES.map(|s| tab(standing(s).0, s.code(), state == Some(s))));
    let now = app.now();
    let page = List {
        mailing: match app.mailing() {
            Mailing::Off => "off",
            Mailing::Send => "send",
            Mailing::Keep => "keep",
        },
        tabs,
        next: next.map(|cursor| query.with("/mails", "after", &cursor)),
        rows: rows.iter().map(|mail| row(mail, now)).collect(),
        filtered: state.is_some() || query.given("after").is_some(),
        frame: visit.frame.clone(),
    };
    visit.page(StatusCode::OK, &page)
}

fn row(of: &Mail, now: Timestamp) -> Row {
    let (state, tone) = standing(of.state);
    Row {
        href: format!("/mails/{}", of.id),
        kind: say(&format!("mail-kind-{}", of.kind.code())),
        to: of.message.as_ref().map_or_else(|| say("mails-gone"), |m| m.to.address.clone()),
        tenant: of.tenant.2.clone(),
        state,
        tone,
        at: of.created_at.to_string(),
        ago: ago(of.created_at, now),
        problem: of.problem.as_ref().map(|p| view::problem(p, true)),
    }
}

/// How a mail reads.
struct Letter {
    subject: String,
    lines: Vec<String>,
    link: String,
}

#[derive(Template)]
#[template(path = "mail.html")]
struct One {
    frame: Frame,
    row: Row,
    facts: Vec<(String, String)>,
    person: String,
    customer: String,
    gone: bool,
    letter: Option<Letter>,
}

/// One mail, with its sentences where they may be read.
pub async fn show(visit: Visit, Path(id): Path<String>) -> Result<Response, Refusal> {
    let app = &visit.surface.app;
    let id: MailId = id.parse().map_err(|_| Refusal::no_page())?;
    let mail = use_cases::show(app, visit.person()?, id).await?;
    let mut frame = visit.frame.clone();
    frame.trail = vec![(say("mails-title"), "/mails".to_owned())];
    let url = &visit.surface.public_url;
    let letter = mail.message.as_ref().filter(|_| use_cases::readable(app, &mail)).map(|message| {
        let text = texts::mail(message, url);
        let lines = text.plain.lines().map(str::to_owned).collect();
        Letter { subject: text.subject, lines, link: texts::mail_link(message, url) }
    });
    let page = One {
        frame,
        facts: facts(&mail),
        person: format!("/people/{}", mail.user),
        customer: format!("/customers/{}", mail.tenant.0),
        gone: mail.message.is_none(),
        row: row(&mail, app.now()),
        letter,
    };
    visit.page(StatusCode::OK, &page)
}

fn facts(of: &Mail) -> Vec<(String, String)> {
    let mut facts = Vec::new();
    if let Some(message) = &of.message {
        facts.push((say("mails-login"), message.to.login.clone()));
        let language = match Language::of_tag(&message.language) {
            Some(language) => language.name().to_owned(),
            None => message.language.clone(),
        };
        facts.push((say("language"), language));
        let brand = message.brand.as_ref().and_then(|brand| brand.name());
        facts.extend(brand.map(|name| (say("mails-brand"), name.to_owned())));
        facts.push((say("mails-until"), speech::instant(message.until)));
    }
    facts.push((say("mails-wanted"), speech::instant(of.created_at)));
    facts.extend(of.ended_at.map(|at| (say("mails-ended"), speech::instant(at))));
    facts.push((say("mails-tries"), number(of.attempts.into())));
    facts
}

#[cfg(test)]
mod tests {
    use domain::mail::{Kind, State};

    #[test]
    fn every_kind_and_state_of_a_mail_has_its_words() {
        let kinds = Kind::ALL.iter().map(|kind| format!("mail-kind-{}", kind.code()));
        let states = State::ALL.iter().map(|state| format!("mail-state-{}", state.code()));
        let missing: Vec<_> = kinds.chain(states).filter(|id| !web::speech::has(id)).collect();
        assert!(missing.is_empty(), "there is no {missing:?}");
    }
}
