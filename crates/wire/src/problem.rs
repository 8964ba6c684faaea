//! Errors of a call (RFC 9457) and problems of provisioning.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::common::codes;

/// Why a call was refused, as `application/problem+json` (RFC 9457).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ErrorDocument {
    /// Identifies the kind of error; a relative reference to its explanation.
    #[serde(rename = "type", default)]
    #[schema(example = "/problems/invalid")]
    pub kind: String,
    /// The kind of error in a few words; the same for every occurrence.
    #[serde(default)]
    #[schema(example = "Some values cannot be accepted")]
    pub title: String,
    /// The HTTP status, repeated.
    #[serde(default)]
    #[schema(example = 422)]
    pub status: u16,
    /// This occurrence: what happened and what to do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The path that was called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "/api/v1/orders")]
    pub instance: Option<String>,
    /// Stable code of the kind, for programs.
    #[serde(default)]
    #[schema(example = "invalid")]
    pub code: String,
    /// One entry a value that cannot be accepted. All are listed, not only the first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    /// Name this when you ask for help: the server's log has it.
    #[serde(default)]
    #[schema(example = "01jzk3v8x6f0p2m4q7r9s1t3vw")]
    pub request_id: String,
}

/// One value that cannot be accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FieldError {
    /// Where, as a path into the body: `customer.code`, `users[3].given_name`.
    /// Empty when the body as a whole is meant.
    #[schema(example = "users[3].given_name")]
    pub field: String,
    /// The rule that was broken: `required`, `too_long`, `too_short`,
    /// `forbidden_character`, `format`, `unknown`, `taken`, `too_many`,
    /// `out_of_range`, `immutable`, `duplicate`, `cycle`, `too_few_kinds`, `holds_word`.
    #[schema(example = "too_long")]
    pub rule: String,
    /// A sentence for people.
    #[schema(example = "At most 64 characters.")]
    pub message: String,
    /// What the sentence was made from, as `{"max": "64"}`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub args: BTreeMap<String, String>,
}

codes! {
    /// What helps against a problem.
    ///
    /// `wait`: nothing to do, it is tried again by itself. `change_value`:
    /// change the value, then retry. `choose_password`: the person has to
    /// choose another password. `ask_provider`: the provider has to change
    /// something in the directory, then retry. `repair`: the provider has to
    /// repair something; after that it goes on by itself.
    Cure {
        /// Nothing to do: it is tried again by itself.
        Wait = "wait",
        /// Change the value, then retry.
        ChangeValue = "change_value",
        /// The person has to choose another password.
        ChoosePassword = "choose_password",
        /// The provider has to change something in the directory, then retry.
        AskProvider = "ask_provider",
        /// The provider has to repair something; after that it goes on by itself.
        Repair = "repair",
    }
}

/// Why something is not true in the directory, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// Stable code, as `name_taken` or `password_policy`.
    #[schema(example = "name_taken")]
    pub code: String,
    /// What is wrong, in a few words.
    #[schema(example = "The name is taken")]
    pub title: String,
    /// What happened, with the values concerned.
    #[schema(example = "Another account of the directory has the log-on name \"anna.berg_acme\".")]
    pub what: String,
    /// What to do about it.
    #[schema(example = "Give the user another log-on name, then retry the request.")]
    pub cure: String,
    /// Who can do it, for programs.
    pub cure_kind: Cure,
    /// True when the request can be retried after the cure was applied.
    pub fix_and_retry: bool,
    /// What the texts were made from.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub args: BTreeMap<String, String>,
    /// The directory's own words. Only shown to staff of the provider.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_message: Option<String>,
}
