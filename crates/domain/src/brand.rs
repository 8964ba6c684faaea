//! What people see of whom they buy from: a name, colours, pictures, whom to ask. It is
//! shown by host name; host names and pictures belong to tenants.

use std::collections::BTreeMap;

use crate::{
    colour::{self, Ground},
    field::{FieldError, Rule},
    hook::codes,
    id::TenantId,
    limits, names,
    setting::{Said, Setting, brand_begins, effective},
};

codes! {
    /// A picture of a brand.
    Picture {
        /// Beside the name, or instead of it.
        Logo = "logo",
        /// In the browser's tab.
        Icon = "icon",
    }
}

/// A picture somebody set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Set {
    /// Which.
    pub picture: Picture,
    /// Whose.
    pub tenant: TenantId,
    /// SHA-256 of its bytes, in hexadecimal: its name.
    pub digest: String,
}

/// A brand as it is shown: what holds of each part.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Look {
    said: BTreeMap<Setting, String>,
    pictures: BTreeMap<Picture, Set>,
}

impl Look {
    /// The brand of the tenant at the end of `path`, of what was said and set on the way.
    #[must_use]
    pub fn of(path: &[TenantId], said: &[Said], set: &[Set]) -> Self {
        let begin = brand_begins(said, path);
        let holds = effective(said, path).into_iter().filter(|(setting, _)| setting.is_brand());
        let place = |one: &Set| path.iter().position(|tenant| *tenant == one.tenant);
        let mut near: Vec<_> = set.iter().filter_map(|one| Some((place(one)?, one))).collect();
        near.retain(|(place, _)| *place >= begin);
        near.sort_by_key(|(place, _)| *place);
        Self {
            said: holds.map(|(setting, one)| (setting, one.value.clone())).collect(),
            pictures: near.into_iter().map(|(_, one)| (one.picture, one.clone())).collect(),
        }
    }

    /// A brand of which only the name is known.
    #[must_use]
    pub fn named(name: String) -> Self {
        Self { said: BTreeMap::from([(Setting::BrandName, name)]), pictures: BTreeMap::new() }
    }

    /// The same, with something else said: to see it before it is.
    #[must_use]
    pub fn with(mut self, setting: Setting, value: String) -> Self {
        self.said.insert(setting, value);
        self
    }

    /// What holds of a part.
    #[must_use]
    pub fn get(&self, setting: Setting) -> Option<&str> {
        self.said.get(&setting).map(String::as_str)
    }

    /// The name; empty when nobody gave it one.
    #[must_use]
    pub fn name(&self) -> &str {
        self.get(Setting::BrandName).unwrap_or_default()
    }

    /// A picture.
    #[must_use]
    pub fn picture(&self, picture: Picture) -> Option<&Set> {
        self.pictures.get(&picture)
    }

    /// The languages that can be chosen; all when nobody says.
    #[must_use]
    pub fn languages(&self) -> Vec<&str> {
        self.get(Setting::BrandLanguages).map_or_else(Vec::new, |tags| tags.split(' ').collect())
    }

    /// A colour, as it can be read.
    #[must_use]
    pub fn colour(&self, setting: Setting) -> Option<String> {
        let ground = match setting {
            Setting::BrandPrimaryDark | Setting::BrandAccentDark => Ground::Dark,
            _ => Ground::Light,
        };
        self.get(setting).and_then(|text| colour::readable(text, ground))
    }
}

/// A host name by which people reach a brand: lower case, at least two labels, no address.
pub fn host_name(field: &str, text: &str) -> Result<String, FieldError> {
    let name = names::suffix(field, text.trim().trim_end_matches('.'))?;
    // The last label of a name is never a number (RFC 1123, 2.1), of an address always.
    if name.rsplit('.').next().is_some_and(|last| last.bytes().all(|b| b.is_ascii_digit())) {
        return Err(FieldError::new(field, Rule::Format).with("expected", "a domain name, as example.com"));
    }
    Ok(name)
}

/// Whether a mail address is at one of these domains itself: `acme.provider.example` gives
/// nobody an address at `provider.example`.
#[must_use]
pub fn is_at(address: &str, domains: &[String]) -> bool {
    let domain = address.rsplit_once('@').map_or("", |(_, domain)| domain);
    domains.iter().any(|own| own.eq_ignore_ascii_case(domain))
}

const PNG: [u8; 8] = *b"\x89PNG\r\n\x1a\n";

