//! One mail over SMTP, and what the server's answer means. The connection is always
//! encrypted and the server's certificate always verified.

use std::{collections::BTreeMap, time::Duration};

use domain::{
    limits,
    mail::{Brand, Message, Text},
    setting::Setting,
};
use jiff::Timestamp;
use lettre::{
    Address,
    message::{
        Mailbox, MultiPart,
        header::{Header, HeaderName, HeaderValue},
    },
    transport::smtp,
};
use zeroize::Zeroizing;

use crate::{
    Reply, Verdict,
    smtp::{Outgoing, Server},
};

/// How the connection is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// By the command `STARTTLS`, before anything else (RFC 3207); a server without it is not used.
    Starttls,
    /// From the first byte (RFC 8314).
    Implicit,
}

/// The mail server, and who mails are from.
#[derive(Clone)]
pub struct MailSettings {
    /// Host name: the one its certificate bears.
    pub host: String,
    /// Port.
    pub port: u16,
    /// How the connection is encrypted.
    pub security: Security,
    /// PEM of authorities that are trusted beside those of the system.
    pub authorities: Option<Vec<u8>>,
    /// User name and password.
    pub login: Option<(String, Zeroizing<String>)>,
    /// `Name <address>`, or an address: for whoever has no brand, or one without its own.
    pub from: String,
    /// The same by code of the brand.
    pub from_of: BTreeMap<String, String>,
}

/// Why no mail can be sent with these settings.
#[derive(Debug, thiserror::Error)]
pub enum MailUnusable {
    /// A sender is no address.
    #[error("\"{0}\" is not of the form Name <address@example.com>")]
    From(String),
    /// TLS cannot be set up.
    #[error("TLS cannot be set up for the mail server")]
    Tls(#[source] smtp::Error),
}

/// Sends mails.
pub struct Mailer {
    server: Server,
    limit: Duration,
    from: Mailbox,
    from_of: BTreeMap<String, Mailbox>,
}

/// Who reads `Name <address>` or an address; none when it is neither.
fn mailbox(text: &str) -> Result<Mailbox, MailUnusable> {
    text.parse().map_err(|_| MailUnusable::From(text.to_owned()))
}

/// Whether this can stand as the sender of a mail.
pub fn check_from(text: &str) -> Result<(), MailUnusable> {
    mailbox(text).map(|_| ())
}

impl Mailer {
    /// Nothing is connected before [`Mailer::send`]. Needs a running Tokio.
    pub fn new(settings: &MailSettings) -> Result<Self, MailUnusable> {
        let from = mailbox(&settings.from)?;
        let from_of = settings.from_of.iter().map(|(code, text)| Ok((code.clone(), mailbox(text)?)));
        let from_of = from_of.collect::<Result<_, _>>()?;
        let server = Server::new(settings, from.email.domain())?;
        let limit = Duration::from_secs(limits::MAIL_SECONDS);
        Ok(Self { server, limit, from, from_of })
    }

    /// The same, with less patience.
    #[must_use]
    pub fn within(self, limit: Duration) -> Self {
        Self { limit, ..self }
    }

    /// Closes connections that were not used for a while.
    pub fn close_idle(&self) {
        self.server.close_idle();
    }

    /// Sends a mail once, within [`limits::MAIL_SECONDS`]. `id` is the same at every try, and so
    /// is the Message-ID, so that whoever gets a mail twice can tell.
    pub async fn send(&self, id: &str, message: &Message, text: &Text, now: Timestamp) -> Reply {
        let Ok(to) = message.to.address.parse::<Address>() else {
            return Reply::new(Verdict::Failed, "the address is not one a mail can be sent to");
        };
        let from = self.sender(message.brand.as_ref());
        let common_sender = from.email == self.from.email;
        let built = lettre::Message::builder()
            .message_id(Some(format!("<{id}@{}>", from.email.domain())))
            .date(now.into())
            .from(from)
            .to(Mailbox::new(Some(message.to.name.clone()), to))
            .subject(text.subject.clone())
            .header(AutoSubmitted)
            .multipart(MultiPart::alternative_plain_html(text.plain.clone(), text.html.clone()));
        let mail = match built {
            Ok(mail) => mail,
            Err(error) => return Reply::new(Verdict::Failed, error.to_string()),
        };
        let mail = Outgoing { envelope: mail.envelope().clone(), bytes: mail.formatted(), common_sender };
        let reply = self.server.send(&mail, self.limit).await;
        // Servers repeat the address; what is kept of their words names nobody.
        Reply { said: reply.said.replace(&message.to.address, "the address"), ..reply }
    }

    /// Who a mail is from. Under a brand without a sender of its own at least the name is the brand's.
    fn sender(&self, brand: Option<&Brand>) -> Mailbox {
        let Some(brand) = brand else { return self.from.clone() };
        let configured = brand.code.as_ref().and_then(|code| self.from_of.get(code));
        let name = brand.look.get(Setting::SenderName).or(brand.name()).map(str::to_owned);
        let said = brand.look.get(Setting::SenderMail).and_then(|address| address.parse().ok());
        match (configured, said) {
            (Some(own), _) => own.clone(),
            (None, Some(address)) => Mailbox::new(name, address),
            (None, None) => Mailbox::new(name, self.from.email.clone()),
        }
    }
}

impl std::fmt::Debug for Mailer {
    // The server's password is in there.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mailer").field("from", &self.from).finish_non_exhaustive()
    }
}

/// Keeps out-of-office notes from answering (RFC 3834, 5).
#[derive(Debug, Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}
