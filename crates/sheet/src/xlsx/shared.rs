//! Texts of cells: those that cells share, and how both kinds write characters XML has none for.

use std::borrow::Cow;

use crate::{
    container::Zip,
    strings::{Strings, push_capped},
    wrong::Step,
    xml::{Piece, Xml},
};

/// Reads the texts that cells share.
pub(super) fn read(zip: &Zip<'_>, part: &str, cell_chars: usize) -> Step<Strings> {
    let mut strings = Strings::default();
    let Some(source) = zip.entry(part)? else { return Ok(strings) };
    let mut xml = Xml::new(source, cell_chars);
    let mut text = String::new();
    // Within a text, and within one that only says how another is pronounced.
    let (mut within, mut aside) = (false, false);
    loop {
        match xml.next()? {
            Piece::Open(tag) => match tag.name() {
                "si" => text.clear(),
                "rPh" => aside = true,
                "t" => within = true,
                _ => {}
            },
            Piece::Close(mark) => match mark.name() {
                "si" => strings.push(&unescape(&text))?,
                "rPh" => aside = false,
                "t" => within = false,
                _ => {}
            },
            Piece::Text(more) if within && !aside => push_capped(&mut text, &more, cell_chars),
            Piece::End => return Ok(strings),
            _ => {}
        }
    }
}

/// `_x000D_` stands for a character XML has none for, and `_x005F_` for the underscore of a text that
/// only looks so (ECMA-376 22.9.2.19).
pub(super) fn unescape(text: &str) -> Cow<'_, str> {
    if !text.contains("_x") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("_x") {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(c) = escaped(rest) {
            out.push(c);
            rest = &rest[7..];
        } else {
            out.push_str("_x");
            rest = &rest[2..];
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// The character an escape at the beginning of `text` stands for.
fn escaped(text: &str) -> Option<char> {
    let digits = text.strip_prefix("_x")?.get(..4)?;
    let ends = text.as_bytes().get(6) == Some(&b'_');
    let is_hex = digits.bytes().all(|b| b.is_ascii_hexdigit());
    (ends && is_hex).then(|| u32::from_str_radix(digits, 16).ok().and_then(char::from_u32))?
}

#[cfg(test)]
mod tests {
    use super::unescape;

    #[test]
    fn escapes_stand_for_characters() {
        let cases = [
            ("a_x000D_b", "a\rb"),
            ("_x005F_x000D_", "_x000D_"),
            ("_x00e9_", "é"),
            ("_x", "_x"),
            ("_xæøå_", "_xæøå_"),
            ("_xD800_", "_xD800_"),
            ("_x+041_", "_x+041_"),
            ("a_x00", "a_x00"),
        ];
        for (written, text) in cases {
            assert_eq!(unescape(written), text);
        }
    }
}
