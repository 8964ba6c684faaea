//! A table as a spreadsheet has it: rows of cells, with the numbers people see.

/// One row that is not blank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its number as a spreadsheet or an editor shows it, from 1.
    pub line: u32,
    /// Its cells from the first column on; empty ones at the end are left out.
    pub cells: Vec<Cell>,
}

/// What a cell shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cell {
    /// Without blanks around it. Numbers without exponent and without needless
    /// digits, dates as `2026-12-31` or `2026-12-31T18:00:00`, times as `18:00:00`, truth as
    /// `TRUE` or `FALSE`.
    pub text: String,
    /// What the program that wrote the file took it for.
    pub form: Form,
}

/// What a spreadsheet takes a cell for. A spreadsheet that makes a number of what
/// somebody typed loses its leading zeros, and one that makes a date of it loses how it was written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Form {
    /// Characters as typed: all cells of a text file.
    #[default]
    Text,
    /// A number.
    Number,
    /// A day, an instant or a time.
    Date,
    /// True or false.
    Truth,
    /// An error of a formula, as `#N/A`, or a formula that nobody computed, as `=A1&B1`.
    Error,
}

impl Row {
    /// The text of a cell; empty beyond the last.
    #[must_use]
    pub fn text(&self, column: usize) -> &str {
        self.cells.get(column).map_or("", |cell| cell.text.as_str())
    }
}

impl Cell {
    /// A cell of characters.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), form: Form::Text }
    }
}

/// A column as a spreadsheet names it: A, B, … Z, AA.
#[must_use]
pub fn letters(column: usize) -> String {
    let mut left = column.saturating_add(1);
    let mut letters = Vec::new();
    while left > 0 {
        left -= 1;
        letters.push(char::from(b'A' + u8::try_from(left % 26).unwrap_or_default()));
        left /= 26;
    }
    letters.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::letters;

    #[test]
    fn columns_are_named_as_spreadsheets_name_them() {
        let names: Vec<_> = [0, 25, 26, 701, 702, 16_383].into_iter().map(letters).collect();
        assert_eq!(names, ["A", "Z", "AA", "ZZ", "AAA", "XFD"]);
    }
}
