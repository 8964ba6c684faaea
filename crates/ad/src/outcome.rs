//! What a refusal means: every result code of the directory as a problem a
//! person can act on. A code in an answer always means that the operation was
//! not applied; only a missing answer leaves that open.

use connector::{ApplyError, Unreachable};
use domain::{
    plan::{Action, Change, Step},
    problem::{Problem, ProblemCode},
    spec::Attribute,
};

use crate::{
    codes::{self, Meaning},
    connection::{Answer, Lost, code},
    entry,
};

/// Our marker is not there any more, or the object is not.
const fn is_released(answer: u32) -> bool {
    matches!(answer, code::NO_SUCH_ATTRIBUTE | code::NO_SUCH_OBJECT)
}

/// What the answer to a step means.
pub(crate) fn of(step: &Step, answer: Result<Answer, Lost>) -> Result<(), ApplyError> {
    match answer {
        Ok(answer) if answer.code == code::SUCCESS => Ok(()),
        // What is gone already is what was wanted.
        Ok(answer) if answer.code == code::NO_SUCH_OBJECT && matches!(step.action, Action::Delete { .. }) => {
            Ok(())
        }
        Ok(answer) if is_released(answer.code) && matches!(step.action, Action::Release { .. }) => Ok(()),
        Ok(answer) => {
            let problem = problem(step, &answer);
            if is_about_the_controller(problem.code) {
                let reason = format!("the controller says: {} {}", answer.code, answer.text);
                return Err(ApplyError::Unreachable(Unreachable::because(reason).known_as(problem)));
            }
            Err(rejected(problem))
        }
        Err(lost @ Lost::Unsent(_)) => Err(ApplyError::Unreachable(lost.into())),
        Err(lost @ Lost::Unanswered(_)) => Err(ApplyError::Indeterminate { source: Box::new(lost) }),
    }
}

/// Certainly not applied.
pub(crate) fn rejected(problem: Problem) -> ApplyError {
    ApplyError::Rejected { problem }
}

/// What a refusal means that was not about one object: of a bind or a search.
pub(crate) fn of_controller(code: u32, text: &str) -> Problem {
    let problem = match meaning(code, text) {
        Meaning::Is(problem) if is_about_the_controller(problem) => Problem::new(problem),
        _ => Problem::new(ProblemCode::Unreachable),
    };
    match problem.code {
        ProblemCode::CredentialsRefused => problem.with("cause", codes::sign_in_cause(text)),
        _ => problem,
    }
}

/// Nothing is wrong with the object: whatever comes next will be refused as well.
fn is_about_the_controller(problem: ProblemCode) -> bool {
    use ProblemCode as P;
    matches!(problem, P::Unreachable | P::DiskFull | P::CredentialsRefused | P::SignInMethod)
}

fn meaning(code: u32, text: &str) -> Meaning {
    if cannot_write(text) {
        return Meaning::Is(ProblemCode::DiskFull);
    }
    codes::number(text).or_else(|| codes::result(code)).unwrap_or(Meaning::CannotReachUs)
}

/// Samba has no number for it: its database ends the transaction with one of
/// these, under whichever result code the module on top chose.
fn cannot_write(text: &str) -> bool {
    ["No space left on device", "expansion failed", "IO Error"].iter().any(|words| text.contains(words))
}

fn problem(step: &Step, answer: &Answer) -> Problem {
    let text = answer.text.as_str();
    let constraint = matches!(answer.code, code::CONSTRAINT_VIOLATION | code::UNWILLING);
    let problem = match meaning(answer.code, text) {
        // Samba's words for a move into nothing.
        _ if text.contains("parent does not exist") => Problem::new(ProblemCode::Waiting),
        _ if constraint && is_password_refusal(step, text) => Problem::new(ProblemCode::PasswordPolicy),
        // Samba has only words for it.
        Meaning::Constraint if text.contains("already in use") => taken(step, text),
        Meaning::Taken(None) => taken(step, text),
        Meaning::Taken(Some(attribute)) => taken_attribute(step, attribute),
        Meaning::Constraint | Meaning::Value(None) => about(ProblemCode::InvalidValue, step, named(text)),
        Meaning::Value(Some(attribute)) => {
            about(ProblemCode::InvalidValue, step, named(text).or(Some(Named::Ours(attribute))))
        }
        Meaning::Is(code @ (ProblemCode::Schema | ProblemCode::Unwilling | ProblemCode::SizeLimit)) => {
            about(code, step, named_exactly(text))
        }
        Meaning::Is(code) => Problem::new(code),
        Meaning::Missing => match step.action {
            Action::Create { .. } | Action::Move { .. } => Problem::new(ProblemCode::Waiting),
            // It was there a moment ago: look again.
            _ => Problem::new(ProblemCode::ChangedMeanwhile),
        },
        Meaning::Raced => Problem::new(ProblemCode::ChangedMeanwhile),
        Meaning::Done | Meaning::CannotReachUs => {
            Problem::new(ProblemCode::Refused).with("code", answer.code)
        }
    };
    let problem = match address(step) {
        Some(dn) if !problem.args.contains_key("dn") => problem.with("dn", dn),
        _ => problem,
    };
    problem.said(text)
}

