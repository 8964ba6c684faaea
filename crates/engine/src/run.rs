//! Keeps steps going for all targets until it is told to stop: woken by
//! notifications, and by a timer in case one is missed.

use std::{future::Future, sync::Arc, time::Duration};

use connector::Lane;
use domain::id::TargetId;
use store::StoreError;
use tokio::{sync::watch, task::JoinSet, time::sleep};
use tracing::{debug, warn};

use crate::{Engine, delay};

/// Waits after errors of the database.
const TROUBLE_MIN: Duration = Duration::from_millis(100);
const TROUBLE_MAX: Duration = Duration::from_secs(5);

/// Rung when there may be work.
type Bell = watch::Sender<u64>;

impl Engine {
    /// Works until `shutdown` becomes true (or its sender is gone), then ends
    /// the claims in hand and returns. Errors of the database are waited out.
    pub async fn run(self: Arc<Self>, shutdown: watch::Receiver<bool>) {
        let bell = Bell::new(0);
        let mut tasks = JoinSet::new();
        for target in self.connectors.keys().copied() {
            for lane in [Lane::Interactive, Lane::Bulk] {
                for _ in 0..self.options.claims.max(1) {
                    let (engine, bell) = (Arc::clone(&self), bell.subscribe());
                    tasks.spawn(engine.keep_working(target, lane, bell, shutdown.clone()));
                }
            }
            tasks.spawn(Arc::clone(&self).keep_scanning(target, shutdown.clone()));
            tasks.spawn(Arc::clone(&self).keep_surveying(target, shutdown.clone()));
            tasks.spawn(Arc::clone(&self).keep_asking_names(target, shutdown.clone()));
            tasks.spawn(Arc::clone(&self).keep_probing(target, bell.clone(), shutdown.clone()));
            tasks.spawn(Arc::clone(&self).keep_watching(target, shutdown.clone()));
        }
        tasks.spawn(Arc::clone(&self).keep_delivering(bell.subscribe(), shutdown.clone()));
        if self.mailing.is_some() {
            tasks.spawn(Arc::clone(&self).keep_mailing(bell.subscribe(), shutdown.clone()));
        }
        tasks.spawn(Arc::clone(&self).keep_listening(bell, shutdown.clone()));
        tasks.spawn(Arc::clone(&self).keep_stepping(shutdown.clone()));
        tasks.spawn(Arc::clone(&self).keep_sweeping(shutdown));
        while let Some(ended) = tasks.join_next().await {
            if let Err(error) = ended {
                warn!(%error, "a worker ended unexpectedly");
            }
        }
    }

    async fn keep_working(
        self: Arc<Self>,
        target: TargetId,
        lane: Lane,
        bell: watch::Receiver<u64>,
        shutdown: watch::Receiver<bool>,
    ) {
        let work = || self.step(target, lane);
        self.keep_at(work, bell, shutdown).await;
    }

    /// By the timer alone: the bell rings for every change of many, and hardly any of them is a file.
    async fn keep_asking_names(self: Arc<Self>, target: TargetId, shutdown: watch::Receiver<bool>) {
        let work = || self.ask_names(target);
        let (_silent, bell) = watch::channel(0);
        self.keep_at(work, bell, shutdown).await;
    }

    async fn keep_mailing(self: Arc<Self>, bell: watch::Receiver<u64>, shutdown: watch::Receiver<bool>) {
        let work = || self.mail();
        self.keep_at(work, bell, shutdown).await;
    }

    /// Does `work` as long as there is some, then waits for the bell or the timer.
    async fn keep_at<F>(
        &self,
        work: impl Fn() -> F,
        mut bell: watch::Receiver<u64>,
        mut shutdown: watch::Receiver<bool>,
    ) where
        F: Future<Output = Result<bool, StoreError>>,
    {
        let mut trouble = 0;
        while !*shutdown.borrow() {
            bell.borrow_and_update();
            let wait = match work().await {
                Ok(true) => {
                    trouble = 0;
                    continue;
                }
                Ok(false) => {
                    trouble = 0;
                    self.options.tick
                }
                Err(error) => self.troubled(&error, &mut trouble),
            };
            let rung = async {
                // A bell without its listener ends nothing: the timer remains.
                if trouble > 0 || bell.changed().await.is_err() {
                    std::future::pending::<()>().await;
                }
            };
            tokio::select! {
                () = rung => {}
                () = sleep(wait) => {}
                () = told(&mut shutdown) => return,
            }
        }
    }

