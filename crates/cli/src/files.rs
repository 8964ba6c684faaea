//! Files the server gives: where they are written, and of which kind they are.

use std::{
    io::{IsTerminal as _, Write as _},
    path::PathBuf,
};

use clap::Args;

use crate::{failure::Failure, output::note};

/// Where a file goes.
#[derive(Debug, Args)]
pub struct To {
    /// Where to write it; without, it is printed
    #[arg(long, value_name = "PATH")]
    pub to: Option<PathBuf>,
    /// `csv` or `xlsx`; as the name of --to ends when not given, otherwise csv
    #[arg(long, value_parser = ["csv", "xlsx"])]
    pub format: Option<String>,
}

impl To {
    /// Of which kind it is.
    pub fn format(&self) -> Result<String, Failure> {
        let ending = || self.to.as_ref()?.extension()?.to_str().map(str::to_lowercase);
        let format = self.format.clone().or_else(|| ending().filter(|ending| ending == "xlsx"));
        if self.to.is_none() && format.as_deref() == Some("xlsx") && std::io::stdout().is_terminal() {
            return Err(Failure::usage("a workbook is nothing to read on a terminal", "say where with --to"));
        }
        Ok(format.unwrap_or_else(|| "csv".to_owned()))
    }

    /// Writes it; what was there is replaced when all of it is there.
    pub fn write(&self, bytes: &[u8]) -> Result<(), Failure> {
        let Some(path) = &self.to else {
            let mut out = std::io::stdout().lock();
            let written = out.write_all(bytes).and_then(|()| out.flush());
            return written.map_err(|error| Failure::local("the file cannot be printed", error));
        };
        let failed = |error: std::io::Error| {
            Failure::usage(
                format!("{} cannot be written: {error}", path.display()),
                "give another path to --to",
            )
        };
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(".part");
        let part = folder.map_or_else(|| PathBuf::from(&name), |folder| folder.join(&name));
        std::fs::write(&part, bytes).and_then(|()| std::fs::rename(&part, path)).map_err(failed)?;
        note(&format!("{} is written", path.display()));
        Ok(())
    }
}
