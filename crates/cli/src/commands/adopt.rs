//! Taking over what is in a directory, and what other panels exported.

use std::{collections::BTreeMap, path::PathBuf, time::Duration};

use clap::{Args, Subcommand};
use data_encoding::BASE64;
use tokio::time::{Instant, sleep};
use wire::{
    adoption::{
        AdoptedCustomer, Adoption, AdoptionItem, AdoptionItemQuery, AdoptionRequest, Difference, Leftover,
        Migration, MigrationRequest, RunAdoption, Survey, SurveyObject, SurveyObjectQuery, SurveyRequest,
        SurveyState,
    },
    common::PageQuery,
};

use super::confirm;
use crate::{
    args::{Listing, Wait},
    client::{Answer, Client},
    failure::Failure,
    input,
    output::{Columns, Out, instant, note, or_dash},
    wait,
};

/// What can be done.
#[derive(Debug, Subcommand)]
pub enum Adopt {
    /// Look at everything in a directory, or in one container of it
    Survey(AskForSurvey),
    /// List surveys of a directory
    Surveys {
        /// Code of the directory
        directory: String,
        /// How many
        #[command(flatten)]
        listing: Listing,
    },
    /// List what a survey saw
    Objects(Objects),
    /// Show what would become of a container and all in it
    Preview(Box<Preview>),
    /// List adoptions
    List {
        /// How many
        #[command(flatten)]
        listing: Listing,
    },
    /// Show an adoption, and what becomes of each object
    Show(Show),
    /// Take over what a preview showed
    Run(Run),
}

/// What to look at.
#[derive(Debug, Args)]
pub struct AskForSurvey {
    /// Code of the directory
    pub directory: String,
    /// Only this container and all in it (address)
    #[arg(long, value_name = "DN")]
    pub base: Option<String>,
    /// Whether to wait.
    #[command(flatten)]
    pub wait: Wait,
}

/// Which objects.
#[derive(Debug, Args)]
pub struct Objects {
    /// Id of the survey
    pub survey: String,
    /// Only these
    #[arg(long, value_parser = ["container", "group", "user"])]
    pub kind: Option<String>,
    /// Only what lies directly in this container (address)
    #[arg(long, value_name = "DN")]
    pub parent: Option<String>,
    /// How many
    #[command(flatten)]
    pub listing: Listing,
}

/// What is to be taken over, and as what.
#[derive(Debug, Args)]
pub struct Preview {
    /// Id of the survey
    pub survey: String,
    /// Address of the container
    #[arg(long, value_name = "DN")]
    pub container: String,
    /// Customer that exists (code or id); otherwise one is made
    #[arg(long, conflicts_with_all = ["code", "name", "seller", "billing_id"])]
    pub into: Option<String>,
    /// By what its people and groups find their accounts, in this order
    #[arg(long = "match", value_delimiter = ',', value_name = "RULE", requires = "into",
        value_parser = ["marker", "principal_name", "employee_id", "external_id", "mail", "logon_name", "name"])]
    pub rules: Vec<String>,
    /// Whose values hold for those who do
    #[arg(long, requires = "into", value_parser = ["directory", "portal"])]
    pub wins: Option<String>,
    /// Short name of the customer that is made
    #[arg(long, required_unless_present = "into")]
    pub code: Option<String>,
    /// Display name of the customer that is made
    #[arg(long, required_unless_present = "into")]
    pub name: Option<String>,
    /// Seller (code or id); whose the directory is when not given
    #[arg(long)]
    pub seller: Option<String>,
    /// Id in the invoicing system
    #[arg(long)]
    pub billing_id: Option<String>,
    /// Domain of principal names; those found when not given
    #[arg(long = "suffix", value_name = "DOMAIN")]
    pub suffixes: Vec<String>,
    /// Group that stands for a plan
    #[arg(long = "plan", value_name = "GROUP=PLAN", value_parser = pair)]
    pub plans: Vec<(String, String)>,
}

