//! Directories and how they are doing.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    common::{ActivationLink, TenantRef, clearable, codes},
    problem::Problem,
};

codes! {
    /// Whether a directory answers.
    Health {
        /// It answers.
        Up = "up",
        /// It does not answer; its work is parked and goes on by itself.
        Down = "down",
        /// Nothing was asked of it yet.
        Unknown = "unknown",
    }
}

codes! {
    /// Whether work is sent to a directory.
    Breaker {
        /// Work is sent.
        Closed = "closed",
        /// It was unreachable: work is parked, nothing is sent.
        Open = "open",
        /// It is being tried out again with one call.
        HalfOpen = "half_open",
    }
}

/// A directory that people live in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Directory {
    /// Id of the directory.
    #[schema(example = "dir_01jzk3v8x6f0p2m4q7r9s1t3vw")]
    pub id: String,
    /// Stable code, as used in orders.
    #[schema(example = "shared")]
    pub code: String,
    /// Name, for people.
    #[schema(example = "Shared directory")]
    pub name: String,
    /// Whether it answers.
    pub health: Health,
    /// Whether work is sent to it.
    pub breaker: Breaker,
    /// Work that waits.
    pub queue: Queue,
    /// Objects a second it takes at present. None before anything was measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = 84.5)]
    pub pace_per_second: Option<f64>,
    /// When it last answered. RFC 3339, UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub last_contact_at: Option<String>,
    /// The last error, if it is not over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_error: Option<Problem>,
    /// What holds nothing back yet and should be looked at, as a clock that differs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Problem>,
    /// In maintenance: work is accepted and waits, nothing is sent.
    #[serde(default)]
    pub maintenance: bool,
    /// Read-only: it is looked at and never changed; what differs waits, and
    /// orders into it are refused.
    #[serde(default)]
    pub read_only: bool,
    /// It is for one tenant alone: a customer, the customers below a reseller, or those
    /// the provider sells to itself.
    #[serde(default)]
    pub dedicated: bool,
    /// For whom, if it is dedicated and the caller may know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dedicated_to: Option<TenantRef>,
    /// Rises with every change of it; also the `ETag`.
    #[serde(default)]
    #[schema(example = 1)]
    pub version: i64,
    /// Its controllers, the preferred one first, as they were asked last.
    #[serde(default)]
    pub controllers: Vec<Controller>,
}

/// A controller of a directory.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Controller {
    /// Where it is.
    #[schema(example = "ldaps://dc1.example.com")]
    pub address: String,
    /// Whether it answers.
    pub health: Health,
    /// Whether work goes there: all workers use the same one.
    pub used: bool,
    /// Since when `health` is so. RFC 3339, UTC.
    #[schema(format = DateTime)]
    pub since: String,
    /// When it was asked last. RFC 3339, UTC.
    #[schema(format = DateTime)]
    pub asked_at: String,
    /// How long its last answer took.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = 1.4)]
    pub round_trip_ms: Option<f64>,
    /// By how many seconds its clock is ahead of ours; negative when it is behind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = 0.4)]
    pub clock_ahead_seconds: Option<f64>,
    /// Why it does not answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_error: Option<Problem>,
}

/// Change of a directory. Absent fields stay as they are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DirectoryUpdate {
    /// Begin or end maintenance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maintenance: Option<bool>,
    /// Make it read-only, or end that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_only: Option<bool>,
    /// Dedicate it to a tenant (id or code), or share it with everybody again: null.
    /// Refused while customers live there for whom it would not be.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "clearable")]
    #[schema(value_type = Option<String>, nullable, example = "north")]
    pub dedicated_to: Option<Option<String>>,
}

codes! {
    /// How far a move of a customer to another directory is.
    MovePhase {
        /// Everything is made in the other directory; people still use the first one.
        Preparing = "preparing",
        /// People live in the other directory; the old accounts are disabled and can be had back.
        Grace = "grace",
        /// The old accounts are gone.
        Done = "done",
        /// Taken back before people lived in the other directory.
        Cancelled = "cancelled",
        /// On the way back.
        Returning = "returning",
        /// People live where they lived before, with the same accounts.
        Returned = "returned",
    }
}

