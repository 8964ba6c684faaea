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
use domain::{brand::Look, device::Device, limits};
use web::{
    Surface, caller,
    speech::{self, Arg, Language},
};

use crate::{
    assets::{ASSETS, Assets},
    brand, forms,
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
    /// How the brand of the host name looks.
    pub look: Look,
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
    /// The tenants somebody with several works in: where each is, its name, whether the page is of it.
    pub tenants: Vec<(String, String, bool)>,
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

/// What the caller chose, or else somebody in this browser.
pub fn theme(caller: Option<&Caller>, headers: &HeaderMap) -> Theme {
    let own = caller.and_then(|caller| caller.theme).map(domain::person::Theme::code);
    let chosen = own.or_else(|| caller::cookie(headers, THEME_COOKIE));
    Theme::ALL.into_iter().find(|theme| Some(theme.code()) == chosen).unwrap_or_default()
}

impl Frame {
    /// Around a page of a brand, when nothing else is known.
    pub fn of(look: Look) -> Self {
        Self { brand: look.name().to_owned(), look, ..Self::plain() }
    }

    /// Around a message, when nothing else is known.
    pub fn plain() -> Self {
        Self {
            brand: String::new(),
            look: Look::default(),
            person: None,
            form: String::new(),
            refresh_seconds: None,
            path: String::new(),
            theme: Theme::Auto,
            nav: Vec::new(),
            tenants: Vec::new(),
            trail: Vec::new(),
            toast: None,
        }
    }

    /// A message in the reader's language.
    #[expect(clippy::unused_self, reason = "called by the template")]
    pub fn t(&self, id: &str) -> String {
        speech::say(id)
    }

    /// The tenant the page is of, of those somebody works in.
    pub fn tenant_here(&self) -> Option<&str> {
        self.tenants.iter().find(|(.., here)| *here).map(|(_, name, _)| name.as_str())
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

    /// The languages the brand offers, with their tags and names, and whether it is this one.
    pub fn languages(&self) -> Vec<(&'static str, &'static str, bool)> {
        let (here, offered) = (speech::language(), self.look.languages());
        let all = Language::ALL.into_iter();
        all.filter(|language| offered.is_empty() || offered.contains(&language.tag()) || *language == here)
            .map(|language| (language.tag(), language.name(), language == here))
            .collect()
    }

    /// The style sheet of the brand, where it has colours of its own.
    pub fn brand_style(&self) -> Option<String> {
        brand::style(&self.look).map(|style| brand::style_path(&style))
    }

    /// Where the icon of the browser's tab is, and what it is.
    pub fn icon(&self) -> (String, &'static str) {
        brand::icon_path(&self.look)
    }

    /// Where the logo is.
    pub fn logo(&self) -> Option<String> {
        brand::logo_path(&self.look)
    }

    /// Whom to ask for help: texts, each with where it leads.
    pub fn support(&self) -> Vec<(String, Option<String>)> {
        brand::support(&self.look)
    }

    /// Legal links: texts and addresses.
    pub fn legal(&self) -> Vec<(String, String)> {
        brand::legal(&self.look)
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
    /// Where somebody comes back to who has to sign in first.
    from: Option<String>,
    /// Where attempts to sign in are counted.
    address: Option<std::net::IpAddr>,
    /// The host name they came by.
    host: Option<String>,
    headers: HeaderMap,
}

impl FromRequestParts<Surface> for Visit {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, surface: &Surface) -> Result<Self, Refusal> {
        let caller = caller::by_cookie(surface, &parts.headers).await?;
        let host = caller::host(&parts.headers);
        let look = look(surface, host.as_deref()).await?;
        speak(caller.as_ref(), &look, &parts.headers);
        let token =
            form_token(surface, caller.as_ref(), &parts.headers).unwrap_or_else(|| surface.app.fresh_id());
        let form = masked(&token, &surface.app.fresh_id());
        let person = caller.as_ref().map(|c| c.display_name.clone());
        let path = back(parts);
        let nav = caller.as_ref().map_or_else(Vec::new, |caller| nav::of(caller, parts.uri.path()));
        let tenants = match &caller {
            Some(caller) => nav::tenants(surface, caller, parts.uri.path()).await?,
            None => Vec::new(),
        };
        let toast = done(parts.uri.query());
        let theme = theme(caller.as_ref(), &parts.headers);
        // What was sent with a form cannot be sent again for somebody.
        let get = Some(path.clone()).filter(|_| parts.method == Method::GET);
        // Who wanted a file gets the list from which it is saved: nobody is led to a page that stays.
        let from = get.map(|path| path.replacen("/export", "", 1));
        let frame = Frame { person, form, path, theme, nav, tenants, toast, ..Frame::of(look) };
        let (cause, address) = (caller::cause(parts), caller::address(parts));
        Ok(Self {
            surface: surface.clone(),
            caller,
            cause,
            frame,
            token,
            device: caller::device(parts),
            from,
            address,
            host,
            headers: parts.headers.clone(),
        })
    }
}

impl Visit {
    /// Who is signed in; nobody is sent to the sign-in page, and comes back from there.
    pub fn person(&self) -> Result<&Caller, Refusal> {
        self.caller.as_ref().ok_or_else(|| Refusal::SignIn(self.from.clone()))
    }

    /// The host name they came by.
    pub fn host(&self) -> Option<&str> {
        self.host.as_deref()
    }

    /// From here on the page is for somebody whose language and time zone are these.
    pub fn follow(&self, language: &str, time_zone: &str) {
        speech::follow(language, time_zone, &self.headers);
    }

    /// What was tried was right, and does not count as a guess.
    pub fn was_right(&self) {
        self.surface.attempts.was_right(self.address);
    }

    /// Counts an attempt to sign in or to use a link.
    pub fn attempt(&self) -> Result<(), Refusal> {
        self.attempt_in().map_or(Ok(()), |seconds| Err(Refusal::too_many(seconds)))
    }

    /// The same, for a form that says itself how many seconds there are to wait.
    pub fn attempt_in(&self) -> Option<i64> {
        self.surface.attempts.attempt(self.address, self.surface.app.now().as_second())
    }

    /// Forgets a cookie of this browser.
    pub fn forget(&self, response: &mut Response, name: &str) {
        response.headers_mut().append(header::SET_COOKIE, self.cookie(name, "", "Lax", Some(0)));
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

/// The brand of the host name people came by: nobody's when it has none.
pub async fn look(surface: &Surface, host: Option<&str>) -> Result<Look, AppError> {
    match host {
        Some(host) => Ok(surface.app.brand_at(host).await?.look),
        None => Ok(Look::default()),
    }
}

/// From here on in the language of whoever is signed in, or else one that the brand offers.
pub fn speak(caller: Option<&Caller>, look: &Look, headers: &HeaderMap) {
    match caller {
        Some(caller) if caller.language_chosen => speech::obey(&caller.language, &caller.time_zone, headers),
        Some(caller) => speech::follow(&caller.language, &caller.time_zone, headers),
        None => speech::offer(&look.languages()),
    }
}

/// What the form before this page did, from a closed list of messages.
fn done(query: Option<&str>) -> Option<String> {
    let code = query?.split('&').find_map(|pair| pair.strip_prefix("done="))?;
    let id = format!("done-{code}");
    speech::has(&id).then(|| speech::say(&id))
}

fn form_cookie(surface: &Surface, headers: &HeaderMap) -> Option<String> {
    let value = caller::cookie(headers, form_cookie_name(surface))?;
    (value.len() == 32 && value.bytes().all(|b| b.is_ascii_hexdigit())).then(|| value.to_owned())
}

/// A page that is not compressed.
#[derive(Debug, Clone, Copy)]
pub struct HasSecret;

/// Where the choice of a language leads back to: this page, or that with the form that was sent.
pub fn back(parts: &Parts) -> String {
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
        let (visit, request) = Self::visit_of(request, surface).await?;
        let form = Form::<Vec<(String, String)>>::from_request(request, surface).await;
        let fields = form.map_err(|rejection| match rejection.into_response().status() {
            StatusCode::PAYLOAD_TOO_LARGE => Refusal::too_large(),
            _ => Refusal::forged(),
        })?;
        Self::checked(visit, fields.0, surface)
    }
}

impl Posted {
    /// Who sends a form, before it is read.
    pub async fn visit_of(request: Request, surface: &Surface) -> Result<(Visit, Request), Refusal> {
        let (mut parts, body) = request.into_parts();
        if !is_own(&parts.headers) {
            return Err(Refusal::forged());
        }
        let visit = Visit::from_request_parts(&mut parts, surface).await?;
        Ok((visit, Request::from_parts(parts, body)))
    }

    /// A form that was read, if it carries what only our pages know.
    pub fn checked(visit: Visit, fields: Vec<(String, String)>, surface: &Surface) -> Result<Self, Refusal> {
        let expected = form_token(surface, visit.caller.as_ref(), &visit.headers);
        let posted = Self { visit, fields };
        if expected.is_none() || unmasked(posted.field("form_token")) != expected {
            // A page that is still open although its session was ended elsewhere.
            let ended = posted.visit.caller.is_none() && caller::session(&posted.visit.headers).is_some();
            return Err(if ended { Refusal::SignIn(None) } else { Refusal::forged() });
        }
        Ok(posted)
    }

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
        self.fields
            .iter()
            .filter(|(name, _)| name != "form_token")
            .for_each(|field| field.hash(&mut content));
        // Every page has a mask of its own.
        let page = self.field("form_token").get(..32).unwrap_or_default();
        format!("{page}{:016x}", content.finish())
    }

    /// A field, empty when it is missing. A NUL is no text.
    pub fn field(&self, name: &str) -> &str {
        let found = self.fields.iter().find(|(n, _)| n == name);
        found.map(|(_, value)| value.as_str()).filter(|v| !v.contains('\0')).unwrap_or_default()
    }
}

/// The token of the forms in a part of a page, or in a page of an error, that is made without
/// setting a cookie; empty where there is none.
pub fn form_of(surface: &Surface, caller: Option<&Caller>, headers: &HeaderMap) -> String {
    let token = form_token(surface, caller, headers);
    token.map_or_else(String::new, |token| masked(&token, &surface.app.fresh_id()))
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
