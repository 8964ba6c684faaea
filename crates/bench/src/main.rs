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
mod clock;
mod directory;
mod import;
mod machine;
mod people;
mod report;
mod stage;
mod stats;
mod term;
mod worker;

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Parser, ValueEnum};

use machine::Machine;
use report::Row;
use term::{complain, say};

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
    /// Pairs of floor and product, in turns
    #[arg(long, default_value_t = 1)]
    pairs: usize,
    /// Small sizes, to see whether it works; the figures mean nothing
    #[arg(long)]
    quick: bool,
    /// Also write the result to docs/measurements/
    #[arg(long)]
    record: bool,
    /// Be a worker process with these settings
    #[arg(long, hide = true, value_name = "FILE")]
    worker: Option<PathBuf>,
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
    /// Another customer's password resets meanwhile
    Fairness,
}

impl Benchmark {
    async fn run(self, size: import::Size, quick: bool) -> Result<Vec<Row>, Failure> {
        match self {
            Self::AuthoriseP99 => authorise::run(quick),
            Self::OrderToLogon => people::order_to_logon().await,
            Self::DirectoryUsers => import::users(size).await,
            Self::DirectoryUsersKilled => import::killed(size).await,
            Self::Fairness => people::fairness(size.count).await,
        }
    }

    fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let result = match &arguments.worker {
        Some(settings) => worker::run(settings).await.map(|()| true),
        None => run(&arguments).await,
    };
    match result {
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
    let size = import::Size {
        count: if arguments.quick { 200 } else { arguments.count },
        pairs: if arguments.quick { 1 } else { arguments.pairs },
    };
    let chosen = if arguments.only.is_empty() { Benchmark::value_variants() } else { &arguments.only };
    let (mut rows, mut all) = (Vec::new(), true);
    for benchmark in chosen {
        say(format!("==> {} (load {})", benchmark.name(), machine::load()));
        match benchmark.run(size, arguments.quick).await {
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
    let raw: Vec<_> = rows.iter().map(|row| serde_json::json!({ "name": row.name, "raw": row.raw })).collect();
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
