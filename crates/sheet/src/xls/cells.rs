//! The cells of a sheet of BIFF8.

use domain::{field::Rule, table::Form};

use super::{Book, Records, record, text::Texts};
use crate::{
    container::{u16_at, u32_at, u64_at},
    number,
    rows::Rows,
    wrong::{self, Step, Wrong},
};

/// Reads a sheet and gives the number of bytes behind it.
pub(super) fn read(mut records: Records<'_>, book: &Book, rows: &mut Rows<'_>) -> Step<usize> {
    // Charts within the sheet have records of their own between a begin and an end.
    let mut depth = 0_usize;
    // The cell whose formula gave a text that follows.
    let mut waiting = None;
    while let Some(next) = records.next() {
        match next.kind {
            record::BEGIN => depth += 1,
            record::END if depth <= 1 => {
                rows.end()?;
                return Ok(records.rest.len());
            }
            record::END => depth -= 1,
            _ if depth > 1 => {}
            record::TEXT_OF_FORMULA => {
                if let Some(column) = waiting.take() {
                    let text = Texts::new(next.data, records).long(rows.cell_chars());
                    let text = text.ok_or_else(wrong::damaged).map_err(Into::into).at(rows.line())?;
                    rows.put(column, &text, Form::Text)?;
                }
            }
            kind => {
                if let Some(cell) = Cell::read(kind, next.data) {
                    cell.begin(rows)?;
                    waiting = cell.put(book, records, rows)?;
                }
            }
        }
    }
    // The file was cut.
    Err(wrong::damaged().into())
}

/// A record that says something about a cell.
struct Cell<'a> {
    kind: u16,
    row: u32,
    column: usize,
    style: u16,
    data: &'a [u8],
}

impl<'a> Cell<'a> {
    fn read(kind: u16, data: &'a [u8]) -> Option<Self> {
        let kinds = [
            record::LABEL,
            record::RICH_LABEL,
            record::SHARED_LABEL,
            record::NUMBER,
            record::SHORT_NUMBER,
            record::SHORT_NUMBERS,
            record::TRUTH_OR_ERROR,
            record::FORMULA,
        ];
        kinds.contains(&kind).then_some(())?;
        let row = u32::from(u16_at(data, 0)?) + 1;
        let column = usize::from(u16_at(data, 2)?);
        Some(Self { kind, row, column, style: u16_at(data, 4)?, data: &data[6..] })
    }

    /// The row before ends where another begins.
    fn begin(&self, rows: &mut Rows<'_>) -> Step {
        if self.row == rows.line() {
            return Ok(());
        }
        rows.end()?;
        rows.begin(self.row)
    }

    /// Puts the value, or tells the column whose text follows.
    fn put(&self, book: &Book, records: Records<'_>, rows: &mut Rows<'_>) -> Step<Option<usize>> {
        let damaged = || wrong::cell(rows.line(), self.column, Rule::Format).with("found", "damaged");
        match self.kind {
            record::SHARED_LABEL => {
                let at = u32_at(self.data, 0).and_then(|at| usize::try_from(at).ok());
                let text = at.and_then(|at| book.strings.get(at)).ok_or_else(damaged)?;
                rows.put(self.column, text, Form::Text)?;
            }
            record::LABEL | record::RICH_LABEL => {
                let text = Texts::new(self.data, records).long(rows.cell_chars()).ok_or_else(damaged)?;
                rows.put(self.column, &text, Form::Text)?;
            }
            record::NUMBER => {
                let number = u64_at(self.data, 0).map(f64::from_bits).ok_or_else(damaged)?;
                put_number(book, rows, self.column, self.style, number)?;
            }
            record::SHORT_NUMBER => {
                let number = u32_at(self.data, 0).map(short).ok_or_else(damaged)?;
                put_number(book, rows, self.column, self.style, number)?;
            }
            record::SHORT_NUMBERS => self.put_many(book, rows)?,
            record::TRUTH_OR_ERROR => {
                let [value, is_error, ..] = self.data else { return Err(damaged().into()) };
                put_truth_or_error(rows, self.column, *value, *is_error == 1)?;
            }
            record::FORMULA => return self.put_formula(book, rows),
            _ => {}
        }
        Ok(None)
    }

    /// Several numbers side by side: style and number of each, and at the end the last column.
    fn put_many(&self, book: &Book, rows: &mut Rows<'_>) -> Step {
        let mut style = self.style;
        let mut rest = self.data;
        let mut column = self.column;
        while let Some(number) = u32_at(rest, 0) {
            put_number(book, rows, column, style, short(number))?;
            let Some(next) = u16_at(rest, 4) else { break };
            (style, rest, column) = (next, &rest[6..], column + 1);
        }
        Ok(())
    }

    fn put_formula(&self, book: &Book, rows: &mut Rows<'_>) -> Step<Option<usize>> {
        let Some(value) = self.data.first_chunk::<8>() else {
            return Err(wrong::cell(rows.line(), self.column, Rule::Format).with("found", "damaged").into());
        };
        match *value {
            [0, .., 0xFF, 0xFF] => return Ok(Some(self.column)),
            [1, _, truth, .., 0xFF, 0xFF] => put_truth_or_error(rows, self.column, truth, false)?,
            [2, _, error, .., 0xFF, 0xFF] => put_truth_or_error(rows, self.column, error, true)?,
            // An empty text.
            [.., 0xFF, 0xFF] => {}
            value => put_number(book, rows, self.column, self.style, f64::from_le_bytes(value))?,
        }
        Ok(None)
    }
}

fn put_number(book: &Book, rows: &mut Rows<'_>, column: usize, style: u16, number: f64) -> Step {
    if !number.is_finite() {
        return rows.put(column, "#NUM!", Form::Error);
    }
    let (text, form) = number::shown(number, book.shape(style), book.since_1904);
    rows.put(column, &text, form)
}

fn put_truth_or_error(rows: &mut Rows<'_>, column: usize, value: u8, is_error: bool) -> Step {
    if !is_error {
        return rows.put(column, if value == 0 { "FALSE" } else { "TRUE" }, Form::Truth);
    }
    let text = match value {
        0x00 => "#NULL!",
        0x07 => "#DIV/0!",
        0x0F => "#VALUE!",
        0x17 => "#REF!",
        0x1D => "#NAME?",
        0x24 => "#NUM!",
        _ => "#N/A",
    };
    rows.put(column, text, Form::Error)
}

/// A number of 30 bits (MS-XLS 2.5.217): an integer or the upper part of another, perhaps a hundred
/// times too large.
fn short(bits: u32) -> f64 {
    let number = if bits & 2 == 2 {
        f64::from(bits.cast_signed() >> 2)
    } else {
        f64::from_bits(u64::from(bits & !3) << 32)
    };
    if bits & 1 == 1 { number / 100.0 } else { number }
}

#[cfg(test)]
mod tests {
    use super::short;

    #[test]
    #[expect(clippy::float_cmp, reason = "exact by definition")]
    fn short_numbers_are_integers_or_halves_of_doubles() {
        assert_eq!(short((17 << 2) | 2), 17.0);
        assert_eq!(short(((-17_i32).cast_unsigned() << 2) | 2), -17.0);
        assert_eq!(short((12_345 << 2) | 3), 123.45);
        let upper = u32::try_from(1.5_f64.to_bits() >> 32).unwrap_or_default();
        assert_eq!(short(upper), 1.5);
    }
}
