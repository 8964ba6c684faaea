//! `POST /api/v1/customers/{customer}/users` over kept connections, beside
//! `pgbench` with the rows one such request writes (`pgbench/post-user.sql`),
//! on copies of the same database in the same cluster.

use std::{
    collections::BTreeMap,
    path::Path,
    time::{Duration, Instant},
};

use serde_json::json;
use tokio::{process::Command, task::JoinSet};

use crate::{
    Failure, Scale,
    directory::{Person, Target},
    import::{CUSTOMER, order},
    product::LISTEN,
    report::{Bar, Row},
    stage::{Copy, Ground, psql},
    stats::percentile,
    term::say,
};

/// The script of the floor.
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/pgbench/post-user.sql");
/// How long each side runs.
const SECONDS: u64 = 10;
/// Before that both sides run so long uncounted: a server keeps its connections,
/// and a fresh one has to read the catalogue and plan every statement first.
const WARM_UP_SECONDS: u64 = 4;
/// People the customer has before.
const PEOPLE: usize = 200;

/// What one side did.
struct Side {
    per_second: f64,
    p99_millis: f64,
    p50_millis: f64,
    /// Rows each request wrote, by table.
    rows: BTreeMap<String, f64>,
}

/// `post-users-N`: at least 0.4 times the floor's transactions per second, and
/// with 8 clients a p99 of at most 4 times the floor's.
pub async fn run(scale: &Scale, clients: usize) -> Result<Vec<Row>, Failure> {
    let mut ground = Ground::start(scale).await?;
    // As many as the clients of the floor have.
    ground.connections = u32::try_from(clients)?.max(2);
    // Nobody works the queue, so nobody asks the directory.
    let target = Target::nowhere(ground.folder())?;
    let stage = ground.stage("post", &target).await?;
    order(&stage, CUSTOMER, PEOPLE).await?;
    let seconds = if scale.quick { 2 } else { SECONDS };
    let (mut ours, mut floors) = (Vec::new(), Vec::new());
    for pair in 0..scale.pairs.max(1) {
        for side in 0..2 {
            let name = format!("post_{pair}_{side}");
            let copy = ground.copy(&stage, &name, &target).await?;
            // In turns, so that a machine that gets slower does not favour one side.
            if side == pair % 2 {
                floors.push(floor(ground.folder(), &copy, clients, seconds).await?);
            } else {
                let process = ground.product.serve(&copy.configuration).await?;
                let side = requests(&copy, &stage.token, clients, seconds).await?;
                process.stop().await?;
                ours.push(side);
            }
            ground.drop(&name).await?;
        }
    }
    ground.stop().await?;
    same_rows(&ours, &floors)?;
    Ok(rows(clients, &ours, &floors))
}

fn rows(clients: usize, ours: &[Side], floors: &[Side]) -> Vec<Row> {
    let all = |sides: &[Side], f: fn(&Side) -> f64| sides.iter().map(f).collect::<Vec<_>>();
    let compare = |f: fn(&Side) -> f64| {
        let (ours, floors) = (all(ours, f), all(floors, f));
        let ratios: Vec<_> = ours.iter().zip(&floors).map(|(ours, floor)| ours / floor).collect();
        (crate::stats::median(&ours), crate::stats::median(&floors), crate::stats::median(&ratios))
    };
    let raw = json!({
        "clients": clients,
        "ours_per_s": all(ours, |s| s.per_second), "floor_per_s": all(floors, |s| s.per_second),
        "ours_p50_ms": all(ours, |s| s.p50_millis), "floor_p50_ms": all(floors, |s| s.p50_millis),
        "ours_p99_ms": all(ours, |s| s.p99_millis), "floor_p99_ms": all(floors, |s| s.p99_millis),
        "rows_per_request": ours.first().map(|s| &s.rows),
    });
    let name = format!("post-users-{clients}");
    let (value, floor, ratio) = compare(|s| s.per_second);
    let mut rows =
        vec![Row::pair(&name, value, "/s", floor, ratio, Bar::RatioAtLeast(0.4)).with_raw(raw.clone())];
    if clients == 8 {
        let (value, floor, ratio) = compare(|s| s.p99_millis);
        let row = Row::pair(&format!("{name}-p99"), value, "ms", floor, ratio, Bar::RatioAtMost(4.0));
        rows.push(row.with_raw(raw));
    }
    rows
}

