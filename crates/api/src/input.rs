//! What a handler gets from a request: who calls, ids, the query, the body, the
//! version a change is based on. Each refuses with the name of what is wrong.

use std::{net::IpAddr, str::FromStr};

use app::{AppError, Caller, Cause};
use axum::{
    body::{Bytes, to_bytes},
    extract::{FromRequest, FromRequestParts, Path, Request},
    http::{HeaderMap, header, request::Parts},
};
use domain::{
    device::Device,
    field::{FieldError, Rule},
    limits,
};
use serde::de::DeserializeOwned;
use serde_json::Value;
use web::{Surface, caller, speech};
use wire::body::parse_json;

use crate::refusal::Refusal;

/// A signed-in call.
#[derive(Debug)]
pub struct Call {
    /// Who calls.
    pub caller: Caller,
    /// Why, for the log.
    pub cause: Cause,
    /// What is kept of the device.
    pub device: Device,
    /// Method and path: part of what an `Idempotency-Key` stands for.
    pub line: String,
}

impl FromRequestParts<Surface> for Call {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, surface: &Surface) -> Result<Self, Refusal> {
        let caller = caller::by_bearer(surface, &parts.headers).await?.ok_or_else(Refusal::unauthorized)?;
        // A program that asks for a language gets it.
        if !parts.headers.contains_key(header::ACCEPT_LANGUAGE) {
            speech::follow(&caller.language, &caller.time_zone, &parts.headers);
        }
        let cause = caller::cause(parts);
        if parts.headers.contains_key(wire::IDEMPOTENCY_KEY) && cause.idempotency_key.is_none() {
            let error = FieldError::new(wire::IDEMPOTENCY_KEY, Rule::TooLong);
            return Err(AppError::field(error.with("max", limits::IDEMPOTENCY_KEY_CHARS)).into());
        }
        let line = format!("{} {}", parts.method, parts.uri.path());
        Ok(Self { caller, cause, device: caller::device(parts), line })
    }
}

/// A call by somebody who need not sign in.
#[derive(Debug)]
pub struct Anybody {
    /// Why, for the log.
    pub cause: Cause,
    /// Seconds to wait, after too many attempts of this address.
    pub wait: Option<i64>,
    /// What is kept of the device.
    pub device: Device,
    /// The host name they came by.
    pub host: Option<String>,
    address: Option<IpAddr>,
}

impl Anybody {
    /// What was tried was right, and does not count as a guess.
    pub fn was_right(&self, surface: &Surface) {
        surface.attempts.was_right(self.address);
    }
}

impl FromRequestParts<Surface> for Anybody {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, surface: &Surface) -> Result<Self, Refusal> {
        let address = caller::address(parts);
        let wait = surface.attempts.attempt(address, surface.app.now().as_second());
        let (device, host) = (caller::device(parts), caller::host(&parts.headers));
        Ok(Self { cause: caller::cause(parts), wait, device, host, address })
    }
}

/// The id in the path. What is no id does not exist.
#[derive(Debug)]
pub struct PathId<T>(pub T);

impl<T: FromStr + Send> FromRequestParts<Surface> for PathId<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, surface: &Surface) -> Result<Self, Refusal> {
        let path = Path::<String>::from_request_parts(parts, surface).await;
        let text = path.map_err(|_| Refusal::not_found("address"))?.0;
        named(&text).map(Self)
    }
}

/// Two ids in the path.
#[derive(Debug)]
pub struct PathIds<A, B>(pub A, pub B);

impl<A: FromStr + Send, B: FromStr + Send> FromRequestParts<Surface> for PathIds<A, B> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, surface: &Surface) -> Result<Self, Refusal> {
        let path = Path::<(String, String)>::from_request_parts(parts, surface).await;
        let (a, b) = path.map_err(|_| Refusal::not_found("address"))?.0;
        Ok(Self(named(&a)?, named(&b)?))
    }
}

/// A part of the path. A NUL is no text: nothing is called so, and the database takes none.
fn named<T: FromStr>(text: &str) -> Result<T, Refusal> {
    let found = if text.contains('\0') { None } else { text.parse().ok() };
    found.ok_or_else(|| Refusal::not_found("id"))
}

