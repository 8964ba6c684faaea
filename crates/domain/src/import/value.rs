//! Values as they are kept, read from the cells of a row.

use std::collections::BTreeMap;

use super::{
    Column, Profile,
    cell::{self, When},
    country,
    row::{Reader, Value},
};
use crate::{
    custom::{FieldKind, Giver},
    field::{FieldError, Rule},
    limits, names,
    person::Detail,
};

/// Characters of an entry of a list: a name or a distinguished name.
const ENTRY_CHARS: usize = 256;

/// The values of a row while it is read.
#[derive(Debug, Default)]
pub(super) struct Values {
    pub(super) said: BTreeMap<String, Value>,
    /// Which column said each.
    from: BTreeMap<String, usize>,
    /// Both halves of a principal name.
    nickname: Option<(usize, String)>,
    domain: Option<(usize, String)>,
}

/// The halves of a principal name, until both are there.
const NICKNAME: &str = "mail_nickname";
const DOMAIN: &str = "mail_domain";

impl Values {
    /// Notes a value; two columns can only say the same. Lists of several columns are one.
    pub(super) fn put(
        &mut self,
        reader: &Reader<'_>,
        i: usize,
        code: String,
        value: Value,
    ) -> Result<(), FieldError> {
        if let (NICKNAME | DOMAIN, Value::Text(text)) = (code.as_str(), &value) {
            let half = if code == NICKNAME { &mut self.nickname } else { &mut self.domain };
            *half = Some((i, text.clone()));
            return Ok(());
        }
        match (self.said.get_mut(&code), value) {
            (Some(Value::List(entries)), Value::List(more)) => {
                let fresh: Vec<_> = more.into_iter().filter(|entry| !entries.contains(entry)).collect();
                // Checked before, or hundreds of columns would make a list in which every entry is looked for.
                most(&code, entries.len() + fresh.len())?;
                entries.extend(fresh);
                return Ok(());
            }
            (Some(Value::Empty) | None, value) => {
                self.said.insert(code.clone(), value);
            }
            (Some(present), value) if *present == value => {}
            (Some(_), _) => {
                let other = self.from.get(&code).map(|other| reader.mapping.heading(*other));
                let error = FieldError::new(code, Rule::Duplicate);
                return Err(error.with("other", other.unwrap_or_default()));
            }
        }
        self.from.insert(code, i);
        Ok(())
    }

    /// Notes that something is to be empty, unless another column says what it is.
    pub(super) fn empty(&mut self, code: String) {
        self.said.entry(code).or_insert(Value::Empty);
    }

    /// What can only be said when all cells were read; errors come with their column.
    pub(super) fn finish(&mut self, reader: &Reader<'_>) -> Vec<(usize, FieldError)> {
        let mut errors = Vec::new();
        match (self.nickname.take(), self.domain.take()) {
            (Some((i, nickname)), Some((_, domain))) => {
                let name = format!("{nickname}@{}", domain.trim_start_matches('@'));
                match names::principal_name("principal_name", &name) {
                    Ok(name) => {
                        let put = self.put(reader, i, "principal_name".to_owned(), Value::Text(name));
                        errors.extend(put.err().map(|error| (i, error)));
                    }
                    Err(error) => errors.push((i, error.with("value", name))),
                }
            }
            (Some((i, nickname)), None) => {
                let error = FieldError::new("principal_name", Rule::Required).with("value", nickname);
                errors.push((
                    i,
                    error.with("expected", "both columns of a login, that before the @ and the domain"),
                ));
            }
            (None, _) => {}
        }
        self.primary_is_no_alias(reader.mapping.whole);
        errors
    }

    /// The first address stands among the further ones where mail servers list them.
    fn primary_is_no_alias(&mut self, whole: bool) {
        let Some(Value::Text(mail)) = self.said.get("mail") else { return };
        let mail = mail.to_lowercase();
        if let Some(Value::List(entries)) = self.said.get_mut("aliases") {
            entries.retain(|entry| *entry != mail);
            match (entries.is_empty(), whole) {
                (true, true) => drop(self.said.insert("aliases".to_owned(), Value::Empty)),
                (true, false) => drop(self.said.remove("aliases")),
                (false, _) => {}
            }
        }
    }
}

/// Values with their codes: one cell may say several things, or none.
type Said = Vec<(String, Value)>;

