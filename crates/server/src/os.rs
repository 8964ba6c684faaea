//! Time and randomness of the operating system: the only place of the product
//! that asks for them. Everything else takes a `Clock` and a `Random`.

use domain::clock::{Clock, Random, truncate};
use jiff::Timestamp;

/// The clock of this machine.
pub struct OsClock;

impl Clock for OsClock {
    #[expect(clippy::disallowed_methods, reason = "here the clock of the machine becomes a parameter")]
    fn now(&self) -> Timestamp {
        truncate(Timestamp::now())
    }
}

/// The random source of the kernel.
pub struct OsRandom;

impl Random for OsRandom {
    #[expect(clippy::disallowed_methods, reason = "here the kernel's random source becomes a parameter")]
    fn fill(&self, bytes: &mut [u8]) {
        if let Err(error) = getrandom::fill(bytes) {
            // Keys and passwords that are not random are worse than no server.
            tracing::error!(%error, "the operating system gives no random bytes; stopping at once");
            std::process::abort();
        }
    }
}
