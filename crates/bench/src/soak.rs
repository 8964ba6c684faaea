//! What takes too long for every day: a worker killed again and again in the
//! middle of an import, and lists in a database of a million people.

use std::{path::Path, time::Instant};

use domain::clock::{Random as _, SeededRandom};
use store::{users::UserSearch, views::RequestFilter};

use crate::{
    Failure, Scale,
    directory::Target,
    import,
    stage::{Ground, psql},
    term::say,
};

/// `kill -9`s of the worker in one import.
const KILLS: usize = 10;
/// Customers of the large database.
const CUSTOMERS: usize = 10_000;
/// People of the large database.
const PEOPLE: usize = 1_000_000;
/// Fills the large database.
const FILL: &str = include_str!("../sql/million.sql");

/// An import with ten `kill -9`s at moments that follow from the seed: nothing
/// is lost and nothing is doubled.
pub async fn kills(scale: &Scale, seed: u64) -> Result<(), Failure> {
    let random = SeededRandom::new(seed);
    let mut moments: Vec<usize> = (0..KILLS)
        .map(|_| {
            let mut byte = [0];
            random.fill(&mut byte);
            // Between 1 and 95 percent of the work.
            1 + usize::from(byte[0]) * 94 / 255
        })
        .collect();
    moments.sort_unstable();
    say(format!("soak: seed {seed}: kill -9 of the worker at {moments:?} percent of {} people", scale.count));
    let seconds = import::with_kills(scale, &moments).await?;
    say(format!("soak: seed {seed}: held; {seconds:.1} s"));
    Ok(())
}

/// A million people of ten thousand customers, and the plans by which the
/// database answers the lists, as the role that serves them; written to
/// `target/plans.txt`.
pub async fn million(scale: &Scale) -> Result<(), Failure> {
    let (customers, people) = if scale.quick { (100, 10_000) } else { (CUSTOMERS, PEOPLE) };
    let ground = Ground::start(scale).await?;
    let target = Target::nowhere(ground.folder())?;
    let stage = ground.stage("million", &target).await?;
    let started = Instant::now();
    let fill = FILL.replace(":customers", &customers.to_string()).replace(":people", &people.to_string());
    let url = ground.url("million");
    psql(&url, &fill).await?;
    say(format!(
        "soak: {people} people of {customers} customers in {:.0} s",
        started.elapsed().as_secs_f64()
    ));
    // The statements of the product itself, explained by the database as it answers them.
    psql(&url, EXPLAIN_ALL).await?;
    let stage = ground.sign_in("million", stage.configuration).await?;
    lists(&stage).await?;
    let plans = plans(ground.folder())?;
    let path = crate::root().join("target/plans.txt");
    std::fs::write(&path, &plans)?;
    say(format!("soak: plans written to {}", path.display()));
    ground.stop().await
}

const EXPLAIN_ALL: &str = "ALTER ROLE tenantry_app SET session_preload_libraries = 'auto_explain';
    ALTER ROLE tenantry_app SET auto_explain.log_min_duration = 0;
    ALTER ROLE tenantry_app SET auto_explain.log_analyze = on;
    ALTER ROLE tenantry_app SET auto_explain.log_buffers = on";

/// The lists people look at, as the provider, who sees everything.
async fn lists(stage: &crate::stage::Stage) -> Result<(), Failure> {
    let (app, caller) = (&stage.app, &stage.caller);
    let mut tx = app.read(caller).await?;
    let tenant = tx.tenant_by_code("c50").await?;
    let permit = tx.permit_people(&tenant)?;
    for search in [None, Some("person 1")] {
        let started = Instant::now();
        let found = tx.users(&permit, UserSearch { search, ..UserSearch::default() }, None, 50).await?;
        let millis = started.elapsed().as_secs_f64() * 1e3;
        say(format!("soak: {} people, search {search:?}: {millis:.1} ms", found.len()));
    }
    let everybody = RequestFilter { roots: vec![caller.tenant], ..RequestFilter::default() };
    let started = Instant::now();
    let found = tx.request_views(&everybody, None, 50).await?;
    say(format!(
        "soak: {} requests of everybody: {:.1} ms",
        found.len(),
        started.elapsed().as_secs_f64() * 1e3
    ));
    tx.finish().await?;
    Ok(())
}

/// What the server's log says about plans.
fn plans(folder: &Path) -> Result<String, Failure> {
    let mut text = String::new();
    for file in std::fs::read_dir(folder.join("pg/log"))? {
        text.push_str(&std::fs::read_to_string(file?.path())?);
    }
    match text.find("duration:") {
        Some(first) => Ok(text.split_off(first)),
        None => Err("the database logged no plans".into()),
    }
}
