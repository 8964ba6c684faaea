//! Files of people, acts on lists, and the way back.

mod columns;
mod series;

use std::{
    fmt::Write as _,
    path::PathBuf,
    time::{Duration, Instant},
};

use clap::{Args, Subcommand, ValueEnum};
use wire::bulk::{
    Bulk, BulkActRequest, BulkFileQuery, BulkFilter, BulkLinks, BulkListed, BulkQuery, BulkRow, BulkRowQuery,
    BulkState, ImportQuery, RunBulk,
};

pub use self::series::SeriesCommand;
use crate::{
    args::{Listing, Wait},
    client::{Answer, Client},
    failure::Failure,
    files::To,
    input,
    output::{Columns, Out, instant, note, or_dash},
    wait,
};

/// Bring a file of people: CSV, XLSX, XLS or ODS.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "switches of a command line")]
pub struct Import {
    /// The file
    pub file: PathBuf,
    /// The customer (code or id)
    #[arg(long)]
    pub customer: String,
    /// Name of a kept mapping of its columns
    #[arg(long, value_name = "NAME")]
    pub map: Option<String>,
    /// Only show what would come of it
    #[arg(long)]
    pub preview: bool,
    /// Leave out people nobody knows
    #[arg(long)]
    pub no_create: bool,
    /// Leave people who are there as they are
    #[arg(long)]
    pub no_update: bool,
    /// A list of leavers: those who are named cannot log on any more
    #[arg(long)]
    pub disable: bool,
    /// What becomes of people the file does not name
    #[arg(long, value_enum, default_value = "keep")]
    pub missing: Missing,
    /// Send new people their links by mail
    #[arg(long)]
    pub send_links: bool,
    /// Make groups the file names and nobody made yet
    #[arg(long)]
    pub make_groups: bool,
    /// Give the roles the file names; of a list that was exported here, also take those it does not name
    #[arg(long)]
    pub give_roles: bool,
    /// Whether to wait.
    #[command(flatten)]
    pub wait: Wait,
}

/// What becomes of people a file does not name.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Missing {
    /// They stay as they are
    Keep,
    /// They cannot log on any more
    Disable,
    /// They are removed, and can be restored for a time
    Remove,
}

/// What can be done with bulk changes.
#[derive(Debug, Subcommand)]
pub enum BulkCommand {
    /// List those of a customer, newest first
    List {
        /// The customer (code or id)
        #[arg(long)]
        customer: String,
        /// How many
        #[command(flatten)]
        listing: Listing,
    },
    /// Show one: what it comes to, how far it is
    Show {
        /// Its id
        bulk: String,
    },
    /// List its rows
    Rows {
        /// Its id
        bulk: String,
        /// Only of these acts, separated by commas: create, update, remove, restore, move, nothing, left, conflict,
        /// error
        #[arg(long)]
        act: Option<String>,
        /// Only in this state: planned, done, failed, left
        #[arg(long)]
        state: Option<String>,
        /// How many
        #[command(flatten)]
        listing: Listing,
    },
    /// Show what doing something to many people of a customer would come to; --run does it
    Act(Act),
    /// Begin one that was shown
    Run {
        /// Its id
        bulk: String,
        /// Whether to wait.
        #[command(flatten)]
        wait: Wait,
    },
    /// Let one wait
    Pause {
        /// Its id
        bulk: String,
    },
    /// Go on with one that waits
    Resume {
        /// Its id
        bulk: String,
        /// Whether to wait.
        #[command(flatten)]
        wait: Wait,
    },
    /// End one: what was done stays
    Cancel {
        /// Its id
        bulk: String,
    },
    /// Show what taking one back would come to; --run does it
    Undo {
        /// Its id
        bulk: String,
        /// Do it
        #[arg(long)]
        run: bool,
        /// Whether to wait.
        #[command(flatten)]
        wait: Wait,
    },
    /// Fetch the links of the people it made, once
    Links {
        /// Its id
        bulk: String,
    },
    /// Fetch its rows as a file: all with what came of each, or those that are wrong or failed as they were brought
    File {
        /// Its id
        bulk: String,
        /// `all`, `wrong` or `failed`
        #[arg(long, value_parser = ["all", "wrong", "failed"], default_value = "all")]
        rows: String,
        /// Where it goes
        #[command(flatten)]
        to: To,
    },
    /// Say what columns of a file mean, before it is begun; without any they are shown
    Map(columns::Map),
    /// Write a cell of a file anew, before it is begun
    Mend(columns::Mend),
    /// How files are read, as it was kept under names
    #[command(subcommand)]
    Mappings(columns::Mappings),
    /// What was asked for people of several customers with `bulk act --below`
    #[command(subcommand)]
    Series(SeriesCommand),
}

