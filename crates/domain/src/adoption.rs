//! Taking over what is in a directory and is not ours: what becomes of each
//! object, decided from what was seen of it and from the names that are taken.
//! Pure, so that a preview and what is carried out are the same decision.
//!
//! Start at [`decide`]. What a person's account shows becomes a person in
//! `values`; how rows of a file find their accounts is in [`matching`].

pub mod matching;
mod values;

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use crate::{
    drift::codes,
    field::FieldError,
    spec::{Attribute, ObjectKind},
};

pub use values::{Values, user_spec, values};

codes! {
    /// What becomes of an object.
    Fate {
        /// Something of ours is made for it, and it is marked.
        Create = "create",
        /// It is what something of ours has been waiting for, and it is marked.
        Match = "match",
        /// It cannot be taken over as it is: a person has to act first.
        Conflict = "conflict",
        /// It stays what it is.
        Skip = "skip",
    }
}

codes! {
    /// Why an object is not taken over.
    Reason {
        /// It is ours already.
        AlreadyOurs = "already_ours",
        /// It bears the marker of something we do not know.
        ForeignMarker = "foreign_marker",
        /// It is on the list of what is never touched.
        Protected = "protected",
        /// What it lies in is not taken over.
        Container = "container",
        /// A value is missing or is one we cannot keep.
        Value = "value",
        /// Another customer has the name, or had it lately.
        NameTaken = "name_taken",
        /// Two objects of this adoption have the name.
        Duplicate = "duplicate",
        /// Another customer has the domain of its principal name.
        SuffixTaken = "suffix_taken",
        /// The domain of its principal name was not among those asked for.
        SuffixLeftOut = "suffix_left_out",
        /// Several rows, or several accounts, fit each other.
        SeveralCandidates = "several_candidates",
    }
}

impl Reason {
    /// What becomes of an object for this reason: some need nobody's act.
    #[must_use]
    pub const fn fate(self) -> Fate {
        match self {
            Self::AlreadyOurs | Self::Protected => Fate::Skip,
            _ => Fate::Conflict,
        }
    }
}

/// An object as a survey saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Its id in the directory.
    pub id: Uuid,
    /// Container, group or user.
    pub kind: ObjectKind,
    /// The container it lies in; none for the one that is taken over.
    pub parent: Option<Uuid>,
    /// Its name within that.
    pub name: String,
    /// What it shows.
    pub attributes: BTreeMap<Attribute, String>,
    /// It is ours.
    pub ours: bool,
    /// It bears a marker.
    pub marked: bool,
    /// It is never touched.
    pub protected: bool,
}

/// Names that others have, in lower case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    /// `user@suffix`.
    pub principal: BTreeSet<String>,
    /// Log-on names of people and groups.
    pub logon: BTreeSet<String>,
    /// Domains of principal names.
    pub suffixes: BTreeSet<String>,
}

/// What somebody chose beyond the container.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choice {
    /// Only these domains; all that are found when none.
    pub suffixes: Option<BTreeSet<String>>,
    /// Names of groups, in lower case, that the product makes itself.
    pub group_names: BTreeSet<String>,
    /// Objects several rows of a file fit, or the other way round.
    pub ambiguous: BTreeSet<Uuid>,
}

/// What becomes of one object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Its id in the directory.
    pub id: Uuid,
    /// What becomes of it.
    pub fate: Fate,
    /// Why not.
    pub reason: Option<Reason>,
    /// What the reason is about: `field`, `rule`, `value`.
    pub args: BTreeMap<String, String>,
    /// For people that are taken over: what is kept of them.
    pub values: Option<Values>,
}

/// The names for which somebody has to ask before [`decide`].
#[must_use]
pub fn names(found: &[Found]) -> Names {
    let mut names = Names::default();
    for object in found {
        match object.kind {
            ObjectKind::User => {
                let Ok(values) = values(&object.attributes) else { continue };
                names.suffixes.extend(values.suffix().map(str::to_owned));
                names.principal.insert(values.principal_name);
                names.logon.insert(values.logon_name);
            }
            ObjectKind::Group => names.logon.extend(logon_of(object)),
            ObjectKind::Container | ObjectKind::Access => {}
        }
    }
    names
}

