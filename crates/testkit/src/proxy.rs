//! A proxy that breaks connections on demand: what a network does to PostgreSQL
//! and LDAP, at a moment the test chooses.
//!
//! It knows nothing of the protocols; it counts bytes. A new mode holds for the
//! connections that are open, too, unless it says otherwise.

use std::{
    io,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpSocket, TcpStream, UnixListener, UnixStream, tcp, unix},
    sync::watch,
    task::JoinSet,
};

/// Bytes moved at once.
const CHUNK_BYTES: usize = 16 * 1024;
/// Connections a client may have waiting.
const BACKLOG: u32 = 64;

/// What the proxy does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Everything goes through.
    Pass,
    /// New connections are closed at once, open ones stay: a service that is restarting.
    Refuse,
    /// Nothing goes through and nothing is closed: a firewall that drops packets.
    BlackHole,
    /// Open connections are reset at once, new ones as well.
    Cut,
    /// Every chunk is late by this much, in both directions.
    Delay(Duration),
    /// Connections end after this many more bytes from the server, counted over all of
    /// them from the moment of the switch: the act was done, its answer is lost.
    CutAfterDown(u64),
    /// The same for bytes from the client: the act arrived in part.
    CutAfterUp(u64),
}

/// Where the proxy takes connections to.
#[derive(Debug, Clone)]
pub enum Upstream {
    /// A TCP address.
    Tcp(SocketAddr),
    /// A unix socket.
    Unix(PathBuf),
}

/// A mode and how many bytes it still lets through.
#[derive(Clone)]
struct Switch {
    mode: Mode,
    left: Arc<AtomicU64>,
}

impl Switch {
    fn new(mode: Mode) -> Self {
        let left = match mode {
            Mode::CutAfterDown(bytes) | Mode::CutAfterUp(bytes) => bytes,
            _ => 0,
        };
        Self { mode, left: Arc::new(AtomicU64::new(left)) }
    }

    /// Takes up to `bytes` of what is left.
    fn take(&self, bytes: usize) -> Passes {
        let wanted = bytes as u64;
        let rest = |left: u64| Some(left.saturating_sub(wanted));
        let (Ok(left) | Err(left)) = self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, rest);
        // Not more than `bytes`, which is a usize.
        let taken = usize::try_from(left.min(wanted)).unwrap_or(bytes);
        Passes { bytes: taken, last: left <= wanted }
    }
}

/// A running proxy; it ends, with all its connections, when this value is dropped.
pub struct Proxy {
    switch: watch::Sender<Switch>,
    address: Option<SocketAddr>,
    connections: Arc<AtomicU64>,
    task: tokio::task::JoinHandle<()>,
}

impl Proxy {
    /// Listens on a free port of 127.0.0.1.
    pub async fn start(upstream: Upstream) -> io::Result<Self> {
        Self::start_at(SocketAddr::from(([127, 0, 0, 1], 0)), upstream).await
    }

    /// Listens on an address; a certificate may name it.
    #[expect(clippy::unused_async, reason = "listening needs the runtime of the caller")]
    pub async fn start_at(address: SocketAddr, upstream: Upstream) -> io::Result<Self> {
        let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
        socket.set_reuseaddr(true)?;
        socket.bind(address)?;
        let listener = socket.listen(BACKLOG)?;
        let address = listener.local_addr()?;
        Ok(Self::run(Some(address), Listener::Tcp(listener), upstream))
    }

    /// Listens on a unix socket. For PostgreSQL it must be called `.s.PGSQL.5432`.
    #[expect(clippy::unused_async, reason = "listening needs the runtime of the caller")]
    pub async fn start_unix(path: &Path, upstream: Upstream) -> io::Result<Self> {
        Ok(Self::run(None, Listener::Unix(UnixListener::bind(path)?), upstream))
    }

    /// The address it listens on.
    ///
    /// # Panics
    /// Where it listens on a unix socket.
    pub fn address(&self) -> SocketAddr {
        self.address.expect("a proxy on a unix socket has no address")
    }

    /// Does something else from now on.
    pub fn set(&self, mode: Mode) {
        self.switch.send_replace(Switch::new(mode));
    }

    /// Connections it has taken so far, refused ones included.
    pub fn connections(&self) -> u64 {
        self.connections.load(Ordering::Relaxed)
    }

