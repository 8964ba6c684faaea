//! Where a batch does its work: one copy of the target, so that it reads where
//! it wrote. When that goes away in the middle, the rest of the batch is
//! observed anew and done on the next one.
//!
//! What one copy was told the others learn later. Until then its absence there
//! proves nothing: the object is looked for again, and neither made a second
//! time nor failed.

use std::collections::BTreeSet;

use connector::Connector;
use domain::{
    id::ObjectId,
    problem::{Problem, ProblemCode},
};
use uuid::Uuid;

use super::{Crew, Stopped, item::Next};

/// Copies one batch tries: a target whose copies break one after the other is away.
const SEATS_MAX: u8 = 3;

/// What may be unknown to the copy in use because another was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unsettled {
    /// The object itself.
    pub(super) own: bool,
    /// The object or something it refers to.
    pub(super) any: bool,
}

impl Crew<'_> {
    /// The target, as this batch uses it.
    pub(super) fn seat(&self) -> &dyn Connector {
        self.replica.as_ref().map_or(self.connector, |replica| replica.connector.as_ref())
    }

    pub(super) fn replica_id(&self) -> Option<Uuid> {
        self.replica.as_ref().and_then(|replica| replica.id)
    }

    /// Takes a copy of the target, if it has any, and learns what that may not know yet.
    pub(super) async fn take_seat(&mut self) -> Result<(), Stopped> {
        match self.connector.replica(self.lane).await {
            Ok(replica) => self.replica = replica,
            Err(error) => {
                self.down = Some(error.problem());
                return Ok(());
            }
        }
        self.seats += 1;
        if let Some(id) = self.replica_id() {
            let told = self.store.told_elsewhere(&self.concerned(), id).await;
            self.unsettled = told.map_err(Stopped::Store)?;
        }
        Ok(())
    }

    /// The copy in use does not answer: the rest is done on another one, or waits.
    pub(super) async fn leave_seat(&mut self, problem: Problem) -> Result<(), Stopped> {
        if self.replica.is_none() || self.seats >= SEATS_MAX {
            self.down = Some(problem);
            return Ok(());
        }
        tracing::warn!(reason = problem.target_message, "the batch goes on elsewhere");
        for item in &mut self.items {
            item.fresh = false;
        }
        self.take_seat().await
    }

    /// Every object this batch changes or refers to.
    fn concerned(&self) -> BTreeSet<ObjectId> {
        let of = |item: &super::Item| {
            let members = item.job.edges.iter().map(|edge| edge.member);
            [item.job.object]
                .into_iter()
                .chain(item.job.spec.prerequisites())
                .chain(item.job.spec.linked())
                .chain(members)
                .collect::<Vec<_>>()
        };
        self.items.iter().flat_map(of).collect()
    }

    pub(super) fn settling(&self, i: usize) -> Unsettled {
        let job = &self.items[i].job;
        let own = self.unsettled.contains(&job.object);
        let refers = || {
            job.spec.prerequisites().iter().any(|object| self.unsettled.contains(object))
                || job.spec.linked().any(|object| self.unsettled.contains(&object))
                || job.edges.iter().any(|edge| self.unsettled.contains(&edge.member))
        };
        Unsettled { own, any: own || (!self.unsettled.is_empty() && refers()) }
    }

    /// Whether the operator of the target allows none of this now. Asked
    /// before every change, because a batch may take half a minute.
    pub(super) async fn is_held_back(&mut self, next: &[(usize, Next)]) -> Result<bool, Stopped> {
        let mode = self.store.mode(self.target).await.map_err(Stopped::Store)?;
        if mode.maintenance {
            self.stopped = true;
        } else if mode.read_only {
            for (i, _) in next {
                self.items[*i].park(Problem::new(ProblemCode::ReadOnly));
            }
        }
        Ok(mode.maintenance || mode.read_only)
    }
}
