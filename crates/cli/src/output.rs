//! Everything that is printed: results to standard output, everything else to
//! standard error, so that a script can use the first and a person sees both.

use std::{
    fmt::Write as _,
    io::{IsTerminal as _, Write as _},
};

use clap::ValueEnum;
use comfy_table::{ContentArrangement, Table, presets};
use serde_json::Value;
use wire::common::Page;

use crate::failure::Failure;

/// How to print.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Tables, for people
    Table,
    /// The server's JSON, for programs
    Json,
}

/// Where results go.
pub struct Out {
    format: Format,
}

/// The columns of a list: titles, and how a row is made of an entry.
pub struct Columns<'a, T> {
    /// Titles.
    pub titles: &'a [&'a str],
    /// The cells of an entry, as many as titles.
    pub row: fn(&T) -> Vec<String>,
}

impl Out {
    /// Prints in this format.
    pub const fn new(format: Format) -> Self {
        Self { format }
    }

    /// A page of a list.
    pub fn list<T>(&self, page: &Page<Value>, columns: &Columns<'_, T>) -> Result<(), Failure>
    where
        T: serde::de::DeserializeOwned,
    {
        if self.format == Format::Json {
            return self.json(&serde_json::json!({ "items": page.items, "next": page.next }));
        }
        let mut rows = Vec::with_capacity(page.items.len());
        for item in &page.items {
            let entry = T::deserialize(item).map_err(|error| Failure::Protocol {
                url: "the server".to_owned(),
                cause: format!("an entry of its list lacks something this version needs ({error})"),
            })?;
            rows.push((columns.row)(&entry));
        }
        write(&render(columns.titles, &rows))?;
        if let Some(next) = &page.next {
            note(&format!("there are more: --all shows them, --after {next} goes on here"));
        }
        Ok(())
    }

    /// One thing: what a person wants to know of it, or the JSON.
    pub fn entity(&self, json: &Value, fields: &[(&str, String)]) -> Result<(), Failure> {
        if self.format == Format::Json { self.json(json) } else { write(&details(fields)) }
    }

    /// A table that belongs to an entity; nothing in JSON, which has it already.
    pub fn table(&self, titles: &[&str], rows: &[Vec<String>]) -> Result<(), Failure> {
        if self.format == Format::Json || rows.is_empty() {
            return Ok(());
        }
        write(&format!("\n{}", render(titles, rows)))
    }

    /// Why the command failed.
    pub fn failure(&self, failure: &Failure) {
        let text = match self.format {
            Format::Table => failure.explain(),
            Format::Json => failure.to_json().to_string(),
        };
        note(&text);
    }

    fn json(&self, value: &Value) -> Result<(), Failure> {
        debug_assert_eq!(self.format, Format::Json);
        let text = serde_json::to_string_pretty(value).map_err(|e| Failure::local("no JSON", e))?;
        write(&format!("{text}\n"))
    }
}

/// Text as it is, as a completion script.
pub fn raw(text: &str) -> Result<(), Failure> {
    write(text)
}

/// Something a person should know that is no result.
pub fn note(text: &str) {
    // Standard error may be closed; there is nobody left to tell.
    let _ = writeln!(std::io::stderr(), "{}", clean(text));
}

/// True when a progress bar makes sense.
pub fn is_watched() -> bool {
    std::io::stderr().is_terminal()
}

/// An instant without fractions: `2026-03-09 10:00:00Z`.
pub fn instant(text: &str) -> String {
    match (text.split_once('T'), text.strip_suffix('Z')) {
        (Some((day, time)), Some(_)) => {
            format!("{day} {}Z", &time[..time.len().min(8)].trim_end_matches('Z'))
        }
        _ => text.to_owned(),
    }
}

/// A value that may be absent.
pub fn or_dash(text: Option<&str>) -> String {
    text.filter(|t| !t.is_empty()).unwrap_or("-").to_owned()
}

fn write(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        // The reader (as `head`) has seen enough.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        result => result.map_err(|error| Failure::local("the result cannot be written", error)),
    }
}

fn render(titles: &[&str], rows: &[Vec<String>]) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    // Only a terminal has a width worth wrapping for; a script wants one line a row.
    if !std::io::stdout().is_terminal() {
        table.set_content_arrangement(ContentArrangement::Disabled);
    }
    table.set_header(titles.iter().map(|t| t.to_uppercase()));
    for row in rows {
        table.add_row(row.iter().map(|cell| clean(cell)));
    }
    let mut text = String::new();
    for line in table.lines() {
        // Borderless tables pad both ends.
        text.push_str(line.trim_end().strip_prefix(' ').unwrap_or(line.trim_end()));
        text.push('\n');
    }
    text
}

fn details(fields: &[(&str, String)]) -> String {
    let width = fields.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    let mut text = String::new();
    for (name, value) in fields {
        let value = clean(value);
        let mut lines = value.lines();
        let _ = write!(text, "{name:width$}  {}", lines.next().unwrap_or_default());
        for line in lines {
            let _ = write!(text, "\n{:width$}  {line}", "");
        }
        let length = text.trim_end().len();
        text.truncate(length);
        text.push('\n');
    }
    text
}

/// What somebody else wrote must not steer the terminal.
fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' { '\u{FFFD}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_has_a_title_a_line_for_each_row_and_no_trailing_blanks() {
        let rows =
            vec![vec!["acme".to_owned(), "Acme GmbH".to_owned()], vec!["x".to_owned(), "-".to_owned()]];
        let text = render(&["code", "name"], &rows);
        let lines: Vec<&str> = text.lines().map(str::trim_start).collect();
        assert_eq!(lines.len(), 3, "{text}");
        assert!(lines[0].starts_with("CODE") && lines[0].ends_with("NAME"), "{text}");
        assert!(lines[1].starts_with("acme") && lines[1].ends_with("Acme GmbH"), "{text}");
    }

    #[test]
    fn names_cannot_steer_the_terminal() {
        let text = render(&["name"], &[vec!["\u{1b}[31mred\u{7}".to_owned()]]);
        assert!(!text.contains('\u{1b}') && !text.contains('\u{7}'), "{text:?}");
        assert!(!details(&[("name", "\u{1b}]0;x".to_owned())]).contains('\u{1b}'));
    }

    #[test]
    fn details_are_aligned_and_keep_lines_together() {
        let text = details(&[("id", "usr_1".to_owned()), ("problem", "one\ntwo".to_owned())]);
        assert_eq!(text, "id       usr_1\nproblem  one\n         two\n");
    }

    #[test]
    fn an_instant_is_short_and_anything_else_stays() {
        assert_eq!(instant("2026-03-09T10:00:00.123456Z"), "2026-03-09 10:00:00Z");
        assert_eq!(instant("2026-03-09T10:00:00Z"), "2026-03-09 10:00:00Z");
        for odd in ["", "T", "soon", "TZ", "é"] {
            let _ = instant(odd);
        }
    }
}
