//! A connector whose target is a map in memory: what the engine is tested
//! with, and the plainest statement of what a target does. It passes the same
//! conformance suite as the real ones.
//!
//! Beyond [`Connector`] it can be tampered with (foreign objects, lost
//! markers), inspected (how often was something created), slowed, held and
//! made to fail ([`Faults`]).

mod faults;
mod state;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use domain::{
    clock::Clock,
    group::GroupKind,
    id::ObjectId,
    limits,
    plan::{Action, Step},
    problem::{Problem, ProblemCode},
    spec::{Address, Attribute, ObjectKind, Observed, Selector},
};
use futures::future::{BoxFuture, FutureExt as _};
use tokio::sync::watch;
use uuid::Uuid;

pub use faults::{Fault, Faults};
use state::State;
pub use state::Stored;

use crate::{
    ApplyError, Capabilities, Connector, Cursor, Holder, Lane, Page, SurveyError, Surveyed, Unreachable,
};

/// The in-memory target and its connector in one.
pub struct Reference {
    capabilities: Capabilities,
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
    faults: Mutex<(Faults, u64)>,
    held: watch::Sender<bool>,
    reachable: watch::Sender<bool>,
    pace: Mutex<Duration>,
}

/// What went wrong on the way to the reference target.
#[derive(Debug, thiserror::Error)]
#[error("injected: {0}")]
struct Injected(&'static str);

impl Reference {
    /// An empty target. Passwords are stamped with `clock`.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        let capabilities = Capabilities {
            kinds: ObjectKind::ALL.to_vec(),
            members_per_change: limits::MEMBERS_PER_MODIFY,
            pace: Duration::from_millis(1),
        };
        Self {
            capabilities,
            clock,
            state: Mutex::default(),
            faults: Mutex::default(),
            held: watch::Sender::new(false),
            reachable: watch::Sender::new(true),
            pace: Mutex::new(Duration::ZERO),
        }
    }

    /// The folder everything lies in, as a directory is configured with one.
    pub fn folder_dn(&self) -> &'static str {
        state::FOLDER_DN
    }

    /// Sets what goes wrong from now on; operations are counted anew.
    pub fn set_faults(&self, faults: Faults) {
        *lock(&self.faults) = (faults, 0);
    }

    /// How many operations arrived since the faults were last set.
    pub fn operations(&self) -> u64 {
        lock(&self.faults).1
    }

    /// Whether the target answers at all; while it does not, everything is unreachable.
    pub fn set_reachable(&self, reachable: bool) {
        self.reachable.send_replace(reachable);
    }

    /// While held, [`Connector::apply`] waits before it does anything: for a
    /// worker that is too slow and loses its lease.
    pub fn set_held(&self, held: bool) {
        self.held.send_replace(held);
    }

    /// How long each step takes, one after the other.
    pub fn set_pace(&self, pace: Duration) {
        *lock(&self.pace) = pace;
    }

    /// Every step for `object` is refused with `problem`, until [`Reference::accept`].
    pub fn refuse(&self, object: ObjectId, problem: Problem) {
        lock(&self.state).refused.insert(object, problem);
    }

    /// Ends [`Reference::refuse`].
    pub fn accept(&self, object: ObjectId) {
        lock(&self.state).refused.remove(&object);
    }

    /// Somebody else makes an object that bears no marker, under `parent` (none: the folder).
    pub fn insert_foreign(
        &self,
        kind: ObjectKind,
        parent: Option<Uuid>,
        mut attributes: BTreeMap<Attribute, String>,
    ) -> Result<Uuid, Problem> {
        let now = self.clock.now();
        if kind == ObjectKind::Group {
            attributes.entry(Attribute::GroupKind).or_insert_with(|| GroupKind::Security.code().to_owned());
        }
        lock(&self.state).insert(kind, parent, attributes, now)
    }

    /// Somebody changes an object behind our back: its marker, attributes,
    /// members, readers. False when there is no such object.
    pub fn tamper(&self, id: Uuid, change: impl FnOnce(&mut Stored)) -> bool {
        let mut state = lock(&self.state);
        let Ok(stored) = state.stored(id) else { return false };
        change(stored);
        state.touch(id);
        true
    }

    /// Somebody deletes an object behind our back. Fails when it is not empty.
    pub fn remove(&self, id: Uuid) -> Result<(), Problem> {
        lock(&self.state).delete(id)
    }

    /// Everything there is.
    pub fn dump(&self) -> BTreeMap<Uuid, Stored> {
        lock(&self.state).objects.clone()
    }

    /// The objects that bear a marker: more than one is a doubled object.
    pub fn marked(&self, marker: ObjectId) -> Vec<(Uuid, Stored)> {
        let state = lock(&self.state);
        let ours = state.objects.iter().filter(|(_, o)| o.marker == Some(marker));
        ours.map(|(id, o)| (*id, o.clone())).collect()
    }

    /// How often an object with this marker was created, deleted ones included.
    pub fn creates(&self, marker: ObjectId) -> u32 {
        lock(&self.state).creates.get(&marker).copied().unwrap_or(0)
    }

    /// How many passwords were set by [`Action::SetPassword`].
    pub fn passwords_set(&self) -> u32 {
        lock(&self.state).passwords_set
    }

    /// The password a person chose, if one was set.
    pub fn password(&self, id: Uuid) -> Option<String> {
        lock(&self.state).objects.get(&id).and_then(|o| o.password.clone())
    }

    /// The present address of an object.
    pub fn address(&self, id: Uuid) -> Option<Address> {
        lock(&self.state).observed(id).map(|o| o.address)
    }

    fn fault(&self) -> Option<Fault> {
        let mut faults = lock(&self.faults);
        let number = faults.1;
        faults.1 += 1;
        if !*self.reachable.borrow() {
            return Some(Fault::Unreachable);
        }
        faults.0.of(number)
    }

    /// An observation changes nothing, so every lost one is simply unreachable.
    fn reading(&self) -> Result<(), Unreachable> {
        match self.fault() {
            None | Some(Fault::Rejected(_)) => Ok(()),
            Some(_) => Err(Unreachable::because("injected")),
        }
    }

    fn perform(&self, step: &Step) -> Result<(), ApplyError> {
        let lost = |what| ApplyError::Indeterminate { source: Box::new(Injected(what)) };
        let fault = self.fault();
        match fault {
            Some(Fault::Unreachable) => {
                return Err(ApplyError::Unreachable(Unreachable::because("injected")));
            }
            Some(Fault::Rejected(code)) => return Err(ApplyError::Rejected { problem: Problem::new(code) }),
            Some(Fault::LostBefore) => return Err(lost("lost before it was applied")),
            Some(Fault::LostAfter) | None => {}
        }
        let outcome = self.checked(step);
        if fault.is_some() { Err(lost("lost after it was applied")) } else { outcome }
    }

    fn checked(&self, step: &Step) -> Result<(), ApplyError> {
        if let Action::ChangeMembers { add, remove, .. } = &step.action
            && add.len() + remove.len() > self.capabilities.members_per_change
        {
            let problem = Problem::new(ProblemCode::Refused).said("too many members in one change");
            return Err(ApplyError::Rejected { problem });
        }
        let now = self.clock.now();
        lock(&self.state).apply(step, now).map_err(|problem| ApplyError::Rejected { problem })
    }
}