/// Whether bytes are a picture that can be shown: PNG (W3C, third edition) of a bearable size,
/// with nothing behind its end. Nothing else is taken: an SVG is a program.
pub fn check(picture: Picture, field: &str, bytes: &[u8]) -> Result<(), FieldError> {
    let error = |rule| FieldError::new(field, rule);
    if bytes.is_empty() {
        return Err(error(Rule::Required));
    }
    if bytes.len() > limits::PICTURE_BYTES {
        return Err(error(Rule::OutOfRange).with("max", format!("{} kB", limits::PICTURE_BYTES / 1024)));
    }
    let form = || error(Rule::Format).with("expected", "a picture, as logo.png");
    let (width, height) = size(bytes).ok_or_else(form)?;
    let (min, max) = match picture {
        Picture::Logo => (limits::LOGO_PIXELS, limits::LOGO_PIXELS_MAX),
        Picture::Icon => (limits::ICON_PIXELS, limits::ICON_PIXELS_MAX),
    };
    let good = |side: u32| (min..=max).contains(&side);
    if !good(width) || !good(height) || picture == Picture::Icon && width != height {
        let square = if picture == Picture::Icon { " (square)" } else { "" };
        let error = error(Rule::OutOfRange).with("min", format!("{min} × {min} px{square}"));
        return Err(error.with("max", format!("{max} × {max} px{square}")));
    }
    Ok(())
}

/// Width and height of a PNG whose chunks are whole and end with the file.
fn size(bytes: &[u8]) -> Option<(u32, u32)> {
    let mut rest = bytes.strip_prefix(&PNG)?;
    let mut found = None;
    loop {
        let (length, after) = rest.split_first_chunk::<4>()?;
        let (kind, after) = after.split_first_chunk::<4>()?;
        let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
        let (data, after) = after.split_at_checked(length)?;
        let (_sum, after) = after.split_first_chunk::<4>()?;
        match (kind, found) {
            (b"IHDR", None) if length == 13 => {
                let (width, more) = data.split_first_chunk::<4>()?;
                let (height, _) = more.split_first_chunk::<4>()?;
                found = Some((u32::from_be_bytes(*width), u32::from_be_bytes(*height)));
            }
            (_, None) => return None,
            (b"IEND", _) => return found.filter(|_| length == 0 && after.is_empty()),
            _ => {}
        }
        rest = after;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut all = PNG.to_vec();
        let mut head = [width.to_be_bytes(), height.to_be_bytes()].concat();
        head.extend([8, 6, 0, 0, 0]);
        for (kind, data) in [(b"IHDR", head), (b"IDAT", vec![0; 9]), (b"IEND", vec![])] {
            all.extend(u32::try_from(data.len()).expect("small").to_be_bytes());
            all.extend(kind);
            all.extend(data);
            all.extend([0; 4]);
        }
        all
    }

    #[test]
    fn pictures_are_png_of_a_bearable_size_and_nothing_else() {
        let rule = |picture, bytes: &[u8]| check(picture, "picture", bytes).map_err(|error| error.rule);
        assert_eq!(rule(Picture::Logo, &png(320, 80)), Ok(()));
        assert_eq!(rule(Picture::Icon, &png(64, 64)), Ok(()));
        assert_eq!(rule(Picture::Icon, &png(64, 63)), Err(Rule::OutOfRange));
        assert_eq!(rule(Picture::Logo, &png(50_000, 80)), Err(Rule::OutOfRange));
        assert_eq!(rule(Picture::Logo, &[]), Err(Rule::Required));
        assert_eq!(rule(Picture::Logo, &vec![0; limits::PICTURE_BYTES + 1]), Err(Rule::OutOfRange));
        let whole = png(320, 80);
        let mut behind = whole.clone();
        behind.extend(b"<script>");
        // The end has no content of its own.
        let mut within = whole.clone();
        within[whole.len() - 12..][..4].copy_from_slice(&8_u32.to_be_bytes());
        within.extend(b"<script>");
        for bad in [&b"<svg xmlns='http://www.w3.org/2000/svg'/>"[..], b"GIF89a", &behind, &within] {
            assert_eq!(rule(Picture::Logo, bad), Err(Rule::Format));
        }
        for end in 1..whole.len() {
            assert_eq!(rule(Picture::Logo, &whole[..end]), Err(Rule::Format), "cut at {end}");
        }
    }

    #[test]
    fn host_names_are_names_and_no_addresses() {
        let good = host_name("name", " Portal.North.Example. ").expect("a name");
        assert_eq!(good, "portal.north.example");
        for bad in ["localhost", "127.0.0.1", "a.b:80", "https://a.b", "*.a.b", "a_b.c", ""] {
            assert!(host_name("name", bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn mails_come_from_domains_that_are_one_s_own() {
        let hosts = ["portal.north.example".to_owned(), "north.test".to_owned()];
        for good in ["a@portal.north.example", "a@North.test"] {
            assert!(is_at(good, &hosts), "{good}");
        }
        for bad in ["a@north.example", "a@south.example", "a@b.north.test", "a"] {
            assert!(!is_at(bad, &hosts), "{bad}");
        }
    }
}
