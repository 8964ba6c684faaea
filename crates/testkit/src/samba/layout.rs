//! The folder of a domain: configuration, certificate, logs, lock.

use std::{
    fs::{self, DirBuilder, File, OpenOptions, TryLockError},
    io::{self, Write as _},
    net::{IpAddr, Ipv4Addr, TcpListener},
    os::unix::{
        ffi::OsStrExt as _,
        fs::{DirBuilderExt as _, OpenOptionsExt as _},
    },
    path::{Path, PathBuf},
};

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, SanType,
};

use super::{Directory, DomainOptions, SambaError};

/// Bytes of a unix socket's path (unix(7): 108 with the closing zero).
const SOCKET_PATH_BYTES: usize = 107;
/// The longest socket a controller opens below its folder.
const LONGEST_SOCKET: &str = "/private/ldap_priv/ldapi";
/// Lines of a log that are shown in an error.
const LOG_LINES: usize = 12;

/// Names of what lies in the folder of a domain.
pub const PASSWORD: &str = "administrator.password";
const AUTHORITY_KEY: &str = "ca.key.pem";
const CONFIG: &str = "smb.conf";
const LOG: &str = "start.log";

/// Creates the folder and returns its absolute path.
pub fn create_folder(path: &Path) -> Result<PathBuf, SambaError> {
    DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(file("created", path))?;
    let path = path.canonicalize().map_err(file("found", path))?;
    let limit = SOCKET_PATH_BYTES - LONGEST_SOCKET.len();
    if path.as_os_str().as_bytes().len() > limit {
        return Err(SambaError::PathTooLong { path, limit });
    }
    Ok(path)
}

/// Makes sure that nobody else runs the domain. The lock ends with the process.
pub fn lock(data: &Path) -> Result<File, SambaError> {
    let path = data.join("owner.lock");
    let lock = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(0o600)
        .open(&path)
        .map_err(file("opened", &path))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(SambaError::InUse { path: data.to_owned() }),
        Err(TryLockError::Error(source)) => Err(SambaError::File { action: "locked", path, source }),
    }
}

/// Whether a domain was copied here completely: its password comes last.
pub fn is_provisioned(data: &Path) -> bool {
    data.join(PASSWORD).exists()
}

/// The password of the administrator, as a file for the clients of `OpenLDAP`.
pub fn password_file(directory: &Directory) -> PathBuf {
    directory.config.with_file_name(PASSWORD)
}

/// Writes configuration and certificate, and says how to reach the domain.
pub fn write(data: &Path, options: &DomainOptions) -> Result<Directory, SambaError> {
    for folder in ["cache", "lock", "log", "ncalrpc", "ntp", "pid", "tls", "winbindd"] {
        let folder = data.join(folder);
        DirBuilder::new().recursive(true).mode(0o755).create(&folder).map_err(file("created", &folder))?;
    }
    write_certificate(&data.join("tls"), options)?;
    let config = data.join(CONFIG);
    write_file(&config, 0o600, &configuration(data, options))?;
    let password = data.join(PASSWORD);
    let password = fs::read_to_string(&password).map_err(file("read", &password))?;
    let base_dn = options.base_dn();
    Ok(Directory {
        ldaps_url: format!("ldaps://{}", options.address),
        address: options.address,
        dns_name: options.dns_name(),
        realm: options.realm.clone(),
        ca_pem: data.join("tls/ca.pem"),
        administrator_dn: format!("CN=Administrator,CN=Users,{base_dn}"),
        administrator_password: password,
        base_dn,
        config,
    })
}

/// Fails while somebody listens where the controller is going to.
pub fn require_free(address: Ipv4Addr) -> Result<(), SambaError> {
    match TcpListener::bind((address, 636)) {
        Ok(_free_again) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => Err(SambaError::AddressTaken { address }),
        Err(error) => Err(SambaError::Step {
            step: "listening on the address of the domain",
            output: error.to_string(),
        }),
    }
}

/// Takes an address before anybody listens on it, so that two starts at the same
/// moment do not choose the same one. A file of another user is taken, too.
pub fn claim(address: Ipv4Addr) -> Option<File> {
    // Only root runs a controller, and only root writes here.
    let path = format!("/run/tenantry-address-{address}.lock");
    let file = OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(path).ok()?;
    file.try_lock().is_ok().then_some(file)
}

/// A new log for what the controller says itself.
pub fn start_log(data: &Path) -> Result<File, SambaError> {
    let path = data.join(LOG);
    File::create(&path).map_err(file("created", &path))
}

/// The last lines of that log.
pub fn end_of_log(data: &Path) -> String {
    let text = fs::read(data.join(LOG)).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(LOG_LINES)..].join("\n")
}

/// Writes a whole file with a mode from its first byte on.
pub fn write_file(path: &Path, mode: u32, text: &str) -> Result<(), SambaError> {
    let write = || -> io::Result<()> {
        let mut file = OpenOptions::new().create(true).truncate(true).write(true).mode(mode).open(path)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()
    };
    write().map_err(file("written", path))
}

