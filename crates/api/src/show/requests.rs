//! Requests, their items, orders, plans, directories.

use app::reading::{
    catalogue::Plan,
    views::{ControllerView, DirectoryView, ItemView, OrderView, RequestView},
};
use domain::{id::DeliveryId, request::RequestState};
use jiff::Timestamp;
use wire::{catalogue, common::Money, directories, orders, requests};

use super::{Viewer, person, problem, state, tenant_ref};

const fn request_state(state: RequestState) -> requests::RequestState {
    use requests::RequestState as S;
    match state {
        RequestState::Requested => S::Requested,
        RequestState::Running => S::Running,
        RequestState::Parked => S::Parked,
        RequestState::Complete => S::Complete,
        RequestState::CompleteWithProblems => S::CompleteWithProblems,
        RequestState::Failed => S::Failed,
    }
}

/// A request with its progress at `now`.
#[must_use]
pub fn request(of: &RequestView, now: Timestamp) -> requests::Request {
    let counts = of.counts;
    requests::Request {
        id: of.id.to_string(),
        tenant: tenant_ref(&of.tenant),
        cause: of.kind.clone(),
        requested_by: of.actor.as_ref().map(person),
        state: request_state(counts.state()),
        counts: requests::Counts {
            total: counts.total(),
            requested: counts.requested,
            running: counts.running,
            verified: counts.verified,
            failed: counts.failed,
            drifted: counts.drifted,
            parked: counts.parked,
            superseded: counts.superseded,
        },
        requested_at: of.created_at.to_string(),
        started_at: of.started_at.map(|at| at.to_string()),
        finished_at: of.finished_at.map(|at| at.to_string()),
        rate_per_second: rate(of, now),
    }
}

#[expect(clippy::cast_precision_loss, reason = "a rate for people; counts are far below 2^52")]
fn rate(of: &RequestView, now: Timestamp) -> Option<f64> {
    let seconds = of.finished_at.unwrap_or(now).duration_since(of.started_at?).as_secs_f64();
    let rate = of.counts.verified as f64 / seconds;
    (seconds > 0.0 && of.counts.verified > 0).then(|| (rate * 10.0).round() / 10.0)
}

/// One object of a request.
#[must_use]
pub fn item(of: &ItemView, viewer: Viewer) -> requests::Item {
    requests::Item {
        object: match of.kind.as_str() {
            "hook" => DeliveryId::from_uuid(of.object.uuid()).to_string(),
            _ => of.object.to_string(),
        },
        kind: of.kind.clone(),
        entity: of.entity.clone(),
        name: of.name.clone(),
        state: state(of.state),
        attempts: of.attempts,
        updated_at: of.updated_at.to_string(),
        problem: of.problem.as_ref().map(|p| problem(p, viewer)),
        answer: of.answer.clone().filter(|_| viewer == Viewer::Provider),
    }
}

/// An order as lists show it.
#[must_use]
pub fn order(of: &OrderView) -> orders::OrderSummary {
    orders::OrderSummary {
        id: of.id.to_string(),
        reference: of.reference.clone(),
        seller: tenant_ref(&of.seller),
        buyer: tenant_ref(&of.buyer),
        purchase_order: of.purchase_order.clone(),
        start: of.start.map(|day| day.to_string()),
        end: of.end.map(|day| day.to_string()),
        notice_period_days: of.notice_days.and_then(|days| u32::try_from(days).ok()),
        ordered_at: of.created_at.to_string(),
        ordered_by: of.ordered_by.as_ref().map(person),
        request_id: of.request.to_string(),
        state: request_state(of.state),
    }
}

/// A plan.
#[must_use]
pub fn plan(of: &Plan) -> catalogue::Plan {
    catalogue::Plan {
        id: of.id.to_string(),
        code: of.code.clone(),
        version: of.version,
        service: of.service_code.clone(),
        name: of.name.clone(),
        scope: if of.per_user { catalogue::PlanScope::User } else { catalogue::PlanScope::Customer },
        price: of.price.as_ref().map(|p| Money { minor: p.minor, currency: p.currency.clone() }),
    }
}

/// A directory at `now`.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "a rate for people")]
pub fn directory(of: &DirectoryView, viewer: Viewer, now: Timestamp) -> directories::Directory {
    use directories::{Breaker, Health};
    let waiting = of.retry_at.is_some_and(|at| at > now);
    directories::Directory {
        id: of.id.to_string(),
        code: of.code.clone(),
        name: of.name.clone(),
        health: match of.up {
            Some(true) => Health::Up,
            Some(false) => Health::Down,
            None => Health::Unknown,
        },
        breaker: match of.up {
            Some(false) if waiting => Breaker::Open,
            Some(false) => Breaker::HalfOpen,
            _ => Breaker::Closed,
        },
        queue: directories::Queue {
            interactive: of.interactive,
            bulk: of.bulk,
            parked: of.parked,
            failed: of.failed,
        },
        pace_per_second: of.pace_micros.filter(|m| *m > 0).map(|m| (1e7 / m as f64).round() / 10.0),
        // It answered last just before it was found to be away.
        last_contact_at: of.since.filter(|_| of.up == Some(false)).map(|at| at.to_string()),
        last_error: of.problem.as_ref().map(|p| problem(p, viewer)),
        warnings: of.warnings().iter().map(|p| problem(p, viewer)).collect(),
        maintenance: of.maintenance,
        read_only: of.read_only,
        dedicated: of.dedicated.is_some(),
        dedicated_to: of.dedicated.as_ref().and_then(Option::as_ref).map(super::tenant_ref),
        version: of.version,
        controllers: of.controllers.iter().map(|c| controller(c, viewer)).collect(),
    }
}

#[expect(clippy::cast_precision_loss, reason = "a figure for people")]
fn controller(of: &ControllerView, viewer: Viewer) -> directories::Controller {
    use directories::Health;
    directories::Controller {
        address: of.address.clone(),
        health: if of.up { Health::Up } else { Health::Down },
        used: of.used,
        since: of.since.to_string(),
        asked_at: of.asked_at.to_string(),
        round_trip_ms: of.round_trip_micros.map(|micros| (micros as f64 / 100.0).round() / 10.0),
        clock_ahead_seconds: of.clock_skew_millis.map(|millis| (millis as f64 / 100.0).round() / 10.0),
        last_error: of.problem.as_ref().map(|p| problem(p, viewer)),
    }
}

/// Where a seller places customers.
pub fn placement(of: &app::placement::SellerPlacement) -> directories::Placement {
    let default_of = of.default_of.as_ref();
    directories::Placement {
        default: of.default.clone(),
        default_of: default_of.map(|tenant| wire::common::TenantRef {
            id: tenant.id.to_string(),
            code: tenant.code.clone(),
            name: tenant.name.clone(),
        }),
        restricted: of.directories.iter().any(|d| d.listed),
        directories: of
            .directories
            .iter()
            .map(|d| directories::PlacementDirectory {
                code: d.code.clone(),
                name: d.name.clone(),
                allowed: d.obstacle.is_none(),
                obstacle: d.obstacle.map(|why| why.code().to_owned()),
                listed: d.listed,
            })
            .collect(),
    }
}
