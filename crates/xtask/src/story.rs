//! `cargo xtask story`: from an order to a working customer, unattended,
//! through the public interface and the client only, checked with `ldap-utils`.
//! One line a stage; the first thing that is not as it should be ends it.
//!
//! Start at [`start`]; a stage is a module with one function.

mod beside;
mod floor;
mod growth;
mod order;
mod peak;
mod users;

use std::{
    net::Ipv4Addr,
    path::PathBuf,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::{
    lab::{Lab, PASSWORD, Place, ROOT, client::Client},
    process::Failure,
    term::{heading, say},
    workspace,
};

/// How to run it.
#[derive(clap::Args)]
pub struct StoryArgs {
    /// Use the binaries of development: quick to build, slow to run, no figures
    #[arg(long)]
    dev: bool,
}

/// Stages nobody has built yet: listed, never passed.
const MISSING: [(&str, &str); 5] = [
    ("5", "use: evidence per user"),
    ("6", "clean-up: deprovisioning in stages, undone for ten"),
    ("7", "bill: the month is closed"),
    ("8", "audit: the log is verified by a tool that is not ours"),
    ("9", "upgrade under load"),
];

/// Everything a stage works with.
struct World {
    lab: Lab,
    root: Client,
    report: Vec<Value>,
}

/// The customer of the story, once stage 1 has made it.
struct Acme {
    /// Id of the customer.
    id: String,
    /// Its unit in the directory.
    unit: String,
    /// Signed in as its administrator.
    administrator: Client,
}

impl World {
    /// Prints the line of a stage and keeps it for the report.
    fn done(&mut self, stage: &str, what: &str, count: usize, took: Duration, floor: Option<Duration>) {
        let seconds = took.as_secs_f64();
        let ratio = floor.map(|floor| seconds / floor.as_secs_f64());
        let beside = ratio.map_or_else(|| "-".to_owned(), |ratio| format!("{ratio:.2} x"));
        say(format!("stage {stage:<3} {what:<62} {count:>5}  {seconds:>7.2} s  floor {beside}"));
        self.report.push(json!({
            "stage": stage, "what": what, "count": count, "seconds": seconds,
            "floor_seconds": floor.map(|floor| floor.as_secs_f64()), "ratio": ratio, "state": "passed",
        }));
    }
}

/// Fails the story unless something holds.
fn require(holds: bool, what: impl Into<String>) -> Result<(), Failure> {
    if holds { Ok(()) } else { Err(Failure::Found(format!("not as it should be: {}", what.into()))) }
}

/// Runs all stages there are.
pub async fn start(args: StoryArgs) -> Result<(), Failure> {
    let place = Place {
        name: "story",
        controller: Ipv4Addr::new(127, 60, 0, 2),
        dedicated: Ipv4Addr::new(127, 60, 0, 12),
        port: 8180,
        profile: if args.dev { "dev" } else { "measure" },
        fresh: true,
    };
    let lab = tokio::select! {
        lab = Lab::start(&place) => lab?,
        _ = tokio::signal::ctrl_c() => return Err(Failure::Stopped),
    };
    let begin = Instant::now();
    let root = lab.client().sign_in(ROOT, PASSWORD).await;
    let mut world = match root {
        Ok(root) => World { lab, root, report: Vec::new() },
        Err(failure) => return lab.stop().await.and(Err(failure)),
    };
    let result = tokio::select! {
        result = stages(&mut world) => result,
        _ = tokio::signal::ctrl_c() => Err(Failure::Stopped),
    };
    for (stage, what) in MISSING {
        say(format!("stage {stage:<3} {what:<62} missing"));
        world.report.push(json!({ "stage": stage, "what": what, "state": "missing" }));
    }
    let failed = result.as_ref().err().map(ToString::to_string);
    let written = write_report(&world.report, begin.elapsed(), args.dev, failed);
    let stopped = world.lab.stop().await;
    result.and(written).and(stopped)
}

async fn stages(world: &mut World) -> Result<(), Failure> {
    heading("the story");
    let acme = order::run(world).await?;
    users::run(world, &acme).await?;
    let present = growth::run(world, &acme).await?;
    peak::run(world, &acme, present).await?;
    beside::run(world, &acme).await
}

fn write_report(stages: &[Value], took: Duration, dev: bool, failed: Option<String>) -> Result<(), Failure> {
    let report = json!({
        "seconds": took.as_secs_f64(),
        "profile": if dev { "dev" } else { "measure" },
        "failed": failed,
        "stages": stages,
    });
    let path: PathBuf = workspace::metadata()?.target_directory.join("story.json").into();
    std::fs::write(&path, format!("{report:#}\n"))
        .map_err(Failure::io(format!("cannot write {}", path.display())))?;
    say(format!("written to {}", path.display()));
    Ok(())
}
