//! Rules for source files: size, crate documentation, SQL only where it
//! belongs, nothing left undone.

use std::str::FromStr;

use proc_macro2::{TokenStream, TokenTree};

use super::{
    Finding,
    tree::{TextFile, Tree},
};

/// Over this many lines a file is mentioned, over the second it is refused.
const LINES_MENTIONED: usize = 500;
const LINES_REFUSED: usize = 800;
/// Lines of documentation a crate opens with: purpose, what it must not do,
/// where to start reading.
const CRATE_DOC_LINES: usize = 3;
/// Code people read; data and lock files may be as long as they like.
const CODE: &[&str] = &[".rs", ".sql", ".sh", ".html", ".css", ".js", ".cedar"];
/// `store` is the only place for SQL. The kit and the benchmarks look at
/// databases from outside, on purpose, and tidy has to know SQL by sight.
const SQL_CRATES: &[&str] = &["store", "testkit", "bench", "xtask"];

/// Files that should be split soon.
pub fn long_files(tree: &Tree) -> Vec<Finding> {
    tree.files_ending(CODE)
        .map(|file| (file, file.text.lines().count()))
        .filter(|(_, lines)| (LINES_MENTIONED + 1..=LINES_REFUSED).contains(lines))
        .map(|(file, lines)| Finding::file(&file.path, format!("{lines} lines ask for a split by subject")))
        .collect()
}

pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.files_ending(CODE) {
        let lines = file.text.lines().count();
        if lines > LINES_REFUSED {
            findings.push(Finding::file(
                &file.path,
                format!("{lines} lines; over {LINES_REFUSED} is refused, split it by subject"),
            ));
        }
    }
    for file in tree.files_ending(&[".rs"]) {
        findings.extend(check_rust(file));
    }
    findings
}

fn check_rust(file: &TextFile) -> Vec<Finding> {
    let mut findings = Vec::new();
    if file.path.ends_with("/src/lib.rs") {
        let doc = file.text.lines().take_while(|line| line.starts_with("//!")).count();
        if doc < CRATE_DOC_LINES {
            findings.push(Finding::file(
                &file.path,
                "open with `//!`: the purpose, what the crate must not do, where to start reading",
            ));
        }
    }
    let Ok(tokens) = TokenStream::from_str(&file.text) else {
        findings.push(Finding::file(&file.path, "is not Rust"));
        return findings;
    };
    let own = file.crate_name().is_some_and(|name| SQL_CRATES.contains(&name));
    // A test may look at the truth, as the owner and through the kit; the driver stays where it is.
    let allowed = Allowed { driver: own, statements: own || file.path.contains("/tests/") };
    walk(tokens, &mut |here, next| {
        let Some(message) = bad_token(here, next, allowed) else { return };
        let text =
            if matches!(here, TokenTree::Punct(_)) { format!("#[{}", "ignore") } else { here.to_string() };
        let line = file.text.find(&text).map_or(1, |at| file.text[..at].lines().count().max(1));
        findings.push(Finding::line(&file.path, line, message));
    });
    findings
}

/// Calls `look` with every token and the one after it. Comments are no tokens.
fn walk(tokens: TokenStream, look: &mut impl FnMut(&TokenTree, Option<&TokenTree>)) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    for (index, token) in tokens.iter().enumerate() {
        look(token, tokens.get(index + 1));
        if let TokenTree::Group(group) = token {
            walk(group.stream(), look);
        }
    }
}

/// What of SQL a file may hold.
#[derive(Clone, Copy)]
struct Allowed {
    /// The crate that speaks to the database.
    driver: bool,
    /// Statements.
    statements: bool,
}

fn bad_token(here: &TokenTree, next: Option<&TokenTree>, allowed: Allowed) -> Option<&'static str> {
    match here {
        TokenTree::Ident(word) => {
            let is_macro = matches!(next, Some(TokenTree::Punct(mark)) if mark.as_char() == '!');
            if is_macro && (word == "todo" || word == "unimplemented") {
                return Some("unfinished code; finish it or leave it out");
            }
            (!allowed.driver && word == "sqlx")
                .then_some("sqlx outside `store`; ask the store for what is needed")
        }
        TokenTree::Punct(mark) if mark.as_char() == '#' => match next {
            Some(TokenTree::Group(group)) if first_word(group.stream()).as_deref() == Some("ignore") => {
                Some("an ignored test; what is too long for every run belongs into `make soak`")
            }
            _ => None,
        },
        TokenTree::Literal(literal) if !allowed.statements && is_sql(&literal.to_string()) => {
            Some("SQL outside `store`; ask the store for what is needed")
        }
        _ => None,
    }
}

fn first_word(tokens: TokenStream) -> Option<String> {
    match tokens.into_iter().next()? {
        TokenTree::Ident(word) => Some(word.to_string()),
        _ => None,
    }
}

/// Whether a string literal, as written in the source, is a statement.
fn is_sql(literal: &str) -> bool {
    const STATEMENTS: &[(&str, &str)] = &[
        ("SELECT ", ""),
        ("INSERT INTO ", ""),
        ("UPDATE ", " SET "),
        ("DELETE FROM ", ""),
        ("WITH ", " AS ("),
        ("CREATE TABLE ", ""),
        ("CREATE ROLE ", ""),
        ("ALTER TABLE ", ""),
        ("DROP TABLE ", ""),
        ("TRUNCATE ", ""),
        ("SET LOCAL ", ""),
        ("LISTEN ", ""),
        ("NOTIFY ", ""),
    ];
    let text = literal.trim_start_matches(['r', 'b', '#', '"']).trim_start_matches("\\n").trim_start();
    STATEMENTS.iter().any(|(start, inside)| text.starts_with(start) && text.contains(inside))
}
