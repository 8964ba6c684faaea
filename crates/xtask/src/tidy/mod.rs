//! `cargo xtask tidy`: rules of the repository that no compiler checks.
//!
//! Every rule is a function from a [`Tree`] to findings, so that each can be
//! shown a bad tree in a test. The same rules run on the real tree as a test of
//! this crate. A rule is changed together with the document that states it:
//! `ARCHITECTURE.md` for directions, `CONTRIBUTING.md` for the rest.

mod direction;
mod docs;
mod locks;
mod sources;
mod tree;
mod words;

#[cfg(test)]
mod tests;

use std::fmt;

use crate::{process::Failure, term::say};
use tree::Tree;

/// Something in the tree that breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Finding {
    /// Path from the root of the repository.
    path: String,
    /// Line, counted from 1, where a line is to blame.
    line: Option<usize>,
    /// What is wrong and what to do instead.
    message: String,
}

impl Finding {
    fn file(path: &str, message: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line: None, message: message.into() }
    }

    fn line(path: &str, line: usize, message: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line: Some(line), message: message.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.path, self.message),
            None => write!(f, "{}: {}", self.path, self.message),
        }
    }
}

/// Checks the tree this program was built from.
pub fn start() -> Result<(), Failure> {
    let tree = Tree::read(crate::workspace::root())?;
    for note in sources::long_files(&tree) {
        say(format!("note: {note}"));
    }
    let findings = findings(&tree);
    for finding in &findings {
        say(finding.to_string());
    }
    match findings.len() {
        0 => {
            say(format!("tidy: {} files, nothing found", tree.files.len()));
            Ok(())
        }
        count => Err(Failure::Found(format!("tidy: {count} findings"))),
    }
}

fn findings(tree: &Tree) -> Vec<Finding> {
    let mut findings = direction::check(tree);
    findings.extend(sources::check(tree));
    findings.extend(words::check(tree));
    findings.extend(docs::check(tree));
    findings.extend(locks::check(tree));
    findings.sort();
    findings
}
