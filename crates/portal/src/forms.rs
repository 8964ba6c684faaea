//! Forms: what was typed, and what is wrong with it.

use app::{AppError, error::Conflict};
use domain::field::FieldError;
use web::{
    speech::{self, say},
    texts,
};

use crate::{context::Posted, query::encoded, refusal::Refusal};

/// A choice of a form.
pub struct Choice {
    /// What is sent.
    pub code: String,
    /// What is read.
    pub name: String,
    /// What tells it from others of the name.
    pub hint: String,
}

/// A form that is shown: empty, as something is, or as it was sent.
#[derive(Debug, Default, Clone)]
pub struct Form {
    values: Vec<(String, String)>,
    errors: Vec<(String, String)>,
    /// What fields are called that somebody defined.
    labels: Vec<(String, String)>,
    /// Where a field that was left is looked at.
    check: Option<&'static str>,
    /// What the ids of its fields begin with, where a page has several forms with the same fields.
    within: String,
    /// Somebody else changed it meanwhile.
    stale: bool,
}

impl Form {
    /// With the values of something that is there.
    pub fn of<'a>(values: impl IntoIterator<Item = (&'a str, Option<&'a str>)>) -> Self {
        let values =
            values.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned())));
        Self { values: values.collect(), ..Self::default() }
    }

    /// As it was sent, with what is wrong; anything but wrong values is a page of its own.
    pub fn again(posted: &Posted, error: AppError) -> Result<Self, Refusal> {
        Self::again_with(posted, error, |_| None)
    }

    /// As [`Form::again`], where some contradictions are those of a field.
    pub fn again_with(
        posted: &Posted,
        error: AppError,
        at: impl Fn(Conflict) -> Option<&'static str>,
    ) -> Result<Self, Refusal> {
        let sent = Self::sent(posted);
        match &error {
            AppError::Invalid(errors) => return Ok(sent.wrong_with(errors)),
            // What was typed stays, and the page has the version of now: to save again is to mean it.
            AppError::Conflict(Conflict::Stale { .. }) => return Ok(Self { stale: true, ..sent }),
            AppError::Conflict(conflict) => {
                if let Some(field) = at(*conflict) {
                    return Ok(sent.with_error(field, &texts::conflict(*conflict).detail));
                }
            }
            _ => {}
        }
        Err(error.into())
    }

    /// With what is wrong with it.
    pub fn wrong_with(mut self, errors: &[FieldError]) -> Self {
        self.errors = errors.iter().map(|e| (place(e), texts::field_error(e))).collect();
        self
    }

    /// As it was sent.
    pub fn sent(posted: &Posted) -> Self {
        Self { values: posted.fields().to_vec(), ..Self::default() }
    }

    /// Everything that is wrong with one field.
    pub fn all(&self, name: &str) -> Vec<&str> {
        self.errors.iter().filter(|(n, _)| n == name).map(|(_, text)| text.as_str()).collect()
    }

    /// With every field looked at when it is left, by asking at `address`.
    pub fn checked_at(mut self, address: &'static str) -> Self {
        self.check = Some(address);
        self
    }

    /// Where a field is looked at when it is left.
    pub fn check_of(&self, name: &str) -> Option<String> {
        self.check.map(|address| format!("{address}?field={}", encoded(name)))
    }

    /// As one of several forms of a page that have the same fields.
    pub fn within(mut self, prefix: &str) -> Self {
        prefix.clone_into(&mut self.within);
        self
    }

    /// Whether somebody else changed meanwhile what was to be changed.
    pub fn is_stale(&self) -> bool {
        self.stale
    }

    /// What the id of a field ends with.
    pub fn id(&self, name: &str) -> String {
        format!("{}{name}", self.within)
    }

    /// With something in a field that was left empty.
    pub fn filled(mut self, name: &str, value: &str) -> Self {
        if self.value(name).is_empty() {
            self.values.retain(|(n, _)| n != name);
            self.values.push((name.to_owned(), value.to_owned()));
        }
        self
    }

    /// With what fields are called that somebody defined.
    pub fn named(mut self, labels: impl IntoIterator<Item = (String, String)>) -> Self {
        self.labels.extend(labels);
        self
    }

    /// With something in a field that was not asked for so far.
    pub fn begun(mut self, name: &str, value: Option<&str>) -> Self {
        if let Some(value) = value.filter(|_| self.given(name).is_none()) {
            self.values.push((name.to_owned(), value.to_owned()));
        }
        self
    }

    /// With something wrong with a field.
    pub fn with_error(mut self, name: &str, text: &str) -> Self {
        self.errors.push((name.to_owned(), text.to_owned()));
        self
    }

    /// With this said of what is wrong with a field.
    pub fn instead(mut self, name: &str, text: &str) -> Self {
        for (_, said) in self.errors.iter_mut().filter(|(place, _)| place == name) {
            text.clone_into(said);
        }
        self
    }

    /// With what is wrong with a field named otherwise.
    pub fn renamed(mut self, from: &str, to: &str) -> Self {
        for (place, _) in self.errors.iter_mut().filter(|(place, _)| place == from) {
            to.clone_into(place);
        }
        self
    }

    /// With everything that is wrong at one field: the form has no other.
    pub fn all_at(mut self, name: &str) -> Self {
        for (place, _) in &mut self.errors {
            name.clone_into(place);
        }
        self
    }

    /// With everything that is wrong with fields that begin so at one field.
    pub fn gathered(mut self, prefix: &str, name: &str) -> Self {
        for (place, _) in self.errors.iter_mut().filter(|(place, _)| place.starts_with(prefix)) {
            name.clone_into(place);
        }
        self
    }

    /// With everything that is wrong below `parent`, as the fields of this form are named.
    pub fn below(mut self, parent: &str) -> Self {
        for (place, _) in &mut self.errors {
            *place = format!("{parent}.{place}");
        }
        self
    }

    /// How a value looks of a field whose form nobody guesses.
    #[expect(clippy::unused_self, reason = "called by the template")]
    pub fn example(&self, name: &str) -> Option<&'static str> {
        match name {
            "details.expires_at" => Some("2026-12-31T18:00:00+01:00"),
            "details.logon_hours" => Some("Mon-Fri 07:00-18:00; Sat 08:00-12:00"),
            "details.country" => Some("DK"),
            _ => None,
        }
    }

    /// What stands in a field.
    pub fn value(&self, name: &str) -> &str {
        self.values.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value.as_str())
    }

    /// With these choices of several taken.
    pub fn ticked(mut self, name: &str, choices: &[&str]) -> Self {
        self.values.extend(choices.iter().map(|choice| (name.to_owned(), (*choice).to_owned())));
        self
    }

    /// What was typed, also when it is nothing; none in a form that nobody sent.
    pub fn given(&self, name: &str) -> Option<&str> {
        self.values.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// Whether a box is ticked or a choice of several is taken.
    pub fn holds(&self, name: &str, value: &str) -> bool {
        self.values.iter().any(|(n, v)| n == name && v == value)
    }

    /// What is wrong with a field.
    pub fn error(&self, name: &str) -> Option<&str> {
        self.errors.iter().find(|(n, _)| n == name).map(|(_, text)| text.as_str())
    }

    /// Everything that is wrong: name, label and sentence of each field.
    pub fn wrong(&self) -> Vec<(&str, String, &str)> {
        let called = |name: &String| {
            let own = self.labels.iter().find(|(named, _)| named == name);
            own.map_or_else(|| label(name), |(_, label)| label.clone())
        };
        self.errors.iter().map(|(name, text)| (name.as_str(), called(name), text.as_str())).collect()
    }
}

/// The field of the form an error is about: `users[0].surname` stands in `surname` of a
/// form for one person, and `plans[2]` in `plans`.
pub fn place(error: &FieldError) -> String {
    let name = error.field.strip_prefix("users[0].").unwrap_or(&error.field);
    name.split('[').next().unwrap_or(name).to_owned()
}

/// What a field is called: `customer.name` as a customer's `name`. What somebody named
/// themselves, as a property, goes by that name.
pub fn label(name: &str) -> String {
    let id = format!("field-{}", name.replace('.', "-"));
    if speech::has(&id) { say(&id) } else { name.rsplit('.').next().unwrap_or(name).to_owned() }
}

/// A value somebody may leave out.
pub fn given(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}
