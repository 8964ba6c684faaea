//! Faults, on a plain echo and on a real database.

use std::{io, net::SocketAddr, time::Duration};

use sqlx::{Connection as _, PgConnection, postgres::PgConnectOptions};
use testkit::{
    postgres::TestDatabase,
    proxy::{Mode, Proxy, Upstream},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

/// Long enough for an answer on this machine, short enough to wait for in vain.
const SOON: Duration = Duration::from_millis(300);

/// Sends everything back.
async fn echo() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("it listens");
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let (mut reader, mut writer) = stream.split();
                drop(tokio::io::copy(&mut reader, &mut writer).await);
            });
        }
    });
    address
}

async fn proxy() -> Proxy {
    Proxy::start(Upstream::Tcp(echo().await)).await.expect("a free port")
}

async fn connect(proxy: &Proxy) -> TcpStream {
    TcpStream::connect(proxy.address()).await.expect("the proxy listens")
}

async fn ask(stream: &mut TcpStream, question: &[u8]) -> io::Result<Vec<u8>> {
    stream.write_all(question).await?;
    let mut answer = vec![0; question.len()];
    stream.read_exact(&mut answer).await?;
    Ok(answer)
}

#[tokio::test]
async fn bytes_pass_and_an_end_passes_too() {
    let proxy = proxy().await;
    let mut stream = connect(&proxy).await;
    assert_eq!(ask(&mut stream, b"hello").await.expect("an answer"), b"hello");
    stream.write_all(b"last").await.expect("sends");
    stream.shutdown().await.expect("ends its side");
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).await.expect("an orderly end");
    assert_eq!(rest, b"last", "what was on its way is lost");
}

#[tokio::test]
async fn refusing_spares_open_connections() {
    let proxy = proxy().await;
    let mut open = connect(&proxy).await;
    ask(&mut open, b"a").await.expect("an answer");
    proxy.set(Mode::Refuse);
    assert!(ask(&mut connect(&proxy).await, b"b").await.is_err(), "a new connection was served");
    assert_eq!(ask(&mut open, b"c").await.expect("the open one goes on"), b"c");
    proxy.set(Mode::Pass);
    assert_eq!(ask(&mut connect(&proxy).await, b"d").await.expect("mended"), b"d");
}

#[tokio::test]
async fn a_black_hole_answers_nothing_until_it_ends() {
    let proxy = proxy().await;
    let mut open = connect(&proxy).await;
    ask(&mut open, b"a").await.expect("an answer");
    proxy.set(Mode::BlackHole);
    let mut new = connect(&proxy).await;
    for stream in [&mut open, &mut new] {
        stream.write_all(b"b").await.expect("sending is possible");
        assert!(
            tokio::time::timeout(SOON, stream.read_u8()).await.is_err(),
            "something came out of the black hole"
        );
    }
    proxy.set(Mode::Pass);
    assert_eq!(open.read_u8().await.expect("late but whole"), b'b');
    assert_eq!(new.read_u8().await.expect("late but whole"), b'b');
}

#[tokio::test]
async fn a_cut_resets_what_is_open() {
    let proxy = proxy().await;
    let mut open = connect(&proxy).await;
    ask(&mut open, b"a").await.expect("an answer");
    proxy.set(Mode::Cut);
    let error = open.read_u8().await.expect_err("it was cut");
    assert_eq!(error.kind(), io::ErrorKind::ConnectionReset);
    assert!(ask(&mut connect(&proxy).await, b"b").await.is_err(), "a new connection was served");
    assert_eq!(proxy.connections(), 2);
}

#[tokio::test]
async fn a_delay_holds_both_ways() {
    let proxy = proxy().await;
    let mut stream = connect(&proxy).await;
    ask(&mut stream, b"a").await.expect("an answer");
    proxy.set(Mode::Delay(SOON));
    let before = tokio::time::Instant::now();
    ask(&mut stream, b"b").await.expect("an answer");
    assert!(before.elapsed() >= SOON * 2, "it took only {:?}", before.elapsed());
}

