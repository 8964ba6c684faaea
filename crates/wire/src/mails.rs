//! Mails to people, as staff of the provider sees them.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    common::{TenantRef, codes},
    problem::Problem,
};

codes! {
    /// What a mail says.
    MailKind {
        /// The link for the first password of a new account.
        Activation = "activation",
        /// An administrator sends a link for a new password.
        Reset = "reset",
        /// Somebody asked for a link because the password is forgotten.
        ResetRequested = "reset_requested",
    }
}

codes! {
    /// How far a mail is.
    MailState {
        /// It waits for a worker, or for another try.
        Requested = "requested",
        /// The mail server took it.
        Sent = "sent",
        /// It will not be sent; `problem` says why.
        Failed = "failed",
        /// Nothing is sent by this installation: it is there to be read.
        Kept = "kept",
    }
}

/// A mail to a person.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Mail {
    /// Id of the mail; its Message-ID begins with it, however often it is sent.
    #[schema(example = "mai_01jzk3v8x6f0p2m4q7r9s1t3vw")]
    pub id: String,
    /// The person's tenant.
    pub tenant: TenantRef,
    /// Id of the person.
    #[schema(example = "usr_01jzk3v8x6f0p2m4q7r9s1t3vw")]
    pub user: String,
    /// The address it goes to. None once the person's values are destroyed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "anna.berg@acme.example")]
    pub to: Option<String>,
    /// What it says.
    pub kind: MailKind,
    /// The language it is in (BCP 47).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "da")]
    pub language: Option<String>,
    /// Name of the brand it bears.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "Direct Hosting")]
    pub brand: Option<String>,
    /// How far it is.
    pub state: MailState,
    /// How often it was tried.
    pub attempts: i32,
    /// Why it is not sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<Problem>,
    /// When it was wanted. RFC 3339, UTC.
    #[schema(format = DateTime)]
    pub created_at: String,
    /// When nothing more was to be done about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub ended_at: Option<String>,
    /// How it reads: only where mails are kept instead of sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<MailText>,
}

impl std::fmt::Debug for Mail {
    // The text holds a link, which is as good as a password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mail").field("id", &self.id).field("state", &self.state).finish_non_exhaustive()
    }
}

/// How a mail reads.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MailText {
    /// Subject.
    pub subject: String,
    /// Plain text.
    pub plain: String,
    /// The same in HTML.
    pub html: String,
}

/// Which mails to list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MailQuery {
    /// Only this state, as `failed`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(value_type = Option<MailState>)]
    pub state: Option<String>,
    /// Entries a page, 1 to 200. 50 when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u32>,
    /// The `next` of the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}
