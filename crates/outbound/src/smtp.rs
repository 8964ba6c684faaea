//! The dialogue with the mail server (RFC 5321), and whose concern each of its answers is:
//! what it says to a recipient or to the content belongs to that mail, and everything
//! before is the server's or the configuration's.
//!
//! A connection belongs to one mail at a time. It rests for the next only after the server
//! took the whole mail; whatever else happens, also that nobody waits any more, ends it:
//! an answer that comes late would be read as the answer to the next mail.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use lettre::{
    address::Envelope,
    transport::smtp::{
        self,
        authentication::{Credentials, DEFAULT_MECHANISMS},
        client::{AsyncSmtpConnection, Certificate, CertificateStore, TlsParameters, TlsParametersBuilder},
        commands::{Data, Mail, Rcpt},
        extension::{ClientId, Extension, MailBodyParameter, MailParameter},
    },
};
use tokio::time::{Instant, timeout};

use crate::{
    Reply, Verdict,
    mail::{MailSettings, MailUnusable, Security},
};

/// An unused connection is kept this long: many mails of one moment share few.
const IDLE: Duration = Duration::from_secs(10);
/// A connection is waited for this long.
const CONNECT: Duration = Duration::from_secs(20);
/// Taking leave is waited for this long; nothing depends on it.
const GOODBYE: Duration = Duration::from_secs(2);

/// A mail as it goes over the wire.
pub(crate) struct Outgoing {
    pub envelope: Envelope,
    pub bytes: Vec<u8>,
    /// Whether its sender is the one of the configuration for everybody: if the server does
    /// not take that, it is no single mail's fault.
    pub common_sender: bool,
}

/// The mail server, and how it is spoken to.
pub(crate) struct Server {
    host: String,
    port: u16,
    security: Security,
    tls: TlsParameters,
    hello: ClientId,
    login: Option<Credentials>,
    /// Connections over which a mail was taken, and since when nothing was said.
    resting: Mutex<Vec<(AsyncSmtpConnection, Instant)>>,
}

impl Server {
    /// Nothing is connected yet. `hello` is how this machine calls itself.
    pub fn new(settings: &MailSettings, hello: &str) -> Result<Self, MailUnusable> {
        let mut tls =
            TlsParametersBuilder::new(settings.host.clone()).certificate_store(CertificateStore::Default);
        if let Some(pem) = &settings.authorities {
            tls = tls.add_root_certificate(Certificate::from_pem(pem).map_err(MailUnusable::Tls)?);
        }
        let login = settings.login.as_ref();
        Ok(Self {
            host: settings.host.clone(),
            port: settings.port,
            security: settings.security,
            tls: tls.build_rustls().map_err(MailUnusable::Tls)?,
            hello: ClientId::Domain(hello.to_owned()),
            login: login.map(|(name, password)| Credentials::new(name.clone(), password.to_string())),
            resting: Mutex::default(),
        })
    }

    /// Gives a mail to the server, within `limit`.
    pub async fn send(&self, mail: &Outgoing, limit: Duration) -> Reply {
        match timeout(limit, self.talk(mail)).await {
            Ok((reply, None)) => reply,
            Ok((reply, Some(mut connection))) => {
                if reply.verdict == Verdict::Done {
                    self.resting().push((connection, Instant::now()));
                } else {
                    // Over either way; a server that does not answer is left without it.
                    let _left = timeout(GOODBYE, connection.abort()).await;
                }
                reply
            }
            // The connection went with what was waited for.
            Err(_) => Reply::new(Verdict::Away, format!("no answer within {} s", limit.as_secs())),
        }
    }

    /// Closes connections that were not used for a while.
    pub fn close_idle(&self) {
        self.resting().retain(|(_, since)| since.elapsed() < IDLE);
    }

