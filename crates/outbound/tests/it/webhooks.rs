use std::{process::Stdio, sync::Arc, time::Duration};

use axum::{Router, body::Bytes, http::HeaderMap, routing::post};
use outbound::{Settings, Verdict};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::{
    ServerConfig, ServerConnection, StreamOwned,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
};
use tokio::{io::AsyncWriteExt as _, process::Command, sync::mpsc, time::Instant};

use crate::world::{LIMIT, OLD_SECRET, SECRET, near, raw, says, webhook};

/// The example of the manual checks what is really sent.
#[tokio::test]
async fn a_call_is_signed_as_the_manual_says() {
    let (tell, mut told) = mpsc::channel::<(HeaderMap, Bytes)>(1);
    let receive = move |headers: HeaderMap, body: Bytes| async move {
        tell.send((headers, body)).await.expect("somebody listens");
        "made"
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/hook", listener.local_addr().expect("an address"));
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/hook", post(receive))).await });
    let reply = webhook(near(), &url).await;
    assert_eq!((reply.verdict, reply.said.as_str()), (Verdict::Done, "200 OK: made"));
    let (headers, body) = told.recv().await.expect("a call");
    let text = |name: &str| headers[name].to_str().expect("text").to_owned();
    assert_eq!(text("webhook-id"), "dlv_01jzk3v8x6f0p2m4q7r9s1t3vw");
    assert_eq!(text("content-type"), "application/json");
    let manual = include_str!("../../../../docs/hooks.md");
    let example = manual.split("```python\n").nth(1).and_then(|rest| rest.split("```").next());
    let checks = format!(
        "{}\nimport sys\nheaders = {{'webhook-id': {:?}, 'webhook-timestamp': {:?}, 'webhook-signature': {:?}}}\n\
         body = sys.stdin.buffer.read()\nsent = int(headers['webhook-timestamp'])\n\
         assert is_genuine({SECRET:?}, headers, body, sent)\n\
         assert is_genuine({OLD_SECRET:?}, headers, body, sent), 'two secrets are valid for a time'\n\
         assert not is_genuine({SECRET:?}, headers, body + b' ', sent)\n\
         assert not is_genuine({SECRET:?}, headers, body, sent + 301)\n\
         assert not is_genuine('whsec_AAAA', headers, body, sent)\n",
        example.expect("the example of the manual"),
        text("webhook-id"),
        text("webhook-timestamp"),
        text("webhook-signature"),
    );
    let mut python = Command::new("python3")
        .args(["-c", &checks])
        .stdin(Stdio::piped())
        .spawn()
        .expect("python3, which checks the example of the manual: make setup installs it with Samba");
    python.stdin.take().expect("its input").write_all(&body).await.expect("written");
    assert!(python.wait().await.expect("an end").success());
}

#[tokio::test]
async fn what_is_answered_decides() {
    for (answer, verdict, said) in [
        ("HTTP/1.1 204 No Content\r\n\r\n", Verdict::Done, "204 No Content"),
        (
            "HTTP/1.1 422 X\r\nContent-Length: 21\r\n\r\n{\"reason\": \"too many\"}",
            Verdict::Refused,
            "422 Unprocessable Entity: {\"reason\": \"too many\"",
        ),
        (
            "HTTP/1.1 422 X\r\nContent-Length: 22\r\n\r\n{\"reason\": \"too many\"}",
            Verdict::Refused,
            "too many",
        ),
        ("HTTP/1.1 404 X\r\nContent-Length: 4\r\n\r\ngone", Verdict::Failed, "404 Not Found: gone"),
        ("HTTP/1.1 429 X\r\nContent-Length: 0\r\n\r\n", Verdict::Passing, "429 Too Many Requests"),
        ("HTTP/1.1 503 X\r\nContent-Length: 0\r\n\r\n", Verdict::Passing, "503 Service Unavailable"),
        (
            "HTTP/1.1 302 X\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
            Verdict::Failed,
            "302 Found: redirects are not followed",
        ),
    ] {
        let reply = webhook(near(), &says(answer).await).await;
        assert_eq!((reply.verdict, reply.said.as_str()), (verdict, said), "{answer}");
    }
}

#[tokio::test]
async fn an_answer_that_is_cut_slow_or_no_http_is_none() {
    let cut = says("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf").await;
    assert_eq!(webhook(near(), &cut).await.verdict, Verdict::Away);
    assert_eq!(webhook(near(), &says("SSH-2.0-x\r\n").await).await.verdict, Verdict::Away);
    assert_eq!(webhook(near(), &says("").await).await.verdict, Verdict::Away);
    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/", closed.local_addr().expect("an address"));
    drop(closed);
    assert_eq!(webhook(near(), &url).await.verdict, Verdict::Away);
    // Neither silence nor an answer that drips takes longer than the limit.
    let silent = raw(|stream| async move {
        tokio::time::sleep(Duration::from_secs(60)).await;
        drop(stream);
    });
    let dripping = raw(|mut stream| async move {
        let _sent = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n").await;
        while stream.write_all(b"x").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    });
    for url in [silent.await, dripping.await] {
        let started = Instant::now();
        let reply = webhook(near(), &url).await;
        assert_eq!((reply.verdict, reply.said.as_str()), (Verdict::Away, "no answer within 2 s"));
        assert!(started.elapsed() < LIMIT * 10);
    }
}

#[tokio::test]
async fn of_an_answer_without_end_little_is_read() {
    let endless = raw(|mut stream| async move {
        let _sent = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await;
        while stream.write_all(&[b'x'; 8_192]).await.is_ok() {}
    });
    let reply = webhook(near(), &endless.await).await;
    assert_eq!(reply.verdict, Verdict::Done);
    assert_eq!(reply.said.chars().count(), 1_000);
}

#[tokio::test]
async fn what_is_near_is_only_called_when_it_is_listed() {
    let url = says("HTTP/1.1 204 No Content\r\n\r\n").await;
    let strict = || Settings { http: true, ..Settings::default() };
    assert_eq!(webhook(strict(), &url).await.verdict, Verdict::Failed);
    // A name that leads there is no way round.
    let named = url.replace("127.0.0.1", "localhost");
    let reply = webhook(strict(), &named).await;
    assert_eq!(reply.verdict, Verdict::Away);
    assert!(reply.said.contains("allow_addresses"), "{}", reply.said);
    let listed = Settings { http: true, ..near() };
    assert_eq!(webhook(listed, &named).await.verdict, Verdict::Done);
    assert_eq!(webhook(strict(), "http://169.254.169.254/latest/").await.verdict, Verdict::Failed);
    // Names of numbers that parsers of URLs make addresses of.
    for odd in ["http://2130706433/", "http://0x7f.1/", "http://0177.0.0.1/", "http://[::ffff:7f00:1]/"] {
        assert_eq!(webhook(strict(), odd).await.verdict, Verdict::Failed, "{odd}");
    }
}

#[tokio::test]
async fn a_certificate_that_nobody_trusted_signed_ends_the_call() {
    let mut parameters = CertificateParams::new(Vec::new()).expect("no names");
    parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let issuer =
        CertifiedIssuer::self_signed(parameters, KeyPair::generate().expect("a key")).expect("signed");
    let address = serve(&issuer);
    let url = format!("https://{address}/hook");
    let reply = webhook(near(), &url).await;
    assert_eq!(reply.verdict, Verdict::Away);
    assert!(reply.said.contains("certificate"), "{}", reply.said);
    let trusting = || Settings { authorities: Some(issuer.pem().into_bytes()), ..near() };
    let reply = webhook(trusting(), &url).await;
    assert_eq!(reply.verdict, Verdict::Done, "{}", reply.said);
    // The name must fit as well: the certificate is for 127.0.0.1 only.
    let elsewhere = url.replace("127.0.0.1", "localhost");
    assert_eq!(webhook(trusting(), &elsewhere).await.verdict, Verdict::Away);
}

/// A server with TLS; its address.
fn serve(issuer: &CertifiedIssuer<'static, KeyPair>) -> std::net::SocketAddr {
    use std::io::{Read as _, Write as _};
    let key = KeyPair::generate().expect("a key");
    let parameters = CertificateParams::new(vec!["127.0.0.1".to_owned()]).expect("a name");
    let certificate = parameters.signed_by(&key, issuer).expect("signed");
    let private = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], private)
        .expect("a certificate with its key");
    let config = Arc::new(config);
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let connection = ServerConnection::new(Arc::clone(&config)).expect("a connection");
            let mut stream = StreamOwned::new(connection, stream);
            let mut part = [0; 8_192];
            if stream.read(&mut part).is_ok_and(|n| n > 0) {
                let _sent = stream.write_all(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
                stream.conn.send_close_notify();
                let _flushed = stream.flush();
            }
        }
    });
    address
}
