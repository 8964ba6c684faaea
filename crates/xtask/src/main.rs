//! Tasks of development, started as `cargo xtask TASK` (`make` calls them too).
//!
//! A task is a module with a `start` function and one line in [`Task`] and
//! [`perform`]. Tasks that need a laboratory (a private PostgreSQL, a Samba
//! domain controller, the product itself) stand behind the feature `lab`;
//! everything else must work while the product does not compile. Nothing here
//! is part of the product.
//!
//! Start reading at [`Task`].

mod check;
#[cfg(feature = "lab")]
mod demo;
mod fuzz;
#[cfg(feature = "lab")]
mod lab;
mod pictures;
mod process;
#[cfg(feature = "lab")]
mod services;
mod soak;
mod sqlx;
#[cfg(feature = "lab")]
mod story;
mod term;
mod test;
mod tidy;
mod workspace;

#[cfg(not(feature = "lab"))]
use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use process::Failure;

const LAB_TASKS: &str = "Tasks with a laboratory (built when first asked for): services, demo, story.\n\
                         `cargo xtask TASK --help` explains each.";

/// Development tasks of Tenantry.
#[derive(Parser)]
#[command(name = "cargo xtask", after_help = LAB_TASKS)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Check the rules of the repository that no compiler checks
    Tidy,
    /// Check formatting and lints, as `test` does first
    Check,
    /// Run all tests with the real PostgreSQL and Samba they need
    Test(test::TestArgs),
    /// Run the tests for long, with new seeds and many cases, and record the run
    Soak(soak::SoakArgs),
    /// Look for input with which something does not hold, by a fuzzer
    Fuzz(fuzz::FuzzArgs),
    /// Take the pictures of the README from the last run of the browser tests
    Pictures,
    /// Write the query data in .sqlx again after a change of SQL
    Sqlx(sqlx::SqlxArgs),
    /// Start the real services tests need, and run a command with them
    #[cfg(feature = "lab")]
    Services(services::ServicesArgs),
    /// Start the whole product, filled with made-up customers, until Ctrl-C
    #[cfg(feature = "lab")]
    Demo(demo::DemoArgs),
    /// Run the way from an order to a log-on, unattended, and measure it
    #[cfg(feature = "lab")]
    Story(story::StoryArgs),
    #[cfg(not(feature = "lab"))]
    #[command(external_subcommand)]
    Lab(Vec<OsString>),
}

async fn perform(task: Task) -> Result<(), Failure> {
    match task {
        Task::Tidy => tidy::start(),
        Task::Check => check::start().await,
        Task::Test(args) => test::start(args).await,
        Task::Soak(args) => soak::start(args).await,
        Task::Fuzz(args) => fuzz::start(args).await,
        Task::Pictures => pictures::start(),
        Task::Sqlx(args) => sqlx::start(args).await,
        #[cfg(feature = "lab")]
        Task::Services(args) => services::start(args).await,
        #[cfg(feature = "lab")]
        Task::Demo(args) => demo::start(args).await,
        #[cfg(feature = "lab")]
        Task::Story(args) => story::start(args).await,
        #[cfg(not(feature = "lab"))]
        Task::Lab(args) => process::again_with_lab(&args),
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match perform(arguments.task).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            term::complain(&failure);
            failure.exit_code()
        }
    }
}
