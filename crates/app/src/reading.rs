//! A reading transaction for views. A surface opens one, asks what its page
//! needs and closes it: everything on one page is of one instant, and nothing
//! can be asked outside the caller's scope.

use store::{Caller, tx::ReadTx};

use crate::{App, AppError};

pub use store::{
    activations, catalogue, groups, orders, requests, status, subscriptions, tenants, tx, users,
};

impl App {
    /// Opens a reading transaction for `caller`.
    pub async fn read<'s>(&'s self, caller: &'s Caller) -> Result<ReadTx<'s>, AppError> {
        Ok(self.store.read(caller).await?)
    }
}
