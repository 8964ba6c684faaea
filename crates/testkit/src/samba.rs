//! A real Active Directory domain controller (Samba) as a child process.
//!
//! A provisioned domain is kept in a cache folder, keyed by the version of Samba
//! and the arguments, and copied for every run: provisioning takes seconds, a
//! copy some milliseconds. Ports of a controller cannot be chosen, so every
//! domain gets an address of its own in 127.0.0.0/8.
//!
//! No process outlives its owner: Samba reads its standard input and ends when
//! the other end of the pipe is gone, also after a `kill -9`; and a start on a
//! folder first ends whatever a crashed run left there.

mod join;
mod layout;
mod provision;

use std::{
    fs::File,
    io,
    net::Ipv4Addr,
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};

use nix::{
    sys::signal::{Signal, killpg},
    unistd::Pid,
};
use serde::{Deserialize, Serialize};
use store::cluster::processes;

use crate::services::{SAMBA_VARIABLE, required};

pub use layout::Certificate;
pub use provision::{PasswordPolicy, provision_cached};

/// A controller that does not answer LDAPS after this long never will.
const READY_SECONDS: u64 = 60;
/// After this long an orderly stop becomes a kill.
const STOP_SECONDS: u64 = 10;
/// The last parts of the addresses of [`Domain::start_anywhere`].
const ADDRESSES: std::ops::RangeInclusive<u8> = 1..=254;
/// One question whether the controller answers.
const ATTEMPT: Duration = Duration::from_secs(5);
/// How often a condition is looked at while waiting for it.
const POLL: Duration = Duration::from_millis(25);
/// The processes of a controller set their titles; all start with one of these.
const PROCESS_NAMES: &[&str] = &["samba", "winbindd", "ldap", "cldap", "kdc", "rpc"];

/// Why there is no domain controller.
#[derive(Debug, thiserror::Error)]
pub enum SambaError {
    /// A program of Samba or `OpenLDAP` is missing.
    #[error(
        "`{program}` is not installed; on Debian and Ubuntu: \
         apt-get install samba samba-ad-dc samba-ad-provision samba-dsdb-modules winbind ldap-utils faketime"
    )]
    NotInstalled {
        /// The program that was looked for.
        program: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// A domain controller needs ports below 1024 and file ownership.
    #[error("a Samba domain controller needs root; run this as root, for instance in a container")]
    NotRoot,
    /// Unix sockets have short names.
    #[error("the folder {} is too long for the sockets of Samba; use one of at most {limit} bytes", path.display())]
    PathTooLong {
        /// The folder asked for.
        path: PathBuf,
        /// Bytes its path may have.
        limit: usize,
    },
    /// Two owners of one folder would destroy it.
    #[error("the domain in {} is in use by a running process", path.display())]
    InUse {
        /// The folder of the domain.
        path: PathBuf,
    },
    /// Somebody else listens there.
    #[error("the address {address} is taken: something listens on its port 636; choose another one")]
    AddressTaken {
        /// The address asked for.
        address: Ipv4Addr,
    },
    /// More domains at once than addresses.
    #[error("all addresses from 127.77.1.1 to 127.77.1.254 are taken")]
    NoAddress,
    /// A step of the preparation failed.
    #[error("{step} failed: {output}")]
    Step {
        /// What was tried.
        step: &'static str,
        /// What it said, shortened.
        output: String,
    },
    /// The controller ended by itself.
    #[error("Samba ended ({status}) before it was ready: {output}")]
    Ended {
        /// How it ended.
        status: ExitStatus,
        /// The end of its log.
        output: String,
    },
    /// The controller runs but does not answer.
    #[error("Samba did not answer LDAPS within {READY_SECONDS} s: {output}")]
    NotReady {
        /// What the last attempt said.
        output: String,
    },
    /// Processes are left that do not end.
    #[error("processes of the domain in {} do not end: {pids:?}", path.display())]
    DoesNotEnd {
        /// The folder of the domain.
        path: PathBuf,
        /// Who is left.
        pids: Vec<i32>,
    },
    /// A certificate could not be made.
    #[error("the certificate of the controller could not be made")]
    Certificate(#[from] rcgen::Error),
    /// A file could not be read or written.
    #[error("{} cannot be {action}", path.display())]
    File {
        /// What was tried.
        action: &'static str,
        /// With which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// What a domain is called and where it listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DomainOptions {
    /// DNS name of the domain, upper case, such as `TENANTRY.TEST`.
    pub realm: String,
    /// Short name of the domain, at most 15 characters.
    pub netbios: String,
    /// Name of the controller, without the domain.
    pub host: String,
    /// Address of its own in 127.0.0.0/8.
    pub address: Ipv4Addr,
    /// Which passwords the domain accepts.
    pub password_policy: PasswordPolicy,
}

impl DomainOptions {
    /// The domain most tests use, on an address of its own.
    pub fn new(address: Ipv4Addr) -> Self {
        Self {
            realm: "TENANTRY.TEST".to_owned(),
            netbios: "TENANTRY".to_owned(),
            host: "dc1".to_owned(),
            address,
            password_policy: PasswordPolicy::default(),
        }
    }

    /// `dc1.tenantry.test`.
    pub fn dns_name(&self) -> String {
        format!("{}.{}", self.host, self.realm.to_lowercase())
    }

    /// `DC=tenantry,DC=test`.
    pub fn base_dn(&self) -> String {
        let parts: Vec<String> =
            self.realm.to_lowercase().split('.').map(|part| format!("DC={part}")).collect();
        parts.join(",")
    }
}

/// How to reach a domain: all a client needs.
#[derive(Clone, Serialize, Deserialize)]
pub struct Directory {
    /// `ldaps://127.x.y.z`; the certificate carries the address.
    pub ldaps_url: String,
    /// Address the controller listens on.
    pub address: Ipv4Addr,
    /// DNS name of the controller; in the certificate, but not in any DNS.
    pub dns_name: String,
    /// Distinguished name of the domain.
    pub base_dn: String,
    /// Kerberos realm.
    pub realm: String,
    /// File with the certificate of the authority that signed the controller's.
    pub ca_pem: PathBuf,
    /// The account that may do everything.
    pub administrator_dn: String,
    /// Its password, made up when the domain was provisioned.
    pub administrator_password: String,
    /// Configuration for `samba-tool --configfile`.
    pub config: PathBuf,
}

impl std::fmt::Debug for Directory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Directory")
            .field("ldaps_url", &self.ldaps_url)
            .field("base_dn", &self.base_dn)
            .finish_non_exhaustive()
    }
}

