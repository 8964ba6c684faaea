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
use web::texts;

use crate::{
    context::{Frame, Posted, Visit},
    refusal::Refusal,
    view,
};

#[derive(Template)]
#[template(path = "activate.html")]
struct Page<'a> {
    frame: Frame,
    title: &'static str,
    name: &'a str,
    login: &'a str,
    until: String,
    refused: Option<(String, &'static str)>,
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
    let activation = links::look(&visit.surface.app, &token).await?;
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
        LinkState::Open => ("Choose your password", Step::Choose { wrong }),
        LinkState::Failed => ("Choose another password", Step::Choose { wrong }),
        LinkState::Pending => {
            frame.refresh_seconds = Some(1);
            ("One moment", Step::Pending)
        }
        LinkState::Done => ("You can sign in", Step::Done),
        LinkState::Expired => ("This link no longer works", Step::Expired),
    };
    let page = Page {
        frame,
        title,
        name: &activation.display_name,
        login: &activation.principal_name,
        until: view::instant(activation.expires_at),
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
    let activation = links::look(app, &token).await?;
    let password = posted.field("password");
    if password != posted.field("again") {
        let wrong = "The two passwords are not the same.".to_owned();
        return page(visit, &activation, Some(wrong));
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
