//! Billing facts: what was asked, when it became real, when it was asked to
//! end. Only *started* to *ended* is ever billed.

use jiff::{Timestamp, civil::Date, tz::TimeZone};

/// What happened to a subscription.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FactKind {
    /// Somebody asked for it.
    Ordered,
    /// It was verified in its target for the first time.
    Started,
    /// Somebody asked for its removal.
    Ended,
}

impl FactKind {
    /// The stable name, as stored.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Ordered => "ordered",
            Self::Started => "started",
            Self::Ended => "ended",
        }
    }

    /// What is stored under a stable name.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Ordered, Self::Started, Self::Ended].into_iter().find(|kind| kind.code() == code)
    }
}

/// The time zone of that IANA name, if there is one to keep a calendar in. The
/// name "Etc/Unknown" stands for having none.
#[must_use]
pub fn time_zone(name: &str) -> Option<TimeZone> {
    TimeZone::get(name).ok().filter(|zone| zone.iana_name().is_some() && !zone.is_unknown())
}

/// The day `at` falls on in the account's own calendar: what bills count.
#[must_use]
pub fn local_date(at: Timestamp, zone: &TimeZone) -> Date {
    at.to_zoned(zone.clone()).date()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_is_the_account_s_own() {
        let at: Timestamp = "2026-03-31T22:30:00Z".parse().expect("instant");
        let date = |zone: &str| local_date(at, &time_zone(zone).expect("zone")).to_string();
        assert_eq!(date("Europe/Copenhagen"), "2026-04-01");
        assert_eq!(date("UTC"), "2026-03-31");
    }

    #[test]
    fn what_is_no_place_on_earth_has_no_calendar() {
        for name in ["Etc/Unknown", "etc/unknown", "Mars/Olympus", ""] {
            assert!(time_zone(name).is_none(), "{name}");
        }
    }
}
