//! The printed delegation is enough and not too much, and the check tells.

use std::sync::Arc;

use ad::prepare::{Finding, check};
use domain::clock::{Clock, SeededRandom};
use jiff::{SignedDuration, Timestamp};

use crate::lab::Lab;

/// The real time, moved.
struct Moved(SignedDuration);

impl Clock for Moved {
    #[expect(clippy::disallowed_methods, reason = "the controller's clock is compared with the real one")]
    fn now(&self) -> Timestamp {
        Timestamp::now() + self.0
    }
}

async fn findings(lab: &Lab, config: ad::Config, moved: SignedDuration) -> Vec<Finding> {
    let found = check(config, &Moved(moved), Arc::new(SeededRandom::new(11))).await;
    let arguments = ["-LLL", "-b", &lab.domain.base_dn, "(name=tenantry-check-*)", "1.1"];
    let left = lab.expect("ldapsearch", &lab.administrator, &arguments, "").await;
    assert!(!left.contains("dn:"), "left behind: {left}");
    found
}

fn failed(found: &[Finding]) -> Vec<&str> {
    found.iter().filter(|f| !f.ok).map(|f| f.subject).collect()
}

#[tokio::test]
async fn the_check_tells_what_an_account_can_and_cannot_do() {
    let lab = Lab::new().await;
    let good = findings(&lab, lab.config(), SignedDuration::ZERO).await;
    assert!(failed(&good).is_empty(), "{good:#?}");
    let subjects: Vec<&str> = good.iter().map(|f| f.subject).collect();
    assert_eq!(
        subjects,
        [
            "connection",
            "clock",
            "folder_closed",
            "create_unit",
            "marker",
            "create_user",
            "create_group",
            "password",
            "attributes",
            "members",
            "access",
            "delete",
            "outside",
            "administrator"
        ]
    );
    let late = findings(&lab, lab.config(), SignedDuration::from_hours(1)).await;
    assert_eq!(failed(&late), ["clock"]);
    assert!(late.iter().all(|f| f.ok == f.cure.is_empty()), "every failure says what to do");

    let mut config = lab.config();
    config.bind_dn.clone_from(&lab.administrator.dn);
    config.bind_password = lab.administrator.password.clone().into();
    let mighty = findings(&lab, config, SignedDuration::ZERO).await;
    assert_eq!(failed(&mighty), ["outside", "administrator"], "{mighty:#?}");

    // A folder to which nothing was delegated.
    let mut config = lab.config();
    config.folder_dn = format!("CN=Users,{}", lab.domain.base_dn);
    let bare = findings(&lab, config, SignedDuration::ZERO).await;
    assert_eq!(failed(&bare), ["folder_closed", "create_unit"], "{bare:#?}");

    let mut config = lab.config();
    config.marker = "noSuchAttribute".to_owned();
    assert_eq!(failed(&findings(&lab, config, SignedDuration::ZERO).await), ["create_unit"]);

    let mut config = lab.config();
    config.bind_password = "Wrong-Password-7!".to_owned().into();
    assert_eq!(failed(&findings(&lab, config, SignedDuration::ZERO).await), ["connection"]);
}
