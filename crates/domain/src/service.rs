//! What a service means, as data: the groups of a directory that stand for it,
//! the attributes it sets on the people who have it, and the properties that
//! fill these. Pure, so that the same code answers what an account gets, where
//! a value comes from, and what a change would do.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    field::{Checker, FieldError, Rule},
    limits, names,
    person::{Detail, Details},
};

/// The code of the instance a customer gets when nothing else is asked for.
pub const MAIN_INSTANCE: &str = "main";

/// What a template may hold of the customer.
const OF_CUSTOMER: [&str; 3] = ["code", "customer", "instance"];
/// What a template may hold of a person besides.
const OF_PERSON: [&str; 9] = [
    "logon_name",
    "user_name",
    "principal_name",
    "given_name",
    "surname",
    "display_name",
    "mail",
    "title",
    "department",
];
/// What the name of a group may hold.
const OF_GROUP: [&str; 4] = ["code", "customer", "instance", "service"];

/// A text with places in braces, as `\\files\{code}\{logon_name}`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Template(String);

impl Template {
    /// Checks that every place is one of `known`.
    pub fn parse<'a>(
        field: &str,
        text: &str,
        known: impl Iterator<Item = &'a str> + Clone,
    ) -> Result<Self, FieldError> {
        let text = names::line(field, text, limits::TEMPLATE_CHARS)?;
        let unclosed = || FieldError::new(field, Rule::Format).with("expected", "every { closed by a }");
        let mut rest = text.as_str();
        while let Some(open) = rest.find(['{', '}']) {
            let inner = rest[open..].strip_prefix('{').ok_or_else(unclosed)?;
            let (place, after) = inner.split_once('}').ok_or_else(unclosed)?;
            if !known.clone().any(|k| k == place) {
                let known: Vec<_> = known.collect();
                let error = FieldError::new(field, Rule::Unknown).with("value", format!("{{{place}}}"));
                return Err(error.with("known", known.join(", ")));
            }
            rest = after;
        }
        Ok(Self(text))
    }

    /// As somebody wrote it.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }

    /// The places in it.
    pub fn places(&self) -> impl Iterator<Item = &str> {
        self.0.split('{').skip(1).filter_map(|part| part.split_once('}').map(|(place, _)| place))
    }

    /// With every place filled; none when something that is needed is empty.
    #[must_use]
    pub fn fill<'a>(&self, value: &dyn Fn(&str) -> Option<&'a str>) -> Option<String> {
        let mut out = String::with_capacity(self.0.len() + 32);
        let mut rest = self.0.as_str();
        while let Some((before, inner)) = rest.split_once('{') {
            let (place, after) = inner.split_once('}')?;
            out.push_str(before);
            out.push_str(value(place).filter(|v| !v.is_empty())?);
            rest = after;
        }
        out.push_str(rest);
        Some(out)
    }
}

/// What kind of value a property has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PropertyKind {
    /// One line of text.
    #[default]
    Text,
    /// A whole number.
    Integer,
    /// `true` or `false`.
    Boolean,
    /// One of a list.
    Choice,
}

impl PropertyKind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Text, Self::Integer, Self::Boolean, Self::Choice];

    /// The stable name.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Integer => "integer",
            Self::Boolean => "boolean",
            Self::Choice => "choice",
        }
    }

    /// The kind with this name.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.code() == code)
    }
}

/// A property of a service: what its values are like, and what holds when nobody says.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Property {
    /// What kind of value.
    #[serde(default)]
    pub kind: PropertyKind,
    /// The value when nobody says another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// The smallest number, or the fewest characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<i64>,
    /// The greatest number, or the most characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<i64>,
    /// What can be chosen.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<String>,
    /// Whoever manages people may set it for a single person.
    #[serde(default)]
    pub personal: bool,
}

