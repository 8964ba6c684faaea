//! Rules for passwords.

use app::password_rules as use_cases;
use axum::{Json, extract::State};
use domain::{id::TenantId, password::Rules};
use web::Surface;
use wire::tenants::{PasswordPolicy, PasswordRules};

use crate::{
    Refused,
    input::{Body, Call, PathId},
    refusal::Answer,
};

async fn shown(surface: &Surface, call: &Call, id: TenantId) -> Answer<Json<PasswordPolicy>> {
    let rules = use_cases::show(&surface.app, &call.caller, id).await?;
    let effective = wire(&rules.effective());
    Ok(Json(PasswordPolicy { own: rules.own.as_ref().map(wire), above: wire(&rules.above), effective }))
}

fn wire(of: &Rules) -> PasswordRules {
    PasswordRules {
        min_chars: Some(of.min_chars),
        classes: Some(of.classes),
        no_names: Some(of.no_names),
        forbidden_words: of.forbidden.iter().cloned().collect(),
        valid_days: of.valid_days,
    }
}

/// The rules a tenant has for passwords, those above it, and what holds.
#[utoipa::path(get, path = "/tenants/{id}/password-policy", tag = "tenants",
    params(("id" = String, Path, description = "Id of the tenant.")),
    responses((status = 200, description = "The rules.", body = PasswordPolicy), Refused))]
pub async fn show_password_policy(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<TenantId>,
) -> Answer<Json<PasswordPolicy>> {
    shown(&surface, &call, id).await
}

/// Set the rules of a tenant for passwords, for itself and all below it.
///
/// What is not given is as above. Nothing may be less than above. Passwords people
/// have stay; the rules hold for the next one.
#[utoipa::path(put, path = "/tenants/{id}/password-policy", tag = "tenants", request_body = PasswordRules,
    params(("id" = String, Path, description = "Id of the tenant.")),
    responses((status = 200, description = "The rules as they are now.", body = PasswordPolicy), Refused))]
pub async fn set_password_policy(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<TenantId>,
    Body(new): Body<PasswordRules>,
) -> Answer<Json<PasswordPolicy>> {
    let above = use_cases::show(&surface.app, &call.caller, id).await?.above;
    let words = new.forbidden_words.iter().map(|word| word.trim().to_lowercase());
    let rules = Rules {
        min_chars: new.min_chars.unwrap_or(above.min_chars),
        classes: new.classes.unwrap_or(above.classes),
        no_names: new.no_names.unwrap_or(above.no_names),
        forbidden: words.collect(),
        valid_days: new.valid_days.or(above.valid_days),
    };
    use_cases::set(&surface.app, &call.caller, id, Some(rules), &call.cause).await?;
    shown(&surface, &call, id).await
}

/// Take the rules of a tenant away: those above it hold.
#[utoipa::path(delete, path = "/tenants/{id}/password-policy", tag = "tenants",
    params(("id" = String, Path, description = "Id of the tenant.")),
    responses((status = 200, description = "The rules as they are now.", body = PasswordPolicy), Refused))]
pub async fn remove_password_policy(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<TenantId>,
) -> Answer<Json<PasswordPolicy>> {
    use_cases::set(&surface.app, &call.caller, id, None, &call.cause).await?;
    shown(&surface, &call, id).await
}
