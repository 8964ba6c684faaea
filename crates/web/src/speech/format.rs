//! Numbers and dates of a language (ICU, CLDR).

use std::sync::LazyLock;

use icu_datetime::{
    DateTimeFormatter, DateTimeFormatterPreferences,
    fieldsets::{T, YM, YMD, YMDT},
    options::TimePrecision,
};
use icu_decimal::{
    DecimalFormatter, DecimalFormatterPreferences, input::Decimal, options::DecimalFormatterOptions,
};
use icu_locale_core::{Locale, locale};
use jiff::{Timestamp, civil};
use jiff_icu::ConvertInto as _;

use super::{Language, now, say, say_with};

struct Formats {
    number: DecimalFormatter,
    day: DateTimeFormatter<YMD>,
    month: DateTimeFormatter<YM>,
    instant: DateTimeFormatter<YMDT>,
    clock: DateTimeFormatter<T>,
}

/// English is that of Europe: day before month, 24 hours.
const fn place(language: Language) -> (usize, Locale) {
    match language {
        Language::English => (0, locale!("en-GB")),
        Language::Danish => (1, locale!("da")),
        Language::German => (2, locale!("de")),
        Language::Swedish => (3, locale!("sv")),
    }
}

static FORMATS: LazyLock<[Formats; 4]> = LazyLock::new(|| Language::ALL.map(formats));

fn formats(language: Language) -> Formats {
    let (_, locale) = place(language);
    let dates = DateTimeFormatterPreferences::from(&locale);
    let minutes = TimePrecision::Minute;
    Formats {
        number: DecimalFormatter::try_new(
            DecimalFormatterPreferences::from(&locale),
            DecimalFormatterOptions::default(),
        )
        .expect(COMPILED),
        day: DateTimeFormatter::try_new(dates, YMD::long()).expect(COMPILED),
        month: DateTimeFormatter::try_new(dates, YM::long()).expect(COMPILED),
        instant: DateTimeFormatter::try_new(dates, YMDT::long().with_time_precision(minutes))
            .expect(COMPILED),
        clock: DateTimeFormatter::try_new(dates, T::short().with_time_precision(minutes)).expect(COMPILED),
    }
}

const COMPILED: &str = "the data of every language are compiled in";

fn of(language: Language) -> &'static Formats {
    &FORMATS[place(language).0]
}

pub(super) fn number_in(language: Language, number: i64) -> String {
    of(language).number.format(&Decimal::from(number)).to_string()
}

/// A whole number with its thousands apart.
#[must_use]
pub fn number(number: i64) -> String {
    number_in(super::language(), number)
}

/// A number of tenths, as 83.3.
#[must_use]
pub fn tenths(tenths: i64) -> String {
    let mut number = Decimal::from(tenths);
    number.multiply_pow10(-1);
    of(super::language()).number.format(&number).to_string()
}

/// A number of any size with a point, as it is kept: 1234.5. What is none stays as it is.
#[must_use]
pub fn decimal(text: &str) -> String {
    let number = text.parse::<Decimal>();
    number.map_or_else(|_| text.to_owned(), |number| of(super::language()).number.format(&number).to_string())
}

/// An amount in the smallest unit of its currency, with the currency's code (ISO 4217).
#[must_use]
pub fn money(minor: i64, currency: &str) -> String {
    let digits = decimals(currency);
    let mut amount = Decimal::from(minor);
    amount.multiply_pow10(-digits);
    amount.pad_end(-digits);
    // A blank that does not break.
    format!("{}\u{a0}{currency}", of(super::language()).number.format(&amount))
}

/// Decimals of a currency (ISO 4217).
#[must_use]
pub fn decimals(currency: &str) -> i16 {
    match currency {
        "ISK" | "JPY" | "KRW" | "CLP" | "VND" | "XAF" | "XOF" | "XPF" | "PYG" | "UGX" => 0,
        "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
        _ => 2,
    }
}

/// A day: 2 March 2026.
#[must_use]
pub fn day(day: civil::Date) -> String {
    let date: icu_datetime::input::Date<_> = day.convert_into();
    of(super::language()).day.format(&date).to_string()
}

/// A month: March 2026.
#[must_use]
pub fn month(day: civil::Date) -> String {
    let date: icu_datetime::input::Date<_> = day.convert_into();
    of(super::language()).month.format(&date).to_string()
}

/// An instant in the reader's zone, as exact as people need it, with the zone.
#[must_use]
pub fn instant(at: Timestamp) -> String {
    let speech = now();
    let zoned = at.to_zoned(speech.zone);
    let time: icu_datetime::input::DateTime<_> = zoned.datetime().convert_into();
    format!("{} {}", of(speech.language).instant.format(&time), zoned.strftime("%Z"))
}

/// The time of day of an instant in the reader's zone.
#[must_use]
pub fn clock(at: Timestamp) -> String {
    let speech = now();
    let time: icu_datetime::input::Time = at.to_zoned(speech.zone).time().convert_into();
    of(speech.language).clock.format(&time).to_string()
}

/// How long ago something was.
#[must_use]
pub fn ago(at: Timestamp, now: Timestamp) -> String {
    let seconds = (now.as_second() - at.as_second()).max(0);
    let many = |id, n: i64| say_with(id, &[("n", n.into())]);
    match seconds {
        0..=9 => say("ago-now"),
        10..=59 => many("ago-seconds", seconds),
        60..=3_599 => many("ago-minutes", seconds / 60),
        3_600..=86_399 => many("ago-hours", seconds / 3_600),
        _ => instant(at),
    }
}

/// How long somebody has to wait, in the unit people would say it in; never too short.
#[must_use]
pub fn wait(seconds: i64) -> String {
    match seconds.max(1) {
        short @ 1..=90 => say_with("wait-seconds", &[("n", short.into())]),
        long => say_with("wait-minutes", &[("n", (long.saturating_add(59) / 60).into())]),
    }
}