/// What becomes of every object, in the order of work: containers, groups,
/// people, each after what it lies in.
#[must_use]
pub fn decide(found: &[Found], choice: &Choice, taken: &Names) -> Vec<Decision> {
    let mut state = Deciding { choice, taken, left: BTreeSet::new(), used: Used::default() };
    let depth = depths(found);
    let mut order: Vec<&Found> = found.iter().collect();
    order.sort_by_key(|f| (f.kind, depth.get(&f.id).copied().unwrap_or_default(), f.id));
    order.into_iter().map(|object| state.decide(object)).collect()
}

/// How deep each container lies; what lies in none of them lies deepest.
fn depths(found: &[Found]) -> BTreeMap<Uuid, usize> {
    let parents: BTreeMap<_, _> =
        found.iter().filter(|f| f.kind == ObjectKind::Container).map(|f| (f.id, f.parent)).collect();
    let depth = |mut at: Uuid| {
        let mut depth = 0;
        // Bounded, because what was seen page by page may contradict itself.
        while let Some(Some(parent)) = parents.get(&at) {
            depth += 1;
            at = *parent;
            if depth > parents.len() {
                break;
            }
        }
        depth
    };
    parents.keys().map(|id| (*id, depth(*id))).collect()
}

fn logon_of(object: &Found) -> Option<String> {
    object.attributes.get(&Attribute::LogonName).map(|name| name.to_lowercase())
}

#[derive(Default)]
struct Used {
    principal: BTreeSet<String>,
    logon: BTreeSet<String>,
    groups: BTreeSet<String>,
}

struct Deciding<'a> {
    choice: &'a Choice,
    taken: &'a Names,
    /// Containers that are not taken over.
    left: BTreeSet<Uuid>,
    used: Used,
}

/// Why not, and what about.
type Refusal = (Reason, BTreeMap<String, String>);

fn because(reason: Reason, args: &[(&str, &str)]) -> Refusal {
    (reason, args.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect())
}

impl Deciding<'_> {
    fn decide(&mut self, object: &Found) -> Decision {
        let decided = self.general(object).and_then(|()| match object.kind {
            ObjectKind::User => self.person(object).map(Some),
            ObjectKind::Group => self.group(object).map(|()| None),
            ObjectKind::Container | ObjectKind::Access => Ok(None),
        });
        let (fate, reason, args, values) = match decided {
            Ok(values) => (Fate::Create, None, BTreeMap::new(), values),
            Err((reason, args)) => (reason.fate(), Some(reason), args, None),
        };
        if object.kind == ObjectKind::Container && fate != Fate::Create {
            self.left.insert(object.id);
        }
        Decision { id: object.id, fate, reason, args, values }
    }

    fn general(&self, object: &Found) -> Result<(), Refusal> {
        if object.ours {
            return Err(because(Reason::AlreadyOurs, &[]));
        }
        if object.protected {
            return Err(because(Reason::Protected, &[]));
        }
        if object.marked {
            return Err(because(Reason::ForeignMarker, &[]));
        }
        if object.parent.is_some_and(|parent| self.left.contains(&parent)) {
            return Err(because(Reason::Container, &[]));
        }
        if self.choice.ambiguous.contains(&object.id) {
            return Err(because(Reason::SeveralCandidates, &[]));
        }
        Ok(())
    }

    fn person(&mut self, object: &Found) -> Result<Values, Refusal> {
        let values = values(&object.attributes).map_err(|error| refused(&error))?;
        let suffix = values.suffix().unwrap_or_default();
        if self.choice.suffixes.as_ref().is_some_and(|chosen| !chosen.contains(suffix)) {
            return Err(because(Reason::SuffixLeftOut, &[("value", suffix)]));
        }
        if self.taken.suffixes.contains(suffix) {
            return Err(because(Reason::SuffixTaken, &[("value", suffix)]));
        }
        if self.taken.principal.contains(&values.principal_name) {
            let args = [("field", "principal_name"), ("value", values.principal_name.as_str())];
            return Err(because(Reason::NameTaken, &args));
        }
        if self.taken.logon.contains(&values.logon_name) {
            let args = [("field", "logon_name"), ("value", values.logon_name.as_str())];
            return Err(because(Reason::NameTaken, &args));
        }
        if !self.used.principal.insert(values.principal_name.clone()) {
            let args = [("field", "principal_name"), ("value", values.principal_name.as_str())];
            return Err(because(Reason::Duplicate, &args));
        }
        if !self.used.logon.insert(values.logon_name.clone()) {
            let args = [("field", "logon_name"), ("value", values.logon_name.as_str())];
            return Err(because(Reason::Duplicate, &args));
        }
        Ok(values)
    }

    fn group(&mut self, object: &Found) -> Result<(), Refusal> {
        let name = crate::names::display_name("name", &object.name).map_err(|error| refused(&error))?;
        let Some(logon) = logon_of(object) else {
            return Err(because(Reason::Value, &[("field", "logon_name"), ("rule", "required")]));
        };
        if self.taken.logon.contains(&logon) {
            return Err(because(Reason::NameTaken, &[("field", "logon_name"), ("value", &logon)]));
        }
        let key = name.to_lowercase();
        if self.choice.group_names.contains(&key) || !self.used.groups.insert(key) {
            return Err(because(Reason::Duplicate, &[("field", "name"), ("value", &name)]));
        }
        if !self.used.logon.insert(logon.clone()) {
            return Err(because(Reason::Duplicate, &[("field", "logon_name"), ("value", &logon)]));
        }
        Ok(())
    }
}