/// Which directory a customer is to be moved to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDirectoryMove {
    /// Code of the directory.
    #[serde(default)]
    #[schema(required, example = "north-ad")]
    pub directory: String,
    /// For how many days it can be taken back, 0 to 365; 30 when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 365)]
    pub grace_days: Option<u32>,
}

/// The move of a customer to another directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DirectoryMove {
    /// Code of the directory it began in.
    pub from: String,
    /// Code of the other one.
    pub to: String,
    /// How far it is.
    pub phase: MovePhase,
    /// For how many days it can be taken back.
    pub grace_days: u32,
    /// Id of the request of the present phase, with its progress and problems.
    pub request: String,
    /// When it was asked for. RFC 3339, UTC.
    #[schema(format = DateTime)]
    pub created_at: String,
    /// Since when people live in the other directory. RFC 3339, UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub switched_at: Option<String>,
    /// Until when it can be taken back. RFC 3339, UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub purge_at: Option<String>,
    /// When nothing was left to do. RFC 3339, UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub ended_at: Option<String>,
}

/// What moving a customer to another directory would mean now. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DirectoryMovePreview {
    /// Accounts that are made anew.
    pub users: i64,
    /// Groups that are made anew.
    pub groups: i64,
    /// Containers that are made anew, with those of sellers that have none there.
    pub containers: i64,
    /// Memberships that are made anew.
    pub memberships: i64,
    /// How many log-on names are taken there, so that others are made.
    pub name_conflicts: i64,
    /// The first 200 of them.
    pub names: Vec<NameConflict>,
    /// What stays: `person`, `principal_name`, `plans`, `billing`, `groups`, `memberships`, `details`.
    pub kept: Vec<String>,
    /// What cannot be kept: `password` (everybody gets a one-time link when people begin to
    /// live there), `security_id` (access that was given to accounts on file servers).
    pub lost: Vec<String>,
    /// How long making everything takes at the measured pace of the other directory, in
    /// seconds. Nobody waits meanwhile.
    pub estimated_seconds: i64,
}

/// A log-on name somebody else has in the other directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NameConflict {
    /// Id of the person; none for a group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The name as shown.
    pub name: String,
    /// The log-on name now.
    pub present: String,
    /// What it would be there; none when there is no free one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposed: Option<String>,
}

/// The one-time link somebody got with a move to another directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MoveLink {
    /// Id of the person.
    pub user: String,
    /// The name as shown.
    pub display_name: String,
    /// The login name.
    pub principal_name: String,
    /// The log-on name in the directory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logon_name: Option<String>,
    /// The link; none for a caller who may not reset this password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub activation: Option<ActivationLink>,
}

/// Where a seller places customers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Placement {
    /// Code of the directory that is meant when an order does not say; none when every
    /// order has to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "shared")]
    pub default: Option<String>,
    /// Whose default that is, if the caller may know; none when it is the only directory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_of: Option<TenantRef>,
    /// Whether the seller's own rule names directories; without one it may use all it sees.
    pub restricted: bool,
    /// The directories the seller sees, by code.
    pub directories: Vec<PlacementDirectory>,
}

/// A directory as a seller may use it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PlacementDirectory {
    /// Code of the directory.
    #[schema(example = "shared")]
    pub code: String,
    /// Name, for people.
    pub name: String,
    /// Whether customers of the seller can live there.
    pub allowed: bool,
    /// Why not: `dedicated` (to somebody else) or `not_allowed` (by the placement of the
    /// seller or of one above it).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub obstacle: Option<String>,
    /// The seller's own rule names it.
    pub listed: bool,
}

/// Where a seller is to place customers from now on; those it has stay where they are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlacementUpdate {
    /// Codes of the directories it may use; all it sees when empty or not given.
    #[serde(default)]
    #[schema(example = json!(["shared"]))]
    pub directories: Vec<String>,
    /// Code of the directory that is meant when an order does not say; as the sellers
    /// above it when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "shared")]
    pub default: Option<String>,
}

/// Work that waits for a directory.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Queue {
    /// Objects somebody waits for, as a password reset.
    pub interactive: i64,
    /// Objects of large requests.
    pub bulk: i64,
    /// Of all of them: parked because the directory is away.
    pub parked: i64,
    /// Objects that need a person.
    pub failed: i64,
}
