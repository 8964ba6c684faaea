//! Findings.

use app::reading::drift::Finding;
use domain::drift::{FindingKind, FindingState, is_of_members};
use wire::drift;

use super::{Viewer, tenant_ref};

const fn kind(kind: FindingKind) -> drift::FindingKind {
    use drift::FindingKind as K;
    match kind {
        FindingKind::Changed => K::Changed,
        FindingKind::Missing => K::Missing,
        FindingKind::Moved => K::Moved,
        FindingKind::MarkerLost => K::MarkerLost,
        FindingKind::Foreign => K::Foreign,
        FindingKind::MemberAdded => K::MemberAdded,
        FindingKind::MemberRemoved => K::MemberRemoved,
    }
}

const fn state(state: FindingState) -> drift::FindingState {
    use drift::FindingState as S;
    match state {
        FindingState::Open => S::Open,
        FindingState::Reverted => S::Reverted,
        FindingState::Adopted => S::Adopted,
        FindingState::Gone => S::Gone,
        FindingState::Enforced => S::Enforced,
    }
}

/// A finding.
#[must_use]
pub fn finding(of: &Finding, viewer: Viewer) -> drift::Finding {
    // Where something lies in a shared directory, and who else reads there, is the provider's business.
    let place = matches!(of.kind, FindingKind::Moved | FindingKind::Foreign)
        || of.attribute == Some(domain::spec::Attribute::Readers)
        || is_of_members(of.kind) && of.member.is_none();
    let told = |value: &Option<String>| value.clone().filter(|_| viewer == Viewer::Provider || !place);
    drift::Finding {
        id: of.id.to_string(),
        tenant: tenant_ref(&of.tenant),
        directory: of.directory.clone(),
        object: of.object.map(|id| id.to_string()),
        entity: of.entity.clone(),
        name: of.name.clone(),
        member: of.member.map(|member| member.to_string()),
        kind: kind(of.kind),
        attribute: of.attribute.map(|a| a.code().to_owned()),
        wanted: told(&of.wanted),
        found: told(&of.found),
        changed_at: of.changed_at.map(|at| at.to_string()),
        state: state(of.state),
        enforced: of.enforced,
        first_seen_at: of.first_seen_at.to_string(),
        last_seen_at: of.last_seen_at.to_string(),
        resolved_by: of.resolved_by.map(|id| id.to_string()),
        resolved_at: of.resolved_at.map(|at| at.to_string()),
        request: of.request.map(|id| id.to_string()),
    }
}
