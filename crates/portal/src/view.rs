//! What is stored, as pages say it.

use app::reading::views::{ControllerView, DirectoryNotice, DirectoryView, ItemView, RequestView};
use domain::{
    problem::ProblemCode,
    request::{ItemState, RequestState},
};
use jiff::{Timestamp, tz::TimeZone};
use web::texts;

/// A directory of the status page.
pub struct Directory {
    pub name: String,
    pub health: &'static str,
    pub tone: &'static str,
    pub since: Option<String>,
    pub problem: Option<Problem>,
    pub warnings: Vec<Problem>,
    pub breaker: &'static str,
    pub interactive: String,
    pub bulk: String,
    pub parked: String,
    pub failed: String,
    pub pace: String,
    pub mode: &'static str,
    pub controllers: Vec<Controller>,
}

/// A controller of a directory.
pub struct Controller {
    pub address: String,
    pub health: &'static str,
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
    let name = &of.name;
    if of.maintenance {
        format!("{name} is in maintenance. Changes are accepted, wait, and go on by themselves.")
    } else if of.read_only {
        format!("{name} is read-only. Changes are accepted and wait until it may be changed again.")
    } else {
        let rest = "Changes are accepted, wait, and go on by themselves";
        match of.problem.as_ref().filter(|_| own).map(|problem| texts::problem(problem, own)) {
            Some(text) => format!("{name}: {} {rest}. What to do: {}", text.what, text.cure),
            None => format!("{name} does not answer. {rest}."),
        }
    }
}

/// A request of the status page.
pub struct Request {
    pub id: String,
    pub title: &'static str,
    pub subject: String,
    pub tenant: String,
    pub actor: Option<String>,
    pub state: &'static str,
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
    pub kind: &'static str,
    pub state: &'static str,
    pub tone: &'static str,
    pub attempts: i64,
    pub problem: Option<Problem>,
}

/// What stands in the way of an object.
pub struct Problem {
    pub title: &'static str,
    pub what: String,
    pub cure: &'static str,
    pub said: Option<String>,
}

/// A choice above a list.
pub struct Tab {
    pub name: String,
    pub href: String,
    pub here: bool,
}

/// A number for people; counting ends at ten thousand.
pub fn count(number: i64) -> String {
    if number >= app::reading::views::COUNTED { "10,000+".to_owned() } else { grouped(number) }
}