#[tokio::test]
async fn a_counted_cut_lets_exactly_that_much_through() {
    let proxy = proxy().await;
    for mode in [Mode::CutAfterDown(3), Mode::CutAfterUp(3)] {
        proxy.set(Mode::Pass);
        let mut stream = connect(&proxy).await;
        ask(&mut stream, b"a").await.expect("an answer");
        proxy.set(mode);
        stream.write_all(b"hello").await.expect("sends");
        let mut got = Vec::new();
        let end = stream.read_to_end(&mut got).await;
        match mode {
            Mode::CutAfterDown(_) => assert_eq!(got, b"hel", "{end:?}"),
            _ => assert!(b"hel".starts_with(&got), "{got:?} {end:?}"),
        }
    }
}

/// A way to the database of the test run through a proxy.
async fn database() -> (TestDatabase, Proxy, PgConnectOptions) {
    let database = TestDatabase::empty().await;
    let socket = database.owner().get_socket().expect("the cluster has a socket").join(".s.PGSQL.5432");
    let proxy = Proxy::start(Upstream::Unix(socket)).await.expect("a free port");
    let through = without_socket(database.owner(), proxy.address());
    (database, proxy, through)
}

/// `PgConnectOptions` prefer a socket as long as they know one.
fn without_socket(owner: &PgConnectOptions, address: SocketAddr) -> PgConnectOptions {
    let url = std::env::var(testkit::services::POSTGRES_VARIABLE).expect("set, or there was no database");
    let password = url.split(['/', ':', '@']).nth(4).expect("the URL has a password");
    PgConnectOptions::new_without_pgpass()
        .host(&address.ip().to_string())
        .port(address.port())
        .ssl_mode(sqlx::postgres::PgSslMode::Disable)
        .username(owner.get_username())
        .password(password)
        .database(owner.get_database().expect("a database"))
}

#[tokio::test]
async fn an_answer_is_lost_and_the_act_was_done() {
    let (database, proxy, through) = database().await;
    let mut connection = PgConnection::connect_with(&through).await.expect("through the proxy");
    sqlx::raw_sql("CREATE TABLE acts (n int)").execute(&mut connection).await.expect("writes");
    proxy.set(Mode::CutAfterDown(0));
    let lost = sqlx::raw_sql("INSERT INTO acts VALUES (1)").execute(&mut connection).await;
    assert!(lost.is_err(), "the answer arrived");
    let mut direct = PgConnection::connect_with(database.owner()).await.expect("the owner connects");
    let acts: i64 =
        sqlx::query_scalar("SELECT count(*) FROM acts").fetch_one(&mut direct).await.expect("reads");
    assert_eq!(acts, 1, "the act was not done");
}

#[tokio::test]
async fn an_act_that_arrives_in_part_is_not_done() {
    let (database, proxy, through) = database().await;
    let mut connection = PgConnection::connect_with(&through).await.expect("through the proxy");
    sqlx::raw_sql("CREATE TABLE acts (n int)").execute(&mut connection).await.expect("writes");
    proxy.set(Mode::CutAfterUp(10));
    assert!(sqlx::raw_sql("INSERT INTO acts VALUES (1)").execute(&mut connection).await.is_err());
    let mut direct = PgConnection::connect_with(database.owner()).await.expect("the owner connects");
    let acts: i64 =
        sqlx::query_scalar("SELECT count(*) FROM acts").fetch_one(&mut direct).await.expect("reads");
    assert_eq!(acts, 0);
}

#[tokio::test]
async fn a_unix_socket_can_stand_before_a_unix_socket() {
    let (database, _tcp, _through) = database().await;
    let folder = crate::short_folder();
    let real = database.owner().get_socket().expect("a socket").join(".s.PGSQL.5432");
    let proxy =
        Proxy::start_unix(&folder.path().join(".s.PGSQL.5432"), Upstream::Unix(real)).await.expect("listens");
    let through = database.owner().clone().socket(folder.path());
    let mut connection = PgConnection::connect_with(&through).await.expect("through the proxy");
    proxy.set(Mode::Cut);
    assert!(connection.ping().await.is_err(), "the connection was cut");
}
