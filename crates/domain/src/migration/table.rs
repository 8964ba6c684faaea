//! A file as rows whose cells have a meaning: its characters, its separator,
//! its headings, and what stands in it that is no data.

use std::collections::BTreeMap;

use super::Column;
use crate::{
    field::{FieldError, Rule},
    limits,
};

/// Errors of one file beyond which nobody reads on.
const ERRORS: usize = 200;

/// The data of a file.
#[derive(Debug, Default)]
pub(super) struct Table {
    pub(super) rows: Vec<Row>,
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
    headings: std::rc::Rc<BTreeMap<&'static str, String>>,
}

impl Row {
    pub(super) fn text(&self, column: &str) -> Option<&str> {
        self.cells.get(column).map(String::as_str)
    }

    pub(super) fn field(&self, column: &str) -> String {
        format!("{}[{}].{column}", self.file, self.line)
    }

    /// Cells with characters that are none: the file was cut or written as something else.
    fn unreadable(&self) -> Vec<FieldError> {
        let broken = self.cells.iter().filter(|(_, text)| text.contains(char::REPLACEMENT_CHARACTER));
        let error = |(column, _): (&&'static str, &String)| {
            let error = FieldError::new(self.field(column), Rule::ForbiddenCharacter);
            self.explain(column, error.with("expected", "UTF-8, UTF-16 or Windows-1252"))
        };
        broken.map(error).collect()
    }

    /// Adds where in the file the value stands.
    pub(super) fn explain(&self, column: &str, error: FieldError) -> FieldError {
        let heading = self.headings.get(column).map_or(column, String::as_str);
        let shown: String = self.text(column).unwrap_or_default().chars().take(100).collect();
        error.with("row", self.line).with("column", heading).with("value", shown)
    }
}

impl Table {
    pub(super) fn read(
        file: &'static str,
        bytes: &[u8],
        columns: &'static [Column],
    ) -> (Self, Vec<FieldError>) {
        let text = decode(bytes);
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .trim(csv::Trim::All)
            .delimiter(separator(&text))
            .from_reader(text.as_bytes());
        let mut errors = Vec::new();
        let mut head: Option<Head> = None;
        let mut rows = Vec::new();
        let mut lines = Lines { text: &text, at: 0, line: 1 };
        let mut last = (1, false);
        for record in reader.records() {
            let Ok(record) = record else {
                errors.push(FieldError::new(file, Rule::Format).with("expected", "a CSV file"));
                break;
            };
            let line = lines.of(&record);
            last = (line, record.iter().any(|cell| cell.contains('\n')));
            if is_no_data(&record) {
                continue;
            }
            let Some(head) = &head else {
                match Head::read(file, &record, columns) {
                    Ok(read) => head = Some(read),
                    Err(wrong) => return (Self::default(), wrong),
                }
                continue;
            };
            if record.iter().skip(head.width).any(|cell| !cell.is_empty()) {
                let expected = format!("columns of the headings, as {}", head.width);
                let error = FieldError::new(format!("{file}[{line}]"), Rule::Format);
                errors.push(error.with("row", line).with("expected", expected));
                if errors.len() >= ERRORS {
                    break;
                }
                continue;
            }
            if rows.len() > limits::MIGRATION_ROWS {
                break;
            }
            let row = head.row(file, line, &record);
            errors.extend(row.unreadable());
            if errors.len() >= ERRORS {
                break;
            }
            rows.push(row);
        }
        // A quote that nobody closes takes all rows after it into its cell.
        if last.1 && text.matches('"').count() % 2 == 1 {
            let error = FieldError::new(format!("{file}[{}]", last.0), Rule::Format);
            errors.push(error.with("row", last.0).with("expected", "a closing quote for every quote"));
        }
        if head.is_none() && errors.is_empty() {
            errors.push(FieldError::new(file, Rule::Required).with("expected", "a row of headings"));
        }
        (Self { rows }, errors)
    }
}

/// Lines as a spreadsheet or an editor counts them. The reader counts a line
/// that ends in two characters with the next.
struct Lines<'t> {
    text: &'t str,
    at: usize,
    line: u64,
}

impl Lines<'_> {
    fn of(&mut self, record: &csv::StringRecord) -> u64 {
        let start = record.position().and_then(|p| usize::try_from(p.byte()).ok()).unwrap_or(self.at);
        let bytes = self.text.as_bytes();
        let blank = bytes.iter().skip(start).take_while(|b| matches!(b, b'\r' | b'\n')).count();
        let start = (start + blank).clamp(self.at, bytes.len());
        let passed = bytes[self.at..start].split(|b| *b == b'\n').count() - 1;
        (self.at, self.line) = (start, self.line + u64::try_from(passed).unwrap_or(u64::MAX));
        self.line
    }
}

