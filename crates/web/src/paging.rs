//! Pages: where a list goes on. A cursor holds the sort key and the id of the
//! last row, so that rows which come and go meanwhile neither repeat nor hide
//! others. It carries no right: what a page shows is decided anew every time.

use std::{fmt::Display, str::FromStr};

use app::AppError;
use data_encoding::BASE64URL_NOPAD;
use domain::{
    field::{FieldError, Rule},
    limits,
};

/// Which part of a list was asked for.
#[derive(Debug)]
pub struct Paging {
    /// Rows of this page.
    pub limit: u32,
    after: Option<(String, String)>,
}

/// Separates the parts; no key holds a control character.
const SEPARATOR: char = '\u{1f}';

impl Paging {
    /// Checks what was asked for. `list` names the list, so that the cursor of
    /// another one is refused.
    pub fn new(list: &str, limit: Option<u32>, after: Option<&str>) -> Result<Self, AppError> {
        let (range, default) = (limits::PAGE_ROWS, limits::PAGE_ROWS_DEFAULT);
        let limit = limit.unwrap_or(default);
        if !range.contains(&limit) {
            let error = FieldError::new("limit", Rule::OutOfRange);
            return Err(AppError::field(error.with("min", range.start()).with("max", range.end())));
        }
        let after = after.map(|text| decode(list, text).ok_or_else(unreadable)).transpose()?;
        Ok(Self { limit, after })
    }

    /// One row more than the page has, to know whether there is another.
    #[must_use]
    pub fn rows(&self) -> u32 {
        self.limit + 1
    }

    /// Sort key and id after which the page begins.
    pub fn after<T: FromStr>(&self) -> Result<Option<(&str, T)>, AppError> {
        let Some((key, id)) = &self.after else { return Ok(None) };
        id.parse().map(|id| Some((key.as_str(), id))).map_err(|_| unreadable())
    }

    /// The id after which the page begins, as it stands in the cursor.
    #[must_use]
    pub fn last(&self) -> Option<&str> {
        self.after.as_ref().map(|(_, id)| id.as_str())
    }

    /// The id alone, for lists in order of ids.
    pub fn after_id<T: FromStr>(&self) -> Result<Option<T>, AppError> {
        Ok(self.after::<T>()?.map(|(_, id)| id))
    }

    /// The page of `rows`, with the cursor of its last one if there are more.
    pub fn page<R, I: Display>(
        &self,
        list: &str,
        mut rows: Vec<R>,
        place: impl Fn(&R) -> (String, I),
    ) -> (Vec<R>, Option<String>) {
        let more = rows.len() > self.limit as usize;
        rows.truncate(self.limit as usize);
        let next = rows.last().filter(|_| more).map(|last| {
            let (key, id) = place(last);
            encode(list, &key, &id.to_string())
        });
        (rows, next)
    }
}

fn unreadable() -> AppError {
    let expected = "the `next` of an earlier page of this list, as it was";
    AppError::field(FieldError::new("after", Rule::Format).with("expected", expected))
}

fn encode(list: &str, key: &str, id: &str) -> String {
    let text = format!("{list}{SEPARATOR}{key}{SEPARATOR}{id}");
    let mut bytes = checksum(text.as_bytes()).to_be_bytes().to_vec();
    bytes.extend_from_slice(text.as_bytes());
    BASE64URL_NOPAD.encode(&bytes)
}

fn decode(list: &str, cursor: &str) -> Option<(String, String)> {
    let bytes = BASE64URL_NOPAD.decode(cursor.as_bytes()).ok()?;
    let (sum, text) = bytes.split_at_checked(4)?;
    if sum != checksum(text).to_be_bytes() {
        return None;
    }
    let mut parts = std::str::from_utf8(text).ok()?.split(SEPARATOR);
    let (own, key, id) = (parts.next()?, parts.next()?, parts.next()?);
    // No row has such a key, and the database takes no NUL.
    let control = |part: &str| part.chars().any(char::is_control);
    (own == list && parts.next().is_none() && !control(key) && !control(id))
        .then(|| (key.to_owned(), id.to_owned()))
}

/// FNV-1a (32 bits): a cursor that was cut or mistyped is noticed. A forged one
/// only chooses another place of a list the caller may read anyway.
fn checksum(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |sum, byte| (sum ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_leads_back_to_its_place_and_to_no_other_list() {
        let cursor = encode("users", "anna berg", "usr_x");
        assert_eq!(decode("users", &cursor), Some(("anna berg".to_owned(), "usr_x".to_owned())));
        assert_eq!(decode("tenants", &cursor), None);
        assert_eq!(decode("users", &encode("users", "an\0na", "usr_x")), None, "no key is like this");
    }

    #[test]
    fn every_changed_character_is_noticed() {
        let cursor = encode("users", "ünï", "usr_01jzk3v8x6f0p2m4q7r9s1t3vw");
        for i in 0..cursor.len() {
            let mut bytes = cursor.clone().into_bytes();
            bytes[i] = if bytes[i] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(bytes).expect("ASCII");
            assert_eq!(decode("users", &changed), None, "{changed}");
        }
        assert_eq!(decode("users", ""), None);
    }
}
