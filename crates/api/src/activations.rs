//! One-time links by which a person chooses a password.

use app::{
    activations::{self as links, LinkState},
    reading::activations::Activation,
};
use axum::{
    Json,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
};
use web::{Surface, caller};
use wire::activations::{self, ActivationState, ChosenPassword};

use crate::{
    Refused,
    input::{Anybody, Body},
    refusal::{Answer, Refusal},
    show::{self, Viewer},
};

/// How far a link is.
///
/// The token is the proof; no other login is needed.
#[utoipa::path(get, path = "/activations/{token}", tag = "activations", security(()),
    params(("token" = String, Path, description = "The part of the link after `/activate/`.")),
    responses((status = 200, description = "The link.", body = activations::Activation), Refused))]
pub async fn show_activation(
    State(surface): State<Surface>,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Answer<Json<activations::Activation>> {
    let activation = links::look_at(&surface.app, &token, caller::host(&headers).as_deref()).await?;
    Ok(Json(shown(&activation)))
}

/// Choose the password.
///
/// It goes to the directory and takes effect everywhere when the directory has
/// verified it; follow it by reading the link again. When the directory refuses
/// it, the link can be used again. The same call twice is like one call.
#[utoipa::path(post, path = "/activations/{token}", tag = "activations", security(()), request_body = ChosenPassword,
    params(("token" = String, Path, description = "The part of the link after `/activate/`.")),
    responses((status = 202, description = "On its way.", body = activations::Activation),
        (status = 410, description = "The link no longer works.", content_type = "application/problem+json",
         body = wire::problem::ErrorDocument), Refused))]
pub async fn choose_password(
    State(surface): State<Surface>,
    Path(token): Path<String>,
    anybody: Anybody,
    Body(chosen): Body<ChosenPassword>,
) -> Answer<(StatusCode, Json<activations::Activation>)> {
    if let Some(seconds) = anybody.wait {
        return Err(Refusal::too_many(seconds));
    }
    links::look_at(&surface.app, &token, anybody.host.as_deref()).await?;
    // There is such a link.
    anybody.was_right(&surface);
    let activation = links::choose(&surface.app, &token, &chosen.password, &anybody.cause).await?;
    Ok((StatusCode::ACCEPTED, Json(shown(&activation))))
}

fn shown(of: &Activation) -> activations::Activation {
    let state = links::state(of);
    let problem = of.request.as_ref().and_then(|(_, _, problem)| problem.as_ref());
    activations::Activation {
        state: match state {
            LinkState::Open => ActivationState::Open,
            LinkState::Pending => ActivationState::Pending,
            LinkState::Failed => ActivationState::Failed,
            LinkState::Done => ActivationState::Done,
            LinkState::Expired => ActivationState::Expired,
        },
        display_name: of.display_name.clone(),
        login: of.principal_name.clone(),
        expires_at: of.expires_at.to_string(),
        problem: problem.filter(|_| state == LinkState::Failed).map(|p| show::problem(p, Viewer::Other)),
    }
}
