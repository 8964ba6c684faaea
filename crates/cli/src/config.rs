//! The configuration file: servers one is signed in to.
//!
//! It holds tokens, so it is only readable by its owner (0600), and it is
//! replaced as a whole, so that two commands at once never leave half a file.

use std::{
    collections::BTreeMap,
    fs,
    io::Write as _,
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use crate::{args::Global, failure::Failure};

/// Name of the profile when none was given.
const DEFAULT_PROFILE: &str = "default";

/// The content of the file.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Profile used when none is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current: Option<String>,
    /// By name.
    #[serde(default)]
    pub profiles: BTreeMap<String, Profile>,
}

/// One server and how to speak to it.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Address of the server.
    pub url: String,
    /// Who is signed in.
    pub login: String,
    /// Secret of the session.
    pub token: String,
    /// When the session ends. RFC 3339.
    pub expires_at: String,
    /// Certificate authorities to trust, in PEM.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca_file: Option<PathBuf>,
}

impl std::fmt::Debug for Profile {
    // The token must not be printed by accident.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Profile").field("url", &self.url).field("login", &self.login).finish_non_exhaustive()
    }
}

/// Where to send calls, and as whom.
pub struct Target {
    /// Address of the server.
    pub url: String,
    /// Bearer token, if there is one for this server.
    pub token: Option<String>,
    /// Certificate authorities to trust.
    pub ca_file: Option<PathBuf>,
}

impl Config {
    /// Reads the file; an absent one is an empty configuration.
    pub fn load() -> Result<Self, Failure> {
        let path = path()?;
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(Failure::local(format!("{} cannot be read", path.display()), error)),
        };
        toml::from_str(&text).map_err(|error| {
            let what = format!("{} is not a configuration of tenantry: {}", path.display(), error.message());
            Failure::usage(what, "remove the file and sign in again with `tenantry login`")
        })
    }

    /// Writes the file, readable by its owner only.
    pub fn save(&self) -> Result<(), Failure> {
        let path = path()?;
        let text =
            toml::to_string(self).map_err(|e| Failure::local("the configuration cannot be written", e))?;
        write_private(&path, text.as_bytes())
            .map_err(|error| Failure::local(format!("{} cannot be written", path.display()), error))
    }

    /// The profile to use and its name.
    pub fn profile(&self, global: &Global) -> (String, Option<&Profile>) {
        let name = global.profile.clone().or_else(|| self.current.clone());
        let name = name.unwrap_or_else(|| DEFAULT_PROFILE.to_owned());
        let profile = self.profiles.get(&name);
        (name, profile)
    }

    /// Where to send calls. A token of the file goes only to the server it is of.
    pub fn target(&self, global: &Global) -> Result<Target, Failure> {
        let (name, profile) = self.profile(global);
        let Some(url) = global.url.clone().or_else(|| profile.map(|p| p.url.clone())) else {
            let (what, cure) = match &global.profile {
                Some(_) => (
                    format!("there is no profile \"{name}\""),
                    "`tenantry profiles list` shows those there are",
                ),
                None => (
                    "no server was named".to_owned(),
                    "sign in with `tenantry login https://…`, or set TENANTRY_URL",
                ),
            };
            return Err(Failure::usage(what, cure));
        };
        let own = profile.filter(|p| same_server(&p.url, &url));
        Ok(Target {
            token: global.token.clone().or_else(|| own.map(|p| p.token.clone())),
            ca_file: global.ca_file.clone().or_else(|| own.and_then(|p| p.ca_file.clone())),
            url,
        })
    }
}

fn same_server(a: &str, b: &str) -> bool {
    let origin = |text: &str| reqwest::Url::parse(text).map(|url| url.origin());
    matches!((origin(a), origin(b)), (Ok(a), Ok(b)) if a == b)
}

fn path() -> Result<PathBuf, Failure> {
    let folder = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    let base = folder("XDG_CONFIG_HOME")
        .filter(|p| p.is_absolute())
        .or_else(|| folder("HOME").map(|home| home.join(".config")))
        .ok_or_else(|| Failure::usage("neither XDG_CONFIG_HOME nor HOME is set", "set HOME"))?;
    Ok(base.join("tenantry").join("config.toml"))
}

fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or_else(|| Path::new("."));
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let temporary = folder.join(format!(".config.{}.tmp", std::process::id()));
    let _ = fs::remove_file(&temporary);
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&temporary)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&temporary, path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    fn global(words: &[&str]) -> Global {
        use clap::Parser as _;
        let words = ["tenantry"].iter().chain(words).chain(&["plans"]);
        crate::args::Cli::try_parse_from(words).expect("valid").global
    }

    fn config() -> Config {
        let profile = Profile {
            url: "https://a.example".to_owned(),
            login: "x@y.example".to_owned(),
            token: "secret".to_owned(),
            expires_at: String::new(),
            ca_file: None,
        };
        Config { current: Some("a".to_owned()), profiles: [("a".to_owned(), profile)].into() }
    }

    #[test]
    fn a_token_never_goes_to_another_server() {
        let config = config();
        let token = |words: &[&str]| config.target(&global(words)).expect("a server").token;
        assert_eq!(token(&[]).as_deref(), Some("secret"));
        assert_eq!(token(&["--url", "https://a.example/"]).as_deref(), Some("secret"));
        assert_eq!(token(&["--url", "https://b.example"]), None);
        assert_eq!(token(&["--url", "http://a.example"]), None);
        assert_eq!(token(&["--url", "https://b.example", "--token", "t"]).as_deref(), Some("t"));
        assert!(config.target(&global(&["--profile", "nope"])).is_err());
    }

    #[test]
    fn the_file_is_only_readable_by_its_owner_and_holds_what_was_saved() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("new/config.toml");
        let text = toml::to_string(&config()).expect("TOML");
        write_private(&path, text.as_bytes()).expect("written");
        write_private(&path, text.as_bytes()).expect("written again");
        let mode = fs::metadata(&path).expect("a file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let read: Config = toml::from_str(&fs::read_to_string(&path).expect("text")).expect("TOML");
        assert_eq!(read.profiles["a"].token, "secret");
        assert!(!format!("{read:?}").contains("secret"), "a token is never printed");
    }
}
