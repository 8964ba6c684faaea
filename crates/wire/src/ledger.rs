//! What a customer ordered, what ran from when until when, and who sold it.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::common::{TenantRef, codes};

codes! {
    /// What happened to a subscription. Only what started is billed, until it ended.
    FactKind {
        /// Somebody asked for it.
        Ordered = "ordered",
        /// It was read back from the directory for the first time.
        Started = "started",
        /// Somebody asked for its end.
        Ended = "ended",
    }
}

/// A fact of the ledger. None is ever changed or removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Fact {
    /// Its id.
    #[schema(example = "fct_01jzk3v8x6f0p2m4q7r9s1t3vw")]
    pub id: String,
    /// What happened.
    pub kind: FactKind,
    /// When. RFC 3339, UTC.
    #[schema(format = DateTime)]
    pub at: String,
    /// On which day of the customer's own calendar.
    #[schema(format = Date, example = "2026-04-01")]
    pub day: String,
    /// The time zone of that calendar, as it was then (IANA name).
    #[schema(example = "Europe/Copenhagen")]
    pub time_zone: String,
    /// Id of the subscription.
    pub subscription: String,
    /// Id of the person; none for the customer as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// Code of the plan.
    #[schema(example = "desktop-standard")]
    pub plan: String,
    /// Its version.
    pub plan_version: i32,
    /// Its name.
    pub name: String,
    /// Code of the instance of the service.
    #[schema(example = "main")]
    pub instance: String,
    /// Id of the request it came with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
    /// Who sold to the customer on that day, if the caller may see them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seller: Option<TenantRef>,
}

/// Days on which one seller had a customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SellerDays {
    /// The seller.
    pub seller: TenantRef,
    /// The first day.
    #[schema(format = Date, example = "2026-03-01")]
    pub first: String,
    /// The last day.
    #[schema(format = Date, example = "2026-03-14")]
    pub last: String,
}

/// Who sold to a customer, day by day, as far as the caller may see the sellers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Sellers {
    /// In order; each day has one seller, who has the customer at its end.
    pub sellers: Vec<SellerDays>,
}

/// Which days.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DaysQuery {
    /// The first day of the customer's own calendar; all from the beginning when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(format = Date, example = "2026-03-01")]
    pub from: Option<String>,
    /// The last day, included; all until now when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(format = Date, example = "2026-03-31")]
    pub to: Option<String>,
}

/// Which facts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct FactsQuery {
    /// The first day of the customer's own calendar; all from the beginning when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(format = Date, example = "2026-03-01")]
    pub from: Option<String>,
    /// The last day, included; all until now when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(format = Date, example = "2026-03-31")]
    pub to: Option<String>,
    /// Entries a page, 1 to 200. 50 when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(minimum = 1, maximum = 200, example = 50)]
    pub limit: Option<u32>,
    /// The `next` of the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}
