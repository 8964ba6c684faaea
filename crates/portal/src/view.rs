//! What is stored, as pages say it.

use app::reading::views::{ControllerView, DirectoryNotice, DirectoryView, ItemView, RequestView};
use domain::{
    problem::{Cure, ProblemCode},
    request::{ItemState, RequestState},
    tenant::Status,
};
use jiff::Timestamp;
use web::{
    speech::{self, Arg, ago, number, say, say_with, tenths},
    texts,
};

/// A directory of the status page.
pub struct Directory {
    pub name: String,
    pub health: String,
    pub tone: &'static str,
    pub since: Option<String>,
    pub problem: Option<Problem>,
    pub warnings: Vec<Problem>,
    pub breaker: String,
    pub interactive: String,
    pub bulk: String,
    pub parked: String,
    pub failed: String,
    pub pace: String,
    pub mode: String,
    pub controllers: Vec<Controller>,
}

/// A controller of a directory.
pub struct Controller {
    pub address: String,
    pub health: String,
    pub tone: &'static str,
    pub used: bool,
    pub since: String,
    pub answer: String,
    pub clock: Option<String>,
    pub problem: Option<Problem>,
}

/// What everybody who works in a directory should know; why it is away is for
/// `own`, the staff of the provider.
pub fn notice(of: &DirectoryNotice, own: bool) -> String {
    let name = ("name", Arg::from(&of.name));
    if of.maintenance {
        say_with("notice-maintenance", &[name])
    } else if of.read_only {
        say_with("notice-read-only", &[name])
    } else if let Some(problem) = of.problem.as_ref().filter(|_| own) {
        let text = texts::problem(problem, own);
        say_with("notice-away-why", &[name, ("what", text.what.into()), ("cure", text.cure.into())])
    } else {
        say_with("notice-away", &[name])
    }
}

/// A request of the status page.
pub struct Request {
    pub id: String,
    pub title: String,
    pub subject: String,
    pub tenant: String,
    pub actor: Option<String>,
    pub state: String,
    pub tone: &'static str,
    pub progress: String,
    pub done_percent: i64,
    pub failed_percent: i64,
    pub at: String,
    pub ago: String,
}

/// An object of a request.
pub struct Item {
    pub name: String,
    pub kind: String,
    pub state: String,
    pub tone: &'static str,
    pub attempts: i64,
    pub problem: Option<Problem>,
    /// Where a value that stands in the way can be changed.
    pub fix: Option<String>,
}

/// What stands in the way of an object.
pub struct Problem {
    pub title: String,
    pub what: String,
    pub cure: String,
    pub said: Option<String>,
}

/// An instant: how long ago it is, with the day and the minute beside it.
pub struct Moment {
    pub at: String,
    pub exact: String,
    pub ago: String,
}

impl Moment {
    /// An instant, seen at `now`.
    pub fn of(at: Timestamp, now: Timestamp) -> Self {
        Self { at: at.to_string(), exact: speech::instant(at), ago: ago(at, now) }
    }
}

/// A choice above a list.
pub struct Tab {
    pub name: String,
    pub href: String,
    pub here: bool,
}

/// A number for people; counting ends at ten thousand.
pub fn count(n: i64) -> String {
    let end = app::reading::views::COUNTED;
    if n >= end { say_with("many", &[("n", (end - 1).into())]) } else { number(n) }
}

/// As [`count`], for a sentence that follows the number.
pub fn counted(n: i64) -> Arg {
    if n >= app::reading::views::COUNTED { count(n).into() } else { n.into() }
}

