//! What every test calls with, and receivers that misbehave in one way each.

use std::{net::SocketAddr, path::Path, time::Duration};

use domain::hook::Kind;
use jiff::Timestamp;
use outbound::{Data, Message, Outbound, Reply, Settings, Thing};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

pub const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
pub const OLD_SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
pub const LIMIT: Duration = Duration::from_secs(2);

pub fn now() -> Timestamp {
    Timestamp::from_second(1_772_438_400).expect("an instant")
}

pub fn message() -> Message {
    let data = Data {
        delivery: "dlv_01jzk3v8x6f0p2m4q7r9s1t3vw".to_owned(),
        moment: "before".to_owned(),
        hook: "Mailbox".to_owned(),
        tenant: Thing { id: "ten_1".to_owned(), code: Some("acme".to_owned()), ..Thing::default() },
        ..Data::default()
    };
    Message { event: "subscription.assign".to_owned(), timestamp: now(), id: data.delivery.clone(), data }
}

pub fn near() -> Settings {
    Settings { addresses: vec!["127.0.0.1".parse().expect("an address")], ..Settings::default() }
}

/// Calls a webhook with both secrets.
pub async fn webhook(settings: Settings, url: &str) -> Reply {
    let outbound = Outbound::new(settings).expect("a client");
    let secrets = [SECRET, OLD_SECRET].map(|s| zeroize::Zeroizing::new(s.to_owned()));
    outbound.call(Kind::Webhook, url, &message(), &secrets, now(), LIMIT).await
}

/// Runs a script as the command `it`.
pub async fn command(script: &Path, limit: Duration) -> Reply {
    let commands = [("it".to_owned(), script.to_owned())].into();
    let outbound = Outbound::new(Settings { commands, ..Settings::default() }).expect("a client");
    outbound.call(Kind::Command, "it", &message(), &[], now(), limit).await
}

/// A receiver that reads a call and then does `then` with the connection.
pub async fn raw<F, Done>(then: F) -> String
where
    F: Fn(TcpStream) -> Done + Send + 'static,
    Done: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address: SocketAddr = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut part = [0; 8_192];
            let _read = stream.read(&mut part).await;
            tokio::spawn(then(stream));
        }
    });
    format!("http://{address}/hook")
}

/// A receiver that always answers with these bytes and closes.
pub async fn says(answer: &'static str) -> String {
    raw(move |mut stream| async move {
        let _sent = stream.write_all(answer.as_bytes()).await;
        let _closed = stream.shutdown().await;
    })
    .await
}
