//! What an adoption does to a directory, and why an object is not taken over.

use std::collections::BTreeMap;

use domain::{
    adoption::{Reason, Wins},
    field::{FieldError, Rule},
};

use super::{field_error, problems::attribute};
use crate::speech::{say, say_with};

/// Everything an adoption changes in the directory.
#[must_use]
pub fn adoption_changes(counts: &app::adoption::Counts, wins: Option<Wins>) -> Vec<String> {
    let objects = counts.containers + counts.groups + counts.users + counts.linked;
    let linked = match wins {
        Some(Wins::Portal) => "adoption-linked-portal",
        _ => "adoption-linked-directory",
    };
    let all = [
        ("adoption-marked", objects),
        ("adoption-closed", counts.containers),
        ("adoption-groups", counts.new_groups),
    ];
    let all = all.into_iter().chain((counts.linked > 0).then_some((linked, counts.linked)));
    all.map(|(id, n)| say_with(id, &[("n", n.into())])).collect()
}

/// Why an object is not taken over, and what to do about it.
#[must_use]
pub fn adoption_reason(reason: Reason, args: &BTreeMap<String, String>) -> (String, String) {
    let arg = |key: &str| args.get(key).map_or("", String::as_str);
    let id = match reason {
        Reason::Value if arg("rule") == "required" => "adopt-value-missing".to_owned(),
        reason => format!("adopt-{}", reason.code()),
    };
    let field = attribute(arg("field"));
    let mut text = say_with(&id, &[("field", field.into()), ("value", arg("value").into())]);
    let rule = rule_of(arg("rule")).filter(|rule| reason == Reason::Value && *rule != Rule::Required);
    if let Some(rule) = rule {
        let error = args.iter().fold(FieldError::new("", rule), |e, (key, value)| e.with(key, value));
        text = format!("{text} {}", field_error(&error));
    }
    (text, say(&format!("{id}-cure")))
}

fn rule_of(code: &str) -> Option<Rule> {
    use Rule as R;
    let all =
        [R::Required, R::TooLong, R::TooShort, R::ForbiddenCharacter, R::Format, R::Unknown, R::OutOfRange];
    all.into_iter().find(|rule| rule.code() == code)
}
