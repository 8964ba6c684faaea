//! The hours in which an account may log on: said in words of the customer's own
//! clock, kept by a directory as a bit for each hour of a week in UTC.
//!
//! A directory knows no daylight saving time and no half hours. So that nobody is
//! shut out who may be in, an hour is open in UTC when it touches an hour that is
//! open by any of the offsets the zone has within a year: where clocks change, the
//! window is an hour longer, in winter at its beginning and in summer at its end.

use std::fmt::Write as _;

use jiff::{SignedDuration, Timestamp, tz::TimeZone};

use crate::field::{FieldError, Rule};

const HOURS: usize = 168;
/// Bytes of the bit field (MS-SAMR 2.2.5.1: 168 units a week).
pub const BYTES: usize = 21;
const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
/// What a person is told to write.
const EXPECTED: &str = "days and full hours, as Mon-Fri 07:00-18:00; Sat 08:00-12:00";

/// The open hours of a week that begins on Monday at midnight.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Week([bool; HOURS]);

/// Checks words and gives them in their usual form; nothing, blanks and a week
/// without a closed hour mean "always".
pub fn parse(field: &str, text: &str) -> Result<Option<String>, FieldError> {
    let wrong = || FieldError::new(field, Rule::Format).with("expected", EXPECTED).with("value", text);
    if text.trim().is_empty() || text.trim().eq_ignore_ascii_case("always") {
        return Ok(None);
    }
    let week = Week::read(text).ok_or_else(wrong)?;
    if week.0.iter().all(|open| !open) {
        return Err(wrong());
    }
    Ok((!week.0.iter().all(|open| *open)).then(|| week.words()))
}

/// The bit field a directory keeps for words that were checked, as hexadecimal
/// digits: Sunday 0:00 UTC is the lowest bit of the first byte (MS-SAMR 2.2.5.1).
/// `at` says which year's offsets count; none when every hour of the week is open.
#[must_use]
pub fn bits(words: &str, zone: &TimeZone, at: Timestamp) -> Option<String> {
    let local = Week::read(words)?;
    let mut utc = [false; HOURS];
    for offset in offsets(zone, at) {
        for hour in (0..HOURS).filter(|hour| local.0[*hour]) {
            let from = i64::try_from(hour).unwrap_or(0) * 60 - offset;
            for touched in [from, from + 59] {
                let touched = touched.rem_euclid(60 * 168) / 60;
                utc[usize::try_from(touched).unwrap_or(0)] = true;
            }
        }
    }
    if utc.iter().all(|open| *open) {
        return None;
    }
    let mut bytes = [0_u8; BYTES];
    for hour in (0..HOURS).filter(|hour| utc[*hour]) {
        let from_sunday = (hour + 24) % HOURS;
        bytes[from_sunday / 8] |= 1 << (from_sunday % 8);
    }
    Some(hex(&bytes))
}

/// A bit field as it stands in a directory; none when every hour is open.
#[must_use]
pub fn of_bytes(bytes: &[u8]) -> Option<String> {
    let bytes: &[u8; BYTES] = bytes.try_into().ok()?;
    (*bytes != [0xff; BYTES]).then(|| hex(bytes))
}

/// The bytes of a bit field.
#[must_use]
pub fn to_bytes(hex: &str) -> Option<[u8; BYTES]> {
    let mut bytes = [0; BYTES];
    if hex.len() != 2 * BYTES || !hex.is_ascii() {
        return None;
    }
    for (i, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).ok()?;
    }
    Some(bytes)
}

/// A bit field in words, as people read it.
#[must_use]
pub fn shown(hex: &str) -> Option<String> {
    let bytes = to_bytes(hex)?;
    let open = |hour: usize| bytes[hour / 8] & (1 << (hour % 8)) != 0;
    let week = Week(std::array::from_fn(|hour| open((hour + 24) % HOURS)));
    let words = week.words();
    Some(if words.is_empty() { "never".to_owned() } else { format!("{words} (UTC)") })
}

