//! Pages of lists: whatever is asked for, each row comes once, in order, forwards and
//! backwards, also when so many match that the list is walked.

use domain::{
    group::GroupKind,
    id::{FieldId, RequestId, TenantId, UserId},
    list::{Column, GroupColumn, Order, PeopleColumn, RequestColumn, Standing, TenantColumn},
    request::{ItemState, RequestState},
    tenant::{Status, TenantKind},
};
use store::{
    lists::{GroupSearch, Span},
    tx::act,
    users::UserSearch,
    views::{RequestFilter, TenantSearch},
};

use crate::world::Estate;

/// More people than a filter takes for few, each odd in another way; and requests about them.
const FILL: &str = "SET session_replication_role = replica;
    CREATE TEMP TABLE p AS SELECT n, gen_random_uuid() AS id, gen_random_uuid() AS object FROM generate_series(1, 5000) n;
    INSERT INTO object (id, tenant_id, target_id, entity_kind, entity_id, kind, spec, spec_version, created_at)
        SELECT object, ':tenant', (SELECT id FROM target), 'user', id, 'user', '{}', 1, now() FROM p;
    INSERT INTO external_object (object_id, tenant_id, target_id, state, applied_generation)
        SELECT object, ':tenant', (SELECT id FROM target), CASE WHEN n % 50 = 0 THEN 'failed' ELSE 'verified' END, 1 FROM p
         WHERE n % 70 <> 0;
    INSERT INTO work (object_id, target_id, tenant_id, lane, due_at)
        SELECT object, (SELECT id FROM target), ':tenant', 1, now() FROM p WHERE n % 70 = 0;
    INSERT INTO users (id, tenant_id, object_id, display_name, principal_name, logon_name, department, enabled,
            activated_at, fields, search_key, created_at)
        SELECT id, ':tenant', object, initcap(k), 'l' || (n * 7919 % 5000) || '@a1.test', 'logon' || n,
               CASE WHEN n % 2 = 0 THEN 'Sales' WHEN n % 100 = 1 THEN 'Board' END, n % 30 <> 1,
               CASE WHEN n % 3 <> 0 THEN now() END, jsonb_build_object(':one', CASE WHEN n % 4 = 0 THEN 'red' ELSE 'blue' END,
                   ':two', CASE WHEN n % 6 = 0 THEN 'yes' ELSE 'no' END), k, now()
          FROM (SELECT *, CASE n % 4 WHEN 0 THEN 'anna' WHEN 1 THEN 'bo' ELSE 'ulla' END || ' ' || n % 40 AS k FROM p) p;
    INSERT INTO reserved_name (kind, space, value, owner, tenant_id)
        SELECT 'logon_name', coalesce((SELECT target_id FROM tenant WHERE id = ':tenant'), '00000000-0000-0000-0000-000000000000'), 'logon' || n, id, ':tenant' FROM p;
    INSERT INTO subscription (id, tenant_id, user_id, plan_id, group_object, member_object, created_at)
        SELECT gen_random_uuid(), ':tenant', id, (SELECT id FROM plan WHERE code = 'basic'), object, object, now() FROM p WHERE n % 9 = 0;
    INSERT INTO request (id, tenant_id, kind, lane, actor_id, created_at, finished_at)
        SELECT id, ':tenant', CASE WHEN n % 10 = 0 THEN 'user_create' ELSE 'user_update' END, 0,
               CASE WHEN n % 7 = 0 THEN ':actor'::uuid END, now(), CASE WHEN n % 11 <> 0 THEN now() END FROM p WHERE n <= 400;
    INSERT INTO request_item (request_id, object_id, tenant_id, generation, state, updated_at)
        SELECT id, o, ':tenant', 1, s, now() FROM (
            SELECT id, object AS o, CASE WHEN n % 11 = 0 THEN (ARRAY['requested', 'running', 'parked'])[1 + n % 3]
                   WHEN n % 13 = 0 THEN 'failed' ELSE 'verified' END AS s FROM p WHERE n <= 400
            UNION ALL SELECT id, id, CASE WHEN n % 11 = 0 AND n % 2 = 0 THEN 'requested' ELSE 'verified' END FROM p
             WHERE n <= 400 AND n % 4 = 0) x;
    SET session_replication_role = origin;
    ANALYZE";

