//! Custom fields: what a tenant asks of its people besides what the product knows.

use clap::{Args, Subcommand};
use wire::fields::{Field, FieldRules, FieldUpdate, Fields as All, NewField};

use super::{customer_id, yes_no};
use crate::{
    client::Client,
    failure::Failure,
    output::{Out, or_dash},
};

/// What can be done with custom fields.
#[derive(Debug, Subcommand)]
pub enum Fields {
    /// List the fields that hold for the people of a tenant
    List(Where),
    /// Show a field
    Show {
        /// Key of the field
        key: String,
        /// Whose
        #[command(flatten)]
        at: Where,
    },
    /// Define a field for the people of a tenant and of all below it
    Define(Box<Define>),
    /// Change a field where it was defined
    Set(Box<Set>),
    /// Ask for it no more; values stay
    Retire {
        /// Key of the field
        key: String,
        /// Whose
        #[command(flatten)]
        at: Where,
    },
    /// Ask for it again
    Restore {
        /// Key of the field
        key: String,
        /// Whose
        #[command(flatten)]
        at: Where,
    },
}

/// A tenant.
#[derive(Debug, Args)]
pub struct Where {
    /// Tenant (code or id); your own when not given
    #[arg(long)]
    pub tenant: Option<String>,
}

/// What values have to satisfy.
#[derive(Debug, Args)]
pub struct Rules {
    /// Characters at least (text)
    #[arg(long, value_name = "N")]
    pub min_chars: Option<u32>,
    /// Characters at most (text)
    #[arg(long, value_name = "N")]
    pub max_chars: Option<u32>,
    /// Regular expression for the whole value (text)
    #[arg(long)]
    pub pattern: Option<String>,
    /// Least value (number, date)
    #[arg(long, allow_hyphen_values = true)]
    pub min: Option<String>,
    /// Greatest value (number, date)
    #[arg(long, allow_hyphen_values = true)]
    pub max: Option<String>,
    /// One of the values to choose from (choice); given once for each
    #[arg(long)]
    pub choice: Vec<String>,
}

/// A field to define.
#[derive(Debug, Args)]
pub struct Define {
    /// Short name: small letters, digits and _; never changes
    pub key: String,
    /// Name as shown
    #[arg(long)]
    pub label: String,
    /// What it holds; never changes
    #[arg(long, default_value = "text", value_parser = ["text", "number", "date", "choice", "yes_no"])]
    pub kind: String,
    /// People need a value: asked when they are created and when it changes
    #[arg(long)]
    pub required: bool,
    /// What people may do with their own
    #[arg(long, default_value = "hidden", value_parser = ["hidden", "sees", "edits"])]
    pub person: String,
    /// A person who is created like another gets the other's value
    #[arg(long)]
    pub copied: bool,
    /// Attribute of the directory that shows it, as `room_number`; never changes
    #[arg(long)]
    pub attribute: Option<String>,
    /// What values have to satisfy.
    #[command(flatten)]
    pub rules: Rules,
    /// Whose
    #[command(flatten)]
    pub at: Where,
}

/// Changes of a field.
#[derive(Debug, Args)]
pub struct Set {
    /// Key of the field
    pub key: String,
    /// Name as shown
    #[arg(long)]
    pub label: Option<String>,
    /// Whether people need a value
    #[arg(long)]
    pub required: Option<bool>,
    /// What people may do with their own
    #[arg(long, value_parser = ["hidden", "sees", "edits"])]
    pub person: Option<String>,
    /// Whether it is copied
    #[arg(long)]
    pub copied: Option<bool>,
    /// All rules anew, when any is given.
    #[command(flatten)]
    pub rules: Rules,
    /// Whose
    #[command(flatten)]
    pub at: Where,
}

/// Does it.
pub async fn run(command: &Fields, client: &Client, out: &Out) -> Result<(), Failure> {
    match command {
        Fields::List(at) => list(client, out, at).await,
        Fields::Show { key, at } => {
            let tenant = customer_id(client, at.tenant.as_deref()).await?;
            let answer = client.get(&["tenants", &tenant, "fields", key], &()).await?;
            out.entity(&answer.body, &lines(&answer.read()?))
        }
        Fields::Define(command) => define(client, out, command).await,
        Fields::Set(command) => {
            let update = FieldUpdate {
                label: command.label.clone(),
                required: command.required,
                person: command.person.clone(),
                copied: command.copied,
                rules: Some(rules(&command.rules)).filter(|rules| *rules != FieldRules::default()),
                retired: None,
            };
            change(client, out, &command.at, &command.key, &update).await
        }
        Fields::Retire { key, at } => retire(client, out, at, key, true).await,
        Fields::Restore { key, at } => retire(client, out, at, key, false).await,
    }
}

