//! The application as the web sees it.

use std::sync::Arc;

use app::App;

use crate::limiter::Limiter;

/// What every handler gets.
#[derive(Debug, Clone)]
pub struct Surface {
    /// The use cases.
    pub app: App,
    /// Where people reach this instance, without a slash at the end.
    pub public_url: Arc<str>,
    /// Attempts to sign in, per address.
    pub attempts: Arc<Limiter>,
}

impl Surface {
    /// A surface of `app` that people reach at `public_url`, as `https://portal.example.com`.
    #[must_use]
    pub fn new(app: App, public_url: &str) -> Self {
        let public_url = public_url.trim_end_matches('/').into();
        Self { app, public_url, attempts: Arc::new(Limiter::default()) }
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
