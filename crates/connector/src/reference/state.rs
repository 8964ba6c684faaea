//! The rules of the reference target: what may exist beside what, and what
//! each action does. Names are compared without regard to case, as a directory does.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Bound,
};

use domain::{
    id::ObjectId,
    limits,
    plan::{Action, Change, Step},
    problem::{Problem, ProblemCode},
    spec::{Address, Attribute, Naming, ObjectKind, Observed, Selector},
};
use jiff::Timestamp;
use uuid::Uuid;

use crate::{Cursor, Holder, Page, SurveyError, Surveyed};

/// One object as the target holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Container, group or user.
    pub kind: ObjectKind,
    /// The container it lies in; none for the folder.
    pub parent: Option<Uuid>,
    /// The marker it bears.
    pub marker: Option<ObjectId>,
    /// Attributes that have a value.
    pub attributes: BTreeMap<Attribute, String>,
    /// Members of a group.
    pub members: BTreeSet<Uuid>,
    /// Security id of groups and users.
    pub security_id: Option<String>,
    /// When the password was last set.
    pub password_set_at: Option<Timestamp>,
    /// Since when the account is locked after wrong passwords.
    pub locked_at: Option<Timestamp>,
    /// The password somebody chose; none while it is the random one.
    pub password: Option<String>,
    /// Who of the tenants may read a container; none when it is not closed.
    pub readers: Option<Vec<String>>,
    /// The number of the last change.
    pub changed: u64,
}

#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) objects: BTreeMap<Uuid, Stored>,
    pub(super) creates: BTreeMap<ObjectId, u32>,
    pub(super) refused: BTreeMap<ObjectId, Problem>,
    pub(super) passwords_set: u32,
    pub(super) change: u64,
    serial: u64,
}

/// The DN of the folder the reference works in.
pub(super) const FOLDER_DN: &str = "OU=Customers,DC=reference,DC=test";
/// Letters and digits a password needs at least, as a fresh domain demands.
const PASSWORD_CHARS_MIN: usize = 7;

type Outcome = Result<(), Problem>;

impl State {
    pub(super) fn apply(&mut self, step: &Step, now: Timestamp) -> Outcome {
        if let Some(problem) = self.refused.get(&step.object) {
            return Err(problem.clone());
        }
        match &step.action {
            Action::Create { parent, attributes } => {
                let parent = self.container(parent.as_ref())?;
                let id = self.insert(step.kind, parent, attributes.clone(), now)?;
                *self.creates.entry(step.object).or_default() += 1;
                self.stored(id)?.marker = Some(step.object);
                Ok(())
            }
            Action::Update { at, changes } => self.update(at, step.object, changes),
            Action::Move { at, parent, name } => self.rename(at, parent.as_ref(), name),
            Action::Delete { at } => self.delete(at.external_id),
            Action::Release { at } => {
                // What is gone already is nobody's.
                if let Ok(stored) = self.stored_at(at) {
                    stored.marker = stored.marker.filter(|marker| *marker != step.object);
                    self.touch(at.external_id);
                }
                Ok(())
            }
            Action::SetAccess { at, readers } => {
                self.stored_at(at)?.readers = Some(readers.clone());
                self.touch(at.external_id);
                Ok(())
            }
            Action::SetPassword { at, password, must_change } => {
                self.set_password(at, &password.0, (!must_change).then_some(now))
            }
            Action::ChangeMembers { at, add, remove } => self.change_members(at, add, remove),
        }
    }

    pub(super) fn insert(
        &mut self,
        kind: ObjectKind,
        parent: Option<Uuid>,
        attributes: BTreeMap<Attribute, String>,
        now: Timestamp,
    ) -> Result<Uuid, Problem> {
        if kind == ObjectKind::Access {
            return Err(Problem::new(ProblemCode::Refused).said("access is set, not created"));
        }
        let Some(name) = attributes.get(&Attribute::Name) else {
            return Err(Problem::new(ProblemCode::InvalidValue).with("attribute", "name"));
        };
        self.free_name(kind, parent, name, None)?;
        self.check_links(attributes.iter().map(|(a, v)| (*a, v)))?;
        for attribute in [Attribute::LogonName, Attribute::PrincipalName] {
            self.free(attribute, attributes.get(&attribute), None)?;
        }
        self.serial += 1;
        let id = Uuid::from_u128(u128::from(self.serial) << 64 | 0x7265_6665_7265_6e63);
        let account = kind != ObjectKind::Container;
        let stored = Stored {
            kind,
            parent,
            marker: None,
            attributes,
            members: BTreeSet::new(),
            security_id: account.then(|| format!("S-1-5-21-1-2-3-{}", 1_000 + self.serial)),
            password_set_at: (kind == ObjectKind::User).then_some(now),
            locked_at: None,
            password: None,
            readers: (!account).then(Vec::new),
            changed: 0,
        };
        self.objects.insert(id, stored);
        self.touch(id);
        Ok(id)
    }

