//! Choosing a password: the rules beside the field, and one's own password changed.

use app::passwords::{self, Changed};
use askama::Template;
use axum::{
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use domain::password::Rules;
use web::speech::{say, say_with, wait};

use crate::{
    context::{Frame, Posted, Visit},
    forms::Form,
    refusal::Refusal,
};

/// What a password has to be, as sentences; `directory` says whether one is asked, too.
pub fn rules(of: &Rules, directory: bool) -> Vec<String> {
    let count = |n: u32| i64::from(n).into();
    let mut all = vec![say_with("password-chars", &[("n", count(of.min_chars))])];
    if of.classes > 1 {
        all.push(say_with("password-kinds", &[("n", count(of.classes))]));
    }
    if of.no_names {
        all.push(say("password-no-names"));
    }
    if !of.forbidden.is_empty() {
        let words = of.forbidden.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
        all.push(say_with("password-no-words", &[("words", words.into())]));
    }
    if directory {
        all.push(say("password-directory"));
    }
    all.push(say("password-advice"));
    all
}

/// The password that was typed twice, or the form with what is wrong.
pub fn twice(posted: &Posted) -> Result<&str, Form> {
    let password = posted.field("password");
    if password == posted.field("again") {
        Ok(password)
    } else {
        Err(Form::sent(posted).with_error("again", &say("password-differ")))
    }
}

#[derive(Template)]
#[template(path = "account_password.html")]
struct Own {
    frame: Frame,
    login: String,
    form: Form,
    rules: Vec<String>,
}

/// The form for one's own password.
pub async fn own(visit: Visit) -> Result<Response, Refusal> {
    own_page(&visit, StatusCode::OK, Form::default()).await
}

async fn own_page(visit: &Visit, status: StatusCode, form: Form) -> Result<Response, Refusal> {
    let (app, caller) = (&visit.surface.app, visit.person()?);
    let read = async {
        let mut tx = app.read(caller).await?;
        let user = tx.user(caller.user()).await?;
        tx.finish().await?;
        Ok::<_, app::AppError>(user)
    };
    let user = read.await?;
    let mut frame = visit.frame.clone();
    frame.trail = vec![(say("account-title"), "/account".to_owned())];
    let rules = rules(&passwords::rules(app, caller).await?, user.object.is_some());
    visit.page(status, &Own { frame, login: user.principal_name, form, rules })
}

/// Changes one's own password. The page of its link shows how far it is: by then nobody may
/// be signed in any more.
pub async fn change(posted: Posted) -> Result<Response, Refusal> {
    let visit = &posted.visit;
    let caller = visit.person()?;
    let password = match twice(&posted) {
        Ok(password) => password,
        Err(form) => return own_page(visit, StatusCode::UNPROCESSABLE_ENTITY, form).await,
    };
    let passwords = (posted.field("present_password"), password);
    let network = visit.device.network.as_deref();
    let (status, form) =
        match passwords::change(&visit.surface.app, caller, passwords, network, &visit.cause).await {
            Ok(Changed::Sent(token, _)) => {
                return Ok(Redirect::to(&format!("/activate/{token}")).into_response());
            }
            Ok(Changed::Wait(seconds)) => {
                let said = say_with("sign-in-wait", &[("time", wait(seconds).into())]);
                (StatusCode::TOO_MANY_REQUESTS, Form::sent(&posted).with_error("present_password", &said))
            }
            Err(error) => (StatusCode::UNPROCESSABLE_ENTITY, Form::again(&posted, error)?),
        };
    own_page(visit, status, form).await
}