/// The floor is only one if it writes what the product writes.
fn same_rows(ours: &[Side], floors: &[Side]) -> Result<(), Failure> {
    for (ours, floor) in ours.iter().zip(floors) {
        let near = |a: &BTreeMap<String, f64>, b: &BTreeMap<String, f64>| {
            // Requests cut off at the end of the time are not counted, but written.
            a.iter().all(|(table, rows)| (rows - b.get(table).copied().unwrap_or(0.0)).abs() < 0.1)
        };
        if !near(&ours.rows, &floor.rows) || !near(&floor.rows, &ours.rows) {
            return Err(format!(
                "a request and a transaction of pgbench/post-user.sql write different rows:\n  request {:?}\n  \
                 script  {:?}",
                ours.rows, floor.rows
            )
            .into());
        }
    }
    Ok(())
}

async fn requests(copy: &Copy, token: &str, clients: usize, seconds: u64) -> Result<Side, Failure> {
    let customer = customer(copy).await?;
    let before = count(&copy.url).await?;
    let begin = Instant::now() + Duration::from_secs(WARM_UP_SECONDS);
    let end = begin + Duration::from_secs(seconds);
    let mut tasks = JoinSet::new();
    for client in 0..clients {
        let url = format!("http://{LISTEN}/api/v1/customers/{customer}/users");
        tasks.spawn(one_client(url, token.to_owned(), client, begin, end));
    }
    let (mut warm_up, mut millis) = (0, Vec::new());
    while let Some(done) = tasks.join_next().await {
        let (before, counted) = done??;
        warm_up += before;
        millis.extend(counted);
    }
    let took = begin.elapsed().as_secs_f64();
    side(&copy.url, before, warm_up, millis, took).await
}

/// How many requests were not counted, and the milliseconds of the others.
async fn one_client(
    url: String,
    token: String,
    client: usize,
    begin: Instant,
    end: Instant,
) -> Result<(usize, Vec<f64>), Failure> {
    let http = crate::http_client()?;
    let (mut warm_up, mut millis) = (0, Vec::new());
    while Instant::now() < end {
        let number = warm_up + millis.len();
        let Person { given, surname, .. } = Person::new(number);
        let user_name = format!("f{client}-{number}");
        let mail = Some(format!("{user_name}@{CUSTOMER}.test"));
        let user = wire::users::NewUser {
            given_name: given,
            surname,
            user_name: Some(user_name),
            mail,
            ..wire::users::NewUser::default()
        };
        let started = Instant::now();
        let answer = http.post(&url).bearer_auth(&token).json(&user).send().await?;
        let status = answer.status();
        let body = answer.bytes().await?;
        if !status.is_success() {
            return Err(format!("{status}: {}", String::from_utf8_lossy(&body)).into());
        }
        if started < begin {
            warm_up += 1;
        } else {
            millis.push(started.elapsed().as_secs_f64() * 1e3);
        }
    }
    Ok((warm_up, millis))
}

