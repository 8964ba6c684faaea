//! Views of lists under row-level security.

use crate::{isolation::scoped, world::Estate};

#[tokio::test]
async fn a_view_is_seen_by_its_owner_and_a_shared_one_by_who_manages_its_tenant() {
    let estate = Estate::new().await;
    let world = &estate.world;
    let plain = world.caller(&estate.a1.people[1].login).await;
    let (owner, home) = (estate.a1.admin.user().uuid(), estate.a1.id.uuid());
    world
        .sql(&format!(
            "INSERT INTO saved_view (id, tenant_id, user_id, list, name, search_key, query, created_by, created_at, updated_at)
                 VALUES (gen_random_uuid(), '{home}', '{owner}', 'people', 'Mine', 'mine', '{{}}', '{owner}', now(), now()),
                        (gen_random_uuid(), '{home}', NULL, 'people', 'Ours', 'ours', '{{}}', '{owner}', now(), now())"
        ))
        .await;
    for (who, caller, names, changed) in [
        ("its owner", &estate.a1.admin, &["Mine", "Ours"][..], 2),
        ("who sells to it", &estate.north.admin, &["Ours"][..], 1),
        ("the provider", &world.root, &["Ours"][..], 1),
        ("a colleague without a role", &plain, &[][..], 0),
        ("another customer", &estate.b1.admin, &[][..], 0),
    ] {
        let mut sql = scoped(world, caller).await;
        let seen: Vec<String> = sqlx::query_scalar("SELECT name FROM saved_view ORDER BY name")
            .fetch_all(&mut sql)
            .await
            .expect("reading");
        assert_eq!(seen, names, "{who}");
        let update = "UPDATE saved_view SET name = name";
        let done = sqlx::query(update).execute(&mut sql).await.expect(update).rows_affected();
        assert_eq!(done, changed, "{who}");
    }
    // Nobody keeps one in the name of another, nor in another tenant.
    let insert = "INSERT INTO saved_view (id, tenant_id, user_id, list, name, search_key, query, created_by, created_at, updated_at)
                      VALUES (gen_random_uuid(), $1, $2, 'people', 'New', 'new', '{}', $2, now(), now())";
    let mut sql = scoped(world, &plain).await;
    for (tenant, user) in [(home, owner), (estate.b1.id.uuid(), plain.user().uuid())] {
        let refused =
            sqlx::query(insert).bind(tenant).bind(user).execute(&mut sql).await.expect_err("refused");
        let code = refused.as_database_error().and_then(sqlx::error::DatabaseError::code);
        assert_eq!(code.as_deref(), Some("42501"));
    }
    // With its owner it goes.
    world.sql(&format!("UPDATE users SET deleted_at = now() WHERE id = '{owner}'")).await;
    assert_eq!(world.count("SELECT count(*) FROM saved_view WHERE name = 'Mine'").await, 0);
    assert_eq!(world.count("SELECT count(*) FROM saved_view WHERE name = 'Ours'").await, 1);
}
