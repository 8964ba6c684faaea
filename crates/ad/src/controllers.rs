//! Which controller is used, and what is known of each.
//!
//! All lanes of a process use the same one, so that what was written is read
//! where it was written: the others learn of it later. Another is used when
//! that one cannot be connected to; the preferred one is used again when it
//! was up for [`Config::return_after`]. The choice is looked at when a batch
//! begins, and holds for the batch.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use connector::ReplicaHealth;
use domain::problem::Problem;
use jiff::Timestamp;
use tokio::time::Instant;

use crate::config::Config;

/// What this process knows of the controllers of one directory.
pub(crate) struct Controllers {
    return_after: Duration,
    state: Mutex<State>,
}

struct State {
    used: usize,
    /// Since when.
    chosen: Instant,
    /// This process chose it, and nobody was told yet.
    news: bool,
    each: Vec<Known>,
}

struct Known {
    url: String,
    up: Option<bool>,
    since: Instant,
    problem: Option<Problem>,
    /// It answers and cannot store anything, since when.
    cannot_write: Option<(Instant, Problem)>,
    asked: Option<Instant>,
    time: Option<Timestamp>,
    round_trip: Option<Duration>,
}

impl Controllers {
    /// Nothing is known yet, so the first is used.
    pub(crate) fn new(config: &Config, now: Instant) -> Self {
        let each = config.controllers.iter().map(|controller| Known {
            url: controller.url.clone(),
            up: None,
            since: now,
            problem: None,
            cannot_write: None,
            asked: None,
            time: None,
            round_trip: None,
        });
        let state = State { used: 0, chosen: now, news: false, each: each.collect() };
        Self { return_after: config.return_after, state: Mutex::new(state) }
    }

    /// The one a batch that begins now uses.
    pub(crate) fn used(&self, now: Instant) -> usize {
        let mut state = self.lock();
        let used = state.used;
        // Counted from the choice as well: whoever chose may know what this process does not yet.
        let chosen = state.chosen;
        let steady = |k: &Known| {
            let is_back = now.saturating_duration_since(k.since.max(chosen)) >= self.return_after;
            k.up == Some(true) && is_back && k.writes(now, self.return_after)
        };
        if let Some(better) = state.each.iter().take(used).position(steady) {
            state.choose(better, now);
        }
        state.used
    }

    /// All of them in the order in which to try them now: those that did not
    /// answer last time come last.
    pub(crate) fn order(&self, now: Instant) -> Vec<usize> {
        let used = self.used(now);
        let state = self.lock();
        let mut order: Vec<usize> = (0..state.each.len()).collect();
        let is_silent = |i: usize| {
            let known = &state.each[i];
            known.up == Some(false) || !known.writes(now, self.return_after)
        };
        order.sort_by_key(|i| (*i != used, is_silent(*i), *i));
        order
    }

    /// It answered; how fast and what its clock showed, if that was asked.
    pub(crate) fn answered(
        &self,
        which: usize,
        round_trip: Option<Duration>,
        time: Option<Timestamp>,
        now: Instant,
    ) {
        self.note(which, None, now, |known| {
            known.round_trip = round_trip.or(known.round_trip);
            known.time = time;
        });
    }

    /// It did not answer.
    pub(crate) fn silent(&self, which: usize, problem: Problem, now: Instant) {
        self.note(which, Some(problem), now, |known| {
            known.round_trip = None;
            known.time = None;
        });
    }

    /// It answers and cannot store anything: new batches go to another one, if one is left.
    pub(crate) fn cannot_write(&self, which: usize, problem: &Problem, now: Instant) {
        let mut state = self.lock();
        let Some(known) = state.each.get_mut(which) else { return };
        known.cannot_write = Some((now, problem.clone()));
        let fit = |k: &Known| k.up != Some(false) && k.writes(now, self.return_after);
        if state.used == which
            && let Some(other) = state.each.iter().position(fit)
        {
            state.choose(other, now);
        }
    }

    /// Something was stored there.
    pub(crate) fn wrote(&self, which: usize) {
        if let Some(known) = self.lock().each.get_mut(which) {
            known.cannot_write = None;
        }
    }

    fn note(&self, which: usize, problem: Option<Problem>, now: Instant, more: impl FnOnce(&mut Known)) {
        let mut state = self.lock();
        let Some(known) = state.each.get_mut(which) else { return };
        let up = problem.is_none();
        if known.up != Some(up) {
            known.since = now;
            let reason = problem.as_ref().and_then(|p| p.target_message.as_deref());
            tracing::info!(controller = known.url, up, reason, "the state of a controller changed");
        }
        known.up = Some(up);
        known.problem = problem;
        known.asked = Some(now);
        more(known);
    }

    /// It is the one that could be connected to.
    pub(crate) fn choose(&self, which: usize, now: Instant) {
        self.lock().choose(which, now);
    }

    /// Another process uses the one with this address.
    pub(crate) fn follow(&self, url: &str, now: Instant) {
        let mut state = self.lock();
        let found = state.each.iter().position(|known| known.url == url);
        // What this process found itself is not overruled before it was told.
        let found = found.filter(|i| state.each[*i].up != Some(false) && !state.news && *i != state.used);
        if let Some(which) = found {
            (state.used, state.chosen) = (which, now);
        }
    }

