//! Files that other programs wrote (`corpus/README.md`), as they are and broken in many ways.

use std::{ops::ControlFlow, path::PathBuf};

use domain::table::Form::{Date, Number, Text, Truth};
use proptest::prelude::*;
use sheet::Limits;

use crate::support::{forms, read, refusal, texts};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/corpus")
}

fn file(name: &str) -> Vec<u8> {
    std::fs::read(folder().join(name)).expect("a file of the corpus")
}

/// The same table in all of them.
fn people() -> Vec<(u32, Vec<&'static str>)> {
    vec![
        (
            1,
            vec![
                "Given name",
                "Surname",
                "Phone",
                "Employee",
                "Postcode",
                "Start",
                "Seen",
                "Active",
                "Groups",
            ],
        ),
        (
            2,
            vec![
                "Søren",
                "Ødegård",
                "+45 12 34 56 78",
                "00042",
                "01234",
                "2026-12-31",
                "2026-12-31T18:00:00",
                "TRUE",
                "Sales\nAll",
            ],
        ),
        (
            3,
            vec![
                "Łukasz",
                "Wiśniewski",
                "0048501234567",
                "7",
                "00501",
                "1999-01-01",
                "2026-01-02T03:04:05",
                "FALSE",
                "a & b < c",
            ],
        ),
        (5, vec!["Nguyễn", "Văn An", "49301234567", "x", "99999", "", "", "", "trimmed"]),
    ]
}

#[test]
fn other_programs_write_the_same_table() {
    for (name, last) in [
        ("xlsxwriter.xlsx", vec!["Søren again", "0.1", "-3.25", "2", "#N/A"]),
        ("streamed.xlsx", vec!["Søren again", "0.1", "-3.25", "2", "#N/A"]),
        ("mac1904.xlsx", vec!["Søren again", "0.1", "-3.25", "2", "#N/A"]),
        ("openpyxl.xlsx", vec!["=A2&\" again\"", "0.1", "-3.25", "=1+1", "#N/A"]),
        ("odfpy.ods", vec!["Søren again", "0.1", "-3.25", "2"]),
        // Its writer computes nothing and says that it is empty.
        ("xlwt.xls", vec!["", "0.1", "-3.25"]),
    ] {
        let mut expected = people();
        expected.push((6, last));
        let found = texts(&file(name));
        let found: Vec<_> = found
            .iter()
            .map(|(line, cells)| (*line, cells.iter().map(String::as_str).collect::<Vec<_>>()))
            .collect();
        assert_eq!(found, expected, "{name}");
        let (read, _) = read(&file(name)).expect("readable");
        assert_eq!(read.sheet.as_deref(), Some("People"), "{name}");
        let people = &forms(&file(name))[1];
        assert_eq!(*people, [Text, Text, Text, Text, Number, Date, Date, Truth, Text], "{name}");
    }
}

#[test]
fn long_lists_of_shared_texts_are_read_across_their_records() {
    let rows = texts(&file("long.xls"));
    assert_eq!(rows.len(), 300);
    let expected = |number: usize| match number % 3 {
        0 => format!("latin {number} ").repeat(5),
        _ => format!("żółć {number} ").repeat(5),
    };
    for (number, (line, cells)) in rows.iter().enumerate() {
        assert_eq!(*line as usize, number + 1);
        assert_eq!(cells[0], expected(number).trim());
        assert_eq!(cells[1], number.to_string());
        assert_eq!(cells[3], (number * 1_000_000).to_string());
    }
    assert_eq!(rows[3].1[2], "0.75");
}

#[test]
fn what_cannot_be_read_is_told() {
    assert_eq!(refusal(&file("password.xlsx")), "file format expected=CSV, XLSX, XLS, ODS; found=password");
    assert_eq!(refusal(&file("text.odt")), "file format expected=CSV, XLSX, XLS, ODS; found=OpenDocument");
}

/// How a file gets broken.
#[derive(Debug, Clone)]
enum Damage {
    Set(prop::sample::Index, u8),
    Number(prop::sample::Index, u32),
    Cut(prop::sample::Index),
    Drop(prop::sample::Index, u8),
    Copy(prop::sample::Index, prop::sample::Index, u8),
}

impl Damage {
    fn any() -> impl Strategy<Value = Self> {
        let place = any::<prop::sample::Index>;
        prop_oneof![
            6 => (place(), any::<u8>()).prop_map(|(at, byte)| Self::Set(at, byte)),
            4 => (place(), prop::sample::select(vec![0, 1, 0x7FFF_FFFF, 0xFFFF_FFFF, 0xFFFF_FFFE, 0xFFFF])).prop_map(|(at, number)| Self::Number(at, number)),
            1 => place().prop_map(Self::Cut),
            1 => (place(), any::<u8>()).prop_map(|(at, len)| Self::Drop(at, len)),
            2 => (place(), place(), any::<u8>()).prop_map(|(from, to, len)| Self::Copy(from, to, len)),
        ]
    }

