//! Custom fields of people on pages: the inputs that ask for them, and values as they are read.

use std::collections::BTreeMap;

use app::{
    AppError,
    reading::{
        tx::{ReadTx, TenantRef},
        users::User,
    },
};
use domain::{
    custom::{Access, Definition, FieldKind, Form, Rules},
    field::{FieldError, Rule},
    id::{FieldId, UserId},
    limits,
    list::Column,
};
use web::speech::{self, say, say_with};

use crate::{
    context::Posted,
    forms::{Choice, given},
    lists::{Asked, Entry, More},
    query::Pairs,
    refusal::Refusal,
};

/// What the names of inputs begin with; errors name their field so, too.
pub const PREFIX: &str = "fields.";

/// Name of the boxes that empty what is asked for no more.
pub const EMPTIED: &str = "fields_emptied";

/// A field that is asked for.
pub struct Input {
    /// Name of the input.
    pub name: String,
    /// What its tenant calls it.
    pub label: String,
    /// What is taken, where that is not plain.
    pub hint: String,
    /// People need a value.
    pub needed: bool,
    /// Type of an input that is filled in.
    pub kind: &'static str,
    /// Which keys a telephone shows.
    pub keys: Option<&'static str>,
    /// The most characters.
    pub most: usize,
    /// One of some is chosen: codes and names.
    options: Option<Vec<(String, String)>>,
}

impl Input {
    fn of(field: &Definition) -> Self {
        Self {
            name: name_of(field),
            label: field.label.clone(),
            hint: hint(field),
            needed: field.required,
            kind: if field.kind == FieldKind::Date { "date" } else { "text" },
            keys: (field.kind == FieldKind::Number).then_some("decimal"),
            most: field.rules.max_chars.and_then(|max| max.try_into().ok()).unwrap_or(limits::FIELD_CHARS),
            options: options(field),
        }
    }

    /// Whether one of some is chosen.
    pub fn is_choice(&self) -> bool {
        self.options.is_some()
    }

    /// What there is to choose from, where `present` is chosen.
    pub fn choices(&self, present: &str) -> Vec<Choice> {
        let options = self.options.as_deref().unwrap_or_default();
        let choice = |code: &str, name: String| Choice { code: code.to_owned(), name, hint: String::new() };
        let mut all = Vec::with_capacity(options.len() + 2);
        // Nobody is to have the first one because a page was sent for something else.
        if !self.needed || present.is_empty() {
            all.push(choice("", say(if self.needed { "custom-choose" } else { "custom-none" })));
        }
        // What was offered once stays until something else is chosen.
        if !present.is_empty() && options.iter().all(|(code, _)| code != present) {
            all.push(choice(present, present.to_owned()));
        }
        all.extend(options.iter().map(|(code, name)| choice(code, name.clone())));
        all
    }
}

/// What holds for people of `tenant` and whoever reads may know of: what is hidden from people
/// is not for somebody without a role, who reads of the own account only.
pub async fn seen(tx: &mut ReadTx<'_>, tenant: &TenantRef) -> Result<Vec<Definition>, AppError> {
    let mut fields = tx.fields(tenant).await?;
    if tx.permit_people(tenant).is_err() {
        fields.retain(|field| field.person != Access::Hidden);
    }
    Ok(fields)
}

/// How the input of a field is named.
pub fn name_of(field: &Definition) -> String {
    format!("{PREFIX}{}", field.key)
}

/// What fields are called, under the names of their inputs.
pub fn labels<'d>(
    fields: impl IntoIterator<Item = &'d Definition>,
) -> impl Iterator<Item = (String, String)> {
    fields.into_iter().map(|field| (name_of(field), field.label.clone()))
}

/// What is asked for, as inputs.
pub fn inputs<'d>(fields: impl IntoIterator<Item = &'d Definition>) -> Vec<Input> {
    fields.into_iter().filter(|field| field.retired_at.is_none()).map(Input::of).collect()
}

/// The same, of somebody who is a part of what a form is about.
pub fn inputs_of<'d>(parent: &str, fields: impl IntoIterator<Item = &'d Definition>) -> Vec<Input> {
    let within = |input: Input| Input { name: format!("{parent}.{}", input.name), ..input };
    inputs(fields).into_iter().map(within).collect()
}

