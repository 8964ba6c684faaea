//! Templates of groups: how groups of one kind are called and made, so that all
//! customers of a seller, or all departments of a customer, get theirs alike.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    drift::codes,
    field::{Checker, FieldError, Rule},
    group::GroupKind,
    limits, names, naming, service,
};

codes! {
    /// What of people a group can stand for: one group for each value there is.
    Trait {
        /// Department.
        Department = "department",
        /// Office.
        Office = "office",
        /// Job title.
        Title = "title",
        /// Company.
        Company = "company",
        /// City.
        City = "city",
    }
}

codes! {
    /// Who owns the groups of a template from the beginning.
    OwnersRule {
        /// Nobody.
        Nobody = "nobody",
        /// Who makes the group, if that is one of the customer's people.
        Creator = "creator",
        /// Who manages the people the group is for: who manages most of them first.
        Managers = "managers",
    }
}

/// What a template says, in valid values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// Its code; of several with one code the nearest to the customer holds.
    pub code: String,
    /// Pattern of the name.
    pub name: String,
    /// Pattern of the description.
    pub description: Option<String>,
    /// What its groups are for.
    pub kind: GroupKind,
    /// Pattern of the mail address.
    pub mail: Option<String>,
    /// Who owns its groups.
    pub owners: OwnersRule,
    /// Patterns of names of groups its groups are put into.
    pub member_of: Vec<String>,
    /// The people a group is for are put into it.
    pub people: bool,
    /// Days after which the memberships it makes end.
    pub days: Option<i64>,
}

/// A template as somebody typed it.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct TemplateDraft {
    /// Pattern of the name.
    pub name: String,
    /// Pattern of the description.
    pub description: Option<String>,
    /// `security` or `distribution`; security when not given.
    pub kind: Option<String>,
    /// Pattern of the mail address.
    pub mail: Option<String>,
    /// `nobody`, `creator` or `managers`; nobody when not given.
    pub owners: Option<String>,
    /// Patterns of names of groups its groups are put into.
    pub member_of: Vec<String>,
    /// The people a group is for are put into it.
    pub people: bool,
    /// Days after which the memberships it makes end.
    pub days: Option<i64>,
}

/// For whom a pattern is filled.
#[derive(Debug, Clone, Copy)]
pub struct Home<'a> {
    /// Code of the customer.
    pub code: &'a str,
    /// Its name.
    pub name: &'a str,
    /// The domain its made names are in.
    pub suffix: &'a str,
}

/// What of people a group stands for.
pub type Values = BTreeMap<Trait, String>;

/// Placeholders that are the same for all groups of a customer.
const OF_CUSTOMER: [&str; 3] = ["code", "customer", "suffix"];
/// For whom a pattern is filled to see whether what it gives is in order.
const SAMPLE: Home<'static> = Home { code: "acme", name: "Acme", suffix: "acme.example" };

impl TemplateDraft {
    /// The template, if everything of it is in order.
    pub fn check(&self, code: &str) -> Result<Template, Vec<FieldError>> {
        let mut c = Checker::default();
        let code = c.take(service::code("code", code));
        let name = c.take(pattern("name", &self.name, &Trait::ALL.iter().copied().collect()));
        // What the name does not tell apart nothing else can.
        let told = name.as_deref().map(traits).unwrap_or_default();
        let mut optional = |field: &str, text: &Option<String>| match text.as_deref().map(str::trim) {
            None | Some("") => None,
            Some(text) => c.take(pattern(field, text, &told)),
        };
        let description = optional("description", &self.description);
        let mail = optional("mail", &self.mail);
        if let Some(mail) = &mail {
            c.take(names::mail("mail", &fill_mail(mail, &SAMPLE, &sample())));
        }
        let kind =
            c.take(self.kind.as_deref().map_or(Ok(GroupKind::default()), |k| GroupKind::parse("kind", k)));
        let owners = c.take(owners(self.owners.as_deref()));
        let member_of = self.member_of.iter().enumerate();
        let member_of: Vec<_> = member_of
            .filter_map(|(i, text)| c.take(pattern(&format!("member_of[{i}]"), text, &told)))
            .collect();
        if member_of.len() > limits::GROUPS_OF_BUNDLE {
            c.note(FieldError::new("member_of", Rule::TooMany).with("max", limits::GROUPS_OF_BUNDLE));
        }
        if self.days.is_some_and(|days| !(1..=limits::MEMBERSHIP_DAYS).contains(&days)) {
            let error = FieldError::new("days", Rule::OutOfRange).with("min", 1);
            c.note(error.with("max", limits::MEMBERSHIP_DAYS));
        }
        let (people, days) = (self.people, self.days);
        let all = code.zip(name).zip(kind).zip(owners);
        c.finish(all.map(|(((code, name), kind), owners)| Template {
            code,
            name,
            description,
            kind,
            mail,
            owners,
            member_of,
            people,
            days,
        }))
    }
}

