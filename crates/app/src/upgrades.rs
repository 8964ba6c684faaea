//! Changing subscriptions to another version of their plan: for one person, a
//! customer, or everybody, with a preview in people and money.

use domain::{
    catalogue::Money,
    field::{FieldError, Rule},
    id::{RequestId, TenantId, UserId},
    request::Lane,
};
use serde_json::json;
use store::{
    Caller,
    catalogue::{PlanVersion, Upgradable, Upgrade},
    requests::Request,
    tx::{Cause, WriteTx, act},
};

use crate::{App, AppError, error::Conflict};

/// What is to change.
#[derive(Debug, Clone, Default)]
pub struct UpgradeDraft {
    /// To which version; the newest when absent. Never to an older one than somebody has.
    pub to: Option<i32>,
    /// Only subscriptions to this version.
    pub from: Option<i32>,
    /// At and below this tenant; the plan's publisher when absent.
    pub below: Option<TenantId>,
    /// Only those of this person.
    pub user: Option<UserId>,
}

/// What a change concerns.
#[derive(Debug, Clone)]
pub struct Preview {
    /// The version all would have.
    pub to: i32,
    /// How many people.
    pub people: i64,
    /// How many subscriptions.
    pub subscriptions: i64,
    /// What they cost a month, by currency, before and after; of those with a price only.
    pub cost: Vec<(Money, Money)>,
    /// Subscriptions that have no price before or after.
    pub unpriced: i64,
}

/// What a change to another version would concern.
pub async fn preview(
    app: &App,
    caller: &Caller,
    code: &str,
    draft: &UpgradeDraft,
) -> Result<Preview, AppError> {
    let mut tx = app.store.read(caller).await?;
    let versions = tx.plan_versions(code).await?;
    let (to, below) = target(&versions, draft)?;
    let below = match draft.user {
        Some(user) => tx.tenant_of_user(user).await?,
        None => tx.tenant(below).await?,
    };
    tx.permit::<act::CatalogueManage>(&below)?;
    let rows = tx.upgradable(code, to.id, below.id, draft.user, draft.from).await?;
    tx.finish().await?;
    sum(to.version, &rows)
}

/// Changes subscriptions to another version, and the accounts to what it means. Who is
/// in a group stays in it.
pub async fn upgrade(
    app: &App,
    caller: &Caller,
    code: &str,
    draft: &UpgradeDraft,
    cause: &Cause,
) -> Result<(Preview, Option<RequestId>), AppError> {
    let mut tx = app.store.write(caller).await?;
    let versions = tx.plan_versions(code).await?;
    let (to, below) = target(&versions, draft)?;
    let below = match draft.user {
        Some(user) => tx.tenant_of_user(user).await?,
        None => tx.tenant(below).await?,
    };
    if let Err(error) = tx.permit::<act::CatalogueManage>(&below) {
        drop(tx);
        return Err(app.note_denied(caller, below.id, error.into(), cause).await);
    }
    tx.lock_services(&[to.service], true).await?;
    let preview = sum(to.version, &tx.upgradable(code, to.id, below.id, draft.user, draft.from).await?)?;
    let upgrades = tx.lock_upgrades(code, to.id, below.id, draft.user, draft.from).await?;
    if upgrades.is_empty() {
        return Ok((preview, None));
    }
    let args = json!({ "name": to.name, "plan": code, "to": to.version });
    let request = apply(&mut tx, below.id, "plan_upgrade", args, &upgrades).await?;
    tx.commit(cause).await?;
    Ok((preview, Some(request)))
}

async fn apply(
    tx: &mut WriteTx<'_>,
    tenant: TenantId,
    kind: &'static str,
    args: serde_json::Value,
    upgrades: &[Upgrade],
) -> Result<RequestId, AppError> {
    let request = tx.open_request(tenant, kind, args, Lane::for_objects(upgrades.len()));
    tx.upgrade(upgrades).await?;
    let mut people: Vec<_> = upgrades.iter().filter_map(|upgrade| upgrade.user).collect();
    people.sort_unstable();
    people.dedup();
    tx.settle_people(&people).await?;
    Ok(request)
}

/// Undoes a change of versions: everybody whose subscription still is the one it began
/// gets the former version back.
pub(crate) async fn undo(tx: &mut WriteTx<'_>, request: &Request) -> Result<Option<RequestId>, AppError> {
    let code = request.args["plan"].as_str().unwrap_or_default().to_owned();
    let service = tx.plan_versions(&code).await?.first().map(|version| version.service);
    tx.lock_services(&service.into_iter().collect::<Vec<_>>(), true).await?;
    let upgrades = tx.lock_former(request.id).await?;
    if upgrades.is_empty() {
        return Ok(None);
    }
    let args = json!({ "name": request.args["name"], "plan": code, "undone": request.id.to_string() });
    Ok(Some(apply(tx, request.tenant, "plan_upgrade_undo", args, &upgrades).await?))
}

fn target<'v>(
    versions: &'v [PlanVersion],
    draft: &UpgradeDraft,
) -> Result<(&'v PlanVersion, TenantId), AppError> {
    let newest = versions.first().ok_or(AppError::NotFound("plan"))?;
    let wanted = draft.to.unwrap_or(newest.version);
    let Some(to) = versions.iter().find(|v| v.version == wanted) else {
        let known: Vec<_> = versions.iter().map(|v| v.version.to_string()).collect();
        let error = FieldError::new("to", Rule::Unknown).with("value", wanted);
        return Err(AppError::field(error.with("known", known.join(", "))));
    };
    Ok((to, draft.below.unwrap_or(to.tenant)))
}

/// What it comes to; refused while one of them has a newer version, because going back is
/// undoing what brought it, and nothing anybody sells.
fn sum(to: i32, rows: &[Upgradable]) -> Result<Preview, AppError> {
    if rows.iter().any(|row| row.version > to) {
        return Err(AppError::Conflict(Conflict::OlderVersion));
    }
    let mut cost: Vec<(Money, Money)> = Vec::new();
    let mut unpriced = 0;
    for row in rows {
        let (Some(before), Some(after)) = (row.before, row.after) else {
            unpriced += row.subscriptions;
            continue;
        };
        let of = |minor: i64| Money { minor: minor * row.subscriptions, currency: row.currency.clone() };
        match cost.iter_mut().find(|(money, _)| money.currency == row.currency) {
            Some((b, a)) => {
                b.minor += of(before).minor;
                a.minor += of(after).minor;
            }
            None => cost.push((of(before), of(after))),
        }
    }
    Ok(Preview {
        to,
        people: rows.iter().map(|row| row.people).sum(),
        subscriptions: rows.iter().map(|row| row.subscriptions).sum(),
        cost,
        unpriced,
    })
}
