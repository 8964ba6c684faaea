//! What is wrong in a directory: a title, what happened, what to do, for every
//! entry of the catalogue, and the catalogue as a document.

use std::{collections::BTreeMap, fmt::Write as _};

use domain::problem::{Cure, Problem, ProblemCode};

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

/// The stable code of a cure, as it stands in JSON.
#[must_use]
pub const fn cure_code(cure: Cure) -> &'static str {
    match cure {
        Cure::Wait => "wait",
        Cure::ChangeValue => "change_value",
        Cure::ChoosePassword => "choose_password",
        Cure::AskProvider => "ask_provider",
        Cure::Repair => "repair",
    }
}

const HEAD: &str = "\
# Problems

What can stand between what is wanted and what is true in a directory. A request, the status page
and `tenantry directories` show the same titles and sentences, with the values concerned; the
provider's staff also see the directory's own words. *Retry* is the button of the request, or
`tenantry requests retry`. What goes on by itself needs none, and waiting costs no attempt.

This page is made from the catalogue in `crates/domain/src/problem.rs` and the sentences in
`crates/web/src/texts/problems.rs`; a test compares them. Which result code of a directory becomes
which problem stands, code by code, in the reviewed snapshot in `crates/ad/src/snapshots`.
";

/// The whole catalogue as a document: `docs/problems.md`.
#[must_use]
pub fn catalogue() -> String {
    let mut page = HEAD.to_owned();
    for code in ProblemCode::ALL {
        let text = problem(&Problem::new(*code), true);
        let who = match code.cure() {
            Cure::Wait => "nobody; it goes on by itself",
            Cure::ChangeValue => "help desk or customer, then *retry*",
            Cure::ChoosePassword => "the person whose password it is",
            Cure::AskProvider => "the provider, then *retry*",
            Cure::Repair => "the provider; then it goes on by itself",
        };
        let ProblemText { title, what, cure } = text;
        // Writing into a string cannot fail.
        let _ = write!(page, "\n## `{}`\n\n**{title}.** {what}\n\n{cure}\n\nWho: {who}.\n", code.code());
    }
    page
}

/// Why the directory does not let our account in.
fn sign_in(cause: Option<&str>) -> &'static str {
    match cause {
        Some("wrong_password") => {
            "its password is wrong: it was changed in the directory, or the account is gone"
        }
        Some("password_expired") => "its password has expired",
        Some("must_change") => "its password has to be changed at the next log-on",
        Some("disabled") => "it is disabled",
        Some("account_expired") => "it has expired",
        Some("locked") => "it is locked after too many wrong passwords",
        Some("hours") => "it may not log on at this time of day",
        Some("place") => "it may not log on from this machine",
        _ => "its password or its state does not allow it",
    }
}

pub(super) fn attribute(code: &str) -> &str {
    match code {
        "logon_name" => "log-on name",
        "principal_name" => "principal name",
        "display_name" => "display name",
        "given_name" => "given name",
        "readers" => "group of readers",
        "group_kind" => "kind of the group",
        other => other,
    }
}