    async fn keep_probing(
        self: Arc<Self>,
        target: TargetId,
        bell: Bell,
        mut shutdown: watch::Receiver<bool>,
    ) {
        let (mut was_up, mut trouble) = (true, 0);
        let tick = self.options.tick.min(self.options.breaker_min);
        while !*shutdown.borrow() {
            let wait = match until(&mut shutdown, self.probe(target)).await {
                None => return,
                Some(Ok(up)) => {
                    trouble = 0;
                    if up && !was_up {
                        ring(&bell);
                    }
                    was_up = up;
                    tick
                }
                Some(Err(error)) => self.troubled(&error, &mut trouble),
            };
            until(&mut shutdown, sleep(wait)).await;
        }
    }

    async fn keep_watching(self: Arc<Self>, target: TargetId, mut shutdown: watch::Receiver<bool>) {
        let mut trouble = 0;
        while !*shutdown.borrow() {
            let wait = match until(&mut shutdown, self.watch(target)).await {
                None => return,
                Some(Ok(())) => {
                    trouble = 0;
                    self.options.watch
                }
                Some(Err(error)) => self.troubled(&error, &mut trouble),
            };
            until(&mut shutdown, sleep(wait)).await;
        }
    }

    async fn keep_listening(self: Arc<Self>, bell: Bell, mut shutdown: watch::Receiver<bool>) {
        let mut trouble = 0;
        while !*shutdown.borrow() {
            let error = match until(&mut shutdown, self.store.listen()).await {
                None => return,
                Some(Err(error)) => error,
                Some(Ok(mut wakeups)) => loop {
                    // What was said while nobody listened.
                    ring(&bell);
                    match until(&mut shutdown, wakeups.next()).await {
                        None => return,
                        Some(Ok(())) => trouble = 0,
                        Some(Err(error)) => break error,
                    }
                },
            };
            let wait = self.troubled(&error, &mut trouble);
            until(&mut shutdown, sleep(wait)).await;
        }
    }

    async fn keep_sweeping(self: Arc<Self>, mut shutdown: watch::Receiver<bool>) {
        while !*shutdown.borrow() {
            match until(&mut shutdown, self.store.sweep()).await {
                None => return,
                Some(Ok(swept)) => debug!(?swept, "swept"),
                Some(Err(error)) => warn!(error = chain(&error), "the sweep failed; the next one repeats it"),
            }
            until(&mut shutdown, sleep(self.options.sweep)).await;
        }
    }

    async fn keep_stepping(self: Arc<Self>, mut shutdown: watch::Receiver<bool>) {
        while !*shutdown.borrow() {
            match until(&mut shutdown, self.store.drive_directory_moves()).await {
                None => return,
                Some(Ok(steps)) if steps > 0 => debug!(steps, "customers change directories"),
                Some(Ok(_)) => {}
                Some(Err(error)) => {
                    warn!(
                        error = chain(&error),
                        "a move between directories did not go on; it is tried again"
                    );
                }
            }
            until(&mut shutdown, sleep(self.options.steps)).await;
        }
    }

    pub(crate) fn troubled(&self, error: &StoreError, trouble: &mut u32) -> Duration {
        let wait = delay::doubling(TROUBLE_MIN, TROUBLE_MAX, *trouble, self.random.as_ref());
        *trouble = trouble.saturating_add(1);
        warn!(error = chain(error), ?wait, "the database did not do what was asked; it is asked again");
        wait
    }
}

fn ring(bell: &Bell) {
    bell.send_modify(|times| *times = times.wrapping_add(1));
}

/// Ends when the process is told to stop.
pub(crate) async fn told(shutdown: &mut watch::Receiver<bool>) {
    // A sender that is gone cannot tell any more: stop as well.
    let _stop_either_way = shutdown.wait_for(|stop| *stop).await;
}

/// What `work` gives, or none when the process is told to stop meanwhile.
pub(crate) async fn until<T>(
    shutdown: &mut watch::Receiver<bool>,
    work: impl Future<Output = T>,
) -> Option<T> {
    tokio::select! {
        done = work => Some(done),
        () = told(shutdown) => None,
    }
}

pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
