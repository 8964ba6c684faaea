//! Why a command ended without success: one sentence, its causes once, and an
//! exit code.

use std::{error::Error, process::ExitCode};

type BoxError = Box<dyn Error + Send + Sync>;

/// What a command ends with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Something did not work.
    Failed,
    /// Wrong usage, or a configuration that cannot be accepted.
    Usage,
    /// A check found something; the findings are printed.
    Found,
    /// Somebody asked it to stop before it was done.
    Stopped,
}

/// A failure with its causes.
#[derive(Debug, thiserror::Error)]
#[error("{what}")]
pub struct Failure {
    what: String,
    kind: Kind,
    source: Option<BoxError>,
}

impl Failure {
    /// Something did not work, because of `source`.
    pub fn failed(what: impl Into<String>, source: impl Into<BoxError>) -> Self {
        Self { what: what.into(), kind: Kind::Failed, source: Some(source.into()) }
    }

    /// The same for `map_err`.
    pub fn because<E: Into<BoxError>>(what: impl Into<String>) -> impl FnOnce(E) -> Self {
        let what = what.into();
        |source| Self::failed(what, source)
    }

    /// Something did not work and there is nothing behind it.
    pub fn plain(what: impl Into<String>) -> Self {
        Self { what: what.into(), kind: Kind::Failed, source: None }
    }

    /// What was asked for cannot be accepted.
    pub fn usage(what: impl Into<String>) -> Self {
        Self { what: what.into(), kind: Kind::Usage, source: None }
    }

    /// A check found something.
    pub fn found(what: impl Into<String>) -> Self {
        Self { what: what.into(), kind: Kind::Found, source: None }
    }

    /// Asked to stop before it was done.
    pub fn stopped() -> Self {
        Self { what: "stopped on request".to_owned(), kind: Kind::Stopped, source: None }
    }

    /// See `tenantryd --help`.
    pub fn exit_code(&self) -> ExitCode {
        ExitCode::from(match self.kind {
            Kind::Failed => 1,
            Kind::Usage => 2,
            Kind::Found => 3,
            Kind::Stopped => 130,
        })
    }
}

/// An error and its causes in one line.
pub fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        // Some libraries repeat their cause in their own sentence.
        if !text.ends_with(&cause_text) {
            text = format!("{text}: {cause_text}");
        }
        source = cause.source();
    }
    text
}
