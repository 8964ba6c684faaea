use domain::table::Form::{Date, Error, Number, Text, Truth};
use sheet::{Format, Limits};

use crate::support::{Entry, content, forms, ods, read, refusal, refusal_within, texts, zip};

/// A row with one text.
fn row(text: &str) -> String {
    format!(
        "<table:table-row><table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell></table:table-row>"
    )
}

fn table(rows: &str) -> String {
    format!("<table:table table:name=\"One\">{rows}</table:table>")
}

#[test]
fn cells_are_read_by_their_kind() {
    let cells = "<table:table-row>\
        <table:table-cell office:value-type=\"string\"><text:p>a<text:s text:c=\"3\"/>b<text:tab/>c<text:span>d</text:span></text:p>\
        <office:annotation><text:p>remark</text:p></office:annotation><text:p>e<text:line-break/>&lt;&amp;&#x142;</text:p></table:table-cell>\
        <table:covered-table-cell/>\
        <table:table-cell office:value-type=\"float\" office:value=\"49301234567\"><text:p>4.93E+10</text:p></table:table-cell>\
        <table:table-cell office:value-type=\"float\" office:value=\"42\"><text:p>00042</text:p></table:table-cell>\
        <table:table-cell office:value-type=\"date\" office:date-value=\"2026-12-31\"><text:p>31.12.26</text:p></table:table-cell>\
        <table:table-cell office:value-type=\"date\" office:date-value=\"2026-12-31T18:00:00\"><text:p>x</text:p></table:table-cell>\
        <table:table-cell office:value-type=\"time\" office:time-value=\"PT07H30M00S\"><text:p>7:30</text:p></table:table-cell>\
        <table:table-cell office:value-type=\"boolean\" office:boolean-value=\"true\"><text:p>WAHR</text:p></table:table-cell>\
        <table:table-cell office:value-type=\"string\" office:string-value=\"\"><text:p>#N/A</text:p></table:table-cell>\
        <table:table-cell office:value-type=\"string\" office:string-value=\"only here\"/>\
        <table:table-cell table:number-columns-repeated=\"2\" office:value-type=\"string\"><text:p>twice</text:p></table:table-cell>\
        </table:table-row>";
    let file = ods(&table(cells));
    let (first, _) = read(&file).expect("readable");
    assert_eq!((first.format, first.sheet.as_deref()), (Format::Ods, Some("One")));
    assert_eq!(
        texts(&file)[0].1,
        [
            "a   b\tcd\ne\n<&ł",
            "",
            "49301234567",
            "00042",
            "2026-12-31",
            "2026-12-31T18:00:00",
            "07:30:00",
            "TRUE",
            "#N/A",
            "only here",
            "twice",
            "twice"
        ]
    );
    assert_eq!(
        forms(&file),
        [[Text, Text, Number, Number, Date, Date, Date, Truth, Error, Text, Text, Text]]
    );
}

#[test]
fn repeated_emptiness_is_counted_and_not_made() {
    let empty = "<table:table-row table:number-rows-repeated=\"1000000\">\
        <table:table-cell table:number-columns-repeated=\"1000000\"/></table:table-row>";
    let file = ods(&format!("{}{}", table(empty), table(&format!("{empty}{}{empty}", row("a")))));
    assert_eq!(texts(&file), [(1_000_001, vec!["a".to_owned()])]);
    let wide = "<table:table-row><table:table-cell table:number-columns-repeated=\"18446744073709551615\"/>\
        <table:table-cell office:value-type=\"string\"><text:p>far</text:p></table:table-cell></table:table-row>";
    assert!(refusal(&ods(&table(wide))).starts_with("file[1] too_many column="));
}

#[test]
fn repeated_rows_stand_there_as_often_within_the_limits() {
    let times = |times: &str| row("a").replacen('>', &format!(" table:number-rows-repeated=\"{times}\">"), 1);
    let three = [(1, vec!["a".to_owned()]), (2, vec!["a".to_owned()]), (3, vec!["a".to_owned()])];
    assert_eq!(texts(&ods(&table(&times("3")))), three);
    let after = texts(&ods(&table(&format!("{}{}", times("3"), row("b")))));
    assert_eq!(after[3], (4, vec!["b".to_owned()]));
    let few = Limits { rows: 1_000, ..Limits::default() };
    assert_eq!(
        refusal_within(&ods(&table(&times("1000000"))), &few),
        "file too_many expected=rows; max=1000"
    );
    let wide = row("a").replacen("office:", "table:number-columns-repeated=\"1000000\" office:", 1);
    assert_eq!(refusal(&ods(&table(&wide))), "file[1] too_many column=KO; expected=columns; max=300; row=1");
    let spaces = row("<text:s text:c=\"18446744073709551615\"/>x");
    assert_eq!(texts(&ods(&table(&spaces))), [(1, vec!["x".to_owned()])], "no more blanks than are needed");
}

#[test]
fn only_the_first_sheet_that_is_shown_and_not_empty_is_read() {
    let hidden = "<table:table table:name=\"Hidden\" table:style-name=\"h\">".to_owned()
        + &row("no")
        + "</table:table>";
    let body = content(&format!("{hidden}{}{}{}", table(""), table(&row("yes")), table(&row("later"))));
    let styles = "<office:automatic-styles><style:style style:name=\"h\"><style:table-properties table:display=\"false\"/>\
        </style:style></office:automatic-styles><office:body>";
    let body = body.replace("<office:body>", styles);
    let file = zip(&[Entry::stored("content.xml", body.as_bytes())]);
    assert_eq!(texts(&file), [(1, vec!["yes".to_owned()])]);
}

#[test]
fn the_name_of_a_sheet_is_told_as_far_as_it_can_be_read() {
    let long = table(&row("a")).replace("One", &"x".repeat(5_000));
    let (file, _) = read(&ods(&long)).expect("readable");
    assert_eq!(file.sheet.map(|name| name.len()), Some(64));
}

#[test]
fn what_is_within_a_cell_is_no_cell() {
    let within = "<table:table-row><table:table-cell office:value-type=\"string\"><text:p>a</text:p>\
        <draw:frame><table:table><table:table-row><table:table-cell><text:p>deep</text:p></table:table-cell></table:table-row>\
        </table:table></draw:frame></table:table-cell></table:table-row>";
    assert_eq!(
        texts(&ods(&table(&format!(
            "<table:shapes><draw:frame><text:p>x</text:p></draw:frame></table:shapes>{within}"
        )))),
        [(1, vec!["a".to_owned()])]
    );
}

#[test]
fn passwords_and_other_documents_are_told() {
    let manifest = "<manifest:manifest xmlns:manifest=\"m\"><manifest:file-entry><manifest:encryption-data/></manifest:file-entry></manifest:manifest>";
    let sealed = zip(&[
        Entry::stored("META-INF/manifest.xml", manifest.as_bytes()),
        Entry::stored("content.xml", b"\x01\x02 sealed"),
    ]);
    assert_eq!(refusal(&sealed), "file format expected=CSV, XLSX, XLS, ODS; found=password");
    let text = content("").replace("spreadsheet", "text");
    let text = zip(&[Entry::stored("content.xml", text.as_bytes())]);
    assert_eq!(refusal(&text), "file format expected=CSV, XLSX, XLS, ODS; found=OpenDocument");
}
