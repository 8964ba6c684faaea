//! Hooks: what is told or asked elsewhere before and after subscriptions change.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::common::codes;

codes! {
    /// When a hook is called.
    HookMoment {
        /// Before the directory is changed, which waits until the hook agrees.
        Before = "before",
        /// After the directory was changed and read back.
        After = "after",
    }
}

codes! {
    /// What a hook is called about.
    HookOccasion {
        /// A subscription to the service began.
        Assign = "assign",
        /// A subscription to the service ended.
        Remove = "remove",
        /// A subscription to the service got another plan.
        Change = "change",
        /// A request ended with problems; only for hooks without a service.
        RequestFailed = "request_failed",
    }
}

/// A hook, with how it is doing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Hook {
    /// Id of the hook.
    #[schema(example = "hok_01jzk3v8x6f0p2m4q7r9s1t3vw")]
    pub id: String,
    /// Code of the tenant whose hook it is.
    #[schema(example = "hq")]
    pub tenant: String,
    /// Code of the service. None for a hook about requests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "desktop")]
    pub service: Option<String>,
    /// Its name.
    #[schema(example = "Mailbox")]
    pub name: String,
    /// When it is called.
    pub moment: HookMoment,
    /// What it is called about.
    pub occasions: Vec<HookOccasion>,
    /// Address of a webhook.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "https://hooks.example.com/tenantry")]
    pub url: Option<String>,
    /// Name of a command, which the server's configuration gives a path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "mailbox")]
    pub command: Option<String>,
    /// Seconds one call may take.
    pub time_limit_seconds: i32,
    /// How often it is tried before a person has to act.
    pub tries: i32,
    /// Attributes of people that stay as they are until it agreed to a change of their plan.
    /// All the service sets when there are none here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(example = json!(["profile_path"]))]
    pub attributes: Vec<String>,
    /// Until when the secret before the present one signs beside it. RFC 3339, UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub old_secret_until: Option<String>,
    /// Deliveries on their way.
    pub waiting: i64,
    /// Deliveries that need a person; their requests can be retried.
    pub failed: i64,
    /// How often in a row it gave no answer.
    pub unanswered: i32,
    /// Why it gave no answer the last time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_error: Option<String>,
    /// It is left alone until then, because it did not answer. RFC 3339, UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub retry_at: Option<String>,
    /// Version, as in the `ETag`.
    pub version: i64,
    /// When it was made. RFC 3339, UTC.
    #[schema(format = DateTime)]
    pub created_at: String,
}

/// A hook to make: a webhook with `url`, or a command with `command`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewHook {
    /// Code of the service. Without one the hook is about requests of the caller's
    /// tenant and all below it that end with problems (`request_failed`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "desktop")]
    pub service: Option<String>,
    /// Its name, unique among the hooks of the tenant.
    #[serde(default)]
    #[schema(example = "Mailbox")]
    pub name: String,
    /// When it is called.
    #[serde(default)]
    #[schema(value_type = HookMoment)]
    pub moment: String,
    /// What it is called about.
    #[serde(default)]
    #[schema(value_type = Vec<HookOccasion>)]
    pub occasions: Vec<String>,
    /// Address of a webhook.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "https://hooks.example.com/tenantry")]
    pub url: Option<String>,
    /// Name of a command that the server's configuration allows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
    /// Seconds one call may take, 1 to 60. 10 when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 60)]
    pub time_limit_seconds: Option<i32>,
    /// How often it is tried, 1 to 20. 8 when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 20)]
    pub tries: Option<i32>,
    /// For a hook before a `change`: the attributes of people that stay as they are until
    /// it agreed. All the service sets when not given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(example = json!(["profile_path"]))]
    pub attributes: Vec<String>,
}

/// What to change of a hook. What is left out stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HookUpdate {
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Address of a webhook.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "https://hooks.example.com/new")]
    pub url: Option<String>,
    /// Name of a command that the server's configuration allows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
    /// Seconds one call may take, 1 to 60.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 60)]
    pub time_limit_seconds: Option<i32>,
    /// How often it is tried, 1 to 20.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 20)]
    pub tries: Option<i32>,
}

/// A hook with a secret that was just made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HookWithSecret {
    /// The hook.
    #[serde(flatten)]
    pub hook: Hook,
    /// With which its receiver checks signatures (Standard Webhooks). Shown only now.
    /// None for commands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD")]
    pub secret: Option<String>,
}

/// How to rotate the secret of a webhook.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RotateSecret {
    /// Hours for which the present secret signs beside the new one, 0 to 720. 24 when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 720)]
    pub old_valid_hours: Option<i64>,
}

/// A try of a hook that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HookTest {
    /// Id of the request whose item shows the answer.
    #[schema(example = "req_01jzk3v8x6f0p2m4q7r9s1t3vw")]
    pub request: String,
}

/// Which hooks to list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct HookQuery {
    /// Only those of the service with this code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// Entries a page, 1 to 200. 50 when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u32>,
    /// The `next` of the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}
