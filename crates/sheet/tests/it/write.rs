//! What is written is read again as it was.

use proptest::prelude::*;
use sheet::{CsvWriter, XlsxWriter};

use crate::support::{read, texts};

fn csv(rows: &[Vec<String>]) -> Vec<u8> {
    let mut writer = CsvWriter::new(Vec::new()).expect("memory");
    for row in rows {
        writer.row(row).expect("memory");
    }
    writer.finish().expect("memory")
}

fn xlsx(rows: &[Vec<String>]) -> Vec<u8> {
    let mut writer = XlsxWriter::new(Vec::new(), "People").expect("memory");
    for row in rows {
        writer.row(row).expect("memory");
    }
    writer.finish().expect("memory")
}

/// Rows as reading gives them: without empty cells at the end, and without empty rows.
fn shown(rows: &[Vec<String>]) -> Vec<Vec<String>> {
    let cut = |row: &Vec<String>| {
        let width = row.iter().rposition(|cell| !cell.is_empty()).map_or(0, |last| last + 1);
        row[..width].to_vec()
    };
    rows.iter().map(cut).filter(|row| !row.is_empty()).collect()
}

fn cells(file: &[u8]) -> Vec<Vec<String>> {
    texts(file).into_iter().map(|(_, cells)| cells).collect()
}

/// Texts of cells, those that separators, formulas and escapes are made of above all.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[a-zA-Z0-9 ]{0,8}",
        2 => "['=+@,;|\"<>&_-]{1,3}",
        1 => prop::sample::select(vec![
            "sep=;", "_x000D_", "_x005F_", "_x005F\rx", "\r\n", "\n", "\t", "'", "''=", "＝1", "<html>", "00042", "ł", "Åse", "😀", "TRUE", "#N/A", "]]>",
        ]).prop_map(str::to_owned),
        1 => "\\PC{0,4}",
    ];
    prop::collection::vec(piece, 0..5).prop_map(|pieces| {
        let text = pieces.concat().replace(['\u{FFFD}', '\u{FFFE}', '\u{FFFF}'], "");
        let blank =
            |c: char| c.is_whitespace() || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}');
        text.trim_matches(blank).to_owned()
    })
}

proptest! {
    #[test]
    fn csv_gives_back_what_was_written(rows in prop::collection::vec(prop::collection::vec(text(), 0..6), 1..12)) {
        let expected = shown(&rows);
        prop_assume!(!expected.is_empty());
        prop_assert_eq!(cells(&csv(&rows)), expected);
    }

    #[test]
    fn xlsx_gives_back_what_was_written(rows in prop::collection::vec(prop::collection::vec(text(), 0..6), 1..12)) {
        let expected = shown(&rows);
        prop_assume!(!expected.is_empty());
        let file = xlsx(&rows);
        let (_, read) = read(&file).expect("readable");
        prop_assert!(read.iter().flat_map(|row| &row.cells).all(|cell| cell.form == domain::table::Form::Text));
        prop_assert_eq!(cells(&file), expected);
    }
}

#[test]
fn the_same_rows_are_the_same_bytes_and_lines_are_those_of_the_sheet() {
    let rows = vec![vec!["name".to_owned()], vec![], vec!["00042".to_owned(), String::new(), "x".to_owned()]];
    assert_eq!(xlsx(&rows), xlsx(&rows));
    let lines: Vec<_> = texts(&xlsx(&rows)).into_iter().map(|(line, _)| line).collect();
    assert_eq!(lines, [1, 3]);
}

#[test]
fn a_sheet_has_the_name_it_can_have() {
    let name = |name: &str| {
        let mut writer = XlsxWriter::new(Vec::new(), name).expect("memory");
        writer.row(["a"]).expect("memory");
        read(&writer.finish().expect("memory")).expect("readable").0.sheet
    };
    assert_eq!(name("Åse & \"Ben\"").as_deref(), Some("Åse & \"Ben\""));
    assert_eq!(name("a/b:c[d]").as_deref(), Some("a b c d "));
    assert_eq!(name(&"x".repeat(40)).map(|name| name.len()), Some(31));
}

#[test]
fn parts_can_be_taken_out_while_it_is_written() {
    let mut writer = XlsxWriter::new(Vec::new(), "People").expect("memory");
    let (mut file, mut most) = (Vec::new(), 0);
    for number in 0..20_000 {
        writer.row([format!("{number:08}"), format!("person {number}@example.org")]).expect("memory");
        let part = std::mem::take(writer.get_mut());
        most = most.max(part.len());
        file.extend(part);
    }
    file.extend(writer.finish().expect("memory"));
    assert!(most < 100_000, "{most} bytes were kept");
    let rows = texts(&file);
    assert_eq!((rows.len(), rows[19_999].1[0].as_str()), (20_000, "00019999"));
}
