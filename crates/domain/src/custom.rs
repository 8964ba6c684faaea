//! Custom fields: values of people that a tenant defined itself. A definition
//! holds for the people of the tenant and of all below it.

mod slot;
mod value;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

pub use self::{
    slot::{Slot, Slots},
    value::Reader,
};
use crate::{
    drift::codes,
    field::{Checker, FieldError, Rule},
    id::{FieldId, TenantId},
    limits, names,
};

codes! {
    /// What a field holds. Every value is kept as text of one form.
    FieldKind {
        /// One line of text.
        Text = "text",
        /// A number, with at most six digits after the point.
        Number = "number",
        /// A day.
        Date = "date",
        /// One of a list.
        Choice = "choice",
        /// Yes or no.
        YesNo = "yes_no",
    }
}

codes! {
    /// What a person may do with the own value. Administrators see and change all.
    Access {
        /// Nothing: the person does not see it.
        Hidden = "hidden",
        /// See it.
        Sees = "sees",
        /// See and change it.
        Edits = "edits",
    }
}

/// What a value has to satisfy; which of these there can be follows from the kind.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Rules {
    /// Characters at least (text).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_chars: Option<u32>,
    /// Characters at most (text).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_chars: Option<u32>,
    /// A regular expression for the whole value (text).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    /// The least value (numbers, days).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<String>,
    /// The greatest value (numbers, days).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<String>,
    /// What there is to choose from (choice).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<String>,
}

/// A field somebody wants to define, as typed.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    /// Unchangeable short name.
    pub key: String,
    /// Name as shown.
    pub label: String,
    /// Code of a [`FieldKind`].
    pub kind: String,
    /// Whether people need a value.
    pub required: bool,
    /// Code of an [`Access`]; hidden when absent.
    pub person: Option<String>,
    /// Whether a colleague like another gets the other's value.
    pub copied: bool,
    /// Code of the [`Slot`] the value is written to.
    pub attribute: Option<String>,
    /// What values have to satisfy.
    pub rules: Rules,
}

/// What can change of a field later; what is not named stays.
#[derive(Debug, Clone, Default)]
pub struct Patch {
    /// Name as shown.
    pub label: Option<String>,
    /// Whether people need a value.
    pub required: Option<bool>,
    /// Code of an [`Access`].
    pub person: Option<String>,
    /// Whether it is copied.
    pub copied: Option<bool>,
    /// All rules anew.
    pub rules: Option<Rules>,
    /// Whether it is asked for no more.
    pub retired: Option<bool>,
}

/// A field as its tenant defined it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    /// Its id, under which values are stored.
    pub id: FieldId,
    /// Who defined it.
    pub tenant: TenantId,
    /// Unchangeable short name; nothing above or below has it.
    pub key: String,
    /// Name as shown.
    pub label: String,
    /// What it holds.
    pub kind: FieldKind,
    /// Whether people need a value: asked when a person is created, and when the value changes.
    pub required: bool,
    /// What the person may do with it.
    pub person: Access,
    /// Whether a colleague like another gets the other's value.
    pub copied: bool,
    /// The attribute of the directory that shows it.
    pub slot: Option<Slot>,
    /// What values have to satisfy.
    pub rules: Rules,
    /// Since when it is asked for no more. Values stay, and so does what the directory shows.
    pub retired_at: Option<Timestamp>,
    /// Version, for `ETag`.
    pub version: i64,
}

/// A value of a person: which field, and what it holds; none when it should be empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value {
    /// The field.
    pub field: FieldId,
    /// Its key, for the log.
    pub key: String,
    /// The value.
    pub value: Option<String>,
}

/// The values somebody has, by field.
pub type Values = BTreeMap<FieldId, String>;

impl Draft {
    /// The definition this would be.
    pub fn check(&self, id: FieldId, tenant: TenantId) -> Result<Definition, Vec<FieldError>> {
        let mut c = Checker::default();
        let key = c.take(key("key", &self.key));
        let label = c.take(names::display_name("label", &self.label));
        let kind = c.take(coded("kind", &self.kind, FieldKind::from_code, FieldKind::ALL, FieldKind::code));
        let person = match self.person.as_deref() {
            None => Some(Access::Hidden),
            Some(text) => c.take(coded("person", text, Access::from_code, Access::ALL, Access::code)),
        };
        let slot = self
            .attribute
            .as_deref()
            .map(|text| c.take(coded("attribute", text, Slot::from_code, Slot::ALL, Slot::code)));
        let slot = match slot {
            None => Some(None),
            Some(found) => found.map(Some),
        };
        let rules = kind.zip(slot).and_then(|(kind, slot)| c.take_all("rules", self.rules.check(kind, slot)));
        let definition = (|| {
            Some(Definition {
                id,
                tenant,
                key: key?,
                label: label?,
                kind: kind?,
                required: self.required,
                person: person?,
                copied: self.copied,
                slot: slot?,
                rules: rules?,
                retired_at: None,
                version: 1,
            })
        })();
        c.finish(definition)
    }
}

