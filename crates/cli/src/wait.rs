//! Waiting for a request: asks again and again until it is final or the time is over.

use std::{
    fmt::Write as _,
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use wire::requests::{Item, ItemQuery, Request, RequestState};

use crate::{
    args::{Listing, Wait},
    client::Client,
    failure::Failure,
    output::{is_watched, note},
};

/// A pause between two looks is a twentieth of what was waited so far, within these
/// bounds: nobody waits much longer than the work took, and long work costs few looks.
const SHORTEST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// Without a terminal, a line is written at most this often.
const LINE_EVERY: Duration = Duration::from_secs(5);
/// Problems shown at the end; the rest is one command away.
const PROBLEMS_SHOWN: u32 = 20;

/// Waits for the request of `body` if the person asked for it.
pub async fn if_asked(client: &Client, wait: Wait, body: &serde_json::Value) -> Result<(), Failure> {
    match request_of(body) {
        Some(request) if wait.wait => until_final(client, &request, wait.timeout).await,
        _ => Ok(()),
    }
}

/// Waits until nothing more happens to the request by itself. Ok only when
/// everything was verified.
pub async fn until_final(client: &Client, id: &str, seconds: u64) -> Result<(), Failure> {
    let begin = Instant::now();
    let deadline = begin + Duration::from_secs(seconds);
    let mut progress = Progress::new();
    loop {
        let late = Instant::now() >= deadline;
        match client.get(&["requests", id], &()).await {
            Ok(answer) => {
                let request: Request = answer.read()?;
                progress.show(&request);
                if request.state.is_final() {
                    progress.finish();
                    return outcome(client, &request).await;
                }
            }
            // The server may be restarting; the request goes on meanwhile.
            Err(failure) if failure.exit_code() == 6 && !late => progress.say(&failure.to_string()),
            Err(failure) => return Err(failure),
        }
        if late {
            progress.finish();
            return Err(Failure::Timeout { request: id.to_owned(), seconds });
        }
        let left = deadline.saturating_duration_since(Instant::now());
        tokio::time::sleep(pause_after(begin.elapsed()).min(left)).await;
    }
}

/// How long to pause before the next look, after `waited`.
pub fn pause_after(waited: Duration) -> Duration {
    (waited / 20).clamp(SHORTEST_PAUSE, LONGEST_PAUSE)
}

/// The id of the request that an answer speaks of.
fn request_of(body: &serde_json::Value) -> Option<String> {
    let places = [&body["request"]["id"], &body["request"], &body["provisioning"]["request"]];
    places.iter().find_map(|value| value.as_str()).map(str::to_owned)
}

async fn outcome(client: &Client, request: &Request) -> Result<(), Failure> {
    let id = request.id.clone();
    match request.state {
        RequestState::CompleteWithProblems | RequestState::Failed => {}
        // Only asked for final states, of which this is the good one.
        _ => return Ok(()),
    }
    let query = ItemQuery { state: Some("failed".to_owned()), ..ItemQuery::default() };
    let listing = Listing { limit: PROBLEMS_SHOWN, all: false, after: None };
    let page = client.list(&["requests", &id, "items"], &query, &listing).await?;
    for item in &page.items {
        if let Ok(item) = serde_json::from_value::<Item>(item.clone()) {
            note(&explain(&item));
        }
    }
    if request.state == RequestState::Failed {
        Err(Failure::Failed { request: id })
    } else {
        Err(Failure::Problems { request: id })
    }
}

/// A failed object in lines: what, where, what to do.
pub fn explain(item: &Item) -> String {
    let Some(problem) = &item.problem else {
        return format!("{} {}: {}", item.kind, item.name, item.state);
    };
    let mut text = format!("{} {}: {}\n  {}", item.kind, item.name, problem.title, problem.what);
    if let Some(said) = &problem.target_message {
        let who = if item.kind == "hook" { "the hook" } else { "the directory" };
        let _ = write!(text, "\n  {who} said: {said}");
    }
    let _ = write!(text, "\n  what to do: {}", problem.cure);
    text
}

/// A bar on a terminal, lines elsewhere.
struct Progress {
    bar: Option<ProgressBar>,
    last: Option<(RequestState, i64, Instant)>,
}

impl Progress {
    fn new() -> Self {
        let bar = is_watched().then(|| {
            let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr());
            let form = "{spinner} {msg} [{bar:30}] {pos}/{len} {elapsed}";
            bar.set_style(
                ProgressStyle::with_template(form).unwrap_or_else(|_| ProgressStyle::default_bar()),
            );
            bar
        });
        Self { bar, last: None }
    }

    fn show(&mut self, request: &Request) {
        let (settled, total) = (request.counts.settled(), request.counts.total);
        if let Some(bar) = &self.bar {
            bar.set_length(u64::try_from(total).unwrap_or(0));
            bar.set_position(u64::try_from(settled).unwrap_or(0));
            bar.set_message(request.state.to_string());
            bar.tick();
            return;
        }
        let due = self.last.is_none_or(|(state, before, at)| {
            state != request.state || (before != settled && at.elapsed() >= LINE_EVERY)
        });
        if due {
            let failed = request.counts.failed;
            let problems = if failed > 0 { format!(", {failed} failed") } else { String::new() };
            note(&format!("{} {}: {settled} of {total}{problems}", request.id, request.state));
            self.last = Some((request.state, settled, Instant::now()));
        }
    }

    fn say(&self, text: &str) {
        match &self.bar {
            Some(bar) => bar.set_message(text.to_owned()),
            None => note(text),
        }
    }

    fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.abandon();
        }
    }
}

impl Drop for Progress {
    // A failure in between must not leave half a bar on the line.
    fn drop(&mut self) {
        self.finish();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn nobody_waits_much_longer_than_the_work_took() {
        for work in [10_u64, 350, 4_000, 61_000, 3_600_000].map(Duration::from_millis) {
            let (mut waited, mut looks) = (Duration::ZERO, 1);
            while waited < work {
                waited += pause_after(waited);
                looks += 1;
            }
            assert!(waited <= work + (work / 20).max(SHORTEST_PAUSE), "{work:?} seen after {waited:?}");
            assert!(looks < 100 + work.as_secs(), "{looks} looks at {work:?}");
        }
    }

    #[test]
    fn the_request_is_found_in_every_kind_of_answer() {
        for body in [
            json!({ "request": { "id": "req_1" } }),
            json!({ "request": "req_1" }),
            json!({ "provisioning": { "request": "req_1" } }),
        ] {
            assert_eq!(request_of(&body).as_deref(), Some("req_1"));
        }
        assert_eq!(request_of(&json!({ "id": "ten_1", "provisioning": null })), None);
    }
}