impl Property {
    /// Checks a value.
    pub fn parse(&self, field: &str, text: &str) -> Result<String, FieldError> {
        let value = names::line(field, text, limits::PROPERTY_CHARS)?;
        let form = |expected: &str| FieldError::new(field, Rule::Format).with("expected", expected);
        match self.kind {
            PropertyKind::Text => {
                // A brace in a value would look like a place of the template it is put into.
                if let Some(bad) = value.chars().find(|c| "{}".contains(*c)) {
                    return Err(FieldError::new(field, Rule::ForbiddenCharacter).with("character", bad));
                }
                let chars = i64::try_from(value.chars().count()).unwrap_or(i64::MAX);
                if let Some(max) = self.max.filter(|max| chars > *max) {
                    return Err(FieldError::new(field, Rule::TooLong).with("max", max));
                }
                if let Some(min) = self.min.filter(|min| chars < *min) {
                    return Err(FieldError::new(field, Rule::TooShort).with("min", min));
                }
                Ok(value)
            }
            PropertyKind::Integer => {
                let number: i64 = value.parse().map_err(|_| form("a whole number"))?;
                let outside =
                    self.min.is_some_and(|min| number < min) || self.max.is_some_and(|max| number > max);
                if outside {
                    let mut error = FieldError::new(field, Rule::OutOfRange);
                    error = self.min.iter().fold(error, |e, min| e.with("min", min));
                    return Err(self.max.iter().fold(error, |e, max| e.with("max", max)));
                }
                Ok(number.to_string())
            }
            PropertyKind::Boolean => match value.as_str() {
                "true" | "false" => Ok(value),
                _ => Err(form("true or false")),
            },
            PropertyKind::Choice => match self.choices.iter().find(|c| **c == value) {
                Some(_) => Ok(value),
                None => {
                    let error = FieldError::new(field, Rule::Unknown).with("value", &value);
                    Err(error.with("known", self.choices.join(", ")))
                }
            },
        }
    }
}

/// What a service means in a directory.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Definition {
    /// Names of the groups of one instance; who has a plan is in all of them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<Template>,
    /// What it sets on the people who have it, unless somebody set it for the person.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<Detail, Template>,
    /// What can be said of it, by name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub properties: BTreeMap<String, Property>,
}

/// A definition as somebody typed it.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DefinitionDraft {
    /// Names of groups.
    pub groups: Vec<String>,
    /// Templates by the name of what they set.
    pub attributes: BTreeMap<String, String>,
    /// Properties by name.
    pub properties: BTreeMap<String, Property>,
}

impl DefinitionDraft {
    /// Checks all of it.
    pub fn check(&self) -> Result<Definition, Vec<FieldError>> {
        let mut c = Checker::default();
        let properties = check_properties(&mut c, &self.properties);
        if self.groups.len() > limits::GROUPS_OF_SERVICE {
            c.note(FieldError::new("groups", Rule::TooMany).with("max", limits::GROUPS_OF_SERVICE));
        }
        let mut groups = Vec::new();
        for (i, text) in self.groups.iter().enumerate() {
            let field = format!("groups[{i}]");
            if self.groups[..i].contains(text) {
                c.note(FieldError::new(&field, Rule::Duplicate).with("value", text));
            }
            let group = c.take(Template::parse(&field, text, OF_GROUP.into_iter()));
            if group.as_ref().is_some_and(|g| g.places().all(|place| place != "code")) {
                c.note(
                    FieldError::new(&field, Rule::Format).with("expected", "{code} in the name of a group"),
                );
            }
            groups.extend(group);
        }
        let known =
            OF_CUSTOMER.into_iter().chain(OF_PERSON).chain(self.properties.keys().map(String::as_str));
        let mut attributes = BTreeMap::new();
        for (code, text) in &self.attributes {
            let field = format!("attributes.{code}");
            let Some(detail) = Detail::from_code(code).filter(|d| d.is_in_directory()) else {
                let all: Vec<_> =
                    Detail::ALL.iter().filter(|d| d.is_in_directory()).map(|d| d.code()).collect();
                c.note(FieldError::new(field, Rule::Unknown).with("known", all.join(", ")));
                continue;
            };
            attributes.extend(
                c.take(Template::parse(&field, text, known.clone())).map(|template| (detail, template)),
            );
        }
        c.finish(Some(Definition { groups, attributes, properties }))
    }
}

fn check_properties(c: &mut Checker, given: &BTreeMap<String, Property>) -> BTreeMap<String, Property> {
    if given.len() > limits::PROPERTIES_OF_SERVICE {
        c.note(FieldError::new("properties", Rule::TooMany).with("max", limits::PROPERTIES_OF_SERVICE));
    }
    for (name, property) in given {
        let field = format!("properties.{name}");
        let good = (1..=40).contains(&name.len())
            && name.starts_with(|ch: char| ch.is_ascii_lowercase())
            && name.chars().all(|ch| ch.is_ascii_lowercase() || ch.is_ascii_digit() || ch == '_');
        if !good {
            let expected = "1 to 40 lower-case letters, digits and underscores, a letter first";
            c.note(FieldError::new(&field, Rule::Format).with("expected", expected));
        }
        if OF_CUSTOMER.into_iter().chain(OF_PERSON).chain(OF_GROUP).any(|place| place == name) {
            c.note(FieldError::new(&field, Rule::Taken).with("value", name));
        }
        if (property.kind == PropertyKind::Choice) == property.choices.is_empty() {
            c.note(FieldError::new(format!("{field}.choices"), Rule::Required).with("or", "another kind"));
        }
        if property.choices.len() > limits::CHOICES_OF_PROPERTY {
            let error = FieldError::new(format!("{field}.choices"), Rule::TooMany);
            c.note(error.with("max", limits::CHOICES_OF_PROPERTY));
        }
        for choice in property.choices.iter().take(limits::CHOICES_OF_PROPERTY) {
            c.take(names::line(&format!("{field}.choices"), choice, limits::ATTRIBUTE_CHARS));
        }
        if let Some(default) = &property.default {
            c.take(property.parse(&format!("{field}.default"), default));
        }
    }
    given.clone()
}