impl Template {
    /// What somebody would type to get it.
    #[must_use]
    pub fn draft(&self) -> TemplateDraft {
        TemplateDraft {
            name: self.name.clone(),
            description: self.description.clone(),
            kind: Some(self.kind.code().to_owned()),
            mail: self.mail.clone(),
            owners: Some(self.owners.code().to_owned()),
            member_of: self.member_of.clone(),
            people: self.people,
            days: self.days,
        }
    }

    /// What of people its groups stand for; one group for a customer when nothing.
    #[must_use]
    pub fn traits(&self) -> BTreeSet<Trait> {
        traits(&self.name)
    }

    /// Whether it has to be known who the people are that a group is for.
    #[must_use]
    pub fn needs_people(&self) -> bool {
        self.people || self.owners == OwnersRule::Managers || !self.traits().is_empty()
    }

    /// The name for these values.
    #[must_use]
    pub fn name_of(&self, home: &Home<'_>, values: &Values) -> String {
        fill(&self.name, home, values)
    }

    /// The description for these values.
    #[must_use]
    pub fn description_of(&self, home: &Home<'_>, values: &Values) -> Option<String> {
        self.description.as_deref().map(|text| fill(text, home, values))
    }

    /// The mail address for these values: of what people are called only letters and
    /// digits of ASCII.
    #[must_use]
    pub fn mail_of(&self, home: &Home<'_>, values: &Values) -> Option<String> {
        self.mail.as_deref().map(|text| fill_mail(text, home, values))
    }

    /// The names of groups it is put into, for these values.
    #[must_use]
    pub fn outer_of(&self, home: &Home<'_>, values: &Values) -> Vec<String> {
        self.member_of.iter().map(|text| fill(text, home, values)).collect()
    }
}

fn owners(text: Option<&str>) -> Result<OwnersRule, FieldError> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else {
        return Ok(OwnersRule::Nobody);
    };
    OwnersRule::from_code(text).ok_or_else(|| {
        let error = FieldError::new("owners", Rule::Unknown).with("value", text);
        error.with("known", "nobody, creator, managers")
    })
}

/// A pattern with no other placeholders than those of the customer and `traits`.
fn pattern(field: &str, text: &str, traits: &BTreeSet<Trait>) -> Result<String, FieldError> {
    let text = names::line(field, text, limits::TEMPLATE_CHARS)?;
    let known = || {
        let of_people = traits.iter().map(|t| t.code());
        OF_CUSTOMER
            .into_iter()
            .chain(of_people)
            .map(|name| format!("{{{name}}}"))
            .collect::<Vec<_>>()
            .join(", ")
    };
    for name in placeholders(&text) {
        let is_known = OF_CUSTOMER.contains(&name) || traits.iter().any(|t| t.code() == name);
        if !is_known {
            let error = FieldError::new(field, Rule::Unknown).with("value", format!("{{{name}}}"));
            return Err(error.with("known", known()));
        }
    }
    if text.matches('{').count() != placeholders(&text).len()
        || text.matches('}').count() != placeholders(&text).len()
    {
        return Err(FieldError::new(field, Rule::Format).with("expected", known()));
    }
    Ok(text)
}

/// What stands between braces.
fn placeholders(text: &str) -> Vec<&str> {
    let after = text.split('{').skip(1);
    after.filter_map(|rest| rest.split_once('}').map(|(name, _)| name)).collect()
}