/// Something done to many people.
#[derive(Debug, Args)]
pub struct Act {
    /// `enable`, `disable`, `give_plan`, `take_plan`, `give_bundle`, `take_bundle`, `enter`, `leave`, `suffix`,
    /// `set`, `send_link`, `move` or `remove`
    pub act: String,
    /// The plan, bundle, group, suffix, other customer, or the code of the value
    pub with: Option<String>,
    /// With `set`: what the value becomes; emptied without
    pub value: Option<String>,
    /// The customer (code or id)
    #[arg(long, required_unless_present = "below", conflicts_with = "below")]
    pub customer: Option<String>,
    /// All customers below this tenant (code or id): a bulk change for each
    #[arg(long)]
    pub below: Option<String>,
    /// Whose name or login begins so
    #[arg(long)]
    pub search: Option<String>,
    /// `enabled`, `disabled` or `never_activated`
    #[arg(long)]
    pub standing: Option<String>,
    /// With a plan of this code
    #[arg(long)]
    pub plan: Option<String>,
    /// Of this department
    #[arg(long)]
    pub department: Option<String>,
    /// Do it
    #[arg(long)]
    pub run: bool,
    /// Whether to wait.
    #[command(flatten)]
    pub wait: Wait,
}

/// Shows what a file comes to, and begins it unless somebody only wants to see.
pub async fn import(command: &Import, client: &Client, out: &Out) -> Result<(), Failure> {
    let bytes = input::people(&command.file)?;
    let unless = |off: bool| off.then(|| "false".to_owned());
    let on = |on: bool| on.then(|| "true".to_owned());
    let query = ImportQuery {
        customer: command.customer.clone(),
        name: command.file.file_name().map(|name| name.to_string_lossy().into_owned()),
        mapping: command.map.clone(),
        create: unless(command.no_create),
        update: unless(command.no_update),
        disable: on(command.disable),
        missing: command.missing.to_possible_value().map(|value| value.get_name().to_owned()),
        send_links: on(command.send_links),
        make_groups: on(command.make_groups),
        give_roles: on(command.give_roles),
    };
    let answer = names_asked(client, client.post_file(&["imports"], &query, bytes).await?).await?;
    let shown: Bulk = answer.read()?;
    told(client, &shown).await?;
    if shown.state == BulkState::Mapping {
        out.entity(&answer.body, &fields(&shown))?;
        columns::table(&shown, out)?;
        let why: String = shown.problem.iter().fold(String::new(), |why, error| why + ": " + &error.message);
        return Err(Failure::usage(
            format!("it is not known what the columns of the file mean{why}"),
            format!(
                "say it with `tenantry bulk map {} HEADING=MEANING`, or on the page of the import",
                shown.id
            ),
        ));
    }
    if command.preview {
        return out.entity(&answer.body, &fields(&shown));
    }
    begin(client, out, &shown, command.wait).await
}

/// The directory is asked about the names of a preview; nobody waits longer for it than this, as where it is away.
const NAMES_WAIT: Duration = Duration::from_secs(15);

/// The preview with what the directory says of its names, or as it is known where that does not answer.
async fn names_asked(client: &Client, mut answer: Answer) -> Result<Answer, Failure> {
    let begin = Instant::now();
    loop {
        let shown: Bulk = answer.read()?;
        if shown.names.is_none_or(|names| names.settled) {
            return Ok(answer);
        }
        if begin.elapsed() >= NAMES_WAIT {
            note(
                "the directory has not answered about all names yet: whether it has one is told when its row is tried",
            );
            return Ok(answer);
        }
        tokio::time::sleep(wait::pause_after(begin.elapsed())).await;
        answer = client.get(&["bulk", &shown.id], &()).await?;
    }
}

