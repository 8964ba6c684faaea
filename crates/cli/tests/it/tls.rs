//! Certificates: the authority must be known, and the name must fit.

use std::{net::TcpListener, sync::Arc, thread};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::{
    ServerConfig, ServerConnection, StreamOwned,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
};

use crate::server::{Reply, Server, answer, read_call};

/// An authority in PEM.
fn authority() -> (CertifiedIssuer<'static, KeyPair>, String) {
    let mut parameters = CertificateParams::new(Vec::new()).expect("no names");
    parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let issuer =
        CertifiedIssuer::self_signed(parameters, KeyPair::generate().expect("a key")).expect("signed");
    let pem = issuer.pem();
    (issuer, pem)
}

/// A server with TLS for 127.77.3.1; its address.
fn serve(issuer: &CertifiedIssuer<'static, KeyPair>) -> String {
    let key = KeyPair::generate().expect("a key");
    let parameters = CertificateParams::new(vec!["127.77.3.1".to_owned()]).expect("a name");
    let certificate = parameters.signed_by(&key, issuer).expect("signed");
    let private = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], private)
        .expect("a certificate with its key");
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.77.3.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let connection = ServerConnection::new(Arc::clone(&config)).expect("a connection");
            let mut stream = StreamOwned::new(connection, stream);
            if read_call(&mut stream).is_some() {
                answer(&mut stream, Reply::Json(200, serde_json::json!({ "items": [], "next": null })));
                stream.conn.send_close_notify();
                let _ = std::io::Write::flush(&mut stream);
            }
        }
    });
    format!("https://{address}")
}

#[test]
fn only_the_named_authority_is_trusted() {
    let folder = Server::start(|_, _| Reply::Cut);
    let (issuer, pem) = authority();
    let (_, stranger) = authority();
    let url = serve(&issuer);
    folder.file("ca.pem", &pem);
    folder.file("stranger.pem", &stranger);
    folder.file("empty.pem", "");
    let plans = |file: &str| folder.run_with(&["plans", "--url", &url, "--ca-file", file], &[], "");
    let ran = plans("ca.pem");
    assert_eq!(ran.code, 0, "{ran:?}");
    let ran = plans("stranger.pem");
    assert_eq!(ran.code, 6, "{ran:?}");
    assert!(ran.err.contains("certificate") && ran.err.contains("--ca-file"), "{}", ran.err);
    assert_eq!(plans("empty.pem").code, 2);
    assert_eq!(plans("absent.pem").code, 2);
    // The name must fit as well: the certificate is for 127.77.3.1 only.
    let elsewhere = url.replace("127.77.3.1", "localhost");
    let ran = folder.run_with(&["plans", "--url", &elsewhere, "--ca-file", "ca.pem"], &[], "");
    assert_eq!(ran.code, 6, "{ran:?}");
}
