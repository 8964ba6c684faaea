//! Taking over what is in a directory: a survey is asked for, an adoption is
//! previewed from what it saw, and carried out as it was shown.
//!
//! A customer is taken over whole, in one transaction: one that was there by
//! half would be closed to people who are not in its group yet. What is carried
//! out is computed anew by the code that made the preview, and has to be the
//! same ([`Conflict::PreviewStale`]).
//!
//! `draft` is what somebody asks for, `ground` what it is decided on, `outcome` what
//! becomes of it, `run` what is written, `links` for those whom we have already. How
//! it is given back is in `release`.

mod draft;
mod export;
mod ground;
mod links;
mod migrate;
mod outcome;
mod refers;
mod release;
mod run;
mod served;

use domain::{
    field::{FieldError, Rule},
    id::{AdoptionId, RequestId, SurveyId, TargetId, TenantId},
    limits, names,
};
use store::{
    Caller,
    surveys::Survey,
    tx::{Cause, Permit, ReadTx, TenantRef, WriteTx, act},
};

pub use draft::{AdoptionDraft, Extra, Plan};
pub use migrate::{Leftover, Migrated, MigrationDraft, migrate};
pub use outcome::Counts;
pub use release::{
    ReleaseCounts, ReleasePreview, may_release, preview_group_release, preview_release, preview_user_release,
    release, release_group, release_user,
};
pub use store::adoptions::{Adoption, AdoptionItem};

use crate::{App, AppError, error::Conflict};
use ground::Ground;
use outcome::Outcome;

/// Asks for a survey of a directory, or of one container of it.
pub async fn survey(
    app: &App,
    caller: &Caller,
    directory: &str,
    base: Option<&str>,
    cause: &Cause,
) -> Result<SurveyId, AppError> {
    let base = names::optional_line("base", base, limits::DN_CHARS).map_err(AppError::field)?;
    let mut tx = app.store.write(caller).await?;
    let (target, owner) = tx.directory_owner(directory).await?;
    let tenant = tx.tenant(owner).await.map_err(|_| AppError::NotFound("directory"))?;
    let permit = match tx.permit::<act::DirectoryAdopt>(&tenant) {
        Ok(permit) => permit,
        Err(error) => {
            drop(tx);
            return Err(app.note_denied(caller, owner, error.into(), cause).await);
        }
    };
    let asked = tx.ask_for_survey(&permit, target, base.as_deref()).await?;
    let asked = asked.ok_or(AppError::Conflict(Conflict::TooManySurveys))?;
    tx.commit(cause).await?;
    Ok(asked)
}

/// The directory with this code, for its operator.
pub async fn directory(
    tx: &mut ReadTx<'_>,
    code: &str,
) -> Result<(TargetId, Permit<act::DirectoryAdopt>), AppError> {
    let (target, owner) = tx.directory_owner(code).await?;
    let tenant = tx.tenant(owner).await.map_err(|_| AppError::NotFound("directory"))?;
    let permit = tx.permit::<act::DirectoryAdopt>(&tenant)?;
    Ok((target, permit))
}

/// Shows what would become of a container and all in it, and keeps it.
pub async fn preview(
    app: &App,
    caller: &Caller,
    survey: SurveyId,
    draft: &AdoptionDraft,
    cause: &Cause,
) -> Result<AdoptionId, AppError> {
    let mut tx = app.store.write(caller).await?;
    let (survey, permit) = match surveyed(&mut tx, survey).await {
        Ok(found) => found,
        Err((owner, error)) => {
            drop(tx);
            return Err(match owner {
                Some(owner) => app.note_denied(caller, owner, error, cause).await,
                None => error,
            });
        }
    };
    let id = keep(&mut tx, &permit, &survey, caller, draft).await?;
    tx.commit(cause).await?;
    Ok(id)
}

/// A finished survey, and that the caller may adopt from it.
async fn surveyed(
    tx: &mut WriteTx<'_>,
    id: SurveyId,
) -> Result<(Survey, Permit<act::DirectoryAdopt>), (Option<TenantId>, AppError)> {
    let (survey, tenant) = tx.survey(id).await.map_err(|error| (None, error.into()))?;
    let permit = tx.permit::<act::DirectoryAdopt>(&tenant);
    let permit = permit.map_err(|error| (Some(tenant.id), error.into()))?;
    if survey.state != "done" {
        return Err((None, AppError::Conflict(Conflict::SurveyNotDone)));
    }
    Ok((survey, permit))
}

