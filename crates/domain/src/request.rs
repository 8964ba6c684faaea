//! Provisioning requests and the states a person sees.

/// Which queue work waits in, and which connection it travels on, so that a
/// password reset never waits behind an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Lane {
    /// A person is waiting.
    Interactive,
    /// Many objects at once.
    Bulk,
}

impl Lane {
    /// The stored number.
    #[must_use]
    pub const fn code(self) -> i16 {
        match self {
            Self::Interactive => 0,
            Self::Bulk => 1,
        }
    }

    /// The lane for a request of `objects` objects.
    #[must_use]
    pub const fn for_objects(objects: usize) -> Self {
        if objects <= crate::limits::INTERACTIVE_OBJECTS { Self::Interactive } else { Self::Bulk }
    }
}

/// The state of one object of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemState {
    /// Waiting for its turn.
    Requested,
    /// A worker is at it.
    Running,
    /// Read back from the target: done.
    Verified,
    /// A person has to do something.
    Failed,
    /// Was done, and somebody changed it in the target.
    Drifted,
    /// The target is away; goes on by itself.
    Parked,
    /// A later request wants something else of the same object.
    Superseded,
}

impl ItemState {
    /// All states.
    pub const ALL: [Self; 7] = [
        Self::Requested,
        Self::Running,
        Self::Verified,
        Self::Failed,
        Self::Drifted,
        Self::Parked,
        Self::Superseded,
    ];

    /// The stable name, as stored.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Running => "running",
            Self::Verified => "verified",
            Self::Failed => "failed",
            Self::Drifted => "drifted",
            Self::Parked => "parked",
            Self::Superseded => "superseded",
        }
    }

    /// The state with this stored name.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.code() == code)
    }
}

/// The state of a whole request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequestState {
    /// Nothing has begun.
    Requested,
    /// Some of it is done, the rest is on its way.
    Running,
    /// The target is away; goes on by itself.
    Parked,
    /// Everything was read back from its target.
    Complete,
    /// All that can be done is done; some of it needs a person.
    CompleteWithProblems,
    /// Nothing of it could be done.
    Failed,
}

impl RequestState {
    /// The stable name.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Running => "running",
            Self::Parked => "parked",
            Self::Complete => "complete",
            Self::CompleteWithProblems => "complete_with_problems",
            Self::Failed => "failed",
        }
    }

    /// True when nothing more happens without a person.
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Complete | Self::CompleteWithProblems | Self::Failed)
    }
}

/// How many objects of a request are in which state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Counts {
    /// Waiting for their turn.
    pub requested: i64,
    /// A worker is at them.
    pub running: i64,
    /// Read back from the target.
    pub verified: i64,
    /// Need a person.
    pub failed: i64,
    /// Changed in the target afterwards.
    pub drifted: i64,
    /// The target is away.
    pub parked: i64,
    /// Wanted differently by a later request.
    pub superseded: i64,
}

impl Counts {
    /// All objects of the request.
    #[must_use]
    pub const fn total(self) -> i64 {
        self.requested
            + self.running
            + self.verified
            + self.failed
            + self.drifted
            + self.parked
            + self.superseded
    }

    /// The state of the whole.
    #[must_use]
    pub const fn state(self) -> RequestState {
        let open = self.requested + self.running + self.parked;
        let good = self.verified + self.superseded + self.drifted;
        if open > 0 {
            return match (self.parked, self.running, good + self.failed) {
                // What is only requested waits behind what is parked.
                (1.., 0, _) => RequestState::Parked,
                (0, 0, 0) => RequestState::Requested,
                _ => RequestState::Running,
            };
        }
        match (self.failed, good) {
            (0, _) => RequestState::Complete,
            (_, 0) => RequestState::Failed,
            _ => RequestState::CompleteWithProblems,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_complete_only_when_everything_was_verified() {
        let counts = Counts { verified: 9, failed: 1, ..Counts::default() };
        assert_eq!(counts.state(), RequestState::CompleteWithProblems);
        assert_eq!(Counts { requested: 1, ..counts }.state(), RequestState::Running);
        assert_eq!(Counts { verified: 10, ..Counts::default() }.state(), RequestState::Complete);
        assert_eq!(Counts { failed: 10, ..Counts::default() }.state(), RequestState::Failed);
        assert_eq!(Counts { parked: 3, verified: 2, ..Counts::default() }.state(), RequestState::Parked);
        assert_eq!(Counts { parked: 3, requested: 2, ..Counts::default() }.state(), RequestState::Parked);
        assert_eq!(Counts { requested: 3, ..Counts::default() }.state(), RequestState::Requested);
    }
}
