//! Seeing what is there, in few searches: objects known by id and log-on
//! names a hundred a search over the domain, names within one container a
//! hundred a search over its children. Nothing is read one by one.

use std::collections::{BTreeMap, HashMap, HashSet, hash_map::Entry};

use connector::{Holder, Lane, Unreachable};
use domain::{
    id::ObjectId,
    limits,
    names::unmarked,
    spec::{Address, Attribute, Naming, ObjectKind, Observed, Selector},
};
use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use uuid::Uuid;

use crate::{
    Directory, access,
    connection::{Found, Scope, Session, code},
    controls, dn, entry, filter,
    security::Descriptor,
};

/// The container names are looked for in; none is the folder.
type Parent = Option<Uuid>;

/// One search of a batch.
struct Query {
    base: String,
    scope: Scope,
    /// Set when the answers are the children of one container.
    parent: Option<Parent>,
    filter: String,
}

impl Query {
    async fn send(
        self,
        session: &Session,
        attributes: &[&str],
        what: What,
    ) -> Result<(Option<Parent>, Found), Unreachable> {
        // Links are compared by the id of what they refer to.
        let only = if what == What::Access { controls::dacl_only() } else { controls::names_with_ids() };
        let controls = vec![only];
        let found = session.search(&self.base, self.scope, &self.filter, attributes, controls).await?;
        answered(found).map(|found| (self.parent, found))
    }
}

/// Everything that was found, and how it can be looked up.
#[derive(Default)]
struct Seen {
    objects: HashMap<Uuid, Observed>,
    logons: HashMap<String, Uuid>,
    names: HashMap<(Parent, &'static str, Vec<u8>), Uuid>,
}

impl Directory {
    pub(crate) async fn observe_all(
        &self,
        lane: Lane,
        which: &[Selector],
    ) -> Result<Vec<Option<Observed>>, Unreachable> {
        if which.is_empty() {
            return Ok(Vec::new());
        }
        let session = self.session(lane).await?;
        // Access needs another attribute and a control, so it is a batch of its own.
        let (access, plain): (Vec<_>, Vec<_>) = which.iter().partition(|s| s.kind == ObjectKind::Access);
        let plain = self.look(&session, &plain, What::Objects).await?;
        let access = self.look(&session, &access, What::Access).await?;
        let mut seen = Vec::with_capacity(which.len());
        for selector in which {
            let from = if selector.kind == ObjectKind::Access { &access } else { &plain };
            let mut observed = from.find(selector);
            if let Some(observed) = observed.as_mut().filter(|_| !selector.members.is_empty()) {
                let members: Vec<Uuid> = selector.members.iter().map(|m| m.external_id).collect();
                let survey = self.survey(&session, observed.address.external_id, &members).await?;
                observed.present_members =
                    members.into_iter().filter(|m| survey.present.contains(m)).collect();
            }
            seen.push(observed);
        }
        Ok(seen)
    }

    /// Who has each of these names, anywhere in the domain: both are unique there (MS-ADTS 3.1.1.5.1.3).
    pub(crate) async fn holders_of(
        &self,
        lane: Lane,
        names: &[(Attribute, String)],
    ) -> Result<Vec<Option<Holder>>, Unreachable> {
        let session = self.session(lane).await?;
        let named = |(attribute, name): &(Attribute, String)| {
            Some((entry::ldap_name(*attribute)?, name.to_lowercase()))
        };
        let terms: Vec<_> = names
            .iter()
            .filter_map(named)
            .map(|(attribute, name)| filter::equals(attribute, &name))
            .collect();
        let attributes = ["objectGUID", "sAMAccountName", "userPrincipalName", &*self.config.marker];
        let searches =
            terms.chunks(limits::TERMS_PER_FILTER).map(|chunk| {
                let (session, filter) = (&session, filter::any_of(chunk));
                let base = self.config.base_dn.as_str();
                async move {
                    answered(session.search(base, Scope::Subtree, &filter, &attributes, Vec::new()).await?)
                }
            });
        let searches: Vec<_> = searches.collect();
        let answers: Vec<Found> = stream::iter(searches).buffered(self.config.window).try_collect().await?;
        let mut held = Held::of(names.iter().filter_map(named));
        for entry in answers.iter().flat_map(|found| &found.entries) {
            let Some(external_id) = entry.id("objectGUID") else { continue };
            let marker = entry.text(&self.config.marker).and_then(|text| text.parse::<ObjectId>().ok());
            for attribute in ["sAMAccountName", "userPrincipalName"] {
                if let Some(name) = entry.text(attribute) {
                    held.add(attribute, name, Holder { external_id, marker });
                }
            }
        }
        Ok(names
            .iter()
            .map(|name| named(name).and_then(|(attribute, name)| held.who(attribute, &name)))
            .collect())
    }

