//! One object of a batch: what was seen of it, what it needs next, how it ended.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    id::ObjectId,
    plan::{Action, Plan, Step, Want, adopt, plan},
    problem::{Problem, ProblemCode},
    spec::{Address, Attribute, Naming, ObjectKind, Observed, Selector, Spec},
};
use store::engine::{Held, Job, ObjectOutcome, Outcome, PasswordOutcome, Reference};

use uuid::Uuid;

use super::{members::Members, password::Password, seat::Unsettled};
use crate::delay;

/// Steps of one object in one claim; more means it does not come true.
const STEPS_MAX: u8 = 4;
/// A target that is busy this often in a row fails the object.
const REFUSALS_MAX: i32 = 8;

/// What to do next, and the name under which it will be found.
pub(super) struct Next {
    pub(super) step: Step,
    pub(super) naming: Option<Naming>,
}

pub(super) struct Item {
    pub(super) job: Job,
    /// Ours, as seen last.
    pub(super) seen: Option<Observed>,
    /// How the object itself ended; its password and its members may still go on.
    pub(super) main: Option<Outcome>,
    /// `seen` is from after the last step.
    pub(super) fresh: bool,
    /// Somebody else's, found under our name.
    foreign: Option<Observed>,
    /// What it links to, as it was planned with.
    links: BTreeMap<Attribute, Option<Uuid>>,
    /// The target does not know what it links to, whatever was seen last: it is
    /// made without, and due again when that was made anew.
    without_links: bool,
    /// The name was refused once; it may be our own from an earlier attempt.
    taken: Option<Problem>,
    steps: u8,
    password: Option<Password>,
    members: Members,
}

impl Item {
    pub(super) fn new(job: Job, members_per_change: usize) -> Self {
        let password = job.password.is_some().then_some(Password::Waiting);
        let members = Members::new(&job.edges, members_per_change);
        let (seen, foreign, taken) = (None, None, None);
        Self {
            job,
            seen,
            main: None,
            fresh: false,
            foreign,
            links: BTreeMap::new(),
            without_links: false,
            taken,
            steps: 0,
            password,
            members,
        }
    }

    /// Nothing is left to do in this batch.
    pub(super) fn is_done(&self) -> bool {
        let rest = self.password.as_ref().is_none_or(Password::is_done) && self.members.is_done();
        match self.main {
            None => false,
            Some(Outcome::Retry { .. } | Outcome::Parked(_)) => true,
            Some(Outcome::Verified | Outcome::Failed(_)) => rest,
        }
    }

    /// The object itself has ended; what is left needs no prerequisites.
    pub(super) fn is_decided(&self) -> bool {
        self.main.is_some()
    }

    /// Tries again later, because something else has to be there first.
    pub(super) fn wait(&mut self) {
        let after_ms = delay::retry_millis(self.job.attempts);
        let problem = Some(Problem::new(ProblemCode::Waiting));
        self.main = Some(Outcome::Retry { problem, after_ms, refused: false });
    }

    /// Waits for a hook that has to agree first, or for a person who puts it right.
    pub(super) fn hold(&mut self, held: Held) {
        let problem = Problem::new(ProblemCode::HookPending);
        match held {
            Held::Failed => self.fail(problem),
            Held::Pending => {
                let after_ms = delay::retry_millis(self.job.attempts);
                self.main = Some(Outcome::Retry { problem: Some(problem), after_ms, refused: false });
            }
        }
    }

    pub(super) fn fail(&mut self, problem: Problem) {
        self.main = Some(Outcome::Failed(problem));
        self.settle_rest();
    }

    pub(super) fn needs_look(&self) -> bool {
        let sends_on = self.is_decided() && self.members.has_more_to_send();
        !self.fresh && !sends_on
    }

