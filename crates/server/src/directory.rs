//! `tenantryd directory`: the script that delegates, and the proof that it was
//! run. And `check-config`, which looks at everything short of that.

use std::sync::Arc;

use ad::prepare::{Controller, check, delegation_script};

use crate::{
    args::{Directory, Kind},
    config::{Config, DirectorySection},
    database::{self, Database},
    failure::{Failure, chain},
    os::{OsClock, OsRandom},
    term::say,
};

/// Does it.
pub async fn run(config: &Config, command: &Directory) -> Result<(), Failure> {
    match command {
        Directory::Prepare { kind, account, code } => {
            let directory = one(config, code.as_deref())?;
            let controller = match kind {
                Kind::Windows => Controller::Windows,
                Kind::Samba => Controller::Samba,
            };
            let account = account.clone().map_or_else(|| account_of(directory, *kind), Ok)?;
            say(delegation_script(controller, &directory.folder_dn, &account).trim_end());
            Ok(())
        }
        Directory::Check { code: Some(code) } => checked(config, &[one(config, Some(code))?]).await,
        Directory::Check { code: None } => {
            one_at_least(config)?;
            checked(config, &config.directories.iter().collect::<Vec<_>>()).await
        }
    }
}

/// Prints the effective configuration and checks what can be checked without
/// changing anything anywhere.
pub async fn check_config(config: &Config) -> Result<(), Failure> {
    say(config.shown().trim_end());
    let mut problems = Vec::new();
    for directory in &config.directories {
        let settings = config.connector(directory);
        let usable = settings.and_then(|settings| {
            let code = &directory.code;
            let connected = ad::Directory::connect(settings, Arc::new(OsRandom));
            connected
                .map(drop)
                .map_err(|error| format!("the directory {code} cannot be used: {}", chain(&error)))
        });
        problems.extend(usable.err());
    }
    if config.database.url.is_some() {
        problems.extend(check_database(config).await.err().map(|failure| chain(&failure)));
    }
    if problems.is_empty() {
        say("# no problem found; `tenantryd directory check` proves what the accounts may do");
        return Ok(());
    }
    for problem in &problems {
        say(format!("# problem: {problem}"));
    }
    Err(Failure::found(format!("{} problems found", problems.len())))
}

async fn check_database(config: &Config) -> Result<(), Failure> {
    // No folder is made for a check: without keys nothing was migrated yet.
    if !config.keys().exists() {
        return Err(Failure::plain(format!(
            "there are no keys in {}; run `tenantryd migrate`",
            config.keys().display()
        )));
    }
    let settings = Database::join(config)?.settings(2);
    let store = database::store(&settings, database::keyring(config)?)?;
    let checked = database::require_schema(&store).await;
    store.close().await;
    checked
}

async fn checked(config: &Config, directories: &[&DirectorySection]) -> Result<(), Failure> {
    let mut bad = 0;
    for directory in directories {
        let settings = config.connector(directory).map_err(Failure::usage)?;
        for finding in check(settings, &OsClock, Arc::new(OsRandom)).await {
            let mark = if finding.ok { "ok " } else { "BAD" };
            say(format!("{mark} {} {}: {}", directory.code, finding.subject, finding.detail));
            if !finding.ok {
                bad += 1;
                say(format!("    {}", finding.cure));
            }
        }
    }
    if bad == 0 { Ok(()) } else { Err(Failure::found(format!("{bad} findings are not as they should be"))) }
}

fn one<'c>(config: &'c Config, code: Option<&str>) -> Result<&'c DirectorySection, Failure> {
    one_at_least(config)?;
    match (code, config.directories.as_slice()) {
        (None, [only]) => Ok(only),
        (None, _) => {
            Err(Failure::usage(format!("several directories are configured; name one: {}", codes(config))))
        }
        (Some(code), all) => all.iter().find(|d| d.code == code).ok_or_else(|| {
            Failure::usage(format!("{code} is not in the configuration; known are: {}", codes(config)))
        }),
    }
}

fn one_at_least(config: &Config) -> Result<(), Failure> {
    if config.directories.is_empty() {
        return Err(Failure::usage(format!("{} has no [[directory]]", config.path.display())));
    }
    Ok(())
}

fn codes(config: &Config) -> String {
    config.directories.iter().map(|d| d.code.as_str()).collect::<Vec<_>>().join(", ")
}

/// The usual log-on name of an account: its common name; for Windows with the
/// first label of the domain, which is its short name unless somebody chose another.
fn account_of(directory: &DirectorySection, kind: Kind) -> Result<String, Failure> {
    let first = |dn: &str| {
        let value = dn.split(',').next()?.split_once('=')?.1.trim();
        (!value.is_empty() && !value.contains('\\')).then(|| value.to_owned())
    };
    let unclear = || Failure::usage("the account's log-on name does not follow from bind_dn; give --account");
    let name = first(&directory.bind_dn).ok_or_else(unclear)?;
    match kind {
        Kind::Samba => Ok(name),
        Kind::Windows => {
            let domain = first(&directory.base_dn).ok_or_else(unclear)?;
            Ok(format!("{}\\{name}", domain.to_uppercase()))
        }
    }
}
