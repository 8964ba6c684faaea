//! A target of two copies, of which the second learns later what the first was
//! told. Nothing may be made twice, fail or be called gone because of it.

use std::{
    collections::BTreeSet,
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicBool, AtomicI64, AtomicU32, Ordering::SeqCst},
    },
};

use connector::{
    ApplyError, Capabilities, Connector, Cursor, Holder, Lane, Page, Replica, SurveyError, Surveyed,
    Unreachable, reference::Reference,
};
use domain::{
    id::ObjectId,
    plan::{Action, Step},
    problem::{Problem, ProblemCode},
    request::RequestState,
    spec::{Address, Attribute, Observed, Selector},
};
use futures::future::{BoxFuture, FutureExt as _};
use uuid::Uuid;

use crate::world::World;

/// Rounds in which the second copy learns nothing.
const BLIND_ROUNDS: usize = 12;

/// What both copies are told, and what the second does not know yet.
struct Shared {
    truth: Arc<Reference>,
    /// The first answers.
    first: AtomicBool,
    /// Steps the first takes before it goes away.
    steps_left: AtomicI64,
    unknown: Mutex<BTreeSet<ObjectId>>,
    /// Creations of what exists in the other copy already.
    doubled: AtomicU32,
    refused: AtomicU32,
}

#[derive(Clone)]
struct Copies(Arc<Shared>);

struct Copy {
    shared: Arc<Shared>,
    first: bool,
}

impl Copies {
    fn new(truth: Arc<Reference>, steps_left: i64) -> Self {
        Self(Arc::new(Shared {
            truth,
            first: AtomicBool::new(true),
            steps_left: AtomicI64::new(steps_left),
            unknown: Mutex::default(),
            doubled: AtomicU32::new(0),
            refused: AtomicU32::new(0),
        }))
    }

    fn replicate(&self) {
        self.0.unknown().clear();
    }

    fn copy(&self, first: bool) -> Box<dyn Connector> {
        Box::new(Copy { shared: self.0.clone(), first })
    }
}

impl Shared {
    fn unknown(&self) -> MutexGuard<'_, BTreeSet<ObjectId>> {
        self.unknown.lock().expect("no test panics with it")
    }

    fn is_unknown_at(&self, id: Uuid) -> bool {
        let unknown: Vec<_> = self.unknown().iter().copied().collect();
        unknown.into_iter().any(|object| self.truth.marked(object).iter().any(|(at, _)| *at == id))
    }

    /// Why the second copy cannot do a step.
    fn refusal(&self, step: &Step) -> Option<ProblemCode> {
        match &step.action {
            Action::Create { parent, .. } => {
                if self.unknown().contains(&step.object) {
                    self.doubled.fetch_add(1, SeqCst);
                    return Some(ProblemCode::Refused);
                }
                let parent = parent.as_ref()?;
                self.is_unknown_at(parent.external_id).then_some(ProblemCode::Waiting)
            }
            Action::ChangeMembers { at, add, .. } => {
                let missing = add.iter().any(|member| self.is_unknown_at(member.external_id));
                let group = self.is_unknown_at(at.external_id).then_some(ProblemCode::ChangedMeanwhile);
                group.or(missing.then_some(ProblemCode::MemberMissing))
            }
            Action::Update { at, .. }
            | Action::Move { at, .. }
            | Action::Delete { at }
            | Action::Release { at }
            | Action::SetAccess { at, .. }
            | Action::SetPassword { at, .. } => {
                self.is_unknown_at(at.external_id).then_some(ProblemCode::ChangedMeanwhile)
            }
        }
    }
}

