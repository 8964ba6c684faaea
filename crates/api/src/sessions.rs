//! Signing in and out, who one is, and tokens.

use app::{
    passwords::{self, Changed},
    preferences::{self, PreferencesPatch},
    resets::{self, Asked},
    sessions::{self, SignedIn},
};
use axum::{Json, extract::State, http::StatusCode};
use domain::id::{TokenId, UserId};
use web::Surface;
use wire::{
    common::{Page, PageQuery, UserRef},
    sessions::{
        ChangePassword, EndedSessions, ForgottenPassword, Me, MeUpdate, NewSession, OpenSession,
        PasswordChange, Session,
    },
    tokens::{CreatedToken, NewToken, Token},
};

use crate::{
    Refused,
    cursor::Paging,
    input::{Anybody, Body, Call, Params, PathId},
    read,
    refusal::{Answer, Refusal},
    show,
};

/// Sign in with login and password.
///
/// The answer is a secret and is not kept, so this call takes no
/// `Idempotency-Key`. After five attempts that failed from one network the login has to
/// wait there, longer each time, up to a quarter of an hour; after very many from everywhere
/// also in networks it is not known from, up to an hour. A new password ends that.
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
    let (device, host) = (&anybody.device, anybody.host.as_deref());
    match sessions::sign_in_at(&surface.app, &new.login, &new.password, device, host).await? {
        SignedIn::Yes { token, caller } => {
            anybody.was_right(&surface);
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

/// Change what the caller chose for pages and mails.
#[utoipa::path(patch, path = "/me", tag = "sessions", request_body = MeUpdate,
    responses((status = 200, description = "The caller.", body = Me), Refused))]
pub async fn update_me(
    State(surface): State<Surface>,
    call: Call,
    Body(new): Body<MeUpdate>,
) -> Answer<Json<Me>> {
    let patch = PreferencesPatch { language: new.language, theme: new.theme };
    preferences::change(&surface.app, &call.caller, &patch, &call.cause).await?;
    Ok(Json(read::me(&surface, &call.caller).await?))
}

/// Change one's own password.
///
/// It goes to the directory and takes effect everywhere when that has verified it; then all
/// sessions end, also the one of this call, and API tokens go on working. A wrong present
/// password counts like one at the sign-in.
#[utoipa::path(post, path = "/me/password", tag = "sessions", request_body = ChangePassword,
    responses((status = 202, description = "On its way.", body = PasswordChange), Refused))]
pub async fn change_password(
    State(surface): State<Surface>,
    call: Call,
    Body(new): Body<ChangePassword>,
) -> Answer<(StatusCode, Json<PasswordChange>)> {
    let given = (new.present_password.as_str(), new.password.as_str());
    let network = call.device.network.as_deref();
    match passwords::change(&surface.app, &call.caller, given, network, &call.cause).await? {
        Changed::Sent(token, until) => {
            let activation = show::link(&surface, &token, until).await?;
            Ok((StatusCode::ACCEPTED, Json(PasswordChange { activation })))
        }
        Changed::Wait(seconds) => Err(Refusal::too_many(seconds)),
    }
}

/// The caller's own open sessions, the newest first.
#[utoipa::path(get, path = "/sessions", tag = "sessions",
    responses((status = 200, description = "All of them.", body = Page<OpenSession>), Refused))]
pub async fn list_sessions(State(surface): State<Surface>, call: Call) -> Answer<Json<Page<OpenSession>>> {
    let sessions = sessions::list(&surface.app, &call.caller).await?;
    Ok(Json(open_sessions(sessions)))
}

/// The open sessions of a person, the newest first.
///
/// Whoever may end them may see them.
#[utoipa::path(get, path = "/users/{id}/sessions", tag = "users",
    params(("id" = String, Path, description = "Id of the user.")),
    responses((status = 200, description = "All of them.", body = Page<OpenSession>), Refused))]
