//! Files and bodies with orders and people.

use std::fmt::Debug;

use serde::{Serialize, de::DeserializeOwned};
use serde_json::to_vec;
use wire::{
    body::parse_json,
    file::Source,
    orders::NewOrder,
    users::{NewUser, NewUsers},
};

/// An order as somebody writes it, in TOML or JSON, and the same bytes as a body of a request.
pub fn file(bytes: &[u8]) {
    shape::<NewOrder>(bytes);
    shape::<NewUsers>(bytes);
    shape::<Vec<NewUser>>(bytes);
}

fn shape<T>(bytes: &[u8])
where
    T: Debug + PartialEq + Serialize + DeserializeOwned,
{
    match parse_json::<T>(bytes) {
        Ok(value) => again(&value),
        Err(error) => assert!(!error.message.is_empty(), "it is said why"),
    }
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    for ending in ["toml", "json", "txt"] {
        let source = Source::new("order".to_owned(), text.to_owned(), ending);
        match source.parse::<T>() {
            Ok(value) => again(&value),
            Err(wrong) => {
                assert!(wrong.what.starts_with("order"), "the file is named: {}", wrong.what);
                assert!(!wrong.cure.is_empty());
                // One line of the file is shown, and marked below.
                assert!(wrong.what.len() <= 16 * text.len() + 2_000, "it is said in few words");
            }
        }
        for path in ["customer.code", "users[1].mail", "users[99999999999999999999].x", "a..b[[", "reference"]
        {
            check_place(&source, text, path);
        }
    }
}

/// A place is within the file.
fn check_place(source: &Source, text: &str, path: &str) {
    let Some(place) = source.locate(path) else { return };
    let (line, column) = place
        .strip_prefix("order, line ")
        .and_then(|rest| rest.split_once(", column "))
        .unwrap_or_else(|| panic!("a place: {place}"));
    let (line, column): (usize, usize) = (line.parse().expect("a number"), column.parse().expect("a number"));
    let written = text.split('\n').nth(line - 1).expect("a line of the file");
    assert!((1..=written.chars().count() + 1).contains(&column), "{place}");
}

/// What was read is read again from what is sent.
fn again<T>(value: &T)
where
    T: Debug + PartialEq + Serialize + DeserializeOwned,
{
    let body = to_vec(value).expect("JSON");
    assert_eq!(parse_json::<T>(&body).as_ref(), Ok(value));
}
