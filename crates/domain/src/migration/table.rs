//! A file as rows whose cells have a meaning: its headings, and what stands in it
//! that is no data.

use std::{collections::BTreeMap, ops::ControlFlow, rc::Rc};

use super::Column;
use crate::{
    field::{FieldError, Rule},
    limits, table,
};

/// Errors of one file beyond which nobody reads on.
const ERRORS: usize = 200;

/// A file while it is read, row after row.
#[derive(Debug)]
pub struct Table {
    pub(super) file: &'static str,
    columns: &'static [Column],
    head: Option<Head>,
    pub(super) rows: Vec<Row>,
    errors: Vec<FieldError>,
}

/// One row.
#[derive(Debug)]
pub(super) struct Row {
    file: &'static str,
    /// As a spreadsheet or editor numbers it.
    pub(super) line: u64,
    /// Cells that are not blank, by what they mean.
    cells: BTreeMap<&'static str, String>,
    /// The heading of each, as written.
    headings: Rc<BTreeMap<&'static str, String>>,
}

impl Row {
    pub(super) fn text(&self, column: &str) -> Option<&str> {
        self.cells.get(column).map(String::as_str)
    }

    pub(super) fn field(&self, column: &str) -> String {
        format!("{}[{}].{column}", self.file, self.line)
    }

    /// Adds where in the file the value stands.
    pub(super) fn explain(&self, column: &str, error: FieldError) -> FieldError {
        let heading = self.headings.get(column).map_or(column, String::as_str);
        let shown: String = self.text(column).unwrap_or_default().chars().take(100).collect();
        error.with("row", self.line).with("column", heading).with("value", shown)
    }
}

impl Table {
    pub(super) const fn of(file: &'static str, columns: &'static [Column]) -> Self {
        Self { file, columns, head: None, rows: Vec::new(), errors: Vec::new() }
    }

    /// Takes a row, and says `Break` when no more need come.
    pub fn row(&mut self, row: table::Row) -> ControlFlow<()> {
        if is_no_data(&row) {
            return ControlFlow::Continue(());
        }
        let Some(head) = &self.head else {
            return match Head::read(self.file, &row, self.columns) {
                Ok(head) => {
                    self.head = Some(head);
                    ControlFlow::Continue(())
                }
                Err(wrong) => {
                    self.errors.extend(wrong);
                    ControlFlow::Break(())
                }
            };
        };
        let line = row.line;
        if row.cells.iter().skip(head.meanings.len()).any(|cell| !cell.text.is_empty()) {
            let expected = format!("columns of the headings, as {}", head.meanings.len());
            let error = FieldError::new(format!("{}[{line}]", self.file), Rule::Format);
            self.errors.push(error.with("row", line).with("expected", expected));
        } else {
            self.rows.push(head.row(self.file, row));
        }
        let is_enough = self.errors.len() >= ERRORS || self.rows.len() > limits::MIGRATION_ROWS;
        if is_enough { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    /// The file ends, or could not be read to its end: what was wrong is of the field `file`, or of a
    /// row of it as `file[17]`, with the letters of the column.
    pub fn end(&mut self, wrong: Option<FieldError>) {
        if let Some(mut error) = wrong {
            let place = error.field.strip_prefix("file").unwrap_or_default();
            let column = error.args.get("column").and_then(|letters| self.column(letters));
            error.field = match column {
                Some((means, _)) => format!("{}{place}.{means}", self.file),
                None => format!("{}{place}", self.file),
            };
            self.errors.push(match column {
                Some((_, heading)) => error.with("column", heading),
                None => error,
            });
        } else if self.head.is_none() && self.errors.is_empty() {
            self.errors
                .push(FieldError::new(self.file, Rule::Required).with("expected", "a row of headings"));
        }
    }

    pub(super) fn take_errors(&mut self) -> Vec<FieldError> {
        std::mem::take(&mut self.errors)
    }

    /// What the column with these letters means, and its heading.
    fn column(&self, letters: &str) -> Option<(&'static str, String)> {
        let head = self.head.as_ref()?;
        let at = head.meanings.iter().enumerate().find(|(at, _)| table::letters(*at) == letters)?;
        let means = (*at.1)?;
        Some((means, head.headings.get(means)?.clone()))
    }
}

/// The headings of a file.
#[derive(Debug)]
struct Head {
    /// What each column means; none where that is unknown.
    meanings: Vec<Option<&'static str>>,
    headings: Rc<BTreeMap<&'static str, String>>,
}

impl Head {
    fn read(
        file: &'static str,
        row: &table::Row,
        columns: &'static [Column],
    ) -> Result<Self, Vec<FieldError>> {
        let (mut meanings, mut headings) = (Vec::new(), BTreeMap::new());
        for cell in &row.cells {
            let folded = fold(&cell.text);
            let known =
                columns.iter().find(|c| c.known_as.contains(&folded.as_str()) || fold(c.means) == folded);
            // Of two columns that mean the same the first is read.
            let means = known.map(|c| c.means).filter(|means| !headings.contains_key(means));
            headings.extend(means.map(|means| (means, cell.text.clone())));
            meanings.push(means);
        }
        let missing = columns.iter().filter(|c| c.needed && !headings.contains_key(c.means));
        let errors: Vec<_> = missing
            .map(|c| {
                let error = FieldError::new(format!("{file}.{}", c.means), Rule::Required);
                error.with("known", c.known_as.join(", "))
            })
            .collect();
        if errors.is_empty() { Ok(Self { meanings, headings: Rc::new(headings) }) } else { Err(errors) }
    }

    fn row(&self, file: &'static str, row: table::Row) -> Row {
        let cells = self.meanings.iter().zip(row.cells).filter_map(|(means, cell)| {
            let words: Vec<_> = cell.text.split_whitespace().collect();
            (*means).filter(|_| !words.is_empty()).map(|means| (means, words.join(" ")))
        });
        Row { file, line: u64::from(row.line), cells: cells.collect(), headings: self.headings.clone() }
    }
}

/// A heading without what no two exports agree on. What stands in brackets is
/// the name a program knows it by, and goes before what people read.
fn fold(heading: &str) -> String {
    let inner = heading.split_once('[').and_then(|(_, rest)| rest.split_once(']')).map(|(inner, _)| inner);
    let text = inner.unwrap_or(heading);
    text.chars().filter(|c| !c.is_whitespace() && !"_-.*".contains(*c)).flat_map(char::to_lowercase).collect()
}

/// Blank rows, comments, and the rows by which a template explains itself.
fn is_no_data(row: &table::Row) -> bool {
    let Some(first) = row.cells.iter().find(|cell| !cell.text.is_empty()) else { return true };
    let first = first.text.to_lowercase();
    first.starts_with('#') || first.starts_with("version:") || first.starts_with("example")
}