/// In minutes, each once: what the zone has within a year.
fn offsets(zone: &TimeZone, at: Timestamp) -> Vec<i64> {
    let mut all: Vec<i64> = (0..53)
        .filter_map(|week| at.checked_add(SignedDuration::from_hours(week * 24 * 7)).ok())
        .map(|at| i64::from(zone.to_offset(at).seconds()) / 60)
        .collect();
    all.sort_unstable();
    all.dedup();
    all
}

fn hex(bytes: &[u8; BYTES]) -> String {
    bytes.iter().fold(String::with_capacity(2 * BYTES), |mut out, byte| {
        let _cannot_fail = write!(out, "{byte:02x}");
        out
    })
}

impl Week {
    fn read(text: &str) -> Option<Self> {
        let mut week = Self([false; HOURS]);
        for entry in text.split([';', '\n']).map(str::trim).filter(|entry| !entry.is_empty()) {
            let at = entry.find(|c: char| c.is_ascii_digit())?;
            let (days, hours) = entry.split_at(at);
            let days = days_of(days)?;
            for range in hours.split(',') {
                let (from, to) = range.trim().split_once('-')?;
                let (from, to) = (hour(from)?, hour(to)?);
                if from == to || from == 24 {
                    return None;
                }
                // Past midnight it goes on in the next day.
                let end = if to > from { to } else { to + 24 };
                for day in &days {
                    (from..end).for_each(|hour| week.0[(day * 24 + hour) % HOURS] = true);
                }
            }
        }
        Some(week)
    }

    fn words(&self) -> String {
        let days: Vec<String> = (0..7).map(|day| ranges(&self.0[day * 24..(day + 1) * 24])).collect();
        let mut entries = Vec::new();
        let mut first = 0;
        while first < 7 {
            let last = (first..7).take_while(|day| days[*day] == days[first]).last().unwrap_or(first);
            let name = if last == first {
                DAYS[first].to_owned()
            } else {
                format!("{}-{}", DAYS[first], DAYS[last])
            };
            if !days[first].is_empty() {
                entries.push(format!("{name} {}", days[first]));
            }
            first = last + 1;
        }
        entries.join("; ")
    }
}

/// `07:00-12:00, 13:00-18:00` for the hours of one day.
fn ranges(day: &[bool]) -> String {
    let mut out = Vec::new();
    let mut from = None;
    for hour in 0..=24 {
        match (from, day.get(hour).copied().unwrap_or(false)) {
            (None, true) => from = Some(hour),
            (Some(start), false) => {
                out.push(format!("{start:02}:00-{hour:02}:00"));
                from = None;
            }
            _ => {}
        }
    }
    out.join(", ")
}

fn days_of(text: &str) -> Option<Vec<usize>> {
    let mut days = Vec::new();
    for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        let (first, last) = match part.split_once('-') {
            Some((first, last)) => (day(first)?, day(last)?),
            None if part.eq_ignore_ascii_case("daily") => (0, 6),
            None => (day(part)?, day(part)?),
        };
        let count = (last + 7 - first) % 7 + 1;
        days.extend((0..count).map(|n| (first + n) % 7));
    }
    (!days.is_empty()).then_some(days)
}

/// The first three letters are enough, and all of them are right.
fn day(text: &str) -> Option<usize> {
    const LONG: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let text = text.trim().to_ascii_lowercase();
    LONG.iter().position(|name| text.len() >= 3 && name.starts_with(&text))
}

