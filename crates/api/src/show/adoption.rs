//! Surveys, adoptions, migrations.

use app::adoption::{
    Adoption, AdoptionItem, Counts, Leftover, Migrated, Plan, ReleaseCounts, ReleasePreview,
};
use app::reading::surveys::{Survey, SurveyObject};
use domain::{
    adoption::{Difference, Fate},
    id::{GroupId, RequestId, UserId},
    spec::ObjectKind,
};
use web::texts;
use wire::{adoption, problem::FieldError};

use super::{Viewer, problem};

/// A survey; only the operator of the directory sees it.
#[must_use]
pub fn survey(of: &Survey) -> adoption::Survey {
    adoption::Survey {
        id: of.id.to_string(),
        directory: of.directory.clone(),
        base: of.base.clone(),
        state: adoption::SurveyState::from_code(&of.state).unwrap_or(adoption::SurveyState::Requested),
        problem: of.problem.as_ref().map(|p| problem(p, Viewer::Provider)),
        seen: of.seen,
        asked_by: of.asked_by.to_string(),
        created_at: of.created_at.to_string(),
        finished_at: of.finished_at.map(|at| at.to_string()),
        expires_at: of.expires_at.to_string(),
    }
}

/// An object a survey saw.
#[must_use]
pub fn survey_object(of: &SurveyObject) -> adoption::SurveyObject {
    let attributes = of.attributes.iter().map(|(a, value)| (a.code().to_owned(), value.clone()));
    adoption::SurveyObject {
        id: of.external_id.to_string(),
        kind: of.kind.code().to_owned(),
        name: of.name.clone(),
        dn: of.dn.clone(),
        ours: of.owner.is_some(),
        ignored: of.ignored.map(|ignored| ignored.code().to_owned()),
        protected: of.protected,
        groups: of.member_of.len(),
        attributes: attributes.collect(),
    }
}

const fn fate(fate: Fate) -> adoption::Fate {
    match fate {
        Fate::Create => adoption::Fate::Create,
        Fate::Match => adoption::Fate::Match,
        Fate::Conflict => adoption::Fate::Conflict,
        Fate::Skip => adoption::Fate::Skip,
    }
}

/// An adoption.
#[must_use]
pub fn adoption(of: &Adoption) -> adoption::Adoption {
    let counts: Counts = serde_json::from_value(of.counts.clone()).unwrap_or_default();
    let plan: Option<Plan> = serde_json::from_value(of.plan.clone()).ok();
    let text = |value: fn(&Plan) -> &String| plan.as_ref().map(value).cloned().unwrap_or_default();
    adoption::Adoption {
        id: of.id.to_string(),
        survey: of.survey.to_string(),
        container: of.dn.clone(),
        code: text(|plan| &plan.code),
        name: text(|plan| &plan.name),
        billing_id: plan.as_ref().and_then(|plan| plan.billing_id.clone()),
        seller: of.seller.to_string(),
        into: of.into.map(|id| id.to_string()),
        wins: plan.as_ref().filter(|plan| plan.into.is_some()).map(|plan| plan.wins().code().to_owned()),
        state: adoption::AdoptionState::from_code(&of.state).unwrap_or(adoption::AdoptionState::Previewed),
        changes: texts::adoption_changes(&counts, plan.as_ref().map(Plan::wins)),
        counts: adoption::AdoptionCounts {
            containers: counts.containers,
            groups: counts.groups,
            users: counts.users,
            linked: counts.linked,
            conflicts: counts.conflicts,
            skipped: counts.skipped,
            new_groups: counts.new_groups,
            subscriptions: counts.subscriptions,
            by_services: counts.by_services,
        },
        customer: of.customer.map(|id| id.to_string()),
        request: of.request.map(|id| id.to_string()),
        created_at: of.created_at.to_string(),
        run_at: of.run_at.map(|at| at.to_string()),
        released_at: of.released.map(|(at, _)| at.to_string()),
        release_request: of.released.map(|(_, request)| request.to_string()),
    }
}

/// What becomes of one object.
#[must_use]
pub fn adoption_item(of: &AdoptionItem) -> adoption::AdoptionItem {
    let text = of.reason.map(|reason| texts::adoption_reason(reason, &of.args));
    let (what, cure) = text.unzip();
    adoption::AdoptionItem {
        id: of.external_id.to_string(),
        kind: of.kind.code().to_owned(),
        name: of.name.clone(),
        dn: of.dn.clone(),
        fate: fate(of.fate),
        reason: of.reason.map(|reason| reason.code().to_owned()),
        what,
        cure,
        args: of.args.clone(),
        subject: of.subject.map(|id| subject(of.kind, id)),
        rule: of.rule.map(|rule| rule.code().to_owned()),
        differences: of.differences.iter().map(difference).collect(),
    }
}

fn subject(kind: ObjectKind, id: uuid::Uuid) -> String {
    match kind {
        ObjectKind::Group => GroupId::from_uuid(id).to_string(),
        _ => UserId::from_uuid(id).to_string(),
    }
}

fn difference(of: &Difference) -> adoption::Difference {
    adoption::Difference {
        field: of.field.clone(),
        directory: of.directory.clone(),
        portal: of.portal.clone(),
    }
}

/// What becomes of a person or a group that is given back.
#[must_use]
pub fn release(of: ReleasePreview, request: Option<RequestId>) -> adoption::Release {
    adoption::Release {
        name: of.name,
        dn: of.dn,
        plans: of.plans,
        leaves: of.left,
        stays_in: of.kept,
        request: request.map(|id| id.to_string()),
    }
}

/// What becomes of an adoption that is taken back.
#[must_use]
pub fn adoption_release(of: &ReleaseCounts, request: Option<RequestId>) -> adoption::AdoptionRelease {
    adoption::AdoptionRelease {
        users: of.users,
        groups: of.groups,
        containers: of.containers,
        removed_groups: of.removed,
        plans: of.plans,
        kept: of.kept,
        changed: of.changed,
        request: request.map(|id| id.to_string()),
    }
}

/// What became of an export.
#[must_use]
pub fn migration(of: &Migrated) -> adoption::Migration {
    let adoptions = of.adoptions.iter().map(|(code, adoption)| adoption::MigratedCustomer {
        code: code.clone(),
        adoption: adoption.to_string(),
    });
    adoption::Migration {
        adoptions: adoptions.collect(),
        leftovers: of.leftovers.iter().map(leftover).collect(),
    }
}

fn leftover(of: &Leftover) -> adoption::Leftover {
    let error = |e: &domain::field::FieldError| FieldError {
        field: e.field.clone(),
        rule: texts::rule_code(e.rule).to_owned(),
        message: texts::field_error(e),
        args: e.args.clone(),
    };
    adoption::Leftover {
        file: of.row.map(|(file, _)| file.to_owned()),
        row: of.row.map(|(_, row)| row),
        name: of.name.clone(),
        reason: of.reason.to_owned(),
        errors: of.errors.iter().map(error).collect(),
    }
}
