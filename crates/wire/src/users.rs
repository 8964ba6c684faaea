//! People and their accounts.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::common::{ActivationLink, Provisioning, TenantRef, UserRef, clearable};

/// What else is known of a person. Every value is text; a value that is not
/// there is not known. All but `external_id` are shown in the directory.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Details {
    /// Initials, at most 6 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 6, example = "AB")]
    pub initials: Option<String>,
    /// Mobile telephone, at most 64 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 64, example = "+49 170 1234567")]
    pub mobile: Option<String>,
    /// Telephone at home, at most 64 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 64)]
    pub home_phone: Option<String>,
    /// Fax, at most 64 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 64)]
    pub fax: Option<String>,
    /// Pager, at most 64 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 64)]
    pub pager: Option<String>,
    /// IP telephone, at most 64 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 64)]
    pub ip_phone: Option<String>,
    /// Further mail addresses, at most 100, separated by blanks or commas.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "a.berg@acme.example berg@acme.example")]
    pub aliases: Option<String>,
    /// Where the person sits, at most 128 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 128, example = "Building 3, room 12")]
    pub office: Option<String>,
    /// Company, at most 64 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 64)]
    pub company: Option<String>,
    /// Number at the employer, at most 16 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 16, example = "10442")]
    pub employee_id: Option<String>,
    /// Kind of employment, at most 128 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 128)]
    pub employee_type: Option<String>,
    /// Key of the person in a system of the customer, at most 128 characters,
    /// unique within the customer. Not shown in the directory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 128)]
    pub external_id: Option<String>,
    /// Street and number, at most 256 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 256)]
    pub street: Option<String>,
    /// Post-office box, at most 40 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40)]
    pub po_box: Option<String>,
    /// Postal code, at most 40 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40)]
    pub postal_code: Option<String>,
    /// City, at most 128 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 128)]
    pub city: Option<String>,
    /// State or province, at most 128 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 128)]
    pub region: Option<String>,
    /// Country, two letters (ISO 3166-1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 2, max_length = 2, example = "DE")]
    pub country: Option<String>,
    /// Web page, at most 256 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 256)]
    pub web_page: Option<String>,
    /// Free text, at most 256 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 256)]
    pub notes: Option<String>,
    /// Path of the profile, at most 256 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 256)]
    pub profile_path: Option<String>,
    /// Script that runs at log-on, at most 256 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 256)]
    pub logon_script: Option<String>,
    /// Home folder, at most 256 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 256)]
    pub home_folder: Option<String>,
    /// Drive the home folder appears as.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "H:")]
    pub home_drive: Option<String>,
    /// Days and full hours in which the account may log on, on the customer's own
    /// clock, as `Mon-Fri 07:00-18:00; Sat 08:00-12:00`. Always when not given. The
    /// directory keeps hours without a time zone: where clocks change, the window is
    /// up to an hour longer, never shorter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "Mon-Fri 07:00-18:00")]
    pub logon_hours: Option<String>,
    /// From this instant on the account cannot log on. RFC 3339, to the second.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub expires_at: Option<String>,
}

/// A role somebody holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GrantedRole {
    /// Code of the role; docs/delegation.md says what each allows.
    #[schema(example = "user_administrator")]
    pub role: String,
    /// The version that was given: what it allows never changes.
    pub version: i32,
    /// Since when (RFC 3339).
    pub since: String,
    /// Name of who gave it; none where the caller may not know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given_by: Option<String>,
}

/// The roles of a person where they are at home.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Roles {
    /// Those they hold.
    pub roles: Vec<GrantedRole>,
    /// Codes of those the caller may give them and take from them.
    pub possible: Vec<String>,
}