impl Definition {
    /// As it is with changes; values people have are not looked at.
    pub fn changed(&self, patch: &Patch, at: Timestamp) -> Result<Self, Vec<FieldError>> {
        let mut c = Checker::default();
        let mut changed = self.clone();
        if let Some(label) = patch.label.as_deref().and_then(|l| c.take(names::display_name("label", l))) {
            changed.label = label;
        }
        let person = patch.person.as_deref();
        let person = person.map(|p| coded("person", p, Access::from_code, Access::ALL, Access::code));
        if let Some(person) = person.and_then(|person| c.take(person)) {
            changed.person = person;
        }
        if let Some(rules) = &patch.rules
            && let Some(rules) = c.take_all("rules", rules.check(self.kind, self.slot))
        {
            changed.rules = rules;
        }
        changed.required = patch.required.unwrap_or(self.required);
        changed.copied = patch.copied.unwrap_or(self.copied);
        changed.retired_at = match patch.retired {
            None => self.retired_at,
            Some(false) => None,
            Some(true) => Some(self.retired_at.unwrap_or(at)),
        };
        c.finish(Some(changed))
    }
}

/// A key: what stands in files, calls and columns.
fn key(field: &str, text: &str) -> Result<String, FieldError> {
    let (min, max) = (*limits::FIELD_KEY_CHARS.start(), *limits::FIELD_KEY_CHARS.end());
    match text.chars().take(max + 1).count() {
        0 => return Err(FieldError::new(field, Rule::Required)),
        n if n < min => return Err(FieldError::new(field, Rule::TooShort).with("min", min)),
        n if n > max => return Err(FieldError::new(field, Rule::TooLong).with("max", max)),
        _ => {}
    }
    let word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if let Some(bad) = text.chars().find(|c| !word(*c)) {
        return Err(FieldError::new(field, Rule::ForbiddenCharacter).with("character", bad));
    }
    if !text.starts_with(|c: char| c.is_ascii_lowercase()) {
        let form = "a small letter first, then small letters, digits and _";
        return Err(FieldError::new(field, Rule::Format).with("expected", form));
    }
    Ok(text.to_owned())
}

/// One of a closed list of codes.
fn coded<T: Copy>(
    field: &str,
    text: &str,
    from: impl Fn(&str) -> Option<T>,
    all: &[T],
    code: impl Fn(T) -> &'static str,
) -> Result<T, FieldError> {
    let text = text.trim();
    let unknown = || {
        let known = all.iter().map(|one| code(*one)).collect::<Vec<_>>().join(", ");
        let rule = if text.is_empty() { Rule::Required } else { Rule::Unknown };
        FieldError::new(field, rule).with("value", text).with("known", known)
    };
    from(text).ok_or_else(unknown)
}

/// What holds for people of the tenant at the end of `path`, from the top down.
///
/// Where a tenant moved below another that defined the same key or attribute, the
/// definition nearest to the people holds, and what is in use goes before what is retired.
#[must_use]
pub fn effective(mut all: Vec<Definition>, path: &[TenantId]) -> Vec<Definition> {
    let place = |of: &Definition| path.iter().position(|tenant| *tenant == of.tenant);
    all.retain(|definition| place(definition).is_some());
    all.sort_by_key(|d| (d.retired_at.is_some(), std::cmp::Reverse(place(d)), d.id));
    let (mut keys, mut slots) = (BTreeSet::new(), BTreeSet::new());
    all.retain(|definition| keys.insert(definition.key.clone()));
    for definition in &mut all {
        definition.slot = definition.slot.filter(|slot| slots.insert(*slot));
    }
    all.sort_by_key(|d| (place(d), d.id));
    all
}

/// Who gives values, and on what occasion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Giver {
    /// An administrator, of somebody who is only being created.
    Creator,
    /// An administrator, later.
    Administrator,
    /// The person.
    Person,
}

