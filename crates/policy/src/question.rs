//! What is asked, and what is answered.

use std::fmt;

use domain::{
    id::{GrantId, GroupId, TenantId, UserId},
    permission::{Permission, Resource},
};

/// May this person do this to that?
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// Who asks.
    pub person: UserId,
    /// What they want to do.
    pub permission: Permission,
    /// Their grants in force whose scope is on the resource's path. Others do
    /// no harm: they allow nothing there.
    pub grants: &'a [GrantOnPath<'a>],
    /// What they want to do it to.
    pub resource: Target<'a>,
    /// Whether the resource's tenant or one above it is suspended.
    pub suspended: bool,
}

/// One grant in force: a version of a role, given on a tenant.
#[derive(Debug, Clone, Copy)]
pub struct GrantOnPath<'a> {
    /// The grant.
    pub grant: GrantId,
    /// Code of the role it gives.
    pub role: &'a str,
    /// The version of the role that it pins.
    pub role_version: i32,
    /// What that version of the role allows.
    pub permissions: &'a [Permission],
    /// The tenant it is given on; it reaches all below.
    pub scope: TenantId,
}

/// What an act is done to. A path runs from the root to the tenant itself, both
/// included, and has at most `domain::limits::TENANT_DEPTH` tenants.
#[derive(Debug, Clone, Copy)]
pub enum Target<'a> {
    /// A tenant, or what it holds.
    Tenant {
        /// The path of the tenant.
        path: &'a [TenantId],
    },
    /// A person's account.
    Account {
        /// Whose account it is.
        user: UserId,
        /// Whether that person holds a role that makes an administrator.
        administrator: bool,
        /// The path of the tenant the person belongs to.
        path: &'a [TenantId],
    },
    /// A group.
    Group {
        /// Which.
        group: GroupId,
        /// The people who own it.
        owners: &'a [UserId],
        /// The path of the tenant it belongs to.
        path: &'a [TenantId],
    },
}

impl<'a> Target<'a> {
    /// From the root to the tenant the target is or lies in.
    #[must_use]
    pub const fn path(&self) -> &'a [TenantId] {
        match self {
            Self::Tenant { path } | Self::Account { path, .. } | Self::Group { path, .. } => path,
        }
    }

    /// What kind of thing it is.
    #[must_use]
    pub const fn resource(&self) -> Resource {
        match self {
            Self::Tenant { .. } => Resource::Tenant,
            Self::Account { .. } => Resource::Account,
            Self::Group { .. } => Resource::Group,
        }
    }
}

/// One act on many accounts of one tenant: the principal and its scopes are
/// built once for all of them.
#[derive(Debug, Clone, Copy)]
pub struct Bulk<'a> {
    /// Who asks.
    pub person: UserId,
    /// What they want to do to every account.
    pub permission: Permission,
    /// As in [`Question::grants`].
    pub grants: &'a [GrantOnPath<'a>],
    /// The path of the tenant all the accounts lie in.
    pub path: &'a [TenantId],
    /// As in [`Question::suspended`].
    pub suspended: bool,
    /// Each account: whose it is, and whether that is an administrator. No one twice.
    pub accounts: &'a [(UserId, bool)],
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Yes, and on whose authority.
    Allowed(Authority),
    /// No, and why.
    Denied(Denial),
}

impl Decision {
    /// Whether the act may go ahead.
    #[must_use]
    pub const fn is_allowed(&self) -> bool {
        matches!(self, Self::Allowed(_))
    }
}

/// What allowed an act; stands in its audit event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authority {
    /// The `@id`s of the policies that permitted it, sorted.
    pub policies: Vec<String>,
    /// The grant behind them, or that it is the person's own account or group.
    pub basis: Basis,
}

/// Why a person has the authority.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Basis {
    /// It is their own account, and everybody may do this to their own.
    OwnAccount,
    /// They own the group.
    OwnGroup,
    /// A grant carries the permission; of several the one nearest to the resource.
    Grant {
        /// The grant.
        grant: GrantId,
        /// Code of its role.
        role: String,
        /// The version of the role that it pins.
        role_version: i32,
        /// The tenant it is given on.
        scope: TenantId,
    },
}

impl fmt::Display for Basis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OwnAccount => f.write_str("self"),
            Self::OwnGroup => f.write_str("owner of the group"),
            Self::Grant { grant, role, role_version, scope } => {
                write!(f, "{grant}: {role} version {role_version} on {scope}")
            }
        }
    }
}

/// Why an act was refused; stands in its audit event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{permission} refused: {reason}")]
pub struct Denial {
    /// What was asked for.
    pub permission: Permission,
    /// Why not.
    pub reason: Refusal,
}

/// The reason of a refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// No grant on the resource's path carries the permission.
    NoGrant,
    /// There is a grant, but a guard forbids it.
    Forbidden {
        /// The `@id`s of the policies that forbade it, sorted.
        policies: Vec<String>,
    },
    /// The question made no sense, as an act on accounts done to a tenant. A
    /// mistake of the caller, not of the person; refused all the same.
    Undecidable {
        /// What was wrong with it.
        problem: String,
    },
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoGrant => f.write_str("no grant"),
            Self::Forbidden { policies } => write!(f, "forbidden by {}", policies.join(", ")),
            Self::Undecidable { problem } => write!(f, "not decidable: {problem}"),
        }
    }
}
