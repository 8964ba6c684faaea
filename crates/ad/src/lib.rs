//! The Active Directory connector: containers, groups, users, membership and
//! who may read what, over LDAP with TLS that is always verified.
//!
//! It refuses everything outside the folder that was given to the product
//! ([`Config::folder_dn`]) before sending it, addresses what it knows by
//! `objectGUID` and never by name, and never tries anything twice: it says
//! what is known to have happened ([`connector::ApplyError`]). It must not
//! know tenants, requests or the database.
//!
//! Start at [`Directory`]; `observe` and `apply` are the two halves of its
//! work, `outcome` says what each refusal means, `access` what isolates
//! customers from each other, [`prepare`] what has to be delegated.

mod access;
mod apply;
mod config;
mod connection;
mod controls;
mod dn;
mod entry;
mod facts;
mod filter;
mod guard;
mod observe;
mod outcome;
mod password;
pub mod prepare;
mod scan;
mod security;

use std::{sync::Arc, time::Duration};

use connector::{ApplyError, Capabilities, Connector, Cursor, Lane, Page, Unreachable};
use domain::{
    clock::Random,
    limits,
    plan::Step,
    spec::{ObjectKind, Observed, Selector},
};
use futures::future::{BoxFuture, FutureExt as _};

pub use config::{Config, ConfigError, Transport};
pub use dn::InvalidDn;
pub use security::{InvalidSid, Sid};

use crate::{connection::Connections, dn::Parsed};

/// What a controller needs for one user with a password before anything was
/// measured: 30 users/s, the key derivation of Samba on two cores.
const PACE: Duration = Duration::from_millis(33);

/// One directory, as far as it was given to the product.
pub struct Directory {
    config: Arc<Config>,
    folder: Parsed,
    connections: Connections,
    random: Arc<dyn Random>,
    capabilities: Capabilities,
}

impl Directory {
    /// Checks the settings and reads the authorities. The first connection is
    /// made when the first operation needs it, so that a directory that is
    /// down at start is nothing special. `random` makes the passwords of new
    /// accounts, which nobody learns.
    pub fn connect(config: Config, random: Arc<dyn Random>) -> Result<Self, ConfigError> {
        let folder = config.check()?;
        let config = Arc::new(config);
        let connections = Connections::new(config.clone())?;
        let capabilities = Capabilities {
            kinds: ObjectKind::ALL.to_vec(),
            members_per_change: limits::MEMBERS_PER_MODIFY,
            pace: PACE,
        };
        Ok(Self { config, folder, connections, random, capabilities })
    }
}

impl Connector for Directory {
    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn observe<'a>(
        &'a self,
        lane: Lane,
        which: &'a [Selector],
    ) -> BoxFuture<'a, Result<Vec<Option<Observed>>, Unreachable>> {
        self.observe_all(lane, which).boxed()
    }

    fn apply<'a>(&'a self, lane: Lane, steps: &'a [Step]) -> BoxFuture<'a, Vec<Result<(), ApplyError>>> {
        self.apply_all(lane, steps).boxed()
    }

    fn scan(&self, after: Option<Cursor>) -> BoxFuture<'_, Result<Page<Observed>, Unreachable>> {
        self.scan_page(after).boxed()
    }

    fn probe(&self) -> BoxFuture<'_, Result<(), Unreachable>> {
        async move {
            let session = self.connections.session(Lane::Interactive).await?;
            let folder = self.config.folder_dn.as_str();
            match session.within(self.config.probe_timeout).read(folder, &["objectGUID"]).await? {
                Some(_) => Ok(()),
                None => Err(Unreachable::because(format!("the folder {folder} does not exist"))),
            }
        }
        .boxed()
    }
}

impl std::fmt::Debug for Directory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Directory").field("config", &self.config).finish_non_exhaustive()
    }
}
