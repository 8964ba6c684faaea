//! Custom fields of people: what a tenant asks besides what the product knows itself.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::common::codes;

codes! {
    /// What a custom field holds. Values are text in every case: `text` one line,
    /// `number` as `12.5`, `date` as `2026-03-01`, `choice` one of the choices, `yes_no`
    /// `yes` or `no`.
    FieldKind {
        /// One line of text.
        Text = "text",
        /// A number.
        Number = "number",
        /// A day.
        Date = "date",
        /// One of a list.
        Choice = "choice",
        /// Yes or no.
        YesNo = "yes_no",
    }
}

codes! {
    /// What people may do with the value of their own account; administrators see and
    /// change all.
    FieldAccess {
        /// The person does not see it.
        Hidden = "hidden",
        /// The person sees it.
        Sees = "sees",
        /// The person sees and changes it.
        Edits = "edits",
    }
}

codes! {
    /// An attribute of the directory that a custom field can be written to. The list is
    /// closed: nothing that the directory acts on, that the product manages in another
    /// way, or that people could change themselves in the directory. `extension1` to
    /// `extension10` are `msDS-cloudExtensionAttribute1` to `10`.
    FieldAttribute {
        /// `carLicense`.
        CarLicense = "car_license",
        /// `comment`.
        Comment = "comment",
        /// `departmentNumber`.
        DepartmentNumber = "department_number",
        /// `division`.
        Division = "division",
        /// `employeeNumber`.
        EmployeeNumber = "employee_number",
        /// `generationQualifier`.
        GenerationQualifier = "generation_qualifier",
        /// `middleName`.
        MiddleName = "middle_name",
        /// `personalTitle`.
        PersonalTitle = "personal_title",
        /// `preferredLanguage`.
        PreferredLanguage = "preferred_language",
        /// `roomNumber`.
        RoomNumber = "room_number",
        /// `msDS-cloudExtensionAttribute1`.
        Extension1 = "extension1",
        /// `msDS-cloudExtensionAttribute2`.
        Extension2 = "extension2",
        /// `msDS-cloudExtensionAttribute3`.
        Extension3 = "extension3",
        /// `msDS-cloudExtensionAttribute4`.
        Extension4 = "extension4",
        /// `msDS-cloudExtensionAttribute5`.
        Extension5 = "extension5",
        /// `msDS-cloudExtensionAttribute6`.
        Extension6 = "extension6",
        /// `msDS-cloudExtensionAttribute7`.
        Extension7 = "extension7",
        /// `msDS-cloudExtensionAttribute8`.
        Extension8 = "extension8",
        /// `msDS-cloudExtensionAttribute9`.
        Extension9 = "extension9",
        /// `msDS-cloudExtensionAttribute10`.
        Extension10 = "extension10",
    }
}

/// What values have to satisfy. Which of these there can be follows from the kind.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FieldRules {
    /// Characters at least (text).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_chars: Option<u32>,
    /// Characters at most (text), 256 when not given; an attribute may take fewer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(maximum = 256)]
    pub max_chars: Option<u32>,
    /// A regular expression for the whole value (text), at most 200 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200, example = "[0-9]{4}")]
    pub pattern: Option<String>,
    /// The least value (number, date).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "1")]
    pub min: Option<String>,
    /// The greatest value (number, date).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "9999")]
    pub max: Option<String>,
    /// What there is to choose from (choice), 1 to 100.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 100)]
    pub choices: Vec<String>,
}

/// A field to be defined. It holds for the people of the tenant and of all below it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewField {
    /// Short name, 2 to 40 small letters, digits and `_`; never changes. Nobody above or
    /// below may have defined it.
    #[serde(default)]
    #[schema(required, min_length = 2, max_length = 40, example = "cost_centre")]
    pub key: String,
    /// Name as shown, at most 64 characters.
    #[serde(default)]
    #[schema(required, max_length = 64, example = "Cost centre")]
    pub label: String,
    /// What it holds; never changes.
    #[serde(default)]
    #[schema(required, value_type = FieldKind, example = "text")]
    pub kind: String,
    /// Whether people need a value. Asked when a person is created and when the value is
    /// changed; people who are there without one stay as they are.
    #[serde(default)]
    pub required: bool,
    /// What people may do with their own. `hidden` when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<FieldAccess>)]
    pub person: Option<String>,
    /// Whether a person who is created like another gets the other's value.
    #[serde(default)]
    pub copied: bool,
    /// The attribute of the directory that shows the value; never changes. Not shown
    /// there when not given. Nobody above or below may write another field to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<FieldAttribute>)]
    pub attribute: Option<String>,
    /// What values have to satisfy.
    #[serde(default)]
    pub rules: FieldRules,
}

/// Changes of a field. What is not given stays. Values people have are not looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FieldUpdate {
    /// Name as shown, at most 64 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 64)]
    pub label: Option<String>,
    /// Whether people need a value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub required: Option<bool>,
    /// What people may do with their own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<FieldAccess>)]
    pub person: Option<String>,
    /// Whether it is copied.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub copied: Option<bool>,
    /// All rules anew.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rules: Option<FieldRules>,
    /// True: it is asked for no more. Values stay, and so does what the directory shows;
    /// key and attribute stay taken. False: it is asked for again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retired: Option<bool>,
}

/// A custom field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Field {
    /// Short name, by which values are given.
    #[schema(example = "cost_centre")]
    pub key: String,
    /// Name as shown.
    #[schema(example = "Cost centre")]
    pub label: String,
    /// What it holds.
    pub kind: FieldKind,
    /// Whether people need a value.
    pub required: bool,
    /// What people may do with their own.
    pub person: FieldAccess,
    /// Whether it is copied.
    pub copied: bool,
    /// The attribute of the directory that shows the value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attribute: Option<FieldAttribute>,
    /// What values have to satisfy.
    pub rules: FieldRules,
    /// Whether a tenant above defined it, where alone it can be changed.
    pub inherited: bool,
    /// Since when it is asked for no more. RFC 3339, UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub retired_at: Option<String>,
    /// Number of the version: the value of the `ETag` without quotes.
    pub version: i64,
}

/// The custom fields that hold for the people of a tenant, from the top of the tree down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Fields {
    /// The fields.
    pub fields: Vec<Field>,
}