/// Which name somebody else has, and what it is.
fn taken(step: &Step, text: &str) -> Problem {
    let lower = text.to_lowercase();
    let attribute = if lower.contains("samaccountname") {
        Attribute::LogonName
    } else if lower.contains("userprincipalname") {
        Attribute::PrincipalName
    } else {
        Attribute::Name
    };
    taken_attribute(step, attribute)
}

fn taken_attribute(step: &Step, attribute: Attribute) -> Problem {
    let problem = Problem::new(ProblemCode::NameTaken).with("attribute", attribute.code());
    with_value(problem, step, attribute)
}

/// A problem with an attribute, and with its value, if it is known which it is.
fn about(code: ProblemCode, step: &Step, attribute: Option<Named<'_>>) -> Problem {
    let problem = Problem::new(code);
    match attribute {
        Some(Named::Ours(attribute)) => {
            with_value(problem.with("attribute", attribute.code()), step, attribute)
        }
        Some(Named::Other(name)) => problem.with("attribute", name),
        None => problem,
    }
}

fn with_value(problem: Problem, step: &Step, attribute: Attribute) -> Problem {
    match value(step, attribute) {
        Some(value) => problem.with("value", value),
        None => problem,
    }
}

/// The value a step wanted to give an attribute.
fn value(step: &Step, attribute: Attribute) -> Option<&str> {
    match &step.action {
        Action::Create { attributes, .. } => attributes.get(&attribute).map(String::as_str),
        Action::Update { changes, .. } => {
            let change: Option<&Change> = changes.iter().find(|change| change.attribute == attribute);
            change?.after.as_deref()
        }
        Action::Move { name, .. } if attribute == Attribute::Name => Some(name),
        _ => None,
    }
}

/// The attribute a controller names.
enum Named<'t> {
    Ours(Attribute),
    /// By its name in the directory, as the marker.
    Other(&'t str),
}

/// Samba: `attribute 'title' on entry …` or `sAMAccountName contains invalid`.
/// Windows: `… Att 90290 (sAMAccountName) …`.
fn named(text: &str) -> Option<Named<'_>> {
    named_exactly(text).or_else(|| text.split([' ', ':', '\'']).find_map(ours))
}

/// Only where a controller says that it is an attribute.
fn named_exactly(text: &str) -> Option<Named<'_>> {
    let between = |from: &str, to: char| text.split_once(from)?.1.split(to).next();
    let windows = || text.split_once("Att ")?.1.split_once('(')?.1.split(')').next();
    let name = between("attribute '", '\'').or_else(windows)?;
    ours(name).or(Some(Named::Other(name)))
}

fn ours(name: &str) -> Option<Named<'_>> {
    entry::our_name(name).map(Named::Ours)
}

/// `0000052D` is `ERROR_PASSWORD_RESTRICTION`; Samba also refuses with 53.
fn is_password_refusal(step: &Step, text: &str) -> bool {
    let sets = matches!(step.action, Action::SetPassword { .. });
    let says = text.to_lowercase();
    says.contains("0000052d") || (sets && says.contains("password"))
}

/// The address a step is about; for a new object that of its container.
pub(crate) fn address(step: &Step) -> Option<&str> {
    match &step.action {
        Action::Create { parent, .. } => parent.as_ref().map(|parent| parent.dn.as_str()),
        Action::Update { at, .. }
        | Action::Move { at, .. }
        | Action::Delete { at }
        | Action::Release { at }
        | Action::SetAccess { at, .. }
        | Action::SetPassword { at, .. }
        | Action::ChangeMembers { at, .. } => Some(&at.dn),
    }
}

#[cfg(test)]
mod tests {
    use domain::{id::ObjectId, plan::Secret, spec::Address, spec::ObjectKind};
    use uuid::Uuid;

    use super::*;

    fn step(action: Action) -> Step {
        Step { object: ObjectId::from_uuid(Uuid::from_u128(1)), kind: ObjectKind::User, action }
    }

