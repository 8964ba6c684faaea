//! The lock file of the fuzzer agrees with that of the workspace: it is used only by a task that takes
//! hours, which is no time to notice it.

use std::collections::{BTreeMap, BTreeSet};

use super::{Finding, tree::Tree};

const OWN: &str = "Cargo.lock";
const FUZZ: &str = "fuzz/Cargo.lock";
const CURE: &str = "`cp Cargo.lock fuzz/` and `cargo metadata --manifest-path fuzz/Cargo.toml >/dev/null`";

/// Of each name the versions that are locked, and what they depend on.
type Locked<'t> = BTreeMap<&'t str, BTreeMap<&'t str, BTreeSet<&'t str>>>;

pub fn check(tree: &Tree) -> Vec<Finding> {
    let (Some(own), Some(fuzz)) = (tree.file(OWN), tree.file(FUZZ)) else { return Vec::new() };
    let (own, fuzz) = (read(&own.text), read(&fuzz.text));
    let mut findings = Vec::new();
    let mut differs = |what: String| findings.push(Finding::file(FUZZ, format!("{what}: {CURE}")));
    for (name, versions) in &fuzz {
        let Some(known) = own.get(name) else { continue };
        for version in versions.keys().filter(|version| !known.contains_key(*version)) {
            differs(format!("has {name} {version}, which {OWN} has not"));
        }
    }
    for package in &tree.packages {
        let Some(locked) = fuzz.get(package.name.as_str()).and_then(|versions| versions.values().next())
        else {
            continue;
        };
        let wanted = package.dependencies.iter().filter(|it| !it.for_tests);
        let wanted: BTreeSet<&str> = wanted.map(|it| it.name.as_str()).collect();
        if wanted != *locked {
            let other: Vec<_> = wanted.symmetric_difference(locked).copied().collect();
            differs(format!("does not have what `{}` depends on now ({})", package.name, other.join(", ")));
        }
    }
    findings
}

fn read(text: &str) -> Locked<'_> {
    let mut all = Locked::new();
    for package in text.split("[[package]]").skip(1) {
        let value = |key: &str| {
            package.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(" = \"")?.strip_suffix('"'))
        };
        let (Some(name), Some(version)) = (value("name"), value("version")) else { continue };
        let dependencies = package.lines().filter_map(|line| {
            // Several versions of one name are told by what follows a blank.
            line.strip_prefix(" \"")?.strip_suffix("\",")?.split(' ').next()
        });
        all.entry(name).or_default().insert(version, dependencies.collect());
    }
    all
}
