//! Each rule is shown a tree that breaks it and one that does not.

use super::{
    findings, sources,
    tree::{Dependency, Package, TextFile, Tree},
};

/// A tree with the documents every tree needs.
fn tidy_tree() -> Tree {
    let mut tree = Tree::default();
    for path in [
        "ARCHITECTURE.md",
        "CONTRIBUTING.md",
        "LICENSE",
        "README.md",
        "SECURITY.md",
        "docs/adding-a-feature.md",
        "docs/testing.md",
        "docs/decisions/0001-record-decisions.md",
    ] {
        add(&mut tree, path, "# Title\n");
    }
    add(&mut tree, "CHANGELOG.md", "# Changes\n\n## [Unreleased]\n");
    tree
}

fn add(tree: &mut Tree, path: &str, text: &str) {
    tree.files.push(TextFile { path: path.to_owned(), text: text.to_owned() });
}

fn package(name: &str, dependencies: &[(&str, bool)]) -> Package {
    Package {
        name: name.to_owned(),
        dependencies: dependencies
            .iter()
            .map(|(name, for_tests)| Dependency { name: (*name).to_owned(), for_tests: *for_tests })
            .collect(),
    }
}

/// The findings of a tidy tree with one more file.
fn with_file(path: &str, text: &str) -> Vec<String> {
    let mut tree = tidy_tree();
    add(&mut tree, path, text);
    findings(&tree).iter().map(ToString::to_string).collect()
}

fn with_packages(packages: Vec<Package>) -> Vec<String> {
    let tree = Tree { packages, ..tidy_tree() };
    findings(&tree).iter().map(ToString::to_string).collect()
}

#[track_caller]
fn assert_one(found: &[String], expected: &str) {
    assert!(
        found.len() == 1 && found[0].contains(expected),
        "expected one finding {expected:?}, got {found:#?}"
    );
}

