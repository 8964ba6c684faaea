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
