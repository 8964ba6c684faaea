//! What can be ordered.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::common::{Money, codes};

codes! {
    /// Who subscribes to a plan: the `customer` as a whole, or a single `user`
    /// after the customer was given the service.
    PlanScope {
        /// The customer as a whole.
        Customer = "customer",
        /// Single people.
        User = "user",
    }
}

/// A plan, in its current version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Plan {
    /// Id of this version.
    #[schema(example = "pln_01jzk3v8x6f0p2m4q7r9s1t3vw")]
    pub id: String,
    /// Stable code, as used in orders.
    #[schema(example = "desktop-standard")]
    pub code: String,
    /// The version; a change of content or price makes a new one.
    pub version: i32,
    /// Code of the service it gives.
    #[schema(example = "desktop")]
    pub service: String,
    /// Name, for people.
    #[schema(example = "Desktop Standard")]
    pub name: String,
    /// Who subscribes to it.
    pub scope: PlanScope,
    /// Retail price a month, in the price book of the caller. None when there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Money>,
}

codes! {
    /// What kind of value a property has.
    PropertyKind {
        /// One line of text.
        Text = "text",
        /// A whole number.
        Integer = "integer",
        /// `true` or `false`.
        Boolean = "boolean",
        /// One of a list.
        Choice = "choice",
    }
}

/// A property of a service. Every value is text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Property {
    /// What kind of value; `text` when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<PropertyKind>,
    /// What holds when nobody says another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// The smallest number, or the fewest characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<i64>,
    /// The greatest number, or the most characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<i64>,
    /// What can be chosen.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<String>,
    /// Whoever manages people may set it for a single person.
    #[serde(default)]
    pub personal: bool,
}

/// A service: what it means in a directory, as data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Service {
    /// Stable code, unique in the instance.
    #[schema(example = "desktop")]
    pub code: String,
    /// Name, for people.
    pub name: String,
    /// Code of the tenant that publishes it, if it is yours to see.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub publisher: Option<String>,
    /// Who subscribes to it.
    pub scope: PlanScope,
    /// Names of the groups of one instance. `{code}`, `{customer}`, `{service}`, `{instance}`.
    pub groups: Vec<String>,
    /// What it sets on the people who have it, by the name of the detail. Besides the
    /// above `{logon_name}`, `{user_name}`, `{principal_name}`, `{given_name}`,
    /// `{surname}`, `{display_name}`, `{mail}`, `{title}`, `{department}` and properties.
    pub attributes: BTreeMap<String, String>,
    /// Its properties by name.
    pub properties: BTreeMap<String, Property>,
    /// Since when nobody new can subscribe.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retired_at: Option<String>,
    /// Number of the version: the value of the `ETag` without quotes.
    pub version: i64,
}

/// A service to be published.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewServiceDefinition {
    /// Stable code.
    #[serde(default)]
    #[schema(required, example = "mailbox")]
    pub code: String,
    /// Name, for people.
    #[serde(default)]
    #[schema(required)]
    pub name: String,
    /// Code or id of the tenant that publishes it to all below; your own when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
    /// For single people; true when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_user: Option<bool>,
    /// Names of the groups of one instance; `{code} {service}` when not given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<String>,
    /// What it sets on people.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, String>,
    /// Its properties.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub properties: BTreeMap<String, Property>,
}

/// Changes of a service. What is not given stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ServiceUpdate {
    /// Name, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Names of the groups that customers get from now on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub groups: Option<Vec<String>>,
    /// All it sets on people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attributes: Option<BTreeMap<String, String>>,
    /// All its properties.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub properties: Option<BTreeMap<String, Property>>,
    /// Nobody new can subscribe; who has it keeps it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retired: Option<bool>,
}

/// A service with the request that makes people what it says now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ServiceChanged {
    /// As it is now.
    pub service: Service,
    /// None when nothing changes for anybody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
}

/// An amount of money a month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// In the smallest unit.
    pub minor: i64,
    /// ISO 4217.
    pub currency: String,
}

