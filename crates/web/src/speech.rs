//! The language somebody is answered in: messages by Fluent, numbers and dates by
//! ICU.
//!
//! A request is answered inside [`scope`]; everything that makes a sentence asks
//! [`now`] for the language, so that no layer in between has to hand it on. Outside
//! of a request (documents, tests) it is English.
//!
//! The messages are in `locales/LANGUAGE/*.ftl`. A test proves that every message
//! and every variable exists in every language, and that every message is used.

mod catalogue;
mod format;
mod language;

use std::cell::RefCell;

use axum::http::{HeaderMap, header};
use jiff::tz::TimeZone;

use crate::caller::cookie;

pub use catalogue::Arg;
pub use language::Language;

/// How somebody is spoken to.
#[derive(Debug, Clone)]
pub struct Speech {
    /// Language of messages, numbers and dates.
    pub language: Language,
    /// Zone in which instants are shown.
    pub zone: TimeZone,
}

impl Default for Speech {
    fn default() -> Self {
        Self { language: Language::English, zone: TimeZone::UTC }
    }
}

/// Name of the cookie with the language somebody chose.
pub const COOKIE: &str = "tenantry_language";

tokio::task_local! {
    static SPEECH: RefCell<Speech>;
}

/// Runs `work`, a whole request, with `speech` to begin with.
pub async fn scope<T>(speech: Speech, work: impl Future<Output = T>) -> T {
    SPEECH.scope(RefCell::new(speech), work).await
}

/// Runs `work`, a part of a request that outlives its answer, with `speech`.
pub fn within<T>(speech: Speech, work: impl FnOnce() -> T) -> T {
    SPEECH.sync_scope(RefCell::new(speech), work)
}

/// How somebody is answered of whom nothing is known but the request: in the language
/// chosen here before, or the best of those their browser asks for.
#[must_use]
pub fn of_headers(headers: &HeaderMap) -> Speech {
    let asked = || headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok().and_then(Language::of_header);
    let language = chosen(headers).or_else(asked).unwrap_or(Language::English);
    Speech { language, ..Speech::default() }
}

/// From here on the request is answered to somebody whose language and time zone are
/// these, unless they chose another language here.
pub fn follow(language: &str, time_zone: &str, headers: &HeaderMap) {
    let language = chosen(headers).or_else(|| Language::of_tag(language)).unwrap_or_else(self::language);
    let zone = TimeZone::get(time_zone).unwrap_or(TimeZone::UTC);
    choose(Speech { language, zone });
}

/// From here on the request is answered in one of these languages, if it is not yet: in the
/// first of them. With none given all are.
pub fn offer(tags: &[&str]) {
    let present = now();
    if tags.is_empty() || tags.contains(&present.language.tag()) {
        return;
    }
    if let Some(language) = tags.iter().find_map(|tag| Language::of_tag(tag)) {
        choose(Speech { language, ..present });
    }
}

/// As [`follow`], for somebody who chose this language: it goes before what was chosen in
/// the browser by whoever sat there.
pub fn obey(language: &str, time_zone: &str, headers: &HeaderMap) {
    follow(language, time_zone, headers);
    if let Some(language) = Language::of_tag(language) {
        choose(Speech { language, ..now() });
    }
}

fn chosen(headers: &HeaderMap) -> Option<Language> {
    cookie(headers, COOKIE).and_then(Language::of_tag)
}

/// From here on the request is answered in `speech`: who is calling is known now.
/// Outside of a request nothing happens.
pub fn choose(speech: Speech) {
    let _outside = SPEECH.try_with(|present| present.replace(speech));
}

/// How the present request is answered.
#[must_use]
pub fn now() -> Speech {
    SPEECH.try_with(|speech| speech.borrow().clone()).unwrap_or_default()
}

/// The language of the present request.
#[must_use]
pub fn language() -> Language {
    SPEECH.try_with(|speech| speech.borrow().language).unwrap_or(Language::English)
}

/// A message without variables.
#[must_use]
pub fn say(id: &str) -> String {
    catalogue::message(language(), id, &[])
}

/// A message with its variables.
#[must_use]
pub fn say_with(id: &str, args: &[(&str, Arg)]) -> String {
    catalogue::message(language(), id, args)
}

/// Whether there is such a message.
#[must_use]
pub fn has(id: &str) -> bool {
    catalogue::has(id)
}

#[cfg(test)]
mod tests;

pub use format::{ago, clock, day, decimal, decimals, instant, money, month, number, tenths, wait};
