//! From the bytes of a file to a preview that is kept: read, understood, compared with what is there.

use std::time::Instant;

use app::{
    Cause,
    bulk::{self, FileDraft},
    groups::{self, GroupDraft},
    orders::{CustomerDraft, OrderDraft, place},
    people::PersonDraft,
};
use domain::{bulk::Act, id::TenantId};
use serde_json::json;
use testkit::people_file::{GROUPS, PLANS, PeopleFile};

use crate::{
    Failure, Scale,
    directory::Target,
    report::{Bar, Row},
    stage::{Ground, Stage},
    stats::median,
    term::say,
};

/// Other people in every file.
const SEED: u64 = 20_261_129;
const CODE: &str = "acme";

/// `import-preview`: 3,200 people of a workbook within a second, 100,000 of a text file within ten.
pub async fn run(scale: &Scale) -> Result<Vec<Row>, Failure> {
    let ground = Ground::start(scale).await?;
    let stage = ground.stage("previews", &Target::nowhere(ground.folder())?).await?;
    let customer = customer(&stage).await?;
    let file = |rows| PeopleFile { rows, seed: SEED, domain: "acme.test", is_dirty: false };
    let many = if scale.quick { 2_000 } else { 100_000 };
    let (few_bytes, many_bytes) = (file(scale.count).xlsx()?, file(many).csv()?);
    let mut rows = Vec::new();
    for (name, bytes, count, bar, rounds) in [
        ("import-preview-3200", few_bytes, scale.count, 1.0, 5),
        ("import-preview-100000", many_bytes, many, 10.0, 1),
    ] {
        let mut seconds = Vec::new();
        let before = resident()?;
        for _ in 0..rounds {
            seconds.push(preview(&stage, customer, bytes.clone(), count).await?);
        }
        let grown = (peak()?.saturating_sub(before)) / 1024;
        say(format!("{name}: {:.2} s, {grown} MiB more", median(&seconds)));
        let row = Row::value(name, median(&seconds), "s", Bar::ValueBelow(bar));
        rows.push(row.with_raw(
            json!({ "rows": count, "seconds": seconds, "bytes": bytes.len(), "grown_mib": grown }),
        ));
        rows.push(Row::value(&format!("{name}-memory"), as_mib(grown), "MiB", Bar::ValueBelow(300.0)));
    }
    ground.stop().await?;
    Ok(rows)
}

#[expect(clippy::cast_precision_loss, reason = "MiB of one process")]
fn as_mib(mib: u64) -> f64 {
    mib as f64
}

async fn preview(stage: &Stage, customer: TenantId, bytes: Vec<u8>, count: usize) -> Result<f64, Failure> {
    let draft = FileDraft { name: "people".to_owned(), bytes, ..FileDraft::default() };
    let started = Instant::now();
    let shown = bulk::import(&stage.app, &stage.caller, customer, draft, &Cause::default()).await?;
    let seconds = started.elapsed().as_secs_f64();
    let known: i64 = [Act::Create, Act::Error, Act::Conflict].into_iter().map(|act| shown.count(act)).sum();
    if usize::try_from(known)? != count || shown.count(Act::Create) * 10 < known * 9 {
        return Err(format!("not what the file says: {:?}", shown.counts).into());
    }
    Ok(seconds)
}

async fn customer(stage: &Stage) -> Result<TenantId, Failure> {
    let draft = OrderDraft {
        reference: "previews".to_owned(),
        customer: CustomerDraft {
            code: CODE.to_owned(),
            name: "Acme Ltd".to_owned(),
            suffix: "acme.test".to_owned(),
            ..CustomerDraft::default()
        },
        administrator: PersonDraft {
            given_name: "Ada".to_owned(),
            surname: "Admin".to_owned(),
            enabled: true,
            ..PersonDraft::default()
        },
        plans: PLANS.map(str::to_owned).to_vec(),
        ..OrderDraft::default()
    };
    let cause = Cause::default();
    let customer = place(&stage.app, &stage.caller, &draft, b"previews", &cause).await?.order.customer;
    for name in GROUPS {
        let group = GroupDraft { name: name.to_owned(), ..GroupDraft::default() };
        groups::create(&stage.app, &stage.caller, customer, &group, None, &cause).await?;
    }
    Ok(customer)
}

/// Memory of this process, which does the work, in KiB: now, and at most so far.
fn resident() -> Result<u64, Failure> {
    status("VmRSS:")
}

fn peak() -> Result<u64, Failure> {
    status("VmHWM:")
}

fn status(line: &str) -> Result<u64, Failure> {
    let text = std::fs::read_to_string("/proc/self/status")?;
    let found = text.lines().find_map(|l| l.strip_prefix(line)?.trim().split(' ').next()?.parse().ok());
    Ok(found.ok_or("no memory in /proc")?)
}
