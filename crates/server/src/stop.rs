//! Being asked to stop: SIGINT and SIGTERM once for an orderly end, a second
//! time for an end at once.

use tokio::{
    signal::unix::{SignalKind, signal},
    sync::watch,
};

use crate::failure::Failure;

/// What a shell reports for a program that Ctrl-C ended (128 + SIGINT).
const INTERRUPTED: i32 = 130;

/// Turns true when somebody asked the process to stop. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Stop(watch::Receiver<bool>);

impl Stop {
    /// Begins listening for signals.
    pub fn listen() -> Result<Self, Failure> {
        let mut interrupt =
            signal(SignalKind::interrupt()).map_err(Failure::because("signals cannot be listened for"))?;
        let mut terminate =
            signal(SignalKind::terminate()).map_err(Failure::because("signals cannot be listened for"))?;
        let (sender, receiver) = watch::channel(false);
        tokio::spawn(async move {
            let mut asked = 0;
            loop {
                tokio::select! {
                    _ = interrupt.recv() => {}
                    _ = terminate.recv() => {}
                }
                asked += 1;
                if asked > 1 {
                    tracing::warn!("asked a second time: stopping at once");
                    // A private cluster is told by the kernel that its owner is gone.
                    std::process::exit(INTERRUPTED);
                }
                tracing::info!("asked to stop; a second signal stops at once");
                sender.send_replace(true);
            }
        });
        Ok(Self(receiver))
    }

    /// Returns when somebody asked to stop, at once if that was before.
    pub async fn asked(&self) {
        let mut receiver = self.0.clone();
        // The sender lives as long as the process; without it, stopping is right too.
        let _stop_either_way = receiver.wait_for(|asked| *asked).await;
    }

    /// Does `work` unless asked to stop meanwhile.
    pub async fn unless_asked<T>(
        &self,
        work: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        tokio::select! {
            done = work => done,
            () = self.asked() => Err(Failure::stopped()),
        }
    }
}
