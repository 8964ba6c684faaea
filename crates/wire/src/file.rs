//! Files people write as TOML or JSON, as the bodies of requests, with errors that
//! name line and column.

use serde::de::DeserializeOwned;
use toml::de::{DeTable, DeValue};

/// A file that does not have the expected form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// What is wrong and where, in lines.
    pub what: String,
    /// What to do about it.
    pub cure: String,
}

impl Unreadable {
    fn new(what: String, cure: String) -> Self {
        Self { what, cure }
    }
}

/// A file that was read, kept to point into it later.
#[derive(Debug, Clone)]
pub struct Source {
    name: String,
    text: String,
    json: bool,
}

impl Source {
    /// A text with the name that errors call it by. What its ending does not say, its text does.
    #[must_use]
    pub fn new(name: String, text: String, ending: &str) -> Self {
        let json = match ending.to_lowercase().as_str() {
            "json" => true,
            "toml" => false,
            _ => serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok(),
        };
        Self { name, text, json }
    }

    /// The text as it is.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether the file is a JSON array, and not an object.
    #[must_use]
    pub fn is_json_array(&self) -> bool {
        self.json && self.text.trim_start().starts_with('[')
    }

    /// The content as `T`, or an error with the place and, for a misspelled
    /// key, the key that was probably meant.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, Unreadable> {
        if self.json { self.parse_json() } else { self.parse_toml() }
    }

    /// Where the value at `path` (as `users[3].given_name`) stands, or what
    /// comes nearest to it. `None` for JSON and unknown paths.
    #[must_use]
    pub fn locate(&self, path: &str) -> Option<String> {
        if self.json || path.is_empty() {
            return None;
        }
        let top = DeTable::parse(&self.text).ok()?;
        let mut offset = None;
        let mut here = Node::Table(top.get_ref());
        for step in steps(path) {
            let found = match (&here, step) {
                (Node::Table(table), Step::Key(key)) => table.get(key.as_str()),
                (Node::Value(DeValue::Table(table)), Step::Key(key)) => table.get(key.as_str()),
                (Node::Value(DeValue::Array(array)), Step::Index(index)) => array.get(index),
                _ => None,
            };
            let Some(value) = found else { break };
            offset = Some(value.span().start);
            here = Node::Value(value.get_ref());
        }
        let (line, column) = position(&self.text, offset?);
        Some(format!("{}, line {line}, column {column}", self.name))
    }

    fn parse_toml<T: DeserializeOwned>(&self) -> Result<T, Unreadable> {
        let parsed = toml::Deserializer::parse(&self.text).and_then(T::deserialize);
        parsed.map_err(|error| {
            let mut message = error.message().to_owned();
            let marked = error.span().and_then(|span| self.text.get(span)).unwrap_or_default();
            if message.ends_with("map, expected a string") && marked.starts_with(|c: char| c.is_ascii_digit()) {
                // The parser hands a date over as a map of its own.
                "invalid type: date, expected a string".clone_into(&mut message);
            }
            let Some(span) = error.span() else {
                return Unreadable::new(format!("{}: {message}", self.name), cure_of(&message));
            };
            let (line, column) = position(&self.text, span.start);
            let shown = self.text.lines().nth(line - 1).unwrap_or_default();
            let width = self.text.get(span).map_or(1, |s| s.lines().next().unwrap_or_default().chars().count());
            let pointer = format!("{}{}", " ".repeat(column - 1), "^".repeat(width.max(1)));
            let number = line.to_string();
            let gutter = " ".repeat(number.len());
            let what = format!(
                "{}, line {line}, column {column}: {}\n  {gutter} |\n  {number} | {shown}\n  {gutter} | {pointer}",
                self.name,
                first_line(&message),
            );
            Unreadable::new(what, cure_of(&message))
        })
    }

    fn parse_json<T: DeserializeOwned>(&self) -> Result<T, Unreadable> {
        crate::body::parse_json(self.text.as_bytes()).map_err(|error| {
            let field = if error.field.is_empty() { String::new() } else { format!("{}: ", error.field) };
            Unreadable::new(format!("{}: {field}{}", self.name, error.message), cure_of(&error.message))
        })
    }
}

enum Node<'a> {
    Table(&'a DeTable<'a>),
    Value(&'a DeValue<'a>),
}

enum Step {
    Key(String),
    Index(usize),
}

