//! What one cell says: truth, days, lists, and what a spreadsheet made of something else.

use std::sync::LazyLock;

use jiff::{
    Timestamp,
    civil::{Date, DateTime},
    tz::TimeZone,
};
use regex::Regex;
use serde::{Deserialize, Serialize};

use super::Column;
use crate::{
    field::{FieldError, Rule},
    limits,
    table::{Cell, Form},
};

/// What comes first in a day such as `03-04-2026`. Points are always after the day, as in
/// German; a year in front needs no order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateOrder {
    /// Nobody said: only days that can be read in one way are taken.
    #[default]
    Unsaid,
    /// The day, as in most of Europe.
    DayFirst,
    /// The month, as in the United States.
    MonthFirst,
}

/// Yes, in English, Danish, German and Swedish; what is said of accounts that may log on is apart.
const YES: &[&str] = &["yes", "y", "true", "1", "x", "on", "ja", "j", "wahr", "sand", "sandt", "sant", "all"];
/// No.
const NO: &[&str] =
    &["no", "n", "false", "0", "off", "nein", "nej", "falsch", "falsk", "falskt", "none", "keine", "ingen"];
const ENABLED: &[&str] = &[
    "enabled",
    "active",
    "allowed",
    "unblocked",
    "aktiv",
    "aktiviert",
    "aktiveret",
    "aktiverad",
    "tilladt",
    "erlaubt",
    "tillåten",
];
const DISABLED: &[&str] = &[
    "disabled",
    "inactive",
    "blocked",
    "inaktiv",
    "deaktiviert",
    "deaktiveret",
    "inaktiverad",
    "gesperrt",
    "blockiert",
    "spærret",
    "blokeret",
    "spärrad",
    "blockerad",
];

/// Yes or no, in words of four languages.
pub(super) fn truth(text: &str) -> Option<bool> {
    let word = text.to_lowercase();
    match () {
        () if YES.contains(&word.as_str()) => Some(true),
        () if NO.contains(&word.as_str()) => Some(false),
        () => None,
    }
}

/// Whether an account may log on, as a column of this kind says it.
pub(super) fn enabled(column: &Column, text: &str) -> Option<bool> {
    let word = text.to_lowercase();
    let said = if ENABLED.contains(&word.as_str()) {
        Some(true)
    } else if DISABLED.contains(&word.as_str()) {
        Some(false)
    } else {
        None
    };
    match column {
        // MS-ADTS 2.2.16: the second bit disables an account.
        Column::ControlFlags => flags(&word).map(|bits| bits & 2 == 0),
        Column::Disabled => said.or_else(|| truth(text).map(|blocked| !blocked)),
        _ => said.or_else(|| truth(text)),
    }
}

fn flags(text: &str) -> Option<u32> {
    match text.strip_prefix("0x") {
        Some(hex) => u32::from_str_radix(hex, 16).ok(),
        None => text.parse().ok(),
    }
}

/// What a spreadsheet made of what somebody typed: an error where it cannot be undone, a
/// warning where it may have lost something. None where the cell is as it was typed.
pub(super) struct Mangled {
    pub(super) rule: FieldError,
    pub(super) is_lost: bool,
}

/// What a column takes as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Takes {
    /// Characters.
    Text,
    /// Digits whose number means nothing: telephones, postal codes, keys.
    Digits,
    /// Numbers.
    Number,
    /// Days.
    Day,
    /// Yes or no.
    Truth,
}

/// Errors of formulas, which a text file holds as text; the last are those of German spreadsheets.
const ERRORS: &[&str] = &[
    "#n/a", "#ref!", "#value!", "#name?", "#div/0!", "#null!", "#num!", "#spill!", "#nv", "#wert!",
    "#bezug!", "#zahl!",
];

static EXPONENT: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^[+-]?[0-9]([.,][0-9]+)?[eE]\+[0-9]{1,3}$").ok());

/// Whether a cell holds the error of a formula.
pub(super) fn is_error(cell: &Cell) -> bool {
    cell.form == Form::Error || ERRORS.contains(&cell.text.trim().to_lowercase().as_str())
}

/// Digits beyond which a spreadsheet keeps zeros instead.
const EXACT_DIGITS: usize = 15;

pub(super) fn mangled(field: &str, cell: &Cell, takes: Takes) -> Option<Mangled> {
    let lost = |rule: FieldError| Some(Mangled { rule, is_lost: true });
    let of = |made: &str| FieldError::new(field, Rule::Mangled).with("made", made);
    let text = cell.text.trim();
    if is_error(cell) {
        return lost(of("error"));
    }
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let exponent = || EXPONENT.as_ref().is_some_and(|exponent| exponent.is_match(text));
    match (takes, cell.form) {
        (Takes::Day | Takes::Text | Takes::Digits, Form::Truth) => lost(of("truth")),
        (Takes::Text | Takes::Digits | Takes::Number | Takes::Truth, Form::Date) => lost(of("date")),
        (Takes::Digits, _) if exponent() => lost(of("exponent")),
        (Takes::Digits, Form::Number) if digits > EXACT_DIGITS => lost(of("exponent")),
        (Takes::Digits, Form::Number) => Some(Mangled { rule: of("number"), is_lost: false }),
        _ => None,
    }
}

/// What people and programs put around a value so that a spreadsheet leaves it alone: a quotation
/// mark before what would be a formula, and `="007"`.
pub(super) fn bare(text: &str) -> &str {
    let text = text.trim();
    if let Some(rest) = text.strip_prefix('\'')
        && rest.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
    {
        return rest.trim();
    }
    let quoted = text.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"'));
    quoted.map_or(text, str::trim)
}

