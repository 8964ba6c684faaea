//! Hooks: what is told or asked elsewhere before and after subscriptions change.

use clap::{Args, Subcommand};
use wire::{
    hooks::{Hook, HookQuery, HookTest, HookUpdate, HookWithSecret, NewHook, RotateSecret},
    requests::{Item, ItemQuery},
};

use super::{EVERYTHING, confirm};
use crate::{
    args::Wait,
    client::Client,
    failure::Failure,
    output::{Columns, Out, instant, note, or_dash},
    wait,
};

/// What can be done with hooks.
#[derive(Debug, Subcommand)]
pub enum Hooks {
    /// List hooks
    List {
        /// Only those of this service (code)
        #[arg(long)]
        service: Option<String>,
    },
    /// Show a hook and how it is doing
    Show {
        /// Id of the hook
        hook: String,
    },
    /// Make a hook; the secret of a webhook is shown once
    Add(Add),
    /// Change where a hook leads, or its limits
    Set(Set),
    /// Call a hook once; with --wait the answer is shown
    Test {
        /// Id of the hook
        hook: String,
        /// Whether to wait.
        #[command(flatten)]
        wait: Wait,
    },
    /// Give a webhook a new secret; it is shown once
    Rotate {
        /// Id of the hook
        hook: String,
        /// Hours for which the present secret signs, too
        #[arg(long, default_value_t = 24, value_name = "HOURS")]
        old_valid_hours: i64,
    },
    /// Remove a hook: what waits for it goes on
    Remove {
        /// Id of the hook
        hook: String,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
}

/// A hook to make.
#[derive(Debug, Args)]
pub struct Add {
    /// Its name
    pub name: String,
    /// Code of the service; without it, requests that end with problems are told
    #[arg(long)]
    pub service: Option<String>,
    /// Before or after the directory is changed
    #[arg(long, value_parser = ["before", "after"])]
    pub moment: String,
    /// What it is called about
    #[arg(long, value_delimiter = ',', required = true, value_name = "OCCASION", value_parser = ["assign", "remove", "change", "request_failed"])]
    pub on: Vec<String>,
    /// Before a change: attributes of people that wait for it, separated by commas; all of the service when not given
    #[arg(long, value_delimiter = ',', value_name = "ATTRIBUTE")]
    pub attributes: Vec<String>,
    /// Where it leads.
    #[command(flatten)]
    pub destination: Destination,
    /// How long and how often.
    #[command(flatten)]
    pub bounds: Bounds,
}

/// Where a hook leads.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct Destination {
    /// Address of a webhook
    #[arg(long)]
    pub url: Option<String>,
    /// Name of a command of the server's configuration
    #[arg(long)]
    pub command: Option<String>,
}

/// How long and how often.
#[derive(Debug, Args)]
pub struct Bounds {
    /// Seconds one call may take; 10 for a new hook
    #[arg(long, value_name = "SECONDS")]
    pub time_limit: Option<i32>,
    /// How often it is tried before a person has to act; 8 for a new hook
    #[arg(long, value_name = "N")]
    pub tries: Option<i32>,
}

/// What to change of a hook.
#[derive(Debug, Args)]
pub struct Set {
    /// Id of the hook
    pub hook: String,
    /// Its name
    #[arg(long)]
    pub name: Option<String>,
    /// Address of a webhook
    #[arg(long)]
    pub url: Option<String>,
    /// Name of a command of the server's configuration
    #[arg(long)]
    pub command: Option<String>,
    /// How long and how often.
    #[command(flatten)]
    pub bounds: Bounds,
}

/// Does it.
pub async fn run(command: &Hooks, client: &Client, out: &Out) -> Result<(), Failure> {
    match command {
        Hooks::List { service } => {
            let query = HookQuery { service: service.clone(), ..HookQuery::default() };
            let page = client.list(&["hooks"], &query, &EVERYTHING).await?;
            out.list(&page, &HOOKS)
        }
        Hooks::Show { hook } => {
            let answer = client.get(&["hooks", hook], &()).await?;
            out.entity(&answer.body, &fields(&answer.read()?))
        }
        Hooks::Add(command) => add(client, out, command).await,
        Hooks::Set(command) => set(client, out, command).await,
        Hooks::Test { hook, wait } => test(client, out, hook, *wait).await,
        Hooks::Rotate { hook, old_valid_hours } => {
            let body = RotateSecret { old_valid_hours: Some(*old_valid_hours) };
            let answer = client.post(&["hooks", hook, "secret"], Some(&body)).await?;
            show_secret(out, &answer.body, answer.read()?)
        }
        Hooks::Remove { hook, yes } => {
            confirm("Remove the hook? What waits for it goes on without it.", *yes)?;
            client.delete(&["hooks", hook], &(), None).await?;
            note(&format!("{hook} is removed"));
            Ok(())
        }
    }
}