/// The query, as one of the types of `wire`.
#[derive(Debug)]
pub struct Params<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequestParts<Surface> for Params<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, surface: &Surface) -> Result<Self, Refusal> {
        let pairs = axum::extract::Query::<Vec<(String, String)>>::from_request_parts(parts, surface).await;
        let pairs = pairs.map_err(|_| Refusal::field("", Rule::Format))?.0;
        let mut fields = serde_json::Map::new();
        for (name, text) in pairs {
            // A number where one is expected; texts that look like one are wanted as text.
            let value = match (name.as_str(), text.parse::<u32>(), text.parse::<bool>()) {
                ("limit" | "days" | "grace_days", Ok(number), _) => Value::from(number),
                ("force", _, Ok(yes)) => Value::from(yes),
                _ => Value::from(text),
            };
            if fields.insert(name.clone(), value).is_some() {
                return Err(Refusal::field(&name, Rule::Duplicate));
            }
        }
        parse(&serde_json::to_vec(&fields).unwrap_or_default()).map(Self)
    }
}

/// A JSON body of up to [`limits::BODY_BYTES`].
#[derive(Debug)]
pub struct Body<T>(pub T);

impl<T: DeserializeOwned> FromRequest<Surface> for Body<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, _: &Surface) -> Result<Self, Refusal> {
        parse(&receive(request, limits::BODY_BYTES).await?).map(Self)
    }
}

/// As [`Body`], where the body may be left out.
#[derive(Debug)]
pub struct BodyOrNone<T>(pub T);

impl<T: DeserializeOwned + Default> FromRequest<Surface> for BodyOrNone<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, _: &Surface) -> Result<Self, Refusal> {
        if !request.headers().contains_key(header::CONTENT_TYPE) {
            return Ok(Self(T::default()));
        }
        parse(&receive(request, limits::BODY_BYTES).await?).map(Self)
    }
}

/// A JSON body of up to [`limits::LARGE_BODY_BYTES`]: orders and batches.
#[derive(Debug)]
pub struct LargeBody<T>(pub T);

impl<T: DeserializeOwned> FromRequest<Surface> for LargeBody<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, _: &Surface) -> Result<Self, Refusal> {
        parse(&receive(request, limits::LARGE_BODY_BYTES).await?).map(Self)
    }
}

async fn receive(request: Request, max_bytes: usize) -> Result<Bytes, Refusal> {
    if !is_json(request.headers()) {
        return Err(Refusal::media_type());
    }
    let announced = request.headers().get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse().ok());
    if announced.is_some_and(|bytes: usize| bytes > max_bytes) {
        return Err(Refusal::too_large(max_bytes));
    }
    // The only other way to fail is a connection that broke, and nobody reads that answer.
    to_bytes(request.into_body(), max_bytes).await.map_err(|error| {
        let limit = std::error::Error::source(&error).is_some_and(|s| s.to_string().contains("limit"));
        if limit { Refusal::too_large(max_bytes) } else { Refusal::unreadable() }
    })
}

fn is_json(headers: &HeaderMap) -> bool {
    let value = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let kind = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    kind == "application/json" || (kind.starts_with("application/") && kind.ends_with("+json"))
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    // No value of ours holds it, the database cannot keep it, and it hides in logs.
    if body.windows(6).any(|w| w == b"\\u0000") {
        let value: Value = parse_json(body).map_err(|error| Refusal::malformed(&error))?;
        let mut errors = Vec::new();
        nul(&value, String::new(), &mut errors);
        if !errors.is_empty() {
            return Err(Refusal::invalid(&errors));
        }
    }
    parse_json(body).map_err(|error| {
        let text = std::str::from_utf8(body).ok();
        if text.is_none_or(|text| serde_json::from_str::<serde::de::IgnoredAny>(text).is_err()) {
            Refusal::malformed(&error)
        } else {
            Refusal::form(error)
        }
    })
}

/// Finds every text with a NUL in it.
fn nul(value: &Value, path: String, errors: &mut Vec<FieldError>) {
    match value {
        Value::String(text) if text.contains('\0') => {
            errors.push(FieldError::new(path, Rule::ForbiddenCharacter).with("character", "U+0000"));
        }
        Value::Array(items) => {
            for (i, item) in items.iter().enumerate() {
                nul(item, format!("{path}[{i}]"), errors);
            }
        }
        Value::Object(fields) => {
            for (name, field) in fields {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                nul(field, path, errors);
            }
        }
        _ => {}
    }
}

/// The version a change is based on, from `If-Match`.
#[derive(Debug)]
pub struct Version(pub i64);

impl FromRequestParts<Surface> for Version {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &Surface) -> Result<Self, Refusal> {
        let value = parts.headers.get(header::IF_MATCH).ok_or_else(Refusal::version_needed)?;
        let text = value.to_str().unwrap_or_default().trim().trim_start_matches("W/");
        let quoted = text.strip_prefix('"').and_then(|t| t.strip_suffix('"'));
        quoted.and_then(|t| t.parse().ok()).map(Self).ok_or_else(Refusal::version_form)
    }
}
