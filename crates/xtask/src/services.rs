//! `cargo xtask services -- COMMAND`: runs a command with the real components
//! tests need, and ends them with it.

use testkit::services::{Services, ServicesError};
use tokio::{
    process::Command,
    signal::unix::{SignalKind, signal},
};

use crate::{
    process::{Failure, run},
    term::say,
    workspace,
};

/// Which components, and for what.
#[derive(clap::Args)]
pub struct ServicesArgs {
    /// Start no database
    #[arg(long)]
    without_postgres: bool,
    /// Start no domain controller
    #[arg(long)]
    without_samba: bool,
    /// What to run; without a command the variables are printed and the
    /// components run until Ctrl-C
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    command: Vec<String>,
}

/// Starts the components, runs the command and stops the components, also when
/// the command fails or somebody presses Ctrl-C.
pub async fn start(args: ServicesArgs) -> Result<(), Failure> {
    let services = tokio::select! {
        services = Services::start(workspace::root(), !args.without_postgres, !args.without_samba) => services.map_err(failed)?,
        result = asked_to_stop() => return result.and(Err(Failure::Stopped)),
    };
    let result = match args.command.split_first() {
        Some((program, rest)) => run(Command::new(program).args(rest).envs(services.env())).await,
        None => show(&services).await,
    };
    services.stop().await.map_err(failed)?;
    result
}

async fn show(services: &Services) -> Result<(), Failure> {
    for (name, value) in services.env() {
        say(format!("export {name}='{}'", value.replace('\'', r"'\''")));
    }
    say("# running until Ctrl-C");
    asked_to_stop().await
}

async fn asked_to_stop() -> Result<(), Failure> {
    let io = || Failure::io("cannot listen for signals");
    let mut interrupt = signal(SignalKind::interrupt()).map_err(io())?;
    let mut terminate = signal(SignalKind::terminate()).map_err(io())?;
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    Ok(())
}

fn failed(error: ServicesError) -> Failure {
    Failure::Lab { what: "the services of the tests".to_owned(), source: Box::new(error) }
}
