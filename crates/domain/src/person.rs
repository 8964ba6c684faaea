//! What is known of a person besides names, mail and place of work: optional
//! values, most of which the directory shows as well.

use std::collections::BTreeMap;

use jiff::{Timestamp, tz::TimeZone};

use crate::{
    field::{FieldError, Rule},
    hours, limits, names,
};

/// How somebody wants pages to look, whatever the device says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Theme {
    /// Dark letters on light.
    Light,
    /// Light letters on dark.
    Dark,
}

impl Theme {
    /// The stable code, as stored.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The theme with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Light, Self::Dark].into_iter().find(|theme| theme.code() == code)
    }
}

/// How a value has to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// One line of at most so many characters.
    Line(usize),
    /// Two letters (ISO 3166-1).
    Country,
    /// A letter and a colon.
    Drive,
    /// Mail addresses, separated by blanks or commas; kept sorted.
    Mails,
    /// Hours of a week, in words.
    Hours,
    /// An instant with its offset (RFC 3339), to the second.
    Instant,
}

macro_rules! details {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $form:expr;)*) => {
        /// One such value. The order is that of pages and documents.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Detail { $($(#[$doc])* $name,)* }

        impl Detail {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The stable name: in the API, in events, in problems.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            const fn form(self) -> Form {
                match self { $(Self::$name => $form,)* }
            }
        }
    };
}

// Limits without another source are the rangeUpper of the attribute in MS-ADA1 to MS-ADA3,
// cut to what fits on a page where that is more.
details! {
    /// Initials (`initials`).
    Initials = "initials", Form::Line(6);
    /// Mobile telephone (`mobile`).
    Mobile = "mobile", Form::Line(64);
    /// Telephone at home (`homePhone`).
    HomePhone = "home_phone", Form::Line(64);
    /// Fax (`facsimileTelephoneNumber`).
    Fax = "fax", Form::Line(64);
    /// Pager (`pager`).
    Pager = "pager", Form::Line(64);
    /// IP telephone (`ipPhone`).
    IpPhone = "ip_phone", Form::Line(64);
    /// Further mail addresses (`proxyAddresses`, those that begin with `smtp:`).
    Aliases = "aliases", Form::Mails;
    /// Where the person sits (`physicalDeliveryOfficeName`).
    Office = "office", Form::Line(128);
    /// Company (`company`).
    Company = "company", Form::Line(64);
    /// Number of the person at the employer (`employeeID`). Somebody with two accounts has it twice.
    EmployeeId = "employee_id", Form::Line(16);
    /// Kind of employment (`employeeType`).
    EmployeeType = "employee_type", Form::Line(128);
    /// Key of the person in a system of the customer; nobody else of the customer has
    /// it, and no directory shows it.
    ExternalId = "external_id", Form::Line(128);
    /// Street and number (`streetAddress`).
    Street = "street", Form::Line(256);
    /// Post-office box (`postOfficeBox`).
    PoBox = "po_box", Form::Line(40);
    /// Postal code (`postalCode`).
    PostalCode = "postal_code", Form::Line(40);
    /// City (`l`).
    City = "city", Form::Line(128);
    /// State or province (`st`).
    Region = "region", Form::Line(128);
    /// Country, two letters (`c`, ISO 3166-1).
    Country = "country", Form::Country;
    /// Web page (`wWWHomePage`).
    WebPage = "web_page", Form::Line(256);
    /// Free text (`info`).
    Notes = "notes", Form::Line(256);
    /// Path of the profile (`profilePath`).
    ProfilePath = "profile_path", Form::Line(256);
    /// Script that runs at log-on (`scriptPath`).
    LogonScript = "logon_script", Form::Line(256);
    /// Home folder (`homeDirectory`).
    HomeFolder = "home_folder", Form::Line(256);
    /// Drive the home folder appears as (`homeDrive`).
    HomeDrive = "home_drive", Form::Drive;
    /// Hours in which the account may log on (`logonHours`), on the customer's own
    /// clock; in a desired state and as observed the bits of [`crate::hours`].
    LogonHours = "logon_hours", Form::Hours;
    /// From this instant on the account cannot log on (`accountExpires`).
    ExpiresAt = "expires_at", Form::Instant;
}

/// The values a person has.
pub type Details = BTreeMap<Detail, String>;

impl Detail {
    /// The value with this name.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|d| d.code() == code)
    }

    /// Whether a directory shows it.
    #[must_use]
    pub const fn is_in_directory(self) -> bool {
        !matches!(self, Self::ExternalId)
    }

    /// Whether it is copied to a new colleague: what belongs to the place of work,
    /// and nothing that belongs to the person.
    #[must_use]
    pub const fn is_of_workplace(self) -> bool {
        use Detail as D;
        matches!(
            self,
            D::Fax
                | D::Office
                | D::Company
                | D::EmployeeType
                | D::Street
                | D::PoBox
                | D::PostalCode
                | D::City
                | D::Region
                | D::Country
                | D::WebPage
                | D::LogonScript
                | D::HomeDrive
                | D::LogonHours
        )
    }

    /// Checks `text`; nothing and blanks mean "no value".
    pub fn parse(self, field: &str, text: &str) -> Result<Option<String>, FieldError> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(None);
        }
        match self.form() {
            Form::Line(max) => names::line(field, text, max),
            Form::Country => country(field, text),
            Form::Drive => drive(field, text),
            Form::Mails => mails(field, text),
            Form::Instant => instant(field, text),
            Form::Hours => return hours::parse(field, text),
        }
        .map(Some)
    }
}

