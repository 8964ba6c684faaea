//! What somebody changed in a directory behind our back.

use std::collections::BTreeMap;

use clap::{Args, Subcommand};
use wire::drift::{Decided, DecidedMany, DriftPolicy, Finding, FindingQuery, RevertFindings, ScanAsked};

use super::confirm;
use crate::{
    args::{Listing, Wait},
    client::Client,
    failure::Failure,
    output::{Columns, Out, instant, note, or_dash},
    wait,
};

/// What can be done about drift.
#[derive(Debug, Subcommand)]
pub enum Drift {
    /// List what was found, newest first
    List(List),
    /// Make what is wanted true again: one finding, or all open ones that match
    Revert(Revert),
    /// Make what was found what is wanted
    Adopt {
        /// Id of the finding
        finding: String,
        /// Whether to wait.
        #[command(flatten)]
        wait: Wait,
    },
    /// Look at everything in a directory now
    Scan {
        /// Code of the directory
        directory: String,
    },
    /// Show or change what is put right at once in a directory
    Policy(Policy),
}

/// Which findings to list.
#[derive(Debug, Args)]
pub struct List {
    /// Which findings.
    #[command(flatten)]
    pub which: Which,
    /// Only those in this state
    #[arg(long, value_parser = ["open", "reverted", "adopted", "gone", "enforced"])]
    pub state: Option<String>,
    /// How many
    #[command(flatten)]
    pub listing: Listing,
}

/// What narrows findings down.
#[derive(Debug, Args)]
pub struct Which {
    /// Only those of this tenant and below (code or id)
    #[arg(long)]
    pub tenant: Option<String>,
    /// Only those of this directory (code)
    #[arg(long)]
    pub directory: Option<String>,
    /// Only this kind
    #[arg(long, value_parser = ["changed", "missing", "moved", "marker_lost", "foreign", "member_added", "member_removed"])]
    pub kind: Option<String>,
}

/// What to revert.
#[derive(Debug, Args)]
pub struct Revert {
    /// Id of the finding
    #[arg(required_unless_present = "all", conflicts_with_all = ["all", "tenant", "directory", "kind"])]
    pub finding: Option<String>,
    /// All open findings that match
    #[arg(long)]
    pub all: bool,
    /// Which findings.
    #[command(flatten)]
    pub which: Which,
    /// Do not ask
    #[arg(long)]
    pub yes: bool,
    /// Whether to wait.
    #[command(flatten)]
    pub wait: Wait,
}

/// What to decide about a directory.
#[derive(Debug, Args)]
pub struct Policy {
    /// Code of the directory
    pub directory: String,
    /// Attributes to put right at once; also missing, moved and marker
    #[arg(long, value_delimiter = ',', value_name = "SUBJECT")]
    pub enforce: Vec<String>,
    /// Attributes about which a person decides
    #[arg(long, value_delimiter = ',', value_name = "SUBJECT")]
    pub report: Vec<String>,
}

/// Does it.
pub async fn run(command: &Drift, client: &Client, out: &Out) -> Result<(), Failure> {
    match command {
        Drift::List(list) => {
            let query = FindingQuery {
                tenant: list.which.tenant.clone(),
                directory: list.which.directory.clone(),
                kind: list.which.kind.clone(),
                state: list.state.clone(),
                ..FindingQuery::default()
            };
            let page = client.list(&["findings"], &query, &list.listing).await?;
            out.list(&page, &FINDINGS)
        }
        Drift::Revert(command) => revert(client, out, command).await,
        Drift::Adopt { finding, wait } => {
            let answer = client.post(&["findings", finding, "adopt"], None::<&()>).await?;
            let decided: Decided = answer.read()?;
            out.entity(&answer.body, &fields(&decided))?;
            wait_for(client, &[decided], wait).await
        }
        Drift::Scan { directory } => {
            let answer = client.post(&["directories", directory, "scan"], None::<&()>).await?;
            let asked: ScanAsked = answer.read()?;
            note("the scan begins within seconds; see tenantry drift list --state open");
            out.entity(&answer.body, &[("directory", asked.directory)])
        }
        Drift::Policy(command) => policy(client, out, command).await,
    }
}

async fn revert(client: &Client, out: &Out, command: &Revert) -> Result<(), Failure> {
    if let Some(finding) = &command.finding {
        let answer = client.post(&["findings", finding, "revert"], None::<&()>).await?;
        let decided: Decided = answer.read()?;
        out.entity(&answer.body, &fields(&decided))?;
        return wait_for(client, &[decided], &command.wait).await;
    }
    confirm("Revert all open findings that match?", command.yes)?;
    let body = RevertFindings {
        tenant: command.which.tenant.clone(),
        directory: command.which.directory.clone(),
        kind: command.which.kind.clone(),
    };
    let answer = client.post(&["findings", "revert"], Some(&body)).await?;
    let decided: DecidedMany = answer.read()?;
    let findings: usize = decided.requests.iter().map(|d| d.findings).sum();
    let requests: Vec<_> = decided.requests.iter().map(|d| d.request.as_str()).collect();
    let shown = [("findings", findings.to_string()), ("requests", or_dash(Some(&requests.join(", "))))];
    out.entity(&answer.body, &shown)?;
    wait_for(client, &decided.requests, &command.wait).await
}

async fn wait_for(client: &Client, decided: &[Decided], wait: &Wait) -> Result<(), Failure> {
    if wait.wait {
        for one in decided {
            wait::until_final(client, &one.request, wait.timeout).await?;
        }
    }
    Ok(())
}

async fn policy(client: &Client, out: &Out, command: &Policy) -> Result<(), Failure> {
    let path = ["directories", command.directory.as_str(), "drift-policy"];
    let modes = [("enforce", &command.enforce), ("report", &command.report)];
    let decided = modes
        .iter()
        .flat_map(|(mode, subjects)| subjects.iter().map(|subject| (subject.clone(), (*mode).to_owned())));
    let subjects: BTreeMap<_, _> = decided.collect();
    let answer = if subjects.is_empty() {
        client.get(&path, &()).await?
    } else {
        client.put_body(&path, &DriftPolicy { subjects }).await?
    };
    let policy: DriftPolicy = answer.read()?;
    let fields: Vec<_> = policy.subjects.iter().map(|(s, mode)| (s.as_str(), mode.clone())).collect();
    out.entity(&answer.body, &fields)
}

const FINDINGS: Columns<'static, Finding> = Columns {
    titles: &[
        "id",
        "tenant",
        "directory",
        "object",
        "what",
        "wanted",
        "found",
        "state",
        "found first",
        "changed",
    ],
    row: |f| {
        let what = f.attribute.as_deref().map_or_else(|| f.kind.to_string(), |a| format!("{} {a}", f.kind));
        vec![
            f.id.clone(),
            f.tenant.code.clone(),
            f.directory.clone(),
            f.name.clone(),
            what,
            or_dash(f.wanted.as_deref()),
            or_dash(f.found.as_deref()),
            f.state.to_string(),
            instant(&f.first_seen_at),
            f.changed_at.as_deref().map_or_else(|| "-".to_owned(), instant),
        ]
    },
};

fn fields(of: &Decided) -> Vec<(&'static str, String)> {
    vec![("request", of.request.clone()), ("findings", of.findings.to_string())]
}
