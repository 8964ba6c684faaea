//! `cargo xtask test`: everything that must hold, on real components.

use std::time::{Duration, Instant};

use tokio::process::Command;

use crate::{
    check,
    process::{Failure, cargo, run, slow_cargo},
    sqlx,
    term::{heading, say},
    tidy, workspace,
};

/// Which tests to run.
#[derive(clap::Args)]
pub struct TestArgs {
    /// Only the tests of these crates, without formatting and lints
    #[arg(short, long)]
    package: Vec<String>,
    /// Names of tests, and options of the test runner
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    rest: Vec<String>,
}

/// Crates whose tests need no service at all.
const PURE: &[&str] =
    &["domain", "policy", "connector", "outbound", "sheet", "hostile", "wire", "web", "cli", "xtask"];
/// Crates whose tests need PostgreSQL but no directory.
const DATABASE_ONLY: &[&str] = &["store", "app", "api", "portal"];

/// Runs the chosen tests, or all stages. The first stage that fails ends the
/// task; the durations are printed in any case.
pub async fn start(args: TestArgs) -> Result<(), Failure> {
    let mut stages = Stages::default();
    let result = if args.package.is_empty() && args.rest.is_empty() {
        everything(&mut stages).await
    } else {
        some(&mut stages, &args).await
    };
    stages.report();
    result
}

async fn everything(stages: &mut Stages) -> Result<(), Failure> {
    stages.run("formatting", check::formatting()).await?;
    stages.run("tidy", async { tidy::start() }).await?;
    stages.run("query data", sqlx::check()).await?;
    stages.run("lints", check::lints()).await?;
    stages.run("build", run(slow_cargo("build").args(["--workspace", "--all-targets"]))).await?;
    let tests = if has_nextest().await {
        vec!["nextest", "run", "--workspace"]
    } else {
        vec!["test", "--workspace", "--lib", "--bins", "--tests"]
    };
    let tests = tests.into_iter().map(str::to_owned).collect();
    stages.run("tests", with_services(&Services::ALL, tests, &[])).await?;
    stages
        .run("examples in documentation", run(cargo().args(["test", "--quiet", "--workspace", "--doc"])))
        .await
}

async fn some(stages: &mut Stages, args: &TestArgs) -> Result<(), Failure> {
    let services = Services::of(&args.package);
    let tests = tests_of(&args.package, &args.rest).await;
    if services == Services::NONE {
        return stages.run("tests", run(cargo().args(tests))).await;
    }
    stages.run("build of the services", build_services()).await?;
    stages.run("tests", with_services(&services, tests, &[])).await
}

/// All tests of some crates, or of all, once, with these environment variables.
pub async fn rounds_of(packages: &[String], variables: &[(&str, String)]) -> Result<(), Failure> {
    build_services().await?;
    // A round is long: it tells of everything that fails.
    let all = ["--no-fail-fast".to_owned()];
    with_services(&Services::of(packages), tests_of(packages, &all).await, variables).await
}

async fn tests_of(packages: &[String], rest: &[String]) -> Vec<String> {
    let runner: &[&str] = if has_nextest().await { &["nextest", "run"] } else { &["test"] };
    let mut words: Vec<String> = runner.iter().map(|word| (*word).to_owned()).collect();
    if packages.is_empty() {
        words.push("--workspace".to_owned());
    }
    words.extend(packages.iter().flat_map(|name| ["--package".to_owned(), name.clone()]));
    words.extend(rest.iter().cloned());
    words
}

async fn build_services() -> Result<(), Failure> {
    run(slow_cargo("build").args(["--package", "xtask"])).await
}

/// Runs cargo with running services, which end with it.
///
/// The program for that has just been built. `cargo run` would build it once
/// more: alone, a package is built with other features of its dependencies
/// than as part of the workspace.
async fn with_services(
    services: &Services,
    cargo_args: Vec<String>,
    variables: &[(&str, String)],
) -> Result<(), Failure> {
    let program = workspace::metadata()?.target_directory.join("debug/xtask");
    let mut command = Command::new(program);
    command.arg("services");
    command.envs(variables.iter().map(|(name, value)| (*name, value)));
    if !services.postgres {
        command.arg("--without-postgres");
    }
    if !services.samba {
        command.arg("--without-samba");
    }
    command.arg("--").arg(cargo().as_std().get_program()).args(cargo_args);
    run(&mut command).await
}

/// Which real components tests need.
#[derive(Debug, PartialEq, Eq)]
struct Services {
    postgres: bool,
    samba: bool,
}

impl Services {
    const ALL: Self = Self { postgres: true, samba: true };
    const NONE: Self = Self { postgres: false, samba: false };

    /// What the tests of these crates need; of all crates if none is named.
    fn of(packages: &[String]) -> Self {
        let all = |names: &[&str]| {
            !packages.is_empty() && packages.iter().all(|name| names.contains(&name.as_str()))
        };
        if all(PURE) {
            Self::NONE
        } else if all(&[PURE, DATABASE_ONLY].concat()) {
            Self { postgres: true, samba: false }
        } else {
            Self::ALL
        }
    }
}

async fn has_nextest() -> bool {
    cargo().args(["nextest", "--version"]).output().await.is_ok_and(|output| output.status.success())
}

/// Stages with their durations.
#[derive(Default)]
struct Stages {
    done: Vec<(&'static str, Duration, bool)>,
}

impl Stages {
    async fn run(
        &mut self,
        name: &'static str,
        stage: impl Future<Output = Result<(), Failure>>,
    ) -> Result<(), Failure> {
        heading(name);
        let start = Instant::now();
        let result = stage.await;
        self.done.push((name, start.elapsed(), result.is_ok()));
        result
    }

    fn report(&self) {
        heading("durations");
        for (name, duration, good) in &self.done {
            let outcome = if *good { "" } else { "  failed" };
            say(format!("{:>8.1} s  {name}{outcome}", duration.as_secs_f64()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_services_the_chosen_crates_need_are_started() {
        let of =
            |names: &[&str]| Services::of(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
        assert_eq!(of(&["domain", "policy"]), Services::NONE);
        assert_eq!(of(&["domain", "store"]), Services { postgres: true, samba: false });
        assert_eq!(of(&["store", "ad"]), Services::ALL);
        assert_eq!(of(&["a-new-crate"]), Services::ALL);
        assert_eq!(of(&[]), Services::ALL);
    }
}
