//! Connections: one per lane, opened when first needed, TLS always verified,
//! bound, and asked for the facts every operation needs. A connection on which
//! an answer stayed away is given up, because nobody knows what it is worth.

use std::{
    collections::HashSet,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use connector::{Lane, Unreachable};
use domain::{
    limits,
    problem::{Problem, ProblemCode},
};
use ldap3::{Ldap, LdapConnAsync, LdapConnSettings, LdapError, Mod, StdStream, controls::RawControl};
use rustls::{
    CertificateError, ClientConfig, RootCertStore,
    pki_types::{CertificateDer, pem::PemObject as _},
};
use tokio::{net::TcpStream, sync::Mutex, time::Instant};
use zeroize::Zeroizing;

use crate::{
    config::{Config, ConfigError, ControllerAddress, Transport},
    controllers::Controllers,
    entry::{self, Entry},
    facts::Facts,
    outcome,
};

/// Firewalls forget connections that are idle for minutes; one that was idle
/// for this long is asked for a sign of life before work is put on it.
const IDLE_MAX: Duration = Duration::from_mins(1);

/// A bound connection. Clones share it; operations of all clones are in flight together.
#[derive(Clone)]
pub(crate) struct Session {
    ldap: Ldap,
    /// Distinguishes it from every other connection of this process.
    pub(crate) epoch: u64,
    /// Which of the configured controllers it goes to.
    pub(crate) controller: usize,
    /// What was learnt when it was opened.
    pub(crate) facts: Arc<Facts>,
    ended: Arc<OnceLock<String>>,
    timeout: Duration,
}

/// The connections of one directory.
pub(crate) struct Connections {
    config: Arc<Config>,
    /// With the authorities as they were at the start.
    tls: Arc<ClientConfig>,
    pub(crate) controllers: Controllers,
    /// The password each controller refused last, and when.
    refused: Vec<Mutex<Option<Refused>>>,
    interactive: Mutex<Option<(Session, Instant)>>,
    bulk: Mutex<Option<(Session, Instant)>>,
    /// One per controller, to ask how it is.
    probes: Vec<Mutex<Option<Session>>>,
    epochs: AtomicU64,
}

/// A password that was not accepted.
struct Refused {
    password: Zeroizing<String>,
    at: Instant,
    cause: Problem,
    reason: String,
}

/// The connection broke or was silent.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Lost {
    /// It was gone before anything was sent.
    #[error("the connection was gone before the operation was sent: {0}")]
    Unsent(String),
    /// It broke, or the answer did not come in time, after sending.
    #[error("no answer: {0}")]
    Unanswered(String),
}

impl From<Lost> for Unreachable {
    fn from(lost: Lost) -> Self {
        Self::caused(lost.to_string(), lost)
    }
}

/// Where and how deep to search.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Scope {
    /// The object itself.
    Base,
    /// Its children.
    Children,
    /// The object and everything below.
    Subtree,
}

impl Connections {
    /// Reads the authorities; connects to nothing yet.
    pub(crate) fn new(config: Arc<Config>) -> Result<Self, ConfigError> {
        let tls = Arc::new(tls(&config)?);
        let (interactive, bulk) = (Mutex::default(), Mutex::default());
        let probes = config.controllers.iter().map(|_| Mutex::default()).collect();
        let refused = config.controllers.iter().map(|_| Mutex::default()).collect();
        let controllers = Controllers::new(&config, Instant::now());
        let epochs = AtomicU64::new(1);
        Ok(Self { config, tls, controllers, refused, interactive, bulk, probes, epochs })
    }

    /// The connection of a lane, opened or opened again when needed.
    pub(crate) async fn session(&self, lane: Lane) -> Result<Session, Unreachable> {
        let mut slot = match lane {
            Lane::Interactive => self.interactive.lock().await,
            Lane::Bulk => self.bulk.lock().await,
        };
        if let Some((session, used)) = slot.take()
            && session.is_open()
            && session.controller == self.controllers.used(Instant::now())
            && (used.elapsed() < IDLE_MAX || session.is_alive(self.config.probe_timeout).await)
        {
            *slot = Some((session.clone(), Instant::now()));
            return Ok(session);
        }
        let session = self.open().await?;
        *slot = Some((session.clone(), Instant::now()));
        Ok(session)
    }

    /// A connection of its own, to the controller in use or, when that cannot
    /// be connected to, to the next, which then is the one in use.
    pub(crate) async fn open(&self) -> Result<Session, Unreachable> {
        let mut reasons = Vec::new();
        let mut cause = Problem::new(ProblemCode::Unreachable);
        for which in self.controllers.order(Instant::now()) {
            match self.open_noted(which).await {
                Ok(session) => {
                    self.controllers.choose(which, Instant::now());
                    return Ok(session);
                }
                Err(error) => {
                    reasons.push(error.reason);
                    // That one is merely away tells less than what is wrong with another.
                    if cause.code == ProblemCode::Unreachable {
                        cause = error.cause;
                    }
                }
            }
        }
        Err(Unreachable::because(reasons.join("; ")).known_as(cause))
    }

