//! Lists and ceilings against single decisions, on random trees of tenants.

use std::collections::BTreeSet;

use domain::{
    id::TenantId,
    permission::{Permission, Resource},
};
use policy::{GrantOnPath, Policy, Question, Target, may_grant, roots};
use proptest::{prelude::*, test_runner::TestRunner};

use crate::world::{Tree, grant, group, tenant, user};

/// A grant to be: what it allows and where.
type Draft = (Vec<Permission>, usize);

/// A list selects by SQL from the roots down; it must show exactly the rows a
/// look at each of them would allow.
#[test]
fn a_list_shows_exactly_what_may_be_read_one_by_one() {
    let policy = Policy::load().expect("the shipped rules load");
    runner(200)
        .run(&(tree(), drafts()), |(tree, drafts)| {
            let grants = made(&drafts, &tree);
            let reads = [Permission::UserRead, Permission::TenantRead, Permission::RequestRead];
            for permission in reads {
                let from = roots(&grants, permission);
                let listed: BTreeSet<usize> = (0..tree.len())
                    .filter(|&n| from.contains(&tenant(n)))
                    .flat_map(|n| tree.subtree(n))
                    .collect();
                let one_by_one: BTreeSet<usize> = (0..tree.len())
                    .filter(|&n| {
                        [false, true].iter().any(|&administrator| {
                            allowed(&policy, &grants, permission, &tree.path(n), administrator)
                        })
                    })
                    .collect();
                prop_assert_eq!(&listed, &one_by_one, "{}", permission);
            }
            Ok(())
        })
        .expect("the list and the single look agree");
}

/// Whoever receives a role can do nothing the giver could not do.
#[test]
fn nobody_gives_more_than_they_have() {
    let policy = Policy::load().expect("the shipped rules load");
    let role = proptest::sample::subsequence(Permission::ALL, 1..4);
    runner(100)
        .run(&(tree(), drafts(), role, any::<usize>()), |(tree, drafts, role, at)| {
            let at = at % tree.len();
            let holder = made(&drafts, &tree);
            let receiver = [grant(99, &role, tenant(at))];
            match may_grant(&holder, &role, &tree.path(at)) {
                Ok(()) => {
                    for n in 0..tree.len() {
                        for &permission in Permission::ALL {
                            let can = |grants: &[GrantOnPath<'_>], administrator| {
                                allowed(&policy, grants, permission, &tree.path(n), administrator)
                            };
                            for administrator in [false, true] {
                                let more = can(&receiver, administrator) && !can(&holder, administrator);
                                prop_assert!(!more, "{} on tenant {} became possible", permission, n);
                            }
                        }
                    }
                }
                Err(missing) => {
                    prop_assert!(!missing.permissions.is_empty());
                    for permission in &missing.permissions {
                        let reached = drafts.iter().any(|(held, scope)| {
                            held.contains(permission) && tree.subtree(scope % tree.len()).contains(&at)
                        });
                        prop_assert!(role.contains(permission) && !reached, "{} is held", permission);
                    }
                }
            }
            Ok(())
        })
        .expect("a role that may be given gives nothing new");
}

#[test]
fn a_refused_grant_names_what_is_missing() {
    let holder = [grant(1, &[Permission::RoleGrant, Permission::UserRead], tenant(1))];
    let path = [tenant(0), tenant(1)];
    assert_eq!(may_grant(&holder, &[Permission::UserRead], &path), Ok(()));
    let error = may_grant(&holder, &[Permission::UserRead, Permission::UserDelete], &path)
        .expect_err("user_delete is not held");
    assert_eq!(error.to_string(), "you do not hold yourself what the role would give: user_delete");
    let above = may_grant(&holder, &[Permission::UserRead], &path[..1]).expect_err("above the scope");
    assert_eq!(above.permissions, [Permission::UserRead]);
}

fn allowed(
    policy: &Policy,
    grants: &[GrantOnPath<'_>],
    permission: Permission,
    path: &[TenantId],
    administrator: bool,
) -> bool {
    let resource = match permission.resource() {
        Resource::Tenant => Target::Tenant { path },
        Resource::Account => Target::Account { user: user(2), administrator, path },
        Resource::Group => Target::Group { group: group(1), owners: &[], path },
    };
    policy.decide(&Question { person: user(1), permission, grants, resource, suspended: false }).is_allowed()
}

fn runner(cases: u32) -> TestRunner {
    let config = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
    TestRunner::new_with_rng(
        config,
        proptest::test_runner::TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha),
    )
}

fn tree() -> impl Strategy<Value = Tree> {
    proptest::collection::vec(any::<usize>(), 0..12).prop_map(|choices| Tree::grow(&choices))
}

fn drafts() -> impl Strategy<Value = Vec<Draft>> {
    let permissions = proptest::sample::subsequence(Permission::ALL, 0..Permission::ALL.len());
    proptest::collection::vec((permissions, any::<usize>()), 0..5)
}

fn made<'a>(drafts: &'a [Draft], tree: &Tree) -> Vec<GrantOnPath<'a>> {
    drafts
        .iter()
        .enumerate()
        .map(|(n, (permissions, scope))| grant(n, permissions, tenant(scope % tree.len())))
        .collect()
}
