//! What is kept of the device somebody signs in with: enough to recognise one's own
//! session, and no more. No version, no machine's address, nothing that follows a person.

use std::net::{IpAddr, Ipv6Addr};

/// What a session shows of where it was opened.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Device {
    /// Families of browser and system, as `Firefox on Windows`; none when unknown.
    pub browser: Option<String>,
    /// The network, without the part of the address that names a machine.
    pub network: Option<String>,
}

/// Browsers by what their `User-Agent` holds; those that name others as well stand first.
const BROWSERS: [(&str, &str); 9] = [
    ("tenantry/", "tenantry"),
    ("curl/", "curl"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];

/// Systems, in the same order of precedence.
const SYSTEMS: [(&str, &str); 6] = [
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
];

impl Device {
    /// What is kept of a `User-Agent` and an address.
    #[must_use]
    pub fn new(user_agent: Option<&str>, address: Option<IpAddr>) -> Self {
        Self { browser: user_agent.and_then(family), network: address.map(network) }
    }
}

fn family(user_agent: &str) -> Option<String> {
    let named = |all: &[(&str, &'static str)]| {
        all.iter().find(|(mark, _)| user_agent.contains(mark)).map(|(_, name)| *name)
    };
    let browser = named(&BROWSERS)?;
    Some(match named(&SYSTEMS) {
        Some(system) => format!("{browser} on {system}"),
        None => browser.to_owned(),
    })
}

fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            format!("{a}.{b}.{c}.0/24")
        }
        IpAddr::V6(v6) => {
            let [a, b, c, ..] = v6.segments();
            format!("{}/48", Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_browser_the_family_is_kept_and_of_an_address_the_network() {
        let edge = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
                    Chrome/149.0.0.0 Safari/537.36 Edg/149.0.0.0";
        let phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 \
                     (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1";
        let seen = |agent, address: &str| {
            let device = Device::new(agent, address.parse().ok());
            (device.browser, device.network)
        };
        let kept = |browser: &str, network: &str| (Some(browser.to_owned()), Some(network.to_owned()));
        assert_eq!(seen(Some(edge), "192.0.2.77"), kept("Edge on Windows", "192.0.2.0/24"));
        assert_eq!(seen(Some(phone), "2001:db8:7:9::1"), kept("Safari on iPhone", "2001:db8:7::/48"));
        assert_eq!(seen(Some("curl/8.9"), "::ffff:192.0.2.1"), kept("curl", "192.0.2.0/24"));
        assert_eq!(seen(Some("something else"), "not an address"), (None, None));
    }
}
