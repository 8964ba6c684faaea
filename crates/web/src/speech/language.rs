//! The languages there are.

/// A language the product speaks, completely.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Language {
    /// English, with European dates.
    English,
    /// Danish.
    Danish,
    /// German.
    German,
    /// Swedish.
    Swedish,
}

impl Language {
    /// All, in the order in which people choose.
    pub const ALL: [Self; 4] = [Self::English, Self::Danish, Self::German, Self::Swedish];

    /// The subtag (BCP 47), for `lang` and for what is stored.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Danish => "da",
            Self::German => "de",
            Self::Swedish => "sv",
        }
    }

    /// The name of the language in itself.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Danish => "Dansk",
            Self::German => "Deutsch",
            Self::Swedish => "Svenska",
        }
    }

    /// The language of a tag (BCP 47): `de-AT` is German.
    #[must_use]
    pub fn of_tag(tag: &str) -> Option<Self> {
        let first = tag.split(['-', '_']).next().unwrap_or(tag);
        Self::ALL.into_iter().find(|language| language.tag().eq_ignore_ascii_case(first))
    }

    /// The best of an `Accept-Language` (RFC 9110, 12.5.4), if we speak any of it.
    #[must_use]
    pub fn of_header(header: &str) -> Option<Self> {
        let mut best: Option<(u16, Self)> = None;
        for part in header.split(',').take(ACCEPTED) {
            let (tag, weight) = part.split_once(';').unwrap_or((part, ""));
            let weight = weight.trim().strip_prefix("q=").map_or(1_000, permille);
            if let Some(language) = Self::of_tag(tag.trim())
                && weight > best.map_or(0, |(most, _)| most)
            {
                best = Some((weight, language));
            }
        }
        best.map(|(_, language)| language)
    }
}

/// Ranges of one header that are looked at.
const ACCEPTED: usize = 32;

/// A weight `0.835` as 835; what is none weighs nothing.
fn permille(text: &str) -> u16 {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    match whole {
        "1" => 1_000,
        "0" if part.len() <= 3 => format!("{part:0<3}").parse().unwrap_or(0),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::Language;

    #[test]
    fn the_heaviest_language_we_speak_is_taken() {
        let of = |header| Language::of_header(header).map(Language::tag);
        assert_eq!(of("da, en-gb;q=0.8, en;q=0.7"), Some("da"));
        assert_eq!(of("fr, en;q=0.3, de-AT;q=0.35"), Some("de"));
        assert_eq!(of("fr, es"), None);
        assert_eq!(of("sv;q=0, *"), None);
        assert_eq!(of("en;q=x"), None);
        assert_eq!(of(""), None);
    }
}
