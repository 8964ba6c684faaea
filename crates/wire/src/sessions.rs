//! Signing in, and who one is.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    common::{TenantRef, UserRef},
    tenants::TenantKind,
};

/// Signs a person in.
#[derive(Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSession {
    /// User principal name, as `anna.berg@acme.example`.
    #[serde(default)]
    #[schema(required, example = "anna.berg@acme.example")]
    pub login: String,
    /// The password.
    #[serde(default)]
    #[schema(required, format = Password)]
    pub password: String,
}

/// A session: send `token` as `Authorization: Bearer …`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Session {
    /// The secret of the session, shown once.
    pub token: String,
    /// When it ends at the latest. RFC 3339, UTC.
    #[schema(format = DateTime)]
    pub expires_at: String,
    /// Who signed in.
    pub user: UserRef,
}

/// Who the caller is and what they may do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Me {
    /// The person.
    pub user: UserRef,
    /// The tenant the person belongs to.
    pub tenant: TenantRef,
    /// Every role, with the tenant on which (and below which) it holds.
    pub grants: Vec<Grant>,
    /// Codes of everything the grants allow, without repetition, sorted.
    pub permissions: Vec<String>,
}

/// A role on a tenant and all below it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Grant {
    /// Id of the grant.
    #[schema(example = "gra_01jzk3v8x6f0p2m4q7r9s1t3vw")]
    pub id: String,
    /// Code of the role, as `customer_administrator`.
    #[schema(example = "customer_administrator")]
    pub role: String,
    /// Where it holds: this tenant and all below.
    pub tenant: TenantRef,
    /// What that tenant is.
    pub tenant_kind: TenantKind,
    /// Codes of what the role allows there.
    pub permissions: Vec<String>,
}
