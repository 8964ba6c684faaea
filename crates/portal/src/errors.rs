//! Errors as pages: the one file that does it.

use app::{AppError, error::Conflict};
use askama::Template;
use axum::{
    http::StatusCode,
    response::{Html, IntoResponse, Response},
};
use web::layers::Mishap;

use crate::frame::Frame;

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    frame: Frame,
    title: &'static str,
    detail: &'static str,
}

/// A page that could not be made.
#[derive(Debug)]
pub struct PageError(AppError);

impl From<AppError> for PageError {
    fn from(error: AppError) -> Self {
        Self(error)
    }
}

impl From<app::StoreError> for PageError {
    fn from(error: app::StoreError) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let (status, title, detail) = match &self.0 {
            AppError::NotFound(_) => {
                (StatusCode::NOT_FOUND, "Not found", "There is no such page, or it is not yours to see.")
            }
            AppError::Forbidden(_) => (
                StatusCode::FORBIDDEN,
                "Not allowed",
                "Your role does not include this. Ask your administrator.",
            ),
            AppError::Invalid(_) => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "Not accepted",
                "A value could not be accepted. Go back and check.",
            ),
            AppError::Conflict(Conflict::LinkDead) => (
                StatusCode::GONE,
                "This link no longer works",
                "It was used, replaced or is too old. Ask for a new one.",
            ),
            AppError::Conflict(_) => (
                StatusCode::CONFLICT,
                "Changed meanwhile",
                "Somebody else was faster. Load the page again and look.",
            ),
            AppError::Unavailable(_) => (
                StatusCode::SERVICE_UNAVAILABLE,
                "Please try again",
                "The portal is busy or being restarted.",
            ),
            AppError::Internal(source) => {
                tracing::error!(error = %chain(source.as_ref()), "a page failed");
                (
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "Something went wrong",
                    "It was noted. Please try again later.",
                )
            }
        };
        page(status, title, detail)
    }
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text = format!("{text}: {cause}");
        next = cause.source();
    }
    text
}

fn page(status: StatusCode, title: &'static str, detail: &'static str) -> Response {
    render(status, &ErrorPage { frame: Frame::plain(None), title, detail })
}

/// A page nobody has.
pub async fn missing() -> Response {
    PageError(AppError::NotFound("page")).into_response()
}

/// A form that did not come from one of our pages.
pub fn foreign_form() -> Response {
    page(
        StatusCode::FORBIDDEN,
        "Please try again",
        "This form did not come from the portal, so nothing was done.",
    )
}

/// What happened to a request that no handler answered.
pub fn mishap(mishap: Mishap) -> Response {
    match mishap {
        Mishap::TimedOut => page(StatusCode::SERVICE_UNAVAILABLE, "This took too long", "Please try again."),
        Mishap::Panicked => page(
            StatusCode::INTERNAL_SERVER_ERROR,
            "Something went wrong",
            "It was noted. Please try again later.",
        ),
    }
}

/// A template as an answer.
pub fn render(status: StatusCode, template: &impl Template) -> Response {
    match template.render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(error) => {
            tracing::error!(%error, "a template failed");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
