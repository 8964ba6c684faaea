//! What an adoption does to a directory, and why an object is not taken over.

use std::collections::BTreeMap;

use domain::field::{FieldError, Rule};

use super::{field_error, problems::attribute};

/// Everything an adoption changes in the directory.
#[must_use]
pub fn adoption_changes(counts: &app::adoption::Counts) -> Vec<String> {
    let objects = counts.containers + counts.groups + counts.users;
    let many = |n: usize, one: &str| if n == 1 { format!("1 {one}") } else { format!("{n} {one}s") };
    vec![
        format!(
            "{} get the marker of this product; their other attributes and passwords stay.",
            many(objects, "object")
        ),
        format!("{} can be read by the customer's own people only.", many(counts.containers, "container")),
        format!(
            "{} made, and people are put in.",
            if counts.new_groups == 1 {
                "1 group is".to_owned()
            } else {
                format!("{} groups are", counts.new_groups)
            }
        ),
    ]
}

/// Why an object is not taken over, and what to do about it.
#[must_use]
pub fn adoption_reason(
    reason: domain::adoption::Reason,
    args: &BTreeMap<String, String>,
) -> (String, &'static str) {
    use domain::adoption::Reason as R;
    let arg = |key: &str| args.get(key).map_or("", String::as_str);
    let field = attribute(arg("field"));
    match reason {
        R::AlreadyOurs => ("It is ours already.".to_owned(), "Nothing has to be done."),
        R::ForeignMarker => (
            "It bears the marker of something this product does not know.".to_owned(),
            "Clear the attribute of the marker if no other installation uses it, then survey again.",
        ),
        R::Protected => (
            "It is on the list of what is never touched.".to_owned(),
            "Take it off the list in the settings of the directory if that is right, then survey again.",
        ),
        R::Container => (
            "The container it lies in is not taken over.".to_owned(),
            "Mend what the container's own conflict names, then survey again.",
        ),
        R::Value if arg("rule") == "required" => {
            (format!("It has no {field}."), "Give it one in the directory, then survey again.")
        }
        R::Value => {
            let broken = rule_of(arg("rule")).map(|rule| {
                let error = args.iter().fold(FieldError::new("", rule), |e, (key, value)| e.with(key, value));
                field_error(&error)
            });
            let text = format!("Its {field} cannot be kept. {}", broken.unwrap_or_default());
            (text.trim_end().to_owned(), "Correct the value in the directory, then survey again.")
        }
        R::NameTaken => (
            format!("Somebody else has, or had lately, the {field} \"{}\".", arg("value")),
            "Give it another in the directory, then survey again.",
        ),
        R::Duplicate => (
            format!(
                "The {field} \"{}\" stands twice in what is taken over, or is one this product uses.",
                arg("value")
            ),
            "Rename one of them in the directory, then survey again.",
        ),
        R::SuffixTaken => (
            format!("Another customer has the domain \"{}\".", arg("value")),
            "Give the person a principal name in a domain of this customer, then survey again.",
        ),
        R::SuffixLeftOut => (
            format!("The domain \"{}\" is not among those the customer gets.", arg("value")),
            "Add the domain to those of the customer and preview again, or leave the person.",
        ),
        R::SeveralCandidates => (
            "It and the rows of the export do not fit one to one.".to_owned(),
            "Correct the row or the account the report names, then preview again.",
        ),
    }
}

fn rule_of(code: &str) -> Option<Rule> {
    use Rule as R;
    let all =
        [R::Required, R::TooLong, R::TooShort, R::ForbiddenCharacter, R::Format, R::Unknown, R::OutOfRange];
    all.into_iter().find(|rule| rule.code() == code)
}
