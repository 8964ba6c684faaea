//! What can be ordered.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::common::{Money, codes};

codes! {
    /// Who subscribes to a plan: the `customer` as a whole, or a single `user`
    /// after the customer was given the service.
    PlanScope {
        /// The customer as a whole.
        Customer = "customer",
        /// Single people.
        User = "user",
    }
}

/// A plan, in its current version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Plan {
    /// Id of this version.
    #[schema(example = "pln_01jzk3v8x6f0p2m4q7r9s1t3vw")]
    pub id: String,
    /// Stable code, as used in orders.
    #[schema(example = "desktop-standard")]
    pub code: String,
    /// The version; a change of content or price makes a new one.
    pub version: i32,
    /// Code of the service it gives.
    #[schema(example = "desktop")]
    pub service: String,
    /// Name, for people.
    #[schema(example = "Desktop Standard")]
    pub name: String,
    /// Who subscribes to it.
    pub scope: PlanScope,
    /// Retail price a month, in the price book of the caller. None when there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Money>,
}
