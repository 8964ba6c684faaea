//! What is around every page: brand, navigation, and the proof that a form is ours.

use app::{AppError, Caller};
use axum::http::{HeaderMap, header};
use web::{Surface, caller};

use crate::style;

/// Shown where no brand is known for the host name.
const NO_BRAND: &str = "Service portal";

/// The frame of one page.
#[derive(Debug)]
pub struct Frame {
    /// The brand's name.
    pub brand: String,
    /// Address of the style sheet.
    pub style: &'static str,
    /// The person's name, when somebody is signed in.
    pub person: Option<String>,
    /// Goes into every form of a signed-in person.
    pub form_token: String,
    /// Seconds after which the page asks again; none for a page that stands still.
    pub refresh: Option<u32>,
}

impl Frame {
    /// The frame of a page for whoever came with `headers`.
    pub async fn of(
        surface: &Surface,
        headers: &HeaderMap,
        person: Option<&Caller>,
    ) -> Result<Self, AppError> {
        let brand = surface.app.brand(&host(headers)).await?;
        Ok(Self {
            person: person.map(|p| p.display_name.clone()),
            form_token: caller::session(headers).map(|s| surface.app.form_token(s)).unwrap_or_default(),
            ..Self::plain(brand)
        })
    }

    /// The frame of a page that is shown when little else works.
    pub fn plain(brand: Option<String>) -> Self {
        Self {
            brand: brand.unwrap_or_else(|| NO_BRAND.to_owned()),
            style: style::PATH,
            person: None,
            form_token: String::new(),
            refresh: None,
        }
    }
}

/// The host name people typed, without the port.
pub fn host(headers: &HeaderMap) -> String {
    let value = headers.get(header::HOST).and_then(|v| v.to_str().ok()).unwrap_or_default();
    value.rsplit_once(':').map_or(value, |(host, _)| host).to_lowercase()
}

/// Whether a form was sent from one of our own pages. Browsers say so
/// (`Sec-Fetch-Site`); those that do not, name the page they came from (`Origin`).
pub fn from_own_page(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|v| v.to_str().ok());
    match (text(header::HeaderName::from_static("sec-fetch-site")), text(header::ORIGIN)) {
        (Some(site), _) => site == "same-origin",
        (None, Some(origin)) => {
            let named = origin.split_once("://").map(|(_, host)| host);
            named.is_some() && named == text(header::HOST)
        }
        (None, None) => false,
    }
}

/// Whether a form of a signed-in person is ours: from our page, with the token of this session.
pub fn is_ours(surface: &Surface, headers: &HeaderMap, form_token: &str) -> bool {
    let expected = caller::session(headers).map(|s| surface.app.form_token(s));
    from_own_page(headers) && expected.is_some_and(|expected| expected == form_token)
}
