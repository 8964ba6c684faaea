//! How far a bulk change is that was begun: counts, rate, time left, and what can be done with it.

use app::{
    Caller,
    bulk::{self as use_cases, Directory, Shown},
};
use askama::Template;
use domain::{
    bulk::{BulkState, RowState},
    field::Rule,
    id::BulkId,
};
use jiff::Timestamp;
use web::{
    Surface,
    speech::{say, say_with, tenths, wait},
    texts,
};

use super::directory;
use crate::{context::Frame, refusal::Refusal};

/// A bar as pages draw it.
pub struct Bar {
    pub progress: String,
    pub done_percent: i64,
    pub failed_percent: i64,
}

/// How far it is.
pub struct Progress {
    pub path: String,
    pub state: String,
    pub tone: &'static str,
    pub r: Bar,
    /// Rate and time left.
    pub pace: Option<String>,
    pub is_running: bool,
    pub is_paused: bool,
    pub is_over: bool,
    /// How far the directory is with what is done.
    pub directory: Option<(String, &'static str)>,
    /// Why it waits.
    pub why: Vec<String>,
}

/// What moves by itself.
#[derive(Template)]
#[template(path = "bulk_now.html")]
struct Now {
    frame: Frame,
    n: Progress,
}

/// As it is now, for a page that shows this version of its preview or its progress, and whether it stays so.
pub async fn now(
    surface: &Surface,
    caller: &Caller,
    (id, version): (BulkId, Option<i64>),
    frame: Frame,
) -> Result<(String, bool), Refusal> {
    let of = use_cases::followed(&surface.app, caller, id).await?;
    if let Some(version) = version {
        return directory::now(&of, version, surface.app.now(), frame);
    }
    let over = of.bulk.state != BulkState::Running && is_settled(&of);
    let n = Progress::of(&of, surface.app.now());
    let html = Now { frame, n }.render().map_err(|error| Refusal::broken(&error))?;
    Ok((html, over))
}

impl Progress {
    pub const fn bar(&self) -> &Bar {
        &self.r
    }

    pub fn of(of: &Shown, now: Timestamp) -> Self {
        let (state, tone) = super::state_of(of);
        let (total, done, failed) =
            (of.changing(), of.in_state(RowState::Done), of.in_state(RowState::Failed));
        let percent = |part: i64| if total == 0 { 0 } else { part * 100 / total };
        let text = if failed > 0 { "bulk-progress-failed" } else { "bulk-progress" };
        let args = [("done", done.into()), ("total", total.into()), ("failed", failed.into())];
        let is_running = of.bulk.state == BulkState::Running;
        Self {
            path: format!("/bulk/{}", of.bulk.id),
            state,
            tone,
            r: Bar {
                progress: say_with(text, &args),
                done_percent: if total == 0 { 100 } else { percent(done) },
                failed_percent: match failed {
                    0 => 0,
                    failed if done + failed == total => 100 - percent(done),
                    // A sliver at least, so that what failed is seen among thousands.
                    failed => percent(failed).max(1),
                },
            },
            pace: of.bulk.run_at.filter(|_| is_running).and_then(|at| pace(at, now, (done + failed, total))),
            is_running,
            is_paused: of.bulk.state == BulkState::Paused,
            is_over: of.bulk.state != BulkState::Running && is_settled(of),
            directory: in_directory(of),
            why: why(of),
        }
    }
}

/// Whether the directory has all that was done, or somebody has to look.
pub fn is_settled(of: &Shown) -> bool {
    of.directory.is_none_or(|directory| directory.is_settled())
}

/// How far the directory is with what was done, as a sentence.
pub fn in_directory(of: &Shown) -> Option<(String, &'static str)> {
    let Directory { counts, is_true } = of.directory?;
    let (id, tone) = match (is_true, counts.failed) {
        (_, 1..) => ("bulk-directory-failed", "wait"),
        (true, _) => ("bulk-directory-done", "good"),
        (false, _) => ("bulk-directory", ""),
    };
    // What a later request wanted otherwise is there when that is.
    let overtaken = if is_true { counts.superseded } else { 0 };
    let done = counts.verified + counts.drifted + overtaken;
    let args = [("done", done.into()), ("total", counts.total().into()), ("failed", counts.failed.into())];
    Some((say_with(id, &args), tone))
}

/// How many a second since it was begun, and how long the rest takes at that.
fn pace(since: Timestamp, now: Timestamp, (ended, total): (i64, i64)) -> Option<String> {
    let millis = now.as_millisecond() - since.as_millisecond();
    if millis < 1_000 || ended == 0 || ended >= total {
        return None;
    }
    let rate = say_with("pace", &[("rate", tenths(ended.saturating_mul(10_000) / millis).into())]);
    let left = (total - ended).saturating_mul(millis) / ended / 1_000;
    Some(say_with("bulk-pace", &[("rate", rate.into()), ("time", wait(left).into())]))
}

fn why(of: &Shown) -> Vec<String> {
    if of.bulk.state != BulkState::Paused {
        return Vec::new();
    }
    let problems = of.bulk.problem.iter().flatten();
    let mut all: Vec<_> = problems
        .map(|error| match (error.field.as_str(), error.rule) {
            ("run_by", Rule::Unknown) => say("bulk-why-orphan"),
            _ => texts::field_error(error),
        })
        .collect();
    if all.is_empty() {
        all.push(say("bulk-why-somebody"));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::pace;

    #[test]
    fn the_time_left_follows_from_what_was_done_so_far() {
        let at = |second| jiff::Timestamp::from_second(second).expect("an instant");
        let said = pace(at(0), at(10), (50, 3_200)).expect("a pace");
        assert!(said.contains("a second") && said.contains("11 minutes"), "{said}");
        for nothing in [(0, 10), (10, 10)] {
            assert_eq!(pace(at(0), at(10), nothing), None);
        }
        assert_eq!(pace(at(0), at(0), (5, 10)), None);
    }
}
