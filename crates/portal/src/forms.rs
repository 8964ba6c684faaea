//! Forms: what was typed, and what is wrong with it.

use app::AppError;
use domain::field::FieldError;
use web::{
    speech::{self, say},
    texts,
};

use crate::{context::Posted, refusal::Refusal};

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
}

impl Form {
    /// With the values of something that is there.
    pub fn of<'a>(values: impl IntoIterator<Item = (&'a str, Option<&'a str>)>) -> Self {
        let values =
            values.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned())));
        Self { values: values.collect(), errors: Vec::new() }
    }

    /// As it was sent, with what is wrong; anything but wrong values is a page of its own.
    pub fn again(posted: &Posted, error: AppError) -> Result<Self, Refusal> {
        let AppError::Invalid(errors) = error else { return Err(error.into()) };
        Ok(Self { values: posted.fields().to_vec(), errors: Vec::new() }.wrong_with(&errors))
    }

    /// With what is wrong with it.
    pub fn wrong_with(mut self, errors: &[FieldError]) -> Self {
        self.errors = errors.iter().map(|e| (place(e), texts::field_error(e))).collect();
        self
    }

    /// As it was sent.
    pub fn sent(posted: &Posted) -> Self {
        Self { values: posted.fields().to_vec(), errors: Vec::new() }
    }

    /// With one more thing that is wrong.
    pub fn and(mut self, name: &str, wrong: String) -> Self {
        self.errors.push((name.to_owned(), wrong));
        self
    }

    /// Everything that is wrong with one field.
    pub fn all(&self, name: &str) -> Vec<&str> {
        self.errors.iter().filter(|(n, _)| n == name).map(|(_, text)| text.as_str()).collect()
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
        self.errors.iter().map(|(name, text)| (name.as_str(), label(name), text.as_str())).collect()
    }
}

/// The field of the form an error is about: `users[0].surname` stands in `surname` of a
/// form for one person, and `plans[2]` in `plans`.
fn place(error: &FieldError) -> String {
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
