//! What surfaces show: rows joined with the names of what they refer to, a page
//! at a time. Reading only; nothing is decided here beyond row-level security,
//! so who asks has a permit or the roots of its grants.

mod catalogue;
mod directories;
mod groups;
mod needs;
mod orders;
mod people;
mod requests;
mod tenants;

pub use catalogue::{SeatCount, SeatSearch, SeatView, ServiceView};
pub use directories::{ControllerView, DirectoryNotice, DirectoryView};
pub use groups::{
    EffectiveView, GroupName, GroupView, MemberView, MembershipView, NestedView, SHOWN_THROUGH,
};
pub use needs::{NEEDS_COUNTED, Needs};
pub use orders::{OrderFilter, OrderView};
pub use people::PersonView;
pub use requests::{ItemView, RequestFilter, RequestView};
pub use tenants::{CustomerCounts, TenantSearch, TenantView};

use domain::id::TenantId;

use crate::{StoreError, tx::ReadTx};

/// The highest number a view counts to: beyond, it is "10,000+".
pub const COUNTED: i64 = 10_001;

/// A tenant, as far as others name it.
#[derive(Debug, Clone)]
pub struct TenantName {
    /// Its id.
    pub id: TenantId,
    /// Its unchangeable short name.
    pub code: String,
    /// Its display name.
    pub name: String,
}

impl ReadTx<'_> {
    /// Whether the caller belongs to the provider itself: nothing stands above its tenant.
    pub async fn is_provider_staff(&mut self) -> Result<bool, StoreError> {
        let tenant = self.caller.tenant.uuid();
        Ok(sqlx::query_scalar!(
            r#"SELECT NOT EXISTS (SELECT FROM tenant_closure WHERE descendant = $1 AND depth > 0) AS "root!""#,
            tenant
        )
        .fetch_one(self.sql())
        .await?)
    }
}
