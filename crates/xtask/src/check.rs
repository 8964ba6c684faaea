//! `cargo xtask check`: formatting and lints.

use crate::process::{Failure, cargo, run, slow_cargo};

/// Both checks; the first that finds something ends the task.
pub async fn start() -> Result<(), Failure> {
    formatting().await?;
    lints().await
}

/// Code is as `cargo fmt` writes it.
pub async fn formatting() -> Result<(), Failure> {
    run(cargo().args(["fmt", "--all", "--check"])).await
}

/// No lint of Cargo.toml or clippy.toml is left.
pub async fn lints() -> Result<(), Failure> {
    run(slow_cargo("clippy").args(["--workspace", "--all-targets", "--", "--deny", "warnings"])).await
}
