//! `cargo xtask fuzz`: libFuzzer looks for bytes with which something does not hold that must
//! (`crates/hostile`). It begins with the inputs in `fuzz/corpus` and what it found in earlier runs here.
//! What it finds stays below the folder of build results; what is worth keeping, a person takes over.

use std::{fs, path::PathBuf, process::Stdio, thread::available_parallelism};

use tokio::{process::Command, task::JoinSet};

use crate::{
    process::{Failure, cargo, run, run_quietly},
    term::{heading, say},
    workspace,
};

/// The version of cargo-fuzz, which knows the flags of the compiler.
const VERSION: &str = "0.13.2";
/// Bytes of one input: a small file reaches every line, and is done in milliseconds.
const MAX_LEN: usize = 16 * 1024;
/// Megabytes of one allocation. What a target may unpack is bounded by 4; more is asked for only
/// because a file says how large it is.
const MALLOC_MB: u32 = 32;
/// Megabytes of a process, those of the sanitizer included.
const RSS_MB: u32 = 2_048;
/// Seconds after which an input takes too long. Most take less than a thousandth of it.
const TIMEOUT: u32 = 20;

/// What to run.
#[derive(clap::Args)]
pub struct FuzzArgs {
    /// Only these targets
    targets: Vec<String>,
    /// Seconds for each target
    #[arg(long, default_value_t = 60)]
    seconds: u64,
    /// Seed of the fuzzer
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Fuzzes the chosen targets, or all.
pub async fn start(args: FuzzArgs) -> Result<(), Failure> {
    fuzz(&args.targets, args.seconds, args.seed).await
}

/// Fuzzes these targets, or all if none is named, as many at once as there are cores. Fails when
/// one found something, after all had their time.
pub async fn fuzz(chosen: &[String], seconds: u64, seed: u64) -> Result<(), Failure> {
    let targets = targets(chosen)?;
    let bench = Bench::build().await?;
    // libFuzzer takes 32 bits, and 0 for one of its own.
    let seed = (seed % u64::from(u32::MAX)).max(1);
    let cores = available_parallelism().map_or(1, usize::from);
    say(format!("{} targets, {seconds} s each, {cores} at once, seed {seed}", targets.len()));
    let (mut waiting, mut running, mut found) = (targets.into_iter(), JoinSet::new(), Vec::new());
    // Whoever is asked to stop waits until the others have stopped, too.
    let mut stopped = Ok(());
    loop {
        while stopped.is_ok()
            && running.len() < cores
            && let Some(target) = waiting.next()
        {
            let mut command = bench.command(&target, seconds, seed)?;
            running.spawn(async move { (target, run(&mut command).await) });
        }
        let Some(ended) = running.join_next().await else { break };
        let (target, result) = ended.map_err(|error| Failure::Missing(format!("a run broke: {error}")))?;
        match result {
            Ok(()) => say(bench.summary(&target)),
            Err(Failure::Program { .. }) => {
                bench.explain(&target);
                found.push(target);
            }
            Err(other) => stopped = Err(other),
        }
    }
    stopped?;
    if found.is_empty() {
        return Ok(());
    }
    Err(Failure::Found(format!("the fuzzer found something in {}", found.join(", "))))
}

/// The names in `fuzz/fuzz_targets`.
fn targets(chosen: &[String]) -> Result<Vec<String>, Failure> {
    let folder = workspace::root().join("fuzz/fuzz_targets");
    let entries = fs::read_dir(&folder).map_err(Failure::io(format!("cannot read {}", folder.display())))?;
    let names = entries
        .flatten()
        .filter_map(|entry| entry.path().file_stem().map(|name| name.to_string_lossy().into_owned()));
    let mut all: Vec<String> = names.collect();
    all.sort();
    if let Some(unknown) = chosen.iter().find(|name| !all.contains(name)) {
        return Err(Failure::Missing(format!("there is no target {unknown}; there are {}", all.join(", "))));
    }
    Ok(if chosen.is_empty() { all } else { chosen.to_vec() })
}

/// Where binaries, logs and findings are.
struct Bench {
    folder: PathBuf,
    binaries: PathBuf,
}

impl Bench {
    /// Builds all targets. The sanitizer needs flags that only other channels of the compiler take
    /// without being asked.
    async fn build() -> Result<Self, Failure> {
        let tool = tool().await?;
        let root = workspace::root();
        let folder = workspace::metadata()?.target_directory.into_std_path_buf().join("fuzz");
        let manifest = root.join("fuzz/Cargo.toml");
        // Fails where fuzz/Cargo.lock is not up to date, which cargo-fuzz would change in silence.
        let fetch = ["fetch", "--quiet", "--locked", "--manifest-path"];
        run(cargo().args(fetch).arg(&manifest)).await?;
        heading("build of the fuzzer");
        let mut build = Command::new(tool);
        build.args(["build", "--fuzz-dir"]).arg(root.join("fuzz"));
        build.arg("--target-dir").arg(folder.join("build")).env("RUSTC_BOOTSTRAP", "1");
        run(&mut build).await?;
        let compiler = run_quietly(Command::new("rustc").arg("-vV")).await?;
        let host = compiler.lines().find_map(|line| line.strip_prefix("host: "));
        let host = host.ok_or_else(|| Failure::Missing("rustc -vV does not tell the host".to_owned()))?;
        let binaries = folder.join("build").join(host).join("release");
        Ok(Self { folder, binaries })
    }

