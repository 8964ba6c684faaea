//! Errors as problem documents (RFC 9457). The only file that turns what went
//! wrong into what a program sees.

use app::{AppError, error::Conflict};
use axum::{
    extract::Request,
    http::{HeaderName, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::{
    field::{FieldError, Rule},
    limits,
};
use web::{layers::Mishap, texts};
use wire::{PROBLEM_JSON, body::BodyError, problem::ErrorDocument};

/// Why a call is refused.
#[derive(Debug, Clone)]
pub struct Refusal {
    status: StatusCode,
    document: Box<ErrorDocument>,
    /// Seconds after which a repetition makes sense.
    retry_after: Option<i64>,
}

/// What a handler gives.
pub type Answer<T> = Result<T, Refusal>;

impl Refusal {
    fn new(status: StatusCode, code: &str, title: &str, detail: impl Into<String>) -> Self {
        let document = ErrorDocument {
            kind: format!("/problems/{code}"),
            title: title.to_owned(),
            status: status.as_u16(),
            detail: Some(detail.into()),
            code: code.to_owned(),
            ..ErrorDocument::default()
        };
        Self { status, document: Box::new(document), retry_after: None }
    }

    fn after(mut self, seconds: i64) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// Nobody is signed in.
    pub fn unauthorized() -> Self {
        let detail = "Send a token that works as Authorization: Bearer … . A token stops working when it expires \
                      or is revoked, and when its owner is disabled or suspended.";
        Self::new(StatusCode::UNAUTHORIZED, "unauthorized", "Who are you?", detail)
    }

    /// Login and password do not match; which of them is not told.
    pub fn wrong_credentials() -> Self {
        let detail = "Login or password is wrong, or the account may not sign in.";
        Self::new(StatusCode::UNAUTHORIZED, "wrong_credentials", "Signing in did not work", detail)
    }

    /// Too many attempts.
    pub fn too_many(seconds: i64) -> Self {
        let detail = format!("Too many attempts. Wait {seconds} seconds.");
        Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", "Too many attempts", detail)
            .after(seconds)
    }

    /// It does not exist, or the caller may not know that it does.
    pub fn not_found(what: &str) -> Self {
        let detail = format!("This {what} does not exist, or is not yours to see.");
        Self::new(StatusCode::NOT_FOUND, "not_found", "Not found", detail)
    }

    /// No such address.
    pub fn no_route() -> Self {
        let detail =
            "There is nothing at this address. The addresses there are stand in /api/v1/openapi.json.";
        Self::new(StatusCode::NOT_FOUND, "no_route", "Not found", detail)
    }

    /// The address takes other methods.
    pub fn method() -> Self {
        let detail = "This address does not take this method; the header Allow lists those it takes.";
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "Method not allowed", detail)
    }

    /// More bytes than a body may have.
    pub fn too_large(max_bytes: usize) -> Self {
        let detail = format!("The body may have at most {max_bytes} bytes.");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "The body is too large", detail)
    }

    /// The body could not be received.
    pub fn unreadable() -> Self {
        Self::new(StatusCode::BAD_REQUEST, "malformed", "The body is incomplete", "The body ended too early.")
    }

    /// Not JSON by its own word.
    pub fn media_type() -> Self {
        let detail = "Send the body as Content-Type: application/json.";
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", "JSON is expected", detail)
    }

    /// No JSON at all.
    pub fn malformed(error: &BodyError) -> Self {
        let detail = format!("The body is not JSON: {}.", error.message);
        Self::new(StatusCode::BAD_REQUEST, "malformed", "The body cannot be read", detail)
    }

    /// JSON of another form, with the name of the field.
    pub fn form(error: BodyError) -> Self {
        let rule = if error.unknown { "unknown" } else { "format" };
        let mut refusal = Self::invalid(&[]);
        let message = format!("{}.", sentence(&error.message));
        refusal.document.errors = vec![wire::problem::FieldError {
            field: error.field,
            rule: rule.to_owned(),
            message,
            args: std::collections::BTreeMap::new(),
        }];
        refusal
    }

    /// A change without the version it is based on.
    pub fn version_needed() -> Self {
        let detail =
            "Read it first, and send its ETag as If-Match, so that nobody's change is overwritten unseen.";
        Self::new(StatusCode::PRECONDITION_REQUIRED, "version_needed", "If-Match is needed", detail)
    }

    /// An `If-Match` that no `ETag` of ours looks like.
    pub fn version_form() -> Self {
        let detail = "If-Match must be the ETag as it was read, for example \"7\" with its quotes.";
        Self::new(StatusCode::BAD_REQUEST, "malformed", "If-Match cannot be read", detail)
    }

    /// One value that cannot be accepted.
    pub fn field(field: &str, rule: Rule) -> Self {
        Self::invalid(&[FieldError::new(field, rule)])
    }

    /// Values that cannot be accepted; nothing was changed.
    pub fn invalid(errors: &[FieldError]) -> Self {
        let detail = "Nothing was changed. Every value that cannot be accepted is listed.";
        let code = "invalid";
        let mut refusal =
            Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, "Some values cannot be accepted", detail);
        refusal.document.errors = errors
            .iter()
            .map(|e| wire::problem::FieldError {
                field: e.field.clone(),
                rule: texts::rule_code(e.rule).to_owned(),
                message: texts::field_error(e),
                args: e.args.clone(),
            })
            .collect();
        refusal
    }

    fn conflict(conflict: Conflict) -> Self {
        let text = texts::conflict(conflict);
        let status = match conflict {
            Conflict::Stale { .. } => StatusCode::PRECONDITION_FAILED,
            Conflict::LinkDead => StatusCode::GONE,
            Conflict::Contended => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::CONFLICT,
        };
        let refusal = Self::new(status, conflict.code(), &text.title, text.detail);
        if conflict == Conflict::Contended { refusal.after(1) } else { refusal }
    }

    fn forbidden(suspended: bool, permission: &str) -> Self {
        if suspended {
            return Self::conflict(Conflict::Suspended);
        }
        let detail = format!(
            "None of your roles allows \"{permission}\" here. Attempts to change something are recorded."
        );
        Self::new(StatusCode::FORBIDDEN, "forbidden", "Not allowed", detail)
    }
}

