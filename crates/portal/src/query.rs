//! What stands after the `?`: pages keep filters and place there, so that they
//! can be sent to somebody.

use std::{convert::Infallible, fmt::Write as _};

use axum::{
    extract::{FromRequestParts, Query},
    http::request::Parts,
};

/// Longest text that is looked at.
const CHARS: usize = 100;

/// Names and values, as they were given.
#[derive(Debug, Clone, Default)]
pub struct Pairs(Vec<(String, String)>);

impl<S: Send + Sync> FromRequestParts<S> for Pairs {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let pairs = Query::<Vec<(String, String)>>::from_request_parts(parts, state).await;
        Ok(Self(pairs.map_or_else(|_| Vec::new(), |query| query.0)))
    }
}

impl Pairs {
    /// One value.
    pub fn of(name: &str, value: &str) -> Self {
        Self(vec![(name.to_owned(), value.to_owned())])
    }

    /// And another.
    pub fn and(mut self, name: &str, value: &str) -> Self {
        self.0.push((name.to_owned(), value.to_owned()));
        self
    }

    /// A value that is there and not empty. A NUL is no text.
    pub fn given(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str());
        found.filter(|value| !value.is_empty() && !value.contains('\0'))
    }

    /// A text to look for, trimmed and cut; empty when there is none.
    pub fn text(&self, name: &str) -> String {
        self.given(name).map_or_else(String::new, |text| text.trim().chars().take(CHARS).collect())
    }

    /// All that was given under a name that may stand several times, as one value with commas.
    pub fn gathered(self, name: &str) -> Self {
        let all: Vec<_> = self.0.iter().filter(|(n, _)| n == name).map(|(_, value)| value.as_str()).collect();
        if all.len() < 2 {
            return self;
        }
        let all = all.join(",");
        self.without(&[name]).and(name, &all)
    }

    /// Names and values that are not empty.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        let some = self.0.iter().filter(|(_, value)| !value.is_empty() && !value.contains('\0'));
        some.map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// What was given, without some of it.
    pub fn without(&self, names: &[&str]) -> Self {
        Self(self.0.iter().filter(|(name, _)| !names.contains(&name.as_str())).cloned().collect())
    }

    /// The address of `path` with everything that was given, and `name` as `value`, if that is not empty.
    pub fn with(&self, path: &str, name: &str, value: &str) -> String {
        let mut parts: Vec<_> = self
            .0
            .iter()
            .filter(|(n, v)| n != name && n != "done" && !v.is_empty())
            .map(|(n, v)| format!("{}={}", encoded(n), encoded(v)))
            .collect();
        if !value.is_empty() {
            parts.push(format!("{}={}", encoded(name), encoded(value)));
        }
        if parts.is_empty() { path.to_owned() } else { format!("{path}?{}", parts.join("&")) }
    }
}

/// Percent-encoded for a query (RFC 3986, 3.4).
pub fn encoded(text: &str) -> String {
    let mut all = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            all.push(char::from(byte));
        } else {
            // Writing into a string cannot fail.
            let _ = write!(all, "%{byte:02X}");
        }
    }
    all
}

/// A path of ours: nobody is led elsewhere.
pub fn local(path: &str) -> Option<&str> {
    let plain = path.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    (plain && path.starts_with('/') && !path.starts_with("//")).then_some(path)
}

/// The sign-in page, which then leads to `to`.
pub fn sign_in(to: Option<&str>) -> String {
    match to.and_then(local).filter(|to| !matches!(*to, "/" | "/home")) {
        Some(to) => format!("/sign-in?to={}", encoded(to)),
        None => "/".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Pairs, local, sign_in};

    #[test]
    fn nobody_is_led_elsewhere() {
        for path in ["", "//evil.test", "https://evil.test", "/\\evil.test", "/a\r\nb", "javascript:1"] {
            assert_eq!(local(path), None, "{path}");
            assert_eq!(sign_in(Some(path)), "/", "{path}");
        }
        assert_eq!(local("/status?state=failed"), Some("/status?state=failed"));
        assert_eq!(sign_in(Some("/status?a=b&c")), "/sign-in?to=%2Fstatus%3Fa%3Db%26c");
        assert_eq!((sign_in(Some("/home")), sign_in(None)), ("/".to_owned(), "/".to_owned()));
    }

    #[test]
    fn an_address_keeps_what_was_given() {
        let pairs = |all: &[(&str, &str)]| {
            Pairs(all.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect())
        };
        let query = pairs(&[("q", "Å & b"), ("after", "old"), ("state", "")]);
        assert_eq!(query.with("/people", "after", "new"), "/people?q=%C3%85%20%26%20b&after=new");
        assert_eq!(pairs(&[("a", "")]).with("/people", "after", ""), "/people");
        assert_eq!(query.text("q"), "Å & b");
        assert_eq!(query.given("state"), None);
        assert_eq!(pairs(&[("q", "a\0b")]).given("q"), None);
        let several = pairs(&[("columns", "name"), ("q", "x"), ("columns", "mail,login")]);
        assert_eq!(several.gathered("columns").with("/p", "", ""), "/p?q=x&columns=name%2Cmail%2Clogin");
    }
}
