//! People who change things and workers who record what came of them do not end each other.

use std::sync::atomic::{AtomicBool, Ordering};

use app::{
    Answer, App, Cause,
    people::PersonDraft,
    users::{self, UserPatch},
};
use connector::Lane;
use engine::Engine;
use futures::{StreamExt as _, stream};

use crate::{
    properties::{say, with_service},
    world::World,
};

/// Works until `done`.
async fn work(world: &World, engine: &Engine, lane: Lane, done: &AtomicBool) {
    while !done.load(Ordering::Relaxed) {
        if !engine.step(world.target, lane).await.expect("a step") {
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn people_are_changed_in_the_moment_they_are_verified() {
    const PEOPLE: usize = 80;
    let world = World::new().await;
    let app = App::new(world.store.clone());
    let (one, two) = (world.engine(), world.engine());
    let customer = world.order("acme", 1, Lane::Interactive).await;
    world.db.execute("INSERT INTO reserved_name (kind, space, value, owner, tenant_id)
        SELECT 'suffix', '00000000-0000-0000-0000-000000000000', 'acme.test', id, id FROM tenant WHERE code = 'acme'").await;
    world.drain(&one).await;
    let done = AtomicBool::new(false);
    let change = async |n: usize| {
        let person = PersonDraft {
            given_name: "Pat".to_owned(),
            surname: format!("Quick{n}"),
            enabled: true,
            ..PersonDraft::default()
        };
        let made =
            users::create(&app, &world.root, customer.id, &[person], false, None, &Cause::default()).await;
        let Answer::Done(made) = made.expect("made") else { panic!("nothing was asked before") };
        let id = made.users[0].user.id;
        for version in 1..4 {
            let patch = UserPatch { title: Some(Some(format!("Title {version}"))), ..UserPatch::default() };
            users::update(&app, &world.root, id, version, patch, &Cause::default()).await.expect("changed");
        }
    };
    let all = async {
        stream::iter(0..PEOPLE).for_each_concurrent(6, change).await;
        done.store(true, Ordering::Relaxed);
    };
    let lane = Lane::Interactive;
    tokio::join!(all, work(&world, &one, lane, &done), work(&world, &two, lane, &done));
    world.drain(&one).await;
    world.assert_converged().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_property_of_people_who_are_still_being_made_comes_true() {
    const PEOPLE: usize = 400;
    let world = World::new().await;
    let (one, two) = (world.engine(), world.engine());
    let customer = world.order("many", PEOPLE, Lane::Bulk).await;
    with_service(&world, &customer).await;
    let done = AtomicBool::new(false);
    let all = async {
        for n in 0..6 {
            let (_, changed) = say(&world, Some(&format!("files{}", n + 2))).await;
            assert_eq!(changed, PEOPLE);
        }
        done.store(true, Ordering::Relaxed);
    };
    tokio::join!(all, work(&world, &one, Lane::Bulk, &done), work(&world, &two, Lane::Bulk, &done));
    world.drain(&one).await;
    world.assert_converged().await;
}
