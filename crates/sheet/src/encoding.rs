//! How a text writes its characters.

use std::borrow::Cow;

use encoding_rs::{UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1250, WINDOWS_1252};

/// How a CSV file writes its characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// With or without a mark.
    Utf8,
    /// "Unicode text" of Excel.
    Utf16,
    /// Windows in the west of Europe.
    Windows1252,
    /// Windows in the middle and east of Europe.
    Windows1250,
}

impl Encoding {
    /// All that are known, as a hint.
    pub(crate) const ALL: &'static str = "UTF-8, UTF-16, Windows-1252, Windows-1250";

    /// As people write it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Utf16 => "UTF-16",
            Self::Windows1252 => "Windows-1252",
            Self::Windows1250 => "Windows-1250",
        }
    }
}

/// Languages of each code page: the letters they have that are not the same in the other.
const WESTERN: &[&str] = &["åæø", "åéüäö", "àçèêëîïôœùûÿæ", "ñªº¿¡", "ãàçêõâ", "àèìòù", "ðþæö", "ëïèê"];
const EASTERN: &[&str] = &["ąćęłńśźż", "čďěňřťůšž", "ĺľčďňŕťšž", "őű", "čćđšž", "ăşţâî"];

/// The characters. What cannot be one becomes `U+FFFD`.
pub(crate) fn decode(bytes: &[u8]) -> (Cow<'_, str>, Encoding) {
    match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => (UTF_8.decode_without_bom_handling(rest).0, Encoding::Utf8),
        [0xFF, 0xFE, rest @ ..] => (UTF_16LE.decode_without_bom_handling(rest).0, Encoding::Utf16),
        [0xFE, 0xFF, rest @ ..] => (UTF_16BE.decode_without_bom_handling(rest).0, Encoding::Utf16),
        // Without a mark, but two characters of ASCII tell.
        [1..=0xFF, 0, 1..=0xFF, 0, ..] => (UTF_16LE.decode_without_bom_handling(bytes).0, Encoding::Utf16),
        [0, 1..=0xFF, 0, 1..=0xFF, ..] => (UTF_16BE.decode_without_bom_handling(bytes).0, Encoding::Utf16),
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => (Cow::Borrowed(text), Encoding::Utf8),
            Err(_) if is_eastern(bytes) => {
                (WINDOWS_1250.decode_without_bom_handling(bytes).0, Encoding::Windows1250)
            }
            Err(_) => (WINDOWS_1252.decode_without_bom_handling(bytes).0, Encoding::Windows1252),
        },
    }
}

/// Whether a language of the east explains more of the letters than each of the west. A file has
/// the letters of one code page only, and people of one country mostly.
fn is_eastern(bytes: &[u8]) -> bool {
    let mut count = [0_usize; 256];
    for byte in bytes {
        count[usize::from(*byte)] += 1;
    }
    let mut letters = Vec::new();
    for byte in 0x80..=0xFF_u8 {
        let times = count[usize::from(byte)];
        let western = WINDOWS_1252.decode_without_bom_handling(&[byte]).0.to_lowercase();
        let eastern = WINDOWS_1250.decode_without_bom_handling(&[byte]).0.to_lowercase();
        if times > 0 && western != eastern {
            letters.push((western, eastern, times));
        }
    }
    let explained = |languages: &[&str], pick: fn(&(String, String, usize)) -> &str| {
        let of = |language: &&str| {
            letters.iter().filter(|letter| language.contains(pick(letter))).map(|letter| letter.2).sum()
        };
        languages.iter().map(of).max().unwrap_or(0_usize)
    };
    explained(EASTERN, |letter| &letter.1) > explained(WESTERN, |letter| &letter.0)
}

#[cfg(test)]
mod tests {
    use encoding_rs::{WINDOWS_1250, WINDOWS_1252};

    use super::{Encoding, decode};

    #[test]
    fn western_and_eastern_code_pages_are_told_by_their_letters() {
        let western = [
            "Søren Kjær, Åse Ødegård, Bjørn Sæther",
            "Göran Åkesson; Åsa Öberg",
            "Jürgen Groß, Käthe Müller",
            "François Lefèvre, Zoë Bâle, Hélène Œuvrard",
            "José Núñez, Mª Carmen Peña, ¿quién?",
            "João Conceição, Luísa Simões",
            "Niccolò Pellè, Forlì, Mercoledì, città",
            "Þórður Sigurðsson, Ægir",
            "Preis 5 €, 20 m², ±3 µ",
            "Ørsted",
        ];
        let eastern = [
            "Łukasz Wiśniewski; Paweł Dąbrowski; Zażółć gęślą jaźń",
            "Jiří Dvořák, Tomáš Říha, Zdeněk Kučera",
            "Ľubomír Kováč, Žaneta Ďuriš",
            "Erzsébet Szűcs, Győző Kőrösi",
            "Đorđe Petrović, Čedomir",
            "Ştefan Brătianu, Ţuţea",
            "Łoś",
        ];
        for text in western {
            let (bytes, _, unmapped) = WINDOWS_1252.encode(text);
            assert!(!unmapped, "{text}");
            assert_eq!(decode(&bytes), (text.into(), Encoding::Windows1252));
        }
        for text in eastern {
            let (bytes, _, unmapped) = WINDOWS_1250.encode(text);
            assert!(!unmapped, "{text}");
            assert_eq!(decode(&bytes), (text.into(), Encoding::Windows1250));
        }
    }

    #[test]
    fn unicode_is_recognised_with_and_without_a_mark() {
        let wide = |text: &str, mark: bool, swap: bool| -> Vec<u8> {
            let mark = mark.then_some('\u{FEFF}').into_iter().collect::<String>();
            let units: Vec<u16> = mark.encode_utf16().chain(text.encode_utf16()).collect();
            units
                .into_iter()
                .flat_map(|unit| if swap { unit.to_be_bytes() } else { unit.to_le_bytes() })
                .collect()
        };
        let text = "name;Łukasz;Søren;😀";
        for (mark, swap) in [(true, true), (true, false), (false, true), (false, false)] {
            assert_eq!(decode(&wide(text, mark, swap)), (text.into(), Encoding::Utf16));
        }
        assert_eq!(decode(text.as_bytes()), (text.into(), Encoding::Utf8));
        assert_eq!(decode("\u{FEFF}Åse".as_bytes()), ("Åse".into(), Encoding::Utf8));
        assert_eq!(
            decode(b"\xEF\xBB\xBFa\xE5b"),
            ("a\u{FFFD}b".into(), Encoding::Utf8),
            "the mark was a lie"
        );
    }
}
