//! Who manages whom and who owns what, as the directory shows it. Where that is somebody
//! of the customer, it is so here as well; anybody else stays in the directory as it is,
//! until somebody here says otherwise.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    id::{GroupId, ObjectId, UserId},
    spec::{Attribute, ObjectKind},
};
use store::{
    surveys::SurveyObject,
    tx::WriteTx,
    users::{Manager, User},
    views::PersonView,
};
use uuid::Uuid;

use super::{ground::Ground, outcome::Outcome, run::Build};
use crate::AppError;

/// Somebody an account or a group refers to.
pub(super) enum Refers<T> {
    /// To nobody.
    Nowhere,
    /// To nobody of ours.
    Elsewhere,
    /// To somebody of the customer.
    Here(T),
}

/// The people that can be referred to.
pub(super) struct People {
    /// By their ids in the directory.
    known: BTreeMap<Uuid, Manager>,
    /// Those who are people of the customer with this adoption.
    new: BTreeSet<Uuid>,
    /// Who manages whom.
    above: BTreeMap<UserId, UserId>,
    /// People of the customer who get a manager.
    pub managers: Vec<(UserId, UserId)>,
    /// Groups that get an owner.
    pub owners: Vec<(GroupId, Vec<UserId>)>,
}

impl People {
    pub(super) async fn of(
        tx: &mut WriteTx<'_>,
        ground: &Ground,
        outcome: &Outcome,
        build: &Build<'_>,
    ) -> Result<Self, AppError> {
        let (mut known, mut new) = (BTreeMap::new(), BTreeSet::new());
        for (decision, _) in outcome.created(ObjectKind::User) {
            let (Some(values), Some(id)) = (&decision.values, build.people.get(&decision.id)) else {
                continue;
            };
            let (display_name, principal_name) = (values.display_name.clone(), values.principal_name.clone());
            let person = PersonView { id: *id, display_name, principal_name };
            known.insert(decision.id, Manager { person, object: build.ours[&decision.id] });
            new.insert(decision.id);
        }
        let users: BTreeMap<_, _> = ground.users.iter().map(|(user, _)| (user.id.uuid(), user)).collect();
        for (decision, link, _) in outcome.matched(ObjectKind::User) {
            let person = users.get(&link.whose).and_then(|user| person(user));
            known.extend(person.map(|person| (decision.id, person)));
        }
        if let Some(customer) = &ground.customer {
            for (external_id, user) in tx.accounts_at(customer.id, build.target()).await? {
                let person = users.get(&user.uuid()).and_then(|user| person(user));
                known.extend(person.map(|person| (external_id, person)));
            }
        }
        let above = users.values().filter_map(|user| Some((user.id, user.manager.as_ref()?.person.id)));
        let above = above.collect();
        Ok(Self { known, new, above, managers: Vec::new(), owners: Vec::new() })
    }

    fn of_object(&self, found: &SurveyObject, attribute: Attribute) -> Refers<(Uuid, Manager)> {
        let Some(shown) = found.attributes.get(&attribute) else { return Refers::Nowhere };
        let id = shown.parse().ok();
        match id.and_then(|id: Uuid| Some((id, self.known.get(&id)?.clone()))) {
            Some(found) => Refers::Here(found),
            None => Refers::Elsewhere,
        }
    }

    /// The manager of somebody new. Of people who manage each other in a circle one has the
    /// manager in the directory alone.
    pub(super) fn manager(&mut self, found: &SurveyObject, person: UserId) -> Refers<Manager> {
        match self.of_object(found, Attribute::Manager) {
            Refers::Here((_, manager)) if self.put_above(person, manager.person.id) => Refers::Here(manager),
            Refers::Here(_) | Refers::Elsewhere => Refers::Elsewhere,
            Refers::Nowhere => Refers::Nowhere,
        }
    }

    /// The manager of somebody of the customer who gets an account and has no manager here:
    /// of those who were there before, because others can be given back.
    pub(super) fn manager_of_linked(&mut self, found: &SurveyObject, person: UserId) -> Refers<ObjectId> {
        match self.of_object(found, Attribute::Manager) {
            Refers::Here((id, manager))
                if !self.new.contains(&id) && self.put_above(person, manager.person.id) =>
            {
                self.managers.push((person, manager.person.id));
                Refers::Here(manager.object)
            }
            Refers::Here(_) | Refers::Elsewhere => Refers::Elsewhere,
            Refers::Nowhere => Refers::Nowhere,
        }
    }

    fn put_above(&mut self, person: UserId, manager: UserId) -> bool {
        let mut at = Some(manager);
        while let Some(next) = at {
            if next == person {
                return false;
            }
            at = self.above.get(&next).copied();
        }
        self.above.insert(person, manager);
        true
    }

    /// The owner of a group of the customer's own; `linked` is one it had already.
    pub(super) fn owner(&mut self, found: &SurveyObject, group: GroupId, linked: bool) -> Refers<ObjectId> {
        match self.of_object(found, Attribute::Owner) {
            Refers::Here((id, owner)) if !linked || !self.new.contains(&id) => {
                self.owners.push((group, vec![owner.person.id]));
                Refers::Here(owner.object)
            }
            Refers::Here(_) | Refers::Elsewhere => Refers::Elsewhere,
            Refers::Nowhere => Refers::Nowhere,
        }
    }
}

impl Refers<ObjectId> {
    /// As a desired state has it: what of ours, and whether it is somebody else's.
    pub(super) fn wanted(self) -> (Option<ObjectId>, bool) {
        match self {
            Self::Nowhere => (None, false),
            Self::Elsewhere => (None, true),
            Self::Here(object) => (Some(object), false),
        }
    }
}

fn person(user: &User) -> Option<Manager> {
    let (display_name, principal_name) = (user.display_name.clone(), user.principal_name.clone());
    let person = PersonView { id: user.id, display_name, principal_name };
    Some(Manager { person, object: user.object? })
}
