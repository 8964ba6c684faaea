//! The configuration: one TOML file, and secrets from the environment or from
//! files of their own. A key that does not exist is an error with its line.
//!
//! Start at [`Config::read`]. What each key means stands in
//! `docs/tenantry.example.toml`.

mod hooks;
mod mail;
mod rules;
mod show;

use std::{
    collections::BTreeMap,
    fmt,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use ad::ControllerAddress;
use domain::{
    mail::Mailing,
    service::{DefinitionDraft, Property},
};
use serde::Deserialize;
use store::bootstrap::{Instance, PlanSetting, ServiceSetting};

pub use hooks::HooksSection;
pub use mail::MailSection;
pub use rules::password_variable;

/// A variable of the environment, by name.
pub type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file is not there or cannot be read.
    #[error("the configuration {} cannot be read", path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// It is not TOML, or has a key or a value of the wrong kind.
    #[error("{}, line {line}, column {column}: {message}", path.display())]
    Form {
        /// Which file.
        path: PathBuf,
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
        /// What the parser says, without the text of the line, which may hold a secret.
        message: String,
    },
    /// Values that cannot be accepted.
    #[error("{}: {}", path.display(), problems.join("; "))]
    Values {
        /// Which file.
        path: PathBuf,
        /// One sentence each, beginning with the key.
        problems: Vec<String>,
    },
}

/// What the file says.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The provider.
    pub instance: InstanceSection,
    /// Where to listen.
    #[serde(default)]
    pub http: HttpSection,
    /// Where the data are.
    #[serde(default)]
    pub database: DatabaseSection,
    /// Brands, each with its host names.
    #[serde(default, rename = "brand")]
    pub brands: Vec<Brand>,
    /// Directories.
    #[serde(default, rename = "directory")]
    pub directories: Vec<DirectorySection>,
    /// Services that can be subscribed to.
    #[serde(default, rename = "service")]
    pub services: Vec<Service>,
    /// Plans of services.
    #[serde(default, rename = "plan")]
    pub plans: Vec<Plan>,
    /// Where hooks may lead.
    #[serde(default)]
    pub hooks: HooksSection,
    /// Mail; without it there is none.
    pub mail: Option<MailSection>,
    /// Where the file is: not a key of it.
    #[serde(skip)]
    pub path: PathBuf,
    /// Passwords of directories, by code, with where they came from; none where there is none.
    #[serde(skip)]
    pub passwords: BTreeMap<String, Secret>,
}

/// The provider and this installation of it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InstanceSection {
    /// Unchangeable short name of the provider.
    pub code: String,
    /// Its name.
    pub name: String,
    /// BCP 47.
    #[serde(default = "english")]
    pub language: String,
    /// IANA.
    #[serde(default = "utc")]
    pub time_zone: String,
    /// ISO 4217.
    pub currency: String,
    /// Folder for keys and the private database; relative to the file.
    #[serde(default = "data")]
    pub data: PathBuf,
}

/// Where to listen.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HttpSection {
    /// Address and port. Plain HTTP: a proxy with TLS stands in front.
    #[serde(default = "listen")]
    pub listen: SocketAddr,
    /// How people reach the portal when no brand is involved; links begin with it.
    pub public_url: Option<String>,
    /// Networks of the proxies whose word is taken on who is asking.
    #[serde(default)]
    pub trusted_proxies: Vec<String>,
}

impl Default for HttpSection {
    fn default() -> Self {
        Self { listen: listen(), public_url: None, trusted_proxies: Vec::new() }
    }
}

/// Where the data are.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatabaseSection {
    /// `postgres://…`; without it there is a private cluster in the data folder.
    pub url: Option<String>,
    /// Connections that serve requests.
    #[serde(default = "connections")]
    pub connections: u32,
    /// Where the URL came from: not a key of the file.
    #[serde(skip)]
    pub url_from_environment: bool,
}

impl Default for DatabaseSection {
    fn default() -> Self {
        Self { url: None, connections: connections(), url_from_environment: false }
    }
}

impl fmt::Debug for DatabaseSection {
    // The URL may hold a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DatabaseSection").field("connections", &self.connections).finish_non_exhaustive()
    }
}

