//! What happens around every request: an id, a span, a time-out, a panic that
//! ends one request and not the server, and headers that keep browsers safe.

use std::{
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use app::App;
use axum::{
    Router,
    body::Body,
    extract::{MatchedPath, Request},
    http::{HeaderName, HeaderValue, header},
    middleware::{self, Next},
    response::Response,
};
use domain::limits;
use futures::{FutureExt as _, TryStreamExt as _};
use tracing::Instrument as _;

use crate::{Surface, speech};

const NAME: HeaderName = HeaderName::from_static("x-request-id");

/// The id of the request that is being answered, as in the header `x-request-id`.
#[derive(Debug, Clone)]
pub struct RequestId(pub String);

/// What happened to a request that no handler answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mishap {
    /// It took longer than [`limits::ANSWER_SECONDS`].
    TimedOut,
    /// The handler panicked: a defect.
    Panicked,
}

/// How a surface says what happened to a request that no handler answered.
pub type Explain = fn(Mishap) -> Response;

/// Browsers run, load and frame nothing that is not ours; forms go nowhere else.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
                      connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Puts everything around `router`: outermost, so that fallbacks have it, too.
pub fn protect(router: Router, surface: &Surface, explain: Explain) -> Router {
    let surface = surface.clone();
    router.layer(middleware::from_fn(move |mut request: Request, next: Next| {
        let (app, proxies) = (surface.app.clone(), Arc::clone(&surface.proxies));
        async move {
            let client = proxies.client(request.extensions(), request.headers());
            request.extensions_mut().insert(client);
            let speech = speech::of_headers(request.headers());
            speech::scope(speech, around(request, next, explain, &app)).await
        }
    }))
}

async fn around(mut request: Request, next: Next, explain: Explain, app: &App) -> Response {
    let id = given_id(&request).unwrap_or_else(|| app.fresh_id());
    request.extensions_mut().insert(RequestId(id.clone()));
    // HTTP/2 has the host name in the address alone (RFC 9113, 8.3.1); it is looked for in one place.
    let authority = request.uri().authority().and_then(|host| HeaderValue::from_str(host.as_str()).ok());
    if let Some(host) = authority.filter(|_| !request.headers().contains_key(header::HOST)) {
        request.headers_mut().insert(header::HOST, host);
    }
    let path = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
    // The route, not the path: paths of links are secrets.
    let span = tracing::info_span!("request", id = %id, method = %request.method(), route = %path);
    let answer = AssertUnwindSafe(run(request, next)).catch_unwind();
    let limited = tokio::time::timeout(Duration::from_secs(limits::ANSWER_SECONDS), answer);
    let mut response = match limited.instrument(span.clone()).await {
        Ok(Ok(response)) => response,
        Ok(Err(_panic)) => {
            span.in_scope(|| tracing::error!("a handler panicked"));
            explain(Mishap::Panicked)
        }
        Err(_elapsed) => {
            span.in_scope(|| tracing::warn!(seconds = limits::ANSWER_SECONDS, "took too long"));
            explain(Mishap::TimedOut)
        }
    };
    span.in_scope(|| tracing::debug!(status = response.status().as_u16(), "answered"));
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(&id) {
        headers.insert(NAME, value);
    }
    let fixed = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        // To nobody else. With "no-referrer" browsers also hide from ourselves where a form came
        // from (Fetch, "append a request `Origin` header"), and where it did not.
        (header::REFERRER_POLICY, "same-origin"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ];
    for (name, value) in fixed {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    // Answers are a person's; only what says so itself (the style sheet) may be kept.
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// Runs the handler; once more when its transaction met another, with the body that was read.
async fn run(request: Request, next: Next) -> Response {
    if request.method().is_safe() {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let read = Arc::new(Mutex::new(Vec::new()));
    let keep = read.clone();
    let body = body.into_data_stream().inspect_ok(move |bytes| {
        keep.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
    });
    let mut body = Some(Body::from_stream(body));
    app::again(|| {
        let body =
            body.take().unwrap_or_else(|| read.lock().unwrap_or_else(PoisonError::into_inner).clone().into());
        next.clone().run(Request::from_parts(parts.clone(), body))
    })
    .await
}

/// The id the request came with, if it is harmless.
fn given_id(request: &Request) -> Option<String> {
    let given = request.headers().get(&NAME)?.to_str().ok()?;
    let harmless = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
    ((8..=64).contains(&given.len()) && given.bytes().all(harmless)).then(|| given.to_owned())
}