/// What the values of somebody fill into the inputs.
pub fn filled<'a>(fields: &'a [Definition], of: &'a User) -> impl Iterator<Item = (String, Option<&'a str>)> {
    fields.iter().map(|field| (name_of(field), of.fields.get(&field.id).map(String::as_str)))
}

/// The values somebody has, under the names of their fields.
pub fn facts<'a>(fields: impl IntoIterator<Item = &'a Definition>, of: &User) -> Vec<(String, String)> {
    let fact = |field: &Definition| Some((field.label.clone(), shown(field, of.fields.get(&field.id)?)));
    fields.into_iter().filter_map(fact).collect()
}

/// A value as it is read.
pub fn shown(field: &Definition, value: &str) -> String {
    match field.kind {
        FieldKind::Text | FieldKind::Choice => value.to_owned(),
        FieldKind::Number => speech::decimal(value),
        FieldKind::Date => day(value),
        FieldKind::YesNo => yes_no(value),
    }
}

fn day(value: &str) -> String {
    value.parse().map_or_else(|_| value.to_owned(), speech::day)
}

fn yes_no(value: &str) -> String {
    say(if value == "yes" { "custom-yes" } else { "custom-no" })
}

/// What there is to choose from, where one of some is chosen: codes and names.
fn options(of: &Definition) -> Option<Vec<(String, String)>> {
    match of.kind {
        FieldKind::Choice => Some(of.rules.choices.iter().map(|text| (text.clone(), text.clone())).collect()),
        FieldKind::YesNo => Some(["yes", "no"].map(|code| (code.to_owned(), yes_no(code))).into()),
        FieldKind::Text | FieldKind::Number | FieldKind::Date => None,
    }
}

/// What is asked for no more and somebody has a value of, to be ticked where that is to go.
pub fn left_over(fields: &[Definition], of: &User) -> Vec<Choice> {
    let choice = |field: &Definition| {
        let value = of.fields.get(&field.id)?;
        Some(Choice { code: field.key.clone(), name: field.label.clone(), hint: shown(field, value) })
    };
    fields.iter().filter(|field| field.retired_at.is_some()).filter_map(choice).collect()
}

/// Fields by which people can be listed.
fn listed(fields: &[Definition]) -> impl Iterator<Item = &Definition> {
    let kinds = [FieldKind::Choice, FieldKind::YesNo, FieldKind::Text];
    fields.iter().filter(move |field| field.retired_at.is_none() && kinds.contains(&field.kind))
}

/// The values people are to have, as the address of their list asks. What is asked for no more is
/// said: without that filter everybody would be shown.
pub fn wanted(fields: &[Definition], query: &Pairs) -> Result<Vec<(FieldId, String)>, AppError> {
    let known: Vec<_> = listed(fields).map(name_of).collect();
    let unknown =
        query.pairs().filter(|(name, _)| name.starts_with(PREFIX) && !known.iter().any(|k| k == name));
    let unknown = unknown.map(|(name, _)| {
        FieldError::new(name, Rule::Unknown).with("value", name).known(known.iter().map(String::as_str))
    });
    let (mut wanted, mut errors) = (Vec::new(), unknown.collect::<Vec<_>>());
    for field in listed(fields) {
        let name = name_of(field);
        let Some(text) = query.given(&name).and_then(given) else { continue };
        let form = Form::new(std::slice::from_ref(field));
        match form.wanted(&name, &format!("{}={text}", field.key)) {
            Ok(value) => wanted.push(value),
            // While somebody types a number of four digits it has three: nobody has that.
            Err(_) if field.kind == FieldKind::Text => wanted.push((field.id, text)),
            Err(error) => errors.push(error),
        }
    }
    if errors.is_empty() { Ok(wanted) } else { Err(AppError::Invalid(errors)) }
}

