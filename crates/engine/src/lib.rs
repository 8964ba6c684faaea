//! The batch reconciler: makes desired state true in the targets, and reads it
//! back before it calls anything done.
//!
//! What to do always follows from stored desired state and observed reality,
//! so a crash, a retry and a repair are the same code path. The engine must not
//! decide who may do what, must not write desired state, and knows no target
//! but through [`connector::Connector`].
//!
//! Start at [`Engine::step`]: one claim from the queue to its recorded
//! outcome. `batch` is what happens to the claimed objects, `run` keeps steps
//! going for all targets; `hooks` tells and asks others before and after, `mail` tells people, `names`
//! asks who has the names of previews.

mod batch;
mod delay;
mod hooks;
mod mail;
mod names;
mod run;
mod scan;
mod step;
mod survey;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use connector::{Connector, Lane};
use domain::{
    clock::{Clock, Random},
    id::{TargetId, TenantId},
};
use outbound::Outbound;
use store::engine::EngineStore;

pub use mail::{Mailing, Render};
pub use scan::Scanned;

/// How the engine paces itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Looks for work this often even when nobody notified it.
    pub tick: Duration,
    /// Claims worked on at once per target and lane: while one is recorded,
    /// the next is already applied. A claim is held by one worker only.
    pub claims: usize,
    /// The first wait after a target did not answer; it doubles.
    pub breaker_min: Duration,
    /// The longest wait for a target that does not answer.
    pub breaker_max: Duration,
    /// How often every controller of a target is asked how it is.
    pub watch: Duration,
    /// How often to look for what nobody's outcome ends ([`EngineStore::sweep`]).
    pub sweep: Duration,
    /// How often to look whether a customer that changes directories can go on.
    pub steps: Duration,
    /// How often to look at what changed in a target, whoever changed it.
    pub scan: Duration,
    /// How often to look at everything in a target: what was deleted is only
    /// found so, and what another controller reported late.
    pub full_scan: Duration,
    /// The first wait before a hook is tried again; it doubles.
    pub hook_min: Duration,
    /// The longest wait before a hook is tried again.
    pub hook_max: Duration,
    /// The first wait before a mail is tried again; it doubles.
    pub mail_min: Duration,
    /// The longest wait before a mail is tried again.
    pub mail_max: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            tick: Duration::from_millis(500),
            claims: 2,
            breaker_min: Duration::from_secs(1),
            breaker_max: Duration::from_mins(1),
            watch: Duration::from_secs(10),
            sweep: Duration::from_mins(1),
            steps: Duration::from_secs(5),
            scan: Duration::from_mins(1),
            full_scan: Duration::from_hours(1),
            hook_min: Duration::from_secs(5),
            hook_max: Duration::from_mins(5),
            mail_min: Duration::from_secs(15),
            mail_max: Duration::from_mins(15),
        }
    }
}

/// The reconciler of one process. Any number of processes share the work.
/// Needs as many database connections as it has claims in flight, one for
/// their leases and one to listen.
pub struct Engine {
    store: EngineStore,
    connectors: BTreeMap<TargetId, Arc<dyn Connector>>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    options: Options,
    /// Makes the deliveries of hooks; without it others make them.
    outbound: Option<Arc<Outbound>>,
    /// What is done with mail; without it others do it.
    mailing: Option<Mailing>,
    /// Where the search for the next tenant goes on.
    turns: Mutex<BTreeMap<(TargetId, Lane), TenantId>>,
}

impl Engine {
    /// An engine for these targets. Nothing happens before [`Engine::run`] or [`Engine::step`].
    pub fn new(
        store: EngineStore,
        connectors: BTreeMap<TargetId, Arc<dyn Connector>>,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
        options: Options,
    ) -> Self {
        Self {
            store,
            connectors,
            clock,
            random,
            options,
            outbound: None,
            mailing: None,
            turns: Mutex::default(),
        }
    }

    /// The same, which also makes the deliveries of hooks.
    #[must_use]
    pub fn with_hooks(self, outbound: Arc<Outbound>) -> Self {
        Self { outbound: Some(outbound), ..self }
    }

    /// The same, which also sends mails, or keeps them.
    #[must_use]
    pub fn with_mail(self, mailing: Mailing) -> Self {
        Self { mailing: Some(mailing), ..self }
    }
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine")
            .field("targets", &self.connectors.keys())
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}
