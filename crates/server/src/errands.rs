//! What people began and do not wait for: bulk changes, carried out part by part.

use std::time::Duration;

use app::{App, bulk::run};
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
    task: JoinHandle<()>,
}

impl Errands {
    /// Begins to carry out what runs.
    pub fn start(app: App) -> Self {
        let (end, told) = watch::channel(false);
        Self { end, task: tokio::spawn(carry_out(app, told)) }
    }

    /// Ends the part in hand.
    pub async fn stop(mut self) {
        self.end.send_replace(true);
        if timeout(DRAIN, &mut self.task).await.is_err() {
            tracing::warn!(
                "a part of a bulk change did not end in {} s; it is done again later",
                DRAIN.as_secs()
            );
            self.task.abort();
        }
    }
}

async fn carry_out(app: App, mut told: watch::Receiver<bool>) {
    while !*told.borrow() {
        let wait = match run::work(&app).await {
            Ok(true) => continue,
            Ok(false) => LOOK,
            Err(error) => {
                tracing::warn!(error = %crate::failure::chain(&error), "bulk changes wait");
                AGAIN
            }
        };
        tokio::select! {
            () = sleep(wait) => {}
            () = app.errand() => {}
            _ = told.changed() => {}
        }
    }
}
