//! Starts the components of a test run and keeps them until it is told to end:
//! `cargo run -p testkit --bin services -- FILE`, then `. FILE` in a shell
//! where tests are run again and again.

use std::{error::Error, fmt::Write as _, fs, path::Path};

use testkit::services::Services;
use tokio::signal::unix::{SignalKind, signal};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let file = std::env::args().nth(1).ok_or("name the file for the variables")?;
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).ok_or("no root of the repository")?;
    let services = Services::start(root, true, true).await?;
    let mut text = String::new();
    for (name, value) in services.env() {
        writeln!(text, "export {name}='{}'", value.replace('\'', r"'\''"))?;
    }
    // Other shells read it at any time: it is there whole or not at all.
    let unfinished = format!("{file}.new");
    fs::write(&unfinished, text)?;
    fs::rename(&unfinished, &file)?;
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        result = tokio::signal::ctrl_c() => result?,
        _ = terminate.recv() => {}
    }
    services.stop().await?;
    fs::remove_file(&file)?;
    Ok(())
}
