//! The language and the brightness somebody chooses in this browser.

use axum::{
    http::header,
    response::{IntoResponse, Redirect, Response},
};
use web::speech::{self, Language};

use crate::context::{Posted, THEME_COOKIE, Theme};

/// A year: chosen once for a browser.
const SECONDS: i64 = 365 * 86_400;

/// Keeps what was chosen and leads back to where it was.
pub async fn choose(posted: Posted) -> Response {
    let visit = &posted.visit;
    let mut response = Redirect::to(back(posted.field("back"))).into_response();
    let mut keep = |name, value| {
        let cookie = visit.cookie(name, value, "Lax", Some(SECONDS));
        response.headers_mut().append(header::SET_COOKIE, cookie);
    };
    if let Some(language) = Language::of_tag(posted.field("language")) {
        keep(speech::COOKIE, language.tag());
    }
    if let Some(theme) = Theme::ALL.into_iter().find(|theme| theme.code() == posted.field("theme")) {
        keep(THEME_COOKIE, theme.code());
    }
    response
}

/// A path of ours, or the start: nobody is led elsewhere.
fn back(path: &str) -> &str {
    let plain = path.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    if plain && path.starts_with('/') && !path.starts_with("//") { path } else { "/" }
}

#[cfg(test)]
mod tests {
    #[test]
    fn nobody_is_led_elsewhere() {
        for path in ["", "//evil.test", "https://evil.test", "/\\evil.test", "/a\r\nb", "javascript:1"] {
            assert_eq!(super::back(path), "/", "{path}");
        }
        assert_eq!(super::back("/status?state=failed"), "/status?state=failed");
    }
}
