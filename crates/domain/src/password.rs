//! What a password people choose has to be, before the directory is asked.

use std::collections::BTreeSet;

use crate::{
    field::{Checker, FieldError, Rule},
    limits, names,
};

/// Rules of a tenant. Below it they can only become stricter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// Characters at least.
    pub min_chars: u32,
    /// Of capital letters, small letters, digits and other characters so many kinds at least.
    pub classes: u32,
    /// Whether one's own names may not stand in it.
    pub no_names: bool,
    /// Words that may not stand in it, in small letters.
    pub forbidden: BTreeSet<String>,
    /// Days after which it has to be changed; none for never.
    pub valid_days: Option<u32>,
}

impl Default for Rules {
    fn default() -> Self {
        let min = *limits::PASSWORD_CHARS.start();
        let min_chars = u32::try_from(min).unwrap_or(u32::MAX);
        Self { min_chars, classes: 0, no_names: false, forbidden: BTreeSet::new(), valid_days: None }
    }
}

impl Rules {
    /// What holds where both hold.
    #[must_use]
    pub fn and(mut self, other: &Self) -> Self {
        self.min_chars = self.min_chars.max(other.min_chars);
        self.classes = self.classes.max(other.classes);
        self.no_names |= other.no_names;
        self.forbidden.extend(other.forbidden.iter().cloned());
        self.valid_days = self.valid_days.into_iter().chain(other.valid_days).min();
        self
    }

    /// Every rule that is no rule a tenant can set, and every one that is less than
    /// what holds `above`.
    pub fn check(&self, above: &Self) -> Result<(), Vec<FieldError>> {
        let mut c = Checker::default();
        let mut range = |field: &str, value: u32, min: u32, max: u32| {
            if !(min..=max).contains(&value) {
                let error = FieldError::new(field, Rule::OutOfRange).with("min", min);
                c.note(error.with("max", max));
            }
        };
        range("min_chars", self.min_chars, above.min_chars, limits::PASSWORD_MIN_CHARS_MAX);
        range("classes", self.classes, above.classes, 4);
        let (first, last) = (*limits::PASSWORD_DAYS.start(), *limits::PASSWORD_DAYS.end());
        match (self.valid_days, above.valid_days) {
            (None, Some(most)) => c.note(FieldError::new("valid_days", Rule::OutOfRange).with("max", most)),
            (Some(days), most) => range_days(&mut c, days, first, most.unwrap_or(last)),
            (None, None) => {}
        }
        if above.no_names && !self.no_names {
            c.note(FieldError::new("no_names", Rule::OutOfRange));
        }
        if self.forbidden.len() > limits::FORBIDDEN_WORDS {
            c.note(FieldError::new("forbidden_words", Rule::TooMany).with("max", limits::FORBIDDEN_WORDS));
        }
        for (i, word) in self.forbidden.iter().enumerate() {
            let field = format!("forbidden_words[{i}]");
            if word.chars().count() < limits::FORBIDDEN_WORD_CHARS_MIN {
                let min = limits::FORBIDDEN_WORD_CHARS_MIN;
                c.note(FieldError::new(&field, Rule::TooShort).with("min", min));
            }
            c.take(names::line(&field, word, limits::ATTRIBUTE_CHARS));
        }
        c.finish(Some(()))
    }

    /// Every rule a password does not satisfy, at once. `named` are the names of the person.
    pub fn accept<'a>(
        &self,
        field: &str,
        password: &str,
        named: impl IntoIterator<Item = &'a str>,
    ) -> Result<(), Vec<FieldError>> {
        let own = names_in(named);
        match names::password(field, password) {
            Err(error) if error.rule != Rule::TooShort => return Err(vec![error]),
            _ => {}
        }
        let unmet = self.unmet(field, password, &own);
        if unmet.is_empty() { Ok(()) } else { Err(unmet) }
    }

    fn unmet(&self, field: &str, password: &str, names: &BTreeSet<String>) -> Vec<FieldError> {
        let mut errors = Vec::new();
        let chars = u32::try_from(password.chars().count()).unwrap_or(u32::MAX);
        if chars < self.min_chars {
            errors.push(FieldError::new(field, Rule::TooShort).with("min", self.min_chars));
        }
        if classes(password) < self.classes {
            errors.push(FieldError::new(field, Rule::TooFewKinds).with("min", self.classes));
        }
        let folded = password.to_lowercase();
        if self.no_names
            && let Some(name) = names.iter().find(|name| folded.contains(name.as_str()))
        {
            errors.push(FieldError::new(field, Rule::HoldsWord).with("value", name));
        }
        if let Some(word) = self.forbidden.iter().find(|word| folded.contains(word.as_str())) {
            errors.push(FieldError::new(field, Rule::HoldsWord).with("value", word));
        }
        errors
    }
}

