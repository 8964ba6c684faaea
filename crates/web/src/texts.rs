//! The words in which people are told what is wrong, keyed by code: the one
//! place with sentences. Everything stored is codes and arguments, so that other
//! languages can be added beside this one.

mod problems;

use app::error::Conflict;
use domain::field::{FieldError, Rule};

pub use problems::{ProblemText, catalogue, cure_code, problem};

/// Why a whole call was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RefusalText {
    /// In a few words; the same for every occurrence.
    pub title: &'static str,
    /// What happened and what to do.
    pub detail: &'static str,
}

/// The rule a value broke, as a sentence.
#[must_use]
pub fn field_error(error: &FieldError) -> String {
    let arg = |key: &str| error.args.get(key).map(String::as_str);
    match error.rule {
        Rule::Required => match arg("or") {
            Some(or) => format!("A value is needed here or in {or}."),
            None => "A value is needed.".to_owned(),
        },
        Rule::TooLong => format!("At most {} characters.", arg("max").unwrap_or("fewer")),
        Rule::TooShort => format!("At least {} characters.", arg("min").unwrap_or("more")),
        Rule::ForbiddenCharacter => match arg("character") {
            Some(character) => format!("The character \"{character}\" is not allowed here."),
            None => "It holds a character that is not allowed here.".to_owned(),
        },
        Rule::Format => format!("Expected is {}.", arg("expected").unwrap_or("another form")),
        Rule::Unknown => unknown(arg("value"), arg("known").or(arg("expected"))),
        Rule::Taken => match arg("value") {
            Some(value) => format!("\"{value}\" is taken already."),
            None => "This is taken already.".to_owned(),
        },
        Rule::TooMany => format!("At most {} are possible at once.", arg("max").unwrap_or("fewer")),
        Rule::OutOfRange => match (arg("min"), arg("max")) {
            (Some(min), Some(max)) => format!("Must be between {min} and {max}."),
            (Some(min), None) => format!("Must not be before or below {min}."),
            (None, Some(max)) => format!("Must not be above {max}."),
            (None, None) => "This is not possible here.".to_owned(),
        },
        Rule::Immutable => "This cannot be changed after creation.".to_owned(),
        Rule::TooFewKinds => format!(
            "Use at least {} of capital letters, small letters, digits and other characters.",
            arg("min").unwrap_or("more")
        ),
        Rule::HoldsWord => format!("It must not hold \"{}\".", arg("value").unwrap_or("one's own name")),
        Rule::Cycle => match arg("value") {
            Some(value) => format!("\"{value}\" already is below, so this would go round in a circle."),
            None => "This would go round in a circle.".to_owned(),
        },
        Rule::Duplicate => match (arg("other"), arg("value")) {
            (Some(other), _) => format!("Give this or {other}, not both."),
            (None, Some(value)) => format!("\"{value}\" stands here twice."),
            (None, None) => "This stands here twice.".to_owned(),
        },
    }
}

fn unknown(value: Option<&str>, known: Option<&str>) -> String {
    let first = match value {
        Some(value) => format!("\"{value}\" does not exist here."),
        None => "This does not exist here.".to_owned(),
    };
    match known.filter(|k| !k.is_empty()) {
        Some(known) => format!("{first} Known: {known}."),
        None => first,
    }
}

/// The stable code of a rule, as it stands in JSON.
#[must_use]
pub const fn rule_code(rule: Rule) -> &'static str {
    match rule {
        Rule::Required => "required",
        Rule::TooLong => "too_long",
        Rule::TooShort => "too_short",
        Rule::ForbiddenCharacter => "forbidden_character",
        Rule::Format => "format",
        Rule::Unknown => "unknown",
        Rule::Taken => "taken",
        Rule::TooMany => "too_many",
        Rule::OutOfRange => "out_of_range",
        Rule::Immutable => "immutable",
        Rule::TooFewKinds => "too_few_kinds",
        Rule::HoldsWord => "holds_word",
        Rule::Cycle => "cycle",
        Rule::Duplicate => "duplicate",
    }
}

