//! One mail over SMTP, and what the server's answer means. The connection is always
//! encrypted and the server's certificate always verified.

use std::{collections::BTreeMap, time::Duration};

use domain::{
    limits,
    mail::{Brand, Message, Text},
};
use jiff::Timestamp;
use lettre::{
    Address, AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor,
    message::{
        Mailbox, MultiPart,
        header::{Header, HeaderName, HeaderValue},
    },
    transport::smtp::{
        self, PoolConfig,
        authentication::Credentials,
        client::{Certificate, CertificateStore, Tls, TlsParametersBuilder},
        extension::ClientId,
    },
};
use zeroize::Zeroizing;

use crate::{Reply, Verdict};

/// An unused connection is kept this long: many mails of one moment share few.
const IDLE: Duration = Duration::from_secs(10);
/// An answer of the server to one command is waited for this long.
const ANSWER: Duration = Duration::from_secs(20);

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
#[derive(Debug)]
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
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
        let mut tls =
            TlsParametersBuilder::new(settings.host.clone()).certificate_store(CertificateStore::Default);
        if let Some(pem) = &settings.authorities {
            tls = tls.add_root_certificate(Certificate::from_pem(pem).map_err(MailUnusable::Tls)?);
        }
        let tls = tls.build_rustls().map_err(MailUnusable::Tls)?;
        let tls = match settings.security {
            Security::Starttls => Tls::Required(tls),
            Security::Implicit => Tls::Wrapper(tls),
        };
        let connections = u32::try_from(limits::MAILS_AT_ONCE).unwrap_or(1);
        let mut transport = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&settings.host)
            .port(settings.port)
            .tls(tls)
            .timeout(Some(ANSWER))
            .hello_name(ClientId::Domain(from.email.domain().to_owned()))
            .pool_config(PoolConfig::new().max_size(connections).idle_timeout(IDLE));
        if let Some((name, password)) = &settings.login {
            transport = transport.credentials(Credentials::new(name.clone(), password.to_string()));
        }
        Ok(Self { transport: transport.build(), from, from_of })
    }

    /// Sends a mail once, within [`limits::MAIL_SECONDS`]. `id` is the same at every try, and so
    /// is the Message-ID, so that whoever gets a mail twice can tell.
    pub async fn send(&self, id: &str, message: &Message, text: &Text, now: Timestamp) -> Reply {
        let Ok(to) = message.to.address.parse::<Address>() else {
            return Reply::new(Verdict::Refused, "the address is not one a mail can be sent to");
        };
        let from = self.sender(message.brand.as_ref());
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
            Err(error) => return Reply::new(Verdict::Refused, error.to_string()),
        };
        let limit = Duration::from_secs(limits::MAIL_SECONDS);
        let reply = match tokio::time::timeout(limit, self.transport.send(mail)).await {
            Ok(Ok(answer)) => Reply::new(Verdict::Done, answer.first_line().unwrap_or_default()),
            Ok(Err(error)) => Reply::new(verdict(&error), error.to_string()),
            Err(_) => Reply::new(Verdict::Away, format!("no answer within {} s", limit.as_secs())),
        };
        // Servers repeat the address; what is kept of their words names nobody.
        Reply { said: reply.said.replace(&message.to.address, "the address"), ..reply }
    }

    /// Who a mail is from. Under a brand without a sender of its own at least the name is the brand's.
    fn sender(&self, brand: Option<&Brand>) -> Mailbox {
        let Some(brand) = brand else { return self.from.clone() };
        let own = self.from_of.get(&brand.code).cloned();
        own.unwrap_or_else(|| Mailbox::new(Some(brand.name.clone()), self.from.email.clone()))
    }
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