/// A brand under which the portal is shown.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Brand {
    /// Unchangeable short name.
    pub code: String,
    /// Name as shown.
    pub name: String,
    /// Host names that lead to it.
    #[serde(default)]
    pub host_names: Vec<String>,
}

/// A directory and the part of it that was given to the product.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DirectorySection {
    /// Unchangeable short name.
    pub code: String,
    /// Name as shown.
    pub name: String,
    /// The controllers, the preferred one first.
    pub urls: Vec<ControllerEntry>,
    /// PEM file of the authorities that may sign the controllers' certificates; relative to the file.
    pub ca_file: PathBuf,
    /// The domain.
    pub base_dn: String,
    /// The folder given to the product.
    pub folder_dn: String,
    /// The product's account.
    pub bind_dn: String,
    /// File that holds its password and nothing else; relative to the file.
    pub bind_password_file: Option<PathBuf>,
    /// Attribute that bears the marker.
    pub marker_attribute: Option<String>,
    /// What is never touched inside the folder.
    #[serde(default)]
    pub protected: Vec<String>,
}

/// A controller: its address, or its address with how to reach it.
#[derive(Debug, Clone, Deserialize)]
#[serde(
    untagged,
    expecting = "a controller is \"ldaps://host\" or { url = \"ldaps://host\", via = \"127.0.0.1:6360\" }"
)]
pub enum ControllerEntry {
    /// `ldaps://host[:port]`, reached directly.
    Direct(String),
    /// Behind something that forwards to it.
    Via(ControllerVia),
}

/// A controller that is not reached directly.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ControllerVia {
    /// `ldaps://host[:port]`: the name its certificate bears.
    pub url: String,
    /// Address and port where something forwards to it, as the near end of a tunnel.
    pub via: Option<SocketAddr>,
}

impl ControllerEntry {
    /// What the connector is told.
    pub fn address(&self) -> ControllerAddress {
        match self {
            Self::Direct(url) | Self::Via(ControllerVia { url, via: None }) => ControllerAddress::direct(url),
            Self::Via(ControllerVia { url, via: Some(via) }) => ControllerAddress::via(url, *via),
        }
    }
}

impl fmt::Display for ControllerEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Direct(url) | Self::Via(ControllerVia { url, via: None }) => f.write_str(url),
            Self::Via(ControllerVia { url, via: Some(via) }) => write!(f, "{url} via {via}"),
        }
    }
}

/// A service.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// Unchangeable short name.
    pub code: String,
    /// Name as shown.
    pub name: String,
    /// Subscribed to by single people, not by the customer as a whole.
    #[serde(default)]
    pub per_user: bool,
    /// Names of the groups of one instance.
    #[serde(default)]
    pub groups: Vec<String>,
    /// What it sets on the people who have it.
    #[serde(default)]
    pub attributes: BTreeMap<String, String>,
    /// Its properties.
    #[serde(default)]
    pub properties: BTreeMap<String, Property>,
}

impl Service {
    /// What it means in a directory, as the file says.
    pub fn definition(&self) -> DefinitionDraft {
        DefinitionDraft {
            groups: self.groups.clone(),
            attributes: self.attributes.clone(),
            properties: self.properties.clone(),
        }
    }
}

/// A plan of a service.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Unchangeable short name.
    pub code: String,
    /// Code of the service.
    pub service: String,
    /// Name as shown.
    pub name: String,
    /// Retail price a month, in the smallest unit of the currency.
    pub price_minor: Option<i64>,
    /// ISO 4217; the instance's when not given.
    pub currency: Option<String>,
    /// For the customer as a whole, although its service is for single people.
    #[serde(default)]
    pub per_customer: bool,
    /// Values of properties of the service.
    #[serde(default)]
    pub properties: BTreeMap<String, String>,
}

/// A secret and where it came from.
#[derive(Clone)]
pub struct Secret {
    /// The secret.
    pub value: String,
    /// For people: the variable or the file.
    pub from: String,
    /// The file, which is read again when it is needed.
    pub file: Option<PathBuf>,
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret from {}", self.from)
    }
}

/// A service as the database has it; what is wrong with it was told before.
fn service(of: &Service) -> ServiceSetting {
    ServiceSetting {
        code: of.code.clone(),
        name: of.name.clone(),
        per_user: of.per_user,
        definition: of.definition().check().unwrap_or_default(),
    }
}

