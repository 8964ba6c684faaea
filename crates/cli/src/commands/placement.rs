//! Where a seller's customers live.

use clap::Args;
use wire::directories::{Placement as Rules, PlacementUpdate};

use super::tenant_id;
use crate::{
    client::Client,
    failure::Failure,
    output::{Out, or_dash},
};

/// Shows where customers of a seller live; with an option, says so from now on.
#[derive(Debug, Args)]
pub struct Placement {
    /// The provider or a reseller (code or id)
    pub seller: String,
    /// It may use these directories only (codes, separated by commas)
    #[arg(long, value_name = "CODES", value_delimiter = ',', conflicts_with = "all")]
    pub allow: Option<Vec<String>>,
    /// It may use every directory it sees
    #[arg(long)]
    pub all: bool,
    /// Where its customers go when an order does not say
    #[arg(long, value_name = "CODE", conflicts_with = "inherit_default")]
    pub default: Option<String>,
    /// It has no default of its own any more
    #[arg(long)]
    pub inherit_default: bool,
}

/// Does it.
pub async fn run(command: &Placement, client: &Client, out: &Out) -> Result<(), Failure> {
    let id = tenant_id(client, &command.seller).await?;
    let path = ["tenants", &id, "placement"];
    let mut answer = client.get(&path, &()).await?;
    let changes =
        command.allow.is_some() || command.all || command.default.is_some() || command.inherit_default;
    if changes {
        let present: Rules = answer.read()?;
        let listed = present.directories.iter().filter(|d| d.listed).map(|d| d.code.clone()).collect();
        // What is not said stays as it is; a default from above is not the seller's own.
        let own = present.default_of.as_ref().is_some_and(|tenant| tenant.id == id);
        let body = PlacementUpdate {
            directories: match (&command.allow, command.all) {
                (Some(codes), _) => codes.clone(),
                (None, true) => vec![],
                (None, false) => listed,
            },
            default: match (&command.default, command.inherit_default) {
                (Some(code), _) => Some(code.clone()),
                (None, true) => None,
                (None, false) => present.default.filter(|_| own),
            },
        };
        answer = client.put_body(&path, &body).await?;
    }
    let rules: Rules = answer.read()?;
    let fields = [
        ("default", or_dash(rules.default.as_deref())),
        ("default of", or_dash(rules.default_of.as_ref().map(|tenant| tenant.code.as_str()))),
        ("may use", if rules.restricted { "those listed" } else { "all it sees" }.to_owned()),
    ];
    out.entity(&answer.body, &fields)?;
    let yes = |flag: bool| if flag { "yes" } else { "no" }.to_owned();
    let rows: Vec<_> = rules
        .directories
        .iter()
        .map(|d| {
            vec![
                d.code.clone(),
                d.name.clone(),
                yes(d.listed),
                yes(d.allowed),
                or_dash(d.obstacle.as_deref()),
            ]
        })
        .collect();
    out.table(&["directory", "name", "listed", "usable", "because"], &rows)
}