/// A domain controller that runs as long as this value lives.
pub struct Domain {
    data: PathBuf,
    directory: Directory,
    options: DomainOptions,
    certificate: Certificate,
    /// Seconds its clock is ahead.
    clock_ahead: i64,
    child: Option<Child>,
    // Held for their locks, which end with the process however that ends.
    _lock: File,
    address_lock: Option<File>,
}

impl Domain {
    /// Starts the domain in the folder `data`, and provisions it first where the
    /// folder is new (from the `cache`, which is filled when needed). Whatever a
    /// crashed run left behind is ended before. Returns when LDAPS answers.
    pub async fn start(data: &Path, cache: &Path, options: &DomainOptions) -> Result<Self, SambaError> {
        if !nix::unistd::geteuid().is_root() {
            return Err(SambaError::NotRoot);
        }
        let data = layout::create_folder(data)?;
        let lock = layout::lock(&data)?;
        end_leftovers(&data).await?;
        if !layout::is_provisioned(&data) {
            let provisioned = provision_cached(cache, options).await?;
            provision::copy(&provisioned, &data).await?;
        }
        let directory = layout::write(&data, options)?;
        let options = options.clone();
        let mut domain = Self::made(data, directory, options, lock);
        domain.launch().await?;
        Ok(domain)
    }

    /// Starts a domain in a new folder on the first free address of 127.77.1.0/24,
    /// which is kept until its end: for test runs and for tests that break a
    /// domain. The address in `options` is replaced.
    pub async fn start_anywhere(
        data: &Path,
        cache: &Path,
        options: &DomainOptions,
    ) -> Result<Self, SambaError> {
        for last in ADDRESSES {
            let options = DomainOptions { address: Ipv4Addr::new(127, 77, 1, last), ..options.clone() };
            let Some(lock) = layout::claim(options.address) else { continue };
            match Self::start(data, cache, &options).await {
                Err(SambaError::AddressTaken { .. }) => {}
                Err(error) => return Err(error),
                Ok(mut domain) => {
                    domain.address_lock = Some(lock);
                    return Ok(domain);
                }
            }
        }
        Err(SambaError::NoAddress)
    }