/// The id of a custom field.
fn field(n: u128) -> FieldId {
    FieldId::from_uuid(uuid::Uuid::from_u128(n))
}

async fn filled() -> Estate {
    let estate = Estate::new().await;
    let fill = FILL
        .replace(":tenant", &estate.a1.id.uuid().to_string())
        .replace(":one", &field(1).uuid().to_string())
        .replace(":two", &field(2).uuid().to_string())
        .replace(":actor", &estate.a1.admin.user().uuid().to_string());
    estate.world.sql(&fill).await;
    estate
}

/// All rows, page by page to the end and back again.
macro_rules! walk {
    ($size:expr, |$span:ident| $page:expr, $place:expr) => {{
        let place = $place;
        let mut all = Vec::new();
        let mut pages = Vec::new();
        loop {
            let from = all.last().map(&place);
            let $span =
                Span { from: from.as_ref().map(|(key, id)| (key.as_str(), *id)), back: false, limit: $size };
            let page = $page;
            if page.is_empty() {
                break;
            }
            pages.push(page.len());
            all.extend(page);
        }
        let whole = pages.split_last().is_none_or(|(_, before)| before.iter().all(|rows| *rows == $size));
        assert!(whole, "only the last page is short: {pages:?}");
        let mut back = Vec::new();
        if let Some(last) = all.last() {
            let mut from = place(last);
            loop {
                let $span = Span { from: Some((from.0.as_str(), from.1)), back: true, limit: $size };
                let page = $page;
                let Some(first) = page.first() else { break };
                from = place(first);
                back.splice(0..0, page);
            }
        }
        let ids = |rows: &[_]| rows.iter().map(|row| place(row).1).collect::<Vec<_>>();
        let (there, again) = (ids(&all), ids(&back));
        assert_eq!(again[..], there[..there.len().saturating_sub(1)], "backwards as forwards");
        there
    }};
}

/// What the database says plainly, without pages and policies.
async fn plainly(estate: &Estate, from: &str, order: &str) -> Vec<uuid::Uuid> {
    let query = format!("SELECT id FROM {from} ORDER BY {order}");
    let mut sql = estate.world.owner().await;
    sqlx::query_scalar(sqlx::AssertSqlSafe(query)).fetch_all(&mut sql).await.expect("rows")
}

fn directed(order: &str, down: bool) -> String {
    if down {
        order.split(", ").map(|o| format!("{o} DESC")).collect::<Vec<_>>().join(", ")
    } else {
        order.to_owned()
    }
}

