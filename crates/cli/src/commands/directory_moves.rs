//! Moving a customer to another directory.

use clap::{Args, Subcommand};
use wire::{
    common::PageQuery,
    directories::{DirectoryMove, DirectoryMovePreview, MoveLink, NewDirectoryMove},
};

use super::tenant_id;
use crate::{
    args::{Listing, Wait},
    client::{Answer, Client},
    failure::Failure,
    output::{Columns, Out, instant, or_dash},
    wait,
};

/// What can be done about where a customer lives.
#[derive(Debug, Subcommand)]
pub enum DirectoryMoves {
    /// Show what moving a customer to a directory would mean; changes nothing
    Preview(Where),
    /// Begin to move a customer to a directory
    Begin(Begin),
    /// Show how far the last move of a customer is
    Show {
        /// Code or id
        customer: String,
    },
    /// Take a move back, with the accounts people had before
    TakeBack(Which),
    /// List the one-time links people got with the last move and did not use yet
    Links {
        /// Code or id
        customer: String,
        /// How many.
        #[command(flatten)]
        listing: Listing,
    },
}

/// Who, and where to.
#[derive(Debug, Args)]
pub struct Where {
    /// Code or id
    pub customer: String,
    /// Code of the directory
    #[arg(long, value_name = "CODE")]
    pub to: String,
}

/// Who, where to, and for how long it can be taken back.
#[derive(Debug, Args)]
pub struct Begin {
    /// Where.
    #[command(flatten)]
    pub to: Where,
    /// Days in which it can be taken back, 0 to 365; 30 when not given
    #[arg(long, value_name = "DAYS")]
    pub grace_days: Option<u32>,
    /// Whether to wait.
    #[command(flatten)]
    pub wait: Wait,
}

/// Who.
#[derive(Debug, Args)]
pub struct Which {
    /// Code or id
    pub customer: String,
    /// Whether to wait.
    #[command(flatten)]
    pub wait: Wait,
}

/// Does it.
pub async fn run(command: &DirectoryMoves, client: &Client, out: &Out) -> Result<(), Failure> {
    match command {
        DirectoryMoves::Preview(to) => preview(client, out, to).await,
        DirectoryMoves::Begin(command) => {
            let id = tenant_id(client, &command.to.customer).await?;
            let body = NewDirectoryMove { directory: command.to.to.clone(), grace_days: command.grace_days };
            let answer = client.post(&["customers", &id, "directory-move"], Some(&body)).await?;
            show(client, out, command.wait, &answer).await
        }
        DirectoryMoves::Show { customer } => {
            let id = tenant_id(client, customer).await?;
            let answer = client.get(&["customers", &id, "directory-move"], &()).await?;
            out.entity(&answer.body, &fields(&answer.read()?))
        }
        DirectoryMoves::TakeBack(which) => {
            let id = tenant_id(client, &which.customer).await?;
            let answer = client.post(&["customers", &id, "directory-move", "take-back"], None::<&()>).await?;
            show(client, out, which.wait, &answer).await
        }
        DirectoryMoves::Links { customer, listing } => links(client, out, customer, listing).await,
    }
}

async fn preview(client: &Client, out: &Out, to: &Where) -> Result<(), Failure> {
    let id = tenant_id(client, &to.customer).await?;
    let body = NewDirectoryMove { directory: to.to.clone(), grace_days: None };
    let answer = client.post(&["customers", &id, "directory-move", "preview"], Some(&body)).await?;
    let preview: DirectoryMovePreview = answer.read()?;
    let fields = [
        ("accounts made anew", preview.users.to_string()),
        ("groups", preview.groups.to_string()),
        ("containers", preview.containers.to_string()),
        ("memberships", preview.memberships.to_string()),
        ("names taken there", preview.name_conflicts.to_string()),
        ("kept", preview.kept.join(", ")),
        ("not kept", preview.lost.join(", ")),
        ("about", format!("{} s", preview.estimated_seconds)),
    ];
    out.entity(&answer.body, &fields)?;
    let row = |n: &wire::directories::NameConflict| {
        vec![n.name.clone(), n.present.clone(), or_dash(n.proposed.as_deref())]
    };
    let rows: Vec<_> = preview.names.iter().map(row).collect();
    out.table(&["name", "log-on name", "there"], &rows)
}

async fn links(client: &Client, out: &Out, customer: &str, listing: &Listing) -> Result<(), Failure> {
    let id = tenant_id(client, customer).await?;
    let path = ["customers", &id, "directory-move", "links"];
    let page = client.list(&path, &PageQuery::default(), listing).await?;
    let columns = Columns::<MoveLink> {
        titles: &["name", "signs in as", "log-on name", "link"],
        row: |l| {
            vec![
                l.display_name.clone(),
                l.principal_name.clone(),
                or_dash(l.logon_name.as_deref()),
                or_dash(l.activation.as_ref().map(|a| a.link.as_str())),
            ]
        },
    };
    out.list(&page, &columns)
}

async fn show(client: &Client, out: &Out, wait: Wait, answer: &Answer) -> Result<(), Failure> {
    let of: DirectoryMove = answer.read()?;
    out.entity(&answer.body, &fields(&of))?;
    if wait.wait { wait::until_final(client, &of.request, wait.timeout).await } else { Ok(()) }
}

fn fields(of: &DirectoryMove) -> Vec<(&'static str, String)> {
    let at = |at: Option<&str>| at.map_or_else(|| "-".to_owned(), instant);
    vec![
        ("from", of.from.clone()),
        ("to", of.to.clone()),
        ("phase", of.phase.to_string()),
        ("lives there since", at(of.switched_at.as_deref())),
        ("can be taken back until", at(of.purge_at.as_deref())),
        ("request", of.request.clone()),
    ]
}
