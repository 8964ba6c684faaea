//! The application as the web sees it.

use std::sync::Arc;

use app::App;

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
        let public_url = public_url.trim_end_matches('/').into();
        Self { app, public_url, attempts: Arc::default(), proxies: Arc::default(), streams: Arc::default() }
    }

    /// The same, behind proxies in these networks.
    #[must_use]
    pub fn behind(self, trusted: Vec<Network>) -> Self {
        Self { proxies: Arc::new(Proxies::new(trusted)), ..self }
    }

    /// The address of the page on which the holder of `token` chooses a password.
    #[must_use]
    pub fn activation_url(&self, token: &str) -> String {
        format!("{}/activate/{token}", self.public_url)
    }

    /// Whether people reach this instance by TLS: then cookies and clients insist on it.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.public_url.starts_with("https://")
    }
}
