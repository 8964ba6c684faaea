//! Signing in, sessions, API tokens.

use argon2::{Argon2, PasswordHash, PasswordHasher as _, PasswordVerifier as _};
use domain::{
    device::Device,
    field::{FieldError, Rule},
    id::{TokenId, UserId},
    limits, names as rules,
};
use jiff::Timestamp;
use store::{
    Caller,
    caller::{NewToken, SignIn},
    sessions::Session,
    tokens::Token,
    tx::act,
};

use crate::{App, AppError, Cause};

/// What signing in answers.
pub enum SignedIn {
    /// Welcome.
    Yes {
        /// The session's token.
        token: NewToken,
        /// Who it is.
        caller: Box<Caller>,
    },
    /// Wrong login or password, or an account that may not sign in: which one is not told.
    No,
    /// Too many attempts: this many seconds to wait.
    Locked(i64),
}

/// A hash nobody's password has: verified against when there is no account,
/// so that the time tells nothing.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$vUzQmAiyZ2Bhih8Vf8pYyBrmTuY5Y4TfQ2k4j4h9gS8";

/// As [`sign_in_from`], from a device of which nothing is known.
pub async fn sign_in(app: &App, login: &str, password: &str) -> Result<SignedIn, AppError> {
    sign_in_from(app, login, password, &Device::default()).await
}

/// A login as it is looked for.
pub(crate) fn login(text: &str) -> String {
    text.trim().to_lowercase().chars().take(limits::UPN_CHARS).collect()
}

/// As [`sign_in_at`], by a host name that is nobody's.
pub async fn sign_in_from(
    app: &App,
    login: &str,
    password: &str,
    device: &Device,
) -> Result<SignedIn, AppError> {
    sign_in_at(app, login, password, device, None).await
}

/// Signs in with the portal's own hash; never asks a directory. Of the device is kept what
/// people recognise their session by. Under a host name of a tenant only those at and below
/// it can; whoever else tries is told what a wrong password is told.
pub async fn sign_in_at(
    app: &App,
    login: &str,
    password: &str,
    device: &Device,
    host: Option<&str>,
) -> Result<SignedIn, AppError> {
    let login = self::login(login);
    let account = match known(app, (&login, host), password, device.network.as_deref()).await? {
        Known::Yes(account) => account,
        Known::No => return Ok(SignedIn::No),
        Known::Locked(seconds) => return Ok(SignedIn::Locked(seconds)),
    };
    let opened = app.store.open_session_from(&account, &login, device, limits::SESSION_HOURS).await?;
    // Another password was set while this one was verified: it is the wrong one by now.
    let Some(token) = opened else { return Ok(SignedIn::No) };
    match app.store.caller(&token.secret).await? {
        Some(caller) => Ok(SignedIn::Yes { token, caller: Box::new(caller) }),
        None => Ok(SignedIn::No),
    }
}

/// What a login and a password say.
pub(crate) enum Known {
    /// They belong to this account, which may sign in.
    Yes(SignIn),
    /// They do not; it was counted.
    No,
    /// Too many attempts: this many seconds to wait.
    Locked(i64),
}

/// Compares a password with the portal's own hash. Attempts count for the login and the network
/// they come from, so that nobody keeps others out of their own account; only very many from
/// everywhere close it to networks it is not known from.
pub(crate) async fn known(
    app: &App,
    (login, host): (&str, Option<&str>),
    password: &str,
    network: Option<&str>,
) -> Result<Known, AppError> {
    let (account, closed) = app.store.sign_in_at(login, host).await?;
    if closed > 0 {
        let familiar = match (&account, network) {
            (Some(account), Some(network)) => app.store.knows_network(account.user, network).await?,
            _ => false,
        };
        if !familiar {
            return Ok(Known::Locked(closed));
        }
    }
    let wait = app.store.count_sign_in(login, network).await?;
    if wait > 0 {
        return Ok(Known::Locked(wait));
    }
    let hash = account.as_ref().and_then(|a| a.portal_hash.clone()).unwrap_or_else(|| NOBODY.to_owned());
    let verified = verify(app, password, hash).await;
    if verified.is_err() {
        // Nobody looked at the password.
        app.store.uncount_sign_in(login, network).await?;
    }
    let right = verified?;
    match account {
        Some(account) if right && account.active => {
            app.store.take_back_sign_in(login, network).await?;
            Ok(Known::Yes(account))
        }
        _ => Ok(Known::No),
    }
}

/// Ends the session the caller came with.
pub async fn sign_out(app: &App, caller: &Caller) -> Result<(), AppError> {
    Ok(app.store.end_session(caller).await?)
}

/// The caller's open sessions, the newest first.
pub async fn list(app: &App, caller: &Caller) -> Result<Vec<Session>, AppError> {
    let mut tx = app.store.read(caller).await?;
    let sessions = tx.sessions().await?;
    tx.finish().await?;
    Ok(sessions)
}

/// Ends one of the caller's own sessions.
pub async fn end(app: &App, caller: &Caller, id: TokenId, cause: &Cause) -> Result<(), AppError> {
    let mut tx = app.store.write(caller).await?;
    tx.end_own_session(id).await?;
    tx.commit(cause).await?;
    Ok(())
}

