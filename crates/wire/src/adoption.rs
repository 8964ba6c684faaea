//! Taking over what is in a directory: surveys, adoptions, migrations.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    common::codes,
    problem::{FieldError, Problem},
};

codes! {
    /// How far a survey is.
    SurveyState {
        /// A worker takes it within seconds.
        Requested = "requested",
        /// Under way.
        Running = "running",
        /// Everything was seen.
        Done = "done",
        /// It cannot be done as it was asked for; see `problem`.
        Failed = "failed",
    }
}

codes! {
    /// What becomes of an object.
    Fate {
        /// Something of ours is made for it, and it is marked. Nothing else of it changes.
        Create = "create",
        /// Somebody, or a group, that the customer has gets it, and it is marked.
        Match = "match",
        /// It cannot be taken over as it is; see `reason`.
        Conflict = "conflict",
        /// It stays what it is; see `reason`.
        Skip = "skip",
    }
}

codes! {
    /// How far an adoption is.
    AdoptionState {
        /// Shown, and nothing was changed.
        Previewed = "previewed",
        /// Carried out by its request.
        Run = "run",
        /// Taken back: what it took over is not ours any more.
        Released = "released",
    }
}

/// What to look at.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SurveyRequest {
    /// Only this container and all in it, by its address (DN) within the folder
    /// that was given to the product. Everything there when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "OU=Acme,OU=Customers,DC=example,DC=com")]
    pub base: Option<String>,
}

/// What was seen of a directory when somebody asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Survey {
    /// Id of the survey.
    #[schema(example = "svy_01jzk3v8x6f0p2m4q7r9s1t3vw")]
    pub id: String,
    /// Code of the directory.
    #[schema(example = "shared")]
    pub directory: String,
    /// Only this container. None when everything was looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<String>,
    /// How far it is.
    pub state: SurveyState,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<Problem>,
    /// Objects seen so far, ours among them.
    pub seen: i64,
    /// Id of the person who asked.
    pub asked_by: String,
    /// When somebody asked. RFC 3339, UTC.
    #[schema(format = DateTime)]
    pub created_at: String,
    /// When it came to its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub finished_at: Option<String>,
    /// When it is forgotten.
    #[schema(format = DateTime)]
    pub expires_at: String,
}

/// An object a survey saw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SurveyObject {
    /// Its id in the directory (`objectGUID`).
    pub id: String,
    /// `container`, `group` or `user`.
    #[schema(example = "container")]
    pub kind: String,
    /// Its name.
    #[schema(example = "Acme")]
    pub name: String,
    /// Its address (DN).
    pub dn: String,
    /// It is ours today.
    pub ours: bool,
    /// Why nobody takes it over: `computer`, `service_account` or `built_in`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ignored: Option<String>,
    /// It is on the list of what is never touched.
    pub protected: bool,
    /// In how many groups it is directly.
    pub groups: usize,
    /// What it shows, by our names.
    pub attributes: BTreeMap<String, String>,
}

/// Which objects of a survey, in the order of their addresses.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SurveyObjectQuery {
    /// Only `container`, `group` or `user`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Only what lies directly in the container with this address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// Entries a page, 1 to 200. 50 when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u32>,
    /// The `next` of the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

/// The customer a container becomes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AdoptedCustomer {
    /// Short name that never changes.
    #[serde(default)]
    #[schema(example = "acme")]
    pub code: String,
    /// Display name.
    #[serde(default)]
    #[schema(example = "Acme Shipping")]
    pub name: String,
    /// Code or id of the seller; whose the directory is when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "north")]
    pub seller: Option<String>,
    /// Id in the invoicing system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "D-1001")]
    pub billing_id: Option<String>,
    /// `standard`, `test` or `demo`. `standard` when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub standing: Option<String>,
    /// BCP 47; the seller's when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// IANA; the seller's when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// ISO 4217; the seller's when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// How log-on names of new people are made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub naming_pattern: Option<String>,
}

