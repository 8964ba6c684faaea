//! Names that previews wait to hear of: the directory is asked, and who bears our marker is nobody strange.

use std::collections::BTreeMap;

use connector::Lane;
use domain::spec::{Attribute, ObjectKind};
use serde_json::json;

use crate::world::World;

/// A preview that waits to hear of these names, of which it takes the last for somebody's.
async fn question(world: &World, id: u8, names: &[(&str, &str)]) {
    let id = format!("00000000-0000-7000-8000-0000000000{id:02}");
    let list = |of: &dyn Fn(&(&str, &str)) -> String| names.iter().map(of).collect::<Vec<_>>().join(",");
    let (kinds, values) = (list(&|name| format!("'{}'", name.0)), list(&|name| format!("'{}'", name.1)));
    let target = world.target.uuid();
    world
        .db
        .execute(&format!(
            "INSERT INTO bulk (id, tenant_id, kind, title, ask, state, created_by, created_at, names_asked_at, names_version)
             SELECT '{id}', tenant_id, 'import', 'x', '{{}}', 'previewed', id, now(), now(), 1 FROM target
              WHERE id = '{target}';
             INSERT INTO name_question (bulk_id, part, tenant_id, target_id, kinds, names, taken)
             SELECT '{id}', 0, tenant_id, id, ARRAY[{kinds}], ARRAY[{values}],
                    array_append(array_fill(false, ARRAY[{}]), true) FROM target WHERE id = '{target}'",
            names.len() - 1
        ))
        .await;
}

#[tokio::test]
async fn names_of_a_preview_are_asked_of_the_directory_and_ours_are_nobody_strange() {
    let world = World::new().await;
    let engine = world.engine();
    let customer = world.order("acme", 1, Lane::Interactive).await;
    world.drain(&engine).await;
    let ours = world.reference.marked(customer.people[0].object);
    let own = ours[0].1.attributes[&Attribute::LogonName].to_lowercase();
    let attributes: BTreeMap<_, _> =
        [(Attribute::Name, "Ida".to_owned()), (Attribute::LogonName, "Ida".to_owned())].into();
    let stranger = world.reference.insert_foreign(ObjectKind::User, None, attributes).expect("a free name");
    let logon = |name| ("logon_name", name);
    question(
        &world,
        1,
        &[logon(own.as_str()), logon("ida"), logon("free"), ("principal_name", "gone@x.test")],
    )
    .await;
    // A directory that is away keeps nobody waiting, and is asked when it is there again.
    world.reference.set_reachable(false);
    assert!(!engine.ask_names(world.target).await.expect("a try"));
    world.reference.set_reachable(true);
    assert!(!engine.ask_names(world.target).await.expect("a try"), "it rests for a while");
    world.db.execute("UPDATE name_question SET lease_until = now() - interval '1 second'").await;
    assert!(engine.ask_names(world.target).await.expect("a try"));
    let said = world.db.rows("SELECT kind, value, external_id FROM name_answer ORDER BY value").await;
    let said: Vec<_> = said.iter().map(|row| (row["value"].clone(), row["external_id"].clone())).collect();
    assert_eq!(said, [(json!("gone@x.test"), json!(null)), (json!("ida"), json!(stranger.to_string()))]);
    let bulk =
        world.db.rows("SELECT names_differ, names_answered_at IS NOT NULL AS answered FROM bulk").await;
    assert_eq!((&bulk[0]["names_differ"], &bulk[0]["answered"]), (&json!(true), &json!(true)));
    assert!(!engine.ask_names(world.target).await.expect("a try"), "nothing is left to ask");
}