    /// How to find it; none when it cannot exist.
    pub(super) fn selector(
        &self,
        by_id: bool,
        resolve: impl Fn(ObjectId) -> Option<Address>,
    ) -> Option<Selector> {
        let (object, kind) = (self.job.object, self.job.kind);
        if self.is_released() && kind == ObjectKind::Access {
            return None;
        }
        if let Spec::Access { container, .. } = &self.job.spec {
            let external_id = Some(resolve(*container)?.external_id);
            let (names, members) = (vec![], vec![]);
            return self.job.wanted.then_some(Selector { object, kind, external_id, names, members });
        }
        let external_id = self.known().filter(|_| by_id);
        let mut names: Vec<Naming> = Vec::new();
        if external_id.is_none() {
            let now = self.naming(&resolve);
            let before = self.job.attempted.iter().filter(|n| Some(*n) != now.as_ref()).cloned();
            names.extend(now.iter().cloned().chain(before));
        }
        let members = if self.is_decided() { self.members.asked(&self.job.edges) } else { vec![] };
        (external_id.is_some() || !names.is_empty()).then_some(Selector {
            object,
            kind,
            external_id,
            names,
            members,
        })
    }

    /// Where it would be made now.
    fn naming(&self, resolve: impl Fn(ObjectId) -> Option<Address>) -> Option<Naming> {
        let parent = match self.job.spec.parent() {
            Some(parent) => Some(resolve(parent)?),
            None => None,
        };
        let attributes = self.job.spec.attributes();
        let value = |a| attributes.get(&a).copied().flatten().map(str::to_owned);
        Some(Naming { parent, name: value(Attribute::Name)?, logon_name: value(Attribute::LogonName) })
    }

    pub(super) fn saw(&mut self, seen: Option<Observed>) {
        let ours = |o: &Observed| {
            self.job.kind == ObjectKind::Access
                || o.marker == Some(self.job.object)
                || (o.marker.is_none()
                    && self.job.address.as_ref().map(|a| a.external_id) == Some(o.address.external_id))
        };
        (self.seen, self.foreign) = match seen {
            Some(seen) if ours(&seen) => (Some(seen), None),
            other => (None, other),
        };
    }

    /// Known by its id, and not there any more.
    pub(super) fn may_be_elsewhere(&self) -> bool {
        self.job.kind != ObjectKind::Access
            && self.known().is_some()
            && self.seen.is_none()
            && self.foreign.is_none()
    }

    /// It is to be left as it is, without our marker.
    fn is_released(&self) -> bool {
        matches!(self.job.spec, Spec::Released { .. })
    }

    /// The target's id: as seen in this batch, otherwise as recorded.
    fn known(&self) -> Option<uuid::Uuid> {
        let seen = self.seen.as_ref().map(|o| &o.address);
        seen.or(self.job.address.as_ref()).map(|address| address.external_id)
    }

    /// Decides what comes next from what was seen.
    pub(super) fn next(
        &mut self,
        resolved: &BTreeMap<ObjectId, Reference>,
        links: BTreeMap<Attribute, Option<Uuid>>,
        unsettled: Unsettled,
    ) -> Option<Next> {
        if self.main.is_none() {
            self.links = links;
            let next = self.next_of_object(resolved, unsettled);
            if next.is_some() {
                return next;
            }
            self.settle_rest();
        }
        if self.is_done() {
            return None;
        }
        if self.seen.is_none() {
            // It was there a moment ago.
            self.wait();
            return None;
        }
        self.next_of_rest().map(|action| {
            let step = Step { object: self.job.object, kind: self.job.kind, action };
            Next { step, naming: None }
        })
    }

