//! Hooks: what is told or asked elsewhere before and after a subscription
//! changes. Where a hook may lead is decided here; who calls it is `outbound`.

use std::{
    collections::BTreeSet,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use crate::{
    field::{FieldError, Rule},
    limits,
};

macro_rules! codes {
    ($(#[$doc:meta])* $name:ident { $($(#[$each:meta])* $variant:ident = $code:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$each])* $variant,)* }

        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The stable name, as stored.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// The one with this stored name.
            #[must_use]
            pub fn from_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|x| x.code() == code)
            }
        }
    };
}

pub(crate) use codes;

codes! {
    /// When a hook is called.
    Moment {
        /// Before the targets are changed; what it guards waits for its consent.
        Before = "before",
        /// After the targets were read back.
        After = "after",
    }
}

codes! {
    /// What a hook is called about.
    Occasion {
        /// A subscription began.
        Assign = "assign",
        /// A subscription ended.
        Remove = "remove",
        /// A subscription got another plan.
        Change = "change",
        /// A request ended with problems.
        RequestFailed = "request_failed",
        /// Somebody tries whether it works.
        Test = "test",
    }
}

impl Occasion {
    /// What a hook of a service can be about.
    pub const OF_SERVICES: [Self; 3] = [Self::Assign, Self::Remove, Self::Change];
}

codes! {
    /// How a hook is called.
    Kind {
        /// A signed HTTP POST.
        Webhook = "webhook",
        /// A program the operator allowed, on the machine of the worker.
        Command = "command",
    }
}

/// What the operator of the instance allows, from its configuration.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Allowed {
    /// Plain HTTP, to anybody.
    pub http: bool,
    /// Addresses that are this machine's or its link's, and yet may be called.
    pub addresses: BTreeSet<IpAddr>,
    /// Names of commands.
    pub commands: BTreeSet<String>,
}