/// A directory at `now`.
pub fn directory(of: &DirectoryView, own: bool, now: Timestamp) -> Directory {
    let (health, tone) = match of.up {
        Some(true) => ("health-up", "good"),
        Some(false) => ("health-down", "bad"),
        None => ("health-unknown", ""),
    };
    let waiting = of.retry_at.is_some_and(|at| at > now);
    Directory {
        name: of.name.clone(),
        health: say(health),
        tone,
        since: of.since.filter(|_| of.up == Some(false)).map(|at| ago(at, now)),
        problem: of.problem.as_ref().filter(|_| own).map(|p| problem(p, own)),
        warnings: of.warnings().iter().filter(|_| own).map(|p| problem(p, own)).collect(),
        breaker: say(match of.up {
            Some(false) if waiting => "breaker-open",
            Some(false) => "breaker-trying",
            _ => "breaker-closed",
        }),
        interactive: count(of.interactive),
        bulk: count(of.bulk),
        parked: count(of.parked),
        failed: count(of.failed),
        pace: pace(of.pace_micros),
        mode: say(match (of.maintenance, of.read_only) {
            (true, true) => "mode-both",
            (true, false) => "mode-maintenance",
            (false, true) => "mode-read-only",
            (false, false) => "mode-normal",
        }),
        controllers: of.controllers.iter().map(|c| controller(c, own, now)).collect(),
    }
}

fn controller(of: &ControllerView, own: bool, now: Timestamp) -> Controller {
    let (health, tone) = if of.up { ("health-up", "good") } else { ("health-down", "bad") };
    Controller {
        address: of.address.clone(),
        health: say(health),
        tone,
        used: of.used,
        since: ago(of.since, now),
        answer: of.round_trip_micros.map_or_else(
            || "–".to_owned(),
            |micros| say_with("milliseconds", &[("number", tenths(micros / 100).into())]),
        ),
        clock: of.clock_skew_millis.map(|millis| millis / 1_000).filter(|seconds| *seconds != 0).map(
            |seconds| {
                let id = if seconds > 0 { "clock-ahead" } else { "clock-behind" };
                say_with(id, &[("seconds", seconds.abs().into())])
            },
        ),
        problem: of.problem.as_ref().filter(|_| own).map(|p| problem(p, own)),
    }
}

fn pace(micros: Option<i64>) -> String {
    match micros.filter(|m| *m > 0).map(|m| 10_000_000 / m) {
        Some(rate) => say_with("pace", &[("rate", tenths(rate).into())]),
        None => "–".to_owned(),
    }
}

/// Lists of requests count so many steps of one that is finished; of more they say that there are more.
pub const STEPS_COUNTED: u32 = 10_000;

/// A request at `now`.
pub fn request(of: &RequestView, now: Timestamp) -> Request {
    let counts = of.counts;
    let (state, tone) = request_state(counts.state());
    let (total, settled) = (counts.total(), counts.verified + counts.drifted + counts.superseded);
    let percent = |part: i64| if total == 0 { 0 } else { part * 100 / total };
    let many = || say_with("many", &[("n", i64::from(STEPS_COUNTED).into())]);
    let progress = match (of.more, counts.failed) {
        (false, 0) => say_with("progress", &[("done", settled.into()), ("total", total.into())]),
        (false, failed) => {
            let values = [("done", settled.into()), ("total", total.into()), ("failed", failed.into())];
            say_with("progress-failed", &values)
        }
        (true, 0) => say_with("progress-many", &[("done", many().into())]),
        (true, failed) => {
            say_with("progress-many-failed", &[("done", many().into()), ("failed", failed.into())])
        }
    };
    let arg = |key: &str| match &of.args[key] {
        serde_json::Value::String(text) => Some(text.clone()),
        serde_json::Value::Number(number) => number.as_i64().map(speech::number),
        _ => None,
    };
    let subject: Vec<_> =
        ["name", "count", "group", "plan", "reference"].into_iter().filter_map(arg).collect();
    Request {
        id: of.id.to_string(),
        title: texts::request_title(&of.kind),
        subject: subject.join(" · "),
        tenant: of.tenant.name.clone(),
        actor: of.actor.as_ref().map(|a| a.display_name.clone()),
        state,
        tone,
        progress,
        done_percent: if total == 0 { 100 } else { percent(settled) },
        failed_percent: match counts.failed {
            0 => 0,
            // Both are rounded; nothing is left where nothing is to be done.
            failed if settled + failed == total => 100 - percent(settled),
            // A sliver at least, so that what failed is seen among thousands.
            failed => percent(failed).max(1),
        },
        at: of.created_at.to_string(),
        ago: ago(of.created_at, now),
    }
}