fn refused(error: &FieldError) -> Refusal {
    let mut args = error.args.clone();
    args.insert("field".to_owned(), error.field.clone());
    args.insert("rule".to_owned(), error.rule.code().to_owned());
    (Reason::Value, args)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn id(n: u128) -> Uuid {
        Uuid::from_u128(n)
    }

    fn object(n: u128, kind: ObjectKind, name: &str) -> Found {
        let attributes = match kind {
            ObjectKind::User => BTreeMap::from([
                (Attribute::Name, name.to_owned()),
                (Attribute::LogonName, name.to_owned()),
                (Attribute::PrincipalName, format!("{name}@Acme.test")),
                (Attribute::Enabled, "true".to_owned()),
            ]),
            ObjectKind::Group => BTreeMap::from([(Attribute::LogonName, name.to_owned())]),
            _ => BTreeMap::new(),
        };
        let parent = (n > 1).then_some(id(1));
        let name = name.to_owned();
        Found { id: id(n), kind, parent, name, attributes, ours: false, marked: false, protected: false }
    }

    fn fates(found: &[Found], choice: &Choice, taken: &Names) -> Vec<(u128, Fate, Option<Reason>)> {
        let decided = decide(found, choice, taken);
        decided.into_iter().map(|d| (d.id.as_u128(), d.fate, d.reason)).collect()
    }

    #[test]
    fn what_is_in_order_is_taken_over_with_its_names_in_small_letters() {
        let found = [
            object(3, ObjectKind::User, "Anna"),
            object(2, ObjectKind::Group, "Sales"),
            object(1, ObjectKind::Container, "Acme"),
        ];
        let decided = decide(&found, &Choice::default(), &Names::default());
        let fates: Vec<_> = decided.iter().map(|d| (d.id.as_u128(), d.fate)).collect();
        assert_eq!(fates, [(1, Fate::Create), (2, Fate::Create), (3, Fate::Create)]);
        let values = decided[2].values.as_ref().expect("a person");
        assert_eq!((values.principal_name.as_str(), values.logon_name.as_str()), ("anna@acme.test", "anna"));
        assert_eq!(values.display_name, "Anna", "the name stands for what is not shown");
    }

    #[test]
    fn every_reason_is_told() {
        let mut ours = object(2, ObjectKind::User, "ours");
        ours.ours = true;
        let mut marked = object(3, ObjectKind::User, "marked");
        marked.marked = true;
        let mut protected = object(4, ObjectKind::Container, "Vault");
        protected.protected = true;
        let mut within = object(5, ObjectKind::User, "within");
        within.parent = Some(id(4));
        let mut nameless = object(6, ObjectKind::User, "nameless");
        nameless.attributes.remove(&Attribute::PrincipalName);
        let mut other = object(9, ObjectKind::User, "other");
        other.attributes.insert(Attribute::PrincipalName, "other@else.test".to_owned());
        let mut twice = object(11, ObjectKind::User, "twice2");
        twice.attributes.insert(Attribute::PrincipalName, "twice@acme.test".to_owned());
        let found = [
            object(1, ObjectKind::Container, "Acme"),
            ours,
            marked,
            protected,
            within,
            nameless,
            object(7, ObjectKind::User, "taken"),
            object(8, ObjectKind::Group, "Members"),
            other,
            object(10, ObjectKind::User, "twice"),
            twice,
            object(12, ObjectKind::User, "torn"),
        ];
        let choice = Choice {
            suffixes: Some(BTreeSet::from(["acme.test".to_owned()])),
            group_names: BTreeSet::from(["members".to_owned()]),
            ambiguous: BTreeSet::from([id(12)]),
        };
        let taken = Names { logon: BTreeSet::from(["taken".to_owned()]), ..Names::default() };
        let told: BTreeMap<_, _> =
            fates(&found, &choice, &taken).into_iter().map(|(n, fate, why)| (n, (fate, why))).collect();
        let conflict = |reason| (Fate::Conflict, Some(reason));
        assert_eq!(told[&2], (Fate::Skip, Some(Reason::AlreadyOurs)));
        assert_eq!(told[&3], conflict(Reason::ForeignMarker));
        assert_eq!(told[&4], (Fate::Skip, Some(Reason::Protected)));
        assert_eq!(told[&5], conflict(Reason::Container));
        assert_eq!(told[&6], conflict(Reason::Value));
        assert_eq!(told[&7], conflict(Reason::NameTaken));
        assert_eq!(told[&8], conflict(Reason::Duplicate));
        assert_eq!(told[&9], conflict(Reason::SuffixLeftOut));
        assert_eq!(told[&10], (Fate::Create, None));
        assert_eq!(told[&11], conflict(Reason::Duplicate));
        assert_eq!(told[&12], conflict(Reason::SeveralCandidates));
        let taken = Names { suffixes: BTreeSet::from(["acme.test".to_owned()]), ..Names::default() };
        let told = fates(&found[..1], &Choice::default(), &taken);
        assert_eq!(told, [(1, Fate::Create, None)]);
        let told = fates(&[object(2, ObjectKind::User, "anna")], &Choice::default(), &taken);
        assert_eq!(told[0].2, Some(Reason::SuffixTaken));
    }

    proptest! {
        #[test]
        fn no_two_that_are_taken_over_share_a_name_and_nothing_is_lost(
            people in proptest::collection::vec(("[a-c]{1,2}", "[a-c]{1,2}", any::<bool>()), 0..20)
        ) {
            let found: Vec<_> = people.iter().zip(2..).map(|((upn, logon, group), n)| {
                let kind = if *group { ObjectKind::Group } else { ObjectKind::User };
                let mut found = object(n, kind, logon);
                if !group {
                    found.attributes.insert(Attribute::PrincipalName, format!("{upn}@acme.test"));
                }
                found
            }).collect();
            let decided = decide(&found, &Choice::default(), &Names::default());
            prop_assert_eq!(decided.len(), found.len());
            let created: Vec<_> = decided.iter().filter(|d| d.fate == Fate::Create).collect();
            let upns: Vec<_> = created.iter().filter_map(|d| d.values.as_ref()).map(|v| &v.principal_name).collect();
            prop_assert_eq!(upns.iter().collect::<BTreeSet<_>>().len(), upns.len());
            let by_id: BTreeMap<_, _> = found.iter().map(|f| (f.id, f)).collect();
            let logons: Vec<_> = created.iter().filter_map(|d| logon_of(by_id[&d.id])).collect();
            prop_assert_eq!(logons.iter().collect::<BTreeSet<_>>().len(), logons.len());
            // The order in which a survey came in changes nothing.
            let mut reversed = found.clone();
            reversed.reverse();
            prop_assert_eq!(decide(&reversed, &Choice::default(), &Names::default()), decided);
        }
    }
}