async fn begin(client: &Client, out: &Out, shown: &Bulk, wait: Wait) -> Result<(), Failure> {
    let run = RunBulk { version: shown.version };
    let answer = client.post(&["bulk", &shown.id, "run"], Some(&run)).await?;
    out.entity(&answer.body, &fields(&answer.read()?))?;
    if wait.wait { until_done(client, &shown.id, wait.timeout).await } else { Ok(()) }
}

/// Rows that will not be done, as lines: what, where, why.
async fn told(client: &Client, shown: &Bulk) -> Result<(), Failure> {
    let bad = |act: &str| shown.counts.acts.get(act).copied().unwrap_or(0);
    if bad("error") + bad("conflict") > 0 {
        let listing = Listing { limit: ROWS_TOLD, all: false, after: None };
        rows_told(client, &shown.id, (Some("error,conflict"), None), &listing).await?;
    }
    Ok(())
}

/// Rows told at once; the rest is one command away.
const ROWS_TOLD: u32 = 20;

async fn rows_told(
    client: &Client,
    id: &str,
    (act, state): (Option<&str>, Option<&str>),
    listing: &Listing,
) -> Result<(), Failure> {
    let query = BulkRowQuery {
        act: act.map(str::to_owned),
        state: state.map(str::to_owned),
        ..BulkRowQuery::default()
    };
    let page = client.list(&["bulk", id, "rows"], &query, listing).await?;
    for row in page.items {
        if let Ok(row) = serde_json::from_value::<BulkRow>(row) {
            note(&explain(&row));
        }
    }
    if page.next.is_some() {
        note(&format!("… more with `tenantry bulk rows {id}`"));
    }
    Ok(())
}

fn explain(row: &BulkRow) -> String {
    let mut text = format!("row {} ({})", row.line, if row.name.is_empty() { &row.login } else { &row.name });
    for error in &row.errors {
        let place = error.args.get("column").unwrap_or(&error.field);
        let _ = write!(text, "\n  {place}: {}", error.message);
        if let Some(value) = error.args.get("value") {
            let _ = write!(text, " (\"{value}\")");
        }
    }
    text
}

/// Waits until nothing of it is left to do, and then for the directory.
async fn until_done(client: &Client, id: &str, seconds: u64) -> Result<(), Failure> {
    let begin = Instant::now();
    loop {
        let late = begin.elapsed() >= Duration::from_secs(seconds);
        match client.get(&["bulk", id], &()).await {
            Ok(answer) => {
                let bulk: Bulk = answer.read()?;
                match bulk.state {
                    BulkState::Done | BulkState::Cancelled => return ended(client, &bulk, seconds).await,
                    BulkState::Paused => {
                        let why: Vec<_> = bulk.problem.iter().map(|error| error.message.as_str()).collect();
                        let what = format!("{id} waits: {}", or_dash(Some(&why.join("; "))));
                        return Err(Failure::usage(what, "mend the cause, then `tenantry bulk resume`"));
                    }
                    _ => {}
                }
            }
            // The server may be restarting; it goes on meanwhile.
            Err(failure) if failure.exit_code() == 6 && !late => {}
            Err(failure) => return Err(failure),
        }
        if late {
            return Err(Failure::Timeout { request: id.to_owned(), seconds });
        }
        tokio::time::sleep(wait::pause_after(begin.elapsed())).await;
    }
}

async fn ended(client: &Client, bulk: &Bulk, seconds: u64) -> Result<(), Failure> {
    let failed = bulk.counts.states.get("failed").copied().unwrap_or(0);
    if failed > 0 {
        let listing = Listing { limit: ROWS_TOLD, all: false, after: None };
        rows_told(client, &bulk.id, (None, Some("failed")), &listing).await?;
    }
    if let Some(request) = bulk.request.as_ref().filter(|_| bulk.counts.states.contains_key("done")) {
        wait::until_final(client, request, seconds).await?;
    }
    if failed > 0 { Err(Failure::Problems { request: bulk.id.clone() }) } else { Ok(()) }
}

