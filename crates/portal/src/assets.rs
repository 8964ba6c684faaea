//! Style sheet and icon, under names that change with their content.

use axum::{
    extract::Path,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};

use crate::refusal::Refusal;

const STYLE: &str = include_str!("../assets/style.css");
const ICON: &str = include_str!("../assets/icon.svg");

/// Where the style sheet is.
pub fn style() -> String {
    format!("/assets/style-{:016x}.css", digest(STYLE))
}

/// Where the icon is.
pub fn icon() -> String {
    format!("/assets/icon-{:016x}.svg", digest(ICON))
}

/// FNV-1a: tells one version from another, no more.
const fn digest(text: &str) -> u64 {
    let bytes = text.as_bytes();
    let (mut sum, mut i) = (0xcbf2_9ce4_8422_2325_u64, 0);
    while i < bytes.len() {
        sum = (sum ^ bytes[i] as u64).wrapping_mul(0x0100_0000_01b3);
        i += 1;
    }
    sum
}

/// One of the files.
pub async fn serve(Path(name): Path<String>) -> Result<Response, Refusal> {
    let path = format!("/assets/{name}");
    let (kind, text) = match path {
        path if path == style() => ("text/css; charset=utf-8", STYLE),
        path if path == icon() => ("image/svg+xml", ICON),
        _ => return Err(Refusal::no_page()),
    };
    let mut response = text.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    let forever = HeaderValue::from_static("public, max-age=31536000, immutable");
    headers.insert(header::CACHE_CONTROL, forever);
    Ok(response)
}
