//! The words in which people are told what is wrong, keyed by code: the one
//! place with sentences. Everything stored is codes and arguments, so that other
//! languages can be added beside this one.

mod adoption;
mod problems;

use app::error::Conflict;
use domain::field::{FieldError, Rule};

pub use adoption::{adoption_changes, adoption_reason};
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
            Some(value) if error.args.contains_key("by") => {
                format!("\"{value}\" is taken already by {}.", arg("by").unwrap_or_default())
            }
            Some(value) => format!("\"{value}\" is taken already."),
            None => "This is taken already.".to_owned(),
        },
        Rule::TooMany if error.args.contains_key("quota") => quota(error),
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
        Rule::AdministratorsOnly => "Only an administrator changes this.".to_owned(),
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

/// Which quota, whose, how much there may be and is, and what was asked for.
fn quota(error: &FieldError) -> String {
    let arg = |key: &str| error.args.get(key).map_or("", String::as_str);
    let (quota, asked) = (arg("quota"), arg("asked"));
    if error.args.contains_key("whose") {
        let (whose, max, used) = (arg("whose"), arg("max"), arg("used"));
        return format!(
            "The quota of {whose} for {quota} is {max}; {used} are used, and {asked} more were asked for."
        );
    }
    format!("A quota of the seller for {quota} leaves no room for {asked} more. Ask the seller.")
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
    rule.code()
}

/// A contradiction, as sentences.
#[must_use]
#[expect(clippy::too_many_lines, reason = "a table of texts: one arm a conflict, nothing to follow")]
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
        Conflict::DirectoryDedicated => (
            "The directory is for somebody else alone",
            "It is dedicated to one tenant, and this customer would not be below it. Nothing was changed: choose another directory.",
        ),
        Conflict::DirectoryNotAllowed => (
            "Customers of this seller cannot live in this directory",
            "The directory is dedicated to somebody else, or the placement of the seller or of one above it does not name it. Nothing was changed: choose another directory or another seller, or let whoever manages the directories allow it.",
        ),
        Conflict::PlansOfSeller => (
            "Plans of the present seller are in use",
            "The new seller cannot sell what only the present one publishes. Nothing was changed: give the people plans both have, or let the provider publish these.",
        ),
        Conflict::DirectoryInUse => (
            "Customers live in the directory for whom it would not be",
            "A directory is dedicated while only those live there whom it is for. Nothing was changed: move the other customers to another directory first.",
        ),
        Conflict::MoveOpen => (
            "The customer is on its way to another directory",
            "One move is ended before the next one begins: when the time in which it can be taken back is over, or when it was taken back.",
        ),
        Conflict::MoveOver => (
            "The move cannot be taken back any more",
            "The time for that is over, and the old accounts are being removed. Move the customer back as to any other directory.",
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
        Conflict::CurrencyBilled => (
            "Something was ordered in the present currency",
            "What was ordered of a customer is billed in the currency that held then, and prices are of one currency. Nothing was changed: order a new customer in the other currency, or bill and close this one first.",
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
        Conflict::GivenByBundle => (
            "A bundle gives this plan",
            "The person has the plan with a bundle. Take the bundle away, or publish a version of it without the plan.",
        ),
        Conflict::ChangedSince => (
            "Changed meanwhile",
            "Somebody has changed the same since, and that is not undone with it. Undo the later change first, or set the value.",
        ),
        Conflict::NotUndoable => (
            "This cannot be undone by itself",
            "Changes of properties and of versions of plans can be undone. Anything else is changed back where it was changed.",
        ),
        Conflict::NoSecret => (
            "The hook has no secret",
            "A command runs on the machine of the worker and is not signed, so there is no secret to rotate.",
        ),
        Conflict::SurveyNotDone => (
            "The survey is not done",
            "Wait until it is, or look why it failed. Then preview the adoption again.",
        ),
        Conflict::TooManySurveys => (
            "There are too many surveys of the directory",
            "Each is forgotten three days after it was asked for. Adopt from one of those there are, or wait.",
        ),
        Conflict::PreviewStale => (
            "What would be done today is not what was shown",
            "Names were taken meanwhile, or objects became ours, or the survey was forgotten. Nothing was changed. Preview the adoption again, from a new survey where that is gone.",
        ),
        Conflict::AdoptionConflicts => (
            "Some objects cannot be taken over",
            "Nothing was changed. Mend what the conflicts name and survey again, or say that they are left as they are.",
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
        "directory_move" => "Move to another directory",
        "directory_move_back" => "Move to another directory taken back",
        "tenant_directory_left" => "Removal from the directory that was left",
        "user_create" => "New person",
        "users_create" => "New people",
        "user_copy" => "New person like another",
        "user_update" => "Change of a person",
        "user_delete" => "Removal of a person",
        "group_create" => "New group",
        "group_update" => "Change of a group",
        "group_delete" => "Removal of a group",
        "group_restore" => "Restoration of a group",
        "group_purge" => "End of a removed group",
        "members_change" => "People into a group and out of it",
        "members_end" => "End of memberships whose time is over",
        "member_add" => "Person into a group",
        "member_remove" => "Person out of a group",
        "plan_add" => "Plan for a person",
        "plan_remove" => "End of a plan",
        "service_give" => "Service for a customer",
        "service_update" => "Change of a service",
        "properties_set" => "Change of properties",
        "properties_undo" => "Change of properties undone",
        "plan_upgrade" => "Another version of a plan",
        "plan_upgrade_undo" => "Another version of a plan undone",
        "password" => "Password",
        "drift_revert" => "Change in the directory reverted",
        "hook_test" => "Try of a hook",
        "drift_adopt" => "Change in the directory adopted",
        "adoption" => "Adoption from a directory",
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
