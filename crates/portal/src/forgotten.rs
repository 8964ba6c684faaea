//! Somebody forgot the password and has a link mailed: the answer tells nobody whether there
//! is such an account.

use app::resets::{self, Asked};
use askama::Template;
use axum::{
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use domain::{limits, mail::Mailing};
use web::speech::{say, say_with, wait};

use crate::{
    context::{Frame, Posted, Visit},
    forms::Form,
    query::Pairs,
    refusal::Refusal,
};

#[derive(Template)]
#[template(path = "forgotten.html")]
struct Page<'a> {
    frame: &'a Frame,
    form: Form,
    step: Step,
    minutes: i64,
    /// Mails are kept to be read.
    kept: bool,
}

enum Step {
    Ask,
    Asked,
    NoMail,
}

/// The page: the form, or what happens now.
pub async fn show(visit: Visit, query: Pairs) -> Result<Response, Refusal> {
    let step = if query.given("asked").is_some() { Step::Asked } else { Step::Ask };
    page(&visit, StatusCode::OK, Form::default(), step)
}

fn page(visit: &Visit, status: StatusCode, form: Form, step: Step) -> Result<Response, Refusal> {
    let mailing = visit.surface.app.mailing();
    let step = if mailing == Mailing::Off { Step::NoMail } else { step };
    let (minutes, kept) = (limits::RESET_LINK_MINUTES, mailing == Mailing::Keep);
    visit.page(status, &Page { frame: &visit.frame, form, step, minutes, kept })
}

/// Asks for a link.
pub async fn ask(posted: Posted) -> Result<Response, Refusal> {
    let visit = &posted.visit;
    let login = posted.field("login");
    if login.trim().is_empty() {
        let form = Form::sent(&posted).with_error("login", &say("rule-required"));
        return page(visit, StatusCode::UNPROCESSABLE_ENTITY, form, Step::Ask);
    }
    let asked = match (visit.attempt_in(), visit.surface.app.mailing()) {
        (_, Mailing::Off) => return page(visit, StatusCode::CONFLICT, Form::default(), Step::NoMail),
        (Some(seconds), _) => Asked::Wait(seconds),
        (None, _) => resets::request(&visit.surface.app, login, &visit.cause).await?,
    };
    match asked {
        Asked::Taken => Ok(Redirect::to("/forgotten?asked=1").into_response()),
        Asked::Wait(seconds) => {
            let said = say_with("forgotten-wait", &[("time", wait(seconds).into())]);
            page(
                visit,
                StatusCode::TOO_MANY_REQUESTS,
                Form::sent(&posted).with_error("login", &said),
                Step::Ask,
            )
        }
    }
}