pub async fn list_user_sessions(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<UserId>,
) -> Answer<Json<Page<OpenSession>>> {
    Ok(Json(open_sessions(sessions::list_of(&surface.app, &call.caller, id).await?)))
}

fn open_sessions(sessions: Vec<app::reading::sessions::Session>) -> Page<OpenSession> {
    let shown = sessions.into_iter().map(|s| OpenSession {
        id: s.id.to_string(),
        current: s.current,
        created_at: s.created_at.to_string(),
        expires_at: s.expires_at.map(|at| at.to_string()),
        last_used_at: s.last_used_at.map(|at| at.to_string()),
        browser: s.browser,
        network: s.network,
    });
    Page { items: shown.collect(), next: None }
}

/// End one of the caller's own sessions.
#[utoipa::path(delete, path = "/sessions/{id}", tag = "sessions",
    params(("id" = String, Path, description = "Id of the session.")),
    responses((status = 204, description = "It no longer works."), Refused))]
pub async fn end_session(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<TokenId>,
) -> Answer<StatusCode> {
    sessions::end(&surface.app, &call.caller, id, &call.cause).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// End all sessions of the caller but the present one: sign out everywhere else. API tokens
/// go on working.
#[utoipa::path(post, path = "/sessions/end-others", tag = "sessions",
    responses((status = 200, description = "They no longer work.", body = EndedSessions), Refused))]
pub async fn end_other_sessions(State(surface): State<Surface>, call: Call) -> Answer<Json<EndedSessions>> {
    let ended = sessions::end_others(&surface.app, &call.caller, &call.cause).await?;
    Ok(Json(EndedSessions { ended }))
}

/// Ask for a link by which one chooses a new password, when the present one is forgotten.
///
/// Whoever has this login and a mail address gets a mail; the answer is the same, and takes
/// the same time, whether there is such an account or not. The link works for an hour. A
/// login can be asked for three times an hour.
#[utoipa::path(post, path = "/password-resets", tag = "sessions", security(()), request_body = ForgottenPassword,
    responses((status = 202, description = "If there is such an account, a mail is on its way."), Refused))]
pub async fn forgotten_password(
    State(surface): State<Surface>,
    anybody: Anybody,
    Body(new): Body<ForgottenPassword>,
) -> Answer<StatusCode> {
    if let Some(seconds) = anybody.wait {
        return Err(Refusal::too_many(seconds));
    }
    match resets::request(&surface.app, &new.login, &anybody.cause).await? {
        Asked::Taken => Ok(StatusCode::ACCEPTED),
        Asked::Wait(seconds) => Err(Refusal::too_many(seconds)),
    }
}

/// The caller's own API tokens that work, the newest first.
#[utoipa::path(get, path = "/tokens", tag = "sessions", params(PageQuery),
    responses((status = 200, description = "One page.", body = Page<Token>), Refused))]
pub async fn list_tokens(
    State(surface): State<Surface>,
    call: Call,
    Params(query): Params<PageQuery>,
) -> Answer<Json<Page<Token>>> {
    let paging = Paging::new("tokens", query.limit, query.after.as_deref())?;
    let tokens =
        sessions::tokens_after(&surface.app, &call.caller, paging.after_id()?, paging.rows()).await?;
    let (tokens, next) = paging.page("tokens", tokens, |token| (String::new(), token.id));
    let shown = tokens.into_iter().map(|t| Token {
        id: t.id.to_string(),
        name: t.name,
        created_at: t.created_at.to_string(),
        expires_at: t.expires_at.map(|at| at.to_string()),
        last_used_at: t.last_used_at.map(|at| at.to_string()),
    });
    Ok(Json(Page { items: shown.collect(), next }))
}

/// Make an API token for a script.
///
/// It can do what its owner can do at the moment of each call. The secret is
/// shown only in this answer and not kept, so a repeated call makes another
/// token, also with the same `Idempotency-Key`. One person has at most 100 that work.
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