    /// A connection to one controller, within the time there is for it.
    async fn open_noted(&self, which: usize) -> Result<Session, Unreachable> {
        let controller = &self.config.controllers[which];
        let limit = self.config.connect_timeout;
        let opened = match tokio::time::timeout(limit, self.open_at(which, controller)).await {
            Ok(opened) => opened,
            Err(_) => Err(Unreachable::because(format!("not connected within {limit:?}"))),
        };
        match opened {
            Ok(session) => {
                self.controllers.answered(which, None, None, Instant::now());
                Ok(session)
            }
            Err(error) => {
                self.controllers.silent(which, error.problem(), Instant::now());
                let reason = format!("{}: {}", controller.url, error.reason);
                Err(Unreachable { reason, ..error })
            }
        }
    }

    /// Asks every controller for a sign of life, each over a connection of its own.
    pub(crate) async fn ask_all(&self) {
        futures::future::join_all((0..self.probes.len()).map(|which| self.ask(which))).await;
    }

    async fn ask(&self, which: usize) {
        let mut slot = self.probes[which].lock().await;
        let session = match slot.take().filter(Session::is_open) {
            Some(session) => session,
            // How it went is noted there.
            None => match self.open_noted(which).await {
                Ok(session) => session,
                Err(_) => return,
            },
        };
        let asked = Instant::now();
        match session.within(self.config.probe_timeout).read("", &["currentTime"]).await {
            Ok(root) => {
                let time = root.and_then(|root| entry::generalized_time(root.text("currentTime")?));
                self.controllers.answered(which, Some(asked.elapsed()), time, Instant::now());
                *slot = Some(session);
            }
            Err(error) => self.controllers.silent(which, error.problem(), Instant::now()),
        }
    }

    async fn open_at(&self, which: usize, at: &ControllerAddress) -> Result<Session, Unreachable> {
        let password = self.password().await;
        self.not_refused_lately(which, &password).await?;
        let stream = stream(at).await;
        let stream = stream.map_err(|e| Unreachable::caused(format!("no TCP connection: {e}"), e))?;
        let settings = LdapConnSettings::new().set_config(self.tls()).set_std_stream(StdStream::Tcp(stream));
        let connected = LdapConnAsync::with_settings(settings, &at.url).await;
        let (connection, mut ldap) = connected.map_err(|e| self.handshake(e))?;
        let ended = Arc::new(OnceLock::new());
        let end = ended.clone();
        tokio::spawn(async move {
            let reason = match connection.drive().await {
                Ok(()) => "closed by the controller".to_owned(),
                Err(error) => error.to_string(),
            };
            tracing::debug!(reason, "directory connection ended");
            // Nobody else sets it.
            let _ = end.set(reason);
        });
        let config = &self.config;
        let bound = ldap.simple_bind(&config.bind_dn, &password).await;
        let bound = bound.map_err(|e| unreachable("no answer to the bind", e))?;
        if bound.rc != 0 {
            let text = words(&bound.text);
            let cause = outcome::of_controller(bound.rc, &text);
            let reason = format!("the bind as {} was refused: {} {text}", config.bind_dn, bound.rc);
            self.refused(which, password, &cause, &reason).await;
            return Err(Unreachable::because(reason).known_as(cause));
        }
        *self.refused[which].lock().await = None;
        let facts = Arc::new(Facts::default());
        let epoch = self.epochs.fetch_add(1, Relaxed);
        let (controller, timeout) = (which, config.request_timeout);
        let mut session = Session { ldap, epoch, controller, facts, ended, timeout };
        session.facts = Arc::new(Facts::learn(&session, config).await?);
        Ok(session)
    }

    /// The account's password, as it is now: whoever changes it in the
    /// directory writes it into the file, and nothing has to be restarted.
    async fn password(&self) -> Zeroizing<String> {
        let Some(file) = &self.config.bind_password_file else { return self.config.bind_password.clone() };
        let read = tokio::fs::read_to_string(file).await.map(Zeroizing::new);
        match read.as_ref().map(|text| text.trim_end_matches(['\r', '\n'])) {
            Ok(password) if !password.is_empty() => Zeroizing::new(password.to_owned()),
            // Just being written, perhaps.
            other => {
                let error = other.err().map(ToString::to_string);
                tracing::warn!(file = %file.display(), error, "the password file has no password; the last one is used");
                self.config.bind_password.clone()
            }
        }
    }

