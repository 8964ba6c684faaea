//! A survey of a large container, from the moment a worker takes it until everything
//! it saw is stored, beside a plain paged search for the same attributes; and whether
//! the worker's memory grows with what is there.

use std::time::{Duration, Instant};

use app::{Cause, adoption};
use domain::id::SurveyId;
use serde_json::json;

use crate::{
    Failure, Scale,
    directory::Site,
    footprint::resident,
    product::Process,
    report::{Bar, Row},
    stage::{Ground, Stage},
    stats::median,
    term::say,
};

/// Accounts somebody else made.
const ACCOUNTS: usize = 10_000;
/// How often the survey is looked at.
const LOOK: Duration = Duration::from_millis(20);
/// A survey that takes longer has failed.
const LIMIT: Duration = Duration::from_secs(300);

/// `survey`: at most twice the floor; `survey-memory`: a page at a time, however many there are.
pub async fn run(scale: &Scale) -> Result<Vec<Row>, Failure> {
    let (few, many) = if scale.quick { (50, 300) } else { (ACCOUNTS / 10, ACCOUNTS) };
    let ground = Ground::start(scale).await?;
    let data = ground.folder().join("ad-survey");
    let site = Site::start(&data, 4).await?;
    let (small, large) = (site.foreign("Few", few).await?, site.foreign("Many", many).await?);
    let stage = ground.stage("survey", &site.target).await?;
    let worker = ground.product.work(&stage.configuration)?;
    let attributes = ad::surveyed_attributes("adminDescription");
    let (mut floors, mut ours, mut ratios) = (vec![], vec![], vec![]);
    // The first survey warms up both sides; memory is compared with that after it.
    survey(&stage, &small, few + 1).await?;
    let before = peak(&worker)?;
    for pair in 0..scale.pairs.max(1) {
        let (floor, took) = if pair % 2 == 0 {
            let floor = site.search_floor(&large, &attributes, many + 1).await?;
            (floor, survey(&stage, &large, many + 1).await?)
        } else {
            let took = survey(&stage, &large, many + 1).await?;
            (site.search_floor(&large, &attributes, many + 1).await?, took)
        };
        let (floor, took) = (floor.as_secs_f64(), took.as_secs_f64());
        say(format!(
            "survey: pair {}: floor {floor:.2} s, ours {took:.2} s, ratio {:.3}",
            pair + 1,
            took / floor
        ));
        floors.push(floor);
        ours.push(took);
        ratios.push(took / floor);
    }
    let grown = peak(&worker)? - before;
    let now = resident(&worker)?;
    worker.kill().await?;
    site.stop().await?;
    ground.stop().await?;
    let raw = json!({ "accounts": many, "ours_s": ours, "floor_s": floors, "ratios": ratios });
    let time =
        Row::pair("survey", median(&ours), "s", median(&floors), median(&ratios), Bar::RatioAtMost(2.0));
    let memory = Row::value("survey-memory", grown, "MiB", Bar::ValueBelow(24.0));
    let raw_memory =
        json!({ "few": few, "many": many, "peak_before_mib": before, "resident_after_mib": now });
    Ok(vec![time.with_raw(raw), memory.with_raw(raw_memory)])
}

/// From the moment a worker has it until everything is stored.
async fn survey(stage: &Stage, base: &str, expected: usize) -> Result<Duration, Failure> {
    let id = adoption::survey(&stage.app, &stage.caller, "ad", Some(base), &Cause::default()).await?;
    let asked = Instant::now();
    let mut taken = None;
    loop {
        let (state, seen) = look(stage, id).await?;
        if taken.is_none() && state != "requested" {
            taken = Some(Instant::now());
        }
        if state == "done" {
            let all = i64::try_from(expected)?;
            if seen != all {
                return Err(format!("the survey saw {seen} objects of {all}").into());
            }
            return Ok(taken.unwrap_or(asked).elapsed());
        }
        if state == "failed" || asked.elapsed() > LIMIT {
            return Err(format!("the survey is {state} after {} s", asked.elapsed().as_secs()).into());
        }
        tokio::time::sleep(LOOK).await;
    }
}

async fn look(stage: &Stage, id: SurveyId) -> Result<(String, i64), Failure> {
    let mut tx = stage.app.read(&stage.caller).await?;
    let (survey, _) = tx.survey(id).await?;
    tx.finish().await?;
    Ok((survey.state, survey.seen))
}

/// MiB of a process that were in memory at most (proc(5), `VmHWM`).
fn peak(process: &Process) -> Result<f64, Failure> {
    crate::footprint::status(process, "VmHWM:")
}
