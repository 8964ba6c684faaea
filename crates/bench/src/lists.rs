//! `lists`: every list of the portal, sorted and filtered by every column, and the search, with
//! a million people: the page over HTTP beside the bare statements that read it (`pgbench`, kept
//! plans, same database, same minute), then with several clients.

pub mod cases;
mod selection;

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use app::sessions::{SignedIn, sign_in};
use serde_json::json;
use tokio::{process::Command, task::JoinSet};

use crate::{
    Failure, Scale,
    lists::cases::{Case, Who, cases},
    million::{self, Size, scope, statements},
    product::LISTEN,
    report::{Bar, Row},
    stage::{Ground, PASSWORD, Stage},
    stats::{median, percentile},
    term::say,
};

/// Pages of each kind, one client.
const PAGES: usize = 31;
/// Pages of each kind, by each of four clients.
const PAGES_OF_FOUR: usize = 50;
/// Before they count.
const WARM_UP: usize = 5;
/// What a page may cost besides its statements, in milliseconds, and how many times those.
const PAGE: (f64, f64) = (5.0, 3.0);
/// With four clients: the median, and what 99 of 100 pages stay below, in milliseconds.
const FOUR: (f64, f64) = (20.0, 60.0);
/// A page far down beside the first one.
const DEEP: f64 = 1.5;
/// Seconds of the measurement with many clients.
const SECONDS: u64 = 10;
/// Clients of it.
const MANY: usize = 16;

/// One page as it was measured.
struct Measured {
    case: Case,
    page: Vec<f64>,
    statements: f64,
    four: Vec<f64>,
}

/// Sessions by who has them.
struct Sessions {
    provider: String,
    customer: String,
}

impl Sessions {
    async fn open(stage: &Stage) -> Result<Self, Failure> {
        let SignedIn::Yes { token, .. } = sign_in(&stage.app, "admin@c1.test", PASSWORD).await? else {
            return Err("the administrator of the first customer cannot sign in".into());
        };
        Ok(Self { provider: stage.token.clone(), customer: token.secret })
    }

    fn cookie(&self, who: Who) -> String {
        let token = match who {
            Who::Provider => &self.provider,
            Who::Customer => &self.customer,
        };
        format!("{}={token}", web::caller::COOKIE)
    }
}

/// All of it.
pub async fn run(scale: &Scale) -> Result<Vec<Row>, Failure> {
    let mut ground = Ground::start(scale).await?;
    ground.connections = 16;
    let size = Size::of(scale);
    let stage = million::fill(&ground, "million", size).await?;
    let (owner, url) = (ground.url("million"), ground.app_url("million")?);
    let statements = statements()?;
    let sessions = Sessions::open(&stage).await?;
    let process = ground.product.serve(&stage.configuration).await?;
    let (pages, of_four) = if scale.quick { (3, 2) } else { (PAGES, PAGES_OF_FOUR) };
    let mut all = Vec::new();
    for case in cases(&owner, size).await? {
        let scope = scope(&owner, case.who).await?;
        let bare = case.statements(&url, &scope, &statements).await?;
        let page = clients(&case, &sessions, 1, pages).await?;
        let statements = floor(ground.folder(), &url, &scope, &bare, scale.quick).await?;
        let four = clients(&case, &sessions, 4, of_four).await?;
        say(format!(
            "  {} ({}): {:.1} ms, its statements {statements:.1} ms, of 4 clients {:.1} ms, p99 {:.1} ms",
            case.name,
            case.who.name(),
            median(&page),
            median(&four),
            percentile(&four, 99)
        ));
        all.push(Measured { case, page, statements, four });
    }
    let mut rows = pages_alone(&all);
    rows.extend(pages_together(&all));
    for list in lists(&all) {
        let cases: Vec<_> = all.iter().filter(|m| m.case.list == list).map(|m| m.case.clone()).collect();
        let seconds = if scale.quick { 1 } else { SECONDS };
        let per_second = throughput(&cases, &sessions, seconds).await?;
        rows.push(Row::value(&format!("lists-{list}-16-clients"), per_second, "/s", Bar::Told));
    }
    rows.extend(selection::measured(&sessions.cookie(Who::Customer), &sessions.customer, pages).await?);
    process.stop().await?;
    ground.stop().await?;
    Ok(rows)
}

fn lists(all: &[Measured]) -> Vec<&'static str> {
    let mut lists: Vec<_> = all.iter().map(|m| m.case.list).collect();
    lists.dedup();
    lists
}

/// Each page beside its statements.
fn pages_alone(all: &[Measured]) -> Vec<Row> {
    let row = |m: &Measured| {
        let (value, floor) = (median(&m.page), m.statements);
        let bar = Bar::ValueBelow(((PAGE.0 + PAGE.1 * floor) * 1e3).round() / 1e3);
        let name = format!("{} ({})", m.case.name, m.case.who.name());
        let raw = json!({ "path": m.case.path, "page_ms": m.page, "four_ms": m.four });
        Row::pair(&name, value, "ms", floor, value / floor, bar).with_raw(raw)
    };
    all.iter().map(row).collect()
}

