//! Colours of a brand: whether they can be read, and which near one can.

use crate::field::{FieldError, Rule};

/// Red, green and blue.
type Colour = [u8; 3];

/// Contrast of text with its ground (WCAG 2.2, 1.4.3).
pub const CONTRAST: f64 = 4.5;

/// Which pages a colour is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ground {
    /// Light ones, with white text on the colour.
    Light,
    /// Dark ones, with dark text on the colour.
    Dark,
}

impl Ground {
    /// Of all grounds of such pages the one on which reading is hardest (`--muted` of the
    /// style sheet); on a colour that can be read there, the text of buttons can be read, too.
    const fn hardest(self) -> Colour {
        match self {
            Self::Light => [0xEC, 0xE7, 0xDB],
            Self::Dark => [0x2A, 0x30, 0x2B],
        }
    }

    /// Where a colour goes until it can be read.
    const fn end(self) -> u8 {
        match self {
            Self::Light => 0,
            Self::Dark => 0xFF,
        }
    }
}

/// A colour in the form in which it is kept, if it can be read on all grounds of such pages.
pub fn parse(field: &str, text: &str, ground: Ground) -> Result<String, FieldError> {
    let form = || FieldError::new(field, Rule::Format).with("expected", "a colour, as #1d5c4d");
    let colour = read(text).ok_or_else(form)?;
    let found = contrast(colour, ground.hardest());
    if found < CONTRAST {
        let error = FieldError::new(field, Rule::Contrast).with("contrast", format!("{found:.1}"));
        return Err(error.with("min", CONTRAST).with("nearest", shown(nearest(colour, ground))));
    }
    Ok(shown(colour))
}

/// The contrast of a colour with the ground on which reading is hardest.
#[must_use]
pub fn of(text: &str, ground: Ground) -> Option<f64> {
    read(text).map(|colour| contrast(colour, ground.hardest()))
}

/// The colour, or the nearest of its hue that can be read: what was kept under milder rules
/// is shown like this.
#[must_use]
pub fn readable(text: &str, ground: Ground) -> Option<String> {
    read(text).map(|colour| shown(nearest(colour, ground)))
}

fn read(text: &str) -> Option<Colour> {
    let digits = text.trim().strip_prefix('#')?;
    if digits.len() != 6 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let [_, red, green, blue] = u32::from_str_radix(digits, 16).ok()?.to_be_bytes();
    Some([red, green, blue])
}

fn shown([red, green, blue]: Colour) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

/// The first on the way to black or white that can be read.
fn nearest(colour: Colour, ground: Ground) -> Colour {
    let end = u32::from(ground.end());
    let mixed = |step: u32| {
        colour.map(|part| {
            let mixed = (u32::from(part) * (255 - step) + end * step) / 255;
            u8::try_from(mixed).unwrap_or(u8::MAX)
        })
    };
    let good = |step: &u32| contrast(mixed(*step), ground.hardest()) >= CONTRAST;
    mixed((0..=255).find(good).unwrap_or(255))
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

    use super::*;

    #[test]
    fn colours_can_be_read() {
        assert_eq!(parse("x", "#1D5C4D", Ground::Light), Ok("#1d5c4d".to_owned()));
        assert_eq!(parse("x", "#8fd0b9", Ground::Dark), Ok("#8fd0b9".to_owned()));
        let refused = parse("x", "#ffcc00", Ground::Light).expect_err("yellow on paper");
        assert_eq!((refused.rule, refused.args["contrast"].as_str()), (Rule::Contrast, "1.2"));
        let nearest = &refused.args["nearest"];
        assert_eq!(parse("x", nearest, Ground::Light).as_ref(), Ok(nearest), "what is offered is taken");
        assert_eq!(parse("x", "#1d5c4d", Ground::Dark).expect_err("dark on dark").rule, Rule::Contrast);
        for bad in ["1d5c4d", "#1d5", "#1d5c4g", "#+1d5c4", "red", "#ffffff;}"] {
            assert_eq!(parse("x", bad, Ground::Light).expect_err(bad).rule, Rule::Format, "{bad}");
            assert_eq!(readable(bad, Ground::Light), None, "{bad}");
        }
        assert!((contrast([0; 3], [0xFF; 3]) - 21.0).abs() < 1e-9, "the widest there is");
    }

    proptest! {
        #[test]
        fn the_nearest_can_always_be_read_and_so_can_text_on_it(n in 0_u32..0x0100_0000) {
            let text = format!("#{n:06x}");
            for (ground, on) in [(Ground::Light, [0xFF; 3]), (Ground::Dark, [0x17, 0x1A, 0x17])] {
                let near = readable(&text, ground).expect("a colour");
                prop_assert!(parse("x", &near, ground).is_ok());
                prop_assert!(contrast(read(&near).expect("a colour"), on) >= CONTRAST);
            }
        }
    }
}
