//! Resellers.

use clap::{Args, Subcommand};
use wire::{
    tenants::{CreatedReseller, NewReseller},
    users::NewUser,
};

use super::{
    customers::{self, COLUMNS, List},
    life, link_fields, placement, tenant_fields, tenant_id,
};
use crate::{
    args::{Listing, Wait},
    client::Client,
    failure::Failure,
    output::Out,
    wait,
};

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
    /// Make a reseller read-only; nobody of it signs in, its accounts are disabled
    Suspend(life::Which),
    /// Serve a suspended reseller again
    Resume(life::Which),
    /// End everything a reseller has; it can be restored for a time
    Close(life::Close),
    /// Restore a closed reseller with the same accounts
    Restore(life::Which),
    /// Move a reseller to another seller, today or with effect from a later day
    Move(life::Move),
    /// List moves to other sellers that are still to come
    Moves(Listing),
    /// Take a planned move of a reseller back
    CancelMove {
        /// Code or id
        reseller: String,
    },
    /// Show or set where a seller's customers live
    Placement(placement::Placement),
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
    /// Login of its first administrator, as boss@north.example
    #[arg(long, value_name = "LOGIN", requires = "admin_name")]
    pub admin_login: Option<String>,
    /// Name of its first administrator, as "Bo Lund"
    #[arg(long, value_name = "NAME", requires = "admin_login")]
    pub admin_name: Option<String>,
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
                administrator: administrator(create),
            };
            let answer = client.post(&["resellers"], Some(&body)).await?;
            let created: CreatedReseller = answer.read()?;
            let mut fields = tenant_fields(&created.tenant);
            if let Some(person) = &created.administrator {
                fields.push(("administrator", format!("{} ({})", person.display_name, person.id)));
                fields.push(("signs in as", person.principal_name.clone()));
            }
            fields.extend(created.activation.iter().flat_map(link_fields));
            out.entity(&answer.body, &fields)?;
            wait::if_asked(client, create.wait, &answer.body).await
        }
        Resellers::Update(update) => customers::update(client, out, update).await,
        Resellers::Suspend(which) => life::switch(client, out, "tenants", which, "suspend").await,
        Resellers::Resume(which) => life::switch(client, out, "tenants", which, "resume").await,
        Resellers::Close(command) => life::close(client, out, "tenants", command).await,
        Resellers::Restore(which) => life::switch(client, out, "tenants", which, "restore").await,
        Resellers::Move(command) => life::transfer(client, out, "tenants", command).await,
        Resellers::Moves(listing) => life::planned(client, out, listing).await,
        Resellers::CancelMove { reseller } => life::cancel(client, reseller).await,
        Resellers::Placement(command) => placement::run(command, client, out).await,
    }
}

fn administrator(create: &Create) -> Option<NewUser> {
    let (login, name) = create.admin_login.clone().zip(create.admin_name.clone())?;
    Some(NewUser { principal_name: Some(login), display_name: Some(name), ..NewUser::default() })
}
