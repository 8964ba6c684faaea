//! Use cases: what people can do, once, under portal, REST and administration
//! commands alike.
//!
//! Each opens a scoped transaction, proves that the caller may, changes the
//! desired state and commits with its audit events. Nothing here talks to a
//! directory, knows HTTP, or contains SQL.
//!
//! Start at [`orders::place`], the most complete one.

pub mod activations;
pub mod adoption;
pub mod brands;
pub mod bulk;
pub mod bundles;
pub mod catalogue;
pub mod directories;
pub mod directory_moves;
pub mod drift;
pub mod error;
pub mod fields;
pub mod groups;
mod hashing;
pub mod history;
pub mod hooks;
pub mod instances;
pub mod ledger;
pub mod life;
pub mod mails;
mod managers;
mod names;
pub mod orders;
pub mod password_rules;
pub mod passwords;
pub mod people;
pub mod placement;
pub mod preferences;
pub mod properties;
mod provision;
pub mod quotas;
pub mod reading;
pub mod repeat;
pub mod requests;
pub mod resets;
pub mod roles;
pub mod saved_views;
pub mod seats;
pub mod sessions;
pub mod settings;
pub mod suffixes;
pub mod tenants;
pub mod upgrades;
pub mod users;

use std::sync::Arc;

use domain::{hook::Allowed, limits, mail::Mailing};
use store::Store;
use tokio::sync::{Notify, Semaphore};

use hashing::Hashing;

pub use error::AppError;
pub use repeat::{Answer, Repeat};
pub use store::{Caller, StoreError, again, tx::Cause};

/// The application: a database and the means to hash passwords.
#[derive(Debug, Clone)]
pub struct App {
    pub(crate) store: Store,
    /// Hashing a password takes a core for a while; more at once only thrash.
    pub(crate) hashing: Hashing,
    /// Files are read and planned so many at once, because each takes memory.
    pub(crate) imports: Arc<Semaphore>,
    /// What is done after its answer was given.
    pub(crate) after: Arc<Semaphore>,
    /// Rung when something was begun that is carried out later.
    pub(crate) errand: Arc<Notify>,
    /// Where hooks may lead.
    pub(crate) hooks: Arc<Allowed>,
    /// What is done with mail.
    pub(crate) mailing: Mailing,
    /// The host name by which everybody comes who has none of their own.
    pub(crate) own_host: Option<Arc<str>>,
}

impl App {
    /// An application on `store`.
    #[must_use]
    pub fn new(store: Store) -> Self {
        let after = Arc::new(Semaphore::new(limits::RESETS_AT_ONCE as usize));
        Self {
            store,
            hashing: Hashing::new(),
            imports: Arc::new(Semaphore::new(limits::IMPORTS_AT_ONCE)),
            after,
            errand: Arc::default(),
            hooks: Arc::default(),
            mailing: Mailing::Off,
            own_host: None,
        }
    }

    /// The same, where the operator allows hooks to lead further.
    #[must_use]
    pub fn with_hooks(self, allowed: Allowed) -> Self {
        Self { hooks: Arc::new(allowed), ..self }
    }

    /// The same, where mails can be sent, or are kept.
    #[must_use]
    pub fn with_mail(self, mailing: Mailing) -> Self {
        Self { mailing, ..self }
    }

    /// The same, where people come by this host name who have none of their own.
    #[must_use]
    pub fn with_host(self, host: &str) -> Self {
        Self { own_host: Some(host.into()), ..self }
    }

    /// What is done with mail.
    #[must_use]
    pub fn mailing(&self) -> Mailing {
        self.mailing
    }

    /// Who is behind a token.
    pub async fn caller(&self, secret: &str) -> Result<Option<Caller>, AppError> {
        self.caller_at(secret, None).await
    }

    /// Who is behind a token that came by a host name: nobody, if they have no business there.
    pub async fn caller_at(&self, secret: &str, host: Option<&str>) -> Result<Option<Caller>, AppError> {
        Ok(self.store.caller_at(secret, host).await?)
    }

    /// Whether the database answers.
    pub async fn ready(&self) -> Result<(), AppError> {
        Ok(self.store.ping().await?)
    }

    /// Waits until something was begun in this process that is carried out later.
    pub async fn errand(&self) {
        self.errand.notified().await;
    }

    /// Waits until all is done that goes on after its answer.
    pub async fn settled(&self) {
        // It is never closed.
        let _all = self.after.acquire_many(limits::RESETS_AT_ONCE).await;
    }

    /// An attempt that was not allowed goes into the log of the tenant it was aimed at.
    pub(crate) async fn note_denied(
        &self,
        caller: &Caller,
        tenant: domain::id::TenantId,
        error: AppError,
        cause: &Cause,
    ) -> AppError {
        if let AppError::Forbidden(denial) = &error
            && let Err(failed) = self.store.record_denied(caller, tenant, denial, cause).await
        {
            return failed.into();
        }
        error
    }
}