/// The headings of a file.
struct Head {
    width: usize,
    /// What each column means; none where that is unknown.
    meanings: Vec<Option<&'static str>>,
    headings: std::rc::Rc<BTreeMap<&'static str, String>>,
}

impl Head {
    fn read(
        file: &'static str,
        record: &csv::StringRecord,
        columns: &'static [Column],
    ) -> Result<Self, Vec<FieldError>> {
        let (mut meanings, mut headings) = (Vec::new(), BTreeMap::new());
        for heading in record {
            let folded = fold(heading);
            let known =
                columns.iter().find(|c| c.known_as.contains(&folded.as_str()) || fold(c.means) == folded);
            // Of two columns that mean the same the first is read.
            let means = known.map(|c| c.means).filter(|means| !headings.contains_key(means));
            headings.extend(means.map(|means| (means, heading.to_owned())));
            meanings.push(means);
        }
        let missing = columns.iter().filter(|c| c.needed && !headings.contains_key(c.means));
        let errors: Vec<_> = missing
            .map(|c| {
                let error = FieldError::new(format!("{file}.{}", c.means), Rule::Required);
                error.with("known", c.known_as.join(", "))
            })
            .collect();
        let headings = std::rc::Rc::new(headings);
        if errors.is_empty() { Ok(Self { width: record.len(), meanings, headings }) } else { Err(errors) }
    }

    fn row(&self, file: &'static str, line: u64, record: &csv::StringRecord) -> Row {
        let cells = self.meanings.iter().zip(record).filter_map(|(means, cell)| {
            let words: Vec<_> = cell.split_whitespace().collect();
            (*means).filter(|_| !words.is_empty()).map(|means| (means, words.join(" ")))
        });
        Row { file, line, cells: cells.collect(), headings: self.headings.clone() }
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
fn is_no_data(record: &csv::StringRecord) -> bool {
    let Some(first) = record.iter().find(|cell| !cell.is_empty()) else { return true };
    let first = first.to_lowercase();
    first.starts_with('#') || first.starts_with("version:") || first.starts_with("example")
}

/// The separator: what stands most often, outside of quotes, in the first line that has any.
fn separator(text: &str) -> u8 {
    let mut counts = [(b'\t', 0_usize), (b';', 0), (b',', 0)];
    let mut quoted = false;
    for byte in text.bytes() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted && counts.iter().any(|(_, n)| *n > 0) => break,
            _ if quoted => {}
            _ => counts.iter_mut().filter(|(c, _)| *c == byte).for_each(|(_, n)| *n += 1),
        }
    }
    // Of equally many the last.
    counts.iter().max_by_key(|(_, n)| *n).map_or(b',', |(c, _)| *c)
}

/// Excel writes UTF-8 with a mark, UTF-16 with a mark, or the code page of its
/// Windows (1252, as WHATWG Encoding has it), which no valid UTF-8 looks like.
fn decode(bytes: &[u8]) -> String {
    let wide = |rest: &[u8], unit: fn([u8; 2]) -> u16| {
        let units = rest.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
        char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
    };
    match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        [0xFF, 0xFE, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => wide(rest, u16::from_be_bytes),
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => bytes.iter().map(|byte| of_windows(*byte)).collect(),
        },
    }
}

fn of_windows(byte: u8) -> char {
    const UPPER: [char; 32] = [
        '\u{20AC}', '\u{81}', '\u{201A}', '\u{192}', '\u{201E}', '\u{2026}', '\u{2020}', '\u{2021}',
        '\u{2C6}', '\u{2030}', '\u{160}', '\u{2039}', '\u{152}', '\u{8D}', '\u{17D}', '\u{8F}', '\u{90}',
        '\u{2018}', '\u{2019}', '\u{201C}', '\u{201D}', '\u{2022}', '\u{2013}', '\u{2014}', '\u{2DC}',
        '\u{2122}', '\u{161}', '\u{203A}', '\u{153}', '\u{9D}', '\u{17E}', '\u{178}',
    ];
    let upper = usize::from(byte).checked_sub(0x80).and_then(|i| UPPER.get(i));
    upper.copied().unwrap_or(char::from(byte))
}
