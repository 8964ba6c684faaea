//! Templates of groups, and groups made from them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{common::codes, groups::GroupKind};

codes! {
    /// Who owns the groups of a template from the beginning.
    OwnersRule {
        /// Nobody.
        Nobody = "nobody",
        /// Who makes the group, if that is one of the customer's people.
        Creator = "creator",
        /// Who manages the people the group is for: who manages most of them first.
        Managers = "managers",
    }
}

/// What a template says.
///
/// Patterns may hold `{code}`, `{customer}` and `{suffix}` of the customer. The name may hold
/// `{department}`, `{office}`, `{title}`, `{company}` and `{city}` of people: then there is a
/// group for each value there is among them. Other patterns may hold what the name holds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewGroupTemplate {
    /// Pattern of the name.
    #[serde(default)]
    #[schema(required, max_length = 256, example = "Team {department}")]
    pub name: String,
    /// Pattern of the description.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 256)]
    pub description: Option<String>,
    /// `security` or `distribution`; `security` when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<GroupKind>)]
    pub kind: Option<String>,
    /// Pattern of the mail address. Of values of people only ASCII letters and digits are used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "{department}@{suffix}")]
    pub mail: Option<String>,
    /// Who owns its groups; `nobody` when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<OwnersRule>)]
    pub owners: Option<String>,
    /// Patterns of names of groups of the customer that its groups are put into.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub member_of: Vec<String>,
    /// The people a group is for are put into it when it is made.
    #[serde(default)]
    pub people: bool,
    /// Days after which the memberships it makes end. For ever when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 3650)]
    pub days: Option<i64>,
}

/// A template that holds for a tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GroupTemplate {
    /// Its code; of several with one code the nearest to the customer holds.
    #[schema(example = "teams")]
    pub code: String,
    /// The tenant says it itself; otherwise it comes from a seller above.
    pub own: bool,
    /// Pattern of the name.
    pub name: String,
    /// Pattern of the description.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What its groups are for.
    pub kind: GroupKind,
    /// Pattern of the mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mail: Option<String>,
    /// Who owns its groups.
    pub owners: OwnersRule,
    /// Patterns of names of groups its groups are put into.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub member_of: Vec<String>,
    /// The people a group is for are put into it when it is made.
    pub people: bool,
    /// Days after which the memberships it makes end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<i64>,
}

/// The templates that hold for a tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GroupTemplates {
    /// By code.
    pub templates: Vec<GroupTemplate>,
}

/// For what groups are to be made from a template.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UseTemplate {
    /// What each group stands for, at most 500. Without any, everything there is among the people.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(example = json!([{ "department": "Sales" }]))]
    pub values: Vec<BTreeMap<String, String>>,
    /// Only tell what would be made.
    #[serde(default)]
    pub preview: bool,
}

/// A group a template gives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TemplateGroup {
    /// Id of the group; none in a preview of one that is not there yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "grp_01jzk3v8x6f0p2m4q7r9s1t3vw")]
    pub id: Option<String>,
    /// A group of this name was there before, and stays as it is.
    pub exists: bool,
    /// Name within the customer.
    #[schema(example = "Team Sales")]
    pub name: String,
    /// Free text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What it is for.
    pub kind: GroupKind,
    /// Mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mail: Option<String>,
    /// What of people it stands for.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<String, String>,
    /// How many people are put into it.
    pub people: usize,
    /// Ids of the people who own it, the first first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub owners: Vec<String>,
    /// Names of the groups it is put into.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub member_of: Vec<String>,
    /// When the memberships end. RFC 3339, UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub until: Option<String>,
}

/// What was made from a template, or would be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TemplateGroups {
    /// The request that makes them; none for a preview, and when all were there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "req_01jzk3v8x6f0p2m4q7r9s1t3vw")]
    pub request: Option<String>,
    /// The groups.
    pub groups: Vec<TemplateGroup>,
}