    /// Guessing the same wrong password again and again locks an account out.
    async fn not_refused_lately(&self, which: usize, password: &str) -> Result<(), Unreachable> {
        match self.refused[which].lock().await.as_ref() {
            Some(refused)
                if *refused.password == password && refused.at.elapsed() < limits::CREDENTIALS_RETRY =>
            {
                Err(Unreachable::because(refused.reason.clone()).known_as(refused.cause.clone()))
            }
            _ => Ok(()),
        }
    }

    /// Only a wrong password counts towards a lock: what else is in the way may be gone at any time.
    async fn refused(&self, which: usize, password: Zeroizing<String>, cause: &Problem, reason: &str) {
        let guessed = cause.args.get("cause").is_some_and(|c| c == "wrong_password" || c == "unknown");
        if guessed {
            let (at, cause, reason) = (Instant::now(), cause.clone(), reason.to_owned());
            *self.refused[which].lock().await = Some(Refused { password, at, cause, reason });
        }
    }

    /// With the authorities as they are now, and without sessions that could be
    /// resumed: a resumed session shows no certificate.
    fn tls(&self) -> Arc<ClientConfig> {
        tls(&self.config).map_or_else(
            |error| {
                tracing::warn!(%error, "the authorities cannot be read again; those of the start are used");
                self.tls.clone()
            },
            Arc::new,
        )
    }

    /// What went wrong between TCP and the first message: usually the certificate.
    fn handshake(&self, error: LdapError) -> Unreachable {
        let LdapError::Io { source } = &error else { return unreachable("TLS failed", error) };
        match source.get_ref().and_then(|e| e.downcast_ref::<rustls::Error>()) {
            Some(rustls::Error::InvalidCertificate(why)) => {
                let file = self.config.ca_file.display();
                let cause = Problem::new(certificate(why));
                let reason = format!(
                    "the controller's certificate is not accepted ({why}); the authorities are those in {file}"
                );
                Unreachable::caused(reason, error).known_as(cause)
            }
            _ => unreachable("TLS failed", error),
        }
    }
}

fn certificate(why: &CertificateError) -> ProblemCode {
    use CertificateError as E;
    match why {
        E::Expired | E::ExpiredContext { .. } => ProblemCode::CertificateExpired,
        E::NotValidYet | E::NotValidYetContext { .. } => ProblemCode::CertificateNotYetValid,
        E::NotValidForName | E::NotValidForNameContext { .. } => ProblemCode::CertificateName,
        _ => ProblemCode::CertificateNotTrusted,
    }
}

impl Session {
    /// One search with one answer; results of other servers are not followed.
    pub(crate) async fn search(
        &self,
        base: &str,
        scope: Scope,
        filter: &str,
        attributes: &[&str],
        controls: Vec<RawControl>,
    ) -> Result<Found, Lost> {
        let scope = match scope {
            Scope::Base => ldap3::Scope::Base,
            Scope::Children => ldap3::Scope::OneLevel,
            Scope::Subtree => ldap3::Scope::Subtree,
        };
        let mut ldap = self.ldap.clone();
        ldap.with_timeout(self.timeout);
        if !controls.is_empty() {
            ldap.with_controls(controls);
        }
        let result = ldap.search(base, scope, filter, attributes.to_vec()).await;
        let ldap3::SearchResult(entries, result) = result.map_err(|e| self.lost(&e))?;
        let controls = result.ctrls.into_iter().map(|control| control.1).collect();
        let entries = entries.into_iter().map(Entry::new).collect();
        Ok(Found { entries, code: result.rc, text: words(&result.text), controls })
    }

    /// Sends one operation that changes something, with its controls.
    pub(crate) async fn send(&self, controls: Vec<RawControl>, operation: Operation) -> Result<Answer, Lost> {
        let mut ldap = self.ldap.clone();
        ldap.with_timeout(self.timeout);
        if !controls.is_empty() {
            ldap.with_controls(controls);
        }
        let result = match operation {
            Operation::Add { dn, entry } => ldap.add(&dn, entry).await,
            Operation::Modify { dn, changes } => ldap.modify(&dn, changes).await,
            Operation::Rename { dn, leaf, above } => ldap.modifydn(&dn, &leaf, true, Some(&above)).await,
            Operation::Delete { dn } => ldap.delete(&dn).await,
        };
        match result {
            Ok(result) => Ok(Answer::new(result.rc, &result.text)),
            Err(error) => Err(self.lost(&error)),
        }
    }

    /// Reads one object; none when it does not exist or may not be seen.
    pub(crate) async fn read(&self, dn: &str, attributes: &[&str]) -> Result<Option<Entry>, Unreachable> {
        let found = self.search(dn, Scope::Base, "(objectClass=*)", attributes, vec![]).await?;
        match found.code {
            code::SUCCESS | code::NO_SUCH_OBJECT => Ok(found.entries.into_iter().next()),
            _ => Err(found.unreachable()),
        }
    }

