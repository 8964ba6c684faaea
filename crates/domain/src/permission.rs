//! What a person may be allowed to do, and the roles that bundle it.
//!
//! Permissions are a closed list: each is one Cedar action and one set of
//! scopes on the principal. Roles are data, immutable versions of named sets of
//! permissions, so that a new role never needs a new schema.

use std::fmt;

use crate::tenant::TenantKind;

macro_rules! permissions {
    ($($(#[$doc:meta])* $name:ident = $code:literal on $resource:ident;)*) => {
        /// One thing a person may be allowed to do on a scope and all below it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Permission { $($(#[$doc])* $name,)* }

        impl Permission {
            /// All permissions, in the order of the printed table.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The stable name: the Cedar action, and what stands in a role's row.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// What kind of thing the action is done to.
            #[must_use]
            pub const fn resource(self) -> Resource {
                match self { $(Self::$name => Resource::$resource,)* }
            }
        }
    };
}

/// What an action is done to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Resource {
    /// A tenant and what it holds: orders, groups, requests.
    Tenant,
    /// A person's account, which may be an administrator's.
    Account,
    /// A group, which may be owned by people.
    Group,
}

permissions! {
    /// See a tenant: its name, state, subscriptions and groups.
    TenantRead = "tenant_read" on Tenant;
    /// Create a reseller below a tenant.
    ResellerCreate = "reseller_create" on Tenant;
    /// Order a customer, or services for one, below a tenant.
    OrderCreate = "order_create" on Tenant;
    /// Change a tenant's display name, language, time zone and settings.
    TenantUpdate = "tenant_update" on Tenant;
    /// Suspend and resume a tenant.
    TenantSuspend = "tenant_suspend" on Tenant;
    /// Close a tenant, and restore it while that is possible.
    TenantClose = "tenant_close" on Tenant;
    /// Move a tenant from one seller to another.
    TenantMove = "tenant_move" on Tenant;
    /// See people and the state of their accounts.
    UserRead = "user_read" on Account;
    /// Create people.
    UserCreate = "user_create" on Tenant;
    /// Change a person's attributes, plans and whether the account is enabled.
    UserUpdate = "user_update" on Account;
    /// Change those custom fields of a person that people change themselves. Everybody
    /// may those of their own account without any role.
    UserFields = "user_fields" on Account;
    /// Remove a person.
    UserDelete = "user_delete" on Account;
    /// Send a person a link that sets a new password.
    UserResetPassword = "user_reset_password" on Account;
    /// Do any of the above to the account of an administrator.
    AdministratorManage = "administrator_manage" on Account;
    /// Create groups and change who is in them.
    GroupManage = "group_manage" on Tenant;
    /// Change who is in a group. Owners of a group may without any role.
    GroupMembers = "group_members" on Group;
    /// See provisioning requests and their problems.
    RequestRead = "request_read" on Tenant;
    /// Run the failed part of a request again.
    RequestRetry = "request_retry" on Tenant;
    /// Give and take roles, never more than one's own.
    RoleGrant = "role_grant" on Tenant;
    /// See directories, their health and their queue.
    DirectoryRead = "directory_read" on Tenant;
    /// Change a directory: maintenance, read-only, what is enforced.
    DirectoryManage = "directory_manage" on Tenant;
    /// Change services, plans, prices, bundles and properties of a tenant, and the
    /// quotas of those below it.
    CatalogueManage = "catalogue_manage" on Tenant;
    /// Make, change, try and remove hooks of services.
    HookManage = "hook_manage" on Tenant;
    /// Look at what is in a directory and is not ours, and take it over.
    DirectoryAdopt = "directory_adopt" on Tenant;
    /// See which mails went out, and read those that are kept instead.
    MailRead = "mail_read" on Tenant;
}

impl Permission {
    /// The permission with this code, if there is one.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|p| p.code() == code)
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// A role the product ships with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Role {
    /// Stable code, as stored in grants.
    pub code: &'static str,
    /// Raised whenever `permissions` change; grants pin it.
    pub version: i32,
    /// What it allows on the scope it is granted on.
    pub permissions: &'static [Permission],
    /// Holders count as administrators: their accounts are touched only by those who may.
    pub administrator: bool,
    /// What it can be given on.
    pub on: &'static [TenantKind],
}

use Permission as P;

/// The roles of the first version. An end user needs none: everybody may see
/// and reset their own account.
pub const ROLES: &[Role] = &[
    Role {
        code: "provider_administrator",
        version: 4,
        permissions: Permission::ALL,
        administrator: true,
        on: &[TenantKind::Provider],
    },
    Role {
        code: "provider_helpdesk",
        version: 1,
        permissions: &[
            P::TenantRead,
            P::UserRead,
            P::UserUpdate,
            P::UserResetPassword,
            P::RequestRead,
            P::RequestRetry,
            P::DirectoryRead,
        ],
        administrator: true,
        on: &[TenantKind::Provider],
    },
    Role {
        code: "reseller_administrator",
        version: 3,
        permissions: &[
            P::TenantRead,
            P::ResellerCreate,
            P::OrderCreate,
            P::TenantUpdate,
            P::TenantSuspend,
            P::TenantClose,
            P::TenantMove,
            P::UserRead,
            P::UserCreate,
            P::UserUpdate,
            P::UserDelete,
            P::UserResetPassword,
            P::AdministratorManage,
            P::GroupManage,
            P::RequestRead,
            P::RequestRetry,
            P::RoleGrant,
            P::CatalogueManage,
        ],
        administrator: true,
        on: &[TenantKind::Reseller],
    },
    Role {
        code: "customer_administrator",
        version: 1,
        permissions: &[
            P::TenantRead,
            P::TenantUpdate,
            P::UserRead,
            P::UserCreate,
            P::UserUpdate,
            P::UserDelete,
            P::UserResetPassword,
            P::AdministratorManage,
            P::GroupManage,
            P::RequestRead,
            P::RequestRetry,
            P::RoleGrant,
        ],
        administrator: true,
        on: &[TenantKind::Customer],
    },
    Role {
        code: "user_administrator",
        version: 1,
        permissions: &[
            P::TenantRead,
            P::UserRead,
            P::UserCreate,
            P::UserUpdate,
            P::UserResetPassword,
            P::RequestRead,
        ],
        administrator: true,
        on: &[TenantKind::Reseller, TenantKind::Customer],
    },
];

/// The shipped roles that can be given on such a tenant.
pub fn roles_on(kind: TenantKind) -> impl Iterator<Item = &'static Role> {
    ROLES.iter().filter(move |role| role.on.contains(&kind))
}

/// The shipped role with this code.
#[must_use]
pub fn role(code: &str) -> Option<&'static Role> {
    ROLES.iter().find(|r| r.code == code)
}