/// Which adoption.
#[derive(Debug, Args)]
pub struct Show {
    /// Id of the adoption
    pub adoption: String,
    /// List only objects with this fate
    #[arg(long, value_parser = ["create", "match", "conflict", "skip"])]
    pub fate: Option<String>,
    /// How many
    #[command(flatten)]
    pub listing: Listing,
}

/// What to carry out.
#[derive(Debug, Args)]
pub struct Run {
    /// Id of the adoption
    pub adoption: String,
    /// Take over the rest although some objects cannot be
    #[arg(long)]
    pub leave_conflicts: bool,
    /// Do not ask
    #[arg(long)]
    pub yes: bool,
    /// Whether to wait.
    #[command(flatten)]
    pub wait: Wait,
}

/// From which panel.
#[derive(Debug, Subcommand)]
pub enum MigrateFrom {
    /// Atria, or CPSM before it
    Atria(Box<Export>),
}

/// The files of an export.
#[derive(Debug, Args)]
pub struct Export {
    /// Id of the survey the rows are brought together with
    pub survey: String,
    /// CSV of customers: code, name, billing id, parent, location
    #[arg(long, value_name = "FILE")]
    pub customers: PathBuf,
    /// CSV of people: customer, UPN or user name, mail, employee id, external id
    #[arg(long, value_name = "FILE")]
    pub users: PathBuf,
    /// CSV of services: customer, user, service, plan
    #[arg(long, value_name = "FILE")]
    pub services: Option<PathBuf>,
    /// Our plan for a service of the export
    #[arg(long = "plan", value_name = "SERVICE/PLAN=PLAN", value_parser = pair)]
    pub plans: Vec<(String, String)>,
    /// Our seller for a parent of the export
    #[arg(long = "seller", value_name = "PARENT=SELLER", value_parser = pair)]
    pub sellers: Vec<(String, String)>,
    /// By what rows and accounts are the same, in this order
    #[arg(long = "match", value_delimiter = ',', value_name = "RULE",
        value_parser = ["marker", "principal_name", "employee_id", "external_id", "mail", "logon_name", "name"])]
    pub rules: Vec<String>,
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (left, right) = text.rsplit_once('=').ok_or("expected is NAME=PLAN")?;
    Ok((left.trim().to_owned(), right.trim().to_owned()))
}

/// Does it.
pub async fn run(command: &Adopt, client: &Client, out: &Out) -> Result<(), Failure> {
    match command {
        Adopt::Survey(command) => survey(client, out, command).await,
        Adopt::Surveys { directory, listing } => {
            let page =
                client.list(&["directories", directory, "surveys"], &PageQuery::default(), listing).await?;
            out.list(&page, &SURVEYS)
        }
        Adopt::Objects(command) => {
            let query = SurveyObjectQuery {
                kind: command.kind.clone(),
                parent: command.parent.clone(),
                ..SurveyObjectQuery::default()
            };
            let page =
                client.list(&["surveys", &command.survey, "objects"], &query, &command.listing).await?;
            out.list(&page, &OBJECTS)
        }
        Adopt::Preview(command) => preview(client, out, command).await,
        Adopt::List { listing } => {
            let page = client.list(&["adoptions"], &PageQuery::default(), listing).await?;
            out.list(&page, &ADOPTIONS)
        }
        Adopt::Show(command) => show(client, out, command).await,
        Adopt::Run(command) => carry_out(client, out, command).await,
    }
}

async fn survey(client: &Client, out: &Out, command: &AskForSurvey) -> Result<(), Failure> {
    let body = SurveyRequest { base: command.base.clone() };
    let mut answer = client.post(&["directories", &command.directory, "surveys"], Some(&body)).await?;
    let deadline = Instant::now() + Duration::from_secs(command.wait.timeout);
    loop {
        let survey: Survey = answer.read()?;
        let ended = matches!(survey.state, SurveyState::Done | SurveyState::Failed);
        if ended || !command.wait.wait || Instant::now() >= deadline {
            return out.entity(&answer.body, &survey_fields(&survey));
        }
        sleep(Duration::from_secs(1)).await;
        answer = client.get(&["surveys", &survey.id], &()).await?;
    }
}

