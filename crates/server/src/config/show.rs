//! The effective configuration for people, in the form of the file, without secrets.

use std::fmt::Write as _;

use super::{Config, password_variable};

impl Config {
    /// All settings with their defaults, as TOML. Where a secret is used, a
    /// comment says where it came from.
    #[must_use]
    pub fn shown(&self) -> String {
        let mut text = String::new();
        let mut out = Lines(&mut text);
        let own = &self.instance;
        out.section("[instance]");
        out.text("code", &own.code);
        out.text("name", &own.name);
        out.text("language", &own.language);
        out.text("time_zone", &own.time_zone);
        out.text("currency", &own.currency);
        out.text("data", &own.data.to_string_lossy());
        out.section("[http]");
        out.text("listen", &self.http.listen.to_string());
        out.text("public_url", &self.public_url());
        out.list("trusted_proxies", &self.http.trusted_proxies);
        out.section("[database]");
        match &self.database.url {
            None => out.comment(&format!("a private cluster in {}", self.cluster().display())),
            Some(url) => {
                out.text("url", &without_password(url));
                if self.database.url_from_environment {
                    out.comment("from the variable DATABASE_URL");
                }
            }
        }
        out.line("connections", &self.database.connections.to_string());
        for brand in &self.brands {
            out.section("[[brand]]");
            out.text("code", &brand.code);
            out.text("name", &brand.name);
            out.list("host_names", &brand.host_names);
        }
        self.show_directories(&mut out);
        for service in &self.services {
            out.section("[[service]]");
            out.text("code", &service.code);
            out.text("name", &service.name);
            out.line("per_user", &service.per_user.to_string());
            if !service.groups.is_empty() {
                out.list("groups", &service.groups);
            }
            out.table("attributes", &toml::Value::try_from(&service.attributes));
            out.table("properties", &toml::Value::try_from(&service.properties));
        }
        for plan in &self.plans {
            let effective = self.plan(plan);
            out.section("[[plan]]");
            out.text("code", &plan.code);
            out.text("service", &plan.service);
            out.text("name", &plan.name);
            if let Some((minor, currency)) = effective.price {
                out.line("price_minor", &minor.to_string());
                out.text("currency", &currency);
            }
            if plan.per_customer {
                out.line("per_customer", "true");
            }
            out.table("properties", &toml::Value::try_from(&plan.properties));
        }
        self.hooks.show(&mut out);
        if let Some(mail) = &self.mail {
            mail.show(&mut out);
        }
        text
    }

    fn show_directories(&self, out: &mut Lines<'_>) {
        for directory in &self.directories {
            out.section("[[directory]]");
            out.text("code", &directory.code);
            out.text("name", &directory.name);
            let urls: Vec<String> = directory.urls.iter().map(ToString::to_string).collect();
            out.list("urls", &urls);
            out.text("ca_file", &directory.ca_file.to_string_lossy());
            out.text("base_dn", &directory.base_dn);
            out.text("folder_dn", &directory.folder_dn);
            out.text("bind_dn", &directory.bind_dn);
            if let Some(file) = &directory.bind_password_file {
                out.text("bind_password_file", &file.to_string_lossy());
            }
            match self.passwords.get(&directory.code) {
                Some(secret) => out.comment(&format!("the password comes from {}", secret.from)),
                None => {
                    let variable = password_variable(&directory.code);
                    out.comment(&format!("NO PASSWORD: set {variable} or bind_password_file"));
                }
            }
            if let Some(marker) = &directory.marker_attribute {
                out.text("marker_attribute", marker);
            }
            out.list("protected", &directory.protected);
        }
    }
}

pub(super) struct Lines<'t>(&'t mut String);

impl Lines<'_> {
    fn push(&mut self, line: &str) {
        let _writing_to_a_string_cannot_fail = writeln!(self.0, "{line}");
    }

    pub(super) fn section(&mut self, heading: &str) {
        if !self.0.is_empty() {
            self.push("");
        }
        self.push(heading);
    }

    pub(super) fn line(&mut self, key: &str, value: &str) {
        self.push(&format!("{key} = {value}"));
    }

    pub(super) fn text(&mut self, key: &str, value: &str) {
        self.line(key, &toml::Value::String(value.to_owned()).to_string());
    }

    pub(super) fn list(&mut self, key: &str, values: &[String]) {
        let values: Vec<_> = values.iter().map(|v| toml::Value::String(v.clone()).to_string()).collect();
        self.line(key, &format!("[{}]", values.join(", ")));
    }

    /// Values with names, on one line; nothing when there are none.
    fn table(&mut self, key: &str, table: &Result<toml::Value, toml::ser::Error>) {
        if let Ok(table) = table
            && table.as_table().is_some_and(|table| !table.is_empty())
        {
            self.line(key, &table.to_string());
        }
    }

    pub(super) fn comment(&mut self, text: &str) {
        self.push(&format!("# {text}"));
    }
}

/// The URL without the password and without options, which may hold one, too.
fn without_password(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let rest = rest.split('?').next().unwrap_or_default();
    match rest.rsplit_once('@') {
        None => format!("{scheme}://{rest}"),
        Some((who, place)) => {
            let name = who.split(':').next().unwrap_or_default();
            format!("{scheme}://{name}@{place}")
        }
    }
}
