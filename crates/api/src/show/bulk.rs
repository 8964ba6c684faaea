//! Bulk changes, as `wire` says them.

use std::collections::BTreeMap;

use app::bulk::{Bulk, BulkRow, Series, Shown};
use domain::{
    bulk::{Act, BETWEEN, RowState, Said, Value},
    field::FieldError,
};
use web::texts;
use wire::{
    bulk,
    common::{Money, TenantRef},
};

fn error(e: &FieldError) -> wire::problem::FieldError {
    wire::problem::FieldError {
        field: e.field.clone(),
        rule: texts::rule_code(e.rule).to_owned(),
        message: texts::field_error(e),
        args: e.args.clone(),
    }
}

fn kind(of: domain::bulk::BulkKind) -> bulk::BulkKind {
    bulk::BulkKind::from_code(of.code()).unwrap_or(bulk::BulkKind::Import)
}

fn state(of: domain::bulk::BulkState) -> bulk::BulkState {
    bulk::BulkState::from_code(of.code()).unwrap_or(bulk::BulkState::Previewed)
}

fn counts(of: &Shown) -> bulk::BulkCounts {
    let (mut acts, mut states) = (BTreeMap::new(), BTreeMap::new());
    for act in Act::ALL.iter().filter(|act| of.count(**act) > 0) {
        acts.insert(act.code().to_owned(), of.count(*act));
    }
    for state in RowState::ALL.iter().filter(|state| of.in_state(**state) > 0) {
        states.insert(state.code().to_owned(), of.in_state(*state));
    }
    bulk::BulkCounts { acts, states, warned: of.counts.iter().map(|counted| counted.warned).sum() }
}

fn foreseen(of: &Shown) -> bulk::BulkForeseen {
    let all = &of.foreseen;
    let currency = if all.currency.is_empty() { &of.tenant.currency } else { &all.currency };
    let money = |minor| Money { minor, currency: currency.clone() };
    let plan = |plan: &app::bulk::PlanEffect| bulk::PlanEffect {
        code: plan.code.clone(),
        name: plan.name.clone(),
        given: plan.given,
        taken: plan.taken,
        price: plan.price_minor.map(money),
    };
    let quota = |quota: &app::bulk::QuotaEffect| bulk::QuotaEffect {
        kind: quota.kind.clone(),
        subject: quota.subject.clone(),
        most: quota.most,
        used: quota.used,
        change: quota.change,
        exceeded_by: quota.exceeded_by(),
    };
    let role = |role: &app::bulk::RoleEffect| bulk::RoleEffect {
        code: role.code.clone(),
        given: role.given,
        taken: role.taken,
    };
    bulk::BulkForeseen {
        plans: all.plans.iter().map(plan).collect(),
        month: money(all.month_minor),
        unpriced: all.unpriced,
        quotas: all.quotas.iter().map(quota).collect(),
        groups: all.groups.clone(),
        roles: all.roles.iter().map(role).collect(),
        seconds: all.seconds,
    }
}

/// A bulk change with what it comes to.
#[must_use]
pub fn bulk(of: &Shown) -> bulk::Bulk {
    let (stored, tenant, options) = (&of.bulk, &of.tenant, &of.ask.options);
    bulk::Bulk {
        id: stored.id.to_string(),
        tenant: TenantRef { id: tenant.id.to_string(), code: tenant.code.clone(), name: tenant.name.clone() },
        kind: kind(stored.kind),
        title: stored.title.clone(),
        state: state(stored.state),
        problem: stored.problem.iter().flatten().map(error).collect(),
        version: stored.version,
        counts: counts(of),
        foreseen: foreseen(of),
        names: stored.names.map(|names| bulk::AskedNames {
            settled: names.is_settled(),
            asked_at: names.asked_at.to_string(),
            answered_at: names.answered_at.map(|at| at.to_string()),
        }),
        options: bulk::ImportOptions {
            create: options.create,
            update: options.update,
            disable: options.disable,
            missing: options.missing.code().to_owned(),
            send_links: options.send_links,
            make_groups: options.make_groups,
            give_roles: options.give_roles,
        },
        mapping: of.ask.mapping.clone(),
        file: of.ask.file.clone(),
        undoes: stored.undoes.map(|id| id.to_string()),
        undone_by: stored.undone_by.map(|id| id.to_string()),
        series: stored.series.map(|id| id.to_string()),
        request: stored.request.map(|id| id.to_string()),
        created_by: stored.created_by.to_string(),
        created_at: stored.created_at.to_string(),
        run_at: stored.run_at.map(|at| at.to_string()),
        finished_at: stored.finished_at.map(|at| at.to_string()),
        links_at: stored.links_at.map(|at| at.to_string()),
    }
}

/// What was asked for together.
#[must_use]
pub fn series(of: &Series) -> bulk::BulkSeries {
    bulk::BulkSeries { id: of.id.to_string(), bulks: of.all.iter().map(bulk).collect() }
}

/// A bulk change in a list.
#[must_use]
pub fn bulk_listed(of: &Bulk) -> bulk::BulkListed {
    bulk::BulkListed {
        id: of.id.to_string(),
        kind: kind(of.kind),
        title: of.title.clone(),
        state: state(of.state),
        created_by: of.created_by.to_string(),
        created_at: of.created_at.to_string(),
        finished_at: of.finished_at.map(|at| at.to_string()),
    }
}

/// One row of a bulk change.
#[must_use]
pub fn bulk_row(of: &BulkRow) -> bulk::BulkRow {
    let change = |change: &domain::bulk::Change| bulk::BulkFieldChange {
        field: change.field.clone(),
        before: change.before.clone(),
        after: change.after.clone(),
    };
    // Of somebody new, what is said is what changes.
    let said = of.said.iter().filter(|_| of.act == Act::Create).flat_map(first);
    let told: Vec<_> = of.changes.iter().map(change).collect();
    let known = |field: &str| told.iter().any(|change| change.field == field);
    let said: Vec<_> = said.filter(|change| !known(&change.field)).collect();
    bulk::BulkRow {
        line: of.line,
        act: bulk::BulkAct::from_code(of.act.code()).unwrap_or(bulk::BulkAct::Nothing),
        state: bulk::BulkRowState::from_code(of.state.code()).unwrap_or(bulk::BulkRowState::Planned),
        user: of.user.map(|id| id.to_string()),
        name: of.name.clone(),
        login: of.login.clone(),
        changes: told.into_iter().chain(said).collect(),
        errors: of.errors.iter().map(error).collect(),
        warnings: of.warnings.iter().map(error).collect(),
    }
}

fn first(said: &Said) -> impl Iterator<Item = bulk::BulkFieldChange> + '_ {
    said.iter().filter_map(|(field, value)| {
        let after = match value {
            Value::Empty => return None,
            Value::Text(text) => text.clone(),
            Value::List(all) => all.join(BETWEEN),
        };
        Some(bulk::BulkFieldChange { field: field.clone(), before: None, after: Some(after) })
    })
}
