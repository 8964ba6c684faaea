//! Files of spreadsheets as rows, and rows as such files.
//!
//! Start at [`read`]: the bytes of a CSV, XLSX, XLS or ODS file in, one row after the other out,
//! never all at once. What a file is, its bytes say; its name is not asked for. [`CsvWriter`] and
//! [`XlsxWriter`] write what [`read`] reads again.
//!
//! **Invariants:** bytes in, rows out: no I/O, no clock. Whatever the bytes are, there is an answer
//! within the bounds of [`Limits`]: what is unpacked is counted while it is unpacked, and nothing is
//! allocated because a file says how large it is ([decision 32](../../../docs/decisions/0032-sheets.md)).

mod cfb;
mod container;
mod csv;
mod encoding;
mod number;
mod ods;
mod rows;
mod separator;
mod strings;
mod wrong;
mod xls;
mod xlsx;
mod xml;

mod write_csv;
mod write_xlsx;

use std::ops::ControlFlow;

use domain::{
    field::{FieldError, Rule},
    limits,
    table::Row,
};

pub use encoding::Encoding;
pub use write_csv::CsvWriter;
pub use write_xlsx::XlsxWriter;

use rows::Rows;
use wrong::Stop;

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Characters with separators.
    Csv,
    /// Excel since 2007, with or without macros.
    Xlsx,
    /// Excel 97 to 2003.
    Xls,
    /// `LibreOffice` and others.
    Ods,
}

impl Format {
    /// As people write it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::Xls => "xls",
            Self::Ods => "ods",
        }
    }
}

/// What a file may hold.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bytes of the file.
    pub bytes: usize,
    /// Bytes of all that is unpacked of it.
    pub unpacked: u64,
    /// Bytes of all its rows as they are given on.
    pub shown: u64,
    /// Rows that are not blank, headings included.
    pub rows: usize,
    /// Columns with something in them.
    pub columns: usize,
    /// Characters of a cell.
    pub cell_chars: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: limits::IMPORT_BYTES,
            unpacked: limits::IMPORT_UNPACKED_BYTES,
            shown: limits::IMPORT_SHOWN_BYTES,
            rows: limits::IMPORT_ROWS + limits::IMPORT_HEAD_ROWS,
            columns: limits::IMPORT_COLUMNS,
            cell_chars: limits::IMPORT_CELL_CHARS,
        }
    }
}

/// Characters of the name of a sheet that are told; Excel has at most 31.
const SHEET_NAME_CHARS: usize = 64;

/// What was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read {
    /// What the file is.
    pub format: Format,
    /// How a CSV file writes its characters.
    pub encoding: Option<Encoding>,
    /// What stands between the cells of a CSV file.
    pub separator: Option<char>,
    /// The sheet that was read: the first that is shown and not empty.
    pub sheet: Option<String>,
    /// Rows that are not blank.
    pub rows: usize,
}

/// Reads a file of people and gives every row that is not blank to `each`, until that says `Break`.
///
/// An error is of the field `file`, or of `file[17]` for the row 17, and ends the reading: what was
/// given before is part of a file that is not whole.
pub fn read(bytes: &[u8], each: &mut dyn FnMut(Row) -> ControlFlow<()>) -> Result<Read, FieldError> {
    read_within(bytes, &Limits::default(), each)
}

/// As [`read`], with other limits.
pub fn read_within(
    bytes: &[u8],
    limits: &Limits,
    each: &mut dyn FnMut(Row) -> ControlFlow<()>,
) -> Result<Read, FieldError> {
    if bytes.len() > limits.bytes {
        return Err(wrong::file(Rule::OutOfRange).with("max", wrong::megabytes(limits.bytes as u64)));
    }
    let mut rows = Rows::new(limits, each);
    let mut read = Read { format: Format::Csv, encoding: None, separator: None, sheet: None, rows: 0 };
    let done = match Kind::of(bytes) {
        Kind::Text => csv::read(bytes, &mut rows, &mut read),
        Kind::Zip => container::read(bytes, limits, &mut rows, &mut read),
        Kind::Compound => {
            read.format = Format::Xls;
            xls::read(bytes, &mut rows, &mut read)
        }
        Kind::Other(found) => Err(wrong::format(found).into()),
    };
    match done {
        Ok(()) | Err(Stop::Enough) => {}
        Err(Stop::Wrong(error)) => return Err(error),
    }
    read.rows = rows.count();
    read.sheet = read.sheet.map(|name| name.chars().take(SHEET_NAME_CHARS).collect());
    if read.rows == 0 {
        return Err(wrong::file(Rule::Required).with("expected", "rows"));
    }
    Ok(read)
}

/// What the first bytes say.
enum Kind {
    Text,
    Zip,
    Compound,
    Other(&'static str),
}

impl Kind {
    fn of(bytes: &[u8]) -> Self {
        const OTHERS: &[(&[u8], &str)] = &[
            (b"%PDF", "PDF"),
            (b"\x89PNG", "PNG"),
            (b"\xFF\xD8\xFF", "JPEG"),
            (b"GIF8", "GIF"),
            (b"BM", "BMP"),
            (b"II*\0", "TIFF"),
            (b"MM\0*", "TIFF"),
            (b"Rar!", "RAR"),
            (b"7z\xBC\xAF\x27\x1C", "7z"),
            (b"\x1F\x8B", "GZIP"),
            (b"{\\rtf", "RTF"),
            (b"MZ", "EXE"),
            (b"\x7FELF", "ELF"),
        ];
        if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
            return Self::Zip;
        }
        if bytes.starts_with(&cfb::MAGIC) {
            return Self::Compound;
        }
        let other = OTHERS.iter().find(|(magic, _)| bytes.starts_with(magic)).map(|(_, name)| *name);
        // Two letters are a magic number only where no text goes on.
        let is_text = || bytes.iter().take(512).all(|byte| *byte >= 0x20 || b"\t\r\n".contains(byte));
        if let Some(name) = other.filter(|name| !matches!(*name, "BMP" | "EXE") || !is_text()) {
            return Self::Other(name);
        }
        // Pages and XML that programs write with the ending of a spreadsheet.
        let head = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        let head: Vec<u8> = head.iter().take(64).map(u8::to_ascii_lowercase).collect();
        let head = head.trim_ascii_start();
        match head {
            [b'<', b'h', b't', b'm', b'l', ..]
            | [b'<', b't', b'a', b'b', b'l', ..]
            | [b'<', b'!', b'd', b'o', b'c', ..] => Self::Other("HTML"),
            [b'<', b'?', b'x', b'm', b'l', ..] => Self::Other("XML"),
            _ => Self::Text,
        }
    }
}
