//! The eight kinds of error every use case knows. Two files of the product turn
//! them into something a person sees: one for REST, one for pages.

use domain::field::{FieldError, Rule};
use store::StoreError;

/// What went wrong, in a form each surface can explain.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// It does not exist, or the caller may not know that it does.
    #[error("{0} does not exist or is not visible")]
    NotFound(&'static str),
    /// The caller may know of it but not do this.
    #[error("not allowed")]
    Forbidden(Box<policy::Denial>),
    /// Values cannot be accepted; nothing was changed.
    #[error("{} values cannot be accepted", .0.len())]
    Invalid(Vec<FieldError>),
    /// It contradicts what is there; nothing was changed.
    #[error("conflict: {}", .0.code())]
    Conflict(Conflict),
    /// The database is away or too busy; nothing was changed.
    #[error("not available at the moment")]
    Unavailable(#[source] StoreError),
    /// Too many are at it at the moment; nothing was changed.
    #[error("too busy at the moment")]
    Busy,
    /// The database has no space left; nothing was changed.
    #[error("no space left in the database")]
    Full(#[source] StoreError),
    /// A defect or a broken installation.
    #[error("internal error")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// What a request contradicts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conflict {
    /// An order of this seller has the reference, with other content.
    ReferenceUsed,
    /// The `Idempotency-Key` was used for another request.
    KeyReused,
    /// Somebody changed it meanwhile.
    Stale {
        /// The present version.
        present: i64,
    },
    /// The directory is for somebody else alone.
    DirectoryDedicated,
    /// The seller, or one above it, may not place customers in the directory.
    DirectoryNotAllowed,
    /// Plans of a seller that is left are in use.
    PlansOfSeller,
    /// Somebody has a newer version of the plan.
    OlderVersion,
    /// Customers live in the directory for whom it would not be.
    DirectoryInUse,
    /// The customer is on its way to another directory.
    MoveOpen,
    /// The time in which a move to another directory can be taken back is over.
    MoveOver,
    /// The chosen directory may not be changed at present.
    DirectoryReadOnly,
    /// The tenant is suspended.
    Suspended,
    /// The tenant, or the one it should stand below, is closed.
    Closed,
    /// A tenant above is closed.
    ClosedAbove,
    /// The time in which a closed tenant can be restored is over.
    GraceOver,
    /// A reseller is closed last.
    OpenBelow,
    /// A tenant cannot stand below itself.
    BelowItself,
    /// No mail is configured, and what was asked for needs it.
    MailOff,
    /// As many files as a server takes are being read: the same call may succeed soon.
    OtherFiles,
    /// The link was used, replaced or has expired.
    LinkDead,
    /// A person cannot disable or remove their own account.
    Oneself,
    /// Somebody uses it.
    InUse {
        /// How many people.
        people: i64,
    },
    /// People have plans of the service, and nobody said that they lose them.
    ServiceInUse {
        /// How many people.
        people: i64,
    },
    /// A customer needs one suffix.
    LastSuffix,
    /// Something was ordered of the tenant in its present currency.
    CurrencyBilled,
    /// The members group and service groups are kept by the product.
    BuiltInGroup,
    /// The finding is about an object that is not ours.
    NotOurs,
    /// What was found cannot be made what is wanted.
    NotAdoptable,
    /// The finding is not open any more.
    Resolved,
    /// A bundle gives what was to be taken away.
    GivenByBundle,
    /// Somebody has changed since what was to be undone.
    ChangedSince,
    /// What a request did cannot be undone by another.
    NotUndoable,
    /// A command is not signed, so it has no secret.
    NoSecret,
    /// The survey has not come to its end, or failed.
    SurveyNotDone,
    /// There are as many surveys of the directory as are kept at once.
    TooManySurveys,
    /// What would be taken over today is not what was shown.
    PreviewStale,
    /// Some objects cannot be taken over, and nobody said to leave them.
    AdoptionConflicts,
    /// A bulk change is not in a state in which that can be done.
    BulkState,
    /// The links of the people of a bulk change were fetched already.
    LinksFetched,
    /// Others change the same things all the time.
    Contended,
}

impl Conflict {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::ReferenceUsed => "reference_used",
            Self::KeyReused => "idempotency_key_reused",
            Self::Stale { .. } => "stale",
            Self::DirectoryDedicated => "directory_dedicated",
            Self::DirectoryNotAllowed => "directory_not_allowed",
            Self::PlansOfSeller => "plans_of_seller",
            Self::OlderVersion => "older_version",
            Self::DirectoryInUse => "directory_in_use",
            Self::MoveOpen => "directory_move_open",
            Self::MoveOver => "directory_move_over",
            Self::DirectoryReadOnly => "directory_read_only",
            Self::Suspended => "suspended",
            Self::Closed => "closed",
            Self::ClosedAbove => "closed_above",
            Self::GraceOver => "grace_over",
            Self::OpenBelow => "open_below",
            Self::BelowItself => "below_itself",
            Self::MailOff => "mail_off",
            Self::OtherFiles => "other_files",
            Self::LinkDead => "link_dead",
            Self::Oneself => "oneself",
            Self::InUse { .. } => "in_use",
            Self::ServiceInUse { .. } => "service_in_use",
            Self::LastSuffix => "last_suffix",
            Self::CurrencyBilled => "currency_billed",
            Self::BuiltInGroup => "built_in_group",
            Self::NotOurs => "not_ours",
            Self::NotAdoptable => "not_adoptable",
            Self::Resolved => "resolved",
            Self::GivenByBundle => "given_by_bundle",
            Self::ChangedSince => "changed_since",
            Self::NotUndoable => "not_undoable",
            Self::NoSecret => "no_secret",
            Self::SurveyNotDone => "survey_not_done",
            Self::TooManySurveys => "too_many_surveys",
            Self::PreviewStale => "preview_stale",
            Self::AdoptionConflicts => "adoption_conflicts",
            Self::BulkState => "bulk_state",
            Self::LinksFetched => "links_fetched",
            Self::Contended => "contended",
        }
    }
}

impl From<StoreError> for AppError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound(what) => Self::NotFound(what),
            StoreError::Denied(denial) => Self::Forbidden(denial),
            StoreError::Invalid(errors) => Self::Invalid(errors),
            StoreError::Stale { present } => Self::Conflict(Conflict::Stale { present }),
            StoreError::LastSuffix => Self::Conflict(Conflict::LastSuffix),
            StoreError::Unavailable(_) => Self::Unavailable(error),
            StoreError::Repeat(_) => Self::Conflict(Conflict::Contended),
            StoreError::Full(_) => Self::Full(error),
            StoreError::Closed => Self::Conflict(Conflict::Closed),
            // Two groups of one customer: what a group is called here need not be what it is
            // called in the directory, so only this tells. And two views of one list.
            taken if matches!(taken.constraint(), Some("user_group_name" | "saved_view_name")) => {
                Self::field(FieldError::new("name", Rule::Taken))
            }
            other => Self::Internal(Box::new(other)),
        }
    }
}

impl AppError {
    /// One wrong value.
    #[must_use]
    pub fn field(error: FieldError) -> Self {
        Self::Invalid(vec![error])
    }
}
