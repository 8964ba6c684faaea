//! A password on its way to an account: set once the account is there, and
//! done when the target says that it was set at another instant than before.

use domain::{
    plan::Action,
    problem::{Problem, ProblemCode},
    spec::Observed,
};
use jiff::Timestamp;
use store::engine::PendingPassword;

/// Times it is set in one claim.
const TRIES_MAX: u8 = 3;

/// How far a password is.
pub(super) enum Password {
    /// Not sent.
    Waiting,
    /// Sent; verified by another instant than `before`.
    Sent { before: Option<Timestamp>, tries: u8 },
    /// Set and read back, or why not.
    Done(Result<(), Problem>),
}

impl Password {
    pub(super) fn is_done(&self) -> bool {
        matches!(self, Self::Done(_))
    }

    pub(super) fn result(self) -> Option<Result<(), Problem>> {
        match self {
            Self::Done(result) => Some(result),
            Self::Waiting | Self::Sent { .. } => None,
        }
    }

    /// Ends it, unless it ended before.
    pub(super) fn give_up(&mut self, problem: Problem) {
        if !self.is_done() {
            *self = Self::Done(Err(problem));
        }
    }

    pub(super) fn next(&mut self, job: &PendingPassword, seen: &Observed) -> Option<Action> {
        let secret = match &job.value {
            Ok(secret) => secret.clone(),
            Err(problem) => {
                self.give_up(problem.clone());
                return None;
            }
        };
        let now = seen.password_set_at;
        let (before, tries) = match self {
            Self::Done(_) => return None,
            Self::Waiting => (now, 1),
            // Another instant, not a later one: the target's clock may have been set back. One that has to
            // be changed was set at no instant.
            Self::Sent { before, .. }
                if (now.is_some() && now != *before) || (job.must_change && now.is_none()) =>
            {
                *self = Self::Done(Ok(()));
                return None;
            }
            Self::Sent { tries, .. } if *tries >= TRIES_MAX => {
                self.give_up(Problem::new(ProblemCode::NotVerified).with("attribute", "password"));
                return None;
            }
            Self::Sent { before, tries } => (*before, *tries + 1),
        };
        *self = Self::Sent { before, tries };
        let must_change = job.must_change;
        Some(Action::SetPassword { at: seen.address.clone(), password: secret, must_change })
    }
}
