//! Mails to people, for staff of the provider.

use app::mails as use_cases;
use axum::{Json, extract::State};
use domain::{id::MailId, mail::State as MailState};
use web::Surface;
use wire::{
    common::Page,
    mails::{self, MailQuery},
};

use crate::{
    Refused,
    cursor::Paging,
    input::{Call, Params, PathId},
    refusal::Answer,
    show,
    tenants::code,
};

/// Mails, the newest first. They are forgotten after two weeks.
///
/// How a mail reads is shown only where mails are kept instead of sent (`keep` in the
/// configuration): its link opens the person's account.
#[utoipa::path(get, path = "/mails", tag = "mails", params(MailQuery),
    responses((status = 200, description = "One page.", body = Page<mails::Mail>), Refused))]
pub async fn list_mails(
    State(surface): State<Surface>,
    call: Call,
    Params(query): Params<MailQuery>,
) -> Answer<Json<Page<mails::Mail>>> {
    let paging = Paging::new("mails", query.limit, query.after.as_deref())?;
    let after = paging.after_id::<MailId>()?;
    let state = code("state", query.state.as_deref(), MailState::from_code)?;
    let rows = use_cases::list(&surface.app, &call.caller, state, after, paging.rows()).await?;
    let (rows, next) = paging.page("mails", rows, |m| (String::new(), m.id));
    Ok(Json(Page { items: rows.iter().map(|m| show::mail(&surface, m)).collect(), next }))
}

/// One mail.
#[utoipa::path(get, path = "/mails/{id}", tag = "mails",
    params(("id" = String, Path, description = "Id of the mail.")),
    responses((status = 200, description = "The mail.", body = mails::Mail), Refused))]
pub async fn show_mail(
    State(surface): State<Surface>,
    call: Call,
    PathId(id): PathId<MailId>,
) -> Answer<Json<mails::Mail>> {
    let mail = use_cases::show(&surface.app, &call.caller, id).await?;
    Ok(Json(show::mail(&surface, &mail)))
}
