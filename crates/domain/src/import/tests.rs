//! Files as people bring them.

mod files;
mod mappings;
mod rows;
mod together;

use jiff::tz::TimeZone;
use uuid::Uuid;

use super::*;
use crate::{
    custom::{Definition, Draft, FieldKind, Rules},
    field::{FieldError, Rule},
    id::{FieldId, TenantId},
    person::Detail,
    table::{Cell, Form, Row},
};

/// The rows of a text file, its cells separated by a character that stands in none of them.
fn table(text: &str, separator: char) -> Vec<Row> {
    let lines = text.lines().zip(1_u32..).filter(|(line, _)| !line.trim().is_empty());
    lines
        .map(|(line, number)| Row {
            line: number,
            cells: line.trim().split(separator).map(|cell| Cell::text(cell.trim())).collect(),
        })
        .collect()
}

fn row(line: u32, cells: &[&str]) -> Row {
    Row { line, cells: cells.iter().map(|text| Cell::text(*text)).collect() }
}

fn definition(n: u128, key: &str, label: &str, kind: FieldKind) -> Definition {
    let choices = if kind == FieldKind::Choice { vec!["red".to_owned()] } else { Vec::new() };
    let draft = Draft {
        key: key.to_owned(),
        label: label.to_owned(),
        kind: kind.code().to_owned(),
        rules: Rules { choices, ..Rules::default() },
        ..Draft::default()
    };
    draft
        .check(FieldId::from_uuid(Uuid::from_u128(n)), TenantId::from_uuid(Uuid::nil()))
        .expect("a good draft")
}

fn fields() -> Vec<Definition> {
    vec![
        definition(1, "cost_centre", "Cost centre", FieldKind::Text),
        definition(2, "badge_until", "Badge until", FieldKind::Date),
        definition(3, "works_council", "Works council", FieldKind::YesNo),
        definition(4, "shirt", "Shirt", FieldKind::Choice),
    ]
}

fn zone() -> TimeZone {
    TimeZone::get("Europe/Copenhagen").expect("a zone")
}

/// The codes of what is certain, in order; `?` where it is not, `-` where nothing is known.
fn codes_of(seen: &Recognised) -> Vec<String> {
    let code = |of: &Suggestion| match (&of.column, of.sure) {
        (Some(column), true) => column.code(),
        (Some(column), false) => format!("?{}", column.code()),
        (None, _) => "-".to_owned(),
    };
    seen.columns.iter().map(code).collect()
}

fn has_note(seen: &Recognised, code: NoteCode) -> bool {
    seen.notes.iter().any(|note| note.code == code)
}

/// Everybody a file is about, read by what is certain of it.
fn people(text: &str, separator: char) -> Vec<Person> {
    let rows = table(text, separator);
    people_of(&recognise(&rows, &fields()).mapping(), &rows)
}

fn people_of(mapping: &Mapping, rows: &[Row]) -> Vec<Person> {
    let fields = fields();
    let reader = Reader::new(mapping, &fields, zone());
    let people = rows.iter().filter_map(|row| match reader.read(row) {
        RowRead::Person(person) => Some(*person),
        RowRead::NoData(_) => None,
    });
    people.collect()
}

/// One person of a mapping with these columns, without headings.
fn one(columns: &[&str], cells: &[Cell]) -> Person {
    let row = Row { line: 7, cells: cells.to_vec() };
    people_of(&plain(Profile::Other, columns), &[row]).pop().expect("a person")
}

fn plain(profile: Profile, columns: &[&str]) -> Mapping {
    Mapping {
        profile,
        header: None,
        headings: Vec::new(),
        columns: columns.iter().map(|code| Column::from_code(code).expect("a code")).collect(),
        whole: false,
        separators: None,
        dates: None,
        key: None,
    }
}

fn text<'a>(person: &'a Person, code: &str) -> Option<&'a str> {
    person.said.text(code)
}

fn list(person: &Person, code: &str) -> Vec<String> {
    person.said.list(code).unwrap_or_default().to_vec()
}

fn told(errors: &[FieldError]) -> Vec<(&str, Rule)> {
    errors.iter().map(|error| (error.field.as_str(), error.rule)).collect()
}