    fn made(data: PathBuf, directory: Directory, options: DomainOptions, lock: File) -> Self {
        let (certificate, child) = (Certificate::Good, None);
        Self { data, directory, options, certificate, clock_ahead: 0, child, _lock: lock, address_lock: None }
    }

    /// Gives it another certificate; used from the next [`Self::restart`] on.
    pub fn certify(&mut self, certificate: Certificate) -> Result<(), SambaError> {
        self.certificate = certificate;
        layout::certify(&self.data.join("tls"), &self.options, certificate)
    }

    /// Sets its clock ahead, or behind with a negative number; from the next [`Self::restart`] on.
    pub fn set_clock(&mut self, seconds_ahead: i64) {
        self.clock_ahead = seconds_ahead;
    }

    /// How to reach it.
    pub fn directory(&self) -> &Directory {
        &self.directory
    }

    /// Everything of it is below this folder.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// Stops it in an orderly way, however deep it is in work.
    pub async fn stop(mut self) -> Result<(), SambaError> {
        self.end().await
    }

    /// Stops and starts again: connections are lost, data stay.
    pub async fn restart(&mut self) -> Result<(), SambaError> {
        self.end().await?;
        self.wait_free().await?;
        self.launch().await
    }

    /// Waits until the sockets of what has just ended are closed: the kernel
    /// does that a moment after the process is gone.
    async fn wait_free(&self) -> Result<(), SambaError> {
        let deadline = Instant::now() + Duration::from_secs(STOP_SECONDS);
        loop {
            match layout::require_free(self.directory.address) {
                Err(SambaError::AddressTaken { .. }) if Instant::now() < deadline => {
                    tokio::time::sleep(POLL).await;
                }
                result => return result,
            }
        }
    }

    /// `kill -9` for all its processes, as when a machine fails; [`Self::restart`] brings it back.
    pub async fn kill(&mut self) -> Result<(), SambaError> {
        self.signal(Signal::SIGKILL);
        self.reap().await
    }

    /// Freezes it: connections stay open and nothing answers.
    pub fn pause(&self) {
        self.signal(Signal::SIGSTOP);
    }

    /// Ends [`Self::pause`].
    pub fn resume(&self) {
        self.signal(Signal::SIGCONT);
    }

    async fn launch(&mut self) -> Result<(), SambaError> {
        layout::require_free(self.directory.address)?;
        let log = layout::start_log(&self.data)?;
        let log_again = log.try_clone().map_err(layout::file("opened", &self.data))?;
        let mut command = Command::new("samba");
        if self.clock_ahead != 0 {
            // Samba binds the modules of its database past a preloaded library, unless told not to.
            command
                .env("LD_PRELOAD", layout::wrong_clock()?)
                .env("FAKETIME", format!("{:+}", self.clock_ahead))
                .env("FAKETIME_DONT_FAKE_MONOTONIC", "1")
                .env("LDB_MODULES_DISABLE_DEEPBIND", "1");
        }
        let child = command
            // Not a daemon, and ends when its standard input does.
            .arg("--interactive")
            // A worker per connection, as the packages start it; a slow import
            // must not stop a second connection from being answered.
            .args(["--model", "prefork"])
            .arg("--configfile")
            .arg(&self.directory.config)
            .current_dir(&self.data)
            .stdin(Stdio::piped())
            .stdout(log)
            .stderr(log_again)
            .process_group(0)
            .spawn()
            .map_err(|source| SambaError::NotInstalled { program: "samba", source })?;
        self.child = Some(child);
        self.wait_ready().await
    }

    async fn wait_ready(&mut self) -> Result<(), SambaError> {
        let deadline = Instant::now() + Duration::from_secs(READY_SECONDS);
        loop {
            if let Some(status) = self.child.as_mut().and_then(|child| child.try_wait().ok().flatten()) {
                self.child = None;
                return Err(SambaError::Ended { status, output: layout::end_of_log(&self.data) });
            }
            let Err(output) = answers(&self.directory, self.certificate).await? else { return Ok(()) };
            if Instant::now() > deadline {
                return Err(SambaError::NotReady {
                    output: format!("{output} {}", layout::end_of_log(&self.data)),
                });
            }
            tokio::time::sleep(POLL).await;
        }
    }