/// Does it.
pub async fn run(command: &BulkCommand, client: &Client, out: &Out) -> Result<(), Failure> {
    match command {
        BulkCommand::List { customer, listing } => {
            let query = BulkQuery { customer: customer.clone(), ..BulkQuery::default() };
            out.list(&client.list(&["bulk"], &query, listing).await?, &LISTED)
        }
        BulkCommand::Show { bulk } => show(client.get(&["bulk", bulk], &()).await?, out),
        BulkCommand::Rows { bulk, act, state, listing } => {
            let query = BulkRowQuery { act: act.clone(), state: state.clone(), ..BulkRowQuery::default() };
            out.list(&client.list(&["bulk", bulk, "rows"], &query, listing).await?, &ROWS)
        }
        BulkCommand::Act(act) => do_act(act, client, out).await,
        BulkCommand::Run { bulk, wait } => {
            let shown: Bulk = client.get(&["bulk", bulk], &()).await?.read()?;
            begin(client, out, &shown, *wait).await
        }
        BulkCommand::Pause { bulk } => show(client.post(&["bulk", bulk, "pause"], NOTHING).await?, out),
        BulkCommand::Resume { bulk, wait } => {
            show(client.post(&["bulk", bulk, "resume"], NOTHING).await?, out)?;
            if wait.wait { until_done(client, bulk, wait.timeout).await } else { Ok(()) }
        }
        BulkCommand::Cancel { bulk } => show(client.post(&["bulk", bulk, "cancel"], NOTHING).await?, out),
        BulkCommand::Undo { bulk, run, wait } => {
            let answer = client.post(&["bulk", bulk, "undo"], NOTHING).await?;
            let shown: Bulk = answer.read()?;
            told(client, &shown).await?;
            if *run {
                begin(client, out, &shown, *wait).await
            } else {
                out.entity(&answer.body, &fields(&shown))
            }
        }
        BulkCommand::File { bulk, rows, to } => {
            let query = BulkFileQuery { rows: Some(rows.clone()), format: Some(to.format()?) };
            to.write(&client.get_file(&["bulk", bulk, "file"], &query).await?)
        }
        BulkCommand::Map(command) => columns::map(command, client, out).await,
        BulkCommand::Mend(command) => columns::mend(command, client, out).await,
        BulkCommand::Mappings(command) => columns::kept(command, client, out).await,
        BulkCommand::Series(command) => series::run(command, client, out).await,
        BulkCommand::Links { bulk } => {
            let answer = client.post_secret(&["bulk", bulk, "links"], &()).await?;
            let links: BulkLinks = answer.read()?;
            out.entity(&answer.body, &[("work until", instant(&links.expires_at))])?;
            let rows = links.links.into_iter().map(|l| vec![l.line.to_string(), l.name, l.login, l.link]);
            out.table(&["row", "name", "signs in as", "link"], &rows.collect::<Vec<_>>())
        }
    }
}

/// No body.
const NOTHING: Option<&()> = None;

async fn do_act(act: &Act, client: &Client, out: &Out) -> Result<(), Failure> {
    let filter = BulkFilter {
        search: act.search.clone(),
        state: None,
        standing: act.standing.clone(),
        plan: act.plan.clone(),
        department: act.department.clone(),
    };
    if let Some(below) = &act.below {
        return series::act(act, below, filter, client, out).await;
    }
    let new = BulkActRequest {
        customer: act.customer.clone().unwrap_or_default(),
        act: act.act.clone(),
        with: act.with.clone(),
        value: act.value.clone(),
        people: None,
        filter: Some(filter),
    };
    let answer = client.post(&["bulk"], Some(&new)).await?;
    let shown: Bulk = answer.read()?;
    told(client, &shown).await?;
    if act.run {
        begin(client, out, &shown, act.wait).await
    } else {
        out.entity(&answer.body, &fields(&shown))
    }
}

fn show(answer: Answer, out: &Out) -> Result<(), Failure> {
    out.entity(&answer.body, &fields(&answer.read()?))
}