    fn update(&mut self, at: &Address, marker: ObjectId, changes: &[Change]) -> Outcome {
        self.stored_at(at)?;
        for change in changes {
            match change.attribute {
                Attribute::Name | Attribute::Readers => {
                    let attribute = change.attribute.code();
                    return Err(Problem::new(ProblemCode::InvalidValue).with("attribute", attribute));
                }
                attribute => self.free(attribute, change.after.as_ref(), Some(at.external_id))?,
            }
        }
        self.check_links(changes.iter().filter_map(|c| Some((c.attribute, c.after.as_ref()?))))?;
        let stored = self.stored_at(at)?;
        stored.marker = Some(marker);
        for change in changes {
            match change.attribute {
                Attribute::Locked => stored.locked_at = None,
                Attribute::PasswordExpired => stored.password_set_at = None,
                _ => {}
            }
            if matches!(change.attribute, Attribute::Locked | Attribute::PasswordExpired) {
                continue;
            }
            match &change.after {
                Some(value) => stored.attributes.insert(change.attribute, value.clone()),
                None => stored.attributes.remove(&change.attribute),
            };
        }
        self.touch(at.external_id);
        Ok(())
    }

    fn rename(&mut self, at: &Address, parent: Option<&Address>, name: &str) -> Outcome {
        let (kind, here) = (self.stored_at(at)?.kind, self.stored_at(at)?.parent);
        let parent = if parent.is_some() { self.container(parent)? } else { here };
        self.free_name(kind, parent, name, Some(at.external_id))?;
        let stored = self.stored_at(at)?;
        stored.parent = parent;
        stored.attributes.insert(Attribute::Name, name.to_owned());
        self.touch(at.external_id);
        Ok(())
    }

    /// What is gone already is what was wanted.
    pub(super) fn delete(&mut self, id: Uuid) -> Outcome {
        if self.objects.values().any(|o| o.parent == Some(id)) {
            return Err(Problem::new(ProblemCode::NotEmpty).with("dn", self.dn(id)));
        }
        self.objects.remove(&id);
        self.change += 1;
        for object in self.objects.values_mut() {
            object.members.remove(&id);
            let link =
                |attribute: &Attribute, value: &String| attribute.is_link() && *value == id.to_string();
            object.attributes.retain(|attribute, value| !link(attribute, value));
        }
        Ok(())
    }

    fn set_password(&mut self, at: &Address, password: &str, set_at: Option<Timestamp>) -> Outcome {
        if password.chars().count() < PASSWORD_CHARS_MIN {
            return Err(Problem::new(ProblemCode::PasswordPolicy).with("min", PASSWORD_CHARS_MIN));
        }
        let stored = self.stored_at(at)?;
        stored.password = Some(password.to_owned());
        stored.password_set_at = set_at;
        self.passwords_set += 1;
        self.touch(at.external_id);
        Ok(())
    }

    fn change_members(&mut self, at: &Address, add: &[Address], remove: &[Address]) -> Outcome {
        if self.stored_at(at)?.kind != ObjectKind::Group {
            return Err(Problem::new(ProblemCode::InvalidValue).with("attribute", "member"));
        }
        if let Some(missing) = add.iter().find(|m| !self.objects.contains_key(&m.external_id)) {
            return Err(Problem::new(ProblemCode::MemberMissing).with("dn", &missing.dn));
        }
        let members = &mut self.stored_at(at)?.members;
        members.extend(add.iter().map(|m| m.external_id));
        members.retain(|m| !remove.iter().any(|r| r.external_id == *m));
        self.touch(at.external_id);
        Ok(())
    }

