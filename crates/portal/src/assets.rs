//! Style sheets, scripts and the icon, under names that change with their content.

use std::sync::LazyLock;

use axum::{
    extract::Path,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};

use crate::refusal::Refusal;

/// A file, and under which name it is served.
pub struct Asset {
    /// Its address.
    pub path: String,
    kind: &'static str,
    text: &'static str,
}

/// What there is; the first four stand in every page.
pub static ASSETS: LazyLock<Assets> = LazyLock::new(|| Assets {
    kit: asset("kit", "css", include_str!(env!("TENANTRY_KIT"))),
    style: asset("style", "css", include_str!("../assets/style.css")),
    htmx: asset("htmx", "js", include_str!(env!("TENANTRY_HTMX"))),
    live: asset("live", "js", include_str!(env!("TENANTRY_HTMX_SSE"))),
    script: asset("page", "js", include_str!("../assets/page.js")),
    icon: asset("icon", "svg", include_str!("../assets/icon.svg")),
});

/// All files.
pub struct Assets {
    /// The design kit.
    pub kit: Asset,
    /// What is ours on top of it.
    pub style: Asset,
    /// htmx: makes links and forms replace parts of a page.
    pub htmx: Asset,
    /// Its extension for server-sent events.
    pub live: Asset,
    /// What is ours: keys, dialogs, the appearance.
    pub script: Asset,
    /// The icon.
    pub icon: Asset,
}

impl Assets {
    fn all(&self) -> [&Asset; 6] {
        [&self.kit, &self.style, &self.htmx, &self.live, &self.script, &self.icon]
    }
}

fn asset(name: &str, extension: &str, text: &'static str) -> Asset {
    let kind = match extension {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        _ => "image/svg+xml",
    };
    Asset { path: format!("/assets/{name}-{:016x}.{extension}", digest(text)), kind, text }
}

/// FNV-1a: tells one version from another, no more.
pub const fn digest(text: &str) -> u64 {
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
    let found = ASSETS.all().into_iter().find(|asset| asset.path == path);
    let asset = found.ok_or_else(Refusal::no_page)?;
    let mut response = asset.text.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.kind));
    let forever = HeaderValue::from_static("public, max-age=31536000, immutable");
    headers.insert(header::CACHE_CONTROL, forever);
    Ok(response)
}
