//! Distinguished names: escaping (RFC 4514), taking apart, comparing, and the
//! form in which an object is addressed by its unchanging id.

use uuid::Uuid;

/// A name taken apart into attribute types and unescaped values, the leaf
/// first, in lower case: two spellings of one name are equal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Parsed(Vec<(String, Vec<u8>)>);

/// The text is no distinguished name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not a distinguished name (RFC 4514), as OU=Customers,DC=example,DC=com")]
pub struct InvalidDn(pub String);

impl Parsed {
    /// Takes a name apart.
    pub(crate) fn new(dn: &str) -> Result<Self, InvalidDn> {
        let invalid = || InvalidDn(dn.chars().take(200).collect());
        let mut parts = Vec::new();
        let mut rest = dn;
        loop {
            let end = component_end(rest);
            let (kind, value) = rest[..end].split_once('=').ok_or_else(invalid)?;
            let kind = kind.trim();
            let known = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
            if kind.is_empty() || !kind.chars().all(known) {
                return Err(invalid());
            }
            let value = unescape(value).ok_or_else(invalid)?;
            parts.push((kind.to_ascii_lowercase(), fold(value)));
            match rest.get(end + 1..) {
                Some(more) => rest = more,
                None => return Ok(Self(parts)),
            }
        }
    }

    /// Whether this is `above` or lies below it.
    pub(crate) fn is_within(&self, above: &Self) -> bool {
        self.0.ends_with(&above.0)
    }

    /// Whether this lies below `above` and is not it.
    pub(crate) fn is_below(&self, above: &Self) -> bool {
        self.0.len() > above.0.len() && self.is_within(above)
    }

    /// The type and value of the leaf.
    #[cfg(test)]
    fn leaf(&self) -> Option<(&str, &[u8])> {
        self.0.first().map(|(kind, value)| (kind.as_str(), value.as_slice()))
    }
}

/// Values are compared as the directory does it, without regard to case.
fn fold(value: Vec<u8>) -> Vec<u8> {
    match String::from_utf8(value) {
        Ok(text) => text.to_lowercase().into_bytes(),
        Err(error) => error.into_bytes(),
    }
}

/// A name's value in the form [`Parsed::leaf`] gives it.
pub(crate) fn folded(name: &str) -> Vec<u8> {
    name.to_lowercase().into_bytes()
}

const HEX: &[u8; 16] = b"0123456789ABCDEF";

/// The name without the ids a server prints before it (MS-ADTS 3.1.1.3.4.1.5), as
/// `<GUID=…>;<SID=…>;CN=Anna,OU=acme`.
pub(crate) fn plain(dn: &str) -> &str {
    let mut rest = dn;
    while rest.starts_with('<') {
        let Some((_, after)) = rest.split_once(">;") else { return rest };
        rest = after;
    }
    rest
}

/// The id a server prints before a name.
pub(crate) fn id_before(dn: &str) -> Option<Uuid> {
    let (id, _) = dn.strip_prefix("<GUID=")?.split_once('>')?;
    id.parse().ok()
}

/// Escapes a value of a relative distinguished name (RFC 4514 2.4). More is
/// escaped than strictly needed nowhere, because servers print it back their own way.
pub(crate) fn escape(value: &str) -> String {
    let mut out = String::with_capacity(value.len() + 8);
    let last = value.chars().count().saturating_sub(1);
    for (i, c) in value.chars().enumerate() {
        let edge = (i == 0 && (c == ' ' || c == '#')) || (i == last && c == ' ');
        if edge || "\"+,;<>\\=".contains(c) {
            out.push('\\');
            out.push(c);
        } else if c.is_control() {
            for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                out.push('\\');
                out.extend([byte >> 4, byte & 15].map(|digit| char::from(HEX[usize::from(digit)])));
            }
        } else {
            out.push(c);
        }
    }
    out
}

/// The address of the container an object lies in: everything after the leaf.
pub(crate) fn parent(dn: &str) -> &str {
    dn.get(component_end(dn) + 1..).unwrap_or_default()
}

/// The form in which a directory takes an object by its id, wherever it was
/// moved (MS-ADTS 3.1.1.3.1.2.4).
pub(crate) fn by_id(id: Uuid) -> String {
    format!("<GUID={id}>")
}

/// Where the first component ends: at the first comma (or, in RFC 2253's older
/// form, semicolon) that is not escaped.
fn component_end(dn: &str) -> usize {
    let mut escaped = false;
    for (i, c) in dn.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            ',' | ';' => return i,
            _ => {}
        }
    }
    dn.len()
}

/// Blanks around a value do not belong to it unless escaped; other white space does.
fn unescape(value: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(value.len());
    let mut keep = 0;
    let mut chars = value.trim_start_matches(' ').chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
            if c != ' ' {
                keep = out.len();
            }
            continue;
        }
        let first = chars.next()?;
        let mut ahead = chars.clone();
        let pair = (first.to_digit(16), ahead.next().and_then(|c| c.to_digit(16)));
        if let (Some(high), Some(low)) = pair {
            chars = ahead;
            out.push(u8::try_from(high << 4 | low).ok()?);
        } else {
            out.extend_from_slice(first.encode_utf8(&mut [0; 4]).as_bytes());
        }
        keep = out.len();
    }
    out.truncate(keep);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn an_escaped_name_is_one_component_with_the_same_value(name in "\\PC{1,64}") {
            let dn = format!("CN={},OU=Customers,DC=corp,DC=test", escape(&name));
            let parsed = Parsed::new(&dn).expect("a name");
            let value = folded(&name);
            prop_assert_eq!(parsed.leaf(), Some(("cn", value.as_slice())));
            prop_assert_eq!(parent(&dn), "OU=Customers,DC=corp,DC=test");
            prop_assert!(parsed.is_below(&Parsed::new("ou=customers,dc=CORP,dc=test").expect("folder")));
        }

        #[test]
        fn no_text_panics(text: String) {
            let _ = (Parsed::new(&text), parent(&text), escape(&text));
        }
    }

    #[test]
    fn white_space_that_is_no_blank_belongs_to_the_name() {
        for name in ["\u{a0}", "\u{a0}Anna\u{2003}"] {
            let parsed = Parsed::new(&format!("CN={}", escape(name))).expect("a name");
            assert_eq!(parsed.leaf(), Some(("cn", folded(name).as_slice())));
        }
    }

    #[test]
    fn a_name_that_only_looks_as_if_it_lay_in_the_folder_does_not() {
        let folder = Parsed::new("OU=Customers,DC=corp,DC=test").expect("folder");
        for outside in [
            "DC=corp,DC=test",
            "CN=Users,DC=corp,DC=test",
            r"CN=x\,OU=Customers,DC=corp,DC=test",
            "OU=NotCustomers,DC=corp,DC=test",
            "OU=Customers,DC=other,DC=test",
        ] {
            assert!(!Parsed::new(outside).expect(outside).is_within(&folder), "{outside}");
        }
        assert!(!folder.is_below(&folder));
        assert!(Parsed::new("CN=a , ou = Customers,DC=CORP,DC=test").expect("spaces").is_below(&folder));
        assert!(Parsed::new("OU=Customers;DC=corp;DC=test").expect("older form").is_within(&folder));
    }
}
