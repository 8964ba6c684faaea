//! Hooks: what is told or asked elsewhere, claimed and recorded like everything else.
//!
//! A delivery whose worker died between the call and its record is made again, with
//! the same id: at least once is promised, and that receivers can tell.

use std::{sync::Arc, time::Duration};

use domain::{
    hook::Occasion,
    limits,
    problem::{Problem, ProblemCode},
};
use outbound::{Data, Message, Outbound, Reply, Thing, Verdict};
use store::{
    StoreError,
    engine::{Delivered, Due, Ending, Told},
};
use tokio::{
    sync::watch,
    task::JoinSet,
    time::{Instant, sleep},
};
use tracing::{debug, warn};

use crate::{
    Engine, delay,
    run::{chain, told},
};

/// What waits for a directory that has nothing to do is looked for this often.
const RELEASE: Duration = Duration::from_secs(5);
/// A record is worth this many tries; after them the delivery is made again.
const RECORD_TRIES: u32 = 8;

impl Engine {
    /// Makes one claim of deliveries and records what became of them; gives how many
    /// there were.
    pub async fn deliver(&self) -> Result<usize, StoreError> {
        let Some(outbound) = &self.outbound else { return Ok(0) };
        self.store.release_deliveries().await?;
        let due = self.store.claim_deliveries(limits::HOOKS_AT_ONCE).await?;
        let calls = due.into_iter().map(|due| self.call(outbound, due));
        let done = futures::future::join_all(calls).await;
        self.record_deliveries(&done).await?;
        Ok(done.len())
    }

    pub(crate) async fn keep_delivering(
        self: Arc<Self>,
        mut bell: watch::Receiver<u64>,
        mut shutdown: watch::Receiver<bool>,
    ) {
        let Some(outbound) = self.outbound.clone() else { return };
        let mut calls = JoinSet::new();
        let (mut trouble, mut released) = (0, None::<Instant>);
        while !*shutdown.borrow() {
            bell.borrow_and_update();
            let room = limits::HOOKS_AT_ONCE.saturating_sub(calls.len());
            let wait = match self.claim_due(room, &mut released).await {
                Ok(due) => {
                    trouble = 0;
                    for due in due {
                        let (engine, outbound) = (Arc::clone(&self), Arc::clone(&outbound));
                        calls.spawn(async move { engine.call(&outbound, due).await });
                    }
                    self.options.tick
                }
                Err(error) => self.troubled(&error, &mut trouble),
            };
            let rung = async {
                if trouble > 0 || bell.changed().await.is_err() {
                    std::future::pending::<()>().await;
                }
            };
            tokio::select! {
                Some(first) = calls.join_next() => {
                    let done = ended(first, &mut calls);
                    if let Err(error) = self.record_deliveries(&done).await {
                        warn!(error = chain(&error), "what became of deliveries is not recorded; they are made again");
                    }
                }
                () = rung => {}
                () = sleep(wait) => {}
                () = told(&mut shutdown) => {}
            }
        }
        // What is on its way is waited for: every call has its bound.
        while let Some(first) = calls.join_next().await {
            let done = ended(first, &mut calls);
            if let Err(error) = self.record_deliveries(&done).await {
                warn!(
                    error = chain(&error),
                    "what became of deliveries is not recorded; they are made again"
                );
            }
        }
    }

    async fn claim_due(&self, room: usize, released: &mut Option<Instant>) -> Result<Vec<Due>, StoreError> {
        if released.is_none_or(|at| at.elapsed() >= RELEASE) {
            self.store.release_deliveries().await?;
            *released = Some(Instant::now());
        }
        if room == 0 { Ok(Vec::new()) } else { self.store.claim_deliveries(room).await }
    }

    async fn call(&self, outbound: &Outbound, due: Due) -> Delivered {
        let message = message(&due);
        let reply = match &due.secrets {
            Some(secrets) => {
                let now = self.clock.now();
                outbound.call(due.kind, &due.destination, &message, secrets, now, due.limit).await
            }
            None => Reply {
                verdict: Verdict::Passing,
                said: "the secret of the hook cannot be opened on this machine at present".to_owned(),
            },
        };
        debug!(delivery = %due.id, hook = due.name, verdict = ?reply.verdict, "called");
        self.judge(&due, reply)
    }

