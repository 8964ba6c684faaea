//! Requests that may arrive twice: the answer to the first is the answer to all.

use serde_json::Value;
use store::{idempotency::Replay, tx::WriteTx};

use crate::{AppError, error::Conflict};

/// An `Idempotency-Key` with what it stands for, and how to write the answer
/// that is kept for it.
pub struct Repeat<'a, T> {
    /// The client's key, at most 255 characters.
    pub key: &'a str,
    /// Method, path and body: the same key for something else is a conflict.
    pub content: &'a [u8],
    /// Makes status and body of the answer.
    pub answer: &'a (dyn Fn(&T) -> (u16, Value) + Sync),
}

/// Done now, or before.
#[derive(Debug)]
pub enum Answer<T> {
    /// Done by this call.
    Done(T),
    /// Done by an earlier call with the same key: its answer.
    Before {
        /// HTTP status.
        status: u16,
        /// Body.
        body: Value,
    },
}

/// The kept answer, if there is one.
pub(crate) async fn before<T>(
    tx: &mut WriteTx<'_>,
    repeat: Option<&Repeat<'_, T>>,
) -> Result<Option<Answer<T>>, AppError> {
    let Some(repeat) = repeat else { return Ok(None) };
    match tx.replay(repeat.key, repeat.content).await? {
        Replay::First => Ok(None),
        Replay::Answered { status, body } => Ok(Some(Answer::Before { status, body })),
        Replay::Different => Err(AppError::Conflict(Conflict::KeyReused)),
    }
}

/// Keeps the answer for next time.
pub(crate) async fn keep<T>(
    tx: &mut WriteTx<'_>,
    repeat: Option<&Repeat<'_, T>>,
    done: &T,
) -> Result<(), AppError> {
    if let Some(repeat) = repeat {
        let (status, body) = (repeat.answer)(done);
        tx.remember(repeat.key, status, &body).await?;
    }
    Ok(())
}
