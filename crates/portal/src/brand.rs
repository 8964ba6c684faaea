//! What stands around the pages of a brand: its style sheet, pictures, whom to ask. All of it
//! is served under names that change with the content, and only under its own host name.

use axum::{
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use domain::{
    brand::{Look, Picture},
    setting::Setting,
};
use web::{Surface, caller, speech::say};

use crate::{assets, context, refusal::Refusal};

/// What a picture may do that is opened by itself: nothing.
const NOTHING: HeaderValue = HeaderValue::from_static("default-src 'none'; sandbox");

/// The rules by which a brand differs; none when it has no colours of its own.
pub fn style(look: &Look) -> Option<String> {
    let pair = |light: Setting, dark: Setting| match (look.colour(light), look.colour(dark)) {
        (None, None) => None,
        // The product's own, where only one of the two is said.
        (light, dark) => Some((
            light.unwrap_or_else(|| "#1d5c4d".to_owned()),
            dark.unwrap_or_else(|| "#8fd0b9".to_owned()),
        )),
    };
    let primary = pair(Setting::BrandPrimary, Setting::BrandPrimaryDark);
    let accent = pair(Setting::BrandAccent, Setting::BrandAccentDark);
    let mut rules = String::new();
    if let Some((light, dark)) = &primary {
        rules.push_str(&drawn("brand", light, dark));
    }
    if let Some((light, dark)) = accent.as_ref().or(primary.as_ref()) {
        rules.push_str(&drawn("drawn", light, dark));
    }
    // Grounds without a hue of their own: they go with every colour, and it can be read on them.
    let ground = "--secondary:light-dark(#ece7db,#2a302b);";
    (!rules.is_empty()).then(|| format!(":root{{{rules}{ground}}}\n"))
}

/// A colour and what is written on it, in both themes.
fn drawn(name: &str, light: &str, dark: &str) -> String {
    format!("--{name}:light-dark({light},{dark});--on-{name}:light-dark(#fff,#171a17);")
}

/// Where a style sheet is served.
pub fn style_path(style: &str) -> String {
    format!("/brand/style-{:016x}.css", assets::digest(style))
}

/// An icon for a brand without a picture: its first letter on its colour.
fn drawn_icon(look: &Look) -> Option<String> {
    let letter = look.name().chars().find(|c| c.is_alphanumeric())?.to_uppercase().to_string();
    let colour = look.colour(Setting::BrandPrimary).unwrap_or_else(|| "#1d5c4d".to_owned());
    Some(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 32 32\"><rect width=\"32\" height=\"32\" rx=\"9\" \
         fill=\"{colour}\"/><text x=\"16\" y=\"23\" text-anchor=\"middle\" font-family=\"sans-serif\" \
         font-size=\"19\" font-weight=\"700\" fill=\"#fff\">{letter}</text></svg>"
    ))
}

/// Where the icon is, and what it is.
pub fn icon_path(look: &Look) -> (String, &'static str) {
    match (look.picture(Picture::Icon), drawn_icon(look)) {
        (Some(set), _) => (format!("/brand/{}.png", set.digest), "image/png"),
        (None, Some(svg)) => (format!("/brand/icon-{:016x}.svg", assets::digest(&svg)), "image/svg+xml"),
        (None, None) => (assets::ASSETS.icon.path.clone(), "image/svg+xml"),
    }
}

/// Where the logo is.
pub fn logo_path(look: &Look) -> Option<String> {
    look.picture(Picture::Logo).map(|set| format!("/brand/{}.png", set.digest))
}

/// Whom to ask for help: texts, each with where it leads.
pub fn support(look: &Look) -> Vec<(String, Option<String>)> {
    let part = |setting, link: fn(&str) -> Option<String>| {
        look.get(setting).map(|text: &str| (text.to_owned(), link(text)))
    };
    let all = [
        part(Setting::SupportName, |_| None),
        part(Setting::SupportMail, |text| Some(format!("mailto:{text}"))),
        part(Setting::SupportPhone, |text| {
            let digits: String = text.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
            (!digits.is_empty()).then(|| format!("tel:{digits}"))
        }),
        part(Setting::SupportUrl, |text| Some(text.to_owned())),
    ];
    let shown = |(text, link): (String, Option<String>)| {
        let short = text.strip_prefix("https://").map(|rest| rest.trim_end_matches('/').to_owned());
        (short.unwrap_or(text), link)
    };
    all.into_iter().flatten().map(shown).collect()
}

/// Legal links: texts and addresses.
pub fn legal(look: &Look) -> Vec<(String, String)> {
    let all = [
        (Setting::ImprintUrl, "brand-imprint"),
        (Setting::PrivacyUrl, "brand-privacy"),
        (Setting::TermsUrl, "brand-terms"),
    ];
    all.into_iter().filter_map(|(setting, id)| Some((say(id), look.get(setting)?.to_owned()))).collect()
}

/// A file of the brand of the host name, and of no other.
pub async fn serve(
    State(surface): State<Surface>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let host = caller::host(&headers).ok_or_else(Refusal::no_page)?;
    let path = format!("/brand/{name}");
    let look = context::look(&surface, Some(&host)).await?;
    if let Some(digest) = name.strip_suffix(".png") {
        // What stands above is served no more where another brand begins.
        let shown = |picture: &Picture| look.picture(*picture).is_some_and(|set| set.digest == digest);
        if !Picture::ALL.iter().any(shown) {
            return Err(Refusal::no_page());
        }
        return Ok(picture(surface.app.picture_at(&host, digest).await?));
    }
    if let Some(style) = style(&look).filter(|style| style_path(style) == path) {
        return Ok(kept(style.into_response(), "text/css; charset=utf-8"));
    }
    if let Some(svg) = drawn_icon(&look).filter(|_| icon_path(&look).0 == path) {
        let mut response = kept(svg.into_response(), "image/svg+xml");
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, NOTHING);
        return Ok(response);
    }
    Err(Refusal::no_page())
}

/// A picture, which may do nothing.
pub fn picture(bytes: Vec<u8>) -> Response {
    let mut response = kept(bytes.into_response(), "image/png");
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, NOTHING);
    response
}

fn kept(mut response: Response, kind: &'static str) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    let forever = HeaderValue::from_static("public, max-age=31536000, immutable");
    headers.insert(header::CACHE_CONTROL, forever);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_style_sheet_holds_colours_and_nothing_else() {
        assert_eq!(style(&Look::named("North".to_owned())), None);
        let look = Look::default()
            .with(Setting::BrandPrimary, "#7a1f4d".to_owned())
            .with(Setting::BrandAccentDark, "red;}body{display:none".to_owned());
        let style = style(&look).expect("a colour");
        assert!(style.contains("--brand:light-dark(#7a1f4d,#8fd0b9)"), "{style}");
        assert!(!style.contains("display"), "{style}");
    }

    #[test]
    fn an_icon_is_drawn_of_a_letter_that_cannot_be_markup() {
        let svg = drawn_icon(&Look::named("<&\"ärger".to_owned())).expect("a letter");
        assert!(svg.contains(">Ä</text>"), "{svg}");
        assert_eq!(drawn_icon(&Look::named("<>".to_owned())), None);
    }

    #[test]
    fn help_can_be_reached_by_a_press() {
        let look = Look::default()
            .with(Setting::SupportPhone, "+49 30 123".to_owned())
            .with(Setting::SupportUrl, "https://help.north.example/".to_owned());
        let found = support(&look);
        assert_eq!(found[0], ("+49 30 123".to_owned(), Some("tel:+4930123".to_owned())));
        assert_eq!(found[1].0, "help.north.example");
    }
}
