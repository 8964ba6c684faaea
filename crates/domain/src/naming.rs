//! Log-on names and principal names made from a person's name.
//!
//! A pattern such as `{given}.{surname}` is filled with ASCII forms of the
//! names, cut so that the customer's suffix still fits into the 20 characters
//! of `sAMAccountName`; a number makes it unique.

use crate::{
    field::{FieldError, Rule},
    limits,
};

/// How names are made. Placeholders: `{given}`, `{surname}`, `{g}` (first letter), `{s}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern(String);

/// The pattern used when a customer has set none.
pub const DEFAULT_PATTERN: &str = "{given}.{surname}";

impl Pattern {
    /// Checks a pattern: only known placeholders and characters allowed in names.
    pub fn parse(field: &str, text: &str) -> Result<Self, FieldError> {
        if text.chars().count() > limits::NAMING_PATTERN_CHARS {
            return Err(FieldError::new(field, Rule::TooLong).with("max", limits::NAMING_PATTERN_CHARS));
        }
        let mut rest = text.to_owned();
        for placeholder in ["{given}", "{surname}", "{g}", "{s}"] {
            rest = rest.replace(placeholder, "");
        }
        if rest.len() == text.len() {
            let form = "at least one of {given}, {surname}, {g}, {s}";
            return Err(FieldError::new(field, Rule::Format).with("expected", form));
        }
        match rest.chars().find(|c| !(c.is_ascii_lowercase() || c.is_ascii_digit() || "._-".contains(*c))) {
            Some(bad) => Err(FieldError::new(field, Rule::ForbiddenCharacter).with("character", bad)),
            None => Ok(Self(text.to_owned())),
        }
    }

    /// The name a person gets before it is made unique: lower-case ASCII,
    /// `user` when nothing of the names is left (as for emoji).
    #[must_use]
    pub fn fill(&self, given: &str, surname: &str) -> String {
        let (given, surname) = (ascii(given), ascii(surname));
        let first = |s: &str| s.chars().take(1).collect::<String>();
        let filled = self
            .0
            .replace("{given}", &given)
            .replace("{surname}", &surname)
            .replace("{g}", &first(&given))
            .replace("{s}", &first(&surname));
        let name = tidy(&filled);
        if name.is_empty() { "user".to_owned() } else { name }
    }
}

/// The `n`-th candidate (from 1) for a log-on name: `base` cut so that the
/// number and `_suffix` fit. The first candidate has no number.
#[must_use]
pub fn logon_candidate(base: &str, customer: &str, n: u32) -> String {
    let number = if n <= 1 { String::new() } else { n.to_string() };
    let tail = format!("{number}_{customer}");
    let room = limits::LOGON_NAME_CHARS.saturating_sub(tail.len()).max(1);
    let cut: String = base.chars().take(room).collect();
    format!("{}{tail}", cut.trim_end_matches(['.', '-', '_']))
}

/// The `n`-th candidate (from 1) for the part of a principal name before the `@`.
#[must_use]
pub fn principal_candidate(base: &str, n: u32) -> String {
    let cut: String = base.chars().take(64).collect();
    let cut = cut.trim_end_matches(['.', '-', '_']);
    if n <= 1 { cut.to_owned() } else { format!("{cut}{n}") }
}

/// Latin letters without accents (`Åse` → `ase`, `Ærø` → `aero`, `Łódź` →
/// `lodz`), other scripts transliterated, everything else dropped.
pub(crate) fn ascii(text: &str) -> String {
    deunicode::deunicode_with_tofu(text, "")
        .to_lowercase()
        .split_whitespace()
        .map(|word| word.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect::<String>())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join("-")
}

/// No separators at the ends and none doubled.
fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let separator = "._-".contains(c);
        if separator && (out.is_empty() || out.ends_with(['.', '_', '-'])) {
            continue;
        }
        out.push(c);
    }
    out.trim_end_matches(['.', '_', '-']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_candidate_is_a_valid_logon_name(given in "\\PC{0,40}", surname in "\\PC{0,40}", n in 1_u32..100_000) {
            let base = Pattern::parse("p", DEFAULT_PATTERN).expect("default").fill(&given, &surname);
            let name = logon_candidate(&base, "customer-123", n);
            prop_assert_eq!(names::logon_name("f", &name), Ok(name.clone()), "from {}", base);
            let principal = format!("{}@example.com", principal_candidate(&base, n));
            prop_assert_eq!(names::principal_name("f", &principal), Ok(principal.clone()));
        }

        #[test]
        fn two_numbers_never_give_one_name(base in "[a-z]{1,40}", a in 1_u32..5000, b in 1_u32..5000) {
            prop_assume!(a != b);
            prop_assert_ne!(logon_candidate(&base, "acme", a), logon_candidate(&base, "acme", b));
        }
    }

    #[test]
    fn names_of_several_countries() {
        let pattern = Pattern::parse("p", DEFAULT_PATTERN).expect("default");
        for (given, surname, expected) in [
            ("Åse", "Sørensen", "ase.sorensen"),
            ("Jürgen", "Groß", "jurgen.gross"),
            ("Łukasz", "Dąbrowski", "lukasz.dabrowski"),
            ("Anna Maria", "de la Cruz", "anna-maria.de-la-cruz"),
            ("Νίκος", "", "nikos"),
            ("😀", "🎉", "grinning.tada"),
            ("", "", "user"),
        ] {
            assert_eq!(pattern.fill(given, surname), expected, "{given} {surname}");
        }
        assert_eq!(logon_candidate("bartholomew.featherstonehaugh", "acme", 12), "bartholomew.f12_acme");
        let long = format!("{}.berg", "a".repeat(63));
        assert_eq!(principal_candidate(&long, 1), "a".repeat(63), "no name ends where it was cut at a stop");
    }

    #[test]
    fn a_pattern_needs_a_placeholder_and_plain_characters() {
        assert!(Pattern::parse("p", "static").is_err());
        assert!(Pattern::parse("p", "{given} {surname}").is_err());
        assert!(Pattern::parse("p", "{g}{surname}").is_ok());
        let long = |chars: usize| format!("{{given}}{}", "a".repeat(chars - "{given}".len()));
        assert!(Pattern::parse("p", &long(64)).is_ok());
        assert_eq!(Pattern::parse("p", &long(65)).expect_err("too long").rule, Rule::TooLong);
    }
}