/// A person to be created. Also the shape of `administrator` and `users` of an
/// order and of entries of a user file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewUser {
    /// Given name, at most 64 characters. This or `surname` is needed.
    #[serde(default)]
    #[schema(max_length = 64, example = "Anna")]
    pub given_name: String,
    /// Surname, at most 64 characters. This or `given_name` is needed.
    #[serde(default)]
    #[schema(max_length = 64, example = "Berg")]
    pub surname: String,
    /// Name as shown, 1 to 64 characters. Given name and surname when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 64, example = "Anna Berg")]
    pub display_name: Option<String>,
    /// The part of the principal name before the `@`; made from the customer's
    /// naming pattern when not given, and numbered until it is unique.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 64, example = "anna.berg")]
    pub user_name: Option<String>,
    /// The whole user principal name, at most 254 characters, when it is not
    /// `user_name` at the customer's suffix. Never together with `user_name`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 254, example = "anna.berg@acme.example")]
    pub principal_name: Option<String>,
    /// Short log-on name (`sAMAccountName`), 1 to 20 characters, unique in the
    /// directory; made from the user name and the customer's code when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 20, example = "anna.berg_acme")]
    pub logon_name: Option<String>,
    /// Mail address, at most 254 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 254, example = "anna.berg@acme.example")]
    pub mail: Option<String>,
    /// Telephone number, at most 64 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 64, example = "+49 30 1234567")]
    pub phone: Option<String>,
    /// Job title, at most 64 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 64, example = "Accountant")]
    pub title: Option<String>,
    /// Department, at most 64 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 64, example = "Finance")]
    pub department: Option<String>,
    /// Who manages the person: the id or the principal name of another person of
    /// the customer, also of one who is created in the same call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 254, example = "bo.lund@acme.example")]
    pub manager: Option<String>,
    /// Codes of the plans the person subscribes to; the customer must have
    /// their services.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(example = json!(["desktop-standard"]))]
    pub plans: Vec<String>,
    /// Codes of bundles the person gets.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 20)]
    pub bundles: Vec<String>,
    /// Whether the account may log on. True when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(default = true)]
    pub enabled: Option<bool>,
    /// What else is known.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(value_type = Details)]
    pub details: BTreeMap<String, String>,
    /// Custom fields, by key: those that hold for the customer's people
    /// (`GET /tenants/{id}/fields`). Every value is text.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(example = json!({ "cost_centre": "4711" }))]
    pub fields: BTreeMap<String, String>,
    /// `mail`: the person gets the activation link by mail, to `mail`. Otherwise whoever
    /// makes the account hands it over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "mail")]
    pub send_link: Option<String>,
}

/// A person like another of the same customer: what is not given here of title,
/// department, manager, place of work and plans is taken from the other.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CopyUser {
    /// What is of the new person. Names, mail, telephone, `external_id`,
    /// `employee_id` and `expires_at` are never taken from the other.
    #[serde(default)]
    #[schema(required)]
    pub user: NewUser,
    /// Whether the new person comes into the groups the other was put into. Needs
    /// the right to manage groups. True when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(default = true)]
    pub groups: Option<bool>,
}

/// Where a person is to be moved, with the account they have.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MoveUser {
    /// The customer that receives the person, in the same directory: id or code.
    #[serde(default)]
    #[schema(required, example = "north")]
    pub customer: String,
    /// User principal name there, with a suffix of that customer. Made from the
    /// customer's pattern when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 254, example = "anna.berg@north.example")]
    pub principal_name: Option<String>,
    /// Short log-on name. The present one stays when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 20)]
    pub logon_name: Option<String>,
    /// Key of the person in a system of that customer. The present one stays when not
    /// given; empty takes it away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 128)]
    pub external_id: Option<String>,
    /// Codes of plans the person gets there, with an instance where the customer has
    /// several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 50, example = json!(["desktop-standard"]))]
    pub plans: Vec<String>,
    /// Codes of bundles the person gets there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 20)]
    pub bundles: Vec<String>,
    /// Custom fields of that customer, by key. Values of fields that hold in both
    /// customers stay when not given.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(example = json!({ "cost_centre": "4711" }))]
    pub fields: BTreeMap<String, String>,
    /// Why, for the audit log of both customers; at most 200 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub reason: Option<String>,
}

/// What moving a person comes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UserMovePreview {
    /// Name of the person.
    pub name: String,
    /// The customer that is left.
    pub from: TenantRef,
    /// The customer that receives the person.
    pub to: TenantRef,
    /// Principal name so far; it stays reserved for a year.
    pub principal_name_before: String,
    /// Principal name afterwards.
    pub principal_name: String,
    /// Log-on name so far.
    pub logon_name_before: String,
    /// Log-on name afterwards.
    pub logon_name: String,
    /// Plans that end, as `code@instance`.
    pub plans_ended: Vec<String>,
    /// Plans that begin, as `code@instance`.
    pub plans: Vec<String>,
    /// Groups the person leaves.
    pub groups_left: Vec<String>,
    /// How many people the person manages, who have no manager afterwards.
    pub reports: usize,
    /// Custom fields, by key, whose values stay.
    pub fields: Vec<String>,
}

/// A person who was moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UserMoved {
    /// The person as one of the customer that received them, with another id.
    pub user: User,
    /// The id the person had in the customer that was left.
    #[schema(example = "usr_01jzk3v8x6f0p2m4q7r9s1t3vw")]
    pub former: String,
    /// Id of the request that moves the account.
    #[schema(example = "req_01jzk3v8x6f0p2m4q7r9s1t3vw")]
    pub request: String,
    /// Id of the request, in the customer that was left, by which the account leaves the
    /// groups it had there. The move is done when both are.
    #[schema(example = "req_01jzk3v8x6f0p2m4q7r9s1t3vx")]
    pub leaving: String,
}

