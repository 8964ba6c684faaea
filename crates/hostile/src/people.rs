//! The whole way from the bytes of a file to people.

use std::{collections::BTreeSet, fmt::Debug, sync::LazyLock};

use domain::{
    custom::{Definition, Draft, FieldKind, Rules},
    id::{FieldId, TenantId},
    import::{
        Column, Keys, Mapping, Person, Profile, Reader, Recognised, RowRead, Said, Value, order, recognise,
    },
    limits,
    table::{Cell, Row},
};
use jiff::tz::{TimeZone, offset};
use serde_json::{from_str, to_string};
use sheet::Limits;
use uuid::Uuid;

use crate::sheets;

/// Custom fields of each kind.
static FIELDS: LazyLock<Vec<Definition>> = LazyLock::new(|| {
    let pattern = Rules { pattern: Some("[A-Z]{1,3}-[0-9]+".to_owned()), ..Rules::default() };
    let choices = Rules { choices: vec!["red".to_owned(), "grün".to_owned()], ..Rules::default() };
    let fields = [
        ("cost_centre", FieldKind::Text, Rules::default()),
        ("badge", FieldKind::Text, pattern),
        ("size", FieldKind::Number, Rules::default()),
        ("until", FieldKind::Date, Rules::default()),
        ("council", FieldKind::YesNo, Rules::default()),
        ("shirt", FieldKind::Choice, choices),
    ];
    let define = |(n, (key, kind, rules)): (u128, (&str, FieldKind, Rules))| {
        let (key, label, kind) = (key.to_owned(), key.to_owned(), kind.code().to_owned());
        let draft = Draft { key, label, kind, rules, ..Draft::default() };
        draft.check(FieldId::from_uuid(Uuid::from_u128(n)), TenantId::from_uuid(Uuid::nil()))
    };
    (1..).zip(fields).map(|field| define(field).expect("a good draft")).collect()
});

/// A file of people, read as it is recognised.
pub fn file(bytes: &[u8]) {
    let limits = Limits { bytes: 1 << 20, unpacked: 4 << 20, shown: 2 << 20, rows: 300, ..Limits::default() };
    let Ok(rows) = sheets::read(bytes, &limits) else { return };
    let seen = recognise(&rows, &FIELDS);
    check_recognised(&seen, &rows);
    let sure = seen.mapping();
    assert_eq!(sure.for_file(&seen).as_ref(), Ok(&sure), "a file fits its own mapping");
    let said = seen.columns.iter().map(|of| of.column.clone().unwrap_or(Column::Ignored));
    let confirmed = Mapping { columns: said.collect(), ..sure.clone() };
    for mapping in [sure, confirmed] {
        kept(&mapping);
        if mapping.check(&FIELDS).is_ok() {
            people(&mapping, &rows);
        }
    }
}

fn check_recognised(seen: &Recognised, rows: &[Row]) {
    assert!(seen.columns.len() <= limits::IMPORT_COLUMNS);
    assert!(seen.header.is_none_or(|line| rows.iter().any(|row| row.line == line)));
    for column in &seen.columns {
        assert!(column.example.chars().count() <= 60, "an example is short");
        assert!(column.column != Some(Column::Password) || column.example.is_empty(), "no password is shown");
        assert!(column.column.is_some() || !column.sure, "what is sure is known");
    }
}

/// What is stored as JSON comes back as it was.
fn kept<T>(value: &T)
where
    T: Debug + PartialEq + serde::Serialize + serde::de::DeserializeOwned,
{
    let text = to_string(value).expect("JSON");
    assert_eq!(&from_str::<T>(&text).expect("what was written"), value);
}

fn people(mapping: &Mapping, rows: &[Row]) {
    let fields = fields(&mapping.columns);
    let reader = reader(mapping, &fields);
    let mut people = Vec::new();
    for row in rows {
        if let RowRead::Person(person) = reader.read(row) {
            assert_eq!(person.line, row.line);
            people.push(*person);
        }
    }
    for person in &people {
        check_person(person);
        if person.errors.is_empty() {
            again(&person.said);
        }
    }
    let good: Vec<(u32, &Said)> =
        people.iter().filter(|it| it.errors.is_empty()).map(|it| (it.line, &it.said)).collect();
    check_together(&good);
}

