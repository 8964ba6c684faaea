//! What values must be like, beyond their kind. Every problem is one sentence
//! that begins with the key.

use std::{collections::BTreeSet, path::PathBuf};

use domain::{
    field::{FieldError, Rule},
    limits, names,
    tenant::Code,
};

use super::{Config, DirectorySection, Environment, Secret};

/// Bytes of a file with a password; whoever names another file by mistake is told.
const PASSWORD_FILE_BYTES: u64 = 4_096;

/// The variable that holds the password of a directory's account.
#[must_use]
pub fn password_variable(code: &str) -> String {
    format!("TENANTRY_DIRECTORY_{}_PASSWORD", code.to_uppercase().replace('-', "_"))
}

/// The password of a directory's account: the environment first, then the file.
pub fn password(
    directory: &DirectorySection,
    environment: Environment<'_>,
) -> Result<Option<Secret>, String> {
    let key = format!("directory {}: bind_password_file", directory.code);
    secret(&key, &password_variable(&directory.code), directory.bind_password_file.as_ref(), environment)
}

/// A secret: the environment first, then the file that `key` names.
pub fn secret(
    key: &str,
    variable: &str,
    file: Option<&PathBuf>,
    environment: Environment<'_>,
) -> Result<Option<Secret>, String> {
    if let Some(value) = environment(variable).filter(|value| !value.is_empty()) {
        return Ok(Some(Secret { value, from: format!("the variable {variable}"), file: None }));
    }
    let Some(path) = file else { return Ok(None) };
    let failed = |error: std::io::Error| format!("{key}: {} cannot be read: {error}", path.display());
    if std::fs::metadata(path).map_err(failed)?.len() > PASSWORD_FILE_BYTES {
        return Err(format!("{key}: {} is too long for a file with a password", path.display()));
    }
    let text = std::fs::read_to_string(path).map_err(failed)?;
    let value = text.trim_end_matches(['\r', '\n']).to_owned();
    if value.is_empty() {
        return Err(format!("{key}: {} is empty", path.display()));
    }
    let from = format!("the file {}", path.display());
    Ok(Some(Secret { value, from, file: Some(path.clone()) }))
}

/// Everything that cannot be accepted.
pub fn check(config: &Config) -> Vec<String> {
    let mut found = Problems::default();
    let instance = &config.instance;
    found.code("instance.code", &instance.code);
    found.take("instance.name", names::display_name("", &instance.name));
    found.language("instance.language", &instance.language);
    if domain::fact::time_zone(&instance.time_zone).is_none() {
        found.note("instance.time_zone", "is no time zone, as Europe/Berlin");
    }
    found.currency("instance.currency", &instance.currency);
    if let Some(url) = &config.http.public_url {
        found.url("http.public_url", url);
    }
    for (i, proxy) in config.http.trusted_proxies.iter().enumerate() {
        if let Err(error) = proxy.parse::<web::proxy::Network>() {
            found.note(&format!("http.trusted_proxies[{i}]"), &error.to_string());
        }
    }
    if let Some(url) = &config.database.url
        && url.parse::<store::ConnectOptions>().is_err()
    {
        // What is wrong with it may repeat its password.
        found.note("database.url", "is not of the form postgres://user@host/database");
    }
    if !(2..=500).contains(&config.database.connections) {
        found.note("database.connections", "must be 2 to 500");
    }
    found.brands(config);
    found.directories(config);
    found.catalogue(config);
    found.0
}

#[derive(Default)]
struct Problems(Vec<String>);

impl Problems {
    fn note(&mut self, key: &str, problem: &str) {
        self.0.push(format!("{key} {problem}"));
    }

    fn take<T>(&mut self, key: &str, checked: Result<T, FieldError>) {
        if let Err(error) = checked {
            let details: Vec<_> = error.args.iter().map(|(name, value)| format!("{name} {value}")).collect();
            let details =
                if details.is_empty() { String::new() } else { format!(" ({})", details.join(", ")) };
            self.note(key, &format!("{}{details}", sentence(error.rule)));
        }
    }

    fn code(&mut self, key: &str, code: &str) {
        if Code::parse("", code).is_err() {
            self.note(key, "must be 2 to 12 lower-case letters, digits and inner hyphens, a letter first");
        }
    }

    /// Codes of things that are no tenants may be longer.
    fn long_code(&mut self, key: &str, code: &str) {
        let good = (1..=40).contains(&code.len())
            && code.starts_with(|c: char| c.is_ascii_lowercase())
            && code.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
        if !good {
            self.note(key, "must be 1 to 40 lower-case letters, digits and hyphens, a letter first");
        }
    }

