//! A mail server on this machine: enough of SMTP (RFC 5321) with STARTTLS (RFC 3207) or TLS
//! from the first byte and AUTH PLAIN (RFC 4616) to be spoken to by a real client, and moods
//! of real servers.

use std::{
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::{
    io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinSet,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        pki_types::{PrivateKeyDer, pem::PemObject as _},
    },
};

/// Bytes of one line; nobody sends longer ones.
const LINE_BYTES: usize = 1024 * 1024;

/// What the server does with the next mails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    /// Takes them.
    Accept,
    /// Closes every connection at once: a server that is down.
    Down,
    /// Takes none for whoever `said` begins with, and all others.
    RefuseRecipient(&'static str),
    /// Is busy: 451 to every recipient.
    Busy,
    /// Takes the whole mail and closes the connection instead of saying so.
    CutAfterData,
    /// Takes the whole mail and does not say so; [`Smtp::cut`] closes such connections.
    SilentAfterData,
    /// Takes the whole mail, says so only after [`Smtp::cut`], and goes on listening.
    LateAfterData,
    /// Takes the whole mail and answers with what belongs before it.
    OddAfterData,
    /// Greets with a refusal.
    RefuseGreeting,
    /// Does not take the sender.
    RefuseSender,
    /// Does not accept anybody's password.
    RefuseLogin,
}

/// A mail that was taken whole, whether the client was told or not.
#[derive(Debug, Clone)]
pub struct Received {
    /// From `MAIL FROM`.
    pub from: String,
    /// From `RCPT TO`.
    pub to: Vec<String>,
    /// Headers and body as they came, without the dots of transparency.
    pub data: String,
    /// Whether the connection was encrypted.
    pub encrypted: bool,
    /// User name and password of the client.
    pub login: Option<(String, String)>,
}

impl Received {
    /// The value of a header, unfolded.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<String> {
        let head = self.data.split("\r\n\r\n").next().unwrap_or_default().replace("\r\n ", " ");
        head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
        })
    }

    /// The whole with soft line breaks of quoted-printable undone, for looking for words.
    #[must_use]
    pub fn text(&self) -> String {
        self.data.replace("=\r\n", "").replace("=3D", "=")
    }
}

#[derive(Debug)]
struct Shared {
    mood: Mutex<Mood>,
    received: Mutex<Vec<Received>>,
    connections: Mutex<u32>,
    cuts: watch::Sender<u32>,
}

/// A running server; it ends with this value.
#[derive(Debug)]
pub struct Smtp {
    address: SocketAddr,
    ca_pem: String,
    shared: Arc<Shared>,
    task: tokio::task::JoinHandle<()>,
}

