//! What can go wrong, how it is explained, and the exit codes.

use std::{error::Error, fmt::Write as _};

use wire::problem::ErrorDocument;

use crate::input::Source;

/// Why a command did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The command cannot be carried out as typed, or a file cannot be read.
    #[error("{what}")]
    Usage {
        /// What is wrong and where, in lines.
        what: String,
        /// What to do about it.
        cure: String,
    },
    /// Something of this machine is in the way.
    #[error("{what}: {cause}")]
    Local {
        /// What was tried.
        what: String,
        /// Why it did not work.
        cause: String,
    },
    /// The server refused.
    #[error("{}", .document.title)]
    Refused {
        /// Its reasons.
        document: Box<ErrorDocument>,
        /// The file the values came from.
        source_file: Option<Box<Source>>,
    },
    /// No answer.
    #[error("{url} cannot be reached")]
    Unreachable {
        /// Which server.
        url: String,
        /// Why.
        cause: String,
        /// Key under which the call may be repeated, if the server may have done it.
        key: Option<String>,
    },
    /// An answer that is not one of REST v1.
    #[error("{url} does not answer as Tenantry does")]
    Protocol {
        /// Which address.
        url: String,
        /// What is odd about the answer.
        cause: String,
    },
    /// Nothing more happens by itself and some objects need a person.
    #[error("request {request} is complete with problems")]
    Problems {
        /// Which request.
        request: String,
    },
    /// Nothing of the request could be done.
    #[error("request {request} failed")]
    Failed {
        /// Which request.
        request: String,
    },
    /// The time to wait is over.
    #[error("request {request} is not finished after {seconds} s")]
    Timeout {
        /// Which request.
        request: String,
        /// How long was waited.
        seconds: u64,
    },
}

impl From<wire::file::Unreadable> for Failure {
    fn from(file: wire::file::Unreadable) -> Self {
        Self::usage(file.what, file.cure)
    }
}

impl Failure {
    /// A value or a file that cannot be accepted.
    pub fn usage(what: impl Into<String>, cure: impl Into<String>) -> Self {
        Self::Usage { what: what.into(), cure: cure.into() }
    }

    /// Something of this machine is in the way.
    pub fn local(what: impl Into<String>, cause: impl std::fmt::Display) -> Self {
        Self::Local { what: what.into(), cause: cause.to_string() }
    }

    /// Points at the lines of the file the refused values came from.
    pub fn in_file(self, source: &Source) -> Self {
        match self {
            Self::Refused { document, .. } => {
                Self::Refused { document, source_file: Some(Box::new(source.clone())) }
            }
            other => other,
        }
    }

    /// The exit code, as listed by `tenantry --help`.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Local { .. } | Self::Failed { .. } | Self::Protocol { .. } => 1,
            Self::Usage { .. } => 2,
            Self::Refused { document, .. } => code_of_status(document.status),
            Self::Unreachable { .. } => 6,
            Self::Problems { .. } => 7,
            Self::Timeout { .. } => 8,
        }
    }

    /// What happened, where, and what to do about it.
    pub fn explain(&self) -> String {
        let mut text = format!("error: {self}");
        match self {
            Self::Refused { document, source_file } => refused(&mut text, document, source_file.as_deref()),
            Self::Unreachable { cause, .. } | Self::Protocol { cause, .. } => line(&mut text, cause),
            // The title says it all.
            Self::Usage { .. }
            | Self::Local { .. }
            | Self::Problems { .. }
            | Self::Failed { .. }
            | Self::Timeout { .. } => {}
        }
        let cure = self.cure();
        if !cure.is_empty() {
            line(&mut text, &format!("what to do: {cure}"));
        }
        text
    }

    /// The same for programs.
    pub fn to_json(&self) -> serde_json::Value {
        let mut value = match self {
            Self::Refused { document, .. } => serde_json::to_value(document).unwrap_or_default(),
            other => serde_json::json!({ "title": other.to_string(), "code": other.code() }),
        };
        if let Self::Local { cause, .. } | Self::Unreachable { cause, .. } | Self::Protocol { cause, .. } =
            self
        {
            value["detail"] = cause.clone().into();
        }
        value["cure"] = self.cure().into();
        value["exit_code"] = self.exit_code().into();
        value
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Usage { .. } => "usage",
            Self::Local { .. } => "local",
            Self::Refused { .. } => "refused",
            Self::Unreachable { .. } => "unreachable",
            Self::Protocol { .. } => "protocol",
            Self::Problems { .. } => "complete_with_problems",
            Self::Failed { .. } => "failed",
            Self::Timeout { .. } => "timeout",
        }
    }

    fn cure(&self) -> String {
        match self {
            Self::Usage { cure, .. } => cure.clone(),
            Self::Local { .. } => String::new(),
            Self::Refused { document, .. } => cure_of_status(document).to_owned(),
            Self::Unreachable { cause, .. } if cause.to_lowercase().contains("certificate") => {
                "if the server's certificate is from an authority of your own, name it with --ca-file"
                    .to_owned()
            }
            Self::Unreachable { key: Some(key), .. } => format!(
                "check the address and the network. The server may have done it: run the command again with \
                 --idempotency-key {key}, and it will not be done twice"
            ),
            Self::Unreachable { .. } => {
                "check the address (--url) and the network, then run the command again".to_owned()
            }
            Self::Protocol { .. } => "check that the address (--url) is that of a Tenantry server".to_owned(),
            Self::Problems { request } | Self::Failed { request } => format!(
                "look at `tenantry requests show {request}`, apply the cures, then `tenantry requests retry {request}`"
            ),
            Self::Timeout { request, .. } => {
                format!("it goes on by itself; look at `tenantry requests watch {request}`")
            }
        }
    }
}

