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
            Self::Sent { before, tries } if is_set(job.must_change, *before, now, *tries) => {
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

/// Whether what the target says of the password follows from what was sent.
fn is_set(must_change: bool, before: Option<Timestamp>, now: Option<Timestamp>, tries: u8) -> bool {
    match must_change {
        // Another instant, not a later one: the target's clock may have been set back.
        false => now.is_some() && now != before,
        // One that has to be changed was set at no instant. Where that was so before, nothing but the target's
        // answer tells, and the first may be that of another attempt.
        true => now.is_none() && (before.is_some() || tries > 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_done_when_the_target_says_what_follows_from_it() {
        let at = |second: i64| Some(Timestamp::from_second(second).expect("an instant"));
        for (must_change, before, now, tries, done) in [
            (false, at(1), at(2), 1, true),
            (false, at(2), at(1), 1, true),
            (false, at(1), at(1), 1, false),
            (false, None, at(1), 1, true),
            (false, at(1), None, 1, false),
            (true, at(1), None, 1, true),
            (true, at(1), at(2), 1, false),
            (true, at(1), at(1), 1, false),
            (true, None, None, 1, false),
            (true, None, None, 2, true),
        ] {
            assert_eq!(
                is_set(must_change, before, now, tries),
                done,
                "{must_change} {before:?} {now:?} {tries}"
            );
        }
    }
}