/// Names file and act of a failure.
pub fn file(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> SambaError {
    let path = path.to_owned();
    move |source| SambaError::File { action, path, source }
}

fn configuration(data: &Path, options: &DomainOptions) -> String {
    let DomainOptions { realm, netbios, host, address, .. } = options;
    let host = host.to_uppercase();
    let data = data.display();
    // The mask matters: without it Samba finds no interface and never listens.
    // No file server: with `s3fs` the controller stops when smbd cannot start.
    format!(
        "[global]
netbios name = {host}
realm = {realm}
workgroup = {netbios}
server role = active directory domain controller
server services = ldap, cldap, kdc, rpc
prefork children:kdc = 1
prefork children:rpc = 1
interfaces = {address}/8
bind interfaces only = yes
private dir = {data}/private
state directory = {data}/state
cache directory = {data}/cache
lock directory = {data}/lock
pid directory = {data}/pid
ncalrpc dir = {data}/ncalrpc
binddns dir = {data}/bind-dns
winbindd socket directory = {data}/winbindd
ntp signd socket directory = {data}/ntp
log file = {data}/log/%m.log
logging = file
max log size = 10000
idmap_ldb:use rfc2307 = yes
tls enabled = yes
tls cafile = {data}/tls/ca.pem
tls certfile = {data}/tls/cert.pem
tls keyfile = {data}/tls/key.pem
"
    )
}

/// What a controller shows to its clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Certificate {
    /// Valid, for its address, signed by the authority of its domain.
    Good,
    /// It was valid years ago.
    Expired,
    /// Signed by somebody else.
    Unknown,
    /// For another host.
    OtherName,
}

/// The certificate Samba makes itself carries only a common name, which no
/// careful client accepts (RFC 9525), so this one has a subject alternative name.
fn write_certificate(folder: &Path, options: &DomainOptions) -> Result<(), SambaError> {
    let made_for = folder.join("made-for");
    let wanted = format!("{} {}", options.dns_name(), options.address);
    let is_complete = folder.join(AUTHORITY_KEY).exists();
    if is_complete && fs::read_to_string(&made_for).is_ok_and(|found| found == wanted) {
        return Ok(());
    }
    let key = KeyPair::generate()?;
    let authority = authority(options)?.self_signed(&key)?;
    write_file(&folder.join("ca.pem"), 0o644, &authority.pem())?;
    write_file(&folder.join(AUTHORITY_KEY), 0o600, &key.serialize_pem())?;
    certify(folder, options, Certificate::Good)?;
    write_file(&made_for, 0o600, &wanted)
}

fn authority(options: &DomainOptions) -> Result<CertificateParams, SambaError> {
    let mut params = CertificateParams::new(Vec::new())?;
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.distinguished_name.push(DnType::CommonName, format!("{} authority", options.realm));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    Ok(params)
}

/// Writes a certificate for the controller, with a new key.
pub fn certify(folder: &Path, options: &DomainOptions, kind: Certificate) -> Result<(), SambaError> {
    let signer = if kind == Certificate::Unknown {
        KeyPair::generate()?
    } else {
        let path = folder.join(AUTHORITY_KEY);
        KeyPair::from_pem(&fs::read_to_string(&path).map_err(file("read", &path))?)?
    };
    let issuer = Issuer::new(authority(options)?, signer);
    let key = KeyPair::generate()?;
    let name = if kind == Certificate::OtherName { "other.invalid".to_owned() } else { options.dns_name() };
    let mut params = CertificateParams::new(vec![name])?;
    if kind != Certificate::OtherName {
        params.subject_alt_names.push(SanType::IpAddress(IpAddr::V4(options.address)));
    }
    if kind == Certificate::Expired {
        params.not_before = rcgen::date_time_ymd(2020, 1, 1);
        params.not_after = rcgen::date_time_ymd(2021, 1, 1);
    }
    params.distinguished_name.push(DnType::CommonName, options.dns_name());
    params.use_authority_key_identifier_extension = true;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let certificate = params.signed_by(&key, &issuer)?;
    write_file(&folder.join("cert.pem"), 0o644, &certificate.pem())?;
    // Samba refuses a key that others can read.
    write_file(&folder.join("key.pem"), 0o600, &key.serialize_pem())
}

/// The library that shows a process another time.
pub fn wrong_clock() -> Result<PathBuf, SambaError> {
    let folders = fs::read_dir("/usr/lib").map_err(file("read", Path::new("/usr/lib")))?;
    let library = |folder: PathBuf| folder.join("faketime/libfaketimeMT.so.1");
    let found = folders.flatten().map(|entry| library(entry.path())).find(|path| path.exists());
    found.ok_or_else(|| SambaError::NotInstalled {
        program: "faketime",
        source: io::ErrorKind::NotFound.into(),
    })
}
