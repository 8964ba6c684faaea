//! Values people give, checked before anything is written: lengths and
//! characters a directory accepts (MS-ADTS, MS-SAMR), Unicode in NFC.

use unicode_normalization::{IsNormalized, UnicodeNormalization as _, char::is_combining_mark, is_nfc_quick};

use crate::{
    field::{FieldError, Rule},
    limits,
};

/// Characters `sAMAccountName` must not hold (MS-SAMR 3.1.1.6).
const LOGON_NAME_FORBIDDEN: &str = "\"/\\[]:;|=,+*?<>@";

/// Checks one line of text: trimmed, NFC, at most `max` characters, no control
/// characters and no invisible characters that change the direction of text
/// (they make one name look like another).
pub fn line(field: &str, text: &str, max: usize) -> Result<String, FieldError> {
    // Counted before normalising, so that a huge value costs nothing.
    if text.chars().take(max * 4 + 1).count() > max * 4 {
        return Err(FieldError::new(field, Rule::TooLong).with("max", max));
    }
    let value = composed(text.trim());
    if value.is_empty() {
        return Err(FieldError::new(field, Rule::Required));
    }
    if value.chars().count() > max {
        return Err(FieldError::new(field, Rule::TooLong).with("max", max));
    }
    let hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{200B}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
    };
    if let Some(bad) = value.chars().find(|&c| hidden(c)) {
        let shown = format!("U+{:04X}", u32::from(bad));
        return Err(FieldError::new(field, Rule::ForbiddenCharacter).with("character", shown));
    }
    Ok(value)
}

/// As [`line`], of several lines: line feeds alone separate them.
pub fn text(field: &str, text: &str, max: usize) -> Result<String, FieldError> {
    let text = text.replace("\r\n", "\n");
    // What a line may not hold, this may not either, but for its ends.
    line(field, &text.replace('\n', " "), max)?;
    let lines: Vec<String> = text.trim().lines().map(|line| composed(line.trim_end())).collect();
    Ok(lines.join("\n"))
}

/// An optional line: nothing and blanks mean "no value".
pub fn optional_line(field: &str, text: Option<&str>, max: usize) -> Result<Option<String>, FieldError> {
    match text.map(str::trim) {
        None | Some("") => Ok(None),
        Some(text) => line(field, text, max).map(Some),
    }
}

/// A display name: also becomes the name (RDN) of the object, so at most
/// [`limits::RDN_CHARS`] characters.
pub fn display_name(field: &str, text: &str) -> Result<String, FieldError> {
    line(field, text, limits::DISPLAY_NAME_CHARS)
}

/// A `sAMAccountName` given by a person: 1 to 20 characters, none forbidden,
/// no blank at either end, not ending in a full stop (MS-SAMR 3.1.1.6).
pub fn logon_name(field: &str, text: &str) -> Result<String, FieldError> {
    let value = line(field, &lower(text), limits::LOGON_NAME_CHARS)?;
    if let Some(bad) = value.chars().find(|c| LOGON_NAME_FORBIDDEN.contains(*c)) {
        return Err(FieldError::new(field, Rule::ForbiddenCharacter).with("character", bad));
    }
    if value.ends_with('.') {
        return Err(FieldError::new(field, Rule::ForbiddenCharacter).with("character", "."));
    }
    Ok(value)
}

/// In small letters, which can be more than the capitals were (`İ`), and be written in another way (`J̌`, `ǰ`).
fn lower(text: &str) -> String {
    composed(&text.to_lowercase())
}

/// In small letters without their marks: Active Directory takes names for the same that differ in nothing else.
#[must_use]
pub fn unmarked(name: &str) -> String {
    name.to_lowercase().nfd().filter(|c| !is_combining_mark(*c)).collect()
}

/// In NFC, which nearly every text is already.
fn composed(text: &str) -> String {
    match is_nfc_quick(text.chars()) {
        IsNormalized::Yes => text.to_owned(),
        _ => text.nfc().collect(),
    }
}

/// A further mail address, in small letters.
pub fn alias(field: &str, text: &str) -> Result<String, FieldError> {
    mail(field, &lower(text))
}

/// A DNS domain name used as UPN suffix, in lower case (RFC 1035 lengths,
/// at least two labels of letters, digits and inner hyphens).
pub fn suffix(field: &str, text: &str) -> Result<String, FieldError> {
    let value = line(field, text, 253)?.to_lowercase();
    let label = |l: &str| {
        (1..=63).contains(&l.len())
            && l.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !l.starts_with('-')
            && !l.ends_with('-')
    };
    if value.split('.').count() < 2 || !value.split('.').all(label) {
        return Err(FieldError::new(field, Rule::Format).with("expected", "a domain name, as example.com"));
    }
    Ok(value)
}

