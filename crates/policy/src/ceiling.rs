//! Nobody gives more than they have, and a list shows what a look would.

use std::{collections::BTreeSet, fmt};

use domain::{
    id::{TenantId, UserId},
    permission::Permission,
};

use crate::{GrantOnPath, Refusal};

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

/// The guard by which nobody changes their own roles, in no direction.
pub const OWN_ROLES: &str = "own-roles";

/// Whether somebody may change the roles of these people, as far as it depends on who they are: nobody
/// changes their own. Whether they may change any is [`Permission::RoleGrant`] and [`may_grant`].
pub fn may_change_roles(caller: UserId, people: &[UserId]) -> Result<(), Refusal> {
    if people.contains(&caller) {
        return Err(Refusal::Forbidden { policies: vec![OWN_ROLES.to_owned()] });
    }
    Ok(())
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