/// What a value is called that events and findings name by its code.
pub fn value_name(code: &str) -> String {
    if let Some(key) = code.strip_prefix("fields.") {
        return say_with("subject-custom", &[("field", key.into())]);
    }
    let ids = ["subject", "field-details", "field", "value"].map(|family| format!("{family}-{code}"));
    ids.iter().find(|id| speech::has(id)).map_or_else(|| code.to_owned(), |id| say(id))
}

/// The word for the status of a tenant, and how it looks.
pub fn tenant_state(status: Status) -> (String, &'static str) {
    let tone = match status {
        Status::Active => "good",
        Status::Suspended => "wait",
        Status::Closed => "bad",
    };
    (say(&format!("tenant-{}", status.code())), tone)
}

/// The word for a state, and how it looks.
pub fn request_state(state: RequestState) -> (String, &'static str) {
    let tone = match state {
        RequestState::Requested => "",
        RequestState::Running => "busy",
        RequestState::Parked => "wait",
        RequestState::Complete => "good",
        RequestState::CompleteWithProblems | RequestState::Failed => "bad",
    };
    (say(&format!("state-{}", state.code())), tone)
}

/// The word for the state of an object, and how it looks.
pub fn item_state(state: ItemState) -> (String, &'static str) {
    let tone = match state {
        ItemState::Requested | ItemState::Superseded => "",
        ItemState::Running => "busy",
        ItemState::Verified => "good",
        ItemState::Failed => "bad",
        ItemState::Drifted | ItemState::Parked => "wait",
    };
    (say(&format!("item-{}", state.code())), tone)
}

/// The word for a state that is not as it should be yet.
pub fn unsettled(state: ItemState) -> Option<(String, &'static str)> {
    (!matches!(state, ItemState::Verified | ItemState::Superseded)).then(|| item_state(state))
}

/// What stands in the way, as sentences; `own` for staff of the provider.
pub fn problem(of: &domain::problem::Problem, own: bool) -> Problem {
    let text = texts::problem(of, own);
    // A hook refuses with a reason for whoever asked.
    let said = of.target_message.clone().filter(|_| own || of.code == ProblemCode::HookRefused);
    Problem { title: text.title, what: text.what, cure: text.cure, said }
}

/// An object of a request; `own` for staff of the provider, who see the directory's words.
pub fn item(of: &ItemView, own: bool) -> Item {
    let (state, tone) = item_state(of.state);
    let problem = of.problem.as_ref().map(|found| problem(found, own));
    let kind = format!("kind-{}", of.kind);
    let kind = say(if speech::has(&kind) { &kind } else { "kind-other" });
    let value = of.problem.as_ref().is_some_and(|found| found.code.cure() == Cure::ChangeValue);
    let person = of.entity.as_ref().filter(|id| value && id.starts_with("usr_"));
    let fix = person.map(|id| format!("/people/{id}/edit"));
    Item { name: of.name.clone(), kind, state, tone, attempts: of.attempts, problem, fix }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_times_are_for_people() {
        assert_eq!(count(10_001), "10,000+");
        let now: Timestamp = "2026-03-02T08:00:00Z".parse().expect("an instant");
        let at = |seconds| Timestamp::from_second(now.as_second() - seconds).expect("an instant");
        assert_eq!(ago(at(3), now), "just now");
        assert_eq!(ago(at(60), now), "1 minute ago");
        assert_eq!(ago(at(7_300), now), "2 hours ago");
        assert_eq!(ago(at(200_000), now), "28 February 2026 at 00:26 UTC");
        assert_eq!(pace(Some(12_000)), "83.3 a second");
    }
}
