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

/// A mail in the language and under the brand of whom it is for. `public_url` is where
/// people without a brand of their own reach the portal.
#[must_use]
pub fn mail(message: &Message, public_url: &str) -> Text {
    let brand = message.brand.as_ref().map(|brand| brand.name.as_str());
    let at_brand = brand.map_or(String::new(), |name| format!(" at {name}"));
    let login = &message.to.login;
    let (subject, why, button, closing) = match message.kind {
        Kind::Activation => (
            format!("Your account{at_brand} is ready"),
            format!(
                "an account was made for you at {}. Your login is {login}. Choose a password to start.",
                message.tenant
            ),
            "Choose your password",
            "If you did not expect this, ask your administrator.",
        ),
        Kind::Reset => (
            "Choose a new password".to_owned(),
            format!("your administrator asks you to choose a new password for {login}."),
            "Choose a new password",
            "Until you have chosen one, your present password goes on working.",
        ),
        Kind::ResetRequested => (
            "Choose a new password".to_owned(),
            format!("somebody, probably you, forgot the password of {login}."),
            "Choose a new password",
            "If it was not you, do nothing: your password stays as it is.",
        ),
    };
    let greeting = format!("Hello {},", message.to.name);
    let link = link(message, public_url);
    let until = format!("The link works once, until {}.", instant(message));
    let signature = brand.unwrap_or_default();
    let plain = format!("{greeting}\n\n{why}\n\n{button}:\n{link}\n\n{until} {closing}\n\n{signature}\n");
    let html = format!(
        "<!doctype html><html lang=\"en\"><body style=\"font-family:sans-serif;line-height:1.5\">\
         <p>{}</p><p>{}</p><p><a href=\"{link}\">{button}</a></p><p>{} {closing}</p><p>{}</p></body></html>",
        escaped(&greeting),
        escaped(&why),
        escaped(&until),
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

/// To the minute, on the clock of the person's tenant.
fn instant(message: &Message) -> String {
    let zone = domain::fact::time_zone(&message.time_zone).unwrap_or(TimeZone::UTC);
    let at = message.until.to_zoned(zone);
    format!("{} ({})", at.strftime("%Y-%m-%d %H:%M"), message.time_zone)
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
                assert!(body.contains("2026-03-02 09:00 (Europe/Berlin)"), "{body}");
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