    fn run(address: Option<SocketAddr>, listener: Listener, upstream: Upstream) -> Self {
        let (switch, modes) = watch::channel(Switch::new(Mode::Pass));
        let connections = Arc::new(AtomicU64::new(0));
        let taken = Arc::clone(&connections);
        let task = tokio::spawn(async move {
            // Dropped with this task, and the connections with it.
            let mut open = JoinSet::new();
            loop {
                while open.try_join_next().is_some() {}
                let Ok(client) = listener.accept().await else { return };
                taken.fetch_add(1, Ordering::Relaxed);
                open.spawn(carry(client, upstream.clone(), modes.clone()));
            }
        });
        Self { switch, address, connections, task }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

enum Listener {
    Tcp(TcpListener),
    Unix(UnixListener),
}

impl Listener {
    async fn accept(&self) -> io::Result<Stream> {
        match self {
            Self::Tcp(listener) => listener.accept().await.map(|(stream, _)| Stream::Tcp(stream)),
            Self::Unix(listener) => listener.accept().await.map(|(stream, _)| Stream::Unix(stream)),
        }
    }
}

enum Stream {
    Tcp(TcpStream),
    Unix(UnixStream),
}

impl Stream {
    async fn connect(upstream: &Upstream) -> io::Result<Self> {
        match upstream {
            Upstream::Tcp(address) => TcpStream::connect(address).await.map(Self::Tcp),
            Upstream::Unix(path) => UnixStream::connect(path).await.map(Self::Unix),
        }
    }

    fn split(self) -> (Reader, Writer) {
        match self {
            Self::Tcp(stream) => {
                let _only_slower = stream.set_nodelay(true);
                let (reader, writer) = stream.into_split();
                (Reader::Tcp(reader), Writer::Tcp(writer))
            }
            Self::Unix(stream) => {
                let (reader, writer) = stream.into_split();
                (Reader::Unix(reader), Writer::Unix(writer))
            }
        }
    }
}

enum Reader {
    Tcp(tcp::OwnedReadHalf),
    Unix(unix::OwnedReadHalf),
}

impl Reader {
    async fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Tcp(reader) => reader.read(buffer).await,
            Self::Unix(reader) => reader.read(buffer).await,
        }
    }
}

enum Writer {
    Tcp(tcp::OwnedWriteHalf),
    Unix(unix::OwnedWriteHalf),
}

impl Writer {
    async fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Tcp(writer) => writer.write_all(bytes).await,
            Self::Unix(writer) => writer.write_all(bytes).await,
        }
    }

    async fn shutdown(&mut self) -> io::Result<()> {
        match self {
            Self::Tcp(writer) => writer.shutdown().await,
            Self::Unix(writer) => writer.shutdown().await,
        }
    }

    /// Gives up the connection; over TCP its peer sees a reset, not an end.
    fn reset(self) {
        match self {
            Self::Tcp(writer) => {
                // Where it fails the peer sees an orderly end, which is a cut as well.
                let _orderly_end = writer.as_ref().set_zero_linger();
                // Dropped, a writing half says that the stream ends here.
                writer.forget();
            }
            Self::Unix(writer) => drop(writer),
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    Up,
    Down,
}

/// Why a connection ended before both sides had closed it.
enum Broken {
    /// The mode is [`Mode::Cut`], or a side was reset.
    Reset,
    /// The bytes of a counted cut are used up. No reset: that could overtake them.
    UsedUp,
}

/// Carries one connection until either side or the mode ends it.
async fn carry(client: Stream, upstream: Upstream, mut modes: watch::Receiver<Switch>) {
    let (mut from_client, mut to_client) = client.split();
    loop {
        let mode = modes.borrow_and_update().mode;
        match mode {
            Mode::Refuse | Mode::Cut => return to_client.reset(),
            Mode::BlackHole if modes.changed().await.is_err() => return,
            Mode::BlackHole => {}
            Mode::Pass | Mode::Delay(_) | Mode::CutAfterDown(_) | Mode::CutAfterUp(_) => break,
        }
    }
    let Ok(server) = Stream::connect(&upstream).await else { return to_client.reset() };
    let (mut from_server, mut to_server) = server.split();
    let mut cut = modes.clone();
    let result = tokio::select! {
        _cut = cut.wait_for(|switch| switch.mode == Mode::Cut) => Err(Broken::Reset),
        result = async {
            tokio::try_join!(
                copy(&mut from_client, &mut to_server, Direction::Up, modes.clone()),
                copy(&mut from_server, &mut to_client, Direction::Down, modes.clone()),
            )
        } => result.map(|_both_closed| ()),
    };
    if matches!(result, Err(Broken::Reset)) {
        to_client.reset();
        to_server.reset();
    }
}

async fn copy(
    from: &mut Reader,
    to: &mut Writer,
    direction: Direction,
    mut modes: watch::Receiver<Switch>,
) -> Result<(), Broken> {
    let mut buffer = vec![0; CHUNK_BYTES];
    loop {
        let read = from.read(&mut buffer).await.map_err(|_reset| Broken::Reset)?;
        if read == 0 {
            return to.shutdown().await.map_err(|_reset| Broken::Reset);
        }
        let passes = let_through(&mut modes, direction, read).await?;
        to.write_all(&buffer[..passes.bytes]).await.map_err(|_reset| Broken::Reset)?;
        if passes.last {
            return Err(Broken::UsedUp);
        }
    }
}

struct Passes {
    bytes: usize,
    last: bool,
}

/// Waits as long as the mode wants and says how many of the bytes go on.
async fn let_through(
    modes: &mut watch::Receiver<Switch>,
    direction: Direction,
    bytes: usize,
) -> Result<Passes, Broken> {
    loop {
        let switch = modes.borrow_and_update().clone();
        match switch.mode {
            Mode::Cut => return Err(Broken::Reset),
            Mode::BlackHole => modes.changed().await.map_err(|_proxy_gone| Broken::Reset)?,
            Mode::Delay(late) => {
                tokio::time::sleep(late).await;
                return Ok(Passes { bytes, last: false });
            }
            Mode::CutAfterDown(_) if direction == Direction::Down => return Ok(switch.take(bytes)),
            Mode::CutAfterUp(_) if direction == Direction::Up => return Ok(switch.take(bytes)),
            Mode::Pass | Mode::Refuse | Mode::CutAfterDown(_) | Mode::CutAfterUp(_) => {
                return Ok(Passes { bytes, last: false });
            }
        }
    }
}
