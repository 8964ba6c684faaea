//! What is stored as code and arguments, as sentences in the language of the person
//! who is answered. The sentences themselves are in `locales`, under the codes.

mod adoption;
mod mail;
mod problems;

use app::error::Conflict;
use domain::field::{FieldError, Rule};

use crate::speech::{self, Arg, say, say_with};

pub use adoption::{adoption_changes, adoption_reason};
pub use mail::{mail, mail_link};
pub use problems::{ProblemText, catalogue, cure_code, problem};

/// Why a whole call was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusalText {
    /// In a few words; the same for every occurrence.
    pub title: String,
    /// What happened and what to do.
    pub detail: String,
}

/// The rule a value broke, as a sentence.
#[must_use]
pub fn field_error(error: &FieldError) -> String {
    // Forms of a sentence from the most telling on, each with the arguments it needs; the
    // first one of which all are there is said.
    let forms: &[(&str, &[&str])] = match error.rule {
        Rule::Required => &[("rule-required-or", &["or"]), ("rule-required", &[])],
        Rule::TooLong => &[("rule-too_long", &["max"]), ("rule-too_long-other", &[])],
        Rule::TooShort => &[("rule-too_short", &["min"]), ("rule-too_short-other", &[])],
        Rule::ForbiddenCharacter => {
            &[("rule-forbidden_character-named", &["character"]), ("rule-forbidden_character", &[])]
        }
        Rule::Format => &[("rule-format", &["expected"]), ("rule-format-other", &[])],
        Rule::Unknown => return unknown(error),
        Rule::Taken => {
            &[("rule-taken-by", &["value", "by"]), ("rule-taken-value", &["value"]), ("rule-taken", &[])]
        }
        Rule::TooMany => &[
            ("rule-quota", &["quota", "whose", "max", "used", "asked"]),
            ("rule-quota-seller", &["quota", "asked"]),
            ("rule-too_many", &["max"]),
            ("rule-too_many-other", &[]),
        ],
        Rule::OutOfRange => &[
            ("rule-out_of_range-between", &["min", "max"]),
            ("rule-out_of_range-min", &["min"]),
            ("rule-out_of_range-max", &["max"]),
            ("rule-out_of_range", &[]),
        ],
        Rule::Immutable => &[("rule-immutable-present", &["value", "present"]), ("rule-immutable", &[])],
        Rule::AdministratorsOnly => &[("rule-administrators_only", &[])],
        Rule::Contrast => {
            &[("rule-contrast-nearest", &["contrast", "min", "nearest"]), ("rule-contrast", &[])]
        }
        Rule::Mismatch => &[("rule-mismatch", &[])],
        Rule::Unchanged => &[("rule-unchanged", &[])],
        Rule::OtherDirectory => &[("rule-other_directory", &["value"])],
        Rule::InDirectory => &[("rule-in_directory", &["value", "seen"])],
        Rule::Mangled => mangled(error),
        Rule::ChangedMeanwhile => &[("rule-changed_meanwhile", &[])],
        Rule::Defect => &[("rule-defect", &[])],
        Rule::Expired => &[("rule-expired", &["hours"])],
        Rule::OwnAccount => &[("rule-own_account", &[])],
        Rule::NotAsked => &[("rule-not_asked", &["value"])],
        Rule::NotHeld => &[("rule-not_held", &["value"])],
        Rule::TooFewKinds => &[("rule-too_few_kinds", &["min"])],
        Rule::HoldsWord => &[("rule-holds_word", &["value"]), ("rule-holds_word-name", &[])],
        Rule::Cycle => &[("rule-cycle-value", &["value"]), ("rule-cycle", &[])],
        Rule::Duplicate => &[
            ("rule-duplicate-other", &["other"]),
            ("rule-duplicate-value", &["value"]),
            ("rule-duplicate", &[]),
        ],
    };
    let fits = |names: &[&str]| names.iter().all(|name| error.args.contains_key(*name));
    let (id, names) =
        forms.iter().find(|(_, names)| fits(names)).copied().unwrap_or(("rule-unspecific", &[]));
    let arg = |name: &str| match name {
        "expected" => Arg::from(expected(&error.args[name])),
        "quota" => Arg::from(counted(&error.args[name])),
        "seen" => Arg::from(instant(&error.args[name])),
        "value" if matches!(error.rule, Rule::NotAsked | Rule::NotHeld) => {
            Arg::from(roles(&error.args[name]))
        }
        _ => Arg::from(&error.args[name]),
    };
    let args: Vec<_> = names.iter().map(|name| (*name, arg(name))).collect();
    let said = say_with(id, &args);
    // What is taken helps with whatever rule was broken.
    let said = match error.args.get("expected").filter(|_| !names.contains(&"expected")) {
        Some(text) => {
            say_with("rule-and-expected", &[("text", said.into()), ("expected", expected(text).into())])
        }
        None => said,
    };
    of_service(error, said)
}

/// An instant as people read it.
fn instant(at: &str) -> String {
    at.parse().map_or_else(|_| at.to_owned(), speech::instant)
}

/// What a role is called, by its code.
#[must_use]
pub fn role(code: &str) -> String {
    let id = format!("value-role-{code}");
    if speech::has(&id) { say(&id) } else { code.to_owned() }
}

