//! Signing in and out.

use app::sessions::{self, SignedIn};
use askama::Template;
use axum::{
    Form,
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use domain::limits;
use web::{Surface, caller};

use crate::{
    errors::{PageError, foreign_form, render},
    frame::{Frame, from_own_page, is_ours},
};

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage {
    frame: Frame,
    login: String,
    problem: Option<String>,
}

#[derive(serde::Deserialize)]
pub struct SignInForm {
    #[serde(default)]
    login: String,
    #[serde(default)]
    password: String,
}

/// The form; whoever is signed in goes on.
pub async fn page(State(surface): State<Surface>, headers: HeaderMap) -> Result<Response, PageError> {
    if caller::by_cookie(&surface, &headers).await?.is_some() {
        return Ok(Redirect::to("/status").into_response());
    }
    let frame = Frame::of(&surface, &headers, None).await?;
    Ok(render(StatusCode::OK, &SignInPage { frame, login: String::new(), problem: None }))
}

/// Signs in, or says what to do, with the login kept.
pub async fn submit(State(surface): State<Surface>, request: Request) -> Result<Response, PageError> {
    let (parts, body) = request.into_parts();
    let headers = parts.headers.clone();
    if !from_own_page(&headers) {
        return Ok(foreign_form());
    }
    let address = caller::address(&parts);
    let Ok(Form(form)) = form::<SignInForm>(Request::from_parts(parts, body), &surface).await else {
        return Ok(Redirect::to("/").into_response());
    };
    let now = surface.app.now().as_second();
    let answer = match surface.attempts.attempt(address, now) {
        Some(seconds) => SignedIn::Locked(seconds),
        None => sessions::sign_in(&surface.app, &form.login, &form.password).await?,
    };
    let (status, problem) = match answer {
        SignedIn::Yes { token, .. } => return Ok(welcome(&surface, &token.secret)),
        SignedIn::No => (StatusCode::UNAUTHORIZED, "The login or the password is not right.".to_owned()),
        SignedIn::Locked(seconds) => (
            StatusCode::TOO_MANY_REQUESTS,
            format!("Too many attempts. Please try again in {seconds} seconds."),
        ),
    };
    let frame = Frame::of(&surface, &headers, None).await?;
    let login = form.login.chars().take(limits::UPN_CHARS).collect();
    Ok(render(status, &SignInPage { frame, login, problem: Some(problem) }))
}

fn welcome(surface: &Surface, secret: &str) -> Response {
    ([(header::SET_COOKIE, cookie(surface, secret, limits::SESSION_HOURS * 3600))], Redirect::to("/status"))
        .into_response()
}

fn cookie(surface: &Surface, value: &str, seconds: i64) -> String {
    let secure = if surface.is_https() { "; Secure" } else { "" };
    format!("{}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}", caller::COOKIE)
}

#[derive(serde::Deserialize)]
pub struct PlainForm {
    #[serde(default)]
    pub form_token: String,
}

/// Ends the session.
pub async fn sign_out(
    State(surface): State<Surface>,
    headers: HeaderMap,
    Form(form): Form<PlainForm>,
) -> Result<Response, PageError> {
    if !is_ours(&surface, &headers, &form.form_token) {
        return Ok(foreign_form());
    }
    if let Some(person) = caller::by_cookie(&surface, &headers).await? {
        sessions::sign_out(&surface.app, &person).await?;
    }
    Ok(([(header::SET_COOKIE, cookie(&surface, "", 0))], Redirect::to("/")).into_response())
}

/// The form of a request whose headers were looked at before.
pub async fn form<T: serde::de::DeserializeOwned>(
    request: Request,
    surface: &Surface,
) -> Result<Form<T>, axum::extract::rejection::FormRejection> {
    use axum::extract::FromRequest as _;
    Form::<T>::from_request(request, surface).await
}
