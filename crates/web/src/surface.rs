//! The application as the web sees it.

use std::sync::Arc;

use app::{App, AppError};

use crate::{
    limiter::Limiter,
    proxy::{Network, Proxies},
    streams::Streams,
};

/// What every handler gets.
#[derive(Debug, Clone)]
pub struct Surface {
    /// The use cases.
    pub app: App,
    /// Where people reach this instance, without a slash at the end.
    pub public_url: Arc<str>,
    /// Attempts to sign in, per address.
    pub attempts: Arc<Limiter>,
    /// Whose word is taken on who is asking.
    pub proxies: Arc<Proxies>,
    /// Streams of progress that are open.
    pub streams: Arc<Streams>,
}

impl Surface {
    /// A surface of `app` that people reach at `public_url`, as `https://portal.example.com`.
    #[must_use]
    pub fn new(app: App, public_url: &str) -> Self {
        let public_url: Arc<str> = public_url.trim_end_matches('/').into();
        let app = app.with_host(host_of(&public_url));
        Self { app, public_url, attempts: Arc::default(), proxies: Arc::default(), streams: Arc::default() }
    }

    /// The same, behind proxies in these networks.
    #[must_use]
    pub fn behind(self, trusted: Vec<Network>) -> Self {
        Self { proxies: Arc::new(Proxies::new(trusted)), ..self }
    }

    /// The address of the page on which the holder of `token` chooses a password.
    pub async fn activation_url(&self, token: &str) -> Result<String, AppError> {
        Ok(self.links(token).await?.to(token))
    }

    /// Where the holder of `token`, and all others of the same tenant, choose a password: under
    /// the host name of their brand, whoever asks.
    pub async fn links(&self, token: &str) -> Result<Links, AppError> {
        Ok(self.links_at(self.app.host_of_link(token).await?))
    }

    /// The same where their host name is known, none being that of this instance.
    #[must_use]
    pub fn links_at(&self, host: Option<String>) -> Links {
        Links { public_url: self.public_url.clone(), host }
    }

    /// Whether people reach this instance by TLS: then cookies and clients insist on it.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.public_url.starts_with("https://")
    }
}

/// Where the links of the people of a tenant lead.
#[derive(Debug)]
pub struct Links {
    public_url: Arc<str>,
    host: Option<String>,
}

impl Links {
    /// The address of the page on which the holder of `token` chooses a password.
    #[must_use]
    pub fn to(&self, token: &str) -> String {
        activation_url(&self.public_url, self.host.as_deref(), token)
    }
}

/// The host name of an address, without the port.
fn host_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split([':', '/']).next().unwrap_or_default()
}

/// Where somebody chooses a password, under the host name of their brand. Scheme and port are
/// those of `public_url`, under which people come who have none.
#[must_use]
pub fn activation_url(public_url: &str, host: Option<&str>, token: &str) -> String {
    match (host, public_url.split_once("://")) {
        (Some(host), Some((scheme, rest))) => {
            let port = rest.rsplit_once(':').map_or(String::new(), |(_, port)| format!(":{port}"));
            format!("{scheme}://{host}{port}/activate/{token}")
        }
        _ => format!("{public_url}/activate/{token}"),
    }
}
