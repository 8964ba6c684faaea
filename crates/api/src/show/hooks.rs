//! Hooks.

use app::reading::hooks::Hook;
use domain::hook::{Kind, Moment, Occasion};
use wire::hooks;

/// A hook, without its secrets.
#[must_use]
pub fn hook(of: &Hook) -> hooks::Hook {
    let occasion = |occasion: &Occasion| match occasion {
        Occasion::Assign => Some(hooks::HookOccasion::Assign),
        Occasion::Remove => Some(hooks::HookOccasion::Remove),
        Occasion::Change => Some(hooks::HookOccasion::Change),
        Occasion::RequestFailed => Some(hooks::HookOccasion::RequestFailed),
        // Nobody subscribes to it.
        Occasion::Test => None,
    };
    let leads = |kind| (of.kind == kind).then(|| of.destination.clone());
    hooks::Hook {
        id: of.id.to_string(),
        tenant: of.tenant_code.clone(),
        service: of.service.clone(),
        name: of.name.clone(),
        moment: match of.moment {
            Moment::Before => hooks::HookMoment::Before,
            Moment::After => hooks::HookMoment::After,
        },
        occasions: of.occasions.iter().filter_map(occasion).collect(),
        url: leads(Kind::Webhook),
        command: leads(Kind::Command),
        time_limit_seconds: of.limit_seconds,
        tries: of.tries,
        attributes: of.attributes.iter().map(|a| a.code().to_owned()).collect(),
        old_secret_until: of.old_secret_until.map(|at| at.to_string()),
        waiting: of.waiting,
        failed: of.failed,
        unanswered: of.failures,
        last_error: of.reason.clone(),
        retry_at: of.retry_at.map(|at| at.to_string()),
        version: of.version,
        created_at: of.created_at.to_string(),
    }
}