fn range_days(c: &mut Checker, days: u32, min: u32, max: u32) {
    if !(min..=max).contains(&days) {
        c.note(FieldError::new("valid_days", Rule::OutOfRange).with("min", min).with("max", max));
    }
}

/// How many kinds of character there are; letters without case count as other
/// characters, as a directory counts them (MS-SAMR 3.1.1.7.2).
fn classes(password: &str) -> u32 {
    let kinds: [fn(char) -> bool; 4] = [
        char::is_uppercase,
        char::is_lowercase,
        |c| c.is_ascii_digit(),
        |c| !c.is_uppercase() && !c.is_lowercase() && !c.is_ascii_digit(),
    ];
    u32::try_from(kinds.iter().filter(|is| password.chars().any(**is)).count()).unwrap_or(0)
}

/// The words of names that are long enough to be meant (MS-SAMR 3.1.1.7.2: three characters).
fn names_in<'a>(names: impl IntoIterator<Item = &'a str>) -> BTreeSet<String> {
    let parts = names.into_iter().flat_map(|name| {
        let name = name.split('@').next().unwrap_or_default();
        name.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase).collect::<Vec<_>>()
    });
    parts.filter(|part| part.chars().count() >= 3).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn strict() -> Rules {
        Rules {
            min_chars: 14,
            classes: 3,
            no_names: true,
            forbidden: BTreeSet::from(["summer".to_owned()]),
            valid_days: Some(90),
        }
    }

    fn rules(password: &str) -> Vec<Rule> {
        let names = ["Anna Maria Berg", "anna.berg@acme.test"];
        strict()
            .accept("password", password, names)
            .err()
            .unwrap_or_default()
            .iter()
            .map(|e| e.rule)
            .collect()
    }

    #[test]
    fn every_unmet_rule_is_named_at_once() {
        assert_eq!(rules("Correct-Horse-7"), Vec::<Rule>::new());
        assert_eq!(
            rules("annasummer"),
            [Rule::TooShort, Rule::TooFewKinds, Rule::HoldsWord, Rule::HoldsWord]
        );
        assert_eq!(rules("lower case only"), [Rule::TooFewKinds]);
        assert_eq!(rules("Mid-SUMMER-Night-1"), [Rule::HoldsWord]);
        assert_eq!(rules(""), [Rule::Required]);
        assert_eq!(rules(&"x".repeat(200)), [Rule::TooLong]);
        assert_eq!(Rules::default().accept("p", "only length counts", ["Only"]), Ok(()));
    }

    #[test]
    fn rules_below_are_at_least_those_above() {
        let fields = |rules: &Rules, above: &Rules| -> Vec<String> {
            rules.check(above).err().unwrap_or_default().into_iter().map(|e| e.field).collect()
        };
        assert_eq!(fields(&strict(), &Rules::default()), Vec::<String>::new());
        let weak = fields(&Rules::default(), &strict());
        assert_eq!(weak, ["min_chars", "classes", "valid_days", "no_names"]);
        let odd = Rules { classes: 5, valid_days: Some(0), ..Rules::default() };
        assert_eq!(fields(&odd, &Rules::default()), ["classes", "valid_days"]);
        let short = Rules { forbidden: BTreeSet::from(["ab".to_owned()]), ..Rules::default() };
        assert_eq!(fields(&short, &Rules::default()), ["forbidden_words[0]"]);
    }

    proptest! {
        #[test]
        fn what_both_accept_each_accepts(password in "[a-zA-Z0-9 !]{0,20}", min in 12..20_u32, classes in 0..5_u32) {
            let other = Rules { min_chars: min, classes, ..Rules::default() };
            let both = strict().and(&other);
            let accepts = |rules: &Rules| rules.accept("p", &password, ["Anna"]).is_ok();
            prop_assert_eq!(accepts(&both), accepts(&strict()) && accepts(&other));
            prop_assert!(both.check(&other).is_ok() && both.check(&strict()).is_ok());
        }
    }
}
