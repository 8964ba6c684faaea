//! Reading values, and the rules for them.

use jiff::civil::Date;
use regex::{Regex, RegexBuilder};

use super::{Definition, FieldKind, Rules, Slot};
use crate::{
    field::{Checker, FieldError, Rule},
    limits, names,
};

/// Digits before and after the point of a number: what every spreadsheet keeps exactly.
const DIGITS: (usize, usize) = (15, 6);
/// What 1 is, so that numbers can be compared exactly.
const ONE: i64 = 1_000_000;

/// A definition made ready to read values.
#[derive(Debug)]
pub struct Reader<'d> {
    definition: &'d Definition,
    pattern: Option<Regex>,
}

impl<'d> Reader<'d> {
    /// For values of this field.
    #[must_use]
    pub fn new(definition: &'d Definition) -> Self {
        // It was compiled when it was defined.
        let pattern = definition.rules.pattern.as_deref().and_then(|p| compile("pattern", p).ok());
        Self { definition, pattern }
    }

    /// The value in the form in which it is kept; nothing and blanks mean "no value".
    pub fn read(&self, field: &str, text: &str) -> Result<Option<String>, FieldError> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(None);
        }
        let rules = &self.definition.rules;
        let value = match self.definition.kind {
            FieldKind::Text => self.text(field, text)?,
            FieldKind::Number => {
                let (value, size) = number(field, text)?;
                within(field, size, rules, |text| number("", text).map(|(_, size)| size).ok())?;
                value
            }
            FieldKind::Date => {
                let day = date(field, text)?;
                within(field, day, rules, |text| date("", text).ok())?;
                day.to_string()
            }
            FieldKind::Choice => {
                let value = names::line(field, text, limits::FIELD_CHARS)?;
                if !rules.choices.contains(&value) {
                    let error = FieldError::new(field, Rule::Unknown).with("value", value);
                    return Err(error.with("known", rules.choices.join(", ")));
                }
                value
            }
            FieldKind::YesNo => match text.to_ascii_lowercase().as_str() {
                "yes" | "true" => "yes".to_owned(),
                "no" | "false" => "no".to_owned(),
                _ => return Err(FieldError::new(field, Rule::Format).with("expected", "yes or no")),
            },
        };
        Ok(Some(value))
    }

    fn text(&self, field: &str, text: &str) -> Result<String, FieldError> {
        let rules = &self.definition.rules;
        let max = rules.max_chars.map_or(limits::FIELD_CHARS, |max| usize::try_from(max).unwrap_or(0));
        let value = names::line(field, text, max)?;
        let chars = u32::try_from(value.chars().count()).unwrap_or(u32::MAX);
        if let Some(min) = rules.min_chars.filter(|min| chars < *min) {
            return Err(FieldError::new(field, Rule::TooShort).with("min", min));
        }
        match (&self.pattern, &rules.pattern) {
            (Some(pattern), Some(shown)) if !pattern.is_match(&value) => {
                let expected = format!("a value of the form, as {shown}");
                Err(FieldError::new(field, Rule::Format).with("expected", expected))
            }
            _ => Ok(value),
        }
    }
}

impl Rules {
    /// The rules in the form in which they are kept, for values of this kind.
    pub(super) fn check(&self, kind: FieldKind, slot: Option<Slot>) -> Result<Self, Vec<FieldError>> {
        let mut c = Checker::default();
        self.refuse_others(kind, &mut c);
        let rules = match kind {
            FieldKind::Text => self.text(slot, &mut c),
            FieldKind::Number => self.range(&mut c, number),
            FieldKind::Date => {
                self.range(&mut c, |field, text| date(field, text).map(|day| (day.to_string(), day)))
            }
            FieldKind::Choice => self.choice(slot, &mut c),
            FieldKind::YesNo => Self::default(),
        };
        c.finish(Some(rules))
    }

    fn refuse_others(&self, kind: FieldKind, c: &mut Checker) {
        let (text, range) = (kind == FieldKind::Text, matches!(kind, FieldKind::Number | FieldKind::Date));
        let given = [
            ("min_chars", self.min_chars.is_some(), text),
            ("max_chars", self.max_chars.is_some(), text),
            ("pattern", self.pattern.is_some(), text),
            ("min", self.min.is_some(), range),
            ("max", self.max.is_some(), range),
            ("choices", !self.choices.is_empty(), kind == FieldKind::Choice),
        ];
        for (field, _, _) in given.into_iter().filter(|(_, given, fits)| *given && !fits) {
            c.note(FieldError::new(field, Rule::OutOfRange));
        }
    }

    fn text(&self, slot: Option<Slot>, c: &mut Checker) -> Self {
        let most = u32::try_from(limits::FIELD_CHARS).unwrap_or(u32::MAX);
        let most = slot.map_or(most, |slot| slot.max_chars().min(most));
        let max_chars = self.max_chars.unwrap_or(most);
        let mut range = |field, value, min: u32, max: u32| {
            if !(min..=max).contains(&value) {
                c.note(FieldError::new(field, Rule::OutOfRange).with("min", min).with("max", max));
            }
        };
        range("max_chars", max_chars, 1, most);
        if let Some(min) = self.min_chars {
            range("min_chars", min, 1, max_chars.clamp(1, most));
        }
        if let Some(pattern) = &self.pattern {
            c.take(compile("pattern", pattern));
        }
        let (min_chars, pattern) = (self.min_chars, self.pattern.clone());
        Self { min_chars, max_chars: Some(max_chars), pattern, ..Self::default() }
    }

