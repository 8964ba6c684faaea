//! What people type, and pictures they bring.

use std::{
    fmt::{Debug, Display},
    str::FromStr,
};

use domain::{
    brand::{self, Picture},
    colour::{self, Ground},
    cursor,
    custom::{Draft, FieldKind, Rules},
    field::FieldError,
    group,
    hook::{Allowed, Kind},
    hours,
    id::{FieldId, TenantId, UserId},
    limits,
    list::{Column, GroupColumn, Order, PeopleColumn, RequestColumn, TenantColumn},
    names,
    naming::{DEFAULT_PATTERN, Pattern, logon_candidate, principal_candidate},
    person::Detail,
    service::{self, Template},
    setting::Setting,
    tenant::Code,
};
use jiff::{Timestamp, tz::TimeZone};
use uuid::Uuid;

/// Everything somebody can type into a field, an address or a query.
pub fn text(bytes: &[u8]) {
    let text = &*String::from_utf8_lossy(bytes);
    named(text);
    made(text);
    said(text);
    asked(text);
    defined(text);
}

/// A picture of a brand.
pub fn picture(bytes: &[u8]) {
    for (picture, most) in
        [(Picture::Logo, limits::LOGO_PIXELS_MAX), (Picture::Icon, limits::ICON_PIXELS_MAX)]
    {
        if brand::check(picture, "logo", bytes).is_ok() {
            assert!(bytes.starts_with(b"\x89PNG\r\n\x1a\n") && bytes.len() <= limits::PICTURE_BYTES);
            let side =
                |at: usize| bytes.get(at..at + 4).and_then(|it| it.try_into().ok()).map(u32::from_be_bytes);
            assert!(
                [16, 20].map(side).iter().all(|side| side.is_some_and(|side| (1..=most).contains(&side)))
            );
            assert_eq!(
                bytes.get(bytes.len() - 8..bytes.len() - 4),
                Some(&b"IEND"[..]),
                "nothing is behind it"
            );
        }
    }
}

/// What is accepted is accepted again as it is kept.
fn twice<T>(
    text: &str,
    parse: impl Fn(&str) -> Result<T, FieldError>,
    shown: impl Fn(&T) -> String,
) -> Option<String>
where
    T: Debug + PartialEq,
{
    let once = parse(text).ok()?;
    let kept = shown(&once);
    assert_eq!(parse(&kept).as_ref(), Ok(&once), "{text:?} is kept as {kept:?}");
    Some(kept)
}

fn named(text: &str) {
    let chars = |it: &str| it.chars().count();
    let line = |max| twice(text, |it| names::line("f", it, max), Clone::clone);
    assert!(line(64).is_none_or(|it| chars(&it) <= 64 && !it.chars().any(char::is_control)));
    let lines = twice(text, |it| names::text("f", it, 600), Clone::clone);
    assert!(lines.is_none_or(|it| chars(&it) <= 600));
    twice(text, |it| names::display_name("f", it), Clone::clone);
    if let Some(name) = twice(text, |it| names::logon_name("f", it), Clone::clone) {
        assert!((1..=limits::LOGON_NAME_CHARS).contains(&chars(&name)), "{name:?} fits a directory");
    }
    for parse in [names::principal_name, names::mail] {
        if let Some(name) = twice(text, |it| parse("f", it), Clone::clone) {
            assert!(chars(&name) <= limits::UPN_CHARS && name.contains('@'));
        }
    }
    for parse in [names::suffix, brand::host_name] {
        if let Some(name) = twice(text, |it| parse("f", it), Clone::clone) {
            assert!(name.is_ascii() && name.len() <= 253 && name.contains('.'));
        }
    }
    let _ = names::password("f", text);
}

/// Names that are made of others are those a directory takes.
fn made(text: &str) {
    let code = twice(text, |it| Code::parse("f", it), |code| code.as_str().to_owned());
    assert!(code.is_none_or(|code| code.is_ascii() && limits::CODE_CHARS.contains(&code.len())));
    for n in [1, 2, 99] {
        if let Some(code) = Code::suggested(text, n) {
            assert_eq!(Code::parse("f", code.as_str()), Ok(code));
        }
    }
    let own = Pattern::parse("f", text).ok();
    for pattern in Pattern::parse("f", DEFAULT_PATTERN).ok().into_iter().chain(own) {
        for (given, surname) in [(text, "Berg"), ("Åse", text), (text, text), ("Anna", "Berg")] {
            let base = pattern.fill(given, surname);
            for n in [1, 2, 1_234] {
                let logon = logon_candidate(&base, "acme", n);
                assert_eq!(names::logon_name("f", &logon).as_ref(), Ok(&logon), "of {given:?} {surname:?}");
                let principal = format!("{}@acme.test", principal_candidate(&base, n));
                assert_eq!(names::principal_name("f", &principal).as_ref(), Ok(&principal));
            }
        }
    }
}