const LISTED: Columns<'static, BulkListed> = Columns {
    titles: &["id", "kind", "what", "state", "asked", "ended"],
    row: |b| {
        let ended = b.finished_at.as_deref().map(instant);
        vec![
            b.id.clone(),
            b.kind.to_string(),
            b.title.clone(),
            b.state.to_string(),
            instant(&b.created_at),
            or_dash(ended.as_deref()),
        ]
    },
};

const ROWS: Columns<'static, BulkRow> = Columns {
    titles: &["row", "act", "state", "name", "login", "what"],
    row: |r| {
        let changes = r.changes.iter().map(|c| {
            let (before, after) = (c.before.as_deref().unwrap_or("-"), c.after.as_deref().unwrap_or("-"));
            format!("{}: {before} → {after}", c.field)
        });
        let errors = r.errors.iter().map(|e| format!("{}: {}", e.field, e.message));
        let what: Vec<_> = errors.chain(changes).collect();
        let (act, state) = (r.act.to_string(), r.state.to_string());
        vec![r.line.to_string(), act, state, r.name.clone(), r.login.clone(), what.join("; ")]
    },
};

fn fields(bulk: &Bulk) -> Vec<(&'static str, String)> {
    let counted = |all: &std::collections::BTreeMap<String, i64>| {
        let all: Vec<_> = all.iter().map(|(code, n)| format!("{n} {code}")).collect();
        or_dash(Some(&all.join(", ")))
    };
    let foreseen = &bulk.foreseen;
    let minor = foreseen.month.minor;
    let sign = if minor < 0 { "-" } else { "" };
    let (whole, part) = (minor.unsigned_abs() / 100, minor.unsigned_abs() % 100);
    let mut price = format!("{sign}{whole}.{part:02} {} a month", foreseen.month.currency);
    if foreseen.unpriced {
        price.push_str(", and plans without a price");
    }
    let mut fields = vec![
        ("id", bulk.id.clone()),
        ("customer", format!("{} ({})", bulk.tenant.name, bulk.tenant.code)),
        ("what", format!("{} {}", bulk.kind, bulk.title)),
        ("state", bulk.state.to_string()),
        ("rows", counted(&bulk.counts.acts)),
        ("progress", counted(&bulk.counts.states)),
        ("price", price),
    ];
    for plan in &foreseen.plans {
        fields.push(("plan", format!("{}: {} given, {} taken", plan.code, plan.given, plan.taken)));
    }
    for role in &foreseen.roles {
        fields.push(("role", format!("{}: {} given, {} taken", role.code, role.given, role.taken)));
    }
    for group in &foreseen.groups {
        fields.push(("new group", group.clone()));
    }
    if let Some(file) = &bulk.file {
        let many = |key: &str| file[key].as_u64().unwrap_or(0);
        match (many("sealed"), many("passwords")) {
            (0, 0) => {}
            (0, left) => fields.push(("passwords", format!("{left} not read and not kept"))),
            (sealed, _) => {
                fields.push(("passwords", format!("{sealed} sealed as the first ones of new accounts")));
            }
        }
    }
    for quota in foreseen.quotas.iter().filter(|quota| quota.exceeded_by > 0) {
        let what = format!("{} {}", quota.kind, quota.subject);
        fields.push(("quota", format!("{}: {} too many", what.trim(), quota.exceeded_by)));
    }
    if let Some(names) = &bulk.names {
        let when = match (&names.answered_at, names.settled) {
            (Some(at), true) => format!("the directory was asked about all, {}", instant(at)),
            _ => "the directory is being asked".to_owned(),
        };
        fields.push(("names", when));
    }
    if let Some(seconds) = foreseen.seconds {
        fields.push(("directory takes", format!("about {seconds} s")));
    }
    for problem in bulk.problem.iter().filter(|_| bulk.state == BulkState::Paused) {
        fields.push(("waits because", problem.message.clone()));
    }
    fields.extend(bulk.request.as_ref().map(|request| ("request", request.clone())));
    fields.push(("asked", instant(&bulk.created_at)));
    fields
}
