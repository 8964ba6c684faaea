//! Saved views: what of the address of a list somebody keeps under a name. Its place in the
//! list is not kept, and neither is anything a list does not know.

use std::collections::BTreeMap;

use super::{
    Column, GroupCell, GroupColumn, Order, PEOPLE_STATES, PeopleCell, PeopleColumn, REQUEST_KINDS,
    REQUEST_STATES, RequestCell, RequestColumn, Standing, TENANT_STATUSES, TenantCell, TenantColumn, chosen,
    filled, one_of, parts,
};
use crate::{
    field::{FieldError, Rule},
    group::GroupKind,
    id::{TenantId, UserId},
    limits, names,
    person::Detail,
    request::{ItemState, RequestState},
    tenant::Status,
};

/// Names and values of an address, as a view keeps them.
pub type Query = BTreeMap<String, String>;

/// What the names of custom fields begin with.
const FIELDS: &str = "fields.";

/// The lists that have views. One of people or groups is that of any customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum List {
    /// People of a customer.
    People,
    /// Groups of a customer.
    Groups,
    /// Customers.
    Customers,
    /// Requests.
    Requests,
}

impl List {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::People, Self::Groups, Self::Customers, Self::Requests];

    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::People => "people",
            Self::Groups => "groups",
            Self::Customers => "customers",
            Self::Requests => "requests",
        }
    }

    /// The list with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|list| list.code() == code)
    }

    /// Names a view of it can keep; of people also those of custom fields.
    const fn names(self) -> &'static [&'static str] {
        match self {
            Self::People => &["q", "standing", "state", "plan", "department", "sort", "columns"],
            Self::Groups => &["q", "kind", "members", "sort", "columns"],
            Self::Customers => &["q", "status", "seller", "sort", "columns"],
            Self::Requests => &["state", "kind", "tenant", "actor", "sort", "columns"],
        }
    }

    /// Whether a view of it can keep this name.
    #[must_use]
    pub fn keeps(self, name: &str) -> bool {
        self.names().contains(&name) || self == Self::People && is_field(name)
    }

    /// Columns it can show, where `text` asks for them.
    fn columns(self, text: &str) -> Result<String, FieldError> {
        fn codes<C: Column>() -> Vec<&'static str> {
            C::ALL.iter().map(|column| column.code()).collect()
        }
        let mut all = match self {
            Self::People => codes::<PeopleCell>(),
            Self::Groups => codes::<GroupCell>(),
            Self::Customers => codes::<TenantCell>(),
            Self::Requests => codes::<RequestCell>(),
        };
        if self == Self::People {
            all.extend(Detail::ALL.iter().map(|detail| detail.code()));
            // Which there are differs from customer to customer: that is asked when the view is opened.
            all.extend(parts(text).filter(|name| is_field(name)));
        }
        Ok(chosen(text, &all, |code| code)?.into_iter().copied().collect::<Vec<_>>().join(","))
    }

    /// A value as it is kept.
    fn value(self, name: &str, text: &str) -> Result<String, FieldError> {
        let id = |wrong: bool| wrong.then(|| FieldError::new(name, Rule::Unknown).with("value", text));
        let wrong = match (self, name) {
            (_, "columns") => return self.columns(text),
            (Self::People, "sort") => Order::<PeopleColumn>::parse(text).err(),
            (Self::Groups, "sort") => Order::<GroupColumn>::parse(text).err(),
            (Self::Customers, "sort") => Order::<TenantColumn>::parse(text).err(),
            (Self::Requests, "sort") => Order::<RequestColumn>::parse(text).err(),
            (Self::People, "standing") => one_of(name, text, &Standing::ALL, Standing::code).err(),
            (Self::People, "state") => one_of(name, text, &PEOPLE_STATES, ItemState::code).err(),
            (Self::Groups, "kind") => one_of(name, text, &GroupKind::ALL, GroupKind::code).err(),
            (Self::Groups, "members") => one_of(name, text, &[true, false], filled).err(),
            (Self::Customers, "status") => one_of(name, text, &TENANT_STATUSES, Status::code).err(),
            (Self::Requests, "state") => one_of(name, text, &REQUEST_STATES, RequestState::code).err(),
            (Self::Requests, "kind") => one_of(name, text, &REQUEST_KINDS, |kind| kind).err(),
            (Self::Customers, "seller") | (Self::Requests, "tenant") => id(text.parse::<TenantId>().is_err()),
            (Self::Requests, "actor") => id(text.parse::<UserId>().is_err()),
            _ => None,
        };
        wrong.map_or_else(|| Ok(text.to_owned()), Err)
    }
}