/// What several are called.
fn roles(codes: &str) -> String {
    codes.split(", ").map(role).collect::<Vec<_>>().join(", ")
}

/// What a spreadsheet made of a value, by the sentence that says what to do about it.
fn mangled(error: &FieldError) -> &'static [(&'static str, &'static [&'static str])] {
    match error.args.get("made").map(String::as_str) {
        Some("number") => &[("rule-mangled-number", &[])],
        Some("date") => &[("rule-mangled-date", &[])],
        Some("exponent") => &[("rule-mangled-exponent", &[])],
        Some("error") => &[("rule-mangled-error", &[])],
        _ => &[("rule-mangled", &[])],
    }
}

/// What a service sets on people was typed by nobody here: who says it, of whom, and where it is
/// changed.
fn of_service(error: &FieldError, rule: String) -> String {
    let arg = |key: &str| error.args.get(key);
    let (Some(service), Some(value)) = (arg("service"), arg("value")) else { return rule };
    let mut args: Vec<(&str, Arg)> =
        vec![("service", service.into()), ("value", value.into()), ("rule", rule.into())];
    match arg("person") {
        None => say_with("rule-of-service", &args),
        Some(person) => {
            args.push(("person", person.into()));
            say_with("rule-of-service-person", &args)
        }
    }
}

/// What a quota counts, as the code has it (`people`, `service desktop`, `plan desktop-s`). Names
/// of services and plans that a page put in place of codes stay as they are.
fn counted(what: &str) -> String {
    match what.split_once(' ') {
        Some(("service", name)) => say_with("rule-quota-service", &[("name", name.into())]),
        Some(("plan", name)) => say_with("rule-quota-plan", &[("name", name.into())]),
        _ if what == "people" => say("rule-quota-people"),
        _ => what.to_owned(),
    }
}

/// What a field takes, as the code has it in English (`a day, as 2026-03-01`), in the
/// reader's language where there are words for it.
fn expected(text: &str) -> String {
    let (_, example) = text.split_once(", as ").unwrap_or((text, ""));
    let id = expected_id(text);
    if speech::has(&id) { say_with(&id, &[("example", example.into())]) } else { text.to_owned() }
}

/// The message with the words for what a field takes.
pub(crate) fn expected_id(text: &str) -> String {
    let (what, _) = text.split_once(", as ").unwrap_or((text, ""));
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    format!("expected-{}", what.chars().map(plain).collect::<String>())
}

/// What does not exist, and what there is.
fn unknown(error: &FieldError) -> String {
    let arg = |key: &str| error.args.get(key);
    let first = match arg("value") {
        Some(value) => say_with("rule-unknown-value", &[("value", value.into())]),
        None => say("rule-unknown"),
    };
    let known = arg("known").cloned().or_else(|| arg("expected").map(|text| expected(text)));
    match known.filter(|known| !known.is_empty()) {
        Some(known) => say_with("rule-unknown-known", &[("text", first.into()), ("known", known.into())]),
        None => first,
    }
}

/// The stable code of a rule, as it stands in JSON.
#[must_use]
pub const fn rule_code(rule: Rule) -> &'static str {
    rule.code()
}

/// A contradiction, as sentences.
#[must_use]
pub fn conflict(conflict: Conflict) -> RefusalText {
    let code = conflict.code();
    RefusalText {
        title: say(&format!("conflict-{code}-title")),
        detail: say(&format!("conflict-{code}-detail")),
    }
}

/// What a request was about, from its stable code.
#[must_use]
pub fn request_title(kind: &str) -> String {
    let id = format!("title-{kind}");
    say(if speech::has(&id) { &id } else { "title-other" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_explained_with_its_limits() {
        let error = FieldError::new("name", Rule::TooLong).with("max", 64);
        assert_eq!(field_error(&error), "At most 64 characters.");
        let error = FieldError::new("plan", Rule::Unknown).with("value", "gold").with("known", "basic, more");
        assert_eq!(field_error(&error), "\"gold\" does not exist here. Known: basic, more.");
        let error = FieldError::new("into", Rule::OutOfRange).with("expected", "a provider or reseller");
        assert_eq!(field_error(&error), "This is not possible here. Expected is a provider or reseller.");
        let quota = [("quota", "people"), ("whose", "Acme"), ("max", "5"), ("used", "4"), ("asked", "2")];
        let error = quota.iter().fold(FieldError::new("count", Rule::TooMany), |e, (k, v)| e.with(k, v));
        let said = "The quota of Acme for people is 5; 4 are used, and 2 more were asked for. Who stands above raises it, \
                    or something of it is given up first.";
        assert_eq!(field_error(&error), said);
        let of = [("max", "64"), ("service", "desktop"), ("value", "Acme Sales"), ("person", "bo_acme")];
        let error =
            of.iter().fold(FieldError::new("attributes.company", Rule::TooLong), |e, (k, v)| e.with(k, v));
        let said = "The service desktop would set \"Acme Sales\" for bo_acme. At most 64 characters. Change what \
                    the service, its plan or its properties say, or the person, and try again.";
        assert_eq!(field_error(&error), said);
    }
}
