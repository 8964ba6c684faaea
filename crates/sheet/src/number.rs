//! Numbers as people see them.

use domain::table::Form;

/// How a number is shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Shape {
    /// As a number.
    #[default]
    Plain,
    /// As a day, an instant or a time of a day.
    Date,
    /// As hours, minutes and seconds that passed.
    Elapsed,
    /// With zeros before it, to so many digits: `00000` for postal codes.
    Zeros(u8),
}

impl Shape {
    /// Of a format every spreadsheet knows by its number (ECMA-376 18.8.30).
    pub(crate) const fn of_builtin(id: u32) -> Self {
        match id {
            14..=22 | 27..=36 | 45 | 47 | 50..=58 => Self::Date,
            46 => Self::Elapsed,
            _ => Self::Plain,
        }
    }

    /// Of the code of a format, as `dd\.mm\.yyyy`.
    pub(crate) fn of_code(code: &str) -> Self {
        let mut chars = code.chars();
        let mut bare = String::new();
        let mut brackets = String::new();
        while let Some(c) = chars.next() {
            match c {
                ';' => break,
                '"' => _ = chars.by_ref().find(|c| *c == '"'),
                '\\' | '_' | '*' => _ = chars.next(),
                '[' => {
                    let inner: String = chars.by_ref().take_while(|c| *c != ']').collect();
                    let unit = inner.chars().all(|c| "hHmMsS".contains(c));
                    brackets.push_str(if unit { &inner } else { "" });
                }
                c => bare.push(c.to_ascii_lowercase()),
            }
        }
        match bare.trim() {
            "general" | "standard" => Self::Plain,
            _ if !brackets.is_empty() => Self::Elapsed,
            bare if bare.contains(['d', 'm', 'y', 'h', 's']) => Self::Date,
            bare if bare.len() > 1 && bare.bytes().all(|b| b == b'0') => {
                Self::Zeros(u8::try_from(bare.len()).unwrap_or(u8::MAX))
            }
            _ => Self::Plain,
        }
    }
}

/// A number as its cell shows it.
pub(crate) fn shown(value: f64, shape: Shape, since_1904: bool) -> (String, Form) {
    let date = match shape {
        Shape::Date => date(value, since_1904),
        Shape::Elapsed => elapsed(value),
        Shape::Zeros(width) if value >= 0.0 && value.fract() == 0.0 => {
            let width = usize::from(width);
            return (format!("{value:0width$.0}"), Form::Number);
        }
        Shape::Zeros(_) | Shape::Plain => None,
    };
    match date {
        Some(text) => (text, Form::Date),
        None => (plain(value), Form::Number),
    }
}

/// Without exponent, and with the 15 digits a spreadsheet shows at most.
pub(crate) fn plain(value: f64) -> String {
    if value.fract() == 0.0 && value.abs() < 1e15 {
        // Never "-0".
        return format!("{:.0}", value + 0.0);
    }
    let rounded = format!("{value:.14e}").parse().unwrap_or(value);
    format!("{rounded}")
}

/// Days since the beginning of time, which was in 1904 for some (ECMA-376 18.17.4.1).
fn date(value: f64, since_1904: bool) -> Option<String> {
    // The last day of 9999.
    if !(0.0..2_958_466.0).contains(&value) {
        return None;
    }
    let (days, seconds) = split(value);
    let time = clock(seconds);
    let epoch = match days {
        _ if since_1904 => jiff::civil::date(1904, 1, 1),
        0 => return Some(time),
        // The day Lotus 1-2-3 thought there was, 29 February 1900, has number 60.
        1..60 => jiff::civil::date(1899, 12, 31),
        _ => jiff::civil::date(1899, 12, 30),
    };
    let day = epoch.checked_add(jiff::Span::new().try_days(days).ok()?).ok()?;
    Some(if seconds == 0 { day.to_string() } else { format!("{day}T{time}") })
}

fn elapsed(value: f64) -> Option<String> {
    if !(0.0..2_958_466.0).contains(&value) {
        return None;
    }
    let (days, seconds) = split(value);
    let hours = days * 24 + seconds / 3_600;
    Some(format!("{hours}:{:02}:{:02}", seconds / 60 % 60, seconds % 60))
}

