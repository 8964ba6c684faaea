//! Tenants, people and grants of tests.

use domain::{
    id::{GrantId, GroupId, TenantId, UserId},
    permission::Permission,
};
use policy::GrantOnPath;
use uuid::Uuid;

/// The tenant number `n`.
pub fn tenant(n: usize) -> TenantId {
    TenantId::from_uuid(Uuid::from_u128(0x1000 + n as u128))
}

/// The person number `n`.
pub fn user(n: usize) -> UserId {
    UserId::from_uuid(Uuid::from_u128(0x2000 + n as u128))
}

/// The group number `n`.
pub fn group(n: usize) -> GroupId {
    GroupId::from_uuid(Uuid::from_u128(0x4000 + n as u128))
}

/// A grant of `permissions` on `scope`, numbered for the audit.
pub fn grant(n: usize, permissions: &[Permission], scope: TenantId) -> GrantOnPath<'_> {
    let id = GrantId::from_uuid(Uuid::from_u128(0x3000 + n as u128));
    GrantOnPath { grant: id, role: "some_role", role_version: 3, permissions, scope }
}

/// A tree of tenants: tenant 0 is the root, the others name their parent.
#[derive(Debug, Clone)]
pub struct Tree {
    parents: Vec<usize>,
}

impl Tree {
    /// Tenant `i + 1` hangs below `choices[i] % (i + 1)`, or below that one's
    /// parent where the tree would become deeper than the product allows.
    pub fn grow(choices: &[usize]) -> Self {
        let mut tree = Self { parents: vec![0] };
        for (i, choice) in choices.iter().enumerate() {
            let parent = choice % (i + 1);
            let too_deep = tree.path(parent).len() == domain::limits::TENANT_DEPTH;
            tree.parents.push(if too_deep { tree.parents[parent] } else { parent });
        }
        tree
    }

    /// How many tenants there are.
    pub fn len(&self) -> usize {
        self.parents.len()
    }

    /// From the root to tenant `n`.
    pub fn path(&self, n: usize) -> Vec<TenantId> {
        let mut path = vec![tenant(n)];
        let mut at = n;
        while at != 0 {
            at = self.parents[at];
            path.push(tenant(at));
        }
        path.reverse();
        path
    }

    /// Tenant `n` and all below it, found from the top down.
    pub fn subtree(&self, n: usize) -> Vec<usize> {
        let mut found = vec![n];
        let mut next = 0;
        while next < found.len() {
            let parent = found[next];
            found.extend((1..self.len()).filter(|&child| self.parents[child] == parent));
            next += 1;
        }
        found
    }
}
