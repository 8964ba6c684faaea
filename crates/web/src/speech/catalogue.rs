//! The messages of every language.

use std::sync::LazyLock;

use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};

use super::{Language, format};

/// What stands in a message: a text as it is, or a number that also chooses the
/// right form of the words around it.
#[derive(Debug, Clone)]
pub enum Arg {
    /// A text.
    Text(String),
    /// A number.
    Number(i64),
}

impl From<&str> for Arg {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

// Templates lend what they say, and lend it again in loops.
impl From<&&str> for Arg {
    fn from(text: &&str) -> Self {
        Self::Text((*text).to_owned())
    }
}

impl From<&&String> for Arg {
    fn from(text: &&String) -> Self {
        Self::Text((*text).clone())
    }
}

impl From<&i64> for Arg {
    fn from(number: &i64) -> Self {
        Self::Number(*number)
    }
}

impl From<String> for Arg {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&String> for Arg {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<i64> for Arg {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<usize> for Arg {
    fn from(number: usize) -> Self {
        Self::Number(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

macro_rules! sources {
    ($($language:literal),*) => {
        [$([
            include_str!(concat!("../../locales/", $language, "/pages.ftl")),
            include_str!(concat!("../../locales/", $language, "/people.ftl")),
            include_str!(concat!("../../locales/", $language, "/words.ftl")),
            include_str!(concat!("../../locales/", $language, "/refusals.ftl")),
            include_str!(concat!("../../locales/", $language, "/problems.ftl")),
            include_str!(concat!("../../locales/", $language, "/guards.ftl")),
            include_str!(concat!("../../locales/", $language, "/lists.ftl")),
            include_str!(concat!("../../locales/", $language, "/catalogue.ftl")),
            include_str!(concat!("../../locales/", $language, "/directories.ftl")),
            include_str!(concat!("../../locales/", $language, "/brands.ftl")),
            include_str!(concat!("../../locales/", $language, "/account.ftl")),
            include_str!(concat!("../../locales/", $language, "/charts.ftl")),
            include_str!(concat!("../../locales/", $language, "/design.ftl")),
            include_str!(concat!("../../locales/", $language, "/tree.ftl")),
            include_str!(concat!("../../locales/", $language, "/fields.ftl")),
            include_str!(concat!("../../locales/", $language, "/bulk.ftl")),
        ]),*]
    };
}

/// In the order of [`Language::ALL`].
pub(super) const SOURCES: [[&str; 16]; 4] = sources!("en", "da", "de", "sv");

type Bundle = FluentBundle<FluentResource>;

static BUNDLES: LazyLock<[Bundle; 4]> = LazyLock::new(|| Language::ALL.map(bundle));

const fn place(language: Language) -> usize {
    match language {
        Language::English => 0,
        Language::Danish => 1,
        Language::German => 2,
        Language::Swedish => 3,
    }
}

fn bundle(language: Language) -> Bundle {
    let tag = language.tag().parse().expect("a tag of ours is well-formed");
    let mut bundle = Bundle::new_concurrent(vec![tag]);
    // All our languages run from left to right; marks would only be in the way of those who copy.
    bundle.set_use_isolating(false);
    bundle.set_formatter(Some(match language {
        Language::English => |value, _| whole(value, Language::English),
        Language::Danish => |value, _| whole(value, Language::Danish),
        Language::German => |value, _| whole(value, Language::German),
        Language::Swedish => |value, _| whole(value, Language::Swedish),
    }));
    for source in SOURCES[place(language)] {
        // What cannot be read is found by the tests; the rest of the file still counts.
        let resource = FluentResource::try_new(source.to_owned()).unwrap_or_else(|(rest, _errors)| rest);
        bundle.add_resource_overriding(resource);
    }
    bundle
}

fn whole(value: &FluentValue<'_>, language: Language) -> Option<String> {
    match value {
        // Only whole numbers are given, see `Arg`; 2^53 of anything is not reached.
        #[expect(clippy::cast_possible_truncation, reason = "was an i64")]
        FluentValue::Number(number) => Some(format::number_in(language, number.value as i64)),
        _ => None,
    }
}

/// Whether there is such a message.
pub(super) fn has(id: &str) -> bool {
    BUNDLES[0].has_message(id)
}

/// A message; its id where there is none, which the tests exclude.
pub(super) fn message(language: Language, id: &str, args: &[(&str, Arg)]) -> String {
    let bundle = &BUNDLES[place(language)];
    let Some(pattern) = bundle.get_message(id).and_then(|message| message.value()) else {
        tracing::error!(id, language = language.tag(), "a message is missing");
        return id.to_owned();
    };
    let mut given = FluentArgs::with_capacity(args.len());
    for (name, value) in args {
        match value {
            Arg::Text(text) => given.set(*name, text.as_str()),
            Arg::Number(number) => given.set(*name, *number),
        }
    }
    let mut errors = Vec::new();
    let text = bundle.format_pattern(pattern, Some(&given), &mut errors).into_owned();
    if !errors.is_empty() {
        tracing::error!(id, language = language.tag(), ?errors, "a message lacks something");
    }
    text
}