#[tokio::test]
async fn people_are_sorted_and_filtered_by_every_column() {
    let estate = filled().await;
    let a1 = estate.a1.id.uuid();
    let none = UserSearch::default();
    let state =
        "coalesce((SELECT x.state FROM external_object x WHERE x.object_id = u.object_id), 'requested')";
    let in_state = |code: &str| format!("{state} = '{code}'");
    let plan = "EXISTS (SELECT FROM subscription s WHERE s.user_id = u.id AND s.ended_at IS NULL)";
    let code = "basic";
    let red = [(field(1), "red".to_owned())];
    let red_and_yes = [red[0].clone(), (field(2), "yes".to_owned())];
    let filters = [
        (none, "true".to_owned()),
        (UserSearch { standing: Some(Standing::Disabled), ..none }, "NOT enabled".to_owned()),
        (
            UserSearch { standing: Some(Standing::NeverActivated), ..none },
            "enabled AND activated_at IS NULL".to_owned(),
        ),
        (
            UserSearch { standing: Some(Standing::Active), ..none },
            "enabled AND activated_at IS NOT NULL".to_owned(),
        ),
        (UserSearch { state: Some(ItemState::Failed), ..none }, in_state("failed")),
        (UserSearch { state: Some(ItemState::Requested), ..none }, in_state("requested")),
        (UserSearch { state: Some(ItemState::Verified), ..none }, in_state("verified")),
        (UserSearch { department: Some("Sales"), ..none }, "department = 'Sales'".to_owned()),
        (UserSearch { department: Some("Board"), ..none }, "department = 'Board'".to_owned()),
        (UserSearch { plan: Some(code), ..none }, plan.to_owned()),
        (UserSearch { plan: Some("none such"), ..none }, "false".to_owned()),
        (UserSearch { fields: &red, ..none }, format!("fields ->> '{}' = 'red'", field(1).uuid())),
        (
            UserSearch { fields: &red_and_yes, ..none },
            format!("fields ->> '{}' = 'red' AND fields ->> '{}' = 'yes'", field(1).uuid(), field(2).uuid()),
        ),
        (UserSearch { search: Some("Bo 1"), ..none }, "search_key LIKE 'bo 1%'".to_owned()),
        (UserSearch { search: Some("l12"), ..none }, "principal_name LIKE 'l12%'".to_owned()),
        (UserSearch { search: Some("LOGON77"), ..none }, "logon_name = 'logon77'".to_owned()),
        (UserSearch { search: Some("ulla"), ..none }, "search_key LIKE 'ulla%'".to_owned()),
        (
            UserSearch { search: Some("ulla"), department: Some("Board"), ..none },
            "search_key LIKE 'ulla%' AND department = 'Board'".to_owned(),
        ),
    ];
    let store = &estate.world.store;
    for caller in [&estate.world.root, &estate.a1.admin] {
        let mut tx = store.read(caller).await.expect("reading");
        let tenant = tx.tenant(estate.a1.id).await.expect("the customer");
        let permit = tx.permit_people(&tenant).expect("permitted");
        for (which, condition) in &filters {
            for (by, order) in [
                (PeopleColumn::Name, "search_key, id"),
                (PeopleColumn::Login, "principal_name"),
                (PeopleColumn::Created, "id"),
            ] {
                for descending in [false, true] {
                    let from =
                        format!("users u WHERE tenant_id = '{a1}' AND deleted_at IS NULL AND {condition}");
                    let wanted = plainly(&estate, &from, &directed(order, descending)).await;
                    let asked = Order { by, descending };
                    let found = walk!(
                        997,
                        |span| tx.people_page(&permit, *which, asked, span).await.expect("a page"),
                        |user: &store::users::User| (user.place(by), user.id)
                    );
                    let found: Vec<_> = found.into_iter().map(UserId::uuid).collect();
                    assert_eq!(found, wanted, "{which:?} {}", asked.code());
                }
            }
        }
        tx.finish().await.expect("reading");
    }
}

/// So many that the list of everybody is walked, and not theirs side by side.
async fn with_many_customers(estate: &Estate) {
    estate
        .world
        .sql(&format!(
            "CREATE TEMP TABLE made AS SELECT gen_random_uuid() AS id, n FROM generate_series(1, 2500) n;
             INSERT INTO tenant_edge (child, parent, valid_from) SELECT id, '{}', now() FROM made;
             INSERT INTO tenant (id, kind, code, name, search_key, billing_id, status, language, time_zone, currency, created_at)
                 SELECT id, 'customer', 'c' || n, 'Customer ' || n % 60, 'customer ' || n % 60,
                        CASE WHEN n % 3 = 0 THEN 'D-' || n END, CASE WHEN n % 9 = 0 THEN 'suspended' ELSE 'active' END,
                        'en', 'UTC', 'EUR', now() FROM made; ANALYZE",
            estate.south.id.uuid()
        ))
        .await;
}

