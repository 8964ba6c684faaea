//! The cells of a sheet, as a stream.

use domain::{field::Rule, table::Form};

use super::{book::Book, shared::unescape};
use crate::{
    container::Zip,
    number,
    rows::Rows,
    strings::push_capped,
    wrong::{self, Step, Wrong},
    xml::{Piece, Tag, Xml},
};

/// Characters of a formula that are shown where it has no value.
const FORMULA: usize = 100;

pub(super) fn read(zip: &Zip<'_>, book: &Book, part: &str, rows: &mut Rows<'_>) -> Step {
    let source = zip.entry(part)?.ok_or_else(wrong::damaged)?;
    let mut xml = Xml::new(source, rows.cell_chars());
    let mut sheet = Sheet::default();
    loop {
        match xml.next().at(rows.line())? {
            Piece::Open(tag) => sheet.open(&tag, rows)?,
            Piece::Close(mark) => sheet.close(mark.name(), book, rows)?,
            Piece::Text(text) => sheet.text(&text, rows.cell_chars()),
            Piece::Other => {}
            Piece::End => return Ok(()),
        }
    }
}

/// What the reader is directly within.
#[derive(Default, PartialEq)]
enum Place {
    #[default]
    Sheet,
    Data,
    Row,
    Cell,
}

/// What a text within a cell is.
#[derive(Default, PartialEq)]
enum Within {
    #[default]
    Nothing,
    Value,
    Formula,
}

/// Where in a sheet the reader is.
#[derive(Default)]
struct Sheet {
    place: Place,
    aside: bool,
    within: Within,
    column: usize,
    kind: String,
    style: usize,
    value: String,
    formula: String,
}

impl Sheet {
    fn open(&mut self, tag: &Tag<'_>, rows: &mut Rows<'_>) -> Step {
        match tag.name() {
            "sheetData" => self.place = Place::Data,
            "row" if self.place == Place::Data => {
                rows.begin_of_sheet(tag.number("r").unwrap_or_else(|| rows.line().saturating_add(1)))?;
                (self.place, self.column) = (Place::Row, 0);
            }
            "c" if self.place == Place::Row => self.begin_cell(tag, rows)?,
            "v" if self.place == Place::Cell => self.within = Within::Value,
            "t" if self.place == Place::Cell && !self.aside => self.within = Within::Value,
            "f" if self.place == Place::Cell => self.within = Within::Formula,
            "rPh" => self.aside = true,
            _ => {}
        }
        Ok(())
    }

    fn begin_cell(&mut self, tag: &Tag<'_>, rows: &Rows<'_>) -> Step {
        self.kind.clear();
        self.style = 0;
        for (name, value) in tag.attributes() {
            match name {
                "r" => {
                    let column = column(&value).ok_or_else(wrong::damaged).map_err(Into::into);
                    self.column = column.at(rows.line())?;
                }
                "t" => self.kind.push_str(&value),
                "s" => self.style = value.trim().parse().unwrap_or(0),
                _ => {}
            }
        }
        self.value.clear();
        self.formula.clear();
        self.place = Place::Cell;
        Ok(())
    }

    fn close(&mut self, name: &str, book: &Book, rows: &mut Rows<'_>) -> Step {
        match name {
            "sheetData" => self.place = Place::Sheet,
            "row" if self.place == Place::Row => {
                self.place = Place::Data;
                rows.end()?;
            }
            "c" if self.place == Place::Cell => {
                self.place = Place::Row;
                self.put(book, rows)?;
                self.column += 1;
            }
            "v" | "t" | "f" => self.within = Within::Nothing,
            "rPh" => self.aside = false,
            _ => {}
        }
        Ok(())
    }

    fn text(&mut self, text: &str, cell_chars: usize) {
        match self.within {
            Within::Value => push_capped(&mut self.value, text, cell_chars),
            Within::Formula => push_capped(&mut self.formula, text, FORMULA / 4),
            Within::Nothing => {}
        }
    }

    fn put(&self, book: &Book, rows: &mut Rows<'_>) -> Step {
        let value = self.value.as_str();
        if value.is_empty() {
            // A program that computes nothing wrote the formula. Empty would be a lie.
            if !self.formula.is_empty() {
                let shown: String = self.formula.chars().take(FORMULA).collect();
                return rows.put(self.column, &format!("={shown}"), Form::Error);
            }
            return Ok(());
        }
        match self.kind.as_str() {
            "s" => {
                let text = value.trim().parse().ok().and_then(|at| book.strings.get(at));
                let missing = || wrong::cell(rows.line(), self.column, Rule::Format).with("found", "damaged");
                let text = text.ok_or_else(missing)?;
                rows.put(self.column, text, Form::Text)
            }
            "str" | "inlineStr" => rows.put(self.column, &unescape(value), Form::Text),
            "b" => {
                let truth = if matches!(value.trim(), "1" | "true") { "TRUE" } else { "FALSE" };
                rows.put(self.column, truth, Form::Truth)
            }
            "e" => rows.put(self.column, value, Form::Error),
            "d" => rows.put(self.column, &number::iso(value), Form::Date),
            _ => match value.trim().parse::<f64>() {
                Ok(number) if number.is_finite() => {
                    let shape = book.shapes.get(self.style).copied().unwrap_or_default();
                    let (text, form) = number::shown(number, shape, book.since_1904);
                    rows.put(self.column, &text, form)
                }
                _ => rows.put(self.column, value, Form::Text),
            },
        }
    }
}

/// The column of a place as `AB12`.
fn column(place: &str) -> Option<usize> {
    // Excel's last is XFD.
    let letters = place.bytes().take_while(u8::is_ascii_alphabetic).take(4);
    let number =
        letters.fold(0, |number, letter| number * 26 + usize::from(letter.to_ascii_uppercase() - b'A') + 1);
    number.checked_sub(1).filter(|number| *number < 16_384)
}

#[cfg(test)]
mod tests {
    use super::column;

    #[test]
    fn places_have_columns() {
        let columns: Vec<_> =
            ["A1", "Z9", "AA10", "XFD1048576", "XFE1", "17", "", "AAAAAAAAAAAAAAA1"].map(column).into();
        assert_eq!(columns, [Some(0), Some(25), Some(26), Some(16_383), None, None, None, None]);
    }
}