impl Allowed {
    /// Whether a connection to this address may be made. Addresses of this machine,
    /// of its link and of nobody in particular lead to what trusts who is near, as
    /// the metadata of a cloud.
    #[must_use]
    pub fn address(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        if self.addresses.contains(&address) {
            return true;
        }
        match address {
            IpAddr::V4(v4) => {
                let [a, b, c, _] = v4.octets();
                let near = v4.is_loopback() || v4.is_link_local() || a == 0;
                // These answer with metadata, or with what only guests may know, in some clouds.
                let metadata = (a, b, c) == (100, 100, 100)
                    || (a, b, c) == (192, 0, 0)
                    || v4 == Ipv4Addr::new(168, 63, 129, 16);
                !(near || metadata || v4.is_multicast() || v4.is_broadcast() || a >= 240)
            }
            IpAddr::V6(v6) => {
                let near = v6.is_loopback() || v6.is_unspecified() || v6.is_unicast_link_local();
                // The address of metadata in one cloud; NAT64 and 6to4 hide an IPv4 address.
                let metadata = v6 == Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254);
                let hides = matches!(v6.segments(), [0x64, 0xff9b, ..] | [0x2002, ..]);
                !(near || metadata || hides || v6.is_multicast())
            }
        }
    }

    /// Whether this command may be named.
    fn command(&self, field: &str, name: &str) -> Result<String, FieldError> {
        if self.commands.contains(name) {
            return Ok(name.to_owned());
        }
        let known = self.commands.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
        Err(FieldError::new(field, Rule::Unknown).with("value", name).with("known", known))
    }

    /// Whether this address of a receiver has the form it must have. What its name
    /// leads to is checked at every call.
    fn url(&self, field: &str, text: &str) -> Result<String, FieldError> {
        if text.chars().count() > limits::HOOK_URL_CHARS {
            return Err(FieldError::new(field, Rule::TooLong).with("max", limits::HOOK_URL_CHARS));
        }
        let expected = |what: &str| Err(FieldError::new(field, Rule::Format).with("expected", what));
        let (secure, rest) = match text.split_once("://") {
            Some(("https", rest)) => (true, rest),
            Some(("http", rest)) => (false, rest),
            _ => return expected("https://host/path"),
        };
        let authority = rest.split(['/', '?']).next().unwrap_or_default();
        let printable = text.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b'#' | b'\\'));
        if !printable || authority.contains('@') {
            return expected("https://host/path without a user, a blank or a fragment");
        }
        let host = match authority.strip_prefix('[') {
            Some(v6) => v6.split(']').next().unwrap_or_default(),
            None => authority.split(':').next().unwrap_or_default(),
        };
        if host.is_empty() {
            return expected("https://host/path");
        }
        let address = host.parse::<IpAddr>().ok();
        if address.is_some_and(|address| !self.address(address)) {
            return expected(
                "an address that is not this machine's or its link's; hooks.allow_addresses lists exceptions",
            );
        }
        let near = address.is_some_and(|address| address.is_loopback());
        if !secure && !self.http && !near {
            return expected("https://; plain http only where the configuration of the server allows it");
        }
        Ok(text.to_owned())
    }

    /// Where a hook leads: the address of a webhook, or the name of a command.
    pub fn destination(&self, field: &str, kind: Kind, text: &str) -> Result<String, FieldError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(FieldError::new(field, Rule::Required));
        }
        match kind {
            Kind::Webhook => self.url(field, text),
            Kind::Command => self.command(field, text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn webhook(allowed: &Allowed, text: &str) -> bool {
        allowed.destination("url", Kind::Webhook, text).is_ok()
    }

    #[test]
    fn a_receiver_is_reached_by_https_and_is_not_near() {
        let strict = Allowed::default();
        for good in [
            "https://hooks.example.com/a?b=c",
            "https://198.51.100.7:8443/x",
            "https://[2001:db8::1]/x",
            "https://a.example:8443",
        ] {
            assert!(webhook(&strict, good), "{good}");
        }
        for bad in [
            "",
            "http://hooks.example.com/",
            "ftp://hooks.example.com/",
            "https://",
            "https:///x",
            "https://user:word@hooks.example.com/",
            "https://a b/",
            "https://a.example/#x",
            "https://127.0.0.1/x",
            "https://169.254.169.254/latest/meta-data",
            "https://[::1]/x",
            "https://[::ffff:127.0.0.1]/x",
            "https://0.0.0.0/",
        ] {
            assert!(!webhook(&strict, bad), "{bad}");
        }
        assert!(!webhook(&strict, &format!("https://a.example/{}", "x".repeat(600))));
    }

    #[test]
    fn what_the_operator_allows_is_allowed_and_nothing_beside() {
        let near =
            Allowed { addresses: ["127.0.0.1".parse().expect("an address")].into(), ..Allowed::default() };
        assert!(webhook(&near, "http://127.0.0.1:9000/x"));
        assert!(!webhook(&near, "http://127.0.0.2:9000/x"));
        assert!(!webhook(&near, "http://hooks.example.com/"));
        assert!(webhook(&Allowed { http: true, ..Allowed::default() }, "http://hooks.example.com/"));
        let commands = Allowed { commands: ["mailbox".to_owned()].into(), ..Allowed::default() };
        assert!(commands.destination("command", Kind::Command, "mailbox").is_ok());
        let error = commands.destination("command", Kind::Command, "/bin/sh").expect_err("a path is no name");
        assert_eq!((error.rule, error.args["known"].as_str()), (Rule::Unknown, "mailbox"));
    }

    #[test]
    fn stored_names_are_found_again() {
        assert!(Moment::ALL.iter().all(|x| Moment::from_code(x.code()) == Some(*x)));
        assert!(Occasion::ALL.iter().all(|x| Occasion::from_code(x.code()) == Some(*x)));
        assert!(Kind::ALL.iter().all(|x| Kind::from_code(x.code()) == Some(*x)));
    }
}
