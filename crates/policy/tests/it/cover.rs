//! Schema, policies and the closed list of permissions say the same.

use std::{collections::BTreeSet, error::Error};

use cedar_policy::{ActionConstraint, Effect, PolicySet, Schema};
use domain::permission::{Permission, Resource};
use policy::{POLICIES, SCHEMA};

#[test]
fn the_schema_has_exactly_the_permissions_each_on_its_kind_of_resource() -> Result<(), Box<dyn Error>> {
    let (schema, _) = Schema::from_cedarschema_str(SCHEMA)?;
    let found: BTreeSet<(String, String)> = schema
        .request_envs()
        .map(|env| (env.action().id().unescaped().to_owned(), env.resource().to_string()))
        .collect();
    let expected: BTreeSet<(String, String)> = Permission::ALL
        .iter()
        .map(|p| {
            let resource = match p.resource() {
                Resource::Tenant => "Scope",
                Resource::Account => "Account",
                Resource::Group => "Group",
            };
            (p.code().to_owned(), resource.to_owned())
        })
        .collect();
    assert_eq!(found, expected);
    assert_eq!(schema.actions().count(), Permission::ALL.len(), "an action that applies to nothing");
    Ok(())
}

#[test]
fn a_person_has_exactly_one_set_of_scopes_for_each_permission() -> Result<(), Box<dyn Error>> {
    let (fragment, _) = cedar_policy::SchemaFragment::from_cedarschema_str(SCHEMA)?;
    let json = fragment.to_json_string()?;
    let found: BTreeSet<&str> = json
        .split('"')
        .filter(|word| word.strip_prefix("can_").is_some_and(|rest| !rest.contains(' ')))
        .collect();
    let expected: Vec<String> = Permission::ALL.iter().map(|p| format!("can_{p}")).collect();
    assert_eq!(found, expected.iter().map(String::as_str).collect());
    Ok(())
}

#[test]
fn every_permission_has_one_permit_of_its_name_and_the_rest_is_known() -> Result<(), Box<dyn Error>> {
    let policies: PolicySet = POLICIES.parse()?;
    let mut permits = BTreeSet::new();
    let mut others = BTreeSet::new();
    for policy in policies.policies() {
        let id = policy.annotation("id").unwrap_or_default().to_owned();
        let action = match policy.action_constraint() {
            ActionConstraint::Eq(action) => action.id().unescaped().to_owned(),
            ActionConstraint::Any | ActionConstraint::In(_) => String::new(),
        };
        if policy.effect() == Effect::Permit && id == action.replace('_', "-") {
            permits.insert(action);
        } else {
            others.insert(id);
        }
    }
    let expected: BTreeSet<String> = Permission::ALL.iter().map(ToString::to_string).collect();
    assert_eq!(permits, expected);
    let known = [
        "administrator-account",
        "closing-from-above",
        "moving-from-above",
        "own-account-delete",
        "own-account-fields",
        "own-account-read",
        "own-group-members",
        "own-password-reset",
        "suspended",
        "suspension-from-above",
    ];
    assert_eq!(
        others,
        known.map(str::to_owned).into(),
        "a new rule needs an expectation in table.rs and proof.rs"
    );
    Ok(())
}
