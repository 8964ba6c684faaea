//! A customer with thousands of people, from the order to the last one verified,
//! beside what the controller itself needs for them.

use std::time::{Duration, Instant};

use app::{
    Caller, Cause,
    bulk::{self, FileDraft},
    orders::{CustomerDraft, OrderDraft, Placed, place},
    people::PersonDraft,
};
use domain::{id::RequestId, request::Counts};
use serde_json::json;

use crate::{
    Failure, Scale,
    directory::{Person, Site},
    product::Process,
    report::{Bar, Row},
    stage::{Ground, Stage},
    stats::median,
    term::say,
};

/// How often progress is looked at.
const LOOK: Duration = Duration::from_millis(200);
/// Nothing verified for so long: it has failed.
const STALL: Duration = Duration::from_secs(90);
/// Code of the customer with many people.
pub const CUSTOMER: &str = "acme";

/// What one import took and left.
struct Imported {
    seconds: f64,
    ordered_seconds: f64,
}

/// How people come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// With the order of their customer.
    Order,
    /// In a file, to a customer that is there.
    File,
}

/// `directory-users`: no disturbance, at most 1.10 times the floor.
pub async fn users(scale: &Scale) -> Result<Vec<Row>, Failure> {
    pairs("directory-users", scale, By::Order, &[], 1.10).await
}

/// `import-run`: a file, from the bytes to the last account read back, at most 1.10 times the floor.
pub async fn file(scale: &Scale) -> Result<Vec<Row>, Failure> {
    pairs("import-run", scale, By::File, &[], 1.10).await
}

/// `directory-users-killed`: one `kill -9` of the worker in the middle, at most 1.25 times.
pub async fn killed(scale: &Scale) -> Result<Vec<Row>, Failure> {
    pairs("directory-users-killed", scale, By::Order, &[50], 1.25).await
}

/// Imports once, with a `kill -9` of the worker at each of these shares of the
/// work in percent, and proves the end state; for soak runs.
pub async fn with_kills(scale: &Scale, by: By, kills: &[usize]) -> Result<f64, Failure> {
    let ground = Ground::start(scale).await?;
    let imported = product(&ground, "soak", scale.count, by, kills).await;
    ground.stop().await?;
    Ok(imported?.seconds)
}

async fn pairs(name: &str, scale: &Scale, by: By, kills: &[usize], bar: f64) -> Result<Vec<Row>, Failure> {
    let ground = Ground::start(scale).await?;
    let (mut floors, mut ours, mut ratios, mut orders) = (vec![], vec![], vec![], vec![]);
    for pair in 0..scale.pairs.max(1) {
        // In turns, so that a machine that gets slower does not favour one side.
        let (floor, imported) = if pair % 2 == 0 {
            let floor = floor(&ground, scale.count).await?;
            (floor, product(&ground, &format!("run_{pair}"), scale.count, by, kills).await?)
        } else {
            let imported = product(&ground, &format!("run_{pair}"), scale.count, by, kills).await?;
            (floor(&ground, scale.count).await?, imported)
        };
        let seconds = floor.as_secs_f64();
        let ratio = imported.seconds / seconds;
        say(format!(
            "{name}: pair {}: floor {seconds:.1} s, ours {:.1} s, ratio {ratio:.3}",
            pair + 1,
            imported.seconds
        ));
        floors.push(seconds);
        ours.push(imported.seconds);
        orders.push(imported.ordered_seconds);
        ratios.push(ratio);
    }
    ground.stop().await?;
    let row = Row::pair(name, median(&ours), "s", median(&floors), median(&ratios), Bar::RatioAtMost(bar));
    Ok(vec![row.with_raw(json!({
        "users": scale.count, "kills_at_percent": kills, "ours_s": ours, "floor_s": floors, "ratios": ratios,
        "of_which_order_s": orders,
    }))])
}

async fn floor(ground: &Ground, count: usize) -> Result<Duration, Failure> {
    let data = ground.folder().join("ad-floor");
    let site = Site::start(&data, 1).await?;
    let floor = site.floor(count).await?;
    site.floor_state().await?.require(count)?;
    site.stop().await?;
    std::fs::remove_dir_all(data)?;
    Ok(floor)
}

async fn product(
    ground: &Ground,
    database: &str,
    count: usize,
    by: By,
    kills: &[usize],
) -> Result<Imported, Failure> {
    let data = ground.folder().join("ad-ours");
    let site = Site::start(&data, 2).await?;
    let stage = ground.stage(database, &site.target).await?;
    let mut worker = ground.product.work(&stage.configuration)?;
    let mut started = Instant::now();
    let mut request = order(&stage, CUSTOMER, if by == By::Order { count } else { 1 }).await?.order.request;
    if by == By::File {
        until(&stage, request, &mut worker, |_| false).await?;
        let bytes = people(CUSTOMER, count)?;
        started = Instant::now();
        request = begin(&stage, CUSTOMER, bytes).await?;
    }
    let ordered_seconds = started.elapsed().as_secs_f64();
    for percent in kills {
        let percent = i64::try_from(*percent)?;
        let reached = |counts: &Counts| counts.verified * 100 >= counts.total() * percent;
        until(&stage, request, &mut worker, reached).await?;
        worker.kill().await?;
        // As whoever supervises the process does.
        worker = ground.product.work(&stage.configuration)?;
    }
    until(&stage, request, &mut worker, |_| false).await?;
    let seconds = started.elapsed().as_secs_f64();
    check(&stage, &site, request, count).await?;
    worker.kill().await?;
    site.stop().await?;
    std::fs::remove_dir_all(data)?;
    Ok(Imported { seconds, ordered_seconds })
}

