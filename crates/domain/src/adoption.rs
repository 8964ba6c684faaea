//! Taking over what is in a directory and is not ours: what becomes of each
//! object, decided from what was seen of it and from the names that are taken.
//! Pure, so that a preview and what is carried out are the same decision.
//!
//! Start at [`decide`]. What a person's account shows becomes a person in
//! `values`; how people and groups that we have find their accounts is in `link`,
//! by the rules in [`matching`], as rows of a file do.

mod link;
pub mod matching;
mod values;

use std::collections::{BTreeMap, BTreeSet};

use matching::Rule;
use uuid::Uuid;

use crate::{
    drift::codes,
    field::FieldError,
    id::ObjectId,
    spec::{Attribute, ObjectKind},
};

pub use link::{Difference, Existing, Known, Link, Wins};
pub use values::{Values, user_spec, values};

codes! {
    /// What becomes of an object.
    Fate {
        /// Something of ours is made for it, and it is marked.
        Create = "create",
        /// Somebody, or a group, that we have gets it, and it is marked.
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
        /// Whom it fits has another account.
        LinkedElsewhere = "linked_elsewhere",
        /// It is ours, and not of this customer.
        OtherCustomer = "other_customer",
        /// It is the account of a computer.
        Computer = "computer",
        /// It is the account of a service.
        ServiceAccount = "service_account",
        /// The directory cannot do without it.
        BuiltIn = "built_in",
    }
}

impl Reason {
    /// What becomes of an object for this reason: some need nobody's act.
    #[must_use]
    pub const fn fate(self) -> Fate {
        match self {
            Self::AlreadyOurs | Self::Protected | Self::Computer | Self::ServiceAccount | Self::BuiltIn => {
                Fate::Skip
            }
            _ => Fate::Conflict,
        }
    }
}

/// Whose an object is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder {
    /// Of the customer it would be taken over into.
    Here,
    /// Of somebody else.
    Elsewhere,
}

