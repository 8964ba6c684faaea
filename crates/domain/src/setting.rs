//! Settings of tenants. What a tenant does not say itself it inherits from the nearest
//! above that does; what nobody says has the product's own value, or none.

use std::collections::BTreeMap;

use crate::{
    colour, fact,
    field::{FieldError, Rule},
    id::TenantId,
    limits,
    mail::Kind,
    mail_template::Template,
    names,
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
    Languages,
    Text,
    /// A mail with placeholders.
    Letter,
    /// `true` or `false`.
    Truth,
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
    /// Whether passwords that stand in files of people are sealed as the first ones of new accounts.
    ImportPasswords = "import_passwords", Truth;
    /// Whom people ask for help.
    SupportName = "support_name", Line;
    /// The mail address of that.
    SupportMail = "support_mail", Mail;
    /// The telephone number of that.
    SupportPhone = "support_phone", Line;
    /// The web page of that.
    SupportUrl = "support_url", Address;
    /// What the product is called; the name of the configured brand when nobody says.
    /// Whoever says it begins a brand: nothing of one above holds from there on.
    BrandName = "brand_name", Name;
    /// Languages people can choose.
    BrandLanguages = "brand_languages", Languages;
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
    /// Who mails are from.
    SenderName = "sender_name", Line;
    /// The address mails are from: at a host name or suffix of the tenant, unless those above say it.
    SenderMail = "sender_mail", Mail;
    /// What stands below every mail.
    MailSignature = "mail_signature", Text;
    /// What English mails say besides.
    MailTextEn = "mail_text_en", Text;
    /// What Danish mails say besides.
    MailTextDa = "mail_text_da", Text;
    /// What German mails say besides.
    MailTextDe = "mail_text_de", Text;
    /// What Swedish mails say besides.
    MailTextSv = "mail_text_sv", Text;
    /// What the mail with the first link says in English, in the brand's own words ([`Template`]).
    MailActivationEn = "mail_activation_en", Letter;
    /// What the mail with the first link says in Danish, in the brand's own words ([`Template`]).
    MailActivationDa = "mail_activation_da", Letter;
    /// What the mail with the first link says in German, in the brand's own words ([`Template`]).
    MailActivationDe = "mail_activation_de", Letter;
    /// What the mail with the first link says in Swedish, in the brand's own words ([`Template`]).
    MailActivationSv = "mail_activation_sv", Letter;
    /// What the mail by which an administrator asks for a new password says in English, in the brand's own words ([`Template`]).
    MailResetEn = "mail_reset_en", Letter;
    /// What the mail by which an administrator asks for a new password says in Danish, in the brand's own words ([`Template`]).
    MailResetDa = "mail_reset_da", Letter;
    /// What the mail by which an administrator asks for a new password says in German, in the brand's own words ([`Template`]).
    MailResetDe = "mail_reset_de", Letter;
    /// What the mail by which an administrator asks for a new password says in Swedish, in the brand's own words ([`Template`]).
    MailResetSv = "mail_reset_sv", Letter;
    /// What the mail about a forgotten password says in English, in the brand's own words ([`Template`]).
    MailResetRequestedEn = "mail_reset_requested_en", Letter;
    /// What the mail about a forgotten password says in Danish, in the brand's own words ([`Template`]).
    MailResetRequestedDa = "mail_reset_requested_da", Letter;
    /// What the mail about a forgotten password says in German, in the brand's own words ([`Template`]).
    MailResetRequestedDe = "mail_reset_requested_de", Letter;
    /// What the mail about a forgotten password says in Swedish, in the brand's own words ([`Template`]).
    MailResetRequestedSv = "mail_reset_requested_sv", Letter;
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

    /// A part of the brand people see, which does not reach into another brand.
    #[must_use]
    pub const fn is_brand(self) -> bool {
        !matches!(
            self,
            Self::Language
                | Self::TimeZone
                | Self::Currency
                | Self::NamingPattern
                | Self::GraceDays
                | Self::ImportPasswords
        )
    }

    /// A mail in a brand's own words ([`Template`]).
    #[must_use]
    pub const fn is_letter(self) -> bool {
        matches!(self.form(), Form::Letter)
    }

    /// What mails in a language (BCP 47) say besides.
    #[must_use]
    pub fn mail_text(language: &str) -> Option<Self> {
        match language.split('-').next() {
            Some("en") => Some(Self::MailTextEn),
            Some("da") => Some(Self::MailTextDa),
            Some("de") => Some(Self::MailTextDe),
            Some("sv") => Some(Self::MailTextSv),
            _ => None,
        }
    }

    /// What a kind of mail says in a language (BCP 47).
    #[must_use]
    pub fn mail_template(kind: Kind, language: &str) -> Option<Self> {
        Some(match (kind, language.split('-').next()?) {
            (Kind::Activation, "en") => Self::MailActivationEn,
            (Kind::Activation, "da") => Self::MailActivationDa,
            (Kind::Activation, "de") => Self::MailActivationDe,
            (Kind::Activation, "sv") => Self::MailActivationSv,
            (Kind::Reset, "en") => Self::MailResetEn,
            (Kind::Reset, "da") => Self::MailResetDa,
            (Kind::Reset, "de") => Self::MailResetDe,
            (Kind::Reset, "sv") => Self::MailResetSv,
            (Kind::ResetRequested, "en") => Self::MailResetRequestedEn,
            (Kind::ResetRequested, "da") => Self::MailResetRequestedDa,
            (Kind::ResetRequested, "de") => Self::MailResetRequestedDe,
            (Kind::ResetRequested, "sv") => Self::MailResetRequestedSv,
            _ => return None,
        })
    }

    /// What holds when nobody says anything.
    #[must_use]
    pub fn product_value(self) -> Option<String> {
        match self {
            Self::NamingPattern => Some(DEFAULT_PATTERN.to_owned()),
            Self::GraceDays => Some(limits::GRACE_DAYS_DEFAULT.to_string()),
            Self::ImportPasswords => Some("false".to_owned()),
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
            Form::OnLight => colour::parse(field, text, colour::Ground::Light),
            Form::OnDark => colour::parse(field, text, colour::Ground::Dark),
            Form::Languages => languages(field, text),
            Form::Truth => truth(field, text),
            Form::Text => names::text(field, text, limits::MAIL_TEXT_CHARS),
            Form::Letter => Template::parse(field, text).map(|(_, kept)| kept),
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

/// Where on `path` the brand of its end begins: at the nearest that gives it a name.
#[must_use]
pub fn brand_begins(said: &[Said], path: &[TenantId]) -> usize {
    let place = |of: &Said| path.iter().position(|tenant| *tenant == of.tenant);
    said.iter().filter(|one| one.setting == Setting::BrandName).filter_map(place).max().unwrap_or(0)
}

/// What holds for the tenant at the end of `path`: of each setting what the nearest said, and
/// of a brand nothing from above where it begins.
#[must_use]
pub fn effective<'s>(said: &'s [Said], path: &[TenantId]) -> BTreeMap<Setting, &'s Said> {
    let begin = brand_begins(said, path);
    let place = |of: &Said| path.iter().position(|tenant| *tenant == of.tenant);
    let mut near: Vec<_> = said.iter().filter_map(|one| Some((place(one)?, one))).collect();
    near.retain(|(place, one)| !one.setting.is_brand() || *place >= begin);
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

/// Currencies to choose from: those people pay with (ISO 4217, 2026). Any other code is taken as well,
/// because the list changes more often than this product.
pub const CURRENCIES: &str = "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG";

/// Time zones to choose from: those named by area and place, and that of no place.
#[must_use]
pub fn time_zones() -> Vec<String> {
    const AREAS: [&str; 10] = [
        "Africa",
        "America",
        "Antarctica",
        "Arctic",
        "Asia",
        "Atlantic",
        "Australia",
        "Europe",
        "Indian",
        "Pacific",
    ];
    let is_offered = |name: &str| match name.split_once('/') {
        Some((area, _)) => AREAS.contains(&area),
        None => name == "UTC",
    };
    let names = jiff::tz::db().available().map(|name| name.to_string());
    let mut all: Vec<_> = names.filter(|name| is_offered(name)).collect();
    all.sort_unstable();
    all.dedup();
    all
}

fn days(field: &str, text: &str) -> Result<String, FieldError> {
    let (min, max) = (*limits::GRACE_DAYS.start(), *limits::GRACE_DAYS.end());
    match text.trim().parse::<u32>() {
        Ok(days) if limits::GRACE_DAYS.contains(&days) => Ok(days.to_string()),
        Ok(_) => Err(FieldError::new(field, Rule::OutOfRange).with("min", min).with("max", max)),
        Err(_) => Err(FieldError::new(field, Rule::Format).with("expected", "a number of days, as 30")),
    }
}

fn truth(field: &str, text: &str) -> Result<String, FieldError> {
    match text.trim() {
        said @ ("true" | "false") => Ok(said.to_owned()),
        _ => Err(FieldError::new(field, Rule::Format).with("expected", "true or false")),
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

/// Languages the product speaks, in the order in which people choose.
pub const LANGUAGES: [&str; 4] = ["en", "da", "de", "sv"];

/// Some of the languages the product speaks, each once, in their order.
fn languages(field: &str, text: &str) -> Result<String, FieldError> {
    let value = names::line(field, text, 64)?.to_lowercase();
    let given: Vec<_> = value.split([' ', ',']).filter(|tag| !tag.is_empty()).collect();
    if let Some(other) = given.iter().find(|tag| !LANGUAGES.contains(tag)) {
        let error = FieldError::new(field, Rule::Unknown).with("value", other);
        return Err(error.with("known", LANGUAGES.join(", ")));
    }
    let chosen: Vec<_> = LANGUAGES.into_iter().filter(|tag| given.contains(tag)).collect();
    if chosen.is_empty() { Err(FieldError::new(field, Rule::Required)) } else { Ok(chosen.join(" ")) }
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
    fn what_is_offered_is_taken() {
        let (zones, currencies) = (time_zones(), CURRENCIES.split(' ').collect::<Vec<_>>());
        for zone in ["UTC", "Europe/Copenhagen", "America/Argentina/Buenos_Aires"] {
            assert!(zones.iter().any(|offered| offered == zone), "{zone}");
        }
        assert!(!zones.iter().any(|zone| zone.starts_with("Etc/") || zone == "CET"), "{zones:?}");
        for zone in &zones {
            assert!(parse(Setting::TimeZone, zone).is_ok(), "{zone}");
        }
        for code in &currencies {
            assert_eq!(parse(Setting::Currency, code).as_deref(), Ok(*code));
        }
        assert!(currencies.is_sorted_by(|one, next| one < next), "in order, each once");
        assert!(["DKK", "EUR", "NOK", "SEK", "USD"].iter().all(|code| currencies.contains(code)));
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
    fn languages_are_those_the_product_speaks() {
        assert_eq!(parse(Setting::BrandLanguages, "sv, DE  de"), Ok("de sv".to_owned()));
        assert_eq!(parse(Setting::BrandLanguages, "de fr"), Err(Rule::Unknown));
        assert_eq!(parse(Setting::BrandLanguages, ","), Err(Rule::Required));
    }

    #[test]
    fn a_text_may_have_lines() {
        assert_eq!(parse(Setting::MailSignature, " North\r\nBerlin "), Ok("North\nBerlin".to_owned()));
        assert_eq!(parse(Setting::MailSignature, "a\u{202e}b"), Err(Rule::ForbiddenCharacter));
        assert_eq!(parse(Setting::MailSignature, &"x".repeat(601)), Err(Rule::TooLong));
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

    #[test]
    fn a_brand_begins_where_it_is_named_and_nothing_of_another_reaches_into_it() {
        let tenant = |n| TenantId::from_uuid(Uuid::from_u128(n));
        let said = |n, setting, value: &str| Said { setting, tenant: tenant(n), value: value.to_owned() };
        let all = [
            said(1, Setting::BrandName, "Provider"),
            said(1, Setting::SupportMail, "help@provider.example"),
            said(1, Setting::Language, "en"),
            said(2, Setting::BrandName, "North"),
            said(2, Setting::TermsUrl, "https://north.example"),
            said(3, Setting::SupportMail, "help@acme.example"),
        ];
        let holds =
            |path: &[TenantId], setting| effective(&all, path).get(&setting).map(|one| one.value.clone());
        let acme = [tenant(1), tenant(2), tenant(3)];
        assert_eq!(holds(&acme, Setting::BrandName), Some("North".to_owned()));
        assert_eq!(holds(&acme, Setting::SupportMail), Some("help@acme.example".to_owned()), "part by part");
        assert_eq!(holds(&acme, Setting::TermsUrl), Some("https://north.example".to_owned()));
        assert_eq!(holds(&acme[..2], Setting::SupportMail), None, "nothing of the provider");
        assert_eq!(holds(&acme[..2], Setting::Language), Some("en".to_owned()), "no part of a brand");
        let other = [tenant(1), tenant(4)];
        assert_eq!(holds(&other, Setting::SupportMail), Some("help@provider.example".to_owned()));
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
