//! One claim, from the queue to its recorded outcome.

use std::{future::Future, time::Duration};

use connector::{Connector, Lane, ReplicaHealth};
use domain::{
    id::{TargetId, TenantId},
    limits,
    problem::{Problem, ProblemCode},
};
use jiff::Timestamp;
use store::{
    StoreError,
    engine::{Claim, ControllerSeen, Health, ObjectOutcome, Outcome},
};
use tokio::time::Instant;
use tracing::{Instrument as _, debug, info, info_span, warn};

use crate::{
    Engine,
    batch::{Crew, Done, Stopped},
    delay,
};

/// The record of a batch is worth this many tries: nothing else is lost when it
/// fails, but everything has to be observed again.
const RECORD_TRIES: u32 = 8;
/// A bulk claim is never smaller: even the slowest target takes a few at once.
const CLAIM_MIN: u64 = 8;

impl Engine {
    /// Does one claim of a target's lane; false when there was nothing to do,
    /// or the target does not answer. Dropped before it ends, it leaves what a
    /// crash leaves: a lease that ends by itself.
    pub async fn step(&self, target: TargetId, lane: Lane) -> Result<bool, StoreError> {
        let Some(connector) = self.connectors.get(&target) else { return Ok(false) };
        let health = self.health(target).await?;
        if !health.up || health.mode.maintenance {
            return Ok(false);
        }
        if let Some(address) = &health.controller {
            connector.follow(address);
        }
        let limit = claim_size(lane, health.pace_micros);
        let start = self.turn(target, lane);
        let claim = self.store.claim(target, lane, limit, start.uuid()).await?;
        let Some(claim) = claim else { return Ok(false) };
        self.advance_turn(target, lane, &claim);
        let span = info_span!("claim", %target, ?lane, lease = claim.lease, objects = claim.objects.len());
        let outcome =
            self.carry_out(target, lane, connector.as_ref(), &claim, &health).instrument(span).await;
        if outcome.is_err() {
            // Best effort: without it the lease ends by itself.
            let _ended_by_itself = self.store.release(&claim).await;
        }
        outcome.map(|()| true)
    }

    /// Asks a target whose breaker is open and due whether it answers again;
    /// true when it takes work. One in maintenance is not asked; what waits
    /// for it is shown as parked.
    pub async fn probe(&self, target: TargetId) -> Result<bool, StoreError> {
        let Some(connector) = self.connectors.get(&target) else { return Ok(false) };
        let health = self.health(target).await?;
        if health.mode.maintenance {
            self.store.park_waiting(target).await?;
            return Ok(false);
        }
        if health.up || health.retry_at.is_some_and(|at| at > self.clock.now()) {
            return Ok(health.up);
        }
        match connector.probe().await {
            Ok(()) => {
                info!(%target, "the target answers again");
                self.store.target_up(target).await?;
                Ok(true)
            }
            Err(error) => {
                self.open_breaker(target, &health, &error.problem()).await?;
                Ok(false)
            }
        }
    }

    /// Asks every controller of a target how it is, and stores that; nothing
    /// for one that has none, or is in maintenance.
    pub async fn watch(&self, target: TargetId) -> Result<(), StoreError> {
        let Some(connector) = self.connectors.get(&target) else { return Ok(()) };
        if self.store.mode(target).await?.maintenance {
            return Ok(());
        }
        let asked = connector.replicas().await;
        let now = self.clock.now();
        let seen: Vec<_> = asked.into_iter().filter_map(|health| seen(health, now)).collect();
        if !seen.is_empty() {
            self.store.controllers_seen(target, &seen).await?;
        }
        self.tell(target, connector.as_ref()).await
    }

    /// Tells the other workers when this one had a reason to use another controller.
    async fn tell(&self, target: TargetId, connector: &dyn Connector) -> Result<(), StoreError> {
        match connector.chosen() {
            Some((address, true)) => self.store.controller_chosen(target, &address).await,
            _ => Ok(()),
        }
    }

    pub(crate) async fn health(&self, target: TargetId) -> Result<Health, StoreError> {
        let pace = self.connectors.get(&target).map_or(Duration::ZERO, |c| c.capabilities().pace);
        self.store.health(target, micros(pace).max(1)).await
    }

    async fn open_breaker(
        &self,
        target: TargetId,
        health: &Health,
        problem: &Problem,
    ) -> Result<(), StoreError> {
        let failures = u32::try_from(health.failures).unwrap_or(0);
        let (min, max) = (self.options.breaker_min, self.options.breaker_max);
        let wait = delay::doubling(min, max, failures, self.random.as_ref());
        let (code, reason) = (problem.code.code(), problem.target_message.as_deref());
        warn!(%target, code, reason, ?wait, "the target does not answer; its work is parked");
        let wait = jiff::SignedDuration::try_from(wait).unwrap_or(jiff::SignedDuration::from_secs(60));
        self.store.target_down(target, problem, self.clock.now() + wait).await
    }

