//! What was decided about the columns of a file, as it is kept and used again.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Column, Key, Profile, Recognised, cell::DateOrder, heading::fold};
use crate::{
    custom::Definition,
    field::{FieldError, Rule},
    limits,
    person::Detail,
    table::letters,
};

/// What every column of a file means, and how its cells are read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// Whose file it is: decides what is not said below.
    pub profile: Profile,
    /// The line of the headings; people begin after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header: Option<u32>,
    /// The headings it was made for, as written. None for files without headings.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headings: Vec<String>,
    /// What the columns mean, from the first on.
    pub columns: Vec<Column>,
    /// The file says all there is: what is blank is emptied, and lists are exact. Otherwise
    /// what is blank stays as it is, and lists only add. For files of our own alone.
    #[serde(default)]
    pub whole: bool,
    /// What separates the entries of a list: of these the first that a cell holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub separators: Option<String>,
    /// What comes first in a day that is written with `-` or `/`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dates: Option<DateOrder>,
    /// By what people are known again. Chosen by what every row has ([`super::Keys::choose`]) when nobody says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<Key>,
}

/// Characters that stand in what lists hold.
const NO_SEPARATORS: &str = "@.-_='\"\\";
/// Separators a mapping can name.
const SEPARATORS: usize = 8;

impl Mapping {
    /// Whether columns of these meanings make people; names everything that does not fit.
    pub fn check(&self, fields: &[Definition]) -> Result<(), Vec<FieldError>> {
        let mut errors = Vec::new();
        if self.columns.len() > limits::IMPORT_COLUMNS {
            errors.push(FieldError::new("columns", Rule::TooMany).with("max", limits::IMPORT_COLUMNS));
            return Err(errors);
        }
        if !self.headings.is_empty() && self.headings.len() != self.columns.len() {
            let (min, max) = (self.headings.len(), self.headings.len());
            errors.push(FieldError::new("columns", Rule::OutOfRange).with("min", min).with("max", max));
        }
        self.meanings(fields, &mut errors);
        errors.extend(self.login());
        errors.extend(self.known_by());
        errors.extend(self.marks());
        if self.whole && self.profile != Profile::Own {
            errors.push(FieldError::new("whole", Rule::OutOfRange));
        }
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }

    /// Each meaning once, and no custom field that is not there.
    fn meanings(&self, fields: &[Definition], errors: &mut Vec<FieldError>) {
        let mut first: BTreeMap<Column, usize> = BTreeMap::new();
        for (i, column) in self.columns.iter().enumerate() {
            let place = format!("columns[{i}]");
            if let Column::Field(key) = column
                && !fields.iter().any(|field| field.key == *key && field.retired_at.is_none())
            {
                let known = fields.iter().filter(|field| field.retired_at.is_none());
                let known: Vec<_> = known.map(|field| field.key.as_str()).collect();
                let error = FieldError::new(&place, Rule::Unknown).with("value", key);
                errors.push(error.with("known", known.join(", ")).with("column", self.heading(i)));
            }
            if *column == Column::Ignored || column.is_list() {
                continue;
            }
            if let Some(other) = first.insert(family(column), i) {
                let error = FieldError::new(&place, Rule::Duplicate).with("value", column.code());
                errors.push(error.with("column", self.heading(i)).with("other", self.heading(other)));
            }
        }
    }

    /// One principal name, made from two columns or from one.
    fn login(&self) -> Option<FieldError> {
        let has = |column: &Column| self.columns.contains(column);
        let (nickname, domain) = (has(&Column::MailNickname), has(&Column::MailDomain));
        if nickname != domain {
            let error = FieldError::new("columns", Rule::Required);
            return Some(error.with("expected", "both columns of a login, that before the @ and the domain"));
        }
        let whole = has(&Column::PrincipalName);
        // With a log-on name of its own, a user name is the first half of a principal name.
        let half = has(&Column::UserName) && (self.profile == Profile::Own || has(&Column::LogonName));
        let other = match (whole, nickname, half) {
            (true, true, _) => Column::MailNickname,
            (true, _, true) | (_, true, true) => Column::UserName,
            _ => return None,
        };
        let this = if whole { Column::PrincipalName } else { Column::MailNickname };
        let place = self.columns.iter().position(|column| *column == this).unwrap_or_default();
        let error = FieldError::new(format!("columns[{place}]"), Rule::Duplicate);
        Some(error.with("value", this.code()).with("other", other.code()))
    }

