//! `tenantry`: the command line for Tenantry, a client of REST v1.
//!
//! It knows the server only by its public API (crate `wire`): no database, no
//! rules of its own. Start reading at [`args`] (what can be typed), then
//! [`client`] (how calls are made and repeated) and [`failure`] (what goes
//! wrong, and the exit codes).

mod args;
mod client;
mod commands;
mod config;
#[cfg(test)]
mod documents;
mod failure;
mod files;
mod input;
mod output;
mod wait;

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    let cli = args::Cli::parse();
    let out = output::Out::new(cli.global.output);
    match run(&cli, &out) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            out.failure(&failure);
            ExitCode::from(failure.exit_code())
        }
    }
}

fn run(cli: &args::Cli, out: &output::Out) -> Result<(), failure::Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| failure::Failure::local("the program cannot start its event loop", error))?;
    runtime.block_on(commands::run(cli, out))
}