/// A plan to be published, or another version of one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPlan {
    /// Stable code; not for another version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Code of the service; not for another version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// Code or id of the tenant that publishes it; your own when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
    /// Name, for people; that of the version before when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// For the customer as a whole, although its service is for single people.
    #[serde(default)]
    pub per_customer: bool,
    /// Values of properties; those of the version before when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub properties: Option<BTreeMap<String, String>>,
    /// Retail prices a month; those of the version before when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prices: Option<Vec<Price>>,
}

/// One immutable version of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PlanVersion {
    /// Id of this version.
    pub id: String,
    /// Stable code.
    pub code: String,
    /// From 1.
    pub version: i32,
    /// Code of the service.
    pub service: String,
    /// Name, for people.
    pub name: String,
    /// Who subscribes to it.
    pub scope: PlanScope,
    /// Values of properties.
    pub properties: BTreeMap<String, String>,
    /// Retail prices a month.
    pub prices: Vec<Price>,
    /// When it was published.
    pub created_at: String,
    /// Running subscriptions that are yours to see.
    pub subscriptions: i64,
}

/// All versions of a plan, the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PlanVersions {
    /// The versions.
    pub versions: Vec<PlanVersion>,
}

/// Subscriptions that are to change to another version of their plan.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewUpgrade {
    /// To which version; the newest when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<i32>,
    /// Only those that have this version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<i32>,
    /// At and below this tenant (code or id); the plan's publisher when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
    /// Only those of this person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// Only tell what would change.
    #[serde(default)]
    pub preview: bool,
}

/// What a change of version concerns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Upgrade {
    /// The version all have then.
    pub to: i32,
    /// How many people.
    pub people: i64,
    /// How many subscriptions.
    pub subscriptions: i64,
    /// What they cost a month before, by currency.
    pub before: Vec<Price>,
    /// What they cost after.
    pub after: Vec<Price>,
    /// Subscriptions without a price before or after; not in the sums.
    pub unpriced: i64,
    /// The request that did it; none for a preview, and when there was nothing to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
}

/// A service a customer is to get, or another instance of one it has.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewInstance {
    /// Code of a plan of the service.
    #[serde(default)]
    #[schema(required, example = "erp-full")]
    pub plan: String,
    /// Code of the instance; `main` when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "test")]
    pub instance: Option<String>,
    /// Name of the instance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// An instance of a service a customer has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Instance {
    /// Code of the service.
    pub service: String,
    /// Code of the instance; plans name it as `erp-full@test`.
    pub instance: String,
    /// Its name.
    pub name: String,
    /// People who have a plan of it.
    pub seats: i64,
}

/// The services a customer has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Instances {
    /// Every instance.
    pub services: Vec<Instance>,
    /// The request that makes a new one, or takes one away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
}

/// What taking a service from a customer comes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ServiceRemoval {
    /// The instance.
    #[serde(flatten)]
    pub instance: Instance,
    /// Its plans that end, and how many people lose each.
    pub plans: Vec<EndingPlan>,
    /// Codes of its plans of the customer as a whole, which end.
    pub customer_plans: Vec<String>,
    /// For so many days its groups stay, without anybody in them; given again within them, the
    /// service has the same groups.
    #[schema(minimum = 0, maximum = 365)]
    pub grace_days: i64,
}

/// A plan that ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EndingPlan {
    /// Its code.
    pub plan: String,
    /// Its name.
    pub name: String,
    /// How many people lose it.
    pub people: i64,
}

/// How a service is taken from a customer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TakeService {
    /// Even if people have plans of it, which end.
    #[serde(default)]
    pub force: bool,
    /// For so many days its groups stay, 0 to 365; as the settings say when not given. With 0
    /// they go at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(minimum = 0, maximum = 365)]
    pub grace_days: Option<i64>,
}

