//! What the directory says of the names a preview would give.

use app::bulk::Shown;
use askama::Template;
use domain::bulk::BulkState;
use jiff::{SignedDuration, Timestamp};
use web::speech::{instant, say, say_with};

use crate::{context::Frame, refusal::Refusal};

/// After this it is told that the answer is not there yet, and what that means.
const PATIENCE: SignedDuration = SignedDuration::from_secs(15);

/// The names of a preview and the directory.
pub struct Asked {
    pub text: String,
    pub class: &'static str,
    pub path: String,
    /// It was shown anew since the page was made.
    pub changed: bool,
}

/// What moves by itself.
#[derive(Template)]
#[template(path = "bulk_names.html")]
struct Now {
    frame: Frame,
    of: Asked,
}

/// Whether a preview may still change because of the directory.
pub fn is_asked(of: &Shown) -> bool {
    of.bulk.state == BulkState::Previewed && of.bulk.names.is_some_and(|names| !names.is_settled())
}

impl Asked {
    /// None where the directory is asked about nothing.
    pub fn of(of: &Shown, now: Timestamp) -> Option<Self> {
        let names = of.bulk.names.filter(|_| of.bulk.state == BulkState::Previewed)?;
        let (text, class) = match names.answered_at {
            Some(at) if !names.differ => {
                (say_with("bulk-names-answered", &[("when", instant(at).into())]), "hint")
            }
            None if now.duration_since(names.asked_at) > PATIENCE => (say("bulk-names-late"), "note wait"),
            _ => (say("bulk-names-asked"), "hint"),
        };
        Some(Self { text, class, path: format!("/bulk/{}", of.bulk.id), changed: false })
    }
}

/// As it is now, for a page that shows this version of the preview, and whether it stays so.
pub fn now(of: &Shown, version: i64, at: Timestamp, frame: Frame) -> Result<(String, bool), Refusal> {
    let asked = Asked::of(of, at).map(|asked| Asked { changed: version != of.bulk.version, ..asked });
    let html = asked.map(|of| Now { frame, of }.render().map_err(|error| Refusal::broken(&error)));
    Ok((html.transpose()?.unwrap_or_default(), !is_asked(of)))
}
