//! How long to wait before something is tried again.

use std::time::Duration;

use domain::clock::Random;

const RETRY_MIN_MILLIS: i64 = 100;
const RETRY_MAX_MILLIS: i64 = 30_000;

/// Milliseconds before an object is tried again after `attempts` earlier tries.
pub(crate) fn retry_millis(attempts: i32) -> i64 {
    let doublings = attempts.clamp(0, 16).unsigned_abs();
    (RETRY_MIN_MILLIS << doublings).min(RETRY_MAX_MILLIS)
}

/// The wait after `failures` earlier ones in a row: doubling from `min` to
/// `max`, and up to a quarter more, so that processes do not ask together.
pub(crate) fn doubling(min: Duration, max: Duration, failures: u32, random: &dyn Random) -> Duration {
    let wait = min.saturating_mul(1 << failures.min(16)).min(max);
    let mut byte = [0];
    random.fill(&mut byte);
    wait + wait / 4 * u32::from(byte[0]) / 255
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::clock::SeededRandom;

    #[test]
    fn waits_double_up_to_a_bound() {
        assert_eq!(retry_millis(0), 100);
        assert_eq!(retry_millis(3), 800);
        assert_eq!(retry_millis(i32::MAX), RETRY_MAX_MILLIS);
        let random = SeededRandom::new(1);
        let (min, max) = (Duration::from_secs(1), Duration::from_mins(1));
        for (failures, base) in [(0, 1), (1, 2), (5, 32), (6, 60), (u32::MAX, 60)] {
            let wait = doubling(min, max, failures, &random);
            let base = Duration::from_secs(base);
            assert!(wait >= base && wait <= base * 5 / 4, "{failures}: {wait:?}");
        }
    }
}