/// Definitions made ready to read many people's values.
#[derive(Debug)]
pub struct Form<'d> {
    readers: Vec<(&'d Definition, Reader<'d>)>,
}

impl<'d> Form<'d> {
    /// For what holds for some people.
    #[must_use]
    pub fn new(definitions: &'d [Definition]) -> Self {
        Self { readers: definitions.iter().map(|d| (d, Reader::new(d))).collect() }
    }

    /// Reads values by key, `None` for those to be emptied; names everything that is
    /// wrong, each below `fields`.
    pub fn read<'a>(
        &self,
        giver: Giver,
        given: impl IntoIterator<Item = (&'a str, Option<&'a str>)>,
    ) -> Result<Vec<Value>, Vec<FieldError>> {
        let (mut values, mut errors) = (Vec::new(), Vec::new());
        for (key, text) in given {
            match self.one(giver, key, text) {
                Ok(value) => values.push(value),
                Err(error) => errors.push(error.under("fields")),
            }
        }
        let missing = |d: &&Definition| {
            d.required && d.retired_at.is_none() && !values.iter().any(|value| value.field == d.id)
        };
        if giver == Giver::Creator {
            let asked = self.readers.iter().map(|(definition, _)| *definition).filter(missing);
            let named: BTreeSet<_> = errors.iter().map(|error| error.field.clone()).collect();
            let place = |d: &Definition| format!("fields.{}", d.key);
            let asked = asked.filter(|d| !named.contains(&place(d)));
            errors.extend(asked.map(|d| FieldError::new(place(d), Rule::Required)));
        }
        if errors.is_empty() { Ok(values) } else { Err(errors) }
    }

    fn one(&self, giver: Giver, key: &str, text: Option<&str>) -> Result<Value, FieldError> {
        let usable = |d: &Definition| {
            // What is asked for no more can be emptied, and not set.
            let open = d.retired_at.is_none() || text.is_none() && giver == Giver::Administrator;
            open && (giver != Giver::Person || d.person != Access::Hidden)
        };
        let Some((definition, reader)) = self.readers.iter().find(|(d, _)| d.key == key && usable(d)) else {
            let known = self.readers.iter().filter(|(d, _)| d.retired_at.is_none() && usable(d));
            let known = known.map(|(d, _)| d.key.as_str()).collect::<Vec<_>>().join(", ");
            return Err(FieldError::new(key, Rule::Unknown).with("value", key).with("known", known));
        };
        if giver == Giver::Person && definition.person != Access::Edits {
            return Err(FieldError::new(key, Rule::AdministratorsOnly));
        }
        let value = text.map_or(Ok(None), |text| reader.read(key, text))?;
        if value.is_none() && definition.required && definition.retired_at.is_none() {
            return Err(FieldError::new(key, Rule::Required));
        }
        Ok(Value { field: definition.id, key: definition.key.clone(), value })
    }

    /// The field of this key with the value to look for, for lists.
    pub fn wanted(&self, field: &str, text: &str) -> Result<(FieldId, String), FieldError> {
        let form = || FieldError::new(field, Rule::Format).with("expected", "key=value, as cost_centre=4711");
        let (key, text) = text.split_once('=').ok_or_else(form)?;
        let known = || self.readers.iter().map(|(d, _)| d.key.as_str()).collect::<Vec<_>>().join(", ");
        let (definition, reader) =
            self.readers.iter().find(|(d, _)| d.key == key).ok_or_else(|| {
                FieldError::new(field, Rule::Unknown).with("value", key).with("known", known())
            })?;
        let value = reader.read(field, text)?;
        Ok((definition.id, value.ok_or_else(form)?))
    }
}

/// What the directory should show, from what it should show so far and the values of
/// the person. An attribute is ours from the first value on: what was in it before
/// stays until then, and what no definition writes any more is left as it is.
#[must_use]
pub fn slots(definitions: &[Definition], values: &Values, before: &Slots) -> Slots {
    let mut slots = before.clone();
    for definition in definitions {
        let Some(slot) = definition.slot else { continue };
        match values.get(&definition.id) {
            Some(value) => drop(slots.insert(slot, Some(value.clone()))),
            None => {
                if let Some(shown) = slots.get_mut(&slot) {
                    *shown = None;
                }
            }
        }
    }
    slots
}

#[cfg(test)]
mod tests;
