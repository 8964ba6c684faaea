//! Errors as pages. The only file that turns what went wrong into what a person
//! in a browser sees.

use app::AppError;
use askama::Template;
use axum::{
    extract::{Request, State},
    http::{HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use web::{
    Surface, caller,
    layers::Mishap,
    speech::{say, say_with},
    texts,
};

use crate::{
    context::{self, Frame},
    nav, query,
};

/// Why a page is not shown.
#[derive(Debug, Clone)]
pub enum Refusal {
    /// Somebody has to sign in first, and then gets to this page.
    SignIn(Option<String>),
    /// A page that says why.
    Page(StatusCode, Words),
}

/// What a page says.
#[derive(Debug, Clone)]
pub enum Words {
    /// A message, said in the language that is known when the page is made.
    Id(&'static str),
    /// Title and detail.
    Said(String, String),
}

#[derive(Template)]
#[template(path = "message.html")]
struct Message {
    frame: Frame,
    title: String,
    detail: String,
    /// The page with the form that was refused.
    back: Option<String>,
}

impl Refusal {
    /// A page that says a message.
    fn page(status: StatusCode, id: &'static str) -> Self {
        Self::Page(status, Words::Id(id))
    }

    /// There is nothing here.
    pub fn no_page() -> Self {
        Self::page(StatusCode::NOT_FOUND, "no-page")
    }

    /// A form that did not come from a page of ours, or from one that is too old.
    pub fn forged() -> Self {
        Self::page(StatusCode::FORBIDDEN, "forged")
    }

    /// Whether asking again would be refused again until somebody does something about it.
    pub fn is_final(&self) -> bool {
        match self {
            Self::SignIn(_) => true,
            Self::Page(status, ..) => status.is_client_error() && *status != StatusCode::TOO_MANY_REQUESTS,
        }
    }

    /// More than a form may hold.
    pub fn too_large() -> Self {
        Self::page(StatusCode::PAYLOAD_TOO_LARGE, "too-large")
    }

    /// Too many attempts.
    pub fn too_many(seconds: i64) -> Self {
        let detail = say_with("too-many-detail", &[("seconds", seconds.into())]);
        Self::Page(StatusCode::TOO_MANY_REQUESTS, Words::Said(say("too-many-title"), detail))
    }

    /// A page that could not be made.
    pub fn broken(error: &askama::Error) -> Self {
        tracing::error!(%error, "a page could not be rendered");
        Self::internal()
    }

    fn internal() -> Self {
        Self::page(StatusCode::INTERNAL_SERVER_ERROR, "internal")
    }
}

impl From<AppError> for Refusal {
    fn from(error: AppError) -> Self {
        match &error {
            AppError::NotFound(_) => Self::no_page(),
            AppError::Forbidden(_) => Self::page(StatusCode::FORBIDDEN, "forbidden"),
            AppError::Invalid(errors) => {
                let all: Vec<_> = errors.iter().map(texts::field_error).collect();
                let words = Words::Said(say("invalid-title"), all.join(" "));
                Self::Page(StatusCode::UNPROCESSABLE_ENTITY, words)
            }
            AppError::Conflict(conflict) => {
                let text = texts::conflict(*conflict);
                Self::Page(StatusCode::CONFLICT, Words::Said(text.title, text.detail))
            }
            AppError::Unavailable(_) => {
                tracing::warn!(%error, "not available");
                Self::page(StatusCode::SERVICE_UNAVAILABLE, "unavailable")
            }
            AppError::Busy => Self::page(StatusCode::TOO_MANY_REQUESTS, "busy"),
            AppError::Full(_) => {
                tracing::error!(%error, "the database has no space left; make some");
                Self::page(StatusCode::SERVICE_UNAVAILABLE, "full")
            }
            AppError::Internal(source) => {
                tracing::error!(%error, cause = %source, "internal error");
                Self::internal()
            }
        }
    }
}

impl IntoResponse for Refusal {
    /// Without the brand, which [`dress`] adds.
    fn into_response(self) -> Response {
        let status = match &self {
            Self::SignIn(to) => {
                let mut response = Redirect::to(&query::sign_in(to.as_deref())).into_response();
                response.extensions_mut().insert(self);
                return response;
            }
            Self::Page(status, ..) => *status,
        };
        let mut response = self.around(Frame::plain(), None);
        *response.status_mut() = status;
        response.extensions_mut().insert(self);
        response
    }
}

impl Refusal {
    fn around(&self, frame: Frame, back: Option<String>) -> Response {
        let Self::Page(_, words) = self else { return Redirect::to("/").into_response() };
        let (title, detail) = match words.clone() {
            Words::Id(id) => (say(&format!("{id}-title")), say(&format!("{id}-detail"))),
            Words::Said(title, detail) => (title, detail),
        };
        let page = Message { frame, title, detail, back };
        // The simplest page has nothing that could fail.
        let html = page.render().unwrap_or_default();
        let kind = (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
        ([kind], html).into_response()
    }
}

/// Puts the brand of the host name around a page that only says why there is none, and the ways
/// of whoever is signed in: a form that is refused leads nobody out of what they were doing.
pub async fn dress(State(surface): State<Surface>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let (host, headers) = (caller::host(&parts.headers), parts.headers.clone());
    let path = context::back(&parts);
    let (here, sent) = (parts.uri.path().to_owned(), parts.method == Method::POST);
    // A NUL is no text: nothing is called so, and the database takes none.
    let response = if parts.uri.path().contains("%00") {
        Refusal::no_page().into_response()
    } else {
        next.run(Request::from_parts(parts, body)).await
    };
    let Some(refusal) = response.extensions().get::<Refusal>().cloned() else { return response };
    if let Refusal::SignIn(to) = &refusal {
        // What replaces a part of a page must not put the sign-in page there.
        return match headers.contains_key("hx-request") {
            true => ([("hx-redirect", query::sign_in(to.as_deref()))], "").into_response(),
            false => response,
        };
    }
    // When the database is away the page goes without.
    let look = context::look(&surface, host.as_deref()).await.unwrap_or_default();
    let caller = caller::by_cookie(&surface, &headers).await.ok().flatten();
    context::speak(caller.as_ref(), &look, &headers);
    let form = context::form_of(&surface, caller.as_ref(), &headers);
    let theme = context::theme(caller.as_ref(), &headers);
    let back = Some(path.clone()).filter(|path| sent && path != "/");
    let mut frame = Frame { form, path, theme, ..Frame::of(look) };
    if let Some(caller) = &caller {
        frame.person = Some(caller.display_name.clone());
        frame.nav = nav::of(caller, &here);
        frame.tenants = nav::tenants(&surface, caller, &here).await.unwrap_or_default();
    }
    let (dressed, (mut parts, _)) = (refusal.around(frame, back), response.into_parts());
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, dressed.into_body())
}

/// No such page.
pub async fn no_page() -> Refusal {
    Refusal::no_page()
}

/// A page that does not take this.
pub async fn no_method() -> Refusal {
    Refusal::page(StatusCode::METHOD_NOT_ALLOWED, "no-method")
}

/// What happened to a request that no handler answered.
pub fn explain(mishap: Mishap) -> Response {
    let refusal = match mishap {
        Mishap::Panicked => Refusal::internal(),
        Mishap::TimedOut => Refusal::page(StatusCode::SERVICE_UNAVAILABLE, "slow"),
    };
    refusal.into_response()
}
