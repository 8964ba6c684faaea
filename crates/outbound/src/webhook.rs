//! One HTTP POST, and what its answer means.

use std::{error::Error, time::Duration};

use domain::{
    hook::{Allowed, Kind},
    limits,
};
use jiff::Timestamp;
use reqwest::{
    Certificate, Client, Response, StatusCode, Url,
    header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue},
    redirect,
};
use tracing::warn;
use zeroize::Zeroizing;

use crate::{
    Reply, Settings, Unusable, Verdict,
    address::{Checked, literal},
    sign::{Secret, signature},
};

/// An unused connection is kept this long.
const IDLE: Duration = Duration::from_secs(30);
/// Longer than the signature of any number of valid secrets.
const SECRETS: usize = 2;

/// A client that follows nobody, uses no proxy of the environment, and connects only to
/// what may be called.
pub fn client(settings: &Settings) -> Result<Client, Unusable> {
    // An error means that a provider is installed already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let authorities = match &settings.authorities {
        Some(pem) => Certificate::from_pem_bundle(pem).map_err(Unusable::Authorities)?,
        None => Vec::new(),
    };
    let builder = || {
        Client::builder()
            .user_agent(concat!("tenantry/", env!("CARGO_PKG_VERSION")))
            .redirect(redirect::Policy::none())
            .no_proxy()
            .pool_idle_timeout(IDLE)
            .pool_max_idle_per_host(usize::try_from(limits::HOOK_AT_ONCE).unwrap_or(1))
            .dns_resolver(Checked(settings.allowed()))
    };
    match builder().tls_certs_merge(authorities.clone()).build() {
        Ok(client) => Ok(client),
        Err(error) => {
            // A machine without authorities of its own can still use those of the operator.
            warn!(error = chain(&error), "the system's certificate authorities cannot be used by webhooks");
            builder().tls_certs_only(authorities).build().map_err(Unusable::Tls)
        }
    }
}

/// The headers of Standard Webhooks; none without a secret that can be used.
pub fn headers(id: &str, body: &[u8], secrets: &[Zeroizing<String>], now: Timestamp) -> Option<HeaderMap> {
    let signatures: Vec<_> = secrets
        .iter()
        .take(SECRETS)
        .filter_map(|text| Secret::parse(text))
        .map(|secret| signature(&secret, id, now, body))
        .collect();
    if signatures.is_empty() {
        return None;
    }
    let values = [
        ("webhook-id", id.to_owned()),
        ("webhook-timestamp", now.as_second().to_string()),
        ("webhook-signature", signatures.join(" ")),
    ];
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    for (name, value) in values {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_str(&value).ok()?);
    }
    Some(headers)
}

/// Posts within `limit`, which includes the reading of the answer.
pub async fn post(
    http: &Client,
    allowed: &Allowed,
    destination: &str,
    headers: HeaderMap,
    body: Vec<u8>,
    limit: Duration,
) -> Reply {
    // What was allowed when the hook was made need not be any more.
    if allowed.destination("url", Kind::Webhook, destination).is_err() {
        return Reply::new(Verdict::Failed, "the configuration of this worker does not allow this address");
    }
    let Ok(url) = Url::parse(destination) else {
        return Reply::new(Verdict::Failed, "the address is not one of the form https://host/path");
    };
    if let Err(error) = literal(&url, allowed) {
        return Reply::new(Verdict::Failed, error.to_string());
    }
    let sent = async {
        let response = http.post(url).headers(headers).body(body).timeout(limit).send().await?;
        let status = response.status();
        // Of an answer that is only about success or failure the rest does not matter.
        let text = read(response).await?;
        Ok::<_, reqwest::Error>((status, text))
    };
    match sent.await {
        Ok((status, text)) => judge(status, &text),
        Err(error) if error.is_timeout() => {
            Reply::new(Verdict::Away, format!("no answer within {} s", limit.as_secs()))
        }
        Err(error) => Reply::new(Verdict::Away, chain(&error.without_url())),
    }
}

/// As much of an answer as is read; the connection of a longer one is given up.
async fn read(mut response: Response) -> Result<String, reqwest::Error> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        let room = limits::HOOK_ANSWER_BYTES - body.len();
        body.extend_from_slice(&chunk[..chunk.len().min(room)]);
        if body.len() == limits::HOOK_ANSWER_BYTES {
            break;
        }
    }
    Ok(String::from_utf8_lossy(&body).into_owned())
}

fn judge(status: StatusCode, text: &str) -> Reply {
    let said = match text.trim() {
        "" => status.to_string(),
        text => format!("{status}: {text}"),
    };
    match status.as_u16() {
        200..=299 => Reply::new(Verdict::Done, said),
        422 => Reply::new(Verdict::Refused, reason(text).unwrap_or(said)),
        300..=399 => Reply::new(Verdict::Failed, format!("{status}: redirects are not followed")),
        // Timeout, too early, too many: another time it may do.
        408 | 425 | 429 | 500..=599 => Reply::new(Verdict::Passing, said),
        _ => Reply::new(Verdict::Failed, said),
    }
}

/// The `reason` of a refusal.
fn reason(text: &str) -> Option<String> {
    let body: serde_json::Value = serde_json::from_str(text).ok()?;
    body.get("reason")?.as_str().filter(|r| !r.trim().is_empty()).map(str::to_owned)
}

fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
