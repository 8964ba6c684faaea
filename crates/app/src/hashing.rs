//! Hashing passwords: it takes a core for a while and 19 MiB, so only as many are hashed at
//! once as there are cores, and only so many wait.

use std::sync::Arc;

use domain::limits;
use tokio::sync::Semaphore;

use crate::AppError;

/// Turns on the cores, and places in the queue before them.
#[derive(Debug, Clone)]
pub(crate) struct Hashing {
    turns: Arc<Semaphore>,
    places: Arc<Semaphore>,
}

impl Hashing {
    /// For this machine.
    pub fn new() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self::of(cores, limits::HASHES_WAITING)
    }

    fn of(cores: usize, waiting: usize) -> Self {
        let (turns, places) = (Semaphore::new(cores), Semaphore::new(cores + waiting));
        Self { turns: Arc::new(turns), places: Arc::new(places) }
    }

    /// Does `work` when it is its turn; [`AppError::Busy`] when too many wait already.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, AppError> {
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| AppError::Busy)?;
        let internal = |e: Box<dyn std::error::Error + Send + Sync>| AppError::Internal(e);
        let turn = Arc::clone(&self.turns).acquire_owned().await.map_err(|e| internal(Box::new(e)))?;
        let held = move || {
            // Whoever asked may be gone; the core is free when the work is done, and not before.
            let _until_done = (turn, place);
            work()
        };
        tokio::task::spawn_blocking(held).await.map_err(|e| internal(Box::new(e)))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::sync_channel;

    use super::*;

    #[tokio::test]
    async fn work_nobody_waits_for_any_more_keeps_its_core_until_it_is_done() {
        let hashing = Hashing::of(1, 1);
        let (go, begun) = sync_channel::<()>(0);
        let (done, end) = sync_channel::<()>(0);
        let first = tokio::spawn({
            let hashing = hashing.clone();
            async move {
                hashing
                    .run(move || {
                        begun.recv().expect("told to go on");
                        done.send(()).expect("somebody looks");
                    })
                    .await
            }
        });
        while hashing.turns.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        first.abort();
        assert!(first.await.expect_err("nobody waits").is_cancelled());
        assert_eq!(hashing.turns.available_permits(), 0, "the core is still busy");
        // One more may wait, and the next may not.
        let mut waiting = Box::pin(hashing.run(|| ()));
        assert!(futures::poll!(&mut waiting).is_pending());
        assert!(matches!(hashing.run(|| ()).await, Err(AppError::Busy)));
        go.send(()).expect("it waits");
        end.recv().expect("it ends");
        waiting.await.expect("its turn");
        hashing.run(|| ()).await.expect("there is room again");
    }
}
