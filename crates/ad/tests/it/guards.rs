//! What the product must not touch: refused by our own guard before anything
//! is sent, and refused by the domain if it were sent. The second half is
//! proved with `ldap-utils`, bound as the product's account.

use connector::{ApplyError, Connector as _, Lane};
use domain::{
    plan::{Action, Step},
    problem::ProblemCode,
    spec::{Address, Attribute},
};
use uuid::Uuid;

use crate::lab::{Lab, Login, act, connect_with, container, dn_line, make, password, user};

const INSUFFICIENT_RIGHTS: i32 = 50;

#[tokio::test]
async fn the_domain_refuses_the_account_everything_outside_its_folder() {
    let lab = Lab::new().await;
    let base = &lab.domain.base_dn;
    let logon = lab.unique("out");
    let secret = password("Outside-7-Secret!");
    let add = |dn: &str| {
        format!("{}objectClass: user\nsAMAccountName: {logon}\nunicodePwd:: {secret}\n", dn_line(dn))
    };
    let change =
        |dn: &str| format!("{}changetype: modify\nreplace: description\ndescription: x\n", dn_line(dn));
    for (tool, ldif) in [
        ("ldapadd", add(&format!("CN={logon},CN=Users,{base}"))),
        ("ldapadd", add(&format!("CN={logon},{base}"))),
        ("ldapadd", format!("{}objectClass: organizationalUnit\n", dn_line(&format!("OU={logon},{base}")))),
        ("ldapmodify", change(&lab.administrator.dn)),
        ("ldapmodify", change(&format!("CN=Domain Admins,CN=Users,{base}"))),
        ("ldapmodify", change(base)),
        ("ldapmodify", change(&lab.folder)),
        ("ldapmodify", format!("{}changetype: delete\n", dn_line(&lab.folder))),
        (
            "ldapmodify",
            format!(
                "{}changetype: modify\nadd: member\nmember: {}\n",
                dn_line(&format!("CN=Domain Admins,CN=Users,{base}")),
                lab.account.dn
            ),
        ),
    ] {
        let said = lab.ldap(tool, &lab.account, &[], &ldif).await;
        assert_eq!(said.status, INSUFFICIENT_RIGHTS, "{ldif}: {said:?}");
    }
}

#[tokio::test]
async fn the_guard_refuses_what_lies_outside_before_it_is_sent() {
    let lab = Lab::new().await;
    // Bound as the administrator, so that nothing but the guard is in the way.
    let mut config = lab.config();
    config.bind_dn.clone_from(&lab.administrator.dn);
    config.bind_password = lab.administrator.password.clone().into();
    let directory = connect_with(config);
    let base = &lab.domain.base_dn;
    let outside = format!("CN={},CN=Users,{base}", lab.unique("victim"));
    let ldif = format!("{}objectClass: user\nsAMAccountName: {}\n", dn_line(&outside), lab.unique("vic"));
    lab.expect("ldapadd", &lab.administrator, &[], &ldif).await;
    let users = Address { external_id: Uuid::from_u128(1), dn: format!("CN=Users,{base}") };
    let at = Address { external_id: Uuid::from_u128(2), dn: outside.clone() };
    let folder = Address { external_id: Uuid::from_u128(3), dn: lab.folder.clone() };
    let inside = container(&lab, None, "Acme");
    let seen = make(&lab, &directory, inside.clone(), None).await;
    let steps = [
        user(&lab, &users, "Somebody"),
        act(&inside, Action::Delete { at: at.clone() }),
        act(&inside, Action::Update { at: at.clone(), changes: vec![] }),
        act(&inside, Action::Delete { at: folder }),
        act(&inside, Action::Move { at: seen.address, parent: Some(users), name: "Acme".to_owned() }),
    ];
    for outcome in directory.apply(Lane::Bulk, &steps).await {
        match outcome {
            Err(ApplyError::Rejected { problem }) => assert_eq!(problem.code, ProblemCode::OutsideFolder),
            other => panic!("{other:?}"),
        }
    }
    lab.expect("ldapsearch", &lab.administrator, &["-b", &outside, "-s", "base", "1.1"], "").await;
}

#[tokio::test]
async fn what_is_protected_is_left_alone_with_everything_below_it() {
    let lab = Lab::new().await;
    let vault = format!("OU=Vault,{}", lab.folder);
    let ldif = format!("{}objectClass: organizationalUnit\n", dn_line(&vault));
    lab.expect("ldapadd", &lab.administrator, &[], &ldif).await;
    let mut config = lab.config();
    config.protected = vec![vault.to_uppercase()];
    let directory = connect_with(config);
    let step = container(&lab, None, "Vault");
    let selector = crate::lab::selector(&step, None);
    let seen = crate::lab::see(&directory, selector).await.expect("the foreign unit is seen");
    let steps = [
        act(&step, Action::Delete { at: seen.address.clone() }),
        act(&step, Action::SetAccess { at: seen.address.clone(), readers: vec![] }),
        user(&lab, &seen.address, "Somebody"),
    ];
    for outcome in directory.apply(Lane::Bulk, &steps).await {
        match outcome {
            Err(ApplyError::Rejected { problem }) => assert_eq!(problem.code, ProblemCode::Protected),
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn a_value_the_domain_does_not_take_is_named() {
    let lab = Lab::new().await;
    let directory = lab.connect();
    let at = make(&lab, &directory, container(&lab, None, "Acme"), None).await.address;
    let refused = |mut step: Step, attribute: Attribute, value: String| {
        if let Action::Create { attributes, .. } = &mut step.action {
            attributes.insert(attribute, value);
        }
        let directory = &directory;
        async move {
            match directory.apply(Lane::Bulk, &[step]).await.remove(0) {
                Err(ApplyError::Rejected { problem }) => problem,
                other => panic!("{other:?}"),
            }
        }
    };
    for (attribute, value) in
        [(Attribute::Title, "x".repeat(300)), (Attribute::LogonName, "no/slash".to_owned())]
    {
        let problem = refused(user(&lab, &at, "Anna"), attribute, value.clone()).await;
        assert_eq!(problem.code, ProblemCode::InvalidValue, "{problem:?}");
        assert_eq!(problem.args.get("attribute").map(String::as_str), Some(attribute.code()), "{problem:?}");
        assert_eq!(problem.args.get("value"), Some(&value), "{problem:?}");
    }
    let children = ["-LLL", "-b", &at.dn, "-s", "one", "1.1"];
    let found = lab.expect("ldapsearch", &lab.account, &children, "").await;
    assert!(!found.contains("dn:"), "nothing was made: {found}");
}

#[tokio::test]
async fn an_account_with_a_wrong_password_is_not_connected_and_says_why() {
    let lab = Lab::new().await;
    let mut config = lab.config();
    config.bind_password = "Wrong-Password-7!".to_owned().into();
    let error = connect_with(config).probe().await.expect_err("refused");
    assert!(error.reason.contains("was refused: 49"), "{error:?}");
    assert_eq!(
        (error.cause.code, error.cause.args["cause"].as_str()),
        (ProblemCode::CredentialsRefused, "wrong_password")
    );
    let still = Login { ..lab.account.clone() };
    lab.expect("ldapsearch", &still, &["-b", "", "-s", "base", "1.1"], "").await;
}
