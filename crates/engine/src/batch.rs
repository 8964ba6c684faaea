//! What happens to the objects of one claim: rounds of observe, plan, note,
//! apply, until everything was read back or cannot go on.
//!
//! One round holds at most one step of an object. The observation that
//! verifies a step is the one the next is planned from, so an object that is
//! made in one step is observed twice: before, because another may have its
//! name or an earlier attempt may have made it, and after.

mod item;
mod members;
mod password;
mod seat;

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use connector::{ApplyError, Connector, Lane, Replica, Unreachable};
use domain::{
    id::{ObjectId, TargetId},
    plan::{Action, Step},
    problem::{Problem, ProblemCode},
    spec::{Attribute, ObjectKind, Selector},
};
use store::{
    StoreError,
    engine::{Claim, EngineStore, Intent, ObjectOutcome, Outcome, Reference, Workload},
};
use tokio::time::Instant;
use tracing::debug;
use uuid::Uuid;

use item::{Item, Next};

/// Creates of users measured at once below this tell nothing of the pace.
const MEASURE_MIN: u32 = 4;
/// A claim that takes longer gives back what is open, so that others get a turn.
const CLAIM_TIME: Duration = Duration::from_secs(30);

/// Why a batch was not carried out to its end.
#[derive(Debug)]
pub(crate) enum Stopped {
    /// Another worker has the lease.
    Lost,
    /// The database did not take part.
    Store(StoreError),
}

/// The outcomes of a batch.
#[derive(Debug)]
pub(crate) struct Done {
    /// One for each job.
    pub(crate) objects: Vec<ObjectOutcome>,
    /// The target did not answer, or lets nothing be done, with its reason.
    pub(crate) down: Option<Problem>,
    /// Time per user made, if enough were.
    pub(crate) pace: Option<Duration>,
}

/// The objects of one claim at work.
pub(crate) struct Crew<'a> {
    store: &'a EngineStore,
    connector: &'a dyn Connector,
    /// The copy of the target this batch is held to, if it has copies.
    replica: Option<Replica>,
    /// Copies that were taken.
    seats: u8,
    /// Of what another copy was told so lately that this one need not know yet.
    unsettled: BTreeSet<ObjectId>,
    target: TargetId,
    claim: &'a Claim,
    lane: Lane,
    items: Vec<Item>,
    index: BTreeMap<ObjectId, usize>,
    references: BTreeMap<ObjectId, Reference>,
    links: BTreeMap<ObjectId, Uuid>,
    blocked: BTreeSet<ObjectId>,
    down: Option<Problem>,
    /// Maintenance began.
    stopped: bool,
    /// Users made, and the time it took.
    made: (u32, Duration),
}

/// Whether what an object refers to is there.
enum Prerequisite {
    Here,
    /// It is worked on in this batch.
    Soon,
    /// It is not there yet, but on its way.
    Later,
    /// A person has to act first, or nobody wants it.
    Never,
}

impl<'a> Crew<'a> {
    pub(crate) fn new(
        store: &'a EngineStore,
        connector: &'a dyn Connector,
        (target, lane): (TargetId, Lane),
        claim: &'a Claim,
        workload: Workload,
    ) -> Self {
        let members = connector.capabilities().members_per_change.max(1);
        let items: Vec<_> = workload.jobs.into_iter().map(|job| Item::new(job, members)).collect();
        let index = items.iter().enumerate().map(|(i, item)| (item.job.object, i)).collect();
        Self {
            store,
            connector,
            replica: None,
            seats: 0,
            unsettled: BTreeSet::new(),
            target,
            claim,
            lane,
            items,
            index,
            references: workload.references,
            links: workload.links,
            blocked: workload.blocked,
            down: None,
            stopped: false,
            made: (0, Duration::ZERO),
        }
    }

    /// Works until nothing is left to do. Every round ends an object or uses
    /// up one of its bounded tries.
    pub(crate) async fn work(&mut self) -> Result<(), Stopped> {
        let started = Instant::now();
        self.take_seat().await?;
        while started.elapsed() < CLAIM_TIME && self.down.is_none() && !self.stopped {
            let ready = self.ready();
            if ready.is_empty() {
                break;
            }
            if let Err(error) = self.observe(&ready).await {
                self.leave_seat(error.problem()).await?;
                continue;
            }
            let steps = self.next_steps(&ready);
            if !steps.is_empty() {
                self.apply(steps).await?;
            } else if ready.iter().all(|i| !self.items[*i].is_decided()) {
                // Cannot happen: what needs no step has ended.
                break;
            }
        }
        Ok(())
    }

