//! The rows of a file: what has to be known of all of them, what each says, and how they are kept.

use domain::{
    bulk::{Act, RowState},
    field::FieldError,
    import::{Column, Keys, Mapping, Person, Reader, Recognised, RowRead},
    table::{Cell, Form, Row},
};
use serde_json::{Value as Json, json};
use store::{
    bulk::{Bulk, BulkRow, PackedRow},
    tx::WriteTx,
};

use super::{
    passwords::Rules,
    plan::{What, Wish, pack},
};
use crate::AppError;

/// Rows of a file read again at once.
const ROWS_AT_ONCE: i64 = 2_000;

/// What has to be known of all rows before one is planned.
#[derive(Default)]
pub(super) struct Overview {
    pub people: usize,
    pub skipped: usize,
    pub passwords: usize,
    pub keys: Keys,
    /// Names that rows give, which are not made for somebody else.
    pub principals: Vec<String>,
    pub logons: Vec<String>,
}

impl Overview {
    pub fn of(reader: &Reader<'_>, rows: &[Row], suffix: Option<&str>) -> Self {
        let mut all = Self::default();
        let mut is_made = false;
        for row in rows {
            let person = match reader.read(row) {
                RowRead::NoData(_) => {
                    all.skipped += 1;
                    continue;
                }
                RowRead::Person(person) => person,
            };
            all.people += 1;
            all.passwords += usize::from(person.said.password);
            if !person.errors.is_empty() {
                continue;
            }
            all.keys.note(person.line, &person.said);
            let half = || Some(format!("{}@{}", person.said.text("user_name")?, suffix?));
            let principal = person.said.text("principal_name").map(str::to_owned).or_else(half);
            let logon = person.said.text("logon_name").map(str::to_owned);
            is_made |= principal.is_none() || logon.is_none();
            all.principals.extend(principal);
            all.logons.extend(logon);
        }
        if !is_made {
            (all.principals, all.logons) = (Vec::new(), Vec::new());
        }
        all
    }
}

/// What the rows say, each value checked where it stands; `twice` are those that say what others say.
pub(super) fn wishes(
    reader: Reader<'_>,
    mapping: &Mapping,
    rows: Vec<Row>,
    twice: Vec<(u32, FieldError)>,
    passwords: Option<&Rules>,
) -> impl Iterator<Item = Wish> {
    // What stands in columns that are not read is not kept, and least of all passwords.
    let keeps =
        |column: usize| mapping.columns.get(column).is_some_and(|c| *c != Column::Ignored && !c.is_unread());
    let mut twice = twice.into_iter().peekable();
    rows.into_iter().filter_map(move |row| {
        let RowRead::Person(person) = reader.read(&row) else { return None };
        let Person { line, said, password, warnings, mut errors } = *person;
        while let Some((_, error)) = twice.next_if(|(other, _)| *other == line) {
            errors.push(error);
        }
        let line = i32::try_from(line).unwrap_or(i32::MAX);
        Some(Wish {
            line,
            cells: Some(cells(row, keeps)),
            what: What::Said(said.values),
            user: None,
            errors,
            warnings,
            password: passwords.and_then(|rules| rules.given(line, password)),
        })
    })
}

/// Rows of a file whose columns have no meaning yet. What looks like a password is not kept.
pub(super) fn unread(rows: Vec<Row>, seen: &Recognised) -> Result<Vec<PackedRow>, AppError> {
    let keeps = |column: usize| {
        seen.columns
            .get(column)
            .is_some_and(|c| !(c.may_hold_passwords() || c.example.is_empty() && c.column.is_none()))
    };
    let row = |row: Row| BulkRow {
        line: i32::try_from(row.line).unwrap_or(i32::MAX),
        cells: Some(cells(row, keeps)),
        said: None,
        act: Act::Unread,
        turn: 0,
        user: None,
        name: String::new(),
        login: String::new(),
        changes: Vec::new(),
        errors: Vec::new(),
        warnings: Vec::new(),
        state: RowState::Planned,
    };
    rows.into_iter().map(|one| pack(row(one))).collect()
}

/// Cells as they are kept: text as it is, everything else with what it was taken for.
pub(super) fn cells(row: Row, keeps: impl Fn(usize) -> bool) -> Json {
    let cell = |(column, cell): (usize, Cell)| match cell.form {
        _ if !keeps(column) => json!(""),
        Form::Text => Json::String(cell.text),
        Form::Number => json!({ "number": cell.text }),
        Form::Date => json!({ "date": cell.text }),
        Form::Truth => json!({ "truth": cell.text }),
        Form::Error => json!({ "error": cell.text }),
    };
    Json::Array(row.cells.into_iter().enumerate().map(cell).collect())
}

/// The text of a cell as it is kept.
#[must_use]
pub fn cell_text(cell: &Json) -> String {
    let text = match cell {
        Json::Object(one) => one.values().next().and_then(Json::as_str),
        other => other.as_str(),
    };
    text.unwrap_or_default().to_owned()
}

/// The rows of the file, from how they are kept.
pub(super) async fn kept_rows(tx: &mut WriteTx<'_>, bulk: &Bulk) -> Result<Vec<Row>, AppError> {
    let (mut rows, mut after) = (Vec::new(), 0);
    loop {
        let part = tx.bulk_cells(bulk, after, ROWS_AT_ONCE).await?;
        let Some((last, _)) = part.last() else { return Ok(rows) };
        after = *last;
        rows.extend(part.iter().filter_map(|(line, cells)| row_of(*line, cells)));
    }
}

/// A row of the file, from how it is kept.
pub(super) fn row_of(line: i32, cells: &Json) -> Option<Row> {
    let cell = |value: &Json| match value {
        Json::String(text) => Some(Cell::text(text.clone())),
        Json::Object(one) => {
            let (form, text) = one.iter().next()?;
            let form = match form.as_str() {
                "number" => Form::Number,
                "date" => Form::Date,
                "truth" => Form::Truth,
                _ => Form::Error,
            };
            Some(Cell { text: text.as_str()?.to_owned(), form })
        }
        _ => None,
    };
    let cells = cells.as_array()?.iter().map(cell).collect::<Option<Vec<_>>>()?;
    Some(Row { line: line.unsigned_abs(), cells })
}