#[tokio::test]
async fn of_everybody_those_that_failed_are_found_whether_the_first_fill_a_page_or_not() {
    let estate = filled().await;
    with_many_customers(&estate).await;
    // Of nearly every request with failures something was done, too; only the last three failed as a whole.
    estate
        .world
        .sql(
            "WITH f AS (SELECT request_id, row_number() OVER (ORDER BY request_id) AS n, count(*) OVER () AS of_all
                          FROM (SELECT request_id FROM request_item GROUP BY request_id HAVING bool_and(state = 'failed')) r)
             INSERT INTO request_item (request_id, object_id, tenant_id, generation, state, updated_at)
             SELECT f.request_id, gen_random_uuid(), r.tenant_id, 1, 'verified', now()
               FROM f JOIN request r ON r.id = f.request_id WHERE f.n <= f.of_all - 3
             ON CONFLICT DO NOTHING",
        )
        .await;
    let mut tx = estate.world.store.read(&estate.world.root).await.expect("reading");
    let everything = RequestFilter { roots: vec![estate.world.provider], ..RequestFilter::default() };
    let newest = Order::down(RequestColumn::Created);
    let all = tx.request_page(&everything, newest, Span::first(10_000)).await.expect("requests");
    for state in [RequestState::Failed, RequestState::CompleteWithProblems] {
        let filter = RequestFilter { state: Some(state), ..everything.clone() };
        let mut wanted: Vec<_> =
            all.iter().filter(|request| request.counts.state() == state).map(|request| request.id).collect();
        assert!(wanted.len() > 2, "{state:?}: {}", wanted.len());
        for descending in [true, false] {
            let asked = Order { by: RequestColumn::Created, descending };
            let found: Vec<RequestId> = walk!(
                2,
                |span| tx.request_page(&filter, asked, span).await.expect("a page"),
                |r: &store::views::RequestView| (String::new(), r.id)
            );
            assert_eq!(found, wanted, "{state:?} {}", asked.code());
            wanted.reverse();
        }
    }
    tx.finish().await.expect("reading");
}

#[tokio::test]
async fn tenants_are_sorted_and_filtered_for_whom_they_are_few_and_for_whom_they_are_many() {
    let estate = Estate::new().await;
    with_many_customers(&estate).await;
    let (all, north) = (estate.world.provider, estate.north.id);
    let none = TenantSearch::default();
    let text = |search: &str| TenantSearch { search: Some(search.to_owned()), ..TenantSearch::default() };
    let filters = [
        (none.clone(), "true"),
        (TenantSearch { kind: Some(TenantKind::Customer), ..none.clone() }, "kind = 'customer'"),
        (TenantSearch { kind: Some(TenantKind::Reseller), ..none.clone() }, "kind = 'reseller'"),
        (TenantSearch { status: Some(Status::Suspended), ..none.clone() }, "status = 'suspended'"),
        (TenantSearch { status: Some(Status::Active), ..none.clone() }, "status = 'active'"),
        (
            TenantSearch { parent: Some(north), ..none },
            "id IN (SELECT child FROM tenant_edge WHERE parent = ':north')",
        ),
        (text("customer 59"), "search_key LIKE 'customer 59%'"),
        (text("C12"), "code LIKE 'c12%'"),
        (text("d-12"), "lower(billing_id) LIKE 'd-12%'"),
    ];
    for (caller, roots) in
        [(&estate.world.root, all), (&estate.north.admin, north), (&estate.a1.admin, estate.a1.id)]
    {
        let mut tx = estate.world.store.read(caller).await.expect("reading");
        // Nobody learns who is above the own tenant.
        let seller = if roots == estate.a1.id { uuid::Uuid::nil() } else { north.uuid() };
        for (search, condition) in &filters {
            let condition = condition.replace(":north", &seller.to_string());
            for (by, order) in [
                (TenantColumn::Name, "search_key, id"),
                (TenantColumn::Code, "code COLLATE \"C\", id"),
                (TenantColumn::Created, "id"),
            ] {
                for descending in [false, true] {
                    let below =
                        format!("SELECT descendant FROM tenant_closure WHERE ancestor = '{}'", roots.uuid());
                    let from = format!("tenant WHERE id IN ({below}) AND ({condition})");
                    let wanted = plainly(&estate, &from, &directed(order, descending)).await;
                    let search = TenantSearch { roots: Some(vec![roots]), ..search.clone() };
                    let asked = Order { by, descending };
                    let found = walk!(
                        333,
                        |span| tx.tenant_page(&search, asked, span).await.expect("a page"),
                        |tenant: &store::views::TenantView| (tenant.place(by), tenant.id)
                    );
                    let found: Vec<_> = found.into_iter().map(TenantId::uuid).collect();
                    assert_eq!(found, wanted, "{search:?} {}", asked.code());
                }
            }
        }
        tx.finish().await.expect("reading");
    }
}

