//! The same done to people of several customers.

use clap::Subcommand;
use wire::bulk::{BulkFilter, BulkSeries, BulkState, SeriesRequest};

use super::{Act, NOTHING, until_done};
use crate::{
    args::Wait,
    client::{Answer, Client},
    failure::Failure,
    output::Out,
};

/// What can be done with a series.
#[derive(Debug, Subcommand)]
pub enum SeriesCommand {
    /// Show what it comes to for each customer, and how far it is
    Show {
        /// Its id
        series: String,
    },
    /// Begin each that was shown
    Run {
        /// Its id
        series: String,
        /// Whether to wait.
        #[command(flatten)]
        wait: Wait,
    },
    /// Let each wait that runs
    Pause {
        /// Its id
        series: String,
    },
    /// Go on with each that waits
    Resume {
        /// Its id
        series: String,
        /// Whether to wait.
        #[command(flatten)]
        wait: Wait,
    },
    /// End each that is not over: what was done stays
    Cancel {
        /// Its id
        series: String,
    },
    /// Show what taking back each that is over would come to, as another series; --run does it
    Undo {
        /// Its id
        series: String,
        /// Do it
        #[arg(long)]
        run: bool,
        /// Whether to wait.
        #[command(flatten)]
        wait: Wait,
    },
}

pub(super) async fn act(
    act: &Act,
    below: &str,
    filter: BulkFilter,
    client: &Client,
    out: &Out,
) -> Result<(), Failure> {
    let new = SeriesRequest {
        below: below.to_owned(),
        act: act.act.clone(),
        with: act.with.clone(),
        value: act.value.clone(),
        filter: Some(filter),
    };
    shown(&client.post(&["bulk-series"], Some(&new)).await?, (act.run, act.wait), client, out).await
}

pub(super) async fn run(command: &SeriesCommand, client: &Client, out: &Out) -> Result<(), Failure> {
    match command {
        SeriesCommand::Show { series } => table(&client.get(&["bulk-series", series], &()).await?, out),
        SeriesCommand::Run { series, wait } => begin(series, *wait, client, out).await,
        SeriesCommand::Pause { series } => turn(series, "pause", client, out).await,
        SeriesCommand::Cancel { series } => turn(series, "cancel", client, out).await,
        SeriesCommand::Resume { series, wait } => {
            turn(series, "resume", client, out).await?;
            until_all(series, *wait, client).await
        }
        SeriesCommand::Undo { series, run, wait } => {
            let answer = client.post(&["bulk-series", series, "undo"], NOTHING).await?;
            shown(&answer, (*run, *wait), client, out).await
        }
    }
}

/// What was shown, begun where somebody said so.
async fn shown(
    answer: &Answer,
    (run, wait): (bool, Wait),
    client: &Client,
    out: &Out,
) -> Result<(), Failure> {
    if !run {
        return table(answer, out);
    }
    let series: BulkSeries = answer.read()?;
    begin(&series.id, wait, client, out).await
}

async fn begin(series: &str, wait: Wait, client: &Client, out: &Out) -> Result<(), Failure> {
    turn(series, "run", client, out).await?;
    until_all(series, wait, client).await
}

async fn turn(series: &str, what: &str, client: &Client, out: &Out) -> Result<(), Failure> {
    table(&client.post(&["bulk-series", series, what], NOTHING).await?, out)
}

/// Waits for one after the other; they run side by side.
async fn until_all(series: &str, wait: Wait, client: &Client) -> Result<(), Failure> {
    if !wait.wait {
        return Ok(());
    }
    let all: BulkSeries = client.get(&["bulk-series", series], &()).await?.read()?;
    for bulk in all.bulks.iter().filter(|bulk| bulk.state != BulkState::Previewed) {
        until_done(client, &bulk.id, wait.timeout).await?;
    }
    Ok(())
}

fn table(answer: &Answer, out: &Out) -> Result<(), Failure> {
    let series: BulkSeries = answer.read()?;
    out.entity(&answer.body, &[("series", series.id.clone())])?;
    let row = |bulk: &wire::bulk::Bulk| {
        let counted = |all: &std::collections::BTreeMap<String, i64>| {
            all.iter().map(|(code, n)| format!("{n} {code}")).collect::<Vec<_>>().join(", ")
        };
        vec![
            bulk.id.clone(),
            bulk.tenant.code.clone(),
            bulk.state.to_string(),
            counted(&bulk.counts.acts),
            counted(&bulk.counts.states),
        ]
    };
    let rows: Vec<_> = series.bulks.iter().map(row).collect();
    out.table(&["id", "customer", "state", "rows", "progress"], &rows)
}
