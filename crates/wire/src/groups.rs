//! Security groups of a customer.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::common::{Provisioning, TenantRef, UserRef};

/// A group to be created.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewGroup {
    /// Name within the customer, 1 to 64 characters.
    #[serde(default)]
    #[schema(required, max_length = 64, example = "Accounting")]
    pub name: String,
    /// Free text, at most 64 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 64)]
    pub description: Option<String>,
}

/// A security group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Group {
    /// Id of the group.
    #[schema(example = "grp_01jzk3v8x6f0p2m4q7r9s1t3vw")]
    pub id: String,
    /// Whose group it is.
    pub tenant: TenantRef,
    /// Name within the customer.
    #[schema(example = "Accounting")]
    pub name: String,
    /// Unique name in the directory (`sAMAccountName`).
    #[schema(example = "acme-accounting")]
    pub logon_name: String,
    /// Free text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// True for groups the product keeps itself, as "all people of the
    /// customer"; their members cannot be changed by hand.
    #[serde(default)]
    pub built_in: bool,
    /// How many people are in it, or are to be.
    pub members: i64,
    /// Number of the desired version: the value of the `ETag` without quotes.
    pub version: i64,
    /// When it was created. RFC 3339, UTC.
    #[schema(format = DateTime)]
    pub created_at: String,
    /// How far the group itself is in the directory.
    pub provisioning: Provisioning,
}

/// A person in a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Member {
    /// The person.
    pub user: UserRef,
    /// Whether the person should be in the group; false while a removal is on its way.
    pub wanted: bool,
    /// How far that is in the directory.
    pub provisioning: Provisioning,
}
