//! Tenants and customers.

use app::reading::views::{CustomerCounts, TenantView};
use domain::tenant::{Standing, Status, TenantKind};
use wire::{
    tenants::{self, Customer, Tenant},
    users::Subscription,
};

use super::{Viewer, provisioning, tenant_ref};

/// A tenant.
#[must_use]
pub fn tenant(of: &TenantView, viewer: Viewer) -> Tenant {
    let customer = of.kind == TenantKind::Customer;
    Tenant {
        id: of.id.to_string(),
        kind: match of.kind {
            TenantKind::Provider => tenants::TenantKind::Provider,
            TenantKind::Reseller => tenants::TenantKind::Reseller,
            TenantKind::Customer => tenants::TenantKind::Customer,
        },
        code: of.code.clone(),
        name: of.name.clone(),
        parent: of.parent.as_ref().map(tenant_ref),
        status: match of.status {
            Status::Active => tenants::TenantStatus::Active,
            Status::Suspended => tenants::TenantStatus::Suspended,
            Status::Closed => tenants::TenantStatus::Closed,
        },
        standing: match of.standing {
            Standing::Standard => tenants::Standing::Standard,
            Standing::Test => tenants::Standing::Test,
            Standing::Demo => tenants::Standing::Demo,
        },
        billing_id: of.billing_id.clone(),
        brand: of.brand.clone(),
        language: of.language.clone(),
        time_zone: of.time_zone.clone(),
        currency: of.currency.clone(),
        upn_suffix: of.suffix.clone(),
        naming_pattern: customer.then(|| of.naming_pattern.clone()),
        directory: of.directory.clone(),
        version: of.version,
        created_at: of.created_at.to_string(),
        closed_at: of.closed.map(|(at, _)| at.to_string()),
        purge_at: of.closed.map(|(_, purge)| purge.to_string()),
        provisioning: of.provisioning.as_ref().map(|p| provisioning(p, viewer)),
    }
}

/// A customer with what it has.
#[must_use]
pub fn customer(tenant: Tenant, subscriptions: Vec<Subscription>, counts: &CustomerCounts) -> Customer {
    let counts = tenants::CustomerCounts {
        users: counts.users,
        users_enabled: counts.enabled,
        users_not_activated: counts.not_activated,
        users_failed: counts.failed,
        groups: counts.groups,
    };
    Customer { tenant, subscriptions, counts }
}
