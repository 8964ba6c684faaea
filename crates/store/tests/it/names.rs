//! Names that nobody else may have.

use domain::id::UserId;
use jiff::SignedDuration;
use store::{
    Caller, StoreError,
    tx::{Cause, WriteTx, act},
    users::Name,
};

use crate::world::Estate;

async fn write<'a>(estate: &'a Estate, caller: &'a Caller) -> WriteTx<'a> {
    estate.world.store.write(caller).await.expect("writing")
}

#[tokio::test]
async fn a_name_of_another_customer_is_taken_whatever_its_case() {
    let estate = Estate::new().await;
    let a1 = estate.a1.id;
    let mut tx = write(&estate, &estate.a1.admin).await;
    let taken = Name::principal(&estate.b1.people[1].login.to_uppercase());
    let logon = Name::logon(estate.world.target, "B1.0");
    let (one, two, three): (UserId, UserId, UserId) =
        (estate.world.id(), estate.world.id(), estate.world.id());
    let free = Name::principal("new@a1.test");
    let names = [(free.clone(), one.uuid()), (taken.clone(), two.uuid()), (logon, three.uuid())];
    assert_eq!(tx.reserve(a1, &names).await.expect("reserving"), [1, 2]);
    assert_eq!(tx.names_taken(&[free.clone(), taken.clone()]).await.expect("asking"), [free, taken]);
}

#[tokio::test]
async fn of_two_in_one_batch_the_first_gets_the_name() {
    let estate = Estate::new().await;
    let a1 = estate.a1.id;
    let mut tx = write(&estate, &estate.a1.admin).await;
    let (one, two): (UserId, UserId) = (estate.world.id(), estate.world.id());
    let name = Name::principal("twice@a1.test");
    let names = [(name.clone(), one.uuid()), (name.clone(), two.uuid()), (name, one.uuid())];
    assert_eq!(tx.reserve(a1, &names).await.expect("reserving"), [1]);
}

#[tokio::test]
async fn names_are_taken_for_tenants_of_the_caller_only() {
    let estate = Estate::new().await;
    let mut tx = write(&estate, &estate.a1.admin).await;
    let owner: UserId = estate.world.id();
    let names = [(Name::principal("squat@b1.test"), owner.uuid())];
    tx.reserve(estate.b1.id, &names).await.expect_err("a name for somebody else's customer");
}

#[tokio::test]
async fn a_leavers_name_stays_reserved_for_its_time() {
    let estate = Estate::new().await;
    let (world, a1) = (&estate.world, &estate.a1);
    let mut tx = write(&estate, &a1.admin).await;
    let (user, permit) = tx.account::<act::UserDelete>(a1.people[1].id).await.expect("the account");
    tx.remove_user(&permit, &user, None, None).await.expect("deleting");
    tx.commit(&Cause::default()).await.expect("committing");
    let heir: UserId = world.id();
    let names = [
        (Name::principal(&a1.people[1].login), heir.uuid()),
        (Name::logon(world.target, "a1.1"), heir.uuid()),
    ];
    for (hours, expected) in
        [(0, vec![0, 1]), (24 * domain::limits::RESERVED_DAYS - 1, vec![0, 1]), (1, vec![])]
    {
        world.clock.advance(SignedDuration::from_hours(hours));
        let mut tx = write(&estate, &a1.admin).await;
        assert_eq!(tx.reserve(a1.id, &names).await.expect("reserving"), expected, "after {hours} more hours");
    }
}

#[tokio::test]
async fn of_two_at_once_exactly_one_wins_and_reversed_batches_do_not_deadlock() {
    let estate = Estate::new().await;
    for round in 0..20 {
        let names: Vec<_> = (0..40).map(|n| Name::principal(&format!("r{round}n{n}@race.test"))).collect();
        let own = |names: Vec<Name>| {
            let owner: UserId = estate.world.id();
            names.into_iter().map(|n| (n, owner.uuid())).collect::<Vec<_>>()
        };
        let (forth, mut back) = (own(names.clone()), own(names));
        back.reverse();
        let take = async |caller: &Caller, names: &[(Name, _)]| -> Result<usize, StoreError> {
            let mut tx = estate.world.store.write(caller).await?;
            let lost = tx.reserve(caller.tenant, names).await?.len();
            tx.commit(&Cause::default()).await?;
            Ok(lost)
        };
        let (one, two) = futures::join!(take(&estate.a1.admin, &forth), take(&estate.b1.admin, &back));
        let lost = [one.expect("no deadlock"), two.expect("no deadlock")];
        assert!(lost == [0, 40] || lost == [40, 0], "round {round}: {lost:?}");
    }
}

#[tokio::test]
async fn a_name_is_free_again_when_its_transaction_was_given_up() {
    let estate = Estate::new().await;
    let owner: UserId = estate.world.id();
    let names = [(Name::principal("maybe@a1.test"), owner.uuid())];
    let mut tx = write(&estate, &estate.a1.admin).await;
    assert!(tx.reserve(estate.a1.id, &names).await.expect("reserving").is_empty());
    drop(tx);
    let heir: UserId = estate.world.id();
    let names = [(Name::principal("maybe@a1.test"), heir.uuid())];
    let mut tx = write(&estate, &estate.b1.admin).await;
    assert!(tx.reserve(estate.b1.id, &names).await.expect("reserving").is_empty());
}

