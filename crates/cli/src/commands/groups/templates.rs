//! Templates of groups, and groups made from them.

use std::{collections::BTreeMap, path::PathBuf};

use clap::{Args, Subcommand};
use wire::{
    common::Page,
    group_templates::{
        GroupTemplate, GroupTemplates, NewGroupTemplate, TemplateGroup, TemplateGroups, UseTemplate,
    },
};

use super::super::{catalogue::values, confirm, customer_id};
use crate::{
    args::Wait,
    client::Client,
    failure::Failure,
    input,
    output::{Columns, Out, instant, note, or_dash},
    wait,
};

/// What can be done with templates of groups.
#[derive(Debug, Subcommand)]
pub enum Templates {
    /// List the templates that hold for a tenant, its own and those from above
    List {
        /// Tenant (code or id); your own when not given
        #[arg(long)]
        tenant: Option<String>,
    },
    /// Say a template at a tenant from a file (TOML or JSON), for itself and all below it
    Set {
        /// Code
        template: String,
        /// The file
        file: PathBuf,
        /// Tenant (code or id); your own when not given
        #[arg(long)]
        tenant: Option<String>,
    },
    /// Take back a template a tenant says itself
    Remove {
        /// Code
        template: String,
        /// Tenant (code or id); your own when not given
        #[arg(long)]
        tenant: Option<String>,
        /// Do not ask
        #[arg(long, short)]
        yes: bool,
    },
    /// Make groups of a customer from a template: one for everything there is among its people
    Use(Use),
}

/// For what groups are made.
#[derive(Debug, Args)]
pub struct Use {
    /// Code
    pub template: String,
    /// Customer (code or id); your own when not given
    #[arg(long)]
    pub customer: Option<String>,
    /// Only for these values, as `department=Sales,office=Berlin`; may be repeated
    #[arg(long = "for", value_name = "NAME=VALUE,…")]
    pub only: Vec<String>,
    /// Only show what would be made
    #[arg(long)]
    pub preview: bool,
    /// Whether to wait.
    #[command(flatten)]
    pub wait: Wait,
}

/// Does it.
pub async fn run(command: &Templates, client: &Client, out: &Out) -> Result<(), Failure> {
    match command {
        Templates::List { tenant } => {
            let tenant = customer_id(client, tenant.as_deref()).await?;
            let answer = client.get(&["tenants", &tenant, "group-templates"], &()).await?;
            let all: GroupTemplates = answer.read()?;
            out.list(&Page { items: values(&all.templates), next: None }, &TEMPLATES)
        }
        Templates::Set { template, file, tenant } => {
            let body: NewGroupTemplate = input::open(file)?.parse()?;
            let tenant = customer_id(client, tenant.as_deref()).await?;
            let answer = client.put_body(&["tenants", &tenant, "group-templates", template], &body).await?;
            out.entity(&answer.body, &fields(&answer.read()?))
        }
        Templates::Remove { template, tenant, yes } => {
            confirm(&format!("Take back the template {template}? Groups made from it stay."), *yes)?;
            let tenant = customer_id(client, tenant.as_deref()).await?;
            client.delete(&["tenants", &tenant, "group-templates", template], &(), None).await?;
            note(&format!("{template} is taken back"));
            Ok(())
        }
        Templates::Use(command) => make(client, out, command).await,
    }
}

async fn make(client: &Client, out: &Out, command: &Use) -> Result<(), Failure> {
    let values_given = command.only.iter().map(|text| pairs(text)).collect();
    let body = UseTemplate { values: values_given, preview: command.preview };
    let customer = customer_id(client, command.customer.as_deref()).await?;
    let path = ["customers", &customer, "group-templates", &command.template, "groups"];
    let answer = client.post(&path, Some(&body)).await?;
    let made: TemplateGroups = answer.read()?;
    out.list(&Page { items: values(&made.groups), next: None }, &GROUPS)?;
    match &made.request {
        Some(request) if command.wait.wait => wait::until_final(client, request, command.wait.timeout).await,
        Some(request) => {
            note(&format!("on its way with the request {request}"));
            Ok(())
        }
        None => Ok(()),
    }
}

/// `department=Sales,office=Berlin`; what has no sign is named by the server.
fn pairs(text: &str) -> BTreeMap<String, String> {
    let pair = |part: &str| {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        (name.trim().to_owned(), value.trim().to_owned())
    };
    text.split(',').map(pair).collect()
}

const TEMPLATES: Columns<'static, GroupTemplate> = Columns {
    titles: &["code", "name", "kind", "mail", "owners", "said by"],
    row: |t| {
        let by = if t.own { "the tenant" } else { "a seller above" };
        let (kind, owners) = (t.kind.code().to_owned(), t.owners.code().to_owned());
        vec![t.code.clone(), t.name.clone(), kind, or_dash(t.mail.as_deref()), owners, by.to_owned()]
    },
};

const GROUPS: Columns<'static, TemplateGroup> = Columns {
    titles: &["id", "name", "mail", "people", "owners", "in", "until", "what"],
    row: |g| {
        vec![
            or_dash(g.id.as_deref()),
            g.name.clone(),
            or_dash(g.mail.as_deref()),
            g.people.to_string(),
            g.owners.len().to_string(),
            or_dash(Some(g.member_of.join(", ").as_str()).filter(|all| !all.is_empty())),
            g.until.as_deref().map_or_else(|| "-".to_owned(), instant),
            if g.exists { "is there" } else { "new" }.to_owned(),
        ]
    },
};

fn fields(t: &GroupTemplate) -> Vec<(&'static str, String)> {
    vec![
        ("code", t.code.clone()),
        ("name", t.name.clone()),
        ("kind", t.kind.code().to_owned()),
        ("description", or_dash(t.description.as_deref())),
        ("mail", or_dash(t.mail.as_deref())),
        ("owners", t.owners.code().to_owned()),
        ("put into", or_dash(Some(t.member_of.join(", ").as_str()).filter(|all| !all.is_empty()))),
        ("people are put in", if t.people { "yes" } else { "no" }.to_owned()),
        ("for days", t.days.map_or_else(|| "-".to_owned(), |days| days.to_string())),
    ]
}
