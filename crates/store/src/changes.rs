//! Tells those who watch something that it may have changed, in this process or in
//! another: workers notify when they have recorded what they did.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use sqlx::{PgPool, postgres::PgListener};
use tokio::{sync::watch, time::timeout};

use crate::Store;

/// Between two looks at the same thing at least so long: a batch of thousands is many notifications.
const REST: Duration = Duration::from_millis(300);
/// Without a notification one looks this often: one that was lost costs no more.
const LOOK: Duration = Duration::from_secs(3);
/// Until a listener that failed is replaced.
const AGAIN: Duration = Duration::from_secs(1);

/// What is told: how often there was something, or that nobody is told any more.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Told {
    Times(u64),
    Over,
}

/// The listener of a process, begun when somebody watches for the first time.
#[derive(Clone, Default)]
pub(crate) struct Watching(Arc<OnceLock<watch::Sender<Told>>>);

/// See [`Store::changes`].
pub struct Changes(watch::Receiver<Told>);

impl Changes {
    /// Waits until something may have changed; none when the process is ending.
    pub async fn changed(&mut self) -> Option<()> {
        tokio::time::sleep(REST).await;
        let told = timeout(LOOK, self.0.changed()).await;
        let over = matches!(told, Ok(Err(_))) || *self.0.borrow_and_update() == Told::Over;
        (!over).then_some(())
    }
}

impl Store {
    /// A watch for changes by the workers of all processes.
    pub fn changes(&self) -> Changes {
        let sender = self.watching.0.get_or_init(|| {
            let sender = watch::Sender::new(Told::Times(0));
            tokio::spawn(listen(self.app.clone(), sender.clone()));
            sender
        });
        Changes(sender.subscribe())
    }

    /// Ends all watches, and those that begin later: the process is ending.
    pub fn end_changes(&self) {
        self.watching.0.get_or_init(|| watch::Sender::new(Told::Over)).send_replace(Told::Over);
    }
}

async fn listen(pool: PgPool, sender: watch::Sender<Told>) {
    let mut times = 0;
    let closed = pool.close_event();
    let work = async {
        loop {
            if let Err(error) = hear(&pool, &sender, &mut times).await {
                tracing::warn!(%error, "progress is looked up less often until the database answers");
            }
            tokio::time::sleep(AGAIN).await;
        }
    };
    tokio::select! {
        () = work => {}
        () = closed => {}
    }
}

async fn hear(pool: &PgPool, sender: &watch::Sender<Told>, times: &mut u64) -> Result<(), sqlx::Error> {
    let mut listener = PgListener::connect_with(pool).await?;
    listener.listen("tenantry_work").await?;
    loop {
        listener.recv().await?;
        *times += 1;
        sender.send_if_modified(|told| {
            let goes_on = *told != Told::Over;
            if goes_on {
                *told = Told::Times(*times);
            }
            goes_on
        });
    }
}
