//! `LibreOffice` and others (ODF 1.3, part 3): the cells of `content.xml`, as a stream.
//!
//! A cell and a row may say that they stand there a million times, which is how a sheet is filled up:
//! what is empty is counted and not made.

use std::collections::HashSet;

use domain::table::Form;

use crate::{
    Read,
    container::Zip,
    number,
    rows::Rows,
    strings::push_capped,
    wrong::{self, Step, Wrong},
    xml::{Piece, Tag, Xml},
};

/// Styles of sheets that are not shown.
const STYLES: usize = 10_000;

pub(crate) fn read(zip: &Zip<'_>, rows: &mut Rows<'_>, read: &mut Read) -> Step {
    if is_encrypted(zip, rows.cell_chars())? {
        return Err(wrong::password().into());
    }
    let source = zip.entry("content.xml")?.ok_or_else(wrong::damaged)?;
    let mut xml = Xml::new(source, rows.cell_chars());
    let mut sheet = Sheet::default();
    let (mut is_spreadsheet, mut is_done) = (false, false);
    loop {
        match xml.next().at(rows.line())? {
            // To the end, where the sum over all of it is checked.
            Piece::End if is_done => return Ok(()),
            _ if is_done => {}
            Piece::Open(tag) => {
                is_spreadsheet |= tag.name() == "spreadsheet";
                if tag.name() == "table" && sheet.place == Place::Document {
                    // The first with rows is read; those behind it are not looked at.
                    if rows.count() > 0 {
                        is_done = true;
                        continue;
                    }
                    rows.restart();
                    read.sheet = tag.get("name").map(std::borrow::Cow::into_owned);
                }
                sheet.open(&tag, rows)?;
            }
            Piece::Close(mark) => sheet.close(mark.name(), rows)?,
            Piece::Text(text) => sheet.text(&text, rows.cell_chars()),
            Piece::Other => {}
            Piece::End if is_spreadsheet => return Ok(()),
            // A text or a drawing.
            Piece::End => return Err(wrong::format("OpenDocument").into()),
        }
    }
}

/// Whether the list of parts says that `content.xml` is sealed with a password.
fn is_encrypted(zip: &Zip<'_>, cell_chars: usize) -> Step<bool> {
    let Some(source) = zip.entry("META-INF/manifest.xml")? else { return Ok(false) };
    let mut xml = Xml::new(source, cell_chars);
    loop {
        match xml.next()? {
            Piece::Open(tag) if tag.name() == "encryption-data" => return Ok(true),
            Piece::End => return Ok(false),
            _ => {}
        }
    }
}

/// What the reader is directly within.
#[derive(Default, PartialEq)]
enum Place {
    #[default]
    Document,
    Table,
    Row,
    Cell,
}

/// Where in a sheet the reader is.
#[derive(Default)]
struct Sheet {
    hidden_styles: HashSet<String>,
    style: Option<String>,
    place: Place,
    is_hidden: bool,
    /// Within a remark on the cell, or within a table within it.
    aside: usize,
    paragraphs: usize,
    in_paragraph: usize,
    row_repeats: u32,
    column: usize,
    repeats: usize,
    kind: Option<String>,
    /// The value as the cell says it, apart from what it shows.
    value: Option<String>,
    text: String,
}

impl Sheet {
    fn open(&mut self, tag: &Tag<'_>, rows: &mut Rows<'_>) -> Step {
        let name = tag.name();
        if self.place == Place::Document {
            self.open_outside(tag);
            return Ok(());
        }
        if self.aside > 0 || matches!(name, "annotation" | "table" | "shapes" | "frame") {
            self.aside += 1;
            return Ok(());
        }
        match name {
            "table-row" if self.place == Place::Table => {
                rows.begin_of_sheet(rows.line().saturating_add(1))?;
                self.row_repeats = tag.number("number-rows-repeated").unwrap_or(1);
                (self.place, self.column) = (Place::Row, 0);
            }
            "table-cell" | "covered-table-cell" if self.place == Place::Row => self.begin_cell(tag),
            "p" | "h" if self.place == Place::Cell => {
                if self.paragraphs > 0 && self.in_paragraph == 0 {
                    push_capped(&mut self.text, "\n", rows.cell_chars());
                }
                self.paragraphs += 1;
                self.in_paragraph += 1;
            }
            "s" if self.in_paragraph > 0 => {
                let spaces = tag.number::<usize>("c").unwrap_or(1).min(rows.cell_chars() + 1);
                push_capped(&mut self.text, &" ".repeat(spaces), rows.cell_chars());
            }
            "tab" if self.in_paragraph > 0 => push_capped(&mut self.text, "\t", rows.cell_chars()),
            "line-break" if self.in_paragraph > 0 => push_capped(&mut self.text, "\n", rows.cell_chars()),
            _ => {}
        }
        Ok(())
    }