impl Copy {
    async fn step(&self, lane: Lane, step: &Step) -> Result<(), ApplyError> {
        let away = || Unreachable::because("the first copy is away");
        if self.first {
            match self.shared.steps_left.fetch_sub(1, SeqCst) {
                left if left < 0 => return Err(ApplyError::Unreachable(away())),
                // Its last act: done, and nobody hears of it.
                0 => self.shared.first.store(false, SeqCst),
                _ => {}
            }
        } else if let Some(code) = self.shared.refusal(step) {
            self.shared.refused.fetch_add(1, SeqCst);
            return Err(ApplyError::Rejected { problem: Problem::new(code) });
        }
        let outcome = self.shared.truth.apply(lane, std::slice::from_ref(step)).await.remove(0);
        if self.first && matches!(step.action, Action::Create { .. }) {
            self.shared.unknown().insert(step.object);
        }
        if self.first && !self.shared.first.load(SeqCst) {
            return Err(ApplyError::Indeterminate { source: Box::new(away()) });
        }
        outcome
    }
}

impl Connector for Copy {
    fn capabilities(&self) -> &Capabilities {
        self.shared.truth.capabilities()
    }

    fn observe<'a>(
        &'a self,
        lane: Lane,
        which: &'a [Selector],
    ) -> BoxFuture<'a, Result<Vec<Option<Observed>>, Unreachable>> {
        async move {
            if self.first && !self.shared.first.load(SeqCst) {
                return Err(Unreachable::because("the first copy is away"));
            }
            let mut seen = self.shared.truth.observe(lane, which).await?;
            for seen in seen.iter_mut().filter(|_| !self.first) {
                seen.take_if(|observed| self.shared.is_unknown_at(observed.address.external_id));
            }
            Ok(seen)
        }
        .boxed()
    }

    fn apply<'a>(&'a self, lane: Lane, steps: &'a [Step]) -> BoxFuture<'a, Vec<Result<(), ApplyError>>> {
        async move {
            let mut outcomes = Vec::new();
            for step in steps {
                outcomes.push(self.step(lane, step).await);
            }
            outcomes
        }
        .boxed()
    }

    fn members<'a>(
        &'a self,
        lane: Lane,
        groups: &'a [Address],
    ) -> BoxFuture<'a, Result<Vec<Option<Vec<Address>>>, Unreachable>> {
        self.shared.truth.members(lane, groups)
    }

    fn scan(&self, after: Option<Cursor>) -> BoxFuture<'_, Result<Page<Observed>, Unreachable>> {
        self.shared.truth.scan(after)
    }

    fn survey<'a>(
        &'a self,
        base: Option<&'a str>,
        after: Option<Cursor>,
    ) -> BoxFuture<'a, Result<Page<Surveyed>, SurveyError>> {
        self.shared.truth.survey(base, after)
    }

    fn holders<'a>(
        &'a self,
        lane: Lane,
        names: &'a [(Attribute, String)],
    ) -> BoxFuture<'a, Result<Vec<Option<Holder>>, Unreachable>> {
        self.shared.truth.holders(lane, names)
    }

    fn probe(&self) -> BoxFuture<'_, Result<(), Unreachable>> {
        self.shared.truth.probe()
    }
}

impl Connector for Copies {
    fn capabilities(&self) -> &Capabilities {
        self.0.truth.capabilities()
    }

