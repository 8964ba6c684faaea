//! Signing in and out, and sessions as people see them.

use app::{
    reading::sessions::Session,
    sessions::{self, SignedIn},
};
use askama::Template;
use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use domain::mail::Mailing;
use jiff::Timestamp;
use web::{
    caller::COOKIE,
    speech::{self, say, say_with, wait},
};

use crate::{
    context::{Frame, Posted, SESSION_SECONDS, THEME_COOKIE, Visit},
    query::{Pairs, local},
    refusal::Refusal,
    view::Moment,
};

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignIn<'a> {
    frame: &'a Frame,
    login: &'a str,
    /// Where it leads.
    to: &'a str,
    wrong: Option<String>,
    /// Whether a link can be mailed to whoever forgot the password.
    mailed: bool,
}

impl<'a> SignIn<'a> {
    fn new(visit: &'a Visit, login: &'a str, to: &'a str, wrong: Option<String>) -> Self {
        let mailed = visit.surface.app.mailing() != Mailing::Off;
        Self { frame: &visit.frame, login, to, wrong, mailed }
    }
}

/// The sign-in page, or what one came for.
pub async fn start(visit: Visit, query: Pairs) -> Result<Response, Refusal> {
    let to = query.given("to").and_then(local).unwrap_or_default();
    if visit.caller.is_some() {
        return Ok(Redirect::to(if to.is_empty() { "/home" } else { to }).into_response());
    }
    visit.page(StatusCode::OK, &SignIn::new(&visit, "", to, None))
}

/// Signs in.
pub async fn sign_in(posted: Posted) -> Result<Response, Refusal> {
    let visit = &posted.visit;
    let (login, password) = (posted.field("login"), posted.field("password"));
    let to = local(posted.field("to")).unwrap_or_default();
    let signed_in = match visit.attempt_in() {
        Some(seconds) => SignedIn::Locked(seconds),
        None => {
            sessions::sign_in_at(&visit.surface.app, login, password, &visit.device, visit.host()).await?
        }
    };
    let (status, wrong) = match signed_in {
        SignedIn::Yes { token, caller } => {
            visit.was_right();
            let mut response = Redirect::to(if to.is_empty() { "/home" } else { to }).into_response();
            let session = visit.cookie(COOKIE, &token.secret, "Lax", Some(SESSION_SECONDS));
            response.headers_mut().append(header::SET_COOKIE, session);
            // The person's own choice wins, for good, over what somebody chose in this browser.
            if caller.language_chosen {
                visit.forget(&mut response, speech::COOKIE);
            }
            if caller.theme.is_some() {
                visit.forget(&mut response, THEME_COOKIE);
            }
            return Ok(response);
        }
        SignedIn::No => (StatusCode::UNPROCESSABLE_ENTITY, say("sign-in-wrong")),
        SignedIn::Locked(seconds) => {
            let said = say_with("sign-in-wait", &[("time", wait(seconds).into())]);
            (StatusCode::TOO_MANY_REQUESTS, said)
        }
    };
    visit.page(status, &SignIn::new(visit, login, to, Some(wrong)))
}

/// Signs out.
pub async fn sign_out(posted: Posted) -> Result<Response, Refusal> {
    let visit = &posted.visit;
    if let Some(caller) = &visit.caller {
        sessions::sign_out(&visit.surface.app, caller).await?;
    }
    Ok(signed_out(visit))
}

/// The start, without the session this browser had.
pub fn signed_out(visit: &Visit) -> Response {
    let mut response = Redirect::to("/").into_response();
    visit.forget(&mut response, COOKIE);
    response
}

/// A session, as people recognise it.
pub struct Open {
    pub id: String,
    pub device: String,
    pub network: Option<String>,
    pub since: Moment,
    pub used: Option<Moment>,
    pub current: bool,
}

/// A session at `now`.
pub fn open(of: Session, now: Timestamp) -> Open {
    let device = match of.browser.as_deref().map(|browser| browser.split_once(" on ").ok_or(browser)) {
        None => say("session-unknown"),
        Some(Err(browser)) => browser.to_owned(),
        Some(Ok((browser, system))) => {
            say_with("session-device", &[("browser", browser.into()), ("system", system.into())])
        }
    };
    Open {
        id: of.id.to_string(),
        device,
        network: of.network,
        since: Moment::of(of.created_at, now),
        used: of.last_used_at.map(|at| Moment::of(at, now)),
        current: of.current,
    }
}