/// Values as a target keeps them: hours without a zone.
#[must_use]
pub fn in_target(details: &Details, zone: &TimeZone, at: Timestamp) -> Details {
    let mut details = details.clone();
    if let Some(words) = details.remove(&Detail::LogonHours) {
        details.extend(hours::bits(&words, zone, at).map(|bits| (Detail::LogonHours, bits)));
    }
    details
}

fn form(field: &str, expected: &str) -> FieldError {
    FieldError::new(field, Rule::Format).with("expected", expected)
}

fn country(field: &str, text: &str) -> Result<String, FieldError> {
    let value = text.to_ascii_uppercase();
    let good = value.len() == 2 && value.bytes().all(|b| b.is_ascii_uppercase());
    good.then_some(value).ok_or_else(|| form(field, "two letters, as DE"))
}

fn drive(field: &str, text: &str) -> Result<String, FieldError> {
    let value = text.to_ascii_uppercase();
    let good = matches!(value.as_bytes(), [b'A'..=b'Z', b':']);
    good.then_some(value).ok_or_else(|| form(field, "a drive, as H:"))
}

fn mails(field: &str, text: &str) -> Result<String, FieldError> {
    let words = text.split([' ', ',', ';']).filter(|word| !word.is_empty());
    let mut all = Vec::new();
    for word in words {
        if all.len() == limits::ALIASES {
            return Err(FieldError::new(field, Rule::TooMany).with("max", limits::ALIASES));
        }
        all.push(names::alias(field, word)?);
    }
    all.sort_unstable();
    all.dedup();
    if all.is_empty() { Err(form(field, "addresses, as anna@example.com")) } else { Ok(all.join(" ")) }
}

fn instant(field: &str, text: &str) -> Result<String, FieldError> {
    let at: Timestamp =
        text.parse().map_err(|_| form(field, "an instant with its offset, as 2026-12-31T18:00:00+01:00"))?;
    let (min, max) = (*limits::CONTRACT_YEARS.start(), *limits::CONTRACT_YEARS.end());
    let year = at.to_zoned(TimeZone::UTC).year();
    if !(min..=max).contains(&year) {
        return Err(FieldError::new(field, Rule::OutOfRange).with("min", min).with("max", max));
    }
    Timestamp::from_second(at.as_second())
        .map(|at| at.to_string())
        .map_err(|_| FieldError::new(field, Rule::OutOfRange).with("min", min).with("max", max))
}

/// Checks values by name, `None` for those to be emptied.
pub fn check<'a>(
    given: impl IntoIterator<Item = (&'a str, Option<&'a str>)>,
) -> Result<BTreeMap<Detail, Option<String>>, Vec<FieldError>> {
    let (mut values, mut errors) = (BTreeMap::new(), Vec::new());
    for (code, text) in given {
        let Some(detail) = Detail::from_code(code) else {
            let known: Vec<_> = Detail::ALL.iter().map(|d| d.code()).collect();
            errors.push(FieldError::new(code, Rule::Unknown).with("known", known.join(", ")));
            continue;
        };
        match text.map_or(Ok(None), |text| detail.parse(code, text)) {
            Ok(value) => drop(values.insert(detail, value)),
            Err(error) => errors.push(error),
        }
    }
    if errors.is_empty() { Ok(values) } else { Err(errors) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parse(detail: Detail, text: &str) -> Result<Option<String>, Rule> {
        detail.parse("x", text).map_err(|error| error.rule)
    }

    #[test]
    fn values_have_their_form() {
        assert_eq!(parse(Detail::Country, " de "), Ok(Some("DE".to_owned())));
        assert_eq!(parse(Detail::Country, "Germany"), Err(Rule::Format));
        assert_eq!(parse(Detail::HomeDrive, "h:"), Ok(Some("H:".to_owned())));
        assert_eq!(parse(Detail::HomeDrive, "hh:"), Err(Rule::Format));
        assert_eq!(
            parse(Detail::Aliases, "b@x.test, A@x.test;b@x.test"),
            Ok(Some("a@x.test b@x.test".to_owned()))
        );
        assert_eq!(parse(Detail::Aliases, "nobody"), Err(Rule::Format));
        let at = parse(Detail::ExpiresAt, "2026-12-31T18:00:00.5+01:00");
        assert_eq!(at, Ok(Some("2026-12-31T17:00:00Z".to_owned())));
        assert_eq!(parse(Detail::ExpiresAt, "tomorrow"), Err(Rule::Format));
        assert_eq!(parse(Detail::Initials, "ABCDEFG"), Err(Rule::TooLong));
        assert_eq!(parse(Detail::Mobile, "  "), Ok(None));
    }

    #[test]
    fn all_wrong_values_are_named_at_once() {
        let given = [("mobile", Some("1")), ("shoe_size", Some("43")), ("country", Some("x")), ("fax", None)];
        let errors = check(given).expect_err("two are wrong");
        let fields: Vec<_> = errors.iter().map(|e| (e.field.as_str(), e.rule)).collect();
        assert_eq!(fields, [("shoe_size", Rule::Unknown), ("country", Rule::Format)]);
    }

    proptest! {
        #[test]
        fn an_accepted_value_is_accepted_again_unchanged(text in "\\PC{0,40}", n in 0..Detail::ALL.len()) {
            let detail = Detail::ALL[n];
            if let Ok(Some(value)) = detail.parse("x", &text) {
                prop_assert_eq!(detail.parse("x", &value), Ok(Some(value)));
            }
        }
    }
}
