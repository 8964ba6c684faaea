use domain::table::Form::{Date, Error, Number, Text, Truth};
use sheet::Format;

use crate::support::{Entry, forms, parts, read, refusal, texts, xlsx, zip};

#[test]
fn cells_are_read_by_their_kind() {
    let rows = r#"<row r="2"><c r="A2" t="s"><v>1</v></c><c r="C2" t="inlineStr"><is><r><t>in</t></r><r><t xml:space="preserve">line </t></r><rPh><t>no</t></rPh></is></c>
        <c r="D2" t="str"><f>A1</f><v>a &amp;&lt;&#x142;_x000D_</v></c><c r="E2" t="b"><v>1</v></c><c r="F2" t="b"><v>0</v></c>
        <c r="G2" t="e"><v>#N/A</v></c><c r="H2" t="d"><v>2026-12-31T00:00:00</v></c></row>
        <row r="5"><c><v>49301234567</v></c><c s="1"><v>46387</v></c><c s="2"><v>46387.75</v></c><c><v>4.2E-3</v></c>
        <c><f>1+1</f><v>2</v></c><c><f>A1&amp;B1</f></c><c s="1"/><c s="9"><v>7</v></c><c t="n"><v>seven</v></c></row>"#;
    let strings = "<si><t>zero</t></si><si><r><t>o</t></r><r><t>ne</t></r><rPh><t>no</t></rPh></si>";
    let file = xlsx(rows, strings);
    let (first, _) = read(&file).expect("readable");
    assert_eq!((first.format, first.sheet.as_deref(), first.rows), (Format::Xlsx, Some("One & only"), 2));
    let expected: Vec<(u32, Vec<String>)> = [
        (2, vec!["one", "", "inline", "a &<ł", "TRUE", "FALSE", "#N/A", "2026-12-31"]),
        (
            5,
            vec![
                "49301234567",
                "2026-12-31",
                "2026-12-31T18:00:00",
                "0.0042",
                "2",
                "=A1&B1",
                "",
                "7",
                "seven",
            ],
        ),
    ]
    .into_iter()
    .map(|(line, cells)| (line, cells.into_iter().map(str::to_owned).collect()))
    .collect();
    assert_eq!(texts(&file), expected);
    assert_eq!(
        forms(&file),
        [
            vec![Text, Text, Text, Text, Truth, Truth, Error, Date],
            vec![Number, Date, Date, Number, Number, Error, Text, Number, Text]
        ]
    );
}

#[test]
fn rows_without_numbers_follow_each_other() {
    let rows =
        "<row><c t=\"str\"><v>a</v></c></row><row/><row><c/></row><row r=\"9\"/><row><c><v>1</v></c></row>";
    assert_eq!(texts(&xlsx(rows, "")), [(1, vec!["a".to_owned()]), (10, vec!["1".to_owned()])]);
}

#[test]
fn the_far_corner_costs_nothing() {
    let rows = "<row r=\"1048576\"><c r=\"KN1048576\"><v>1</v></c></row>";
    let (_, rows) = read(&xlsx(rows, "")).expect("readable");
    assert_eq!((rows[0].line, rows[0].cells.len(), rows[0].text(299)), (1_048_576, 300, "1"));
    let rows = "<row r=\"1048576\"><c r=\"XFD1048576\"><v>1</v></c></row>";
    assert_eq!(
        refusal(&xlsx(rows, "")),
        "file[1048576] too_many column=XFD; expected=columns; max=300; row=1048576"
    );
    let beyond = xlsx("<row r=\"1048577\"/>", "");
    assert_eq!(
        refusal(&beyond),
        "file[1048577] out_of_range max=1048576; row=1048577",
        "there is no such row"
    );
    let rows = "<row r=\"2\"><c r=\"XFD2\" s=\"1\"/><c r=\"A2\"><v>1</v></c></row>";
    assert_eq!(
        texts(&xlsx(rows, "")),
        [(2, vec!["1".to_owned()])],
        "empty cells are none, wherever they are"
    );
}

#[test]
fn macros_and_hidden_sheets_are_left_alone() {
    let mut entries = parts("<row><c t=\"s\"><v>0</v></c></row>", "<si><t>shown</t></si>");
    entries.push(Entry::stored("xl/vbaProject.bin", b"\xD0\xCF\x11\xE0 whatever \0\xFF"));
    assert_eq!(texts(&zip(&entries)), [(1, vec!["shown".to_owned()])]);
    let hidden = r#"<workbook xmlns:r="r"><sheets><sheet name="One" r:id="a" state="veryHidden"/></sheets></workbook>"#;
    entries[2] = Entry::stored("xl/workbook.xml", hidden.as_bytes());
    assert_eq!(refusal(&zip(&entries)), "file required expected=rows");
}

#[test]
fn names_of_parts_are_found_however_they_are_written() {
    let mut entries = parts("<row><c><v>1</v></c></row>", "");
    entries[5].name = "XL\\Worksheets\\One.xml".to_owned();
    entries[2].name = "/xl/workbook.xml".to_owned();
    assert_eq!(texts(&zip(&entries)).len(), 1);
}

#[test]
fn what_is_broken_within_is_told_by_row() {
    let refused = |rows: &str| refusal(&xlsx(rows, "<si><t>zero</t></si>"));
    assert_eq!(
        refused("<row r=\"3\"><c r=\"B3\" t=\"s\"><v>1</v></c></row>"),
        "file[3] format column=B; found=damaged; row=3",
        "there is no such text"
    );
    assert_eq!(
        refused("<row r=\"3\"><c><v>1</v></c></row><row r=\"2\"><c><v>1</v></c></row>"),
        "file[2] format expected=rows in their order; found=damaged; row=2"
    );
    let broken = "file[3] format expected=CSV, XLSX, XLS, ODS; found=damaged; row=3";
    assert_eq!(refused("<row r=\"3\"><c r=\"ZZZZ3\"><v>1</v></c></row>"), broken);
    assert_eq!(refused("<row r=\"3\"><c><v>1</w></c></row>"), broken);
    assert_eq!(refused("<row r=\"3\"><c t=\"str\"><v>&who;</v></c></row>"), broken);
    assert_eq!(refused("<row r=\"3\"><c t=\"str\"><v>&#0;</v></c></row>"), broken);
    assert_eq!(
        refused("<row r=\"3\"><c t=\"str\"><v>a_x0000_b</v></c></row>"),
        "file[3] forbidden_character character=U+0000; column=A; row=3"
    );
    assert_eq!(
        refused(&format!("<row r=\"3\"><c t=\"str\"><v>{}</v></c></row>", "x".repeat(10 << 20))),
        "file[3] too_long column=A; max=4000; row=3"
    );
    assert_eq!(
        refused(&format!("<row r=\"3\"><c t=\"str\"><v>{}</v></c></row>", "x".repeat(20 << 20))),
        "file[3] too_long max=4000; row=3",
        "so much is not even kept"
    );
    assert!(refused(&"<row>".repeat(200)).contains("found=damaged"), "nothing is so deep");
}

#[test]
fn long_shared_texts_are_told_where_they_are_used() {
    let strings = format!("<si><t>a</t></si><si><t>{}</t></si>", "x".repeat(10 << 20));
    assert_eq!(texts(&xlsx("<row><c t=\"s\"><v>0</v></c></row>", &strings)), [(1, vec!["a".to_owned()])]);
    assert_eq!(
        refusal(&xlsx("<row/><row><c/><c t=\"s\"><v>1</v></c></row>", &strings)),
        "file[2] too_long column=B; max=4000; row=2"
    );
}
