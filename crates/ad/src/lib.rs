//! The Active Directory connector: containers, groups, users, membership and
//! who may read what, over LDAP with TLS that is always verified.
//!
//! It refuses everything outside the folder that was given to the product
//! ([`Config::folder_dn`]) before sending it, addresses what it knows by
//! `objectGUID` and never by name, and never tries anything twice that may have
//! happened: it says what is known ([`connector::ApplyError`]). It must not
//! know tenants, requests or the database.
//!
//! Start at [`Directory`]; `observe` and `apply` are the two halves of its
//! work, `controllers` says which controller is used, `outcome` what each refusal means, `access` what isolates
//! customers from each other, [`prepare`] what has to be delegated.

mod access;
mod apply;
mod codes;
mod config;
mod connection;
mod controllers;
mod controls;
mod dn;
mod entry;
mod facts;
mod filter;
mod guard;
mod members;
mod observe;
mod outcome;
mod password;
pub mod prepare;
mod scan;
mod security;
mod survey;

use std::{sync::Arc, time::Duration};

use connector::{
    ApplyError, Capabilities, Connector, Cursor, Holder, Lane, Page, Replica, ReplicaHealth, SurveyError,
    Surveyed, Unreachable,
};
use domain::{
    clock::Random,
    limits,
    plan::Step,
    spec::{Address, Attribute, ObjectKind, Observed, Selector},
};
use futures::future::{BoxFuture, FutureExt as _};
use tokio::time::Instant;

pub use config::{Config, ConfigError, ControllerAddress, Transport};
pub use dn::InvalidDn;
pub use security::{InvalidSid, Sid};
pub use survey::surveyed_attributes;

use crate::{
    connection::{Connections, Session},
    dn::Parsed,
};

/// What a controller needs for one user with a password before anything was
/// measured: 30 users/s, the key derivation of Samba on two cores.
const PACE: Duration = Duration::from_millis(33);

/// One directory, as far as it was given to the product.
#[derive(Clone)]
pub struct Directory {
    config: Arc<Config>,
    folder: Parsed,
    connections: Arc<Connections>,
    /// The only connection there is, for one batch.
    held: Option<Session>,
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
        let connections = Arc::new(Connections::new(config.clone())?);
        let capabilities = Capabilities {
            kinds: ObjectKind::ALL.to_vec(),
            members_per_change: limits::MEMBERS_PER_MODIFY,
            pace: PACE,
        };
        Ok(Self { config, folder, connections, held: None, random, capabilities })
    }

    /// The connection of a lane; in a batch that is held to one controller,
    /// the one it began with.
    async fn session(&self, lane: Lane) -> Result<Session, Unreachable> {
        match &self.held {
            None => self.connections.session(lane).await,
            Some(session) if session.is_open() => Ok(session.clone()),
            Some(_) => Err(Unreachable::because("the connection to the controller ended during the batch")),
        }
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

    fn members<'a>(
        &'a self,
        lane: Lane,
        groups: &'a [Address],
    ) -> BoxFuture<'a, Result<Vec<Option<Vec<Address>>>, Unreachable>> {
        self.members_of(lane, groups).boxed()
    }

    fn apply<'a>(&'a self, lane: Lane, steps: &'a [Step]) -> BoxFuture<'a, Vec<Result<(), ApplyError>>> {
        self.apply_all(lane, steps).boxed()
    }

    fn scan(&self, after: Option<Cursor>) -> BoxFuture<'_, Result<Page<Observed>, Unreachable>> {
        self.scan_page(after).boxed()
    }

    fn survey<'a>(
        &'a self,
        base: Option<&'a str>,
        after: Option<Cursor>,
    ) -> BoxFuture<'a, Result<Page<Surveyed>, SurveyError>> {
        self.survey_page(base, after).boxed()
    }

    fn holders<'a>(
        &'a self,
        lane: Lane,
        names: &'a [(Attribute, String)],
    ) -> BoxFuture<'a, Result<Vec<Option<Holder>>, Unreachable>> {
        self.holders_of(lane, names).boxed()
    }

    fn probe(&self) -> BoxFuture<'_, Result<(), Unreachable>> {
        async move {
            let session = self.session(Lane::Interactive).await?;
            let folder = self.config.folder_dn.as_str();
            match session.within(self.config.probe_timeout).read(folder, &["objectGUID"]).await? {
                Some(_) => Ok(()),
                None => Err(facts::no_folder(folder)),
            }
        }
        .boxed()
    }

    fn replica(&self, lane: Lane) -> BoxFuture<'_, Result<Option<Replica>, Unreachable>> {
        async move {
            let session = self.session(lane).await?;
            // Of one controller there is no other copy to be behind.
            let id = (self.config.controllers.len() > 1).then_some(session.facts.invocation);
            let connector = Box::new(Self { held: Some(session), ..self.clone() });
            Ok(Some(Replica { id, connector }))
        }
        .boxed()
    }

    fn replicas(&self) -> BoxFuture<'_, Vec<ReplicaHealth>> {
        async move {
            self.connections.ask_all().await;
            self.connections.controllers.health(Instant::now())
        }
        .boxed()
    }

    fn chosen(&self) -> Option<(String, bool)> {
        Some(self.connections.controllers.chosen())
    }

    fn follow(&self, address: &str) {
        self.connections.controllers.follow(address, Instant::now());
    }
}

impl std::fmt::Debug for Directory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Directory").field("config", &self.config).finish_non_exhaustive()
    }
}