impl Definition {
    /// Whether the names of its groups differ between instances, so that a
    /// customer can have several.
    #[must_use]
    pub fn tells_instances_apart(&self) -> bool {
        !self.groups.is_empty() && self.groups.iter().all(|group| group.places().any(|p| p == "instance"))
    }

    /// The names of the groups of an instance.
    #[must_use]
    pub fn group_names(&self, code: &str, customer: &str, instance: &str, service: &str) -> Vec<String> {
        let value = |place: &str| match place {
            "code" => Some(code),
            "customer" => Some(customer),
            "instance" => Some(instance),
            "service" => Some(service),
            _ => None,
        };
        if self.groups.is_empty() {
            return vec![format!("{code} {service}")];
        }
        self.groups.iter().filter_map(|group| group.fill(&value)).collect()
    }

    /// Checks values of properties.
    pub fn check_values(
        &self,
        field: &str,
        given: &BTreeMap<String, String>,
    ) -> Result<BTreeMap<String, String>, Vec<FieldError>> {
        let mut c = Checker::default();
        let mut values = BTreeMap::new();
        for (name, text) in given {
            let place = format!("{field}.{name}");
            match self.properties.get(name) {
                Some(property) => {
                    values.extend(c.take(property.parse(&place, text)).map(|value| (name.clone(), value)));
                }
                None => {
                    let known: Vec<_> = self.properties.keys().map(String::as_str).collect();
                    c.note(FieldError::new(place, Rule::Unknown).with("known", known.join(", ")));
                }
            }
        }
        c.finish(Some(values))
    }
}

/// A plan a person has, with the values that hold for the person.
#[derive(Debug)]
pub struct Holding<'a> {
    /// Code of the service.
    pub service: &'a str,
    /// What the service means.
    pub definition: &'a Definition,
    /// Code of the instance.
    pub instance: &'a str,
    /// Every property that has a value.
    pub values: BTreeMap<&'a str, &'a str>,
}

/// What services set on a person. Of two that set the same the first wins, so
/// their order has to be a stable one. `person` answers for the places of the
/// customer and of the person. A template that needs something empty sets
/// nothing; a value the target could not take is an error that names the attribute and the service.
pub fn attributes<'a>(
    holdings: &[Holding<'a>],
    person: &dyn Fn(&str) -> Option<&'a str>,
) -> Result<Details, FieldError> {
    let mut set = Details::new();
    for holding in holdings {
        for (detail, template) in &holding.definition.attributes {
            if set.contains_key(detail) {
                continue;
            }
            let value = |place: &str| match place {
                "instance" => Some(holding.instance),
                place => holding.values.get(place).copied().or_else(|| person(place)),
            };
            let Some(text) = template.fill(&value) else { continue };
            let parsed = detail.parse(&format!("attributes.{}", detail.code()), &text);
            let of_service = |e: FieldError| e.with("value", &text).with("service", holding.service);
            if let Some(value) = parsed.map_err(of_service)? {
                set.insert(*detail, value);
            }
        }
    }
    Ok(set)
}

/// Where a value was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// In the definition of the service.
    Service,
    /// In the version of the plan.
    Plan,
    /// At the provider, a reseller or the customer, the nearest of which wins;
    /// the number is how far it stands from the root.
    Tenant(usize),
    /// At one instance of the customer.
    Instance,
    /// At the person, for all instances.
    Person,
    /// At the person, for one instance.
    PersonInstance,
}

/// One thing that was said of a property.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said<'a, S> {
    /// Where.
    pub level: Level,
    /// What.
    pub value: &'a str,
    /// Whatever the caller has to know it by.
    pub source: S,
}

