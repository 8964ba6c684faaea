//! A browser without scripts: keeps cookies, follows forms.

use std::path::PathBuf;

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Request, StatusCode, header},
};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

use crate::world::World;

/// Somebody with a browser.
pub struct Browser {
    router: Router,
    cookies: Vec<(String, String)>,
    pub host: &'static str,
}

/// A page as it arrived.
#[derive(Debug)]
pub struct Page {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub html: String,
    /// As it came, where that is no text.
    pub bytes: Vec<u8>,
}

impl Page {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default()
    }

    /// Where the browser is sent.
    pub fn goes_to(&self) -> &str {
        assert_eq!(self.status, StatusCode::SEE_OTHER, "{}", self.html);
        self.header("location")
    }

    /// The page, after the status was checked; kept as a file to be looked at.
    pub fn shows(&self, status: u16, name: &str) -> String {
        assert_eq!(self.status.as_u16(), status, "{}", self.html);
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.html"));
        std::fs::write(path, &self.html).expect("writing the page");
        plain(&self.html)
    }
}

/// Ids, tokens and dates replaced, empty lines left out.
fn plain(html: &str) -> String {
    let mut text = String::new();
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut rest = html;
    while let Some(start) = rest.find(word) {
        let (before, from) = rest.split_at(start);
        let end = from.find(|c| !word(c)).unwrap_or(from.len());
        let (token, after) = from.split_at(end);
        text.push_str(before);
        text.push_str(match token.len() {
            30 if token.as_bytes()[3] == b'_' => &token[..4],
            16 | 32 | 64 if token.bytes().all(|b| b.is_ascii_hexdigit()) => "[hex]",
            _ => token,
        });
        rest = after;
    }
    text.push_str(rest);
    let kept = text.lines().filter(|l| !l.trim().is_empty()).map(|line| match line.find("datetime=\"") {
        Some(at) => format!("{}[when]", &line[..at]),
        None => line.to_owned(),
    });
    kept.collect::<Vec<_>>().join("\n")
}

impl Browser {
    pub fn new(world: &World) -> Self {
        Self { router: portal::router(&world.surface), cookies: Vec::new(), host: "portal.test" }
    }

    /// Somebody who signed in.
    pub fn signed_in(world: &World, token: &str) -> Self {
        let mut browser = Self::new(world);
        browser.cookies.push((web::caller::COOKIE.to_owned(), token.to_owned()));
        browser
    }

    pub async fn get(&mut self, path: &str) -> Page {
        self.send("GET", path, &[], Vec::new()).await
    }

    /// The same, saying more about itself.
    pub async fn get_as(&mut self, path: &str, headers: &[(&str, &str)]) -> Page {
        self.send("GET", path, headers, Vec::new()).await
    }

    /// How a page is compressed.
    pub async fn encoding_of(&mut self, path: &str, accepted: &str) -> String {
        let cookies: Vec<_> = self.cookies.iter().map(|(n, v)| format!("{n}={v}")).collect();
        let request = Request::builder()
            .uri(path)
            .header(header::HOST, self.host)
            .header(header::COOKIE, cookies.join("; "))
            .header(header::ACCEPT_ENCODING, accepted)
            .body(Body::empty())
            .expect("a request");
        let response = self.router.clone().oneshot(request).await.expect("a router always answers");
        let encoding = response.headers().get(header::CONTENT_ENCODING);
        encoding.and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned()
    }

    /// Loads the page at `from`, fills its form and sends it to `to`.
    pub async fn fill(&mut self, from: &str, to: &str, fields: &[(&str, &str)]) -> Page {
        let page = self.get(from).await;
        let token = page.html.split("name=\"form_token\" value=\"").nth(1).and_then(|t| t.split('"').next());
        let mut all = vec![("form_token", token.unwrap_or_else(|| panic!("a form in {}", page.html)))];
        all.extend_from_slice(fields);
        self.post(to, &[("sec-fetch-site", "same-origin")], &all).await
    }

    pub async fn post(&mut self, path: &str, headers: &[(&str, &str)], fields: &[(&str, &str)]) -> Page {
        let encode = |text: &str| text.bytes().fold(String::new(), |all, b| all + &format!("%{b:02X}"));
        let body: Vec<_> = fields.iter().map(|(n, v)| format!("{}={}", encode(n), encode(v))).collect();
        self.send("POST", path, headers, body.join("&").into_bytes()).await
    }

    /// Loads the page at `path`, and sends its form back with a file (RFC 7578).
    pub async fn upload(&mut self, path: &str, fields: &[(&str, &str)], (name, file): (&str, &[u8])) -> Page {
        let page = self.get(path).await;
        let token = page.html.split("name=\"form_token\" value=\"").nth(1).and_then(|t| t.split('"').next());
        let mut all = vec![("form_token", token.unwrap_or_else(|| panic!("a form in {}", page.html)))];
        all.extend_from_slice(fields);
        let mut body = Vec::new();
        for (field, value) in all {
            let head =
                format!("--XyZ\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n");
            body.extend_from_slice(head.as_bytes());
        }
        let head =
            format!("--XyZ\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n");
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(file);
        body.extend_from_slice(b"\r\n--XyZ--\r\n");
        let headers =
            [("sec-fetch-site", "same-origin"), ("content-type", "multipart/form-data; boundary=XyZ")];
        self.send("POST", path, &headers, body).await
    }

    async fn send(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Page {
        let cookies: Vec<_> = self.cookies.iter().map(|(n, v)| format!("{n}={v}")).collect();
        let mut request = Request::builder().method(method).uri(path).header(header::HOST, self.host);
        if !headers.iter().any(|(name, _)| *name == "content-type") {
            request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        }
        if !cookies.is_empty() {
            request = request.header(header::COOKIE, cookies.join("; "));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::from(body)).expect("a request");
        let response = self.router.clone().oneshot(request).await.expect("a router always answers");
        let (parts, body) = response.into_parts();
        for cookie in parts.headers.get_all(header::SET_COOKIE) {
            let text = cookie.to_str().expect("ASCII");
            let (name, value) = text.split(';').next().and_then(|p| p.split_once('=')).expect("a pair");
            self.cookies.retain(|(n, _)| n != name);
            if !value.is_empty() {
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
        let bytes = body.collect().await.expect("a whole body").to_bytes().to_vec();
        let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
        let html = match kind.starts_with("text/") {
            // Where a line may break is no part of what a page says.
            true => String::from_utf8(bytes.clone()).expect("UTF-8").replace("<wbr>", ""),
            false => String::from_utf8_lossy(&bytes).into_owned(),
        };
        Page { status: parts.status, headers: parts.headers, html, bytes }
    }

    /// The value of a cookie.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }
}