async fn preview(client: &Client, out: &Out, command: &Preview) -> Result<(), Failure> {
    let body = AdoptionRequest {
        container: command.container.clone(),
        customer: AdoptedCustomer {
            code: command.code.clone().unwrap_or_default(),
            name: command.name.clone().unwrap_or_default(),
            seller: command.seller.clone(),
            billing_id: command.billing_id.clone(),
            ..AdoptedCustomer::default()
        },
        suffixes: command.suffixes.clone(),
        plans: command.plans.iter().cloned().collect(),
        into: command.into.clone(),
        rules: command.rules.clone(),
        wins: command.wins.clone(),
    };
    let answer = client.post(&["surveys", &command.survey, "adoptions"], Some(&body)).await?;
    tell(out, &answer)
}

async fn show(client: &Client, out: &Out, command: &Show) -> Result<(), Failure> {
    if command.fate.is_none() {
        return tell(out, &client.get(&["adoptions", &command.adoption], &()).await?);
    }
    let query = AdoptionItemQuery { fate: command.fate.clone(), ..AdoptionItemQuery::default() };
    let page = client.list(&["adoptions", &command.adoption, "items"], &query, &command.listing).await?;
    out.list(&page, &ITEMS)
}

async fn carry_out(client: &Client, out: &Out, command: &Run) -> Result<(), Failure> {
    confirm("Take over what the preview showed?", command.yes)?;
    let body = RunAdoption { leave_conflicts: command.leave_conflicts };
    let answer = client.post(&["adoptions", &command.adoption, "run"], Some(&body)).await?;
    let adoption: Adoption = answer.read()?;
    tell(out, &answer)?;
    match adoption.request.filter(|_| command.wait.wait) {
        Some(request) => wait::until_final(client, &request, command.wait.timeout).await,
        None => Ok(()),
    }
}

/// Shows the adoptions of an export, and what fits nothing.
pub async fn migrate(command: &MigrateFrom, client: &Client, out: &Out) -> Result<(), Failure> {
    let MigrateFrom::Atria(export) = command;
    let file = |path: &PathBuf| Ok::<_, Failure>(BASE64.encode(&input::bytes(path)?));
    let map = |pairs: &[(String, String)]| pairs.iter().cloned().collect::<BTreeMap<_, _>>();
    let body = MigrationRequest {
        format: "atria".to_owned(),
        customers: file(&export.customers)?,
        users: file(&export.users)?,
        services: export.services.as_ref().map(file).transpose()?.unwrap_or_default(),
        plans: map(&export.plans),
        sellers: map(&export.sellers),
        rules: export.rules.clone(),
    };
    let answer = client.post(&["surveys", &export.survey, "migrations"], Some(&body)).await?;
    let migration: Migration = answer.read()?;
    let adoptions = ("adoptions".to_owned(), migration.adoptions.len().to_string());
    let each = migration.adoptions.iter().map(|a| (format!("adoption of {}", a.code), a.adoption.clone()));
    let rest = migration.leftovers.iter().map(|l| (place(l), leftover(l)));
    let fields: Vec<_> = std::iter::once(adoptions).chain(each).chain(rest).collect();
    let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
    note("nothing was changed; look at each with tenantry adopt show, then tenantry adopt run");
    out.entity(&answer.body, &fields)
}

fn place(of: &Leftover) -> String {
    match (&of.file, of.row) {
        (Some(file), Some(row)) => format!("{file}, row {row}"),
        _ => "object".to_owned(),
    }
}

fn leftover(of: &Leftover) -> String {
    let what = match of.reason.as_str() {
        "no_object" => "nothing in the directory fits it",
        "no_row" => "nothing in the export fits it",
        "several_candidates" => "more than one fits",
        "differs" => "is here already and stays as it is, though the export says otherwise",
        _ => "cannot be taken over",
    };
    let errors = of.errors.iter().map(|e| format!("\n{}: {}", e.field, e.message));
    format!("{}: {what}{}", of.name, errors.collect::<String>())
}

