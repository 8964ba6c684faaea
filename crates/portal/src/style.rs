//! The one style sheet, embedded; its address carries its version, so that it
//! may be kept for ever.

use axum::{http::header, response::IntoResponse};

/// Where the sheet is. Changed with the sheet (a test holds the two together).
pub const PATH: &str = concat!("/assets/portal-", env!("PORTAL_STYLE_HASH"), ".css");

const SHEET: &str = include_str!("../assets/portal.css");

/// Serves the sheet.
pub async fn sheet() -> impl IntoResponse {
    let kept = "public, max-age=31536000, immutable";
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, kept)], SHEET)
}