    pub(crate) fn done(self) -> Done {
        let away = self.down.clone().or(self.stopped.then(|| Problem::new(ProblemCode::Maintenance)));
        let (users, took) = self.made;
        let pace = (users >= MEASURE_MIN).then(|| took / users);
        let objects = self.items.into_iter().map(|item| item.outcome(away.as_ref())).collect();
        Done { objects, down: self.down, pace }
    }

    /// Unfinished objects whose prerequisites are there. Those whose
    /// prerequisites cannot come in this batch are ended.
    fn ready(&mut self) -> Vec<usize> {
        let mut ready = Vec::new();
        let mut waiting = Vec::new();
        for i in 0..self.items.len() {
            if self.items[i].is_done() {
                continue;
            }
            if self.items[i].is_decided() {
                ready.push(i);
                continue;
            }
            if let Some(held) = self.items[i].job.held {
                self.items[i].hold(held);
                continue;
            }
            match self.prerequisites(i) {
                Prerequisite::Here => ready.push(i),
                Prerequisite::Soon => waiting.push(i),
                Prerequisite::Later => self.items[i].wait(),
                Prerequisite::Never => self.items[i].fail(Problem::new(ProblemCode::Waiting)),
            }
        }
        if ready.is_empty() {
            // Nothing moves any more, so what is waited for here cannot come here.
            for i in waiting {
                self.items[i].wait();
            }
        }
        ready
    }

    fn prerequisites(&self, i: usize) -> Prerequisite {
        let item = &self.items[i];
        if !item.job.wanted {
            return if self.has_children_here(item) { Prerequisite::Soon } else { Prerequisite::Here };
        }
        let mut all = Prerequisite::Here;
        for object in item.job.spec.prerequisites() {
            match self.prerequisite(&item.job.spec, object) {
                Prerequisite::Never => return Prerequisite::Never,
                Prerequisite::Later => all = Prerequisite::Later,
                Prerequisite::Soon if matches!(all, Prerequisite::Here) => all = Prerequisite::Soon,
                Prerequisite::Here | Prerequisite::Soon => {}
            }
        }
        all
    }

    fn prerequisite(&self, spec: &domain::spec::Spec, object: ObjectId) -> Prerequisite {
        if let Some(other) = self.index.get(&object).map(|i| &self.items[*i]) {
            return match &other.main {
                None => Prerequisite::Soon,
                Some(_) if other.job.wanted && self.resolve(spec, object).is_some() => Prerequisite::Here,
                Some(Outcome::Verified | Outcome::Failed(_)) => Prerequisite::Never,
                Some(Outcome::Retry { .. } | Outcome::Parked(_)) => Prerequisite::Later,
            };
        }
        if self.resolve(spec, object).is_some() {
            Prerequisite::Here
        } else if self.blocked.contains(&object) {
            Prerequisite::Never
        } else {
            Prerequisite::Later
        }
    }

    /// What lies in a container goes before it.
    fn has_children_here(&self, item: &Item) -> bool {
        item.job.kind == ObjectKind::Container
            && self.items.iter().any(|i| i.main.is_none() && i.job.spec.parent() == Some(item.job.object))
    }

    /// Where an object is: as seen in this batch, otherwise as seen last.
    fn resolve(&self, spec: &domain::spec::Spec, object: ObjectId) -> Option<Reference> {
        let needs_security_id =
            matches!(spec, domain::spec::Spec::Access { readers, .. } if *readers == object);
        let here = self.index.get(&object).map(|i| &self.items[*i]);
        let found = match here.and_then(|item| item.seen.as_ref()) {
            Some(seen) => {
                Some(Reference { address: seen.address.clone(), security_id: seen.security_id.clone() })
            }
            None if here.is_some_and(|item| item.main.is_some()) => None,
            None => self.references.get(&object).cloned(),
        };
        found.filter(|reference| !needs_security_id || reference.security_id.is_some())
    }

    /// The ids of what an object links to: as seen in this batch, otherwise as
    /// seen last. What is not wanted is as good as gone.
    fn links(&self, spec: &domain::spec::Spec) -> BTreeMap<Attribute, Option<Uuid>> {
        let id = |object: ObjectId| match self.index.get(&object).map(|i| &self.items[*i]) {
            Some(other) if !other.job.wanted => None,
            Some(other) if other.fresh || other.seen.is_some() => {
                other.seen.as_ref().map(|seen| seen.address.external_id)
            }
            _ => self.links.get(&object).copied(),
        };
        spec.links().into_iter().map(|(attribute, object)| (attribute, object.and_then(id))).collect()
    }

