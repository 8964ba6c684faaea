//! The mails of a brand: the fields of its own words, and how mails would read.

use app::brands::View;
use domain::{
    brand::Look,
    mail::{Addressee, Brand, Kind, Message},
    mail_template::Placeholder,
    setting::Setting,
};
use jiff::{Timestamp, ToSpan as _};
use web::{
    speech::{Language, say, say_with},
    texts,
};

use crate::settings::Row;

/// Who mails are from, and what they say besides.
pub const BESIDES: [Setting; 7] = [
    Setting::SenderName,
    Setting::SenderMail,
    Setting::MailSignature,
    Setting::MailTextEn,
    Setting::MailTextDa,
    Setting::MailTextDe,
    Setting::MailTextSv,
];

/// The settings with mails of a brand's own in a language.
fn of(language: Language) -> Vec<Setting> {
    Kind::ALL.iter().filter_map(|kind| Setting::mail_template(*kind, language.tag())).collect()
}

/// All of them.
pub fn templates() -> impl Iterator<Item = Setting> {
    Setting::ALL.iter().copied().filter(|setting| setting.is_letter())
}

/// The mails in a language, as they are filled in.
pub struct Templates {
    pub tag: &'static str,
    pub name: &'static str,
    pub rows: Vec<Row>,
    /// Something is said of them, or wrong.
    pub open: bool,
}

/// The fields, language by language.
pub fn fields(rows: impl Fn(&[Setting]) -> Vec<Row>) -> Vec<Templates> {
    let fields = |language: Language| {
        let rows = rows(&of(language));
        let open = rows.iter().any(|row| row.own || row.error.is_some() || !row.value.is_empty());
        Templates { tag: language.tag(), name: language.name(), rows, open }
    };
    Language::ALL.into_iter().map(fields).collect()
}

/// What can stand in a mail of a brand's own.
pub fn placeholders() -> Vec<(String, String)> {
    let told =
        |one: &Placeholder| (format!("{{{}}}", one.code()), say(&format!("mail-value-{}", one.code())));
    Placeholder::ALL.iter().map(told).collect()
}

/// How a mail would read.
pub struct Letter {
    pub tag: &'static str,
    pub title: String,
    pub subject: String,
    pub text: String,
}

/// Every mail of a brand that looks so, in its languages, to somebody who is made up.
pub fn letters(view: &View, look: &Look, public_url: &str, now: Timestamp) -> Vec<Letter> {
    let tags = look.languages();
    let spoken = |language: &Language| tags.is_empty() || tags.contains(&language.tag());
    let domain = view.people_at.as_deref().unwrap_or("example.com");
    let letter = |language: Language, kind: Kind| {
        let message = Message {
            kind,
            language: language.tag().to_owned(),
            brand: Some(Brand { code: None, host: view.people_at.clone(), look: look.clone() }),
            to: Addressee {
                address: format!("kim.holm@{domain}"),
                name: "Kim Holm".to_owned(),
                login: format!("kim.holm@{domain}"),
            },
            tenant: view.tenant.name.clone(),
            time_zone: "UTC".to_owned(),
            token: "…".to_owned(),
            until: now.saturating_add(72.hours()).unwrap_or(now),
        };
        let text = texts::mail(&message, public_url);
        let kind = say(&format!("mail-kind-{}", kind.code()));
        Letter {
            tag: language.tag(),
            title: say_with("brand-letter", &[("kind", kind.into()), ("language", language.name().into())]),
            subject: text.subject,
            text: text.plain,
        }
    };
    let languages = Language::ALL.into_iter().filter(spoken);
    languages.flat_map(|language| Kind::ALL.iter().map(move |kind| letter(language, *kind))).collect()
}