async fn floor(folder: &Path, copy: &Copy, clients: usize, seconds: u64) -> Result<Side, Failure> {
    let before = count(&copy.url).await?;
    let logs = tempfile::tempdir_in(folder)?;
    let one = async |statement: &str| psql(&copy.url, statement).await;
    let tenant = one(&format!("SELECT id FROM tenant WHERE code = '{CUSTOMER}'")).await?;
    let variables = [
        ("target", one("SELECT id FROM target").await?),
        ("members", one(&format!("SELECT members_object FROM tenant WHERE id = '{tenant}'")).await?),
        (
            "actor",
            one("SELECT u.id FROM users u JOIN tenant t ON t.id = u.tenant_id WHERE t.kind = 'provider'")
                .await?,
        ),
        ("customer", tenant),
        ("n", "0".to_owned()),
    ];
    let mut command = Command::new("pgbench");
    command
        .args(["--no-vacuum", "--protocol=prepared", "--log", "--log-prefix=log", "--file", SCRIPT])
        .args(["--client", &clients.to_string(), "--jobs", &clients.min(2).to_string()])
        .args(["--time", &(seconds + WARM_UP_SECONDS).to_string()])
        .args(variables.iter().map(|(name, value)| format!("--define={name}={value}")))
        .arg(&copy.url)
        .current_dir(logs.path());
    let output = command.output().await?;
    if !output.status.success() {
        return Err(format!("pgbench: {}", String::from_utf8_lossy(&output.stderr).trim()).into());
    }
    let mut transactions = Vec::new();
    for log in std::fs::read_dir(logs.path())? {
        let text = std::fs::read_to_string(log?.path())?;
        transactions.extend(text.lines().filter_map(logged));
    }
    let first = transactions.iter().map(|(at, _)| *at).fold(f64::INFINITY, f64::min);
    let last = transactions.iter().map(|(at, _)| *at).fold(0.0, f64::max);
    let begin = first + f64::from(u32::try_from(WARM_UP_SECONDS)?);
    let millis: Vec<_> = transactions.iter().filter(|(at, _)| *at >= begin).map(|(_, took)| *took).collect();
    side(&copy.url, before, transactions.len() - millis.len(), millis, last - begin).await
}

/// When a transaction ended, in seconds, and the milliseconds it took: client,
/// number, microseconds, script, seconds, microseconds (PostgreSQL, pgbench,
/// "Per-Transaction Logging").
fn logged(line: &str) -> Option<(f64, f64)> {
    let fields: Vec<f64> = line.split(' ').map_while(|field| field.parse().ok()).collect();
    match fields.as_slice() {
        [_, _, micros, _, seconds, fraction, ..] => Some((seconds + fraction / 1e6, micros / 1e3)),
        _ => None,
    }
}

async fn side(
    url: &str,
    before: BTreeMap<String, u64>,
    warm_up: usize,
    millis: Vec<f64>,
    took: f64,
) -> Result<Side, Failure> {
    let after = count(url).await?;
    let requests = f64::from(u32::try_from(millis.len())?);
    let all = requests + f64::from(u32::try_from(warm_up)?);
    let rows = after
        .into_iter()
        .map(|(table, rows)| {
            let added = rows - before.get(&table).copied().unwrap_or(0);
            (table, f64::from(u32::try_from(added).unwrap_or(u32::MAX)) / all)
        })
        .filter(|(_, rows)| *rows > 0.0)
        .collect();
    let per_second = requests / took;
    say(format!(
        "  {requests} in {took:.1} s, p50 {:.2} ms, p99 {:.2} ms",
        percentile(&millis, 50),
        percentile(&millis, 99)
    ));
    Ok(Side { per_second, p99_millis: percentile(&millis, 99), p50_millis: percentile(&millis, 50), rows })
}

/// Rows of every table.
async fn count(url: &str) -> Result<BTreeMap<String, u64>, Failure> {
    let statement = "SELECT relname || ' ' || (xpath('/row/n/text()', query_to_xml(format('SELECT count(*) AS n FROM %I', relname), \
                     false, true, '')))[1] FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace";
    let text = psql(url, statement).await?;
    let line =
        |line: &str| line.split_once(' ').and_then(|(table, n)| Some((table.to_owned(), n.parse().ok()?)));
    Ok(text.lines().filter_map(line).collect())
}

/// The customer's id as the interface shows it.
async fn customer(copy: &Copy) -> Result<String, Failure> {
    let id = psql(&copy.url, &format!("SELECT id FROM tenant WHERE code = '{CUSTOMER}'")).await?;
    Ok(domain::id::TenantId::from_uuid(id.parse()?).to_string())
}
