//! Cursors: where a list goes on, as text that people carry from one page to the
//! next. A cursor holds a sort key and an id. It carries no right: a forged one only
//! chooses another place of a list the caller may read anyway.

use data_encoding::BASE64URL_NOPAD;

/// Separates the parts; no key holds a control character.
const SEPARATOR: char = '\u{1f}';

/// The cursor of a place of a list.
#[must_use]
pub fn encode(list: &str, key: &str, id: &str) -> String {
    let text = format!("{list}{SEPARATOR}{key}{SEPARATOR}{id}");
    let mut bytes = checksum(text.as_bytes()).to_be_bytes().to_vec();
    bytes.extend_from_slice(text.as_bytes());
    BASE64URL_NOPAD.encode(&bytes)
}

/// The sort key and the id in a cursor of this list; none where it is no such.
#[must_use]
pub fn decode(list: &str, cursor: &str) -> Option<(String, String)> {
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

/// FNV-1a (32 bits): a cursor that was cut or mistyped is noticed.
fn checksum(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |sum, byte| (sum ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::{decode, encode};

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
