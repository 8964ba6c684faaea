//! What people are told by mail: codes and arguments. Sentences are made where a mail is
//! sent or shown, in the language and under the brand of whom it is for.

use jiff::Timestamp;

use crate::{brand::Look, hook::codes, setting::Setting};

codes! {
    /// What a mail says.
    Kind {
        /// Somebody made an account for the person, who chooses the first password by the link.
        Activation = "activation",
        /// An administrator wants the person to choose a new password by the link.
        Reset = "reset",
        /// The person, or somebody who said so, forgot the password.
        ResetRequested = "reset_requested",
    }
}

codes! {
    /// How far a mail is.
    State {
        /// It waits for a worker, or for another try.
        Requested = "requested",
        /// The mail server took it.
        Sent = "sent",
        /// It will not be sent; its problem says why.
        Failed = "failed",
        /// Nothing is sent here: it is there to be read.
        Kept = "kept",
    }
}

/// The brand a mail bears.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Brand {
    /// The code of a brand of the configuration.
    pub code: Option<String>,
    /// The host name by which its people reach the portal.
    pub host: Option<String>,
    /// What holds of its parts.
    pub look: Look,
}

impl Brand {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.look.get(Setting::BrandName)
    }
}

/// Whom a mail is for: personal values, sealed wherever they are stored.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Addressee {
    /// Mail address.
    pub address: String,
    /// Name as shown.
    pub name: String,
    /// Login name.
    pub login: String,
}

/// All that the sentences of a mail are made of.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    /// What it says.
    pub kind: Kind,
    /// BCP 47.
    pub language: String,
    /// The person's brand; nothing of the provider is named without one.
    pub brand: Option<Brand>,
    /// Who gets it.
    pub to: Addressee,
    /// Name of the person's tenant.
    pub tenant: String,
    /// IANA zone of that tenant, for instants.
    pub time_zone: String,
    /// The secret part of the link it bears.
    pub token: String,
    /// Until when the link works.
    pub until: Timestamp,
}

impl std::fmt::Debug for Message {
    // The token opens an account.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Message")
            .field("kind", &self.kind)
            .field("language", &self.language)
            .finish_non_exhaustive()
    }
}

/// The sentences of a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// One line.
    pub subject: String,
    /// For programs that show no HTML.
    pub plain: String,
    /// The same in simple HTML, without anything that is loaded from elsewhere.
    pub html: String,
}

/// What an installation does with mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mailing {
    /// There is none, and whatever needs it says so.
    #[default]
    Off,
    /// Mails are sent.
    Send,
    /// Mails are kept and can be read, for demonstrations.
    Keep,
}