    async fn look(&self, session: &Session, which: &[&Selector], what: What) -> Result<Seen, Unreachable> {
        let queries = self.queries(which);
        let mut attributes = entry::asked(&self.config.marker);
        if what == What::Access {
            attributes.push("nTSecurityDescriptor");
        }
        let searches: Vec<_> =
            queries.into_iter().map(|query| query.send(session, &attributes, what)).collect();
        let answers = stream::iter(searches).buffered(self.config.window);
        let answers: Vec<(Option<Parent>, Found)> = answers.try_collect().await?;
        let mut seen = Seen::default();
        for (parent, found) in answers {
            for entry in &found.entries {
                seen.add(parent, entry, self.seen_as(session, entry, what));
            }
        }
        Ok(seen)
    }

    fn seen_as(&self, session: &Session, entry: &entry::Entry, what: What) -> Option<Observed> {
        let expected = if what == What::Access { ObjectKind::Container } else { ObjectKind::User };
        let mut observed = entry.observed(&self.config.marker, expected)?;
        if what == What::Access {
            observed.kind = ObjectKind::Access;
            let descriptor = entry.bytes("nTSecurityDescriptor").and_then(Descriptor::read);
            let trusted = session.facts.trusted.as_ref();
            let readers = trusted.zip(descriptor).and_then(|(trusted, d)| access::readers(trusted, &d));
            observed.attributes = readers.map(|r| (Attribute::Readers, r.join(" "))).into_iter().collect();
        }
        Some(observed)
    }

    /// The searches that answer the selectors.
    fn queries(&self, which: &[&Selector]) -> Vec<Query> {
        let mut anywhere = Vec::new();
        let mut children: BTreeMap<Parent, Vec<String>> = BTreeMap::new();
        for selector in which {
            if let Some(id) = selector.external_id {
                anywhere.push(filter::has_id(id));
                continue;
            }
            for naming in &selector.names {
                let logon = naming.logon_name.as_deref();
                anywhere.extend(logon.map(|logon| filter::equals("sAMAccountName", logon)));
                let siblings = children.entry(parent_of(naming)).or_default();
                siblings.push(filter::equals("name", &naming.name));
            }
        }
        let chunks = |terms: &[String]| -> Vec<String> {
            terms.chunks(limits::TERMS_PER_FILTER).map(filter::any_of).collect()
        };
        let domain = chunks(&anywhere).into_iter().map(|filter| Query {
            base: self.config.base_dn.clone(),
            scope: Scope::Subtree,
            parent: None,
            filter,
        });
        let below = children.iter().flat_map(|(parent, terms)| {
            let base = parent.map_or_else(|| self.config.folder_dn.clone(), dn::by_id);
            chunks(terms).into_iter().map(move |filter| Query {
                base: base.clone(),
                scope: Scope::Children,
                parent: Some(*parent),
                filter,
            })
        });
        domain.chain(below).collect()
    }

    /// Which of `members` exist, and which of them are in `group`. Asks the
    /// members which groups they are in, so that the answer costs what the
    /// question costs, however large the group is.
    pub(crate) async fn survey(
        &self,
        session: &Session,
        group: Uuid,
        members: &[Uuid],
    ) -> Result<Survey, Unreachable> {
        let base = self.config.base_dn.as_str();
        let searches: Vec<_> = members
            .chunks(limits::TERMS_PER_FILTER)
            .map(|chunk| async move {
                let terms: Vec<String> = chunk.iter().map(|id| filter::has_id(*id)).collect();
                let attributes = ["objectGUID", "memberOf"];
                let controls = vec![controls::names_with_ids()];
                let filter = filter::any_of(&terms);
                let found = session.search(base, Scope::Subtree, &filter, &attributes, controls).await?;
                answered(found)
            })
            .collect();
        let answers: Vec<Found> = stream::iter(searches).buffered(self.config.window).try_collect().await?;
        let mut survey = Survey::default();
        let prefix = dn::by_id(group).to_ascii_lowercase();
        for entry in answers.iter().flat_map(|found| &found.entries) {
            let Some(id) = entry.id("objectGUID") else { continue };
            survey.existing.insert(id);
            let is_group = |value: &Vec<u8>| {
                value.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix.as_bytes()))
            };
            if entry.all("memberOf").iter().any(is_group) {
                survey.present.insert(id);
            }
        }
        Ok(survey)
    }
}

