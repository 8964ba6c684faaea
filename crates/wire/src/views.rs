//! Views: what of the address of a list somebody keeps under a name.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// A view of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct View {
    /// Its id.
    #[schema(example = "viw_01jzk3v8x6f0p2m4q7r9s1t3vw")]
    pub id: String,
    /// Of which list of the portal: `people` and `groups` (of any customer), `customers`, `requests`.
    #[schema(example = "people")]
    pub list: String,
    /// What it is called. No other view of the list, of the same person or shared, has the name.
    #[schema(example = "Never signed in")]
    pub name: String,
    /// Names and values as in the address of the list: filters, `sort` and `columns`.
    pub query: BTreeMap<String, String>,
    /// Whether all who manage the caller's tenant have it; otherwise it is the caller's alone.
    pub shared: bool,
    /// When it was made. RFC 3339, UTC.
    #[schema(format = DateTime)]
    pub created_at: String,
    /// When it was changed. RFC 3339, UTC.
    #[schema(format = DateTime)]
    pub updated_at: String,
}

/// A view to keep.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewView {
    /// `people`, `groups`, `customers` or `requests`.
    #[serde(default)]
    #[schema(required, example = "people")]
    pub list: String,
    /// What it is called, up to 60 characters.
    #[serde(default)]
    #[schema(required, example = "Never signed in")]
    pub name: String,
    /// Names and values as in the address of the list.
    #[serde(default)]
    #[schema(required)]
    pub query: BTreeMap<String, String>,
    /// Whether all who manage the caller's tenant get it. Needs `tenant_update` there.
    #[serde(default)]
    pub shared: bool,
}

/// Changes a view. What is not given stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ViewUpdate {
    /// What it is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// All names and values anew.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub query: Option<BTreeMap<String, String>>,
    /// Whether it is shared; what is shared no more is the caller's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shared: Option<bool>,
}

/// Which views to answer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ViewQuery {
    /// `people`, `groups`, `customers` or `requests`; all when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list: Option<String>,
}
