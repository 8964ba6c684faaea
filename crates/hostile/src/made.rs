//! Small files made by hand, with sums and sizes that are right unless somebody says otherwise.

/// An entry of a ZIP file.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its name.
    pub name: String,
    /// Its bytes as they stand there.
    pub packed: Vec<u8>,
    /// How they are packed: 0 not at all, 8 as DEFLATE.
    pub method: u16,
    /// The sum of what they unpack to.
    pub crc: u32,
    /// The size of that.
    pub size: u32,
    /// Bit 0 says that it is sealed with a password.
    pub flags: u16,
}

impl Entry {
    /// Not packed.
    #[must_use]
    pub fn stored(name: &str, content: &[u8]) -> Self {
        let size = u32_of(content.len());
        let crc = crc32fast::hash(content);
        Self { name: name.to_owned(), packed: content.to_vec(), method: 0, crc, size, flags: 0 }
    }

    /// Packed.
    #[must_use]
    pub fn deflated(name: &str, content: &[u8]) -> Self {
        use std::io::Write as _;
        let mut packer = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
        let packed = packer.write_all(content).and_then(|()| packer.finish());
        Self { packed: packed.unwrap_or_default(), method: 8, ..Self::stored(name, content) }
    }
}

/// A ZIP file.
#[must_use]
pub fn zip(entries: &[Entry]) -> Vec<u8> {
    let (mut file, mut directory) = (Vec::new(), Vec::new());
    for entry in entries {
        let mut head = 20_u16.to_le_bytes().to_vec();
        head.extend(entry.flags.to_le_bytes());
        head.extend(entry.method.to_le_bytes());
        head.extend([0; 4]);
        head.extend(entry.crc.to_le_bytes());
        head.extend(u32_of(entry.packed.len()).to_le_bytes());
        head.extend(entry.size.to_le_bytes());
        head.extend(u16_of(entry.name.len()).to_le_bytes());
        head.extend([0; 2]);
        directory.extend(b"PK\x01\x02\x14\0");
        directory.extend(&head);
        directory.extend([0; 10]);
        directory.extend(u32_of(file.len()).to_le_bytes());
        directory.extend(entry.name.as_bytes());
        file.extend(b"PK\x03\x04");
        file.extend(head);
        file.extend(entry.name.as_bytes());
        file.extend(&entry.packed);
    }
    let (offset, size) = (file.len(), directory.len());
    file.extend(directory);
    file.extend(b"PK\x05\x06\0\0\0\0");
    let count = u16_of(entries.len()).to_le_bytes();
    file.extend(count);
    file.extend(count);
    file.extend(u32_of(size).to_le_bytes());
    file.extend(u32_of(offset).to_le_bytes());
    file.extend([0; 2]);
    file
}

const RELATIONS: &str = r#"<Relationships>
<Relationship Id="a" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/one.xml"/>
<Relationship Id="b" Type="http://purl.oclc.org/ooxml/officeDocument/relationships/sharedStrings" Target="/xl/shared.xml"/>
<Relationship Id="c" Type="x/styles" Target="styles.xml"/></Relationships>"#;
const BOOK: &str = r#"<x:workbook xmlns:x="x" xmlns:r="r"><x:sheets><x:sheet name="One &amp; only" sheetId="1" r:id="a"/></x:sheets></x:workbook>"#;
const STYLES: &str = r#"<styleSheet><numFmts><numFmt numFmtId="200" formatCode="dd\.mm\.yyyy"/></numFmts>
<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="200"/><xf numFmtId="22"/></cellXfs></styleSheet>"#;

/// The parts of a workbook with one sheet of these rows and these shared texts.
#[must_use]
pub fn parts(rows: &str, strings: &str) -> Vec<Entry> {
    let sheet =
        format!("<worksheet><cols/><sheetData>{rows}</sheetData><c r=\"A9\"><v>9</v></c></worksheet>");
    let strings = format!("<sst>{strings}</sst>");
    vec![
        Entry::stored("[Content_Types].xml", b"<Types/>"),
        Entry::stored("xl/_rels/workbook.xml.rels", RELATIONS.as_bytes()),
        Entry::stored("xl/workbook.xml", BOOK.as_bytes()),
        Entry::stored("xl/styles.xml", STYLES.as_bytes()),
        Entry::deflated("xl/shared.xml", strings.as_bytes()),
        Entry::deflated("xl/worksheets/one.xml", sheet.as_bytes()),
    ]
}

/// A workbook with one sheet of these rows.
#[must_use]
pub fn xlsx(rows: &str, strings: &str) -> Vec<u8> {
    zip(&parts(rows, strings))
}