/// What is to be taken over, and as what.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AdoptionRequest {
    /// Address (DN) of the container, as the survey shows it.
    #[serde(default)]
    #[schema(example = "OU=Acme,OU=Customers,DC=example,DC=com")]
    pub container: String,
    /// The customer it becomes. Left out with `into`.
    #[serde(default)]
    pub customer: AdoptedCustomer,
    /// Code or id of a customer that exists in the same directory: what is found becomes
    /// part of it, and its people and groups without an account find theirs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "acme")]
    pub into: Option<String>,
    /// With `into`, by what people and groups find their accounts, in this order: `marker`,
    /// `principal_name`, `employee_id`, `external_id`, `mail`, `logon_name`, `name` (of
    /// groups). All of them, so, when empty.
    #[serde(default, rename = "match", skip_serializing_if = "Vec::is_empty")]
    #[schema(example = json!(["marker", "principal_name"]))]
    pub rules: Vec<String>,
    /// With `into`, whose values hold for those who do: `directory` (when not given), so
    /// that accounts stay as they are, or `portal`, so that they are changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "directory")]
    pub wins: Option<String>,
    /// Domains of principal names the customer gets. All of the people found when
    /// empty; otherwise people with another one are left.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(example = json!(["acme.example"]))]
    pub suffixes: Vec<String>,
    /// Groups that stand for plans: name or log-on name of the group to code of
    /// the plan. Whoever is in the group gets the plan.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(example = json!({ "Desktop users": "desktop-standard" }))]
    pub plans: BTreeMap<String, String>,
}

/// How much becomes of what.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AdoptionCounts {
    /// Containers that are marked, and closed to other customers.
    pub containers: usize,
    /// Groups that are marked.
    pub groups: usize,
    /// People whose accounts are marked.
    pub users: usize,
    /// People and groups of the customer that get what is theirs.
    #[serde(default)]
    pub linked: usize,
    /// Objects that cannot be taken over as they are.
    pub conflicts: usize,
    /// Objects that stay what they are.
    pub skipped: usize,
    /// Groups that are made: that of all people, and one for a service that has none.
    pub new_groups: usize,
    /// Plans that people and the customer get.
    pub subscriptions: usize,
    /// People of whose accounts a service sets something, because they get a plan of it.
    #[serde(default)]
    pub by_services: usize,
}

/// What becomes of a container and all in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Adoption {
    /// Id of the adoption.
    #[schema(example = "adp_01jzk3v8x6f0p2m4q7r9s1t3vw")]
    pub id: String,
    /// The survey it is made from.
    pub survey: String,
    /// Address (DN) of the container.
    pub container: String,
    /// Code of the customer.
    pub code: String,
    /// Display name of the customer.
    pub name: String,
    /// Id in the invoicing system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub billing_id: Option<String>,
    /// Id of the seller.
    pub seller: String,
    /// Id of the customer that existed already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub into: Option<String>,
    /// Whose values hold for its people and groups: `directory` or `portal`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wins: Option<String>,
    /// How far it is.
    pub state: AdoptionState,
    /// How much becomes of what.
    pub counts: AdoptionCounts,
    /// Everything that changes in the directory, as sentences.
    pub changes: Vec<String>,
    /// Id of the customer it became.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<String>,
    /// The request that carries it out, to be followed at `/requests/{id}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
    /// When it was previewed. RFC 3339, UTC.
    #[schema(format = DateTime)]
    pub created_at: String,
    /// When it was carried out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub run_at: Option<String>,
    /// When it was taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub released_at: Option<String>,
    /// The request that takes it back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release_request: Option<String>,
}

/// What becomes of one object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AdoptionItem {
    /// Its id in the directory (`objectGUID`).
    pub id: String,
    /// `container`, `group` or `user`.
    #[schema(example = "user")]
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Its address (DN).
    pub dn: String,
    /// What becomes of it.
    pub fate: Fate,
    /// Code of why it is not taken over, as `name_taken`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Why, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub what: Option<String>,
    /// What to do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cure: Option<String>,
    /// What the sentences were made from, as `field` and `value`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub args: BTreeMap<String, String>,
    /// Id of the person or the group of the customer that gets it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// By what that was found, as `principal_name`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// What the two sides say, where they differ. Forgotten when it was carried out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub differences: Vec<Difference>,
}

