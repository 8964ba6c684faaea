//! The ledger of a customer.

use app::{
    AppError, ledger as use_cases,
    reading::ledger::{Fact, Span},
};
use axum::{Json, extract::State};
use domain::{
    fact,
    field::{FieldError, Rule},
    id::{FactId, TenantId},
};
use jiff::Timestamp;
use web::Surface;
use wire::{
    common::Page,
    ledger::{self, DaysQuery, FactKind, FactsQuery, SellerDays, Sellers},
};

use crate::{
    Refused,
    cursor::Paging,
    input::{Call, Params, PathId},
    refusal::Answer,
    show,
};

/// The facts of a customer, the oldest first: what bills are made of.
///
/// A subscription is *ordered* when somebody asks for it, *started* when it was read back from
/// its directory, *ended* when somebody asks for its end. Each fact names the day of the
/// customer's own calendar, and who sold to the customer on it.
#[utoipa::path(get, path = "/customers/{id}/facts", tag = "ledger",
    params(("id" = String, Path, description = "Id of the customer."), FactsQuery),
    responses((status = 200, description = "One page.", body = Page<ledger::Fact>), Refused))]
pub async fn list_facts(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<TenantId>,
    Params(query): Params<FactsQuery>,
) -> Answer<Json<Page<ledger::Fact>>> {
    let paging = Paging::new("facts", query.limit, query.after.as_deref())?;
    let unreadable = || AppError::field(FieldError::new("after", Rule::Format));
    // Nothing was written before the epoch.
    let at = |text: &str| text.parse().ok().filter(|at: &Timestamp| *at > Timestamp::UNIX_EPOCH);
    let after = match paging.after::<FactId>()? {
        Some((text, id)) => Some((at(text).ok_or_else(unreadable)?, id)),
        None => None,
    };
    let days = use_cases::days(query.from.as_deref(), query.to.as_deref())?;
    let facts = use_cases::facts(&surface.app, &call.caller, id, days, after, paging.rows()).await?;
    let (facts, next) = paging.page("facts", facts, |fact| (fact.at.to_string(), fact.id));
    Ok(Json(Page { items: facts.iter().map(shown).collect(), next }))
}

/// Who sold to a customer on which days of its own calendar.
#[utoipa::path(get, path = "/customers/{id}/sellers", tag = "ledger",
    params(("id" = String, Path, description = "Id of the customer."), DaysQuery),
    responses((status = 200, description = "All of them, in order.", body = Sellers), Refused))]
pub async fn list_sellers(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<TenantId>,
    Params(query): Params<DaysQuery>,
) -> Answer<Json<Sellers>> {
    let days = use_cases::days(query.from.as_deref(), query.to.as_deref())?;
    let spans = use_cases::sellers(&surface.app, &call.caller, id, days).await?;
    let span = |of: &Span| SellerDays {
        seller: show::tenant_ref(&of.seller),
        first: of.first.to_string(),
        last: of.last.to_string(),
    };
    Ok(Json(Sellers { sellers: spans.iter().map(span).collect() }))
}

fn shown(of: &Fact) -> ledger::Fact {
    ledger::Fact {
        id: of.id.to_string(),
        kind: match of.kind {
            fact::FactKind::Ordered => FactKind::Ordered,
            fact::FactKind::Started => FactKind::Started,
            fact::FactKind::Ended => FactKind::Ended,
        },
        at: of.at.to_string(),
        day: of.day.to_string(),
        time_zone: of.zone.clone(),
        subscription: of.subscription.to_string(),
        user: of.user.map(|user| user.to_string()),
        plan: of.plan.clone(),
        plan_version: of.version,
        name: of.name.clone(),
        instance: of.instance.clone(),
        request: of.request.map(|request| request.to_string()),
        seller: of.seller.as_ref().map(show::tenant_ref),
    }
}