/// A spreadsheet of `LibreOffice` with these tables.
#[must_use]
pub fn ods(tables: &str) -> Vec<u8> {
    zip(&[
        Entry::stored("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
        Entry::deflated("content.xml", content(tables).as_bytes()),
    ])
}

/// `content.xml` with these tables.
#[must_use]
pub fn content(tables: &str) -> String {
    format!(
        "<office:document-content xmlns:office=\"o\" xmlns:table=\"t\" xmlns:text=\"x\"><office:body>\
         <office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    )
}

/// Records of BIFF8.
#[must_use]
pub fn record(kind: u16, data: &[u8]) -> Vec<u8> {
    let mut record = kind.to_le_bytes().to_vec();
    record.extend(u16_of(data.len()).to_le_bytes());
    record.extend(data);
    record
}

/// What a workbook begins with.
pub const BEGIN_BOOK: &[u8] = &[0, 6, 5, 0, 0, 0, 0, 0];
/// What a sheet begins with.
pub const BEGIN_SHEET: &[u8] = &[0, 6, 0x10, 0, 0, 0, 0, 0];

/// A workbook of Excel 97 with one sheet of these records, which is where `place` says if that is
/// somewhere else than it says.
#[must_use]
pub fn xls(globals: &[u8], cells: &[u8], place: Option<u32>) -> Vec<u8> {
    let mut stream = record(0x0809, BEGIN_BOOK);
    stream.extend(globals);
    let name = [3, 0, b'O', b'n', b'e'];
    let sheet_at = stream.len() + 4 + 6 + name.len() + 4;
    let mut sheet = place.unwrap_or(u32_of(sheet_at)).to_le_bytes().to_vec();
    sheet.extend([0, 0]);
    sheet.extend(name);
    stream.extend(record(0x0085, &sheet));
    stream.extend(record(0x000A, &[]));
    stream.extend(record(0x0809, BEGIN_SHEET));
    stream.extend(cells);
    stream.extend(record(0x000A, &[]));
    compound("Workbook", &stream)
}

/// A compound file with one stream, of which it holds the first 64,512 bytes.
#[must_use]
pub fn compound(name: &str, stream: &[u8]) -> Vec<u8> {
    const FREE: u32 = 0xFFFF_FFFF;
    const LAST: u32 = 0xFFFF_FFFE;
    // Streams below 4,096 bytes would stand elsewhere, and one sector of table is enough for so many.
    let mut stream = stream.to_vec();
    stream.resize(stream.len().clamp(4_096, 126 * 512).next_multiple_of(512), 0);
    let sectors = u32_of(stream.len() / 512);
    let mut file = vec![0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
    file.resize(24, 0);
    file.extend([0x3E, 0, 3, 0, 0xFE, 0xFF, 9, 0, 6, 0]);
    file.resize(44, 0);
    for number in [1, 1, 0, 4_096, LAST, 0, LAST, 0, 0] {
        file.extend(number.to_le_bytes());
    }
    file.resize(512, 0xFF);
    // Sector 0 is the table: itself, the directory, and the chain of the stream.
    let mut table = vec![0xFFFF_FFFD, LAST];
    table.extend((0..sectors).map(|at| if at + 1 == sectors { LAST } else { at + 3 }));
    table.resize(128, FREE);
    file.extend(table.iter().flat_map(|number| number.to_le_bytes()));
    let entry = |name: &str, kind: u8, first: u32, size: usize| {
        let mut entry: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let len = u16_of(entry.len() + 2);
        entry.resize(64, 0);
        entry.extend(len.to_le_bytes());
        entry.extend([kind, 1]);
        entry.resize(116, 0xFF);
        entry.extend(first.to_le_bytes());
        entry.extend((size as u64).to_le_bytes());
        entry
    };
    file.extend(entry("Root Entry", 5, LAST, 0));
    file.extend(entry(name, 2, 2, stream.len()));
    file.resize(512 * 3, 0);
    file.extend(stream);
    file
}

/// A cell of BIFF8 with a text.
#[must_use]
pub fn label(row: u16, column: u16, text: &str) -> Vec<u8> {
    let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut data: Vec<u8> =
        [row, column, 0, u16_of(units.len() / 2)].into_iter().flat_map(u16::to_le_bytes).collect();
    data.push(1);
    data.extend(units);
    record(0x0204, &data)
}

/// A cell of BIFF8 with a number.
#[must_use]
pub fn number(row: u16, column: u16, value: f64) -> Vec<u8> {
    let mut data: Vec<u8> = [row, column, 0].into_iter().flat_map(u16::to_le_bytes).collect();
    data.extend(value.to_le_bytes());
    record(0x0203, &data)
}

/// Files made here are small.
fn u32_of(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn u16_of(number: usize) -> u16 {
    u16::try_from(number).unwrap_or(u16::MAX)
}
