//! A small client of REST v1, for what the laboratory does in many people's names.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use wire::{
    activations::{Activation, ActivationState},
    common::Page,
    directories::Directory,
    requests::{Request, RequestState},
};

use crate::process::Failure;

const POLL: Duration = Duration::from_millis(25);
/// Whatever takes longer has failed.
const PATIENCE: Duration = Duration::from_secs(300);

/// One provider of cryptography for the process; the client speaks plain HTTP
/// to this machine, but is built with TLS.
pub fn install_tls() {
    let _installed_before = rustls::crypto::ring::default_provider().install_default();
}

/// The interface, as one person or nobody.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: String,
    token: Option<String>,
}

/// What the server answered.
#[derive(Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// The body.
    pub body: Value,
    what: String,
}

impl Answer {
    /// The body as a type, if the status says success.
    pub fn read<T: DeserializeOwned>(self) -> Result<T, Failure> {
        if !(200..300).contains(&self.status) {
            return Err(Failure::Found(format!("{}: {} {}", self.what, self.status, self.body)));
        }
        serde_json::from_value(self.body).map_err(|error| {
            Failure::Found(format!("{}: the answer does not have the published form: {error}", self.what))
        })
    }
}

impl Client {
    /// Nobody yet.
    pub fn new(url: &str) -> Self {
        let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(60)).build();
        let http = http.expect("a client without special settings");
        Self { http, base: format!("{url}/api/v1"), token: None }
    }

    /// Signs in.
    pub async fn sign_in(&self, login: &str, password: &str) -> Result<Self, Failure> {
        let body = json!({ "login": login, "password": password });
        let session: wire::sessions::Session = self.post("sessions", &body).await?.read()?;
        Ok(Self { token: Some(session.token), ..self.clone() })
    }

    /// The token of who is signed in.
    pub fn token(&self) -> &str {
        self.token.as_deref().unwrap_or_default()
    }

    /// Whether the server can serve.
    pub async fn is_ready(&self) -> bool {
        self.get("ready").await.is_ok_and(|answer| answer.status == 200)
    }

    /// Asks.
    pub async fn get(&self, path: &str) -> Result<Answer, Failure> {
        self.call(Method::GET, path, None::<&()>).await
    }

    /// Makes something.
    pub async fn post(&self, path: &str, body: &impl Serialize) -> Result<Answer, Failure> {
        self.call(Method::POST, path, Some(body)).await
    }

    /// Puts something in its place.
    pub async fn put(&self, path: &str) -> Result<Answer, Failure> {
        self.call(Method::PUT, path, None::<&()>).await
    }

    /// Dedicates a directory to a tenant, unless it is already.
    pub async fn dedicate(&self, directory: &str, tenant: &str) -> Result<(), Failure> {
        let path = format!("directories/{directory}");
        let seen: Directory = self.get(&path).await?.read()?;
        if seen.dedicated_to.is_some_and(|to| to.code == tenant) {
            return Ok(());
        }
        let address = format!("{}/{path}", self.base);
        let call = self.http.patch(address).header("If-Match", format!("\"{}\"", seen.version));
        let body = json!({ "dedicated_to": tenant });
        self.send(call.json(&body), format!("PATCH {path}")).await?.read::<Directory>().map(drop)
    }

    /// All entries of a list.
    pub async fn list<T: DeserializeOwned>(&self, path: &str) -> Result<Vec<T>, Failure> {
        let mut all = Vec::new();
        let mark = if path.contains('?') { '&' } else { '?' };
        let mut address = format!("{path}{mark}limit=200");
        loop {
            let page: Page<T> = self.get(&address).await?.read()?;
            all.extend(page.items);
            match page.next {
                Some(next) => address = format!("{path}{mark}limit=200&after={next}"),
                None => return Ok(all),
            }
        }
    }

    /// Waits until a request is at its end, and gives it.
    pub async fn settled(&self, request: &str) -> Result<Request, Failure> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let seen: Request = self.get(&format!("requests/{request}")).await?.read()?;
            if seen.state.is_final() {
                return Ok(seen);
            }
            if Instant::now() > deadline {
                return Err(Failure::Found(format!("the request {request} does not end: {:?}", seen.counts)));
            }
            tokio::time::sleep(POLL).await;
        }
    }

    /// The same, and everything of it must have been verified.
    pub async fn complete(&self, request: &str) -> Result<Request, Failure> {
        let seen = self.settled(request).await?;
        if seen.state == RequestState::Complete {
            return Ok(seen);
        }
        let items = self.get(&format!("requests/{request}/items?state=failed")).await?.body;
        Err(Failure::Found(format!("the request {request} is {}: {items}", seen.state)))
    }

    /// Uses an activation link: chooses a password and waits until it counts.
    pub async fn activate(&self, link: &str, password: &str) -> Result<Activation, Failure> {
        let token = link.rsplit('/').next().unwrap_or_default();
        let path = format!("activations/{token}");
        let mut seen: Activation = self.post(&path, &json!({ "password": password })).await?.read()?;
        let deadline = Instant::now() + PATIENCE;
        loop {
            match seen.state {
                ActivationState::Done => return Ok(seen),
                ActivationState::Pending if Instant::now() < deadline => {}
                _ => return Err(Failure::Found(format!("the activation of {} is {:?}", seen.login, seen))),
            }
            tokio::time::sleep(POLL).await;
            seen = self.get(&path).await?.read()?;
        }
    }

    async fn call(
        &self,
        method: Method,
        path: &str,
        body: Option<&impl Serialize>,
    ) -> Result<Answer, Failure> {
        // Secrets stand in the paths of links.
        let shown = if path.starts_with("activations/") { "activations/…" } else { path };
        let what = format!("{method} {shown}");
        let mut call = self.http.request(method, format!("{}/{path}", self.base));
        if let Some(body) = body {
            call = call.json(body);
        }
        self.send(call, what).await
    }

    async fn send(&self, mut call: reqwest::RequestBuilder, what: String) -> Result<Answer, Failure> {
        if let Some(token) = &self.token {
            call = call.bearer_auth(token);
        }
        let failed = |source: reqwest::Error| Failure::Lab {
            what: what.clone(),
            source: Box::new(source.without_url()),
        };
        let answer = call.send().await.map_err(failed)?;
        let status = answer.status().as_u16();
        let text = answer.text().await.map_err(failed)?;
        let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
        Ok(Answer { status, body, what })
    }
}
