//! Every answer says why.

use std::error::Error;

use domain::permission::Permission as P;
use policy::{Basis, Bulk, Decision, Denial, GrantOnPath, Policy, Question, Refusal, Target};

use crate::world::{grant, tenant, user};

#[test]
fn an_allowed_act_names_the_nearest_grant_with_its_role_and_version() -> Result<(), Box<dyn Error>> {
    let policy = Policy::load()?;
    let path = [tenant(0), tenant(1), tenant(2)];
    let grants = [
        grant(1, &[P::TenantUpdate], tenant(0)),
        grant(2, &[P::TenantUpdate], tenant(1)),
        grant(3, &[P::TenantRead], tenant(2)),
        grant(4, &[P::TenantUpdate], tenant(9)),
    ];
    let decision = policy.decide(&Question {
        person: user(1),
        permission: P::TenantUpdate,
        grants: &grants,
        resource: Target::Tenant { path: &path },
        suspended: false,
    });
    let Decision::Allowed(authority) = decision else { return Err(format!("{decision:?}").into()) };
    assert_eq!(authority.policies, ["tenant-update"]);
    let expected = Basis::Grant {
        grant: grants[1].grant,
        role: "some_role".to_owned(),
        role_version: 3,
        scope: tenant(1),
    };
    assert_eq!(authority.basis, expected);
    assert!(authority.basis.to_string().ends_with(&format!("some_role version 3 on {}", tenant(1))));
    Ok(())
}

#[test]
fn everybody_may_read_and_reset_their_own_account_on_their_own_authority() -> Result<(), Box<dyn Error>> {
    let policy = Policy::load()?;
    for administrator in [false, true] {
        for permission in [P::UserRead, P::UserResetPassword] {
            let decision = own(&policy, permission, &[], administrator, false);
            let Decision::Allowed(authority) = decision else { return Err(format!("{decision:?}").into()) };
            assert_eq!(authority.basis, Basis::OwnAccount);
            assert_eq!(authority.basis.to_string(), "self");
        }
    }
    Ok(())
}

#[test]
fn a_refusal_names_the_guard_or_that_there_is_no_grant() -> Result<(), Box<dyn Error>> {
    let policy = Policy::load()?;
    let all = [grant(1, P::ALL, tenant(0))];
    assert_eq!(reason(own(&policy, P::UserDelete, &all, true, false))?, forbidden("own-account-delete"));
    assert_eq!(reason(own(&policy, P::UserDelete, &[], true, false))?, Refusal::NoGrant);
    assert_eq!(reason(own(&policy, P::UserResetPassword, &[], false, true))?, forbidden("suspended"));
    assert_eq!(reason(own(&policy, P::UserUpdate, &[], false, true))?, Refusal::NoGrant);
    let helpdesk = [grant(1, &[P::UserUpdate], tenant(0))];
    let denied = own(&policy, P::UserUpdate, &helpdesk, true, false);
    let Decision::Denied(denial) = &denied else { return Err(format!("{denied:?}").into()) };
    assert_eq!(denial.to_string(), "user_update refused: forbidden by administrator-account");
    Ok(())
}

#[test]
fn questions_that_make_no_sense_are_refused_whatever_the_grants() -> Result<(), Box<dyn Error>> {
    let policy = Policy::load()?;
    let all = [grant(1, P::ALL, tenant(0))];
    let path = [tenant(0)];
    let deep: Vec<_> = (0..=domain::limits::TENANT_DEPTH).map(tenant).collect();
    let circle = [tenant(0), tenant(1), tenant(0)];
    let account = Target::Account { user: user(2), administrator: false, path: &path };
    let nonsense = [
        (P::UserDelete, Target::Tenant { path: &path }),
        (P::TenantRead, account),
        (P::TenantRead, Target::Tenant { path: &[] }),
        (P::TenantRead, Target::Tenant { path: &deep }),
        (P::TenantRead, Target::Tenant { path: &circle }),
    ];
    for (permission, resource) in nonsense {
        let question = Question { person: user(1), permission, grants: &all, resource, suspended: false };
        let reason = reason(policy.decide(&question))?;
        assert!(matches!(reason, Refusal::Undecidable { .. }), "{permission} on {resource:?}: {reason}");
    }
    Ok(())
}

#[test]
fn many_at_once_get_the_same_answers_as_one_by_one() -> Result<(), Box<dyn Error>> {
    let policy = Policy::load()?;
    let path = [tenant(0), tenant(1)];
    let grants = [grant(1, &[P::UserResetPassword, P::UserDelete], tenant(1))];
    let accounts: Vec<_> = (0..50).map(|n| (user(n), n % 3 == 0)).collect();
    for permission in [P::UserResetPassword, P::UserDelete, P::UserRead, P::TenantRead] {
        for suspended in [false, true] {
            let bulk = Bulk {
                person: user(3),
                permission,
                grants: &grants,
                path: &path,
                suspended,
                accounts: &accounts,
            };
            let one_by_one: Vec<Decision> = accounts
                .iter()
                .map(|&(user, administrator)| Question {
                    person: bulk.person,
                    permission,
                    grants: &grants,
                    resource: Target::Account { user, administrator, path: &path },
                    suspended,
                })
                .map(|question| policy.decide(&question))
                .collect();
            assert_eq!(policy.decide_many(&bulk), one_by_one, "{permission}, suspended: {suspended}");
        }
    }
    Ok(())
}

fn own(
    policy: &Policy,
    permission: P,
    grants: &[GrantOnPath<'_>],
    administrator: bool,
    suspended: bool,
) -> Decision {
    let path = [tenant(0), tenant(1)];
    let resource = Target::Account { user: user(1), administrator, path: &path };
    policy.decide(&Question { person: user(1), permission, grants, resource, suspended })
}

fn reason(decision: Decision) -> Result<Refusal, Box<dyn Error>> {
    match decision {
        Decision::Denied(Denial { reason, .. }) => Ok(reason),
        Decision::Allowed(authority) => Err(format!("allowed by {authority:?}").into()),
    }
}

fn forbidden(policy: &str) -> Refusal {
    Refusal::Forbidden { policies: vec![policy.to_owned()] }
}
