//! Stage 2: the customer's own administrator creates its people.

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
const PEOPLE: usize = 150;
/// How many of them log on.
const SAMPLED: usize = 10;

/// Creates 150 people in one call of the client, has all of them verified, and
/// lets every fifteenth log on with a password of their own.
pub async fn run(world: &mut World, acme: &Acme) -> Result<(), Failure> {
    let file = world.lab.data.join("users.json");
    let users = (0..PEOPLE).map(|i| person(i + 20, "acme.example", &["desktop-standard"])).collect();
    let text = serde_json::to_string(&NewUsers { users }).unwrap_or_default();
    std::fs::write(&file, text).map_err(Failure::io(format!("cannot write {}", file.display())))?;
    let lab = &world.lab;
    let file = file.to_string_lossy();
    let arguments =
        ["users", "create", "--customer", &acme.id, "--file", &file, "--wait", "--output", "json"];
    let begin = Instant::now();
    let said = lab.binaries.client(&lab.url, acme.administrator.token(), &lab.data, &arguments).await?;
    let took = begin.elapsed();
    require(said.status == 0, format!("exit code 0, not {}: {}", said.status, said.err.trim()))?;
    let first = serde_json::Deserializer::from_str(&said.out).into_iter::<Page<User>>().next();
    let people = match first {
        Some(Ok(page)) => page.items,
        other => return Err(Failure::Found(format!("the client did not print the people: {other:?}"))),
    };
    require(people.len() == PEOPLE, format!("{PEOPLE} people, not {}", people.len()))?;

    let controller = &lab.controller;
    let all = controller.administrator();
    let found = controller.find(&all, &acme.unit, "(&(objectClass=user)(!(userAccountControl=514)))").await?;
    require(found.len() == PEOPLE + 1, format!("{} enabled accounts, not {}", PEOPLE + 1, found.len()))?;
    let desktop = controller.find(&all, &acme.unit, "(&(objectClass=group)(cn=acme Desktop))").await?;
    let members = format!("(memberOf={})", desktop.first().cloned().unwrap_or_default());
    let members = controller.find(&all, &acme.unit, &members).await?;
    require(
        members.len() == PEOPLE + 1,
        format!("{} people with a desktop, not {}", PEOPLE + 1, members.len()),
    )?;

    let sampled = log_on(world, &people).await?;
    let floor = floor::measure(world, PEOPLE).await?;
    world.done("2", "users with desktops, by the customer's administrator", PEOPLE, took, Some(floor));
    world.done("2", "of them activated and logged on with their own password", SAMPLED, sampled, None);
    Ok(())
}

async fn log_on(world: &World, people: &[User]) -> Result<Duration, Failure> {
    let begin = Instant::now();
    for (number, user) in people.iter().step_by(PEOPLE / SAMPLED).enumerate() {
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