impl Reader<'_> {
    /// What a cell with something in it says.
    pub(super) fn value(
        &self,
        i: usize,
        column: &Column,
        text: &str,
        warnings: &mut Vec<FieldError>,
    ) -> Result<Said, FieldError> {
        let code = column.code();
        let text = match column {
            column if column.has_first() => self.first(&code, text, warnings),
            Column::Detail(Detail::Street) => cell::one_line(text, ", "),
            _ if column.is_list() => text.to_owned(),
            _ => cell::one_line(text, " "),
        };
        let text = text.as_str();
        let one = |code: &str, value: Option<String>| {
            value.map(|value| (code.to_owned(), Value::Text(value))).into_iter().collect::<Said>()
        };
        let line = |max| names::optional_line(&code, Some(text), max).map(|value| one(&code, value));
        match column {
            Column::PrincipalName => names::principal_name(&code, text).map(|name| one(&code, Some(name))),
            Column::UserName => self.user_name(text).map(|(code, name)| one(code, Some(name))),
            Column::LogonName => names::logon_name(&code, alone(text)).map(|name| one(&code, Some(name))),
            Column::MailNickname | Column::MailDomain => Ok(one(&code, Some(text.to_owned()))),
            Column::GivenName | Column::Surname => line(limits::PERSON_NAME_CHARS),
            Column::DisplayName => names::display_name(&code, text).map(|name| one(&code, Some(name))),
            Column::Enabled | Column::Disabled | Column::ControlFlags => enabled(column, text),
            Column::MustChange => {
                self.must_change(i, text).map(|said| one(&code, said.map(|said| said.to_string())))
            }
            Column::Mail => names::mail(&code, address(text)).map(|mail| one(&code, Some(mail))),
            Column::Title | Column::Department | Column::Phone => line(limits::ATTRIBUTE_CHARS),
            Column::Manager => line(limits::DN_CHARS),
            Column::Groups | Column::Plans | Column::Bundles | Column::Roles | Column::Services => {
                self.list(column, text)
            }
            Column::Detail(detail) => self.detail(*detail, text),
            Column::Field(key) => self.field(key, text),
            Column::Password | Column::Place | Column::Ignored => Ok(Vec::new()),
        }
    }

    /// Of several telephones in one cell the first, where files have several.
    fn first(&self, code: &str, text: &str, warnings: &mut Vec<FieldError>) -> String {
        let several = matches!(self.mapping.profile, Profile::FusionDirectory | Profile::Ucs | Profile::Lam);
        let entries = if several {
            cell::list(text, self.mapping.separators())
        } else {
            vec![cell::one_line(text, " ")]
        };
        if entries.len() > 1 {
            warnings.push(FieldError::new(code, Rule::TooMany).with("max", 1));
        }
        entries.into_iter().next().unwrap_or_default()
    }

    /// A login: what it is follows from how it looks, and from what else there is.
    fn user_name(&self, text: &str) -> Result<(&'static str, String), FieldError> {
        if text.contains('@') {
            return names::principal_name("principal_name", text).map(|name| ("principal_name", name));
        }
        if self.user_name_is_half() {
            let whole = names::principal_name("user_name", &format!("{text}@x.example"))?;
            return Ok(("user_name", whole.trim_end_matches("@x.example").to_owned()));
        }
        names::logon_name("logon_name", alone(text)).map(|name| ("logon_name", name))
    }

    fn must_change(&self, i: usize, text: &str) -> Result<Option<bool>, FieldError> {
        // MS-ADA3: 0 has it changed. That another one was set elsewhere says nothing of a first one here.
        if self.is_called(i, "pwdlastset")
            && let Ok(at) = text.parse::<i64>()
        {
            return Ok((at == 0).then_some(true));
        }
        cell::truth(text).map(Some).ok_or_else(|| {
            FieldError::new("must_change_password", Rule::Format).with("expected", "yes or no")
        })
    }

    fn list(&self, column: &Column, text: &str) -> Result<Said, FieldError> {
        let code = column.code();
        let mut entries: Vec<String> = Vec::new();
        for entry in cell::list(text, self.mapping.separators()) {
            let entry = match column {
                Column::Groups => cell::common_name(&entry).unwrap_or(entry),
                Column::Plans | Column::Bundles => entry.to_lowercase(),
                _ => entry,
            };
            let entry = names::line(&code, &entry, ENTRY_CHARS)?;
            if !entries.contains(&entry) {
                entries.push(entry);
            }
        }
        most(&code, entries.len())?;
        Ok(some_list(code, entries))
    }

    fn detail(&self, detail: Detail, text: &str) -> Result<Said, FieldError> {
        let code = detail.code();
        let text = match detail {
            Detail::Aliases => return self.aliases(text),
            Detail::Country => country::code(text).unwrap_or(text).to_owned(),
            Detail::ExpiresAt => match self.end(text)? {
                Some(at) => at,
                None => return Ok(vec![(code.to_owned(), Value::Empty)]),
            },
            _ => text.to_owned(),
        };
        let value = detail.parse(code, &text)?;
        // Hours without a closed one are said as none.
        Ok(vec![(code.to_owned(), value.map_or(Value::Empty, Value::Text))])
    }

    /// The end of a day, or the instant that is said; none for "never".
    fn end(&self, text: &str) -> Result<Option<String>, FieldError> {
        let wrong = || FieldError::new("expires_at", Rule::Format).with("expected", "a day, as 2026-03-01");
        let when = cell::when(text, self.mapping.dates()).ok_or_else(wrong)?;
        if when == When::Never {
            return Ok(None);
        }
        cell::end_of(when, &self.zone).map(|at| Some(at.to_string())).ok_or_else(wrong)
    }

    /// Addresses as mail servers list them; what is no address of theirs (`x500:`, `sip:`) is no alias.
    fn aliases(&self, text: &str) -> Result<Said, FieldError> {
        let code = Detail::Aliases.code();
        // A plus sign within an address separates nothing.
        let plus = self.mapping.separators().contains('+');
        let text = if plus { plus_before_kind(text) } else { text.to_owned() };
        let marks = format!(";|, {}", self.mapping.separators().replace('+', ""));
        let words = text.split(|c: char| c.is_whitespace() || marks.contains(c));
        let is_other = |word: &str| {
            word.split_once(':')
                .is_some_and(|(kind, _)| !["smtp", "mailto"].contains(&kind.to_lowercase().as_str()))
        };
        let words: Vec<_> = words.filter(|word| !word.is_empty() && !is_other(word)).map(address).collect();
        if words.is_empty() {
            return Ok(Vec::new());
        }
        let value = Detail::Aliases.parse(code, &words.join(" "))?.unwrap_or_default();
        Ok(some_list(code.to_owned(), value.split(' ').map(str::to_owned).collect()))
    }

    fn field(&self, key: &str, text: &str) -> Result<Said, FieldError> {
        let code = Column::Field(key.to_owned()).code();
        let kind = self.fields.iter().find(|field| field.key == key).map(|field| field.kind);
        let text = match kind {
            Some(FieldKind::Date) => match cell::when(text, self.mapping.dates()) {
                Some(When::Day(day)) => day.to_string(),
                Some(When::Local(at)) => at.date().to_string(),
                _ => text.to_owned(),
            },
            Some(FieldKind::YesNo) => match cell::truth(text) {
                Some(true) => "yes".to_owned(),
                Some(false) => "no".to_owned(),
                None => text.to_owned(),
            },
            _ => text.to_owned(),
        };
        let read = self.form.read(Giver::Administrator, [(key, Some(text.as_str()))]);
        let values = read.map_err(|errors| {
            let error = errors.into_iter().next().unwrap_or_else(|| FieldError::new("", Rule::Format));
            FieldError { field: code.clone(), ..error }
        })?;
        let value = values.into_iter().next().and_then(|value| value.value);
        Ok(vec![(code, value.map_or(Value::Empty, Value::Text))])
    }
}

