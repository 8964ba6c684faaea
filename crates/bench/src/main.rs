//! Benchmarks: what the product needs beside what the component below it needs
//! for the same, measured in turns on the same machine.
//!
//! It prints a table and writes `target/bench.json`. It must not tune what it
//! measures: the product runs with its own settings, and every floor is written
//! down here to be read. Nothing has to run before; every benchmark starts its
//! own PostgreSQL, Samba and processes, and ends them.
//!
//! Start reading at [`Benchmark`]; a benchmark is a function that gives
//! [`report::Row`]s.

mod authorise;
mod changes;
mod clock;
mod directory;
mod footprint;
mod import;
mod lists;
mod machine;
mod million;
mod people;
mod post_users;
mod previews;
mod product;
mod report;
mod soak;
mod stage;
mod stats;
mod survey;
mod term;

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use clap::{Parser, ValueEnum};

use machine::Machine;
use report::Row;
use term::{complain, say};

/// As in the server, whose work some benchmarks do in this process.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Why a benchmark gives no figure. It says everything itself.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Measures Tenantry beside its floors.
#[derive(Debug, Parser)]
#[command(name = "bench")]
struct Arguments {
    /// Run only this one; may be repeated
    #[arg(long, value_enum, value_name = "NAME")]
    only: Vec<Benchmark>,
    /// People of the large customer
    #[arg(long, default_value_t = 3_200)]
    count: usize,
    /// Pairs of floor and product, in turns; the median counts
    #[arg(long, default_value_t = 3)]
    pairs: usize,
    /// Measure this `tenantryd` instead of building one
    #[arg(long, value_name = "FILE")]
    binary: Option<PathBuf>,
    /// Small sizes, to see whether it works; the figures mean nothing
    #[arg(long)]
    quick: bool,
    /// Not a benchmark: ten kills of the worker at moments from this seed, then
    /// the lists of a million people
    #[arg(long, value_name = "SEED", conflicts_with = "only")]
    soak: Option<u64>,
    /// Not a benchmark: only the plans of the lists of a million people
    #[arg(long, conflicts_with_all = ["only", "soak"])]
    plans: bool,
    /// Also write the result to docs/measurements/
    #[arg(long)]
    record: bool,
}

/// What is measured, and how much of it.
#[derive(Debug, Clone)]
pub struct Scale {
    /// The `tenantryd` to measure; built when there is none.
    pub binary: Option<PathBuf>,
    /// People of the large customer.
    pub count: usize,
    /// Pairs of floor and product, in turns.
    pub pairs: usize,
    /// Only to see whether it works.
    pub quick: bool,
}

/// What can be measured, in the order in which it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Benchmark {
    /// One decision with 200 grants at depth 6
    #[value(alias = "authorise")]
    AuthoriseP99,
    /// From an order to the first log-on
    OrderToLogon,
    /// Thousands of users in the directory
    DirectoryUsers,
    /// The same with a `kill -9` of the worker in the middle
    DirectoryUsersKilled,
    /// A file of thousands, from its bytes to the last account read back
    ImportRun,
    /// A file shown before anything happens
    ImportPreview,
    /// A property that everybody inherits said anew, and that undone
    #[value(name = "property-3200")]
    Property3200,
    /// A customer suspended and resumed
    #[value(name = "suspend-3200")]
    Suspend3200,
    /// Another customer's password resets meanwhile
    Fairness,
    /// Looking at a large container that somebody else filled
    Survey,
    /// Creating people over HTTP, one client
    #[value(name = "post-users-1")]
    PostUsers1,
    /// With 8 clients
    #[value(name = "post-users-8")]
    PostUsers8,
    /// With 32 clients
    #[value(name = "post-users-32")]
    PostUsers32,
    /// Every list, sort, filter and search of the portal with a million people
    Lists,
    /// The server's binary without symbols
    BinarySize,
    /// Until the server is ready
    StartTime,
    /// Resident memory of the server
    Memory,
}