    fn next_of_object(
        &mut self,
        resolved: &BTreeMap<ObjectId, Reference>,
        unsettled: Unsettled,
    ) -> Option<Next> {
        let resolve = |object| resolved.get(&object).map(|r| r.address.clone());
        let (container, readers) = match &self.job.spec {
            Spec::Access { container, readers } => {
                let id = resolved.get(readers).and_then(|r| r.security_id.clone());
                (resolve(*container), id.into_iter().collect())
            }
            _ => (None, vec![]),
        };
        let want = Want {
            object: self.job.object,
            kind: self.job.kind,
            spec: (self.job.wanted || self.is_released()).then_some(&self.job.spec),
            parent: self.job.spec.parent().and_then(resolve),
            container,
            readers,
            links: if self.without_links { BTreeMap::new() } else { self.links.clone() },
            guarded: self.job.guarded.iter().flat_map(|(_, attributes)| attributes).copied().collect(),
            known: self.job.address.as_ref().map(|a| a.external_id),
        };
        let have = self.seen.as_ref().or(self.foreign.as_ref());
        let planned = if self.job.adopting { adopt(&want, have) } else { plan(&want, have) };
        if self.may_be_behind(&planned, unsettled) {
            self.look_again();
            return None;
        }
        let step = match planned {
            Plan::Nothing => {
                let held = self.job.guarded.as_ref().map(|(held, _)| *held);
                match held.filter(|_| differs(want, self.seen.as_ref())) {
                    // A password does not wait for a hook that is about attributes.
                    Some(_) if self.job.password.is_some() => self.hold(Held::Failed),
                    Some(held) => self.hold(held),
                    None => self.main = Some(Outcome::Verified),
                }
                return None;
            }
            // Nothing of ours is there, which is what was wanted.
            Plan::Stuck(_) if !self.job.wanted => {
                self.main = Some(Outcome::Verified);
                return None;
            }
            Plan::Stuck(problem) => {
                self.main = Some(Outcome::Failed(problem));
                return None;
            }
            Plan::Do(step) => step,
        };
        let creates = matches!(step.action, Action::Create { .. });
        if let Some(problem) = self.taken.take().filter(|_| creates) {
            self.main = Some(Outcome::Failed(problem));
            return None;
        }
        if self.steps >= STEPS_MAX {
            self.main = Some(Outcome::Failed(not_verified(&step.action)));
            return None;
        }
        self.steps += 1;
        let naming = if creates { self.naming(resolve) } else { None };
        Some(Next { step, naming })
    }

    /// Whether what was decided rests on something not being there that
    /// another copy of the target was told of.
    fn may_be_behind(&self, planned: &Plan, unsettled: Unsettled) -> bool {
        match planned {
            Plan::Do(step) => unsettled.own && matches!(step.action, Action::Create { .. }),
            Plan::Stuck(_) => unsettled.any,
            Plan::Nothing => unsettled.own && !self.job.wanted,
        }
    }

    /// Looks again later, because what another copy of the target was told is
    /// not known here yet. The target refused nothing.
    fn look_again(&mut self) {
        let after_ms = delay::retry_millis(self.job.attempts);
        let problem = Some(Problem::new(ProblemCode::Replicating));
        self.main = Some(Outcome::Retry { problem, after_ms, refused: false });
    }

    /// Waits, with everything that is left of it.
    pub(super) fn park(&mut self, problem: Problem) {
        self.main = Some(Outcome::Parked(problem));
    }

    fn next_of_rest(&mut self) -> Option<Action> {
        let seen = self.seen.as_ref()?;
        if let (Some(password), Some(job)) = (&mut self.password, &self.job.password) {
            return password.next(job, seen);
        }
        self.members.next(&self.job.edges, seen)
    }

    /// Ends passwords and members of an object that is not there.
    fn settle_rest(&mut self) {
        let (problem, gone) = match &self.main {
            Some(Outcome::Failed(problem)) => (problem.clone(), false),
            Some(Outcome::Verified) => (Problem::new(ProblemCode::SecretExpired), true),
            _ => return,
        };
        if self.seen.is_some() && self.job.wanted {
            return;
        }
        if let Some(password) = &mut self.password {
            password.give_up(problem);
        }
        self.members.give_up(&self.job.edges, gone);
    }

    /// A step was done, or may have been.
    pub(super) fn applied(&mut self) {
        self.fresh = false;
        if self.is_decided() {
            self.members.sent();
        }
    }

