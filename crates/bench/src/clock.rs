//! The real clock and the real source of randomness.

use domain::clock::{Clock, Random, truncate};
use jiff::Timestamp;

/// The machine's clock.
#[derive(Debug)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock that is given to everybody else")]
    fn now(&self) -> Timestamp {
        truncate(Timestamp::now())
    }
}

/// The operating system's source.
#[derive(Debug)]
pub struct SystemRandom;

impl Random for SystemRandom {
    #[expect(clippy::disallowed_methods, reason = "this is the source that is given to everybody else")]
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("an operating system without randomness cannot be measured");
    }
}