/// The chain of causes in one line.
pub fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let said = cause.to_string();
        if !text.ends_with(&said) {
            let _ = write!(text, ": {said}");
        }
        next = cause.source();
    }
    text
}

fn line(text: &mut String, more: &str) {
    for part in more.lines() {
        let _ = write!(text, "\n  {part}");
    }
}

fn refused(text: &mut String, document: &ErrorDocument, source: Option<&Source>) {
    let _ = write!(text, " ({} {})", document.status, document.code);
    if let Some(detail) = document.detail.as_deref().filter(|d| !d.is_empty()) {
        line(text, detail);
    }
    for error in &document.errors {
        let place = source.and_then(|s| s.locate(&error.field));
        match (place, error.field.as_str()) {
            (Some(place), field) => line(text, &format!("{field}: {} ({place})", error.message)),
            (None, "") => line(text, &error.message),
            (None, field) => line(text, &format!("{field}: {}", error.message)),
        }
    }
    if !document.request_id.is_empty() && document.status >= 500 {
        line(text, &format!("the server's log has it under {}", document.request_id));
    }
}

const fn code_of_status(status: u16) -> u8 {
    match status {
        400 | 405 | 413 | 415 | 422 => 2,
        404 | 410 => 3,
        401 | 403 => 4,
        409 | 412 | 428 => 5,
        502..=504 => 6,
        _ => 1,
    }
}

const fn cure_of_status(document: &ErrorDocument) -> &'static str {
    match document.status {
        401 => "sign in with `tenantry login`, or give a valid token in TENANTRY_TOKEN",
        403 => "ask an administrator for the role that allows it; `tenantry whoami` shows yours",
        404 | 410 => "check the id or code: it may be misspelled, removed, or not yours to see",
        409 => "nothing was changed: look at what is there already, then change the value",
        412 => "somebody changed it meanwhile: look at it again and repeat the change",
        400 | 413 | 415 | 422 => "nothing was changed: correct this and run the command again",
        429 => "wait a little and run the command again",
        502..=504 => "the server is not ready: run the command again in a moment",
        _ => "nothing you did wrong: give the operator the id under which the log has it",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wire::problem::FieldError;

    fn refused_with(status: u16) -> Failure {
        let document = ErrorDocument { status, title: "No".to_owned(), ..ErrorDocument::default() };
        Failure::Refused { document: Box::new(document), source_file: None }
    }

    #[test]
    fn the_exit_code_tells_a_script_what_to_do_next() {
        let codes =
            [(422, 2), (400, 2), (404, 3), (401, 4), (403, 4), (409, 5), (412, 5), (503, 6), (500, 1)];
        for (status, code) in codes {
            assert_eq!(refused_with(status).exit_code(), code, "status {status}");
        }
        assert_eq!(Failure::Problems { request: String::new() }.exit_code(), 7);
        assert_eq!(Failure::Timeout { request: String::new(), seconds: 1 }.exit_code(), 8);
        assert_eq!(Failure::usage("x", "y").exit_code(), 2);
    }

    #[test]
    fn every_refused_field_is_shown_with_its_place_in_the_file() {
        let source = Source::new(
            "order.toml".to_owned(),
            "reference = \"1\"\n\n[customer]\ncode = \"ACME\"\n".to_owned(),
            "toml",
        );
        let error = FieldError {
            field: "customer.code".to_owned(),
            rule: "forbidden_character".to_owned(),
            message: "\"A\" is not allowed here.".to_owned(),
            args: std::collections::BTreeMap::default(),
        };
        let document = ErrorDocument {
            status: 422,
            code: "invalid".to_owned(),
            title: "Some values cannot be accepted".to_owned(),
            errors: vec![error],
            ..ErrorDocument::default()
        };
        let failure = Failure::Refused { document: Box::new(document), source_file: None }.in_file(&source);
        let text = failure.explain();
        assert!(
            text.contains("customer.code: \"A\" is not allowed here. (order.toml, line 4, column 8)"),
            "{text}"
        );
        assert!(text.contains("what to do: nothing was changed"), "{text}");
    }
}