async fn list(client: &Client, out: &Out, at: &Where) -> Result<(), Failure> {
    let tenant = customer_id(client, at.tenant.as_deref()).await?;
    let answer = client.get(&["tenants", &tenant, "fields"], &()).await?;
    let all: All = answer.read()?;
    out.entity(&answer.body, &[("fields", all.fields.len().to_string())])?;
    let titles = ["key", "label", "kind", "required", "person", "copied", "attribute", "defined", "retired"];
    let rows: Vec<_> = all
        .fields
        .iter()
        .map(|field| {
            vec![
                field.key.clone(),
                field.label.clone(),
                field.kind.to_string(),
                yes_no(field.required),
                field.person.to_string(),
                yes_no(field.copied),
                or_dash(field.attribute.map(wire::fields::FieldAttribute::code)),
                if field.inherited { "above" } else { "here" }.to_owned(),
                yes_no(field.retired_at.is_some()),
            ]
        })
        .collect();
    out.table(&titles, &rows)
}

async fn define(client: &Client, out: &Out, command: &Define) -> Result<(), Failure> {
    let tenant = customer_id(client, command.at.tenant.as_deref()).await?;
    let body = NewField {
        key: command.key.clone(),
        label: command.label.clone(),
        kind: command.kind.clone(),
        required: command.required,
        person: Some(command.person.clone()),
        copied: command.copied,
        attribute: command.attribute.clone(),
        rules: rules(&command.rules),
    };
    let answer = client.post(&["tenants", &tenant, "fields"], Some(&body)).await?;
    out.entity(&answer.body, &lines(&answer.read()?))
}

async fn retire(client: &Client, out: &Out, at: &Where, key: &str, retired: bool) -> Result<(), Failure> {
    let update = FieldUpdate { retired: Some(retired), ..FieldUpdate::default() };
    change(client, out, at, key, &update).await
}

async fn change(
    client: &Client,
    out: &Out,
    at: &Where,
    key: &str,
    update: &FieldUpdate,
) -> Result<(), Failure> {
    let tenant = customer_id(client, at.tenant.as_deref()).await?;
    let path = ["tenants", &tenant, "fields", key];
    let etag = client.get(&path, &()).await?.etag;
    let answer = client.patch(&path, etag.as_deref(), update).await?;
    out.entity(&answer.body, &lines(&answer.read()?))
}

fn rules(given: &Rules) -> FieldRules {
    FieldRules {
        min_chars: given.min_chars,
        max_chars: given.max_chars,
        pattern: given.pattern.clone(),
        min: given.min.clone(),
        max: given.max.clone(),
        choices: given.choice.clone(),
    }
}

fn lines(field: &Field) -> Vec<(&'static str, String)> {
    let number = |of: Option<u32>| of.map(|n| n.to_string());
    let rules = &field.rules;
    let choices = Some(rules.choices.join(", ")).filter(|choices| !choices.is_empty());
    let mut all = vec![
        ("key", field.key.clone()),
        ("label", field.label.clone()),
        ("kind", field.kind.to_string()),
        ("required", yes_no(field.required)),
        ("person", field.person.to_string()),
        ("copied", yes_no(field.copied)),
        ("attribute", or_dash(field.attribute.map(wire::fields::FieldAttribute::code))),
    ];
    let optional = [
        ("characters at least", number(rules.min_chars)),
        ("characters at most", number(rules.max_chars)),
        ("pattern", rules.pattern.clone()),
        ("least", rules.min.clone()),
        ("greatest", rules.max.clone()),
        ("choices", choices),
        ("retired", field.retired_at.as_deref().map(crate::output::instant)),
    ];
    all.extend(optional.into_iter().filter_map(|(name, value)| Some((name, value?))));
    all.push(("defined", if field.inherited { "above" } else { "here" }.to_owned()));
    all
}
