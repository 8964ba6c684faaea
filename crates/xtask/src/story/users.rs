//! Stage 2: the customer's own administrator creates its people. What is the same for
//! those who come later is here, too.

use std::{
    fmt::Write as _,
    time::{Duration, Instant},
};

use wire::{
    common::Page,
    users::{NewUsers, User},
};

use super::{Acme, World, floor, require};
use crate::{
    lab::{directory::Login, people::person},
    process::Failure,
};

/// How many.
pub const PEOPLE: usize = 150;
/// How many of them log on.
const SAMPLED: usize = 10;
/// Numbers of made-up people that are somebody else.
pub const FIRST: usize = 20;

/// Creates 150 people in one call of the client, has all of them verified, and
/// lets every fifteenth log on with a password of their own.
pub async fn run(world: &mut World, acme: &Acme) -> Result<(), Failure> {
    let (people, took) = with_the_client(world, acme, FIRST, PEOPLE).await?;
    in_the_directory(world, acme, PEOPLE + 1).await?;
    let sampled = log_on(world, &people).await?;
    let floor = floor::measure(world, PEOPLE).await?;
    world.done("2", "users with desktops, by the customer's administrator", PEOPLE, took, Some(floor));
    world.done("2", "of them activated and logged on with their own password", SAMPLED, sampled, None);
    Ok(())
}

/// New people with desktops: `count` from the number `first` on.
pub fn newcomers(first: usize, count: usize) -> NewUsers {
    let users = (first..first + count).map(|i| person(i, "acme.example", &["desktop-standard"])).collect();
    NewUsers { users, ..NewUsers::default() }
}

/// Creates people with one call of the client, which waits until all are verified.
pub async fn with_the_client(
    world: &World,
    acme: &Acme,
    first: usize,
    count: usize,
) -> Result<(Vec<User>, Duration), Failure> {
    let lab = &world.lab;
    let file = lab.data.join("users.json");
    let text = serde_json::to_string(&newcomers(first, count)).unwrap_or_default();
    std::fs::write(&file, text).map_err(Failure::io(format!("cannot write {}", file.display())))?;
    let file = file.to_string_lossy();
    let arguments =
        ["users", "create", "--customer", &acme.id, "--file", &file, "--wait", "--output", "json"];
    let begin = Instant::now();
    let said = lab.binaries.client(&lab.url, acme.administrator.token(), &lab.data, &arguments).await?;
    let took = begin.elapsed();
    require(said.status == 0, format!("exit code 0, not {}: {}", said.status, said.err.trim()))?;
    let printed = serde_json::Deserializer::from_str(&said.out).into_iter::<Page<User>>().next();
    let people = match printed {
        Some(Ok(page)) => page.items,
        other => return Err(Failure::Found(format!("the client did not print the people: {other:?}"))),
    };
    require(people.len() == count, format!("{count} people, not {}", people.len()))?;
    Ok((people, took))
}

/// As an independent client finds them: enabled accounts, all with a desktop.
pub async fn in_the_directory(world: &World, acme: &Acme, people: usize) -> Result<(), Failure> {
    let controller = &world.lab.controller;
    let all = controller.administrator();
    let found = controller.find(&all, &acme.unit, "(&(objectClass=user)(!(userAccountControl=514)))").await?;
    require(found.len() == people, format!("{people} enabled accounts, not {}", found.len()))?;
    let desktop = controller.find(&all, &acme.unit, "(&(objectClass=group)(cn=acme Desktop))").await?;
    let members = format!("(memberOf={})", desktop.first().cloned().unwrap_or_default());
    let members = controller.find(&all, &acme.unit, &members).await?;
    require(members.len() == people, format!("{people} people with a desktop, not {}", members.len()))
}

/// Some of the people choose a password and log on to the directory with it.
pub async fn log_on(world: &World, people: &[User]) -> Result<Duration, Failure> {
    let begin = Instant::now();
    for (number, user) in people.iter().step_by((people.len() / SAMPLED).max(1)).enumerate() {
        let mut password = String::from("Own-Choice-");
        let _writing_to_a_string_cannot_fail = write!(password, "{number}-2026");
        let link = user.activation.as_ref().map(|activation| activation.link.as_str());
        let link = link.ok_or_else(|| Failure::Found(format!("{} has no link", user.principal_name)))?;
        world.lab.client().activate(link, &password).await?;
        let login = Login { name: user.principal_name.clone(), password };
        let bound = world.lab.controller.can_bind(&login).await?;
        require(bound, format!("{} can log on", user.principal_name))?;
        let other = Login { password: "Not-My-Password-1".to_owned(), ..login };
        let bound = world.lab.controller.can_bind(&other).await?;
        require(!bound, format!("another password than the own one of {} is refused", user.principal_name))?;
    }
    Ok(begin.elapsed())
}
