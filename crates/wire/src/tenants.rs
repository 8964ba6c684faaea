//! Tenants: the provider, resellers and customers.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    common::{ActivationLink, Provisioning, TenantRef, UserRef, clearable, codes},
    users::{NewUser, Subscription},
};

codes! {
    /// What a tenant is in the tree. `provider`: the root. `reseller`: sells to
    /// others, may have resellers of its own. `customer`: whose people use the
    /// services; always a leaf.
    TenantKind {
        /// The company that runs the instance.
        Provider = "provider",
        /// Sells to customers and other resellers.
        Reseller = "reseller",
        /// Whose people use the services.
        Customer = "customer",
    }
}

codes! {
    /// Whether what a tenant uses is billed. `standard`: billed. `test` and
    /// `demo`: never billed.
    Standing {
        /// A paying tenant.
        Standard = "standard",
        /// For trying things out; never billed.
        Test = "test",
        /// For showing the product; never billed.
        Demo = "demo",
    }
}

codes! {
    /// Whether a tenant is served. `suspended` is read-only: nothing can be
    /// ordered or changed, nobody of it signs in, and its accounts are disabled.
    /// `closed` is as suspended, and everything it had has ended.
    TenantStatus {
        /// Served.
        Active = "active",
        /// Read-only.
        Suspended = "suspended",
        /// Ended; can be restored until `purge_at`.
        Closed = "closed",
    }
}

/// A provider, reseller or customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Tenant {
    /// Id of the tenant.
    #[schema(example = "ten_01jzk3v8x6f0p2m4q7r9s1t3vw")]
    pub id: String,
    /// What it is.
    pub kind: TenantKind,
    /// Immutable short name, unique in the instance.
    #[schema(example = "acme")]
    pub code: String,
    /// Display name.
    #[schema(example = "Acme GmbH")]
    pub name: String,
    /// Whose tenant it is. None for the provider and where the caller may not see it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<TenantRef>,
    /// Whether it is served.
    pub status: TenantStatus,
    /// Whether it is billed.
    pub standing: Standing,
    /// The number under which the seller bills it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub billing_id: Option<String>,
    /// Code of the brand its people see.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brand: Option<String>,
    /// Language of its people, BCP 47.
    #[schema(example = "de")]
    pub language: String,
    /// IANA time zone on whose calendar its days are counted.
    #[schema(example = "Europe/Berlin")]
    pub time_zone: String,
    /// ISO 4217 code of the currency it is billed in.
    #[schema(example = "EUR")]
    pub currency: String,
    /// Domain of its people's principal names (customers).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "acme.example")]
    pub upn_suffix: Option<String>,
    /// How log-on names are made (customers), as `{given}.{surname}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub naming_pattern: Option<String>,
    /// Code of the directory its people are in (customers); its own default for new
    /// customers (sellers).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub directory: Option<String>,
    /// Number of the desired version: the value of the `ETag` without quotes.
    #[schema(example = 3)]
    pub version: i64,
    /// When it was created. RFC 3339, UTC.
    #[schema(format = DateTime)]
    pub created_at: String,
    /// When it was closed. RFC 3339, UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub closed_at: Option<String>,
    /// Until when a closed tenant can be restored; after that it is removed from its
    /// directory. RFC 3339, UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub purge_at: Option<String>,
    /// How far its container in the directory is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provisioning: Option<Provisioning>,
}

/// A customer with what it has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Customer {
    /// The tenant.
    #[serde(flatten)]
    pub tenant: Tenant,
    /// What it subscribes to as a whole.
    pub subscriptions: Vec<Subscription>,
    /// How many people and groups it has.
    pub counts: CustomerCounts,
}

/// How much a customer has.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CustomerCounts {
    /// People, without removed ones.
    pub users: i64,
    /// Of them: accounts that may log on.
    pub users_enabled: i64,
    /// Of them: never chose a password.
    pub users_not_activated: i64,
    /// Of them: need a person because provisioning failed.
    pub users_failed: i64,
    /// Security groups.
    pub groups: i64,
}

/// Which tenants to list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TenantQuery {
    /// Only tenants directly below this one (id or code).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// Only this kind: `provider`, `reseller`, `customer`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(value_type = Option<TenantKind>)]
    pub kind: Option<String>,
    /// Only this status: `active`, `suspended`, `closed`. Closed ones are listed
    /// only with this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(value_type = Option<TenantStatus>)]
    pub status: Option<String>,
    /// Only tenants whose name, code or billing id begins with this, at most
    /// 64 characters. Upper and lower case are the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(max_length = 64)]
    pub search: Option<String>,
    /// By which column: `name`, `code` or `created`; with `-` before it from the last to the
    /// first. `name` when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(example = "-created")]
    pub sort: Option<String>,
    /// Entries a page, 1 to 200. 50 when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u32>,
    /// The `next` of the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

/// A reseller to be created.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReseller {
    /// Below which tenant: id or code of the provider or a reseller. The
    /// caller's own tenant when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "channel")]
    pub parent: Option<String>,
    /// Immutable short name, unique in the instance: 2 to 12 lower-case
    /// letters, digits and inner hyphens, a letter first.
    #[serde(default)]
    #[schema(required, min_length = 2, max_length = 12, example = "north")]
    pub code: String,
    /// Display name, 1 to 64 characters.
    #[serde(default)]
    #[schema(required, max_length = 64, example = "North IT ApS")]
    pub name: String,
    /// Code of the brand its customers see; the parent's when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brand: Option<String>,
    /// Language, BCP 47; the parent's when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "da")]
    pub language: Option<String>,
    /// IANA time zone; the parent's when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "Europe/Copenhagen")]
    pub time_zone: Option<String>,
    /// ISO 4217 code; the parent's when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "DKK")]
    pub currency: Option<String>,
    /// `standard`, `test` or `demo`; `standard` when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Standing>)]
    pub standing: Option<String>,
    /// Its first administrator, who gets an activation link. Staff of a
    /// reseller sign in to the portal and have no directory account, so
    /// `principal_name` is needed and `plans` are not possible.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub administrator: Option<NewUser>,
}

