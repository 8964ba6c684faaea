//! What becomes of what was found.

use super::*;
use proptest::prelude::*;

fn id(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

fn object(n: u128, kind: ObjectKind, name: &str) -> Found {
    let attributes = match kind {
        ObjectKind::User => BTreeMap::from([
            (Attribute::Name, name.to_owned()),
            (Attribute::LogonName, name.to_owned()),
            (Attribute::PrincipalName, format!("{name}@Acme.test")),
            (Attribute::Enabled, "true".to_owned()),
        ]),
        ObjectKind::Group => BTreeMap::from([(Attribute::LogonName, name.to_owned())]),
        _ => BTreeMap::new(),
    };
    let parent = (n > 1).then_some(id(1));
    let name = name.to_owned();
    Found {
        id: id(n),
        kind,
        parent,
        name,
        attributes,
        ours: None,
        marker: None,
        protected: false,
        ignored: None,
        external_id: None,
    }
}

fn fates(found: &[Found], choice: &Choice, taken: &Names) -> Vec<(u128, Fate, Option<Reason>)> {
    let decided = decide(found, choice, taken);
    decided.into_iter().map(|d| (d.id.as_u128(), d.fate, d.reason)).collect()
}

#[test]
fn what_is_in_order_is_taken_over_with_its_names_in_small_letters() {
    let found = [
        object(3, ObjectKind::User, "Anna"),
        object(2, ObjectKind::Group, "Sales"),
        object(1, ObjectKind::Container, "Acme"),
    ];
    let decided = decide(&found, &Choice::default(), &Names::default());
    let fates: Vec<_> = decided.iter().map(|d| (d.id.as_u128(), d.fate)).collect();
    assert_eq!(fates, [(1, Fate::Create), (2, Fate::Create), (3, Fate::Create)]);
    let values = decided[2].values.as_ref().expect("a person");
    assert_eq!((values.principal_name.as_str(), values.logon_name.as_str()), ("anna@acme.test", "anna"));
    assert_eq!(values.display_name, "Anna", "the name stands for what is not shown");
}

#[test]
fn every_reason_is_told() {
    let mut ours = object(2, ObjectKind::User, "ours");
    ours.ours = Some(Holder::Elsewhere);
    let mut marked = object(3, ObjectKind::User, "marked");
    marked.marker = Some(ObjectId::from_uuid(id(99)));
    let mut protected = object(4, ObjectKind::Container, "Vault");
    protected.protected = true;
    let mut within = object(5, ObjectKind::User, "within");
    within.parent = Some(id(4));
    let mut nameless = object(6, ObjectKind::User, "nameless");
    nameless.attributes.remove(&Attribute::PrincipalName);
    let mut other = object(9, ObjectKind::User, "other");
    other.attributes.insert(Attribute::PrincipalName, "other@else.test".to_owned());
    let mut twice = object(11, ObjectKind::User, "twice2");
    twice.attributes.insert(Attribute::PrincipalName, "twice@acme.test".to_owned());
    let found = [
        object(1, ObjectKind::Container, "Acme"),
        ours,
        marked,
        protected,
        within,
        nameless,
        object(7, ObjectKind::User, "taken"),
        object(8, ObjectKind::Group, "Members"),
        other,
        object(10, ObjectKind::User, "twice"),
        twice,
        object(12, ObjectKind::User, "torn"),
    ];
    let choice = Choice {
        suffixes: Some(BTreeSet::from(["acme.test".to_owned()])),
        group_names: BTreeSet::from(["members".to_owned()]),
        ambiguous: BTreeSet::from([id(12)]),
        into: None,
    };
    let taken = Names { logon: BTreeSet::from(["taken".to_owned()]), ..Names::default() };
    let told: BTreeMap<_, _> =
        fates(&found, &choice, &taken).into_iter().map(|(n, fate, why)| (n, (fate, why))).collect();
    let conflict = |reason| (Fate::Conflict, Some(reason));
    assert_eq!(told[&2], (Fate::Skip, Some(Reason::AlreadyOurs)));
    assert_eq!(told[&3], conflict(Reason::ForeignMarker));
    assert_eq!(told[&4], (Fate::Skip, Some(Reason::Protected)));
    assert_eq!(told[&5], conflict(Reason::Container));
    assert_eq!(told[&6], conflict(Reason::Value));
    assert_eq!(told[&7], conflict(Reason::NameTaken));
    assert_eq!(told[&8], conflict(Reason::Duplicate));
    assert_eq!(told[&9], conflict(Reason::SuffixLeftOut));
    assert_eq!(told[&10], (Fate::Create, None));
    assert_eq!(told[&11], conflict(Reason::Duplicate));
    assert_eq!(told[&12], conflict(Reason::SeveralCandidates));
    let taken = Names { suffixes: BTreeSet::from(["acme.test".to_owned()]), ..Names::default() };
    let told = fates(&found[..1], &Choice::default(), &taken);
    assert_eq!(told, [(1, Fate::Create, None)]);
    let told = fates(&[object(2, ObjectKind::User, "anna")], &Choice::default(), &taken);
    assert_eq!(told[0].2, Some(Reason::SuffixTaken));
}

/// A person we have, called by a number.
fn known(n: u128, name: &str, linked: bool) -> Known {
    let principal = format!("{name}@acme.test");
    Known {
        id: id(n),
        kind: ObjectKind::User,
        name: name.to_owned(),
        is_linked: linked,
        keys: [(Rule::PrincipalName, principal.clone()), (Rule::Mail, format!("{name}@mail.test"))].into(),
        names: [principal, name.to_owned()].into(),
        shown: [("title".to_owned(), "Clerk".to_owned())].into(),
    }
}

fn into(rules: &[Rule], wins: Wins, known: Vec<Known>) -> Choice {
    Choice { into: Some(Existing { rules: rules.to_vec(), wins, known }), ..Choice::default() }
}

#[test]
fn who_has_nothing_finds_what_is_theirs_and_nobody_is_moved() {
    let mail = |mut found: Found, mail: &str| {
        found.attributes.insert(Attribute::Mail, mail.to_owned());
        found
    };
    let found = [
        object(2, ObjectKind::User, "anna"),
        mail(object(3, ObjectKind::User, "second"), "ben@mail.test"),
        object(4, ObjectKind::User, "new"),
    ];
    let people = || vec![known(90, "anna", false), known(91, "ben", true)];
    let rules = [Rule::PrincipalName, Rule::Mail];
    let decided = decide(&found, &into(&rules, Wins::Directory, people()), &Names::default());
    let told: Vec<_> = decided.iter().map(|d| (d.fate, d.reason, d.link.as_ref().map(|l| l.whose))).collect();
    let expected = [
        (Fate::Match, None, Some(id(90))),
        (Fate::Conflict, Some(Reason::LinkedElsewhere), None),
        (Fate::Create, None, None),
    ];
    assert_eq!(told, expected);
    let link = decided[0].link.as_ref().expect("a link");
    assert_eq!(link.rule, Rule::PrincipalName);
    let title = link.differences.iter().find(|d| d.field == "title").expect("what differs is told");
    assert_eq!((title.directory.as_deref(), title.portal.as_deref()), (None, Some("Clerk")));
    // Without the rule that brings them together nothing does.
    let decided = decide(&found, &into(&rules[..1], Wins::Directory, people()), &Names::default());
    assert_eq!(decided[1].fate, Fate::Create);
}

#[test]
fn names_a_person_has_are_free_for_that_person_alone() {
    let found = [object(2, ObjectKind::User, "anna"), object(3, ObjectKind::User, "other")];
    let taken = ["anna@acme.test", "other@acme.test"].map(str::to_owned);
    let taken = Names { principal: taken.into(), ..Names::default() };
    let choice = into(&[Rule::PrincipalName], Wins::Directory, vec![known(90, "anna", false)]);
    let told: Vec<_> = decide(&found, &choice, &taken).into_iter().map(|d| (d.fate, d.reason)).collect();
    assert_eq!(told, [(Fate::Match, None), (Fate::Conflict, Some(Reason::NameTaken))]);
}

#[test]
fn where_the_portal_wins_it_does_not_matter_what_an_account_shows() {
    let mut nameless = object(2, ObjectKind::User, "anna");
    nameless.attributes.insert(Attribute::Mail, "anna@mail.test".to_owned());
    nameless.attributes.remove(&Attribute::PrincipalName);
    for (wins, fate) in [(Wins::Portal, Fate::Match), (Wins::Directory, Fate::Conflict)] {
        let choice = into(&[Rule::Mail], wins, vec![known(90, "anna", false)]);
        assert_eq!(decide(&[nameless.clone()], &choice, &Names::default())[0].fate, fate, "{wins:?}");
    }
}

#[test]
fn our_marker_is_a_rule_like_others_and_computers_are_left() {
    let marker = ObjectId::from_uuid(id(77));
    let mut restored = object(2, ObjectKind::User, "restored");
    restored.marker = Some(marker);
    let mut computer = object(3, ObjectKind::User, "host$");
    computer.ignored = Some(Ignored::Computer);
    let mut elsewhere = object(4, ObjectKind::User, "theirs");
    elsewhere.ours = Some(Holder::Elsewhere);
    let mut person = known(90, "somebody", false);
    person.keys.insert(Rule::Marker, marker.to_string());
    let found = [restored, computer, elsewhere];
    let told = |rules: &[Rule]| {
        let choice = into(rules, Wins::Directory, vec![person.clone()]);
        decide(&found, &choice, &Names::default()).into_iter().map(|d| (d.fate, d.reason)).collect::<Vec<_>>()
    };
    let rest = [(Fate::Skip, Some(Reason::Computer)), (Fate::Conflict, Some(Reason::OtherCustomer))];
    assert_eq!(told(&[Rule::Marker]), [&[(Fate::Match, None)], &rest[..]].concat());
    assert_eq!(told(&[Rule::Mail])[0], (Fate::Conflict, Some(Reason::ForeignMarker)));
}

#[test]
fn the_customers_own_containers_are_no_obstacle() {
    let mut own = object(1, ObjectKind::Container, "Acme");
    own.ours = Some(Holder::Here);
    let found = [own, object(2, ObjectKind::User, "anna")];
    let choice = into(&[Rule::Mail], Wins::Directory, vec![]);
    let told = fates(&found, &choice, &Names::default());
    assert_eq!(told, [(1, Fate::Skip, Some(Reason::AlreadyOurs)), (2, Fate::Create, None)]);
}

proptest! {
    #[test]
    fn nobody_gets_two_accounts_and_no_account_goes_to_two(
        accounts in proptest::collection::vec(("[ab]", "[ab]"), 0..8),
        people in proptest::collection::vec(("[ab]", "[ab]", any::<bool>()), 0..8),
    ) {
        let found: Vec<_> = accounts.iter().zip(2..).map(|((upn, mail), n)| {
            let mut found = object(n, ObjectKind::User, &format!("l{n}"));
            found.attributes.insert(Attribute::PrincipalName, format!("{upn}@acme.test"));
            found.attributes.insert(Attribute::Mail, format!("{mail}@mail.test"));
            found
        }).collect();
        let people: Vec<_> = people.iter().zip(90..).map(|((upn, mail, linked), n)| {
            let mut known = known(n, upn, *linked);
            known.keys.insert(Rule::Mail, format!("{mail}@mail.test"));
            known
        }).collect();
        let linked: BTreeSet<_> = people.iter().filter(|k| k.is_linked).map(|k| k.id).collect();
        let choice = into(&[Rule::PrincipalName, Rule::Mail], Wins::Portal, people);
        let decided = decide(&found, &choice, &Names::default());
        let whose: Vec<_> = decided.iter().filter_map(|d| d.link.as_ref()).map(|link| link.whose).collect();
        prop_assert_eq!(whose.iter().collect::<BTreeSet<_>>().len(), whose.len());
        prop_assert!(whose.iter().all(|id| !linked.contains(id)), "nobody is moved");
    }

    #[test]
    fn no_two_that_are_taken_over_share_a_name_and_nothing_is_lost(
        people in proptest::collection::vec(("[a-c]{1,2}", "[a-c]{1,2}", any::<bool>()), 0..20)
    ) {
        let found: Vec<_> = people.iter().zip(2..).map(|((upn, logon, group), n)| {
            let kind = if *group { ObjectKind::Group } else { ObjectKind::User };
            let mut found = object(n, kind, logon);
            if !group {
                found.attributes.insert(Attribute::PrincipalName, format!("{upn}@acme.test"));
            }
            found
        }).collect();
        let decided = decide(&found, &Choice::default(), &Names::default());
        prop_assert_eq!(decided.len(), found.len());
        let created: Vec<_> = decided.iter().filter(|d| d.fate == Fate::Create).collect();
        let upns: Vec<_> = created.iter().filter_map(|d| d.values.as_ref()).map(|v| &v.principal_name).collect();
        prop_assert_eq!(upns.iter().collect::<BTreeSet<_>>().len(), upns.len());
        let by_id: BTreeMap<_, _> = found.iter().map(|f| (f.id, f)).collect();
        let logons: Vec<_> = created.iter().filter_map(|d| logon_of(by_id[&d.id])).collect();
        prop_assert_eq!(logons.iter().collect::<BTreeSet<_>>().len(), logons.len());
        // The order in which a survey came in changes nothing.
        let mut reversed = found.clone();
        reversed.reverse();
        prop_assert_eq!(decide(&reversed, &Choice::default(), &Names::default()), decided);
    }
}
