//! What every target promises the engine ([`Connector`]), a reference
//! connector that keeps its objects in memory, and the conformance suite that
//! the reference and every real connector must pass alike.
//!
//! A connector knows nothing of tenants, requests or the database. It does not
//! retry: it says precisely what is known to have happened, and the engine
//! decides. Start at [`Connector`].

pub mod conformance;
pub mod reference;

use std::time::Duration;

use domain::{
    adoption::Ignored,
    id::ObjectId,
    plan::Step,
    problem::{Problem, ProblemCode},
    spec::{Address, Attribute, ObjectKind, Observed, Selector},
};
use futures::future::{BoxFuture, FutureExt as _};
use jiff::Timestamp;
use uuid::Uuid;

pub use domain::request::Lane;

/// What a target can do, and how much at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capabilities {
    /// The kinds of object it holds.
    pub kinds: Vec<ObjectKind>,
    /// Members one [`domain::plan::Action::ChangeMembers`] may name.
    pub members_per_change: usize,
    /// How long one object takes before anything was measured.
    pub pace: Duration,
}

/// The target cannot be reached or does not answer: certainly nothing was applied.
#[derive(Debug, thiserror::Error)]
#[error("the target cannot be reached: {reason}")]
pub struct Unreachable {
    /// The cause, as far as it can be told.
    pub cause: Problem,
    /// What was tried and what happened, for the provider's eyes.
    pub reason: String,
    /// The cause, if another library reported one.
    #[source]
    pub source: Option<BoxError>,
}

impl Unreachable {
    /// Without an underlying error.
    pub fn because(reason: impl Into<String>) -> Self {
        Self { cause: Problem::new(ProblemCode::Unreachable), reason: reason.into(), source: None }
    }

    /// With the error of a library.
    pub fn caused(reason: impl Into<String>, source: impl Into<BoxError>) -> Self {
        Self { source: Some(source.into()), ..Self::because(reason) }
    }

    /// The cause is known.
    #[must_use]
    pub fn known_as(mut self, cause: Problem) -> Self {
        self.cause = cause;
        self
    }

    /// What is shown and stored of it.
    #[must_use]
    pub fn problem(&self) -> Problem {
        self.cause.clone().said(&self.reason)
    }
}

/// An error of any library below a connector.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// What is known of a step that did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// Certainly not applied: park, retry later.
    #[error(transparent)]
    Unreachable(Unreachable),
    /// Certainly not applied: the target refused.
    #[error("the target refused: {}", problem.code.code())]
    Rejected {
        /// Why, for a person.
        problem: Problem,
    },
    /// Maybe applied: observe before anything else.
    #[error("it is not known whether the step was applied")]
    Indeterminate {
        /// What cut the answer off.
        source: BoxError,
    },
}

/// Where a scan goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor(pub Vec<u8>);

/// One page of a scan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// What was found.
    pub items: Vec<T>,
    /// Where to go on; none at the end.
    pub next: Option<Cursor>,
    /// On the last page: from here a later scan reports only what changed
    /// since. What was deleted is not reported; a full scan shows it by its absence.
    pub resume: Option<Cursor>,
}

/// An object as a survey shows it, ours or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Surveyed {
    /// The object. Its kind is never [`ObjectKind::Access`].
    pub object: Observed,
    /// The groups it is in directly, by their ids in the target.
    pub member_of: Vec<Uuid>,
    /// It is on the list of what is never touched.
    pub protected: bool,
    /// Nobody takes it over.
    pub ignored: Option<Ignored>,
}

/// Who has a name, ours or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// Its id in the target.
    pub external_id: Uuid,
    /// The marker it bears.
    pub marker: Option<ObjectId>,
}

/// Why a survey did not go on.
#[derive(Debug, thiserror::Error)]
pub enum SurveyError {
    /// The target does not answer: it is begun anew later.
    #[error(transparent)]
    Unreachable(#[from] Unreachable),
    /// It cannot be done as it was asked for.
    #[error("the survey was refused: {}", problem.code.code())]
    Refused {
        /// Why, for a person.
        problem: Problem,
    },
}

/// A target through one of its copies: until it is dropped, everything done
/// with it is done there or not at all.
pub struct Replica {
    /// Which copy of the data it is. Two addresses of one copy have one id.
    /// None for a target that has no other copy.
    pub id: Option<Uuid>,
    /// The target, through this copy only.
    pub connector: Box<dyn Connector>,
}

/// How one copy of a target's data is doing, as this process sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplicaHealth {
    /// Its address, as configured.
    pub address: String,
    /// Whether it answered last time; none before it was asked.
    pub up: Option<bool>,
    /// Why it did not.
    pub problem: Option<Problem>,
    /// How long ago it was asked.
    pub asked: Option<Duration>,
    /// What its clock showed then, if it says.
    pub time: Option<Timestamp>,
    /// How long its answer took.
    pub round_trip: Option<Duration>,
    /// New batches go there.
    pub used: bool,
}

