//! The last check before anything is sent: inside the folder, not the folder
//! itself, not on the protected list. The directory refuses most of it too,
//! but a mistake in delegation must not become a mistake in somebody's domain.

use domain::{
    plan::{Action, Step},
    problem::{Problem, ProblemCode},
    spec::Address,
};

use crate::{dn::Parsed, facts::Facts, security::Sid};

/// Refuses what must not be touched.
pub(crate) fn check(folder: &Parsed, facts: &Facts, step: &Step) -> Result<(), Problem> {
    let object = |at: &Address| inside(folder, facts, at, Parsed::is_below);
    let container =
        |at: Option<&Address>| at.map_or(Ok(()), |at| inside(folder, facts, at, Parsed::is_within));
    match &step.action {
        Action::Create { parent, .. } => container(parent.as_ref()),
        Action::Move { at, parent, .. } => object(at).and(container(parent.as_ref())),
        Action::Update { at, .. }
        | Action::Delete { at }
        | Action::Release { at }
        | Action::SetPassword { at, .. } => object(at),
        Action::SetAccess { at, readers } => {
            // Everyone or Authenticated Users would open it to every tenant.
            let bad = |reader: &&String| !reader.parse::<Sid>().is_ok_and(|sid| sid.is_of_a_domain());
            match readers.iter().find(bad) {
                Some(reader) => Err(Problem::new(ProblemCode::InvalidValue)
                    .with("attribute", "readers")
                    .with("value", reader)),
                None => object(at),
            }
        }
        Action::ChangeMembers { at, add, remove: _ } => {
            object(at)?;
            add.iter().try_for_each(object)
        }
    }
}

fn inside(
    folder: &Parsed,
    facts: &Facts,
    at: &Address,
    lies: fn(&Parsed, &Parsed) -> bool,
) -> Result<(), Problem> {
    let problem = |code| Problem::new(code).with("dn", &at.dn);
    let name = Parsed::new(&at.dn).map_err(|_| problem(ProblemCode::OutsideFolder))?;
    if !lies(&name, folder) {
        return Err(problem(ProblemCode::OutsideFolder));
    }
    let protected = facts.protected_ids.contains(&at.external_id)
        || facts.protected_names.iter().any(|protected| name.is_within(protected));
    if protected { Err(problem(ProblemCode::Protected)) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use domain::{id::ObjectId, plan::Secret, spec::ObjectKind};
    use uuid::Uuid;

    use super::*;

    fn at(dn: &str) -> Address {
        Address { external_id: Uuid::from_u128(7), dn: dn.to_owned() }
    }

    fn checked(action: Action) -> Option<ProblemCode> {
        let folder = Parsed::new("OU=Customers,DC=corp,DC=test").expect("folder");
        let vault = Parsed::new("OU=Vault,OU=Customers,DC=corp,DC=test").expect("protected");
        let facts = Facts { protected_names: vec![vault], ..Facts::default() };
        let step = Step { object: ObjectId::from_uuid(Uuid::from_u128(1)), kind: ObjectKind::User, action };
        check(&folder, &facts, &step).err().map(|problem| problem.code)
    }

    #[test]
    fn nothing_outside_the_folder_nor_the_folder_itself_nor_what_is_protected_is_touched() {
        let inside = || at("CN=Anna,OU=Acme,ou=customers,DC=corp,DC=test");
        let folder = || at("OU=Customers,DC=corp,DC=test");
        let outside = || at("CN=Administrator,CN=Users,DC=corp,DC=test");
        let vault = || at("CN=Svc,OU=Vault,OU=Customers,DC=corp,DC=test");
        let move_to = |at, to| Action::Move { at, parent: Some(to), name: "x".to_owned() };
        let join = |group, member| Action::ChangeMembers { at: group, add: vec![member], remove: vec![] };
        let password = Secret(String::new());
        for (action, expected) in [
            (Action::Delete { at: inside() }, None),
            (Action::Delete { at: folder() }, Some(ProblemCode::OutsideFolder)),
            (Action::Delete { at: outside() }, Some(ProblemCode::OutsideFolder)),
            (Action::Delete { at: vault() }, Some(ProblemCode::Protected)),
            (Action::Update { at: at("not a name"), changes: vec![] }, Some(ProblemCode::OutsideFolder)),
            (
                Action::SetPassword { at: outside(), password, must_change: false },
                Some(ProblemCode::OutsideFolder),
            ),
            (move_to(inside(), folder()), None),
            (move_to(inside(), outside()), Some(ProblemCode::OutsideFolder)),
            (move_to(outside(), folder()), Some(ProblemCode::OutsideFolder)),
            (move_to(inside(), vault()), Some(ProblemCode::Protected)),
            (join(inside(), outside()), Some(ProblemCode::OutsideFolder)),
            (join(inside(), vault()), Some(ProblemCode::Protected)),
            (join(outside(), inside()), Some(ProblemCode::OutsideFolder)),
            (Action::Create { parent: None, attributes: [].into() }, None),
            (
                Action::Create { parent: Some(outside()), attributes: [].into() },
                Some(ProblemCode::OutsideFolder),
            ),
        ] {
            let shown = format!("{action:?}");
            assert_eq!(checked(action), expected, "{shown}");
        }
    }

    #[test]
    fn a_container_is_never_opened_to_everybody() {
        for (reader, expected) in [
            ("S-1-5-21-1-2-3-1500", None),
            ("S-1-5-11", Some(ProblemCode::InvalidValue)),
            ("S-1-1-0", Some(ProblemCode::InvalidValue)),
            ("acme", Some(ProblemCode::InvalidValue)),
        ] {
            let at = at("OU=Acme,OU=Customers,DC=corp,DC=test");
            assert_eq!(
                checked(Action::SetAccess { at, readers: vec![reader.to_owned()] }),
                expected,
                "{reader}"
            );
        }
    }
}
