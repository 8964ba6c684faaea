//! What every page needs: the brand, who looks, and the token of its forms.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use app::{AppError, Caller, Cause};
use askama::Template;
use axum::{
    Form,
    extract::{FromRequest, FromRequestParts, Request},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header, request::Parts},
    response::{Html, IntoResponse, Response},
};
use domain::{device::Device, limits};
use web::{
    Surface, caller,
    speech::{self, Arg, Language},
};

use crate::{
    assets::{ASSETS, Assets},
    forms,
    nav::{self, NavItem},
    refusal::Refusal,
};

/// Cookie with the token that forms repeat as long as nobody is signed in: a page
/// of somebody else can make a browser send the cookie, but cannot read it. Under TLS it has
/// the name that no neighbour in the domain can set (RFC 6265bis, 4.1.3.2).
const FORM_COOKIES: [&str; 2] = ["tenantry_form", "__Host-tenantry_form"];

fn form_cookie_name(surface: &Surface) -> &'static str {
    FORM_COOKIES[usize::from(surface.is_https())]
}

/// Cookie with the appearance somebody chose.
pub const THEME_COOKIE: &str = "tenantry_theme";

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
    /// Where the page is, for the choice of a language to lead back.
    pub path: String,
    /// Light or dark, if somebody does not want it as their device has it.
    pub theme: Theme,
    /// Where one can go.
    pub nav: Vec<NavItem>,
    /// The pages above this one, with their addresses.
    pub trail: Vec<(String, String)>,
    /// What the form before this page did.
    pub toast: Option<String>,
}

/// How bright the pages are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// As the device.
    #[default]
    Auto,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// All, in the order in which people choose.
    pub const ALL: [Self; 3] = [Self::Auto, Self::Light, Self::Dark];

    /// The code, for the cookie and for the style sheet.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// What somebody chose in this browser.
pub fn theme(headers: &HeaderMap) -> Theme {
    let chosen = caller::cookie(headers, THEME_COOKIE);
    Theme::ALL.into_iter().find(|theme| Some(theme.code()) == chosen).unwrap_or_default()
}

impl Frame {
    /// Around a message, when nothing else is known.
    pub fn plain() -> Self {
        Self {
            brand: String::new(),
            person: None,
            form: String::new(),
            refresh_seconds: None,
            path: String::new(),
            theme: Theme::Auto,
            nav: Vec::new(),
            trail: Vec::new(),
            toast: None,
        }
    }

    /// A message in the reader's language.
    #[expect(clippy::unused_self, reason = "called by the template")]
    pub fn t(&self, id: &str) -> String {
        speech::say(id)
    }

    /// A message with one variable.
    #[expect(clippy::unused_self, reason = "called by the template")]
    pub fn t1(&self, id: &str, name: &str, value: impl Into<Arg>) -> String {
        speech::say_with(id, &[(name, value.into())])
    }

    /// What a field of a form is called.
    #[expect(clippy::unused_self, reason = "called by the template")]
    pub fn label(&self, name: &str) -> String {
        forms::label(name)
    }

    /// The language of the page (BCP 47).
    #[expect(clippy::unused_self, reason = "called by the template")]
    pub fn language(&self) -> &'static str {
        speech::language().tag()
    }

    /// The languages there are, with their tags and names, and whether it is this one.
    #[expect(clippy::unused_self, reason = "called by the template")]
    pub fn languages(&self) -> [(&'static str, &'static str, bool); 4] {
        let here = speech::language();
        Language::ALL.map(|language| (language.tag(), language.name(), language == here))
    }

    /// The ways the pages can look: code, name, and whether it is this one.
    pub fn themes(&self) -> [(&'static str, String, bool); 3] {
        Theme::ALL.map(|t| (t.code(), speech::say(&format!("theme-{}", t.code())), t == self.theme))
    }

    /// The theme, where somebody does not want that of the device.
    pub fn forced_theme(&self) -> Option<&'static str> {
        Some(self.theme).filter(|theme| *theme != Theme::Auto).map(Theme::code)
    }

    /// The files that every page loads.
    #[expect(clippy::unused_self, reason = "called by the template")]
    pub fn assets(&self) -> &'static Assets {
        &ASSETS
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
    /// What forms of this visit carry, masked.
    token: String,
    /// What people recognise the session by that may begin here.
    pub device: Device,
    /// Where attempts to sign in are counted.
    address: Option<std::net::IpAddr>,
    headers: HeaderMap,
}