    /// Something by which people are known when the file comes again.
    fn known_by(&self) -> Option<FieldError> {
        let there = |key: Key| self.columns.iter().any(|column| key.is_in(column));
        match self.key {
            Some(key) if !there(key) => {
                Some(FieldError::new("key", Rule::Required).with("value", key.code()))
            }
            None if !Key::ALL.into_iter().any(there) => {
                let error = FieldError::new("key", Rule::Required);
                let words = "a column with a principal name, log-on name, external id or employee id";
                Some(error.with("expected", words))
            }
            _ => None,
        }
    }

    fn marks(&self) -> Option<FieldError> {
        let marks = self.separators.as_deref()?;
        if marks.is_empty() {
            return Some(FieldError::new("separators", Rule::Required));
        }
        if marks.chars().count() > SEPARATORS {
            return Some(FieldError::new("separators", Rule::TooLong).with("max", SEPARATORS));
        }
        let bad = marks.chars().find(|c| {
            c.is_alphanumeric() || c.is_whitespace() || c.is_control() || NO_SEPARATORS.contains(*c)
        });
        bad.map(|c| FieldError::new("separators", Rule::ForbiddenCharacter).with("character", c))
    }

    /// The heading of a column as written; its letter where there is none.
    #[must_use]
    pub fn heading(&self, column: usize) -> String {
        let written = self.headings.get(column).map(|heading| heading.trim());
        written.filter(|heading| !heading.is_empty()).map_or_else(|| letters(column), str::to_owned)
    }

    /// What separates lists.
    #[must_use]
    pub fn separators(&self) -> &str {
        self.separators.as_deref().unwrap_or(self.profile.separators())
    }

    /// In which order days are written.
    #[must_use]
    pub fn dates(&self) -> DateOrder {
        self.dates.unwrap_or(self.profile.dates())
    }

    /// What is the same for all files with the same headings, in whatever order and however
    /// written: by this a mapping is found again. None for files without headings.
    #[must_use]
    pub fn signature(&self) -> Option<String> {
        signature(&self.headings)
    }

    /// The same mapping for another file with the same headings, whose columns may stand in
    /// another order. For a file with others, what is missing (`required`) and what is too
    /// much (`unknown`), each by its heading.
    pub fn for_file(&self, file: &Recognised) -> Result<Self, Vec<FieldError>> {
        let headings = file.headings();
        let mut mapping = Self { header: file.header, ..self.clone() };
        if self.headings.is_empty() || headings.is_empty() {
            let same = self.headings.is_empty() && headings.is_empty();
            if same && file.columns.len() <= self.columns.len() {
                return Ok(mapping);
            }
            let error = FieldError::new("headings", Rule::OutOfRange);
            return Err(vec![error.with("max", self.columns.len())]);
        }
        let mut open: Vec<Option<(String, &Column)>> = self
            .headings
            .iter()
            .zip(&self.columns)
            .map(|(heading, column)| Some((fold(heading), column)).filter(|(name, _)| !name.is_empty()))
            .collect();
        let (mut columns, mut errors) = (Vec::with_capacity(headings.len()), Vec::new());
        for heading in &headings {
            let name = fold(heading);
            let found = open.iter_mut().find(|slot| slot.as_ref().is_some_and(|(own, _)| *own == name));
            match found.and_then(Option::take) {
                Some((_, column)) => columns.push(column.clone()),
                None if name.is_empty() => columns.push(Column::Ignored),
                None => errors.push(FieldError::new("headings", Rule::Unknown).with("value", heading)),
            }
        }
        let missing = open.iter().zip(&self.headings).filter(|(slot, _)| slot.is_some());
        errors.extend(missing.map(|(_, heading)| {
            FieldError::new("headings", Rule::Required).with("value", heading).with("column", heading)
        }));
        if !errors.is_empty() {
            return Err(errors);
        }
        mapping.headings = headings;
        mapping.columns = columns;
        Ok(mapping)
    }
}

/// See [`Mapping::signature`].
#[must_use]
pub fn signature(headings: &[String]) -> Option<String> {
    let mut names: Vec<_> = headings.iter().map(|h| fold(h)).filter(|name| !name.is_empty()).collect();
    names.sort_unstable();
    (!names.is_empty()).then(|| names.join(" "))
}

/// Meanings of which a file can have one.
pub(super) fn family(column: &Column) -> Column {
    match column {
        Column::Disabled | Column::ControlFlags => Column::Enabled,
        other => other.clone(),
    }
}

impl Key {
    /// Whether a column of this meaning can hold it.
    pub fn is_in(self, column: &Column) -> bool {
        match self {
            Self::ExternalId => *column == Column::Detail(Detail::ExternalId),
            Self::EmployeeId => *column == Column::Detail(Detail::EmployeeId),
            Self::PrincipalName => {
                matches!(column, Column::PrincipalName | Column::UserName | Column::MailNickname)
            }
            Self::LogonName => matches!(column, Column::LogonName | Column::UserName),
        }
    }
}
