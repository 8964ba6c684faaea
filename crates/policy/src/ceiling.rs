//! Nobody gives more than they have, and a list shows what a look would.

use std::{collections::BTreeSet, fmt};

use domain::{id::TenantId, permission::Permission};

use crate::GrantOnPath;

/// What the holder lacks to give a role away.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("you do not hold yourself what the role would give: {}", List(.permissions))]
pub struct Missing {
    /// The permissions of the role that the holder has not got on the scope.
    pub permissions: Vec<Permission>,
}

/// Whether the holder of these grants may give or take a role with these
/// permissions on the tenant at the end of `path` (from the root to it): every
/// permission of the role must be the holder's own there.
///
/// This is the ceiling only. Whether the person may grant at all is
/// [`Permission::RoleGrant`], asked of [`crate::Policy::decide`].
pub fn may_grant(
    holder: &[GrantOnPath<'_>],
    role_permissions: &[Permission],
    path: &[TenantId],
) -> Result<(), Missing> {
    let held: BTreeSet<Permission> = holder
        .iter()
        .filter(|grant| path.contains(&grant.scope))
        .flat_map(|grant| grant.permissions.iter().copied())
        .collect();
    let wanted: BTreeSet<Permission> = role_permissions.iter().copied().collect();
    let permissions: Vec<Permission> = wanted.difference(&held).copied().collect();
    if permissions.is_empty() { Ok(()) } else { Err(Missing { permissions }) }
}

/// The tenants from which down these grants give a permission: the scope of a
/// list, which cannot ask for every row. Here `grants` are all of the person's
/// grants in force.
#[must_use]
pub fn roots(grants: &[GrantOnPath<'_>], permission: Permission) -> BTreeSet<TenantId> {
    grants.iter().filter(|grant| grant.permissions.contains(&permission)).map(|grant| grant.scope).collect()
}

struct List<'a>(&'a [Permission]);

impl fmt::Display for List<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, permission) in self.0.iter().enumerate() {
            let separator = if i == 0 { "" } else { ", " };
            write!(f, "{separator}{permission}")?;
        }
        Ok(())
    }
}
