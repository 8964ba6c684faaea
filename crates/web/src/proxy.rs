//! Whose address a request came from. A proxy with TLS stands in front, so the other end of
//! the connection is the proxy; who is behind it stands in a header, which anybody can
//! write: only what a trusted proxy says is believed, and only the last of it that is not a
//! trusted proxy itself.

use std::{
    fmt,
    net::{IpAddr, SocketAddr},
    str::FromStr,
    sync::Once,
};

use axum::{
    extract::ConnectInfo,
    http::{Extensions, HeaderMap, header},
};

/// The address of who is asking, as far as it is known.
#[derive(Debug, Clone, Copy)]
pub struct Client(pub Option<IpAddr>);

/// A network, as `10.0.0.0/8` or `2001:db8::/32`; an address alone is a network of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    bits: u32,
}

/// What is no network.
#[derive(Debug)]
pub struct NoNetwork;

impl std::error::Error for NoNetwork {}

impl fmt::Display for NoNetwork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("is no network, as 10.0.0.0/8, and no address")
    }
}

impl FromStr for Network {
    type Err = NoNetwork;

    fn from_str(text: &str) -> Result<Self, NoNetwork> {
        let (address, bits) =
            text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
        let address: IpAddr = address.parse().map_err(|_| NoNetwork)?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = match bits {
            None => most,
            Some(bits) => bits.parse().ok().filter(|bits| *bits <= most).ok_or(NoNetwork)?,
        };
        Ok(Self { address, bits })
    }
}

impl Network {
    fn holds(&self, address: IpAddr) -> bool {
        let (own, other, whole) = match (self.address, address) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                (u128::from(u32::from(own)), u128::from(u32::from(other)), 32)
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => (u128::from(own), u128::from(other), 128),
            _ => return false,
        };
        // A shift by the whole width is none; all addresses are in a network of no bits.
        let prefix = |n: u128| n.checked_shr(whole - self.bits).unwrap_or(0);
        prefix(own) == prefix(other)
    }
}

/// The proxies whose word is taken.
#[derive(Debug)]
pub struct Proxies {
    trusted: Vec<Network>,
    warned: Once,
}

impl Default for Proxies {
    fn default() -> Self {
        Self::new(Vec::new())
    }
}

impl Proxies {
    /// Those in these networks.
    #[must_use]
    pub fn new(trusted: Vec<Network>) -> Self {
        Self { trusted, warned: Once::new() }
    }

    fn trust(&self, address: IpAddr) -> bool {
        self.trusted.iter().any(|network| network.holds(address))
    }

    /// Who is asking. None when the other end is a proxy that does not say: one of this machine
    /// that nobody trusted, or a trusted one without a word. All such people would else share
    /// one address, and one of them could keep the others out.
    #[must_use]
    pub fn client(&self, extensions: &Extensions, headers: &HeaderMap) -> Client {
        let peer = extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip().to_canonical());
        let Some(peer) = peer else { return Client(None) };
        if self.trust(peer) {
            return Client(self.behind(headers));
        }
        if headers.contains_key("x-forwarded-for") || headers.contains_key(header::FORWARDED) {
            self.warned.call_once(|| {
                tracing::warn!(
                    proxy = %peer,
                    "somebody sends X-Forwarded-For or Forwarded and is not among http.trusted_proxies; \
                     if it is the proxy in front, add it, or people behind it cannot be told apart"
                );
            });
        }
        Client(Some(peer).filter(|peer| !peer.is_loopback()))
    }

    /// The last hop that is not a trusted proxy. When both headers are there and name different
    /// ones, one of them is whoever asked, who is not believed.
    fn behind(&self, headers: &HeaderMap) -> Option<IpAddr> {
        let plain = self.last(&values(headers, "x-forwarded-for"));
        let standard = self.last(&forwarded(&values(headers, "forwarded")));
        match (plain, standard) {
            (Some(a), Some(b)) => (a == b).then_some(a).flatten(),
            (Some(one), None) | (None, Some(one)) => one,
            (None, None) => None,
        }
    }

    /// None without hops; none inside when the last one that counts is no address.
    #[expect(clippy::option_option, reason = "no header, and a header that says nothing, are different")]
    fn last(&self, hops: &[String]) -> Option<Option<IpAddr>> {
        let mut last = None;
        for hop in hops.iter().rev() {
            let Some(address) = address(hop) else { return Some(None) };
            last = Some(Some(address));
            if !self.trust(address) {
                break;
            }
        }
        last
    }
}

/// The elements of all headers of a name, in order. A quoted comma of somebody further away
/// only makes more elements before those that count.
fn values(headers: &HeaderMap, name: &str) -> Vec<String> {
    let all = headers.get_all(name).iter().map(|value| value.to_str().unwrap_or("?"));
    all.flat_map(|value| value.split(',')).map(|hop| hop.trim().to_owned()).collect()
}

/// The `for` of each element (RFC 7239, 4).
fn forwarded(elements: &[String]) -> Vec<String> {
    let of = |element: &String| {
        let mut pairs = element.split(';').filter_map(|pair| pair.trim().split_once('='));
        let found = pairs.find(|(name, _)| name.trim().eq_ignore_ascii_case("for"));
        found.map_or_else(|| "?".to_owned(), |(_, value)| value.trim().trim_matches('"').to_owned())
    };
    elements.iter().map(of).collect()
}

