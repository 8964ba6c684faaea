//! What was measured, as a table for people and as JSON for machines.

use std::fmt::Write as _;

use serde::Serialize;

/// What a bar is compared with.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Bar {
    /// The value must stay below it.
    ValueBelow(f64),
    /// The value divided by the floor must not exceed it.
    RatioAtMost(f64),
    /// The value divided by the floor must reach it.
    RatioAtLeast(f64),
    /// Nothing was promised; it is told.
    Told,
}

/// One line of the result.
#[derive(Debug, Clone, Serialize)]
pub struct Row {
    /// What was measured.
    pub name: String,
    /// How much; the median where it was measured several times.
    pub value: f64,
    /// In what.
    pub unit: &'static str,
    /// What the component below needs for the same, in the same unit.
    pub floor: Option<f64>,
    /// Value divided by floor; the median where there are several pairs.
    pub ratio: Option<f64>,
    /// The number `rule` compares with.
    pub bar: f64,
    /// The comparison in words.
    pub rule: String,
    /// Whether it holds.
    pub holds: bool,
    /// Every single measurement, and what it was measured on.
    pub raw: serde_json::Value,
}

impl Row {
    /// A value with nothing below it.
    pub fn value(name: &str, value: f64, unit: &'static str, bar: Bar) -> Self {
        Self::new(name, value, unit, None, None, bar)
    }

    /// A value beside its floor. `ratio` is given, because the median of ratios
    /// is not the ratio of medians.
    pub fn pair(name: &str, value: f64, unit: &'static str, floor: f64, ratio: f64, bar: Bar) -> Self {
        Self::new(name, value, unit, Some(floor), Some(ratio), bar)
    }

    fn new(
        name: &str,
        value: f64,
        unit: &'static str,
        floor: Option<f64>,
        ratio: Option<f64>,
        bar: Bar,
    ) -> Self {
        let compared = ratio.unwrap_or(f64::NAN);
        let (number, rule, holds) = match bar {
            Bar::ValueBelow(bar) => (bar, format!("value below {bar} {unit}"), value < bar),
            Bar::RatioAtMost(bar) => (bar, format!("ratio at most {bar}"), compared <= bar),
            Bar::Told => (f64::NAN, "told".to_owned(), value.is_finite()),
            Bar::RatioAtLeast(bar) => (bar, format!("ratio at least {bar}"), compared >= bar),
        };
        let name = name.to_owned();
        Self { name, value, unit, floor, ratio, bar: number, rule, holds, raw: serde_json::Value::Null }
    }

    /// Keeps the single measurements.
    #[must_use]
    pub fn with_raw(mut self, raw: serde_json::Value) -> Self {
        self.raw = raw;
        self
    }
}

/// The rows as a table; `|` makes it Markdown as well.
pub fn table(rows: &[Row]) -> String {
    let head = ["name", "value", "unit", "floor", "ratio", "bar", "holds"].map(str::to_owned);
    let mut lines = vec![head];
    lines.extend(rows.iter().map(|row| {
        let holds = if row.holds { "yes" } else { "NO" };
        [
            row.name.clone(),
            number(row.value),
            row.unit.to_owned(),
            row.floor.map_or_else(|| "-".to_owned(), number),
            row.ratio.map_or_else(|| "-".to_owned(), |ratio| format!("{ratio:.3}")),
            row.rule.clone(),
            holds.to_owned(),
        ]
    }));
    let widths: Vec<usize> =
        (0..7).map(|c| lines.iter().map(|l| l[c].chars().count()).max().unwrap_or(0)).collect();
    let mut text = String::new();
    for (i, line) in lines.iter().enumerate() {
        let cells: Vec<_> = line.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        let _writing_to_a_string_cannot_fail = writeln!(text, "| {} |", cells.join(" | "));
        if i == 0 {
            let rule: Vec<_> = widths.iter().map(|width| "-".repeat(*width)).collect();
            let _writing_to_a_string_cannot_fail = writeln!(text, "| {} |", rule.join(" | "));
        }
    }
    text
}

fn number(value: f64) -> String {
    if value.abs() >= 100.0 { format!("{value:.1}") } else { format!("{value:.3}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_compared_with_what_it_is_about() {
        assert!(Row::pair("a", 110.0, "s", 100.0, 1.10, Bar::RatioAtMost(1.10)).holds);
        assert!(!Row::pair("a", 111.0, "s", 100.0, 1.11, Bar::RatioAtMost(1.10)).holds);
        assert!(Row::pair("a", 40.0, "/s", 100.0, 0.4, Bar::RatioAtLeast(0.4)).holds);
        assert!(!Row::value("a", 2.0, "s", Bar::ValueBelow(2.0)).holds);
        assert!(
            !Row::value("a", f64::NAN, "s", Bar::ValueBelow(2.0)).holds,
            "nothing measured holds nothing"
        );
    }

    #[test]
    fn the_json_has_the_fields_that_were_promised() {
        let row = Row::value("a", 1.0, "s", Bar::ValueBelow(2.0));
        let json = serde_json::to_value(row).expect("numbers and texts");
        for field in ["name", "value", "unit", "floor", "ratio", "bar", "holds"] {
            assert!(json.get(field).is_some(), "{field} is missing in {json}");
        }
    }

    #[test]
    fn a_table_has_a_line_for_every_row() {
        let text = table(&[Row::value("a", 1.0, "s", Bar::ValueBelow(2.0))]);
        assert_eq!(text.lines().count(), 3, "{text}");
        assert!(text.contains("value below 2 s"), "{text}");
    }
}
