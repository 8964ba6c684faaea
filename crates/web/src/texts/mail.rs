//! The sentences of mails. Which message needs which arguments:
//!
//! | kind | name | login | tenant | brand | link | until |
//! |---|---|---|---|---|---|---|
//! | `activation` | x | x | x | x | x | x |
//! | `reset` | x | x | | x | x | x |
//! | `reset_requested` | x | x | | x | x | x |
//!
//! Without a brand nothing is named: it could be somebody else's. A brand may say all of it in its own
//! words ([`Template`]).

use domain::{
    brand::Look,
    mail::{Kind, Message, Text},
    mail_template::{Piece, Placeholder, Template},
    setting::Setting,
};
use jiff::tz::TimeZone;

use crate::{
    speech::{self, Arg, Language, Speech, say, say_with},
    surface::activation_url,
};

/// A mail in the language and under the brand of whom it is for. `public_url` is where
/// people without a brand of their own reach the portal.
#[must_use]
pub fn mail(message: &Message, public_url: &str) -> Text {
    let language = Language::of_tag(&message.language).unwrap_or(Language::English);
    let zone = domain::fact::time_zone(&message.time_zone).unwrap_or(TimeZone::UTC);
    speech::within(Speech { language, zone }, || written(message, public_url))
}

/// A part of a paragraph.
enum Part {
    Words(String),
    Link,
}

/// What a mail says, before what stands below every mail of its brand.
struct Said {
    subject: String,
    paragraphs: Vec<Vec<Part>>,
}

fn written(message: &Message, public_url: &str) -> Text {
    let brand = message.brand.clone().unwrap_or_default();
    let said = own_words(message, &brand.look).unwrap_or_else(|| sentences(message, brand.name()));
    let (link, button) =
        (mail_link(message, public_url), say(&format!("mail-{}-button", message.kind.code())));
    let besides = Setting::mail_text(speech::language().tag()).and_then(|text| brand.look.get(text));
    let support = support(&brand.look);
    let signature = brand.look.get(Setting::MailSignature).unwrap_or(brand.look.name());
    let after = [besides.unwrap_or_default(), &support, signature];
    let after = after.into_iter().filter(|text| !text.is_empty());
    let all: Vec<_> =
        said.paragraphs.into_iter().chain(after.map(|text| vec![Part::Words(text.to_owned())])).collect();
    let plain = |paragraph: &Vec<Part>| match paragraph.as_slice() {
        [Part::Link] => format!("{button}:\n{link}"),
        parts => parts
            .iter()
            .map(|part| match part {
                Part::Words(words) => words.as_str(),
                Part::Link => &link,
            })
            .collect(),
    };
    let html = |paragraph: &Vec<Part>| {
        let parts = paragraph.iter().map(|part| match part {
            Part::Words(words) => escaped(words).replace('\n', "<br>"),
            Part::Link => linked(&link, &button, &brand.look),
        });
        format!("<p>{}</p>", parts.collect::<String>())
    };
    Text {
        subject: said.subject,
        plain: all.iter().map(plain).collect::<Vec<_>>().join("\n\n").trim_end().to_owned() + "\n",
        html: format!(
            "<!doctype html><html lang=\"{}\"><body style=\"font-family:sans-serif;line-height:1.5\">{}</body></html>",
            speech::language().tag(),
            all.iter().map(html).collect::<String>(),
        ),
    }
}

/// The product's own sentences.
fn sentences(message: &Message, brand: Option<&str>) -> Said {
    let args = [
        ("brand", Arg::from(brand.unwrap_or_default())),
        ("tenant", (&message.tenant).into()),
        ("login", (&message.to.login).into()),
        ("name", (&message.to.name).into()),
        ("until", speech::instant(message.until).into()),
    ];
    let branded = match (message.kind, brand) {
        (Kind::Activation, Some(_)) => "-brand",
        _ => "",
    };
    let part = |part: &str| say_with(&format!("mail-{}-{part}", message.kind.code()), &args);
    let until = format!("{} {}", say_with("mail-until", &args), part("closing"));
    Said {
        subject: part(&format!("subject{branded}")),
        paragraphs: vec![
            vec![Part::Words(say_with("mail-hello", &args))],
            vec![Part::Words(part("why"))],
            vec![Part::Link],
            vec![Part::Words(until)],
        ],
    }
}

/// What the brand says instead in this language.
fn own_words(message: &Message, look: &Look) -> Option<Said> {
    let setting = Setting::mail_template(message.kind, speech::language().tag())?;
    // Kept is what was read once.
    let (template, _) = Template::parse(setting.code(), look.get(setting)?).ok()?;
    let part = |piece: &Piece| match piece {
        Piece::Text(text) => Part::Words(text.clone()),
        Piece::Value(Placeholder::Link) => Part::Link,
        Piece::Value(value) => Part::Words(filled(*value, message, look)),
    };
    let subject = template.subject.iter().map(|piece| match piece {
        Piece::Text(text) => text.clone(),
        Piece::Value(value) => filled(*value, message, look),
    });
    Some(Said {
        subject: subject.collect(),
        paragraphs: template.paragraphs.iter().map(|pieces| pieces.iter().map(part).collect()).collect(),
    })
}

fn filled(value: Placeholder, message: &Message, look: &Look) -> String {
    match value {
        Placeholder::Name => message.to.name.clone(),
        Placeholder::Login => message.to.login.clone(),
        Placeholder::Customer => message.tenant.clone(),
        Placeholder::Brand => look.name().to_owned(),
        Placeholder::Until => speech::instant(message.until),
        // It stands where it is clicked, never among words of another place.
        Placeholder::Link => String::new(),
    }
}