    fn found(&self, target: &str) -> PathBuf {
        self.folder.join("corpus").join(target)
    }

    fn findings(&self, target: &str) -> PathBuf {
        self.folder.join("findings").join(target)
    }

    fn log(&self, target: &str) -> PathBuf {
        self.folder.join(format!("{target}.log"))
    }

    /// New inputs go into the first folder, those of the repository are only read.
    fn command(&self, target: &str, seconds: u64, seed: u64) -> Result<Command, Failure> {
        for folder in [self.found(target), self.findings(target)] {
            let what = format!("cannot create {}", folder.display());
            fs::create_dir_all(folder).map_err(Failure::io(what))?;
        }
        let path = self.log(target);
        let log = fs::File::create(&path).map_err(Failure::io(format!("cannot write {}", path.display())))?;
        let fuzz = workspace::root().join("fuzz");
        let mut command = Command::new(self.binaries.join(target));
        command.arg(self.found(target)).arg(fuzz.join("corpus").join(target));
        command.args(limits());
        command.arg(format!("-dict={}", fuzz.join("words.dict").display()));
        command.arg(format!("-artifact_prefix={}/", self.findings(target).display()));
        command.args([format!("-max_total_time={seconds}"), format!("-seed={seed}")]);
        command.args([&format!("-max_len={MAX_LEN}"), "-print_final_stats=1"]);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        Ok(command)
    }

    fn summary(&self, target: &str) -> String {
        let log = fs::read_to_string(self.log(target)).unwrap_or_default();
        let stat = |name: &str| {
            let line = log.lines().rev().find_map(|line| line.strip_prefix(&format!("stat::{name}:")));
            line.map_or_else(|| "?".to_owned(), |number| number.trim().to_owned())
        };
        let (runs, new) = (stat("number_of_executed_units"), stat("new_units_added"));
        let (slow, peak) = (stat("slowest_unit_time_sec"), stat("peak_rss_mb"));
        format!("{target}: {runs} runs, {new} new inputs, the slowest {slow} s, {peak} MB at most")
    }

    /// What was found, where it lies, and how to run it again.
    fn explain(&self, target: &str) {
        let log = fs::read_to_string(self.log(target)).unwrap_or_default();
        let what = log.lines().filter(|line| line.contains("panicked at") || line.contains("ERROR:"));
        let what: Vec<&str> = what.take(3).collect();
        say(format!("{target}: something does not hold ({})", self.log(target).display()));
        for line in what {
            say(format!("  {line}"));
        }
        let written = log.lines().rev().find_map(|line| line.split_once("Test unit written to "));
        let Some((_, input)) = written else {
            say("  no input was written; the log says why");
            return;
        };
        let (binary, limits) = (self.binaries.join(target), limits().join(" "));
        say(format!("  the input: {input}"));
        say(format!("  again:     {} {input} {limits}", binary.display()));
        say(format!("  to keep:   cp {input} fuzz/corpus/{target}/WHAT_IT_IS"));
    }
}

/// What a run may use. Memory cannot leak where there is no unsafe code of ours, and looking for it
/// needs a right that containers do not give.
fn limits() -> [String; 4] {
    [
        format!("-rss_limit_mb={RSS_MB}"),
        format!("-malloc_limit_mb={MALLOC_MB}"),
        format!("-timeout={TIMEOUT}"),
        "-detect_leaks=0".to_owned(),
    ]
}

/// cargo-fuzz of the version above, which is installed below the folder of build results if it is
/// not there, and in no other place.
async fn tool() -> Result<PathBuf, Failure> {
    let folder = workspace::scratch()?.join(format!("cargo-fuzz-{VERSION}"));
    let program = folder.join("bin/cargo-fuzz");
    if program.exists() {
        return Ok(program);
    }
    heading(&format!("installing cargo-fuzz {VERSION} in {}", folder.display()));
    let install = ["install", "cargo-fuzz", "--quiet", "--locked", "--version", VERSION, "--root"];
    run(cargo().args(install).arg(&folder)).await?;
    Ok(program)
}
