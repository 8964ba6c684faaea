//! Who manages whom, as people say it: by id or by principal name, also of
//! somebody who is created in the same call.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    field::{FieldError, Rule},
    id::{ObjectId, TenantId, UserId},
    names as rules,
};
use store::{
    tx::{TenantRef, WriteTx},
    users::{Manager, ManagerKey, User},
    views::PersonView,
};

use crate::{AppError, names::Names, people::Person};

/// How a manager is named; nothing and blanks mean nobody.
pub(crate) fn key(field: &str, text: &str) -> Result<Option<ManagerKey>, FieldError> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    if let Ok(id) = text.parse::<UserId>() {
        return Ok(Some(ManagerKey::Id(id)));
    }
    let name = rules::principal_name(field, text).map_err(|_| {
        FieldError::new(field, Rule::Format).with("expected", "the id or the principal name of a person")
    })?;
    Ok(Some(ManagerKey::Name(name.to_lowercase())))
}

/// The managers of people who are being created.
pub(crate) async fn of_new(
    tx: &mut WriteTx<'_>,
    tenant: TenantId,
    paths: &[String],
    people: &[Person],
    made: &[(UserId, ObjectId)],
    names: &[Names],
) -> Result<Vec<Option<Manager>>, AppError> {
    if people.iter().all(|person| person.manager.is_none()) {
        return Ok(vec![None; people.len()]);
    }
    let here: BTreeMap<_, _> =
        names.iter().enumerate().map(|(i, n)| (ManagerKey::Name(n.principal.to_lowercase()), i)).collect();
    let elsewhere: BTreeSet<_> =
        people.iter().filter_map(|p| p.manager.clone()).filter(|key| !here.contains_key(key)).collect();
    let elsewhere: Vec<_> = elsewhere.into_iter().collect();
    let known = if elsewhere.is_empty() { BTreeMap::new() } else { tx.managers(tenant, &elsewhere).await? };
    let above: Vec<_> = people.iter().map(|p| here.get(p.manager.as_ref()?).copied()).collect();
    let (mut managers, mut errors) = (Vec::with_capacity(people.len()), Vec::new());
    for (i, (path, person)) in paths.iter().zip(people).enumerate() {
        let Some(key) = &person.manager else {
            managers.push(None);
            continue;
        };
        let found = match above[i] {
            Some(_) if is_circle(&above, i) => Err(Rule::Cycle),
            Some(other) => Ok(Manager {
                person: PersonView {
                    id: made[other].0,
                    display_name: people[other].display_name.clone(),
                    principal_name: names[other].principal.clone(),
                },
                object: made[other].1,
            }),
            None => known.get(key).cloned().ok_or(Rule::Unknown),
        };
        match found {
            Ok(manager) => managers.push(Some(manager)),
            Err(rule) => {
                let error = FieldError::new("manager", rule).with("value", shown(key));
                errors.push(if path.is_empty() { error } else { error.under(path) });
            }
        }
    }
    if errors.is_empty() { Ok(managers) } else { Err(AppError::Invalid(errors)) }
}

/// The new manager of a person; outer `None` when nothing was said.
#[expect(
    clippy::option_option,
    reason = "what was not said, nobody, and somebody are three different things"
)]
pub(crate) async fn of_change(
    tx: &mut WriteTx<'_>,
    tenant: &TenantRef,
    user: &User,
    given: Option<Option<ManagerKey>>,
) -> Result<Option<Option<Manager>>, AppError> {
    let key = match given {
        None => return Ok(None),
        Some(None) => return Ok(Some(None)),
        Some(Some(key)) => key,
    };
    let error = |rule| AppError::field(FieldError::new("manager", rule).with("value", shown(&key)));
    // Who has only the portal stands in no directory.
    if user.object.is_none() {
        return Err(error(Rule::Immutable));
    }
    let mut found = tx.managers(tenant.id, std::slice::from_ref(&key)).await?;
    let manager = found.remove(&key).ok_or_else(|| error(Rule::Unknown))?;
    if tx.is_managed_by(tenant.id, manager.person.id, user.id).await? {
        return Err(error(Rule::Cycle));
    }
    Ok(Some(Some(manager)))
}

/// Whether somebody is above themselves. Each has one manager at most.
fn is_circle(above: &[Option<usize>], start: usize) -> bool {
    let mut seen = BTreeSet::new();
    let mut at = start;
    while let Some(next) = above[at] {
        if next == start {
            return true;
        }
        // A circle further up is the mistake of those who are in it.
        if !seen.insert(next) {
            return false;
        }
        at = next;
    }
    false
}

fn shown(key: &ManagerKey) -> String {
    match key {
        ManagerKey::Id(id) => id.to_string(),
        ManagerKey::Name(name) => name.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_those_in_a_circle_are_told() {
        // 0 → 1 → 2 → 1, and 3 has nobody.
        let above = [Some(1), Some(2), Some(1), None];
        let circles: Vec<_> = (0..4).map(|i| is_circle(&above, i)).collect();
        assert_eq!(circles, [false, true, true, false]);
        assert!(is_circle(&[Some(0)], 0));
    }

    #[test]
    fn a_manager_is_named_by_id_or_by_principal_name() {
        assert_eq!(key("m", "  "), Ok(None));
        assert_eq!(key("m", "Anna@Acme.test"), Ok(Some(ManagerKey::Name("anna@acme.test".to_owned()))));
        assert_eq!(key("m", "Anna Berg").map_err(|e| e.rule), Err(Rule::Format));
        let id = UserId::from_uuid(uuid::Uuid::from_u128(7));
        assert_eq!(key("m", &id.to_string()), Ok(Some(ManagerKey::Id(id))));
    }
}