    fn open_outside(&mut self, tag: &Tag<'_>) {
        match tag.name() {
            "style" => self.style = tag.get("name").map(std::borrow::Cow::into_owned),
            "table-properties"
                if self.hidden_styles.len() < STYLES
                    && tag.get("display").is_some_and(|shown| shown == "false") =>
            {
                self.hidden_styles.extend(self.style.take());
            }
            "table" => {
                self.place = Place::Table;
                self.is_hidden = tag.get("style-name").is_some_and(|it| self.hidden_styles.contains(&*it));
            }
            _ => {}
        }
    }

    fn begin_cell(&mut self, tag: &Tag<'_>) {
        self.place = Place::Cell;
        self.repeats = tag.number("number-columns-repeated").unwrap_or(1);
        self.kind = tag.get("value-type").map(std::borrow::Cow::into_owned);
        let value = match self.kind.as_deref() {
            Some("float" | "percentage" | "currency") => tag.get("value"),
            Some("date") => tag.get("date-value"),
            Some("time") => tag.get("time-value"),
            Some("boolean") => tag.get("boolean-value"),
            Some("string") => tag.get("string-value"),
            _ => None,
        };
        self.value = value.map(std::borrow::Cow::into_owned);
        self.text.clear();
        (self.paragraphs, self.in_paragraph) = (0, 0);
    }

    fn close(&mut self, name: &str, rows: &mut Rows<'_>) -> Step {
        if self.aside > 0 {
            self.aside -= 1;
            return Ok(());
        }
        match name {
            "table" => self.place = Place::Document,
            "table-row" if self.place == Place::Row => {
                self.place = Place::Table;
                rows.end_repeated(self.row_repeats.max(1))?;
            }
            "table-cell" | "covered-table-cell" if self.place == Place::Cell => {
                self.place = Place::Row;
                if !self.is_hidden {
                    let (text, form) = self.shown();
                    rows.put_repeated(self.column, self.repeats, &text, form)?;
                }
                self.column = self.column.saturating_add(self.repeats);
            }
            "p" | "h" => self.in_paragraph = self.in_paragraph.saturating_sub(1),
            _ => {}
        }
        Ok(())
    }

    fn text(&mut self, text: &str, cell_chars: usize) {
        if self.in_paragraph > 0 && self.aside == 0 {
            push_capped(&mut self.text, text, cell_chars);
        }
    }

    /// What the cell shows.
    fn shown(&self) -> (String, Form) {
        let text = self.text.as_str();
        let value = self.value.as_deref().unwrap_or_default();
        match self.kind.as_deref() {
            Some("float" | "percentage" | "currency") => match value.trim().parse::<f64>() {
                Ok(number) if number.is_finite() => {
                    // Shown with zeros before it, by a format for that.
                    let is_padded = text.starts_with('0') && text.bytes().all(|b| b.is_ascii_digit());
                    let is_same = || text.trim_start_matches('0') == number::plain(number);
                    if is_padded && is_same() {
                        (text.to_owned(), Form::Number)
                    } else {
                        (number::plain(number), Form::Number)
                    }
                }
                _ => (text.to_owned(), Form::Text),
            },
            Some("date") => (number::iso(value), Form::Date),
            Some("time") => (time(value).unwrap_or_else(|| text.to_owned()), Form::Date),
            Some("boolean") => {
                let truth = if value == "true" { "TRUE" } else { "FALSE" };
                (truth.to_owned(), Form::Truth)
            }
            // What is shown is in paragraphs; the attribute stands in where there are none.
            _ if self.paragraphs == 0 => (value.to_owned(), Form::Text),
            _ => {
                let is_error = text.starts_with('#') && text.ends_with(['!', '?', 'A']) && text.len() < 9;
                (text.to_owned(), if is_error { Form::Error } else { Form::Text })
            }
        }
    }
}

/// `PT18H05M00S` as a clock shows it.
fn time(value: &str) -> Option<String> {
    let (hours, rest) = value.strip_prefix("PT")?.split_once('H')?;
    let (minutes, rest) = rest.split_once('M')?;
    let seconds = rest.strip_suffix('S')?.split(['.', ',']).next()?;
    let part = |text: &str| text.parse::<u32>().ok();
    Some(format!("{:02}:{:02}:{:02}", part(hours)?, part(minutes)?, part(seconds)?))
}

#[cfg(test)]
mod tests {
    use super::time;

    #[test]
    fn times_are_shown_as_a_clock_shows_them() {
        assert_eq!(time("PT18H05M00S").as_deref(), Some("18:05:00"));
        assert_eq!(time("PT7H5M3.5S").as_deref(), Some("07:05:03"));
        assert_eq!(time("P1D"), None);
    }
}
