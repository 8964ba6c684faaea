//! What is wrong in a directory: a title, what happened, what to do, for every
//! entry of the catalogue, and the catalogue as a document.

use std::{collections::BTreeMap, fmt::Write as _};

use domain::problem::{Cure, Problem, ProblemCode};

use crate::speech::{self, Arg, say, say_with};

/// What is wrong in the directory, in three sentences.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProblemText {
    /// In a few words.
    pub title: String,
    /// What happened, with the values concerned.
    pub what: String,
    /// What to do about it.
    pub cure: String,
}

/// A problem of provisioning, as sentences. `own` is the directory's own view
/// for the provider's staff: with the place in the directory.
#[must_use]
pub fn problem(problem: &Problem, own: bool) -> ProblemText {
    let code = problem.code.code();
    let what = what(problem.code, &problem.args);
    ProblemText {
        title: say(&format!("problem-{code}-title")),
        what: match problem.args.get("dn") {
            Some(dn) if own => say_with("at-place", &[("text", what.into()), ("dn", dn.into())]),
            _ => what,
        },
        cure: cure(problem),
    }
}

fn cure(problem: &Problem) -> String {
    let usual = || say(&format!("problem-{}-cure", problem.code.code()));
    let is_first = problem.args.get("secret").is_some_and(|secret| secret == "first");
    match (is_first, problem.code.cure()) {
        (false, _) => usual(),
        (true, Cure::ChoosePassword) => say("problem-first_password"),
        (true, _) => format!("{} {}", usual(), say("problem-first_password")),
    }
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
`crates/web/locales/en/problems.ftl`; a test compares them. Which result code of a directory becomes
which problem stands, code by code, in the reviewed snapshot in `crates/ad/src/snapshots`.
";

/// The whole catalogue as a document: `docs/problems.md`.
#[must_use]
pub fn catalogue() -> String {
    let mut page = HEAD.to_owned();
    for code in ProblemCode::ALL {
        let text = problem(&Problem::new(*code), true);
        let who = say(&format!("who-{}", cure_code(code.cure())));
        let ProblemText { title, what, cure } = text;
        // Writing into a string cannot fail.
        let _ = write!(page, "\n## `{}`\n\n**{title}.** {what}\n\n{cure}\n\nWho: {who}.\n", code.code());
    }
    page
}

/// What of an object is meant, inside a sentence; attributes without a name of ours keep the directory's.
pub(super) fn attribute(code: &str) -> String {
    let id = format!("attribute-{code}");
    if speech::has(&id) { say(&id) } else { code.to_owned() }
}

fn what(code: ProblemCode, args: &BTreeMap<String, String>) -> String {
    let arg = |key: &str| args.get(key).map(String::as_str);
    if let (ProblemCode::ClockSkew, Some(controller), Some(seconds), Some(direction)) =
        (code, arg("controller"), arg("seconds"), arg("direction"))
    {
        let id = format!("problem-clock_skew-{direction}");
        return say_with(&id, &[("controller", controller.into()), ("seconds", seconds.into())]);
    }
    let cause = format!("sign-in-{}", arg("cause").unwrap_or("other"));
    let hook = match arg("hook") {
        Some(name) => say_with("problem-hook-named", &[("name", name.into())]),
        None => say("problem-hook"),
    };
    let given = [
        ("attribute", attribute(arg("attribute").unwrap_or("value"))),
        ("value", arg("value").map_or(String::new(), |value| say_with("quoted", &[("value", value.into())]))),
        ("cause", say(if speech::has(&cause) { &cause } else { "sign-in-other" })),
        ("hook", hook),
    ];
    say_with(&format!("problem-{}-what", code.code()), &given.map(|(name, text)| (name, Arg::from(text))))
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
            assert!(!text.title.ends_with('.') && titles.insert(text.title.clone()), "{text:?}");
            let says_retry = ["retries the request", "retry the request", "new link"]
                .iter()
                .any(|says| text.cure.contains(says));
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
