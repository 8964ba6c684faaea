//! `tenantryd`: the server. Wiring and configuration only: every rule lives in
//! the crates it puts together, and there is nothing here that must not run in
//! production.
//!
//! Start reading at [`args`] (what can be typed), then [`serve`] (the life of a
//! server) and [`config`] (the file).

mod args;
mod config;
mod database;
mod directory;
mod errands;
mod failure;
mod http;
mod logs;
mod migrate;
mod os;
mod serve;
mod stop;
mod term;
mod workers;

use std::process::ExitCode;

use clap::Parser as _;

use crate::{
    args::{Cli, Command},
    config::Config,
    failure::{Failure, chain},
    stop::Stop,
};

/// A tenth of a request was spent in the allocator of the system (docs/decisions/0008).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    logs::start(cli.log);
    match run(&cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            term::complain(&failure);
            failure.exit_code()
        }
    }
}

fn run(cli: &Cli) -> Result<(), Failure> {
    let config = Config::read(&cli.config, &|name| std::env::var(name).ok())
        .map_err(|error| Failure::usage(chain(&error)))?;
    // One provider of cryptography for everything that speaks TLS; a second one is an error of ours.
    if rustls::crypto::ring::default_provider().install_default().is_err() {
        return Err(Failure::plain("a provider of cryptography was installed twice"));
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(Failure::because("the program cannot start its event loop"))?;
    let result = runtime.block_on(perform(&config, &cli.command));
    // Blocking work, such as hashing, is not waited for.
    runtime.shutdown_background();
    result
}

async fn perform(config: &Config, command: &Command) -> Result<(), Failure> {
    let stop = Stop::listen()?;
    match command {
        Command::Serve(args) => serve::serve(config, args, &stop).await,
        Command::Work => workers::work(config, &stop).await,
        Command::Migrate(args) => migrate::migrate(config, args, &stop).await,
        Command::Directory(command) => stop.unless_asked(directory::run(config, command)).await,
        Command::CheckConfig => stop.unless_asked(directory::check_config(config)).await,
    }
}
