//! What is told and asked elsewhere: signed webhooks, commands of the operator, and mail.
//!
//! One call is one try: this crate makes it within its bounds and says what became of
//! it. It must not retry, know the database, or decide what is told; that is the
//! engine's. Nothing it is given can make it run a shell, follow a redirect, connect
//! to an address the operator did not allow, or trust a certificate nobody signed.
//!
//! Start at [`Outbound::call`]; mail is [`mail::Mailer::send`].

mod address;
mod command;
pub mod mail;
mod sign;
mod smtp;
mod webhook;

use std::{collections::BTreeMap, path::PathBuf, time::Duration};

use domain::hook::{Allowed, Kind};
use jiff::Timestamp;
use serde::Serialize;
use zeroize::Zeroizing;

pub use sign::{Secret, signature};

/// What the operator configured.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Plain HTTP to anybody.
    pub http: bool,
    /// Addresses that are near and yet may be called.
    pub addresses: Vec<std::net::IpAddr>,
    /// PEM of authorities that are trusted beside those of the system.
    pub authorities: Option<Vec<u8>>,
    /// Commands by name, with their absolute paths.
    pub commands: BTreeMap<String, PathBuf>,
}

impl Settings {
    /// As the rules of the domain know it.
    #[must_use]
    pub fn allowed(&self) -> Allowed {
        Allowed {
            http: self.http,
            addresses: self.addresses.iter().copied().collect(),
            commands: self.commands.keys().cloned().collect(),
        }
    }
}

/// Why nothing can be called with these settings.
#[derive(Debug, thiserror::Error)]
pub enum Unusable {
    /// The authorities are no certificates.
    #[error("the trusted certificates cannot be read")]
    Authorities(#[source] reqwest::Error),
    /// TLS cannot be set up.
    #[error("TLS cannot be set up")]
    Tls(#[source] reqwest::Error),
}

/// What a hook is told. The body is this as JSON, the same at every try.
#[derive(Debug, Clone, Serialize)]
pub struct Message {
    /// As `subscription.assign`.
    #[serde(rename = "type")]
    pub event: String,
    /// When it happened.
    pub timestamp: Timestamp,
    /// What it is about.
    pub data: Data,
    /// The same at every try, so that receivers can tell a repetition.
    #[serde(skip)]
    pub id: String,
}

/// What it is about: ids and names, and no secrets.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Data {
    /// The id of [`Message`], for commands, which have no headers.
    pub delivery: String,
    /// `before` or `after` the directory is changed.
    pub moment: String,
    /// Name of the hook.
    pub hook: String,
    /// Whose it is.
    pub tenant: Thing,
    /// The request that caused it, or that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request: Option<Thing>,
    /// The service, by its code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// The subscription.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subscription: Option<Thing>,
    /// Its plan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan: Option<Thing>,
    /// The person who has it; none when the customer has it as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<Thing>,
}

/// Something with an id.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Thing {
    /// Its id.
    pub id: String,
    /// Its code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Its version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<i32>,
    /// A request's kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// A person's principal name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub principal_name: Option<String>,
}

/// How one call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Accepted.
    Done,
    /// The receiver says no, and why.
    Refused,
    /// It failed, and would fail again.
    Failed,
    /// It failed and may succeed another time.
    Passing,
    /// There was no answer, so it is not known whether it arrived.
    Away,
}

/// What became of a call.
#[derive(Debug, Clone)]
pub struct Reply {
    /// How it ended.
    pub verdict: Verdict,
    /// In the receiver's own words, or why there are none; printable and short.
    pub said: String,
}

impl Reply {
    pub(crate) fn new(verdict: Verdict, said: impl AsRef<str>) -> Self {
        Self { verdict, said: printable(said.as_ref()) }
    }
}

/// Characters of an answer that are kept.
const SAID_CHARS: usize = 1_000;

fn printable(text: &str) -> String {
    let plain = text.trim().chars().map(|c| if c.is_control() && c != '\n' { ' ' } else { c });
    plain.take(SAID_CHARS).collect()
}

/// Calls receivers and commands.
#[derive(Debug)]
pub struct Outbound {
    settings: Settings,
    http: reqwest::Client,
}

impl Outbound {
    /// Nothing is called before [`Outbound::call`].
    pub fn new(settings: Settings) -> Result<Self, Unusable> {
        let http = webhook::client(&settings)?;
        Ok(Self { settings, http })
    }

    /// Calls a hook once, within `limit`. `now` is signed with the message, so that
    /// receivers refuse what somebody recorded and plays again.
    pub async fn call(
        &self,
        kind: Kind,
        destination: &str,
        message: &Message,
        secrets: &[Zeroizing<String>],
        now: Timestamp,
        limit: Duration,
    ) -> Reply {
        let Ok(body) = serde_json::to_vec(message) else {
            return Reply::new(Verdict::Failed, "the message cannot be written");
        };
        match kind {
            Kind::Webhook => {
                let Some(headers) = webhook::headers(&message.id, &body, secrets, now) else {
                    return Reply::new(Verdict::Failed, "the hook has no usable secret; rotate it");
                };
                webhook::post(&self.http, &self.settings.allowed(), destination, headers, body, limit).await
            }
            Kind::Command => match self.settings.commands.get(destination) {
                Some(path) => command::run(path, &body, limit).await,
                None => {
                    let said =
                        format!("the configuration of this worker allows no command \"{destination}\"");
                    Reply::new(Verdict::Failed, said)
                }
            },
        }
    }
}
