//! One-time links by which a person chooses a password. No login needed: the
//! token in the path is the proof.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{common::codes, problem::Problem};

codes! {
    /// How far an activation is.
    ActivationState {
        /// A password can be chosen.
        Open = "open",
        /// A password was chosen and is on its way to the directory.
        Pending = "pending",
        /// The directory did not accept it; choose another.
        Failed = "failed",
        /// The directory has it: the person can log on.
        Done = "done",
        /// The link is too old, or a newer one was made.
        Expired = "expired",
    }
}

/// What a link stands for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Activation {
    /// How far it is.
    pub state: ActivationState,
    /// Whose account, as shown.
    #[schema(example = "Anna Berg")]
    pub display_name: String,
    /// What the person will sign in with.
    #[schema(example = "anna.berg@acme.example")]
    pub login: String,
    /// When the link stops working. RFC 3339, UTC.
    #[schema(format = DateTime)]
    pub expires_at: String,
    /// What is wrong with the password that was chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<Problem>,
}

/// The password a person chooses.
#[derive(Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChosenPassword {
    /// 12 to 127 characters; the directory may ask for more.
    #[serde(default)]
    #[schema(required, format = Password, min_length = 12, max_length = 127)]
    pub password: String,
}
