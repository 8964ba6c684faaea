//! Bulk import: what the columns of somebody's file mean, and what each row then says of a
//! person. Pure: a file comes as the rows of [`crate::table`], whatever it was.
//!
//! 1. [`recognise()`] looks at the first rows: whose file it is, where its headings are, and what
//!    its columns seem to mean. What is not certain is left to a person.
//! 2. A [`Mapping`] is what was decided. It is kept, and used again for files with the same headings.
//! 3. A [`Reader`] reads row after row, and checks every value where it stands.
//! 4. [`Keys`] and [`order`] look at all rows together.
//!
//! Whether names are free and plans exist is found out where people are made.

mod cell;
mod column;
mod country;
mod heading;
mod mapping;
mod profile;
mod recognise;
mod row;
mod value;
mod whole;

use serde::{Deserialize, Serialize};

pub use self::{
    cell::DateOrder,
    column::{Column, own_headings},
    mapping::{Mapping, signature},
    profile::Profile,
    recognise::{Recognised, Suggestion, recognise},
    row::{Person, Reader, RowRead, Said, Value, Why, password},
    whole::{Above, Keys, Names, Order, depths, manager_name, order},
};
use crate::drift::codes;

/// By what people of a file are known again, so that the same file twice changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Key {
    /// The key of the person in a system of the customer.
    ExternalId,
    /// The principal name.
    PrincipalName,
    /// The number at the employer.
    EmployeeId,
    /// `sAMAccountName`: files of a directory may have nothing else.
    LogonName,
}

impl Key {
    /// All, the best first.
    pub const ALL: [Self; 4] = [Self::ExternalId, Self::PrincipalName, Self::EmployeeId, Self::LogonName];

    /// The stable code, which is that of the value it is.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::ExternalId => "external_id",
            Self::PrincipalName => "principal_name",
            Self::EmployeeId => "employee_id",
            Self::LogonName => "logon_name",
        }
    }

    /// The key with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|key| key.code() == code)
    }

    /// Its value in a row.
    #[must_use]
    pub fn of(self, said: &Said) -> Option<&str> {
        said.text(self.code())
    }

    /// A value in the form in which two are compared.
    fn folded(self, value: &str) -> String {
        match self {
            Self::PrincipalName | Self::LogonName => value.to_lowercase(),
            Self::ExternalId | Self::EmployeeId => value.to_owned(),
        }
    }
}

codes! {
    /// What somebody should know of a file before going on.
    NoteCode {
        /// It has no headings: somebody has to say what its columns mean.
        NoHeadings = "no_headings",
        /// Its headings are in another language; its columns were taken by their order.
        ByPosition = "by_position",
        /// The line with the version of a template is no person.
        VersionLine = "version_line",
        /// A row that shows how to write is no person.
        ExampleRow = "example_row",
        /// Lines that begin with `#` are no people.
        Comment = "comment",
        /// Passwords are not read: people choose theirs by a link.
        PasswordUnread = "password_unread",
        /// Where accounts lie in the directory is not read.
        PlaceUnread = "place_unread",
        /// What the column means is not certain, so it is not read until somebody says it.
        Unsure = "unsure",
        /// Nobody knows what the column means.
        UnknownColumn = "unknown_column",
        /// There is no custom field of this key here.
        UnknownField = "unknown_field",
        /// No column has names, so only people who are there can be changed.
        NoNames = "no_names",
        /// What is blank in it is emptied.
        BlankEmpties = "blank_empties",
    }
}

/// A note on a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// What about.
    pub code: NoteCode,
    /// The heading of the column, if it is about one.
    pub column: Option<String>,
    /// The first line it is about.
    pub line: Option<u32>,
}

impl Note {
    /// About the file.
    const fn new(code: NoteCode) -> Self {
        Self { code, column: None, line: None }
    }
}

#[cfg(test)]
mod tests;