/// Several people, created together or not at all.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewUsers {
    /// 1 to 5,000 people. When one value cannot be accepted, nobody is created
    /// and every error is listed.
    #[serde(default)]
    #[schema(required, min_items = 1, max_items = 5000)]
    pub users: Vec<NewUser>,
    /// `mail`: everybody gets the activation link by mail, who says nothing else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "mail")]
    pub send_link: Option<String>,
}

/// Changes of a person. Fields that are not given stay as they are; where null
/// is allowed it clears the value (RFC 7396).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UserUpdate {
    /// Given name, at most 64 characters; null clears it.
    #[serde(default, deserialize_with = "clearable", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, max_length = 64)]
    pub given_name: Option<Option<String>>,
    /// Surname, at most 64 characters; null clears it.
    #[serde(default, deserialize_with = "clearable", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, max_length = 64)]
    pub surname: Option<Option<String>>,
    /// Name as shown, 1 to 64 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 64)]
    pub display_name: Option<String>,
    /// User principal name: what the person signs in with. Its suffix has to be
    /// one of the customer's; the old name stays reserved for a year.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 254)]
    pub principal_name: Option<String>,
    /// Short log-on name; the old one stays reserved for a year.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 20)]
    pub logon_name: Option<String>,
    /// Mail address, at most 254 characters; null clears it.
    #[serde(default, deserialize_with = "clearable", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, max_length = 254)]
    pub mail: Option<Option<String>>,
    /// Telephone number, at most 64 characters; null clears it.
    #[serde(default, deserialize_with = "clearable", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, max_length = 64)]
    pub phone: Option<Option<String>>,
    /// Job title, at most 64 characters; null clears it.
    #[serde(default, deserialize_with = "clearable", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, max_length = 64)]
    pub title: Option<Option<String>>,
    /// Department, at most 64 characters; null clears it.
    #[serde(default, deserialize_with = "clearable", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, max_length = 64)]
    pub department: Option<Option<String>>,
    /// Who manages the person: the id or the principal name of another person of
    /// the customer; null takes the manager away.
    #[serde(default, deserialize_with = "clearable", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, max_length = 254)]
    pub manager: Option<Option<String>>,
    /// Whether the account may log on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// What else is known: values that are not named stay, null clears one.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(value_type = Details)]
    pub details: BTreeMap<String, Option<String>>,
    /// Custom fields, by key: values that are not named stay, null clears one.
    /// Everybody may change those of their own account that are theirs to change.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(example = json!({ "cost_centre": "4711" }))]
    pub fields: BTreeMap<String, Option<String>>,
    /// Codes of all bundles the person is to have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 20)]
    pub bundles: Option<Vec<String>>,
}

/// A person and the state of their account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct User {
    /// Id of the user.
    #[schema(example = "usr_01jzk3v8x6f0p2m4q7r9s1t3vw")]
    pub id: String,
    /// Whose person it is.
    pub tenant: TenantRef,
    /// Given name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given_name: Option<String>,
    /// Surname.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub surname: Option<String>,
    /// Name as shown.
    #[schema(example = "Anna Berg")]
    pub display_name: String,
    /// User principal name: what the person signs in with.
    #[schema(example = "anna.berg@acme.example")]
    pub principal_name: String,
    /// Short log-on name (`sAMAccountName`). None for staff of the provider and
    /// of resellers, who have the portal and no directory account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "anna.berg_acme")]
    pub logon_name: Option<String>,
    /// Mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mail: Option<String>,
    /// Telephone number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Job title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Department.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department: Option<String>,
    /// Who manages the person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manager: Option<UserRef>,
    /// What else is known.
    #[serde(default)]
    pub details: Details,
    /// Custom fields that have a value, by key. To the person alone, only those
    /// that are not hidden from people.
    #[serde(default)]
    #[schema(example = json!({ "cost_centre": "4711" }))]
    pub fields: BTreeMap<String, String>,
    /// Whether the account should be able to log on.
    pub enabled: bool,
    /// Whether the person holds an administrator's role.
    pub administrator: bool,
    /// When the person first chose a password. None: never activated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub activated_at: Option<String>,
    /// What the person subscribes to.
    pub plans: Vec<Subscription>,
    /// Number of the desired version: the value of the `ETag` without quotes.
    #[schema(example = 7)]
    pub version: i64,
    /// When the person was created. RFC 3339, UTC.
    #[schema(format = DateTime)]
    pub created_at: String,
    /// How far the account is in the directory. None for staff, and where the
    /// caller may not see it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provisioning: Option<Provisioning>,
    /// Only in the answer that created the person, and only for callers who
    /// may reset passwords.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub activation: Option<ActivationLink>,
}