/// Everything said of a property, from the most general to the most special;
/// the last one holds.
#[must_use]
pub fn chain<S>(mut said: Vec<Said<'_, S>>) -> Vec<Said<'_, S>> {
    said.sort_by_key(|s| s.level);
    said
}

/// Codes of plans as people write them: `erp-full`, or `erp-full@test` for one instance.
#[must_use]
pub fn split_instance(text: &str) -> (&str, Option<&str>) {
    match text.split_once('@') {
        Some((plan, instance)) => (plan, Some(instance)),
        None => (text, None),
    }
}

/// The code of a service, plan or bundle: 1 to 40 lower-case letters, digits and hyphens.
pub fn code(field: &str, text: &str) -> Result<String, FieldError> {
    let text = text.trim();
    let good = (1..=limits::CATALOGUE_CODE_CHARS).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    if text.is_empty() {
        return Err(FieldError::new(field, Rule::Required));
    }
    let expected = "1 to 40 lower-case letters, digits and hyphens, a letter first";
    if good {
        Ok(text.to_owned())
    } else {
        Err(FieldError::new(field, Rule::Format).with("expected", expected))
    }
}

/// The names that occur in the attributes of a definition and say something of the person.
#[must_use]
pub fn places(definition: &Definition) -> BTreeSet<&str> {
    definition.attributes.values().flat_map(Template::places).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft() -> DefinitionDraft {
        let server = Property { default: Some("files1".to_owned()), max: Some(15), ..Property::default() };
        let size =
            Property { kind: PropertyKind::Integer, min: Some(1), max: Some(100), ..Property::default() };
        DefinitionDraft {
            groups: vec!["{code} {service} {instance}".to_owned()],
            attributes: [
                ("profile_path".to_owned(), r"\\{server}\profiles\{code}\{logon_name}".to_owned()),
                ("office".to_owned(), "{department}".to_owned()),
            ]
            .into(),
            properties: [("server".to_owned(), server), ("size_gb".to_owned(), size)].into(),
        }
    }

    fn person(place: &str) -> Option<&'static str> {
        match place {
            "code" => Some("acme"),
            "logon_name" => Some("anna_acme"),
            _ => None,
        }
    }

    #[test]
    fn a_template_is_filled_from_person_customer_and_properties() {
        let definition = draft().check().expect("valid");
        let holding = |server| Holding {
            service: "desktop",
            definition: &definition,
            instance: "main",
            values: [("server", server)].into(),
        };
        let set =
            attributes(&[holding("files1"), holding("files2")], &|place| person(place)).expect("it fits");
        assert_eq!(set[&Detail::ProfilePath], r"\\files1\profiles\acme\anna_acme", "the first wins");
        assert!(!set.contains_key(&Detail::Office), "nobody said a department");
        assert_eq!(definition.group_names("acme", "Acme", "test", "ERP"), ["acme ERP test"]);
        assert!(definition.tells_instances_apart());
    }

    #[test]
    fn everything_that_cannot_be_accepted_is_named_at_once() {
        let mut draft = draft();
        draft.groups = vec!["{code} {server}".to_owned(), "Everybody".to_owned(), "{code".to_owned()];
        draft.attributes.insert("shoe_size".to_owned(), "1".to_owned());
        draft.attributes.insert("home_folder".to_owned(), r"\\{sever}\x".to_owned());
        draft.properties.insert("logon_name".to_owned(), Property::default());
        draft
            .properties
            .insert("tier".to_owned(), Property { kind: PropertyKind::Choice, ..Property::default() });
        let size =
            Property { kind: PropertyKind::Integer, default: Some("x".to_owned()), ..Property::default() };
        draft.properties.insert("size_gb".to_owned(), size);
        let errors = draft.check().expect_err("much is wrong");
        let fields: BTreeSet<_> = errors.iter().map(|e| e.field.as_str()).collect();
        let expected = [
            "attributes.home_folder",
            "attributes.shoe_size",
            "groups[0]",
            "groups[1]",
            "groups[2]",
            "properties.logon_name",
            "properties.size_gb.default",
            "properties.tier.choices",
        ];
        assert_eq!(fields.into_iter().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn values_keep_to_their_kind_and_limits() {
        let definition = draft().check().expect("valid");
        let check = |name: &str, value: &str| {
            let given = [(name.to_owned(), value.to_owned())].into();
            definition.check_values("values", &given).map_err(|e| e[0].rule)
        };
        assert!(check("size_gb", "100").is_ok());
        assert_eq!(check("size_gb", "101"), Err(Rule::OutOfRange));
        assert_eq!(check("size_gb", "many"), Err(Rule::Format));
        assert_eq!(check("server", "a-name-that-is-too-long"), Err(Rule::TooLong));
        assert_eq!(check("server", "{code}"), Err(Rule::ForbiddenCharacter));
        assert_eq!(check("colour", "red"), Err(Rule::Unknown));
    }

    #[test]
    fn the_most_special_word_holds() {
        let said = |level, value| Said { level, value, source: () };
        let all = vec![
            said(Level::Person, "e"),
            said(Level::Tenant(2), "d"),
            said(Level::Tenant(0), "c"),
            said(Level::Service, "a"),
            said(Level::Plan, "b"),
        ];
        let order: Vec<_> = chain(all).into_iter().map(|s| s.value).collect();
        assert_eq!(order, ["a", "b", "c", "d", "e"]);
    }
}
