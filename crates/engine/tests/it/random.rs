//! Random histories of changes, faults, crashes and stale workers: whatever
//! happened, in the end everything is as wanted, and nothing was done twice.

use connector::{Lane, reference::Faults};
use domain::spec::{Spec, UserSpec};
use proptest::{
    collection::vec,
    prelude::*,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};

use crate::{
    gate::{Gate, Stop},
    world::{Customer, World, title},
};

#[derive(Debug, Clone)]
enum Act {
    Create,
    Title(u8, u8),
    Enable(u8, bool),
    Member(u8, bool),
    Delete(u8),
    /// Faults at this seed and rate from now on.
    Faults(u64, u16),
    /// One step of one of two workers.
    Step(bool),
    /// A worker is killed at this call.
    Kill(u8, bool),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        3 => Just(Act::Create),
        2 => (any::<u8>(), any::<u8>()).prop_map(|(who, what)| Act::Title(who, what)),
        1 => (any::<u8>(), any::<bool>()).prop_map(|(who, on)| Act::Enable(who, on)),
        2 => (any::<u8>(), any::<bool>()).prop_map(|(who, wanted)| Act::Member(who, wanted)),
        1 => any::<u8>().prop_map(Act::Delete),
        1 => (any::<u64>(), 0_u16..250).prop_map(|(seed, rate)| Act::Faults(seed, rate)),
        3 => any::<bool>().prop_map(Act::Step),
        2 => (0_u8..10, any::<bool>()).prop_map(|(call, after)| Act::Kill(call, after)),
    ]
}

#[test]
fn whatever_happens_everything_becomes_as_wanted() {
    let config = Config { cases: 12, failure_persistence: None, max_shrink_iters: 40, ..Config::default() };
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let outcome = TestRunner::new_with_rng(config, rng).run(&vec(act(), 4..24), |acts| {
        runtime.block_on(history(acts));
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
}

async fn history(acts: Vec<Act>) {
    let world = World::new().await;
    let gate = Gate::new(world.reference.clone());
    let (first, second) = (world.engine_with(gate.clone()), world.engine());
    let mut customer = world.order("acme", 2, Lane::Interactive).await;
    let mut gone = Vec::new();
    let mut generations = world.db.rows("SELECT object_id, applied_generation FROM external_object").await;
    for (n, act) in acts.into_iter().enumerate() {
        match act {
            Act::Create => {
                let lane = if n % 2 == 0 { Lane::Bulk } else { Lane::Interactive };
                world.add_person(&mut customer, n, lane).await;
            }
            Act::Faults(seed, rate) => world.reference.set_faults(Faults::random(seed, rate)),
            Act::Step(lane) => {
                let lane = if lane { Lane::Bulk } else { Lane::Interactive };
                second.step(world.target, lane).await.expect("a step");
            }
            Act::Kill(call, after) => {
                gate.stop_at(call.into(), if after { Stop::After } else { Stop::Before });
                tokio::select! {
                    step = first.step(world.target, Lane::Interactive) => { step.expect("a step"); }
                    () = gate.reached() => {}
                }
                gate.open();
                world.expire_leases().await;
            }
            change => apply(&world, &customer, &mut gone, change).await,
        }
        let now = world.db.rows("SELECT object_id, applied_generation FROM external_object").await;
        for before in &generations {
            let same = now.iter().find(|row| row["object_id"] == before["object_id"]).expect("rows stay");
            assert!(same["applied_generation"].as_i64() >= before["applied_generation"].as_i64(), "{same}");
        }
        generations = now;
    }
    world.reference.set_faults(Faults::none());
    world.expire_leases().await;
    world.drain(&second).await;
    world.assert_converged().await;
    for person in &customer.people {
        assert!(world.reference.creates(person.object) <= 1, "{person:?}");
    }
}

async fn apply(world: &World, customer: &Customer, gone: &mut Vec<usize>, act: Act) {
    let who = |who: u8| usize::from(who) % customer.people.len();
    let lane = Lane::Interactive;
    match act {
        Act::Title(n, what) if !gone.contains(&who(n)) => {
            let object = customer.people[who(n)].object;
            world.change(customer, object, lane, title(&format!("Title {what}"))).await;
        }
        Act::Enable(n, enabled) if !gone.contains(&who(n)) => {
            let set = |spec| match spec {
                Spec::User(user) => Some(Spec::User(UserSpec { enabled, ..user })),
                other => Some(other),
            };
            world.change(customer, customer.people[who(n)].object, lane, set).await;
        }
        Act::Member(n, wanted) if !gone.contains(&who(n)) => {
            world.member(customer, customer.people[who(n)].object, wanted).await;
        }
        Act::Delete(n) if !gone.contains(&who(n)) => {
            gone.push(who(n));
            let object = customer.people[who(n)].object;
            world.member(customer, object, false).await;
            world.change(customer, object, lane, |_| None).await;
        }
        _ => {}
    }
}