/// A user principal name `local@suffix`, in lower case.
pub fn principal_name(field: &str, text: &str) -> Result<String, FieldError> {
    let value = line(field, text, limits::UPN_CHARS)?.to_lowercase();
    let form =
        || FieldError::new(field, Rule::Format).with("expected", "name@domain, as anna.berg@example.com");
    let (local, domain) = value.rsplit_once('@').ok_or_else(form)?;
    suffix(field, domain).map_err(|_| form())?;
    let allowed = |c: char| c.is_ascii_alphanumeric() || "._-'!#^~".contains(c);
    if let Some(bad) = local.chars().find(|&c| !allowed(c)) {
        return Err(FieldError::new(field, Rule::ForbiddenCharacter).with("character", bad));
    }
    if local.is_empty() || local.starts_with('.') || local.ends_with('.') || local.contains("..") {
        return Err(form());
    }
    Ok(value)
}

/// A mail address: one `@`, a domain after it, no blanks (RFC 5321 lengths).
pub fn mail(field: &str, text: &str) -> Result<String, FieldError> {
    let value = line(field, text, limits::UPN_CHARS)?;
    let form = || FieldError::new(field, Rule::Format).with("expected", "an address, as anna@example.com");
    let (local, domain) = value.rsplit_once('@').ok_or_else(form)?;
    suffix(field, domain).map_err(|_| form())?;
    // The specials of RFC 5322, 3.2.3; one in quotes is nobody's address.
    let bad = |c: char| c.is_whitespace() || "@<>,;:\"()[]\\".contains(c);
    if local.is_empty() || local.len() > 64 || local.chars().any(bad) {
        return Err(form());
    }
    Ok(value)
}

/// A password a person chose: only its length is checked here; the directory's
/// policy decides the rest.
pub fn password(field: &str, text: &str) -> Result<(), FieldError> {
    let (min, max) = (*limits::PASSWORD_CHARS.start(), *limits::PASSWORD_CHARS.end());
    match text.chars().take(max + 1).count() {
        0 => Err(FieldError::new(field, Rule::Required)),
        n if n < min => Err(FieldError::new(field, Rule::TooShort).with("min", min)),
        n if n > max => Err(FieldError::new(field, Rule::TooLong).with("max", max)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_address_has_none_of_the_characters_that_mean_something_in_a_mail() {
        for good in ["anna@acme.test", "anna.o'neil+x@acme.test", "å_b-c=d/e@acme.test"] {
            assert_eq!(mail("mail", good).as_deref(), Ok(good));
        }
        for bad in
            ["a:ab@acme.test", "a[1]@acme.test", "\"a b\"@acme.test", "a,b@acme.test", "@acme.test", "anna"]
        {
            assert_eq!(mail("mail", bad).map_err(|error| error.rule), Err(Rule::Format), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn nothing_a_person_gives_panics(text: String) {
            let _ = (line("f", &text, 64), logon_name("f", &text), principal_name("f", &text));
            let _ = (mail("f", &text), suffix("f", &text), password("f", &text));
        }

        #[test]
        fn an_accepted_logon_name_satisfies_the_directory(text in "\\PC{0,24}") {
            if let Ok(name) = logon_name("f", &text) {
                prop_assert!(name.chars().count() <= 20 && !name.is_empty());
                prop_assert!(!name.contains(|c| LOGON_NAME_FORBIDDEN.contains(c)));
            }
        }

        #[test]
        fn checking_twice_changes_nothing(text in "\\PC{1,64}") {
            if let Ok(once) = line("f", &text, 64) {
                prop_assert_eq!(line("f", &once, 64), Ok(once.clone()));
            }
        }
    }

    #[test]
    fn small_letters_are_counted_and_have_one_form() {
        let capitals = "İ".repeat(12);
        assert_eq!(logon_name("f", &capitals).expect_err("24 characters").args["max"], "20");
        assert_eq!(logon_name("f", "J\u{30C}an").as_deref(), Ok("\u{1F0}an"));
        assert_eq!(alias("f", "J\u{30C}an@Acme.test").as_deref(), Ok("\u{1F0}an@acme.test"));
    }

    #[test]
    fn each_refusal_names_the_field_and_the_rule() {
        let long = "x".repeat(300);
        assert_eq!(line("users[2].surname", &long, 64).expect_err("long").args["max"], "64");
        assert_eq!(logon_name("logon_name", "a+b").expect_err("plus").args["character"], "+");
        assert_eq!(line("name", "a\u{202E}b", 64).expect_err("bidi").args["character"], "U+202E");
        assert_eq!(principal_name("upn", "anna").expect_err("no suffix").rule, Rule::Format);
        assert_eq!(line("name", " \t ", 64).expect_err("blank").rule, Rule::Required);
        assert_eq!(line("name", "A\u{30A}sa", 64).expect("NFC"), "Åsa");
        assert_eq!(line("name", "שלום 😀 \"a,b\\\"", 64).expect("any script"), "שלום 😀 \"a,b\\\"");
    }
}