    pub(super) fn observe(&self, which: &Selector) -> Option<Observed> {
        let id = self.find(which)?;
        let mut seen = self.observed(id)?;
        let stored = self.objects.get(&id)?;
        if which.kind == ObjectKind::Access {
            seen.kind = ObjectKind::Access;
            seen.attributes = stored.readers.iter().map(|r| (Attribute::Readers, r.join(" "))).collect();
        }
        let asked = which.members.iter().map(|m| m.external_id);
        seen.present_members = asked.filter(|m| stored.members.contains(m)).collect();
        Some(seen)
    }

    pub(super) fn observed(&self, id: Uuid) -> Option<Observed> {
        let stored = self.objects.get(&id)?;
        Some(Observed {
            address: Address { external_id: id, dn: self.dn(id) },
            parent_dn: stored.parent.map_or(FOLDER_DN.to_owned(), |p| self.dn(p)),
            marker: stored.marker,
            kind: stored.kind,
            attributes: stored.attributes.clone(),
            security_id: stored.security_id.clone(),
            password_set_at: stored.password_set_at,
            locked_at: stored.locked_at,
            changed_at: None,
            present_members: Vec::new(),
        })
    }

    pub(super) fn members(&self, group: Uuid) -> Option<Vec<Address>> {
        let stored = self.objects.get(&group).filter(|stored| stored.kind == ObjectKind::Group)?;
        let address = |id: &Uuid| Address { external_id: *id, dn: self.dn(*id) };
        Some(stored.members.iter().map(address).collect())
    }

    /// A page of what is below `base` and `base` itself, in the order of ids.
    pub(super) fn survey(&self, base: Option<&str>, after: Uuid) -> Result<Page<Surveyed>, SurveyError> {
        let base = base.unwrap_or(FOLDER_DN).to_lowercase();
        let below = |dn: &str, above: &str| dn == above || dn.ends_with(&format!(",{above}"));
        let refused = |code| SurveyError::Refused { problem: Problem::new(code).with("dn", &base) };
        let folder = FOLDER_DN.to_lowercase();
        if !below(&base, &folder) {
            return Err(refused(ProblemCode::OutsideFolder));
        }
        if base != folder && !self.objects.keys().any(|id| self.dn(*id).to_lowercase() == base) {
            return Err(refused(ProblemCode::Gone));
        }
        let size = usize::try_from(limits::ENTRIES_PER_PAGE).unwrap_or(usize::MAX);
        let later = self.objects.range((Bound::Excluded(after), Bound::Unbounded)).map(|(id, _)| *id);
        let mut ids: Vec<_> = later.filter(|id| below(&self.dn(*id).to_lowercase(), &base)).collect();
        let more = ids.len() > size;
        ids.truncate(size);
        let next = ids.last().filter(|_| more).map(|id| Cursor(id.as_bytes().to_vec()));
        let items = ids.iter().filter_map(|id| {
            let member_of = self.objects.iter().filter(|(_, o)| o.members.contains(id)).map(|(id, _)| *id);
            Some(Surveyed {
                object: self.observed(*id)?,
                member_of: member_of.collect(),
                protected: false,
                ignored: None,
            })
        });
        Ok(Page { items: items.collect(), next, resume: None })
    }

    /// By id once known; otherwise, of everything that has one of the names,
    /// what bears the marker, and failing that the first.
    fn find(&self, which: &Selector) -> Option<Uuid> {
        if let Some(id) = which.external_id {
            return self.objects.contains_key(&id).then_some(id);
        }
        let found: Vec<Uuid> = which.names.iter().flat_map(|n| self.named(which.kind, n)).collect();
        let ours = found.iter().find(|id| self.objects[*id].marker == Some(which.object));
        ours.or(found.first()).copied()
    }

    fn named(&self, kind: ObjectKind, naming: &Naming) -> Vec<Uuid> {
        let logon = naming.logon_name.as_ref();
        let by_logon = logon.and_then(|l| self.holder(Attribute::LogonName, l));
        let parent = self.container(naming.parent.as_ref()).ok();
        let by_name = parent.and_then(|p| self.child(kind, p, &naming.name));
        by_logon.into_iter().chain(by_name).collect()
    }

    fn holder(&self, attribute: Attribute, value: &str) -> Option<Uuid> {
        let value = value.to_lowercase();
        let has = |o: &Stored| o.attributes.get(&attribute).is_some_and(|v| v.to_lowercase() == value);
        self.objects.iter().find(|(_, o)| has(o)).map(|(id, _)| *id)
    }

