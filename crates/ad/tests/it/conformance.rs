//! The suite every connector passes, on a real domain with a least-privilege account.

use ad::Directory;
use connector::{Connector, conformance::Harness};
use domain::spec::{Address, ObjectKind};
use futures::future::{BoxFuture, FutureExt as _};

use crate::lab::{Lab, Login, dn_line, see};

struct Bench {
    lab: Lab,
    directory: Directory,
}

impl Bench {
    async fn new() -> Self {
        let lab = Lab::new().await;
        let directory = lab.connect();
        Self { lab, directory }
    }
}

impl Harness for Bench {
    fn connector(&self) -> &dyn Connector {
        &self.directory
    }

    fn unique(&self, stem: &str) -> String {
        self.lab.unique(stem)
    }

    fn insert_foreign<'a>(
        &'a self,
        kind: ObjectKind,
        parent: &'a Address,
        name: &'a str,
        logon_name: &'a str,
    ) -> BoxFuture<'a, Address> {
        async move {
            let class = if kind == ObjectKind::Group { "group" } else { "user" };
            let dn = format!("CN={name},{}", parent.dn);
            let ldif = format!("{}objectClass: {class}\nsAMAccountName: {logon_name}\n", dn_line(&dn));
            self.lab.expect("ldapadd", &self.lab.administrator, &[], &ldif).await;
            let names = vec![domain::spec::Naming {
                parent: Some(parent.clone()),
                name: name.to_owned(),
                logon_name: None,
            }];
            let selector = domain::spec::Selector {
                object: self.lab.id(),
                kind,
                external_id: None,
                names,
                members: vec![],
            };
            see(&self.directory, selector).await.expect("inserted").address
        }
        .boxed()
    }

    fn clear_marker<'a>(&'a self, at: &'a Address) -> BoxFuture<'a, ()> {
        async move {
            let ldif = format!("{}changetype: modify\ndelete: adminDescription\n", dn_line(&at.dn));
            self.lab.expect("ldapmodify", &self.lab.administrator, &[], &ldif).await;
        }
        .boxed()
    }

    fn open_to_everybody<'a>(&'a self, at: &'a Address) -> BoxFuture<'a, ()> {
        self.lab.grant(&at.dn, "(A;CI;LCRPLORC;;;AU)").boxed()
    }

    fn accepts_password<'a>(&'a self, at: &'a Address, password: &'a str) -> BoxFuture<'a, bool> {
        const INVALID_CREDENTIALS: i32 = 49;
        async move {
            let who = Login { dn: at.dn.clone(), password: password.to_owned() };
            let said = self.lab.ldap("ldapsearch", &who, &["-b", "", "-s", "base", "1.1"], "").await;
            assert!([0, INVALID_CREDENTIALS].contains(&said.status), "{said:?}");
            said.status == 0
        }
        .boxed()
    }

    fn lock<'a>(&'a self, at: &'a Address) -> BoxFuture<'a, ()> {
        // High enough that no other test on the domain meets it.
        const THRESHOLD: usize = 25;
        async move {
            let set = "samba-tool domain passwordsettings set --account-lockout-threshold=";
            self.lab.sh(&format!("{set}{THRESHOLD} \"$@\"")).await;
            for _ in 0..=THRESHOLD {
                assert!(!self.accepts_password(at, "not the password").await);
            }
        }
        .boxed()
    }
}

connector::cases!(Bench::new());