/// The same people as with an order, without the administrator, as a workbook.
fn people(code: &str, count: usize) -> Result<Vec<u8>, Failure> {
    let mut book = sheet::XlsxWriter::new(Vec::new(), "People")?;
    book.row(["principal_name", "given_name", "surname", "mail"])?;
    for number in 1..count {
        let Person { given, surname, user_name } = Person::new(number);
        let login = format!("{user_name}@{code}.test");
        book.row([&login, &given, &surname, &login])?;
    }
    Ok(book.finish()?)
}

/// Shows what a file comes to and begins it; gives the request that carries it out.
async fn begin(stage: &Stage, code: &str, bytes: Vec<u8>) -> Result<RequestId, Failure> {
    let (app, caller, cause) = (&stage.app, &stage.caller, Cause::default());
    let mut tx = app.read(caller).await?;
    let customer = tx.tenant_by_code(code).await?.id;
    tx.finish().await?;
    let draft = FileDraft { name: "people.xlsx".to_owned(), bytes, ..FileDraft::default() };
    let shown = bulk::import(app, caller, customer, draft, &cause).await?;
    let begin = bulk::Turn::Run { version: shown.bulk.version };
    let begun = bulk::turn(app, caller, shown.bulk.id, begin, &cause).await?;
    Ok(begun.bulk.request.ok_or("it was not begun")?)
}

/// Everything verified, nothing doubled, the same attributes as the floor writes.
async fn check(stage: &Stage, site: &Site, request: RequestId, count: usize) -> Result<(), Failure> {
    let counts = look(stage, request).await?.counts;
    if counts.total() == 0 || counts.verified != counts.total() {
        return Err(format!("not everything was verified: {counts:?}").into());
    }
    let state = site.customer_state(CUSTOMER).await?;
    state.require(count)?;
    site.floor(1).await?;
    let floor = site.floor_state().await?;
    if floor.attributes != state.attributes {
        let different: Vec<_> = floor.attributes.symmetric_difference(&state.attributes).collect();
        return Err(
            format!("the floor does not write the attributes the product writes: {different:?}").into()
        );
    }
    Ok(())
}

/// Orders a customer with `count` people, the administrator among them.
pub async fn order(stage: &Stage, code: &str, count: usize) -> Result<Placed, Failure> {
    order_with(stage, code, count, None).await
}

/// The same, and everybody has a plan.
pub async fn order_with(
    stage: &Stage,
    code: &str,
    count: usize,
    plan: Option<&str>,
) -> Result<Placed, Failure> {
    let plans: Vec<String> = plan.map(str::to_owned).into_iter().collect();
    let person = |number: usize| {
        let Person { given, surname, user_name } = Person::new(number);
        let mail = Some(format!("{user_name}@{code}.test"));
        PersonDraft {
            given_name: given,
            surname,
            user_name: Some(user_name),
            mail,
            enabled: true,
            plans: plans.clone(),
            ..PersonDraft::default()
        }
    };
    let draft = OrderDraft {
        reference: format!("bench-{code}"),
        customer: CustomerDraft {
            code: code.to_owned(),
            name: format!("{} Ltd", code.to_uppercase()),
            suffix: format!("{code}.test"),
            ..CustomerDraft::default()
        },
        administrator: person(0),
        users: (1..count).map(person).collect(),
        plans: plans.clone(),
        ..OrderDraft::default()
    };
    let content = draft.reference.clone();
    Ok(place(&stage.app, &stage.caller, &draft, content.as_bytes(), &Cause::default()).await?)
}

/// Waits until a request is finished or `enough` says so.
pub async fn until(
    stage: &Stage,
    request: RequestId,
    worker: &mut Process,
    enough: impl Fn(&Counts) -> bool,
) -> Result<(), Failure> {
    let (mut moved, mut before) = (Instant::now(), None);
    loop {
        worker.require_running()?;
        let found = look(stage, request).await?;
        if found.finished || enough(&found.counts) {
            return Ok(());
        }
        if before != Some(found.counts.verified) {
            (moved, before) = (Instant::now(), Some(found.counts.verified));
        }
        if moved.elapsed() > STALL {
            return Err(format!("nothing was verified for {} s: {:?}", STALL.as_secs(), found.counts).into());
        }
        tokio::time::sleep(LOOK).await;
    }
}

struct Progress {
    finished: bool,
    counts: Counts,
}

async fn look(stage: &Stage, request: RequestId) -> Result<Progress, Failure> {
    let caller: &Caller = &stage.caller;
    let mut tx = stage.app.read(caller).await?;
    let found = tx.request(request).await?;
    tx.finish().await?;
    Ok(Progress { finished: found.finished_at.is_some(), counts: found.counts })
}