    fn observe<'a>(
        &'a self,
        _: Lane,
        _: &'a [Selector],
    ) -> BoxFuture<'a, Result<Vec<Option<Observed>>, Unreachable>> {
        panic!("a batch is held to one copy")
    }

    fn apply<'a>(&'a self, _: Lane, _: &'a [Step]) -> BoxFuture<'a, Vec<Result<(), ApplyError>>> {
        panic!("a batch is held to one copy")
    }

    fn members<'a>(
        &'a self,
        lane: Lane,
        groups: &'a [Address],
    ) -> BoxFuture<'a, Result<Vec<Option<Vec<Address>>>, Unreachable>> {
        self.0.truth.members(lane, groups)
    }

    fn scan(&self, after: Option<Cursor>) -> BoxFuture<'_, Result<Page<Observed>, Unreachable>> {
        self.0.truth.scan(after)
    }

    fn survey<'a>(
        &'a self,
        base: Option<&'a str>,
        after: Option<Cursor>,
    ) -> BoxFuture<'a, Result<Page<Surveyed>, SurveyError>> {
        self.0.truth.survey(base, after)
    }

    fn holders<'a>(
        &'a self,
        lane: Lane,
        names: &'a [(Attribute, String)],
    ) -> BoxFuture<'a, Result<Vec<Option<Holder>>, Unreachable>> {
        self.0.truth.holders(lane, names)
    }

    fn probe(&self) -> BoxFuture<'_, Result<(), Unreachable>> {
        self.0.truth.probe()
    }

    fn replica(&self, _: Lane) -> BoxFuture<'_, Result<Option<Replica>, Unreachable>> {
        let first = self.0.first.load(SeqCst);
        let id = Some(Uuid::from_u128(if first { 1 } else { 2 }));
        let replica = Replica { id, connector: self.copy(first) };
        std::future::ready(Ok(Some(replica))).boxed()
    }
}

async fn rounds(world: &World, engine: &engine::Engine) {
    for _ in 0..BLIND_ROUNDS {
        for lane in [Lane::Interactive, Lane::Bulk] {
            engine.step(world.target, lane).await.expect("a step");
        }
        world.hurry().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn wherever_the_first_copy_breaks_the_second_makes_nothing_twice_and_fails_nothing() {
    let world = World::new().await;
    let (mut waited, mut told) = (0, 0);
    // An order of four people takes eight steps.
    for steps in 0..8 {
        let copies = Copies::new(world.reference.clone(), steps);
        let engine = world.engine_with(Arc::new(copies.clone()));
        let lane = if steps % 2 == 0 { Lane::Interactive } else { Lane::Bulk };
        let customer = world.order(&format!("c{steps}"), 4, lane).await;
        rounds(&world, &engine).await;
        assert!(!copies.0.first.load(SeqCst), "the fault happened ({steps})");
        assert_eq!(world.problems(customer.request).await, Vec::<String>::new(), "{steps}");
        if world.state(customer.request).await != RequestState::Complete {
            waited += 1;
            let why = format!(
                "SELECT count(*) AS n FROM request_item WHERE request_id = '{}' AND state = 'requested'
                    AND problem->>'code' = 'replicating'",
                customer.request.uuid()
            );
            // Of members alone nobody is told: their group is as it should be.
            told += i32::from(world.number(&why).await > 0);
        }
        copies.replicate();
        world.drain(&engine).await;
        assert_eq!(world.state(customer.request).await, RequestState::Complete, "{steps}");
        assert_eq!(copies.0.doubled.load(SeqCst), 0, "{steps}");
        for object in customer.people.iter().map(|p| p.object).chain([customer.folder, customer.group]) {
            assert_eq!(world.reference.creates(object), 1, "{steps}");
        }
    }
    assert!(waited >= 5, "the second copy did not know something in {waited} of 8 cases");
    assert!(told >= 3, "people are told why it waits in {told} of 8 cases");
    world.assert_converged().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_second_copy_does_not_know_yet_is_not_taken_for_removed() {
    let world = World::new().await;
    let copies = Copies::new(world.reference.clone(), i64::MAX);
    let engine = world.engine_with(Arc::new(copies.clone()));
    let customer = world.order("acme", 2, Lane::Interactive).await;
    world.drain(&engine).await;
    copies.0.first.store(false, SeqCst);
    let person = customer.people[0].object;
    let removal = world.change(&customer, person, Lane::Interactive, |_| None).await;
    rounds(&world, &engine).await;
    assert_ne!(world.state(removal).await, RequestState::Complete, "it is still there");
    assert!(world.there(person).is_some());
    copies.replicate();
    world.drain(&engine).await;
    assert_eq!(world.state(removal).await, RequestState::Complete);
    assert!(world.there(person).is_none(), "now it is gone");
}