    fn resting(&self) -> std::sync::MutexGuard<'_, Vec<(AsyncSmtpConnection, Instant)>> {
        self.resting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn talk(&self, mail: &Outgoing) -> (Reply, Option<AsyncSmtpConnection>) {
        self.close_idle();
        let mut rested = self.resting().pop().map(|(connection, _)| connection);
        if let Some(connection) = &mut rested
            && !connection.test_connected().await
        {
            rested = None;
        }
        let connection = match rested {
            Some(connection) => Ok(connection),
            None => self.connect().await,
        };
        match connection {
            Ok(mut connection) => (dialogue(&mut connection, mail).await, Some(connection)),
            // No greeting, no TLS, no login: whatever the server says, it is about no mail.
            Err(error) => (Reply::new(Verdict::Away, error.to_string()), None),
        }
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, smtp::Error> {
        let from_the_first_byte = (self.security == Security::Implicit).then(|| self.tls.clone());
        let server = (self.host.as_str(), self.port);
        let mut connection = AsyncSmtpConnection::connect_tokio1(
            server,
            Some(CONNECT),
            &self.hello,
            from_the_first_byte,
            None,
        )
        .await?;
        if self.security == Security::Starttls {
            connection.starttls(self.tls.clone(), &self.hello).await?;
        }
        if let Some(login) = &self.login {
            connection.auth(DEFAULT_MECHANISMS, login).await?;
        }
        Ok(connection)
    }
}

async fn dialogue(connection: &mut AsyncSmtpConnection, mail: &Outgoing) -> Reply {
    let offers = connection.server_info();
    let (any_letters, eight_bits) =
        (offers.supports_feature(Extension::SmtpUtfEight), offers.supports_feature(Extension::EightBitMime));
    let mut options = Vec::new();
    let foreign = |address: &lettre::Address| !AsRef::<str>::as_ref(address).is_ascii();
    let (to_foreign, from_foreign) =
        (mail.envelope.to().iter().any(foreign), mail.envelope.from().is_some_and(foreign));
    if to_foreign || from_foreign {
        if !any_letters {
            // RFC 6531, 3.2: it must not even be tried.
            return match (to_foreign, mail.common_sender) {
                (true, _) => Reply::new(
                    Verdict::Refused,
                    "the address has letters the mail server does not take (it offers no SMTPUTF8)",
                ),
                (false, common) => Reply::new(
                    of_sender(common),
                    "the sender's address has letters the mail server does not take (it offers no SMTPUTF8)",
                ),
            };
        }
        options.push(MailParameter::SmtpUtfEight);
    }
    if !mail.bytes.is_ascii() {
        if !eight_bits {
            return Reply::new(
                Verdict::Refused,
                "the mail has letters the mail server does not take (it offers no 8BITMIME)",
            );
        }
        options.push(MailParameter::Body(MailBodyParameter::EightBitMime));
    }
    if let Err(error) = connection.command(Mail::new(mail.envelope.from().cloned(), options)).await {
        let verdict = match verdict(&error) {
            Verdict::Refused => of_sender(mail.common_sender),
            other => other,
        };
        return Reply::new(verdict, error.to_string());
    }
    for to in mail.envelope.to() {
        if let Err(error) = connection.command(Rcpt::new(to.clone(), Vec::new())).await {
            return Reply::new(verdict(&error), error.to_string());
        }
    }
    match connection.command(Data).await {
        Ok(answer) if answer.has_code(354) => {}
        Ok(answer) => return unexpected(&answer),
        Err(error) => return Reply::new(verdict(&error), error.to_string()),
    }
    match connection.message(&mail.bytes).await {
        Ok(answer) if answer.has_code(250) => {
            Reply::new(Verdict::Done, answer.first_line().unwrap_or_default())
        }
        Ok(answer) => unexpected(&answer),
        Err(error) => Reply::new(verdict(&error), error.to_string()),
    }
}

/// What a sender the server does not take means: everybody waits for the configuration, or
/// only those with this sender try again until it is too late.
fn of_sender(common: bool) -> Verdict {
    if common { Verdict::Away } else { Verdict::Passing }
}

/// An answer that is neither yes nor no (RFC 5321, 4.2): nothing can be believed of this connection.
fn unexpected(answer: &smtp::response::Response) -> Reply {
    let said = format!("an answer that does not belong here: {}", answer.code());
    Reply::new(Verdict::Away, said)
}

fn verdict(error: &smtp::Error) -> Verdict {
    match error.status().map(u16::from) {
        // It cannot be reached, or whether it has the mail is not known; it is closing, does not
        // let us in, or wants another way to sign in (RFC 5321, RFC 4954).
        None | Some(421 | 432 | 454 | 530 | 534 | 535 | 538) => Verdict::Away,
        Some(400..=499) => Verdict::Passing,
        Some(_) => Verdict::Refused,
    }
}