/// What was noted when a request was finished is not counted, and says the same.
async fn noted_steps_say_what_counted_ones_do(
    estate: &Estate,
    tx: &mut store::tx::ReadTx<'_>,
    everything: &RequestFilter,
    all: &[store::views::RequestView],
) {
    let note = "UPDATE request r SET steps = (SELECT count(*) FROM request_item i WHERE i.request_id = r.id)
                 WHERE r.finished_at IS NOT NULL";
    estate.world.sql(note).await;
    let counted = RequestFilter { counted: Some(0), ..everything.clone() };
    let newest = Order::down(RequestColumn::Created);
    let noted = tx.request_page(&counted, newest, Span::first(10_000)).await.expect("requests");
    assert_eq!(noted.len(), all.len());
    for (short, whole) in noted.iter().zip(all) {
        let same =
            |of: &store::views::RequestView| (of.id, of.counts.state(), of.counts.total(), of.counts.failed);
        assert_eq!((same(short), short.more), (same(whole), false));
    }
    estate.world.sql("UPDATE request SET steps = NULL").await;
}

#[tokio::test]
async fn requests_are_filtered_by_the_state_they_show() {
    let estate = filled().await;
    let store = &estate.world.store;
    for (caller, roots) in [(&estate.world.root, estate.world.provider), (&estate.a1.admin, estate.a1.id)] {
        let mut tx = store.read(caller).await.expect("reading");
        let everything = RequestFilter { roots: vec![roots], ..RequestFilter::default() };
        let all = tx
            .request_page(&everything, Order::down(RequestColumn::Created), Span::first(10_000))
            .await
            .expect("requests");
        assert!(all.len() > 400, "{}", all.len());
        let states = [
            RequestState::Requested,
            RequestState::Running,
            RequestState::Parked,
            RequestState::Complete,
            RequestState::CompleteWithProblems,
            RequestState::Failed,
        ];
        let of = |filter: RequestFilter| RequestFilter { roots: vec![roots], ..filter };
        let mut filters = vec![
            of(RequestFilter::default()),
            of(RequestFilter { kind: Some("user_create".to_owned()), ..RequestFilter::default() }),
            of(RequestFilter { actor: Some(estate.a1.admin.user()), ..RequestFilter::default() }),
            of(RequestFilter { tenant: Some(estate.a1.id), ..RequestFilter::default() }),
        ];
        let most = 1;
        let capped = RequestFilter { counted: Some(most), ..everything.clone() };
        let newest = Order::down(RequestColumn::Created);
        let capped = tx.request_page(&capped, newest, Span::first(10_000)).await.expect("requests");
        assert!(capped.iter().any(|r| r.more) && capped.iter().any(|r| !r.more));
        for (short, whole) in capped.iter().zip(&all) {
            assert_eq!((short.id, short.counts.state()), (whole.id, whole.counts.state()));
            assert_eq!(short.counts.failed, whole.counts.failed);
            let good = whole.counts.total() - whole.counts.failed;
            assert_eq!(
                short.more,
                whole.finished_at.is_some() && good > i64::from(most),
                "{:?}",
                whole.counts
            );
            if short.more {
                assert_eq!(short.counts.verified, i64::from(most) + 1);
            } else {
                assert_eq!(short.counts.total(), whole.counts.total());
            }
        }
        noted_steps_say_what_counted_ones_do(&estate, &mut tx, &everything, &all).await;
        filters.extend(states.map(|s| of(RequestFilter { state: Some(s), ..RequestFilter::default() })));
        for filter in filters {
            let fits = |r: &&store::views::RequestView| {
                filter.state.is_none_or(|state| r.counts.state() == state)
                    && filter.kind.as_ref().is_none_or(|kind| r.kind == *kind)
                    && filter.actor.is_none_or(|actor| r.actor.as_ref().is_some_and(|a| a.id == actor))
                    && filter.tenant.is_none_or(|tenant| r.tenant.id == tenant)
            };
            let mut wanted: Vec<_> = all.iter().filter(fits).map(|r| r.id).collect();
            assert!(!wanted.is_empty(), "{filter:?} is worth asking for");
            for descending in [true, false] {
                let asked = Order { by: RequestColumn::Created, descending };
                let found: Vec<RequestId> = walk!(
                    13,
                    |span| tx.request_page(&filter, asked, span).await.expect("a page"),
                    |r: &store::views::RequestView| (String::new(), r.id)
                );
                assert_eq!(found, wanted, "{filter:?} {}", asked.code());
                wanted.reverse();
            }
        }
        tx.finish().await.expect("reading");
    }
}

