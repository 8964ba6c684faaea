//! Time and randomness as parameters.
//!
//! Nothing in the workspace calls `Timestamp::now` or a random generator
//! directly (clippy's `disallowed-methods` sees to it): a test that fixes both
//! can assert exact ids and instants.

use jiff::Timestamp;

/// Where the current instant comes from.
pub trait Clock: Send + Sync {
    /// The current instant in UTC, truncated to microseconds (what
    /// `PostgreSQL` stores), so that a value read back equals the value written.
    fn now(&self) -> Timestamp;
}

/// Where random bytes come from.
pub trait Random: Send + Sync {
    /// Fills `bytes` with unpredictable bytes. Must not fail: a process whose
    /// operating system cannot provide randomness must stop.
    fn fill(&self, bytes: &mut [u8]);
}

/// Drops everything below a microsecond.
#[must_use]
pub fn truncate(at: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(at.as_microsecond()).unwrap_or(at)
}

/// A clock that stands still, for tests.
#[derive(Debug, Clone, Copy)]
pub struct FixedClock(pub Timestamp);

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        truncate(self.0)
    }
}

/// A predictable sequence of bytes from a seed (xorshift64*), for tests only.
#[derive(Debug)]
pub struct SeededRandom(std::sync::atomic::AtomicU64);

impl SeededRandom {
    /// A sequence that is the same for the same seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(std::sync::atomic::AtomicU64::new(seed | 1))
    }
}

impl Random for SeededRandom {
    fn fill(&self, bytes: &mut [u8]) {
        use std::sync::atomic::Ordering::Relaxed;
        for chunk in bytes.chunks_mut(8) {
            let next = |mut x: u64| {
                x ^= x >> 12;
                x ^= x << 25;
                x ^= x >> 27;
                x
            };
            let before = self.0.fetch_update(Relaxed, Relaxed, |x| Some(next(x))).unwrap_or(1);
            let word = next(before).wrapping_mul(0x2545_F491_4F6C_DD1D).to_be_bytes();
            chunk.copy_from_slice(&word[..chunk.len()]);
        }
    }
}
