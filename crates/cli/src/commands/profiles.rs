//! Servers one is signed in to.

use clap::Subcommand;

use crate::{
    args::Global,
    config::Config,
    failure::Failure,
    output::{Columns, Out, instant, note},
};

/// Servers one is signed in to.
#[derive(Debug, Subcommand)]
pub enum Profiles {
    /// List the profiles of the configuration file
    List,
    /// Make a profile the one used when none is named
    Use {
        /// Name of the profile
        name: String,
    },
}

/// Does it.
pub fn run(command: &Profiles, global: &Global, out: &Out) -> Result<(), Failure> {
    let mut config = Config::load()?;
    match command {
        Profiles::List => {
            let (current, _) = config.profile(global);
            let entry = |(name, p): (&String, &crate::config::Profile)| {
                serde_json::json!({
                    "name": name, "url": p.url, "login": p.login, "expires_at": p.expires_at,
                    "current": *name == current,
                })
            };
            let items = config.profiles.iter().map(entry).collect();
            let columns = Columns::<serde_json::Value> {
                titles: &["", "name", "url", "login", "until"],
                row: |p| {
                    let text = |key: &str| p[key].as_str().unwrap_or_default().to_owned();
                    let mark = if p["current"] == true { "*" } else { "" };
                    vec![
                        mark.to_owned(),
                        text("name"),
                        text("url"),
                        text("login"),
                        instant(&text("expires_at")),
                    ]
                },
            };
            out.list(&wire::common::Page { items, next: None }, &columns)
        }
        Profiles::Use { name } => {
            if !config.profiles.contains_key(name) {
                let what = format!("there is no profile \"{name}\"");
                return Err(Failure::usage(what, "`tenantry profiles list` shows those there are"));
            }
            config.current = Some(name.clone());
            config.save()?;
            note(&format!("profile {name} is used from now on"));
            Ok(())
        }
    }
}
