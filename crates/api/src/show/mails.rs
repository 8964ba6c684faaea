//! Mails.

use app::{mails::readable, reading::mail::Mail};
use domain::mail::{Kind, State};
use web::{Surface, texts};
use wire::{
    common::TenantRef,
    mails::{self, MailKind, MailState, MailText},
};

use super::{Viewer, problem};

/// A mail; how it reads only where it may be read.
#[must_use]
pub fn mail(surface: &Surface, of: &Mail) -> mails::Mail {
    let message = of.message.as_ref();
    let text = message.filter(|_| readable(&surface.app, of)).map(|message| {
        let text = texts::mail(message, &surface.public_url);
        MailText { subject: text.subject, plain: text.plain, html: text.html }
    });
    let (id, code, name) = &of.tenant;
    mails::Mail {
        id: of.id.to_string(),
        tenant: TenantRef { id: id.to_string(), code: code.clone(), name: name.clone() },
        user: of.user.to_string(),
        to: message.map(|m| m.to.address.clone()),
        kind: kind(of.kind),
        language: message.map(|m| m.language.clone()),
        brand: message.and_then(|m| m.brand.as_ref()?.name().map(str::to_owned)),
        state: state(of.state),
        attempts: of.attempts,
        problem: of.problem.as_ref().map(|p| problem(p, Viewer::Provider)),
        created_at: of.created_at.to_string(),
        ended_at: of.ended_at.map(|at| at.to_string()),
        text,
    }
}

const fn kind(kind: Kind) -> MailKind {
    match kind {
        Kind::Activation => MailKind::Activation,
        Kind::Reset => MailKind::Reset,
        Kind::ResetRequested => MailKind::ResetRequested,
    }
}

const fn state(state: State) -> MailState {
    match state {
        State::Requested => MailState::Requested,
        State::Sent => MailState::Sent,
        State::Failed => MailState::Failed,
        State::Kept => MailState::Kept,
    }
}
