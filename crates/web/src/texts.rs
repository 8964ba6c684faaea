//! The words in which people are told what is wrong, keyed by code: the one
//! file with sentences. Everything stored is codes and arguments, so that other
//! languages can be added beside this one.

use std::collections::BTreeMap;

use app::error::Conflict;
use domain::{
    field::{FieldError, Rule},
    problem::{Cure, Problem, ProblemCode},
};

/// What is wrong in the directory, in three sentences.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProblemText {
    /// In a few words.
    pub title: &'static str,
    /// What happened, with the values concerned.
    pub what: String,
    /// What to do about it.
    pub cure: &'static str,
}

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
    rule.code()
}

/// A problem of provisioning, as sentences. `own` is the directory's own view
/// for the provider's staff: with the place in the directory.
#[must_use]
pub fn problem(problem: &Problem, own: bool) -> ProblemText {
    let (title, what, cure) = parts(problem.code, &problem.args);
    let what = match problem.args.get("dn") {
        Some(dn) if own => format!("{what} (at {dn})"),
        _ => what,
    };
    ProblemText { title, what, cure }
}

#[expect(clippy::too_many_lines, reason = "a table of texts: one arm a code, nothing to follow")]
fn parts(code: ProblemCode, args: &BTreeMap<String, String>) -> (&'static str, String, &'static str) {
    use ProblemCode as C;
    let value = args.get("value").map_or(String::new(), |v| format!(" \"{v}\""));
    let attribute = args.get("attribute").map_or("value", |a| attribute(a));
    match code {
        C::Unreachable => (
            "The directory does not answer",
            "The directory cannot be reached at the moment; the work waits.".to_owned(),
            "Nothing: it goes on by itself as soon as the directory answers.",
        ),
        C::Maintenance => (
            "The directory is in maintenance",
            "The provider works on the directory; nothing is sent to it, and the work waits.".to_owned(),
            "Nothing: it goes on by itself when the maintenance ends.",
        ),
        C::ReadOnly => (
            "The directory is read-only",
            "The provider allows no change in the directory at present; what differs waits.".to_owned(),
            "Nothing: it goes on by itself when the directory may be changed again.",
        ),
        C::Replicating => (
            "The controllers of the directory do not agree yet",
            "Another controller of the directory was told of the change, and the one in use does not know of it yet."
                .to_owned(),
            "Nothing: it is looked for again by itself. If it stays so, the provider looks at the replication between the controllers.",
        ),
        C::Waiting => (
            "Something else comes first",
            "Another object has to exist first and does not yet.".to_owned(),
            "Nothing: it is tried again by itself. If it stays so, look for a failed object of the same customer.",
        ),
        C::Busy => (
            "The directory is busy",
            "The directory gave a passing error.".to_owned(),
            "Nothing: it is tried again by itself.",
        ),
        C::NameTaken => (
            "The name is taken",
            format!(
                "Another object of the directory, which is not ours, has the {attribute}{value} already."
            ),
            "Give it another name, then retry the request.",
        ),
        C::InvalidValue => (
            "The directory does not accept a value",
            format!("The directory does not accept the {attribute}{value}."),
            "Change the value, then retry the request.",
        ),
        C::PasswordPolicy => (
            "The password is too weak for the directory",
            "The directory's rules for passwords do not accept the password that was chosen.".to_owned(),
            "Choose another password: longer, with capital letters, digits and signs, without your name, and none used before.",
        ),
        C::SecretExpired => (
            "The password waited too long",
            "The directory was away for so long that the waiting password was destroyed for safety."
                .to_owned(),
            "Ask for a new link and choose a password again.",
        ),
        C::InsufficientRights => (
            "A right is missing in the directory",
            "The account with which this product works lacks a right in the directory.".to_owned(),
            "The provider runs the check of the directory, grants what it names, then retries the request.",
        ),
        C::OutsideFolder => (
            "The object lies outside our folder",
            "The object is not in the part of the directory that was given to this product.".to_owned(),
            "The provider moves the object back, then retries the request.",
        ),
        C::Protected => (
            "The object is protected",
            "The object is on the list of what this product never touches.".to_owned(),
            "The provider takes it off the list if that is right, then retries the request.",
        ),
        C::NotEmpty => (
            "The container is not empty",
            "The container holds objects that are not ours and cannot be removed.".to_owned(),
            "The provider moves these objects away, then retries the request.",
        ),
        C::NotVerified => (
            "The directory does not show what was written",
            format!("The directory accepted the change and then showed another {attribute}."),
            "The provider looks for what changes it back, as a script or a replica, then retries the request.",
        ),
        C::MemberMissing => (
            "A member does not exist in the directory",
            "A person who should be in the group has no account in the directory, or it was removed there."
                .to_owned(),
            "The provider restores the account, or takes the person out of the group, then retries the request.",
        ),
        C::Gone => (
            "It is not there any more",
            "What was to be taken over, or looked at, is not in the directory any more.".to_owned(),
            "The provider looks where it went, and surveys the directory again.",
        ),
        C::Refused => (
            "The directory refused",
            "The directory refused the change for a reason of its own.".to_owned(),
            "The provider reads the directory's own words, changes what they name, then retries the request.",
        ),
    }
}

fn attribute(code: &str) -> &str {
    match code {
        "logon_name" => "log-on name",
        "principal_name" => "principal name",
        "display_name" => "display name",
        "given_name" => "given name",
        "readers" => "group of readers",
        other => other,
    }
}

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

/// The stable code of a cure, as it stands in JSON.
#[must_use]
pub const fn cure_code(cure: Cure) -> &'static str {
    match cure {
        Cure::Wait => "wait",
        Cure::ChangeValue => "change_value",
        Cure::ChoosePassword => "choose_password",
        Cure::AskProvider => "ask_provider",
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
        "tenant_close" => "Closing of a tenant",
        "tenant_restore" => "Restoration of a tenant",
        "tenant_purged" => "Removal of a closed tenant",
        "tenant_move" | "tenant_moved" => "Move to another seller",
        "user_create" => "New person",
        "users_create" => "New people",
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
        "adoption" => "Adoption from a directory",
        _ => "Change",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_says_what_happened_and_what_to_do() {
        for code in ProblemCode::ALL {
            let text = problem(&Problem::new(*code), false);
            assert!(text.what.ends_with('.') && text.cure.ends_with('.'), "{text:?}");
            assert!(!text.title.ends_with('.'), "{text:?}");
        }
    }

    #[test]
    fn the_place_in_the_directory_is_for_the_provider() {
        let found = Problem::new(ProblemCode::NameTaken)
            .with("attribute", "logon_name")
            .with("value", "anna_acme")
            .with("dn", "CN=x,OU=secret");
        assert!(!problem(&found, false).what.contains("secret"));
        assert!(problem(&found, false).what.contains("log-on name \"anna_acme\""));
        assert!(problem(&found, true).what.contains("OU=secret"));
    }

    #[test]
    fn a_rule_is_explained_with_its_limits() {
        let error = FieldError::new("name", Rule::TooLong).with("max", 64);
        assert_eq!(field_error(&error), "At most 64 characters.");
        let error = FieldError::new("plan", Rule::Unknown).with("value", "gold").with("known", "basic, more");
        assert_eq!(field_error(&error), "\"gold\" does not exist here. Known: basic, more.");
    }
}
