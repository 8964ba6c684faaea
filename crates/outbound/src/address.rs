//! Names become addresses once, and only addresses that may be called are connected
//! to: a name that answers otherwise the second time gains nothing.

use std::{
    io,
    net::{IpAddr, SocketAddr},
};

use domain::hook::Allowed;
use reqwest::{
    Url,
    dns::{Addrs, Name, Resolve, Resolving},
};

/// Looks names up and leaves out what may not be called.
pub struct Checked(pub Allowed);

impl Resolve for Checked {
    fn resolve(&self, name: Name) -> Resolving {
        let allowed = self.0.clone();
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let good: Vec<SocketAddr> = found.filter(|a| allowed.address(a.ip())).collect();
            if good.is_empty() {
                return Err(forbidden(name.as_str()).into());
            }
            Ok(Box::new(good.into_iter()) as Addrs)
        })
    }
}

/// Addresses that stand in the URL itself are never looked up.
pub fn literal(url: &Url, allowed: &Allowed) -> Result<(), io::Error> {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    match address {
        Ok(address) if !allowed.address(address) => Err(forbidden(host)),
        _ => Ok(()),
    }
}

fn forbidden(host: &str) -> io::Error {
    let what = format!("{host} leads to this machine or its link, which hooks.allow_addresses does not list");
    io::Error::new(io::ErrorKind::PermissionDenied, what)
}
