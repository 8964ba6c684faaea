//! What people say of a person, checked before anything is read or written.

use std::collections::{BTreeMap, HashMap};

use domain::{
    field::{Checker, FieldError, Rule},
    limits, names,
    person::{self, Detail, Details},
};
use store::users::ManagerKey;

use crate::{mails, managers};

/// A person as somebody typed it.
#[derive(Debug, Clone, Default)]
pub struct PersonDraft {
    /// Given name.
    pub given_name: String,
    /// Surname.
    pub surname: String,
    /// Name as shown; made from the names when absent.
    pub display_name: Option<String>,
    /// Part of the principal name before the `@`; made from the pattern when absent.
    pub user_name: Option<String>,
    /// The whole principal name, instead of `user_name`.
    pub principal_name: Option<String>,
    /// `sAMAccountName`; made from the pattern when absent.
    pub logon_name: Option<String>,
    /// Mail address.
    pub mail: Option<String>,
    /// Telephone number.
    pub phone: Option<String>,
    /// Job title.
    pub title: Option<String>,
    /// Department.
    pub department: Option<String>,
    /// Id or principal name of who manages the person, also of the same batch.
    pub manager: Option<String>,
    /// Plan codes, with an instance where the customer has several: `erp-full@test`.
    pub plans: Vec<String>,
    /// Codes of bundles.
    pub bundles: Vec<String>,
    /// Whether the account may log on.
    pub enabled: bool,
    /// What else is known, by name ([`domain::person::Detail`]).
    pub details: BTreeMap<String, String>,
    /// Custom fields, by key.
    pub fields: BTreeMap<String, String>,
    /// How the person gets the activation link: `mail`, or by whoever made the account.
    pub send_link: Option<String>,
}

/// A person whose values can be accepted. Whether names are free and plans
/// exist is found out in the transaction.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub given_name: Option<String>,
    pub surname: Option<String>,
    pub display_name: String,
    pub user_name: Option<String>,
    pub principal_name: Option<String>,
    pub logon_name: Option<String>,
    pub mail: Option<String>,
    pub phone: Option<String>,
    pub title: Option<String>,
    pub department: Option<String>,
    pub manager: Option<ManagerKey>,
    pub plans: Vec<String>,
    pub bundles: Vec<String>,
    pub enabled: bool,
    pub details: Details,
    /// By key; what holds for them is found out in the transaction.
    pub fields: BTreeMap<String, String>,
    /// The person gets the activation link by mail.
    pub by_mail: bool,
}

impl PersonDraft {
    pub(crate) fn check(&self) -> Result<Person, Vec<FieldError>> {
        let mut c = Checker::default();
        let text = |v: &str| Some(v.to_owned());
        let name = limits::PERSON_NAME_CHARS;
        let given =
            c.take(names::optional_line("given_name", text(&self.given_name).as_deref(), name)).flatten();
        let sur = c.take(names::optional_line("surname", text(&self.surname).as_deref(), name)).flatten();
        let display = match self.display_name.as_deref().map(str::trim) {
            Some(display) if !display.is_empty() => c.take(names::display_name("display_name", display)),
            _ => {
                let both =
                    [given.as_deref(), sur.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(" ");
                if both.is_empty() && c.is_clean() {
                    c.note(FieldError::new("given_name", Rule::Required).with("or", "surname, display_name"));
                }
                // Two names of 64 characters do not fit into one of 64: cut, they were checked themselves.
                Some(both.chars().take(limits::DISPLAY_NAME_CHARS).collect::<String>().trim_end().to_owned())
            }
        };
        let user_name = self.user_name.as_deref().map(|n| {
            let whole = names::principal_name("user_name", &format!("{n}@x.example"));
            c.take(whole.map(|n| n.trim_end_matches("@x.example").to_owned()))
        });
        let principal =
            self.principal_name.as_deref().map(|n| c.take(names::principal_name("principal_name", n)));
        if user_name.is_some() && principal.is_some() {
            c.note(FieldError::new("user_name", Rule::Duplicate).with("other", "principal_name"));
        }
        let logon = self.logon_name.as_deref().map(|n| c.take(names::logon_name("logon_name", n)));
        let mail = match self.mail.as_deref().map(str::trim) {
            None | Some("") => None,
            Some(mail) => c.take(names::mail("mail", mail)),
        };
        let line = |c: &mut Checker, field, value: &Option<String>| {
            c.take(names::optional_line(field, value.as_deref(), limits::ATTRIBUTE_CHARS)).flatten()
        };
        let manager = self.manager.as_deref().and_then(|m| c.take(managers::key("manager", m))).flatten();
        if self.plans.len() > limits::PLANS {
            c.note(FieldError::new("plans", Rule::TooMany).with("max", limits::PLANS));
        }
        if self.bundles.len() > limits::BUNDLES {
            c.note(FieldError::new("bundles", Rule::TooMany).with("max", limits::BUNDLES));
        }
        let given_details = self.details.iter().map(|(code, text)| (code.as_str(), Some(text.as_str())));
        let details = c.take_all("details", person::check(given_details)).unwrap_or_default();
        let by_mail = c.take(mails::by_mail(self.send_link.as_deref())).unwrap_or_default();
        if by_mail && self.mail.as_deref().is_none_or(|mail| mail.trim().is_empty()) {
            c.note(FieldError::new("mail", Rule::Required));
        }
        let person = display.map(|display_name| Person {
            given_name: given,
            surname: sur,
            display_name,
            user_name: user_name.flatten(),
            principal_name: principal.flatten(),
            logon_name: logon.flatten(),
            mail,
            phone: line(&mut c, "phone", &self.phone),
            title: line(&mut c, "title", &self.title),
            department: line(&mut c, "department", &self.department),
            manager,
            plans: self.plans.clone(),
            bundles: self.bundles.clone(),
            enabled: self.enabled,
            details: details.into_iter().filter_map(|(detail, value)| Some((detail, value?))).collect(),
            fields: self.fields.clone(),
            by_mail,
        });
        c.finish(person)
    }
}

/// Checks many, with the place of each in the errors.
pub(crate) fn check_all(field: &str, drafts: &[PersonDraft]) -> Result<Vec<Person>, Vec<FieldError>> {
    let mut c = Checker::default();
    if drafts.len() > limits::USERS_PER_REQUEST {
        c.note(FieldError::new(field, Rule::TooMany).with("max", limits::USERS_PER_REQUEST));
        return c.finish(None);
    }
    let mut people = Vec::with_capacity(drafts.len());
    for (i, draft) in drafts.iter().enumerate() {
        if let Some(person) = c.take_all(&format!("{field}[{i}]"), draft.check()) {
            people.push(person);
        }
    }
    let mut keys = HashMap::new();
    for (i, person) in people.iter().enumerate() {
        let Some(key) = person.details.get(&Detail::ExternalId) else { continue };
        if let Some(first) = keys.insert(key, i) {
            let place = format!("{field}[{i}].details.external_id");
            let other = format!("{field}[{first}]");
            c.note(FieldError::new(place, Rule::Duplicate).with("value", key).with("other", other));
        }
    }
    c.finish(Some(people))
}
