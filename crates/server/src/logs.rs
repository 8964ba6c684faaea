//! Logs: text for people or JSON for machines, on standard error, filtered by
//! `RUST_LOG`. Secrets never reach them: types that hold one do not print it.

use std::io::IsTerminal as _;

use tracing_subscriber::{EnvFilter, fmt};

/// What is logged when `RUST_LOG` does not say.
const DEFAULT_FILTER: &str = "info,sqlx=warn";

/// How a line looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// Begins logging; a filter that cannot be read is replaced and complained about.
pub fn start(format: Format) {
    let (filter, wrong) = match std::env::var("RUST_LOG") {
        Ok(text) => match EnvFilter::try_new(&text) {
            Ok(filter) => (filter, None),
            Err(error) => (EnvFilter::new(DEFAULT_FILTER), Some(error)),
        },
        Err(_unset) => (EnvFilter::new(DEFAULT_FILTER), None),
    };
    let colours = std::io::stderr().is_terminal();
    let lines = fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(colours);
    match format {
        Format::Text => lines.with_target(false).init(),
        Format::Json => lines.json().flatten_event(true).init(),
    }
    if let Some(error) = wrong {
        tracing::warn!(%error, "RUST_LOG cannot be read; {DEFAULT_FILTER} is used");
    }
}