    fn apply(&self, bytes: &mut Vec<u8>) {
        if bytes.is_empty() {
            return;
        }
        let end = |at: usize, len: u8, all: usize| (at + usize::from(len)).min(all);
        match self {
            Self::Set(at, byte) => {
                let at = at.index(bytes.len());
                bytes[at] = *byte;
            }
            Self::Number(at, number) => {
                let at = at.index(bytes.len());
                let to = end(at, 4, bytes.len());
                bytes[at..to].copy_from_slice(&number.to_le_bytes()[..to - at]);
            }
            Self::Cut(at) => bytes.truncate(at.index(bytes.len())),
            Self::Drop(at, len) => {
                let at = at.index(bytes.len());
                bytes.drain(at..end(at, *len, bytes.len()));
            }
            Self::Copy(from, to, len) => {
                let from = from.index(bytes.len());
                let part = bytes[from..end(from, *len, bytes.len())].to_vec();
                let to = to.index(bytes.len());
                bytes.splice(to..to, part);
            }
        }
    }
}

/// Whatever comes of it, there is an answer, and rows are within the limits.
fn must_answer(bytes: &[u8]) {
    let limits = Limits { rows: 2_000, unpacked: 4 << 20, columns: 40, cell_chars: 500, ..Limits::default() };
    let (mut count, mut line) = (0, 0);
    let read = sheet::read_within(bytes, &limits, &mut |row| {
        count += 1;
        assert!(row.line > line, "rows stand in their order");
        line = row.line;
        assert!(!row.cells.is_empty() && row.cells.len() <= 40);
        assert!(row.cells.iter().all(|cell| cell.text.chars().count() <= 500));
        assert!(row.cells.last().is_some_and(|cell| !cell.text.is_empty()));
        ControlFlow::Continue(())
    });
    assert!(count <= 2_000);
    match read {
        Ok(read) => assert_eq!(read.rows, count),
        Err(error) => assert!(error.field == "file" || error.field.starts_with("file["), "{error:?}"),
    }
}

/// The parts of a ZIP file get broken before they are packed, or the sum would find it.
fn unpacked(which: usize) -> (Vec<crate::support::Entry>, Vec<u8>) {
    use crate::support::{Entry, content, parts};
    let rows = r#"<row r="1"><c r="A1" t="s" s="1"><v>0</v></c><c t="inlineStr"><is><t>x &amp; y</t></is></c></row><row r="3"><c s="2"><v>46387.5</v></c></row>"#;
    let table = r#"<table:table table:name="n"><table:table-row table:number-rows-repeated="2"><table:table-cell table:number-columns-repeated="3" office:value-type="string"><text:p>a<text:s text:c="2"/>b</text:p></table:table-cell></table:table-row></table:table>"#;
    let mut entries = if which < 6 {
        parts(rows, "<si><t>shared _x000D_ text</t></si>")
    } else {
        vec![Entry::stored("content.xml", content(table).as_bytes())]
    };
    let which = if which < 6 { which } else { 0 };
    let mut content = entries[which].packed.clone();
    if entries[which].method == 8 {
        content.clear();
        std::io::Read::read_to_end(
            &mut flate2::read::DeflateDecoder::new(&entries[which].packed[..]),
            &mut content,
        )
        .expect("packed here");
    }
    let name = entries.remove(which).name;
    entries.insert(which, Entry::stored(&name, b""));
    (entries, content)
}

proptest! {
    #[test]
    fn broken_files_are_answered(which in any::<prop::sample::Index>(), damages in prop::collection::vec(Damage::any(), 1..6)) {
        let mut names: Vec<_> = std::fs::read_dir(folder()).expect("the corpus").flatten().map(|it| it.path()).collect();
        names.sort();
        let mut bytes = std::fs::read(&names[which.index(names.len())]).expect("a file of the corpus");
        for damage in &damages {
            damage.apply(&mut bytes);
        }
        must_answer(&bytes);
    }

    #[test]
    fn broken_parts_are_answered(which in 0..7_usize, damages in prop::collection::vec(Damage::any(), 1..6)) {
        let (mut entries, mut content) = unpacked(which);
        for damage in &damages {
            damage.apply(&mut content);
        }
        let which = if which < 6 { which } else { 0 };
        entries[which] = crate::support::Entry::stored(&entries[which].name.clone(), &content);
        must_answer(&crate::support::zip(&entries));
    }

    #[test]
    fn any_bytes_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..300), kind in 0..4_usize) {
        let begin: &[u8] = [b"".as_slice(), b"PK\x03\x04", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", b"\xFF\xFE"][kind];
        must_answer(&[begin, &bytes].concat());
    }

    #[test]
    fn any_text_is_answered(text in "[a-c\"';,=\t\r\n|' é]{0,200}") {
        must_answer(text.as_bytes());
    }
}