/// A new reseller with its administrator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CreatedReseller {
    /// The reseller.
    #[serde(flatten)]
    pub tenant: Tenant,
    /// Its first administrator, if one was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub administrator: Option<UserRef>,
    /// The administrator's activation link; shown only now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub activation: Option<ActivationLink>,
}

/// Changes of a tenant. Fields that are not given stay as they are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TenantUpdate {
    /// Display name, 1 to 64 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 64)]
    pub name: Option<String>,
    /// Id in the invoicing system; null takes it away.
    #[serde(default, deserialize_with = "clearable", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "DEB-10042")]
    pub billing_id: Option<Option<String>>,
    /// Language, BCP 47.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// IANA time zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// How log-on names are made from now on, from `{given}`, `{surname}`, `{g}`,
    /// `{s}`. Names people have stay. Of a reseller: what new customers get.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 64, example = "{g}{surname}")]
    pub naming_pattern: Option<String>,
}

/// Rules for the passwords people choose.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordRules {
    /// Characters at least, 12 to 64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 12, maximum = 64, example = 14)]
    pub min_chars: Option<u32>,
    /// Of capital letters, small letters, digits and other characters so many kinds
    /// at least, 0 to 4.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 4, example = 3)]
    pub classes: Option<u32>,
    /// Whether one's own names may not stand in it: words of display and principal
    /// name of three characters and more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_names: Option<bool>,
    /// At most 200 words that may not stand in it, whatever their case.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 200, example = json!(["acme", "summer"]))]
    pub forbidden_words: Vec<String>,
    /// Days after which it has to be changed, 1 to 3,650. None: never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 3650, example = 365)]
    pub valid_days: Option<u32>,
}

/// Rules for passwords of a tenant and those above it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PasswordPolicy {
    /// What the tenant says itself; none when it says nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own: Option<PasswordRules>,
    /// What holds above it.
    pub above: PasswordRules,
    /// What holds for its people: the strictest of both.
    pub effective: PasswordRules,
}

/// The suffixes of a customer's principal names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Suffixes {
    /// The one for made names first.
    pub items: Vec<Suffix>,
}

/// A domain at which people of a customer have their principal names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Suffix {
    /// The domain.
    #[schema(example = "acme.example")]
    pub suffix: String,
    /// Whether names that are made get it.
    pub primary: bool,
    /// How many people have a principal name at it, also those who can be restored.
    pub users: i64,
}

/// A suffix to be added.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSuffix {
    /// The domain; no other customer may have it.
    #[serde(default)]
    #[schema(required, max_length = 253, example = "acme.example")]
    pub suffix: String,
    /// Whether names that are made get it from now on. Also possible for one the
    /// customer has already.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub primary: bool,
}

/// Which pattern to show.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct NamingQuery {
    /// A pattern to try; the tenant's own when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(max_length = 64, example = "{g}{surname}")]
    pub pattern: Option<String>,
}

/// What a pattern makes of names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Naming {
    /// The pattern.
    #[schema(example = "{given}.{surname}")]
    pub pattern: String,
    /// Three people, and the names they would get if nobody else had them.
    pub samples: Vec<NamingSample>,
}

/// The names one person would get.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NamingSample {
    /// Given name.
    pub given_name: String,
    /// Surname.
    pub surname: String,
    /// Principal name.
    pub principal_name: String,
    /// Log-on name.
    pub logon_name: String,
}

/// A tenant whose standing changed, with the request that makes it true.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TenantChanged {
    /// The tenant as it is now.
    #[serde(flatten)]
    pub tenant: Tenant,
    /// Id of the request that changes accounts or containers in the directory. None
    /// when nothing has to change there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
}

/// How a tenant is to be closed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CloseTenant {
    /// For how many days it can be restored, 0 to 365; 30 when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 365)]
    pub grace_days: Option<u32>,
}

/// Where a tenant is to be moved.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MoveTenant {
    /// The new seller: id or code of the provider or a reseller.
    #[serde(default)]
    #[schema(required, example = "north")]
    pub seller: String,
    /// The new seller's first day, on the tenant's own calendar, today or later;
    /// today when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = Date, example = "2026-04-01")]
    pub day: Option<String>,
}

/// A move to another seller that is still to come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PlannedMove {
    /// Who moves.
    pub tenant: TenantRef,
    /// From which seller, if the caller may know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<TenantRef>,
    /// To which seller, if the caller may know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<TenantRef>,
    /// The new seller's first day, on the tenant's own calendar.
    #[schema(format = Date, example = "2026-04-01")]
    pub day: String,
    /// When it was planned. RFC 3339, UTC.
    #[schema(format = DateTime)]
    pub created_at: String,
}

/// A tenant that was moved, or will be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TenantMoved {
    /// The tenant as it is now, if the caller may still see it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<Tenant>,
    /// The new seller's first day.
    #[schema(format = Date, example = "2026-04-01")]
    pub day: String,
    /// Whether it takes effect later, at the beginning of that day.
    pub planned: bool,
    /// Id of the request that moves its containers, if it takes effect now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
}