    fn create() -> Step {
        let attributes = [
            (Attribute::Name, "Anna Berg".to_owned()),
            (Attribute::LogonName, "anna_acme".to_owned()),
            (Attribute::PrincipalName, "anna@acme.test".to_owned()),
            (Attribute::Title, "x".repeat(200)),
        ];
        step(Action::Create { parent: None, attributes: attributes.into() })
    }

    fn at() -> Address {
        Address { external_id: Uuid::from_u128(2), dn: "CN=a,OU=b".to_owned() }
    }

    fn refused(step: &Step, code: u32, text: &str) -> Problem {
        match of(step, Ok(Answer::new(code, text))) {
            Err(ApplyError::Rejected { problem }) => problem,
            other => panic!("not rejected: {other:?}"),
        }
    }

    #[test]
    fn a_refusal_names_the_value_that_was_refused_in_the_words_of_both_kinds_of_controller() {
        for (code, text, expected, attribute, value) in [
            (68, "Entry CN=Anna Berg already exists", ProblemCode::NameTaken, "name", "Anna Berg"),
            (
                68,
                "00002071: samldb: samAccountName 'x' already in use!",
                ProblemCode::NameTaken,
                "logon_name",
                "anna_acme",
            ),
            (
                68,
                "00000524: UpdErr: DSID-031A11E2, problem 6005 (ENTRY_EXISTS), data 0",
                ProblemCode::NameTaken,
                "logon_name",
                "anna_acme",
            ),
            (
                19,
                "0000202F: samldb: userPrincipalName 'x' is already in use ",
                ProblemCode::NameTaken,
                "principal_name",
                "anna@acme.test",
            ),
            (
                19,
                "000021C8: AtrErr: DSID-03200EC2, #1: 0: 000021C8: problem 1005, Att 90290 (userPrincipalName)",
                ProblemCode::NameTaken,
                "principal_name",
                "anna@acme.test",
            ),
            (
                19,
                "0000202F: samldb: sAMAccountName contains invalid '/' character",
                ProblemCode::InvalidValue,
                "logon_name",
                "anna_acme",
            ),
            (
                19,
                "00000057: AtrErr: DSID-0315, #1: 0: 00000057: problem 1005 (CONSTRAINT_ATT_TYPE), data 0, Att d (title)",
                ProblemCode::InvalidValue,
                "title",
                &"x".repeat(200),
            ),
            (
                21,
                "0000200B: objectclass_attrs: attribute 'title' on entry 'CN=x' contains at least one invalid value!",
                ProblemCode::InvalidValue,
                "title",
                &"x".repeat(200),
            ),
        ] {
            let problem = refused(&create(), code, text);
            assert_eq!(problem.code, expected, "{text}");
            assert_eq!(problem.args.get("attribute").map(String::as_str), Some(attribute), "{text}");
            assert_eq!(problem.args.get("value").map(String::as_str), Some(value), "{text}");
            assert_eq!(problem.target_message.as_deref(), Some(text.trim()), "{text}");
        }
    }

    #[test]
    fn the_nul_at_the_end_of_what_windows_says_goes_nowhere() {
        let said = "00000057: LdapErr: DSID-0C090F2E, comment: Error in attribute, data 0\n\0";
        let problem = refused(&create(), 19, said);
        assert_eq!(problem.target_message.as_deref(), Some(said.trim_end_matches(['\n', '\0'])));
        let away = of(&create(), Ok(Answer::new(52, said))).expect_err("not available");
        assert!(!away.to_string().contains('\0'), "{away}");
    }

    #[test]
    fn each_code_has_its_cure() {
        let password =
            step(Action::SetPassword { at: at(), password: Secret("x".to_owned()), must_change: false });
        let delete = step(Action::Delete { at: at() });
        for (step, code, text, expected) in [
            (&password, 19, "0000052D: Constraint violation", ProblemCode::PasswordPolicy),
            (&password, 53, "0000052D: SvcErr: DSID-031A12D2, problem 5003", ProblemCode::PasswordPolicy),
            (&create(), 19, "0000052D: check_password_restrictions", ProblemCode::PasswordPolicy),
            (&create(), 50, "", ProblemCode::InsufficientRights),
            (&create(), 32, "parent does not exist", ProblemCode::Waiting),
            (
                &create(),
                80,
                "00002095: objectclass: Cannot rename x, parent does not exist!",
                ProblemCode::Waiting,
            ),
            (&password, 32, "gone", ProblemCode::ChangedMeanwhile),
            (&delete, 66, "", ProblemCode::NotEmpty),
            (&delete, 51, "", ProblemCode::Busy),
            (&delete, 80, "other", ProblemCode::TargetError),
            // ERROR_DS_NO_PARENT_OBJECT
            (&create(), 32, "00002089: UpdErr: DSID-031A11E2", ProblemCode::Waiting),
        ] {
            assert_eq!(refused(step, code, text).code, expected, "{code} {text}");
        }
        assert!(of(&delete, Ok(Answer::new(32, ""))).is_ok(), "gone is what was wanted");
    }

