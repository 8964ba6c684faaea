//! A database with data of an earlier version, brought up to date.

use sqlx::{Connection as _, PgConnection, migrate::Migrator};
use store::{
    migrate::{MIGRATOR, migrate},
    seal::Keyring,
};
use testkit::postgres::{TestDatabase, key_folder};

/// The last migration before services were data.
const BEFORE: i64 = 7;

#[tokio::test]
async fn a_customer_with_a_service_of_an_earlier_version_has_an_instance_of_it() {
    let folder = key_folder();
    let random = std::sync::Arc::new(domain::clock::SeededRandom::new(3));
    let keys = Keyring::open(folder.path(), random).expect("keys");
    let db = TestDatabase::empty().await;
    let mut owner = PgConnection::connect_with(db.owner()).await.expect("the owner");
    let earlier = MIGRATOR.iter().filter(|m| m.version <= BEFORE).cloned().collect::<Vec<_>>();
    let earlier = Migrator { migrations: earlier.into(), ..Migrator::DEFAULT };
    earlier.run(&mut owner).await.expect("the schema of the version before");
    sqlx::raw_sql(
        "INSERT INTO role (code, version, permissions, administrator, created_at)
             SELECT code, 2, '{tenant_read}', true, now()
               FROM unnest(ARRAY['provider_administrator', 'reseller_administrator']) code;
         INSERT INTO tenant (id, kind, code, name, search_key, language, time_zone, currency, created_at)
             SELECT ('00000000-0000-0000-0000-00000000000' || n)::uuid, kind, kind, kind, kind, 'en', zone, 'EUR', now()
               FROM (VALUES (1, 'provider', 'UTC'), (2, 'customer', 'Europe/Berlin')) AS t (n, kind, zone);
         INSERT INTO tenant_edge (child, parent, valid_from) VALUES
             ('00000000-0000-0000-0000-000000000001', NULL, now()),
             ('00000000-0000-0000-0000-000000000002', '00000000-0000-0000-0000-000000000001', now());
         INSERT INTO target (id, tenant_id, code, kind, name, created_at)
             SELECT id, id, 'dc', 'ad', 'dc', now() FROM tenant WHERE kind = 'provider';
         INSERT INTO service (id, tenant_id, code, name, scope, created_at)
             SELECT id, id, 'desktop', 'Desktop', 'user', now() FROM tenant WHERE kind = 'provider';
         INSERT INTO object (id, tenant_id, target_id, entity_kind, entity_id, kind, spec, spec_version, created_at)
             SELECT c.id, c.id, t.id, 'group', c.id, 'group',
                    '{\"kind\": \"group\", \"name\": \"a\", \"logon_name\": \"a\", \"parent\": \"x\", \"description\": null}', 1, now()
               FROM tenant c, target t WHERE c.kind = 'customer';
         INSERT INTO user_group (id, tenant_id, purpose, service_id, name, object_id, created_at)
             SELECT o.id, o.tenant_id, 'service', s.id, 'Desktop', o.id, now() FROM object o, service s;
         INSERT INTO users (id, tenant_id, display_name, principal_name, search_key, enabled, created_at)
             SELECT id, id, 'Root', 'root@x.example', 'root', true, now() FROM tenant WHERE kind = 'provider';
         INSERT INTO role_grant (id, tenant_id, user_id, role_code, role_version, created_at)
             SELECT id, tenant_id, id, 'provider_administrator', 2, now() FROM users;",
    )
    .execute(&mut owner)
    .await
    .expect("data of the version before");
    migrate(db.owner(), &keys).await.expect("brought up to date");
    let instances = db.values("service_instance", "code", "true").await;
    assert_eq!(instances, ["main"]);
    let linked = "instance_id IN (SELECT id FROM service_instance)";
    assert_eq!(db.values("user_group", "name", linked).await, ["Desktop"]);
    let held = db.values("role_grant", "role_version", "true").await;
    assert_eq!(held, ["4"], "whoever managed everything still does");
    let new = "code = 'provider_administrator' AND version = 4
               AND permissions @> '{catalogue_manage, hook_manage, directory_adopt, group_members, user_fields, mail_read}'";
    assert_eq!(db.values("role", "code", new).await.len(), 1);
    let said = async |n: u8| {
        db.values("tenant_setting", "name", &format!("tenant_id = '00000000-0000-0000-0000-00000000000{n}'"))
            .await
    };
    assert_eq!(said(1).await.len(), 4, "the provider says all that everybody needs");
    assert_eq!(said(2).await, ["time_zone"], "what was the same is inherited");
}
