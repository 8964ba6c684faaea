//! What is one's own: who one is, where one is signed in, how pages look and speak, and the
//! tokens of one's programs.

use app::{
    AppError,
    preferences::{self, PreferencesPatch},
    sessions,
    users::{self as people, UserPatch},
};
use askama::Template;
use axum::{
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use domain::{
    custom::{Access, Definition},
    id::TokenId,
};
use web::speech::{self, Language, say, say_with};

use crate::{
    appearance,
    context::{Frame, Posted, Theme, Visit},
    custom::{self, Input},
    forms::{Choice, Form, given},
    query::Pairs,
    refusal::Refusal,
    sessions::{Open, open, signed_out},
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
    /// What is asked of people here: what they see, and what they say themselves.
    facts: Vec<(String, String)>,
    fields: Vec<Input>,
    mine: Form,
    version: String,
    sessions: Vec<Open>,
    others: bool,
    look: Form,
    languages: Vec<Choice>,
    themes: Vec<Choice>,
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
    page(&visit, StatusCode::OK, Sent { secret, ..Sent::default() }).await
}

/// What a form of the page came to.
#[derive(Default)]
struct Sent {
    /// The form of a new token.
    token: Form,
    /// The form of one's own fields, where it was sent, and the version it was based on.
    mine: Option<(Form, String)>,
    /// A token that was made a moment ago.
    secret: Option<String>,
}

async fn page(visit: &Visit, status: StatusCode, sent: Sent) -> Result<Response, Refusal> {
    let caller = visit.person()?;
    let app = &visit.surface.app;
    let read = async {
        let mut tx = app.read(caller).await?;
        let user = tx.user(caller.user()).await?;
        let tenant = tx.tenant(user.tenant).await?;
        let fields = tx.fields(&tenant).await?;
        tx.finish().await?;
        Ok::<_, AppError>((user, tenant, fields))
    };
    let (user, tenant, fields) = read.await?;
    let (edited, seen): (Vec<_>, Vec<_>) =
        fields.iter().filter(|field| field.person != Access::Hidden).partition(|field| is_own(field));
    let filled: Vec<_> = custom::filled(&fields, &user).collect();
    let present = || Form::of(filled.iter().map(|(name, value)| (name.as_str(), *value)));
    let (mine, version) = match sent.mine {
        Some((form, version)) if !form.is_stale() => (form, version),
        sent => (sent.map_or_else(present, |(form, _)| form), user.version.to_string()),
    };
    let now = app.now();
    let open: Vec<_> = sessions::list(app, caller).await?.into_iter().map(|s| open(s, now)).collect();
    let chosen = preferences::show(app, caller).await?;
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
        facts: custom::facts(seen, &user),
        fields: custom::inputs(edited),
        mine: mine.named(custom::labels(fields.iter().filter(|field| field.person != Access::Hidden))),
        version,
        name: user.display_name,
        login: user.principal_name,
        others: open.iter().any(|session| !session.current),
        sessions: open,
        look: Form::of([
            ("own_language", chosen.language.as_deref().and_then(Language::of_tag).map(Language::tag)),
            ("own_theme", chosen.theme.map(domain::person::Theme::code)),
        ]),
        languages: languages(&tenant.name, &tenant.language),
        themes: themes(),
        customer: tenant.name,
        form: sent.token,
        tokens: tokens.collect(),
        secret: sent.secret,
    };
    match page.secret {
        Some(_) => visit.secret_page(status, &page),
        None => visit.page(status, &page),
    }
}

/// Whether people say it themselves.
fn is_own(field: &Definition) -> bool {
    field.person == Access::Edits && field.retired_at.is_none()
}

/// Keeps what people say of themselves, if nobody else did since the form was shown.
pub async fn change(posted: Posted) -> Result<Response, Refusal> {
    let visit = &posted.visit;
    let caller = visit.person()?;
    let version = posted.field("version").parse().unwrap_or(0);
    let fields = custom::changed(caller.user(), &posted).await?;
    let done = Redirect::to("/account?done=saved").into_response();
    if fields.is_empty() {
        return Ok(done);
    }
    let patch = UserPatch { fields, ..UserPatch::default() };
    match people::update(&visit.surface.app, caller, caller.user(), version, patch, &visit.cause).await {
        Ok(_) => Ok(done),
        Err(error) => {
            let mine = Some((Form::again(&posted, error)?, posted.field("version").to_owned()));
            page(visit, StatusCode::UNPROCESSABLE_ENTITY, Sent { mine, ..Sent::default() }).await
        }
    }
}

/// The customer's language first, and then those there are.
fn languages(customer: &str, tag: &str) -> Vec<Choice> {
    let theirs = Language::of_tag(tag).unwrap_or(Language::English).name();
    let args = [("customer", customer.into()), ("language", theirs.into())];
    let as_customer = Choice {
        code: String::new(),
        name: say_with("account-language-customer", &args),
        hint: String::new(),
    };
    let own = Language::ALL.map(|language| Choice {
        code: language.tag().to_owned(),
        name: language.name().to_owned(),
        hint: String::new(),
    });
    std::iter::once(as_customer).chain(own).collect()
}

fn themes() -> Vec<Choice> {
    let choice = |theme: Theme| Choice {
        code: if theme == Theme::Auto { String::new() } else { theme.code().to_owned() },
        name: say(&format!("theme-{}", theme.code())),
        hint: String::new(),
    };
    Theme::ALL.into_iter().map(choice).collect()
}

/// Keeps language and appearance; what is empty follows customer and device again.
pub async fn appearance(posted: Posted) -> Result<Response, Refusal> {
    let patch = PreferencesPatch {
        language: Some(given(posted.field("own_language"))),
        theme: Some(given(posted.field("own_theme"))),
    };
    let mut response = Redirect::to("/account?done=look").into_response();
    appearance::save(&posted.visit, &patch, &mut response).await?;
    Ok(response)
}

/// Ends one of one's sessions, all `others`, or `all`.
pub async fn end_sessions(Path(which): Path<String>, posted: Posted) -> Result<Response, Refusal> {
    let visit = &posted.visit;
    let (app, caller, cause) = (&visit.surface.app, visit.person()?, &visit.cause);
    match which.as_str() {
        "others" => {
            sessions::end_others(app, caller, cause).await?;
        }
        "all" => {
            sessions::end_all_of(app, caller, caller.user(), cause).await?;
            return Ok(signed_out(visit));
        }
        id => {
            let id: TokenId = id.parse().map_err(|_| Refusal::no_page())?;
            sessions::end(app, caller, id, cause).await?;
            if caller.token() == Some(id) {
                return Ok(signed_out(visit));
            }
        }
    }
    Ok(Redirect::to("/account?done=session-ended").into_response())
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
        Err(error) => {
            let token = Form::again(&posted, error)?;
            page(visit, StatusCode::UNPROCESSABLE_ENTITY, Sent { token, ..Sent::default() }).await
        }
    }
}

/// Ends a token.
pub async fn end(Path(id): Path<String>, posted: Posted) -> Result<Response, Refusal> {
    let visit = &posted.visit;
    let id: TokenId = id.parse().map_err(|_| Refusal::no_page())?;
    sessions::revoke_token(&visit.surface.app, visit.person()?, id, &visit.cause).await?;
    Ok(Redirect::to("/account?done=token-ended").into_response())
}
