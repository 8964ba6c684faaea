//! Pictures of figures over time: SVG made here, with the table of the same numbers below. Colours
//! are those of the theme and the brand, by classes.

use std::{collections::BTreeMap, fmt::Write as _};

use app::reading::figures::{DayFigure, Figures};
use jiff::{Timestamp, ToSpan as _, civil::Date, tz::TimeZone};
use web::speech::{day, month, number, say, say_with};

use crate::{query::Pairs, view::Tab};

/// Units of the drawing, which is stretched to its place: whole numbers are exact enough.
const WIDTH: i64 = 6_000;
const HEIGHT: i64 = 1_200;

/// The time a picture shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Time {
    /// 30 days, each by itself.
    Month,
    /// Twelve months, each by itself.
    Year,
}

impl Time {
    /// As it stands in the address.
    pub fn of(query: &Pairs) -> Self {
        if query.given("time") == Some("year") { Self::Year } else { Self::Month }
    }

    /// The first day, on a last one.
    pub fn first(self, today: Date) -> Date {
        match self {
            Self::Month => today.saturating_sub(29.days()),
            Self::Year => today.first_of_month().saturating_sub(11.months()),
        }
    }

    /// The ways to the other times.
    pub fn tabs(self, query: &Pairs, path: &str) -> Vec<Tab> {
        let tab = |time: Self, id: &str, code: &str| Tab {
            name: say(id),
            href: query.with(path, "time", code),
            here: time == self,
        };
        vec![tab(Self::Month, "chart-month", ""), tab(Self::Year, "chart-year", "year")]
    }
}

/// The day it is by the calendar of the figures.
pub fn today(now: Timestamp) -> Date {
    now.to_zoned(TimeZone::UTC).date()
}

/// A part of the time: a day or a month.
struct Part {
    name: String,
    customers: i64,
    people: i64,
    verified: i64,
    failed: i64,
}

/// A picture with its table.
pub struct Chart {
    pub id: &'static str,
    pub title: String,
    /// The number that says most.
    pub latest: String,
    /// What the picture shows, for whoever does not see it.
    pub said: String,
    pub tone: &'static str,
    pub top: String,
    pub low: String,
    pub from: String,
    pub to: String,
    pub line: String,
    pub area: String,
    pub bars: Vec<Bar>,
    pub columns: Vec<String>,
    pub rows: Vec<(String, Vec<String>)>,
    /// Instead of a picture in which nothing would be seen.
    pub nothing: Option<String>,
}

/// A bar of a picture.
pub struct Bar {
    pub x: i64,
    pub y: i64,
    pub width: i64,
    pub height: i64,
    pub said: String,
}

/// The pictures of a tenant's figures; `sells` where it has customers.
pub fn of(figures: &Figures, time: Time, today: Date, sells: bool) -> Vec<Chart> {
    let parts = parts(figures, time, today);
    vec![people(&parts, sells), work(&parts), problems(&parts)]
}

fn parts(figures: &Figures, time: Time, today: Date) -> Vec<Part> {
    let begin = |of: Date| match time {
        Time::Month => of,
        Time::Year => of.first_of_month(),
    };
    let mut by_part = BTreeMap::<Date, DayFigure>::new();
    for of in &figures.days {
        let day = begin(of.day);
        let sum =
            by_part.entry(day).or_insert(DayFigure { day, customers: 0, people: 0, verified: 0, failed: 0 });
        sum.customers += of.customers;
        sum.people += of.people;
        sum.verified += of.verified;
        sum.failed += of.failed;
    }
    let (mut customers, mut people) = (figures.customers_before, figures.people_before);
    let (mut at, mut parts) = (time.first(today), Vec::new());
    while at <= today {
        let sum = by_part.get(&at);
        customers += sum.map_or(0, |sum| sum.customers);
        people += sum.map_or(0, |sum| sum.people);
        let (name, next) = match time {
            Time::Month => (day(at), at.saturating_add(1.days())),
            Time::Year => (month(at), at.saturating_add(1.months())),
        };
        let (verified, failed) = sum.map_or((0, 0), |sum| (sum.verified, sum.failed));
        parts.push(Part { name, customers, people, verified, failed });
        at = next;
    }
    parts
}

/// What all pictures have in common.
fn blank(id: &'static str, parts: &[Part]) -> Chart {
    let name = |part: Option<&Part>| part.map_or_else(String::new, |part| part.name.clone());
    Chart {
        id,
        title: String::new(),
        latest: String::new(),
        said: String::new(),
        tone: "",
        top: String::new(),
        low: String::new(),
        from: name(parts.first()),
        to: name(parts.last()),
        line: String::new(),
        area: String::new(),
        bars: Vec::new(),
        columns: Vec::new(),
        rows: Vec::new(),
        nothing: None,
    }
}

fn people(parts: &[Part], sells: bool) -> Chart {
    let values: Vec<_> = parts.iter().map(|part| part.people).collect();
    let (first, last) = (values.first().copied().unwrap_or(0), values.last().copied().unwrap_or(0));
    let (least, most) =
        (values.iter().copied().min().unwrap_or(0), values.iter().copied().max().unwrap_or(0));
    // Growth of a few among many is seen, too; the numbers beside say where the picture begins.
    let low = if least == most { 0 } else { (least - (most - least) / 4).max(0) };
    let (line, area) = path(&values, low, most.max(low + 1));
    let mut columns = vec![say("count-people")];
    if sells {
        columns.insert(0, say("customers-title"));
    }
    let row = |part: &Part| {
        let people = number(part.people);
        (part.name.clone(), if sells { vec![number(part.customers), people] } else { vec![people] })
    };
    Chart {
        title: say("chart-people"),
        latest: number(last),
        said: say_with("chart-people-said", &[("first", first.into()), ("last", last.into())]),
        top: number(most.max(low + 1)),
        low: number(low),
        line,
        area,
        columns,
        rows: parts.iter().map(row).collect(),
        nothing: (most == 0).then(|| say("chart-people-none")),
        ..blank("people", parts)
    }
}

