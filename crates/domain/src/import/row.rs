//! What one row says of a person, every value checked where it stands.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::{
    Column, Mapping, Profile,
    cell::{self, Takes},
    heading::fold,
    value::Values,
};
use crate::{
    custom::{self, Definition, FieldKind},
    field::{FieldError, Rule},
    person::Detail,
    plan::Secret,
    table::{Cell, Form, Row},
};

/// A value that a row says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// It is to be emptied.
    Empty,
    /// One value, in the form in which it is kept.
    Text(String),
    /// The entries of a list.
    List(Vec<String>),
}

/// What a row says of a person.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// By the stable code of what is said: `given_name`, `office`, `field.cost_centre`. What is
    /// not in it is not said.
    pub values: BTreeMap<String, Value>,
    /// There was a password.
    #[serde(default)]
    pub password: bool,
}

/// A row with what is wrong with it. With errors, `said` holds the rest.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Person {
    /// Its line in the file.
    pub line: u32,
    /// What it says.
    pub said: Said,
    /// Its password, which is no part of what is kept of the row.
    pub password: Option<Result<Secret, FieldError>>,
    /// What may have been lost on the way here; nothing stands against it.
    pub warnings: Vec<FieldError>,
    /// What cannot be accepted.
    pub errors: Vec<FieldError>,
}

/// What was read of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowRead {
    /// It is about nobody.
    NoData(Why),
    /// It is about a person.
    Person(Box<Person>),
}

/// Why a row is about nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// Nothing stands in it.
    Blank,
    /// It begins with `#`.
    Comment,
    /// The version of a template.
    Version,
    /// A template shows by it how to write.
    Example,
    /// The headings, once more, or what stands above them.
    Heading,
}

/// How templates begin a row that shows how to write.
const EXAMPLES: [&str; 5] = ["example:", "beispiel:", "eksempel:", "exempel:", "e.g. "];
/// A domain that stands for nobody: the samples of Microsoft's templates.
const SAMPLE_DOMAINS: [&str; 2] = ["@contoso.com", "@contoso.onmicrosoft.com"];
/// Characters shown of a value that is wrong.
const SHOWN_CHARS: usize = 100;

impl Said {
    /// The text of a value; none where it is not said, empty, or a list.
    #[must_use]
    pub fn text(&self, code: &str) -> Option<&str> {
        match self.values.get(code) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// The entries of a list that is said; an emptied one has none.
    #[must_use]
    pub fn list(&self, code: &str) -> Option<&[String]> {
        match self.values.get(code) {
            Some(Value::List(entries)) => Some(entries),
            Some(Value::Empty) => Some(&[]),
            _ => None,
        }
    }
}

/// The password in a cell, without what stands around it; an error where a spreadsheet made something else of it.
#[must_use]
pub fn password(cell: &Cell) -> Option<Result<Secret, FieldError>> {
    let text = cell.text.trim();
    let made = match cell.form {
        Form::Text => None,
        Form::Number => Some("number"),
        Form::Date => Some("date"),
        Form::Truth => Some("truth"),
        Form::Error => Some("error"),
    };
    let mangled = |made| FieldError::new(Column::Password.code(), Rule::Mangled).with("made", made);
    (!text.is_empty()).then(|| made.map_or_else(|| Ok(Secret(text.to_owned())), |made| Err(mangled(made))))
}

/// Whether a row is about nobody, as far as can be said without its headings.
pub(super) fn no_data(row: &Row) -> Option<Why> {
    let Some(first) = row.cells.iter().find(|cell| !cell.text.trim().is_empty()) else {
        return Some(Why::Blank);
    };
    let text = first.text.trim().to_lowercase();
    let starts_row = !row.text(0).trim().is_empty();
    match () {
        () if text.starts_with("version:") => Some(Why::Version),
        () if EXAMPLES.iter().any(|start| text.starts_with(start)) => Some(Why::Example),
        () if starts_row && is_comment(&text) && !cell::is_error(first) => Some(Why::Comment),
        () => None,
    }
}

/// `#` alone is the heading of a column of numbers, and `#1001` a key.
fn is_comment(text: &str) -> bool {
    let rest = text.strip_prefix('#');
    rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with(|c: char| c.is_ascii_digit()))
}