/// Decides what becomes of everything and keeps it.
async fn keep(
    tx: &mut WriteTx<'_>,
    permit: &Permit<act::DirectoryAdopt>,
    survey: &Survey,
    caller: &Caller,
    draft: &AdoptionDraft,
) -> Result<AdoptionId, AppError> {
    let objects = tx.survey_subtree(survey, &draft.container, limits::ADOPTED_OBJECTS + 1).await?;
    let plan = Plan::check(tx, survey, draft, &objects).await?;
    let ground = Ground::of(tx, survey, &plan).await?;
    if let Some(customer) = &ground.customer {
        // What is known of its people is shown.
        tx.permit_people(customer)?;
        tx.permit::<act::OrderCreate>(customer)?;
    }
    let outcome = Outcome::of(tx, survey, &ground, &plan, objects).await?;
    let top = outcome.top();
    let adoption = Adoption {
        id: tx.id(),
        survey: survey.id,
        target: survey.target,
        container: top.external_id,
        dn: top.dn.clone(),
        seller: plan.seller,
        plan: serde_json::to_value(&plan).map_err(|error| AppError::Internal(Box::new(error)))?,
        counts: serde_json::to_value(&outcome.counts).map_err(|error| AppError::Internal(Box::new(error)))?,
        digest: outcome.digest(),
        state: "previewed".to_owned(),
        into: plan.into,
        customer: None,
        request: None,
        created_by: caller.user(),
        created_at: tx.now(),
        run_at: None,
        released: None,
    };
    tx.insert_adoption(permit, &adoption, &outcome.items()).await?;
    Ok(adoption.id)
}

/// Carries an adoption out as it was shown. Once: asked for again, it gives the
/// same request.
pub async fn run(
    app: &App,
    caller: &Caller,
    id: AdoptionId,
    leave_conflicts: bool,
    cause: &Cause,
) -> Result<RequestId, AppError> {
    let mut tx = app.store.write(caller).await?;
    let (adoption, owner) = tx.lock_adoption(id).await?;
    let permitted = permits(&mut tx, &adoption, &owner).await;
    let (adopt, order) = match permitted {
        Ok(permits) => permits,
        Err((tenant, error)) => {
            drop(tx);
            return Err(app.note_denied(caller, tenant, error, cause).await);
        }
    };
    if let Some(request) = adoption.request {
        return Ok(request);
    }
    let plan: Plan =
        serde_json::from_value(adoption.plan.clone()).map_err(|error| AppError::Internal(Box::new(error)))?;
    let stale = |_| AppError::Conflict(Conflict::PreviewStale);
    let (survey, _) = tx.survey(adoption.survey).await.map_err(stale)?;
    let ground = Ground::of(&mut tx, &survey, &plan).await?;
    if tx.is_read_only(survey.target).await? {
        return Err(AppError::Conflict(Conflict::DirectoryReadOnly));
    }
    let objects = tx.survey_subtree(&survey, &adoption.dn, limits::ADOPTED_OBJECTS + 1).await?;
    let outcome = Outcome::of(&mut tx, &survey, &ground, &plan, objects).await.map_err(|e| match e {
        // Where it may be placed, and what it may be called, was shown otherwise.
        AppError::Invalid(_)
        | AppError::Conflict(Conflict::DirectoryDedicated | Conflict::DirectoryNotAllowed) => {
            AppError::Conflict(Conflict::PreviewStale)
        }
        other => other,
    })?;
    if outcome.digest() != adoption.digest {
        return Err(AppError::Conflict(Conflict::PreviewStale));
    }
    if outcome.counts.conflicts > 0 && !leave_conflicts {
        return Err(AppError::Conflict(Conflict::AdoptionConflicts));
    }
    let request = run::carry_out(&mut tx, (&adopt, &order), &adoption, &ground, &plan, &outcome).await?;
    tx.commit(cause).await?;
    Ok(request)
}

/// The operator of the directory adopts; who may order for the seller makes the customer.
async fn permits(
    tx: &mut WriteTx<'_>,
    adoption: &Adoption,
    owner: &TenantRef,
) -> Result<(Permit<act::DirectoryAdopt>, Permit<act::OrderCreate>), (TenantId, AppError)> {
    // Who may give a customer something may give it people; a new one is the seller's.
    let order = match tx.tenant(adoption.into.unwrap_or(adoption.seller)).await {
        Ok(buyer) => tx.permit::<act::OrderCreate>(&buyer).map_err(|e| (buyer.id, e.into()))?,
        Err(error) => return Err((owner.id, error.into())),
    };
    let adopt = tx.permit::<act::DirectoryAdopt>(owner).map_err(|e| (owner.id, e.into()))?;
    Ok((adopt, order))
}

fn unknown(field: impl Into<String>, value: &str) -> FieldError {
    FieldError::new(field, Rule::Unknown).with("value", value)
}