/// Values of properties to be said.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PropertiesUpdate {
    /// Code of the service.
    #[serde(default)]
    #[schema(required, example = "desktop")]
    pub service: String,
    /// Only for this instance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
    /// By name; null takes back what was said here, so that what is said above holds.
    #[serde(default)]
    #[schema(required)]
    pub values: BTreeMap<String, Option<String>>,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PropertiesSaid {
    /// The one request over everybody it concerns; none when it changes nothing for anybody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
    /// For how many people it changes something.
    pub people: i64,
}

/// Which properties.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PropertiesQuery {
    /// Code of one service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
}

/// One thing that was said of a property.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PropertyStep {
    /// Where: `service`, `plan`, `provider`, `reseller`, `customer`, `seller` (one that is
    /// not yours to see), `instance` or `person`.
    pub level: String,
    /// By which service, plan or tenant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// What.
    pub value: String,
}

/// A property with where its value comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PropertyValue {
    /// Code of the service.
    pub service: String,
    /// Code of the instance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
    /// Plan and version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<String>,
    /// Name of the property.
    pub name: String,
    /// What holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// Everything that was said, from the most general to the most special: the last holds.
    pub chain: Vec<PropertyStep>,
}

/// Properties, and what services set on a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PropertyValues {
    /// The properties.
    pub properties: Vec<PropertyValue>,
    /// What the services of a person set, where nothing was set for the person.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, String>,
}

/// Not given, null and a number are three things.
#[expect(
    clippy::option_option,
    reason = "absent, null and a number are three different things in a merge patch"
)]
fn lifted<'de, D: serde::Deserializer<'de>>(input: D) -> Result<Option<Option<i64>>, D::Error> {
    Option::<i64>::deserialize(input).map(Some)
}

/// Quotas of a tenant. What is not named stays; null lifts one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuotasUpdate {
    /// Of people with an account.
    #[serde(default, deserialize_with = "lifted", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<i64>)]
    pub people: Option<Option<i64>>,
    /// Of subscriptions, by code of the service.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub services: BTreeMap<String, Option<i64>>,
    /// Of subscriptions, by code of the plan.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub plans: BTreeMap<String, Option<i64>>,
}

/// A quota and how far it is used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Quota {
    /// `people`, `service` or `plan`.
    pub kind: String,
    /// Code of the service or plan.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub subject: String,
    /// At most.
    pub max: i64,
    /// At present, at and below the tenant.
    pub used: i64,
    /// More is used than there may be: nothing is added, and nothing taken away.
    pub over: bool,
}

/// The quotas of a tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Quotas {
    /// All of them.
    pub quotas: Vec<Quota>,
}

/// A bundle to be published, or another version of one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewBundle {
    /// Stable code.
    #[serde(default)]
    #[schema(required, example = "accountant")]
    pub code: String,
    /// Name, for people.
    #[serde(default)]
    #[schema(required)]
    pub name: String,
    /// Code or id of the tenant that publishes it; your own when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
    /// Codes of plans, with an instance where one is meant.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub plans: Vec<String>,
    /// Names of groups the customers made.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<String>,
}

/// A version of a bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Bundle {
    /// Stable code.
    pub code: String,
    /// From 1; the newest is given.
    pub version: i32,
    /// Name, for people.
    pub name: String,
    /// Codes of plans.
    pub plans: Vec<String>,
    /// Names of groups.
    pub groups: Vec<String>,
    /// Whether nobody new gets it; in lists of what is published, not of what a person has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retired: Option<bool>,
}

/// Changes of a bundle, of all its versions.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BundleUpdate {
    /// Nobody new gets it; who has it keeps it. What is not given stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retired: Option<bool>,
}

/// Bundles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Bundles {
    /// Each in its newest version, or as somebody has it.
    pub bundles: Vec<Bundle>,
    /// Of a person: each plan with what gives it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<PlanSource>,
}

/// What gives a plan to a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PlanSource {
    /// Plan and instance.
    pub plan: String,
    /// Somebody gave it to the person.
    pub direct: bool,
    /// Codes of the bundles that give it.
    pub bundles: Vec<String>,
}

/// An undone request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Undone {
    /// The request that undoes it; none when nothing was left to undo.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
}
