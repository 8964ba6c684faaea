//! A plan of many people of a customer at once.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::common::codes;

codes! {
    /// What is done with the plan.
    SeatDeed {
        /// The people get it.
        Give = "give",
        /// The people lose it.
        Take = "take",
    }
}

/// Who is to get or lose a plan.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeSeats {
    /// Code of the plan, with the instance of its service where the customer has several:
    /// `erp-full@test`.
    #[serde(default)]
    #[schema(required, example = "desktop-standard")]
    pub plan: String,
    /// `give` or `take`.
    #[serde(default)]
    #[schema(required, value_type = SeatDeed)]
    pub deed: String,
    /// Ids of the people. Either they are named, or `all` is said.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub people: Vec<String>,
    /// Everybody of the customer, as far as the plan is not theirs already, or is.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub all: bool,
    /// Of everybody only those whose name or login begins with this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub search: Option<String>,
    /// Only tell what would change.
    #[serde(default)]
    pub preview: bool,
}

/// What it comes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SeatsChanged {
    /// Code of the plan.
    pub plan: String,
    /// Its name.
    pub name: String,
    /// For how many people something changes.
    pub people: usize,
    /// How many keep the plan, because a bundle gives it.
    pub kept: usize,
    /// How many are left out, because they are administrators of whom the caller may not.
    pub left_out: usize,
    /// The one request over all of them; none when nothing changes or it was only looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
}