/// A number with its thousands apart.
pub fn grouped(number: i64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// An instant, as exact as people need it.
pub fn instant(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%-d %B %Y, %H:%M UTC").to_string()
}

/// How long ago something was.
pub fn ago(at: Timestamp, now: Timestamp) -> String {
    let seconds = (now.as_second() - at.as_second()).max(0);
    let many = |n: i64, unit: &str| if n == 1 { format!("1 {unit} ago") } else { format!("{n} {unit}s ago") };
    match seconds {
        0..=9 => "just now".to_owned(),
        10..=59 => many(seconds, "second"),
        60..=3_599 => many(seconds / 60, "minute"),
        3_600..=86_399 => many(seconds / 3_600, "hour"),
        _ => instant(at),
    }
}

/// A directory at `now`.
pub fn directory(of: &DirectoryView, own: bool, now: Timestamp) -> Directory {
    let (health, tone) = match of.up {
        Some(true) => ("Answers", "good"),
        Some(false) => ("Does not answer", "bad"),
        None => ("Not asked yet", ""),
    };
    let waiting = of.retry_at.is_some_and(|at| at > now);
    Directory {
        name: of.name.clone(),
        health,
        tone,
        since: of.since.filter(|_| of.up == Some(false)).map(|at| ago(at, now)),
        problem: of.problem.as_ref().filter(|_| own).map(|p| problem(p, own)),
        warnings: of.warnings().iter().filter(|_| own).map(|p| problem(p, own)).collect(),
        breaker: match of.up {
            Some(false) if waiting => "Open",
            Some(false) => "Trying",
            _ => "Closed",
        },
        interactive: count(of.interactive),
        bulk: count(of.bulk),
        parked: count(of.parked),
        failed: count(of.failed),
        pace: pace(of.pace_micros),
        mode: match (of.maintenance, of.read_only) {
            (true, true) => "Maintenance, read-only",
            (true, false) => "Maintenance",
            (false, true) => "Read-only",
            (false, false) => "Normal",
        },
        controllers: of.controllers.iter().map(|c| controller(c, own, now)).collect(),
    }
}

fn controller(of: &ControllerView, own: bool, now: Timestamp) -> Controller {
    let (health, tone) = if of.up { ("Answers", "good") } else { ("Does not answer", "bad") };
    Controller {
        address: of.address.clone(),
        health,
        tone,
        used: of.used,
        since: ago(of.since, now),
        // Tenths of a millisecond.
        answer: of
            .round_trip_micros
            .map(|micros| micros / 100)
            .map_or_else(|| "–".to_owned(), |tenths| format!("{}.{} ms", grouped(tenths / 10), tenths % 10)),
        clock: of.clock_skew_millis.map(|millis| millis / 1_000).filter(|seconds| *seconds != 0).map(
            |seconds| {
                let which = if seconds > 0 { "ahead" } else { "behind" };
                format!("{} s {which}", grouped(seconds.abs()))
            },
        ),
        problem: of.problem.as_ref().filter(|_| own).map(|p| problem(p, own)),
    }
}

fn pace(micros: Option<i64>) -> String {
    // Tenths an object a second.
    match micros.filter(|m| *m > 0).map(|m| 10_000_000 / m) {
        Some(tenths) => format!("{}.{} a second", grouped(tenths / 10), tenths % 10),
        None => "–".to_owned(),
    }
}

/// A request at `now`.
pub fn request(of: &RequestView, now: Timestamp) -> Request {
    let counts = of.counts;
    let (state, tone) = request_state(counts.state());
    let (total, settled) = (counts.total(), counts.verified + counts.drifted + counts.superseded);
    let percent = |part: i64| if total == 0 { 0 } else { part * 100 / total };
    let mut progress = format!("{} of {} done", grouped(settled), grouped(total));
    if counts.failed > 0 {
        progress = format!("{progress}, {} need a person", grouped(counts.failed));
    }
    let arg = |key: &str| match &of.args[key] {
        serde_json::Value::String(text) => Some(text.clone()),
        serde_json::Value::Number(number) => number.as_i64().map(grouped),
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
        // A sliver at least, so that what failed is seen among thousands.
        failed_percent: if counts.failed > 0 { percent(counts.failed).max(1) } else { 0 },
        at: of.created_at.to_string(),
        ago: ago(of.created_at, now),
    }
}

/// The word for a state, and how it looks.
pub const fn request_state(state: RequestState) -> (&'static str, &'static str) {
    match state {
        RequestState::Requested => ("Waiting", ""),
        RequestState::Running => ("Running", "busy"),
        RequestState::Parked => ("Directory away", "wait"),
        RequestState::Complete => ("Complete", "good"),
        RequestState::CompleteWithProblems => ("With problems", "bad"),
        RequestState::Failed => ("Failed", "bad"),
    }
}

/// The word for the state of an object, and how it looks.
pub const fn item_state(state: ItemState) -> (&'static str, &'static str) {
    match state {
        ItemState::Requested => ("Waiting", ""),
        ItemState::Running => ("Running", "busy"),
        ItemState::Verified => ("Verified", "good"),
        ItemState::Failed => ("Needs a person", "bad"),
        ItemState::Drifted => ("Changed there", "wait"),
        ItemState::Parked => ("Directory away", "wait"),
        ItemState::Superseded => ("Replaced", ""),
    }
}

fn problem(of: &domain::problem::Problem, own: bool) -> Problem {
    let text = texts::problem(of, own);
    // A hook refuses with a reason for whoever asked.
    let said = of.target_message.clone().filter(|_| own || of.code == ProblemCode::HookRefused);
    Problem { title: text.title, what: text.what, cure: text.cure, said }
}

/// An object of a request; `own` for staff of the provider, who see the directory's words.
pub fn item(of: &ItemView, own: bool) -> Item {
    let (state, tone) = item_state(of.state);
    let problem = of.problem.as_ref().map(|found| problem(found, own));
    let kind = match of.kind.as_str() {
        "container" => "Container",
        "group" => "Group",
        "user" => "Account",
        "access" => "Access list",
        "member" => "Membership",
        "hook" => "Hook",
        _ => "Object",
    };
    Item { name: of.name.clone(), kind, state, tone, attempts: of.attempts, problem }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_times_are_for_people() {
        assert_eq!([grouped(7), grouped(3_200), grouped(1_000_000)], ["7", "3,200", "1,000,000"]);
        assert_eq!(count(10_001), "10,000+");
        let now: Timestamp = "2026-03-02T08:00:00Z".parse().expect("an instant");
        let at = |seconds| Timestamp::from_second(now.as_second() - seconds).expect("an instant");
        assert_eq!(ago(at(3), now), "just now");
        assert_eq!(ago(at(60), now), "1 minute ago");
        assert_eq!(ago(at(7_300), now), "2 hours ago");
        assert_eq!(ago(at(200_000), now), "28 February 2026, 00:26 UTC");
        assert_eq!(pace(Some(12_000)), "83.3 a second");
    }
}
