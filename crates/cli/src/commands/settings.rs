//! Settings: what holds for a tenant, where it comes from, and saying something else.

use std::collections::BTreeMap;

use clap::Subcommand;
use serde_json::{Map, Value};
use wire::settings::{SettingValue, TenantSettings};

use super::customer_id;
use crate::{
    client::Client,
    failure::Failure,
    output::{Out, or_dash},
};

/// What can be done with settings.
#[derive(Debug, Subcommand)]
pub enum Settings {
    /// Show what holds, and where it comes from
    Show {
        /// Tenant (code or id); your own when not given
        #[arg(long)]
        tenant: Option<String>,
    },
    /// Say something for a tenant and all below it that say nothing themselves
    Set {
        /// Settings, as language=de; the names are those that `show` lists
        #[arg(required = true, value_name = "NAME=VALUE", value_parser = name_and_value)]
        values: Vec<(String, String)>,
        /// Tenant (code or id); your own when not given
        #[arg(long)]
        tenant: Option<String>,
    },
    /// Say nothing any more, so that what is said above holds
    Reset {
        /// Names of settings
        #[arg(required = true, value_name = "NAME")]
        names: Vec<String>,
        /// Tenant (code or id); your own when not given
        #[arg(long)]
        tenant: Option<String>,
    },
}

/// A name and a value with an equals sign between.
fn name_and_value(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !value.trim().is_empty() => {
            Ok((name.trim().to_owned(), value.trim().to_owned()))
        }
        Some(_) => Err("a value is needed; `tenantry settings reset` takes one away".to_owned()),
        None => Err("write NAME=VALUE, as language=de".to_owned()),
    }
}

/// Does it.
pub async fn run(command: &Settings, client: &Client, out: &Out) -> Result<(), Failure> {
    match command {
        Settings::Show { tenant } => {
            let tenant = customer_id(client, tenant.as_deref()).await?;
            let answer = client.get(&["tenants", &tenant, "settings"], &()).await?;
            shown(out, &answer.body, &answer.read()?)
        }
        Settings::Set { values, tenant } => {
            let body = values.iter().map(|(name, value)| (name.clone(), Value::from(value.clone())));
            change(client, out, tenant.as_deref(), &body.collect()).await
        }
        Settings::Reset { names, tenant } => {
            let body = names.iter().map(|name| (name.clone(), Value::Null));
            change(client, out, tenant.as_deref(), &body.collect()).await
        }
    }
}

async fn change(
    client: &Client,
    out: &Out,
    tenant: Option<&str>,
    body: &Map<String, Value>,
) -> Result<(), Failure> {
    let tenant = customer_id(client, tenant).await?;
    let path = ["tenants", &tenant, "settings"];
    let etag = client.get(&path, &()).await?.etag;
    let answer = client.patch(&path, etag.as_deref(), body).await?;
    shown(out, &answer.body, &answer.read()?)
}

fn shown(out: &Out, body: &Value, settings: &TenantSettings) -> Result<(), Failure> {
    out.entity(body, &[("version of the tenant", settings.version.to_string())])?;
    let rows = |prefix: &str, of: &BTreeMap<String, SettingValue>| {
        let row = |(name, value): (&String, &SettingValue)| {
            let from = match &value.tenant {
                Some(tenant) => format!("{} ({})", value.from, tenant.code),
                None => value.from.to_string(),
            };
            vec![format!("{prefix}{name}"), or_dash(value.value.as_deref()), from]
        };
        of.iter().map(row).collect::<Vec<_>>()
    };
    let mut all = rows("", &settings.settings);
    all.extend(rows("password: ", &settings.password_rules));
    out.table(&["setting", "value", "from"], &all)
}
