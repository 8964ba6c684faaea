//! Calls of REST v1: made, repeated where that is safe, and their errors read.

use std::time::Duration;

use reqwest::{
    Method, StatusCode, Url,
    header::{self, HeaderMap, HeaderValue},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use wire::problem::ErrorDocument;

use crate::{
    args::{Global, Listing},
    config::Target,
    failure::{Failure, chain},
};

/// How often a call is tried that may be repeated.
const TRIES: u32 = 3;
/// A server is given this long to accept a connection.
const CONNECT: Duration = Duration::from_secs(10);
/// A call may take this long; the largest (5,000 users) takes a fraction.
const CALL: Duration = Duration::from_mins(2);
/// No answer is larger than this, in bytes.
const ANSWER_BYTES: usize = 64 * 1024 * 1024;
/// A server may ask for a pause of this many seconds at most.
const PAUSE_SECONDS: u64 = 10;
/// Rows the server gives in one page at most.
const PAGE_ROWS: u32 = 200;

/// A connection to one server.
pub struct Client {
    http: reqwest::Client,
    base: Url,
    token: Option<HeaderValue>,
    key: Option<String>,
}

/// What the server answered.
#[derive(Debug)]
pub struct Answer {
    /// The status, always 200 to 299.
    pub status: u16,
    /// The `ETag`, to be sent back as `If-Match`.
    pub etag: Option<String>,
    /// The body; null when there is none.
    pub body: Value,
    url: String,
}

impl Answer {
    /// The body as `T`.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        read_value(&self.body, &self.url)
    }
}

/// When a call may be sent again.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Repeat {
    /// Doing it twice is the same as doing it once.
    Always,
    /// Only when the server certainly did not get it.
    Unsent,
}

struct Call {
    method: Method,
    url: Url,
    headers: HeaderMap,
    body: Option<Vec<u8>>,
    repeat: Repeat,
    key: Option<String>,
}

