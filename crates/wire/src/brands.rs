//! Brands: host names, pictures, and what is shown.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{common::TenantRef, settings::SettingFrom};

/// What a tenant's people see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Brand {
    /// Host names of the tenant, the first first: links lead to that one.
    pub host_names: Vec<HostName>,
    /// The host name by which its people come: its own, or that of the nearest above that has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "portal.north.example")]
    pub people_at: Option<String>,
    /// Pictures that hold, by name.
    pub pictures: BTreeMap<String, PictureValue>,
    /// What holds of each part, by the name of its setting; `/tenants/{id}/settings` tells where it
    /// comes from.
    pub parts: BTreeMap<String, String>,
}

/// A host name that leads to a brand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HostName {
    /// It, in lower case and without a port.
    #[schema(example = "portal.north.example")]
    pub name: String,
    /// Since when. RFC 3339, UTC.
    #[schema(format = DateTime)]
    pub created_at: String,
}

/// A picture that holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PictureValue {
    /// Where it is served under the host names of the brand; none when there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "/brand/9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08.png")]
    pub path: Option<String>,
    /// Where it comes from.
    pub from: SettingFrom,
    /// The tenant above, where the caller may see it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<TenantRef>,
}

/// A host name to be given to a tenant.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewHostName {
    /// It, without a port.
    #[serde(default)]
    #[schema(example = "portal.north.example")]
    pub name: String,
}

/// A picture to be set.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPicture {
    /// A PNG of up to 128 kB, in base64: a logo of 16 to 1024 pixels each way, or a square icon of 32
    /// to 512 pixels.
    #[serde(default)]
    #[schema(format = Byte)]
    pub png: String,
}

impl std::fmt::Debug for NewPicture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewPicture").field("characters", &self.png.len()).finish()
    }
}
