//! The hardest ordinary question, for benchmarks.

use domain::{
    id::{GrantId, TenantId, UserId},
    permission::Permission,
};
use uuid::Uuid;

use crate::{GrantOnPath, Question, Target};

/// A person with 200 grants, all on the path of an account at depth 6.
#[derive(Debug)]
pub struct WorstCase {
    person: UserId,
    account: UserId,
    path: Vec<TenantId>,
    grants: Vec<GrantOnPath<'static>>,
}

/// Builds it: every grant carries every permission, and they lie evenly on the
/// six tenants from the root down to the account's own. The ids are fixed, so
/// that two runs measure the same.
#[must_use]
pub fn worst_case() -> WorstCase {
    let path: Vec<TenantId> = (1..=6).map(tenant).collect();
    let grants = (0..200_u8)
        .map(|i| GrantOnPath {
            grant: GrantId::from_uuid(uuid(u128::from(i))),
            role: "provider_administrator",
            role_version: 1,
            permissions: Permission::ALL,
            scope: path[usize::from(i) % path.len()],
        })
        .collect();
    WorstCase { person: UserId::from_uuid(uuid(1)), account: UserId::from_uuid(uuid(2)), path, grants }
}

impl WorstCase {
    /// Resetting the password of an administrator: the act with most guards.
    #[must_use]
    pub fn question(&self) -> Question<'_> {
        Question {
            person: self.person,
            permission: Permission::UserResetPassword,
            grants: &self.grants,
            resource: Target::Account { user: self.account, administrator: true, path: &self.path },
            suspended: false,
        }
    }

    /// That many accounts of the same tenant, every tenth an administrator's.
    #[must_use]
    pub fn accounts(&self, count: u32) -> Vec<(UserId, bool)> {
        (0..count).map(|i| (UserId::from_uuid(uuid(1_000 + u128::from(i))), i % 10 == 0)).collect()
    }
}

fn tenant(n: u128) -> TenantId {
    TenantId::from_uuid(uuid(n))
}

/// Looks like a real id, as its printed form is part of what is measured.
fn uuid(n: u128) -> Uuid {
    Uuid::from_u128(0x0199_0000_0000_7000_8000_0000_0000_0000 + n)
}
