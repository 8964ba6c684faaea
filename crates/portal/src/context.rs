//! What every page needs: the brand, who looks, and the token of its forms.

use app::{Caller, Cause};
use askama::Template;
use axum::{
    Form,
    extract::{FromRequest, FromRequestParts, Request},
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    response::{Html, IntoResponse, Response},
};
use domain::limits;
use web::{Surface, caller};

use crate::{assets, refusal::Refusal};

/// Cookie with the token that forms repeat as long as nobody is signed in: a page
/// of somebody else can make a browser send the cookie, but cannot read it.
const FORM_COOKIE: &str = "tenantry_form";

/// What stands around every page.
#[derive(Debug, Clone)]
pub struct Frame {
    /// Name of the brand; empty when the host name has none.
    pub brand: String,
    /// Who is signed in.
    pub person: Option<String>,
    /// Token of the page's forms.
    pub form: String,
    /// When the page looks again by itself.
    pub refresh_seconds: Option<u32>,
}

impl Frame {
    /// Around a message, when nothing else is known.
    pub const fn plain() -> Self {
        Self { brand: String::new(), person: None, form: String::new(), refresh_seconds: None }
    }

    /// Address of the style sheet.
    #[expect(clippy::unused_self, reason = "called by the template")]
    pub fn style(&self) -> String {
        assets::style()
    }

    /// Address of the icon.
    #[expect(clippy::unused_self, reason = "called by the template")]
    pub fn icon(&self) -> String {
        assets::icon()
    }
}

/// A visit to a page.
pub struct Visit {
    /// The application.
    pub surface: Surface,
    /// Who, if somebody is signed in.
    pub caller: Option<Caller>,
    /// Why, for the log.
    pub cause: Cause,
    /// What stands around the page.
    pub frame: Frame,
    /// Seconds to wait, after too many attempts of this address to sign in.
    address: Option<std::net::IpAddr>,
}

impl FromRequestParts<Surface> for Visit {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, surface: &Surface) -> Result<Self, Refusal> {
        let caller = caller::by_cookie(surface, &parts.headers).await?;
        let brand = match host(parts) {
            Some(host) => surface.app.brand(&host).await?.unwrap_or_default(),
            None => String::new(),
        };
        let form =
            form_token(surface, caller.as_ref(), &parts.headers).unwrap_or_else(|| surface.app.fresh_id());
        let person = caller.as_ref().map(|c| c.display_name.clone());
        let frame = Frame { brand, person, form, refresh_seconds: None };
        let (cause, address) = (caller::cause(parts), caller::address(parts));
        Ok(Self { surface: surface.clone(), caller, cause, frame, address })
    }
}

impl Visit {
    /// Who is signed in; nobody is sent to the sign-in page.
    pub fn person(&self) -> Result<&Caller, Refusal> {
        self.caller.as_ref().ok_or(Refusal::SignIn)
    }

    /// Counts an attempt to sign in or to use a link.
    pub fn attempt(&self) -> Result<(), Refusal> {
        let now = self.surface.app.now().as_second();
        match self.surface.attempts.attempt(self.address, now) {
            Some(seconds) => Err(Refusal::too_many(seconds)),
            None => Ok(()),
        }
    }

    /// The page, with the cookie of its forms.
    pub fn page(&self, status: StatusCode, page: &impl Template) -> Result<Response, Refusal> {
        let html = page.render().map_err(|error| Refusal::broken(&error))?;
        let mut response = (status, Html(html)).into_response();
        if self.caller.is_none() {
            let form = self.cookie(FORM_COOKIE, &self.frame.form, "Strict", None);
            response.headers_mut().append(header::SET_COOKIE, form);
        }
        Ok(response)
    }

    /// A cookie no script reads, sent by TLS only where people use TLS.
    pub fn cookie(&self, name: &str, value: &str, same_site: &str, max_age: Option<i64>) -> HeaderValue {
        let secure = if self.surface.is_https() { "; Secure" } else { "" };
        let age = max_age.map_or(String::new(), |seconds| format!("; Max-Age={seconds}"));
        let text = format!("{name}={value}; Path=/; HttpOnly; SameSite={same_site}{secure}{age}");
        HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(""))
    }
}

/// The host name people typed, without the port.
fn host(parts: &Parts) -> Option<String> {
    let given = parts.headers.get(header::HOST).and_then(|v| v.to_str().ok());
    let text = given.or_else(|| parts.uri.host())?;
    let name = text.rsplit_once(':').map_or(text, |(name, _port)| name);
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-.".contains(&b);
    (name.len() <= 253 && name.bytes().all(plain)).then(|| name.to_ascii_lowercase())
}

fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let pairs =
        headers.get_all(header::COOKIE).iter().filter_map(|v| v.to_str().ok()).flat_map(|v| v.split(';'));
    let value = pairs.filter_map(|p| p.trim().split_once('=')).find(|(n, _)| *n == name)?.1;
    (value.len() == 32 && value.bytes().all(|b| b.is_ascii_hexdigit())).then(|| value.to_owned())
}

/// A form that came from a page of ours.
pub struct Posted {
    /// The visit it came with.
    pub visit: Visit,
    fields: Vec<(String, String)>,
}

impl FromRequest<Surface> for Posted {
    type Rejection = Refusal;

    async fn from_request(request: Request, surface: &Surface) -> Result<Self, Refusal> {
        let (mut parts, body) = request.into_parts();
        if !is_own(&parts.headers) {
            return Err(Refusal::forged());
        }
        let visit = Visit::from_request_parts(&mut parts, surface).await?;
        let expected = form_token(surface, visit.caller.as_ref(), &parts.headers);
        let request = Request::from_parts(parts, body);
        let form = Form::<Vec<(String, String)>>::from_request(request, surface).await;
        let fields = form.map_err(|_| Refusal::forged())?.0;
        let posted = Self { visit, fields };
        if expected.is_none_or(|expected| posted.field("form") != expected) {
            return Err(Refusal::forged());
        }
        Ok(posted)
    }
}

impl Posted {
    /// A field, empty when it is missing. A NUL is no text.
    pub fn field(&self, name: &str) -> &str {
        let found = self.fields.iter().find(|(n, _)| n == name);
        found.map(|(_, value)| value.as_str()).filter(|v| !v.contains('\0')).unwrap_or_default()
    }
}

/// What a form has to carry: a token of the session, or before there is one
/// that of the form cookie.
fn form_token(surface: &Surface, caller: Option<&Caller>, headers: &HeaderMap) -> Option<String> {
    match (caller, caller::session(headers)) {
        (Some(_), Some(session)) => Some(surface.app.form_token(session)),
        _ => cookie(headers, FORM_COOKIE),
    }
}

/// Browsers say where a form came from (W3C Fetch Metadata); older ones name the origin.
fn is_own(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok());
    match (text("sec-fetch-site"), text("origin")) {
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => origin.split_once("://").map(|(_, host)| host) == text("host"),
        (None, None) => true,
    }
}

/// Seconds a session of the portal may last.
pub const SESSION_SECONDS: i64 = limits::SESSION_HOURS * 3_600;