/// The slowest page of each list with four clients, and the slowest one far down.
fn pages_together(all: &[Measured]) -> Vec<Row> {
    let mut rows = Vec::new();
    for list in lists(all) {
        let of = || all.iter().filter(|m| m.case.list == list);
        let worst = |f: &dyn Fn(&Measured) -> f64| {
            let all = of().map(|m| (f(m), m.case.name.clone()));
            all.max_by(|a, b| a.0.total_cmp(&b.0)).unwrap_or((f64::NAN, String::new()))
        };
        let (value, name) = worst(&|m| median(&m.four));
        rows.push(
            Row::value(&format!("lists-{list}-4-clients"), value, "ms", Bar::ValueBelow(FOUR.0))
                .with_raw(json!({ "slowest": name })),
        );
        let (value, name) = worst(&|m| percentile(&m.four, 99));
        rows.push(
            Row::value(&format!("lists-{list}-4-clients-p99"), value, "ms", Bar::ValueBelow(FOUR.1))
                .with_raw(json!({ "slowest": name })),
        );
        let deep = of().filter(|m| m.case.deep).filter_map(|m| {
            let name = m.case.name.strip_suffix(", deep")?;
            let first = of().find(|f| f.case.name == name && f.case.who == m.case.who)?;
            Some((m, first, median(&m.page) / median(&first.page)))
        });
        let deep = deep.max_by(|a, b| a.2.total_cmp(&b.2));
        if let Some((m, first, ratio)) = deep {
            let name = format!("lists-{list}-deep");
            let (value, floor) = (median(&m.page), median(&first.page));
            let row = Row::pair(&name, value, "ms", floor, ratio, Bar::RatioAtMost(DEEP));
            rows.push(row.with_raw(json!({ "slowest": m.case.name })));
        }
    }
    rows
}

/// Milliseconds of pages that several clients ask for at once.
async fn clients(
    case: &Case,
    sessions: &Sessions,
    clients: usize,
    pages: usize,
) -> Result<Vec<f64>, Failure> {
    let mut tasks = JoinSet::new();
    for _ in 0..clients {
        let (url, cookie) = (format!("http://{LISTEN}{}", case.path), sessions.cookie(case.who));
        tasks.spawn(async move {
            let http = crate::http_client()?;
            let mut millis = Vec::new();
            for number in 0..WARM_UP + pages {
                let took = page(&http, &url, &cookie).await?;
                if number >= WARM_UP {
                    millis.push(took);
                }
            }
            Ok::<_, Failure>(millis)
        });
    }
    let mut millis = Vec::new();
    while let Some(done) = tasks.join_next().await {
        millis.extend(done??);
    }
    Ok(millis)
}

/// Milliseconds of one page, which has to be one.
async fn page(http: &reqwest::Client, url: &str, cookie: &str) -> Result<f64, Failure> {
    let started = Instant::now();
    let answer = http.get(url).header("cookie", cookie).send().await?;
    let status = answer.status();
    let body = answer.bytes().await?;
    let took = started.elapsed().as_secs_f64() * 1e3;
    let text = String::from_utf8_lossy(&body);
    if status != reqwest::StatusCode::OK || text.contains("name=\"password\"") {
        return Err(format!("{url}: {status}: {}", text.chars().take(2_000).collect::<String>()).into());
    }
    Ok(took)
}

/// The median of the statements alone, in milliseconds.
async fn floor(
    folder: &Path,
    url: &str,
    scope: &str,
    statements: &[(String, String)],
    quick: bool,
) -> Result<f64, Failure> {
    let logs = tempfile::tempdir_in(folder)?;
    let script: Vec<_> = statements.iter().map(|(_, statement)| format!("{statement};\n")).collect();
    let file = logs.path().join("page.sql");
    std::fs::write(&file, script.concat())?;
    let output = Command::new("pgbench")
        .args(["--no-vacuum", "--protocol=prepared", "--client=1", "--log", "--log-prefix=log"])
        .arg("--file")
        .arg(&file)
        .args(["--transactions", if quick { "5" } else { "50" }])
        .arg(url)
        .env("PGOPTIONS", scope)
        .current_dir(logs.path())
        .output()
        .await?;
    if !output.status.success() {
        return Err(format!("pgbench: {}", String::from_utf8_lossy(&output.stderr).trim()).into());
    }
    let mut millis = Vec::new();
    for log in std::fs::read_dir(logs.path())? {
        let path = log?.path();
        if path != file {
            let text = std::fs::read_to_string(path)?;
            // Client, number, microseconds (PostgreSQL, pgbench, "Per-Transaction Logging").
            let micros = text.lines().filter_map(|line| line.split(' ').nth(2)?.parse::<f64>().ok());
            millis.extend(micros.map(|micros| micros / 1e3));
        }
    }
    Ok(median(&millis))
}

/// Pages per second of many clients, each of which asks for one kind after the other.
async fn throughput(cases: &[Case], sessions: &Sessions, seconds: u64) -> Result<f64, Failure> {
    let pages: Arc<Vec<_>> = Arc::new(
        cases.iter().map(|c| (format!("http://{LISTEN}{}", c.path), sessions.cookie(c.who))).collect(),
    );
    let end = Instant::now() + Duration::from_secs(seconds);
    let started = Instant::now();
    let mut tasks = JoinSet::new();
    for client in 0..MANY {
        let pages = pages.clone();
        tasks.spawn(async move {
            let http = crate::http_client()?;
            let mut done = 0_u32;
            for (url, cookie) in pages.iter().cycle().skip(client * pages.len() / MANY) {
                if Instant::now() >= end {
                    break;
                }
                page(&http, url, cookie).await?;
                done += 1;
            }
            Ok::<_, Failure>(done)
        });
    }
    let mut done = 0;
    while let Some(task) = tasks.join_next().await {
        done += task??;
    }
    Ok(f64::from(done) / started.elapsed().as_secs_f64())
}
