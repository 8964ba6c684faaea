//! What is wrong with a file, and where in it.

use domain::{
    field::{FieldError, Rule},
    table::letters,
};

/// What the file is called in errors.
const FILE: &str = "file";
/// What can be read.
pub(crate) const EXPECTED: &str = "CSV, XLSX, XLS, ODS";

/// Why reading ends before the end.
#[derive(Debug)]
pub(crate) enum Stop {
    /// Something is wrong.
    Wrong(FieldError),
    /// Whoever gets the rows has enough.
    Enough,
}

/// A step of the reading.
pub(crate) type Step<T = ()> = Result<T, Stop>;

impl From<FieldError> for Stop {
    fn from(error: FieldError) -> Self {
        Self::Wrong(error)
    }
}

/// Moves what is wrong with the file to a row of it.
pub(crate) trait Wrong {
    fn at(self, line: u32) -> Self;
}

impl<T> Wrong for Step<T> {
    fn at(self, line: u32) -> Self {
        match self {
            Err(Stop::Wrong(mut error)) if line > 0 && error.field == FILE => {
                error.field = format!("{FILE}[{line}]");
                Err(error.with("row", line).into())
            }
            other => other,
        }
    }
}

/// Something is wrong with the file.
pub(crate) fn file(rule: Rule) -> FieldError {
    FieldError::new(FILE, rule)
}

/// Something is wrong with a row.
pub(crate) fn row(line: u32, rule: Rule) -> FieldError {
    FieldError::new(format!("{FILE}[{line}]"), rule).with("row", line)
}

/// Something is wrong with a cell.
pub(crate) fn cell(line: u32, column: usize, rule: Rule) -> FieldError {
    row(line, rule).with("column", letters(column))
}

/// The file is none of those that can be read.
pub(crate) fn format(found: &str) -> FieldError {
    file(Rule::Format).with("expected", EXPECTED).with("found", found)
}

/// The file is one of those, and broken.
pub(crate) fn damaged() -> FieldError {
    format("damaged")
}

/// The file is one of those, and nobody can read it without its password.
pub(crate) fn password() -> FieldError {
    format("password")
}

/// Bytes as people say them.
pub(crate) fn megabytes(bytes: u64) -> String {
    if bytes < 1024 * 1024 { format!("{} kB", bytes / 1024) } else { format!("{} MB", bytes / 1024 / 1024) }
}