codes! {
    /// What nobody takes over.
    Ignored {
        /// The account of a computer.
        Computer = "computer",
        /// The account of a service.
        ServiceAccount = "service_account",
        /// The directory cannot do without it.
        BuiltIn = "built_in",
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
    pub ours: Option<Holder>,
    /// The marker it bears.
    pub marker: Option<ObjectId>,
    /// It is never touched.
    pub protected: bool,
    /// Nobody takes it over.
    pub ignored: Option<Ignored>,
    /// The key of the person elsewhere, if something said it.
    pub external_id: Option<String>,
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
    /// The customer that exists already, and what it has; a new one when none.
    pub into: Option<Existing>,
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
    /// Who of ours gets it.
    pub link: Option<Link>,
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
    let links = choice.into.as_ref().map(|into| into.find(found)).unwrap_or_default();
    let known = choice.into.iter().flat_map(|into| &into.known).map(|known| (known.id, known)).collect();
    let mut state = Deciding { choice, taken, known, links, left: BTreeSet::new(), used: Used::default() };
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
    known: BTreeMap<Uuid, &'a Known>,
    /// Whom of ours objects fit.
    links: BTreeMap<Uuid, link::Fits<'a>>,
    /// Containers that are not taken over.
    left: BTreeSet<Uuid>,
    used: Used,
}

/// Why not, and what about.
type Refusal = (Reason, BTreeMap<String, String>);

fn because(reason: Reason, args: &[(&str, &str)]) -> Refusal {
    (reason, args.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect())
}

/// What is kept of an object, and who of ours gets it.
type Accepted = (Option<Values>, Option<Link>);

impl Deciding<'_> {
    fn decide(&mut self, object: &Found) -> Decision {
        let decided = self.general(object).and_then(|()| self.of_kind(object));
        let is_own = object.ours == Some(Holder::Here);
        let (fate, reason, args, (values, link)) = match decided {
            Ok(accepted @ (_, Some(_))) => (Fate::Match, None, BTreeMap::new(), accepted),
            Ok(accepted) => (Fate::Create, None, BTreeMap::new(), accepted),
            Err((reason, args)) => (reason.fate(), Some(reason), args, (None, None)),
        };
        if object.kind == ObjectKind::Container && fate != Fate::Create && !is_own {
            self.left.insert(object.id);
        }
        Decision { id: object.id, fate, reason, args, values, link }
    }

    fn of_kind(&mut self, object: &Found) -> Result<Accepted, Refusal> {
        let link = self.linked(object)?;
        match object.kind {
            ObjectKind::User => self.person(object, link),
            ObjectKind::Group => self.group(object, link.as_ref()).map(|()| (None, link)),
            ObjectKind::Container | ObjectKind::Access => Ok((None, None)),
        }
    }

    fn general(&self, object: &Found) -> Result<(), Refusal> {
        match object.ours {
            Some(Holder::Elsewhere) if self.choice.into.is_some() => {
                return Err(because(Reason::OtherCustomer, &[]));
            }
            Some(_) => return Err(because(Reason::AlreadyOurs, &[])),
            None => {}
        }
        if object.protected {
            return Err(because(Reason::Protected, &[]));
        }
        match object.ignored {
            Some(Ignored::Computer) => return Err(because(Reason::Computer, &[])),
            Some(Ignored::ServiceAccount) => return Err(because(Reason::ServiceAccount, &[])),
            Some(Ignored::BuiltIn) => return Err(because(Reason::BuiltIn, &[])),
            None => {}
        }
        let is_known = matches!(self.links.get(&object.id), Some(link::Fits::One(_, Rule::Marker)));
        if object.marker.is_some() && !is_known {
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

    /// Who of ours gets it.
    fn linked(&self, object: &Found) -> Result<Option<Link>, Refusal> {
        if self.choice.into.is_none() {
            return Ok(None);
        }
        match self.links.get(&object.id) {
            None => Ok(None),
            Some(link::Fits::Several(rule)) => {
                Err(because(Reason::SeveralCandidates, &[("rule", rule.code())]))
            }
            Some(link::Fits::One(known, rule)) if known.is_linked => {
                Err(because(Reason::LinkedElsewhere, &[("rule", rule.code()), ("value", &known.name)]))
            }
            Some(link::Fits::One(known, rule)) => Ok(Some(Link {
                whose: known.id,
                rule: *rule,
                differences: Existing::differences(known, object),
            })),
        }
    }

    fn person(&mut self, object: &Found, link: Option<Link>) -> Result<Accepted, Refusal> {
        let whose = link.as_ref().and_then(|link| self.known(link.whose));
        if whose.is_some() && self.portal_wins() {
            // The account becomes what the person is; what it shows now is nobody's wish.
            return Ok((None, link));
        }
        let values = values(&object.attributes).map_err(|error| refused(&error))?;
        let own = whose.map(|known| known.names.clone()).unwrap_or_default();
        self.person_names(&values, &own)?;
        Ok((Some(values), link))
    }

    fn known(&self, id: Uuid) -> Option<&Known> {
        self.known.get(&id).copied()
    }

    fn portal_wins(&self) -> bool {
        self.choice.into.as_ref().is_some_and(|into| into.wins == Wins::Portal)
    }

    /// Whether the names are free, but for those the person has already.
    fn person_names(&mut self, values: &Values, own: &BTreeSet<String>) -> Result<(), Refusal> {
        let suffix = values.suffix().unwrap_or_default();
        if self.choice.suffixes.as_ref().is_some_and(|chosen| !chosen.contains(suffix)) {
            return Err(because(Reason::SuffixLeftOut, &[("value", suffix)]));
        }
        if self.taken.suffixes.contains(suffix) {
            return Err(because(Reason::SuffixTaken, &[("value", suffix)]));
        }
        if self.taken.principal.contains(&values.principal_name) && !own.contains(&values.principal_name) {
            let args = [("field", "principal_name"), ("value", values.principal_name.as_str())];
            return Err(because(Reason::NameTaken, &args));
        }
        if self.taken.logon.contains(&values.logon_name) && !own.contains(&values.logon_name) {
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
        Ok(())
    }

    fn group(&mut self, object: &Found, link: Option<&Link>) -> Result<(), Refusal> {
        let own = link.and_then(|link| self.known(link.whose)).map(|known| known.names.clone());
        if own.is_some() && self.portal_wins() {
            return Ok(());
        }
        let own = own.unwrap_or_default();
        let name = crate::names::display_name("name", &object.name).map_err(|error| refused(&error))?;
        let Some(logon) = logon_of(object) else {
            return Err(because(Reason::Value, &[("field", "logon_name"), ("rule", "required")]));
        };
        if self.taken.logon.contains(&logon) && !own.contains(&logon) {
            return Err(because(Reason::NameTaken, &[("field", "logon_name"), ("value", &logon)]));
        }
        let key = name.to_lowercase();
        let is_taken = self.choice.group_names.contains(&key) && !own.contains(&key);
        if is_taken || !self.used.groups.insert(key) {
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
mod tests;
