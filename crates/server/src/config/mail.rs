//! Mail: the server it goes through, and who it is from.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use domain::mail::Mailing;
use outbound::mail::{MailSettings, Security, check_from};
use serde::Deserialize;
use zeroize::Zeroizing;

use super::{Environment, Secret, rules, show::Lines};

/// The variable that holds the password of the mail server's account.
const PASSWORD: &str = "TENANTRY_MAIL_PASSWORD";

/// Mail; without this section there is none.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailSection {
    /// Nothing is sent; mails are kept and can be read. For demonstrations.
    #[serde(default)]
    pub keep: bool,
    /// Host name of the mail server: the one its certificate bears.
    pub host: Option<String>,
    /// Port; 587 or 465 when not given.
    pub port: Option<u16>,
    /// How the connection is encrypted, which it always is.
    #[serde(default)]
    pub tls: TlsKind,
    /// PEM file of authorities that are trusted beside the system's; relative to the file.
    pub ca_file: Option<PathBuf>,
    /// User name, where the mail server wants one.
    pub username: Option<String>,
    /// File that holds the password and nothing else; relative to the file.
    pub password_file: Option<PathBuf>,
    /// `Name <address>`, for whoever has no brand or one without a sender of its own.
    pub from: Option<String>,
    /// The same by code of the brand.
    #[serde(default)]
    pub from_of: BTreeMap<String, String>,
    /// The password, with where it came from: not a key of the file.
    #[serde(skip)]
    pub password: Option<Secret>,
}

/// How the connection is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TlsKind {
    /// By the command `STARTTLS`.
    #[default]
    Starttls,
    /// From the first byte.
    Implicit,
}

impl TlsKind {
    const fn name(self) -> &'static str {
        match self {
            Self::Starttls => "starttls",
            Self::Implicit => "implicit",
        }
    }

    /// The usual port (RFC 6409, RFC 8314).
    const fn port(self) -> u16 {
        match self {
            Self::Starttls => 587,
            Self::Implicit => 465,
        }
    }
}

impl MailSection {
    /// Makes paths absolute, reads the password, and says what cannot be accepted.
    pub(super) fn complete<'b>(
        &mut self,
        absolute: &impl Fn(&Path) -> PathBuf,
        environment: Environment<'_>,
        brands: impl Iterator<Item = &'b str>,
    ) -> Vec<String> {
        self.ca_file = self.ca_file.as_deref().map(absolute);
        self.password_file = self.password_file.as_deref().map(absolute);
        let mut problems = Vec::new();
        let brands: Vec<_> = brands.collect();
        for (code, from) in &self.from_of {
            if !brands.contains(&code.as_str()) {
                problems.push(format!("mail.from_of.{code} names no brand of the configuration"));
            }
            if check_from(from).is_err() {
                problems.push(format!("mail.from_of.{code} must be of the form Name <address@example.com>"));
            }
        }
        if self.keep {
            return problems;
        }
        match self.host.as_deref() {
            None | Some("") => problems.push("mail.host is needed, unless mail.keep is true".to_owned()),
            Some(host) if host.contains([' ', '/', ':']) => {
                problems.push("mail.host must be a host name, without scheme and port".to_owned());
            }
            Some(_) => {}
        }
        match self.from.as_deref() {
            Some(from) if check_from(from).is_ok() => {}
            Some(_) => problems.push("mail.from must be of the form Name <address@example.com>".to_owned()),
            None => problems.push("mail.from is needed, unless mail.keep is true".to_owned()),
        }
        match rules::secret("mail.password_file", PASSWORD, self.password_file.as_ref(), environment) {
            Ok(secret) => self.password = secret,
            Err(problem) => problems.push(problem),
        }
        if self.username.is_some() && self.password.is_none() {
            problems.push(format!("mail.username needs a password: set {PASSWORD} or mail.password_file"));
        }
        problems
    }

    /// What is done with mail.
    pub fn mailing(&self) -> Mailing {
        if self.keep { Mailing::Keep } else { Mailing::Send }
    }

    /// As workers need it.
    pub fn settings(&self) -> Result<MailSettings, String> {
        let read = |path: &PathBuf| {
            std::fs::read(path)
                .map_err(|error| format!("mail.ca_file: {} cannot be read: {error}", path.display()))
        };
        let password = self.password.as_ref().map(|p| Zeroizing::new(p.value.clone()));
        Ok(MailSettings {
            host: self.host.clone().unwrap_or_default(),
            port: self.port.unwrap_or(self.tls.port()),
            security: match self.tls {
                TlsKind::Starttls => Security::Starttls,
                TlsKind::Implicit => Security::Implicit,
            },
            authorities: self.ca_file.as_ref().map(read).transpose()?,
            login: self.username.clone().zip(password),
            from: self.from.clone().unwrap_or_default(),
            from_of: self.from_of.clone(),
        })
    }

    pub(super) fn show(&self, out: &mut Lines<'_>) {
        out.section("[mail]");
        out.line("keep", &self.keep.to_string());
        if !self.keep {
            out.text("host", self.host.as_deref().unwrap_or_default());
            out.line("port", &self.port.unwrap_or(self.tls.port()).to_string());
            out.text("tls", self.tls.name());
            if let Some(path) = &self.ca_file {
                out.text("ca_file", &path.to_string_lossy());
            }
            if let Some(name) = &self.username {
                out.text("username", name);
            }
            if let Some(password) = &self.password {
                out.comment(&format!("the password comes from {}", password.from));
            }
            out.text("from", self.from.as_deref().unwrap_or_default());
        }
        if !self.from_of.is_empty() {
            out.section("[mail.from_of]");
            for (code, from) in &self.from_of {
                out.text(code, from);
            }
        }
    }
}