impl Client {
    /// A client of the server that the command line and the configuration name.
    pub fn new(target: &Target, global: &Global) -> Result<Self, Failure> {
        let base = base_url(&target.url, global.insecure_http)?;
        // An error means that a provider is installed already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let agent = concat!("tenantry/", env!("CARGO_PKG_VERSION"));
        let mut builder = reqwest::Client::builder()
            .user_agent(agent)
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT)
            .timeout(CALL);
        if base.scheme() == "http" {
            // A machine without any certificate authority can still use plain http.
            builder = builder.tls_certs_only([]);
        } else if let Some(path) = &target.ca_file {
            let bad = |error: &dyn std::fmt::Display| {
                let what = format!("{} holds no usable certificate: {error}", path.display());
                Failure::usage(what, "give a PEM file with the authority's certificate to --ca-file")
            };
            let pem = std::fs::read(path).map_err(|error| bad(&error))?;
            let certificates =
                reqwest::Certificate::from_pem_bundle(&pem).map_err(|error| bad(&chain(&error)))?;
            if certificates.is_empty() {
                return Err(bad(&"no certificate in it"));
            }
            builder = builder.tls_certs_only(certificates);
        }
        if is_loopback(&base) {
            builder = builder.no_proxy();
        }
        let http = builder.build().map_err(|error| Failure::local("TLS cannot be set up", chain(&error)))?;
        let token = target.token.as_deref().map(bearer).transpose()?;
        Ok(Self { http, base, token, key: global.idempotency_key.clone() })
    }

    /// Reads something.
    pub async fn get(&self, path: &[&str], query: &impl Serialize) -> Result<Answer, Failure> {
        let url = with_query(self.url(path)?, query);
        self.send(self.call(Method::GET, url, Repeat::Always)).await
    }

    /// Fetches a file as it is.
    pub async fn get_file(&self, path: &[&str], query: &impl Serialize) -> Result<Vec<u8>, Failure> {
        let mut call = self.call(Method::GET, with_query(self.url(path)?, query), Repeat::Always);
        call.headers.insert(header::ACCEPT, HeaderValue::from_static("*/*"));
        Ok(self.fetch(call).await?.body)
    }

    /// Makes something. Repeating is safe because of the idempotency key.
    pub async fn post(&self, path: &[&str], body: Option<&impl Serialize>) -> Result<Answer, Failure> {
        self.send(self.keyed(path, body)?).await
    }

    /// Brings a file as it is. Nothing is made of it yet, so doing it twice harms nobody.
    pub async fn post_file(
        &self,
        path: &[&str],
        query: &impl Serialize,
        bytes: Vec<u8>,
    ) -> Result<Answer, Failure> {
        let mut call = self.call(Method::POST, with_query(self.url(path)?, query), Repeat::Always);
        call.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
        call.body = Some(bytes);
        self.send(call).await
    }

    /// As [`Client::post`], to what still is as it was when `etag` was read.
    pub async fn post_body_match(
        &self,
        path: &[&str],
        etag: Option<&str>,
        body: &impl Serialize,
    ) -> Result<Answer, Failure> {
        self.send(self.keyed(path, Some(body))?.if_match(etag)).await
    }

    fn keyed(&self, path: &[&str], body: Option<&impl Serialize>) -> Result<Call, Failure> {
        let key = match &self.key {
            Some(key) => key.clone(),
            None => random_key()?,
        };
        let mut call = self.call(Method::POST, self.url(path)?, Repeat::Always).json(body)?;
        let value = HeaderValue::from_str(&key).map_err(|_| {
            Failure::usage("the idempotency key cannot be sent", "use letters, digits and hyphens only")
        })?;
        call.headers.insert(header::HeaderName::from_static("idempotency-key"), value);
        call.key = Some(key);
        Ok(call)
    }

    /// Does something to what still is as it was when `etag` was read.
    pub async fn post_match(&self, path: &[&str], etag: Option<&str>) -> Result<Answer, Failure> {
        let call = self.call(Method::POST, self.url(path)?, Repeat::Unsent);
        self.send(call.if_match(etag)).await
    }

    /// Makes a session, or a link. Not kept under a key, because the answer is a secret.
    pub async fn post_secret(&self, path: &[&str], body: &impl Serialize) -> Result<Answer, Failure> {
        self.send(self.call(Method::POST, self.url(path)?, Repeat::Unsent).json(Some(body))?).await
    }

    /// Puts something in its place; doing it twice is doing it once.
    pub async fn put_body(&self, path: &[&str], body: &impl Serialize) -> Result<Answer, Failure> {
        self.send(self.call(Method::PUT, self.url(path)?, Repeat::Always).json(Some(body))?).await
    }

    /// As [`Client::put_body`], if it still is as it was when `etag` was read.
    pub async fn put_match(
        &self,
        path: &[&str],
        etag: Option<&str>,
        body: &impl Serialize,
    ) -> Result<Answer, Failure> {
        let call = self.call(Method::PUT, self.url(path)?, Repeat::Unsent).json(Some(body))?;
        self.send(call.if_match(etag)).await
    }

    /// Changes something that still is as it was when `etag` was read.
    pub async fn patch(
        &self,
        path: &[&str],
        etag: Option<&str>,
        body: &impl Serialize,
    ) -> Result<Answer, Failure> {
        let call = self.call(Method::PATCH, self.url(path)?, Repeat::Unsent).json(Some(body))?;
        self.send(call.if_match(etag)).await
    }

    /// Removes something, if `etag` is given only as it was when that was read.
    pub async fn delete(
        &self,
        path: &[&str],
        query: &impl Serialize,
        etag: Option<&str>,
    ) -> Result<Answer, Failure> {
        let url = with_query(self.url(path)?, query);
        self.send(self.call(Method::DELETE, url, Repeat::Unsent).if_match(etag)).await
    }

    /// A list, page by page, up to what the person asked for.
    pub async fn list(
        &self,
        path: &[&str],
        query: &impl Serialize,
        listing: &Listing,
    ) -> Result<wire::common::Page<Value>, Failure> {
        let mut query = serde_json::to_value(query).unwrap_or_default();
        let mut page = wire::common::Page { items: Vec::new(), next: listing.after.clone() };
        let want = if listing.all { usize::MAX } else { listing.limit as usize };
        loop {
            let room = u32::try_from(want - page.items.len()).unwrap_or(u32::MAX).min(PAGE_ROWS);
            query["limit"] = room.into();
            query["after"] = page.next.clone().into();
            let next: wire::common::Page<Value> = self.get(path, &query).await?.read()?;
            page.items.extend(next.items);
            page.next = next.next;
            if page.next.is_none() || page.items.len() >= want {
                return Ok(page);
            }
        }
    }

    fn url(&self, path: &[&str]) -> Result<Url, Failure> {
        if let Some(bad) = path.iter().find(|s| s.is_empty() || **s == "." || **s == "..") {
            return Err(Failure::usage(format!("\"{bad}\" is no id"), "give an id or a code"));
        }
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        Ok(url)
    }

    fn call(&self, method: Method, url: Url, repeat: Repeat) -> Call {
        let mut headers = HeaderMap::new();
        headers
            .insert(header::ACCEPT, HeaderValue::from_static("application/json, application/problem+json"));
        // The client speaks English; half an answer in another language helps nobody.
        headers.insert(header::ACCEPT_LANGUAGE, HeaderValue::from_static("en"));
        if let Some(token) = &self.token {
            headers.insert(header::AUTHORIZATION, token.clone());
        }
        Call { method, url, headers, body: None, repeat, key: None }
    }

    async fn send(&self, call: Call) -> Result<Answer, Failure> {
        let Fetched { status, etag, body, url } = self.fetch(call).await?;
        Ok(Answer { status, etag, body: parse_answer(&body, &url)?, url })
    }

    async fn fetch(&self, call: Call) -> Result<Fetched, Failure> {
        let mut tried = 0;
        loop {
            tried += 1;
            let (failure, pause) = match self.once(&call).await {
                Ok(answer) => return Ok(answer),
                Err(Refusal::Final(failure)) => return Err(failure),
                Err(Refusal::Passing(failure, pause)) => (failure, pause),
            };
            if tried >= TRIES {
                return Err(failure);
            }
            let grown = Duration::from_millis(200 * u64::from(tried * tried));
            tokio::time::sleep(pause.unwrap_or(grown)).await;
        }
    }

    /// One attempt. `Passing` when another one is safe and may help.
    async fn once(&self, call: &Call) -> Result<Fetched, Refusal> {
        let mut request =
            self.http.request(call.method.clone(), call.url.clone()).headers(call.headers.clone());
        if let Some(body) = &call.body {
            request = request.header(header::CONTENT_TYPE, "application/json").body(body.clone());
        }
        let lost = |error: reqwest::Error| {
            let again = call.repeat == Repeat::Always || error.is_connect();
            // A connection that was never made cannot have done anything.
            let key = call.key.clone().filter(|_| !error.is_connect());
            let url = self.base.origin().ascii_serialization();
            let failure = Failure::Unreachable { url, cause: chain(&error.without_url()), key };
            if again { Refusal::Passing(failure, None) } else { Refusal::Final(failure) }
        };
        let response = request.send().await.map_err(lost)?;
        let (status, headers) = (response.status(), response.headers().clone());
        let body = read_body(response, lost).await?;
        let url = call.url.to_string();
        if status.is_success() {
            let etag = headers.get(header::ETAG).and_then(|v| v.to_str().ok()).map(str::to_owned);
            return Ok(Fetched { status: status.as_u16(), etag, body, url });
        }
        if status.is_redirection() {
            let to = headers.get(header::LOCATION).and_then(|v| v.to_str().ok()).unwrap_or("nowhere");
            let cause = format!("it answers {status}, to {to}");
            return Err(Refusal::Final(Failure::Protocol { url, cause }));
        }
        Err(refusal(status, &headers, &body, call.repeat))
    }
}

