//! Provisioning requests: what was asked for, and how much of it is true.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    common::{ProvisioningState, TenantRef, UserRef, codes},
    problem::Problem,
};

codes! {
    /// The state of a whole request. `complete`, `complete_with_problems` and
    /// `failed` are final until somebody retries.
    RequestState {
        /// Nothing has begun.
        Requested = "requested",
        /// Some of it is done, the rest is on its way.
        Running = "running",
        /// The directory is away; goes on by itself.
        Parked = "parked",
        /// Everything was read back from the directory.
        Complete = "complete",
        /// All that can be done is done; some of it needs a person.
        CompleteWithProblems = "complete_with_problems",
        /// Nothing of it could be done.
        Failed = "failed",
    }
}

impl RequestState {
    /// True when nothing more happens without a person.
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Complete | Self::CompleteWithProblems | Self::Failed)
    }
}

/// A provisioning request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Request {
    /// Id of the request.
    #[schema(example = "req_01jzk3v8x6f0p2m4q7r9s1t3vw")]
    pub id: String,
    /// Whose objects it is about.
    pub tenant: TenantRef,
    /// What was asked for, as a stable code: `order`, `user_create`, `user_update` …
    #[schema(example = "user_create")]
    pub cause: String,
    /// Who asked. None when the product itself did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requested_by: Option<UserRef>,
    /// State of the whole.
    pub state: RequestState,
    /// How many objects are in which state.
    pub counts: Counts,
    /// When it was asked for. RFC 3339, UTC.
    #[schema(format = DateTime)]
    pub requested_at: String,
    /// When the first object was worked on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub started_at: Option<String>,
    /// When the last object reached a final state.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub finished_at: Option<String>,
    /// Objects verified a second, from the start to the end or until now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = 84.5)]
    pub rate_per_second: Option<f64>,
}

/// How many objects of a request are in which state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Counts {
    /// All of them.
    pub total: i64,
    /// Wait for their turn.
    pub requested: i64,
    /// A worker is at them.
    pub running: i64,
    /// Read back from the directory: done.
    pub verified: i64,
    /// Need a person.
    pub failed: i64,
    /// Were done, and somebody changed them in the directory.
    pub drifted: i64,
    /// The directory is away.
    pub parked: i64,
    /// Wanted differently by a later request.
    pub superseded: i64,
}

impl Counts {
    /// Objects with which this request has nothing more to do.
    #[must_use]
    pub const fn settled(&self) -> i64 {
        self.verified + self.failed + self.drifted + self.superseded
    }
}

/// One object of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Item {
    /// Id of the object in the directory; of a hook, of what it delivers.
    #[schema(example = "obj_01jzk3v8x6f0p2m4q7r9s1t3vw")]
    pub object: String,
    /// What it is: `container`, `group`, `user`, `access`, `member`, `hook`.
    #[schema(example = "user")]
    pub kind: String,
    /// Id of what it stands for, as a user's or group's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "usr_01jzk3v8x6f0p2m4q7r9s1t3vw")]
    pub entity: Option<String>,
    /// Its name, for people.
    #[schema(example = "Anna Berg")]
    pub name: String,
    /// How far it is.
    pub state: ProvisioningState,
    /// How often it was tried.
    pub attempts: i64,
    /// When the state last changed. RFC 3339, UTC.
    #[schema(format = DateTime)]
    pub updated_at: String,
    /// What stands in the way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<Problem>,
    /// What a hook answered last. Only for the provider's staff.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
}

/// Which requests to list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RequestQuery {
    /// Only requests of this tenant and those below it (id or code).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
    /// Only this state, as `complete_with_problems`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(value_type = Option<RequestState>)]
    pub state: Option<String>,
    /// Only requests of this kind, as `user_create`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(example = "user_create")]
    pub kind: Option<String>,
    /// Only what this person asked for (id).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// By which column: `created`; with `-` before it from the last to the
    /// first. `-created` when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(example = "created")]
    pub sort: Option<String>,
    /// Entries a page, 1 to 200. 50 when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u32>,
    /// The `next` of the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

/// Which objects of a request to list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ItemQuery {
    /// Only this state, as `failed`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(value_type = Option<ProvisioningState>)]
    pub state: Option<String>,
    /// Entries a page, 1 to 200. 50 when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u32>,
    /// The `next` of the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}
