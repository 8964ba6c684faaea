//! Calls with an `Idempotency-Key`: what the key stands for, and what is kept of
//! the answer. Secrets are never kept; they are put into the answer again.

use std::str::FromStr;

use app::{AppError, Repeat, error::Conflict};
use serde_json::Value;

use crate::input::Call;

/// What a key stands for: the call and its values.
pub fn content(call: &Call, body: &impl serde::Serialize) -> Vec<u8> {
    let mut content = format!("{}\n", call.line).into_bytes();
    if call.cause.idempotency_key.is_some() {
        // Written anew, so that blanks and the order of fields make no difference.
        content.extend(serde_json::to_vec(body).unwrap_or_default());
    }
    content
}

/// The key of a call, if it has one, with how to write what is kept.
pub fn repeat<'a, T>(
    call: &'a Call,
    content: &'a [u8],
    answer: &'a (dyn Fn(&T) -> (u16, Value) + Sync),
) -> Option<Repeat<'a, T>> {
    call.cause.idempotency_key.as_deref().map(|key| Repeat { key, content, answer })
}

/// An id that was kept.
pub fn kept_id<T: FromStr>(body: &Value, name: &str) -> Result<T, AppError> {
    // Only an answer of another version has none: as if the key were used for something else.
    let id = body[name].as_str().and_then(|text| text.parse().ok());
    id.ok_or(AppError::Conflict(Conflict::KeyReused))
}
