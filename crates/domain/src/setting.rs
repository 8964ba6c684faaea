//! Settings of tenants. What a tenant does not say itself it inherits from the nearest
//! above that does; what nobody says has the product's own value, or none.

use std::collections::BTreeMap;

use crate::{
    fact,
    field::{FieldError, Rule},
    id::TenantId,
    limits, names,
    naming::{DEFAULT_PATTERN, Pattern},
};

/// How a value has to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Language,
    Zone,
    Currency,
    Pattern,
    Days,
    Name,
    Line,
    Mail,
    Address,
    /// A colour that is used on pages with a light ground, with white text on it.
    OnLight,
    /// A colour that is used on pages with a dark ground, with dark text on it.
    OnDark,
}

macro_rules! settings {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $form:ident;)*) => {
        /// One setting. The order is that of pages and documents.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Setting { $($(#[$doc])* $name,)* }

        impl Setting {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The stable name.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            const fn form(self) -> Form {
                match self { $(Self::$name => Form::$form,)* }
            }
        }
    };
}

settings! {
    /// Language of its people (BCP 47).
    Language = "language", Language;
    /// IANA time zone on whose calendar its days are counted.
    TimeZone = "time_zone", Zone;
    /// ISO 4217 code of the currency it is billed in.
    Currency = "currency", Currency;
    /// How log-on names are made.
    NamingPattern = "naming_pattern", Pattern;
    /// Days in which what is removed or closed can be restored, when nothing else is asked for.
    GraceDays = "grace_days", Days;
    /// Whom people ask for help.
    SupportName = "support_name", Line;
    /// The mail address of that.
    SupportMail = "support_mail", Mail;
    /// The telephone number of that.
    SupportPhone = "support_phone", Line;
    /// The web page of that.
    SupportUrl = "support_url", Address;
    /// What the product is called; the name of the configured brand when nobody says.
    BrandName = "brand_name", Name;
    /// Main colour on light pages: buttons, links.
    BrandPrimary = "brand_primary", OnLight;
    /// Main colour on dark pages.
    BrandPrimaryDark = "brand_primary_dark", OnDark;
    /// Second colour on light pages: what is chosen, what is drawn.
    BrandAccent = "brand_accent", OnLight;
    /// Second colour on dark pages.
    BrandAccentDark = "brand_accent_dark", OnDark;
    /// Who is responsible for the pages.
    ImprintUrl = "imprint_url", Address;
    /// What is done with personal data.
    PrivacyUrl = "privacy_url", Address;
    /// The terms of use.
    TermsUrl = "terms_url", Address;
}

impl Setting {
    /// The setting with this name.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|setting| setting.code() == code)
    }

    /// Every bill, name and page needs one, so the provider cannot be without.
    #[must_use]
    pub const fn is_needed(self) -> bool {
        matches!(self, Self::Language | Self::TimeZone | Self::Currency | Self::NamingPattern)
    }

    /// What holds when nobody says anything.
    #[must_use]
    pub fn product_value(self) -> Option<String> {
        match self {
            Self::NamingPattern => Some(DEFAULT_PATTERN.to_owned()),
            Self::GraceDays => Some(limits::GRACE_DAYS_DEFAULT.to_string()),
            _ => None,
        }
    }

    /// The value in the form in which it is kept.
    pub fn parse(self, field: &str, text: &str) -> Result<String, FieldError> {
        match self.form() {
            Form::Language => language(field, text),
            Form::Zone => time_zone(field, text),
            Form::Currency => currency(field, text),
            Form::Pattern => Pattern::parse(field, text.trim()).map(|_| text.trim().to_owned()),
            Form::Days => days(field, text),
            Form::Name => names::display_name(field, text),
            Form::Line => names::line(field, text, limits::ATTRIBUTE_CHARS),
            Form::Mail => names::mail(field, text),
            Form::Address => address(field, text),
            Form::OnLight => colour(field, text, &[(WHITE, "white")]),
            Form::OnDark => colour(field, text, &[(DARK, "the dark ground #171a17")]),
        }
    }
}

/// What somebody said: which setting, where, and what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// Which.
    pub setting: Setting,
    /// Who said it.
    pub tenant: TenantId,
    /// What.
    pub value: String,
}