/// Filters by the values of people.
pub fn filters<C: Column>(fields: &[Definition], asked: &Asked<C>) -> More {
    let mut more = More::default();
    for field in listed(fields) {
        let (name, label) = (name_of(field), field.label.clone());
        match options(field) {
            Some(options) => {
                let any = say_with("custom-any", &[("field", label.as_str().into())]);
                more.picks.push(asked.pick_of(&name, label, any, options));
            }
            None => {
                let label = say_with("custom-whole", &[("field", label.into())]);
                let value = asked.query.text(&name);
                more.entries.push(Entry { name, label, value });
            }
        }
    }
    more
}

/// What is taken, in sentences.
fn hint(of: &Definition) -> String {
    let rules = &of.rules;
    let parts = match of.kind {
        FieldKind::Text => {
            let pattern = rules.pattern.as_deref();
            [length(rules), pattern.map(|pattern| say_with("custom-pattern", &[("pattern", pattern.into())]))]
        }
        FieldKind::Number => [Some(say("custom-number")), range(rules, speech::decimal)],
        FieldKind::Date => [range(rules, day), None],
        FieldKind::Choice | FieldKind::YesNo => [None, None],
    };
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

fn length(rules: &Rules) -> Option<String> {
    let max =
        rules.max_chars.map_or(limits::FIELD_CHARS, |max| max.try_into().unwrap_or(limits::FIELD_CHARS));
    match rules.min_chars {
        Some(min) if min > 1 => {
            Some(say_with("custom-chars", &[("min", i64::from(min).into()), ("max", max.into())]))
        }
        _ if max < limits::FIELD_CHARS => Some(say_with("custom-chars-most", &[("max", max.into())])),
        _ => None,
    }
}

fn range(rules: &Rules, shown: impl Fn(&str) -> String) -> Option<String> {
    match (rules.min.as_deref().map(&shown), rules.max.as_deref().map(&shown)) {
        (Some(min), Some(max)) => {
            Some(say_with("custom-between", &[("min", min.into()), ("max", max.into())]))
        }
        (Some(min), None) => Some(say_with("custom-least", &[("min", min.into())])),
        (None, Some(max)) => Some(say_with("custom-most", &[("max", max.into())])),
        (None, None) => None,
    }
}

/// What was typed, by key; nothing where an input was left empty.
fn typed(posted: &Posted, prefix: &str) -> BTreeMap<String, Option<String>> {
    let keys = posted.fields().iter().filter_map(|(name, _)| Some((name, name.strip_prefix(prefix)?)));
    keys.map(|(name, key)| (key.to_owned(), given(posted.field(name)))).collect()
}

/// What was typed of somebody new.
pub fn first(posted: &Posted) -> BTreeMap<String, String> {
    first_below(posted, PREFIX)
}

/// The same, of inputs that are named otherwise.
pub fn first_below(posted: &Posted, prefix: &str) -> BTreeMap<String, String> {
    typed(posted, prefix).into_iter().filter_map(|(key, text)| Some((key, text?))).collect()
}

/// What was typed otherwise than somebody has it: what is only sent back need not satisfy what
/// was asked for later, and who has no value of a required field can go without.
pub async fn changed(id: UserId, posted: &Posted) -> Result<BTreeMap<String, Option<String>>, Refusal> {
    let mut typed = typed(posted, PREFIX);
    typed.extend(posted.all(EMPTIED).map(|key| (key.to_owned(), None)));
    if typed.is_empty() {
        return Ok(typed);
    }
    let visit = &posted.visit;
    let caller = visit.person()?;
    let read = async {
        let mut tx = visit.surface.app.read(caller).await?;
        let user = tx.user(id).await?;
        let tenant = tx.tenant(user.tenant).await?;
        let fields = seen(&mut tx, &tenant).await?;
        tx.finish().await?;
        Ok::<_, AppError>((user, fields))
    };
    match read.await {
        Ok((user, fields)) => typed.retain(|key, text| {
            let field = fields.iter().find(|field| field.key == *key);
            let present = field.and_then(|field| user.fields.get(&field.id));
            present.map(String::as_str) != text.as_deref()
        }),
        // Whoever may not see somebody is refused, and noted, where they would be changed.
        Err(AppError::NotFound(_) | AppError::Forbidden(_)) => {}
        Err(error) => return Err(error.into()),
    }
    Ok(typed)
}
