//! Hours in which an account may log on, as a client that is not ours sees them.

use domain::{
    hours,
    person::Detail,
    plan::{Action, Change, Secret},
    spec::Attribute,
};
use jiff::{Timestamp, tz::TimeZone};

use crate::lab::{Lab, Login, act, container, make, user};

const PASSWORD: &str = "Tenant-7-Secret-Word!";
const INVALID_CREDENTIALS: i32 = 49;

#[tokio::test]
async fn hours_stand_in_the_directory_as_the_specification_says_and_are_kept_at_log_on() {
    let lab = Lab::new().await;
    let directory = lab.connect();
    let unit = make(&lab, &directory, container(&lab, None, "Acme"), None).await.address;
    let step = user(&lab, &unit, "Anna Berg");
    let at = make(&lab, &directory, step.clone(), Some(&unit)).await.address;
    let set = async |words: Option<&str>| {
        let at_any = Timestamp::UNIX_EPOCH;
        let after = words.map(|words| hours::bits(words, &TimeZone::UTC, at_any).expect("some are closed"));
        let attribute = Attribute::Detail(Detail::LogonHours);
        let change = Change { attribute, before: None, after };
        let update = Action::Update { at: at.clone(), changes: vec![change] };
        let password = Secret(PASSWORD.to_owned());
        let password = Action::SetPassword { at: at.clone(), password, must_change: false };
        for action in [update, password] {
            let steps = [act(&step, action)];
            let outcome = connector::Connector::apply(&directory, connector::Lane::Bulk, &steps);
            outcome.await.remove(0).expect("applied");
        }
    };
    let shown = async || {
        let arguments = ["-LLL", "-o", "ldif-wrap=no", "-b", &at.dn, "-s", "base", "logonHours"];
        let said = lab.expect("ldapsearch", &lab.administrator, &arguments, "").await;
        said.lines().find_map(|line| line.strip_prefix("logonHours:: ")).map(str::to_owned)
    };
    let person = Login { dn: at.dn.clone(), password: PASSWORD.to_owned() };
    let binds = async || {
        let said = lab.ldap("ldapsearch", &person, &["-b", "", "-s", "base", "1.1"], "").await;
        assert!([0, INVALID_CREDENTIALS].contains(&said.status), "{said:?}");
        said.status == 0
    };
    assert_eq!(shown().await, None);
    // Base64 of 21 bytes of which the first is 1: Sunday from 0 to 1 (MS-SAMR 2.2.5.1).
    set(Some("Sun 0-1")).await;
    assert_eq!(shown().await.as_deref(), Some("AQAAAAAAAAAAAAAAAAAAAAAAAAAA"));
    set(Some("Mon-Fri 8-16")).await;
    assert_eq!(shown().await.as_deref(), Some("AAAAAP8AAP8AAP8AAP8AAP8AAAAA"));
    // Two hours of the week that are neither this one nor the next.
    #[expect(clippy::disallowed_methods, reason = "the directory goes by the real clock")]
    let now = Timestamp::now().to_zoned(TimeZone::UTC);
    let past = now.checked_sub(jiff::Span::new().hours(12)).expect("an instant");
    let day = past.strftime("%a").to_string();
    set(Some(&format!("{day} {0}:00-{1}:00", past.hour(), past.hour() + 1))).await;
    let outside = binds().await;
    set(None).await;
    assert_eq!(shown().await, None);
    assert!(binds().await, "always open");
    assert!(!outside, "outside of the hours nobody gets in");
}
