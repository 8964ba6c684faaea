//! A reading transaction for views. A surface opens one, asks what its page
//! needs and closes it: everything on one page is of one instant, and nothing
//! can be asked outside the caller's scope.

use domain::{
    id::{TenantId, UserId},
    permission::Permission,
};
use jiff::Timestamp;
use policy::{Denial, Refusal};
use store::{Caller, tx::ReadTx};

use crate::{App, AppError};

pub use store::{
    activations, catalogue, changes::Changes, directory_moves, drift, figures, groups, history, hooks,
    ledger, life, lists, mail, orders, requests, roles, saved_views, sessions, subscriptions, surveys,
    tenants, tx, users, views,
};

/// The tenants on and below which the caller holds `permission`: the roots of a
/// list. Forbidden to somebody who holds it nowhere.
pub fn roots(caller: &Caller, permission: Permission) -> Result<Vec<TenantId>, AppError> {
    let roots = caller.roots(permission);
    if roots.is_empty() {
        return Err(AppError::Forbidden(Box::new(Denial { permission, reason: Refusal::NoGrant })));
    }
    Ok(roots)
}

impl App {
    /// Opens a reading transaction for `caller`.
    pub async fn read<'s>(&'s self, caller: &'s Caller) -> Result<ReadTx<'s>, AppError> {
        Ok(self.store.read(caller).await?)
    }

    /// The links of people that can still be used: token, and until when.
    pub async fn open_links(
        &self,
        caller: &Caller,
        users: &[UserId],
    ) -> Result<Vec<(UserId, String, Timestamp)>, AppError> {
        let mut tx = self.store.read(caller).await?;
        let links = tx.open_links(users).await?;
        tx.finish().await?;
        Ok(links)
    }

    /// A watch for changes by the workers of all processes.
    #[must_use]
    pub fn changes(&self) -> Changes {
        self.store.changes()
    }

    /// Ends all watches: the process is ending.
    pub fn end_changes(&self) {
        self.store.end_changes();
    }

    /// The instant it is now, for showing how long ago something was.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.store.clock().now()
    }

    /// 128 unpredictable bits in hexadecimal: the id of one call, or a form's token.
    #[must_use]
    pub fn fresh_id(&self) -> String {
        let mut bytes = [0; 16];
        self.store.random().fill(&mut bytes);
        format!("{:032x}", u128::from_be_bytes(bytes))
    }

    /// What a form of a session carries, so that only our own pages can send
    /// it: follows from the session's secret and tells nothing about it.
    #[must_use]
    pub fn form_token(&self, session: &str) -> String {
        let digest = store::seal::hash(format!("form {session}").as_bytes());
        let (half, _) = digest.split_at(16);
        half.try_into().map_or_else(|_| String::new(), |half| format!("{:032x}", u128::from_be_bytes(half)))
    }
}