impl Call {
    fn json(mut self, body: Option<&impl Serialize>) -> Result<Self, Failure> {
        self.body = body
            .map(serde_json::to_vec)
            .transpose()
            .map_err(|error| Failure::local("the request cannot be written as JSON", error))?;
        Ok(self)
    }

    fn if_match(mut self, etag: Option<&str>) -> Self {
        if let Some(value) = etag.and_then(|e| HeaderValue::from_str(e).ok()) {
            self.headers.insert(header::IF_MATCH, value);
        }
        self
    }
}

/// An answer as it came.
struct Fetched {
    status: u16,
    etag: Option<String>,
    body: Vec<u8>,
    url: String,
}

enum Refusal {
    Final(Failure),
    Passing(Failure, Option<Duration>),
}

async fn read_body(
    mut response: reqwest::Response,
    lost: impl Fn(reqwest::Error) -> Refusal,
) -> Result<Vec<u8>, Refusal> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(&lost)? {
        if body.len() + chunk.len() > ANSWER_BYTES {
            let url = response.url().to_string();
            let cause = "its answer is larger than 64 MiB".to_owned();
            return Err(Refusal::Final(Failure::Protocol { url, cause }));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn parse_answer(body: &[u8], url: &str) -> Result<Value, Failure> {
    if body.is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_slice(body).map_err(|error| {
        let cause = format!("its answer is not JSON ({error})");
        Failure::Protocol { url: url.to_owned(), cause }
    })
}

fn refusal(status: StatusCode, headers: &HeaderMap, body: &[u8], repeat: Repeat) -> Refusal {
    let mut document: ErrorDocument = serde_json::from_slice(body).unwrap_or_default();
    document.status = status.as_u16();
    if document.title.is_empty() {
        status.canonical_reason().unwrap_or("The server refused").clone_into(&mut document.title);
    }
    let pause = headers
        .get(header::RETRY_AFTER)
        .and_then(|v| v.to_str().ok()?.parse().ok())
        .map(|seconds: u64| Duration::from_secs(seconds.min(PAUSE_SECONDS)));
    // Any refusal with `Retry-After` promises that a repetition makes sense, as
    // a 409 while the first attempt of the same key is still running.
    let passing = matches!(status.as_u16(), 429 | 502..=504) || pause.is_some();
    let failure = Failure::Refused { document: Box::new(document), source_file: None };
    if passing && repeat == Repeat::Always {
        Refusal::Passing(failure, pause)
    } else {
        Refusal::Final(failure)
    }
}

fn read_value<T: DeserializeOwned>(body: &Value, url: &str) -> Result<T, Failure> {
    T::deserialize(body).map_err(|error| {
        let cause = format!("its answer lacks something this version needs ({error})");
        Failure::Protocol { url: url.to_owned(), cause }
    })
}

fn bearer(token: &str) -> Result<HeaderValue, Failure> {
    let mut value = HeaderValue::from_str(&format!("Bearer {}", token.trim())).map_err(|_| {
        Failure::usage("the token holds characters that no token has", "copy it again, without line breaks")
    })?;
    value.set_sensitive(true);
    Ok(value)
}

/// A key nobody else uses: 128 random bits.
#[expect(clippy::disallowed_methods, reason = "a key of one call; nothing depends on its value")]
fn random_key() -> Result<String, Failure> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).map_err(|error| Failure::local("no random numbers", error))?;
    Ok(format!("{:032x}", u128::from_be_bytes(bytes)))
}

