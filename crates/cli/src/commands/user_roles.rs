//! Roles of people.

use clap::Args;
use serde_json::json;
use wire::users::Roles;

use super::users::{Named, id_of};
use crate::{
    client::{Answer, Client},
    failure::Failure,
    output::{Out, instant},
};

/// A person, and a role.
#[derive(Debug, Args)]
pub struct Role {
    /// Who.
    #[command(flatten)]
    named: Named,
    /// Code of the role, as `user_administrator`
    #[arg(long)]
    role: String,
}

/// Shows the roles somebody holds, and those that can be given.
pub async fn show(client: &Client, out: &Out, named: &Named) -> Result<(), Failure> {
    let id = id_of(client, named).await?;
    shown(out, &client.get(&["users", &id, "roles"], &()).await?)
}

/// Gives one.
pub async fn give(client: &Client, out: &Out, Role { named, role }: &Role) -> Result<(), Failure> {
    let id = id_of(client, named).await?;
    shown(out, &client.put_body(&["users", &id, "roles", role], &json!({})).await?)
}

/// Takes one.
pub async fn take(client: &Client, out: &Out, Role { named, role }: &Role) -> Result<(), Failure> {
    let id = id_of(client, named).await?;
    shown(out, &client.delete(&["users", &id, "roles", role], &(), None).await?)
}

fn shown(out: &Out, answer: &Answer) -> Result<(), Failure> {
    let all: Roles = answer.read()?;
    let held =
        all.roles.iter().map(|held| ("holds", format!("{} since {}", held.role, instant(&held.since))));
    let mut fields: Vec<_> = held.collect();
    if fields.is_empty() {
        fields.push(("holds", "no role".to_owned()));
    }
    let more = all.possible.iter().filter(|code| all.roles.iter().all(|held| held.role != **code));
    fields.extend(more.map(|code| ("you may give", code.clone())));
    out.entity(&answer.body, &fields)
}