    pub(super) fn rejected(&mut self, action: &Action, problem: Problem, unsettled: Unsettled) {
        if unsettled.any && speaks_of_absence(&problem) {
            self.look_again();
            return;
        }
        if speaks_of_link(&problem) && !self.without_links {
            self.without_links = true;
            self.fresh = false;
            return;
        }
        if self.is_passing(&problem) {
            if self.job.refusals < REFUSALS_MAX {
                let after_ms = delay::retry_millis(self.job.refusals);
                self.main = Some(Outcome::Retry { problem: Some(problem), after_ms, refused: true });
            } else {
                self.main = Some(Outcome::Failed(problem));
                self.refuse_rest();
            }
            return;
        }
        match action {
            Action::SetPassword { .. } => {
                if let Some(password) = &mut self.password {
                    password.give_up(problem);
                }
            }
            Action::ChangeMembers { .. } => self.members.refused(&self.job.edges, problem),
            Action::Create { .. } if problem.code == ProblemCode::NameTaken && self.taken.is_none() => {
                self.taken = Some(problem);
                self.fresh = false;
            }
            _ => self.fail(problem),
        }
    }

    /// A target that stays busy ends everything that is left.
    fn refuse_rest(&mut self) {
        let Some(Outcome::Failed(problem)) = &self.main else { return };
        if let Some(password) = &mut self.password {
            password.give_up(problem.clone());
        }
        self.members.give_up(&self.job.edges, false);
    }

    fn is_passing(&self, problem: &Problem) -> bool {
        match problem.code {
            ProblemCode::Busy
            | ProblemCode::Waiting
            | ProblemCode::ChangedMeanwhile
            | ProblemCode::IdsExhausted
            | ProblemCode::TargetError
            | ProblemCode::Unreachable => true,
            // Its content may be on its way out as well.
            ProblemCode::NotEmpty => !self.job.wanted,
            _ => false,
        }
    }

    /// How it ended; with `away`, what is open waits for the target.
    pub(super) fn outcome(self, away: Option<&Problem>) -> ObjectOutcome {
        let done = self.is_done();
        let outcome = match (self.main, away) {
            (Some(outcome), _) if done => outcome,
            (_, Some(problem)) => Outcome::Parked(problem.clone()),
            // Its time was up.
            (_, None) => Outcome::Retry { problem: None, after_ms: 0, refused: false },
        };
        let linked = self.job.spec.links().into_iter().filter(|_| self.job.wanted);
        let links = linked.filter_map(|(a, object)| Some((object?, self.links.get(&a).copied().flatten())));
        let links = links.collect();
        let secret = self.job.password.as_ref().map(|p| p.id);
        let result = self.password.and_then(Password::result);
        // Of what is not ours any more nothing is kept.
        let is_left = matches!(self.job.spec, Spec::Released { .. }) && matches!(outcome, Outcome::Verified);
        ObjectOutcome {
            object: self.job.object,
            generation: self.job.generation,
            observed: self.seen.filter(|_| !is_left),
            outcome,
            links,
            password: secret.zip(result).map(|(secret, result)| PasswordOutcome { secret, result }),
            edges: self.members.outcomes(&self.job.edges),
        }
    }
}

/// Whether a refusal may come from something that is not there yet.
fn speaks_of_absence(problem: &Problem) -> bool {
    use ProblemCode as P;
    matches!(problem.code, P::Waiting | P::Busy | P::ChangedMeanwhile | P::MemberMissing)
}

/// Whether something is to be done that a hook guards.
fn differs(want: Want<'_>, seen: Option<&Observed>) -> bool {
    plan(&Want { guarded: BTreeSet::new(), ..want }, seen) != Plan::Nothing
}

/// Whether what an object links to is not there.
fn speaks_of_link(problem: &Problem) -> bool {
    let attribute = problem.args.get("attribute").and_then(|code| Attribute::from_code(code));
    problem.code == ProblemCode::Waiting && attribute.is_some_and(Attribute::is_link)
}

/// The target accepted everything and shows something else.
fn not_verified(action: &Action) -> Problem {
    let problem = Problem::new(ProblemCode::NotVerified);
    match action {
        Action::Update { changes, .. } => match changes.first() {
            Some(change) => problem
                .with("attribute", change.attribute.code())
                .with("value", change.after.as_deref().unwrap_or_default()),
            None => problem.with("attribute", "marker"),
        },
        Action::Move { name, .. } => problem.with("attribute", "name").with("value", name),
        other => problem.with("step", super::word(other)),
    }
}
