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
    connection::{Answer, Lost, code},
    entry,
};

/// What the answer to a step means.
pub(crate) fn of(step: &Step, answer: Result<Answer, Lost>) -> Result<(), ApplyError> {
    match answer {
        Ok(answer) if answer.code == code::SUCCESS => Ok(()),
        // What is gone already is what was wanted.
        Ok(answer) if answer.code == code::NO_SUCH_OBJECT && matches!(step.action, Action::Delete { .. }) => {
            Ok(())
        }
        Ok(answer) if answer.code == code::UNAVAILABLE => Err(ApplyError::Unreachable(Unreachable::because(
            format!("the controller says: {}", answer.text),
        ))),
        Ok(answer) => Err(rejected(problem(step, &answer))),
        Err(lost @ Lost::Unsent(_)) => Err(ApplyError::Unreachable(lost.into())),
        Err(lost @ Lost::Unanswered(_)) => Err(ApplyError::Indeterminate { source: Box::new(lost) }),
    }
}

/// Certainly not applied.
pub(crate) fn rejected(problem: Problem) -> ApplyError {
    ApplyError::Rejected { problem }
}

fn problem(step: &Step, answer: &Answer) -> Problem {
    let text = answer.text.as_str();
    let problem = match answer.code {
        code::BUSY | code::TIME_LIMIT | code::ADMIN_LIMIT | code::OPERATIONS_ERROR => {
            Problem::new(ProblemCode::Busy)
        }
        code::ENTRY_EXISTS => taken(step, text),
        // Samba's words for a move into nothing; Windows: ERROR_DS_NO_PARENT_OBJECT.
        _ if text.contains("parent does not exist") || text.contains("00002089") => {
            Problem::new(ProblemCode::Waiting)
        }
        code::CONSTRAINT_VIOLATION | code::UNWILLING if is_password_refusal(step, text) => {
            Problem::new(ProblemCode::PasswordPolicy)
        }
        // Windows has a number for it (ERROR_DS_UPN_VALUE_NOT_UNIQUE_IN_FOREST), Samba only words.
        code::CONSTRAINT_VIOLATION if text.contains("000021C8") || text.contains("already in use") => {
            taken(step, text)
        }
        code::CONSTRAINT_VIOLATION
        | code::INVALID_SYNTAX
        | code::INVALID_DN
        | code::NAMING_VIOLATION
        | code::UNDEFINED_TYPE => invalid(step, text),
        code::INSUFFICIENT_RIGHTS => Problem::new(ProblemCode::InsufficientRights),
        code::NOT_ON_NON_LEAF => Problem::new(ProblemCode::NotEmpty),
        code::NO_SUCH_OBJECT => match step.action {
            Action::Create { .. } | Action::Move { .. } => Problem::new(ProblemCode::Waiting),
            // It was there a moment ago: look again.
            _ => Problem::new(ProblemCode::Busy),
        },
        _ => Problem::new(ProblemCode::Refused).with("code", answer.code),
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
    // Windows: ERROR_USER_EXISTS and ERROR_GROUP_EXISTS.
    let logon = ["samaccountname", "00000524", "00000526"].iter().any(|sign| lower.contains(sign));
    let principal = lower.contains("userprincipalname") || lower.contains("000021c8");
    let attribute = if logon {
        Attribute::LogonName
    } else if principal {
        Attribute::PrincipalName
    } else {
        Attribute::Name
    };
    let problem = Problem::new(ProblemCode::NameTaken).with("attribute", attribute.code());
    with_value(problem, step, attribute)
}

/// Which value was not accepted, if the directory says so.
fn invalid(step: &Step, text: &str) -> Problem {
    let problem = Problem::new(ProblemCode::InvalidValue);
    match named_attribute(text).and_then(entry::our_name) {
        Some(attribute) => with_value(problem.with("attribute", attribute.code()), step, attribute),
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

/// Samba: `attribute 'title' on entry …` or `sAMAccountName contains invalid`.
/// Windows: `… Att 90290 (sAMAccountName) …`.
fn named_attribute(text: &str) -> Option<&str> {
    let between = |from: &str, to: char| text.split_once(from)?.1.split(to).next();
    let windows = || text.split_once("Att ")?.1.split_once('(')?.1.split(')').next();
    between("attribute '", '\'').or_else(windows).or_else(|| {
        let word = |w: &&str| entry::our_name(w).is_some();
        text.split([' ', ':', '\'']).find(word)
    })
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
        let password = step(Action::SetPassword { at: at(), password: Secret("x".to_owned()) });
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
            (&password, 32, "gone", ProblemCode::Busy),
            (&delete, 66, "", ProblemCode::NotEmpty),
            (&delete, 51, "", ProblemCode::Busy),
            (&delete, 80, "other", ProblemCode::Refused),
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
}
