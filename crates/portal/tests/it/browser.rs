//! A browser that keeps one cookie and sends forms from our own pages.

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Request, StatusCode, header},
};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;
use web::Surface;

use crate::world::World;

pub struct Browser {
    router: Router,
    pub cookie: Option<String>,
    pub host: &'static str,
}

pub struct Page {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub html: String,
}

impl Page {
    pub fn location(&self) -> &str {
        self.headers.get(header::LOCATION).and_then(|v| v.to_str().ok()).unwrap_or_default()
    }

    /// The value of the hidden field that proves a form is ours.
    pub fn form_token(&self) -> String {
        let (_, rest) = self.html.split_once("name=\"form_token\" value=\"").expect("a form with a token");
        rest.split('"').next().expect("a value").to_owned()
    }
}

impl Browser {
    pub fn new(world: &World) -> Self {
        let surface = Surface::new(world.app.clone(), "http://portal.test");
        Self { router: portal::router(surface), cookie: None, host: "portal.test" }
    }

    pub async fn get(&mut self, path: &str) -> Page {
        let request = Request::get(path).body(Body::empty()).expect("a request");
        self.send(request).await
    }

    pub async fn post(&mut self, path: &str, form: &[(&str, &str)]) -> Page {
        self.post_from(path, form, "same-origin").await
    }

    pub async fn post_from(&mut self, path: &str, form: &[(&str, &str)], site: &str) -> Page {
        let encode =
            |text: &str| -> String {
                text.bytes()
                    .map(|b| {
                        if b.is_ascii_alphanumeric() {
                            char::from(b).to_string()
                        } else {
                            format!("%{b:02X}")
                        }
                    })
                    .collect()
            };
        let body: Vec<_> = form.iter().map(|(k, v)| format!("{}={}", encode(k), encode(v))).collect();
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", site)
            .body(Body::from(body.join("&")))
            .expect("a request");
        self.send(request).await
    }

    async fn send(&mut self, mut request: Request<Body>) -> Page {
        request.headers_mut().insert(header::HOST, self.host.parse().expect("a host"));
        if let Some(cookie) = &self.cookie {
            request.headers_mut().insert(header::COOKIE, cookie.parse().expect("a cookie"));
        }
        let response = self.router.clone().oneshot(request).await.expect("an answer");
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.expect("a body").to_bytes();
        if let Some(set) = parts.headers.get(header::SET_COOKIE).and_then(|v| v.to_str().ok()) {
            self.cookie = set.split(';').next().map(str::to_owned);
        }
        let html = String::from_utf8(bytes.to_vec()).expect("text");
        Page { status: parts.status, headers: parts.headers, html }
    }
}