/// How somebody is removed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Removal {
    /// For so many days the person can be restored, 0 to 365. 30 when not given;
    /// with 0 the account goes at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(minimum = 0, maximum = 365)]
    pub grace_days: Option<i64>,
}

/// Somebody who was removed and can be restored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RemovedUser {
    /// The person, as last.
    pub user: User,
    /// When the person was removed. RFC 3339, UTC.
    #[schema(format = DateTime)]
    pub removed_at: String,
    /// Until when the person can be restored. RFC 3339, UTC.
    #[schema(format = DateTime)]
    pub purge_at: String,
}

/// People who were created together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UserBatch {
    /// In the order in which they were given.
    pub users: Vec<User>,
    /// Id of the request that provisions all of them.
    #[schema(example = "req_01jzk3v8x6f0p2m4q7r9s1t3vw")]
    pub request: String,
}

/// A subscription of a customer or a person to one version of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Subscription {
    /// Id of the subscription.
    #[schema(example = "sub_01jzk3v8x6f0p2m4q7r9s1t3vw")]
    pub id: String,
    /// Code of the plan.
    #[schema(example = "desktop-standard")]
    pub plan: String,
    /// Code of the instance of its service.
    #[serde(default)]
    #[schema(example = "main")]
    pub instance: String,
    /// The version that was ordered; a later version does not change it.
    pub plan_version: i32,
    /// Name of the plan.
    #[schema(example = "Desktop Standard")]
    pub name: String,
    /// When it was ordered. RFC 3339, UTC.
    #[schema(format = DateTime)]
    pub ordered_at: String,
    /// When it was first verified: from here on it is billed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub started_at: Option<String>,
    /// When it ended: from here on it is no longer billed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub ended_at: Option<String>,
}

/// A plan for a person.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSubscription {
    /// Code of a plan whose scope is `user`.
    #[serde(default)]
    #[schema(required, example = "desktop-standard")]
    pub plan: String,
}

/// How a link for a new password reaches the person.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPasswordReset {
    /// `mail`: the person also gets the link by mail. Otherwise whoever asks for it hands it over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "mail")]
    pub send_link: Option<String>,
}

/// A password reset: the person chooses the new password by the link. The old
/// one works until then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PasswordReset {
    /// Whose password.
    #[schema(example = "usr_01jzk3v8x6f0p2m4q7r9s1t3vw")]
    pub user: String,
    /// The link to hand to the person.
    pub activation: ActivationLink,
    /// Id of a request, when resetting already changes something in the directory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
}

/// Which people to list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct UserQuery {
    /// Only people whose display or principal name begins with this, or whose
    /// log-on name it is, at most 254 characters. Upper and lower case make no
    /// difference. Of two kinds of names of which one is that of thousands, only
    /// the one the list is sorted by is looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(max_length = 254, example = "ber")]
    pub search: Option<String>,
    /// Only this provisioning state, as `failed`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(value_type = Option<crate::common::ProvisioningState>)]
    pub state: Option<String>,
    /// Only people with this value of a custom field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(example = "cost_centre=4711")]
    pub field: Option<String>,
    /// Only people who can log on or cannot: `active`, `never_activated`,
    /// `disabled`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(example = "never_activated")]
    pub standing: Option<String>,
    /// Only people with a running subscription to this plan (code).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(example = "desktop-standard")]
    pub plan: Option<String>,
    /// Only people of this department.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department: Option<String>,
    /// By which column: `name`, `login` or `created`; with `-` before it from the last to the
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

/// Which people of a customer a file has, and what kind of file it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct UserFileQuery {
    /// Only people whose display or principal name begins with this, or whose log-on name it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(max_length = 254, example = "ber")]
    pub search: Option<String>,
    /// Only this provisioning state, as `failed`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(value_type = Option<crate::common::ProvisioningState>)]
    pub state: Option<String>,
    /// Only people who can log on or cannot: `active`, `never_activated`, `disabled`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(example = "never_activated")]
    pub standing: Option<String>,
    /// Only people with a running subscription to this plan (code).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(example = "desktop-standard")]
    pub plan: Option<String>,
    /// Only people of this department.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department: Option<String>,
    /// `csv`, which is the usual, or `xlsx`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(example = "csv")]
    pub format: Option<String>,
}