fn enabled(column: &Column, text: &str) -> Result<Said, FieldError> {
    let code = Column::Enabled.code();
    let wrong = || {
        let error = FieldError::new(&code, Rule::Format);
        match column {
            Column::ControlFlags => error.with("expected", "a whole number"),
            _ => error.with("expected", "yes or no"),
        }
    };
    let on = cell::enabled(column, text).ok_or_else(wrong)?;
    Ok(vec![(code.clone(), Value::Text(on.to_string()))])
}

/// Nobody has so many of anything: a file with another separator does.
fn most(code: &str, entries: usize) -> Result<(), FieldError> {
    let max = match code {
        "plans" | "services" => limits::PLANS,
        "bundles" => limits::BUNDLES,
        _ => limits::IMPORT_ENTRIES,
    };
    if entries > max { Err(FieldError::new(code, Rule::TooMany).with("max", max)) } else { Ok(()) }
}

fn some_list(code: String, entries: Vec<String>) -> Said {
    if entries.is_empty() { Vec::new() } else { vec![(code, Value::List(entries))] }
}

/// `+` before the kind of an address as a separator: `smtp:a+b@x.test+X500:/o=x`.
fn plus_before_kind(text: &str) -> String {
    let begins_kind = |rest: &str| {
        let kind = rest.bytes().take_while(u8::is_ascii_alphanumeric).count();
        kind > 0 && rest[kind..].starts_with(':')
    };
    let marks =
        text.char_indices().map(|(at, c)| if c == '+' && begins_kind(&text[at + 1..]) { ';' } else { c });
    marks.collect()
}

/// A log-on name without the domain before it, as `ACME\anna`.
pub(super) fn alone(text: &str) -> &str {
    match text.split_once('\\') {
        Some((domain, name)) if !domain.is_empty() && !name.is_empty() => name,
        _ => text,
    }
}

/// A mail address without what says that it is one.
fn address(text: &str) -> &str {
    match text.split_once(':') {
        Some((kind, rest)) if kind.eq_ignore_ascii_case("smtp") || kind.eq_ignore_ascii_case("mailto") => {
            rest
        }
        _ => text,
    }
}
