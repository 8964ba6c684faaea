//! Mails in a brand's own words: a subject and a text with placeholders, instead of the product's
//! sentences.

use crate::{
    field::{FieldError, Rule},
    hook::codes,
    limits, names,
};

codes! {
    /// What is filled in when a mail is written.
    Placeholder {
        /// Name of the person.
        Name = "name",
        /// What the person signs in with.
        Login = "login",
        /// Name of the person's tenant.
        Customer = "customer",
        /// Name of the brand.
        Brand = "brand",
        /// The link by which a password is chosen.
        Link = "link",
        /// Until when the link works.
        Until = "until",
    }
}

/// A part of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// As it stands.
    Text(String),
    /// Filled in.
    Value(Placeholder),
}

/// What a mail says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// One line, without the link.
    pub subject: Vec<Piece>,
    /// What blank lines part; one of them at least has the link.
    pub paragraphs: Vec<Vec<Piece>>,
}

impl Template {
    /// Reads a template: its first line is the subject, what stands below is the text. Returns it
    /// with the form in which it is kept.
    ///
    /// Fails when there is no text below the subject, when the text has no `{link}` or the subject
    /// has one, and for a `{word}` that is no placeholder; other braces stand for themselves.
    pub fn parse(field: &str, text: &str) -> Result<(Self, String), FieldError> {
        let kept = names::text(field, text, limits::MAIL_TEMPLATE_CHARS)?;
        let wrong = |expected: &str| FieldError::new(field, Rule::Format).with("expected", expected);
        let (subject, rest) = kept.split_once('\n').unwrap_or((&kept, ""));
        if rest.trim().is_empty() {
            return Err(wrong("a first line for the subject, and a text below it"));
        }
        if subject.chars().count() > limits::MAIL_SUBJECT_CHARS {
            return Err(FieldError::new(field, Rule::TooLong).with("max", limits::MAIL_SUBJECT_CHARS));
        }
        let subject = pieces(field, subject)?;
        let paragraphs = rest
            .split("\n\n")
            .map(|paragraph| paragraph.trim_matches('\n'))
            .filter(|paragraph| !paragraph.is_empty())
            .map(|paragraph| pieces(field, paragraph))
            .collect::<Result<Vec<_>, _>>()?;
        let link = Piece::Value(Placeholder::Link);
        if subject.contains(&link) {
            return Err(wrong("a subject without {link}"));
        }
        if !paragraphs.iter().any(|pieces| pieces.contains(&link)) {
            return Err(wrong("a text with {link}"));
        }
        Ok((Self { subject, paragraphs }, kept))
    }
}

fn pieces(field: &str, text: &str) -> Result<Vec<Piece>, FieldError> {
    let (mut all, mut plain, mut rest) = (Vec::new(), String::new(), text);
    while let Some((before, after)) = rest.split_once('{') {
        plain.push_str(before);
        let word = after.split_once('}').filter(|(word, _)| is_word(word));
        let Some((word, behind)) = word else {
            plain.push('{');
            rest = after;
            continue;
        };
        let Some(value) = Placeholder::from_code(word) else {
            let known: Vec<_> = Placeholder::ALL.iter().map(|one| format!("{{{}}}", one.code())).collect();
            let error = FieldError::new(field, Rule::Unknown).with("value", format!("{{{word}}}"));
            return Err(error.with("known", known.join(", ")));
        };
        if !plain.is_empty() {
            all.push(Piece::Text(std::mem::take(&mut plain)));
        }
        all.push(Piece::Value(value));
        rest = behind;
    }
    plain.push_str(rest);
    if !plain.is_empty() {
        all.push(Piece::Text(plain));
    }
    Ok(all)
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn refused(text: &str) -> (Rule, String) {
        let error = Template::parse("f", text).expect_err("it is refused");
        let said = error.args.into_values().collect::<Vec<_>>().join(" ");
        (error.rule, said)
    }

    #[test]
    fn the_first_line_is_the_subject_and_blank_lines_part_paragraphs() {
        let text = "Welcome to {brand}\r\n\r\nHello {name}, a {b c} and { stay.\r\nSecond line\r\n\r\n\r\n{link}\r\n";
        let (template, kept) = Template::parse("f", text).expect("a template");
        let said = |text: &str| Piece::Text(text.to_owned());
        assert_eq!(template.subject, [said("Welcome to "), Piece::Value(Placeholder::Brand)]);
        let hello =
            [said("Hello "), Piece::Value(Placeholder::Name), said(", a {b c} and { stay.\nSecond line")];
        assert_eq!(template.paragraphs, [hello.to_vec(), vec![Piece::Value(Placeholder::Link)]]);
        assert_eq!(Template::parse("f", &kept).map(|(_, again)| again), Ok(kept), "kept as it is read");
    }

    #[test]
    fn what_nobody_could_use_is_refused_with_what_is_wrong() {
        for (text, rule, said) in [
            ("Subject alone {name}", Rule::Format, "below it"),
            ("Subject\n\n", Rule::Format, "below it"),
            ("Come to {link}\nNow: {link}", Rule::Format, "a subject without {link}"),
            ("Hello\nNo way in", Rule::Format, "a text with {link}"),
            ("Hello\n{link} {nmae}", Rule::Unknown, "{nmae}"),
            ("Hello\n{LINK}", Rule::Unknown, "{LINK}"),
        ] {
            let (found, words) = refused(text);
            assert_eq!(found, rule, "{text}");
            assert!(words.contains(said), "{text}: {words}");
        }
        assert_eq!(refused(&format!("{}\n{{link}}", "x".repeat(151))).0, Rule::TooLong);
        assert_eq!(refused(&format!("x\n{{link}}{}", "x".repeat(2_000))).0, Rule::TooLong);
    }

    proptest! {
        #[test]
        fn what_is_taken_says_all_of_it(text in "[a-z{}\n ]{0,60}(\\{link\\}|\\{name\\})?[a-z{}\n ]{0,20}") {
            if let Ok((template, kept)) = Template::parse("f", &text) {
                let told = |pieces: &Vec<Piece>| pieces.iter().map(|piece| match piece {
                    Piece::Text(text) => text.clone(),
                    Piece::Value(value) => format!("{{{}}}", value.code()),
                }).collect::<String>();
                let all: String = std::iter::once(&template.subject).chain(&template.paragraphs).map(told).collect();
                let bare = |text: &str| text.replace('\n', "");
                prop_assert_eq!(bare(&all), bare(&kept));
            }
        }
    }
}
