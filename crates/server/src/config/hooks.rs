//! Where hooks may lead: what the operator alone decides, because no request can.

use std::{
    collections::BTreeMap,
    net::IpAddr,
    path::{Path, PathBuf},
};

use domain::hook::Allowed;
use serde::Deserialize;

use super::show::Lines;

/// Where hooks may lead.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HooksSection {
    /// Plain HTTP to anybody. To the addresses below it is allowed anyway where they are this machine's.
    #[serde(default)]
    pub allow_http: bool,
    /// Addresses of this machine or its link that may be called.
    #[serde(default)]
    pub allow_addresses: Vec<IpAddr>,
    /// PEM file of authorities that are trusted beside the system's; relative to the file.
    pub ca_file: Option<PathBuf>,
    /// Commands by name, with their absolute paths.
    #[serde(default)]
    pub commands: BTreeMap<String, PathBuf>,
}

impl HooksSection {
    /// Makes paths absolute, and says what cannot be accepted.
    pub(super) fn complete(&mut self, absolute: &impl Fn(&Path) -> PathBuf) -> Vec<String> {
        self.ca_file = self.ca_file.as_deref().map(absolute);
        let mut problems = Vec::new();
        for (name, path) in &self.commands {
            let good = (1..=40).contains(&name.len())
                && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
            if !good {
                problems.push(format!(
                    "hooks.commands.{name} must have a name of 1 to 40 lower-case letters, digits and hyphens"
                ));
            }
            if !path.is_absolute() {
                problems.push(format!("hooks.commands.{name} must be an absolute path"));
            }
        }
        problems
    }

    /// As those who make hooks need it.
    pub fn allowed(&self) -> Allowed {
        Allowed {
            http: self.allow_http,
            addresses: self.allow_addresses.iter().copied().collect(),
            commands: self.commands.keys().cloned().collect(),
        }
    }

    /// As workers need it.
    pub fn settings(&self) -> Result<outbound::Settings, String> {
        let read = |path: &PathBuf| {
            std::fs::read(path)
                .map_err(|error| format!("hooks.ca_file: {} cannot be read: {error}", path.display()))
        };
        Ok(outbound::Settings {
            http: self.allow_http,
            addresses: self.allow_addresses.clone(),
            authorities: self.ca_file.as_ref().map(read).transpose()?,
            commands: self.commands.clone(),
        })
    }

    pub(super) fn show(&self, out: &mut Lines<'_>) {
        out.section("[hooks]");
        out.line("allow_http", &self.allow_http.to_string());
        let addresses: Vec<_> = self.allow_addresses.iter().map(ToString::to_string).collect();
        out.list("allow_addresses", &addresses);
        if let Some(path) = &self.ca_file {
            out.text("ca_file", &path.to_string_lossy());
        }
        if !self.commands.is_empty() {
            out.section("[hooks.commands]");
            for (name, path) in &self.commands {
                out.text(name, &path.to_string_lossy());
            }
        }
    }
}