    fn judge(&self, due: &Due, reply: Reply) -> Delivered {
        let problem = |code| Problem::new(code).with("hook", &due.name).said(&reply.said);
        let code = match reply.verdict {
            Verdict::Refused => ProblemCode::HookRefused,
            Verdict::Away => ProblemCode::HookUnreachable,
            Verdict::Done | Verdict::Failed | Verdict::Passing => ProblemCode::HookFailed,
        };
        let ending = match reply.verdict {
            Verdict::Done => Ending::Done,
            Verdict::Passing | Verdict::Away if due.attempts + 1 < due.tries => {
                let attempts = u32::try_from(due.attempts).unwrap_or(0);
                let (min, max) = (self.options.hook_min, self.options.hook_max);
                let wait = delay::doubling(min, max, attempts, self.random.as_ref());
                Ending::Again { problem: problem(code), after_ms: millis(wait) }
            }
            _ => Ending::Failed(problem(code)),
        };
        let away = (reply.verdict == Verdict::Away).then(|| {
            let over = u32::try_from(due.failures + 1 - limits::HOOK_FAILURES).unwrap_or(0);
            let (min, max) = (self.options.breaker_min, self.options.breaker_max);
            (reply.said.clone(), millis(delay::doubling(min, max, over, self.random.as_ref())))
        });
        let answer = Some(reply.said).filter(|said| !said.is_empty());
        Delivered { id: due.id, lease: due.lease, hook: due.hook, ending, answer, away }
    }

    async fn record_deliveries(&self, done: &[Delivered]) -> Result<(), StoreError> {
        let mut tries = 0;
        while !done.is_empty() {
            match self.store.record_deliveries(done).await {
                Ok(_) => break,
                Err(StoreError::Repeat(_) | StoreError::Unavailable(_)) if tries < RECORD_TRIES => {
                    let (min, max) = (Duration::from_millis(20), Duration::from_secs(1));
                    sleep(delay::doubling(min, max, tries, self.random.as_ref())).await;
                    tries += 1;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

/// All calls that have ended.
fn ended(first: Result<Delivered, tokio::task::JoinError>, calls: &mut JoinSet<Delivered>) -> Vec<Delivered> {
    let mut all = vec![first];
    all.extend(std::iter::from_fn(|| calls.try_join_next()));
    let told = |result: Result<Delivered, tokio::task::JoinError>| {
        result.map_err(|error| warn!(%error, "a delivery ended unexpectedly; it is made again")).ok()
    };
    all.into_iter().filter_map(told).collect()
}

fn message(due: &Due) -> Message {
    let Told { moment, occasion, at, tenant, request, request_kind, service, subscription, plan, person } =
        &due.told;
    let event = match occasion {
        Occasion::Assign | Occasion::Remove | Occasion::Change => format!("subscription.{}", occasion.code()),
        Occasion::RequestFailed => "request.failed".to_owned(),
        Occasion::Test => "hook.test".to_owned(),
    };
    let thing = |id: String| Thing { id, ..Thing::default() };
    let data = Data {
        delivery: due.id.to_string(),
        moment: moment.code().to_owned(),
        hook: due.name.clone(),
        tenant: Thing { code: Some(tenant.1.clone()), ..thing(tenant.0.to_string()) },
        request: request.map(|id| Thing { kind: request_kind.clone(), ..thing(id.to_string()) }),
        service: service.clone(),
        subscription: subscription.map(|id| thing(id.to_string())),
        plan: plan.as_ref().map(|(id, code, version)| Thing {
            code: Some(code.clone()),
            version: Some(*version),
            ..thing(id.to_string())
        }),
        person: person
            .as_ref()
            .map(|(id, name)| Thing { principal_name: Some(name.clone()), ..thing(id.to_string()) }),
    };
    Message { event, timestamp: *at, data, id: due.id.to_string() }
}

pub(crate) fn millis(wait: Duration) -> i64 {
    i64::try_from(wait.as_millis()).unwrap_or(i64::MAX)
}