/// A value the directory and the portal do not have alike; `wins` of the adoption says
/// which holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Difference {
    /// The attribute.
    #[schema(example = "title")]
    pub field: String,
    /// What the directory shows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub directory: Option<String>,
    /// What the portal knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub portal: Option<String>,
}

/// Which objects of an adoption.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AdoptionItemQuery {
    /// Only these, as `conflict`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(value_type = Option<Fate>)]
    pub fate: Option<String>,
    /// Entries a page, 1 to 200. 50 when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u32>,
    /// The `next` of the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

/// How to carry an adoption out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RunAdoption {
    /// Take over the rest although some objects cannot be: those stay as they
    /// are, in a container that is closed to them.
    #[serde(default)]
    pub leave_conflicts: bool,
}

/// What becomes of a person or a group that is given back.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Release {
    /// What it is called.
    pub name: String,
    /// Its address (DN), where it stays as it is, without the marker of this product.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dn: Option<String>,
    /// Plans that end.
    pub plans: Vec<String>,
    /// Groups it leaves: those of services, and that of all people.
    pub leaves: Vec<String>,
    /// Groups it stays in.
    pub stays_in: Vec<String>,
    /// The request that does it; none in a preview.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
}

/// What becomes of an adoption that is taken back.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AdoptionRelease {
    /// People whose accounts stay as they are, without the marker of this product.
    pub users: usize,
    /// Groups that stay so.
    pub groups: usize,
    /// Containers that stay so; they stay closed to other customers.
    pub containers: usize,
    /// Groups that the adoption made and that are removed.
    pub removed_groups: usize,
    /// Plans that end.
    pub plans: usize,
    /// People and groups that were the customer's before and keep what they were given.
    pub kept: usize,
    /// Something of it changed since, so that it cannot be taken back (`changed_since`).
    pub changed: bool,
    /// The request that does it; none in a preview.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
}

/// What another panel exported. Each file is sent as it is, in base64: any of
/// UTF-8, UTF-16 with its mark, Windows-1252; separated by `,`, `;` or tabs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MigrationRequest {
    /// From which panel: `atria`, also for CPSM.
    #[serde(default)]
    #[schema(example = "atria")]
    pub format: String,
    /// Customers: code, name, billing id, parent, location.
    #[serde(default)]
    pub customers: String,
    /// People: customer, principal or user name, mail, employee id, external id.
    #[serde(default)]
    pub users: String,
    /// Services: customer, user, service, plan. May be left out.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub services: String,
    /// Code of our plan for each service of the export, as `Hosted Desktop/Standard`
    /// or `Hosted Desktop` for all of its plans.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(example = json!({ "Hosted Desktop/Standard": "desktop-standard" }))]
    pub plans: BTreeMap<String, String>,
    /// Code of our seller for each parent of the export, where they differ.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(example = json!({ "csp1": "north" }))]
    pub sellers: BTreeMap<String, String>,
    /// By what rows and accounts are the same, in this order: `principal_name`,
    /// `employee_id`, `mail`, `logon_name`. All of them, so, when empty. Also, for customers
    /// that exist already, by what their people and groups find their accounts; see `match`
    /// of an adoption.
    #[serde(default, rename = "match", skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<String>,
}

/// What became of an export: an adoption for each customer, previewed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Migration {
    /// The adoptions.
    pub adoptions: Vec<MigratedCustomer>,
    /// Rows that have no object, and objects that have no row.
    pub leftovers: Vec<Leftover>,
}

/// A customer of an export.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MigratedCustomer {
    /// Its code.
    pub code: String,
    /// Id of its adoption.
    pub adoption: String,
}

/// What of an export, or of the directory, fits nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Leftover {
    /// The file: `customers`, `users` or `services`. None for an object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The row in it, as a spreadsheet numbers it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<u64>,
    /// What it is called; the address (DN) of an object.
    pub name: String,
    /// `no_object`: nothing in the directory fits the row. `no_row`: nothing in
    /// the export fits the object. `several_candidates`: more than one fits.
    /// `differs`: the customer is here already and stays as it is, though the export says
    /// otherwise; `errors` name the fields. `refused`: it cannot be taken over; see `errors`.
    #[schema(example = "no_object")]
    pub reason: String,
    /// Why a customer was refused, or what of it the export says otherwise.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
}
