//! The sentences of mails. Which message needs which arguments:
//!
//! | kind | name | login | tenant | brand | link | until |
//! |---|---|---|---|---|---|---|
//! | `activation` | x | x | x | x | x | x |
//! | `reset` | x | x | | x | x | x |
//! | `reset_requested` | x | x | | x | x | x |
//!
//! Without a brand nothing is named: it could be somebody else's.

use domain::mail::{Kind, Message, Text};
use jiff::tz::TimeZone;

use crate::speech::{self, Arg, Language, Speech, say_with};

/// A mail in the language and under the brand of whom it is for. `public_url` is where
/// people without a brand of their own reach the portal.
#[must_use]
pub fn mail(message: &Message, public_url: &str) -> Text {
    let language = Language::of_tag(&message.language).unwrap_or(Language::English);
    let zone = domain::fact::time_zone(&message.time_zone).unwrap_or(TimeZone::UTC);
    speech::within(Speech { language, zone }, || written(message, public_url))
}

fn written(message: &Message, public_url: &str) -> Text {
    let brand = message.brand.as_ref().map(|brand| brand.name.as_str());
    let kind = message.kind.code();
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
    let part = |part: &str| say_with(&format!("mail-{kind}-{part}"), &args);
    let subject = part(&format!("subject{branded}"));
    let (why, button, closing) = (part("why"), part("button"), part("closing"));
    let (greeting, until) = (say_with("mail-hello", &args), say_with("mail-until", &args));
    let link = link(message, public_url);
    let signature = brand.unwrap_or_default();
    let plain = format!("{greeting}\n\n{why}\n\n{button}:\n{link}\n\n{until} {closing}\n\n{signature}\n");
    let html = format!(
        "<!doctype html><html lang=\"{}\"><body style=\"font-family:sans-serif;line-height:1.5\">\
         <p>{}</p><p>{}</p><p><a href=\"{link}\">{}</a></p><p>{} {}</p><p>{}</p></body></html>",
        speech::language().tag(),
        escaped(&greeting),
        escaped(&why),
        escaped(&button),
        escaped(&until),
        escaped(&closing),
        escaped(signature)
    );
    Text { subject, plain: plain.trim_end().to_owned() + "\n", html }
}

/// Where the person chooses a password: at the host name of the person's brand.
fn link(message: &Message, public_url: &str) -> String {
    let path = format!("/activate/{}", message.token);
    let host = message.brand.as_ref().and_then(|brand| brand.host.as_deref());
    match (host, public_url.split_once("://")) {
        (Some(host), Some((scheme, rest))) => {
            let port = rest.rsplit_once(':').map_or(String::new(), |(_, port)| format!(":{port}"));
            format!("{scheme}://{host}{port}{path}")
        }
        _ => format!("{public_url}{path}"),
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
            let brand = Brand {
                code: "north".to_owned(),
                name: "North".to_owned(),
                host: Some("portal.north.example".to_owned()),
            };
            let text = mail(&message(*kind, Some(brand)), "https://portal.provider.example");
            for body in [&text.plain, &text.html] {
                assert!(body.contains("https://portal.north.example/activate/t0ken"), "{body}");
                assert!(body.contains("2 March 2026 at 09:00 CET"), "{body}");
                assert!(body.contains("North") && !body.contains("provider"), "{body}");
            }
            assert!(text.html.contains("Anna &lt;Berg&gt;"), "{}", text.html);
            assert!(!text.subject.is_empty() && !text.subject.contains('\n'));
            let bare = mail(&message(*kind, None), "http://127.0.0.1:8080");
            assert!(bare.plain.contains("http://127.0.0.1:8080/activate/t0ken"), "{}", bare.plain);
        }
    }

    #[test]
    fn the_port_of_the_public_address_is_that_of_every_brand() {
        let brand =
            Brand { code: "n".to_owned(), name: "N".to_owned(), host: Some("n.localhost".to_owned()) };
        let text = mail(&message(Kind::Reset, Some(brand)), "http://127.0.0.1:8080");
        assert!(text.plain.contains("http://n.localhost:8080/activate/t0ken"), "{}", text.plain);
    }
}
