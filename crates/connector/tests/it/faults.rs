//! Faults of the reference: what was applied and what was not is exactly what
//! the engine has to find out by itself.

use std::{sync::Arc, time::Duration};

use connector::{
    ApplyError, Connector as _, Lane,
    reference::{Fault, Faults, Reference},
};
use domain::{
    id::ObjectId,
    plan::{Action, Step},
    problem::{Problem, ProblemCode},
    spec::{Attribute, ObjectKind},
};
use uuid::Uuid;

use crate::conformance::Ticking;

fn target() -> Reference {
    Reference::new(Arc::new(Ticking::default()))
}

fn create(number: u128) -> Step {
    let attributes = [(Attribute::Name, format!("Unit {number}"))].into();
    let action = Action::Create { parent: None, attributes };
    Step { object: ObjectId::from_uuid(Uuid::from_u128(number)), kind: ObjectKind::Container, action }
}

#[tokio::test]
async fn each_fault_leaves_the_target_as_it_says() {
    let target = target();
    let steps: Vec<Step> = (1..=5).map(create).collect();
    target.set_faults(Faults::at([
        (0, Fault::Unreachable),
        (1, Fault::Rejected(ProblemCode::InsufficientRights)),
        (2, Fault::LostBefore),
        (3, Fault::LostAfter),
    ]));
    let outcomes = target.apply(Lane::Bulk, &steps).await;
    assert!(matches!(outcomes[0], Err(ApplyError::Unreachable(_))));
    assert!(matches!(outcomes[1], Err(ApplyError::Rejected { .. })));
    assert!(matches!(outcomes[2], Err(ApplyError::Indeterminate { .. })));
    assert!(matches!(outcomes[3], Err(ApplyError::Indeterminate { .. })));
    assert!(outcomes[4].is_ok());
    let creates: Vec<u32> = steps.iter().map(|step| target.creates(step.object)).collect();
    assert_eq!(creates, [0, 0, 0, 1, 1]);
    assert_eq!(target.operations(), 5);
}

#[tokio::test]
async fn random_faults_are_the_same_for_the_same_seed() {
    let mut runs = Vec::new();
    for _ in 0..2 {
        let target = target();
        target.set_faults(Faults::random(42, 300));
        let steps: Vec<Step> = (1..=200).map(create).collect();
        let outcomes = target.apply(Lane::Bulk, &steps).await;
        runs.push(outcomes.iter().map(|o| format!("{o:?}")).collect::<Vec<_>>());
    }
    assert_eq!(runs[0], runs[1]);
    let failed = runs[0].iter().filter(|o| o.starts_with("Err")).count();
    assert!((30..=90).contains(&failed), "{failed} of 200 at 300 per mille");
}

#[tokio::test]
async fn an_outage_a_refusal_and_a_hold_end_when_they_are_ended() {
    let target = target();
    let step = [create(1)];
    target.set_reachable(false);
    assert!(target.probe().await.is_err());
    assert!(matches!(target.apply(Lane::Bulk, &step).await[0], Err(ApplyError::Unreachable(_))));
    target.set_reachable(true);
    target.refuse(step[0].object, Problem::new(ProblemCode::Busy));
    assert!(matches!(target.apply(Lane::Bulk, &step).await[0], Err(ApplyError::Rejected { .. })));
    target.accept(step[0].object);
    target.set_held(true);
    let held = tokio::time::timeout(Duration::from_millis(20), target.apply(Lane::Bulk, &step)).await;
    assert!(held.is_err(), "it waits while held");
    assert_eq!(target.creates(step[0].object), 0);
    target.set_held(false);
    assert!(target.apply(Lane::Bulk, &step).await[0].is_ok());
}