#[expect(clippy::too_many_lines, reason = "a table of texts: one arm a code, nothing to follow")]
fn parts(code: ProblemCode, args: &BTreeMap<String, String>) -> (&'static str, String, &'static str) {
    use ProblemCode as C;
    let arg = |key: &str| args.get(key).map(String::as_str);
    let value = arg("value").map_or(String::new(), |v| format!(" \"{v}\""));
    let attribute = arg("attribute").map_or("value", attribute);
    let hook = args.get("hook").map_or("The hook".to_owned(), |name| format!("The hook \"{name}\""));
    match code {
        C::Unreachable => (
            "The directory does not answer",
            "The directory cannot be reached at the moment; the work waits.".to_owned(),
            "Nothing: it goes on by itself as soon as the directory answers. If it stays so, the provider looks whether the controllers run and can be reached over the network.",
        ),
        C::CertificateExpired => (
            "The directory's certificate has expired",
            "The certificate of the controller is no longer valid, so nothing is sent to it; the work waits.".to_owned(),
            "The provider puts a new certificate on the controller. The work goes on by itself within a minute.",
        ),
        C::CertificateNotYetValid => (
            "The directory's certificate is not valid yet",
            "The certificate of the controller begins to be valid later, by our clock; the work waits.".to_owned(),
            "The provider compares the clocks of the controller and of this product's machine, and sets the wrong one. The work goes on by itself.",
        ),
        C::CertificateNotTrusted => (
            "The directory's certificate is not trusted",
            "The certificate of the controller was not signed by an authority in our file, or is broken or revoked, so nothing is sent to it; the work waits.".to_owned(),
            "The provider makes sure that it is the right controller, then puts the authority that signed its certificate into the file named by ca_file. The work goes on by itself within a minute.",
        ),
        C::CertificateName => (
            "The directory's certificate bears another name",
            "The certificate of the controller is not made out to the name by which it is addressed, so nothing is sent to it; the work waits.".to_owned(),
            "The provider puts a certificate with the name in urls on the controller, and the work goes on by itself; or writes the name of the certificate into urls and restarts the product.",
        ),
        C::CredentialsRefused => (
            "The directory does not let our account in",
            format!("The account with which this product works may not log on to the directory: {}. The work waits.", sign_in(arg("cause"))),
            "The provider puts the account right in the directory, and a changed password into the file named by bind_password_file. The work goes on by itself within a minute; after a wrong password the same one is tried again after ten minutes.",
        ),
        C::SignInMethod => (
            "The directory wants another way to sign in",
            "The directory does not accept a log-on with name and password over TLS, as this product does it; the work waits.".to_owned(),
            "The provider allows simple binds over LDAPS for the account, as a policy or a gateway forbids them. The work goes on by itself.",
        ),
        C::FolderMissing => (
            "Our folder is missing in the directory",
            "The folder that was given to this product does not exist, or its account may not see it; the work waits.".to_owned(),
            "The provider restores or renames the folder back, or runs the delegation again; then the work goes on by itself.",
        ),
        C::DiskFull => (
            "The directory cannot store anything",
            "The controller cannot write to its disk, most often because it is full; the work waits, and nothing was half done.".to_owned(),
            "The provider makes space on the controller's disk. The work goes on by itself within a minute or two.",
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
        C::ClockSkew => (
            "A clock differs",
            match (arg("controller"), arg("seconds"), arg("direction")) {
                (Some(controller), Some(seconds), Some(direction)) => format!("The clock of {controller} is {seconds} seconds {direction}, compared with ours. Nothing is held back."),
                _ => "The clock of a controller differs from ours. Nothing is held back.".to_owned(),
            },
            "The provider synchronises the clocks of the controllers and of this product's machine. From five minutes on people cannot log on with Kerberos.",
        ),
        C::Replicating => (
            "The controllers of the directory do not agree yet",
            "Another controller of the directory was told of the change, and the one in use does not know of it yet.".to_owned(),
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
            "Nothing: it is tried again by itself. If it failed in the end, the provider looks at the load of the controller, then retries the request.",
        ),
        C::ChangedMeanwhile => (
            "It was changed at the same moment",
            "Somebody changed or removed the object in the directory while it was worked on.".to_owned(),
            "Nothing: it is looked at and tried again by itself. If it failed in the end, look who else changes it, then retry the request.",
        ),
        C::NameTaken => (
            "The name is taken",
            format!("Another object of the directory, which is not ours, has the {attribute}{value} already."),
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
            "Choose another password: longer, with capital letters, digits and signs, without your name, and none used before. Some directories allow only one change a day.",
        ),
        C::SecretExpired => (
            "The password waited too long",
            "The directory was away for so long that the waiting password was destroyed for safety.".to_owned(),
            "Ask for a new link and choose a password again.",
        ),
        C::InsufficientRights => (
            "A right is missing in the directory",
            "The account with which this product works lacks a right in the directory, or the object is protected against it.".to_owned(),
            "The provider runs the check of the directory, grants what it names, or takes the protection against deletion off the object, then retries the request.",
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
            "The container holds objects that are not ours and cannot be removed; or it is a group that is somebody's primary group.".to_owned(),
            "The provider moves these objects away, or gives these people another primary group, then retries the request.",
        ),
        C::NotVerified => (
            "The directory does not show what was written",
            format!("The directory accepted the change and then showed another {attribute}."),
            "The provider looks for what changes it back, as a script or a replica, then retries the request.",
        ),
        C::MemberMissing => (
            "A member does not exist in the directory",
            "A person who should be in the group has no account in the directory, or it was removed there.".to_owned(),
            "The provider restores the account, or takes the person out of the group, then retries the request.",
        ),
        C::GroupRule => (
            "The group does not take this member",
            "The directory's rules do not allow this member in this kind of group: the kinds do not fit, they are of different domains, or one group would contain itself.".to_owned(),
            "The provider changes the type of the group or takes the member out, then retries the request.",
        ),
        C::SizeLimit => (
            "A limit of the directory is reached",
            format!("The directory allows no more or nothing larger: a limit of values, of an object's size, or of the objects an account may own ({attribute}{value})."),
            "The provider raises the limit or the quota that the directory's words name, then retries the request.",
        ),
        C::IdsExhausted => (
            "The directory has no numbers for new accounts",
            "The controller has used up its numbers for new accounts and gets no new ones, because the controller that hands them out does not answer. It was tried several times.".to_owned(),
            "The provider brings the controller with the role of RID master back, or moves that role, then retries the request.",
        ),
        C::Schema => (
            "The directory's schema does not fit",
            format!("The directory does not know the {attribute}, or not for this kind of object, or demands one that was not given."),
            "The provider extends the schema, or chooses another attribute in the configuration, then retries the request.",
        ),
        C::NotSupported => (
            "The directory cannot do this",
            "The server lacks something this product needs; it may be no Active Directory controller, or a gateway in front of one.".to_owned(),
            "The provider lets urls lead straight to a controller of a supported version, then retries the request.",
        ),
        C::OtherServer => (
            "Another server has to do this",
            "The controller refers to another one: it is read-only, or the object belongs to another domain.".to_owned(),
            "The provider names writable controllers of the right domain in urls, then retries the request.",
        ),
        C::Unwilling => (
            "The directory's rules do not allow it",
            format!("The directory does not allow this change of the {attribute}{value}: it keeps it itself, or a rule of its own forbids it."),
            "The provider reads the directory's own words and lifts the rule or the protection they name, then retries the request.",
        ),
        C::TargetError => (
            "The directory reports an error inside itself",
            "The controller could not carry out the change because of an error of its own. It was tried several times.".to_owned(),
            "The provider looks into the event log of the controller at that time and repairs what it names, then retries the request.",
        ),
        C::OtherVersion => (
            "It was written by another version of this product",
            "What is wanted was stored by a newer version of this product, which the one at work cannot read.".to_owned(),
            "The provider brings all processes of the product to the same version, then retries the request.",
        ),
        C::Gone => (
            "It is not there any more",
            "What was to be taken over, or looked at, is not in the directory any more.".to_owned(),
            "The provider looks where it went and puts it back, then retries the request; or surveys the directory again.",
        ),
        C::Refused => (
            "The directory refused",
            "The directory refused the change for a reason of its own.".to_owned(),
            "The provider reads the directory's own words, changes what they name, then retries the request.",
        ),
        C::HookPending => (
            "Something else has to agree first",
            "A hook of the service is asked before the directory is changed, and has not agreed yet."
                .to_owned(),
            "Nothing: it goes on by itself when the hook agrees. If the hook shows a problem of its own, that has to be solved.",
        ),
        C::HookRefused => (
            "A hook of the service refused",
            format!("{hook} refused, with the words that are attached."),
            "Do what its words ask for, or ask whoever runs it, then retry the request.",
        ),
        C::HookUnreachable => (
            "A hook of the service does not answer",
            format!("{hook} was tried several times and gave no answer."),
            "The provider puts the receiver right or gives the hook another address, then retries the request.",
        ),
        C::HookFailed => (
            "A hook of the service failed",
            format!("{hook} answered with a failure."),
            "The provider looks why at the receiver or the command, puts it right, then retries the request.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, path::Path};

    use super::*;

    #[test]
    fn every_problem_says_what_happened_and_what_to_do() {
        let mut titles = BTreeSet::new();
        for code in ProblemCode::ALL {
            let text = problem(&Problem::new(*code), false);
            assert!(text.what.ends_with('.') && text.cure.ends_with('.'), "{text:?}");
            assert!(!text.title.ends_with('.') && titles.insert(text.title), "{text:?}");
            let says_retry =
                text.cure.contains("retries the request") || text.cure.contains("retry the request");
            assert!(says_retry || !code.cure().fix_and_retry(), "{text:?}");
            let says_itself = text.cure.contains("by itself") || text.cure.contains("clocks");
            assert!(says_itself || code.cure() != Cure::Repair, "{text:?}");
        }
    }

    #[test]
    fn the_page_of_problems_is_the_catalogue() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/problems.md");
        if std::env::var_os("TENANTRY_WRITE_PROBLEMS").is_some() {
            std::fs::write(&path, catalogue()).expect("writing the page");
        }
        let committed = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            committed == catalogue(),
            "docs/problems.md is not current; review the difference after \
             `TENANTRY_WRITE_PROBLEMS=1 cargo nextest run -p web the_page_of_problems_is_the_catalogue`"
        );
    }

    #[test]
    fn why_an_account_is_not_let_in_is_said() {
        let of =
            |cause| problem(&Problem::new(ProblemCode::CredentialsRefused).with("cause", cause), true).what;
        let causes = [
            "wrong_password",
            "password_expired",
            "must_change",
            "disabled",
            "account_expired",
            "locked",
            "hours",
            "place",
        ];
        let all: BTreeSet<_> = causes.into_iter().map(of).collect();
        assert_eq!(all.len(), causes.len());
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
}
