//! Stage 3: the customer grows, and nobody at the provider does anything. Session hosts
//! are not part of it yet.

use std::time::{Duration, Instant};

use wire::users::{User, UserBatch};

use super::{
    Acme, World, floor, require,
    users::{self, FIRST, PEOPLE},
};
use crate::process::Failure;

/// How many come with the client.
const WITH_THE_CLIENT: usize = 150;
/// How many come through the interface.
const THROUGH_THE_INTERFACE: usize = 100;

/// Creates 150 people with the client and 100 through the interface, both as the
/// customer's own administrator; some of each log on with a password of their own. Gives how
/// many people the customer has then.
pub async fn run(world: &mut World, acme: &Acme) -> Result<usize, Failure> {
    let first = FIRST + PEOPLE;
    let (people, took) = users::with_the_client(world, acme, first, WITH_THE_CLIENT).await?;
    let mut all = 1 + PEOPLE + WITH_THE_CLIENT;
    users::in_the_directory(world, acme, all).await?;
    let mut sampled = users::log_on(world, &people).await?;
    let beside = floor::measure(world, WITH_THE_CLIENT).await?;
    world.done(
        "3",
        "more users with the client, by the same administrator",
        people.len(),
        took,
        Some(beside),
    );

    let first = first + WITH_THE_CLIENT;
    let (people, took) = through_the_interface(acme, first).await?;
    all += THROUGH_THE_INTERFACE;
    users::in_the_directory(world, acme, all).await?;
    sampled += users::log_on(world, &people).await?;
    let beside = floor::measure(world, THROUGH_THE_INTERFACE).await?;
    world.done("3", "more users through REST, by the same administrator", people.len(), took, Some(beside));
    world.done("3", "of both activated and logged on with their own password", 20, sampled, None);
    Ok(all)
}

async fn through_the_interface(acme: &Acme, first: usize) -> Result<(Vec<User>, Duration), Failure> {
    let body = users::newcomers(first, THROUGH_THE_INTERFACE);
    let begin = Instant::now();
    let path = format!("customers/{}/users/batch", acme.id);
    let batch: UserBatch = acme.administrator.post(&path, &body).await?.read()?;
    acme.administrator.complete(&batch.request).await?;
    let took = begin.elapsed();
    require(batch.users.len() == THROUGH_THE_INTERFACE, format!("all people, not {}", batch.users.len()))?;
    Ok((batch.users, took))
}
