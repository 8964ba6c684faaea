//! Many people changed as one: imports of files, acts on lists, and the way back.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use crate::{
    common::{Money, TenantRef, codes},
    problem::FieldError,
};

codes! {
    /// Where a bulk change comes from.
    BulkKind {
        /// A file.
        Import = "import",
        /// Something done to people of a list.
        Act = "act",
        /// The way back from another.
        Undo = "undo",
    }
}

codes! {
    /// How far a bulk change is.
    BulkState {
        /// It is not known what the columns of the file mean: somebody has to say.
        Mapping = "mapping",
        /// Shown, and nothing was changed.
        Previewed = "previewed",
        /// It is being carried out.
        Running = "running",
        /// It waits for somebody to go on. What is done stays done.
        Paused = "paused",
        /// Nothing is left to do.
        Done = "done",
        /// What was done stays, the rest never will be.
        Cancelled = "cancelled",
    }
}

codes! {
    /// What becomes of a row.
    BulkAct {
        /// The columns have no meaning yet.
        Unread = "unread",
        /// Somebody new.
        Create = "create",
        /// Somebody changes.
        Update = "update",
        /// Somebody is removed, and can be restored for a time.
        Remove = "remove",
        /// Somebody who was removed is there again.
        Restore = "restore",
        /// Somebody goes to another customer, with the account.
        Move = "move",
        /// All is as the row says.
        Nothing = "nothing",
        /// Left out: what it says was not asked for.
        Left = "left",
        /// It contradicts what is there, or another row.
        Conflict = "conflict",
        /// Values of it cannot be accepted.
        Error = "error",
    }
}

codes! {
    /// How far a row is.
    BulkRowState {
        /// Nothing happened yet.
        Planned = "planned",
        /// It is wanted; the directory follows.
        Done = "done",
        /// It could not be done; its errors say why.
        Failed = "failed",
        /// It never will be: what it belongs to was cancelled.
        Left = "left",
    }
}

/// How a file is imported. The file itself is the body of the call.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ImportQuery {
    /// The customer: id or code.
    #[serde(default)]
    #[param(required, example = "acme")]
    pub customer: String,
    /// Name of the file, to be found again by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(example = "people.xlsx")]
    pub name: Option<String>,
    /// Name of a kept mapping. Otherwise the one kept for the same headings, or what is recognised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mapping: Option<String>,
    /// `false`: people nobody knows are left out. They are made when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub create: Option<String>,
    /// `false`: people who are known are left as they are. They change when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub update: Option<String>,
    /// `true`: a list of leavers. Those who are named cannot log on any more, and nothing else happens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disable: Option<String>,
    /// What becomes of people the file does not name: `keep`, `disable` or `remove`. `keep` when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing: Option<String>,
    /// `true`: new people with an address get their link by mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub send_links: Option<String>,
    /// `true`: groups the file names and nobody made yet are made. They are errors when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub make_groups: Option<String>,
    /// `true`: roles the file names are given, and in lists of ours those it does not name are taken. They are left when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub give_roles: Option<String>,
}

/// What may happen to people of a file.
#[expect(clippy::struct_excessive_bools, reason = "questions that are answered each by itself")]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ImportOptions {
    /// People nobody knows are made.
    pub create: bool,
    /// People who are known change.
    pub update: bool,
    /// Those who are named cannot log on any more, and nothing else happens.
    #[serde(default)]
    pub disable: bool,
    /// What becomes of people the file does not name: `keep`, `disable` or `remove`.
    #[serde(default)]
    #[schema(example = "keep")]
    pub missing: String,
    /// New people with an address get their link by mail.
    #[serde(default)]
    pub send_links: bool,
    /// Groups the file names and nobody made yet are made.
    #[serde(default)]
    pub make_groups: bool,
    /// Roles the file names are given, and in lists of ours those it does not name are taken.
    #[serde(default)]
    pub give_roles: bool,
}

/// What the columns of a file mean, and what may happen.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Remap {
    /// How the columns are read; as before when not given. The form is that of `mapping` of
    /// the import, and is explained in docs/import.md.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub mapping: Option<Value>,
    /// What may happen; as before when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub options: Option<ImportOptions>,
    /// Keeps the mapping under this name, for files with the same headings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "HR export")]
    pub keep_as: Option<String>,
}

