//! `cargo xtask soak`: the tests with many more cases and new seeds, round after
//! round, for what an ordinary run is too short to meet: rare interleavings,
//! crashes at unlucky moments, odd input. What was run is recorded. Before the
//! rounds the fuzzer has its time; each round ends with what the benchmarks hold
//! for it: an import with ten kills of the worker, and the lists of a million people.

use std::{
    fs::OpenOptions,
    io::Write as _,
    time::{Duration, Instant},
};

use tokio::process::Command;

use crate::{
    fuzz,
    process::{Failure, cargo, run, run_quietly},
    term::{heading, say},
    test, workspace,
};

/// Where runs are recorded, below the root.
const RECORD: &str = "docs/measurements/soak.md";
const RECORD_HEADING: &str = "# Soak runs\n\n\
    Each line is one `make soak`: the seed of round n is the first seed plus n.\n\n\
    | date | commit | first seed | rounds | cases a property | minutes | outcome |\n\
    |---|---|---|---|---|---|---|\n";

/// How long, and from where.
#[derive(clap::Args)]
pub struct SoakArgs {
    /// No round is begun after this many minutes, and each target is fuzzed for a sixth of them
    #[arg(long, default_value_t = 60)]
    minutes: u64,
    /// Seed of the first round; a new one every time if none is given
    #[arg(long)]
    seed: Option<u64>,
    /// Cases of every property that does not fix its own number
    #[arg(long, default_value_t = 5_000)]
    cases: u32,
    /// Only the tests of these crates
    #[arg(short, long)]
    package: Vec<String>,
}

/// Runs rounds until the time is over or one fails, and records the run.
pub async fn start(args: SoakArgs) -> Result<(), Failure> {
    let seed = match args.seed {
        Some(seed) => seed,
        None => new_seed().await?,
    };
    let begin = Instant::now();
    let fuzzed = if args.package.is_empty() { fuzzed(&args, seed).await } else { Ok(()) };
    let (rounds, result) = match fuzzed {
        Ok(()) => all_rounds(&args, seed).await,
        Err(failure) => (0, Err(failure)),
    };
    if matches!(result, Err(Failure::Stopped)) {
        say("stopped on request; nothing is recorded");
        return result;
    }
    let outcome = match (&result, rounds) {
        (Ok(()), _) => "held".to_owned(),
        (Err(_), 0) => "failed while fuzzing".to_owned(),
        (Err(_), rounds) => format!("failed in round {rounds}"),
    };
    let minutes = begin.elapsed().as_secs() / 60;
    let line = format!(
        "| {} | {} | {seed} | {rounds} | {} | {minutes} | {outcome} |\n",
        today().await?,
        commit().await?,
        args.cases
    );
    record(&line)?;
    say(format!("recorded in {RECORD}"));
    result
}

/// Rounds until the time is over or one fails.
async fn all_rounds(args: &SoakArgs, seed: u64) -> (u64, Result<(), Failure>) {
    let begin = Instant::now();
    let mut rounds: u64 = 0;
    loop {
        let round_seed = seed.wrapping_add(rounds);
        heading(&format!("round {}, seed {round_seed}", rounds + 1));
        let variables =
            [("PROPTEST_RNG_SEED", round_seed.to_string()), ("PROPTEST_CASES", args.cases.to_string())];
        let result = test::rounds_of(&args.package, &variables).await;
        let result = if result.is_ok() && args.package.is_empty() { kills(round_seed).await } else { result };
        rounds += 1;
        if result.is_err() || begin.elapsed() >= Duration::from_secs(args.minutes * 60) {
            return (rounds, result);
        }
    }
}

/// A sixth of the time for each target: ten minutes of an hour.
async fn fuzzed(args: &SoakArgs, seed: u64) -> Result<(), Failure> {
    heading(&format!("fuzzing, seed {seed}"));
    fuzz::fuzz(&[], (args.minutes * 10).max(10), seed).await
}

/// 3,200 users with ten kills of the worker, and the lists of a million people.
async fn kills(seed: u64) -> Result<(), Failure> {
    // The same packages as `make bench`, or all is compiled anew.
    let packages = ["--package", "server", "--package", "cli", "--package", "bench"];
    run(cargo().args(["build", "--quiet", "--profile", "measure"]).args(packages)).await?;
    let bench = workspace::metadata()?.target_directory.join("measure/bench");
    run(Command::new(bench).arg("--soak").arg(seed.to_string())).await
}

fn record(line: &str) -> Result<(), Failure> {
    let path = workspace::root().join(RECORD);
    let io = || Failure::io(format!("cannot write {RECORD}"));
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(io())?;
    }
    let heading = if path.exists() { "" } else { RECORD_HEADING };
    let mut file = OpenOptions::new().create(true).append(true).open(&path).map_err(io())?;
    file.write_all(format!("{heading}{line}").as_bytes()).map_err(io())
}

/// The commit under test, marked when the tree differs from it.
async fn commit() -> Result<String, Failure> {
    output(&["git", "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"]).await
}

async fn today() -> Result<String, Failure> {
    output(&["date", "--utc", "+%Y-%m-%d"]).await
}

async fn new_seed() -> Result<u64, Failure> {
    let seconds = output(&["date", "+%s"]).await?;
    seconds
        .parse()
        .map_err(|_| Failure::Missing(format!("`date` says {seconds}, which is no number of seconds")))
}

async fn output(words: &[&str]) -> Result<String, Failure> {
    let mut command = Command::new(words[0]);
    command.args(&words[1..]).current_dir(workspace::root());
    Ok(run_quietly(&mut command).await?.trim().to_owned())
}