/// Values of people, tenants and brands.
fn said(text: &str) {
    for detail in Detail::ALL {
        if let Ok(Some(value)) = detail.parse("f", text) {
            assert_eq!(detail.parse("f", &value), Ok(Some(value.clone())), "{} {text:?}", detail.code());
        }
    }
    for setting in Setting::ALL {
        twice(text, |it| setting.parse("f", it), Clone::clone);
    }
    if let Ok(Some(words)) = hours::parse("f", text) {
        let at = Timestamp::UNIX_EPOCH;
        if let Some(bits) = hours::bits(&words, &TimeZone::UTC, at) {
            assert!(hours::to_bytes(&bits).is_some() && hours::shown(&bits).is_some());
        }
    }
    let _ = hours::shown(text);
    for ground in [Ground::Light, Ground::Dark] {
        if let Some(near) = colour::readable(text, ground) {
            assert_eq!(colour::parse("f", &near, ground).as_ref(), Ok(&near), "what is offered is taken");
        }
    }
}

/// What stands in addresses and queries.
fn asked(text: &str) {
    id::<UserId>(text);
    id::<TenantId>(text);
    order::<PeopleColumn>(text);
    order::<TenantColumn>(text);
    order::<GroupColumn>(text);
    order::<RequestColumn>(text);
    let list = "people name";
    if let Some((key, id)) = cursor::decode(list, text) {
        assert_eq!(cursor::encode(list, &key, &id), text, "a place has one cursor");
        assert!(!key.chars().chain(id.chars()).any(char::is_control), "and no text the database refuses");
    }
    let place = cursor::decode(list, &cursor::encode(list, text, "usr_x"));
    assert_eq!(place.is_some(), !text.chars().any(char::is_control));
    assert!(place.is_none_or(|place| place == (text.to_owned(), "usr_x".to_owned())));
    let at = Timestamp::UNIX_EPOCH;
    if let Ok(until) = group::membership_end("", Some(text), None, at) {
        assert!(until.is_none_or(|until| until > at));
    }
}

fn id<T: FromStr + Display>(text: &str) {
    if let Ok(id) = text.parse::<T>() {
        assert_eq!(id.to_string(), text, "an id has one form");
    }
}

fn order<C: Column>(text: &str) {
    if let Ok(order) = Order::<C>::parse(text) {
        assert_eq!(order.code(), text, "an order has one form");
    }
}

/// What administrators define.
fn defined(text: &str) {
    let allowed = Allowed::default();
    if let Some(url) = twice(text, |it| allowed.destination("f", Kind::Webhook, it), Clone::clone) {
        assert!(url.starts_with("https://") && url.is_ascii() && !url.contains(' '));
    }
    twice(text, |it| service::code("f", it), Clone::clone);
    let known = || ["code", "logon_name"].into_iter();
    let template = |it: &str| Template::parse("f", it, known());
    if twice(text, template, |it| it.text().to_owned()).is_some() {
        let template = template(text).expect("accepted before");
        assert!(template.places().all(|place| known().any(|known| known == place)));
        let filled = template.fill(&|_| Some("x")).expect("every place has a value");
        assert!(!filled.contains(['{', '}']), "{filled}");
    }
    let rules = Rules { pattern: Some(text.to_owned()), ..Rules::default() };
    let of = |kind: FieldKind, rules: Rules| Draft {
        key: "key".to_owned(),
        label: "Label".to_owned(),
        kind: kind.code().to_owned(),
        rules,
        ..Draft::default()
    };
    let ids = || (FieldId::from_uuid(Uuid::nil()), TenantId::from_uuid(Uuid::nil()));
    for draft in [
        of(FieldKind::Text, rules),
        of(FieldKind::Text, Rules::default()),
        of(FieldKind::Number, Rules::default()),
        of(FieldKind::Date, Rules::default()),
        of(FieldKind::YesNo, Rules::default()),
    ] {
        let Ok(definition) = draft.check(ids().0, ids().1) else { continue };
        let reader = domain::custom::Reader::new(&definition);
        if let Ok(Some(value)) = reader.read("f", text) {
            assert_eq!(reader.read("f", &value), Ok(Some(value.clone())), "{text:?}");
        }
    }
}
