//! Customers of one directory do not see each other. Searched as the tenants,
//! with a client that is not ours: an administrator sees everything anyway.

use ad::Directory;
use domain::{
    plan::{Action, Secret},
    spec::Address,
};

use crate::lab::{Lab, Login, act, container, group, make, user};

const NO_SUCH_OBJECT: i32 = 32;
const PASSWORD: &str = "Tenant-7-Secret-Word!";

struct Customer {
    at: Address,
    /// Everything inside, as a person of another customer would like to see it.
    objects: Vec<Address>,
    person: Login,
}

/// A customer, below a reseller or not: two people, a group that may read, and a unit
/// with a person in it.
async fn customer(lab: &Lab, directory: &Directory, reseller: Option<&Address>, name: &str) -> Customer {
    let unit = container(lab, reseller, name);
    let at = make(lab, directory, unit.clone(), reseller).await.address;
    let everybody = make(lab, directory, group(lab, &at, &format!("{name} everybody")), Some(&at)).await;
    let deep = container(lab, Some(&at), "Branch");
    let branch = make(lab, directory, deep.clone(), Some(&at)).await.address;
    let mut objects = vec![everybody.address.clone(), branch.clone()];
    let mut people = Vec::new();
    for (parent, person) in [(&at, "One"), (&at, "Two"), (&branch, "Three")] {
        let step = user(lab, parent, &format!("{name} {person}"));
        people.push((step.clone(), make(lab, directory, step, Some(parent)).await.address));
    }
    let members: Vec<Address> = people.iter().map(|(_, at)| at.clone()).collect();
    objects.extend(members.iter().cloned());
    let readers = vec![everybody.security_id.expect("a group has one")];
    let join = Action::ChangeMembers { at: everybody.address, add: members, remove: vec![] };
    let (first, first_at) = people.remove(0);
    let password = Action::SetPassword {
        at: first_at.clone(),
        password: Secret(PASSWORD.to_owned()),
        must_change: false,
    };
    let close = |at: &Address| Action::SetAccess { at: at.clone(), readers: readers.clone() };
    let steps = [act(&first, password), act(&unit, close(&at)), act(&deep, close(&branch)), act(&unit, join)];
    for outcome in connector::Connector::apply(directory, connector::Lane::Bulk, &steps).await {
        outcome.expect("applied");
    }
    Customer { at, objects, person: Login { dn: first_at.dn, password: PASSWORD.to_owned() } }
}

/// The names a search as somebody finds, in lower case.
async fn finds(lab: &Lab, who: &Login, base: &str, filter: &str) -> Vec<String> {
    let arguments = ["-LLL", "-o", "ldif-wrap=no", "-b", base, "-E", "pr=500/noprompt", filter, "1.1"];
    let out = lab.expect("ldapsearch", who, &arguments, "").await;
    let mut found: Vec<String> =
        out.lines().filter_map(|line| line.strip_prefix("dn: ")).map(str::to_lowercase).collect();
    found.sort_unstable();
    found
}

#[tokio::test]
async fn a_person_of_one_customer_finds_all_of_it_and_nothing_of_another() {
    let lab = Lab::new().await;
    let directory = lab.connect();
    let reseller = make(&lab, &directory, container(&lab, None, "Reseller"), None).await.address;
    let a = customer(&lab, &directory, Some(&reseller), "Acme").await;
    let b = customer(&lab, &directory, Some(&reseller), "Bolt").await;
    let direct = customer(&lab, &directory, None, "Direct").await;
    for (own, other) in [(&a, &b), (&b, &a), (&a, &direct), (&direct, &a)] {
        let filter = "(|(objectClass=user)(objectClass=group)(objectClass=organizationalUnit))";
        let found = finds(&lab, &own.person, &lab.domain.base_dn, filter).await;
        for object in &own.objects {
            assert!(found.contains(&object.dn.to_lowercase()), "{} is not found: {found:#?}", object.dn);
        }
        let other_at = other.at.dn.to_lowercase();
        let leak: Vec<_> = found.iter().filter(|dn| dn.ends_with(&other_at)).collect();
        assert!(leak.is_empty(), "{} sees {leak:?}", own.person.dn);
        // By name, by id, by a filter that must match.
        for object in other.objects.iter().chain([&other.at]) {
            let id = format!("<GUID={}>", object.external_id);
            for base in [object.dn.as_str(), &id] {
                let arguments = ["-b", base, "-s", "base", "1.1"];
                let said = lab.ldap("ldapsearch", &own.person, &arguments, "").await;
                assert_eq!(said.status, NO_SUCH_OBJECT, "{base}: {said:?}");
            }
        }
        let below = lab.ldap("ldapsearch", &own.person, &["-b", &other.at.dn, "1.1"], "").await;
        assert_eq!(below.status, NO_SUCH_OBJECT, "{below:?}");
        let ids: Vec<String> = other.objects.iter().map(|o| format!("(name={}*)", &o.dn[3..7])).collect();
        let named = finds(&lab, &own.person, &lab.domain.base_dn, &format!("(|{})", ids.concat())).await;
        assert!(!named.iter().any(|dn| dn.ends_with(&other_at)), "{named:?}");
    }
}

#[tokio::test]
async fn a_container_is_dark_before_readers_are_named() {
    let lab = Lab::new().await;
    let directory = lab.connect();
    let reseller = make(&lab, &directory, container(&lab, None, "Reseller"), None).await.address;
    let a = customer(&lab, &directory, Some(&reseller), "Acme").await;
    let fresh = make(&lab, &directory, container(&lab, None, "Fresh"), None).await.address;
    let person = make(&lab, &directory, user(&lab, &fresh, "Somebody New"), Some(&fresh)).await.address;
    for object in [&person, &fresh, &reseller] {
        let said = lab.ldap("ldapsearch", &a.person, &["-b", &object.dn, "-s", "base", "1.1"], "").await;
        assert_eq!(said.status, NO_SUCH_OBJECT, "{said:?}");
    }
    let listed = finds(&lab, &a.person, &lab.folder, "(objectClass=*)").await;
    assert!(!listed.iter().any(|dn| dn.contains("fresh")), "{listed:?}");
}