impl FromRequestParts<Surface> for Visit {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, surface: &Surface) -> Result<Self, Refusal> {
        let caller = caller::by_cookie(surface, &parts.headers).await?;
        if let Some(caller) = &caller {
            speech::follow(&caller.language, &caller.time_zone, &parts.headers);
        }
        let brand = brand(surface, host(parts)).await?;
        let token =
            form_token(surface, caller.as_ref(), &parts.headers).unwrap_or_else(|| surface.app.fresh_id());
        let form = masked(&token, &surface.app.fresh_id());
        let person = caller.as_ref().map(|c| c.display_name.clone());
        let path = back(parts);
        let nav = caller.as_ref().map_or_else(Vec::new, |caller| nav::of(caller, parts.uri.path()));
        let toast = done(parts.uri.query());
        let theme = theme(&parts.headers);
        let frame = Frame { brand, person, form, path, theme, nav, toast, ..Frame::plain() };
        let (cause, address) = (caller::cause(parts), caller::address(parts));
        Ok(Self {
            surface: surface.clone(),
            caller,
            cause,
            frame,
            token,
            device: caller::device(parts),
            address,
            headers: parts.headers.clone(),
        })
    }
}

impl Visit {
    /// Who is signed in; nobody is sent to the sign-in page.
    pub fn person(&self) -> Result<&Caller, Refusal> {
        self.caller.as_ref().ok_or(Refusal::SignIn)
    }

    /// From here on the page is for somebody whose language and time zone are these.
    pub fn follow(&self, language: &str, time_zone: &str) {
        speech::follow(language, time_zone, &self.headers);
    }

    /// Counts an attempt to sign in or to use a link.
    pub fn attempt(&self) -> Result<(), Refusal> {
        let now = self.surface.app.now().as_second();
        match self.surface.attempts.attempt(self.address, now) {
            Some(seconds) => Err(Refusal::too_many(seconds)),
            None => Ok(()),
        }
    }

    /// The page with a secret in it. It is not compressed: it repeats its own address, and how
    /// well the two fit together would show in its length (BREACH).
    pub fn secret_page(&self, status: StatusCode, page: &impl Template) -> Result<Response, Refusal> {
        let mut response = self.page(status, page)?;
        response.extensions_mut().insert(HasSecret);
        Ok(response)
    }