/// Something that is done to many people.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BulkActRequest {
    /// The customer: id or code.
    #[serde(default)]
    #[schema(required, example = "acme")]
    pub customer: String,
    /// `enable`, `disable`, `give_plan`, `take_plan`, `give_bundle`, `take_bundle`, `enter`, `leave`,
    /// `suffix`, `set`, `send_link`, `move` or `remove`.
    #[serde(default)]
    #[schema(required, example = "give_plan")]
    pub act: String,
    /// The plan, the bundle, the name of the group, the suffix, the other customer, or the code of the value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "desktop-standard")]
    pub with: Option<String>,
    /// With `set`: what the value becomes. Emptied when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// These people, by id. Otherwise all the filter matches.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub people: Option<Vec<String>>,
    /// Which people, as `GET /users` filters them; everybody of the customer when empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<BulkFilter>,
}

/// Something that is done to people of several customers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SeriesRequest {
    /// The tenant below which the customers are: id or code.
    #[serde(default)]
    #[schema(required, example = "north")]
    pub below: String,
    /// As of `POST /bulk`.
    #[serde(default)]
    #[schema(required, example = "disable")]
    pub act: String,
    /// As of `POST /bulk`. Where a customer has nothing of that name, its people are left out, and it says why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub with: Option<String>,
    /// As of `POST /bulk`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// Which people; everybody when empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<BulkFilter>,
}

/// The same done to people of several customers: a bulk change for each.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BulkSeries {
    /// Its id.
    #[schema(example = "blk_01jzk3v8x6f0p2m4q7r9s1t3vw")]
    pub id: String,
    /// One for each customer.
    pub bulks: Vec<Bulk>,
}

/// Which people of a customer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BulkFilter {
    /// Whose name or login begins so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub search: Option<String>,
    /// State of provisioning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// `enabled`, `disabled` or `never_activated`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub standing: Option<String>,
    /// With a plan of this code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<String>,
    /// Of this department.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department: Option<String>,
}

/// What a bulk change is begun with.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RunBulk {
    /// The `version` that was shown: what is carried out is what somebody saw.
    #[serde(default)]
    #[schema(required, example = 1)]
    pub version: i64,
}

/// How many rows there are of a kind.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BulkCounts {
    /// Rows by what becomes of them.
    #[schema(example = json!({ "create": 3100, "update": 80, "nothing": 15, "error": 5 }))]
    pub acts: BTreeMap<String, i64>,
    /// Rows of which something is or was to be done, by how far they are.
    #[schema(example = json!({ "planned": 0, "done": 3178, "failed": 2 }))]
    pub states: BTreeMap<String, i64>,
    /// Rows with a warning.
    pub warned: i64,
}

/// People who get a plan and people who lose it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PlanEffect {
    /// Code of the plan.
    pub code: String,
    /// Name as shown.
    pub name: String,
    /// How many get it.
    pub given: i64,
    /// How many lose it.
    pub taken: i64,
    /// Retail price of one for a month; none where the price book has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Money>,
}

/// People who get a role and people who lose it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RoleEffect {
    /// Code of the role.
    #[schema(example = "user_administrator")]
    pub code: String,
    /// How many get it.
    pub given: i64,
    /// How many lose it.
    pub taken: i64,
}

/// A quota that counts what changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct QuotaEffect {
    /// `people`, `service` or `plan`.
    pub kind: String,
    /// Code of the service or plan; empty for people.
    pub subject: String,
    /// At most.
    pub most: i64,
    /// At present.
    pub used: i64,
    /// By how much it changes.
    pub change: i64,
    /// By how many it would be exceeded.
    pub exceeded_by: i64,
}

/// What the whole comes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BulkForeseen {
    /// Plans somebody gets or loses.
    pub plans: Vec<PlanEffect>,
    /// By how much the retail price of a month changes.
    pub month: Money,
    /// Some plan has no price, so `month` is not all.
    pub unpriced: bool,
    /// The customer's own quotas.
    pub quotas: Vec<QuotaEffect>,
    /// Groups that are made.
    #[serde(default)]
    pub groups: Vec<String>,
    /// Roles somebody gets or loses. Those that end with an account are not among them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<RoleEffect>,
    /// Seconds the directory takes, by its measured pace. None when that was never measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<i64>,
}

/// The directory and the names a preview of a file would give.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AskedNames {
    /// The directory has answered about all of them, and the preview says what it said. Until then the preview may be
    /// shown anew, with another `version`.
    pub settled: bool,
    /// Since when it is asked. RFC 3339, UTC.
    #[schema(format = DateTime)]
    pub asked_at: String,
    /// When it had answered about all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub answered_at: Option<String>,
}