fn english() -> String {
    "en".to_owned()
}

fn utc() -> String {
    "UTC".to_owned()
}

fn data() -> PathBuf {
    "data".into()
}

fn listen() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 8080))
}

fn connections() -> u32 {
    16
}

impl Config {
    /// Reads the file, takes secrets from the environment, and checks all values.
    pub fn read(path: &Path, environment: Environment<'_>) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| ConfigError::Unreadable { path: path.to_owned(), source })?;
        Self::parse(path, &text, environment)
    }

    fn parse(path: &Path, text: &str, environment: Environment<'_>) -> Result<Self, ConfigError> {
        let mut config: Self = toml::from_str(text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            let before = text.get(..at).unwrap_or(text);
            let line = before.matches('\n').count() + 1;
            let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
            ConfigError::Form { path: path.to_owned(), line, column, message: error.message().to_owned() }
        })?;
        path.clone_into(&mut config.path);
        if let Some(url) = environment("DATABASE_URL").filter(|url| !url.is_empty()) {
            config.database.url = Some(url);
            config.database.url_from_environment = true;
        }
        let problems = config.complete(environment);
        if problems.is_empty() {
            Ok(config)
        } else {
            Err(ConfigError::Values { path: path.to_owned(), problems })
        }
    }

    /// Makes paths absolute, reads passwords, and says what cannot be accepted.
    fn complete(&mut self, environment: Environment<'_>) -> Vec<String> {
        let folder = self.path.parent().unwrap_or(Path::new(".")).to_owned();
        let absolute = |path: &Path| {
            let joined = folder.join(path);
            std::path::absolute(&joined).unwrap_or(joined)
        };
        self.instance.data = absolute(&self.instance.data);
        let mut problems = self.hooks.complete(&absolute);
        if let Some(mail) = &mut self.mail {
            let brands = self.brands.iter().map(|brand| brand.code.as_str());
            problems.extend(mail.complete(&absolute, environment, brands));
        }
        for directory in &mut self.directories {
            directory.ca_file = absolute(&directory.ca_file);
            directory.bind_password_file = directory.bind_password_file.as_deref().map(absolute);
            match rules::password(directory, environment) {
                Ok(Some(secret)) => {
                    self.passwords.insert(directory.code.clone(), secret);
                }
                Ok(None) => {}
                Err(problem) => problems.push(problem),
            }
        }
        problems.extend(rules::check(self));
        problems
    }

    /// Where the keys are.
    pub fn keys(&self) -> PathBuf {
        self.instance.data.join("keys")
    }

    /// Where the private cluster is.
    pub fn cluster(&self) -> PathBuf {
        self.instance.data.join("postgres")
    }

    /// What is done with mail.
    pub fn mailing(&self) -> Mailing {
        self.mail.as_ref().map_or(Mailing::Off, MailSection::mailing)
    }

    /// How links begin.
    pub fn public_url(&self) -> String {
        let given = self.http.public_url.as_deref().map(|url| url.trim_end_matches('/').to_owned());
        given.unwrap_or_else(|| format!("http://{}", self.http.listen))
    }

    /// The proxies whose word is taken on who is asking; what is none was told before.
    pub fn trusted_proxies(&self) -> Vec<web::proxy::Network> {
        self.http.trusted_proxies.iter().filter_map(|text| text.parse().ok()).collect()
    }

    /// What the database has to know of it.
    pub fn instance(&self) -> Instance {
        let own = &self.instance;
        Instance {
            code: own.code.clone(),
            name: own.name.clone(),
            language: own.language.clone(),
            time_zone: own.time_zone.clone(),
            currency: own.currency.clone(),
            brands: self
                .brands
                .iter()
                .map(|b| (b.code.clone(), b.name.clone(), b.host_names.clone()))
                .collect(),
            directories: self.directories.iter().map(|d| (d.code.clone(), d.name.clone())).collect(),
            services: self.services.iter().map(service).collect(),
            plans: self.plans.iter().map(|plan| self.plan(plan)).collect(),
        }
    }

    fn plan(&self, plan: &Plan) -> PlanSetting {
        let currency = plan.currency.clone().unwrap_or_else(|| self.instance.currency.clone());
        PlanSetting {
            code: plan.code.clone(),
            service: plan.service.clone(),
            name: plan.name.clone(),
            price: plan.price_minor.map(|minor| (minor, currency)),
            per_customer: plan.per_customer,
            properties: plan.properties.clone(),
        }
    }

    /// The settings of the connector for a directory.
    pub fn connector(&self, directory: &DirectorySection) -> Result<ad::Config, String> {
        let Some(password) = self.passwords.get(&directory.code) else {
            return Err(format!(
                "the directory {} has no password: set {} or bind_password_file",
                directory.code,
                password_variable(&directory.code)
            ));
        };
        let d = directory;
        let mut config =
            ad::Config::new("", &d.ca_file, &d.base_dn, &d.folder_dn, &d.bind_dn, &password.value);
        config.controllers = d.urls.iter().map(ControllerEntry::address).collect();
        config.protected.clone_from(&d.protected);
        config.bind_password_file = password.file.clone();
        if let Some(marker) = &d.marker_attribute {
            config.marker.clone_from(marker);
        }
        Ok(config)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &str = "[instance]\ncode = \"hq\"\nname = \"Provider\"\ncurrency = \"EUR\"\n";
    const EXAMPLE: &str = include_str!("../../../docs/tenantry.example.toml");

    fn parse(text: &str, environment: &[(&str, &str)]) -> Result<Config, ConfigError> {
        let look = |name: &str| {
            environment.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        };
        Config::parse(Path::new("/etc/tenantry/tenantry.toml"), text, &look)
    }

    fn problems(text: &str) -> String {
        parse(text, &[]).expect_err("it cannot be accepted").to_string()
    }

    #[test]
    fn the_smallest_configuration_has_a_default_for_everything_else() {
        let config = parse(SMALL, &[]).expect("valid");
        assert_eq!(config.instance.data, Path::new("/etc/tenantry/data"));
        assert_eq!(config.public_url(), "http://127.0.0.1:8080");
        assert!(config.database.url.is_none());
    }

    #[test]
    fn the_example_of_the_manual_is_valid_and_shows_every_key() {
        let secrets =
            [("TENANTRY_DIRECTORY_SHARED_PASSWORD", "s3cret"), ("TENANTRY_MAIL_PASSWORD", "s3cret")];
        // The file with the password belongs to the reader of the manual.
        let text = EXAMPLE.replace("bind_password_file", "#bind_password_file");
        let config = parse(&text, &secrets).expect("valid");
        assert_eq!(config.passwords["shared"].value, "s3cret");
        for key in [
            "url",
            "trusted_proxies",
            "connections",
            "marker_attribute",
            "protected",
            "per_user",
            "price_minor",
            "data",
            "via",
            "groups",
            "attributes",
            "properties",
            "per_customer",
            "allow_http",
            "allow_addresses",
            "ca_file",
            "hooks.commands",
            "[mail]",
            "keep",
            "username",
            "password_file",
            "from_of",
        ] {
            assert!(EXAMPLE.contains(key), "{key} is not shown");
        }
    }

    #[test]
    fn a_controller_is_reached_directly_or_by_way_of_an_address() {
        let text = EXAMPLE.replace("bind_password_file", "#bind_password_file");
        let secrets =
            [("TENANTRY_DIRECTORY_SHARED_PASSWORD", "s3cret"), ("TENANTRY_MAIL_PASSWORD", "s3cret")];
        let config = parse(&text, &secrets).expect("valid");
        let settings = config.connector(&config.directories[0]).expect("it has a password");
        let via = "127.0.0.1:6360".parse().expect("an address");
        let expected = [
            ControllerAddress::direct("ldaps://dc1.example.com"),
            ControllerAddress::via("ldaps://dc2.example.com", via),
        ];
        assert_eq!(settings.controllers, expected);
        let wrong = text
            .replace("{ url = \"ldaps://dc2.example.com\", via", "{ uri = \"ldaps://dc2.example.com\", via");
        assert!(problems(&wrong).contains("a controller is"), "{}", problems(&wrong));
    }

    #[test]
    fn an_unknown_key_is_named_with_its_line_and_no_secret_is_shown() {
        let text = format!("{SMALL}[database]\nurl = \"postgres://u:geheim@h/d\"\nconections = 3\n");
        let said = problems(&text);
        assert!(said.contains("line 7, column 1"), "{said}");
        assert!(said.contains("conections"), "{said}");
        let said = problems(&format!("{SMALL}[database]\nurl = \"postgres://u:geheim@h/d\n"));
        assert!(said.contains("line 6") && !said.contains("geheim"), "{said}");
    }

    #[test]
    fn every_value_that_cannot_be_accepted_is_named_at_once() {
        let said = problems(
            "[instance]\ncode = \"HQ!\"\nname = \"\"\ncurrency = \"Euro\"\ntime_zone = \"Mars/Olympus\"\n\
             [http]\npublic_url = \"portal.example\"\ntrusted_proxies = [\"10.0.0.0/8\", \"proxy\"]\n\
             [[plan]]\ncode = \"a\"\nservice = \"none\"\nname = \"A\"\nprice_minor = -1\n\
             [[brand]]\ncode = \"b1\"\nname = \"B\"\nhost_names = [\"x.example\"]\n\
             [[brand]]\ncode = \"b1\"\nname = \"B\"\nhost_names = [\"x.example\"]\n",
        );
        for key in [
            "instance.code",
            "instance.name",
            "instance.currency",
            "instance.time_zone",
            "http.public_url",
            "http.trusted_proxies[1]",
            "plan[0].service",
            "plan[0].price_minor",
            "brand[1].code",
            "brand[1].host_names",
        ] {
            assert!(said.contains(key), "{key} is not named: {said}");
        }
    }

    #[test]
    fn mail_is_checked_with_everything_else_and_its_password_is_never_shown() {
        let with = |lines: &str| format!("{SMALL}[[brand]]\ncode = \"b1\"\nname = \"B\"\n[mail]\n{lines}");
        let said = problems(&with(
            "host = \"smtp://x\"\nfrom = \"nobody\"\nusername = \"u\"\nfrom_of = { b2 = \"x@y.example\", b1 = \"x\" }",
        ));
        for key in ["mail.host", "mail.from ", "mail.username", "mail.from_of.b2", "mail.from_of.b1"] {
            assert!(said.contains(key), "{key} is not named: {said}");
        }
        let said = problems(&with(""));
        assert!(said.contains("mail.host is needed") && said.contains("mail.from is needed"), "{said}");
        let said = problems(&with("tls = \"none\""));
        assert!(said.contains("line"), "there is no mail without TLS: {said}");
        let kept = parse(&with("keep = true"), &[]).expect("nothing else is needed");
        assert_eq!(kept.mailing(), Mailing::Keep);
        assert_eq!(parse(SMALL, &[]).expect("valid").mailing(), Mailing::Off);
        let good = with(
            "host = \"smtp.example.com\"\nfrom = \"P <p@x.example>\"\nusername = \"u\"\ntls = \"implicit\"",
        );
        let config = parse(&good, &[("TENANTRY_MAIL_PASSWORD", "s3cret")]).expect("valid");
        let settings = config.mail.as_ref().expect("mail").settings().expect("settings");
        assert_eq!((settings.port, settings.login.is_some()), (465, true));
        let shown = format!("{}\n{config:?}", config.shown());
        assert!(!shown.contains("s3cret") && shown.contains("TENANTRY_MAIL_PASSWORD"), "{shown}");
    }

    #[test]
    fn secrets_of_the_environment_replace_those_of_the_file_and_are_never_shown() {
        let text = EXAMPLE.replace("bind_password_file", "#bind_password_file");
        let environment = [
            ("TENANTRY_DIRECTORY_SHARED_PASSWORD", "s3cret"),
            ("TENANTRY_MAIL_PASSWORD", "s3cret"),
            ("DATABASE_URL", "postgres://owner:geheim@db.example/tenantry?options=-cx%3Dy"),
        ];
        let config = parse(&text, &environment).expect("valid");
        let shown = format!("{}\n{config:?}", config.shown());
        assert!(!shown.contains("s3cret") && !shown.contains("geheim"), "{shown}");
        assert!(shown.contains("TENANTRY_DIRECTORY_SHARED_PASSWORD"), "{shown}");
        assert!(shown.contains("db.example"), "{shown}");
    }
}