/// What a survey of everything, or of a part, saw: places with log-on names.
async fn survey(estate: &Estate, number: u8, base: Option<&str>, seen: &[(&str, &str)]) {
    let id = format!("00000000-0000-7000-8000-0000000000{number:02}");
    let base = base.map_or_else(|| "NULL".to_owned(), |base| format!("'{base}'"));
    let target = estate.world.target.uuid();
    let db = &estate.world.db;
    db.execute(&format!(
        "INSERT INTO survey (id, tenant_id, target_id, base_dn, state, asked_by, created_at, expires_at)
         SELECT '{id}', tenant_id, id, {base}, 'done', '{id}', '2026-03-01T0{number}:00:00Z', '2999-01-01'
           FROM target WHERE id = '{target}'"
    ))
    .await;
    for (at, (dn, logon)) in seen.iter().enumerate() {
        let external = format!("00000000-0000-4000-8000-0000000000{at:02}");
        db.execute(&format!(
            "INSERT INTO survey_object (survey_id, tenant_id, external_id, kind, dn, dn_key, parent_key, name, protected,
                    attributes, member_of)
             SELECT id, tenant_id, '{external}', 'user', '{dn}', lower('{dn}'), '', 'x', false,
                    jsonb_build_object('logon_name', '{logon}'), '{{}}' FROM survey WHERE id = '{id}'"
        ))
        .await;
    }
}

const SEEN: [(&str, &str); 3] =
    [("CN=a,OU=Old_%,DC=x", "Anna"), ("CN=b,OU=Oldx,DC=x", "ben"), ("CN=c,OU=Other,DC=x", "cia")];

/// Which of the three are there, as somebody is told who asks for a tenant, and since when.
async fn told(estate: &Estate, who: &Caller, tenant: domain::id::TenantId) -> Vec<(String, Option<String>)> {
    let names = ["anna", "ben", "cia", "dora"].map(|name| Name::logon(estate.world.target, name));
    let mut tx = estate.world.store.read(who).await.expect("reading");
    let seen = tx.names_seen(tenant, estate.world.target, &names).await.expect("asking");
    let mut seen: Vec<_> =
        seen.into_iter().map(|(name, at)| (name.value, at.map(|at| at.to_string()))).collect();
    seen.sort();
    seen
}

fn names(told: &[(String, Option<String>)]) -> Vec<&str> {
    told.iter().map(|(name, _)| name.as_str()).collect()
}

#[tokio::test]
async fn what_a_directory_has_is_told_of_names_to_whom_may_see_who_lives_there() {
    let estate = Estate::new().await;
    let (world, a1) = (&estate.world, estate.a1.id);
    assert!(told(&estate, &world.root, a1).await.is_empty(), "nobody looked");
    survey(&estate, 1, None, &SEEN).await;
    let at = Some("2026-03-01T01:00:00Z".to_owned());
    let all = ["anna", "ben", "cia"].map(|name| (name.to_owned(), at.clone()));
    assert_eq!(told(&estate, &world.root, a1).await, all, "to whom may take it over, when that was");
    let own = told(&estate, &estate.a1.admin, a1).await;
    assert_eq!(
        own,
        ["anna", "ben", "cia"].map(|name| (name.to_owned(), None)),
        "to others, that it is taken"
    );
    assert_eq!(names(&told(&estate, &estate.north.admin, a1).await).len(), 3, "its seller looks after it");
    for stranger in [&estate.b1.admin, &estate.south.admin] {
        assert!(told(&estate, stranger, a1).await.is_empty(), "nobody else may ask for it");
    }
    assert!(told(&estate, &estate.a1.admin, estate.b1.id).await.is_empty());
    world.db.execute(&format!("UPDATE tenant SET target_id = NULL WHERE id = '{}'", a1.uuid())).await;
    assert!(told(&estate, &world.root, a1).await.is_empty(), "it does not live there");
}

#[tokio::test]
async fn what_was_taken_over_or_looked_at_again_since_is_not_what_a_survey_saw() {
    let estate = Estate::new().await;
    let (world, a1) = (&estate.world, estate.a1.id);
    survey(&estate, 1, None, &SEEN).await;
    // Of one the account was taken over since.
    world
        .db
        .execute(&format!(
            "INSERT INTO external_object (object_id, tenant_id, target_id, external_id, state)
             VALUES ('{}', '{}', '{}', '00000000-0000-4000-8000-000000000001', 'verified')
                 ON CONFLICT (object_id) DO UPDATE SET external_id = excluded.external_id",
            estate.a1.people[0].object.uuid(),
            a1.uuid(),
            world.target.uuid()
        ))
        .await;
    assert_eq!(names(&told(&estate, &world.root, a1).await), ["anna", "cia"]);
    // A part was looked at again: nobody is left there, and what only begins so is no part of it.
    survey(&estate, 2, Some("OU=old_%,DC=X"), &[]).await;
    assert_eq!(names(&told(&estate, &world.root, a1).await), ["cia"]);
    survey(&estate, 3, Some("CN=other,DC=x"), &[("CN=d,CN=other,DC=x", "Dora")]).await;
    assert_eq!(names(&told(&estate, &world.root, a1).await), ["cia", "dora"]);
    // And everything.
    survey(&estate, 4, None, &[]).await;
    assert!(told(&estate, &world.root, a1).await.is_empty());
}
