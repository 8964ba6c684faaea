//! How long one decision takes in the worst ordinary case, building the
//! entities included.

use std::{hint::black_box, time::Instant};

use policy::{Policy, sample};
use serde_json::json;

use crate::{
    Failure,
    report::{Bar, Row},
    stats::{median, percentile},
};

/// Decisions of one round.
const DECISIONS: usize = 10_000;
/// Rounds; the median of their p99 counts, so that one disturbance does not.
const ROUNDS: usize = 5;
/// Microseconds the p99 has to stay below.
const BAR_MICROS: f64 = 200.0;

/// 200 grants at depth 6.
pub fn run(quick: bool) -> Result<Vec<Row>, Failure> {
    let policy = Policy::load()?;
    let case = sample::worst_case();
    let question = case.question();
    if !policy.decide(&question).is_allowed() {
        return Err("the worst case must be an allowed act, which takes longest".into());
    }
    let rounds = if quick { 1 } else { ROUNDS };
    let (mut p50, mut p99) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        let micros: Vec<f64> = (0..DECISIONS)
            .map(|_| {
                let started = Instant::now();
                black_box(policy.decide(black_box(&question)));
                started.elapsed().as_secs_f64() * 1e6
            })
            .collect();
        p50.push(percentile(&micros, 50));
        p99.push(percentile(&micros, 99));
    }
    let row = Row::value("authorise-p99", median(&p99), "µs", Bar::ValueBelow(BAR_MICROS));
    let raw = json!({ "decisions_per_round": DECISIONS, "p50_micros": p50, "p99_micros": p99 });
    Ok(vec![row.with_raw(raw)])
}
