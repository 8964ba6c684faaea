use sheet::{Encoding, Format, Limits};

use crate::support::{read, read_within, refusal, refusal_within, texts};

#[test]
fn a_file_says_how_it_is_written() {
    let western = b"name;city\r\nS\xF8ren;K\xF8ge\r\n";
    let (read_file, rows) = read(western).expect("readable");
    assert_eq!(
        (read_file.format, read_file.encoding, read_file.separator, read_file.sheet, read_file.rows),
        (Format::Csv, Some(Encoding::Windows1252), Some(';'), None, 2)
    );
    assert_eq!(rows[1].text(1), "Køge");
    let eastern = b"name\tcity\n\xA3ukasz\t\xA3\xF3d\x9F\n";
    let (read_file, rows) = read(eastern).expect("readable");
    assert_eq!((read_file.encoding, read_file.separator), (Some(Encoding::Windows1250), Some('\t')));
    assert_eq!(rows[1].text(0), "Łukasz");
    let wide: Vec<u8> = "\u{FEFF}name\tcity\r\nÅse\tŁódź".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(texts(&wide)[1].1, ["Åse", "Łódź"]);
    assert_eq!(texts("\u{FEFF}sep=|\r\nname|a,b,c\r\nx|y".as_bytes())[1], (3, vec!["x".into(), "y".into()]));
}

#[test]
fn lines_are_counted_as_an_editor_counts_them() {
    let lines = |text: &str| texts(text.as_bytes()).into_iter().map(|(line, _)| line).collect::<Vec<_>>();
    assert_eq!(lines("a,b\r\n1,2\r\n\r\n3,4\r\n"), [1, 2, 4]);
    assert_eq!(lines("a,b\n1,2\n\n\n3,4"), [1, 2, 5]);
    assert_eq!(lines("a,b\r1,2\r\r3,4\r"), [1, 2, 4]);
    assert_eq!(lines("\n\r\na,b\n1,\"two\r\nlines\"\n3,\"three\rlines\nof it\"\r\n5,6"), [3, 4, 6, 9]);
    assert_eq!(lines("a,b\n , \n,,,\n\u{A0},\t\n5,6"), [1, 5], "rows of blanks are none");
}

#[test]
fn cells_are_what_stands_between_separators() {
    let cases: &[(&str, &[&str])] = &[
        ("a,\"b \"\"c\"\" , d\",e", &["a", "b \"c\" , d", "e"]),
        ("  a , b\u{A0},\u{200B}c\u{FEFF}, d e ", &["a", "b", "c", "d e"]),
        ("a,\"two\nlines\"", &["a", "two\nlines"]),
        ("a,5\" pipe,c", &["a", "5\" pipe", "c"]),
        ("a,\"b\" ,c", &["a", "b", "c"]),
        ("a,,,", &["a"]),
        (",,c", &["", "", "c"]),
        ("00042,+45 12,49301234567", &["00042", "+45 12", "49301234567"]),
        ("'+45 12,'=x,''-,'Ndrangheta,'", &["+45 12", "=x", "'-", "'Ndrangheta", "'"]),
    ];
    for (text, cells) in cases {
        assert_eq!(
            texts(text.as_bytes()),
            [(1, cells.iter().map(|&cell| cell.to_owned()).collect::<Vec<_>>())]
        );
    }
}

#[test]
fn a_forgotten_quote_is_told_where_it_is() {
    let said = "format expected=a closing quote for every quote; row=";
    assert_eq!(refusal(b"a,b\n1,2\n3,\"4\n5,6\n7,8\n"), format!("file[3] {said}3"));
    assert_eq!(
        refusal(b"a,b\n3,\"4\n5,\"6\"\n7,8\n"),
        format!("file[2] {said}2"),
        "the next quote closes it"
    );
    let long = format!("a,b\n\n3,\"4\n{}", "5,6\n".repeat(20_000));
    assert_eq!(refusal(long.as_bytes()), format!("file[3] {said}3"), "not a cell that is too long");
}

#[test]
fn what_no_text_holds_is_told_with_its_place() {
    assert_eq!(
        refusal(b"a,b\n1,2\nx,y\0z\n"),
        "file[3] forbidden_character character=U+0000; column=B; row=3"
    );
    assert_eq!(
        refusal(b"a,b\n\x1B[31m,2\n"),
        "file[2] forbidden_character character=U+001B; column=A; row=2"
    );
    let cut = [b"\xEF\xBB\xBFa,b\n1,x\xC3".as_slice(), b"y\n"].concat();
    assert_eq!(
        refusal(&cut),
        "file[2] forbidden_character character=U+FFFD; column=B; \
         expected=UTF-8, UTF-16, Windows-1252, Windows-1250; row=2"
    );
    let half: Vec<u8> = [0xFF, 0xFE, b'a', 0, b'\n', 0, 0, 0xD8, b'b', 0].to_vec();
    assert!(refusal(&half).starts_with("file[2] forbidden_character character=U+FFFD; column=A"));
}

#[test]
fn limits_are_told_with_the_place_that_is_beyond() {
    let cell = |chars: usize| format!("a,b\n1,{}\n", "é".repeat(chars));
    assert_eq!(texts(cell(4_000).as_bytes()).len(), 2);
    assert_eq!(refusal(cell(4_001).as_bytes()), "file[2] too_long column=B; max=4000; row=2");
    assert_eq!(refusal(cell(5_000_000).as_bytes()), "file[2] too_long column=B; max=4000; row=2");
    let columns = |count: usize| format!("a\n{}", "x,".repeat(count));
    assert_eq!(texts(columns(300).as_bytes())[1].1.len(), 300);
    let beyond = "file[2] too_many column=KO; expected=columns; max=300; row=2";
    assert_eq!(refusal(columns(301).as_bytes()), beyond);
    assert_eq!(refusal(columns(10_000).as_bytes()), beyond);
    assert_eq!(texts(format!("a{}\n", ",".repeat(5_000_000)).as_bytes()), [(1, vec!["a".to_owned()])]);
    let few = Limits { rows: 3, ..Limits::default() };
    assert_eq!(read_within(b"a\n1\n\n2\n", &few).expect("three rows").1.len(), 3);
    assert_eq!(refusal_within(b"a\n1\n2\n\n3\n", &few), "file too_many expected=rows; max=3");
}

#[test]
fn whoever_has_enough_gets_no_more() {
    let mut seen = 0;
    let read = sheet::read(b"a\n1\n2\n\0broken", &mut |_| {
        seen += 1;
        if seen == 2 { std::ops::ControlFlow::Break(()) } else { std::ops::ControlFlow::Continue(()) }
    });
    assert_eq!((read.map(|read| read.rows), seen), (Ok(2), 2));
}

#[test]
fn a_hundred_thousand_people_come_through() {
    use std::fmt::Write as _;
    let mut text = "given_name;surname;mail;phone;department\r\n".to_owned();
    for number in 0..100_000 {
        let _ =
            write!(text, "Søren {number};Ødegård;s{number}@example.org;+45 {number:08};\"Sales; North\"\r\n");
    }
    let mut last = None;
    let read = sheet::read(text.as_bytes(), &mut |row| {
        last = Some(row);
        std::ops::ControlFlow::Continue(())
    })
    .expect("readable");
    let last = last.expect("rows");
    assert_eq!(
        (read.rows, last.line, last.text(3), last.text(4)),
        (100_001, 100_001, "+45 00099999", "Sales; North")
    );
}
