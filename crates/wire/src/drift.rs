//! What somebody changed in a directory behind our back.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::common::{TenantRef, codes};

codes! {
    /// What was found.
    FindingKind {
        /// An attribute has another value.
        Changed = "changed",
        /// The object is not there any more.
        Missing = "missing",
        /// It lies in another container.
        Moved = "moved",
        /// It does not bear our marker any more.
        MarkerLost = "marker_lost",
        /// An object that is not ours lies in one of our containers.
        Foreign = "foreign",
        /// Somebody is in a group who should not be.
        MemberAdded = "member_added",
        /// Somebody is not in a group who should be.
        MemberRemoved = "member_removed",
    }
}

codes! {
    /// What became of a finding.
    FindingState {
        /// It waits for a decision, or for the directory where it is enforced.
        Open = "open",
        /// What is wanted is made true again; the request says how far that is.
        Reverted = "reverted",
        /// What was found is wanted from now on.
        Adopted = "adopted",
        /// It went back by itself, or something newer was wanted.
        Gone = "gone",
        /// What is wanted was made true again at once, and read back.
        Enforced = "enforced",
    }
}

/// Something somebody changed in a directory behind our back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Finding {
    /// Id of the finding.
    #[schema(example = "fnd_01jzk3v8x6f0p2m4q7r9s1t3vw")]
    pub id: String,
    /// Whose object it is, or in whose container it lies.
    pub tenant: TenantRef,
    /// Code of the directory.
    #[schema(example = "shared")]
    pub directory: String,
    /// Id of the object in the directory. None for what is not ours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "obj_01jzk3v8x6f0p2m4q7r9s1t3vw")]
    pub object: Option<String>,
    /// Id of what the object stands for, as a user's or group's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "usr_01jzk3v8x6f0p2m4q7r9s1t3vw")]
    pub entity: Option<String>,
    /// What the object is called, for people.
    #[schema(example = "Anna Berg")]
    pub name: String,
    /// Id of the user or group that is in a group and should not be, or the other
    /// way round; none for what is not ours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "usr_01jzk3v8x6f0p2m4q7r9s1t3vw")]
    pub member: Option<String>,
    /// What was found.
    pub kind: FindingKind,
    /// Which attribute, when one has another value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "title")]
    pub attribute: Option<String>,
    /// What is wanted. None when it should be empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wanted: Option<String>,
    /// What was found. None when it is empty, or not for the caller to know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found: Option<String>,
    /// When the directory says that the object was last changed. A directory
    /// does not say by whom: that stands in its own security log. RFC 3339, UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub changed_at: Option<String>,
    /// What became of it.
    pub state: FindingState,
    /// It is put right without anybody's decision.
    pub enforced: bool,
    /// When it was found first. RFC 3339, UTC.
    #[schema(format = DateTime)]
    pub first_seen_at: String,
    /// When it was found last.
    #[schema(format = DateTime)]
    pub last_seen_at: String,
    /// Id of the person who decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolved_by: Option<String>,
    /// When it came to its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub resolved_at: Option<String>,
    /// The request that carries the decision out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
}

/// Which findings to list, newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct FindingQuery {
    /// Only those of this tenant and those below it (id or code).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
    /// Only those of the directory with this code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub directory: Option<String>,
    /// Only this kind, as `changed`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(value_type = Option<FindingKind>)]
    pub kind: Option<String>,
    /// Only this state, as `open`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(value_type = Option<FindingState>)]
    pub state: Option<String>,
    /// Entries a page, 1 to 200. 50 when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u32>,
    /// The `next` of the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

/// Which open findings to revert. Everything the caller may revert when nothing is given.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RevertFindings {
    /// Only those of this tenant and those below it (id or code).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "acme")]
    pub tenant: Option<String>,
    /// Only those of the directory with this code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "shared")]
    pub directory: Option<String>,
    /// Only this kind, as `changed`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<FindingKind>)]
    pub kind: Option<String>,
}

/// A request that carries a decision about findings out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Decided {
    /// Id of the request.
    #[schema(example = "req_01jzk3v8x6f0p2m4q7r9s1t3vw")]
    pub request: String,
    /// How many findings it is about: an object is put right as a whole.
    pub findings: usize,
}

/// The requests that carry a decision about many findings out, one for each tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DecidedMany {
    /// One for each tenant. With very many findings, calling again does the rest.
    pub requests: Vec<Decided>,
}

/// A scan that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ScanAsked {
    /// Code of the directory.
    #[schema(example = "shared")]
    pub directory: String,
}

/// What is done about changes in a directory.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DriftPolicy {
    /// For every attribute, and for `missing`, `moved`, `marker`, `member_added` and `member_removed`: `enforce`
    /// puts it right at once, `report` waits for a person. What is left out of a
    /// change stays as it is; `all` in a change says it for everything that is not named.
    #[serde(default)]
    #[schema(example = json!({ "enabled": "report", "readers": "enforce" }))]
    pub subjects: BTreeMap<String, String>,
}
