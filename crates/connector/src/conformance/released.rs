//! What is given back: only our marker goes.
#![expect(clippy::missing_panics_doc, reason = "a case panics when a promise is broken")]

use domain::{
    plan::{Action, Plan, Step, Want, plan},
    spec::{ObjectKind, Observed, Selector, Spec},
};

use super::{
    Harness,
    world::{Thing, World},
};

/// How it is looked for, whatever it is now.
fn by_id(thing: &Thing) -> Selector {
    Selector {
        object: thing.id,
        kind: thing.spec.kind(),
        external_id: thing.known,
        names: vec![],
        members: vec![],
    }
}

/// As it is, but for when it changed and for our marker.
fn without(seen: Option<Observed>) -> Option<Observed> {
    seen.map(|seen| Observed { marker: None, changed_at: None, ..seen })
}

fn planned(thing: &Thing, have: Option<&Observed>) -> Plan {
    let spec = Spec::Released { was: thing.spec.kind(), name: String::new() };
    plan(&Want { spec: Some(&spec), ..thing.want() }, have)
}

/// Only the marker goes; done twice it is done; what bears another marker, or is
/// gone, is left alone.
pub async fn what_is_released_loses_our_marker_and_nothing_else(harness: &dyn Harness) {
    let world = World::new(harness);
    let customer = world.customer().await;
    for mut thing in [
        world.container(Some(&customer), "Branch"),
        world.group(&customer, "All"),
        world.user(&customer, "Anna"),
    ] {
        let before = world.make(&mut thing).await;
        let Plan::Do(Step { action, .. }) = planned(&thing, Some(&before)) else {
            panic!("our marker has to go");
        };
        assert_eq!(action, Action::Release { at: before.address.clone() });
        for _ in 0..2 {
            world.act(&thing, action.clone()).await.expect("released, or released already");
            let seen = world.observe(&[by_id(&thing)]).await.remove(0);
            assert_eq!(seen.as_ref().and_then(|seen| seen.marker), None);
            assert_eq!(without(seen.clone()), without(Some(before.clone())), "everything else stays");
            assert_eq!(planned(&thing, seen.as_ref()), Plan::Nothing);
        }
        // Somebody else's since then.
        let other = Thing { id: world.id(), ..thing.clone() };
        world
            .act(&other, Action::Update { at: before.address.clone(), changes: vec![] })
            .await
            .expect("marked");
        world.act(&thing, action.clone()).await.expect("nothing to do");
        let seen = world.observe(&[by_id(&thing)]).await.remove(0).expect("still there");
        assert_eq!(seen.marker, Some(other.id), "another marker is left");
        if thing.spec.kind() != ObjectKind::Container {
            world.act(&other, Action::Delete { at: before.address.clone() }).await.expect("deleted");
            world.act(&thing, action).await.expect("what is gone is nobody's");
            assert_eq!(planned(&thing, None), Plan::Nothing, "and is not made anew");
        }
    }
}