fn is_field(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    name.strip_prefix(FIELDS)
        .is_some_and(|key| limits::FIELD_KEY_CHARS.contains(&key.len()) && key.chars().all(plain))
}

/// What a view of `list` keeps of these names and values: those it knows, with values it takes.
/// What is empty asks for nothing.
pub fn check(list: List, given: &Query) -> Result<Query, Vec<FieldError>> {
    let (mut kept, mut errors) = (Query::new(), Vec::new());
    for (name, text) in given.iter().filter(|(_, text)| !text.trim().is_empty()) {
        if !list.keeps(name) {
            let error = FieldError::new(name, Rule::Unknown).with("value", name);
            errors.push(error.known(list.names().iter().copied()));
            continue;
        }
        let most = if name == "columns" { limits::VIEW_COLUMNS_CHARS } else { limits::VIEW_VALUE_CHARS };
        match names::line(name, text, most).and_then(|text| list.value(name, &text)) {
            Ok(value) => drop(kept.insert(name.clone(), value)),
            Err(error) => errors.push(error),
        }
    }
    if kept.is_empty() && errors.is_empty() {
        return Err(vec![FieldError::new("", Rule::Required)]);
    }
    if errors.is_empty() { Ok(kept) } else { Err(errors) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(of: &[(&str, &str)]) -> Query {
        of.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn a_view_keeps_what_its_list_knows() {
        let given = query(&[
            ("q", " anna "),
            ("standing", "disabled"),
            ("state", ""),
            ("columns", "name, employee_id,fields.cost_centre"),
            ("fields.cost_centre", "4711"),
            ("sort", "-created"),
        ]);
        let kept = check(List::People, &given).expect("a view");
        assert_eq!(kept["q"], "anna");
        assert_eq!(kept["columns"], "name,employee_id,fields.cost_centre");
        assert_eq!(kept.len(), 5, "{kept:?}");
        assert_eq!(check(List::People, &kept), Ok(kept.clone()), "the same when it is read again");
    }

    #[test]
    fn what_a_list_does_not_know_is_refused_with_what_it_knows() {
        for (list, name, value) in [
            (List::People, "after", "x"),
            (List::People, "kind", "security"),
            (List::People, "fields.Bad key", "x"),
            (List::People, "standing", "asleep"),
            (List::People, "state", "complete"),
            (List::People, "sort", "shoe_size"),
            (List::People, "columns", "name,shoe_size"),
            (List::Groups, "fields.cost_centre", "4711"),
            (List::Groups, "columns", "login"),
            (List::Groups, "members", "few"),
            (List::Customers, "status", "gone"),
            (List::Customers, "seller", "x"),
            (List::Requests, "q", "x"),
            (List::Requests, "kind", "wish"),
            (List::Requests, "actor", "x"),
            (List::Requests, "state", "drifted"),
        ] {
            let errors = check(list, &query(&[(name, value)])).expect_err(name);
            assert_eq!((errors[0].field.as_str(), errors[0].rule), (name, Rule::Unknown), "{value}");
        }
        let long = check(List::People, &query(&[("q", &"x".repeat(101))])).expect_err("too long");
        assert_eq!(long[0].rule, Rule::TooLong);
        let nothing = check(List::People, &query(&[("q", " ")])).expect_err("nothing to keep");
        assert_eq!(nothing[0].rule, Rule::Required);
    }
}