impl Benchmark {
    async fn run(self, scale: &Scale) -> Result<Vec<Row>, Failure> {
        match self {
            Self::AuthoriseP99 => authorise::run(scale.quick),
            Self::OrderToLogon => people::order_to_logon(scale).await,
            Self::DirectoryUsers => import::users(scale).await,
            Self::DirectoryUsersKilled => import::killed(scale).await,
            Self::ImportRun => import::file(scale).await,
            Self::ImportPreview => previews::run(scale).await,
            Self::Property3200 => changes::property(scale).await,
            Self::Suspend3200 => changes::suspend(scale).await,
            Self::Fairness => people::fairness(scale).await,
            Self::Survey => survey::run(scale).await,
            Self::PostUsers1 => post_users::run(scale, 1).await,
            Self::PostUsers8 => post_users::run(scale, 8).await,
            Self::PostUsers32 => post_users::run(scale, 32).await,
            Self::Lists => lists::run(scale).await,
            Self::BinarySize => footprint::binary_size(scale).await,
            Self::StartTime => footprint::start_time(scale).await,
            Self::Memory => footprint::memory(scale).await,
        }
    }

    fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            complain(error.as_ref());
            ExitCode::FAILURE
        }
    }
}

/// Whether every bar holds and every benchmark gave its figures.
async fn run(arguments: &Arguments) -> Result<bool, Failure> {
    let machine = Machine::look().await;
    let scale = Scale {
        binary: arguments.binary.clone(),
        count: if arguments.quick { 200 } else { arguments.count },
        pairs: if arguments.quick { 1 } else { arguments.pairs },
        quick: arguments.quick,
    };
    if arguments.plans {
        soak::million(&scale).await?;
        return Ok(true);
    }
    if let Some(seed) = arguments.soak {
        soak::kills(&scale, seed).await?;
        soak::million(&scale).await?;
        return Ok(true);
    }
    let chosen = if arguments.only.is_empty() { Benchmark::value_variants() } else { &arguments.only };
    let (mut rows, mut all) = (Vec::new(), true);
    for benchmark in chosen {
        say(format!("==> {} (load {})", benchmark.name(), machine::load()));
        match benchmark.run(&scale).await {
            Ok(found) => rows.extend(found),
            // The others are still worth knowing.
            Err(error) => {
                all = false;
                complain(error.as_ref());
            }
        }
    }
    let table = report::table(&rows);
    say(&table);
    write_json(&rows)?;
    if arguments.record {
        record(&machine, &table, &rows)?;
    }
    Ok(all && rows.iter().all(|row| row.holds))
}

fn root() -> &'static Path {
    // crates/bench of the repository.
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap_or(Path::new("."))
}

/// A client that keeps its connections, for plain HTTP on this machine.
fn http_client() -> Result<reqwest::Client, Failure> {
    // An error means that a provider is installed already, which is as good.
    let _installed_already = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().tls_certs_only([]).timeout(Duration::from_secs(30));
    Ok(client.build()?)
}

fn write_json(rows: &[Row]) -> Result<(), Failure> {
    let path = root().join("target/bench.json");
    std::fs::write(&path, serde_json::to_string_pretty(rows)? + "\n")?;
    say(format!("written to {}", path.display()));
    Ok(())
}

/// One file a day: table, machine, command and every single measurement.
fn record(machine: &Machine, table: &str, rows: &[Row]) -> Result<(), Failure> {
    let folder = root().join("docs/measurements");
    std::fs::create_dir_all(&folder)?;
    let day = machine.at.split('T').next().unwrap_or("unknown");
    let path = folder.join(format!("{day}-bench.md"));
    let command: Vec<_> = std::env::args().skip(1).collect();
    let command = format!("cargo run --profile measure -p bench -- {}", command.join(" "));
    let raw: Vec<_> =
        rows.iter().map(|row| serde_json::json!({ "name": row.name, "raw": row.raw })).collect();
    let text = format!(
        "# Benchmarks of {day}\n\nCommand: `{command}`\n\nCommit: `{}`\n\n{table}\nMachine:\n\n```json\n{}\n```\n\n\
         Single measurements:\n\n```json\n{}\n```\n",
        machine.commit,
        serde_json::to_string_pretty(machine)?,
        serde_json::to_string_pretty(&raw)?
    );
    std::fs::write(&path, text)?;
    say(format!("recorded in {}", path.display()));
    Ok(())
}
