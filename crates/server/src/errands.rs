//! What people began and do not wait for: bulk changes, carried out part by part.

use std::time::Duration;

use app::{
    App, AppError,
    bulk::{anew, run},
};
use tokio::{
    sync::watch,
    task::JoinHandle,
    time::{sleep, timeout},
};

/// What another process began is seen within this.
const LOOK: Duration = Duration::from_millis(500);
/// After an error it is tried again after this long.
const AGAIN: Duration = Duration::from_secs(1);
/// The part in hand is ended within this; a part that is not happened not at all.
const DRAIN: Duration = Duration::from_secs(20);

/// The errands of this process.
pub struct Errands {
    end: watch::Sender<bool>,
    tasks: [JoinHandle<()>; 2],
}

impl Errands {
    /// Begins to carry out what runs, and beside it to plan anew what the directory knows better.
    pub fn start(app: App) -> Self {
        let (end, told) = watch::channel(false);
        let planning = tokio::spawn(plan_anew(app.clone(), told.clone()));
        Self { end, tasks: [tokio::spawn(carry_out(app, told)), planning] }
    }

    /// Ends the part in hand.
    pub async fn stop(mut self) {
        self.end.send_replace(true);
        let [first, second] = &mut self.tasks;
        if timeout(DRAIN, async { tokio::join!(first, second) }).await.is_err() {
            tracing::warn!(
                "a part of a bulk change did not end in {} s; it is done again later",
                DRAIN.as_secs()
            );
            for task in &self.tasks {
                task.abort();
            }
        }
    }
}

async fn carry_out(app: App, mut told: watch::Receiver<bool>) {
    while !*told.borrow() {
        let Some(wait) = pause(run::work(&app).await) else { continue };
        tokio::select! {
            () = sleep(wait) => {}
            () = app.errand() => {}
            _ = told.changed() => {}
        }
    }
}

async fn plan_anew(app: App, mut told: watch::Receiver<bool>) {
    while !*told.borrow() {
        let Some(wait) = pause(anew::work(&app).await) else { continue };
        tokio::select! {
            () = sleep(wait) => {}
            _ = told.changed() => {}
        }
    }
}

/// How long to wait before it is looked again; not at all where there is more.
fn pause(done: Result<bool, AppError>) -> Option<Duration> {
    match done {
        Ok(true) => None,
        Ok(false) => Some(LOOK),
        Err(error) => {
            tracing::warn!(error = %crate::failure::chain(&error), "bulk changes wait");
            Some(AGAIN)
        }
    }
}