/// A contradiction, as sentences.
#[must_use]
pub const fn conflict(conflict: Conflict) -> RefusalText {
    let (title, detail) = match conflict {
        Conflict::ReferenceUsed => (
            "The reference is used by another order",
            "This seller has an order with this reference and other content. Nothing was changed: give this order a reference of its own, or send the first content again.",
        ),
        Conflict::KeyReused => (
            "The idempotency key is used by another call",
            "A call with this Idempotency-Key was answered before, and it was another call. Nothing was changed: use a new key.",
        ),
        Conflict::Stale { .. } => (
            "Somebody changed it meanwhile",
            "The version in If-Match is not the present one. Nothing was changed: read it again and repeat the change.",
        ),
        Conflict::NoContainer => (
            "The seller has no container in this directory",
            "Customers of this seller cannot live in this directory, because the seller has no container there. Nothing was changed: choose another directory or another seller.",
        ),
        Conflict::DirectoryReadOnly => (
            "The directory is read-only",
            "At present nothing may be changed in the chosen directory, so no customer can be ordered into it. Nothing was changed: choose another directory, or order again when the provider has ended this.",
        ),
        Conflict::Suspended => (
            "The tenant is suspended",
            "While a tenant or one above it is suspended or closed, nothing of it can be ordered or changed. Resume or restore it first.",
        ),
        Conflict::Closed => (
            "The tenant is closed",
            "A closed tenant, or one below it, cannot be suspended, resumed, moved or closed with another grace. Restore it first.",
        ),
        Conflict::ClosedAbove => (
            "A tenant above is closed",
            "What stands below a closed tenant cannot be restored alone. Restore the tenant above it first.",
        ),
        Conflict::GraceOver => (
            "The tenant is gone",
            "The time in which it could be restored is over, and its accounts are being removed. Order it again; its names become free when their reservation ends.",
        ),
        Conflict::OpenBelow => (
            "There are open tenants below",
            "A reseller is closed last. Close or move the customers and resellers below it first.",
        ),
        Conflict::BelowItself => (
            "A tenant cannot stand below itself",
            "The new seller stands below the tenant that should move. Nothing was changed: choose another seller.",
        ),
        Conflict::LinkDead => (
            "The link no longer works",
            "The link was used, replaced by a newer one, or is too old. Ask your administrator for a new one.",
        ),
        Conflict::Oneself => ("Nobody disables their own account", "Ask another administrator to do this."),
        Conflict::InUse { .. } => (
            "People use it",
            "It cannot be removed while people use it; the list says how many. Give them another one first.",
        ),
        Conflict::LastSuffix => (
            "It is the only one",
            "A customer needs a suffix for the principal names of its people. Add another one first.",
        ),
        Conflict::BuiltInGroup => (
            "The product keeps this group itself",
            "Who is in it follows from people and their plans, so it cannot be changed by hand.",
        ),
        Conflict::NotOurs => (
            "The object is not ours",
            "Somebody else made it, so it is neither changed nor removed. Whoever made it has to move or remove it in the directory.",
        ),
        Conflict::NotAdoptable => (
            "What was found cannot be adopted",
            "Only values of people can be adopted, and no names that have to be unique in the directory. Revert it, or change the person.",
        ),
        Conflict::Resolved => (
            "The finding is not open any more",
            "It was reverted or adopted, or went back by itself. Look at it again.",
        ),
    };
    RefusalText { title, detail }
}

/// What a request was about, from its stable code.
#[must_use]
pub fn request_title(kind: &str) -> &'static str {
    match kind {
        "order" => "Order",
        "reseller_create" => "New reseller",
        "tenant_update" => "Change of a tenant",
        "tenant_suspend" => "Suspension",
        "tenant_resume" => "End of a suspension",
        "tenant_settled" => "Accounts after a change of standing",
        "tenant_passwords_expired" => "Passwords that are too old",
        "tenant_close" => "Closing of a tenant",
        "tenant_restore" => "Restoration of a tenant",
        "tenant_purged" => "Removal of a closed tenant",
        "tenant_move" | "tenant_moved" => "Move to another seller",
        "user_create" => "New person",
        "users_create" => "New people",
        "user_copy" => "New person like another",
        "user_update" => "Change of a person",
        "user_delete" => "Removal of a person",
        "group_create" => "New group",
        "member_add" => "Person into a group",
        "member_remove" => "Person out of a group",
        "plan_add" => "Plan for a person",
        "plan_remove" => "End of a plan",
        "password" => "Password",
        "drift_revert" => "Change in the directory reverted",
        "drift_adopt" => "Change in the directory adopted",
        _ => "Change",
    }
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
    }
}
