//! Mails: claimed and recorded like everything else.
//!
//! A mail whose worker died between the server's answer and the record is sent again, with
//! the same Message-ID: at least once is promised.

use std::{sync::Arc, time::Duration};

use domain::{
    limits,
    mail::{Message, Text},
    problem::{Problem, ProblemCode},
};
use futures::future::join_all;
use outbound::{Reply, Verdict, mail::Mailer};
use store::{
    StoreError,
    engine::{DueMail, MailDone, MailEnding, ServerSeen},
};
use tracing::{debug, warn};

use crate::{Engine, delay, hooks::millis};

/// Makes the sentences of a mail.
pub type Render = Arc<dyn Fn(&Message) -> Text + Send + Sync>;

/// What is done with mail.
#[derive(Clone)]
pub enum Mailing {
    /// It is sent.
    Send {
        /// By whom.
        mailer: Arc<Mailer>,
        /// How it reads.
        render: Render,
    },
    /// It is kept to be read, and nothing is sent.
    Keep,
}

impl Engine {
    /// Sends, or keeps, one claim of mails and records what became of them; gives whether
    /// there were any.
    pub async fn mail(&self) -> Result<bool, StoreError> {
        let (mailer, render) = match &self.mailing {
            None => return Ok(false),
            Some(Mailing::Keep) => return Ok(self.store.keep_mails().await? > 0),
            Some(Mailing::Send { mailer, render }) => (mailer, render),
        };
        let due = self.store.claim_mails(limits::MAILS_AT_ONCE).await?;
        let done = join_all(due.into_iter().map(|due| self.send(mailer, render, due))).await;
        if done.is_empty() {
            mailer.close_idle();
            return Ok(false);
        }
        // What cannot be recorded is sent again when its lease ends.
        self.store.record_mails(&done).await?;
        Ok(true)
    }

    async fn send(&self, mailer: &Mailer, render: &Render, due: DueMail) -> MailDone {
        let (id, lease) = (due.id, due.lease);
        let done = |ending, server| MailDone { id, lease, ending, server };
        if !due.alive || self.clock.now() >= due.give_up_at {
            return done(MailEnding::Failed(Problem::new(ProblemCode::MailLate)), ServerSeen::NotAsked);
        }
        let Some(message) = &due.message else {
            let reply = Reply {
                verdict: Verdict::Passing,
                said: "the mail cannot be opened on this machine at present".to_owned(),
            };
            return done(self.again(&due, &reply), ServerSeen::NotAsked);
        };
        let reply = mailer.send(&id.to_string(), message, &render(message), self.clock.now()).await;
        debug!(mail = %id, verdict = ?reply.verdict, "sent");
        match reply.verdict {
            Verdict::Done => done(MailEnding::Sent, ServerSeen::Answered),
            Verdict::Refused | Verdict::Failed => {
                let problem = Problem::new(ProblemCode::MailRefused).said(&reply.said);
                // What cannot be a mail at all was not offered, and tells nothing of the server.
                let offered = reply.verdict == Verdict::Refused;
                let seen = if offered { ServerSeen::Answered } else { ServerSeen::NotAsked };
                done(MailEnding::Failed(problem), seen)
            }
            Verdict::Passing => done(self.again(&due, &reply), ServerSeen::Answered),
            Verdict::Away => {
                warn!(mail = %id, said = reply.said, "the mail server does not answer");
                let over = u32::try_from(due.failures + 1 - limits::MAIL_FAILURES).unwrap_or(0);
                let (min, max) = (self.options.breaker_min, self.options.breaker_max);
                let wait_ms = millis(delay::doubling(min, max, over, self.random.as_ref()));
                done(self.again(&due, &reply), ServerSeen::Away { reason: reply.said.clone(), wait_ms })
            }
        }
    }

    /// Another try after a while, or none when that would be too late.
    fn again(&self, due: &DueMail, reply: &Reply) -> MailEnding {
        let attempts = u32::try_from(due.attempts).unwrap_or(0);
        let (min, max) = (self.options.mail_min, self.options.mail_max);
        let wait: Duration = delay::doubling(min, max, attempts, self.random.as_ref());
        let problem = Problem::new(ProblemCode::MailUnreachable).said(&reply.said);
        if self.clock.now() + wait >= due.give_up_at {
            return MailEnding::Failed(problem);
        }
        MailEnding::Again { problem, after_ms: millis(wait) }
    }
}