async fn add(client: &Client, out: &Out, command: &Add) -> Result<(), Failure> {
    let body = NewHook {
        service: command.service.clone(),
        name: command.name.clone(),
        moment: command.moment.clone(),
        occasions: command.on.clone(),
        url: command.destination.url.clone(),
        command: command.destination.command.clone(),
        time_limit_seconds: command.bounds.time_limit,
        tries: command.bounds.tries,
        attributes: command.attributes.clone(),
    };
    let answer = client.post(&["hooks"], Some(&body)).await?;
    show_secret(out, &answer.body, answer.read()?)
}

fn show_secret(out: &Out, body: &serde_json::Value, made: HookWithSecret) -> Result<(), Failure> {
    let mut all = fields(&made.hook);
    let Some(secret) = made.secret else { return out.entity(body, &all) };
    all.push(("secret", secret));
    out.entity(body, &all)?;
    note("the secret is shown only now: give it to the receiver");
    Ok(())
}

async fn set(client: &Client, out: &Out, command: &Set) -> Result<(), Failure> {
    let body = HookUpdate {
        name: command.name.clone(),
        url: command.url.clone(),
        command: command.command.clone(),
        time_limit_seconds: command.bounds.time_limit,
        tries: command.bounds.tries,
    };
    let path = ["hooks", command.hook.as_str()];
    let etag = client.get(&path, &()).await?.etag;
    let answer = client.patch(&path, etag.as_deref(), &body).await?;
    out.entity(&answer.body, &fields(&answer.read()?))
}

async fn test(client: &Client, out: &Out, hook: &str, wait: Wait) -> Result<(), Failure> {
    let answer = client.post(&["hooks", hook, "test"], None::<&()>).await?;
    let test: HookTest = answer.read()?;
    out.entity(&answer.body, &[("request", test.request.clone())])?;
    if !wait.wait {
        return Ok(());
    }
    let ended = wait::until_final(client, &test.request, wait.timeout).await;
    let path = ["requests", test.request.as_str(), "items"];
    for item in client.list(&path, &ItemQuery::default(), &EVERYTHING).await?.items {
        if let Some(said) = serde_json::from_value::<Item>(item).ok().and_then(|item| item.answer) {
            note(&format!("the answer: {said}"));
        }
    }
    ended
}

const HOOKS: Columns<'static, Hook> = Columns {
    titles: &["id", "service", "name", "moment", "on", "leads to", "waiting", "failed", "health"],
    row: |h| {
        vec![
            h.id.clone(),
            or_dash(h.service.as_deref()),
            h.name.clone(),
            h.moment.to_string(),
            on(h),
            leads_to(h),
            h.waiting.to_string(),
            h.failed.to_string(),
            health(h),
        ]
    },
};

fn fields(h: &Hook) -> Vec<(&'static str, String)> {
    vec![
        ("id", h.id.clone()),
        ("service", or_dash(h.service.as_deref())),
        ("name", h.name.clone()),
        ("moment", h.moment.to_string()),
        ("on", on(h)),
        ("guards", or_dash(Some(h.attributes.join(", ").as_str()).filter(|a| !a.is_empty()))),
        ("leads to", leads_to(h)),
        ("time limit", format!("{} s", h.time_limit_seconds)),
        ("tries", h.tries.to_string()),
        ("old secret until", h.old_secret_until.as_deref().map_or_else(|| "-".to_owned(), instant)),
        ("waiting", h.waiting.to_string()),
        ("failed", h.failed.to_string()),
        ("health", health(h)),
    ]
}

fn on(h: &Hook) -> String {
    h.occasions.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn leads_to(h: &Hook) -> String {
    match (&h.url, &h.command) {
        (Some(url), _) => url.clone(),
        (None, Some(command)) => format!("command {command}"),
        (None, None) => "-".to_owned(),
    }
}

fn health(h: &Hook) -> String {
    match h.last_error.as_deref() {
        Some(error) => format!("{} unanswered: {error}", h.unanswered),
        None => "good".to_owned(),
    }
}
