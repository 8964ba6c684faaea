//! Groups: who owns one in the directory, addresses, and groups made from templates.

use std::collections::BTreeMap;

use app::{
    Answer, AppError, Caller, Cause,
    groups::{
        self, GroupDraft, GroupPatch,
        templates::{self, MadeGroups, TemplateUse},
    },
    people::PersonDraft,
    users::{self, UserPatch},
};
use domain::{
    field::Rule,
    group_template::TemplateDraft,
    id::{GroupId, TenantId, UserId},
    spec::{GroupSpec, Spec},
};

use crate::world::{World, order, person, world};

fn cause() -> Cause {
    Cause::default()
}

fn refused<T: std::fmt::Debug>(result: Result<T, AppError>) -> Vec<(String, Rule)> {
    match result {
        Err(AppError::Invalid(errors)) => errors.into_iter().map(|e| (e.field, e.rule)).collect(),
        other => panic!("not refused by field: {other:?}"),
    }
}

fn done<T>(answer: Answer<T>) -> T {
    match answer {
        Answer::Done(done) => done,
        Answer::Before { .. } => panic!("nothing was asked before"),
    }
}

/// A customer with people of some departments, all managed by the first.
async fn staffed(w: &World, code: &str) -> (TenantId, Vec<UserId>) {
    let placed = w.place(&order(&format!("SO-{code}"), code)).await.expect("an order").order;
    let boss = placed.administrator;
    let staff = [("Bo", "Sales"), ("Chiara", "sales"), ("Dora", "Support"), ("Eve", "")];
    let drafts = staff.map(|(given, department)| PersonDraft {
        department: Some(department.to_owned()),
        manager: (given != "Eve").then(|| boss.to_string()),
        ..person(given, "Holm")
    });
    let made = users::create(&w.app, &w.root, placed.customer, &drafts, true, None, &cause()).await;
    let made = done(made.expect("people"));
    let ids = [boss].into_iter().chain(made.users.into_iter().map(|u| u.user.id));
    (placed.customer, ids.collect())
}

async fn group(w: &World, customer: TenantId, name: &str) -> GroupId {
    let draft = GroupDraft { name: name.to_owned(), ..GroupDraft::default() };
    done(groups::create(&w.app, &w.root, customer, &draft, None, &cause()).await.expect("a group"))
}

/// What is wanted of the group's object.
async fn spec(w: &World, group: GroupId) -> GroupSpec {
    let spec = w.db.values("object", "spec", &format!("entity_id = '{}'", group.uuid())).await.remove(0);
    match serde_json::from_str(&spec).expect("a spec") {
        Spec::Group(spec) => spec,
        other => panic!("{other:?} is no group"),
    }
}

async fn version(w: &World, id: UserId) -> i64 {
    let mut tx = w.app.read(&w.root).await.expect("reading");
    tx.user(id).await.expect("the person").version
}

#[tokio::test]
async fn the_directory_shows_the_first_owner_who_is_there() {
    let w = world().await;
    let (acme, ids) = staffed(&w, "acme").await;
    let team = group(&w, acme, "Team").await;
    let account = async |user: UserId| {
        let objects = w.db.values("users", "object_id", &format!("id = '{}'", user.uuid())).await;
        objects[0].parse().ok().map(domain::id::ObjectId::from_uuid)
    };
    let own = async |version, owners: &[UserId]| {
        let owners: Vec<_> = owners.iter().map(ToString::to_string).collect();
        groups::set_owners(&w.app, &w.root, team, version, &owners, &cause()).await.expect("owned");
    };
    own(1, &[ids[1], ids[2]]).await;
    assert_eq!(spec(&w, team).await.owner, account(ids[1]).await);
    let requests = "kind = 'group_owners'";
    assert_eq!(w.db.values("request", "id", requests).await.len(), 1);
    // Who comes second is not shown, so nothing is to be done in the directory.
    own(2, &[ids[1], ids[3]]).await;
    assert_eq!(w.db.values("request", "id", requests).await.len(), 1);

    let gone = version(&w, ids[1]).await;
    users::delete(&w.app, &w.root, ids[1], gone, Some(30), &cause()).await.expect("removed");
    assert_eq!(spec(&w, team).await.owner, account(ids[3]).await, "the next one");
    users::restore(&w.app, &w.root, ids[1], &cause()).await.expect("restored");
    assert_eq!(spec(&w, team).await.owner, account(ids[1]).await, "the first again");
    let told = w.db.values("event", "change::text", "code = 'group.owners_changed'").await;
    assert_eq!(told.len(), 4, "said twice, one removed and restored: {told:?}");
    for owner in [ids[1], ids[3]] {
        let version = version(&w, owner).await;
        users::delete(&w.app, &w.root, owner, version, Some(0), &cause()).await.expect("removed");
    }
    assert_eq!(spec(&w, team).await.owner, None);
}

