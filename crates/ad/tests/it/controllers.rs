//! Several controllers of one directory, as the network takes them away and
//! gives them back. Here two names lead to one controller, each by way of a
//! proxy of its own; two real ones are in the tests of `server`.

use std::{
    io::Read as _,
    net::{SocketAddr, TcpListener},
    sync::Arc,
    time::Duration,
};

use ad::{Config, ControllerAddress, Directory};
use connector::{Connector as _, Lane, ReplicaHealth};
use domain::problem::ProblemCode;
use rustls::pki_types::{PrivateKeyDer, pem::PemObject as _};
use testkit::proxy::{Mode, Proxy, Upstream};

use crate::lab::{Lab, connect_with, container, make, selector, user};

struct Two {
    first: Proxy,
    second: Proxy,
    config: Config,
}

async fn two(lab: &Lab) -> Two {
    let controller = SocketAddr::from((lab.domain.address, 636));
    let first = Proxy::start(Upstream::Tcp(controller)).await.expect("a free port");
    let second = Proxy::start(Upstream::Tcp(controller)).await.expect("a free port");
    let mut config = lab.config();
    config.controllers = vec![
        ControllerAddress::via(&lab.domain.ldaps_url, first.address()),
        ControllerAddress::via(format!("ldaps://{}", lab.domain.dns_name), second.address()),
    ];
    config.connect_timeout = Duration::from_secs(3);
    config.return_after = Duration::from_mins(5);
    Two { first, second, config }
}

fn used(directory: &Directory) -> String {
    directory.chosen().expect("it has controllers").0
}

async fn health(directory: &Directory) -> Vec<ReplicaHealth> {
    directory.replicas().await
}

#[tokio::test]
async fn all_lanes_use_the_first_controller_and_move_together_when_it_goes() {
    let lab = Lab::new().await;
    let Two { first, second, config } = two(&lab).await;
    let urls: Vec<_> = config.controllers.iter().map(|c| c.url.clone()).collect();
    let directory = connect_with(config);
    let at = make(&lab, &directory, container(&lab, None, "Acme"), None).await.address;
    assert!(second.connections() == 0 && used(&directory) == urls[0], "the first answers, so it is used");

    first.set(Mode::Cut);
    let steps: Vec<_> = (0..6).map(|i| user(&lab, &at, &format!("User {i}"))).collect();
    let selectors: Vec<_> = steps.iter().map(|step| selector(step, Some(&at))).collect();
    // The session notices that it is gone when it is used; nothing was sent yet.
    while directory.observe(Lane::Bulk, &selectors).await.is_err() {}
    let outcomes = directory.apply(Lane::Bulk, &steps).await;
    assert!(outcomes.iter().all(Result::is_ok), "no step of the batch fails: {outcomes:?}");
    assert_eq!(used(&directory), urls[1]);
    let seen = directory.observe(Lane::Interactive, &selectors).await.expect("the other lane moved as well");
    assert!(seen.iter().all(Option::is_some));

    let found = health(&directory).await;
    assert_eq!(found.iter().map(|c| c.up).collect::<Vec<_>>(), [Some(false), Some(true)], "{found:?}");
    assert!(found[0].problem.is_some() && found[1].round_trip.is_some(), "{found:?}");
    assert!(found[1].used && !found[0].used, "{found:?}");

    first.set(Mode::Pass);
    let found = health(&directory).await;
    assert_eq!(found[0].up, Some(true), "{found:?}");
    assert!(found[1].used, "it was up for a moment only: {found:?}");
    directory.observe(Lane::Bulk, &selectors).await.expect("reachable");
    assert_eq!(used(&directory), urls[1]);
}

#[tokio::test]
async fn the_first_controller_is_used_again_when_it_was_up_for_a_while_but_not_by_a_batch_that_runs() {
    let lab = Lab::new().await;
    let Two { first, second, mut config } = two(&lab).await;
    config.return_after = Duration::ZERO;
    let urls: Vec<_> = config.controllers.iter().map(|c| c.url.clone()).collect();
    let directory = connect_with(config);
    first.set(Mode::Refuse);
    directory.probe().await.expect("the second answers");
    assert_eq!(used(&directory), urls[1]);
    let batch = directory.replica(Lane::Bulk).await.expect("reachable").expect("it has controllers");
    first.set(Mode::Pass);
    health(&directory).await;
    let again = directory.replica(Lane::Bulk).await.expect("reachable").expect("it has controllers");
    assert_eq!(used(&directory), urls[0]);
    assert!(batch.id.is_some() && batch.id == again.id, "one controller by two names is one copy");
    second.set(Mode::Cut);
    while batch.connector.probe().await.is_ok() {}
    batch.connector.probe().await.expect_err("a batch stays where it began");
    again.connector.probe().await.expect("the new one is elsewhere");
}

#[tokio::test]
async fn a_certificate_that_has_expired_is_named_and_the_next_controller_does_the_work() {
    let lab = Lab::new().await;
    let folder = tempfile::tempdir().expect("a folder");
    let (address, authority) = expired();
    let both = folder.path().join("authorities.pem");
    let real = std::fs::read_to_string(&lab.domain.ca_pem).expect("the authority of the domain");
    std::fs::write(&both, format!("{real}\n{authority}")).expect("written");
    let mut config = lab.config();
    config.ca_file = both;
    config.controllers.insert(0, ControllerAddress::via("ldaps://old.test", address));
    let directory = connect_with(config.clone());
    let made = make(&lab, &directory, container(&lab, None, "Acme"), None).await;
    assert!(made.address.dn.contains("Acme"));
    let found = health(&directory).await;
    assert_eq!(found[0].up, Some(false));
    let problem = found[0].problem.clone().expect("a reason");
    assert_eq!(problem.code, ProblemCode::CertificateExpired);
    let reason = problem.target_message.unwrap_or_default();
    assert!(reason.contains("certificate is not accepted") && reason.contains("expired"), "{reason}");

    config.controllers.truncate(1);
    let alone = connect_with(config);
    let error = alone.probe().await.expect_err("nothing is sent to it");
    assert!(error.reason.contains("expired"), "{}", error.reason);
    assert_eq!(error.cause.code, ProblemCode::CertificateExpired);
}

/// A server whose certificate ended in 2001, and the authority of it.
fn expired() -> (SocketAddr, String) {
    let key = rcgen::KeyPair::generate().expect("a key");
    let mut params = rcgen::CertificateParams::new(Vec::new()).expect("no names");
    params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let authority = params.self_signed(&key).expect("an authority").pem();
    let issuer = rcgen::Issuer::new(params, key);
    let own = rcgen::KeyPair::generate().expect("a key");
    let mut params = rcgen::CertificateParams::new(vec!["old.test".to_owned()]).expect("a name");
    params.not_before = rcgen::date_time_ymd(2000, 1, 1);
    params.not_after = rcgen::date_time_ymd(2001, 1, 1);
    let certificate = params.signed_by(&own, &issuer).expect("a certificate");
    let key = PrivateKeyDer::from_pem_slice(own.serialize_pem().as_bytes()).expect("a key");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .expect("they belong together");
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let mut tls = rustls::ServerConnection::new(config.clone()).expect("a connection");
            // The client ends it as soon as it sees the certificate.
            let _refused = tls.complete_io(&mut stream);
            let _gone = stream.read(&mut [0]);
        }
    });
    (address, authority)
}
