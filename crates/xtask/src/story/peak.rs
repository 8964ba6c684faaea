//! Stage 4: everybody else comes with one spreadsheet, some rows of it are bad, and the server is
//! killed in the middle.

use std::{
    fmt::Write as _,
    time::{Duration, Instant},
};

use wire::{
    bulk::{Bulk, BulkListed, BulkState},
    common::Page,
};

use super::{Acme, World, floor, require, users};
use crate::{lab::people::person, process::Failure};

/// How many the customer has in the end.
const ALL: usize = 3_200;
/// Numbers of made-up people that are nobody else.
const FIRST: usize = 10_000;
/// Rows that cannot be accepted.
const BAD: i64 = 2;
/// Between two looks at how far it is.
const LOOK: Duration = Duration::from_millis(100);
/// A part is done within this.
const PATIENCE: Duration = Duration::from_secs(120);

/// Shows what a file comes to, carries it out with one `kill -9` in the middle, and shows it again.
pub async fn run(world: &mut World, acme: &Acme, present: usize) -> Result<(), Failure> {
    let good = ALL - present;
    let file = world.lab.data.join("peak.csv");
    std::fs::write(&file, people(good)).map_err(Failure::io(format!("cannot write {}", file.display())))?;
    let file = file.to_string_lossy().into_owned();
    let begin = Instant::now();
    let shown = preview(world, acme, &file).await?;
    let count = |bulk: &Bulk, act: &str| bulk.counts.acts.get(act).copied().unwrap_or(0);
    let (new, bad) = (count(&shown, "create"), count(&shown, "error"));
    require(
        usize::try_from(new) == Ok(good) && bad == BAD,
        format!("{good} new people and {BAD} bad rows, not {new} and {bad}"),
    )?;
    require(shown.foreseen.month.minor > 0, "the preview says what it costs a month")?;
    world.done("4", "people of a spreadsheet shown, with price and bad rows", good, begin.elapsed(), None);

    let begin = Instant::now();
    let arguments = ["import", &file, "--customer", &acme.id, "--wait", "--output", "json"];
    let (binaries, url) = (world.lab.binaries.clone(), world.lab.url.clone());
    let (token, folder) = (acme.administrator.token().to_owned(), world.lab.data.clone());
    let client = binaries.client(&url, &token, &folder, &arguments);
    let (said, killed) = tokio::join!(client, kill_in_the_middle(world, acme));
    killed?;
    let said = said?;
    require(said.status == 0, format!("exit code 0, not {}: {}", said.status, said.err.trim()))?;
    let took = begin.elapsed();
    users::in_the_directory(world, acme, ALL).await?;
    let again = preview(world, acme, &file).await?;
    require(
        usize::try_from(count(&again, "nothing")) == Ok(good),
        format!("the same file changes nothing, not {:?}", again.counts.acts),
    )?;
    let beside = floor::measure(world, good).await?;
    world.done("4", "people of it live, the server killed once in the middle", good, took, Some(beside));
    Ok(())
}

async fn preview(world: &World, acme: &Acme, file: &str) -> Result<Bulk, Failure> {
    let lab = &world.lab;
    let arguments = ["import", file, "--customer", &acme.id, "--preview", "--output", "json"];
    let said = lab.binaries.client(&lab.url, acme.administrator.token(), &lab.data, &arguments).await?;
    require(said.status == 0, format!("exit code 0, not {}: {}", said.status, said.err.trim()))?;
    serde_json::from_str(&said.out)
        .map_err(|error| Failure::Found(format!("the client printed no preview: {error}")))
}

/// `kill -9` when the first part is done and the last is not.
async fn kill_in_the_middle(world: &mut World, acme: &Acme) -> Result<(), Failure> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let path = format!("bulk?customer={}&limit=1", acme.id);
        let newest: Page<BulkListed> = acme.administrator.get(&path).await?.read()?;
        if let Some(one) = newest.items.first().filter(|one| one.state == BulkState::Running) {
            let bulk: Bulk = acme.administrator.get(&format!("bulk/{}", one.id)).await?.read()?;
            if bulk.counts.states.contains_key("done") {
                return world.lab.kill_server().await;
            }
        }
        require(Instant::now() < deadline, "the file is being carried out")?;
        tokio::time::sleep(LOOK).await;
    }
}

/// A file as a personnel system exports it.
fn people(good: usize) -> String {
    let mut csv = String::from("External ID;First name;Last name;Email;Job title;Department;Plans\r\n");
    let mut row = |id: usize, mail: &str, plan: &str| {
        let of = person(id, "acme.example", &[]);
        let (title, department) = (of.title.unwrap_or_default(), of.department.unwrap_or_default());
        let (given, sur) = (of.given_name, of.surname);
        let _writing_to_a_string_cannot_fail =
            write!(csv, "HR-{id};{given};{sur};{mail};{title};{department};{plan}\r\n");
    };
    for id in FIRST..FIRST + good {
        row(id, &format!("hr{id}@acme.example"), "desktop-standard");
    }
    row(1, "no address", "desktop-standard");
    row(2, "hr2@acme.example", "no-such-plan");
    csv
}