impl Smtp {
    /// Listens on a free port of 127.0.0.1; `implicit` is TLS from the first byte.
    ///
    /// # Errors
    /// Where nothing can be listened on.
    ///
    /// # Panics
    /// Where no certificate can be made.
    pub async fn start(implicit: bool) -> io::Result<Self> {
        let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).expect("a certificate");
        let key = PrivateKeyDer::from_pem_slice(made.signing_key.serialize_pem().as_bytes()).expect("a key");
        let config = ServerConfig::builder_with_provider(Arc::new(
            tokio_rustls::rustls::crypto::ring::default_provider(),
        ))
        .with_safe_default_protocol_versions()
        .expect("protocols of the library")
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .expect("a certificate with its key");
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            mood: Mutex::new(Mood::Accept),
            received: Mutex::default(),
            connections: Mutex::default(),
            cuts: watch::Sender::new(0),
        });
        let of_task = Arc::clone(&shared);
        let task = tokio::spawn(async move {
            let mut open = JoinSet::new();
            loop {
                while open.try_join_next().is_some() {}
                let Ok((stream, _)) = listener.accept().await else { return };
                *of_task.connections.lock().unwrap_or_else(PoisonError::into_inner) += 1;
                if of_task.mood() == Mood::Down {
                    continue;
                }
                let (shared, acceptor) = (Arc::clone(&of_task), acceptor.clone());
                open.spawn(async move {
                    // A client that goes away in the middle is no concern of the test.
                    let _gone = serve(stream, &acceptor, implicit, &shared).await;
                });
            }
        });
        Ok(Self { address, ca_pem: made.cert.pem(), shared, task })
    }

    /// The port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// What signs the server's certificate.
    #[must_use]
    pub fn ca_pem(&self) -> &str {
        &self.ca_pem
    }

    /// Does something else from now on.
    pub fn set(&self, mood: Mood) {
        *self.shared.mood.lock().unwrap_or_else(PoisonError::into_inner) = mood;
    }

    /// Closes the connections on which nothing is said any more, and lets those answer that are late.
    pub fn cut(&self) {
        self.shared.cuts.send_modify(|cuts| *cuts += 1);
    }

    /// What was taken, in order.
    #[must_use]
    pub fn received(&self) -> Vec<Received> {
        self.shared.received.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Connections so far.
    #[must_use]
    pub fn connections(&self) -> u32 {
        *self.shared.connections.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Smtp {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Shared {
    fn mood(&self) -> Mood {
        *self.mood.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn serve(stream: TcpStream, acceptor: &TlsAcceptor, implicit: bool, shared: &Shared) -> io::Result<()> {
    if implicit {
        let mut stream = BufReader::new(acceptor.accept(stream).await?);
        say(&mut stream, greeting(shared)).await?;
        return converse(&mut stream, true, shared).await;
    }
    let mut stream = BufReader::new(stream);
    say(&mut stream, greeting(shared)).await?;
    loop {
        let Some(line) = hear(&mut stream).await? else { return Ok(()) };
        match command(&line).as_str() {
            "EHLO" => {
                say(&mut stream, "250-mail.test").await?;
                say(&mut stream, "250 STARTTLS").await?;
            }
            "STARTTLS" => {
                say(&mut stream, "220 go on").await?;
                let mut stream = BufReader::new(acceptor.accept(stream.into_inner()).await?);
                return converse(&mut stream, true, shared).await;
            }
            "QUIT" => return say(&mut stream, "221 bye").await,
            _ => say(&mut stream, "530 5.7.0 Must issue a STARTTLS command first").await?,
        }
    }
}

fn greeting(shared: &Shared) -> &'static str {
    match shared.mood() {
        Mood::RefuseGreeting => "554 5.3.2 mail.test takes nothing from you",
        _ => "220 mail.test ESMTP",
    }
}

async fn converse<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut BufReader<S>,
    encrypted: bool,
    shared: &Shared,
) -> io::Result<()> {
    let (mut from, mut to, mut login) = (String::new(), Vec::new(), None);
    loop {
        let Some(line) = hear(stream).await? else { return Ok(()) };
        let mood = shared.mood();
        match command(&line).as_str() {
            "EHLO" => {
                say(stream, "250-mail.test").await?;
                say(stream, "250-8BITMIME").await?;
                say(stream, "250 AUTH PLAIN").await?;
            }
            "AUTH" if mood == Mood::RefuseLogin => say(stream, "535 5.7.8 Authentication failed").await?,
            "AUTH" => {
                login = plain(&line);
                say(stream, "235 2.7.0 welcome").await?;
            }
            "MAIL" if mood == Mood::RefuseSender => say(stream, "550 5.7.1 not as this sender").await?,
            "MAIL" => {
                from = bracketed(&line);
                to.clear();
                say(stream, "250 2.1.0 OK").await?;
            }
            "RCPT" => {
                let address = bracketed(&line);
                match mood {
                    Mood::RefuseRecipient(start) if address.starts_with(start) => {
                        say(stream, &format!("550 5.1.1 <{address}> User unknown")).await?;
                    }
                    Mood::Busy => say(stream, "451 4.7.1 Try again later").await?,
                    _ => {
                        to.push(address);
                        say(stream, "250 2.1.5 OK").await?;
                    }
                }
            }
            "DATA" if to.is_empty() => say(stream, "503 5.5.1 No recipients").await?,
            "DATA" => {
                say(stream, "354 go on").await?;
                let Some(data) = body(stream).await? else { return Ok(()) };
                let mail =
                    Received { from: from.clone(), to: to.clone(), data, encrypted, login: login.clone() };
                shared.received.lock().unwrap_or_else(PoisonError::into_inner).push(mail);
                match mood {
                    Mood::CutAfterData => return Ok(()),
                    Mood::SilentAfterData => {
                        let _the_server_ends = shared.cuts.subscribe().changed().await;
                        return Ok(());
                    }
                    Mood::LateAfterData => {
                        let _the_server_ends = shared.cuts.subscribe().changed().await;
                        say(stream, "250 2.0.0 queued").await?;
                    }
                    Mood::OddAfterData => say(stream, "354 go on").await?,
                    _ => say(stream, "250 2.0.0 queued").await?,
                }
            }
            "RSET" | "NOOP" => say(stream, "250 OK").await?,
            "QUIT" => return say(stream, "221 bye").await,
            _ => say(stream, "502 5.5.1 not here").await?,
        }
    }
}

async fn say<S: AsyncWrite + Unpin>(stream: &mut BufReader<S>, line: &str) -> io::Result<()>
where
    BufReader<S>: AsyncWrite,
{
    stream.write_all(format!("{line}\r\n").as_bytes()).await?;
    stream.flush().await
}

async fn hear<S: AsyncRead + Unpin>(stream: &mut BufReader<S>) -> io::Result<Option<String>> {
    let mut line = Vec::new();
    stream.read_until(b'\n', &mut line).await?;
    if line.len() > LINE_BYTES {
        return Err(io::Error::other("a line that is too long"));
    }
    let text = String::from_utf8_lossy(&line).trim_end_matches(['\r', '\n']).to_owned();
    Ok(if line.is_empty() { None } else { Some(text) })
}

/// Headers and body until the line with a dot alone.
async fn body<S: AsyncRead + Unpin>(stream: &mut BufReader<S>) -> io::Result<Option<String>> {
    let mut data = String::new();
    loop {
        let Some(line) = hear(stream).await? else { return Ok(None) };
        if line == "." {
            return Ok(Some(data));
        }
        data.push_str(line.strip_prefix('.').unwrap_or(&line));
        data.push_str("\r\n");
    }
}

fn command(line: &str) -> String {
    line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase()
}

/// What stands in `<…>`.
fn bracketed(line: &str) -> String {
    line.split_once('<')
        .and_then(|(_, rest)| rest.split_once('>'))
        .map_or("", |(inside, _)| inside)
        .to_owned()
}

/// User name and password of `AUTH PLAIN …`.
fn plain(line: &str) -> Option<(String, String)> {
    use base64::Engine as _;
    let coded = line.split_whitespace().nth(2)?;
    let bytes = base64::engine::general_purpose::STANDARD.decode(coded).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let mut parts = text.split('\0').skip(1).map(str::to_owned);
    Some((parts.next()?, parts.next()?))
}