fn tell(out: &Out, answer: &Answer) -> Result<(), Failure> {
    let a: Adoption = answer.read()?;
    let counts = &a.counts;
    let mut fields = vec![
        ("id", a.id.clone()),
        ("state", a.state.to_string()),
        ("container", a.container.clone()),
        ("customer", format!("{} ({})", a.name, a.code)),
        (
            "taken over",
            format!("{} containers, {} groups, {} people", counts.containers, counts.groups, counts.users),
        ),
        ("get what is theirs", counts.linked.to_string()),
        ("plans", counts.subscriptions.to_string()),
        ("accounts services change", counts.by_services.to_string()),
        ("conflicts", counts.conflicts.to_string()),
        ("left as it is", counts.skipped.to_string()),
        ("changes", a.changes.join("\n")),
    ];
    fields.extend(a.customer.iter().map(|id| ("customer id", id.clone())));
    fields.extend(a.request.iter().map(|id| ("request", id.clone())));
    fields.extend(a.release_request.iter().map(|id| ("taken back by", id.clone())));
    if counts.conflicts > 0 {
        note(&format!("see tenantry adopt show {} --fate conflict", a.id));
    }
    out.entity(&answer.body, &fields)
}

fn survey_fields(of: &Survey) -> Vec<(&'static str, String)> {
    let mut fields = vec![
        ("id", of.id.clone()),
        ("directory", of.directory.clone()),
        ("container", or_dash(of.base.as_deref())),
        ("state", of.state.to_string()),
        ("seen", of.seen.to_string()),
        ("forgotten", instant(&of.expires_at)),
    ];
    fields.extend(of.problem.iter().map(|p| ("problem", format!("{}\n{}", p.what, p.cure))));
    fields
}

const SURVEYS: Columns<'static, Survey> = Columns {
    titles: &["id", "container", "state", "seen", "asked", "forgotten"],
    row: |s| {
        let base = or_dash(s.base.as_deref());
        let (asked, forgotten) = (instant(&s.created_at), instant(&s.expires_at));
        vec![s.id.clone(), base, s.state.to_string(), s.seen.to_string(), asked, forgotten]
    },
};

const OBJECTS: Columns<'static, SurveyObject> = Columns {
    titles: &["kind", "name", "address", "ours", "groups"],
    row: |o| {
        let ours = super::yes_no(o.ours);
        vec![o.kind.clone(), o.name.clone(), o.dn.clone(), ours, o.groups.to_string()]
    },
};

const ADOPTIONS: Columns<'static, Adoption> = Columns {
    titles: &["id", "customer", "container", "state", "people", "conflicts", "previewed"],
    row: |a| {
        let (users, conflicts) = (a.counts.users.to_string(), a.counts.conflicts.to_string());
        let (state, at) = (a.state.to_string(), instant(&a.created_at));
        vec![a.id.clone(), a.code.clone(), a.container.clone(), state, users, conflicts, at]
    },
};

const ITEMS: Columns<'static, AdoptionItem> = Columns {
    titles: &["kind", "name", "fate", "why", "what to do"],
    row: |i| {
        let side = |value: &Option<String>| or_dash(value.as_deref());
        let differs = |d: &Difference| {
            format!("{}: directory {}, portal {}", d.field, side(&d.directory), side(&d.portal))
        };
        let linked =
            i.subject.as_ref().map(|id| format!("{id} by {}", i.rule.as_deref().unwrap_or_default()));
        let differences = i.differences.iter().map(differs).collect::<Vec<_>>().join("\n");
        let differences = Some(differences).filter(|text| !text.is_empty());
        let what = or_dash(i.what.as_deref().or(linked.as_deref()));
        let cure = or_dash(i.cure.as_deref().or(differences.as_deref()));
        vec![i.kind.clone(), i.name.clone(), i.fate.to_string(), what, cure]
    },
};