/// One line: what breaks lines in a cell, or does not break where it should, becomes a blank.
pub(super) fn one_line(text: &str, between: &str) -> String {
    let lines = text.lines().map(|line| line.replace(['\u{a0}', '\t', '\u{202f}'], " "));
    let lines: Vec<_> = lines.map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect();
    lines.join(between)
}

/// The entries of a list, each once, in the order in which they stand. Of a list that is too long
/// only so much as tells that it is.
pub(super) fn list(text: &str, separators: &str) -> Vec<String> {
    let is_name = |text: &str| text.to_lowercase().contains("cn=");
    let mut entries: Vec<String> = Vec::new();
    for line in text.lines() {
        // A distinguished name holds commas of its own.
        let mut marks = separators.chars().filter(|mark| *mark != ',' || !is_name(line));
        let parts: Vec<&str> = match marks.find(|mark| line.contains(*mark)) {
            Some(mark) => line.split(mark).collect(),
            None => vec![line],
        };
        for part in parts {
            let entry = one_line(part, " ");
            if entries.len() > limits::IMPORT_ENTRIES {
                return entries;
            }
            if !entry.is_empty() && !entries.contains(&entry) {
                entries.push(entry);
            }
        }
    }
    entries
}

/// The first name of a distinguished name; none where it is none (RFC 4514).
pub(super) fn common_name(text: &str) -> Option<String> {
    let rest = text.trim();
    if !rest.get(..3)?.eq_ignore_ascii_case("cn=") || !text.contains(',') {
        return None;
    }
    let (mut name, mut escaped) = (String::new(), false);
    for c in rest[3..].chars() {
        match c {
            _ if escaped => {
                name.push(c);
                escaped = false;
            }
            '\\' => escaped = true,
            ',' => break,
            c => name.push(c),
        }
    }
    let name = name.trim().to_owned();
    (!name.is_empty()).then_some(name)
}

/// A day, or an instant within it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    Day(Date),
    Local(DateTime),
    Instant(Timestamp),
    /// Said to be without an end.
    Never,
}

/// Reads a day in the forms in which files have it; none where it can be read in no way, or in two.
pub(super) fn when(text: &str, order: DateOrder) -> Option<When> {
    let text = text.trim();
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(When::Instant(at));
    }
    if let Some(at) = file_time(text) {
        return Some(at);
    }
    let (first, time) = match text.split_once([' ', 'T']) {
        Some((first, time)) => (first, Some(time.trim())),
        None => (text, None),
    };
    let date = day(first, order)?;
    match time {
        None => Some(When::Day(date)),
        Some(time) => time.parse().ok().map(|time| When::Local(DateTime::from_parts(date, time))),
    }
}

/// `accountExpires` as a directory has it: hundreds of nanoseconds since 1601 (MS-ADTS 2.2.1).
fn file_time(text: &str) -> Option<When> {
    let word = text.to_lowercase();
    if ["never", "aldrig", "nie", "0", "9223372036854775807"].contains(&word.as_str()) {
        return Some(When::Never);
    }
    let ticks: i64 = text.parse().ok().filter(|_| text.len() >= 17)?;
    let second = ticks / 10_000_000 - 11_644_473_600;
    Timestamp::from_second(second).ok().map(When::Instant)
}

/// A day alone.
pub(super) fn day(text: &str, order: DateOrder) -> Option<Date> {
    let mark = text.chars().find(|c| !c.is_ascii_digit())?;
    let parts: Vec<&str> = text.trim_end_matches('.').split(mark).map(str::trim).collect();
    let [a, b, c] = parts.as_slice() else { return None };
    let short = |part: &str| (1..=2).contains(&part.len()).then(|| part.parse::<i8>().ok()).flatten();
    let year = |part: &str| (part.len() == 4).then(|| part.parse::<i16>().ok()).flatten();
    if let Some(y) = year(a).filter(|_| mark == '-' || mark == '/' || mark == '.') {
        return Date::new(y, short(b)?, short(c)?).ok();
    }
    let (y, a, b) = (year(c)?, short(a)?, short(b)?);
    let (day_first, month_first) = (Date::new(y, b, a).ok(), Date::new(y, a, b).ok());
    match (mark, order) {
        ('.', _) | ('-' | '/', DateOrder::DayFirst) => day_first,
        ('-' | '/', DateOrder::MonthFirst) => month_first,
        ('-' | '/', DateOrder::Unsaid) => match (day_first, month_first) {
            (Some(day), None) | (None, Some(day)) => Some(day),
            (Some(day), Some(same)) if day == same => Some(day),
            _ => None,
        },
        _ => None,
    }
}

/// The instant from which on something has ended that lasts until then: of a day its end.
pub(super) fn end_of(when: When, zone: &TimeZone) -> Option<Timestamp> {
    match when {
        When::Never => None,
        When::Instant(at) => Some(at),
        When::Local(at) => at.to_zoned(zone.clone()).ok().map(|at| at.timestamp()),
        When::Day(day) => {
            let next = day.tomorrow().ok()?.to_zoned(zone.clone()).ok()?;
            next.start_of_day().ok().map(|at| at.timestamp())
        }
    }
}

/// Whether something could be a password: nobody else's value is shown in full then.
pub(super) fn looks_secret(text: &str) -> bool {
    let has = |kind: fn(char) -> bool| text.chars().any(kind);
    let kinds = [
        has(char::is_lowercase),
        has(char::is_uppercase),
        has(|c| c.is_ascii_digit()),
        has(|c| c.is_ascii_punctuation() && !"@.-_,;=/\\:".contains(c)),
    ];
    text.chars().count() >= 6
        && !text.contains(char::is_whitespace)
        && !text.contains('@')
        && kinds.into_iter().filter(|kind| *kind).count() >= 3
}