/// What holds for the tenant at the end of `path`: of each setting what the nearest said.
#[must_use]
pub fn effective<'s>(said: &'s [Said], path: &[TenantId]) -> BTreeMap<Setting, &'s Said> {
    let place = |of: &Said| path.iter().position(|tenant| *tenant == of.tenant);
    let mut near: Vec<_> = said.iter().filter_map(|one| Some((place(one)?, one))).collect();
    near.sort_by_key(|(place, _)| *place);
    // Of several the last, which is the nearest.
    near.into_iter().map(|(_, one)| (one.setting, one)).collect()
}

/// A language tag the product can keep: two or three letters, optionally a region (BCP 47).
pub fn language(field: &str, text: &str) -> Result<String, FieldError> {
    let value = names::line(field, text, 12)?;
    let mut parts = value.split('-');
    let word = |p: &str, sizes: std::ops::RangeInclusive<usize>| {
        sizes.contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphanumeric())
    };
    let good = parts.next().is_some_and(|p| word(p, 2..=3)) && parts.all(|p| word(p, 2..=8));
    if good {
        Ok(value)
    } else {
        Err(FieldError::new(field, Rule::Format).with("expected", "a language, as de or en-GB"))
    }
}

/// An IANA time zone this build knows.
pub fn time_zone(field: &str, text: &str) -> Result<String, FieldError> {
    let value = names::line(field, text, 64)?;
    let zone = fact::time_zone(&value);
    let name = zone.as_ref().and_then(|zone| zone.iana_name()).map(str::to_owned);
    name.ok_or_else(|| {
        FieldError::new(field, Rule::Unknown).with("expected", "a time zone, as Europe/Berlin")
    })
}

/// Three letters (ISO 4217).
pub fn currency(field: &str, text: &str) -> Result<String, FieldError> {
    let value = names::line(field, text, 8)?.to_uppercase();
    if value.len() == 3 && value.bytes().all(|b| b.is_ascii_uppercase()) {
        Ok(value)
    } else {
        Err(FieldError::new(field, Rule::Format).with("expected", "a currency, as EUR"))
    }
}

fn days(field: &str, text: &str) -> Result<String, FieldError> {
    let (min, max) = (*limits::GRACE_DAYS.start(), *limits::GRACE_DAYS.end());
    match text.trim().parse::<u32>() {
        Ok(days) if limits::GRACE_DAYS.contains(&days) => Ok(days.to_string()),
        Ok(_) => Err(FieldError::new(field, Rule::OutOfRange).with("min", min).with("max", max)),
        Err(_) => Err(FieldError::new(field, Rule::Format).with("expected", "a number of days, as 30")),
    }
}

/// An address of the web that a page can link to: nothing that a browser would run.
fn address(field: &str, text: &str) -> Result<String, FieldError> {
    let value = names::line(field, text, limits::LINK_CHARS)?;
    let form =
        || FieldError::new(field, Rule::Format).with("expected", "an address, as https://help.example");
    let rest = value.strip_prefix("https://").ok_or_else(form)?;
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    names::suffix(field, name).map_err(|_| form())?;
    let port = host.strip_prefix(name).and_then(|port| port.strip_prefix(':'));
    let plain = |c: char| c.is_ascii_graphic() && !"\"<>\\^`{|}".contains(c);
    if port.is_some_and(|port| port.parse::<u16>().is_err()) || !value.chars().all(plain) {
        return Err(form());
    }
    Ok(value)
}

/// Red, green and blue.
type Colour = [u8; 3];

const WHITE: Colour = [0xFF, 0xFF, 0xFF];
/// The ground of the portal's dark pages.
const DARK: Colour = [0x17, 0x1A, 0x17];
/// Contrast of text with its ground (WCAG 2.2, 1.4.3).
const CONTRAST: f64 = 4.5;

/// A colour that can be read against all of `grounds`, and they on it.
fn colour(field: &str, text: &str, grounds: &[(Colour, &str)]) -> Result<String, FieldError> {
    let form = || FieldError::new(field, Rule::Format).with("expected", "a colour, as #1d5c4d");
    let digits = text.trim().strip_prefix('#').ok_or_else(form)?;
    if digits.len() != 6 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err(form());
    }
    let value = u32::from_str_radix(digits, 16).map_err(|_| form())?.to_be_bytes();
    let colour = [value[1], value[2], value[3]];
    for (ground, name) in grounds {
        let found = contrast(colour, *ground);
        if found < CONTRAST {
            let expected = format!(
                "a colour with a contrast of at least {CONTRAST}:1 to {name}, so that it can be read; \
                 this has {found:.1}:1"
            );
            return Err(FieldError::new(field, Rule::Format).with("expected", expected));
        }
    }
    Ok(format!("#{}", digits.to_ascii_lowercase()))
}

