//! Roles: whoever may gives and takes what they have themselves, by hand and by a file, and nobody gets more.

use app::{
    AppError, Caller, Cause, again,
    bulk::{self, FileDraft, Shown, Turn, export, run},
    life::set_status,
    roles::{self, Deed, Roles},
    users::{self, UserPatch},
};
use domain::{
    bulk::{Act, BulkState, Options, RowState},
    field::Rule,
    id::{TenantId, UserId},
    tenant::Status,
};
use store::{tx::act, users::User};
use tokio::task::JoinSet;

use crate::{
    bulk::{all, begin, counts, customer, draft, find, one, own_session, preview, rows},
    locks::held_up,
    world::{World, named, order, person, world},
};

fn cause() -> Cause {
    Cause::default()
}

pub async fn give(w: &World, by: &Caller, who: &User, role: &str) -> Result<Roles, AppError> {
    roles::change(&w.app, by, (who.id, role), Deed::Give, &cause()).await
}

async fn take(w: &World, by: &Caller, who: &User, role: &str) -> Result<Roles, AppError> {
    roles::change(&w.app, by, (who.id, role), Deed::Take, &cause()).await
}

fn held(of: &Roles) -> Vec<&str> {
    of.held.iter().map(|held| held.role.as_str()).collect()
}

/// A file that gives roles.
fn giving(csv: &str) -> FileDraft {
    FileDraft { options: Options { give_roles: true, ..Options::default() }, ..draft(csv) }
}

/// What such a file comes to.
async fn shows(w: &World, by: &Caller, customer: TenantId, csv: &str) -> Shown {
    bulk::import(&w.app, by, customer, giving(csv), &cause()).await.expect("a preview")
}

/// The codes of the roles of somebody that are in force.
async fn in_force(w: &World, who: UserId) -> Vec<String> {
    w.db.values("role_grant", "role_code", &format!("user_id = '{}' AND revoked_at IS NULL", who.uuid()))
        .await
}

