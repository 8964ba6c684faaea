//! People and groups that a customer has already, and the accounts in a directory
//! that are theirs: found by rules in a chosen order, never by a guess.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::{
    Found, Values,
    matching::{Keys, Matched, Rule, find},
    values,
};
use crate::{
    drift::codes,
    person::Detail,
    spec::{Attribute, ObjectKind},
};

codes! {
    /// Whose values hold when somebody of ours gets an account.
    Wins {
        /// What the directory shows becomes what we know.
        Directory = "directory",
        /// What we know becomes what the directory shows.
        Portal = "portal",
    }
}

/// The customer that exists already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Existing {
    /// By what people and groups find their accounts, in this order.
    pub rules: Vec<Rule>,
    /// Whose values hold.
    pub wins: Wins,
    /// Its people and groups.
    pub known: Vec<Known>,
}

/// A person or a group of the customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Its id with us.
    pub id: Uuid,
    /// A person or a group.
    pub kind: ObjectKind,
    /// What people call it.
    pub name: String,
    /// It has an account, or a group, in the directory already.
    pub is_linked: bool,
    /// What it is found by.
    pub keys: Keys,
    /// Names nobody else has, and the name of a group; in lower case.
    pub names: BTreeSet<String>,
    /// What we know of it, by the names of attributes.
    pub shown: BTreeMap<String, String>,
}

/// Somebody of ours gets an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The id of the person or the group.
    pub whose: Uuid,
    /// By what it was found.
    pub rule: Rule,
    /// What the two sides say, where they differ.
    pub differences: Vec<Difference>,
}

/// A value the two sides do not have alike.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Difference {
    /// The name of the attribute.
    pub field: String,
    /// What the directory shows.
    pub directory: Option<String>,
    /// What we know.
    pub portal: Option<String>,
}

/// Whom an object fits.
#[derive(Debug)]
pub(super) enum Fits<'a> {
    One(&'a Known, Rule),
    Several(Rule),
}

impl Existing {
    /// Whom the objects fit that could be taken over.
    pub(super) fn find(&self, found: &[Found]) -> BTreeMap<Uuid, Fits<'_>> {
        let mut fits = BTreeMap::new();
        for kind in [ObjectKind::Group, ObjectKind::User] {
            let known: BTreeMap<_, _> =
                self.known.iter().filter(|known| known.kind == kind).map(|known| (known.id, known)).collect();
            let accounts: Vec<_> = known.values().map(|known| (known.id, known.keys.clone())).collect();
            let free = |f: &&Found| f.kind == kind && f.ours.is_none() && !f.protected && f.ignored.is_none();
            let free: Vec<_> = found.iter().filter(free).collect();
            let rows: Vec<_> = free.iter().map(|object| keys(object)).collect();
            for (object, matched) in free.iter().zip(find(&self.rules, &rows, &accounts)) {
                match matched {
                    Matched::One(id, rule) => {
                        fits.extend(known.get(&id).map(|k| (object.id, Fits::One(k, rule))));
                    }
                    Matched::Several(rule) => drop(fits.insert(object.id, Fits::Several(rule))),
                    Matched::None => {}
                }
            }
        }
        fits
    }

    /// What the two sides say of it. What only one of them can know is no difference.
    pub(super) fn differences(known: &Known, object: &Found) -> Vec<Difference> {
        let shown = shown(object);
        let fields: BTreeSet<_> = known.shown.keys().chain(shown.keys()).collect();
        let differ = fields.into_iter().filter_map(|field| {
            let (directory, portal) = (shown.get(field).cloned(), known.shown.get(field).cloned());
            (directory != portal).then(|| Difference { field: field.clone(), directory, portal })
        });
        differ.collect()
    }
}

/// What an object is known by.
fn keys(object: &Found) -> Keys {
    let mut keys = Keys::new();
    let mut know = |rule, attribute| {
        keys.extend(object.attributes.get(&attribute).map(|value| (rule, value.clone())));
    };
    know(Rule::Mail, Attribute::Mail);
    know(Rule::LogonName, Attribute::LogonName);
    if object.kind == ObjectKind::User {
        know(Rule::PrincipalName, Attribute::PrincipalName);
        know(Rule::EmployeeId, Attribute::Detail(Detail::EmployeeId));
        keys.extend(object.external_id.clone().map(|key| (Rule::ExternalId, key)));
    } else {
        keys.insert(Rule::Name, object.name.clone());
    }
    keys.extend(object.marker.map(|marker| (Rule::Marker, marker.to_string())));
    keys
}

/// What the directory shows of it, by the names of attributes and as we would keep it.
fn shown(object: &Found) -> BTreeMap<String, String> {
    if object.kind == ObjectKind::User
        && let Ok(values) = values(&object.attributes)
    {
        return values.shown();
    }
    let of_group = [Attribute::Description, Attribute::GroupKind, Attribute::Mail];
    let of_group = of_group.into_iter().chain([Attribute::Detail(Detail::Aliases)]);
    let shown = of_group.filter_map(|a| Some((a.code().to_owned(), object.attributes.get(&a)?.clone())));
    let name = [(Attribute::Name.code().to_owned(), object.name.clone())];
    match object.kind {
        ObjectKind::User => {
            let raw = object.attributes.iter().filter(|(a, _)| !a.is_link());
            raw.map(|(a, value)| (a.code().to_owned(), value.clone())).collect()
        }
        _ => shown.chain(name).collect(),
    }
}

impl Values {
    /// By the names of attributes.
    #[must_use]
    pub fn shown(&self) -> BTreeMap<String, String> {
        let plain = [
            (Attribute::GivenName, self.given_name.clone()),
            (Attribute::Surname, self.surname.clone()),
            (Attribute::DisplayName, Some(self.display_name.clone())),
            (Attribute::PrincipalName, Some(self.principal_name.clone())),
            (Attribute::LogonName, Some(self.logon_name.clone())),
            (Attribute::Mail, self.mail.clone()),
            (Attribute::Phone, self.phone.clone()),
            (Attribute::Title, self.title.clone()),
            (Attribute::Department, self.department.clone()),
            (Attribute::Enabled, Some(self.enabled.to_string())),
        ];
        let plain = plain.into_iter().filter_map(|(a, value)| Some((a.code().to_owned(), value?)));
        let details = self.details.iter().filter(|(detail, _)| detail.is_in_directory());
        plain.chain(details.map(|(detail, value)| (detail.code().to_owned(), value.clone()))).collect()
    }
}
