//! Search filters (RFC 4515): every value is escaped, texts and bytes alike.

use uuid::Uuid;

/// `(attribute=value)` with the value escaped.
pub(crate) fn equals(attribute: &str, value: &str) -> String {
    let mut out = String::with_capacity(value.len() + attribute.len() + 8);
    out.push('(');
    out.push_str(attribute);
    out.push('=');
    for c in value.chars() {
        if "\\*()".contains(c) || c.is_control() {
            let mut bytes = [0; 4];
            for byte in c.encode_utf8(&mut bytes).bytes() {
                push_hex(&mut out, byte);
            }
        } else {
            out.push(c);
        }
    }
    out.push(')');
    out
}

/// `(objectGUID=…)`: the bytes as the directory stores them (MS-DTYP 2.3.4.2).
pub(crate) fn has_id(id: Uuid) -> String {
    let mut out = String::from("(objectGUID=");
    for byte in id.to_bytes_le() {
        push_hex(&mut out, byte);
    }
    out.push(')');
    out
}

/// `(attribute=bytes)`.
pub(crate) fn equals_bytes(attribute: &str, value: &[u8]) -> String {
    let mut out = format!("({attribute}=");
    for byte in value {
        push_hex(&mut out, *byte);
    }
    out.push(')');
    out
}

/// `(|…)` of the terms; a single term stands alone.
pub(crate) fn any_of(terms: &[String]) -> String {
    match terms {
        [one] => one.clone(),
        many => format!("(|{})", many.concat()),
    }
}

fn push_hex(out: &mut String, byte: u8) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    out.push('\\');
    out.push(char::from(DIGITS[usize::from(byte >> 4)]));
    out.push(char::from(DIGITS[usize::from(byte & 15)]));
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_value_escapes_from_its_term(value in "\\PC*") {
            let term = equals("name", &value);
            let inside = &term[6..term.len() - 1];
            prop_assert!(!inside.contains(['(', ')', '*']));
            prop_assert!(ldap3::parse_filter(&term).is_ok());
        }
    }

    #[test]
    fn ids_are_written_in_the_order_of_bytes_the_directory_stores() {
        let id = Uuid::parse_str("e4c15c5a-cac4-4900-a056-b5ea3d2e44b2").expect("id");
        assert_eq!(has_id(id), r"(objectGUID=\5a\5c\c1\e4\c4\ca\00\49\a0\56\b5\ea\3d\2e\44\b2)");
        assert_eq!(any_of(&[equals("cn", "a*"), has_id(id)]), format!(r"(|(cn=a\2a){})", has_id(id)));
    }
}