fn rule(error: AppError) -> (String, Rule) {
    match error {
        AppError::Invalid(mut errors) => {
            let error = errors.remove(0);
            (error.field, error.rule)
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_role_holds_at_once_and_no_longer_than_it_is_held() {
    let w = world().await;
    let acme = customer(&w).await;
    let bo = one(&w, acme, "bo holm").await;
    let anna = one(&w, acme, "anna berg").await;
    let anna_in = own_session(&w, &anna).await;
    let bo_in = own_session(&w, &bo).await;
    let kim = [person("Kim", "Vinter")];
    let create = async |by: &Caller| users::create(&w.app, by, acme, &kim, false, None, &cause()).await;
    assert!(create(&bo_in).await.is_err(), "without a role");

    let now = give(&w, &anna_in, &bo, "user_administrator").await.expect("given");
    assert_eq!((held(&now), now.held[0].by.as_deref()), (vec!["user_administrator"], Some("Anna Berg")));
    assert!(one(&w, acme, "bo holm").await.administrator);
    let bo_in = own_session(&w, &bo).await;
    create(&bo_in).await.expect("with the role");
    // Once more is once.
    give(&w, &anna_in, &bo, "user_administrator").await.expect("as it is");
    assert_eq!(in_force(&w, bo.id).await, ["user_administrator"]);

    let now = take(&w, &anna_in, &bo, "user_administrator").await.expect("taken");
    assert_eq!(held(&now), Vec::<&str>::new());
    assert!(!one(&w, acme, "bo holm").await.administrator);
    let jens = [person("Jens", "Krag")];
    let refused = users::create(&w.app, &bo_in, acme, &jens, false, None, &cause()).await;
    assert!(refused.is_err(), "a session from before has no more than its person");
    take(&w, &anna_in, &bo, "user_administrator").await.expect("nothing is left to take");
    let of_bo = format!("target_id = '{}' AND code LIKE 'role.%'", bo.id);
    assert_eq!(w.db.values("event", "code", &of_bo).await, ["role.granted", "role.revoked"]);
}

#[tokio::test]
async fn nobody_gives_more_than_they_have_nor_to_themselves() {
    let w = world().await;
    let acme = customer(&w).await;
    let beta = w.place(&order("SO-2", "beta")).await.expect("an order").order.customer;
    let bo = one(&w, acme, "bo holm").await;
    let anna = one(&w, acme, "anna berg").await;
    let stranger = one(&w, beta, "anna berg").await;
    let anna_in = own_session(&w, &anna).await;
    for role in ["provider_administrator", "reseller_administrator", "root", ""] {
        let error = give(&w, &w.root, &bo, role).await.expect_err(role);
        assert_eq!(rule(error), ("role".to_owned(), Rule::Unknown), "{role} is no role of a customer");
    }
    for deed in [Deed::Give, Deed::Take] {
        let own = roles::change(&w.app, &anna_in, (anna.id, "customer_administrator"), deed, &cause()).await;
        let error = own.expect_err("one's own");
        assert!(
            matches!(&error, AppError::Forbidden(of) if of.to_string().contains(policy::OWN_ROLES)),
            "{error:?}"
        );
    }
    assert_eq!(in_force(&w, anna.id).await, ["customer_administrator"]);
    let other = give(&w, &anna_in, &stranger, "user_administrator").await.expect_err("of another customer");
    assert!(matches!(other, AppError::NotFound("user")), "{other:?}");

    // Who hires people gives no roles, also not the own one.
    give(&w, &anna_in, &bo, "user_administrator").await.expect("given");
    let bo_in = own_session(&w, &bo).await;
    for deed in [Deed::Give, Deed::Take] {
        let denied = roles::change(&w.app, &bo_in, (anna.id, "user_administrator"), deed, &cause()).await;
        assert!(matches!(denied, Err(AppError::Forbidden(_))), "{denied:?}");
    }
    let denials = w.db.values("event", "id", "code = 'access.denied'").await;
    assert_eq!(denials.len(), 4, "what was tried is on record");

    // While the customer is suspended nothing is given.
    set_status(&w.app, &w.root, acme, Status::Suspended, &cause()).await.expect("suspended");
    let denied = give(&w, &w.root, &bo, "customer_administrator").await.expect_err("suspended");
    assert!(matches!(denied, AppError::Forbidden(_)), "{denied:?}");
}

#[tokio::test]
async fn what_can_be_given_is_what_the_caller_has() {
    let w = world().await;
    let acme = customer(&w).await;
    let bo = one(&w, acme, "bo holm").await;
    let anna = one(&w, acme, "anna berg").await;
    let possible = async |by: &Caller, who: &User| {
        let mut tx = w.app.read(by).await.expect("a transaction");
        let user = tx.user(who.id).await.expect("the person");
        let tenant = tx.tenant(acme).await.expect("the customer");
        let all = roles::of(&mut tx, &tenant, &user).await.expect("roles");
        all.possible.iter().map(|role| role.code).collect::<Vec<_>>()
    };
    let both = ["customer_administrator", "user_administrator"];
    assert_eq!(possible(&w.root, &bo).await, both);
    let anna_in = own_session(&w, &anna).await;
    assert_eq!(possible(&anna_in, &bo).await, both);
    assert_eq!(possible(&anna_in, &anna).await, Vec::<&str>::new(), "nobody changes their own");
    let bo_in = own_session(&w, &bo).await;
    assert_eq!(possible(&bo_in, &bo).await, Vec::<&str>::new());
}

#[tokio::test]
async fn at_once_from_several_sides_a_role_is_given_once() {
    let w = world().await;
    let acme = customer(&w).await;
    let bo = one(&w, acme, "bo holm").await;
    let mut tasks = JoinSet::new();
    for n in 0..8 {
        let (app, root, id) = (w.app.clone(), w.root.clone(), bo.id);
        let deed = if n % 4 == 3 { Deed::Take } else { Deed::Give };
        tasks.spawn(async move {
            roles::change(&app, &root, (id, "user_administrator"), deed, &Cause::default()).await
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.expect("no panic").expect("done");
    }
    let held = in_force(&w, bo.id).await;
    assert!(held.len() <= 1, "{held:?}");
    assert_eq!(one(&w, acme, "bo holm").await.administrator, held.len() == 1, "the note says what is true");
}

const FILE: &str = "\
First name,Last name,User principal name,Roles
Ida,Lund,ida@acme.example,User Administrator
Jens,Krag,jens@acme.example,user_administrator; customer-administrator
Kim,Vinter,kim@acme.example,Service Desk L2
Bo,Holm,bo.holm@acme.example,user_administrator
";

#[tokio::test]
async fn a_file_gives_roles_as_it_was_shown_and_the_way_back_takes_them() {
    let w = world().await;
    let acme = customer(&w).await;
    let shown = shows(&w, &w.root, acme, FILE).await;
    assert_eq!(counts(&shown), [(Act::Create, 3), (Act::Update, 1)]);
    let effects: Vec<_> = shown.foreseen.roles.iter().map(|r| (r.code.as_str(), r.given, r.taken)).collect();
    assert_eq!(effects, [("customer_administrator", 1, 0), ("user_administrator", 3, 0)]);
    let told = rows(&w, shown.bulk.id, &[Act::Create]).await.into_iter().flat_map(|row| row.warnings);
    let told: Vec<_> = told.map(|of| (of.field, of.args["value"].clone())).collect();
    assert_eq!(told, [("roles".to_owned(), "Service Desk L2".to_owned())], "a role of another panel");
    let done = all(&w, &shown).await;
    assert_eq!((done.bulk.state, done.in_state(RowState::Done)), (BulkState::Done, 4));
    for (who, roles) in [
        ("ida lund", vec!["user_administrator"]),
        ("jens krag", vec!["customer_administrator", "user_administrator"]),
        ("kim vinter", vec![]),
        ("bo holm", vec!["user_administrator"]),
    ] {
        let user = one(&w, acme, who).await;
        let mut held = in_force(&w, user.id).await;
        held.sort();
        assert_eq!(
            (held, user.administrator),
            (roles.iter().map(|r| (*r).to_owned()).collect(), !roles.is_empty()),
            "{who}"
        );
    }
    assert_eq!(counts(&shows(&w, &w.root, acme, FILE).await), [(Act::Nothing, 4)], "twice is once");

    let back = bulk::undo(&w.app, &w.root, shown.bulk.id, &cause()).await.expect("shown");
    assert_eq!(counts(&back), [(Act::Update, 1), (Act::Remove, 3)]);
    all(&w, &back).await;
    let bo = one(&w, acme, "bo holm").await;
    assert_eq!((in_force(&w, bo.id).await, bo.administrator), (vec![], false));
    assert_eq!(
        w.db.values("role_grant", "id", "role_code = 'user_administrator' AND revoked_at IS NULL")
            .await
            .len(),
        0
    );
}

/// The people of a customer as a file of our own.
async fn exported(w: &World, acme: TenantId) -> Vec<Vec<String>> {
    let part = export(&w.app, &w.root, acme, named(""), None, 100).await.expect("a file");
    std::iter::once(part.headings).chain(part.rows).collect()
}

fn csv(rows: &[Vec<String>]) -> String {
    rows.iter().map(|row| row.join(",") + "\n").collect()
}

#[tokio::test]
async fn an_exported_list_says_the_roles_and_changes_those_that_were_edited() {
    let w = world().await;
    let acme = customer(&w).await;
    let bo = one(&w, acme, "bo holm").await;
    give(&w, &w.root, &bo, "user_administrator").await.expect("given");
    let mut file = exported(&w, acme).await;
    assert_eq!(counts(&shows(&w, &w.root, acme, &csv(&file)).await), [(Act::Nothing, 2)]);
    let at = file[0].iter().position(|heading| heading == "roles").expect("a column of roles");
    let of: Vec<_> = file.iter().map(|row| row[at].clone()).collect();
    assert_eq!(of, ["roles", "customer_administrator", "user_administrator"]);
    // A word nobody knows takes nothing away: it is a mistake here.
    file[2][at] = "user_adminstrator".to_owned();
    assert_eq!(counts(&shows(&w, &w.root, acme, &csv(&file)).await), [(Act::Nothing, 1), (Act::Error, 1)]);
    file[2][at] = String::new();
    let shown = shows(&w, &w.root, acme, &csv(&file)).await;
    assert_eq!(counts(&shown), [(Act::Update, 1), (Act::Nothing, 1)]);
    all(&w, &shown).await;
    assert_eq!(in_force(&w, bo.id).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_file_gives_nothing_its_owner_does_not_have() {
    let w = world().await;
    let acme = customer(&w).await;
    let bo = one(&w, acme, "bo holm").await;
    let anna = one(&w, acme, "anna berg").await;
    give(&w, &w.root, &bo, "user_administrator").await.expect("given");
    let bo_in = own_session(&w, &bo).await;
    let file = "principal_name,given_name,surname,roles\n\
                ida@acme.example,Ida,Lund,customer_administrator\n\
                jens@acme.example,Jens,Krag,\n";
    let shown = shows(&w, &bo_in, acme, file).await;
    assert_eq!(counts(&shown), [(Act::Create, 1), (Act::Conflict, 1)]);
    let wrong = rows(&w, shown.bulk.id, &[Act::Conflict]).await.remove(0).errors.remove(0);
    assert_eq!((wrong.field.as_str(), wrong.rule), ("roles", Rule::NotHeld));
    assert_eq!(shown.foreseen.roles, []);

    // What somebody with more shows is not begun by somebody with less.
    let shown = shows(&w, &w.root, acme, file).await;
    let begun = Turn::Run { version: shown.bulk.version };
    let denied = bulk::turn(&w.app, &bo_in, shown.bulk.id, begun, &cause()).await;
    assert!(matches!(denied, Err(AppError::Forbidden(_))), "{denied:?}");

    // Who loses the power after it has begun makes it wait, and nothing is half given.
    let anna_in = own_session(&w, &anna).await;
    let shown = shows(&w, &anna_in, acme, file).await;
    let run_it = Turn::Run { version: shown.bulk.version };
    bulk::turn(&w.app, &anna_in, shown.bulk.id, run_it, &cause()).await.expect("begun");
    give(&w, &w.root, &anna, "user_administrator").await.expect("given");
    take(&w, &w.root, &anna, "customer_administrator").await.expect("taken");
    while run::work(&w.app).await.expect("an answer") {}
    let waits = bulk::get(&w.app, &w.root, shown.bulk.id).await.expect("as it is");
    assert_eq!((waits.bulk.state, waits.in_state(RowState::Done)), (BulkState::Paused, 0));
    assert!(find(&w, acme, "ida lund").await.is_empty(), "nobody was made without the role");
    bulk::turn(&w.app, &w.root, shown.bulk.id, Turn::Resume, &cause()).await.expect("in another's name");
    while run::work(&w.app).await.expect("parts are done") {}
    let ida = one(&w, acme, "ida lund").await;
    assert_eq!(in_force(&w, ida.id).await, ["customer_administrator"]);

    // One's own row says nothing about one's own roles.
    let own = format!(
        "principal_name,given_name,surname,roles\n{},Anna,Berg,customer_administrator\n",
        anna.principal_name
    );
    let ida_in = own_session(&w, &ida).await;
    let shown = shows(&w, &ida_in, acme, &own).await;
    assert_eq!(counts(&shown), [(Act::Update, 1)]);
    let own = own
        .replace(&anna.principal_name, &ida.principal_name)
        .replace("Anna,Berg", "Ida,Lund")
        .replace("customer_adm", "user_adm");
    let shown = shows(&w, &ida_in, acme, &own).await;
    let wrong = rows(&w, shown.bulk.id, &[Act::Conflict]).await.remove(0).errors.remove(0);
    assert_eq!((wrong.field.as_str(), wrong.rule), ("roles", Rule::OwnAccount));
}

#[tokio::test]
async fn somebody_who_was_made_an_administrator_is_touched_only_by_whoever_may() {
    let w = world().await;
    let acme = customer(&w).await;
    let bo = one(&w, acme, "bo holm").await;
    let shown = preview(&w, acme, "principal_name,given_name,surname\nida@acme.example,Ida,Lund\n").await;
    begin(&w, &shown).await;
    while run::work(&w.app).await.expect("parts are done") {}
    give(&w, &w.root, &bo, "user_administrator").await.expect("given");
    let bo_in = own_session(&w, &bo).await;
    let ida = one(&w, acme, "ida lund").await;
    let title = |text: &str| UserPatch { title: Some(Some(text.to_owned())), ..UserPatch::default() };
    users::update(&w.app, &bo_in, ida.id, ida.version, title("Clerk"), &cause()).await.expect("changed");
    give(&w, &w.root, &ida, "customer_administrator").await.expect("given");
    let ida = one(&w, acme, "ida lund").await;
    let denied = users::update(&w.app, &bo_in, ida.id, ida.version, title("Boss"), &cause()).await;
    assert!(matches!(denied, Err(AppError::Forbidden(_))), "{denied:?}");
}

#[tokio::test]
async fn where_it_was_not_asked_for_a_file_gives_and_takes_nothing_and_says_so() {
    let w = world().await;
    let acme = customer(&w).await;
    let bo = one(&w, acme, "bo holm").await;
    let shown = preview(&w, acme, FILE).await;
    assert_eq!(counts(&shown), [(Act::Create, 3), (Act::Nothing, 1)]);
    assert_eq!(shown.foreseen.roles, []);
    let told =
        rows(&w, shown.bulk.id, &[Act::Create, Act::Nothing]).await.into_iter().flat_map(|row| row.warnings);
    let told: Vec<_> = told.map(|of| (of.rule, of.args["value"].clone())).collect();
    let left = |roles: &str| (Rule::NotAsked, roles.to_owned());
    let expected = [
        left("user_administrator"),
        left("customer_administrator, user_administrator"),
        (Rule::Unknown, "Service Desk L2".to_owned()),
        left("user_administrator"),
    ];
    assert_eq!(told, expected);
    all(&w, &shown).await;
    assert_eq!(
        w.db.values("role_grant", "id", "role_code = 'user_administrator'").await,
        Vec::<String>::new()
    );

    // A list of ours that says what is so says nothing; one that was edited is told.
    give(&w, &w.root, &bo, "user_administrator").await.expect("given");
    let mut file = exported(&w, acme).await;
    let same = preview(&w, acme, &csv(&file)).await;
    assert!(rows(&w, same.bulk.id, &[Act::Nothing]).await.iter().all(|row| row.warnings.is_empty()));
    let at = file[0].iter().position(|heading| heading == "roles").expect("a column of roles");
    file.iter_mut().skip(1).for_each(|row| row[at] = String::new());
    let shown = preview(&w, acme, &csv(&file)).await;
    let told = rows(&w, shown.bulk.id, &[Act::Nothing]).await.into_iter().flat_map(|row| row.warnings);
    assert_eq!(told.filter(|of| of.rule == Rule::NotAsked).count(), 2);
    all(&w, &shown).await;
    assert_eq!(in_force(&w, bo.id).await, ["user_administrator"]);
}

#[tokio::test]
async fn what_somebody_else_decided_since_is_not_taken_back() {
    let w = world().await;
    let acme = customer(&w).await;
    let bo = one(&w, acme, "bo holm").await;
    let file =
        "First name,Last name,User principal name,Roles\nBo,Holm,bo.holm@acme.example,User Administrator\n";
    // Given by hand after it was shown: the row is not done, so that taking it back takes nothing.
    let shown = shows(&w, &w.root, acme, file).await;
    give(&w, &w.root, &bo, "user_administrator").await.expect("given");
    let done = all(&w, &shown).await;
    assert_eq!(done.in_state(RowState::Failed), 1);
    take(&w, &w.root, &bo, "user_administrator").await.expect("taken");
    let done = all(&w, &shows(&w, &w.root, acme, file).await).await;
    assert_eq!(done.in_state(RowState::Done), 1);
    give(&w, &w.root, &bo, "customer_administrator").await.expect("given");
    let back = bulk::undo(&w.app, &w.root, done.bulk.id, &cause()).await.expect("shown");
    assert_eq!(counts(&back), [(Act::Conflict, 1)]);
    assert_eq!(in_force(&w, bo.id).await, ["customer_administrator", "user_administrator"]);
}

#[tokio::test]
async fn two_who_take_from_each_other_at_once_do_not_both_succeed() {
    let w = world().await;
    let acme = customer(&w).await;
    let (bo, anna) = (one(&w, acme, "bo holm").await, one(&w, acme, "anna berg").await);
    let role = "customer_administrator";
    for _ in 0..5 {
        for who in [&bo, &anna] {
            give(&w, &w.root, who, role).await.expect("given");
        }
        let (bo_in, anna_in) = (own_session(&w, &bo).await, own_session(&w, &anna).await);
        let (one, other) = tokio::join!(take(&w, &bo_in, &anna, role), take(&w, &anna_in, &bo, role));
        assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
        let left = in_force(&w, bo.id).await.len() + in_force(&w, anna.id).await.len();
        assert_eq!(left, 1, "the customer keeps an administrator");
    }
}

/// Of two attempts at the same moment exactly one is refused, also when the database ends one and it is repeated.
fn one_is_refused<T: std::fmt::Debug>(one: Result<T, AppError>, other: Result<T, AppError>) {
    let lost = match (one, other) {
        (Ok(_), Err(lost)) | (Err(lost), Ok(_)) => lost,
        both => panic!("not one of the two: {both:?}"),
    };
    assert!(matches!(lost, AppError::Forbidden(_) | AppError::NotFound(_)), "{lost:?}");
}

#[tokio::test]
async fn two_who_end_each_other_at_once_do_not_both_succeed() {
    let w = world().await;
    let acme = customer(&w).await;
    let (bo, anna) = (one(&w, acme, "bo holm").await, one(&w, acme, "anna berg").await);
    let role = "customer_administrator";
    let disabled = || UserPatch { enabled: Some(false), ..UserPatch::default() };
    // By the same deed, and by different ones; one who is removed does not come back.
    for (by_bo, by_anna) in [("disable", "disable"), ("disable", "take"), ("take", "disable")]
        .into_iter()
        .cycle()
        .take(12)
        .chain([("remove", "remove")])
    {
        w.db.execute("UPDATE users SET enabled = true WHERE NOT enabled").await;
        for who in [&bo, &anna] {
            give(&w, &w.root, who, role).await.expect("given");
        }
        let (bo_in, anna_in) = (own_session(&w, &bo).await, own_session(&w, &anna).await);
        let (bo, anna) = (one(&w, acme, "bo holm").await, one(&w, acme, "anna berg").await);
        let why = cause();
        let end = async |deed: &str, by: &Caller, who: &User| match deed {
            "remove" => users::delete(&w.app, by, who.id, who.version, None, &why).await.map(drop),
            "take" => take(&w, by, who, role).await.map(drop),
            _ => users::update(&w.app, by, who.id, who.version, disabled(), &why).await.map(drop),
        };
        let (one, other) =
            tokio::join!(again(|| end(by_bo, &bo_in, &anna)), again(|| end(by_anna, &anna_in, &bo)));
        one_is_refused(one, other);
        let both = format!("id IN ('{}', '{}')", bo.id.uuid(), anna.id.uuid());
        let left = w
            .db
            .values("users", "id", &format!("{both} AND enabled AND administrator AND deleted_at IS NULL"))
            .await;
        assert_eq!(left.len(), 1, "the customer keeps an administrator: {by_bo}, {by_anna}");
    }
}

#[tokio::test]
async fn a_list_that_disables_an_administrator_asks_what_whoever_began_it_may_now() {
    let w = world().await;
    let acme = customer(&w).await;
    let (bo, anna) = (one(&w, acme, "bo holm").await, one(&w, acme, "anna berg").await);
    for who in [&bo, &anna] {
        give(&w, &w.root, who, "customer_administrator").await.expect("given");
    }
    let bo_in = own_session(&w, &bo).await;
    let csv = "principal_name,enabled\nanna.berg@acme.example,no\n";
    let shown = bulk::import(&w.app, &bo_in, acme, draft(csv), &cause()).await.expect("a preview");
    let turn = Turn::Run { version: shown.bulk.version };
    bulk::turn(&w.app, &bo_in, shown.bulk.id, turn, &cause()).await.expect("begun");
    // While its part waits for her account, whoever began it loses the role.
    let mut tx = w.store.write(&w.root).await.expect("writing");
    tx.account::<act::UserUpdate>(anna.id).await.expect("held");
    let lose = async {
        let revoked = format!("UPDATE role_grant SET revoked_at = now() WHERE user_id = '{}'", bo.id.uuid());
        w.db.execute(&revoked).await;
        drop(tx);
    };
    Box::pin(held_up(&w, run::work(&w.app), lose)).await.expect("a part");
    while run::work(&w.app).await.expect("parts are done") {}
    let waits = bulk::get(&w.app, &w.root, shown.bulk.id).await.expect("as it is now");
    assert_eq!(waits.bulk.state, BulkState::Paused, "until somebody goes on with it");
    assert!(one(&w, acme, "anna berg").await.enabled, "nobody who lost the role disables her");
}

/// As if those who are there had been made before.
async fn earlier(w: &World) {
    w.db.execute("UPDATE users SET created_at = created_at - interval '1 s'").await;
}

#[tokio::test]
async fn a_link_from_before_opens_no_account_of_an_administrator() {
    let w = world().await;
    let acme = customer(&w).await;
    let bo = one(&w, acme, "bo holm").await;
    give(&w, &w.root, &bo, "user_administrator").await.expect("given");
    let bo_in = own_session(&w, &bo).await;
    let made = users::create(&w.app, &bo_in, acme, &[person("Kim", "Vinter")], false, None, &cause()).await;
    assert!(made.is_ok());
    let kim = one(&w, acme, "kim vinter").await;
    let (link, _) = users::reset_password(&w.app, &bo_in, kim.id, &cause()).await.expect("a link");
    assert!(!w.store.activation(&link).await.expect("asking").expect("the link").dead);
    earlier(&w).await;
    give(&w, &w.root, &kim, "customer_administrator").await.expect("given");
    assert!(
        w.store.activation(&link).await.expect("asking").expect("the link").dead,
        "whoever has it is not Kim"
    );
    let (link, _) = users::reset_password(&w.app, &w.root, kim.id, &cause()).await.expect("another");
    earlier(&w).await;
    // Another role changes nothing about who may touch the account.
    give(&w, &w.root, &kim, "user_administrator").await.expect("given");
    assert!(!w.store.activation(&link).await.expect("asking").expect("the link").dead);
}