/// Who has names that were asked about.
struct Held {
    asked: HashSet<(&'static str, String)>,
    holders: HashMap<(&'static str, String), Holder>,
    /// Of names nobody asked about in this way of writing, without the marks of their letters.
    alike: HashMap<(&'static str, String), Holder>,
}

impl Held {
    fn of(asked: impl Iterator<Item = (&'static str, String)>) -> Self {
        Self { asked: asked.collect(), holders: HashMap::new(), alike: HashMap::new() }
    }

    fn add(&mut self, attribute: &'static str, name: &str, holder: Holder) {
        let key = (attribute, name.to_lowercase());
        let (held, key) = match self.asked.contains(&key) {
            true => (&mut self.holders, key),
            false => (&mut self.alike, (attribute, unmarked(name))),
        };
        match held.entry(key) {
            Entry::Occupied(mut known) if holder.marker.is_none() => drop(known.insert(holder)),
            Entry::Occupied(_) => {}
            Entry::Vacant(free) => drop(free.insert(holder)),
        }
    }

    /// Who has a name in small letters; what a directory found for it may be written with other marks.
    fn who(&self, attribute: &'static str, name: &str) -> Option<Holder> {
        let alike = || self.alike.get(&(attribute, unmarked(name)));
        self.holders.get(&(attribute, name.to_owned())).or_else(alike).cloned()
    }
}

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Objects,
    Access,
}

/// The answer of [`Directory::survey`].
#[derive(Debug, Default)]
pub(crate) struct Survey {
    /// Those that exist in the directory.
    pub(crate) existing: HashSet<Uuid>,
    /// Those that are members.
    pub(crate) present: HashSet<Uuid>,
}

impl Seen {
    fn add(&mut self, parent: Option<Parent>, entry: &entry::Entry, observed: Option<Observed>) {
        let Some(observed) = observed else { return };
        let id = observed.address.external_id;
        if let Some(logon) = entry.text("sAMAccountName") {
            self.logons.insert(logon.to_lowercase(), id);
        }
        if let Some((parent, name)) = parent.zip(entry.text("name")) {
            let key = (parent, rdn_of_dn(&entry.dn), dn::folded(name));
            self.names.insert(key, id);
        }
        self.objects.insert(id, observed);
    }

    /// By id once known; otherwise, of everything that has one of the names,
    /// what bears the marker, and failing that the first.
    fn find(&self, selector: &Selector) -> Option<Observed> {
        if let Some(id) = selector.external_id {
            return self.objects.get(&id).cloned();
        }
        let found: Vec<&Observed> =
            selector.names.iter().flat_map(|naming| self.named(selector.kind, naming)).collect();
        let ours = found.iter().find(|observed| observed.marker == Some(selector.object));
        ours.or(found.first()).map(|observed| (*observed).clone())
    }

    fn named(&self, kind: ObjectKind, naming: &Naming) -> impl Iterator<Item = &Observed> {
        let logon = naming.logon_name.as_ref().and_then(|logon| self.logons.get(&logon.to_lowercase()));
        let name = self.names.get(&(parent_of(naming), rdn_type(kind), dn::folded(&naming.name)));
        logon.into_iter().chain(name).filter_map(|id| self.objects.get(id))
    }
}

/// The attribute that names an object of this kind within its container.
pub(crate) fn rdn_type(kind: ObjectKind) -> &'static str {
    match kind {
        ObjectKind::Container | ObjectKind::Access => "OU",
        ObjectKind::Group | ObjectKind::User => "CN",
    }
}

fn rdn_of_dn(dn: &str) -> &'static str {
    if dn.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("OU=")) { "OU" } else { "CN" }
}

fn parent_of(naming: &Naming) -> Parent {
    naming.parent.as_ref().map(|Address { external_id, .. }| *external_id)
}

/// A container that is not there has no children; any other refusal tells
/// nothing about what exists.
fn answered(found: Found) -> Result<Found, Unreachable> {
    match found.code {
        code::SUCCESS | code::NO_SUCH_OBJECT => Ok(found),
        _ => Err(found.unreachable()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_is_not_ours_has_a_name_and_marks_of_letters_do_not_tell_names_apart() {
        let holder = |n: u128, ours: bool| Holder {
            external_id: Uuid::from_u128(n),
            marker: ours.then(|| ObjectId::from_uuid(Uuid::from_u128(n))),
        };
        let asked = ["anna", "jürgen", "ase", "jens"].map(|name| ("sAMAccountName", name.to_owned()));
        let mut held = Held::of(asked.into_iter());
        for (n, name, ours) in
            [(1, "Anna", true), (2, "ANNA", false), (3, "anna", true), (4, "Jurgen", false)]
        {
            held.add("sAMAccountName", name, holder(n, ours));
        }
        held.add("sAMAccountName", "Åse", holder(5, false));
        held.add("userPrincipalName", "Jens", holder(6, false));
        let who = |name| held.who("sAMAccountName", name).map(|holder| holder.external_id.as_u128());
        assert_eq!(["anna", "jürgen", "ase", "jens"].map(who), [Some(2), Some(4), Some(5), None]);
    }
}