/// Ends all sessions of the caller but the present one; gives how many. API tokens go on.
pub async fn end_others(app: &App, caller: &Caller, cause: &Cause) -> Result<u64, AppError> {
    let mut tx = app.store.write(caller).await?;
    let ended = tx.end_other_sessions().await?;
    tx.commit(cause).await?;
    Ok(ended)
}

/// The open sessions of a person, the newest first. Whoever may end them may see them.
pub async fn list_of(app: &App, caller: &Caller, id: UserId) -> Result<Vec<Session>, AppError> {
    let mut tx = app.store.read(caller).await?;
    let user = tx.user(id).await?;
    let tenant = tx.tenant(user.tenant).await?;
    let sessions = tx.sessions_of(&tenant, &user).await?;
    tx.finish().await?;
    Ok(sessions)
}

/// Ends all sessions of a person; gives how many. Whoever may reset the password may.
pub async fn end_all_of(app: &App, caller: &Caller, id: UserId, cause: &Cause) -> Result<u64, AppError> {
    let mut tx = app.store.write(caller).await?;
    let tenant = tx.tenant_of_user(id).await?.id;
    let permit = match tx.account::<act::UserResetPassword>(id).await {
        Ok((_, permit)) => permit,
        Err(error) => {
            drop(tx);
            return Err(app.note_denied(caller, tenant, error.into(), cause).await);
        }
    };
    let ended = tx.end_sessions_of(&permit).await?;
    tx.commit(cause).await?;
    Ok(ended)
}

/// The caller's API tokens that work, the newest first.
pub async fn tokens(app: &App, caller: &Caller) -> Result<Vec<Token>, AppError> {
    tokens_after(app, caller, None, *limits::PAGE_ROWS.end()).await
}

/// The same, page by page.
pub async fn tokens_after(
    app: &App,
    caller: &Caller,
    after: Option<TokenId>,
    limit: u32,
) -> Result<Vec<Token>, AppError> {
    let mut tx = app.store.read(caller).await?;
    let tokens = tx.tokens(after, limit).await?;
    tx.finish().await?;
    Ok(tokens)
}

/// A new API token; its secret is never shown again.
pub async fn create_token(
    app: &App,
    caller: &Caller,
    name: &str,
    expires_at: Option<&str>,
    cause: &Cause,
) -> Result<NewToken, AppError> {
    create_token_once(app, caller, name, expires_at, None, cause).await
}

/// The same, for a form that may be sent twice: `once` is the same then, and so is the token.
pub async fn create_token_once(
    app: &App,
    caller: &Caller,
    name: &str,
    expires_at: Option<&str>,
    once: Option<&str>,
    cause: &Cause,
) -> Result<NewToken, AppError> {
    let name = rules::line("name", name, limits::ATTRIBUTE_CHARS).map_err(AppError::field)?;
    let form = || {
        FieldError::new("expires_at", Rule::Format).with("expected", "an instant, as 2026-12-31T00:00:00Z")
    };
    let expires_at = match expires_at {
        None => None,
        Some(text) => Some(text.parse::<Timestamp>().map_err(|_| AppError::field(form()))?),
    };
    let mut tx = app.store.write(caller).await?;
    if expires_at.is_some_and(|at| at <= tx.now()) {
        return Err(AppError::field(FieldError::new("expires_at", Rule::OutOfRange).with("min", tx.now())));
    }
    let token = tx.create_token(&name, expires_at, once).await?;
    tx.commit(cause).await?;
    Ok(token)
}

/// The secret of the token that the caller had made a moment ago by the form `once`.
pub async fn token_made(app: &App, caller: &Caller, once: &str) -> Result<Option<String>, AppError> {
    let mut tx = app.store.read(caller).await?;
    let made = tx.token_made(once).await?;
    tx.finish().await?;
    Ok(made.map(|token| token.secret))
}

/// Ends one of the caller's API tokens.
pub async fn revoke_token(app: &App, caller: &Caller, id: TokenId, cause: &Cause) -> Result<(), AppError> {
    let mut tx = app.store.write(caller).await?;
    tx.revoke_token(id).await?;
    tx.commit(cause).await?;
    Ok(())
}

/// The argon2id hash of a password (RFC 9106 second recommendation of the crate's defaults: 19 MiB, 2 passes).
pub async fn hash(app: &App, password: &str) -> Result<String, AppError> {
    let mut salt = [0; 16];
    app.store.random().fill(&mut salt);
    let password = zeroize::Zeroizing::new(password.to_owned());
    let work = move || {
        let hash = Argon2::default().hash_password_with_salt(password.as_bytes(), &salt);
        hash.map(|h| h.to_string()).map_err(|e| AppError::Internal(e.to_string().into()))
    };
    app.hashing.run(work).await?
}

async fn verify(app: &App, password: &str, hash: String) -> Result<bool, AppError> {
    let password = zeroize::Zeroizing::new(password.chars().take(1_000).collect::<String>());
    let work = move || {
        let parsed = PasswordHash::new(&hash).map_err(|e| AppError::Internal(e.to_string().into()))?;
        Ok::<_, AppError>(Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok())
    };
    app.hashing.run(work).await?
}
