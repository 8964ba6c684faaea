//! Characters with separators (RFC 4180, and what programs make of it).

use csv_core::ReadFieldResult;
use domain::{field::Rule, table::Form};

use crate::{
    Read, encoding,
    rows::{Rows, clean},
    separator, write_csv,
    wrong::{self, Step},
};

pub(crate) fn read(bytes: &[u8], rows: &mut Rows<'_>, read: &mut Read) -> Step {
    let (text, encoding) = encoding::decode(bytes);
    let (begin, separator) = separator::find(&text);
    read.encoding = Some(encoding);
    read.separator = Some(char::from(separator));
    let mut lines = Lines { line: 1, after_return: false };
    lines.pass(&text.as_bytes()[..begin]);
    Cells {
        text: text.as_bytes(),
        at: begin,
        separator,
        lines,
        // Whatever has more bytes has more characters.
        cell: vec![0; rows.cell_chars() * 4 + 4],
    }
    .read(rows)
}

/// Reads cell by cell, so that neither a line without end nor one of a million cells is ever kept.
struct Cells<'t> {
    text: &'t [u8],
    at: usize,
    separator: u8,
    lines: Lines,
    cell: Vec<u8>,
}

impl Cells<'_> {
    fn read(mut self, rows: &mut Rows<'_>) -> Step {
        let mut core = csv_core::ReaderBuilder::new().delimiter(self.separator).build();
        // The column of the cell that comes; none between two rows.
        let mut next: Option<usize> = None;
        let (mut begin, mut len) = (self.at, 0);
        loop {
            let column = match next {
                Some(column) => column,
                None => {
                    self.skip_blank_lines();
                    if self.at < self.text.len() {
                        rows.begin(self.lines.line)?;
                    }
                    begin = self.at;
                    next = Some(0);
                    0
                }
            };
            let (result, taken, written) = core.read_field(&self.text[self.at..], &mut self.cell[len..]);
            self.lines.pass(&self.text[self.at..self.at + taken]);
            self.at += taken;
            len += written;
            match result {
                // The next call has no input left, which ends the last cell.
                ReadFieldResult::InputEmpty => {}
                ReadFieldResult::OutputFull => {
                    self.check_quotes(begin, self.text.len(), rows)?;
                    return Err(rows.too_long(column));
                }
                ReadFieldResult::Field { record_end } => {
                    self.check_quotes(begin, self.at, rows)?;
                    // Cut between ASCII characters, so that it is whole.
                    let text = std::str::from_utf8(&self.cell[..len]).unwrap_or("\u{FFFD}");
                    rows.put(column, write_csv::undo(clean(text)), Form::Text)?;
                    (begin, len) = (self.at, 0);
                    next = Some(column + 1);
                    if record_end {
                        rows.end()?;
                        next = None;
                    }
                }
                ReadFieldResult::End => return Ok(()),
            }
        }
    }

    fn skip_blank_lines(&mut self) {
        let rest = &self.text[self.at..];
        let blank = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        self.lines.pass(&rest[..blank]);
        self.at += blank;
    }

    /// A cell that begins with a quote ends with one. Otherwise somebody forgot one, and the cell has
    /// taken what follows up to the next quote, or all of it.
    fn check_quotes(&self, begin: usize, end: usize, rows: &Rows<'_>) -> Step {
        let cell = &self.text[begin..end];
        if cell.first() != Some(&b'"') {
            return Ok(());
        }
        let ends = |byte: &u8| *byte == self.separator || matches!(byte, b'\r' | b'\n');
        let cell = cell.strip_suffix(b"\n").unwrap_or(cell);
        let cell = cell.split_last().filter(|(last, _)| ends(last)).map_or(cell, |(_, rest)| rest);
        let cell = cell.trim_ascii_end();
        let is_even = cell.iter().fold(true, |is_even, byte| is_even ^ (*byte == b'"'));
        if is_even && cell.ends_with(b"\"") {
            return Ok(());
        }
        let error = wrong::row(rows.line(), Rule::Format);
        Err(error.with("expected", "a closing quote for every quote").into())
    }
}

/// Lines as an editor counts them: each of `\r\n`, `\n` and `\r` ends one.
struct Lines {
    line: u32,
    after_return: bool,
}

impl Lines {
    fn pass(&mut self, bytes: &[u8]) {
        for byte in bytes {
            if *byte == b'\r' || (*byte == b'\n' && !self.after_return) {
                self.line = self.line.saturating_add(1);
            }
            self.after_return = *byte == b'\r';
        }
    }
}