fn work(parts: &[Part]) -> Chart {
    let values: Vec<_> = parts.iter().map(|part| part.verified).collect();
    let total = values.iter().sum::<i64>();
    let said = say_with("chart-work-said", &[("n", total.into())]);
    let bars =
        Chart { title: say("chart-work"), latest: number(total), said, tone: "good", ..blank("work", parts) };
    with_bars(bars, parts, &values, "chart-work-none")
}

fn problems(parts: &[Part]) -> Chart {
    let values: Vec<_> = parts.iter().map(|part| part.failed).collect();
    let total = values.iter().sum::<i64>();
    let said = say_with("chart-problems-said", &[("n", total.into())]);
    let bars = Chart {
        title: say("chart-problems"),
        latest: number(total),
        said,
        tone: "bad",
        ..blank("problems", parts)
    };
    with_bars(bars, parts, &values, "chart-problems-none")
}

fn with_bars(chart: Chart, parts: &[Part], values: &[i64], none: &str) -> Chart {
    let most = values.iter().copied().max().unwrap_or(0);
    let step = WIDTH / i64::try_from(values.len().max(1)).unwrap_or(1);
    let bars = values.iter().zip(parts).zip(0_i64..).filter(|((value, _), _)| **value > 0);
    let bars = bars.map(|((value, part), place)| {
        // A sliver at least, so that one among thousands is seen.
        let height = (value * HEIGHT / most.max(1)).max(HEIGHT / 60);
        let said = format!("{}: {}", part.name, number(*value));
        Bar { x: place * step + step / 8, y: HEIGHT - height, width: step * 3 / 4, height, said }
    });
    Chart {
        top: number(most),
        low: number(0),
        bars: bars.collect(),
        columns: vec![chart.title.clone()],
        rows: parts.iter().zip(values).map(|(part, n)| (part.name.clone(), vec![number(*n)])).collect(),
        nothing: (most == 0).then(|| say(none)),
        ..chart
    }
}

/// A line through values, and the area below it.
fn path(values: &[i64], low: i64, top: i64) -> (String, String) {
    let last = i64::try_from(values.len().saturating_sub(1)).unwrap_or(0).max(1);
    let mut line = String::new();
    for (value, place) in values.iter().zip(0_i64..) {
        let y = HEIGHT - (value - low) * HEIGHT / (top - low).max(1);
        // Writing into a string cannot fail.
        let _ = write!(line, "{}{} {y}", if place == 0 { 'M' } else { 'L' }, place * WIDTH / last);
    }
    let area = if line.is_empty() { String::new() } else { format!("{line}L{WIDTH} {HEIGHT}L0 {HEIGHT}Z") };
    (line, area)
}

#[cfg(test)]
mod tests {
    use app::reading::figures::{DayFigure, Figures};
    use jiff::civil::date;

    use super::{HEIGHT, Time, of, path};

    fn figures() -> Figures {
        let day = |day, people, verified, failed| DayFigure { day, customers: 1, people, verified, failed };
        Figures {
            customers_before: 2,
            people_before: 1_000,
            days: vec![
                day(date(2026, 2, 20), 12, 24, 0),
                day(date(2026, 3, 1), -2, 3, 1),
                day(date(2026, 3, 2), 40, 80, 0),
            ],
        }
    }

    #[test]
    fn every_day_of_the_time_is_in_the_table_and_in_the_picture() {
        let charts = of(&figures(), Time::Month, date(2026, 3, 2), true);
        let people = &charts[0];
        assert_eq!(people.rows.len(), 30);
        assert_eq!(people.rows[0], ("1 February 2026".to_owned(), vec!["2".to_owned(), "1,000".to_owned()]));
        assert_eq!(people.rows[29], ("2 March 2026".to_owned(), vec!["5".to_owned(), "1,050".to_owned()]));
        assert_eq!((people.latest.as_str(), people.line.matches('L').count()), ("1,050", 29));
        let work = &charts[1];
        assert_eq!((work.latest.as_str(), work.bars.len(), work.top.as_str()), ("107", 3, "80"));
        assert_eq!(work.bars[2].said, "2 March 2026: 80");
        assert_eq!(work.bars[2].height, HEIGHT);
        assert_eq!(charts[2].bars.len(), 1);
    }

    #[test]
    fn a_year_is_shown_by_its_months() {
        let charts = of(&figures(), Time::Year, date(2026, 3, 2), false);
        assert_eq!(charts[0].rows.len(), 12);
        assert_eq!(charts[0].rows[0], ("April 2025".to_owned(), vec!["1,000".to_owned()]));
        assert_eq!(charts[0].rows[11], ("March 2026".to_owned(), vec!["1,050".to_owned()]));
        assert_eq!(charts[1].rows[10].1, ["24"]);
    }

    #[test]
    fn where_nothing_was_there_is_a_sentence_and_no_picture() {
        let charts = of(&Figures::default(), Time::Month, date(2026, 3, 2), true);
        assert!(charts.iter().all(|chart| chart.nothing.is_some()));
        assert_eq!(path(&[], 0, 1).0, "");
        assert_eq!(path(&[5], 0, 5).0, "M0 0");
    }
}
