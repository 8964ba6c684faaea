//! How a directory is reached and which part of it the product may touch.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use domain::limits;
use zeroize::Zeroizing;

use crate::{
    dn::{InvalidDn, Parsed},
    entry,
};

/// Where a directory is and what was delegated there. Plain values; checked by
/// [`crate::Directory::connect`].
#[derive(Clone)]
pub struct Config {
    /// The controllers, the preferred one first. They should be of one site:
    /// what one was told, the others must learn within minutes.
    pub controllers: Vec<ControllerAddress>,
    /// PEM file with the authorities that may sign the controllers'
    /// certificates. There is no way not to verify them.
    pub ca_file: PathBuf,
    /// The domain, as `DC=example,DC=com`: names are looked for in all of it,
    /// because log-on names are unique in all of it.
    pub base_dn: String,
    /// The folder given to the product. Nothing outside is ever changed, nor the folder itself.
    pub folder_dn: String,
    /// Distinguished names or security ids inside the folder that are never
    /// touched, nor anything below them.
    pub protected: Vec<String>,
    /// Distinguished name of the product's account.
    pub bind_dn: String,
    /// Its password.
    pub bind_password: Zeroizing<String>,
    /// The file that holds the password: read for every new connection, so that a
    /// changed password needs no restart. `bind_password` is used when it cannot be read.
    pub bind_password_file: Option<PathBuf>,
    /// The attribute that bears the marker: a text attribute that units, groups
    /// and users all have and nobody else uses.
    pub marker: String,
    /// How long connecting, the TLS handshake and the bind may take together.
    pub connect_timeout: Duration,
    /// How long the answer to one operation may take.
    pub request_timeout: Duration,
    /// How long a health question may take.
    pub probe_timeout: Duration,
    /// A preferred controller that was away is used again when it was up for this long.
    pub return_after: Duration,
    /// Operations in flight on one connection.
    pub window: usize,
}

/// Where a controller is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ControllerAddress {
    /// `ldaps://host[:port]`. The host is also the name the controller's
    /// certificate must bear.
    pub url: String,
    /// How it is reached.
    pub transport: Transport,
}

impl ControllerAddress {
    /// A controller that is reached directly.
    pub fn direct(url: impl Into<String>) -> Self {
        Self { url: url.into(), transport: Transport::Direct }
    }

    /// A controller behind something that forwards to it.
    pub fn via(url: impl Into<String>, address: SocketAddr) -> Self {
        Self { url: url.into(), transport: Transport::Via(address) }
    }
}

/// How a connection is opened. TLS always runs inside it, to the controller itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// TCP to the host and port of the URL.
    Direct,
    /// TCP to this address, where something forwards to the controller: the
    /// near end of a tunnel.
    Via(SocketAddr),
}

impl Config {
    /// The usual settings: one controller, `adminDescription` as marker (a text
    /// of class `top`, MS-ADA1 2.10), direct TCP, 10 s to connect, 30 s for an
    /// answer, 2 s for a health question.
    pub fn new(
        url: impl Into<String>,
        ca_file: impl Into<PathBuf>,
        base_dn: impl Into<String>,
        folder_dn: impl Into<String>,
        bind_dn: impl Into<String>,
        bind_password: impl Into<String>,
    ) -> Self {
        Self {
            controllers: vec![ControllerAddress::direct(url)],
            ca_file: ca_file.into(),
            base_dn: base_dn.into(),
            folder_dn: folder_dn.into(),
            protected: Vec::new(),
            bind_dn: bind_dn.into(),
            bind_password: Zeroizing::new(bind_password.into()),
            bind_password_file: None,
            marker: "adminDescription".to_owned(),
            connect_timeout: Duration::from_secs(10),
            request_timeout: Duration::from_secs(30),
            probe_timeout: Duration::from_secs(2),
            return_after: limits::CONTROLLER_RETURN,
            window: limits::WINDOW,
        }
    }
}

impl std::fmt::Debug for Config {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Config")
            .field("controllers", &self.controllers)
            .field("folder_dn", &self.folder_dn)
            .field("bind_dn", &self.bind_dn)
            .finish_non_exhaustive()
    }
}

/// Settings that cannot work.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// No controller, or one that is not reached over TLS.
    #[error("\"{0}\" is not an address of the form ldaps://host[:port]")]
    Url(String),
    /// The file of authorities cannot be used.
    #[error("the certificate authorities in {} cannot be used: {reason}", file.display())]
    Authorities {
        /// Which file.
        file: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A name is none.
    #[error("{setting}")]
    Name {
        /// Which setting.
        setting: &'static str,
        /// What is wrong.
        source: InvalidDn,
    },
    /// The folder does not lie in the domain.
    #[error("the folder {folder} does not lie below {base}")]
    FolderOutside {
        /// The folder.
        folder: String,
        /// The domain.
        base: String,
    },
    /// The marker is not the name of an attribute.
    #[error("\"{0}\" is not the name of an attribute")]
    Marker(String),
    /// The product writes something else to the marker's attribute.
    #[error(
        "the marker cannot be kept in \"{0}\", because the product writes values of people or groups there"
    )]
    MarkerTaken(String),
    /// TLS cannot be set up.
    #[error("TLS cannot be set up")]
    Tls(#[source] rustls::Error),
}

impl Config {
    /// The folder, once everything that can be checked without a controller was.
    pub(crate) fn check(&self) -> Result<Parsed, ConfigError> {
        let name =
            |setting, dn: &str| Parsed::new(dn).map_err(|source| ConfigError::Name { setting, source });
        if self.controllers.is_empty() {
            return Err(ConfigError::Url(String::new()));
        }
        for ControllerAddress { url, .. } in &self.controllers {
            let host = url.strip_prefix("ldaps://").unwrap_or_default();
            if host.is_empty() || host.contains(['/', '@', ' ', '?', '#']) {
                return Err(ConfigError::Url(url.clone()));
            }
        }
        name("bind_dn", &self.bind_dn)?;
        let base = name("base_dn", &self.base_dn)?;
        let folder = name("folder_dn", &self.folder_dn)?;
        if !folder.is_below(&base) {
            return Err(ConfigError::FolderOutside {
                folder: self.folder_dn.clone(),
                base: self.base_dn.clone(),
            });
        }
        let word = |c: char| c.is_ascii_alphanumeric() || c == '-';
        if self.marker.is_empty() || !self.marker.chars().all(word) {
            return Err(ConfigError::Marker(self.marker.clone()));
        }
        if entry::our_name(&self.marker).is_some() {
            return Err(ConfigError::MarkerTaken(self.marker.clone()));
        }
        Ok(folder)
    }
}