    async fn observe(&mut self, ready: &[usize]) -> Result<(), Unreachable> {
        let stale: Vec<_> = ready.iter().copied().filter(|i| self.items[*i].needs_look()).collect();
        let (which, selectors) = self.selectors(&stale, true);
        self.look(&which, &selectors).await?;
        // What is not where it was may have been made anew by an attempt that
        // was cut off: its name tells.
        let gone: Vec<_> = which.into_iter().filter(|i| self.items[*i].may_be_elsewhere()).collect();
        let (which, selectors) = self.selectors(&gone, false);
        self.look(&which, &selectors).await?;
        for i in stale {
            self.items[i].fresh = true;
        }
        Ok(())
    }

    fn selectors(&self, which: &[usize], by_id: bool) -> (Vec<usize>, Vec<Selector>) {
        let with_selector = which.iter().filter_map(|i| {
            let item = &self.items[*i];
            let reference = |object| self.resolve(&item.job.spec, object).map(|r| r.address);
            item.selector(by_id, reference).map(|selector| (*i, selector))
        });
        with_selector.unzip()
    }

    async fn look(&mut self, which: &[usize], selectors: &[Selector]) -> Result<(), Unreachable> {
        if selectors.is_empty() {
            return Ok(());
        }
        let seen = self.seat().observe(self.lane, selectors).await?;
        for (i, seen) in which.iter().zip(seen) {
            let item = &mut self.items[*i];
            item.saw(seen);
            if item.seen.is_some() {
                // Known here, so its absence from now on means something.
                self.unsettled.remove(&item.job.object);
            }
        }
        Ok(())
    }

    fn next_steps(&mut self, ready: &[usize]) -> Vec<(usize, Next)> {
        let mut steps = Vec::new();
        for i in ready.iter().copied() {
            let spec = self.items[i].job.spec.clone();
            let unsettled = self.settling(i);
            let next = {
                let resolved: BTreeMap<_, _> = spec
                    .prerequisites()
                    .into_iter()
                    .filter_map(|object| self.resolve(&spec, object).map(|reference| (object, reference)))
                    .collect();
                let links = self.links(&spec);
                self.items[i].next(&resolved, links, unsettled)
            };
            steps.extend(next.map(|next| (i, next)));
        }
        steps
    }

    async fn apply(&mut self, next: Vec<(usize, Next)>) -> Result<(), Stopped> {
        if self.is_held_back(&next).await? {
            return Ok(());
        }
        let intents: Vec<_> = next
            .iter()
            .map(|(i, next)| Intent {
                object: self.items[*i].job.object,
                generation: self.items[*i].job.generation,
                step: word(&next.step.action),
                naming: next.naming.clone(),
            })
            .collect();
        if !self.store.intend(self.claim, &intents, self.replica_id()).await.map_err(Stopped::Store)? {
            return Err(Stopped::Lost);
        }
        let (which, steps): (Vec<_>, Vec<Step>) = next.into_iter().map(|(i, next)| (i, next.step)).unzip();
        let started = Instant::now();
        let answers = self.seat().apply(self.lane, &steps).await;
        self.measure(&steps, started.elapsed());
        let (mut away, mut untold) = (None, Vec::new());
        for ((i, step), answer) in which.into_iter().zip(&steps).zip(answers) {
            match answer {
                Ok(()) => self.items[i].applied(),
                Err(ApplyError::Indeterminate { source }) => {
                    debug!(object = %step.object, error = %source, "not known whether it was applied");
                    self.items[i].applied();
                }
                Err(ApplyError::Unreachable(error)) => {
                    untold.push(step.object);
                    away = Some(error.problem());
                }
                Err(ApplyError::Rejected { problem }) => {
                    debug!(object = %step.object, problem = problem.code.code(), "the target refused");
                    untold.push(step.object);
                    let unsettled = self.settling(i);
                    self.items[i].rejected(&step.action, problem, unsettled);
                }
            }
        }
        if self.replica_id().is_some() && !untold.is_empty() {
            self.store.untold(self.claim, &untold).await.map_err(Stopped::Store)?;
        }
        match away {
            Some(problem) => self.leave_seat(problem).await,
            None => Ok(()),
        }
    }

    /// Only rounds that mostly make users tell how long one takes.
    fn measure(&mut self, steps: &[Step], took: Duration) {
        let is_user = |s: &&Step| s.kind == ObjectKind::User && matches!(s.action, Action::Create { .. });
        let users = steps.iter().filter(is_user).count();
        if users * 2 > steps.len() {
            self.made.0 += u32::try_from(users).unwrap_or(u32::MAX);
            self.made.1 += took;
        }
    }
}

/// The step as it is noted.
fn word(action: &Action) -> &'static str {
    match action {
        Action::Create { .. } => "create",
        Action::Update { .. } => "update",
        Action::Move { .. } => "move",
        Action::Delete { .. } => "delete",
        Action::Release { .. } => "release",
        Action::SetAccess { .. } => "set_access",
        Action::SetPassword { .. } => "set_password",
        Action::ChangeMembers { .. } => "change_members",
    }
}