/// The link of a mail, where the person chooses a password: at the host name of the person's brand.
#[must_use]
pub fn mail_link(message: &Message, public_url: &str) -> String {
    let host = message.brand.as_ref().and_then(|brand| brand.host.as_deref());
    activation_url(public_url, host, &message.token)
}

/// The link: a button in the colour of the brand, where it has one.
fn linked(link: &str, button: &str, look: &Look) -> String {
    let style = look.colour(Setting::BrandPrimary).map_or(String::new(), |colour| {
        format!(
            " style=\"display:inline-block;padding:12px 20px;border-radius:8px;background:{colour};\
             color:#ffffff;text-decoration:none\""
        )
    });
    format!("<a href=\"{}\"{style}>{}</a>", escaped(link), escaped(button))
}

/// Whom people ask for help, in one line.
fn support(look: &Look) -> String {
    let parts = [Setting::SupportName, Setting::SupportMail, Setting::SupportPhone, Setting::SupportUrl];
    let parts: Vec<_> = parts.into_iter().filter_map(|part| look.get(part)).collect();
    if parts.is_empty() {
        String::new()
    } else {
        say_with("mail-support", &[("support", parts.join(" · ").into())])
    }
}

fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::mail::{Addressee, Brand};

    fn message(kind: Kind, brand: Option<Brand>) -> Message {
        Message {
            kind,
            language: "en".to_owned(),
            brand,
            to: Addressee {
                address: "a@acme.example".to_owned(),
                name: "Anna <Berg>".to_owned(),
                login: "anna@acme.example".to_owned(),
            },
            tenant: "Acme & Co".to_owned(),
            time_zone: "Europe/Berlin".to_owned(),
            token: "t0ken".to_owned(),
            until: "2026-03-02T08:00:00Z".parse().expect("an instant"),
        }
    }

    #[test]
    fn every_mail_has_its_link_at_the_brand_s_host_and_names_nobody_else() {
        for kind in Kind::ALL {
            let look = Look::named("North".to_owned())
                .with(Setting::SupportMail, "help@north.example".to_owned())
                .with(Setting::MailTextEn, "We are here\nall day & night.".to_owned())
                .with(Setting::MailTextDe, "Guten Tag".to_owned())
                .with(Setting::BrandPrimary, "#7a1f4d".to_owned());
            let brand = Brand { code: None, host: Some("portal.north.example".to_owned()), look };
            let text = mail(&message(*kind, Some(brand)), "https://portal.provider.example");
            for body in [&text.plain, &text.html] {
                assert!(body.contains("https://portal.north.example/activate/t0ken"), "{body}");
                assert!(body.contains("2 March 2026 at 09:00 CET"), "{body}");
                assert!(body.contains("North") && !body.contains("provider"), "{body}");
            }
            assert!(text.html.contains("Anna &lt;Berg&gt;"), "{}", text.html);
            assert!(text.html.contains("all day &amp; night.") && text.html.contains("background:#7a1f4d"));
            assert!(text.plain.contains("all day & night.") && text.plain.contains("help@north.example"));
            assert!(!text.plain.contains("Guten Tag"), "one language a mail");
            assert!(!text.subject.is_empty() && !text.subject.contains('\n'));
            let bare = mail(&message(*kind, None), "http://127.0.0.1:8080");
            assert!(bare.plain.contains("http://127.0.0.1:8080/activate/t0ken"), "{}", bare.plain);
        }
    }

    #[test]
    fn a_brand_says_a_mail_in_its_own_words_in_each_language_by_itself() {
        let own = "Welcome to {brand}, {name}\n\nYou sign in as {login} at {customer}\nuntil {until}.\n\n{link}\n\nOr here: {link}!";
        let look = Look::named("North".to_owned())
            .with(Setting::MailActivationEn, own.to_owned())
            .with(Setting::MailSignature, "North Ltd".to_owned());
        let brand = Brand { code: None, host: Some("portal.north.example".to_owned()), look };
        let mut asked = message(Kind::Activation, Some(brand));
        let text = mail(&asked, "https://portal.provider.example");
        assert_eq!(text.subject, "Welcome to North, Anna <Berg>");
        assert_eq!(
            text.plain,
            "You sign in as anna@acme.example at Acme & Co\nuntil 2 March 2026 at 09:00 CET.\n\n\
             Choose your password:\nhttps://portal.north.example/activate/t0ken\n\n\
             Or here: https://portal.north.example/activate/t0ken!\n\nNorth Ltd\n"
        );
        assert!(text.html.contains("at Acme &amp; Co<br>until 2 March"), "{}", text.html);
        let link = "<a href=\"https://portal.north.example/activate/t0ken\">Choose your password</a>";
        assert_eq!(text.html.matches(link).count(), 2, "{}", text.html);
        // Neither another kind nor another language.
        asked.kind = Kind::Reset;
        assert_eq!(mail(&asked, "https://x.example").subject, "Choose a new password");
        asked.kind = Kind::Activation;
        asked.language = "de".to_owned();
        assert_eq!(mail(&asked, "https://x.example").subject, "Ihr Konto bei North ist bereit");
    }

    #[test]
    fn the_port_of_the_public_address_is_that_of_every_brand() {
        let look = Look::named("N".to_owned());
        let brand = Brand { code: Some("n".to_owned()), host: Some("n.localhost".to_owned()), look };
        let text = mail(&message(Kind::Reset, Some(brand)), "http://127.0.0.1:8080");
        assert!(text.plain.contains("http://n.localhost:8080/activate/t0ken"), "{}", text.plain);
    }
}
