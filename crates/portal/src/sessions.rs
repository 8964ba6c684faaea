//! Signing in and out.

use app::sessions::{self, SignedIn};
use askama::Template;
use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use web::{
    caller::COOKIE,
    speech::{say, say_with},
};

use crate::{
    context::{Frame, Posted, SESSION_SECONDS, Visit},
    refusal::Refusal,
};

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignIn<'a> {
    frame: &'a Frame,
    login: &'a str,
    wrong: Option<String>,
}

/// The sign-in page, or what one came for.
pub async fn start(visit: Visit) -> Result<Response, Refusal> {
    if visit.caller.is_some() {
        return Ok(Redirect::to("/home").into_response());
    }
    visit.page(StatusCode::OK, &SignIn { frame: &visit.frame, login: "", wrong: None })
}

/// Signs in.
pub async fn sign_in(posted: Posted) -> Result<Response, Refusal> {
    let visit = &posted.visit;
    visit.attempt()?;
    let (login, password) = (posted.field("login"), posted.field("password"));
    let (status, wrong) =
        match sessions::sign_in_at(&visit.surface.app, login, password, &visit.device, visit.host()).await? {
            SignedIn::Yes { token, .. } => {
                visit.was_right();
                let mut response = Redirect::to("/home").into_response();
                let session = visit.cookie(COOKIE, &token.secret, "Lax", Some(SESSION_SECONDS));
                response.headers_mut().append(header::SET_COOKIE, session);
                return Ok(response);
            }
            SignedIn::No => (StatusCode::UNPROCESSABLE_ENTITY, say("sign-in-wrong")),
            SignedIn::Locked(seconds) => {
                (StatusCode::TOO_MANY_REQUESTS, say_with("sign-in-wait", &[("seconds", seconds.into())]))
            }
        };
    visit.page(status, &SignIn { frame: &visit.frame, login, wrong: Some(wrong) })
}

/// Signs out.
pub async fn sign_out(posted: Posted) -> Result<Response, Refusal> {
    let visit = &posted.visit;
    if let Some(caller) = &visit.caller {
        sessions::sign_out(&visit.surface.app, caller).await?;
    }
    let mut response = Redirect::to("/").into_response();
    response.headers_mut().append(header::SET_COOKIE, visit.cookie(COOKIE, "", "Lax", Some(0)));
    Ok(response)
}