fn hour(text: &str) -> Option<usize> {
    let text = text.trim();
    let digits = text.strip_suffix(":00").unwrap_or(text);
    let good = matches!(digits.len(), 1 | 2) && digits.bytes().all(|b| b.is_ascii_digit());
    digits.parse().ok().filter(|hour| good && *hour <= 24)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const WINTER: &str = "2026-01-15T12:00:00Z";

    fn utc(words: &str, zone: &str) -> String {
        let zone = TimeZone::get(zone).expect("a zone");
        let at = WINTER.parse().expect("an instant");
        bits(words, &zone, at).and_then(|hex| shown(&hex)).unwrap_or_else(|| "always".to_owned())
    }

    #[test]
    fn words_have_one_form() {
        for (given, expected) in [
            ("Mon-Fri 07:00-18:00", Some("Mon-Fri 07:00-18:00")),
            (" monday - friday 7-18 ; sat 8-12", Some("Mon-Fri 07:00-18:00; Sat 08:00-12:00")),
            ("Mon,Tue,Wed 8-12,13-17", Some("Mon-Wed 08:00-12:00, 13:00-17:00")),
            ("Fri 22:00-06:00", Some("Fri 22:00-24:00; Sat 00:00-06:00")),
            ("Sat-Mon 0-24", Some("Mon 00:00-24:00; Sat-Sun 00:00-24:00")),
            ("daily 0-24", None),
            ("always", None),
            ("", None),
        ] {
            assert_eq!(parse("x", given), Ok(expected.map(str::to_owned)), "{given}");
        }
        for wrong in
            ["Mon", "07:00-18:00", "Mon 7:30-18:00", "Mon 8-8", "Mon 8-25", "Mo-Fr 8-9", "never", ";"]
        {
            assert_eq!(parse("x", wrong).map_err(|e| e.rule), Err(Rule::Format), "{wrong}");
        }
    }

    #[test]
    fn nobody_is_shut_out_by_a_clock_that_changes() {
        assert_eq!(utc("Mon-Fri 07:00-18:00", "UTC"), "Mon-Fri 07:00-18:00 (UTC)");
        // UTC+1 in winter, UTC+2 in summer.
        assert_eq!(utc("Mon-Fri 07:00-18:00", "Europe/Berlin"), "Mon-Fri 05:00-17:00 (UTC)");
        // UTC+5:30 all the year.
        assert_eq!(utc("Mon 07:00-18:00", "Asia/Kolkata"), "Mon 01:00-13:00 (UTC)");
        // The night between two days and between two weeks.
        assert_eq!(utc("Mon 00:00-02:00", "Asia/Tokyo"), "Sun 15:00-17:00 (UTC)");
        assert_eq!(utc("Sun 20:00-24:00", "Etc/GMT+6"), "Mon 02:00-06:00 (UTC)");
    }

    #[test]
    fn the_bits_are_those_of_the_specification() {
        let at = WINTER.parse().expect("an instant");
        let first = bits("Sun 0-1", &TimeZone::UTC, at).expect("closed hours");
        assert_eq!(to_bytes(&first).map(|b| (b[0], b[20])), Some((1, 0)));
        let last = bits("Sat 23-24", &TimeZone::UTC, at).expect("closed hours");
        assert_eq!(to_bytes(&last).map(|b| (b[0], b[20])), Some((0, 0x80)));
        assert_eq!(of_bytes(&[0xff; BYTES]), None);
        assert_eq!(shown(&"00".repeat(BYTES)).as_deref(), Some("never"));
    }

    proptest! {
        #[test]
        fn words_are_read_as_they_were_written(open: [bool; 24], day in 0..7_usize, zone in 0..3_usize) {
            let mut week = Week([false; HOURS]);
            week.0[day * 24..(day + 1) * 24].copy_from_slice(&open);
            let words = week.words();
            prop_assume!(!words.is_empty());
            prop_assert_eq!(parse("x", &words), Ok(Some(words.clone())));
            // Whatever is open here is open there, at any time of the year.
            let zone = TimeZone::get(["America/New_York", "Asia/Kathmandu", "UTC"][zone]).expect("a zone");
            let at: Timestamp = WINTER.parse().expect("an instant");
            let bytes = bits(&words, &zone, at).and_then(|hex| to_bytes(&hex)).expect("closed hours");
            for month in 0..12 {
                let noon = at + SignedDuration::from_hours(24 * 30 * month);
                let offset = i64::from(zone.to_offset(noon).seconds()) / 60;
                for hour in (0..24).filter(|hour| open[*hour]) {
                    let minute = i64::try_from((day + 1) * 24 + hour).expect("small") * 60 + 30 - offset;
                    let bit = usize::try_from(minute.rem_euclid(60 * 168) / 60).expect("small");
                    prop_assert!(bytes[bit / 8] & (1 << (bit % 8)) != 0);
                }
            }
        }
    }
}
