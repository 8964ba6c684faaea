//! The suite against the reference.

use std::sync::{
    Arc,
    atomic::{AtomicI64, AtomicU32, Ordering::Relaxed},
};

use connector::{Connector, conformance::Harness, reference::Reference};
use domain::{
    clock::Clock,
    spec::{Address, Attribute, ObjectKind},
};
use futures::future::{BoxFuture, FutureExt as _, ready};
use jiff::Timestamp;

/// Every look at it is a microsecond later.
#[derive(Default)]
pub struct Ticking(AtomicI64);

impl Clock for Ticking {
    fn now(&self) -> Timestamp {
        Timestamp::from_microsecond(1_700_000_000_000_000 + self.0.fetch_add(1, Relaxed)).expect("in range")
    }
}

struct Bench {
    target: Reference,
    serial: AtomicU32,
}

impl Harness for Bench {
    fn connector(&self) -> &dyn Connector {
        &self.target
    }

    fn unique(&self, stem: &str) -> String {
        format!("{stem}.{}", self.serial.fetch_add(1, Relaxed))
    }

    fn insert_foreign<'a>(
        &'a self,
        kind: ObjectKind,
        parent: &'a Address,
        name: &'a str,
        logon_name: &'a str,
    ) -> BoxFuture<'a, Address> {
        let attributes =
            [(Attribute::Name, name.to_owned()), (Attribute::LogonName, logon_name.to_owned())].into();
        let id = self.target.insert_foreign(kind, Some(parent.external_id), attributes).expect("free");
        ready(self.target.address(id).expect("inserted")).boxed()
    }

    fn clear_marker<'a>(&'a self, at: &'a Address) -> BoxFuture<'a, ()> {
        assert!(self.target.tamper(at.external_id, |stored| stored.marker = None));
        ready(()).boxed()
    }

    fn open_to_everybody<'a>(&'a self, at: &'a Address) -> BoxFuture<'a, ()> {
        assert!(self.target.tamper(at.external_id, |stored| stored.readers = None));
        ready(()).boxed()
    }

    fn accepts_password<'a>(&'a self, at: &'a Address, password: &'a str) -> BoxFuture<'a, bool> {
        let stored = self.target.dump().remove(&at.external_id);
        let accepted = stored.is_some_and(|s| {
            s.password.as_deref() == Some(password)
                && s.password_set_at.is_some()
                && s.attributes.get(&Attribute::Enabled).is_some_and(|e| e == "true")
        });
        ready(accepted).boxed()
    }

    fn lock<'a>(&'a self, at: &'a Address) -> BoxFuture<'a, ()> {
        let now = Ticking::default().now();
        assert!(self.target.tamper(at.external_id, |stored| stored.locked_at = Some(now)));
        ready(()).boxed()
    }
}

connector::cases!(async {
    Bench { target: Reference::new(Arc::new(Ticking::default())), serial: AtomicU32::new(0) }
});
