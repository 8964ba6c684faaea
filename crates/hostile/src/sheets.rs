//! Files of spreadsheets.

use std::ops::ControlFlow;

use domain::{
    field::FieldError,
    table::{Cell, Form, Row},
};
use sheet::{CsvWriter, Format, Limits, Read, XlsxWriter};

use crate::{
    made::{self, Entry},
    parts,
};

/// Smaller than those of the product, so that small files reach them.
const LIMITS: Limits =
    Limits { bytes: 1 << 20, unpacked: 4 << 20, shown: 2 << 20, rows: 2_000, columns: 40, cell_chars: 500 };
/// Rows that are written and read once more.
const AGAIN: usize = 300;

/// Any file.
pub fn any(bytes: &[u8]) {
    again(&read(bytes, &LIMITS).unwrap_or_default());
}

/// A text, whatever it begins with.
pub fn csv(bytes: &[u8]) {
    // No magic number begins with a blank; marks of Unicode stay in front.
    let is_marked = [[0xEF, 0xBB], [0xFF, 0xFE], [0xFE, 0xFF]].iter().any(|mark| bytes.starts_with(mark));
    let text = if is_marked { bytes.to_vec() } else { [b" ", bytes].concat() };
    let rows = read(&text, &LIMITS).unwrap_or_default();
    assert!(rows.iter().flat_map(|row| &row.cells).all(|cell| cell.form == Form::Text), "typed as it is");
    again(&rows);
}

/// A workbook: the sheet (all of it, or its rows), shared texts, styles, the book, what it refers to.
pub fn xlsx(bytes: &[u8]) {
    let mut given = parts(bytes, 0);
    let rows = given.next().unwrap_or_default();
    let sheet = match rows.starts_with(b"<?xml") || rows.starts_with(b"<worksheet") {
        true => rows.to_vec(),
        false => [b"<worksheet><sheetData>", rows, b"</sheetData></worksheet>"].concat(),
    };
    let mut entries = made::parts("", "");
    for (which, content) in [(4, given.next()), (3, given.next()), (2, given.next()), (1, given.next())] {
        if let Some(content) = content.filter(|content| !content.is_empty()) {
            entries[which] = Entry::stored(&entries[which].name, content);
        }
    }
    entries[5] = Entry::stored(&entries[5].name, &sheet);
    again(&read(&made::zip(&entries), &LIMITS).unwrap_or_default());
}

/// A workbook of Excel 97: its stream, or the cells of its sheet.
pub fn xls(bytes: &[u8]) {
    let is_book = bytes.starts_with(&[0x09, 0x08]);
    let file = if is_book { made::compound("Workbook", bytes) } else { made::xls(&[], bytes, None) };
    again(&read(&file, &LIMITS).unwrap_or_default());
}

/// A spreadsheet of `LibreOffice`: its content (all of it, or its tables), and the list of its parts.
pub fn ods(bytes: &[u8]) {
    let mut given = parts(bytes, 0);
    let tables = given.next().unwrap_or_default();
    let content = match tables.starts_with(b"<?xml") || tables.starts_with(b"<office:document") {
        true => tables.to_vec(),
        false => {
            let frame = made::content("\0");
            let (before, after) = frame.split_once('\0').unwrap_or_default();
            [before.as_bytes(), tables, after.as_bytes()].concat()
        }
    };
    let mut entries = vec![Entry::stored("content.xml", &content)];
    entries.extend(given.next().map(|manifest| Entry::stored("META-INF/manifest.xml", manifest)));
    again(&read(&made::zip(&entries), &LIMITS).unwrap_or_default());
}

/// Rows of any texts, as they are written and read again.
pub fn written(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let rows: Vec<Vec<&str>> = text.split('\u{1E}').map(|row| row.split('\u{1F}').collect()).collect();
    let rows: Vec<_> = rows.into_iter().take(AGAIN).collect();
    for file in [to_csv(&rows), to_xlsx(&rows)] {
        let found = read(&file, &LIMITS);
        if rows.iter().flatten().all(|cell| is_plain(cell)) && !shown(&rows).is_empty() && fits(&rows) {
            let found = found.unwrap_or_else(|error| panic!("what was written is read: {error:?}"));
            assert_eq!(texts(&found), shown(&rows));
        }
    }
}