#[tokio::test]
async fn a_group_has_addresses_in_the_domains_of_its_customer() {
    let w = world().await;
    let (acme, _) = staffed(&w, "acme").await;
    let with = |mail: &str, aliases: &str| GroupDraft {
        name: "News".to_owned(),
        mail: Some(mail.to_owned()),
        aliases: Some(aliases.to_owned()),
        ..GroupDraft::default()
    };
    let make = async |draft| groups::create(&w.app, &w.root, acme, &draft, None, &cause()).await;
    let unknown =
        |fields: &[&str]| fields.iter().map(|f| ((*f).to_owned(), Rule::Unknown)).collect::<Vec<_>>();
    assert_eq!(refused(make(with("news@beta.example", "all@acme.example")).await), unknown(&["mail"]));
    assert_eq!(
        refused(make(with("news@acme.example", "a@acme.example b@beta.example c@gmail.com")).await),
        unknown(&["aliases", "aliases"])
    );
    let news = done(make(with("News@ACME.example", "all@acme.example")).await.expect("its own"));
    let change = async |version, mail: &str| {
        let patch = GroupPatch { mail: Some(Some(mail.to_owned())), ..GroupPatch::default() };
        groups::update(&w.app, &w.root, news, version, patch, &cause()).await
    };
    assert_eq!(refused(change(1, "news@beta.example").await), unknown(&["mail"]));
    // What it has already stays, wherever it came from.
    w.db.execute("UPDATE user_group SET aliases = 'old@before.example' WHERE name = 'News'").await;
    change(1, "bulletin@acme.example").await.expect("only what is new is looked at");
}

fn teams() -> TemplateDraft {
    TemplateDraft {
        name: "Team {department}".to_owned(),
        description: Some("{customer}".to_owned()),
        mail: Some("{department}@{suffix}".to_owned()),
        owners: Some("managers".to_owned()),
        member_of: vec!["Everybody".to_owned()],
        people: true,
        days: Some(90),
        ..TemplateDraft::default()
    }
}

async fn put(w: &World, tenant: TenantId, code: &str, draft: &TemplateDraft) {
    templates::put(&w.app, &w.root, tenant, code, draft, &cause()).await.expect("in force");
}

async fn make(
    w: &World,
    by: &Caller,
    customer: TenantId,
    code: &str,
    values: &[&[(&str, &str)]],
    preview: bool,
) -> Result<MadeGroups, AppError> {
    let values = values.iter().map(|pairs| {
        pairs.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect::<BTreeMap<_, _>>()
    });
    let wish = TemplateUse { values: values.collect(), preview };
    templates::create(&w.app, by, customer, code, &wish, None, &cause()).await.map(done)
}

#[tokio::test]
async fn a_template_of_the_seller_makes_a_group_for_each_department_there_is() {
    let w = world().await;
    let (acme, ids) = staffed(&w, "acme").await;
    put(&w, w.root.tenant, "teams", &teams()).await;
    let missing = refused(make(&w, &w.root, acme, "teams", &[], false).await);
    assert_eq!(
        missing,
        ["groups[0].member_of", "groups[1].member_of"].map(|f| (f.to_owned(), Rule::Unknown))
    );
    let everybody = group(&w, acme, "Everybody").await;

    let before = w.db.row_counts().await;
    let told = make(&w, &w.root, acme, "teams", &[], true).await.expect("a preview");
    assert_eq!(w.db.row_counts().await, before, "looking changes nothing");
    let shown: Vec<_> = told.groups.iter().map(|g| (g.values.name.as_str(), g.people, g.exists)).collect();
    assert_eq!(shown, [("Team Sales", 2, false), ("Team Support", 1, false)], "however it is spelled");
    assert_eq!(told.groups[0].values.mail.as_deref(), Some("sales@acme.example"));
    assert!(told.request.is_none() && told.groups[0].owners == [ids[0]]);

    let events = async |code: &str| w.db.values("event", "id", &format!("code = '{code}'")).await.len();
    let (groups, members) = (events("group.created").await, events("group.member_added").await);
    let made = make(&w, &w.root, acme, "teams", &[], false).await.expect("made");
    assert_eq!(events("group.created").await - groups, 2, "each of them is told");
    assert_eq!(events("group.member_added").await - members, 5);
    let request = made.request.expect("one request").uuid();
    let sales = made.groups[0].id.expect("made");
    let wanted = spec(&w, sales).await;
    let boss = w.db.values("users", "object_id", &format!("id = '{}'", ids[0].uuid())).await;
    assert_eq!(wanted.owner.map(|o| o.uuid().to_string()), boss.first().cloned());
    assert_eq!((wanted.name.as_str(), wanted.description.as_deref()), ("acme Team Sales", Some("acme Ltd")));
    let owned = w.db.values("group_owner", "user_id", &format!("group_id = '{}'", sales.uuid())).await;
    assert_eq!(owned, [ids[0].uuid().to_string()]);
    let members = |group: GroupId| {
        format!("group_object = (SELECT object_id FROM user_group WHERE id = '{}') AND wanted", group.uuid())
    };
    assert_eq!(w.db.values("membership", "member_object", &members(sales)).await.len(), 2);
    let nested = format!("{} AND nested AND until IS NOT NULL", members(everybody));
    assert_eq!(w.db.values("membership", "member_object", &nested).await.len(), 2);
    let items =
        w.db.values("request_item", "object_id::text || member_id", &format!("request_id = '{request}'"))
            .await;
    assert_eq!(items.len(), 2 + 3 + 2, "groups, people, groups in a group");

    // Asked again, only what came since is made.
    let patch = UserPatch { department: Some(Some("Legal".to_owned())), ..UserPatch::default() };
    let version = version(&w, ids[4]).await;
    users::update(&w.app, &w.root, ids[4], version, patch, &cause()).await.expect("moved");
    let again = make(&w, &w.root, acme, "teams", &[], false).await.expect("made");
    let shown: Vec<_> = again.groups.iter().map(|g| (g.values.name.as_str(), g.exists)).collect();
    assert_eq!(shown, [("Team Legal", false), ("Team Sales", true), ("Team Support", true)]);
    assert_eq!(again.groups[1].id, Some(sales));
    let nothing = make(&w, &w.root, acme, "teams", &[], false).await.expect("nothing is left");
    assert!(nothing.request.is_none() && nothing.groups.iter().all(|g| g.exists));
}

