//! Nothing of a particular machine or network, and no secret, in the repository.

use super::{Finding, tree::Tree};

/// The only package source a lock file may name.
const CRATES: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// Files that hold the settings or secrets of one machine.
const MACHINE_FILES: &[&str] =
    &[".npmrc", ".netrc", ".env", "pip.conf", ".cargo/credentials.toml", "rust-toolchain.toml"];

pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in &tree.files {
        if MACHINE_FILES.iter().any(|name| file.path == *name || file.path.ends_with(&format!("/{name}"))) {
            findings.push(Finding::file(&file.path, "belongs to one machine, not into the repository"));
        }
        for (index, line) in file.text.lines().enumerate() {
            for message in bad_words(line, &tree.private_words) {
                findings.push(Finding::line(&file.path, index + 1, message));
            }
            if let Some(message) = bad_source(&file.path, line) {
                findings.push(Finding::line(&file.path, index + 1, message));
            }
        }
    }
    findings
}

fn bad_words(line: &str, private_words: &[String]) -> Vec<String> {
    let mut messages = Vec::new();
    for path in machine_paths() {
        // Part of a longer path is no path of a machine.
        let starts_here = |at: usize| {
            !line[..at].ends_with(|before: char| before.is_alphanumeric() || "}_-.)/*$".contains(before))
        };
        if line.match_indices(&path).any(|(at, _)| starts_here(at)) {
            messages
                .push(format!("a path of one machine ({path}); take it from an argument or the environment"));
        }
    }
    if let Some(host) = private_host(line) {
        messages.push(format!("a host of one network ({host})"));
    }
    if line.contains(&format!("-----BEGIN {}", "PRIVATE KEY"))
        || line.contains(&format!("-----BEGIN EC {}", "PRIVATE KEY"))
    {
        messages.push("a private key; make one when it is needed".to_owned());
    }
    if !private_words.is_empty() {
        let line = line.to_lowercase();
        messages.extend(
            private_words
                .iter()
                .filter(|word| line.contains(*word))
                .map(|word| format!("a private word ({word})")),
        );
    }
    messages
}

/// Homes of people and build machines. Put together here, or this file would
/// be a finding.
fn machine_paths() -> [String; 4] {
    ["root", "work", "farm", "home"].map(|folder| format!("/{folder}/"))
}

/// A URL that only works inside some network.
fn private_host(line: &str) -> Option<&str> {
    for (at, scheme) in line.match_indices("http").filter_map(|(at, _)| {
        ["https://", "http://"].into_iter().find(|scheme| line[at..].starts_with(scheme)).map(|s| (at, s))
    }) {
        let rest = &line[at + scheme.len()..];
        let host =
            rest.split(|end: char| !(end.is_ascii_alphanumeric() || end == '.' || end == '-')).next()?;
        let private = [".internal", ".lan", ".corp", ".intranet"].iter().any(|suffix| host.ends_with(suffix))
            || ["10.", "192.168."].iter().any(|prefix| host.starts_with(prefix));
        if private {
            return Some(host);
        }
    }
    None
}

fn bad_source(path: &str, line: &str) -> Option<String> {
    let line = line.trim();
    if path.ends_with("Cargo.lock") {
        let source = line.strip_prefix("source = ")?.trim_matches('"');
        return (source != CRATES)
            .then(|| format!("a package from {source}; only crates.io can be relied on"));
    }
    if path.ends_with("package-lock.json") {
        return line
            .starts_with("\"resolved\": \"http")
            .then(|| "the address of a registry; set `omit-lockfile-registry-resolved`".to_owned());
    }
    let replaces = ["[source", "[registries", "[registry", "replace-with"];
    if path.ends_with(".cargo/config.toml") && replaces.iter().any(|start| line.starts_with(start)) {
        return Some(
            "a package source of one network; such settings belong into the home of a person".to_owned(),
        );
    }
    None
}
