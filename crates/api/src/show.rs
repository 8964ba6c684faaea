//! What is stored, as `wire` says it.

mod accounts;
mod adoption;
mod bulk;
mod drift;
mod hooks;
mod mails;
mod requests;
mod tenants;

pub use accounts::{
    created, effective, group, group_kind, group_ref, held_group, link, link_of, member, moving, nested,
    person, removed_group, subscription, user,
};
pub use adoption::{adoption, adoption_item, adoption_release, migration, release, survey, survey_object};
pub use bulk::{bulk, bulk_listed, bulk_row, series as bulk_series};
pub use drift::finding;
pub use hooks::hook;
pub use mails::mail;
pub use requests::{directory, item, order, placement, plan, request};
pub use tenants::{customer, tenant};

use app::reading::{users::Provisioning, views::TenantName};
use domain::{
    problem::{Problem, ProblemCode},
    request::ItemState,
};
use web::texts;
use wire::{common, problem::Cure};

/// Who is looking: staff of the provider are told more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Viewer {
    /// Staff of the provider: with the directory's own words.
    Provider,
    /// Anybody else.
    Other,
}

impl Viewer {
    /// From whether the caller belongs to the provider.
    #[must_use]
    pub const fn of(provider: bool) -> Self {
        if provider { Self::Provider } else { Self::Other }
    }
}

/// A problem with its sentences.
#[must_use]
pub fn problem(problem: &Problem, viewer: Viewer) -> wire::problem::Problem {
    let own = viewer == Viewer::Provider;
    let text = texts::problem(problem, own);
    let cure = problem.code.cure();
    let mut args = problem.args.clone();
    if !own {
        // Where something lies in a shared directory is the provider's business.
        args.retain(|key, _| key != "dn" && key != "id");
    }
    wire::problem::Problem {
        code: problem.code.code().to_owned(),
        title: text.title,
        what: text.what,
        cure: text.cure,
        cure_kind: Cure::from_code(texts::cure_code(cure)).unwrap_or(Cure::AskProvider),
        fix_and_retry: cure.fix_and_retry(),
        args,
        // A hook refuses with a reason for whoever asked.
        target_message: problem
            .target_message
            .clone()
            .filter(|_| own || problem.code == ProblemCode::HookRefused),
    }
}

/// How far something is.
#[must_use]
pub fn provisioning(of: &Provisioning, viewer: Viewer) -> common::Provisioning {
    let wrong = matches!(of.state, ItemState::Failed | ItemState::Parked);
    common::Provisioning {
        state: state(of.state),
        generation: of.generation,
        request: of.request.map(|id| id.to_string()),
        problem: of.problem.as_ref().filter(|_| wrong).map(|p| problem(p, viewer)),
    }
}

/// The state of one object.
#[must_use]
pub const fn state(state: ItemState) -> common::ProvisioningState {
    use common::ProvisioningState as P;
    match state {
        ItemState::Requested => P::Requested,
        ItemState::Running => P::Running,
        ItemState::Verified => P::Verified,
        ItemState::Failed => P::Failed,
        ItemState::Drifted => P::Drifted,
        ItemState::Parked => P::Parked,
        ItemState::Superseded => P::Superseded,
    }
}

/// A tenant by name.
#[must_use]
pub fn tenant_ref(of: &TenantName) -> common::TenantRef {
    common::TenantRef { id: of.id.to_string(), code: of.code.clone(), name: of.name.clone() }
}
