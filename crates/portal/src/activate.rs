//! A person opens a one-time link and chooses a password.

use app::{
    AppError,
    activations::{self as links, LinkState},
    reading::activations::Activation,
};
use askama::Template;
use axum::{
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use web::{
    speech::{self, say},
    texts,
};

use crate::{
    context::{Frame, Posted, Visit},
    refusal::Refusal,
};

#[derive(Template)]
#[template(path = "activate.html")]
struct Page<'a> {
    frame: Frame,
    title: String,
    name: &'a str,
    login: &'a str,
    until: String,
    refused: Option<(String, String)>,
    step: Step,
}

enum Step {
    Choose { wrong: Option<String> },
    Pending,
    Done,
    Expired,
}

/// How far the link is, with the form when a password can be chosen.
pub async fn show(Path(token): Path<String>, visit: Visit) -> Result<Response, Refusal> {
    let activation = links::look_at(&visit.surface.app, &token, visit.host()).await?;
    visit.follow(&activation.language, &activation.time_zone);
    page(&visit, &activation, None)
}

fn page(visit: &Visit, activation: &Activation, wrong: Option<String>) -> Result<Response, Refusal> {
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
    let (title, step) = match state {
        LinkState::Open => ("activate-choose", Step::Choose { wrong }),
        LinkState::Failed => ("activate-again", Step::Choose { wrong }),
        LinkState::Pending => {
            frame.refresh_seconds = Some(1);
            ("activate-pending", Step::Pending)
        }
        LinkState::Done => ("activate-done", Step::Done),
        LinkState::Expired => ("activate-expired", Step::Expired),
    };
    let page = Page {
        frame,
        title: say(title),
        name: &activation.display_name,
        login: &activation.principal_name,
        until: speech::instant(activation.expires_at),
        refused,
        step,
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
    let password = posted.field("password");
    if password != posted.field("again") {
        return page(visit, &activation, Some(say("activate-differ")));
    }
    match links::choose(app, &token, password, &visit.cause).await {
        Err(AppError::Invalid(errors)) => {
            let wrong: Vec<_> = errors.iter().map(texts::field_error).collect();
            page(visit, &activation, Some(wrong.join(" ")))
        }
        // Used meanwhile, or too old by now: the page says so.
        Err(AppError::Conflict(_)) | Ok(_) => Ok(Redirect::to(&format!("/activate/{token}")).into_response()),
        Err(error) => Err(error.into()),
    }
}