/// Whole days and the seconds beyond.
#[expect(clippy::cast_possible_truncation, reason = "the callers know the number to be small and positive")]
fn split(value: f64) -> (i64, i64) {
    let seconds = (value * 86_400.0).round() as i64;
    (seconds / 86_400, seconds % 86_400)
}

fn clock(seconds: i64) -> String {
    format!("{:02}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60)
}

/// A day or an instant as XML writes it, without what no clock on a wall shows.
pub(crate) fn iso(text: &str) -> String {
    let text = text.trim();
    let Some((day, time)) = text.split_once('T') else { return text.trim_end_matches('Z').to_owned() };
    let time: String = time.chars().take(8).collect();
    if time == "00:00:00" { day.to_owned() } else { format!("{day}T{time}") }
}

#[cfg(test)]
mod tests {
    use domain::table::Form;

    use super::{Shape, iso, plain, shown};

    #[test]
    fn numbers_have_no_exponent_and_no_needless_digits() {
        let cases = [
            (49_301_234_567.0, "49301234567"),
            (1.0, "1"),
            (-0.0, "0"),
            (-17.0, "-17"),
            (0.1 + 0.2, "0.3"),
            (1_234.559_999_999_999_8, "1234.56"),
            (1e20, "100000000000000000000"),
            (0.000_001, "0.000001"),
            (123_456_789_012_345_680.0, "123456789012346000"),
        ];
        for (value, text) in cases {
            assert_eq!(plain(value), text);
        }
    }

    #[test]
    fn dates_are_days_instants_or_times() {
        let cases = [
            (46_387.0, false, "2026-12-31"),
            (46_387.75, false, "2026-12-31T18:00:00"),
            (0.5, false, "12:00:00"),
            (1.0, false, "1900-01-01"),
            (59.0, false, "1900-02-28"),
            (61.0, false, "1900-03-01"),
            (0.0, true, "1904-01-01"),
            (44_925.0, true, "2026-12-31"),
            (46_386.999_999_999, false, "2026-12-31"),
            (2_958_465.0, false, "9999-12-31"),
        ];
        for (value, since_1904, text) in cases {
            assert_eq!(shown(value, Shape::Date, since_1904), (text.to_owned(), Form::Date), "{value}");
        }
        for value in [-1.0, 2_958_466.0, 1e300] {
            assert_eq!(shown(value, Shape::Date, false).1, Form::Number);
        }
        assert_eq!(shown(1.5, Shape::Elapsed, false).0, "36:00:00");
        assert_eq!(shown(123.0, Shape::Zeros(5), false), ("00123".to_owned(), Form::Number));
        assert_eq!(shown(1.5, Shape::Zeros(5), false).0, "1.5");
    }

    #[test]
    fn codes_of_formats_tell_dates_from_numbers() {
        let dates = ["dd\\.mm\\.yyyy", "yyyy-mm-dd", "[$-409]d\\-mmm\\-yy;@", "h:mm AM/PM", "m/d/yy h:mm"];
        for code in dates {
            assert_eq!(Shape::of_code(code), Shape::Date, "{code}");
        }
        let numbers = [
            "General",
            "0",
            "0.00",
            "#,##0",
            "0.00E+00",
            "[Red]0",
            "\"days\" 0",
            "0\\d",
            "_-* #,##0.00_d",
            "@",
        ];
        for code in numbers {
            assert_eq!(Shape::of_code(code), Shape::Plain, "{code}");
        }
        assert_eq!(Shape::of_code("00000"), Shape::Zeros(5));
        assert_eq!(Shape::of_code("[h]:mm:ss"), Shape::Elapsed);
        assert_eq!((Shape::of_builtin(14), Shape::of_builtin(0)), (Shape::Date, Shape::Plain));
    }

    #[test]
    fn written_dates_lose_what_no_clock_shows() {
        assert_eq!(iso("2026-12-31"), "2026-12-31");
        assert_eq!(iso("2026-12-31T00:00:00"), "2026-12-31");
        assert_eq!(iso("2026-12-31T18:00:00.000Z"), "2026-12-31T18:00:00");
    }
}