    fn currency(&mut self, key: &str, currency: &str) {
        if currency.len() != 3 || !currency.bytes().all(|b| b.is_ascii_uppercase()) {
            self.note(key, "must be three upper-case letters, as EUR");
        }
    }

    fn language(&mut self, key: &str, language: &str) {
        let mut parts = language.split('-');
        let good = parts.next().is_some_and(|p| (2..=3).contains(&p.len()))
            && language.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && language.len() <= 12;
        if !good {
            self.note(key, "must be a language, as de or en-GB");
        }
    }

    fn url(&mut self, key: &str, url: &str) {
        let host = ["http://", "https://"].iter().find_map(|scheme| url.strip_prefix(scheme));
        if host
            .is_none_or(|rest| rest.trim_end_matches('/').is_empty() || rest.contains(['?', '#', ' ', '@']))
        {
            self.note(key, "must be of the form https://portal.example.com");
        }
    }

    fn unique<'a>(&mut self, list: &str, codes: impl Iterator<Item = &'a str>) {
        let mut seen = BTreeSet::new();
        for (i, code) in codes.enumerate() {
            let key = format!("{list}[{i}].code");
            self.long_code(&key, code);
            if !seen.insert(code) {
                self.note(&key, &format!("repeats {code}"));
            }
        }
    }

    fn brands(&mut self, config: &Config) {
        self.unique("brand", config.brands.iter().map(|b| b.code.as_str()));
        let mut hosts = BTreeSet::new();
        for (i, brand) in config.brands.iter().enumerate() {
            self.take(&format!("brand[{i}].name"), names::display_name("", &brand.name));
            for host in &brand.host_names {
                let key = format!("brand[{i}].host_names");
                let good = !host.is_empty()
                    && host.len() <= 253
                    && host.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-".contains(c));
                if !good {
                    self.note(
                        &key,
                        &format!("has {host}, which is no host name in lower case without a port"),
                    );
                }
                if !hosts.insert(host) {
                    self.note(&key, &format!("has {host}, which leads to another brand already"));
                }
            }
        }
    }

    fn directories(&mut self, config: &Config) {
        self.unique("directory", config.directories.iter().map(|d| d.code.as_str()));
        for (i, directory) in config.directories.iter().enumerate() {
            self.take(&format!("directory[{i}].name"), names::display_name("", &directory.name));
            if directory.urls.is_empty() {
                self.note(&format!("directory[{i}].urls"), "names no controller");
            }
            let mut seen = BTreeSet::new();
            for controller in &directory.urls {
                let key = format!("directory[{i}].urls");
                let url = controller.address().url;
                if url.chars().count() > limits::ADDRESS_CHARS {
                    self.note(&key, "has an address that is too long");
                }
                if !seen.insert(url.clone()) {
                    self.note(&key, &format!("names {url} twice"));
                }
            }
        }
    }

    fn catalogue(&mut self, config: &Config) {
        self.unique("service", config.services.iter().map(|s| s.code.as_str()));
        self.unique("plan", config.plans.iter().map(|p| p.code.as_str()));
        for (i, service) in config.services.iter().enumerate() {
            self.take(&format!("service[{i}].name"), names::display_name("", &service.name));
            for error in service.definition().check().err().unwrap_or_default() {
                let key = format!("service[{i}].{}", error.field);
                self.take::<()>(&key, Err(error));
            }
        }
        for (i, plan) in config.plans.iter().enumerate() {
            self.take(&format!("plan[{i}].name"), names::display_name("", &plan.name));
            if config.services.iter().all(|s| s.code != plan.service) {
                self.note(
                    &format!("plan[{i}].service"),
                    &format!("names {}, which is no service", plan.service),
                );
            }
            let service = config.services.iter().find(|s| s.code == plan.service);
            if let Some(Ok(definition)) = service.map(|s| s.definition().check()) {
                let wrong = definition.check_values("properties", &plan.properties);
                for error in wrong.err().unwrap_or_default() {
                    self.take::<()>(&format!("plan[{i}].{}", error.field), Err(error));
                }
            }
            if plan.price_minor.is_some_and(|minor| minor < 0) {
                self.note(&format!("plan[{i}].price_minor"), "must not be negative");
            }
            if let Some(currency) = &plan.currency {
                self.currency(&format!("plan[{i}].currency"), currency);
            }
        }
    }
}

fn sentence(rule: Rule) -> &'static str {
    match rule {
        Rule::Required => "is needed",
        Rule::TooLong => "is too long",
        Rule::TooShort => "is too short",
        Rule::ForbiddenCharacter => "holds a character that is not allowed",
        _ => "cannot be accepted",
    }
}
