//! What a network does to a batch: outcomes say only what is known, and the
//! next observation shows the truth.

use std::{net::SocketAddr, time::Duration};

use ad::{Config, ControllerAddress, Directory};
use connector::{ApplyError, Connector as _, Lane};
use domain::{
    plan::Step,
    spec::{Address, Selector},
};
use testkit::proxy::{Mode, Proxy, Upstream};

use crate::lab::{Lab, connect_with, container, make, selector, user};

/// The directory behind a proxy; TLS still runs to the controller itself.
async fn behind_proxy(lab: &Lab) -> (Proxy, Config) {
    let controller = SocketAddr::from((lab.domain.address, 636));
    let proxy = Proxy::start(Upstream::Tcp(controller)).await.expect("a free port");
    let mut config = lab.config();
    config.controllers = vec![ControllerAddress::via(&lab.domain.ldaps_url, proxy.address())];
    config.connect_timeout = Duration::from_secs(3);
    config.request_timeout = Duration::from_secs(20);
    (proxy, config)
}

fn users(lab: &Lab, at: &Address, count: usize) -> (Vec<Step>, Vec<Selector>) {
    let steps: Vec<Step> = (0..count).map(|i| user(lab, at, &format!("User {i}"))).collect();
    let selectors = steps.iter().map(|step| selector(step, Some(at))).collect();
    (steps, selectors)
}

/// How many of the steps took effect, and that no outcome claims otherwise.
async fn compare(
    directory: &Directory,
    selectors: &[Selector],
    outcomes: &[Result<(), ApplyError>],
) -> (usize, usize) {
    let seen = directory.observe(Lane::Bulk, selectors).await.expect("reachable again");
    let mut applied_unknown = 0;
    let mut unknown = 0;
    for (outcome, seen) in outcomes.iter().zip(&seen) {
        match outcome {
            Ok(()) => assert!(seen.is_some(), "claimed but not there"),
            Err(ApplyError::Unreachable(_)) => assert!(seen.is_none(), "said to be certainly not applied"),
            Err(ApplyError::Indeterminate { .. }) => {
                unknown += 1;
                applied_unknown += usize::from(seen.is_some());
            }
            Err(other) => panic!("{other:?}"),
        }
    }
    (unknown, applied_unknown)
}

#[tokio::test]
async fn a_connection_cut_in_the_middle_of_a_batch_leaves_only_what_was_in_flight_unknown() {
    let lab = Lab::new().await;
    let (proxy, config) = behind_proxy(&lab).await;
    let directory = connect_with(config);
    let at = make(&lab, &directory, container(&lab, None, "Acme"), None).await.address;
    let (steps, selectors) = users(&lab, &at, 60);
    // Enough for the answers to about a quarter of the batch.
    proxy.set(Mode::CutAfterDown(700));
    let outcomes = directory.apply(Lane::Bulk, &steps).await;
    proxy.set(Mode::Pass);
    let done = outcomes.iter().filter(|o| o.is_ok()).count();
    assert!((1..50).contains(&done), "cut in the middle, but {done} of 60 were answered");
    let (unknown, _) = compare(&directory, &selectors, &outcomes).await;
    assert!((1..=16).contains(&unknown), "what was in flight is unknown, and not more: {unknown}");
}

#[tokio::test]
async fn an_answer_lost_after_the_directory_applied_is_unknown_and_then_seen() {
    let lab = Lab::new().await;
    let (proxy, config) = behind_proxy(&lab).await;
    let directory = connect_with(config);
    let at = make(&lab, &directory, container(&lab, None, "Acme"), None).await.address;
    let (steps, selectors) = users(&lab, &at, 1);
    proxy.set(Mode::CutAfterDown(0));
    let outcomes = directory.apply(Lane::Bulk, &steps).await;
    assert!(matches!(outcomes[0], Err(ApplyError::Indeterminate { .. })), "{outcomes:?}");
    proxy.set(Mode::Pass);
    assert_eq!(compare(&directory, &selectors, &outcomes).await, (1, 1));
    let again = directory.apply(Lane::Bulk, &steps).await;
    assert!(
        matches!(again[0], Err(ApplyError::Rejected { .. })),
        "creating it blindly again makes no second one"
    );
}

