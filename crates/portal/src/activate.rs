//! The page behind a one-time link: choose a password, then watch it arrive.

use app::{
    AppError,
    activations::{self, LinkState},
};
use askama::Template;
use axum::{
    extract::{Path, Request, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect, Response},
};
use domain::limits;
use web::{
    Surface, caller,
    texts::{self, ProblemText},
};

use crate::{
    errors::{PageError, foreign_form, render},
    frame::{Frame, from_own_page},
    sign_in::form,
};

#[derive(Template)]
#[template(path = "activate.html")]
struct ActivatePage {
    frame: Frame,
    state: &'static str,
    name: String,
    login: String,
    min: usize,
    problem: Option<ProblemText>,
    wrong: Option<String>,
}

#[derive(serde::Deserialize)]
struct PasswordForm {
    #[serde(default)]
    password: String,
    #[serde(default)]
    again: String,
}

/// The form, the wait, or the result: whatever is true now.
pub async fn page(
    State(surface): State<Surface>,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    show(&surface, &token, &headers, None).await
}

async fn show(
    surface: &Surface,
    token: &str,
    headers: &HeaderMap,
    wrong: Option<String>,
) -> Result<Response, PageError> {
    let link = activations::look(&surface.app, token).await?;
    let mut frame = Frame::of(surface, headers, None).await?;
    let state = match activations::state(&link) {
        LinkState::Open => "open",
        LinkState::Pending => {
            frame.refresh = Some(1);
            "pending"
        }
        LinkState::Failed => "failed",
        LinkState::Done => "done",
        LinkState::Expired => "expired",
    };
    let problem = link.request.and_then(|(_, _, problem)| problem).map(|p| texts::problem(&p, false));
    let status = match (state, &wrong) {
        ("expired", _) => StatusCode::GONE,
        (_, Some(_)) => StatusCode::UNPROCESSABLE_ENTITY,
        _ => StatusCode::OK,
    };
    let page = ActivatePage {
        frame,
        state,
        name: link.display_name,
        login: link.principal_name,
        min: *limits::PASSWORD_CHARS.start(),
        problem: problem.filter(|_| state == "failed"),
        wrong,
    };
    Ok(render(status, &page))
}

/// Sends the chosen password on its way.
pub async fn submit(
    State(surface): State<Surface>,
    Path(token): Path<String>,
    request: Request,
) -> Result<Response, PageError> {
    let (parts, body) = request.into_parts();
    let (headers, cause) = (parts.headers.clone(), caller::cause(&parts));
    if !from_own_page(&headers) {
        return Ok(foreign_form());
    }
    let Ok(sent) = form::<PasswordForm>(Request::from_parts(parts, body), &surface).await else {
        return show(&surface, &token, &headers, None).await;
    };
    if sent.password != sent.again {
        let wrong = "The two passwords are not the same.".to_owned();
        return show(&surface, &token, &headers, Some(wrong)).await;
    }
    match activations::choose(&surface.app, &token, &sent.password, &cause).await {
        Ok(_) => Ok(Redirect::to(&format!("/activate/{token}")).into_response()),
        Err(AppError::Invalid(errors)) => {
            let wrong = errors.first().map(texts::field_error);
            show(&surface, &token, &headers, wrong).await
        }
        Err(error) => Err(error.into()),
    }
}
