//! Files read to their end, and what is wrong with them.

use std::ops::ControlFlow;

use domain::{
    field::FieldError,
    table::{Form, Row},
};
pub use hostile::made::*;
use sheet::{Limits, Read};

/// Reads all of a file.
pub fn read(bytes: &[u8]) -> Result<(Read, Vec<Row>), FieldError> {
    read_within(bytes, &Limits::default())
}

pub fn read_within(bytes: &[u8], limits: &Limits) -> Result<(Read, Vec<Row>), FieldError> {
    let mut rows = Vec::new();
    let read = sheet::read_within(bytes, limits, &mut |row| {
        rows.push(row);
        ControlFlow::Continue(())
    })?;
    assert_eq!(read.rows, rows.len());
    Ok((read, rows))
}

/// The rows of a file that can be read: their lines and texts.
#[track_caller]
pub fn texts(bytes: &[u8]) -> Vec<(u32, Vec<String>)> {
    let (_, rows) = read(bytes).expect("the file can be read");
    rows.into_iter().map(|row| (row.line, row.cells.into_iter().map(|cell| cell.text).collect())).collect()
}

#[track_caller]
pub fn forms(bytes: &[u8]) -> Vec<Vec<Form>> {
    let (_, rows) = read(bytes).expect("the file can be read");
    rows.into_iter().map(|row| row.cells.into_iter().map(|cell| cell.form).collect()).collect()
}

/// What is wrong with a file, as one line: where, which rule, and what is said about it.
#[track_caller]
pub fn refusal(bytes: &[u8]) -> String {
    refusal_within(bytes, &Limits::default())
}

#[track_caller]
pub fn refusal_within(bytes: &[u8], limits: &Limits) -> String {
    let error = read_within(bytes, limits).map(|(read, _)| read).expect_err("the file cannot be read");
    let args: Vec<_> = error.args.iter().map(|(key, value)| format!("{key}={value}")).collect();
    format!("{} {} {}", error.field, error.rule.code(), args.join("; ")).trim_end().to_owned()
}