#[test]
fn this_repository_is_tidy() {
    let tree = Tree::read(crate::workspace::root()).expect("the repository can be read");
    let found: Vec<String> = findings(&tree).iter().map(ToString::to_string).collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn a_tidy_tree_has_no_findings() {
    assert_eq!(findings(&tidy_tree()), []);
}

#[test]
fn a_crate_may_only_look_inward() {
    let domain = || package("domain", &[]);
    let store = |dependencies: &[(&str, bool)]| package("store", dependencies);
    assert_eq!(with_packages(vec![domain(), store(&[("domain", false)])]), [""; 0]);
    let found = with_packages(vec![package("domain", &[("store", false)]), store(&[])]);
    assert_one(&found, "`domain` must not depend on `store`");
    let found = with_packages(vec![package("wire", &[("domain", false)]), domain()]);
    assert_one(&found, "`wire` must not depend on `domain`");
    let found = with_packages(vec![package("cli", &[("app", false)]), package("app", &[])]);
    assert_one(&found, "`cli` must not depend on `app`");
}

#[test]
fn development_crates_reach_tests_only() {
    let testkit = || package("testkit", &[]);
    assert_eq!(with_packages(vec![package("store", &[("testkit", true)]), testkit()]), [""; 0]);
    let found = with_packages(vec![package("server", &[("testkit", false)]), testkit()]);
    assert_one(&found, "`server` must not depend on `testkit`");
}

#[test]
fn a_new_crate_needs_a_place_in_the_table() {
    assert_one(&with_packages(vec![package("helpers", &[])]), "not in the table");
}

#[test]
fn large_libraries_stay_where_they_belong() {
    for (name, library) in [
        ("app", "sqlx"),
        ("engine", "ldap3"),
        ("server", "reqwest"),
        ("app", "axum"),
        ("api", "askama"),
        ("store", "cedar-policy"),
    ] {
        assert_one(&with_packages(vec![package(name, &[(library, false)])]), library);
    }
    assert_eq!(with_packages(vec![package("server", &[("reqwest", true)])]), [""; 0]);
    assert_eq!(with_packages(vec![package("store", &[("sqlx", false)])]), [""; 0]);
}

#[test]
fn long_files_are_mentioned_and_then_refused() {
    assert_eq!(with_file("crates/app/src/users.rs", &"// x\n".repeat(800)), [""; 0]);
    assert_one(&with_file("crates/app/src/users.rs", &"// x\n".repeat(801)), "801 lines");
    let mut tree = tidy_tree();
    add(&mut tree, "crates/app/src/users.rs", &"// x\n".repeat(501));
    assert_eq!(sources::long_files(&tree).len(), 1);
}

#[test]
fn sql_lives_in_the_store() {
    let source = "fn list() { run(\"SELECT id FROM users\"); }\n";
    assert_one(&with_file("crates/app/src/users.rs", source), "crates/app/src/users.rs:1: SQL outside");
    assert_eq!(with_file("crates/store/src/users.rs", source), [""; 0]);
    assert_eq!(with_file("crates/app/tests/it/users.rs", source), [""; 0], "a test may look at the truth");
    assert_one(
        &with_file("crates/app/src/users.rs", "fn a() {\n    sqlx::query!(x);\n}\n"),
        "users.rs:2: sqlx",
    );
    let raw = "const Q: &str = r#\"\n    WITH a AS (SELECT 1) SELECT 2\"#;\n";
    assert_one(&with_file("crates/api/src/a.rs", raw), "SQL outside");
    let prose = "// SELECT is SQL\nconst HELP: &str = \"UPDATE your password\";\n";
    assert_eq!(with_file("crates/api/src/a.rs", prose), [""; 0]);
}

#[test]
fn unfinished_code_is_refused() {
    let undone = format!("fn a() {{ {}!() }}\n", "todo");
    assert_one(&with_file("crates/app/src/a.rs", &undone), "unfinished");
    let undone = format!("fn a() {{ {}!(\"later\") }}\n", "unimplemented");
    assert_one(&with_file("crates/app/src/a.rs", &undone), "unfinished");
    let skipped = format!("#[test]\n#[{} = \"slow\"]\nfn a() {{}}\n", "ignore");
    assert_one(&with_file("crates/app/src/a.rs", &skipped), "ignored test");
    let spoken_of = format!("// {}!() is refused\nfn ignore() {{}}\n", "todo");
    assert_eq!(with_file("crates/app/src/a.rs", &spoken_of), [""; 0]);
}

#[test]
fn a_crate_opens_with_its_documentation() {
    assert_one(&with_file("crates/app/src/lib.rs", "//! Crate `app`.\npub mod users;\n"), "open with `//!`");
    assert_eq!(with_file("crates/app/src/lib.rs", "//! What.\n//! Not.\n//! Where.\n"), [""; 0]);
}

#[test]
fn nothing_of_one_machine_is_committed() {
    for folder in ["root", "work", "farm", "home"] {
        assert_one(&with_file("scripts/a.sh", &format!("cd /{folder}/project\n")), "a path of one machine");
        assert_eq!(with_file("scripts/a.sh", &format!("cd \"$target/{folder}/project\"\n")), [""; 0]);
    }
    assert_one(&with_file("docs/a.txt", &format!("https://mirror.{}/simple\n", "internal")), "one network");
    let lock = format!("source = \"registry+https://crates.{}/index\"\n", "example");
    assert_one(&with_file("Cargo.lock", &lock), "only crates.io");
    let lock = format!("\"resolved\": \"https://packages.{}/a.tgz\",\n", "example");
    assert_one(&with_file("package-lock.json", &lock), "address of a registry");
    assert_one(&with_file(".cargo/config.toml", "[source.crates-io]\n"), "package source");
    assert_one(&with_file(".npmrc", "a=b\n"), "one machine");
    assert_one(&with_file("a.pem", &format!("-----BEGIN {}-----\n", "PRIVATE KEY")), "private key");
}

#[test]
fn the_lock_file_of_the_fuzzer_follows() {
    let entry = |name: &str, version: &str, dependencies: &str| {
        format!(
            "[[package]]\nname = \"{name}\"\nversion = \"{version}\"\ndependencies = [\n{dependencies}]\n\n"
        )
    };
    let own = entry("sheet", "0.1.0", " \"csv-core\",\n \"proptest\",\n") + &entry("csv-core", "0.1.13", "");
    let with = |fuzz: String| {
        let mut tree = tidy_tree();
        tree.packages = vec![package("sheet", &[("csv-core", false), ("proptest", true)])];
        add(&mut tree, "Cargo.lock", &own);
        add(&mut tree, "fuzz/Cargo.lock", &fuzz);
        findings(&tree).iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let sheet = entry("sheet", "0.1.0", " \"csv-core\",\n");
    let fuzzer = entry("libfuzzer-sys", "0.4.13", "");
    assert_eq!(with(sheet.clone() + &fuzzer + &entry("csv-core", "0.1.13", "")), [""; 0]);
    assert_one(
        &with(sheet + &entry("csv-core", "0.1.12", "")),
        "has csv-core 0.1.12, which Cargo.lock has not",
    );
    assert_one(&with(entry("sheet", "0.1.0", "") + &fuzzer), "`sheet` depends on now (csv-core)");
}

#[test]
fn words_kept_outside_the_repository_stay_outside() {
    let mut tree = tidy_tree();
    tree.private_words = vec!["acme hosting".to_owned()];
    assert_eq!(findings(&tree), []);
    add(&mut tree, "docs/a.txt", "as seen at Acme Hosting\n");
    assert_eq!(findings(&tree).len(), 1);
}

#[test]
fn decisions_are_numbered_without_gaps() {
    assert_eq!(with_file("docs/decisions/0002-second.md", "# Second\n"), [""; 0]);
    assert_one(&with_file("docs/decisions/0003-third.md", "# Third\n"), "0002 is expected");
    assert_one(&with_file("docs/decisions/0001-again.md", "# Again\n"), "0002 is expected");
}

#[test]
fn links_lead_somewhere() {
    let good = "[a](../README.md) [b](../README.md#title) [c](https://example.org/x) [d](decisions/)\n";
    assert_eq!(with_file("docs/links.md", good), [""; 0]);
    assert_one(&with_file("docs/links.md", "[a](missing.md)\n"), "leads nowhere");
    assert_one(&with_file("docs/links.md", "[a](../README.md#nothing)\n"), "no heading #nothing");
}

#[test]
fn documents_people_expect_are_there() {
    let mut tree = tidy_tree();
    tree.files.retain(|file| file.path != "CHANGELOG.md");
    assert_eq!(findings(&tree).len(), 1);
    add(&mut tree, "CHANGELOG.md", "# Changes\n");
    assert_eq!(findings(&tree).len(), 1);
}
