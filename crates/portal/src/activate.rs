//! A person opens a one-time link and chooses a password.

use app::{
    AppError,
    activations::{self as links, LinkState},
    reading::activations::{Activation, Purpose},
};
use askama::Template;
use axum::{
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use domain::mail::Mailing;
use web::{
    speech::{self, say, say_with},
    texts,
};

use crate::{
    context::{Frame, Posted, Visit},
    forms::Form,
    passwords,
    refusal::Refusal,
};

#[derive(Template)]
#[template(path = "activate.html")]
struct Page<'a> {
    frame: Frame,
    title: String,
    /// Why the person has the link, or why it does not work.
    why: String,
    name: &'a str,
    login: &'a str,
    until: String,
    refused: Option<(String, String)>,
    form: Form,
    rules: Vec<String>,
    step: Step,
    /// Whether a new link can be mailed.
    mailed: bool,
}

#[derive(Clone, Copy)]
enum Step {
    Choose,
    Pending,
    Done,
    Expired,
}

/// How far the link is, with the form when a password can be chosen.
pub async fn show(Path(token): Path<String>, visit: Visit) -> Result<Response, Refusal> {
    let activation = links::look_at(&visit.surface.app, &token, visit.host()).await?;
    visit.follow(&activation.language, &activation.time_zone);
    page(&visit, &activation, None).await
}

/// Why a link of this purpose is there, and how the page is called on which it is used.
const fn titles(purpose: Purpose) -> (&'static str, &'static str) {
    match purpose {
        Purpose::Activation => ("link-activation", "activate-choose"),
        Purpose::Reset => ("link-reset", "activate-new-one"),
        Purpose::Forgotten => ("link-forgotten", "activate-new-one"),
        Purpose::Change => ("link-change", "activate-again"),
    }
}

async fn page(visit: &Visit, activation: &Activation, wrong: Option<Form>) -> Result<Response, Refusal> {
    let app = &visit.surface.app;
    let state = links::state(activation);
    let mut frame = visit.frame.clone();
    // Nobody is meant to be signed in here as somebody else.
    frame.person = None;
    let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let problem = activation.request.as_ref().and_then(|(_, _, problem)| problem.as_ref());
    let refused = problem.filter(|_| state == LinkState::Failed && wrong.is_none()).map(|problem| {
        let text = texts::problem(problem, false);
        (text.what, text.cure)
    });
    let until = speech::instant(activation.expires_at);
    let (why, choose) = titles(activation.purpose);
    let (title, why, step) = match state {
        LinkState::Open => (choose, say(why), Step::Choose),
        LinkState::Failed => ("activate-again", say(why), Step::Choose),
        LinkState::Pending => {
            frame.refresh_seconds = Some(1);
            ("activate-pending", String::new(), Step::Pending)
        }
        LinkState::Done => ("activate-done", String::new(), Step::Done),
        LinkState::Expired if activation.expires_at <= app.now() => {
            ("activate-expired", say_with("link-over", &[("until", until.as_str().into())]), Step::Expired)
        }
        LinkState::Expired => ("activate-expired", say("link-replaced"), Step::Expired),
    };
    let rules = match step {
        Step::Choose => passwords::rules(&links::rules(app, activation).await?, activation.object.is_some()),
        _ => Vec::new(),
    };
    let page = Page {
        frame,
        title: say(title),
        why,
        name: &activation.display_name,
        login: &activation.principal_name,
        until,
        refused,
        form: wrong.unwrap_or_default(),
        rules,
        step,
        mailed: app.mailing() != Mailing::Off,
    };
    visit.page(status, &page)
}

/// Sends the chosen password on its way, then shows how far it is.
pub async fn choose(Path(token): Path<String>, posted: Posted) -> Result<Response, Refusal> {
    let visit = &posted.visit;
    visit.attempt()?;
    let app = &visit.surface.app;
    let activation = links::look_at(app, &token, visit.host()).await?;
    // There is such a link.
    visit.was_right();
    visit.follow(&activation.language, &activation.time_zone);
    let password = match passwords::twice(&posted) {
        Ok(password) => password,
        Err(form) => return page(visit, &activation, Some(form)).await,
    };
    match links::choose(app, &token, password, &visit.cause).await {
        Err(error @ AppError::Invalid(_)) => {
            page(visit, &activation, Some(Form::again(&posted, error)?)).await
        }
        // Used meanwhile, or too old by now: the page says so.
        Err(AppError::Conflict(_)) | Ok(_) => Ok(Redirect::to(&format!("/activate/{token}")).into_response()),
        Err(error) => Err(error.into()),
    }
}
