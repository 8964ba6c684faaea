//! `cargo xtask pictures`: the pictures of the README as the last run of the browser tests made them.

use std::fs;

use crate::{process::Failure, term::say, workspace};

/// Replaces each picture in `docs/images` by the one of the same name in `target/screens`.
pub fn start() -> Result<(), Failure> {
    let shown = workspace::root().join("docs/images");
    // Where the browser keeps them, wherever cargo builds.
    let made = workspace::root().join("target/screens");
    let unread = || Failure::io(format!("cannot read {}", shown.display()));
    for entry in fs::read_dir(&shown).map_err(unread())? {
        let name = entry.map_err(unread())?.file_name();
        let from = made.join(&name);
        let missing = format!("{} is not there; run cargo xtask test -p server first", from.display());
        fs::copy(&from, shown.join(&name)).map_err(Failure::io(missing))?;
        say(format!("docs/images/{} is that of the last run", name.to_string_lossy()));
    }
    Ok(())
}
