//! Resellers.

use clap::{Args, Subcommand};
use wire::tenants::NewReseller;

use super::{
    customers::{self, COLUMNS, List},
    tenant_fields, tenant_id,
};
use crate::{args::Wait, client::Client, failure::Failure, output::Out, wait};

/// What can be done with resellers.
#[derive(Debug, Subcommand)]
pub enum Resellers {
    /// List resellers
    List(List),
    /// Show a reseller
    Show {
        /// Code or id
        reseller: String,
    },
    /// Create a reseller
    Create(Create),
    /// Change name, language or time zone
    Update(customers::Update),
    /// Make a reseller read-only
    Suspend {
        /// Code or id
        reseller: String,
    },
    /// Serve a suspended reseller again
    Resume {
        /// Code or id
        reseller: String,
    },
}

/// A reseller to be created.
#[derive(Debug, Args)]
pub struct Create {
    /// Immutable short name: 2 to 12 lower-case letters, digits and inner hyphens
    pub code: String,
    /// Display name
    #[arg(long)]
    pub name: String,
    /// Below which tenant (code or id); your own when not given
    #[arg(long, value_name = "TENANT")]
    pub parent: Option<String>,
    /// Brand its customers see; the parent's when not given
    #[arg(long)]
    pub brand: Option<String>,
    /// Language, as da; the parent's when not given
    #[arg(long)]
    pub language: Option<String>,
    /// Time zone, as Europe/Copenhagen; the parent's when not given
    #[arg(long)]
    pub time_zone: Option<String>,
    /// Currency, as DKK; the parent's when not given
    #[arg(long)]
    pub currency: Option<String>,
    /// Whether it is billed
    #[arg(long, value_parser = ["standard", "test", "demo"])]
    pub standing: Option<String>,
    /// Whether to wait.
    #[command(flatten)]
    pub wait: Wait,
}

/// Does it.
pub async fn run(command: &Resellers, client: &Client, out: &Out) -> Result<(), Failure> {
    match command {
        Resellers::List(list) => {
            let query = customers::query(list, Some("reseller"));
            let page = client.list(&["tenants"], &query, &list.listing).await?;
            out.list(&page, &COLUMNS)
        }
        Resellers::Show { reseller } => {
            let id = tenant_id(client, reseller).await?;
            let answer = client.get(&["tenants", &id], &()).await?;
            out.entity(&answer.body, &tenant_fields(&answer.read()?))
        }
        Resellers::Create(create) => {
            let body = NewReseller {
                parent: create.parent.clone(),
                code: create.code.clone(),
                name: create.name.clone(),
                brand: create.brand.clone(),
                language: create.language.clone(),
                time_zone: create.time_zone.clone(),
                currency: create.currency.clone(),
                standing: create.standing.clone(),
            };
            let answer = client.post(&["resellers"], Some(&body)).await?;
            out.entity(&answer.body, &tenant_fields(&answer.read()?))?;
            wait::if_asked(client, create.wait, &answer.body).await
        }
        Resellers::Update(update) => customers::update(client, out, update).await,
        Resellers::Suspend { reseller } => customers::switch(client, out, reseller, "suspend").await,
        Resellers::Resume { reseller } => customers::switch(client, out, reseller, "resume").await,
    }
}