    /// The page, with the cookie of its forms.
    pub fn page(&self, status: StatusCode, page: &impl Template) -> Result<Response, Refusal> {
        let html = page.render().map_err(|error| Refusal::broken(&error))?;
        let mut response = (status, Html(html)).into_response();
        if self.caller.is_none() {
            // Lax: who comes by a mailed link keeps the cookie, and with it the pages of other tabs.
            let form = self.cookie(form_cookie_name(&self.surface), &self.token, "Lax", None);
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

/// The brand of the host name people came by; empty when it has none.
pub async fn brand(surface: &Surface, host: Option<String>) -> Result<String, AppError> {
    match host {
        Some(host) => Ok(surface.app.brand(&host).await?.unwrap_or_default()),
        None => Ok(String::new()),
    }
}

/// What the form before this page did, from a closed list of messages.
fn done(query: Option<&str>) -> Option<String> {
    let code = query?.split('&').find_map(|pair| pair.strip_prefix("done="))?;
    let id = format!("done-{code}");
    speech::has(&id).then(|| speech::say(&id))
}

/// The host name people typed, without the port.
pub fn host(parts: &Parts) -> Option<String> {
    let given = parts.headers.get(header::HOST).and_then(|v| v.to_str().ok());
    let text = given.or_else(|| parts.uri.host())?;
    let name = text.rsplit_once(':').map_or(text, |(name, _port)| name);
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-.".contains(&b);
    (name.len() <= 253 && name.bytes().all(plain)).then(|| name.to_ascii_lowercase())
}

fn form_cookie(surface: &Surface, headers: &HeaderMap) -> Option<String> {
    let value = caller::cookie(headers, form_cookie_name(surface))?;
    (value.len() == 32 && value.bytes().all(|b| b.is_ascii_hexdigit())).then(|| value.to_owned())
}

/// A page that is not compressed.
#[derive(Debug, Clone, Copy)]
pub struct HasSecret;

/// Where the choice of a language leads back to: this page, or that with the form that was sent.
fn back(parts: &Parts) -> String {
    if matches!(parts.method, Method::GET | Method::HEAD) {
        return parts.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
    }
    let text = |name| parts.headers.get(name).and_then(|v| v.to_str().ok());
    let from = text(header::REFERER).and_then(|from| from.split_once("://"));
    from.and_then(|(_, rest)| rest.strip_prefix(text(header::HOST)?))
        .filter(|path| path.starts_with('/'))
        .unwrap_or("/")
        .to_owned()
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
        if expected.is_none() || unmasked(posted.field("form")) != expected {
            return Err(Refusal::forged());
        }
        Ok(posted)
    }
}

impl Posted {
    /// All fields, as they were sent.
    pub fn fields(&self) -> &[(String, String)] {
        &self.fields
    }

    /// All values of a field that may stand several times.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let own = self.fields.iter().filter(move |(n, _)| n == name);
        own.map(|(_, value)| value.as_str()).filter(|v| !v.contains('\0'))
    }

    /// What tells this form from every other: the same only when one page was sent twice with
    /// the same content.
    pub fn once(&self) -> String {
        let mut content = DefaultHasher::new();
        self.fields.iter().filter(|(name, _)| name != "form").for_each(|field| field.hash(&mut content));
        // Every page has a mask of its own.
        let page = self.field("form").get(..32).unwrap_or_default();
        format!("{page}{:016x}", content.finish())
    }

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
        _ => form_cookie(surface, headers),
    }
}

/// A token as a page carries it: different each time, so that the length of compressed
/// pages tells nothing about it.
fn masked(token: &str, pad: &str) -> String {
    let number = |hex: &str| u128::from_str_radix(hex, 16).unwrap_or_default();
    format!("{pad}{:032x}", number(token) ^ number(pad))
}

/// The token of a masked one.
fn unmasked(text: &str) -> Option<String> {
    let (pad, rest) = text.split_at_checked(32)?;
    let number = |hex: &str| u128::from_str_radix(hex, 16).ok().filter(|_| hex.len() == 32);
    Some(format!("{:032x}", number(rest)? ^ number(pad)?))
}

/// Browsers say where a form came from (W3C Fetch Metadata); older ones, and all without TLS,
/// name the origin. `null` is one that is not told: then the token of the form alone decides.
fn is_own(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok());
    match (text("sec-fetch-site"), text("origin")) {
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, Some("null") | None) => true,
        (None, Some(origin)) => origin.split_once("://").map(|(_, host)| host) == text("host"),
    }
}

/// Seconds a session of the portal may last.
pub const SESSION_SECONDS: i64 = limits::SESSION_HOURS * 3_600;

#[cfg(test)]
mod tests {
    use super::{masked, unmasked};

    #[test]
    fn a_masked_token_is_another_each_time_and_leads_back() {
        let (token, one, two) = ("00ff".repeat(8), "12".repeat(16), "34".repeat(16));
        assert_ne!(masked(&token, &one), masked(&token, &two));
        assert_eq!(unmasked(&masked(&token, &one)).as_ref(), Some(&token));
        assert_eq!(unmasked(&masked(&token, &two)).as_ref(), Some(&token));
        for broken in ["", "12", &"g".repeat(64), &"ä".repeat(32)] {
            assert_eq!(unmasked(broken), None, "{broken}");
        }
    }
}