/// The parser's words, without what only repeats the place.
fn sentence(message: &str) -> String {
    let text = message.split(" at line ").next().unwrap_or(message);
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

impl From<AppError> for Refusal {
    fn from(error: AppError) -> Self {
        match &error {
            AppError::NotFound(what) => Self::not_found(what),
            AppError::Forbidden(denial) => {
                let reason = denial.reason.to_string();
                Self::forbidden(reason == "forbidden by suspended", denial.permission.code())
            }
            AppError::Invalid(errors) => Self::invalid(errors),
            AppError::Conflict(conflict) => Self::conflict(*conflict),
            AppError::Unavailable(_) => {
                tracing::warn!(error = %chain(&error), "not available");
                let detail = "The database does not answer at the moment. Nothing was changed; try again.";
                Self::new(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "unavailable",
                    "Not available at the moment",
                    detail,
                )
                .after(2)
            }
            AppError::Busy => {
                let seconds = limits::BUSY_SECONDS;
                let detail = format!(
                    "Too many passwords are being checked at the moment. Nothing was changed; try again in {seconds} seconds."
                );
                Self::new(
                    StatusCode::TOO_MANY_REQUESTS,
                    "too_many_requests",
                    "Too busy at the moment",
                    detail,
                )
                .after(seconds)
            }
            AppError::Full(_) => {
                tracing::error!(error = %chain(&error), "the database has no space left; make some");
                let detail = "The database has no space left for changes. Nothing was changed. Reading may still \
                              work; try again when the operator has made space.";
                Self::new(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "storage_full",
                    "Nothing can be stored at the moment",
                    detail,
                )
                .after(30)
            }
            AppError::Internal(_) => {
                tracing::error!(error = %chain(&error), "internal error");
                Self::internal()
            }
        }
    }
}

impl Refusal {
    fn internal() -> Self {
        let detail = "A defect of this product. The log has it under the id of this request.";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "Something went wrong here", detail)
    }

    /// What the health check says when requests cannot be served.
    pub const NOT_READY: StatusCode = StatusCode::SERVICE_UNAVAILABLE;
}

/// An error with its causes, for the log.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text = format!("{text}: {cause}");
        next = cause.source();
    }
    text
}

/// What happened to a request that no handler answered.
pub fn explain(mishap: Mishap) -> Response {
    match mishap {
        Mishap::Panicked => Refusal::internal(),
        Mishap::TimedOut => {
            let detail = "The answer took too long. It is not certain that nothing was changed: look before you \
                          repeat, or repeat with the same Idempotency-Key.";
            Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "timeout", "The answer took too long", detail).after(5)
        }
    }
    .into_response()
}

impl IntoResponse for Refusal {
    /// The document is written by [`finish`], which knows the request.
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        let headers = response.headers_mut();
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response.extensions_mut().insert(self);
        response
    }
}

/// Writes the document of a refused call, with the path and the id of the request.
pub async fn finish(request: Request, next: Next) -> Response {
    let path = request.extensions().get::<axum::extract::OriginalUri>().map(|uri| uri.0.path().to_owned());
    let mut response = next.run(request).await;
    let Some(refusal) = response.extensions_mut().remove::<Refusal>() else { return response };
    let id = response.headers().get(HeaderName::from_static("x-request-id")).and_then(|v| v.to_str().ok());
    let mut document = refusal.document;
    document.instance = path;
    document.request_id = id.unwrap_or_default().to_owned();
    let body = serde_json::to_vec(&document).unwrap_or_default();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
    response.headers_mut().remove(header::CONTENT_LENGTH);
    *response.body_mut() = body.into();
    response
}
