//! What met another transaction is done again.
//!
//! Of two transactions that wait for each other the database ends one. That is nobody's
//! mistake, and nothing of it was written, so the same use case is simply run once more.

use std::cell::Cell;

use domain::limits;

/// What became of the transactions of one try.
#[derive(Default)]
struct Course {
    /// One was ended because of another.
    met: Cell<bool>,
    /// One was committed.
    kept: Cell<bool>,
}

tokio::task_local! {
    static COURSE: Course;
}

/// Runs `attempt` until its transactions met no other, at most
/// [`limits::TRANSACTION_TRIES`] times. What wrote something already is not run again.
pub async fn again<T, F: Future<Output = T>>(mut attempt: impl FnMut() -> F) -> T {
    for _ in 1..limits::TRANSACTION_TRIES {
        let attempt = attempt();
        let once = async {
            let done = attempt.await;
            (done, COURSE.with(|course| course.met.get() && !course.kept.get()))
        };
        let (done, is_to_be_repeated) = COURSE.scope(Course::default(), once).await;
        if !is_to_be_repeated {
            return done;
        }
        tracing::debug!("met another transaction; once more");
    }
    attempt().await
}

/// A transaction was ended because of another.
pub(crate) fn met() {
    // Outside of a use case nobody repeats.
    let _ = COURSE.try_with(|course| course.met.set(true));
}

/// A transaction was committed.
pub(crate) fn kept() {
    let _ = COURSE.try_with(|course| course.kept.set(true));
}