    /// Whether something can still be sent, as far as is known.
    pub(crate) fn is_open(&self) -> bool {
        !self.ldap.clone().is_closed() && self.ended.get().is_none()
    }

    /// The same connection with another patience.
    pub(crate) fn within(&self, timeout: Duration) -> Self {
        Self { timeout, ..self.clone() }
    }

    async fn is_alive(&self, timeout: Duration) -> bool {
        self.within(timeout).read("", &["dsServiceName"]).await.is_ok()
    }

    /// After silence nobody may use the connection again.
    fn lost(&self, error: &LdapError) -> Lost {
        let reason = || self.ended.get().cloned().unwrap_or_else(|| error.to_string());
        match error {
            LdapError::OpSend { .. } => Lost::Unsent(reason()),
            LdapError::Timeout { .. } => {
                let reason = format!("nothing came back within {:?}", self.timeout);
                let _ = self.ended.set(reason.clone());
                Lost::Unanswered(reason)
            }
            _ => Lost::Unanswered(reason()),
        }
    }
}

/// An operation that changes something (RFC 4511 4.6 to 4.9).
pub(crate) enum Operation {
    Add { dn: String, entry: Vec<(Vec<u8>, HashSet<Vec<u8>>)> },
    Modify { dn: String, changes: Vec<Mod<Vec<u8>>> },
    Rename { dn: String, leaf: String, above: String },
    Delete { dn: String },
}

/// The answer to an operation (RFC 4511 4.1.9).
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) code: u32,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn new(code: u32, text: &str) -> Self {
        Self { code, text: words(text) }
    }
}

/// What a controller says. Windows ends its words with a NUL, which no
/// database keeps and no page shows.
fn words(text: &str) -> String {
    text.replace('\0', "").trim().to_owned()
}

/// The answer to a search.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) entries: Vec<Entry>,
    pub(crate) code: u32,
    pub(crate) text: String,
    pub(crate) controls: Vec<RawControl>,
}

impl Found {
    /// A search that was refused tells nothing about what exists.
    pub(crate) fn unreachable(&self) -> Unreachable {
        let cause = outcome::of_controller(self.code, &self.text);
        Unreachable::because(format!("the search was refused: {} {}", self.code, self.text)).known_as(cause)
    }
}

/// Result codes (RFC 4511 appendix A) that decide something; what the others mean is in `codes`.
pub(crate) mod code {
    pub(crate) const SUCCESS: u32 = 0;
    pub(crate) const NO_SUCH_ATTRIBUTE: u32 = 16;
    pub(crate) const CONSTRAINT_VIOLATION: u32 = 19;
    pub(crate) const VALUE_EXISTS: u32 = 20;
    pub(crate) const INVALID_SYNTAX: u32 = 21;
    pub(crate) const NO_SUCH_OBJECT: u32 = 32;
    pub(crate) const INSUFFICIENT_RIGHTS: u32 = 50;
    pub(crate) const UNWILLING: u32 = 53;
    pub(crate) const ENTRY_EXISTS: u32 = 68;
}

async fn stream(to: &ControllerAddress) -> std::io::Result<std::net::TcpStream> {
    const LDAPS: u16 = 636;
    let stream = match to.transport {
        Transport::Via(address) => TcpStream::connect(address).await?,
        Transport::Direct => {
            let host = to.url.strip_prefix("ldaps://").unwrap_or(&to.url);
            let has_port = host.rsplit_once(':').is_some_and(|(_, p)| p.parse::<u16>().is_ok());
            if has_port {
                TcpStream::connect(host).await?
            } else {
                TcpStream::connect(format!("{host}:{LDAPS}")).await?
            }
        }
    };
    stream.set_nodelay(true)?;
    stream.into_std()
}

fn unreachable(what: &str, error: LdapError) -> Unreachable {
    Unreachable::caused(format!("{what}: {error}"), error)
}

fn tls(config: &Config) -> Result<ClientConfig, ConfigError> {
    let bad = |reason: String| ConfigError::Authorities { file: config.ca_file.clone(), reason };
    let mut roots = RootCertStore::empty();
    let certificates = CertificateDer::pem_file_iter(&config.ca_file).map_err(|e| bad(e.to_string()))?;
    for certificate in certificates {
        let certificate = certificate.map_err(|e| bad(e.to_string()))?;
        roots.add(certificate).map_err(|e| bad(e.to_string()))?;
    }
    if roots.is_empty() {
        return Err(bad("there is no certificate in it".to_owned()));
    }
    // The provider is named here, so that nothing depends on which one the process installed.
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    Ok(builder.map_err(ConfigError::Tls)?.with_root_certificates(roots).with_no_client_auth())
}
