//! Errors as pages. The only file that turns what went wrong into what a person
//! in a browser sees.

use app::AppError;
use askama::Template;
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use web::{layers::Mishap, texts};

use crate::context::Frame;

/// Why a page is not shown.
#[derive(Debug)]
pub enum Refusal {
    /// Somebody has to sign in first.
    SignIn,
    /// A page that says why.
    Page(StatusCode, String, String),
}

#[derive(Template)]
#[template(path = "message.html")]
struct Message {
    frame: Frame,
    title: String,
    detail: String,
}

impl Refusal {
    fn page(status: StatusCode, title: &str, detail: &str) -> Self {
        Self::Page(status, title.to_owned(), detail.to_owned())
    }

    /// There is nothing here.
    pub fn no_page() -> Self {
        let detail = "The address may be incomplete, or it is not yours to see.";
        Self::page(StatusCode::NOT_FOUND, "There is no such page", detail)
    }

    /// A form that did not come from a page of ours, or from one that is too old.
    pub fn forged() -> Self {
        let detail = "The form is too old, or your browser does not keep cookies. Go back, load the page again and \
                      repeat it. Nothing was changed.";
        Self::page(StatusCode::FORBIDDEN, "This form cannot be accepted", detail)
    }

    /// Too many attempts.
    pub fn too_many(seconds: i64) -> Self {
        let detail = format!("Wait {seconds} seconds, then try again.");
        Self::Page(StatusCode::TOO_MANY_REQUESTS, "Too many attempts".to_owned(), detail)
    }

    /// A page that could not be made.
    pub fn broken(error: &askama::Error) -> Self {
        tracing::error!(%error, "a page could not be rendered");
        Self::internal()
    }

    fn internal() -> Self {
        let detail = "This is our fault, and it is in our log. Try again; if it stays so, tell your administrator when it \
                      happened.";
        Self::page(StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong here", detail)
    }
}

impl From<AppError> for Refusal {
    fn from(error: AppError) -> Self {
        match &error {
            AppError::NotFound(_) => Self::no_page(),
            AppError::Forbidden(_) => {
                let detail = "None of your roles allows this. Attempts to change something are recorded.";
                Self::page(StatusCode::FORBIDDEN, "Not allowed", detail)
            }
            AppError::Invalid(errors) => {
                let all: Vec<_> = errors.iter().map(texts::field_error).collect();
                Self::page(StatusCode::UNPROCESSABLE_ENTITY, "This cannot be accepted", &all.join(" "))
            }
            AppError::Conflict(conflict) => {
                let text = texts::conflict(*conflict);
                Self::page(StatusCode::CONFLICT, text.title, text.detail)
            }
            AppError::Unavailable(_) => {
                tracing::warn!(%error, "not available");
                let detail = "We are not ready at the moment. Nothing was changed; try again in a minute.";
                Self::page(StatusCode::SERVICE_UNAVAILABLE, "One moment, please", detail)
            }
            AppError::Full(_) => {
                tracing::error!(%error, "the database has no space left; make some");
                let detail = "Nothing can be stored at the moment, because our database is full. Nothing was changed; \
                              tell your administrator, and try again later.";
                Self::page(StatusCode::SERVICE_UNAVAILABLE, "Nothing can be stored", detail)
            }
            AppError::Internal(source) => {
                tracing::error!(%error, cause = %source, "internal error");
                Self::internal()
            }
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, title, detail) = match self {
            Self::SignIn => return Redirect::to("/").into_response(),
            Self::Page(status, title, detail) => (status, title, detail),
        };
        let page = Message { frame: Frame::plain(), title, detail };
        // The simplest page has nothing that could fail.
        let html = page.render().unwrap_or_default();
        let kind = (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
        (status, [kind], html).into_response()
    }
}

/// No such page.
pub async fn no_page() -> Refusal {
    Refusal::no_page()
}

/// A page that does not take this.
pub async fn no_method() -> Refusal {
    let detail = "This page cannot be used in this way.";
    Refusal::page(StatusCode::METHOD_NOT_ALLOWED, "Not possible here", detail)
}

/// What happened to a request that no handler answered.
pub fn explain(mishap: Mishap) -> Response {
    let refusal = match mishap {
        Mishap::Panicked => Refusal::internal(),
        Mishap::TimedOut => {
            let detail = "The answer took too long. Look whether it happened before you repeat it.";
            Refusal::page(StatusCode::SERVICE_UNAVAILABLE, "This took too long", detail)
        }
    };
    refusal.into_response()
}