impl Connector for Reference {
    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn observe<'a>(
        &'a self,
        _lane: Lane,
        which: &'a [Selector],
    ) -> BoxFuture<'a, Result<Vec<Option<Observed>>, Unreachable>> {
        async move {
            self.reading()?;
            let state = lock(&self.state);
            Ok(which.iter().map(|selector| state.observe(selector)).collect())
        }
        .boxed()
    }

    fn members<'a>(
        &'a self,
        _lane: Lane,
        groups: &'a [Address],
    ) -> BoxFuture<'a, Result<Vec<Option<Vec<Address>>>, Unreachable>> {
        async move {
            self.reading()?;
            let state = lock(&self.state);
            Ok(groups.iter().map(|group| state.members(group.external_id)).collect())
        }
        .boxed()
    }

    fn apply<'a>(&'a self, _lane: Lane, steps: &'a [Step]) -> BoxFuture<'a, Vec<Result<(), ApplyError>>> {
        async move {
            let mut outcomes = Vec::with_capacity(steps.len());
            for step in steps {
                let mut held = self.held.subscribe();
                // The sender lives in `self`, so waiting cannot fail.
                let _ = held.wait_for(|held| !held).await;
                let pace = *lock(&self.pace);
                if !pace.is_zero() {
                    tokio::time::sleep(pace).await;
                }
                outcomes.push(self.perform(step));
            }
            outcomes
        }
        .boxed()
    }

    fn scan(&self, after: Option<Cursor>) -> BoxFuture<'_, Result<Page<Observed>, Unreachable>> {
        async move {
            self.reading()?;
            let after = after.and_then(|c| c.0.try_into().ok()).map_or(0, u64::from_be_bytes);
            let state = lock(&self.state);
            let mut changed: Vec<(u64, Uuid)> = state
                .objects
                .iter()
                .filter(|(_, o)| o.changed > after)
                .map(|(id, o)| (o.changed, *id))
                .collect();
            changed.sort_unstable();
            let page = usize::try_from(limits::ENTRIES_PER_PAGE).unwrap_or(usize::MAX);
            let more = changed.len() > page;
            changed.truncate(page);
            let last = changed.last().map_or(after, |(change, _)| *change);
            let cursor = Some(Cursor(last.to_be_bytes().to_vec()));
            let items = changed.iter().filter_map(|(_, id)| state.observed(*id)).collect();
            let (next, resume) = if more { (cursor, None) } else { (None, cursor) };
            Ok(Page { items, next, resume })
        }
        .boxed()
    }

    fn survey<'a>(
        &'a self,
        base: Option<&'a str>,
        after: Option<Cursor>,
    ) -> BoxFuture<'a, Result<Page<Surveyed>, SurveyError>> {
        async move {
            self.reading()?;
            let state = lock(&self.state);
            let after = after.and_then(|c| c.0.try_into().ok()).map_or(Uuid::nil(), Uuid::from_bytes);
            state.survey(base, after)
        }
        .boxed()
    }

    fn holders<'a>(
        &'a self,
        _lane: Lane,
        names: &'a [(Attribute, String)],
    ) -> BoxFuture<'a, Result<Vec<Option<Holder>>, Unreachable>> {
        async move {
            self.reading()?;
            let state = lock(&self.state);
            Ok(names.iter().map(|(attribute, name)| state.held_by(*attribute, name)).collect())
        }
        .boxed()
    }

    fn probe(&self) -> BoxFuture<'_, Result<(), Unreachable>> {
        async move { self.reading() }.boxed()
    }
}

impl std::fmt::Debug for Reference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reference").field("state", &lock(&self.state)).finish_non_exhaustive()
    }
}

/// A test that panicked while it held the lock must not hide what it found.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
