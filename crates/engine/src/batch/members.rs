//! Members of a group: all changes that are due travel together; when the
//! target refuses them, halves are tried, so that one bad member among a
//! thousand fails alone.

use std::collections::{BTreeSet, VecDeque};

use domain::{
    plan::Action,
    problem::{Problem, ProblemCode},
    spec::{Address, Observed},
};
use store::engine::{EdgeJob, EdgeOutcome};

/// Times the changes are sent and read back in one claim.
const CYCLES_MAX: u8 = 3;

/// The changes of one group.
#[derive(Default)]
pub(super) struct Members {
    /// One for each edge; none while it is open.
    results: Vec<Option<Result<(), Problem>>>,
    /// Edges that still have to be sent, in modifies.
    chunks: VecDeque<Vec<usize>>,
    /// The modify that was sent last.
    in_flight: Vec<usize>,
    cycles: u8,
    per_change: usize,
}

impl Members {
    /// To take out what does not exist is done already.
    pub(super) fn new(edges: &[EdgeJob], per_change: usize) -> Self {
        let settled = |e: &EdgeJob| match (e.wanted, &e.address) {
            (_, Some(_)) => None,
            (false, None) => Some(Ok(())),
            (true, None) => Some(Err(Problem::new(ProblemCode::Waiting))),
        };
        Self { results: edges.iter().map(settled).collect(), per_change, ..Self::default() }
    }

    pub(super) fn is_done(&self) -> bool {
        self.results.iter().all(Option::is_some)
    }

    /// Nothing has to be read back before the next modify.
    pub(super) fn has_more_to_send(&self) -> bool {
        !self.chunks.is_empty()
    }

    /// Whose membership has to be read back.
    pub(super) fn asked(&self, edges: &[EdgeJob]) -> Vec<Address> {
        self.open().filter_map(|i| edges[i].address.clone()).collect()
    }

    pub(super) fn next(&mut self, edges: &[EdgeJob], seen: &Observed) -> Option<Action> {
        if self.chunks.is_empty() {
            // Nothing is known of the members before the first modify: whoever
            // is in already may be put in again.
            if self.cycles > 0 {
                self.verify(edges, seen);
            }
            let open: Vec<_> = self.open().collect();
            if self.cycles >= CYCLES_MAX {
                for i in open {
                    let dn = edges[i].address.as_ref().map_or("", |a| &a.dn);
                    self.results[i] = Some(Err(Problem::new(ProblemCode::NotVerified).with("dn", dn)));
                }
                return None;
            }
            self.cycles += 1;
            self.chunks = open.chunks(self.per_change).map(<[usize]>::to_vec).collect();
        }
        self.in_flight = self.chunks.pop_front()?;
        let of = |wanted: bool| {
            let edges = self.in_flight.iter().map(|i| &edges[*i]).filter(|e| e.wanted == wanted);
            edges.filter_map(|e| e.address.clone()).collect()
        };
        Some(Action::ChangeMembers { at: seen.address.clone(), add: of(true), remove: of(false) })
    }

    pub(super) fn sent(&mut self) {
        self.in_flight.clear();
    }

    pub(super) fn refused(&mut self, edges: &[EdgeJob], problem: Problem) {
        let refused = std::mem::take(&mut self.in_flight);
        match refused.as_slice() {
            [] => {}
            [only] => {
                let gone = !edges[*only].wanted && problem.code == ProblemCode::MemberMissing;
                self.results[*only] = Some(if gone { Ok(()) } else { Err(problem) });
            }
            many => {
                let (left, right) = many.split_at(many.len() / 2);
                self.chunks.push_front(right.to_vec());
                self.chunks.push_front(left.to_vec());
            }
        }
    }

    /// Ends what is open, because nothing can be changed in the group: members
    /// wait for it. Who should leave a group that is `gone` has left.
    pub(super) fn give_up(&mut self, edges: &[EdgeJob], gone: bool) {
        for i in self.open().collect::<Vec<_>>() {
            let left = gone && !edges[i].wanted;
            self.results[i] = Some(if left { Ok(()) } else { Err(Problem::new(ProblemCode::Waiting)) });
        }
        self.chunks.clear();
    }

    pub(super) fn outcomes(self, edges: &[EdgeJob]) -> Vec<EdgeOutcome> {
        let ended = edges.iter().zip(self.results);
        let outcome = |(e, result): (&EdgeJob, Option<_>)| {
            result.map(|result| EdgeOutcome { member: e.member, generation: e.generation, result })
        };
        ended.filter_map(outcome).collect()
    }

    fn verify(&mut self, edges: &[EdgeJob], seen: &Observed) {
        let present: BTreeSet<_> = seen.present_members.iter().collect();
        for i in self.open().collect::<Vec<_>>() {
            let inside = edges[i].address.as_ref().is_some_and(|a| present.contains(&a.external_id));
            if inside == edges[i].wanted {
                self.results[i] = Some(Ok(()));
            }
        }
    }

    fn open(&self) -> impl Iterator<Item = usize> + '_ {
        self.results.iter().enumerate().filter(|(_, r)| r.is_none()).map(|(i, _)| i)
    }
}
