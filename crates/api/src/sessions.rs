//! Signing in and out, who one is, and tokens.

use app::sessions::{self, SignedIn};
use axum::{Json, extract::State, http::StatusCode};
use domain::id::TokenId;
use web::Surface;
use wire::{
    common::{Page, PageQuery, UserRef},
    sessions::{Me, NewSession, Session},
    tokens::{CreatedToken, NewToken, Token},
};

use crate::{
    Refused,
    cursor::{Paging, cut},
    input::{Anybody, Body, Call, Params, PathId},
    read,
    refusal::{Answer, Refusal},
};

/// Sign in with login and password.
///
/// The answer is a secret and is not kept, so this call takes no
/// `Idempotency-Key`. After five wrong passwords the login has to wait, longer
/// each time, up to a quarter of an hour.
#[utoipa::path(post, path = "/sessions", tag = "sessions", security(()), request_body = NewSession,
    responses((status = 201, description = "Signed in.", body = Session), Refused))]
pub async fn sign_in(
    State(surface): State<Surface>,
    anybody: Anybody,
    Body(new): Body<NewSession>,
) -> Answer<(StatusCode, Json<Session>)> {
    if let Some(seconds) = anybody.wait {
        return Err(Refusal::too_many(seconds));
    }
    match sessions::sign_in(&surface.app, &new.login, &new.password).await? {
        SignedIn::Yes { token, caller } => {
            let user = UserRef {
                id: caller.user().to_string(),
                display_name: caller.display_name.clone(),
                principal_name: new.login.trim().to_lowercase(),
            };
            let expires_at = token.expires_at.map(|at| at.to_string()).unwrap_or_default();
            Ok((StatusCode::CREATED, Json(Session { token: token.secret, expires_at, user })))
        }
        SignedIn::No => Err(Refusal::wrong_credentials()),
        SignedIn::Locked(seconds) => Err(Refusal::too_many(seconds)),
    }
}

/// Sign out: end the session or token this call was made with.
#[utoipa::path(delete, path = "/sessions/current", tag = "sessions",
    responses((status = 204, description = "It no longer works."), Refused))]
pub async fn sign_out(State(surface): State<Surface>, call: Call) -> Answer<StatusCode> {
    sessions::sign_out(&surface.app, &call.caller).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Who the caller is and what they may do.
#[utoipa::path(get, path = "/me", tag = "sessions",
    responses((status = 200, description = "The caller.", body = Me), Refused))]
pub async fn me(State(surface): State<Surface>, call: Call) -> Answer<Json<Me>> {
    Ok(Json(read::me(&surface, &call.caller).await?))
}

/// The caller's own API tokens.
#[utoipa::path(get, path = "/tokens", tag = "sessions", params(PageQuery),
    responses((status = 200, description = "One page.", body = Page<Token>), Refused))]
pub async fn list_tokens(
    State(surface): State<Surface>,
    call: Call,
    Params(query): Params<PageQuery>,
) -> Answer<Json<Page<Token>>> {
    let paging = Paging::new("tokens", query.limit, query.after.as_deref())?;
    let tokens = sessions::tokens(&surface.app, &call.caller).await?;
    let shown = tokens.iter().map(|t| Token {
        id: t.id.to_string(),
        name: t.name.clone(),
        created_at: t.created_at.to_string(),
        expires_at: t.expires_at.map(|at| at.to_string()),
        last_used_at: t.last_used_at.map(|at| at.to_string()),
    });
    Ok(Json(cut("tokens", &paging, shown.collect(), |t| t.id.clone())))
}

/// Make an API token for a script.
///
/// It can do what its owner can do at the moment of each call. The secret is
/// shown only in this answer and not kept, so a repeated call makes another
/// token, also with the same `Idempotency-Key`.
#[utoipa::path(post, path = "/tokens", tag = "sessions", request_body = NewToken,
    responses((status = 201, description = "The token with its secret.", body = CreatedToken), Refused))]
pub async fn create_token(
    State(surface): State<Surface>,
    call: Call,
    Body(new): Body<NewToken>,
) -> Answer<(StatusCode, Json<CreatedToken>)> {
    let expires_at = new.expires_at.as_deref();
    let made = sessions::create_token(&surface.app, &call.caller, &new.name, expires_at, &call.cause).await?;
    let token = Token {
        id: made.id.to_string(),
        name: new.name.trim().to_owned(),
        created_at: surface.app.now().to_string(),
        expires_at: made.expires_at.map(|at| at.to_string()),
        last_used_at: None,
    };
    Ok((StatusCode::CREATED, Json(CreatedToken { token, secret: made.secret })))
}

/// Revoke one of the caller's own API tokens: it stops working at once.
#[utoipa::path(delete, path = "/tokens/{id}", tag = "sessions",
    params(("id" = String, Path, description = "Id of the token.")),
    responses((status = 204, description = "It no longer works."), Refused))]
pub async fn revoke_token(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<TokenId>,
) -> Answer<StatusCode> {
    sessions::revoke_token(&surface.app, &call.caller, id, &call.cause).await?;
    Ok(StatusCode::NO_CONTENT)
}
