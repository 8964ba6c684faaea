//! Passwords on their way into the directory.

use domain::clock::Random;
use zeroize::Zeroizing;

/// Characters of a password that nobody learns: more than 200 bits.
const RANDOM_CHARS: usize = 40;
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/// One of each class, so that every complexity rule is satisfied.
const CLASSES: &str = "aA1-";

/// A password that nobody learns, for a new account.
pub(crate) fn random(random: &dyn Random) -> Zeroizing<String> {
    let mut bytes = Zeroizing::new([0; RANDOM_CHARS]);
    random.fill(bytes.as_mut());
    let mut password = Zeroizing::new(String::with_capacity(RANDOM_CHARS + CLASSES.len()));
    password.extend(bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte & 63)])));
    password.push_str(CLASSES);
    password
}

/// The form `unicodePwd` takes: in quotes, UTF-16, little endian (MS-ADTS 3.1.1.3.1.5.1).
pub(crate) fn encode(password: &str) -> Zeroizing<Vec<u8>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(password.len() * 2 + 4));
    for unit in "\"".encode_utf16().chain(password.encode_utf16()).chain("\"".encode_utf16()) {
        bytes.extend_from_slice(&unit.to_le_bytes());
    }
    bytes
}

#[cfg(test)]
mod tests {
    use domain::clock::SeededRandom;

    use super::*;

    #[test]
    fn every_new_account_gets_another_long_password_of_four_classes() {
        let source = SeededRandom::new(7);
        let (one, two) = (random(&source), random(&source));
        assert_ne!(*one, *two);
        assert_eq!(one.len(), RANDOM_CHARS + 4);
        for class in [char::is_lowercase, char::is_uppercase, |c: char| c.is_ascii_digit(), |c| c == '-'] {
            assert!(one.chars().any(class));
        }
    }

    #[test]
    fn a_password_is_sent_in_quotes_as_utf_16() {
        assert_eq!(*encode("ä"), [0x22, 0, 0xE4, 0, 0x22, 0]);
    }
}
