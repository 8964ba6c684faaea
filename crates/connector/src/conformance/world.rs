//! What the cases share: making specs true the way the engine does.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
};

use domain::{
    id::ObjectId,
    person::Details,
    plan::{Action, Plan, Step, Want, plan},
    problem::{Problem, ProblemCode},
    spec::{Address, Attribute, GroupSpec, Naming, ObjectKind, Observed, Selector, Spec, UserSpec},
};
use uuid::Uuid;

use super::Harness;
use crate::{ApplyError, Lane};

/// Rounds of observing, planning and applying until nothing is left to do.
const ROUNDS: usize = 5;

/// One object under test: what should be true of it and where its container is.
#[derive(Debug, Clone)]
pub(super) struct Thing {
    pub(super) id: ObjectId,
    pub(super) spec: Spec,
    pub(super) parent: Option<Address>,
    /// What it refers to, by the target's ids.
    pub(super) links: BTreeMap<Attribute, Option<Uuid>>,
    /// Set once it was seen.
    pub(super) known: Option<Uuid>,
}

pub(super) struct World<'h> {
    pub(super) harness: &'h dyn Harness,
    serial: AtomicU64,
}

impl<'h> World<'h> {
    pub(super) fn new(harness: &'h dyn Harness) -> Self {
        Self { harness, serial: AtomicU64::new(1) }
    }

    pub(super) fn id(&self) -> ObjectId {
        let serial = self.serial.fetch_add(1, Relaxed);
        ObjectId::from_uuid(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 + u128::from(serial)))
    }

    pub(super) fn container(&self, parent: Option<&Address>, name: &str) -> Thing {
        let spec = Spec::Container {
            name: name.to_owned(),
            parent: parent.map(|_| self.id()),
            description: Some("Acme".to_owned()),
        };
        Thing { id: self.id(), spec, parent: parent.cloned(), links: BTreeMap::new(), known: None }
    }

    pub(super) fn group(&self, parent: &Address, name: &str) -> Thing {
        let spec = Spec::Group(GroupSpec::security(self.id(), name.to_owned(), self.harness.unique("grp")));
        Thing { id: self.id(), spec, parent: Some(parent.clone()), links: BTreeMap::new(), known: None }
    }

    pub(super) fn user(&self, parent: &Address, name: &str) -> Thing {
        let logon_name = self.harness.unique("usr");
        let spec = Spec::User(UserSpec {
            parent: self.id(),
            name: name.to_owned(),
            principal_name: format!("{logon_name}@acme.test"),
            logon_name,
            given_name: Some("Åse".to_owned()),
            surname: Some("Sørensen".to_owned()),
            display_name: name.to_owned(),
            mail: Some("ase@acme.test".to_owned()),
            phone: Some("+45 (33) 12*34".to_owned()),
            title: None,
            department: Some("R&D \\ (Ops)".to_owned()),
            manager: None,
            enabled: true,
            details: Details::new(),
            service_details: Details::new(),
            foreign_manager: false,
            slots: domain::custom::Slots::new(),
            unlocked_at: None,
            password_expired_at: None,
        });
        Thing { id: self.id(), spec, parent: Some(parent.clone()), links: BTreeMap::new(), known: None }
    }

    pub(super) async fn observe(&self, which: &[Selector]) -> Vec<Option<Observed>> {
        let seen = self.harness.connector().observe(Lane::Interactive, which).await;
        let seen = seen.expect("the target is reachable");
        assert_eq!(seen.len(), which.len(), "one answer per selector");
        seen
    }

    pub(super) async fn see(&self, thing: &Thing) -> Option<Observed> {
        self.observe(&[thing.selector()]).await.remove(0)
    }

    pub(super) async fn apply(&self, steps: &[Step]) -> Vec<Result<(), ApplyError>> {
        let outcomes = self.harness.connector().apply(Lane::Bulk, steps).await;
        assert_eq!(outcomes.len(), steps.len(), "one outcome per step");
        outcomes
    }

    pub(super) async fn act(&self, thing: &Thing, action: Action) -> Result<(), ApplyError> {
        let step = Step { object: thing.id, kind: thing.spec.kind(), action };
        self.apply(&[step]).await.remove(0)
    }

    /// Makes the thing true and gives what is then seen of it.
    pub(super) async fn make(&self, thing: &mut Thing) -> Observed {
        for _ in 0..ROUNDS {
            let seen = self.see(thing).await;
            match plan(&thing.want(), seen.as_ref()) {
                Plan::Nothing => {
                    let seen = seen.expect("what is as wanted exists");
                    thing.known = Some(seen.address.external_id);
                    return seen;
                }
                Plan::Do(step) => {
                    let outcome = self.apply(&[step]).await.remove(0);
                    outcome.unwrap_or_else(|error| panic!("{thing:?}: {error:?}"));
                }
                Plan::Stuck(problem) => panic!("{thing:?}: {problem:?}"),
            }
        }
        panic!("{thing:?} is not as wanted after {ROUNDS} rounds: {:?}", self.see(thing).await);
    }

    /// A closed container and its address, where most cases take place.
    pub(super) async fn customer(&self) -> Address {
        let mut thing = self.container(None, "Acme");
        self.make(&mut thing).await.address
    }

    /// Of `members`, those that are in the group.
    pub(super) async fn present(&self, group: &Thing, members: &[Address]) -> Vec<Uuid> {
        let selector = Selector { members: members.to_vec(), ..group.selector() };
        let seen = self.observe(&[selector]).await.remove(0).expect("the group");
        let mut present = seen.present_members;
        present.sort_unstable();
        present
    }

    /// What is seen of the access of a container.
    pub(super) async fn access(&self, container: &Address) -> Observed {
        let selector = Selector {
            object: self.id(),
            kind: ObjectKind::Access,
            external_id: Some(container.external_id),
            names: vec![],
            members: vec![],
        };
        self.observe(&[selector]).await.remove(0).expect("the container")
    }
}

