//! Large groups, where directories answer in ranges and one bad member among a
//! thousand spoils the change.

use ad::Directory;
use connector::{ApplyError, Connector as _, Lane};
use domain::{
    limits,
    plan::{Action, Step},
    problem::ProblemCode,
    spec::{Address, Attribute, ObjectKind, Selector},
};
use uuid::Uuid;

use crate::lab::{Lab, act, container, dn_line, group, make, selector};

/// Contacts, because a controller needs a minute for so many accounts and
/// membership does not care.
async fn people(lab: &Lab, directory: &Directory, at: &Address, count: usize) -> Vec<Address> {
    let mut ldif = String::new();
    for i in 0..count {
        ldif.push_str(&dn_line(&format!("CN=Member {i},{}", at.dn)));
        ldif.push_str("objectClass: contact\n\n");
    }
    lab.expect("ldapadd", &lab.administrator, &[], &ldif).await;
    let which: Vec<Selector> = (0..count)
        .map(|i| {
            let attributes = [(Attribute::Name, format!("Member {i}"))].into();
            let action = Action::Create { parent: Some(at.clone()), attributes };
            let step = Step { object: lab.id(), kind: ObjectKind::User, action };
            selector(&step, Some(at))
        })
        .collect();
    let seen = directory.observe(Lane::Bulk, &which).await.expect("reachable");
    seen.into_iter().map(|seen| seen.expect("made").address).collect()
}

fn join(at: &Address, add: &[Address]) -> Action {
    Action::ChangeMembers { at: at.clone(), add: add.to_vec(), remove: vec![] }
}

async fn present(directory: &Directory, group: &Step, parent: &Address, of: &[Address]) -> Vec<Uuid> {
    let selector = Selector { members: of.to_vec(), ..selector(group, Some(parent)) };
    crate::lab::see(directory, selector).await.expect("the group").present_members
}

#[tokio::test]
async fn members_of_a_group_larger_than_a_range_are_seen_and_one_bad_one_among_a_thousand_is_found() {
    let lab = Lab::new().await;
    let directory = lab.connect();
    let at = make(&lab, &directory, container(&lab, None, "Acme"), None).await.address;
    let step = group(&lab, &at, "Everybody");
    let everybody = make(&lab, &directory, step.clone(), Some(&at)).await.address;
    let people = people(&lab, &directory, &at, 1_600).await;
    // The first thousand with a stranger in the middle: nothing is applied, and the stranger is named.
    let mut spoilt = people[..999].to_vec();
    let stranger = Address { external_id: Uuid::from_u128(77), dn: format!("CN=Stranger,{}", at.dn) };
    spoilt.insert(500, stranger.clone());
    match directory.apply(Lane::Bulk, &[act(&step, join(&everybody, &spoilt))]).await.remove(0) {
        Err(ApplyError::Rejected { problem }) => {
            assert_eq!(problem.code, ProblemCode::MemberMissing, "{problem:?}");
            assert_eq!(problem.args.get("dn"), Some(&stranger.dn));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(present(&directory, &step, &at, &people[..999]).await, Vec::<Uuid>::new());
    // Halving it, as the engine does: the good half goes in, the bad one is refused.
    let (good, bad) = spoilt.split_at(500);
    assert!(directory.apply(Lane::Bulk, &[act(&step, join(&everybody, good))]).await[0].is_ok());
    assert!(directory.apply(Lane::Bulk, &[act(&step, join(&everybody, bad))]).await[0].is_err());
    for chunk in people[500..].chunks(limits::MEMBERS_PER_MODIFY) {
        let outcome = directory.apply(Lane::Bulk, &[act(&step, join(&everybody, chunk))]).await.remove(0);
        outcome.expect("added");
    }
    let all: Vec<Uuid> = people.iter().map(|p| p.external_id).collect();
    assert_eq!(present(&directory, &step, &at, &people).await, all);
    assert_eq!(present(&directory, &step, &at, &people[1_497..1_503]).await, all[1_497..1_503]);
    let everybody = std::slice::from_ref(&everybody);
    let told = directory.members(Lane::Bulk, everybody).await.expect("reachable").remove(0).expect("it");
    let (mut told, mut all): (Vec<Uuid>, _) = (told.into_iter().map(|m| m.external_id).collect(), all);
    told.sort_unstable();
    all.sort_unstable();
    assert_eq!(told, all, "also those beyond the first range");
}
