//! The engine as a process runs it: woken, stopped, and with a database that goes away.

use std::{path::PathBuf, sync::Arc, time::Duration};

use connector::Lane;
use domain::request::RequestState;
use store::Settings;
use testkit::proxy::{Mode, Proxy, Upstream};
use tokio::{sync::watch, time::timeout};

use crate::world::World;

const BOUND: Duration = Duration::from_mins(1);

#[tokio::test(flavor = "multi_thread")]
async fn a_running_engine_is_woken_by_an_order_and_stops_when_told() {
    let world = World::new().await;
    let (stop, told) = watch::channel(false);
    let running = tokio::spawn(Arc::new(world.engine()).run(told));
    let customer = world.order("acme", 5, Lane::Interactive).await;
    until_complete(&world, &[customer.request]).await;
    world.assert_converged().await;
    stop.send_replace(true);
    timeout(BOUND, running).await.expect("it stops").expect("without a panic");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_cut_off_again_and_again_costs_only_time() {
    let world = World::new().await;
    let folder = tempfile::TempDir::new().expect("a folder for a socket");
    let upstream = socket(&world);
    let proxy = Proxy::start_unix(&folder.path().join(".s.PGSQL.5432"), Upstream::Unix(upstream))
        .await
        .expect("the proxy listens");
    let database = world.db.owner().clone().port(5432).socket(folder.path());
    let settings = Settings { database, connections: 8 };
    let (stop, told) = watch::channel(false);
    let engine = world.engine_on(world.reference.clone(), &settings);
    let running = tokio::spawn(Arc::new(engine).run(told));
    let mut requests = Vec::new();
    for (n, mode) in
        [Mode::CutAfterDown(9_000), Mode::CutAfterUp(20_000), Mode::Cut, Mode::CutAfterDown(40_000)]
            .into_iter()
            .enumerate()
    {
        requests.push(world.order(&format!("cut{n}"), 50, Lane::Bulk).await.request);
        proxy.set(mode);
        let connections = proxy.connections();
        timeout(BOUND, async {
            // It comes back by itself, and is cut off again.
            while proxy.connections() < connections + 3 {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        })
        .await
        .expect("the engine connects again");
        world.expire_leases().await;
        proxy.set(Mode::Pass);
    }
    until_complete(&world, &requests).await;
    stop.send_replace(true);
    timeout(BOUND, running).await.expect("it stops").expect("without a panic");
    world.assert_converged().await;
}

async fn until_complete(world: &World, requests: &[domain::id::RequestId]) {
    let done = async {
        for request in requests {
            while world.state(*request).await != RequestState::Complete {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
    };
    timeout(BOUND, done).await.expect("everything comes true");
}

/// The socket of the cluster of this test run.
fn socket(world: &World) -> PathBuf {
    let folder = world.db.owner().get_socket().expect("the cluster listens on a socket");
    folder.join(format!(".s.PGSQL.{}", world.db.owner().get_port()))
}
