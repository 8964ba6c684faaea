//! Every command of the documents can be typed.

use clap::Parser as _;

use crate::args::Cli;

/// Splits as a shell does, as far as the documents need it.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quoted) = (Vec::new(), String::new(), false);
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            c if c.is_whitespace() && !quoted => {
                words.extend(Some(std::mem::take(&mut word)).filter(|w| !w.is_empty()));
            }
            c => word.push(c),
        }
    }
    words.extend(Some(word).filter(|w| !w.is_empty()));
    words
}

#[test]
fn every_command_about_adoption_can_be_typed() {
    let text = include_str!("../../../docs/adoption.md").replace("\\\n", " ");
    let lines: Vec<_> = text.lines().filter_map(|line| line.strip_prefix("    tenantry ")).collect();
    assert!(lines.len() >= 18, "{} commands", lines.len());
    for line in lines {
        let words = std::iter::once("tenantry".to_owned()).chain(words(line));
        if let Err(error) = Cli::try_parse_from(words) {
            panic!("tenantry {line}\n{error}");
        }
    }
}
