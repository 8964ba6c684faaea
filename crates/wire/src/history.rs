//! What happened to somebody.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Something that happened to somebody, as the audit log has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HistoryEvent {
    /// Id of the event.
    #[schema(example = "evt_01jzk3v8x6f0p2m4q7r9s1t3vw")]
    pub id: String,
    /// When. RFC 3339, UTC.
    #[schema(format = DateTime)]
    pub at: String,
    /// What, by its stable code.
    #[schema(example = "user.updated")]
    pub code: String,
    /// Whether it was done; false when it was refused or failed.
    pub done: bool,
    /// Who did it.
    pub actor: HistoryActor,
    /// What changed.
    pub changes: Vec<HistoryChange>,
}

/// Who did something: a person with a name, somebody whom the caller may not know (without), or
/// the product itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HistoryActor {
    /// The product itself did it.
    pub system: bool,
    /// Id of the person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The person's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// A value that changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HistoryChange {
    /// Which.
    #[schema(example = "title")]
    pub field: String,
    /// What it was; null when it was empty.
    pub before: Option<String>,
    /// What it became; null when it is empty now.
    pub after: Option<String>,
    /// Nobody can read the values any more: the person's key is destroyed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hidden: bool,
}
