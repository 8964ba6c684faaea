//! How long one decision takes in the worst ordinary case, entities included.
//!
//! `cargo run --profile measure -p policy --example decide`

use std::{error::Error, hint::black_box, time::Instant};

use policy::{Bulk, Policy, sample::worst_case};

const ROUNDS: usize = 20_000;

#[expect(clippy::print_stdout, reason = "an example that prints its measurement")]
fn main() -> Result<(), Box<dyn Error>> {
    let started = Instant::now();
    let policy = Policy::load()?;
    println!("load: {:?}", started.elapsed());
    let case = worst_case();
    let question = case.question();
    if !policy.decide(&question).is_allowed() {
        return Err("the worst case must be an allowed act".into());
    }
    let mut nanos: Vec<u128> = (0..ROUNDS)
        .map(|_| {
            let started = Instant::now();
            black_box(policy.decide(black_box(&question)));
            started.elapsed().as_nanos()
        })
        .collect();
    nanos.sort_unstable();
    for (name, rank) in [("p50", ROUNDS / 2), ("p99", ROUNDS * 99 / 100), ("max", ROUNDS - 1)] {
        println!("decide, 200 grants at depth 6, {name}: {} µs", nanos[rank] / 1_000);
    }
    let accounts = case.accounts(3_200);
    let bulk = Bulk {
        person: question.person,
        permission: question.permission,
        grants: question.grants,
        path: question.resource.path(),
        suspended: false,
        accounts: &accounts,
    };
    let started = Instant::now();
    let decisions = black_box(policy.decide_many(&bulk));
    println!("decide_many, {} accounts: {:?}", decisions.len(), started.elapsed());
    Ok(())
}
