//! Rows as a workbook of one sheet, in which every cell is a text: zeros before a number stay, and
//! nothing is a formula.
//!
//! The sheet is the last part and is packed while it is written; its sum and sizes follow it
//! (APPNOTE 4.3.9), so that nothing has to be kept or gone back to.

use std::{
    fmt::Write as _,
    io::{self, Write},
};

use domain::table::letters;
use flate2::{Compression, write::DeflateEncoder};

/// Rows, columns and characters of a cell that Excel opens.
const ROWS: u32 = 1_048_576;
const COLUMNS: usize = 16_384;
const CELL_CHARS: usize = 32_767;
/// Characters of the name of a sheet.
const NAME_CHARS: usize = 31;

const XML: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
const KIND: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml";

/// Writes rows one after the other and keeps none.
pub struct XlsxWriter<W: Write> {
    sheet: DeflateEncoder<Counted<W>>,
    sum: crc32fast::Hasher,
    unpacked: u64,
    offset: u64,
    parts: Vec<Part>,
    rows: u32,
    text: String,
}

impl<W: Write> XlsxWriter<W> {
    /// Begins a workbook whose sheet has this name.
    pub fn new(to: W, sheet: &str) -> io::Result<Self> {
        let mut to = Counted { to, count: 0 };
        let mut parts = Vec::new();
        for (name, content) in frame(sheet) {
            let offset = begin(&mut to, name)?;
            let mut packer = DeflateEncoder::new(&mut to, Compression::default());
            packer.write_all(content.as_bytes())?;
            packer.finish()?;
            let crc = crc32fast::hash(content.as_bytes());
            parts.push(end(&mut to, name, offset, crc, content.len() as u64)?);
        }
        let offset = begin(&mut to, SHEET)?;
        // More effort makes a file a tenth smaller in twice the time.
        let sheet = DeflateEncoder::new(to, Compression::new(3));
        let sum = crc32fast::Hasher::new();
        let text = format!("{XML}<worksheet xmlns=\"{MAIN}\"><sheetData>");
        let mut writer = Self { sheet, sum, unpacked: 0, offset, parts, rows: 0, text };
        writer.pack()?;
        Ok(writer)
    }

    /// Writes a row.
    pub fn row<S: AsRef<str>>(&mut self, cells: impl IntoIterator<Item = S>) -> io::Result<()> {
        self.rows += 1;
        if self.rows > ROWS {
            return Err(io::Error::other("more rows than a sheet can have"));
        }
        let row = self.rows;
        let _ = write!(self.text, "<row r=\"{row}\">");
        for (column, text) in cells.into_iter().enumerate() {
            let text = text.as_ref();
            if text.is_empty() {
                continue;
            }
            if column >= COLUMNS || text.chars().count() > CELL_CHARS {
                return Err(io::Error::other("more than a sheet can have"));
            }
            let place = letters(column);
            let _ = write!(
                self.text,
                "<c r=\"{place}{row}\" s=\"1\" t=\"inlineStr\"><is><t xml:space=\"preserve\">"
            );
            push_escaped(&mut self.text, text);
            self.text.push_str("</t></is></c>");
        }
        self.text.push_str("</row>");
        self.pack()
    }

    /// What is written to, so that parts of the file can be taken out and sent.
    pub fn get_mut(&mut self) -> &mut W {
        &mut self.sheet.get_mut().to
    }

    /// Ends the workbook.
    pub fn finish(mut self) -> io::Result<W> {
        self.text.push_str("</sheetData></worksheet>");
        self.pack()?;
        let mut to = self.sheet.finish()?;
        self.parts.push(end(&mut to, SHEET, self.offset, self.sum.finalize(), self.unpacked)?);
        let directory = to.count;
        for part in &self.parts {
            part.write_entry(&mut to)?;
        }
        let size = small(to.count - directory)?;
        let count = u16::try_from(self.parts.len()).map_err(io::Error::other)?;
        let mut last = b"PK\x05\x06\0\0\0\0".to_vec();
        last.extend(count.to_le_bytes());
        last.extend(count.to_le_bytes());
        last.extend(size.to_le_bytes());
        last.extend(small(directory)?.to_le_bytes());
        last.extend(0_u16.to_le_bytes());
        to.write_all(&last)?;
        to.flush()?;
        Ok(to.to)
    }

    fn pack(&mut self) -> io::Result<()> {
        self.sum.update(self.text.as_bytes());
        self.unpacked += self.text.len() as u64;
        self.sheet.write_all(self.text.as_bytes())?;
        self.text.clear();
        Ok(())
    }
}

const SHEET: &str = "xl/worksheets/sheet1.xml";