    pub(super) fn held_by(&self, attribute: Attribute, name: &str) -> Option<Holder> {
        let external_id = self.holder(attribute, name)?;
        Some(Holder { external_id, marker: self.objects[&external_id].marker })
    }

    fn child(&self, kind: ObjectKind, parent: Option<Uuid>, name: &str) -> Option<Uuid> {
        let name = name.to_lowercase();
        let same = |o: &Stored| {
            o.parent == parent
                && rdn(o.kind) == rdn(kind)
                && o.attributes[&Attribute::Name].to_lowercase() == name
        };
        self.objects.iter().find(|(_, o)| same(o)).map(|(id, _)| *id)
    }

    fn free_name(&self, kind: ObjectKind, parent: Option<Uuid>, name: &str, except: Option<Uuid>) -> Outcome {
        match self.child(kind, parent, name).filter(|id| Some(*id) != except) {
            Some(holder) => Err(taken(Attribute::Name, name, &self.dn(holder))),
            None => Ok(()),
        }
    }

    fn free(&self, attribute: Attribute, value: Option<&String>, except: Option<Uuid>) -> Outcome {
        if !matches!(attribute, Attribute::LogonName | Attribute::PrincipalName) {
            return Ok(());
        }
        let Some(value) = value else { return Ok(()) };
        match self.holder(attribute, value).filter(|id| Some(*id) != except) {
            Some(holder) => Err(taken(attribute, value, &self.dn(holder))),
            None => Ok(()),
        }
    }

    /// What is referred to has to exist.
    fn check_links<'a>(&self, values: impl Iterator<Item = (Attribute, &'a String)>) -> Outcome {
        let exists = |id: &str| id.parse().is_ok_and(|id: Uuid| self.objects.contains_key(&id));
        match { values }.find(|(attribute, id)| attribute.is_link() && !exists(id)) {
            Some((attribute, _)) => {
                Err(Problem::new(ProblemCode::Waiting).with("attribute", attribute.code()))
            }
            None => Ok(()),
        }
    }

    /// A parent is found by its address alone, as in a directory: an address
    /// from before a move leads nowhere.
    fn container(&self, at: Option<&Address>) -> Result<Option<Uuid>, Problem> {
        let Some(at) = at else { return Ok(None) };
        let here = |id: &Uuid| self.dn(*id).to_lowercase() == at.dn.to_lowercase();
        let found = self.objects.iter().find(|(id, o)| o.kind == ObjectKind::Container && here(id));
        found.map(|(id, _)| Some(*id)).ok_or_else(|| Problem::new(ProblemCode::Waiting).with("dn", &at.dn))
    }

    fn dn(&self, id: Uuid) -> String {
        let Some(stored) = self.objects.get(&id) else { return String::new() };
        let name: String = stored.attributes[&Attribute::Name]
            .chars()
            .flat_map(|c| ",\\+\"<>;=#".contains(c).then_some('\\').into_iter().chain([c]))
            .collect();
        let parent = stored.parent.map_or(FOLDER_DN.to_owned(), |p| self.dn(p));
        format!("{}={name},{parent}", rdn(stored.kind))
    }

    pub(super) fn stored(&mut self, id: Uuid) -> Result<&mut Stored, Problem> {
        let gone = || Problem::new(ProblemCode::ChangedMeanwhile).with("id", id).said("no such object");
        self.objects.get_mut(&id).ok_or_else(gone)
    }

    fn stored_at(&mut self, at: &Address) -> Result<&mut Stored, Problem> {
        self.stored(at.external_id)
    }

    pub(super) fn touch(&mut self, id: Uuid) {
        self.change += 1;
        let change = self.change;
        if let Some(stored) = self.objects.get_mut(&id) {
            stored.changed = change;
        }
    }
}

fn rdn(kind: ObjectKind) -> &'static str {
    match kind {
        ObjectKind::Container | ObjectKind::Access => "OU",
        ObjectKind::Group | ObjectKind::User => "CN",
    }
}

fn taken(attribute: Attribute, value: &str, dn: &str) -> Problem {
    Problem::new(ProblemCode::NameTaken)
        .with("attribute", attribute.code())
        .with("value", value)
        .with("dn", dn)
}
