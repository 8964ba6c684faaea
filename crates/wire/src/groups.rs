//! Groups of a customer, and who is in them.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::common::{Provisioning, TenantRef, UserRef, clearable, codes};

codes! {
    /// What a group is for.
    GroupKind {
        /// Gives rights; may have a mail address, too.
        Security = "security",
        /// For mail only.
        Distribution = "distribution",
    }
}

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
    /// `security` or `distribution`; `security` when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<GroupKind>)]
    pub kind: Option<String>,
    /// Mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "accounting@acme.example")]
    pub mail: Option<String>,
    /// Further mail addresses, at most 100.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
}

/// What should change of a group. What is left out stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GroupUpdate {
    /// Another name. The old one stays reserved for a year.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 64)]
    pub name: Option<String>,
    /// Free text; null empties it.
    #[serde(default, deserialize_with = "clearable", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, max_length = 64)]
    pub description: Option<Option<String>>,
    /// `security` or `distribution`. A distribution group gives no rights any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<GroupKind>)]
    pub kind: Option<String>,
    /// Mail address; null empties it.
    #[serde(default, deserialize_with = "clearable", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub mail: Option<Option<String>>,
    /// All further mail addresses; an empty list removes them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aliases: Option<Vec<String>>,
}

/// A security or distribution group.
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
    /// What it is for.
    pub kind: GroupKind,
    /// Mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mail: Option<String>,
    /// Further mail addresses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// True for groups the product keeps itself, as "all people of the
    /// customer"; their members cannot be changed by hand.
    #[serde(default)]
    pub built_in: bool,
    /// How many people are in it directly, or are to be.
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
    /// When the membership ends by itself. RFC 3339, UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub until: Option<String>,
    /// How far that is in the directory.
    pub provisioning: Provisioning,
}

/// A group as others name it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GroupRef {
    /// Id of the group.
    #[schema(example = "grp_01jzk3v8x6f0p2m4q7r9s1t3vw")]
    pub id: String,
    /// Name within the customer.
    #[schema(example = "Accounting")]
    pub name: String,
}

/// A group in a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NestedGroup {
    /// The group that is a member.
    pub group: GroupRef,
    /// Whether it should be in the other; false while a removal is on its way.
    pub wanted: bool,
    /// When the membership ends by itself. RFC 3339, UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub until: Option<String>,
    /// How far that is in the directory.
    pub provisioning: Provisioning,
}

/// A group somebody is in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HeldGroup {
    /// The group.
    pub group: GroupRef,
    /// Kept by the product: who is in it follows from people and their plans.
    pub built_in: bool,
    /// Whether they should be in it; false while a removal is on its way.
    pub wanted: bool,
    /// When the membership ends by itself. RFC 3339, UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub until: Option<String>,
    /// How far that is in the directory.
    pub provisioning: Provisioning,
}

/// Somebody who is in a group, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EffectiveMember {
    /// The person.
    pub user: UserRef,
    /// As a member of the group itself.
    pub direct: bool,
    /// As a member of these groups, which are in it, directly or through others. At most 20 are told.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub through: Vec<GroupRef>,
}

/// Which groups to list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct GroupQuery {
    /// Only groups whose name begins with this. Upper and lower case make no
    /// difference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(max_length = 64)]
    pub search: Option<String>,
    /// Only this kind: `security`, `distribution`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(example = "security")]
    pub kind: Option<String>,
    /// Only groups with somebody in them (`some`), or with nobody (`none`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(example = "none")]
    pub members: Option<String>,
    /// By which column: `created` or `name`; with `-` before it from the last to the
    /// first. `created` when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(example = "name")]
    pub sort: Option<String>,
    /// Entries a page, 1 to 200. 50 when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u32>,
    /// The `next` of the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

/// When a membership ends; for ever when neither is given.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MembershipEnd {
    /// An instant with its offset, at most ten years ahead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(format = DateTime, example = "2026-12-31T18:00:00+01:00")]
    pub until: Option<String>,
    /// So many days from now, instead of `until`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(minimum = 1, maximum = 3650)]
    pub days: Option<i64>,
}

/// Somebody who should come into a group.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMember {
    /// Id of a user or a group of the same customer, or the principal name of a user.
    #[serde(default)]
    #[schema(required, example = "usr_01jzk3v8x6f0p2m4q7r9s1t3vw")]
    pub member: String,
    /// An instant at which the membership ends, with its offset.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub until: Option<String>,
    /// Days after which it ends, instead of `until`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 3650)]
    pub days: Option<i64>,
}

/// Who should come into a group and who should go, at most 5,000 together.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MembersChange {
    /// Who comes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub add: Vec<NewMember>,
    /// Ids of users and groups that go, or principal names of users.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remove: Vec<String>,
}

/// A change of many members that was recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MembersChanged {
    /// Id of the request; its items tell what becomes of each member.
    #[schema(example = "req_01jzk3v8x6f0p2m4q7r9s1t3vw")]
    pub request: String,
    /// How many come.
    pub added: usize,
    /// How many go.
    pub removed: usize,
}

/// A group that was removed and can be restored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RemovedGroup {
    /// Id of the group.
    #[schema(example = "grp_01jzk3v8x6f0p2m4q7r9s1t3vw")]
    pub id: String,
    /// Its name.
    #[schema(example = "Accounting")]
    pub name: String,
    /// What it was for.
    pub kind: GroupKind,
    /// When it was removed. RFC 3339, UTC.
    #[schema(format = DateTime)]
    pub removed_at: String,
    /// Until when it can be restored. RFC 3339, UTC.
    #[schema(format = DateTime)]
    pub purge_at: String,
}

/// The people who own a group. They may change who is in it, without any role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Owners {
    /// The first is shown in the directory.
    pub owners: Vec<UserRef>,
}

/// Who should own a group.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetOwners {
    /// Ids of people of the same customer, the first first, at most 20. An empty list removes all.
    #[serde(default)]
    #[schema(required, example = json!(["usr_01jzk3v8x6f0p2m4q7r9s1t3vw"]))]
    pub owners: Vec<String>,
}

/// The groups one owns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OwnGroups {
    /// Each by id and name.
    pub groups: Vec<GroupRef>,
}