fn traits(pattern: &str) -> BTreeSet<Trait> {
    placeholders(pattern).into_iter().filter_map(Trait::from_code).collect()
}

fn sample() -> Values {
    Trait::ALL.iter().map(|t| (*t, "Sales".to_owned())).collect()
}

fn fill(pattern: &str, home: &Home<'_>, values: &Values) -> String {
    fill_with(pattern, home, values, str::to_owned)
}

fn fill_mail(pattern: &str, home: &Home<'_>, values: &Values) -> String {
    fill_with(pattern, home, values, naming::ascii)
}

fn fill_with(pattern: &str, home: &Home<'_>, values: &Values, of_people: impl Fn(&str) -> String) -> String {
    let mut parts = pattern.split('{');
    let mut filled = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once('}').unwrap_or((part, ""));
        match name {
            "code" => filled.push_str(home.code),
            "customer" => filled.push_str(home.name),
            "suffix" => filled.push_str(home.suffix),
            other => {
                let value = Trait::from_code(other).and_then(|t| values.get(&t));
                filled.push_str(&value.map(|value| of_people(value)).unwrap_or_default());
            }
        }
        filled.push_str(rest);
    }
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft() -> TemplateDraft {
        TemplateDraft {
            name: "Team {department} {office}".to_owned(),
            description: Some("{customer}: {department}".to_owned()),
            mail: Some("{department}-{office}@{suffix}".to_owned()),
            owners: Some("managers".to_owned()),
            member_of: vec!["All of {office}".to_owned()],
            ..TemplateDraft::default()
        }
    }

    #[test]
    fn patterns_are_filled_with_the_customer_and_its_people() {
        let template = draft().check("teams").expect("in order");
        assert_eq!(template.traits(), [Trait::Department, Trait::Office].into());
        let home = Home { code: "acme", name: "Acme Ltd", suffix: "acme.example" };
        let values: Values =
            [(Trait::Department, "Forschung & Entwicklung".to_owned()), (Trait::Office, "Århus".to_owned())]
                .into();
        assert_eq!(template.name_of(&home, &values), "Team Forschung & Entwicklung Århus");
        assert_eq!(
            template.mail_of(&home, &values).as_deref(),
            Some("forschung-entwicklung-arhus@acme.example")
        );
        assert_eq!(template.outer_of(&home, &values), ["All of Århus"]);
        assert_eq!(
            template.description_of(&home, &values).as_deref(),
            Some("Acme Ltd: Forschung & Entwicklung")
        );
        assert_eq!(template.draft().check("teams"), Ok(template));
    }

    #[test]
    fn what_is_wrong_with_a_template_is_told_by_field() {
        let wrong = |change: &dyn Fn(&mut TemplateDraft)| {
            let mut draft = draft();
            change(&mut draft);
            let errors = draft.check("teams").expect_err("refused");
            errors.into_iter().map(|e| (e.field, e.rule)).collect::<Vec<_>>()
        };
        let one = |field: &str, rule| vec![(field.to_owned(), rule)];
        assert_eq!(wrong(&|d| d.kind = Some("universal".to_owned())), one("kind", Rule::Unknown));
        assert_eq!(wrong(&|d| d.owners = Some("everybody".to_owned())), one("owners", Rule::Unknown));
        assert_eq!(wrong(&|d| d.mail = Some("{department}".to_owned())), one("mail", Rule::Format));
        assert_eq!(
            wrong(&|d| d.mail = Some("{title}@{suffix}".to_owned())),
            one("mail", Rule::Unknown),
            "not told apart"
        );
        assert_eq!(wrong(&|d| d.member_of = vec!["{colour}".to_owned()]), one("member_of[0]", Rule::Unknown));
        assert_eq!(wrong(&|d| d.description = Some("a { b".to_owned())), one("description", Rule::Format));
        assert_eq!(wrong(&|d| d.days = Some(0)), one("days", Rule::OutOfRange));
        assert_eq!(draft().check("Teams!").expect_err("a code")[0].field, "code");
    }
}