#[tokio::test]
async fn groups_are_sorted_and_filtered() {
    let estate = Estate::new().await;
    let a1 = estate.a1.id.uuid();
    estate
        .world
        .sql(&format!(
            "SET session_replication_role = replica;
             CREATE TEMP TABLE g AS SELECT n, gen_random_uuid() AS id, gen_random_uuid() AS object FROM generate_series(1, 300) n;
             INSERT INTO object (id, tenant_id, target_id, entity_kind, entity_id, kind, spec, spec_version, created_at)
                 SELECT object, '{a1}', (SELECT id FROM target), 'group', id, 'group', '{{}}', 1, now() FROM g;
             INSERT INTO user_group (id, tenant_id, purpose, name, group_kind, object_id, created_at)
                 SELECT id, '{a1}', 'custom', CASE WHEN n % 2 = 0 THEN 'Åben ' ELSE 'Board ' END || n,
                        CASE WHEN n % 5 = 0 THEN 'distribution' ELSE 'security' END, object, now() FROM g;
             INSERT INTO membership (group_object, member_object, tenant_id) SELECT object, id, '{a1}' FROM g WHERE n % 3 = 0;
             SET session_replication_role = origin"
        ))
        .await;
    let none = GroupSearch::default();
    let member = "EXISTS (SELECT FROM membership m WHERE m.group_object = g.object_id AND m.wanted)";
    let filters = [
        (none, "true".to_owned()),
        (
            GroupSearch { kind: Some(GroupKind::Distribution), ..none },
            "group_kind = 'distribution'".to_owned(),
        ),
        (GroupSearch { members: Some(true), ..none }, member.to_owned()),
        (GroupSearch { members: Some(false), ..none }, format!("NOT {member}")),
        (GroupSearch { search: Some("BOARD 1"), ..none }, "lower(name) LIKE 'board 1%'".to_owned()),
    ];
    let mut tx = estate.world.store.read(&estate.a1.admin).await.expect("reading");
    let tenant = tx.tenant(estate.a1.id).await.expect("the customer");
    let permit = tx.permit::<act::TenantRead>(&tenant).expect("permitted");
    for (which, condition) in filters {
        for by in GroupColumn::ALL {
            let order = if *by == GroupColumn::Name { "search_key, id" } else { "id" };
            for descending in [false, true] {
                let from =
                    format!("user_group g WHERE tenant_id = '{a1}' AND deleted_at IS NULL AND {condition}");
                let wanted = plainly(&estate, &from, &directed(order, descending)).await;
                let asked = Order { by: *by, descending };
                let found = walk!(
                    41,
                    |span| tx.group_page(&permit, which, asked, span).await.expect("a page"),
                    |group: &store::views::GroupView| (group.place(*by), group.id)
                );
                let found: Vec<_> = found.into_iter().map(domain::id::GroupId::uuid).collect();
                assert_eq!(found, wanted, "{which:?} {}", asked.code());
            }
        }
    }
    let others = tx.groups_found(&[estate.world.provider], "board 1", 500).await.expect("groups");
    assert!(others.len() > 50 && others.iter().all(|(_, name, _)| name.starts_with("Board 1")), "{others:?}");
    tx.finish().await.expect("reading");
    let mut tx = estate.world.store.read(&estate.north.admin).await.expect("reading");
    let (found, hidden) = (
        tx.groups_found(&[estate.north.id], "åben", 500).await.expect("groups").len(),
        tx.people_found(&[estate.south.id], "", 500).await.expect("people").len(),
    );
    assert_eq!((found, hidden), (150, 0), "asking for the roots of others shows nothing");
}
