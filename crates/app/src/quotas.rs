//! Quotas: set from above, as a suspension is; checked when something is written.

use std::collections::BTreeMap;

use domain::{
    field::{FieldError, Rule},
    id::TenantId,
    permission::Permission,
};
use policy::{Denial, Refusal};
use store::{
    Caller, StoreError,
    catalogue::{Quota, QuotaKind, QuotaUse},
    tx::{Cause, act},
};

use crate::{App, AppError};

/// Quotas as somebody typed them; `None` lifts one, what is not named stays.
#[derive(Debug, Clone, Default)]
pub struct QuotasDraft {
    /// Of people with an account.
    pub people: Option<Option<i64>>,
    /// Of subscriptions, by code of the service.
    pub services: BTreeMap<String, Option<i64>>,
    /// Of subscriptions, by code of the plan.
    pub plans: BTreeMap<String, Option<i64>>,
}

/// Sets quotas of a tenant, and gives all it has with their use: what is used already
/// may be more, and stays; only nothing is added.
pub async fn set(
    app: &App,
    caller: &Caller,
    id: TenantId,
    draft: &QuotasDraft,
    cause: &Cause,
) -> Result<Vec<QuotaUse>, AppError> {
    let mut tx = app.store.write(caller).await?;
    let tenant = tx.tenant(id).await?;
    tx.permit::<act::TenantRead>(&tenant)?;
    // Nobody raises their own: whoever may stands above.
    let above = tenant.path.iter().rev().nth(1).copied();
    let permit = match above {
        Some(above) => match tx.tenant(above).await {
            Ok(above) => tx.permit::<act::CatalogueManage>(&above),
            Err(error) => Err(error),
        },
        None => Err(StoreError::NotFound("tenant")),
    };
    let permit = match permit {
        Ok(permit) => permit,
        Err(StoreError::NotFound(_) | StoreError::Denied(_)) => {
            drop(tx);
            let denial = Denial { permission: Permission::CatalogueManage, reason: Refusal::NoGrant };
            return Err(app.note_denied(caller, id, AppError::Forbidden(Box::new(denial)), cause).await);
        }
        Err(error) => return Err(error.into()),
    };
    let (mut quotas, mut errors) = (Vec::new(), Vec::new());
    if let Some(most) = draft.people {
        quotas.push((Quota { kind: QuotaKind::People, subject: String::new() }, most));
    }
    let (services, plans) = (tx.services(None).await?, tx.plans(&tenant.currency).await?);
    for (code, most) in &draft.services {
        if services.iter().all(|s| s.code != *code) {
            errors.push(FieldError::new(format!("services.{code}"), Rule::Unknown).with("value", code));
        }
        quotas.push((Quota { kind: QuotaKind::Service, subject: code.clone() }, *most));
    }
    for (code, most) in &draft.plans {
        if plans.iter().all(|p| p.code != *code) {
            errors.push(FieldError::new(format!("plans.{code}"), Rule::Unknown).with("value", code));
        }
        quotas.push((Quota { kind: QuotaKind::Plan, subject: code.clone() }, *most));
    }
    for (quota, most) in &quotas {
        if most.is_some_and(|most| most < 0) {
            let field = format!("{} {}", quota.kind.code(), quota.subject).trim().to_owned();
            errors.push(FieldError::new(field, Rule::OutOfRange).with("min", 0));
        }
    }
    if !errors.is_empty() {
        return Err(AppError::Invalid(errors));
    }
    tx.set_quotas(&permit, id, &quotas).await?;
    let now = tx.quotas(id).await?;
    tx.commit(cause).await?;
    Ok(now)
}