/// A mapping made ready to read many rows.
#[derive(Debug)]
pub struct Reader<'a> {
    pub(super) mapping: &'a Mapping,
    pub(super) fields: &'a [Definition],
    pub(super) form: custom::Form<'a>,
    pub(super) zone: TimeZone,
    headings: Vec<String>,
    takes: Vec<Takes>,
    has_password: bool,
}

impl<'a> Reader<'a> {
    /// For a mapping that was checked. Days end in `zone`, that of the customer.
    #[must_use]
    pub fn new(mapping: &'a Mapping, fields: &'a [Definition], zone: TimeZone) -> Self {
        Self {
            mapping,
            fields,
            form: custom::Form::new(fields),
            zone,
            headings: mapping.headings.iter().map(|heading| fold(heading)).collect(),
            takes: mapping.columns.iter().map(|column| takes(column, fields)).collect(),
            has_password: mapping.columns.contains(&Column::Password),
        }
    }

    /// Reads one row.
    #[must_use]
    pub fn read(&self, row: &Row) -> RowRead {
        if let Some(why) = self.no_data(row) {
            return RowRead::NoData(why);
        }
        let mut person = Person { line: row.line, ..Person::default() };
        let width = self.mapping.columns.len();
        if row.cells.iter().skip(width).any(|cell| !cell.text.is_empty()) {
            // A separator within a cell moved what follows: nothing of it can be trusted, nor shown.
            let expected = format!("columns of the headings, as {width}");
            let error = FieldError::new("", Rule::Format).with("row", row.line);
            person.errors.push(error.with("expected", expected));
            return RowRead::Person(Box::new(person));
        }
        let mut values = Values::default();
        let nothing = Cell::default();
        for (i, column) in self.mapping.columns.iter().enumerate() {
            let cell = row.cells.get(i).unwrap_or(&nothing);
            if column.is_unread() {
                if *column == Column::Password {
                    person.password = password(cell).or(person.password.take());
                }
                continue;
            }
            let found = self.cell(i, column, cell, &mut values);
            let place = |error| self.place(row, i, cell, error);
            person.warnings.extend(found.warnings.into_iter().map(place));
            person.errors.extend(found.errors.into_iter().map(place));
        }
        for (i, error) in values.finish(self) {
            let cell = row.cells.get(i).unwrap_or(&nothing);
            person.errors.push(self.place(row, i, cell, error));
        }
        person.said.password = person.password.is_some();
        person.said.values = values.said;
        if let Some(key) = self.mapping.key
            && person.errors.is_empty()
            && key.of(&person.said).is_none()
        {
            person.errors.push(FieldError::new(key.code(), Rule::Required).with("row", row.line));
        }
        RowRead::Person(Box::new(person))
    }

    fn no_data(&self, row: &Row) -> Option<Why> {
        if self.mapping.header.is_some_and(|header| row.line <= header) {
            return Some(Why::Heading);
        }
        if let Some(why) = no_data(row) {
            return Some(why);
        }
        // Files that were put together have their headings again in the middle.
        let cells = row.cells.iter().enumerate().filter(|(_, cell)| !cell.text.trim().is_empty());
        let again = |(i, cell): (usize, &Cell)| self.headings.get(i) == Some(&fold(&cell.text));
        if !self.headings.is_empty() && cells.clone().all(again) {
            return Some(Why::Heading);
        }
        let login = self.mapping.columns.iter().position(|column| *column == Column::PrincipalName);
        let login = login.map(|i| row.text(i).to_lowercase()).unwrap_or_default();
        let sample = matches!(self.mapping.profile, Profile::Microsoft365 | Profile::Entra)
            && SAMPLE_DOMAINS.iter().any(|domain| login.ends_with(domain));
        sample.then_some(Why::Example)
    }