impl Thing {
    pub(super) fn want(&self) -> Want<'_> {
        Want {
            object: self.id,
            kind: self.spec.kind(),
            spec: Some(&self.spec),
            parent: self.parent.clone(),
            container: None,
            readers: vec![],
            links: self.links.clone(),
            guarded: std::collections::BTreeSet::new(),
            known: self.known,
        }
    }

    pub(super) fn selector(&self) -> Selector {
        let (name, logon_name) = match &self.spec {
            Spec::Container { name, .. } => (name, None),
            Spec::Group(group) => (&group.name, Some(&group.logon_name)),
            Spec::User(user) => (&user.name, Some(&user.logon_name)),
            Spec::Access { .. } | Spec::Released { .. } => unreachable!("looked for by its id"),
        };
        let naming =
            Naming { parent: self.parent.clone(), name: name.clone(), logon_name: logon_name.cloned() };
        Selector {
            object: self.id,
            kind: self.spec.kind(),
            external_id: self.known,
            names: vec![naming],
            members: vec![],
        }
    }

    /// The step that creates it, whatever is there.
    pub(super) fn create(&self) -> Action {
        match plan(&self.want(), None) {
            Plan::Do(Step { action, .. }) => action,
            other => panic!("creating {self:?} is planned as {other:?}"),
        }
    }

    pub(super) fn user_mut(&mut self) -> &mut UserSpec {
        match &mut self.spec {
            Spec::User(user) => user,
            other => panic!("not a user: {other:?}"),
        }
    }
}

impl Thing {
    pub(super) fn group_mut(&mut self) -> &mut GroupSpec {
        match &mut self.spec {
            Spec::Group(group) => group,
            other => panic!("not a group: {other:?}"),
        }
    }
}

/// The refusal of a step.
pub(super) fn refusal(outcome: Result<(), ApplyError>) -> Problem {
    match outcome {
        Err(ApplyError::Rejected { problem }) => problem,
        other => panic!("expected a refusal, got {other:?}"),
    }
}

pub(super) fn assert_taken(problem: &Problem, attribute: &str, value: &str) {
    assert_eq!(problem.code, ProblemCode::NameTaken, "{problem:?}");
    assert_eq!(problem.args.get("attribute").map(String::as_str), Some(attribute), "{problem:?}");
    assert_eq!(problem.args.get("value").map(String::as_str), Some(value), "{problem:?}");
}
