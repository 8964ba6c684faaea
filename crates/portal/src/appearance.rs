//! The language and the brightness somebody chooses: for oneself when signed in, for this
//! browser otherwise.

use app::preferences::{self, PreferencesPatch};
use axum::{
    http::header,
    response::{IntoResponse, Redirect, Response},
};
use web::speech::{self, Language};

use crate::{
    context::{Posted, THEME_COOKIE, Theme, Visit},
    query::local,
    refusal::Refusal,
};

/// A year: chosen once for a browser.
const SECONDS: i64 = 365 * 86_400;

/// Keeps what was chosen in the footer and leads back to where it was.
pub async fn choose(posted: Posted) -> Result<Response, Refusal> {
    let visit = &posted.visit;
    let mut response = Redirect::to(local(posted.field("back")).unwrap_or("/")).into_response();
    let language = Language::of_tag(posted.field("language"));
    let theme = Theme::ALL.into_iter().find(|theme| theme.code() == posted.field("theme"));
    if visit.caller.is_some() {
        // Both fields are always sent; what looks as before is no choice.
        let language = language.filter(|chosen| *chosen != speech::language());
        let theme = theme.filter(|chosen| *chosen != visit.frame.theme);
        let patch = PreferencesPatch {
            language: language.map(|language| Some(language.tag().to_owned())),
            theme: theme.map(|theme| Some(theme.code().to_owned()).filter(|_| theme != Theme::Auto)),
        };
        save(visit, &patch, &mut response).await?;
        return Ok(response);
    }
    let mut keep = |name, value| {
        let cookie = visit.cookie(name, value, "Lax", Some(SECONDS));
        response.headers_mut().append(header::SET_COOKIE, cookie);
    };
    if let Some(language) = language {
        keep(speech::COOKIE, language.tag());
    }
    if let Some(theme) = theme {
        keep(THEME_COOKIE, theme.code());
    }
    Ok(response)
}

/// Keeps what the person chose with the person. What the browser had is forgotten: it would
/// come back as soon as the person has no choice of their own any more.
pub async fn save(visit: &Visit, patch: &PreferencesPatch, response: &mut Response) -> Result<(), Refusal> {
    if patch.language.is_none() && patch.theme.is_none() {
        return Ok(());
    }
    preferences::change(&visit.surface.app, visit.person()?, patch, &visit.cause).await?;
    if patch.language.is_some() {
        visit.forget(response, speech::COOKIE);
    }
    if patch.theme.is_some() {
        visit.forget(response, THEME_COOKIE);
    }
    Ok(())
}
