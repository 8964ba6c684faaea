//! Files that are none, and files made to do harm.

use std::io::Write as _;

use sheet::Limits;

use crate::support::{Entry, content, ods, parts, read, read_within, refusal, refusal_within, xlsx, zip};

fn found(found: &str) -> String {
    format!("file format expected=CSV, XLSX, XLS, ODS; found={found}")
}

#[test]
fn nothing_is_told_as_nothing() {
    for nothing in ["", " ", "\r\n\r\n", "\u{FEFF}", "\u{FEFF}\r\n", ",,,\n,\n", "sep=;\r\n", "\u{A0}\n\t\n"]
    {
        assert_eq!(refusal(nothing.as_bytes()), "file required expected=rows", "{nothing:?}");
    }
    assert_eq!(refusal(&xlsx("<row r=\"1\"><c/></row>", "")), "file required expected=rows");
    assert_eq!(refusal(&ods("")), "file required expected=rows");
    let (headings, _) = read(b"given_name;surname\r\n").expect("headings alone are rows");
    assert_eq!(headings.rows, 1);
}

#[test]
fn what_is_no_spreadsheet_is_told_by_its_name() {
    let files: &[(&[u8], &str)] = &[
        (b"%PDF-1.7\n%\xE2\xE3", "PDF"),
        (b"\x89PNG\r\n\x1A\n\0\0", "PNG"),
        (b"\xFF\xD8\xFF\xE0\0\x10JFIF", "JPEG"),
        (b"GIF89a\x01", "GIF"),
        (b"\x1F\x8B\x08\0", "GZIP"),
        (b"BM\x36\0\0\0\0\0", "BMP"),
        (b"<!DOCTYPE html><html><table>", "HTML"),
        (b"\xEF\xBB\xBF  <HTML xmlns:x=\"urn:schemas-microsoft-com:office:excel\">", "HTML"),
        (b"<?xml version=\"1.0\"?><Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\">", "XML"),
    ];
    for (bytes, name) in files {
        assert_eq!(refusal(bytes), found(name));
    }
    assert_eq!(read(b"BM,name\n1,2\n").expect("a heading that only looks like a picture").1.len(), 2);
    let with =
        |name: &str| zip(&[Entry::stored("[Content_Types].xml", b"<Types/>"), Entry::stored(name, b"<a/>")]);
    assert_eq!(refusal(&with("word/document.xml")), found("DOCX"));
    assert_eq!(refusal(&with("xl/workbook.bin")), found("XLSB"));
    assert_eq!(refusal(&with("other.xml")), found("damaged"));
    assert_eq!(refusal(&zip(&[Entry::stored("photo.jpg", b"\xFF\xD8")])), found("ZIP"));
    assert_eq!(refusal(&zip(&[])), found("ZIP"));
    assert_eq!(refusal(b"PK\x03\x04 and nothing else"), found("damaged"));
    assert_eq!(refusal(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), found("damaged"));
    assert_eq!(
        refusal(&[b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".as_slice(), &[0xFF; 1_000]].concat()),
        found("damaged")
    );
}

#[test]
fn large_files_are_refused_before_anything_is_read() {
    let large = vec![b'a'; Limits::default().bytes + 1];
    assert_eq!(refusal(&large), "file out_of_range max=32 MB");
}

/// What unpacks to `megabytes` of blanks.
fn bomb(megabytes: usize) -> (Vec<u8>, u32) {
    let mut packer = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    let mut sum = crc32fast::Hasher::new();
    let blanks = vec![b' '; 1 << 20];
    for _ in 0..megabytes {
        packer.write_all(&blanks).expect("memory");
        sum.update(&blanks);
    }
    (packer.finish().expect("memory"), sum.finalize())
}

#[test]
fn a_bomb_is_found_while_it_is_unpacked_whatever_the_directory_says() {
    let (packed, crc) = bomb(40);
    for size in [40 << 20, 1_000, 0] {
        for which in [4, 5] {
            let mut entries = parts("<row><c><v>1</v></c></row>", "");
            entries[which] =
                Entry { packed: packed.clone(), crc, size, ..Entry::deflated(&entries[which].name, b"") };
            let file = zip(&entries);
            assert!(file.len() < 60_000, "a small file");
            let refused = refusal(&file);
            // One piece without a tag is over its own bound before.
            assert_eq!(refused, "file too_long max=4000");
        }
    }
    // Rows without end are over theirs, long before all of them are unpacked.
    let rows = "<row/>".repeat(1_100_000);
    assert_eq!(refusal(&xlsx(&rows, "")), "file[1048577] out_of_range max=1048576; row=1048577");
    // The same with tags in between.
    let rows = "<row><c><v>1</v></c></row>";
    let rows = rows.repeat(50_000);
    let limits = Limits { unpacked: 1 << 20, ..Limits::default() };
    let told = "out_of_range found=unpacked; max=1 MB";
    assert!(refusal_within(&xlsx(&rows, ""), &limits).contains(told));
    let strings = "<si><t>a</t></si>".repeat(70_000);
    assert_eq!(
        refusal_within(&xlsx("<row><c><v>1</v></c></row>", &strings), &limits),
        format!("file {told}")
    );
    let tables = format!("<table:table>{}</table:table>", "<table:table-row/>".repeat(60_000));
    assert!(refusal_within(&ods(&tables), &limits).contains(told));
}

#[test]
fn all_parts_together_have_one_bound() {
    let limits = Limits { unpacked: 1 << 20, ..Limits::default() };
    let half = "<si><t>a</t></si>".repeat(40_000);
    let rows = "<row><c><v>1</v></c></row>".repeat(20_000);
    assert!(read(&xlsx(&rows, &half)).is_ok());
    assert!(refusal_within(&xlsx(&rows, &half), &limits).contains("found=unpacked"));
}

/// What is kept of a file is bounded by what it shows: some kilobytes can say one text, one cell and one
/// row again and again.
#[test]
fn what_is_said_again_and_again_is_counted_each_time() {
    let long = "x".repeat(4_000);
    let cells = "<c t=\"s\"><v>0</v></c>".repeat(300);
    let rows = format!("<row>{cells}</row>").repeat(1_000);
    let shared = xlsx(&rows, &format!("<si><t>{long}</t></si>"));
    assert!(shared.len() < 60_000, "a small file");
    let mut bytes = 0;
    let read = sheet::read(&shared, &mut |row| {
        bytes += row.cells.iter().map(|cell| cell.text.len()).sum::<usize>();
        std::ops::ControlFlow::Continue(())
    });
    let error = read.expect_err("1.2 GB of texts");
    assert_eq!((error.field.as_str(), error.args["max"].as_str()), ("file", "512 MB"));
    assert!((500 << 20..512 << 20).contains(&bytes), "{bytes} bytes were given on");

    let few = Limits { shown: 16 << 20, ..Limits::default() };
    let said = "file out_of_range found=cells; max=16 MB";
    let row = |times: usize, text: &str| {
        ods(&format!(
            "<table:table><table:table-row table:number-rows-repeated=\"{times}\">\
             <table:table-cell table:number-columns-repeated=\"300\" office:value-type=\"string\">\
             <text:p>{text}</text:p></table:table-cell></table:table-row></table:table>"
        ))
    };
    assert_eq!(refusal_within(&row(1_000, &long), &few), said);
    assert_eq!(refusal_within(&row(100_000, "x"), &few), said, "places cost something, too");
    let text = format!("{}\n", ["a"; 300].join(",")).repeat(2_000);
    assert_eq!(refusal_within(text.as_bytes(), &few), said);
    assert!(read_within(&row(1_000, "x"), &few).is_ok(), "less is read");
}

#[test]
fn entities_are_never_declared() {
    let laughs =
        "<!DOCTYPE lolz [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;\">]>";
    let mut entries = parts("<row><c t=\"str\"><v>x</v></c></row>", "");
    for which in [1, 2, 3, 4, 5] {
        let name = entries[which].name.clone();
        let before = std::mem::replace(
            &mut entries[which],
            Entry::stored(&name, format!("{laughs}<a>&c;</a>").as_bytes()),
        );
        assert!(refusal(&zip(&entries)).contains("found=damaged"), "{name}");
        entries[which] = before;
    }
    let file = zip(&[Entry::stored("content.xml", format!("{laughs}{}", content("")).as_bytes())]);
    assert_eq!(refusal(&file), found("damaged"));
}

#[test]
fn what_the_sum_denies_is_not_taken() {
    let mut entries = parts("<row><c><v>1</v></c></row>", "");
    entries[5].crc ^= 1;
    assert!(refusal(&zip(&entries)).contains("found=damaged"));
    let mut entries = parts("<row><c><v>1</v></c></row>", "");
    entries[5].packed.truncate(20);
    assert!(refusal(&zip(&entries)).contains("found=damaged"));
    let mut entries = parts("<row><c><v>1</v></c></row>", "");
    entries[5].method = 99;
    assert_eq!(refusal(&zip(&entries)), found("damaged"));
    entries[5].flags = 1;
    assert_eq!(refusal(&zip(&entries)), found("password"));
}

#[test]
fn a_missing_part_is_damage() {
    for which in [1, 2, 5] {
        let mut entries = parts("<row><c><v>1</v></c></row>", "");
        entries.remove(which);
        let refused = refusal(&zip(&entries));
        assert!(refused == found("damaged") || refused == "file required expected=rows", "{refused}");
    }
}

#[test]
fn a_directory_of_a_million_entries_is_not_walked_to_its_end() {
    let entries: Vec<_> = (0..20_000).map(|number| Entry::stored(&format!("{number}"), b"")).collect();
    assert_eq!(refusal(&zip(&entries)), found("ZIP"));
}
