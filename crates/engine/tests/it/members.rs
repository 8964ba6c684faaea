//! Members of groups: together, and each for itself when one is bad.

use connector::Lane;
use domain::{problem::ProblemCode, request::RequestState};

use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn one_bad_member_among_a_thousand_fails_alone() {
    let world = World::new().await;
    let engine = world.engine();
    let customer = world.order("many", 1_000, Lane::Bulk).await;
    world.db.execute("CREATE TABLE held AS SELECT * FROM work WHERE false").await;
    // All people first, their membership at once afterwards.
    world.db.execute("UPDATE membership SET wanted = false, applied_gen = wanted_gen").await;
    world.drain(&engine).await;
    world.db.execute("UPDATE membership SET wanted = true, applied_gen = 0").await;
    let bad = customer.people[617].object;
    world.reference.remove(world.there(bad).expect("the person").0).expect("somebody deletes the account");
    world.member(&customer, customer.people[0].object, true).await;
    world.drain(&engine).await;

    let members = world.there(customer.group).expect("the group").1.members.len();
    assert_eq!(members, 999);
    assert_eq!(world.problems(customer.request).await, [ProblemCode::MemberMissing.code()]);
    assert_eq!(world.state(customer.request).await, RequestState::CompleteWithProblems);
    let modifies = "SELECT count(*) AS n FROM attempt WHERE step = 'change_members'";
    assert!(world.number(modifies).await <= 24, "halves, not one by one");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_joins_and_leaves_a_group_that_is_there() {
    let world = World::new().await;
    let engine = world.engine();
    let mut customer = world.order("acme", 2, Lane::Interactive).await;
    world.drain(&engine).await;
    let request = world.add_person(&mut customer, 7, Lane::Interactive).await;
    world.drain(&engine).await;
    assert_eq!(world.state(request).await, RequestState::Complete);
    assert_eq!(world.there(customer.group).expect("the group").1.members.len(), 3);
    for wanted in [false, true, false] {
        let request = world.member(&customer, customer.people[2].object, wanted).await;
        world.drain(&engine).await;
        assert_eq!(world.state(request).await, RequestState::Complete);
        world.assert_converged().await;
    }
    // Somebody took a member out behind our back: wanting it again puts it in.
    let (group, member) = (
        world.there(customer.group).expect("the group").0,
        world.there(customer.people[0].object).expect("it").0,
    );
    assert!(world.reference.tamper(group, |g| {
        g.members.remove(&member);
    }));
    world.member(&customer, customer.people[0].object, true).await;
    world.drain(&engine).await;
    world.assert_converged().await;
}