/// Reads a file to its end or to what is wrong with it, and checks what is given on.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Vec<Row>, FieldError> {
    let (mut rows, mut line, mut cost) = (Vec::new(), 0, 0);
    let read = sheet::read_within(bytes, limits, &mut |row: Row| {
        assert!(row.line > line, "rows stand in their order");
        line = row.line;
        assert!(row.cells.len() <= limits.columns, "no more columns than there may be");
        assert!(row.cells.last().is_some_and(|cell| !cell.text.is_empty()), "a row is not blank");
        for cell in &row.cells {
            cost += size_of::<Cell>() + cell.text.len();
            assert!(cell.text.chars().count() <= limits.cell_chars, "no cell is too long");
            assert_eq!(cell.text.trim(), cell.text, "blanks around a text are not given on");
            assert!(!cell.text.contains(is_forbidden), "a text has no such characters: {:?}", cell.text);
        }
        rows.push(row);
        ControlFlow::Continue(())
    });
    assert!(rows.len() <= limits.rows, "no more rows than there may be");
    assert!(cost as u64 <= limits.shown, "no more is given on than may be kept");
    match read {
        Ok(read) => {
            check(&read, rows.len());
            Ok(rows)
        }
        Err(error) => {
            let place = error.field.strip_prefix("file").expect("an error is of the file");
            let line = place.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
            assert!(place.is_empty() || line.is_some_and(|line| line.parse::<u32>().is_ok()), "{error:?}");
            Err(error)
        }
    }
}

fn check(read: &Read, rows: usize) {
    assert_eq!(read.rows, rows, "as many rows as were given on");
    assert!(rows > 0, "a file without rows is told");
    assert_eq!(read.encoding.is_some(), read.format == Format::Csv);
    assert_eq!(read.separator.is_some(), read.format == Format::Csv);
    assert!(read.sheet.as_ref().is_none_or(|name| name.chars().count() <= 64));
}

/// What was read comes back from both kinds of files the product writes. A workbook takes ten times as long,
/// so only some are written.
fn again(rows: &[Row]) {
    let rows: Vec<Vec<&str>> = rows
        .iter()
        .take(AGAIN)
        .map(|row| row.cells.iter().map(|cell| cell.text.as_str()).collect())
        .collect();
    if rows.is_empty() {
        return;
    }
    let csv = to_csv(&rows);
    let book = crc32fast::hash(&csv).is_multiple_of(16).then(|| to_xlsx(&rows));
    for file in [Some(csv), book].into_iter().flatten() {
        let found = read(&file, &Limits::default());
        let found = found.unwrap_or_else(|error| panic!("what was written is read: {error:?}"));
        assert_eq!(texts(&found), shown(&rows));
        assert!(found.iter().flat_map(|row| &row.cells).all(|cell| cell.form == Form::Text));
    }
}

fn to_csv(rows: &[Vec<&str>]) -> Vec<u8> {
    let mut writer = CsvWriter::new(Vec::new()).expect("memory");
    for row in rows {
        writer.row(row).expect("memory");
    }
    writer.finish().expect("memory")
}

fn to_xlsx(rows: &[Vec<&str>]) -> Vec<u8> {
    let mut writer = XlsxWriter::new(Vec::new(), "People").expect("memory");
    for row in rows {
        // A sheet has bounds of its own; what is beyond is told, and ends the file.
        if writer.row(row).is_err() {
            break;
        }
    }
    writer.finish().expect("memory")
}

fn texts(rows: &[Row]) -> Vec<Vec<&str>> {
    rows.iter().map(|row| row.cells.iter().map(|cell| cell.text.as_str()).collect()).collect()
}

/// Rows as reading gives them: without empty cells at the end, and without empty rows.
fn shown<'t>(rows: &[Vec<&'t str>]) -> Vec<Vec<&'t str>> {
    let width = |row: &[&str]| row.iter().rposition(|cell| !cell.is_empty()).map_or(0, |last| last + 1);
    rows.iter().map(|row| row[..width(row)].to_vec()).filter(|row| !row.is_empty()).collect()
}

/// Whether reading gives a text on as it is.
fn is_plain(text: &str) -> bool {
    let blank = |c: char| c.is_whitespace() || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}');
    text.trim_matches(blank) == text && !text.contains(is_forbidden)
}

fn is_forbidden(c: char) -> bool {
    (c.is_control() && !"\t\r\n".contains(c)) || matches!(c, '\u{FFFD}'..='\u{FFFF}')
}

/// Whether rows are within the limits, with what writing adds.
fn fits(rows: &[Vec<&str>]) -> bool {
    let cost: usize = rows.iter().flatten().map(|cell| size_of::<Cell>() + cell.len()).sum();
    let one = |cell: &&str| cell.chars().count() < LIMITS.cell_chars;
    cost < 1 << 20 && rows.iter().all(|row| row.len() <= LIMITS.columns && row.iter().all(one))
}
