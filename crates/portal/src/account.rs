//! What is one's own: who one is, and the tokens of one's programs.

use app::{AppError, sessions};
use askama::Template;
use axum::{
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use domain::id::TokenId;
use web::speech::{self, say};

use crate::{
    context::{Frame, Posted, Visit},
    forms::{Form, given},
    query::Pairs,
    refusal::Refusal,
};

struct Token {
    id: String,
    name: String,
    made: String,
    used: String,
    ends: String,
}

#[derive(Template)]
#[template(path = "account.html")]
struct Account {
    frame: Frame,
    name: String,
    login: String,
    customer: String,
    form: Form,
    tokens: Vec<Token>,
    secret: Option<String>,
}

/// The page; with `made` also the token that was made a moment ago.
pub async fn show(visit: Visit, query: Pairs) -> Result<Response, Refusal> {
    let secret = match query.given("made") {
        Some(once) => sessions::token_made(&visit.surface.app, visit.person()?, once).await?,
        None => None,
    };
    page(&visit, StatusCode::OK, Form::default(), secret).await
}

async fn page(
    visit: &Visit,
    status: StatusCode,
    form: Form,
    secret: Option<String>,
) -> Result<Response, Refusal> {
    let caller = visit.person()?;
    let app = &visit.surface.app;
    let read = async {
        let mut tx = app.read(caller).await?;
        let user = tx.user(caller.user()).await?;
        let tenant = tx.tenant(user.tenant).await?;
        tx.finish().await?;
        Ok::<_, AppError>((user, tenant))
    };
    let (user, tenant) = read.await?;
    let when = |at: Option<_>, never: &str| at.map_or_else(|| say(never), speech::instant);
    let tokens = sessions::tokens(app, caller).await?.into_iter().map(|t| Token {
        id: t.id.to_string(),
        name: t.name,
        made: speech::instant(t.created_at),
        used: when(t.last_used_at, "token-unused"),
        ends: when(t.expires_at, "token-endless"),
    });
    let page = Account {
        frame: visit.frame.clone(),
        name: user.display_name,
        login: user.principal_name,
        customer: tenant.name,
        form,
        tokens: tokens.collect(),
        secret,
    };
    match page.secret {
        Some(_) => visit.secret_page(status, &page),
        None => visit.page(status, &page),
    }
}

/// Makes a token and leads to its secret, which is shown for a moment.
pub async fn create(posted: Posted) -> Result<Response, Refusal> {
    let visit = &posted.visit;
    let until = given(posted.field("expires_at")).map(|day| format!("{day}T00:00:00Z"));
    let (app, caller) = (&visit.surface.app, visit.person()?);
    // A button pressed twice makes one token.
    let (name, once) = (posted.field("name"), posted.once());
    let made =
        sessions::create_token_once(app, caller, name, until.as_deref(), Some(&once), &visit.cause).await;
    match made {
        Ok(_) => Ok(Redirect::to(&format!("/account?made={once}")).into_response()),
        Err(error) => page(visit, StatusCode::UNPROCESSABLE_ENTITY, Form::again(&posted, error)?, None).await,
    }
}

/// Ends a token.
pub async fn end(Path(id): Path<String>, posted: Posted) -> Result<Response, Refusal> {
    let visit = &posted.visit;
    let id: TokenId = id.parse().map_err(|_| Refusal::no_page())?;
    sessions::revoke_token(&visit.surface.app, visit.person()?, id, &visit.cause).await?;
    Ok(Redirect::to("/account?done=token-ended").into_response())
}