/// Checks the address and adds `/api/v1`.
fn base_url(text: &str, insecure_http: bool) -> Result<Url, Failure> {
    let form = |why: String| {
        Failure::usage(
            format!("\"{text}\" is not the address of a server: {why}"),
            "write it as https://portal.example.com",
        )
    };
    let mut url = Url::parse(text).map_err(|error| form(error.to_string()))?;
    match url.scheme() {
        "https" => {}
        "http" if insecure_http || is_loopback(&url) => {}
        "http" => {
            let what = format!("\"{text}\" is plain http: the token would be readable on the way");
            return Err(Failure::usage(what, "use https, or accept the risk with --insecure-http"));
        }
        other => return Err(form(format!("{other} is neither https nor http"))),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(form("it must not hold a user name or password".to_owned()));
    }
    url.set_query(None);
    url.set_fragment(None);
    let path = url.path().trim_end_matches('/').trim_end_matches(wire::BASE).to_owned();
    url.set_path(&format!("{path}{}", wire::BASE));
    Ok(url)
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// The fields of `query` that have a value, behind the path.
fn with_query(mut url: Url, query: &impl Serialize) -> Url {
    if let Ok(Value::Object(fields)) = serde_json::to_value(query) {
        let mut pairs = url.query_pairs_mut();
        for (name, value) in fields.iter().filter(|(_, v)| !v.is_null()) {
            pairs.append_pair(name, &value.as_str().map_or_else(|| value.to_string(), str::to_owned));
        }
        pairs.finish();
    }
    if url.query() == Some("") {
        url.set_query(None);
    }
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_is_only_for_this_machine() {
        for good in ["https://a.example", "http://127.0.0.1:8080", "http://[::1]:1/", "http://localhost"] {
            let url = base_url(good, false).expect(good);
            assert!(url.as_str().ends_with("/api/v1"), "{url}");
        }
        for bad in [
            "http://a.example",
            "ftp://a.example",
            "a.example",
            "",
            "https://u:p@a.example",
            "http://127.0.0.1.evil.example",
        ] {
            assert!(base_url(bad, false).is_err(), "{bad}");
        }
        assert!(base_url("http://a.example", true).is_ok());
        let given = base_url("https://a.example/sub/api/v1/", false).expect("with the base already");
        assert_eq!(given.as_str(), "https://a.example/sub/api/v1");
    }

    #[test]
    fn an_idempotency_key_is_never_the_same() {
        let (a, b) = (random_key().expect("random"), random_key().expect("random"));
        assert_ne!(a, b);
        assert_eq!(a.len(), 32);
    }
}