/// A target the engine keeps in order.
///
/// Every method takes batches. Implementations are pipelined inside with a
/// bounded window, bounded in time, and refuse anything outside what was
/// delegated to the product before sending it.
pub trait Connector: Send + Sync {
    /// What the target can do.
    fn capabilities(&self) -> &Capabilities;

    /// What is there now, one answer per selector in the same order, `None`
    /// where nothing was found. An object found by name that bears another
    /// marker or none is reported as it is: the caller decides.
    ///
    /// Access is looked for by the id or the names of its container, and
    /// answered with the container's address and, if the container is closed,
    /// [`domain::spec::Attribute::Readers`] (empty when no tenant may read it).
    fn observe<'a>(
        &'a self,
        lane: Lane,
        which: &'a [Selector],
    ) -> BoxFuture<'a, Result<Vec<Option<Observed>>, Unreachable>>;

    /// Applies steps of different objects, in flight together, and answers
    /// for each in the same order. `Ok` means the target said it was done;
    /// whether it is true is found out with [`Connector::observe`].
    fn apply<'a>(&'a self, lane: Lane, steps: &'a [Step]) -> BoxFuture<'a, Vec<Result<(), ApplyError>>>;

    /// All members of groups, one answer per group in the same order; `None`
    /// where there is no such group. Each member as the target names it, whoever
    /// made it; nobody is left out, however many there are.
    fn members<'a>(
        &'a self,
        lane: Lane,
        groups: &'a [Address],
    ) -> BoxFuture<'a, Result<Vec<Option<Vec<Address>>>, Unreachable>>;

    /// All objects in the folder, page by page; from the `resume` of an
    /// earlier scan only those that changed since.
    fn scan(&self, after: Option<Cursor>) -> BoxFuture<'_, Result<Page<Observed>, Unreachable>>;

    /// Everything in the folder, or in the container with the address `base`
    /// and that container itself, ours or not, with the groups each is in; page
    /// by page. `base` outside of the folder is refused.
    fn survey<'a>(
        &'a self,
        base: Option<&'a str>,
        after: Option<Cursor>,
    ) -> BoxFuture<'a, Result<Page<Surveyed>, SurveyError>>;

    /// Who has each of these log-on and login names anywhere in the target, also outside of the folder; one answer per
    /// name in the same order, `None` where nobody has it. Of several, one that does not bear our marker.
    fn holders<'a>(
        &'a self,
        lane: Lane,
        names: &'a [(Attribute, String)],
    ) -> BoxFuture<'a, Result<Vec<Option<Holder>>, Unreachable>>;

    /// A cheap question that proves the target answers, for its health and breaker.
    fn probe(&self) -> BoxFuture<'_, Result<(), Unreachable>>;

    /// The copy of the target's data to use for one batch, so that what was
    /// written is read back where it was written. None when a target has
    /// nothing to choose from and is used as it is.
    fn replica(&self, _lane: Lane) -> BoxFuture<'_, Result<Option<Replica>, Unreachable>> {
        std::future::ready(Ok(None)).boxed()
    }

    /// Asks every copy how it is and says what is known of each, in the order
    /// of preference; nothing for a target that has no copies.
    fn replicas(&self) -> BoxFuture<'_, Vec<ReplicaHealth>> {
        std::future::ready(Vec::new()).boxed()
    }

    /// Which copy new batches go to, and whether this process found a reason
    /// of its own to choose it since it was last told: if so, others should
    /// hear of it. None for a target that has no copies.
    fn chosen(&self) -> Option<(String, bool)> {
        None
    }

    /// Other processes use the copy with this address: new batches of this one
    /// go there, too, unless this process knows that it does not answer.
    fn follow(&self, _address: &str) {}
}
