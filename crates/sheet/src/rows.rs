//! Rows as they are given on: cleaned, within the limits, one after the other.

use std::ops::ControlFlow;

use domain::{
    field::Rule,
    table::{Cell, Form, Row},
};

use crate::{
    Limits,
    wrong::{self, Step, Stop},
};

/// Rows a sheet can have in any program. What says to have more, empty or not, only takes time.
const SHEET_ROWS: u32 = 1_048_576;
/// Bytes that whoever keeps a row keeps for each place in it, besides the text.
const CELL_BYTES: u64 = size_of::<Cell>() as u64;

/// Takes the cells of one row after the other.
pub(crate) struct Rows<'e> {
    limits: Limits,
    each: &'e mut dyn FnMut(Row) -> ControlFlow<()>,
    line: u32,
    cells: Vec<Cell>,
    count: usize,
    /// Bytes that rows may still have.
    left: u64,
}

impl<'e> Rows<'e> {
    pub(crate) fn new(limits: &Limits, each: &'e mut dyn FnMut(Row) -> ControlFlow<()>) -> Self {
        Self { limits: *limits, each, line: 0, cells: Vec::new(), count: 0, left: limits.shown }
    }

    /// Rows that were given on.
    pub(crate) const fn count(&self) -> usize {
        self.count
    }

    /// The row that is being read.
    pub(crate) const fn line(&self) -> u32 {
        self.line
    }

    /// Characters a cell may have.
    pub(crate) const fn cell_chars(&self) -> usize {
        self.limits.cell_chars
    }

    /// Another sheet, whose rows begin at 1 again.
    pub(crate) const fn restart(&mut self) {
        self.line = 0;
    }

    /// A row begins. Rows stand in their order in every file a spreadsheet wrote.
    pub(crate) fn begin(&mut self, line: u32) -> Step {
        if line <= self.line {
            let error = wrong::row(line, Rule::Format);
            return Err(error.with("expected", "rows in their order").with("found", "damaged").into());
        }
        self.line = line;
        self.cells.clear();
        Ok(())
    }

    /// A row of a sheet begins.
    pub(crate) fn begin_of_sheet(&mut self, line: u32) -> Step {
        if line > SHEET_ROWS {
            return Err(wrong::row(line, Rule::OutOfRange).with("max", SHEET_ROWS).into());
        }
        self.begin(line)
    }

    /// A cell of the row.
    pub(crate) fn put(&mut self, column: usize, text: &str, form: Form) -> Step {
        let text = clean(text);
        if text.is_empty() {
            return Ok(());
        }
        if column >= self.limits.columns {
            let error = wrong::cell(self.line, column, Rule::TooMany);
            return Err(error.with("max", self.limits.columns).with("expected", "columns").into());
        }
        if text.len() > self.limits.cell_chars && text.chars().count() > self.limits.cell_chars {
            return Err(self.too_long(column));
        }
        if let Some(bad) = text.chars().find(|c| is_forbidden(*c)) {
            let error = wrong::cell(self.line, column, Rule::ForbiddenCharacter);
            let error = error.with("character", format!("U+{:04X}", u32::from(bad)));
            return Err(match bad {
                char::REPLACEMENT_CHARACTER => error.with("expected", crate::Encoding::ALL).into(),
                _ => error.into(),
            });
        }
        if self.cells.len() <= column {
            self.cells.resize_with(column + 1, Cell::default);
        }
        self.cells[column] = Cell { text: text.to_owned(), form };
        Ok(())
    }

    /// The same cell several times.
    pub(crate) fn put_repeated(&mut self, column: usize, times: usize, text: &str, form: Form) -> Step {
        if clean(text).is_empty() {
            return Ok(());
        }
        // The first beyond the limit ends it.
        self.put(column, text, form)?;
        (1..times).try_for_each(|more| self.put(column.saturating_add(more), text, form))
    }

    /// A cell is longer than cells may be.
    pub(crate) fn too_long(&self, column: usize) -> Stop {
        wrong::cell(self.line, column, Rule::TooLong).with("max", self.limits.cell_chars).into()
    }

    /// The row ends.
    pub(crate) fn end(&mut self) -> Step {
        if self.cells.is_empty() {
            return Ok(());
        }
        if self.count >= self.limits.rows {
            let most = self.limits.rows;
            return Err(wrong::file(Rule::TooMany).with("max", most).with("expected", "rows").into());
        }
        // A row that stands there again, and a text that cells share, cost the file next to nothing.
        let cost = self.cells.iter().map(|cell| CELL_BYTES + cell.text.len() as u64).sum();
        self.left = self.left.checked_sub(cost).ok_or_else(|| {
            let error = wrong::file(Rule::OutOfRange).with("found", "cells");
            error.with("max", wrong::megabytes(self.limits.shown))
        })?;
        self.count += 1;
        let width = self.cells.len();
        let cells = std::mem::replace(&mut self.cells, Vec::with_capacity(width));
        match (self.each)(Row { line: self.line, cells }) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(Stop::Enough),
        }
    }

    /// The row ends and stands there several times.
    pub(crate) fn end_repeated(&mut self, times: u32) -> Step {
        let last = self.line.saturating_add(times.saturating_sub(1));
        if !self.cells.is_empty() {
            let cells = self.cells.clone();
            for line in self.line..last {
                self.line = line;
                self.end()?;
                self.cells.clone_from(&cells);
            }
            self.line = last;
            return self.end();
        }
        self.line = last;
        Ok(())
    }
}

/// Without blanks around it, those one cannot see included.
pub(crate) fn clean(text: &str) -> &str {
    text.trim_matches(|c: char| {
        c.is_whitespace() || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}')
    })
}

/// What no text has: control characters, and what stands for a character that could not be read.
fn is_forbidden(c: char) -> bool {
    (c.is_control() && !matches!(c, '\t' | '\n' | '\r'))
        || matches!(c, char::REPLACEMENT_CHARACTER | '\u{FFFE}' | '\u{FFFF}')
}