fn reader<'a>(mapping: &'a Mapping, fields: &'a [Definition]) -> Reader<'a> {
    Reader::new(mapping, fields, TimeZone::fixed(offset(2)))
}

/// Those that are read: an expression is made ready in the time of a hundred rows.
fn fields(columns: &[Column]) -> Vec<Definition> {
    let is_read = |field: &&Definition| columns.contains(&Column::Field(field.key.clone()));
    FIELDS.iter().filter(is_read).cloned().collect()
}

fn check_person(person: &Person) {
    for error in person.errors.iter().chain(&person.warnings) {
        assert_eq!(error.args.get("row"), Some(&person.line.to_string()), "its place is told: {error:?}");
    }
    kept(&person.said);
    for (code, value) in &person.said.values {
        assert!(Column::from_code(code).is_some(), "{code} is what a column can mean");
        let texts = match value {
            Value::Empty => &[],
            Value::Text(text) => std::slice::from_ref(text),
            Value::List(entries) => entries.as_slice(),
        };
        assert!(texts.len() <= limits::IMPORT_ENTRIES, "{code} has {} entries", texts.len());
        for text in texts {
            assert!(!text.is_empty() && text.trim() == text, "{code}: {text:?}");
            assert!(text.chars().count() <= limits::IMPORT_CELL_CHARS, "{code} is too long");
            assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "{code}: {text:?}");
        }
    }
}

/// What was accepted is accepted again as it is, from a file of our own.
fn again(said: &Said) {
    let column = |code: &String| Column::from_code(code).expect("what a column can mean");
    let mapping = Mapping {
        profile: Profile::Own,
        header: None,
        headings: said.values.keys().cloned().collect(),
        columns: said.values.keys().map(column).collect(),
        whole: true,
        separators: None,
        dates: None,
        key: None,
    };
    let cells = said.values.values().map(|value| match value {
        Value::Empty => String::new(),
        Value::Text(text) => text.clone(),
        Value::List(entries) => entries.join(";"),
    });
    let row = Row { line: 2, cells: cells.map(Cell::text).collect() };
    if said.values.values().any(says_otherwise) {
        return;
    }
    // A name such as `#1 Anna` makes a comment of the row, or the headings once more.
    if let RowRead::Person(person) = reader(&mapping, &fields(&mapping.columns)).read(&row) {
        assert_eq!(person.errors, [], "what was accepted is accepted: {row:?}");
        assert_eq!(person.said.values, said.values);
    }
}

/// Whether a file of our own would have to write a value in another way: what spreadsheets need around
/// texts is taken off, and lists have a separator.
fn says_otherwise(value: &Value) -> bool {
    match value {
        Value::Empty => false,
        Value::Text(text) => text.starts_with(['\'', '=']),
        Value::List(entries) => entries.iter().any(|entry| {
            entry.starts_with(['\'', '=', '#'])
                || entry.contains(';')
                || entry.to_lowercase().starts_with("cn=")
        }),
    }
}

fn check_together(rows: &[(u32, &Said)]) {
    let lines: BTreeSet<u32> = rows.iter().map(|(line, _)| *line).collect();
    let keys = Keys::of(rows);
    let key = keys.choose();
    assert!(key.is_none_or(|key| rows.iter().all(|(_, said)| key.of(said).is_some())));
    assert!(keys.duplicates(key).iter().all(|(line, _)| lines.contains(line)));
    let order = order(rows);
    let mut place = vec![usize::MAX; rows.len()];
    for (at, row) in order.sequence.iter().enumerate() {
        assert_eq!(std::mem::replace(&mut place[*row], at), usize::MAX, "everybody once");
    }
    assert_eq!(order.sequence.len(), rows.len(), "and nobody is left out");
    let in_circle: BTreeSet<u32> = order.errors.iter().map(|(line, _)| *line).collect();
    for (row, above) in order.managers.iter().enumerate() {
        if let Some(above) = above.filter(|_| !in_circle.contains(&rows[row].0)) {
            assert!(place[above.row] < place[row], "managers come first");
        }
    }
}
