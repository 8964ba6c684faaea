use domain::table::Form::{Error, Number, Text, Truth};
use sheet::Format;

use crate::support::{
    BEGIN_BOOK, BEGIN_SHEET, compound, forms, label, number, read, record, refusal, texts, xls,
};

#[test]
fn cells_are_read_by_their_kind() {
    let mut cells = label(1, 0, "Łukasz");
    cells.extend(number(1, 2, 49_301_234_567.0));
    // A short number, several of them, truth and an error.
    cells.extend(record(0x027E, &[1, 0, 3, 0, 0, 0, 0x46, 0, 0, 0]));
    cells.extend(record(0x00BD, &[1, 0, 4, 0, 0, 0, 6, 0, 0, 0, 0, 0, 10, 0, 0, 0, 5, 0]));
    cells.extend(record(0x0205, &[1, 0, 6, 0, 0, 0, 1, 0]));
    cells.extend(record(0x0205, &[1, 0, 7, 0, 0, 0, 0x2A, 1]));
    // A chart within the sheet, whose numbers are none of its cells.
    cells.extend(record(0x0809, BEGIN_SHEET));
    cells.extend(number(9, 0, 9.0));
    cells.extend(record(0x000A, &[]));
    // A formula whose text follows, one that is true, one that is empty.
    cells.extend(record(0x0006, &[3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0, 0, 0, 0, 0, 0]));
    cells.extend(record(0x0207, &[2, 0, 0, b'o', b'k']));
    cells.extend(record(0x0006, &[3, 0, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0xFF, 0xFF, 0, 0, 0, 0, 0, 0]));
    cells.extend(record(0x0006, &[3, 0, 2, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0, 0, 0, 0, 0, 0]));
    let file = xls(&[], &cells, None);
    let (first, _) = read(&file).expect("readable");
    assert_eq!((first.format, first.sheet.as_deref()), (Format::Xls, Some("One")));
    let expected =
        [(2, vec!["Łukasz", "", "49301234567", "17", "1", "2", "TRUE", "#N/A"]), (4, vec!["ok", "TRUE"])];
    let expected: Vec<_> =
        expected.map(|(line, cells)| (line, cells.into_iter().map(str::to_owned).collect::<Vec<_>>())).into();
    assert_eq!(texts(&file), expected);
    assert_eq!(
        forms(&file),
        [vec![Text, Text, Number, Number, Number, Number, Truth, Error], vec![Text, Truth]]
    );
}

#[test]
fn a_text_goes_on_in_the_record_behind_in_another_width() {
    // "ab" in narrow characters, "łć" in wide ones behind, and a text after it with a change of type.
    let strings = record(0x00FC, &[2, 0, 0, 0, 2, 0, 0, 0, 4, 0, 0, b'a', b'b']);
    let behind = record(0x003C, &[1, 0x42, 1, 0x07, 1, 1, 0, 8, 1, 0, b'x', 0, 0]);
    let rest = record(0x003C, &[0, 0]);
    let globals = [strings, behind, rest].concat();
    let mut cells = record(0x00FD, &[0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    cells.extend(record(0x00FD, &[0, 0, 1, 0, 0, 0, 1, 0, 0, 0]));
    assert_eq!(texts(&xls(&globals, &cells, None)), [(1, vec!["abłć".to_owned(), "x".to_owned()])]);
}

#[test]
fn the_far_corner_costs_nothing_and_sizes_are_not_believed() {
    // A sheet that says to have four thousand million rows and columns.
    let mut cells = record(0x0200, &[0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0xFF, 0xFF, 0, 0]);
    cells.extend(label(65_535, 299, "far"));
    let (_, rows) = read(&xls(&[], &cells, None)).expect("readable");
    assert_eq!((rows[0].line, rows[0].text(299)), (65_536, "far"));
    let corner = xls(&[], &label(65_535, 65_535, "far"), None);
    assert!(refusal(&corner).starts_with("file[65536] too_many column=CRXP"));
    // Texts: four thousand million of them, it says.
    let strings = record(0x00FC, &[0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1, 0, 0, b'a']);
    assert_eq!(refusal(&xls(&strings, &[], None)), "file format found=damaged");
}

#[test]
fn what_is_broken_within_is_told() {
    let damaged = "file format expected=CSV, XLSX, XLS, ODS; found=damaged";
    assert_eq!(refusal(&xls(&[], &[], Some(u32::MAX))), damaged, "the sheet is nowhere");
    let missing = record(0x00FD, &[0, 0, 2, 0, 0, 0, 7, 0, 0, 0]);
    assert_eq!(refusal(&xls(&[], &missing, None)), "file[1] format column=C; found=damaged; row=1");
    let backwards = [label(5, 0, "a"), label(4, 0, "b")].concat();
    assert_eq!(
        refusal(&xls(&[], &backwards, None)),
        "file[5] format expected=rows in their order; found=damaged; row=5"
    );
    // Cut in the middle: the chain of sectors leads beyond the file.
    let whole = xls(&[], &label(0, 0, "a"), None);
    assert_eq!(refusal(&whole[..2_000]), damaged);
    // A circle of sectors.
    let mut circle = whole;
    circle[512 + 4 * 3..512 + 4 * 4].copy_from_slice(&2_u32.to_le_bytes());
    assert_eq!(texts(&circle).len(), 1, "what is read of it is whole");
    let endless = compound("Workbook", &[record(0x0809, BEGIN_BOOK), label(0, 0, "no end")].concat());
    assert_eq!(refusal(&endless), damaged);
}

#[test]
fn sheets_in_the_same_place_are_not_read_over_and_over() {
    // Each says to begin where the globals end: a long sheet without cells.
    let sheet = |at: u32| record(0x0085, &[&at.to_le_bytes()[..], &[0, 0, 1, 0, b'x']].concat());
    let begin = 12 + 13 * 100 + 4;
    let globals: Vec<u8> = (0..100).flat_map(|_| sheet(begin)).collect();
    let mut stream = [record(0x0809, BEGIN_BOOK), globals, record(0x000A, &[])].concat();
    assert_eq!(stream.len(), begin as usize, "all of them begin here");
    stream.extend(record(0x0809, BEGIN_SHEET));
    stream.extend(record(0x0001, &[0; 8_000]));
    stream.extend(record(0x000A, &[]));
    assert_eq!(
        refusal(&compound("Workbook", &stream)),
        "file format expected=CSV, XLSX, XLS, ODS; found=damaged"
    );
}

#[test]
fn older_files_other_files_and_sealed_ones_are_told() {
    let found = |found: &str| format!("file format expected=CSV, XLSX, XLS, ODS; found={found}");
    assert_eq!(refusal(&xls(&record(0x002F, &[1, 0, 1, 0]), &[], None)), found("password"));
    assert_eq!(refusal(&compound("EncryptedPackage", b"sealed")), found("password"));
    assert_eq!(refusal(&compound("Workbook", &record(0x0809, &[0, 5, 5, 0]))), found("Excel 5.0"));
    assert_eq!(refusal(&compound("Book", &record(0x0809, &[0, 5, 5, 0]))), found("Excel 5.0"));
    assert_eq!(refusal(&compound("WordDocument", b"text")), found("DOC"));
    assert_eq!(refusal(&compound("Something", b"else")), found("damaged"));
}
