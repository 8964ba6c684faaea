//! Brands: host names and pictures. Texts and colours are settings.

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};
use data_encoding::BASE64;
use serde_json::Value;
use wire::brands::{Brand, NewHostName, NewPicture};

use super::customer_id;
use crate::{
    client::{Answer, Client},
    failure::Failure,
    input,
    output::{Out, or_dash},
};

/// A picture of a brand.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Picture {
    /// Instead of the name
    Logo,
    /// In the browser's tab
    Icon,
}

impl Picture {
    const fn code(self) -> &'static str {
        match self {
            Self::Logo => "logo",
            Self::Icon => "icon",
        }
    }
}

/// What can be done with brands.
#[derive(Debug, Subcommand)]
pub enum BrandCommand {
    /// Show what the people of a tenant see, and by which host name they come
    Show {
        /// Tenant (code or id); your own when not given
        #[arg(long)]
        tenant: Option<String>,
    },
    /// Give a tenant a host name: its brand is shown there
    AddHost {
        /// The host name, as portal.example.com
        name: String,
        /// Tenant (code or id); your own when not given
        #[arg(long)]
        tenant: Option<String>,
    },
    /// Take a host name from a tenant
    RemoveHost {
        /// The host name
        name: String,
        /// Tenant (code or id); your own when not given
        #[arg(long)]
        tenant: Option<String>,
    },
    /// Set the logo or the icon
    SetPicture {
        /// Which
        picture: Picture,
        /// A PNG file of up to 128 kB
        file: PathBuf,
        /// Tenant (code or id); your own when not given
        #[arg(long)]
        tenant: Option<String>,
    },
    /// Use the logo or the icon of the tenant above again
    ResetPicture {
        /// Which
        picture: Picture,
        /// Tenant (code or id); your own when not given
        #[arg(long)]
        tenant: Option<String>,
    },
}

/// Does it.
pub async fn run(command: &BrandCommand, client: &Client, out: &Out) -> Result<(), Failure> {
    let answer = match command {
        BrandCommand::Show { tenant } => {
            let tenant = customer_id(client, tenant.as_deref()).await?;
            client.get(&["tenants", &tenant, "brand"], &()).await?
        }
        BrandCommand::AddHost { name, tenant } => {
            let tenant = customer_id(client, tenant.as_deref()).await?;
            let body = NewHostName { name: name.clone() };
            client.post(&["tenants", &tenant, "host-names"], Some(&body)).await?
        }
        BrandCommand::RemoveHost { name, tenant } => {
            let tenant = customer_id(client, tenant.as_deref()).await?;
            client.delete(&["tenants", &tenant, "host-names", name], &(), None).await?
        }
        BrandCommand::SetPicture { picture, file, tenant } => {
            let bytes = input::bytes(file)?;
            let tenant = customer_id(client, tenant.as_deref()).await?;
            let body = NewPicture { png: BASE64.encode(&bytes) };
            client.put_body(&["tenants", &tenant, "brand", picture.code()], &body).await?
        }
        BrandCommand::ResetPicture { picture, tenant } => {
            let tenant = customer_id(client, tenant.as_deref()).await?;
            client.delete(&["tenants", &tenant, "brand", picture.code()], &(), None).await?
        }
    };
    shown(out, &answer)
}

fn shown(out: &Out, answer: &Answer) -> Result<(), Failure> {
    let (body, brand): (&Value, Brand) = (&answer.body, answer.read()?);
    let hosts: Vec<_> = brand.host_names.iter().map(|host| host.name.as_str()).collect();
    out.entity(
        body,
        &[
            ("host names", or_dash(Some(&hosts.join(", ")))),
            ("people come by", or_dash(brand.people_at.as_deref())),
        ],
    )?;
    let mut rows: Vec<_> = brand
        .pictures
        .iter()
        .map(|(name, picture)| {
            let from = match &picture.tenant {
                Some(tenant) => format!("{} ({})", picture.from, tenant.code),
                None => picture.from.to_string(),
            };
            vec![name.clone(), or_dash(picture.path.as_deref()), from]
        })
        .collect();
    rows.extend(brand.parts.iter().map(|(name, value)| vec![name.clone(), value.clone(), String::new()]));
    out.table(&["part", "what holds", "from"], &rows)
}
