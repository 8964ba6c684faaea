//! Faults at chosen or random operations, reproducible from a seed.

use std::collections::BTreeMap;

use domain::{
    clock::{Random as _, SeededRandom},
    problem::ProblemCode,
};

/// What goes wrong with one operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// No connection: certainly nothing was applied.
    Unreachable,
    /// The target refuses a step; an observation is not affected.
    Rejected(ProblemCode),
    /// The connection breaks before the step arrives: indeterminate, not applied.
    LostBefore,
    /// The answer is lost after the step was applied: indeterminate, applied.
    LostAfter,
}

/// Which operations go wrong. Every step and every observation is one
/// operation; they are numbered from 0 in the order they reach the target.
#[derive(Debug, Default)]
pub struct Faults {
    at: BTreeMap<u64, Fault>,
    random: Option<(SeededRandom, u16)>,
}

impl Faults {
    /// Nothing goes wrong.
    pub fn none() -> Self {
        Self::default()
    }

    /// These operations go wrong, counted from the moment the faults are set.
    pub fn at(operations: impl IntoIterator<Item = (u64, Fault)>) -> Self {
        Self { at: operations.into_iter().collect(), random: None }
    }

    /// About `per_mille` of 1,000 operations lose their connection or answer
    /// (unreachable, lost before, lost after, in equal parts): faults that pass.
    pub fn random(seed: u64, per_mille: u16) -> Self {
        Self { at: BTreeMap::new(), random: Some((SeededRandom::new(seed), per_mille)) }
    }

    /// The fault of operation `number`.
    pub(super) fn of(&self, number: u64) -> Option<Fault> {
        if let Some(fault) = self.at.get(&number) {
            return Some(*fault);
        }
        let (random, per_mille) = self.random.as_ref()?;
        let mut bytes = [0; 4];
        random.fill(&mut bytes);
        let hit = u16::from_be_bytes([bytes[0], bytes[1]]) % 1_000 < *per_mille;
        hit.then(|| match bytes[2] % 3 {
            0 => Fault::Unreachable,
            1 => Fault::LostBefore,
            _ => Fault::LostAfter,
        })
    }
}