/// An address, also with a port or in brackets.
fn address(hop: &str) -> Option<IpAddr> {
    let bare = hop.strip_prefix('[').and_then(|rest| rest.split_once(']')).map_or(hop, |(inside, _)| inside);
    let parsed = bare.parse().ok().or_else(|| Some(hop.parse::<SocketAddr>().ok()?.ip()));
    parsed.map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(trusted: &[&str], peer: &str, headers: &[(&str, &str)]) -> Option<String> {
        let trusted = trusted.iter().map(|text| text.parse().expect("a network")).collect();
        let mut extensions = Extensions::new();
        let peer: IpAddr = peer.parse().expect("an address");
        extensions.insert(ConnectInfo(SocketAddr::from((peer, 4711))));
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            let name: header::HeaderName = name.parse().expect("a name");
            map.append(name, value.parse().expect("a value"));
        }
        Proxies::new(trusted).client(&extensions, &map).0.map(|address| address.to_string())
    }

    const XFF: &str = "x-forwarded-for";

    #[test]
    fn two_people_behind_a_trusted_proxy_are_two() {
        let trusted = ["127.0.0.1", "::1", "10.0.0.0/8"];
        for (headers, expected) in [
            (vec![(XFF, "192.0.2.1")], Some("192.0.2.1")),
            (vec![(XFF, "192.0.2.2")], Some("192.0.2.2")),
            // What somebody wrote before the proxy added its word is not believed.
            (vec![(XFF, "198.51.100.9, 192.0.2.3")], Some("192.0.2.3")),
            (vec![(XFF, "198.51.100.9"), (XFF, "192.0.2.4, 10.1.1.1")], Some("192.0.2.4")),
            (vec![(XFF, "10.1.1.2, 10.1.1.1")], Some("10.1.1.2")),
            (vec![(XFF, "192.0.2.5:55")], Some("192.0.2.5")),
            (vec![(XFF, "::ffff:192.0.2.6")], Some("192.0.2.6")),
            (vec![("forwarded", "for=192.0.2.7;proto=https")], Some("192.0.2.7")),
            (vec![("forwarded", "for=\"a, For=\"[2001:db8::8]:99\"")], Some("2001:db8::8")),
            (vec![("forwarded", "for=192.0.2.9"), (XFF, "192.0.2.9")], Some("192.0.2.9")),
            // One of the two is not the proxy's word.
            (vec![("forwarded", "for=198.51.100.9"), (XFF, "192.0.2.9")], None),
            (vec![(XFF, "192.0.2.1, unknown")], None),
            (vec![(XFF, "")], None),
            (vec![], None),
        ] {
            for peer in ["127.0.0.1", "::1", "10.9.9.9", "::ffff:127.0.0.1"] {
                assert_eq!(client(&trusted, peer, &headers).as_deref(), expected, "{peer} {headers:?}");
            }
        }
    }

    #[test]
    fn nobody_else_is_believed() {
        let header = [(XFF, "192.0.2.1")];
        assert_eq!(client(&["10.0.0.0/8"], "203.0.113.5", &header).as_deref(), Some("203.0.113.5"));
        assert_eq!(client(&[], "203.0.113.5", &header).as_deref(), Some("203.0.113.5"));
        // A proxy on this machine that nobody named: its people cannot be told apart.
        assert_eq!(client(&[], "127.0.0.1", &header), None);
        assert_eq!(client(&[], "127.0.0.1", &[]), None);
    }

    #[test]
    fn networks_hold_what_is_in_them() {
        for (network, address, inside) in [
            ("10.0.0.0/8", "10.255.0.1", true),
            ("10.0.0.0/8", "11.0.0.1", false),
            ("0.0.0.0/0", "203.0.113.5", true),
            ("0.0.0.0/0", "2001:db8::1", false),
            ("2001:db8::/32", "2001:db8:ffff::1", true),
            ("::/0", "2001:db8::1", true),
            ("192.0.2.7", "192.0.2.8", false),
        ] {
            let parsed: Network = network.parse().expect("a network");
            assert_eq!(parsed.holds(address.parse().expect("an address")), inside, "{network} {address}");
        }
        for bad in ["", "10.0.0.0/33", "10.0.0/8", "x/8", "::/129", "10.0.0.0/-1"] {
            assert!(bad.parse::<Network>().is_err(), "{bad}");
        }
    }

    proptest::proptest! {
        /// Whatever stands in headers: whoever is not trusted is themselves, and behind a proxy stands an
        /// address that was named, or nobody.
        #[test]
        fn no_header_makes_an_address_up(
            headers in proptest::collection::vec(
                (proptest::bool::ANY, "[ -~]{0,40}|(for=)?\"?\\[?[0-9a-f:.]{0,20}\\]?(:[0-9]{0,6})?\"?"), 0..4),
        ) {
            let headers: Vec<_> =
                headers.iter().map(|(plain, text)| (if *plain { XFF } else { "forwarded" }, text.as_str())).collect();
            proptest::prop_assert_eq!(client(&["10.0.0.0/8"], "192.0.2.9", &headers), Some("192.0.2.9".to_owned()));
            if let Some(found) = client(&["10.0.0.0/8"], "10.1.1.1", &headers) {
                let found: IpAddr = found.parse().expect("an address");
                let parts = headers.iter().flat_map(|(_, text)| text.split([',', ';', '=', '"', ' ', '[', ']']));
                let named = parts.filter_map(address).any(|one| one == found);
                proptest::prop_assert!(named, "{found} stands in {headers:?}");
            }
        }
    }
}