    /// The one in use, and whether that is news. Asking takes the news.
    pub(crate) fn chosen(&self) -> (String, bool) {
        let mut state = self.lock();
        let news = std::mem::take(&mut state.news);
        (state.each[state.used].url.clone(), news)
    }

    pub(crate) fn health(&self, now: Instant) -> Vec<ReplicaHealth> {
        let state = self.lock();
        let of = |(i, known): (usize, &Known)| {
            let full = known.cannot_write.as_ref().filter(|_| !known.writes(now, self.return_after));
            ReplicaHealth {
                address: known.url.clone(),
                up: known.up.map(|up| up && full.is_none()),
                problem: known.problem.clone().or_else(|| full.map(|(_, problem)| problem.clone())),
                asked: known.asked.map(|at| now.saturating_duration_since(at)),
                time: known.time,
                round_trip: known.round_trip,
                used: i == state.used,
            }
        };
        state.each.iter().enumerate().map(of).collect()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing in here can panic half way.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    /// Whether it may be able to store something: it is tried again after `wait`.
    fn writes(&self, now: Instant, wait: Duration) -> bool {
        self.cannot_write.as_ref().is_none_or(|(at, _)| now.saturating_duration_since(*at) >= wait)
    }
}

impl State {
    fn choose(&mut self, which: usize, now: Instant) {
        if self.used != which {
            tracing::warn!(
                from = self.each[self.used].url,
                to = self.each[which].url,
                "another controller is used"
            );
            (self.used, self.chosen, self.news) = (which, now, true);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::ControllerAddress;

    const MINUTE: Duration = Duration::from_mins(1);

    fn away() -> Problem {
        Problem::new(domain::problem::ProblemCode::Unreachable).said("away")
    }

    fn three() -> (Controllers, Instant) {
        let mut config = Config::new("ldaps://a", "ca.pem", "DC=x", "OU=y,DC=x", "CN=z,DC=x", "secret");
        config.controllers.extend(["ldaps://b", "ldaps://c"].map(ControllerAddress::direct));
        config.return_after = MINUTE;
        let now = Instant::now();
        (Controllers::new(&config, now), now)
    }

    #[test]
    fn the_one_in_use_is_tried_first_and_those_that_did_not_answer_last() {
        let (controllers, now) = three();
        assert_eq!(controllers.order(now), [0, 1, 2]);
        controllers.silent(0, away(), now);
        controllers.silent(1, away(), now);
        controllers.choose(2, now);
        assert_eq!(controllers.order(now), [2, 0, 1]);
        controllers.answered(1, None, None, now);
        assert_eq!(controllers.order(now), [2, 1, 0]);
    }

    #[test]
    fn the_preferred_one_is_used_again_only_after_it_was_up_for_a_while() {
        let (controllers, now) = three();
        controllers.silent(0, away(), now);
        controllers.choose(1, now);
        assert_eq!(controllers.chosen(), ("ldaps://b".to_owned(), true));
        assert_eq!(controllers.chosen(), ("ldaps://b".to_owned(), false), "news are told once");
        assert_eq!(controllers.used(now + 10 * MINUTE), 1, "it did not answer since");
        controllers.answered(0, None, None, now + MINUTE);
        controllers.silent(0, away(), now + MINUTE + MINUTE / 2);
        controllers.answered(0, None, None, now + 2 * MINUTE);
        controllers.answered(0, None, None, now + 3 * MINUTE - Duration::from_secs(1));
        assert_eq!(
            controllers.used(now + 3 * MINUTE - Duration::from_secs(1)),
            1,
            "up for less than a while"
        );
        assert_eq!(controllers.used(now + 3 * MINUTE), 0);
        assert_eq!(controllers.chosen(), ("ldaps://a".to_owned(), true));
    }

    #[test]
    fn others_are_followed_but_not_to_one_that_is_known_to_be_away() {
        let (controllers, now) = three();
        controllers.follow("ldaps://c", now);
        assert_eq!(controllers.used(now), 2);
        assert_eq!(controllers.chosen(), ("ldaps://c".to_owned(), false), "others know already");
        controllers.silent(1, away(), now);
        controllers.follow("ldaps://b", now);
        controllers.follow("ldaps://unknown", now);
        assert_eq!(controllers.used(now), 2);
    }

    #[test]
    fn one_that_cannot_write_is_left_until_it_had_time_to_recover() {
        let (controllers, now) = three();
        let full = Problem::new(domain::problem::ProblemCode::DiskFull);
        controllers.silent(1, away(), now);
        controllers.answered(0, None, None, now);
        controllers.answered(2, None, None, now);
        controllers.cannot_write(0, &full, now);
        assert_eq!(controllers.used(now), 2, "not to the one that is away");
        let shown = controllers.health(now);
        assert_eq!((shown[0].up, shown[0].problem.as_ref()), (Some(false), Some(&full)));
        controllers.answered(0, None, None, now);
        assert_eq!(controllers.used(now + MINUTE / 2), 2, "that it answers is not enough");
        assert_eq!(controllers.used(now + MINUTE), 0, "tried again");
        controllers.wrote(0);
        assert_eq!(controllers.health(now)[0].up, Some(true));
    }
}
