//! A connector that stops for ever at a chosen call: where a worker is killed.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicU64, Ordering},
};

use connector::{
    ApplyError, Capabilities, Connector, Cursor, Holder, Lane, Page, SurveyError, Surveyed, Unreachable,
    reference::Reference,
};
use domain::{
    plan::Step,
    spec::{Address, Attribute, Observed, Selector},
};
use futures::future::{BoxFuture, FutureExt as _};
use tokio::sync::watch;

/// Where a call stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// Before the target hears of it.
    Before,
    /// After the target did it, before anybody learns.
    After,
}

pub struct Gate {
    target: Arc<Reference>,
    calls: AtomicU64,
    stop: Mutex<Option<(u64, Stop)>>,
    reached: watch::Sender<bool>,
}

impl Gate {
    pub fn new(target: Arc<Reference>) -> Arc<Self> {
        let (calls, stop, reached) = (AtomicU64::new(0), Mutex::new(None), watch::Sender::new(false));
        Arc::new(Self { target, calls, stop, reached })
    }

    /// Stops at the call with this number, counted from now.
    pub fn stop_at(&self, call: u64, stop: Stop) {
        self.calls.store(0, Ordering::Relaxed);
        self.reached.send_replace(false);
        *self.stop.lock().unwrap_or_else(PoisonError::into_inner) = Some((call, stop));
    }

    /// Nothing stops any more.
    pub fn open(&self) {
        *self.stop.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Waits until the call is reached.
    pub async fn reached(&self) {
        let mut reached = self.reached.subscribe();
        reached.wait_for(|reached| *reached).await.expect("the gate is there");
    }

    async fn pass<T>(&self, call: impl Future<Output = T>) -> T {
        let number = self.calls.fetch_add(1, Ordering::Relaxed);
        let stop = *self.stop.lock().unwrap_or_else(PoisonError::into_inner);
        let stop = stop.filter(|(at, _)| *at == number).map(|(_, stop)| stop);
        if stop == Some(Stop::Before) {
            self.reached.send_replace(true);
            std::future::pending::<()>().await;
        }
        let done = call.await;
        if stop == Some(Stop::After) {
            self.reached.send_replace(true);
            std::future::pending::<()>().await;
        }
        done
    }
}

impl Connector for Gate {
    fn capabilities(&self) -> &Capabilities {
        self.target.capabilities()
    }

    fn observe<'a>(
        &'a self,
        lane: Lane,
        which: &'a [Selector],
    ) -> BoxFuture<'a, Result<Vec<Option<Observed>>, Unreachable>> {
        self.pass(self.target.observe(lane, which)).boxed()
    }

    fn apply<'a>(&'a self, lane: Lane, steps: &'a [Step]) -> BoxFuture<'a, Vec<Result<(), ApplyError>>> {
        self.pass(self.target.apply(lane, steps)).boxed()
    }

    fn members<'a>(
        &'a self,
        lane: Lane,
        groups: &'a [Address],
    ) -> BoxFuture<'a, Result<Vec<Option<Vec<Address>>>, Unreachable>> {
        self.target.members(lane, groups)
    }

    fn scan(&self, after: Option<Cursor>) -> BoxFuture<'_, Result<Page<Observed>, Unreachable>> {
        self.target.scan(after)
    }

    fn survey<'a>(
        &'a self,
        base: Option<&'a str>,
        after: Option<Cursor>,
    ) -> BoxFuture<'a, Result<Page<Surveyed>, SurveyError>> {
        self.target.survey(base, after)
    }

    fn holders<'a>(
        &'a self,
        lane: Lane,
        names: &'a [(Attribute, String)],
    ) -> BoxFuture<'a, Result<Vec<Option<Holder>>, Unreachable>> {
        self.target.holders(lane, names)
    }

    fn probe(&self) -> BoxFuture<'_, Result<(), Unreachable>> {
        self.target.probe()
    }
}
