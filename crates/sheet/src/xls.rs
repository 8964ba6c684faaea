//! Excel 97 to 2003 (MS-XLS, BIFF8): the values of cells, record by record.

mod cells;
mod text;

use domain::field::Rule;

use crate::{
    Read,
    cfb::Compound,
    container::{u16_at, u32_at},
    number::Shape,
    rows::Rows,
    strings::Strings,
    wrong::{self, Step},
};

use text::Texts;

/// Records this reader knows (MS-XLS 2.3).
mod record {
    pub(super) const BEGIN: u16 = 0x0809;
    pub(super) const END: u16 = 0x000A;
    pub(super) const CONTINUE: u16 = 0x003C;
    pub(super) const PASSWORD: u16 = 0x002F;
    pub(super) const SINCE_1904: u16 = 0x0022;
    pub(super) const SHEET: u16 = 0x0085;
    pub(super) const FORMAT: u16 = 0x041E;
    pub(super) const STYLE: u16 = 0x00E0;
    pub(super) const STRINGS: u16 = 0x00FC;
    pub(super) const LABEL: u16 = 0x0204;
    pub(super) const RICH_LABEL: u16 = 0x00D6;
    pub(super) const SHARED_LABEL: u16 = 0x00FD;
    pub(super) const NUMBER: u16 = 0x0203;
    pub(super) const SHORT_NUMBER: u16 = 0x027E;
    pub(super) const SHORT_NUMBERS: u16 = 0x00BD;
    pub(super) const TRUTH_OR_ERROR: u16 = 0x0205;
    pub(super) const FORMULA: u16 = 0x0006;
    pub(super) const TEXT_OF_FORMULA: u16 = 0x0207;
}

/// Sheets that are looked into for rows.
const SHEETS: usize = 1_000;
/// What of BIFF8 is asked for in the first record.
const BIFF8: u16 = 0x0600;

pub(crate) fn read(bytes: &[u8], rows: &mut Rows<'_>, read: &mut Read) -> Step {
    let file = Compound::open(bytes).ok_or_else(wrong::damaged)?;
    let Some(stream) = file.stream("Workbook") else {
        // A newer workbook with a password is wrapped in one of these.
        let error = match () {
            () if file.has("EncryptedPackage") => wrong::password(),
            () if file.has("Book") => wrong::format("Excel 5.0"),
            () if file.has("WordDocument") => wrong::format("DOC"),
            () if file.has("PowerPoint Document") => wrong::format("PPT"),
            () if file.has("__properties_version1.0") => wrong::format("MSG"),
            () => wrong::damaged(),
        };
        return Err(error.into());
    };
    let book = Book::read(&stream, rows.cell_chars())?;
    // Sheets lie side by side. A thousand of them in the same place would only take time.
    let mut left = stream.len();
    for sheet in &book.sheets {
        read.sheet = Some(sheet.name.clone());
        rows.restart();
        let records = stream.get(sheet.at..).ok_or_else(wrong::damaged)?;
        let rest = cells::read(Records { rest: records }, &book, rows)?;
        if rows.count() > 0 {
            return Ok(());
        }
        left = left.checked_sub(records.len() - rest).ok_or_else(wrong::damaged)?;
    }
    Ok(())
}

/// What the cells refer to.
struct Book {
    /// Sheets that are shown, in their order.
    sheets: Vec<Sheet>,
    since_1904: bool,
    strings: Strings,
    shapes: Vec<Shape>,
}

/// A sheet that is shown.
struct Sheet {
    name: String,
    at: usize,
}

impl Book {
    fn read(stream: &[u8], cell_chars: usize) -> Step<Self> {
        let mut book =
            Self { sheets: Vec::new(), since_1904: false, strings: Strings::default(), shapes: Vec::new() };
        let mut own = std::collections::HashMap::new();
        let mut formats = Vec::new();
        let mut records = Records { rest: stream };
        let first = records.next().filter(|first| first.kind == record::BEGIN).ok_or_else(wrong::damaged)?;
        if u16_at(first.data, 0) != Some(BIFF8) {
            return Err(wrong::format("Excel 5.0").into());
        }
        loop {
            let next = records.next().ok_or_else(wrong::damaged)?;
            match next.kind {
                record::PASSWORD => return Err(wrong::password().into()),
                record::SINCE_1904 => book.since_1904 = u16_at(next.data, 0) == Some(1),
                record::SHEET if book.sheets.len() < SHEETS => {
                    book.sheets.extend(sheet(next.data, cell_chars));
                }
                record::FORMAT => {
                    let id = u16_at(next.data, 0).ok_or_else(wrong::damaged)?;
                    let mut texts = Texts::new(next.data.get(2..).unwrap_or_default(), records);
                    let code = texts.long(cell_chars).ok_or_else(wrong::damaged)?;
                    own.insert(id, Shape::of_code(&code));
                }
                record::STYLE => formats.push(u16_at(next.data, 2).unwrap_or(0)),
                record::STRINGS => book.strings = strings(next.data, records, cell_chars)?,
                record::END => break,
                _ => {}
            }
        }
        let shape = |id: &u16| own.get(id).copied().unwrap_or_else(|| Shape::of_builtin(u32::from(*id)));
        book.shapes = formats.iter().map(shape).collect();
        Ok(book)
    }

    fn shape(&self, style: u16) -> Shape {
        self.shapes.get(usize::from(style)).copied().unwrap_or_default()
    }
}

/// A sheet, if it is shown and has cells.
fn sheet(data: &[u8], cell_chars: usize) -> Option<Sheet> {
    let is_shown = data.get(4)? % 4 == 0;
    let has_cells = *data.get(5)? == 0;
    let name = Texts::new(data.get(6..)?, Records { rest: &[] }).short(cell_chars)?;
    let at = usize::try_from(u32_at(data, 0)?).ok()?;
    (is_shown && has_cells).then_some(Sheet { name, at })
}

/// The texts that cells share.
fn strings(data: &[u8], records: Records<'_>, cell_chars: usize) -> Step<Strings> {
    let mut strings = Strings::default();
    let count = u32_at(data, 4).ok_or_else(wrong::damaged)?;
    let mut texts = Texts::new(data.get(8..).unwrap_or_default(), records);
    for _ in 0..count {
        // Each has three bytes at least, so that the data ends before a wrong count does.
        let text =
            texts.long(cell_chars).ok_or_else(|| wrong::file(Rule::Format).with("found", "damaged"))?;
        strings.push(&text)?;
    }
    Ok(strings)
}

/// A record.
struct Record<'a> {
    kind: u16,
    data: &'a [u8],
}

/// Records one after the other; a broken one ends them.
#[derive(Clone, Copy)]
struct Records<'a> {
    rest: &'a [u8],
}

impl<'a> Records<'a> {
    fn next(&mut self) -> Option<Record<'a>> {
        let kind = u16_at(self.rest, 0)?;
        let len = usize::from(u16_at(self.rest, 2)?);
        let data = self.rest.get(4..4 + len)?;
        self.rest = &self.rest[4 + len..];
        Some(Record { kind, data })
    }
}
