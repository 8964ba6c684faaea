//! Giving back what is ours: people, groups, adoptions.

use clap::{Args, Subcommand};
use wire::{
    adoption::{AdoptionRelease, Release},
    groups::Group,
    users::User,
};

use super::{confirm, user_id, yes_no};
use crate::{
    args::Wait,
    client::{Answer, Client},
    failure::Failure,
    output::{Out, or_dash},
    wait,
};

/// What is given back.
#[derive(Debug, Subcommand)]
pub enum Give {
    /// A person's account: it stays in the directory as it is, and is not ours any more
    User {
        /// Id or principal name
        user: String,
        /// The customer (code or id), to look the name up in
        #[arg(long)]
        customer: Option<String>,
        /// How.
        #[command(flatten)]
        how: How,
    },
    /// A group: it stays in the directory with its members
    Group {
        /// Id of the group
        group: String,
        /// How.
        #[command(flatten)]
        how: How,
    },
    /// All that an adoption took over, as long as nothing of it changed since
    Adoption {
        /// Id of the adoption
        adoption: String,
        /// How.
        #[command(flatten)]
        how: How,
    },
}

/// Shown only, or done.
#[derive(Debug, Args)]
pub struct How {
    /// Only show what would become of it
    #[arg(long, conflicts_with = "yes")]
    pub preview: bool,
    /// Do not ask
    #[arg(long)]
    pub yes: bool,
    /// Whether to wait.
    #[command(flatten)]
    pub wait: Wait,
}

/// Does it.
pub async fn run(command: &Give, client: &Client, out: &Out) -> Result<(), Failure> {
    match command {
        Give::User { user, customer, how } => {
            let id = user_id(client, user, customer.as_deref()).await?;
            let before = client.get(&["users", &id], &()).await?;
            let name = before.read::<User>()?.display_name;
            one(client, out, &["users", &id], (&name, before.etag.as_deref()), how).await
        }
        Give::Group { group, how } => {
            let before = client.get(&["groups", group], &()).await?;
            let name = before.read::<Group>()?.name;
            one(client, out, &["groups", group], (&name, before.etag.as_deref()), how).await
        }
        Give::Adoption { adoption, how } => whole(client, out, adoption, how).await,
    }
}

async fn one(
    client: &Client,
    out: &Out,
    path: &[&str; 2],
    (name, etag): (&str, Option<&str>),
    how: &How,
) -> Result<(), Failure> {
    let path = [path[0], path[1], "release"];
    let preview = client.get(&path, &()).await?;
    if how.preview {
        return tell(out, &preview);
    }
    confirm(&format!("Give {name} back? It cannot be restored, only taken over again."), how.yes)?;
    let answer = client.post_match(&path, etag).await?;
    tell(out, &answer)?;
    follow(client, answer.read::<Release>()?.request, how).await
}

async fn whole(client: &Client, out: &Out, adoption: &str, how: &How) -> Result<(), Failure> {
    let path = ["adoptions", adoption, "release"];
    if how.preview {
        return tell_whole(out, &client.get(&path, &()).await?);
    }
    confirm("Take the adoption back?", how.yes)?;
    let answer = client.post(&path, None::<&()>).await?;
    tell_whole(out, &answer)?;
    follow(client, answer.read::<AdoptionRelease>()?.request, how).await
}

async fn follow(client: &Client, request: Option<String>, how: &How) -> Result<(), Failure> {
    match request.filter(|_| how.wait.wait) {
        Some(request) => wait::until_final(client, &request, how.wait.timeout).await,
        None => Ok(()),
    }
}

fn tell(out: &Out, answer: &Answer) -> Result<(), Failure> {
    let of: Release = answer.read()?;
    let mut fields = vec![
        ("name", of.name),
        ("stays at", or_dash(of.dn.as_deref())),
        ("plans that end", or_dash(Some(of.plans.join(", ")).filter(|t| !t.is_empty()).as_deref())),
        ("groups it leaves", or_dash(Some(of.leaves.join(", ")).filter(|t| !t.is_empty()).as_deref())),
        ("groups it stays in", or_dash(Some(of.stays_in.join(", ")).filter(|t| !t.is_empty()).as_deref())),
    ];
    fields.extend(of.request.map(|id| ("request", id)));
    out.entity(&answer.body, &fields)
}

fn tell_whole(out: &Out, answer: &Answer) -> Result<(), Failure> {
    let of: AdoptionRelease = answer.read()?;
    let stay = format!("{} containers, {} groups, {} people", of.containers, of.groups, of.users);
    let mut fields = vec![
        ("stays, without marker", stay),
        ("groups that go", of.removed_groups.to_string()),
        ("plans that end", of.plans.to_string()),
        ("keep what they were given", of.kept.to_string()),
        ("changed since", yes_no(of.changed)),
    ];
    fields.extend(of.request.map(|id| ("request", id)));
    out.entity(&answer.body, &fields)
}