#[tokio::test]
async fn silence_is_unknown_and_the_connection_is_given_up() {
    let lab = Lab::new().await;
    let (proxy, mut config) = behind_proxy(&lab).await;
    config.request_timeout = Duration::from_secs(1);
    let directory = connect_with(config);
    let at = make(&lab, &directory, container(&lab, None, "Acme"), None).await.address;
    let (steps, selectors) = users(&lab, &at, 2);
    let before = proxy.connections();
    proxy.set(Mode::BlackHole);
    let outcomes = directory.apply(Lane::Bulk, &steps).await;
    assert!(outcomes.iter().all(|o| matches!(o, Err(ApplyError::Indeterminate { .. }))), "{outcomes:?}");
    proxy.set(Mode::Pass);
    compare(&directory, &selectors, &outcomes).await;
    assert!(proxy.connections() > before, "a new connection was opened");
}

#[tokio::test]
async fn a_controller_that_cannot_be_reached_certainly_applied_nothing_and_is_found_again() {
    let lab = Lab::new().await;
    let (proxy, config) = behind_proxy(&lab).await;
    let directory = connect_with(config);
    let at = make(&lab, &directory, container(&lab, None, "Acme"), None).await.address;
    let (steps, selectors) = users(&lab, &at, 3);
    for mode in [Mode::Cut, Mode::Refuse, Mode::BlackHole] {
        proxy.set(Mode::Cut);
        // The lane notices that its connection is gone before it sends anything.
        while directory.probe().await.is_ok() {}
        let _gone = directory.observe(Lane::Bulk, &selectors).await;
        proxy.set(mode);
        let outcomes = directory.apply(Lane::Bulk, &steps).await;
        assert!(
            outcomes.iter().all(|o| matches!(o, Err(ApplyError::Unreachable(_)))),
            "{mode:?}: {outcomes:?}"
        );
        assert!(directory.observe(Lane::Bulk, &selectors).await.is_err());
        proxy.set(Mode::Pass);
        compare(&directory, &selectors, &outcomes).await;
        directory.probe().await.expect("found again");
    }
}

#[tokio::test]
async fn a_certificate_of_another_authority_is_not_accepted_and_the_reason_says_so() {
    let lab = Lab::new().await;
    let folder = tempfile::tempdir().expect("a folder");
    let other = folder.path().join("other-ca.pem");
    let stranger =
        rcgen::generate_simple_self_signed(vec!["other-ca.test".to_owned()]).expect("a certificate");
    std::fs::write(&other, stranger.cert.pem()).expect("written");
    let mut config = lab.config();
    config.ca_file.clone_from(&other);
    let directory = connect_with(config);
    let error = directory.probe().await.expect_err("not verified");
    assert!(error.reason.contains("certificate is not accepted"), "{error:?}");
    assert!(error.reason.contains("other-ca.pem"), "{error:?}");
    let (steps, _) = users(&lab, &Address { external_id: uuid::Uuid::nil(), dn: lab.folder.clone() }, 1);
    assert!(matches!(directory.apply(Lane::Bulk, &steps).await[0], Err(ApplyError::Unreachable(_))));
}

#[tokio::test]
async fn a_certificate_for_another_name_is_not_accepted() {
    let lab = Lab::new().await;
    let mut config = lab.config();
    let address = SocketAddr::from((lab.domain.address, 636));
    config.controllers = vec![ControllerAddress::via("ldaps://dc.elsewhere.test", address)];
    let error = connect_with(config).probe().await.expect_err("not its name");
    assert!(error.reason.contains("certificate is not accepted"), "{error:?}");
}

#[tokio::test]
async fn the_next_controller_is_tried_when_one_is_down() {
    let lab = Lab::new().await;
    let mut config = lab.config();
    config.controllers.insert(0, ControllerAddress::direct("ldaps://127.77.2.250"));
    config.connect_timeout = Duration::from_secs(3);
    connect_with(config).probe().await.expect("the second one answers");
}
