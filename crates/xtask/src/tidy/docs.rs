//! Documents that people expect, decisions without gaps, links that lead
//! somewhere.

use std::collections::BTreeSet;

use super::{
    Finding,
    tree::{TextFile, Tree},
};

const EXPECTED: &[&str] = &[
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "LICENSE",
    "README.md",
    "SECURITY.md",
    "docs/adding-a-feature.md",
    "docs/testing.md",
];
const DECISIONS: &str = "docs/decisions/";

pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings: Vec<Finding> = EXPECTED
        .iter()
        .filter(|path| tree.file(path).is_none())
        .map(|path| Finding::file(path, "is missing"))
        .collect();
    if let Some(changes) = tree.file("CHANGELOG.md")
        && !changes.text.contains("\n## [Unreleased]")
    {
        findings.push(Finding::file(&changes.path, "has no section `## [Unreleased]`"));
    }
    findings.extend(decisions(tree));
    for file in tree.files_ending(&[".md"]) {
        findings.extend(links(tree, file));
    }
    findings
}

/// `docs/decisions/NNNN-title.md`, counted from 0001 without gaps or doubles.
fn decisions(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut names: Vec<&str> =
        tree.files.iter().filter_map(|file| file.path.strip_prefix(DECISIONS)).collect();
    names.sort_unstable();
    for (index, name) in names.into_iter().enumerate() {
        if !name.starts_with(&format!("{:04}-", index + 1)) {
            findings.push(Finding::file(
                &format!("{DECISIONS}{name}"),
                format!("decisions are numbered without gaps; {:04} is expected here", index + 1),
            ));
            break;
        }
    }
    findings
}

/// Links to files of the repository and to headings in them. Links to other
/// places are not followed: tidy needs no network.
fn links(tree: &Tree, file: &TextFile) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut in_code = false;
    for (index, line) in file.text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
        }
        if in_code {
            continue;
        }
        for part in line.split("](").skip(1) {
            let target = part.split([')', ' ']).next().unwrap_or_default();
            if target.contains("://") || target.starts_with("mailto:") {
                continue;
            }
            let (path, heading) = target.split_once('#').unwrap_or((target, ""));
            let path = if path.is_empty() { file.path.clone() } else { resolve(&file.path, path) };
            if !exists(tree, &path) {
                findings.push(Finding::line(
                    &file.path,
                    index + 1,
                    format!("the link {target} leads nowhere"),
                ));
            } else if !heading.is_empty()
                && tree.file(&path).is_some_and(|target| !headings(&target.text).contains(heading))
            {
                findings.push(Finding::line(
                    &file.path,
                    index + 1,
                    format!("no heading #{heading} in {path}"),
                ));
            }
        }
    }
    findings
}

fn resolve(from: &str, target: &str) -> String {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            name => parts.push(name),
        }
    }
    parts.join("/")
}

fn exists(tree: &Tree, path: &str) -> bool {
    let folder = format!("{path}/");
    let pictured = tree.binaries.iter().any(|binary| binary == path);
    path.is_empty()
        || pictured
        || tree.files.iter().any(|file| file.path == path || file.path.starts_with(&folder))
}

/// Headings as links name them: lower case, blanks as hyphens, no punctuation.
fn headings(text: &str) -> BTreeSet<String> {
    text.lines()
        .filter_map(|line| line.strip_prefix('#'))
        .map(|line| {
            line.trim_start_matches('#')
                .trim()
                .to_lowercase()
                .chars()
                .filter(|c| c.is_alphanumeric() || " -_".contains(*c))
                .map(|c| if c == ' ' { '-' } else { c })
                .collect()
        })
        .collect()
}