/// `users[3].given_name` as key, index, key.
fn steps(path: &str) -> Vec<Step> {
    path.split(['.', '[', ']'])
        .filter(|part| !part.is_empty())
        .map(|part| part.parse().map_or_else(|_| Step::Key(part.to_owned()), Step::Index))
        .collect()
}

/// Line and column, counted from 1 in characters.
fn position(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (line, column)
}

fn first_line(message: &str) -> &str {
    // The list of all keys is long; the suggestion below says what matters.
    let line = message.lines().next().unwrap_or_default();
    if line.starts_with("unknown field") { line.split(',').next().unwrap_or(line) } else { line }
}

/// What to do about a parser's message.
fn cure_of(message: &str) -> String {
    let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    if let (true, [unknown, known @ ..]) = (message.starts_with("unknown field"), quoted.as_slice()) {
        let nearest = known.iter().min_by_key(|k| strsim::damerau_levenshtein(k, unknown));
        return match nearest.filter(|k| strsim::damerau_levenshtein(k, unknown) <= 1 + k.len() / 3) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("use one of {}", known.join(", ")),
        };
    }
    if message.contains("date, expected a string") {
        return "write the date in quotes, as \"2026-03-01\"".to_owned();
    }
    if message.contains("duplicate key") {
        return "remove one of the two".to_owned();
    }
    "correct the file and run the command again".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::orders::NewOrder;

    fn toml(name: &str, text: &str) -> Source {
        Source::new(name.to_owned(), text.to_owned(), "toml")
    }

    fn error_of(text: &str) -> String {
        let error = toml("order.toml", text).parse::<NewOrder>().expect_err("must be refused");
        format!("{}\n{}", error.what, error.cure)
    }

    #[test]
    fn a_misspelled_key_is_named_with_its_place_and_what_was_meant() {
        let text =
            error_of("reference = \"1\"\n\n[customer]\ncode = \"acme\"\nupn_sufix = \"acme.example\"\n");
        assert!(text.contains("order.toml, line 5, column 1: unknown field `upn_sufix`"), "{text}");
        assert!(text.contains("did you mean `upn_suffix`?"), "{text}");
        assert!(text.contains("5 | upn_sufix = \"acme.example\""), "{text}");
    }

    #[test]
    fn a_wrong_type_and_a_broken_file_are_named_with_their_place() {
        let text = error_of("reference = 17\n");
        assert!(text.contains("line 1, column 13") && text.contains("expected a string"), "{text}");
        let text = error_of("reference = \"1\nseller = \"x\"\n");
        assert!(text.contains("order.toml, line 1"), "{text}");
    }

    #[test]
    fn a_date_without_quotes_is_explained() {
        let text = error_of("reference = \"1\"\nstart = 2026-03-01\n");
        assert!(text.contains("line 2") && text.contains("in quotes"), "{text}");
    }

    #[test]
    fn a_key_far_from_all_others_lists_what_there_is() {
        let text = error_of("zzzzzzzzzzzz = 1\n");
        assert!(text.contains("use one of reference, seller"), "{text}");
    }

    #[test]
    fn a_refused_value_is_found_in_the_file_and_a_missing_one_at_its_parent() {
        let text =
            "reference = \"1\"\n[[users]]\ngiven_name = \"A\"\n[[users]]\ngiven_name = \"B\"\nmail = \"x\"\n";
        let source = toml("f.toml", text);
        assert_eq!(source.locate("users[1].mail").as_deref(), Some("f.toml, line 6, column 8"));
        assert_eq!(source.locate("users[1].surname").as_deref(), Some("f.toml, line 4, column 1"));
        assert_eq!(source.locate("customer.code"), None);
    }

    #[test]
    fn no_text_and_no_path_panics() {
        for text in ["", "=", "[[", "é = \"", "a.b.c = 1\n[a]\n", "\u{feff}x"] {
            let source = toml("f", text);
            let _ = (source.parse::<NewOrder>(), source.locate("users[99999999999999999999].x"));
        }
    }

    #[test]
    fn the_example_of_the_manual_is_a_valid_order() {
        let manual = include_str!("../../../docs/orders.md");
        let example = manual.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next());
        let source = toml("docs/orders.md", example.expect("an example in TOML"));
        let order: NewOrder = source.parse().expect("the example parses");
        assert!(!order.reference.is_empty() && !order.customer.code.is_empty());
        assert!(!order.services.is_empty() && !order.users.is_empty());
        assert!(!order.administrator.surname.is_empty());
    }
}