    async fn end(&mut self) -> Result<(), SambaError> {
        let Some(child) = self.child.as_mut() else { return Ok(()) };
        // A paused process would not see that its input has ended.
        drop(child.stdin.take());
        self.signal(Signal::SIGCONT);
        let deadline = Instant::now() + Duration::from_secs(STOP_SECONDS);
        while Instant::now() < deadline && !processes::with_folder(&self.data, PROCESS_NAMES).is_empty() {
            self.collect();
            tokio::time::sleep(POLL).await;
        }
        self.signal(Signal::SIGKILL);
        self.reap().await
    }

    async fn reap(&mut self) -> Result<(), SambaError> {
        self.collect();
        end_leftovers(&self.data).await?;
        if let Some(mut child) = self.child.take() {
            child.wait().map_err(layout::file("waited for", &self.data))?;
        }
        Ok(())
    }

    /// Takes note of a child that has ended, so that it does not stay as a zombie.
    fn collect(&mut self) {
        if let Some(child) = self.child.as_mut() {
            let _still_running = child.try_wait();
        }
    }

    fn signal(&self, signal: Signal) {
        if let Some(group) = self.child.as_ref().and_then(|child| i32::try_from(child.id()).ok()) {
            // Fails only when nobody is left, which is what SIGKILL wants.
            let _nobody_left = killpg(Pid::from_raw(group), signal);
        }
    }
}

impl Drop for Domain {
    fn drop(&mut self) {
        self.signal(Signal::SIGKILL);
        if let Some(mut child) = self.child.take() {
            let _killed_above = child.wait();
        }
    }
}

/// Where provisioned domains of this repository are kept from one run to the next.
pub fn cache() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/testkit/domains")
}

/// The domain of this test run.
///
/// # Panics
/// Where no test run has started one: a missing component is a failure.
pub fn shared() -> Directory {
    let value = required(SAMBA_VARIABLE);
    serde_json::from_str(&value).expect("the services write this variable as JSON of a `Directory`")
}

/// Kills every process of the domain in `data` and waits for their end.
async fn end_leftovers(data: &Path) -> Result<(), SambaError> {
    let deadline = Instant::now() + Duration::from_secs(STOP_SECONDS);
    loop {
        let pids = processes::with_folder(data, PROCESS_NAMES);
        if pids.is_empty() {
            return Ok(());
        }
        if Instant::now() > deadline {
            return Err(SambaError::DoesNotEnd { path: data.to_owned(), pids });
        }
        for pid in pids {
            let _ended_meanwhile = nix::sys::signal::kill(Pid::from_raw(pid), Signal::SIGKILL);
        }
        tokio::time::sleep(POLL).await;
    }
}

/// Whether the controller answers a bind over LDAPS, verified where its certificate is good;
/// otherwise what `ldapsearch` said.
async fn answers(directory: &Directory, certificate: Certificate) -> Result<Result<(), String>, SambaError> {
    let mut command = tokio::process::Command::new("ldapsearch");
    command
        .args([
            "-x",
            "-o",
            "nettimeout=2",
            "-H",
            &directory.ldaps_url,
            "-D",
            &directory.administrator_dn,
            "-y",
        ])
        .arg(layout::password_file(directory))
        .args(["-LLL", "-b", &directory.base_dn, "-s", "base", "objectGUID"])
        .env("LDAPTLS_CACERT", &directory.ca_pem)
        .env("LDAPTLS_REQCERT", if certificate == Certificate::Good { "demand" } else { "never" })
        .stdin(Stdio::null())
        .kill_on_drop(true);
    // Its own limit is for connecting only; a controller that hangs later would hold it for ever.
    let Ok(output) = tokio::time::timeout(ATTEMPT, command.output()).await else {
        return Ok(Err(format!("no answer within {} s", ATTEMPT.as_secs())));
    };
    let output = output.map_err(|source| SambaError::NotInstalled { program: "ldapsearch", source })?;
    if output.status.success() {
        return Ok(Ok(()));
    }
    Ok(Err(String::from_utf8_lossy(&output.stderr).trim().to_owned()))
}
