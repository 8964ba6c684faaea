//! Who is calling, and why: from headers to a [`Caller`] and a [`Cause`].

use std::net::IpAddr;

use app::{AppError, Caller, Cause};
use axum::http::{HeaderMap, header, request::Parts};
use domain::{device::Device, limits};

use crate::{Surface, layers::RequestId, proxy::Client};

/// Name of the portal's session cookie.
pub const COOKIE: &str = "tenantry_session";

/// The person behind `Authorization: Bearer …`; none without a token that works now.
pub async fn by_bearer(surface: &Surface, headers: &HeaderMap) -> Result<Option<Caller>, AppError> {
    match bearer(headers) {
        Some(token) => surface.app.caller_at(token, host(headers).as_deref()).await,
        None => Ok(None),
    }
}

/// The host name somebody came by, in lower case and without the port.
#[must_use]
pub fn host(headers: &HeaderMap) -> Option<String> {
    let text = headers.get(header::HOST)?.to_str().ok()?;
    let name = text.rsplit_once(':').map_or(text, |(name, _port)| name).trim_end_matches('.');
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-.".contains(&b);
    (name.len() <= 253 && name.bytes().all(plain)).then(|| name.to_ascii_lowercase())
}

/// The person behind the portal's session cookie.
pub async fn by_cookie(surface: &Surface, headers: &HeaderMap) -> Result<Option<Caller>, AppError> {
    match session(headers) {
        Some(token) => surface.app.caller_at(token, host(headers).as_deref()).await,
        None => Ok(None),
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

/// The secret in the session cookie.
#[must_use]
pub fn session(headers: &HeaderMap) -> Option<&str> {
    cookie(headers, COOKIE)
}

/// The value of a cookie.
#[must_use]
pub fn cookie<'a>(headers: &'a HeaderMap, wanted: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(name, value)| (name == wanted).then_some(value))
}

/// Why a transaction is made: the caller's trace, or else the id of the request.
#[must_use]
pub fn cause(parts: &Parts) -> Cause {
    let traced = parts.headers.get("traceparent").and_then(|v| v.to_str().ok()).filter(|t| is_traceparent(t));
    let own = || parts.extensions.get::<RequestId>().map(|id| id.0.clone());
    Cause {
        trace: traced.map(str::to_owned).or_else(own),
        idempotency_key: idempotency_key(&parts.headers).map(str::to_owned),
    }
}

/// The `Idempotency-Key`, if there is one of a usable length.
#[must_use]
pub fn idempotency_key(headers: &HeaderMap) -> Option<&str> {
    let key = headers.get("idempotency-key")?.to_str().ok()?.trim();
    (1..=limits::IDEMPOTENCY_KEY_CHARS).contains(&key.len()).then_some(key)
}

/// W3C Trace Context, version 00: `00-` 32 hex `-` 16 hex `-` 2 hex.
fn is_traceparent(text: &str) -> bool {
    let parts: Vec<_> = text.split('-').collect();
    let sizes = [2, 32, 16, 2];
    parts.len() == 4
        && parts
            .iter()
            .zip(sizes)
            .all(|(p, size)| p.len() == size && p.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// The address of who is asking, as [`crate::layers::protect`] found it; none when it is not known.
#[must_use]
pub fn address(parts: &Parts) -> Option<IpAddr> {
    parts.extensions.get::<Client>().and_then(|client| client.0)
}

/// What is kept of the device a request came from.
#[must_use]
pub fn device(parts: &Parts) -> Device {
    let agent = parts.headers.get(header::USER_AGENT).and_then(|v| v.to_str().ok());
    Device::new(agent, address(parts))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn the_session_is_found_among_other_cookies() {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, HeaderValue::from_static("a=1; tenantry_session=tny_x; b=2"));
        assert_eq!(session(&headers), Some("tny_x"));
        headers.insert(header::COOKIE, HeaderValue::from_static("xtenantry_session=tny_x"));
        assert_eq!(session(&headers), None);
    }

    #[test]
    fn the_host_name_is_what_people_typed_without_the_port() {
        let of = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, HeaderValue::from_str(text).expect("a value"));
            host(&headers)
        };
        assert_eq!(of("Portal.North.test.:8443").as_deref(), Some("portal.north.test"));
        assert_eq!(of("127.0.0.1:80").as_deref(), Some("127.0.0.1"));
        assert_eq!(of("a/b"), None);
        assert_eq!(of("[::1]:80"), None);
    }

    #[test]
    fn only_a_well_formed_trace_is_taken_over() {
        assert!(is_traceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"));
        assert!(!is_traceparent("00-x-00f067aa0ba902b7-01"));
        assert!(!is_traceparent(""));
    }
}
