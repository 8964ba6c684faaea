//! Audit events: one per object and change, with before and after per field.
//!
//! Personal values never stand in an event. They are kept apart, sealed under a
//! key of the person; the event holds the field's name and a salted commitment.

use std::borrow::Cow;

use crate::id::{TenantId, UserId};

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Done.
    Success,
    /// Tried and failed.
    Failure,
    /// Not allowed.
    Denied,
}

impl Outcome {
    /// The stable name, as stored.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failure => "failure",
            Self::Denied => "denied",
        }
    }
}

/// One field of an object that changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldChange {
    /// Stable name of the field; of custom fields `fields.` and the key.
    pub field: Cow<'static, str>,
    /// The value before; none at creation.
    pub before: Option<String>,
    /// The value after; none at removal.
    pub after: Option<String>,
    /// Whose personal value it is; it is then sealed under that person's key.
    pub person: Option<UserId>,
}

/// What a mutation says about one object it changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Stable code, as `user.created`.
    pub code: &'static str,
    /// How it ended.
    pub outcome: Outcome,
    /// Whose log it belongs to.
    pub tenant: TenantId,
    /// What was changed: kind and printed id.
    pub target: (&'static str, String),
    /// Field by field.
    pub changes: Vec<FieldChange>,
}