    async fn carry_out(
        &self,
        target: TargetId,
        lane: Lane,
        connector: &dyn Connector,
        claim: &Claim,
        health: &Health,
    ) -> Result<(), StoreError> {
        let started = Instant::now();
        let work = async {
            let workload = self.store.load(claim).await.map_err(Stopped::Store)?;
            let unreadable = workload.unreadable.clone();
            let mut crew = Crew::new(&self.store, connector, (target, lane), claim, workload);
            crew.work().await?;
            let mut done = crew.done();
            done.objects.extend(unreadable.into_iter().map(unreadable_outcome));
            Ok(done)
        };
        let done = match self.holding(claim, work).await {
            Ok(done) => done,
            Err(Stopped::Lost) => {
                info!("the lease was lost to another worker; what was found is dropped");
                return Ok(());
            }
            Err(Stopped::Store(error)) => return Err(error),
        };
        self.tell(target, connector).await?;
        match &done.down {
            Some(problem) => self.open_breaker(target, health, problem).await?,
            None if health.failures > 0 => self.store.target_works(target).await?,
            None => {}
        }
        self.record(target, lane, claim, done, started.elapsed()).await
    }

    async fn record(
        &self,
        target: TargetId,
        lane: Lane,
        claim: &Claim,
        done: Done,
        took: Duration,
    ) -> Result<(), StoreError> {
        let mut batch = store::engine::Batch {
            target,
            lane,
            cost: shares(claim, took),
            pace_micros: done.pace.map(micros),
            objects: done.objects,
        };
        let mut tries = 0;
        loop {
            match self.store.record(claim, &mut batch).await {
                Ok(recorded) => {
                    debug!(recorded, dropped = batch.objects.len().abs_diff(recorded), ?took, "recorded");
                    return Ok(());
                }
                Err(error @ (StoreError::Repeat(_) | StoreError::Unavailable(_) | StoreError::Full(_)))
                    if tries < RECORD_TRIES =>
                {
                    debug!(%error, tries, "the outcome is recorded again");
                    let (min, max) = (Duration::from_millis(20), Duration::from_secs(1));
                    tokio::time::sleep(delay::doubling(min, max, tries, self.random.as_ref())).await;
                    tries += 1;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Does `work` while the lease is renewed beside it; work whose lease was
    /// lost is dropped where it stands.
    async fn holding<T>(
        &self,
        claim: &Claim,
        work: impl Future<Output = Result<T, Stopped>>,
    ) -> Result<T, Stopped> {
        let every = Duration::from_secs(limits::LEASE_SECONDS.unsigned_abs()) / 3;
        let keep = async {
            loop {
                tokio::time::sleep(every).await;
                match self.store.renew(claim).await {
                    Ok(true) => {}
                    Ok(false) => return Stopped::Lost,
                    // The lease may outlive a database that is away for a moment;
                    // outcomes are fenced in any case.
                    Err(error) => warn!(%error, "the lease could not be renewed"),
                }
            }
        };
        tokio::select! {
            done = work => done,
            stopped = keep => Err(stopped),
        }
    }

    fn turn(&self, target: TargetId, lane: Lane) -> TenantId {
        let turns = self.turns.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        turns.get(&(target, lane)).copied().unwrap_or(TenantId::from_uuid(uuid::Uuid::nil()))
    }

    fn advance_turn(&self, target: TargetId, lane: Lane, claim: &Claim) {
        let Some(last) = claim.objects.iter().map(|o| o.tenant).max() else { return };
        let mut turns = self.turns.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        turns.insert((target, lane), last);
    }
}

/// What is worth [`limits::CLAIM_MILLIS`] of the target's measured time.
fn claim_size(lane: Lane, pace_micros: i64) -> usize {
    let pace = pace_micros.max(1).unsigned_abs();
    let worth = (limits::CLAIM_MILLIS * 1_000 / pace).max(CLAIM_MIN);
    let most = match lane {
        Lane::Interactive => limits::INTERACTIVE_OBJECTS,
        Lane::Bulk => limits::OBJECTS_PER_CLAIM,
    };
    usize::try_from(worth).unwrap_or(most).min(most)
}

/// The time of a claim, shared by its objects, per tenant.
fn shares(claim: &Claim, took: Duration) -> Vec<(TenantId, i64)> {
    let each = micros(took) / i64::try_from(claim.objects.len().max(1)).unwrap_or(1);
    let mut cost = std::collections::BTreeMap::new();
    for claimed in &claim.objects {
        *cost.entry(claimed.tenant).or_insert(0) += each.max(1);
    }
    cost.into_iter().collect()
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

/// What is stored of a controller; one that was never asked is not.
fn seen(health: ReplicaHealth, now: Timestamp) -> Option<ControllerSeen> {
    let asked_at = health.asked.and_then(|ago| now.checked_sub(ago).ok());
    let skew = health.time.zip(asked_at).map(|(shown, asked)| shown.duration_since(asked));
    Some(ControllerSeen {
        up: health.up?,
        address: health.address,
        problem: health.problem,
        clock_skew_millis: skew.and_then(|skew| i64::try_from(skew.as_millis()).ok()),
        round_trip_micros: health.round_trip.map(micros),
    })
}

/// Stored by a version this build does not know: others' work goes on.
fn unreadable_outcome((object, generation): (domain::id::ObjectId, i64)) -> ObjectOutcome {
    let problem = Problem::new(ProblemCode::OtherVersion).said("the stored desired state cannot be read");
    ObjectOutcome {
        object,
        generation,
        observed: None,
        outcome: Outcome::Failed(problem),
        links: vec![],
        password: None,
        edges: vec![],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_is_worth_two_seconds_of_the_target() {
        assert_eq!(claim_size(Lane::Bulk, 33_000), 60);
        assert_eq!(claim_size(Lane::Bulk, 1), limits::OBJECTS_PER_CLAIM);
        assert_eq!(claim_size(Lane::Bulk, 10_000_000), 8);
        assert_eq!(claim_size(Lane::Interactive, 1), limits::INTERACTIVE_OBJECTS);
    }
}