/// All parts but the sheet.
fn frame(sheet: &str) -> [(&'static str, String); 5] {
    let name: String =
        sheet.chars().map(|c| if "[]:*?/\\'".contains(c) { ' ' } else { c }).take(NAME_CHARS).collect();
    let mut escaped = String::new();
    push_escaped(&mut escaped, &name);
    let name = escaped.replace('"', "&quot;");
    let types = format!(
        "{XML}<Types xmlns=\"{PACKAGE}/content-types\">\
         <Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
         <Default Extension=\"xml\" ContentType=\"application/xml\"/>\
         <Override PartName=\"/xl/workbook.xml\" ContentType=\"{KIND}.sheet.main+xml\"/>\
         <Override PartName=\"/xl/styles.xml\" ContentType=\"{KIND}.styles+xml\"/>\
         <Override PartName=\"/{SHEET}\" ContentType=\"{KIND}.worksheet+xml\"/></Types>"
    );
    let root = format!(
        "{XML}<Relationships xmlns=\"{PACKAGE}/relationships\">\
         <Relationship Id=\"rId1\" Type=\"{OFFICE}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
    );
    let book = format!(
        "{XML}<workbook xmlns=\"{MAIN}\" xmlns:r=\"{OFFICE}\">\
         <sheets><sheet name=\"{name}\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"
    );
    let relations = format!(
        "{XML}<Relationships xmlns=\"{PACKAGE}/relationships\">\
         <Relationship Id=\"rId1\" Type=\"{OFFICE}/worksheet\" Target=\"worksheets/sheet1.xml\"/>\
         <Relationship Id=\"rId2\" Type=\"{OFFICE}/styles\" Target=\"styles.xml\"/></Relationships>"
    );
    // Format 49 is "text": what somebody types over a cell keeps its zeros, too.
    let styles = format!(
        "{XML}<styleSheet xmlns=\"{MAIN}\">\
         <fonts count=\"1\"><font><sz val=\"11\"/><name val=\"Calibri\"/></font></fonts>\
         <fills count=\"2\"><fill><patternFill patternType=\"none\"/></fill>\
         <fill><patternFill patternType=\"gray125\"/></fill></fills>\
         <borders count=\"1\"><border><left/><right/><top/><bottom/><diagonal/></border></borders>\
         <cellStyleXfs count=\"1\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\"/></cellStyleXfs>\
         <cellXfs count=\"2\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\"/>\
         <xf numFmtId=\"49\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\"/></cellXfs>\
         <cellStyles count=\"1\"><cellStyle name=\"Normal\" xfId=\"0\" builtinId=\"0\"/></cellStyles></styleSheet>"
    );
    [
        ("[Content_Types].xml", types),
        ("_rels/.rels", root),
        ("xl/workbook.xml", book),
        ("xl/_rels/workbook.xml.rels", relations),
        ("xl/styles.xml", styles),
    ]
}

/// A text in XML; what XML has no character for, as spreadsheets write it.
fn push_escaped(to: &mut String, text: &str) {
    for (at, c) in text.char_indices() {
        match c {
            '&' => to.push_str("&amp;"),
            '<' => to.push_str("&lt;"),
            '>' => to.push_str("&gt;"),
            '_' if looks_escaped(&text[at..]) => to.push_str("_x005F_"),
            '\t' | '\n' => to.push(c),
            c if c.is_control() || matches!(c, '\u{FFFE}' | '\u{FFFF}') => {
                let _ = write!(to, "_x{:04X}_", u32::from(c));
            }
            c => to.push(c),
        }
    }
}

/// Whether a text begins as what stands for a character, whatever comes behind it.
fn looks_escaped(text: &str) -> bool {
    let digits = text.strip_prefix("_x").and_then(|rest| rest.get(..4));
    digits.is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// Counts what is written.
struct Counted<W> {
    to: W,
    count: u64,
}

impl<W: Write> Write for Counted<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.to.write(bytes)?;
        self.count += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// A part that is written.
struct Part {
    name: &'static str,
    offset: u32,
    crc: u32,
    packed: u32,
    unpacked: u32,
}

/// What both kinds of heads of a part begin with: version 2.0; sum and sizes follow; deflated; written
/// in 1980, so that the same rows are the same bytes.
const HEAD: [u8; 10] = [20, 0, 8, 8, 8, 0, 0, 0, 0x21, 0];

fn begin<W: Write>(to: &mut Counted<W>, name: &str) -> io::Result<u64> {
    let offset = to.count;
    let mut head = b"PK\x03\x04".to_vec();
    head.extend(HEAD);
    head.extend([0; 12]);
    head.extend(name_len(name)?);
    head.extend([0; 2]);
    head.extend(name.as_bytes());
    to.write_all(&head)?;
    Ok(offset)
}

fn end<W: Write>(
    to: &mut Counted<W>,
    name: &'static str,
    offset: u64,
    crc: u32,
    unpacked: u64,
) -> io::Result<Part> {
    let packed = to.count - offset - 30 - name.len() as u64;
    let part = Part { name, offset: small(offset)?, crc, packed: small(packed)?, unpacked: small(unpacked)? };
    let mut behind = b"PK\x07\x08".to_vec();
    behind.extend(part.sizes());
    to.write_all(&behind)?;
    Ok(part)
}

impl Part {
    fn sizes(&self) -> Vec<u8> {
        [self.crc, self.packed, self.unpacked].into_iter().flat_map(u32::to_le_bytes).collect()
    }

    fn write_entry<W: Write>(&self, to: &mut W) -> io::Result<()> {
        let mut entry = b"PK\x01\x02\x14\0".to_vec();
        entry.extend(HEAD);
        entry.extend(self.sizes());
        entry.extend(name_len(self.name)?);
        entry.extend([0; 12]);
        entry.extend(self.offset.to_le_bytes());
        entry.extend(self.name.as_bytes());
        to.write_all(&entry)
    }
}

fn name_len(name: &str) -> io::Result<[u8; 2]> {
    u16::try_from(name.len()).map(u16::to_le_bytes).map_err(io::Error::other)
}

fn small(number: u64) -> io::Result<u32> {
    u32::try_from(number).map_err(|_| io::Error::other("a workbook of more than 4 GB"))
}