    #[test]
    fn what_was_sent_without_an_answer_is_indeterminate_and_what_was_not_sent_is_not() {
        let unanswered = of(&create(), Err(Lost::Unanswered("cut".to_owned())));
        assert!(matches!(unanswered, Err(ApplyError::Indeterminate { .. })));
        let unsent = of(&create(), Err(Lost::Unsent("closed".to_owned())));
        assert!(matches!(unsent, Err(ApplyError::Unreachable(_))));
        let busy = of(&create(), Ok(Answer::new(52, "shutting down")));
        assert!(matches!(busy, Err(ApplyError::Unreachable(_))));
    }

    /// What `step` makes of a result code, in one word.
    fn word(step: &Step, code: u32, text: &str) -> String {
        match of(step, Ok(Answer::new(code, text))) {
            Ok(()) => "done".to_owned(),
            Err(ApplyError::Unreachable(away)) => format!("parked: {}", away.cause.code.code()),
            Err(ApplyError::Rejected { problem }) => problem.code.code().to_owned(),
            Err(ApplyError::Indeterminate { .. }) => "unknown".to_owned(),
        }
    }

    /// Every code there is and every number that says more, reviewed line by line.
    #[test]
    fn every_code_of_the_sources_has_its_problem() {
        let update = step(Action::Update { at: at(), changes: vec![] });
        let password =
            step(Action::SetPassword { at: at(), password: Secret("x".to_owned()), must_change: false });
        let delete = step(Action::Delete { at: at() });
        let steps = [&create(), &update, &password, &delete];
        let line = |code: u32, text: &str, label: String| {
            let mut words: Vec<_> = steps.iter().map(|step| word(step, code, text)).collect();
            words.dedup();
            format!("{label:<58} {}", words.join(" / "))
        };
        let [results, numbers] = codes::tables();
        let mut lines = vec!["result codes: create / update / password / delete".to_owned()];
        for code in (0..=80).chain(113..=123).chain([4096]) {
            let name = results.iter().find(|row| row.0 == code).map_or("(not assigned)", |row| row.1);
            lines.push(line(code, "", format!("{code:>4} {name}")));
        }
        lines.push("numbers, under unwillingToPerform: create / update / password / delete".to_owned());
        for (number, name, _) in numbers {
            lines.push(line(
                53,
                &format!("{number:08X}: SvcErr: DSID-031A11E2"),
                format!("{number:08X} {name}"),
            ));
        }
        insta::assert_snapshot!(lines.join("\n"));
    }

    #[test]
    fn a_refused_code_is_one_that_no_operation_of_ours_can_be_answered_with() {
        let [results, numbers] = codes::tables();
        for (code, name, meaning) in results {
            let refused = word(&create(), *code, "") == "refused";
            assert_eq!(refused, *meaning == Meaning::CannotReachUs, "{name}");
        }
        assert!(numbers.iter().all(|row| !matches!(row.2, Meaning::Done | Meaning::CannotReachUs)));
        for table in [results, numbers] {
            assert!(table.is_sorted_by(|a, b| a.0 < b.0), "each once, in order");
        }
    }

    #[test]
    fn a_controller_that_cannot_write_parks_the_work_and_an_account_says_why_it_is_not_let_in() {
        let full = "00002021: prepare_commit error on DC=x: Failure during prepare_write): IO Error -> Protocol error";
        assert_eq!(word(&create(), 2, full), "parked: disk_full");
        assert_eq!(word(&create(), 80, "00000070: SvcErr: DSID-02"), "parked: disk_full");
        let refused =
            "80090308: LdapErr: DSID-0C0903A9, comment: AcceptSecurityContext error, data 533, v1db1";
        let problem = of_controller(49, refused);
        assert_eq!(
            (problem.code, problem.args["cause"].as_str()),
            (ProblemCode::CredentialsRefused, "disabled")
        );
        assert_eq!(of_controller(80, "").code, ProblemCode::Unreachable, "the rest is only away");
    }

    #[test]
    fn an_attribute_that_is_not_among_ours_is_named_as_the_directory_does() {
        let text = "0000207D: UpdErr: DSID-0315, problem 6002 (OBJ_CLASS_VIOLATION), data 0, Att 3 (adminDescription)";
        let problem = refused(&create(), 65, text);
        assert_eq!(
            (problem.code, problem.args["attribute"].as_str()),
            (ProblemCode::Schema, "adminDescription")
        );
    }
}