    /// Reads a cell into the values.
    fn cell(&self, i: usize, column: &Column, cell: &Cell, values: &mut Values) -> Found {
        let mut found = Found::default();
        let text = cell::bare(&cell.text);
        if text.is_empty() {
            if self.mapping.whole && can_be_emptied(column) {
                values.empty(column.code());
            }
            return found;
        }
        let code = self.code(column);
        if text.contains(char::REPLACEMENT_CHARACTER) {
            let error = FieldError::new(code, Rule::ForbiddenCharacter);
            found.errors.push(error.with("expected", "UTF-8, UTF-16 or Windows-1252"));
            return found;
        }
        match cell::mangled(&code, cell, self.takes[i]) {
            Some(mangled) if mangled.is_lost => {
                found.errors.push(mangled.rule);
                return found;
            }
            Some(mangled) => found.warnings.push(mangled.rule),
            None => {}
        }
        match self.value(i, column, text, &mut found.warnings) {
            Ok(said) => {
                for (code, value) in said {
                    found.errors.extend(values.put(self, i, code, value).err());
                }
            }
            Err(error) => found.errors.push(error),
        }
        found
    }

    /// The code under which a column's errors are told.
    fn code(&self, column: &Column) -> String {
        match column {
            Column::Disabled | Column::ControlFlags => Column::Enabled.code(),
            Column::MailNickname | Column::MailDomain => Column::PrincipalName.code(),
            // Without another column for it, a user name is the log-on name.
            Column::UserName if !self.user_name_is_half() => Column::LogonName.code(),
            other => other.code(),
        }
    }

    /// Whether a user name is what stands before the `@`, and not the log-on name.
    pub(super) fn user_name_is_half(&self) -> bool {
        self.mapping.profile == Profile::Own || self.mapping.columns.contains(&Column::LogonName)
    }

    /// Adds where in the file the value stands.
    fn place(&self, row: &Row, i: usize, cell: &Cell, mut error: FieldError) -> FieldError {
        let shown: String = cell.text.chars().take(SHOWN_CHARS).collect();
        error = error.with("row", row.line).with("column", self.mapping.heading(i));
        // A comma too many moves a password into another column.
        if self.has_password && cell::looks_secret(&shown) {
            error.args.remove("value");
            return error;
        }
        if error.args.contains_key("value") { error } else { error.with("value", shown) }
    }

    /// Whether a column has the heading of a program.
    pub(super) fn is_called(&self, i: usize, name: &str) -> bool {
        self.headings.get(i).is_some_and(|heading| heading.ends_with(name))
    }
}

/// What was found wrong with a cell.
#[derive(Debug, Default)]
struct Found {
    warnings: Vec<FieldError>,
    errors: Vec<FieldError>,
}

/// Whether blank can mean "nothing": names by which people sign in and are shown always are there.
fn can_be_emptied(column: &Column) -> bool {
    !matches!(
        column,
        Column::PrincipalName
            | Column::UserName
            | Column::LogonName
            | Column::MailNickname
            | Column::MailDomain
            | Column::DisplayName
            | Column::Enabled
            | Column::Disabled
            | Column::ControlFlags
            | Column::MustChange
            // Services of others are never taken away.
            | Column::Services
    )
}

fn takes(column: &Column, fields: &[Definition]) -> Takes {
    match column {
        Column::Detail(Detail::ExpiresAt) => Takes::Day,
        Column::Enabled | Column::Disabled | Column::MustChange => Takes::Truth,
        Column::ControlFlags => Takes::Number,
        Column::Field(key) => match fields.iter().find(|field| field.key == *key).map(|field| field.kind) {
            Some(FieldKind::Number) => Takes::Number,
            Some(FieldKind::Date) => Takes::Day,
            Some(FieldKind::YesNo) => Takes::Truth,
            _ => Takes::Digits,
        },
        column if column.is_digits() => Takes::Digits,
        _ => Takes::Text,
    }
}
