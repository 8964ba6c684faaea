//! Provisioning: once per version of Samba and set of arguments, then copied.

use std::{
    fs::{self, DirBuilder, OpenOptions},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
    process::{Output, Stdio},
};

use tokio::process::Command;

use super::{
    DomainOptions, SambaError,
    layout::{self, PASSWORD},
};

/// Changes whenever this file provisions in another way.
const RECIPE: u32 = 1;
/// Lines of a tool's output that are shown in an error.
const OUTPUT_LINES: usize = 8;
/// What `samba-tool` writes before the password it made up.
const PASSWORD_LABEL: &str = "Admin password:";

/// Which passwords a domain accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasswordPolicy {
    /// Characters a password must have at least.
    pub min_chars: u8,
    /// Whether three of four kinds of characters are needed.
    pub complexity: bool,
}

impl Default for PasswordPolicy {
    /// What a domain has when nobody changes it.
    fn default() -> Self {
        Self { min_chars: 7, complexity: true }
    }
}

/// A provisioned domain to copy from: made when the cache has none for this
/// version of Samba and these options. Safe to call from several processes.
pub async fn provision_cached(cache: &Path, options: &DomainOptions) -> Result<PathBuf, SambaError> {
    let version = run("asking Samba for its version", Command::new("samba").arg("--version")).await?;
    let version = String::from_utf8_lossy(&version.stdout).replace(|c: char| !c.is_ascii_alphanumeric(), "-");
    let PasswordPolicy { min_chars, complexity } = options.password_policy;
    let name = format!(
        "{RECIPE}-{}-{}-{}-{}-{min_chars}-{complexity}",
        version.trim_matches('-'),
        options.realm,
        options.netbios,
        options.host
    );
    DirBuilder::new().recursive(true).mode(0o700).create(cache).map_err(layout::file("created", cache))?;
    let cache = cache.canonicalize().map_err(layout::file("found", cache))?;
    let folder = cache.join(&name);
    let lock_path = cache.join(format!("{name}.lock"));
    let lock = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(0o600)
        .open(&lock_path)
        .map_err(layout::file("opened", &lock_path))?;
    let lock = tokio::task::spawn_blocking(move || lock.lock().map(|()| lock))
        .await
        .map_err(|error| SambaError::Step { step: "waiting for the cache", output: error.to_string() })?
        .map_err(layout::file("locked", &lock_path))?;
    if !layout::is_provisioned(&folder) {
        provision(&folder, options).await?;
    }
    drop(lock);
    Ok(folder)
}

/// Copies a provisioned domain; its password comes last, as the sign that all is there.
pub async fn copy(provisioned: &Path, data: &Path) -> Result<(), SambaError> {
    let mut sources: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(provisioned).map_err(layout::file("read", provisioned))? {
        let path = entry.map_err(layout::file("read", provisioned))?.path();
        if path.file_name().is_some_and(|name| name != PASSWORD) {
            sources.push(path);
        }
    }
    // `cp` keeps modes, owners and extended attributes, and shares blocks where the file system can.
    run(
        "copying the provisioned domain",
        Command::new("cp").args(["--archive", "--reflink=auto"]).args(&sources).arg(data),
    )
    .await?;
    let password = provisioned.join(PASSWORD);
    let password = fs::read_to_string(&password).map_err(layout::file("read", &password))?;
    layout::write_file(&data.join(PASSWORD), 0o600, &password)
}

async fn provision(folder: &Path, options: &DomainOptions) -> Result<(), SambaError> {
    if folder.exists() {
        // What an interrupted run left.
        fs::remove_dir_all(folder).map_err(layout::file("removed", folder))?;
    }
    DirBuilder::new().mode(0o700).create(folder).map_err(layout::file("created", folder))?;
    // No password among the arguments, where every user of the machine could
    // read it: the tool makes one up and says it once.
    let output = run(
        "provisioning the domain",
        Command::new("samba-tool")
            .args(["domain", "provision", "--server-role=dc", "--dns-backend=NONE", "--use-rfc2307"])
            .arg(format!("--targetdir={}", folder.display()))
            .arg(format!("--realm={}", options.realm))
            .arg(format!("--domain={}", options.netbios))
            .arg(format!("--host-name={}", options.host))
            .arg("--host-ip=127.0.0.1"),
    )
    .await?;
    let password = password_in(&output).ok_or_else(|| SambaError::Step {
        step: "reading the administrator's password",
        output: "samba-tool did not name one".to_owned(),
    })?;
    set_password_policy(folder, options.password_policy).await?;
    layout::write_file(&folder.join(PASSWORD), 0o600, &password)
}

async fn set_password_policy(folder: &Path, policy: PasswordPolicy) -> Result<(), SambaError> {
    run(
        "setting the password policy",
        Command::new("samba-tool")
            .args(["domain", "passwordsettings", "set"])
            .arg(format!("--complexity={}", if policy.complexity { "on" } else { "off" }))
            .arg(format!("--min-pwd-length={}", policy.min_chars))
            .arg(format!("--configfile={}/etc/smb.conf", folder.display()))
            .arg(format!("--URL={}/private/sam.ldb", folder.display())),
    )
    .await?;
    Ok(())
}

fn password_in(output: &Output) -> Option<String> {
    let text =
        String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout);
    let (_, rest) = text.split_once(PASSWORD_LABEL)?;
    let password = rest.lines().next()?.trim();
    (!password.is_empty()).then(|| password.to_owned())
}

pub(super) async fn run(step: &'static str, command: &mut Command) -> Result<Output, SambaError> {
    let program = match command.as_std().get_program().to_str() {
        Some("samba-tool") => "samba-tool",
        Some("cp") => "cp",
        _ => "samba",
    };
    let output = command
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .map_err(|source| SambaError::NotInstalled { program, source })?;
    if output.status.success() {
        return Ok(output);
    }
    let text = String::from_utf8_lossy(&output.stderr);
    let lines: Vec<&str> = text.lines().collect();
    Err(SambaError::Step { step, output: lines[lines.len().saturating_sub(OUTPUT_LINES)..].join("\n") })
}