/// The ratio of two colours (WCAG 2.2, contrast ratio).
fn contrast(a: Colour, b: Colour) -> f64 {
    let (a, b) = (luminance(a) + 0.05, luminance(b) + 0.05);
    if a > b { a / b } else { b / a }
}

/// How bright a colour is (WCAG 2.2, relative luminance).
fn luminance(colour: Colour) -> f64 {
    let part = |value: u8| {
        let value = f64::from(value) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    let [red, green, blue] = colour.map(part);
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn parse(setting: Setting, text: &str) -> Result<String, Rule> {
        setting.parse("x", text).map_err(|error| error.rule)
    }

    #[test]
    fn values_have_their_form() {
        assert_eq!(parse(Setting::Language, "de-AT"), Ok("de-AT".to_owned()));
        assert_eq!(parse(Setting::TimeZone, "Mars/Olympus"), Err(Rule::Unknown));
        assert_eq!(parse(Setting::Currency, "eur"), Ok("EUR".to_owned()));
        assert_eq!(parse(Setting::GraceDays, " 07"), Ok("7".to_owned()));
        assert_eq!(parse(Setting::GraceDays, "366"), Err(Rule::OutOfRange));
        assert_eq!(parse(Setting::SupportMail, "help"), Err(Rule::Format));
        assert_eq!(parse(Setting::SupportMail, ""), Err(Rule::Required));
        for good in ["https://help.example", "https://help.example:8443/a?b=c#d"] {
            assert_eq!(parse(Setting::TermsUrl, good), Ok(good.to_owned()));
        }
        for bad in [
            "http://help.example",
            "javascript:alert(1)",
            "https://",
            "https://localhost/",
            "https://a.example/\"x",
            "https://user@a.example/",
            "https://a.example:99999/",
            "https://a.example/ b",
        ] {
            assert_eq!(parse(Setting::TermsUrl, bad), Err(Rule::Format), "{bad}");
        }
    }

    #[test]
    fn colours_can_be_read() {
        assert_eq!(parse(Setting::BrandPrimary, "#1D5C4D"), Ok("#1d5c4d".to_owned()));
        assert_eq!(parse(Setting::BrandPrimary, "#777777"), Err(Rule::Format), "4.48:1 is too little");
        assert_eq!(parse(Setting::BrandPrimary, "#767676"), Ok("#767676".to_owned()), "4.54:1 is enough");
        assert_eq!(parse(Setting::BrandPrimaryDark, "#8fd0b9"), Ok("#8fd0b9".to_owned()));
        assert_eq!(parse(Setting::BrandPrimaryDark, "#1d5c4d"), Err(Rule::Format));
        for bad in ["1d5c4d", "#1d5", "#1d5c4g", "#+1d5c4", "red"] {
            assert_eq!(parse(Setting::BrandAccent, bad), Err(Rule::Format), "{bad}");
        }
        assert!((contrast([0; 3], WHITE) - 21.0).abs() < 1e-9, "the widest there is");
    }

    #[test]
    fn the_nearest_holds() {
        let tenant = |n| TenantId::from_uuid(Uuid::from_u128(n));
        let said =
            |n, value: &str| Said { setting: Setting::Language, tenant: tenant(n), value: value.to_owned() };
        let all = [said(2, "da"), said(1, "en"), said(9, "fr")];
        let holds =
            |path: &[TenantId]| effective(&all, path).get(&Setting::Language).map(|one| one.value.clone());
        assert_eq!(holds(&[tenant(1), tenant(2), tenant(3)]), Some("da".to_owned()));
        assert_eq!(holds(&[tenant(1), tenant(3)]), Some("en".to_owned()));
        assert_eq!(holds(&[tenant(4)]), None);
    }

    proptest! {
        #[test]
        fn an_accepted_value_is_accepted_again_unchanged(text in "\\PC{0,30}|#[0-9a-fA-F]{6}|[0-9]{1,3}|https://[a-z.]{1,20}/[ -~]{0,9}", n in 0..Setting::ALL.len()) {
            let setting = Setting::ALL[n];
            if let Ok(value) = parse(setting, &text) {
                prop_assert_eq!(parse(setting, &value), Ok(value));
            }
        }
    }
}