    fn range<T: PartialOrd>(
        &self,
        c: &mut Checker,
        read: impl Fn(&str, &str) -> Result<(String, T), FieldError>,
    ) -> Self {
        let mut one =
            |field, text: &Option<String>| text.as_deref().and_then(|text| c.take(read(field, text.trim())));
        let (min, max) = (one("min", &self.min), one("max", &self.max));
        if let (Some((shown, min)), Some((_, max))) = (&min, &max)
            && min > max
        {
            c.note(FieldError::new("max", Rule::OutOfRange).with("min", shown));
        }
        let shown = |of: Option<(String, T)>| of.map(|(shown, _)| shown);
        Self { min: shown(min), max: shown(max), ..Self::default() }
    }

    fn choice(&self, slot: Option<Slot>, c: &mut Checker) -> Self {
        let most = slot.map_or(u32::MAX, Slot::max_chars);
        let max = limits::FIELD_CHARS.min(usize::try_from(most).unwrap_or(usize::MAX));
        if self.choices.is_empty() {
            c.note(FieldError::new("choices", Rule::Required));
        }
        if self.choices.len() > limits::CHOICES_OF_FIELD {
            c.note(FieldError::new("choices", Rule::TooMany).with("max", limits::CHOICES_OF_FIELD));
        }
        let mut choices = Vec::new();
        for (i, text) in self.choices.iter().take(limits::CHOICES_OF_FIELD).enumerate() {
            let field = format!("choices[{i}]");
            match c.take(names::line(&field, text, max)) {
                Some(value) if choices.contains(&value) => {
                    c.note(FieldError::new(field, Rule::Duplicate).with("value", value));
                }
                Some(value) => choices.push(value),
                None => {}
            }
        }
        Self { choices, ..Self::default() }
    }
}

/// An expression for the whole value. Matching takes time in proportion to the
/// value, whatever the expression; its own size has a bound.
fn compile(field: &str, pattern: &str) -> Result<Regex, FieldError> {
    if pattern.trim().is_empty() {
        return Err(FieldError::new(field, Rule::Required));
    }
    if pattern.chars().count() > limits::FIELD_PATTERN_CHARS {
        return Err(FieldError::new(field, Rule::TooLong).with("max", limits::FIELD_PATTERN_CHARS));
    }
    let whole = format!(r"\A(?:{pattern})\z");
    let built = RegexBuilder::new(&whole).size_limit(limits::FIELD_PATTERN_BYTES).build();
    // A bracket of the pattern's own could close ours.
    let alone = RegexBuilder::new(pattern).size_limit(limits::FIELD_PATTERN_BYTES).build();
    let form = "a regular expression, as [A-Z]{2}[0-9]{4}";
    alone.and(built).map_err(|_| FieldError::new(field, Rule::Format).with("expected", form))
}

/// A number in its shortest form, and its millionths.
fn number(field: &str, text: &str) -> Result<(String, i128), FieldError> {
    let form = || FieldError::new(field, Rule::Format).with("expected", "a number, as 12.5");
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    let plain = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !plain(whole) || !plain(part) {
        return Err(form());
    }
    let (whole, part) = (whole.trim_start_matches('0'), part.trim_end_matches('0'));
    if whole.len() > DIGITS.0 || part.len() > DIGITS.1 {
        let expected = "a number with at most 15 digits before and 6 after the point";
        return Err(FieldError::new(field, Rule::Format).with("expected", expected));
    }
    let read = |text: &str| if text.is_empty() { Ok(0_i128) } else { text.parse().map_err(|_| form()) };
    let millionths = sign * (read(whole)? * i128::from(ONE) + read(&format!("{part:0<6}"))?);
    let sign = if millionths < 0 { "-" } else { "" };
    let whole = if whole.is_empty() { "0" } else { whole };
    let value = if part.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{part}") };
    Ok((value, millionths))
}

fn date(field: &str, text: &str) -> Result<Date, FieldError> {
    let form = || FieldError::new(field, Rule::Format).with("expected", "a day, as 2026-03-01");
    let day: Date = text.parse().map_err(|_| form()).and_then(|day: Date| {
        // Other forms of ISO 8601 are read, too.
        (day.to_string() == text).then_some(day).ok_or_else(form)
    })?;
    let years = limits::CONTRACT_YEARS;
    if !years.contains(&day.year()) {
        let error = FieldError::new(field, Rule::OutOfRange).with("min", format!("{}-01-01", years.start()));
        return Err(error.with("max", format!("{}-12-31", years.end())));
    }
    Ok(day)
}

/// Whether a value is between what the rules say.
fn within<T: PartialOrd>(
    field: &str,
    value: T,
    rules: &Rules,
    read: impl Fn(&str) -> Option<T>,
) -> Result<(), FieldError> {
    let bound = |of: &Option<String>| of.as_deref().and_then(&read);
    let below = bound(&rules.min).is_some_and(|min| value < min);
    if !below && bound(&rules.max).is_none_or(|max| value <= max) {
        return Ok(());
    }
    let mut error = FieldError::new(field, Rule::OutOfRange);
    for (key, bound) in [("min", &rules.min), ("max", &rules.max)] {
        if let Some(bound) = bound {
            error = error.with(key, bound);
        }
    }
    Err(error)
}