/// A bulk change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Bulk {
    /// Its id.
    #[schema(example = "blk_01jzk3v8x6f0p2m4q7r9s1t3vw")]
    pub id: String,
    /// The customer.
    pub tenant: TenantRef,
    /// Where it comes from.
    pub kind: BulkKind,
    /// Name of the file, or code of the act.
    pub title: String,
    /// How far it is.
    pub state: BulkState,
    /// Why it paused by itself, or why it is not known what the columns mean.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problem: Vec<FieldError>,
    /// Counts up with every preview.
    pub version: i64,
    /// How many rows there are of each kind.
    pub counts: BulkCounts,
    /// What the whole comes to.
    pub foreseen: BulkForeseen,
    /// What the directory says of the names of the preview of a file; none where it is asked about none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub names: Option<AskedNames>,
    /// What may happen to people of a file.
    pub options: ImportOptions,
    /// How the columns of a file are read; see docs/import.md.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub mapping: Option<Value>,
    /// What was found out about a file: its form, its columns, notes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub file: Option<Value>,
    /// What it takes back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undoes: Option<String>,
    /// What takes it back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undone_by: Option<String>,
    /// What was asked for together with it, of people of other customers: `/bulk-series/{id}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub series: Option<String>,
    /// Id of the request that carries it out, to be followed at `/requests/{id}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
    /// Id of the person who asked for it.
    pub created_by: String,
    /// When. RFC 3339, UTC.
    #[schema(format = DateTime)]
    pub created_at: String,
    /// When it was begun.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub run_at: Option<String>,
    /// When nothing was left to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub finished_at: Option<String>,
    /// When the links of its people were fetched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub links_at: Option<String>,
}

/// A bulk change in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BulkListed {
    /// Its id.
    pub id: String,
    /// Where it comes from.
    pub kind: BulkKind,
    /// Name of the file, or code of the act.
    pub title: String,
    /// How far it is.
    pub state: BulkState,
    /// Id of the person who asked for it.
    pub created_by: String,
    /// When. RFC 3339, UTC.
    #[schema(format = DateTime)]
    pub created_at: String,
    /// When nothing was left to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub finished_at: Option<String>,
}

/// One value that becomes another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BulkFieldChange {
    /// Its code, as `department`, `plans` or `field.cost_centre`.
    pub field: String,
    /// What it is now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// What it becomes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

/// One row of a bulk change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BulkRow {
    /// Its number, as a spreadsheet shows it.
    pub line: i32,
    /// What becomes of it.
    pub act: BulkAct,
    /// How far it is.
    pub state: BulkRowState,
    /// Id of the person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// Name as shown.
    pub name: String,
    /// Login name: of somebody new, the one that would be given.
    pub login: String,
    /// What changes; of somebody new, all that is said.
    pub changes: Vec<BulkFieldChange>,
    /// What is wrong with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    /// What somebody should look at.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<FieldError>,
}

/// Which bulk changes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct BulkQuery {
    /// The customer: id or code.
    #[serde(default)]
    #[param(required, example = "acme")]
    pub customer: String,
    /// Entries a page, 1 to 200. 50 when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(minimum = 1, maximum = 200, example = 50)]
    pub limit: Option<u32>,
    /// The `next` of the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

/// Which rows of a bulk change.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct BulkRowQuery {
    /// Of these acts, separated by commas; all when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(example = "error,conflict")]
    pub act: Option<String>,
    /// In this state.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(example = "failed")]
    pub state: Option<String>,
    /// Entries a page, 1 to 200. 50 when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(minimum = 1, maximum = 200, example = 50)]
    pub limit: Option<u32>,
    /// The `next` of the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

/// Which rows of a bulk change a file has, and what kind of file it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct BulkFileQuery {
    /// `all` with what came of each, which is the usual; `wrong`, those that will not be done, or `failed`, both as
    /// they stand in the file that was brought.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(example = "wrong")]
    pub rows: Option<String>,
    /// `csv`, which is the usual, or `xlsx`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(example = "csv")]
    pub format: Option<String>,
}

/// A link with which somebody who was made chooses a password.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BulkLink {
    /// The row.
    pub line: i32,
    /// Id of the person.
    pub user: String,
    /// Name as shown.
    pub name: String,
    /// Login name.
    pub login: String,
    /// The address to hand to the person. Whoever has it can choose the password.
    pub link: String,
}

impl std::fmt::Debug for BulkLink {
    // The link is as good as the password: it must not reach a log by accident.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BulkLink").field("login", &self.login).finish_non_exhaustive()
    }
}

/// The links of everybody who was made and has not chosen a password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BulkLinks {
    /// In the order of the rows.
    pub links: Vec<BulkLink>,
    /// When they stop working. RFC 3339, UTC.
    #[schema(format = DateTime)]
    pub expires_at: String,
}

/// A cell that is written anew.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MendCell {
    /// The column, from 0.
    pub column: u32,
    /// What it says.
    pub text: String,
}

/// How files are read, under a name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct KeptMapping {
    /// Its name.
    pub name: String,
    /// See docs/import.md.
    #[schema(value_type = Object)]
    pub mapping: Value,
}