#[tokio::test]
async fn the_nearest_template_holds_and_a_single_group_is_made_for_what_is_named() {
    let w = world().await;
    let (acme, _) = staffed(&w, "acme").await;
    put(&w, w.root.tenant, "teams", &teams()).await;
    let own = TemplateDraft { name: "{code} {department} {office}".to_owned(), ..TemplateDraft::default() };
    put(&w, acme, "teams", &own).await;
    put(&w, acme, "board", &TemplateDraft { name: "Board".to_owned(), ..TemplateDraft::default() }).await;
    let all = templates::list(&w.app, &w.root, acme).await.expect("the templates");
    let shown: Vec<_> = all.iter().map(|t| (t.template.code.as_str(), t.own)).collect();
    assert_eq!(shown, [("board", true), ("teams", true)]);
    let beta = staffed(&w, "beta").await.0;
    let inherited = templates::list(&w.app, &w.root, beta).await.expect("the templates");
    assert_eq!(
        inherited.iter().map(|t| (&*t.template.name, t.own)).collect::<Vec<_>>(),
        [("Team {department}", false)]
    );

    let nobody = refused(make(&w, &w.root, acme, "teams", &[], false).await);
    assert_eq!(nobody, [("values".to_owned(), Rule::Required)], "nobody has an office");
    let wrong =
        make(&w, &w.root, acme, "teams", &[&[("department", "Sales"), ("colour", "red")]], false).await;
    let expected = [("values[0].colour", Rule::Unknown), ("values[0].office", Rule::Required)];
    assert_eq!(refused(wrong), expected.map(|(f, r)| (f.to_owned(), r)));
    let values: &[&[(&str, &str)]] = &[&[("department", "Sales"), ("office", "Århus")]];
    let made = make(&w, &w.root, acme, "teams", values, false).await.expect("made");
    assert_eq!(made.groups[0].values.name, "acme Sales Århus");
    let board = make(&w, &w.root, acme, "board", &[], false).await.expect("made");
    assert_eq!((board.groups.len(), board.groups[0].people), (1, 0));

    // Somebody else's name is taken, and then nothing is made.
    let board = board.groups[0].id.expect("made");
    groups::delete(&w.app, &w.root, board, 1, None, &cause()).await.expect("removed");
    let taken = refused(make(&w, &w.root, acme, "board", &[], false).await);
    assert_eq!(taken, [("groups[0].name".to_owned(), Rule::Taken)]);
    let long = "x".repeat(60);
    let values: &[&[(&str, &str)]] = &[&[("department", &long), ("office", "y")]];
    let long = refused(make(&w, &w.root, acme, "teams", values, true).await);
    assert_eq!(long, [("groups[0].name".to_owned(), Rule::TooLong)]);

    templates::remove(&w.app, &w.root, acme, "teams", &cause()).await.expect("taken back");
    let gone = templates::remove(&w.app, &w.root, acme, "teams", &cause()).await;
    assert!(matches!(gone, Err(AppError::NotFound(_))), "{gone:?}");
    let back = templates::list(&w.app, &w.root, acme).await.expect("the templates");
    assert_eq!(back.iter().map(|t| t.own).collect::<Vec<_>>(), [true, false], "the seller's holds again");
    let told = w.db.values("event", "id", "code LIKE 'group_template.%'").await;
    assert_eq!(told.len(), 4, "{told:?}");
}
