//! Directories: how they are doing, and what is allowed in them.

use clap::{Args, Subcommand};
use wire::{
    common::PageQuery,
    directories::{Directory, DirectoryUpdate},
};

use super::EVERYTHING;
use crate::{
    client::Client,
    failure::Failure,
    output::{Columns, Out, instant, or_dash},
};

/// What can be done with directories.
#[derive(Debug, Subcommand)]
pub enum Directories {
    /// List directories
    List,
    /// Show a directory with its controllers
    Show {
        /// Code
        directory: String,
    },
    /// Begin or end maintenance, make a directory read-only, or say whom it is for
    Set(Set),
}

/// Which directory, and what is allowed in it.
#[derive(Debug, Args)]
pub struct Set {
    /// Code
    pub directory: String,
    /// The changes.
    #[command(flatten)]
    pub modes: Modes,
}

/// What is allowed.
#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
pub struct Modes {
    /// Work is accepted and waits; nothing is sent
    #[arg(long, value_name = "on|off", value_parser = ["on", "off"])]
    pub maintenance: Option<String>,
    /// The directory is looked at and never changed; orders into it are refused
    #[arg(long, value_name = "on|off", value_parser = ["on", "off"])]
    pub read_only: Option<String>,
    /// It is for this customer or the customers of this seller alone (code or id)
    #[arg(long, value_name = "TENANT", conflicts_with = "shared")]
    pub dedicated_to: Option<String>,
    /// It is for everybody
    #[arg(long)]
    pub shared: bool,
}

/// Does it; without a command it lists.
pub async fn run(command: Option<&Directories>, client: &Client, out: &Out) -> Result<(), Failure> {
    match command {
        None | Some(Directories::List) => list(client, out).await,
        Some(Directories::Show { directory }) => {
            let answer = client.get(&["directories", directory], &()).await?;
            show(out, &answer.body, &answer.read()?)
        }
        Some(Directories::Set(command)) => set(client, out, command).await,
    }
}

async fn list(client: &Client, out: &Out) -> Result<(), Failure> {
    let page = client.list(&["directories"], &PageQuery::default(), &EVERYTHING).await?;
    let columns = Columns::<Directory> {
        titles: &[
            "code",
            "name",
            "health",
            "breaker",
            "mode",
            "waiting",
            "parked",
            "failed",
            "pace",
            "last contact",
            "error",
        ],
        row: |d| {
            vec![
                d.code.clone(),
                d.name.clone(),
                d.health.to_string(),
                d.breaker.to_string(),
                mode(d),
                (d.queue.interactive + d.queue.bulk).to_string(),
                d.queue.parked.to_string(),
                d.queue.failed.to_string(),
                pace(d),
                d.last_contact_at.as_deref().map_or_else(|| "-".to_owned(), instant),
                or_dash(trouble(d)),
            ]
        },
    };
    out.list(&page, &columns)
}

async fn set(client: &Client, out: &Out, command: &Set) -> Result<(), Failure> {
    let on = |given: &Option<String>| given.as_ref().map(|word| word == "on");
    let modes = &command.modes;
    let body = DirectoryUpdate {
        maintenance: on(&modes.maintenance),
        read_only: on(&modes.read_only),
        dedicated_to: modes.dedicated_to.clone().map(Some).or(modes.shared.then_some(None)),
    };
    let path = ["directories", &command.directory];
    let etag = client.get(&path, &()).await?.etag;
    let answer = client.patch(&path, etag.as_deref(), &body).await?;
    show(out, &answer.body, &answer.read()?)
}

fn show(out: &Out, body: &serde_json::Value, d: &Directory) -> Result<(), Failure> {
    let fields = [
        ("code", d.code.clone()),
        ("name", d.name.clone()),
        ("health", d.health.to_string()),
        ("breaker", d.breaker.to_string()),
        ("mode", mode(d)),
        ("for", meant_for(d)),
        ("waiting", (d.queue.interactive + d.queue.bulk).to_string()),
        ("parked", d.queue.parked.to_string()),
        ("pace", pace(d)),
        ("error", or_dash(trouble(d))),
        ("what happened", or_dash(d.last_error.iter().chain(&d.warnings).next().map(|p| p.what.as_str()))),
        ("what to do", or_dash(d.last_error.iter().chain(&d.warnings).next().map(|p| p.cure.as_str()))),
    ];
    out.entity(body, &fields)?;
    let row = |c: &wire::directories::Controller| {
        vec![
            c.address.clone(),
            c.health.to_string(),
            if c.used { "yes" } else { "no" }.to_owned(),
            instant(&c.since),
            c.round_trip_ms.map_or_else(|| "-".to_owned(), |ms| format!("{ms:.1} ms")),
            c.clock_ahead_seconds.map_or_else(|| "-".to_owned(), |s| format!("{s:+.0} s")),
            or_dash(c.last_error.as_ref().map(|p| p.title.as_str())),
        ]
    };
    let rows: Vec<_> = d.controllers.iter().map(row).collect();
    out.table(&["controller", "health", "used", "since", "answer", "clock", "error"], &rows)
}

/// What is wrong in a few words: the error, otherwise what should be looked at.
fn trouble(d: &Directory) -> Option<&str> {
    d.last_error.iter().chain(&d.warnings).next().map(|problem| problem.title.as_str())
}

fn mode(d: &Directory) -> String {
    match (d.maintenance, d.read_only) {
        (true, true) => "maintenance, read-only",
        (true, false) => "maintenance",
        (false, true) => "read-only",
        (false, false) => "-",
    }
    .to_owned()
}

fn meant_for(d: &Directory) -> String {
    match (d.dedicated, &d.dedicated_to) {
        (false, _) => "everybody".to_owned(),
        (true, Some(tenant)) => format!("{} alone", tenant.code),
        (true, None) => "somebody alone".to_owned(),
    }
}

fn pace(d: &Directory) -> String {
    d.pace_per_second.map_or_else(|| "-".to_owned(), |p| format!("{p:.1}/s"))
}
