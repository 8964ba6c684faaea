//! Signing in, and who one is.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    common::{ActivationLink, TenantRef, UserRef, clearable, codes},
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
    /// The language pages and mails are in (BCP 47): the person's own, or else the tenant's.
    #[serde(default)]
    #[schema(example = "da")]
    pub language: String,
    /// What the person chose.
    #[serde(default)]
    pub preferences: Preferences,
}

/// What a person chose; what is not there follows the tenant or the device.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Preferences {
    /// BCP 47.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "da")]
    pub language: Option<String>,
    /// How pages look.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub theme: Option<Theme>,
}

codes! {
    /// How pages look.
    Theme {
        /// Dark letters on light.
        Light = "light",
        /// Light letters on dark.
        Dark = "dark",
    }
}

/// Changes what the caller chose. What is not given stays; null follows the tenant or the
/// device again (RFC 7396).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MeUpdate {
    /// BCP 47, as `da` or `en-GB`; null for the tenant's.
    #[serde(default, deserialize_with = "clearable", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, max_length = 12, example = "da")]
    pub language: Option<Option<String>>,
    /// `light` or `dark`; null for what the device says.
    #[serde(default, deserialize_with = "clearable", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "dark")]
    pub theme: Option<Option<String>>,
}

/// A session that is open, without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OpenSession {
    /// Id of the session.
    #[schema(example = "tok_01jzk3v8x6f0p2m4q7r9s1t3vw")]
    pub id: String,
    /// It is the one this call was made with.
    pub current: bool,
    /// When it was opened. RFC 3339, UTC.
    #[schema(format = DateTime)]
    pub created_at: String,
    /// When it ends by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub expires_at: Option<String>,
    /// When it was last used, to within some minutes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub last_used_at: Option<String>,
    /// Families of browser and system. None when unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "Firefox on Windows")]
    pub browser: Option<String>,
    /// The network it was opened from, without the part of the address that names a machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "192.0.2.0/24")]
    pub network: Option<String>,
}

/// Changes the caller's own password.
#[derive(Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangePassword {
    /// The present one.
    #[serde(default)]
    #[schema(required, format = Password)]
    pub present_password: String,
    /// 12 to 127 characters; the rules of the customer and the directory may ask for more.
    #[serde(default)]
    #[schema(required, format = Password, min_length = 12, max_length = 127)]
    pub password: String,
}

/// A password on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PasswordChange {
    /// How far it is: by `GET /activations/{token}` with the part after `/activate/`. If the
    /// directory refuses the password, this link takes another.
    pub activation: ActivationLink,
}

/// How many sessions were ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EndedSessions {
    /// That many.
    #[schema(example = 2)]
    pub ended: u64,
}

/// Somebody who forgot the password.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ForgottenPassword {
    /// User principal name, as `anna.berg@acme.example`.
    #[serde(default)]
    #[schema(required, max_length = 254, example = "anna.berg@acme.example")]
    pub login: String,
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
