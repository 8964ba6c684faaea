//! Every form of every page is sent with something that nobody can mean: what was typed stays, and what
//! is wrong is said at its field.

use std::collections::BTreeSet;

use crate::{
    bulk::DEFAULTS,
    crawl::{ROUTES, estate, kind},
    visit::Browser,
};

/// A bell, which no line of text may hold, between what makes it no number, day or address.
const BAD: &str = "a\u{7}b c";

/// A form as it stands on a page.
struct Seen {
    action: String,
    fields: Vec<Field>,
}

struct Field {
    name: String,
    /// The type of an input, or `textarea`, `select`, `button`.
    kind: String,
    value: String,
}

impl Field {
    /// Whether somebody types into it.
    fn is_typed(&self) -> bool {
        !matches!(
            self.kind.as_str(),
            "hidden" | "checkbox" | "radio" | "select" | "button" | "file" | "submit" | "color"
        )
    }
}

/// The value of an attribute of a tag; empty where it stands without one.
fn attribute(tag: &str, name: &str) -> Option<String> {
    let (mut rest, lead) = (tag, format!(" {name}"));
    loop {
        let (_, after) = rest.split_once(&lead)?;
        if let Some(value) = after.strip_prefix("=\"") {
            let value = value.split('"').next().unwrap_or_default();
            return Some(value.replace("&#34;", "\"").replace("&#39;", "'").replace("&#38;", "&"));
        }
        if after.is_empty() || after.starts_with([' ', '>']) {
            return Some(String::new());
        }
        rest = after;
    }
}

/// Every tag of a kind in a piece of a page, with what stands behind it.
fn tags<'h>(html: &'h str, name: &str) -> Vec<(&'h str, &'h str)> {
    let lead = format!("<{name}");
    let mut all = Vec::new();
    let mut rest = html;
    while let Some((_, after)) = rest.split_once(&lead) {
        rest = after;
        if after.starts_with([' ', '>']) {
            all.extend(after.split_once('>'));
        }
    }
    all
}

fn fields(html: &str, belongs: impl Fn(&str) -> bool) -> Vec<Field> {
    let mut all = Vec::new();
    let mut put = |tag: &str, kind: String, value: String| {
        let name = attribute(tag, "name").filter(|name| !name.is_empty());
        let is_off = attribute(tag, "disabled").or(attribute(tag, "readonly")).is_some();
        if let (Some(name), true, false) = (name, belongs(tag), is_off) {
            all.push(Field { name, kind, value });
        }
    };
    for (tag, _) in tags(html, "input") {
        let kind = attribute(tag, "type").unwrap_or_else(|| "text".to_owned());
        let chosen = !matches!(kind.as_str(), "checkbox" | "radio") || attribute(tag, "checked").is_some();
        if chosen {
            put(tag, kind, attribute(tag, "value").unwrap_or_default());
        }
    }
    for (tag, rest) in tags(html, "textarea") {
        put(tag, "textarea".to_owned(), rest.split("</textarea").next().unwrap_or_default().to_owned());
    }
    for (tag, rest) in tags(html, "select") {
        let options = tags(rest.split("</select").next().unwrap_or_default(), "option");
        let chosen = options.iter().find(|(tag, _)| attribute(tag, "selected").is_some()).or(options.first());
        let value = chosen.and_then(|(tag, _)| attribute(tag, "value"));
        put(tag, "select".to_owned(), value.unwrap_or_default());
    }
    for (tag, _) in tags(html, "button").into_iter().take(1) {
        put(tag, "button".to_owned(), attribute(tag, "value").unwrap_or_default());
    }
    all
}

/// The forms of a page that change something.
fn forms(html: &str) -> Vec<Seen> {
    let mut all = Vec::new();
    for (tag, rest) in tags(html, "form") {
        if attribute(tag, "method").as_deref() != Some("post") {
            continue;
        }
        let inside = rest.split("</form").next().unwrap_or_default();
        let mut own = fields(inside, |field| attribute(field, "form").is_none());
        if let Some(id) = attribute(tag, "id") {
            own.extend(fields(html, |field| attribute(field, "form").as_ref() == Some(&id)));
        }
        all.push(Seen { action: attribute(tag, "action").unwrap_or_default(), fields: own });
    }
    all
}

/// What is wrong with the answer to a form in which every field was filled badly.
fn wrong_with(seen: &Seen, html: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    for field in seen.fields.iter().filter(|field| field.is_typed() && field.kind != "password") {
        let stands = |found: &Field| found.name == field.name && found.value.trim() == BAD;
        if !fields(html, |_| true).iter().any(stands) {
            wrong.push(format!("what was typed into {} is lost", field.name));
        }
    }
    let told = |tag: &str| {
        let ids = attribute(tag, "aria-describedby").unwrap_or_default();
        ids.split(' ').any(|id| !id.is_empty() && html.contains(&format!("id=\"{id}\"")))
    };
    let field = ["input", "textarea", "select"].into_iter().flat_map(|name| tags(html, name));
    let field = field.into_iter().any(|(tag, _)| attribute(tag, "aria-invalid").is_some() && told(tag));
    // A group of boxes or buttons is no field that can be invalid (WAI-ARIA 1.2, aria-invalid).
    let group = tags(html, "fieldset").into_iter().any(|(tag, _)| told(tag));
    if !field && !group {
        wrong.push("no field says what is wrong".to_owned());
    }
    wrong
}

#[tokio::test]
async fn every_form_keeps_what_was_typed_and_says_what_is_wrong_at_the_field() {
    let (estate, own, _) = estate().await;
    let world = &estate.world;
    let mut boss = Browser::signed_in(world, &estate.anna);
    let file = ("people.csv", &b"Wer;Was\nAda;ada@acme.test\n"[..]);
    let mapping =
        boss.upload(&own.fill("/customers/{id}/import").0, &DEFAULTS, file).await.goes_to().to_owned();
    let (mut tried, mut wrong) = (BTreeSet::new(), BTreeSet::new());
    for token in [Some(&world.root), Some(&estate.anna), Some(&estate.ben), None] {
        let paths = ROUTES.iter().map(|route| own.fill(route).0).chain([mapping.clone()]);
        for path in paths {
            let mut browser = token.map_or_else(|| Browser::new(world), |t| Browser::signed_in(world, t));
            let page = browser.get(&path).await;
            if !page.status.is_success() || !page.header("content-type").starts_with("text/html") {
                continue;
            }
            for seen in forms(&page.html) {
                let names: Vec<_> =
                    seen.fields.iter().filter(|field| field.is_typed()).map(|f| f.name.clone()).collect();
                let what = format!("{} {names:?}", kind(&seen.action));
                if names.is_empty() || !tried.insert(what.clone()) {
                    continue;
                }
                let sent: Vec<_> = seen
                    .fields
                    .iter()
                    .map(|f| (f.name.as_str(), if names.contains(&f.name) { BAD } else { &f.value }))
                    .collect();
                let headers = [("sec-fetch-site", "same-origin")];
                let answer = browser.post(&seen.action, &headers, &sent).await;
                if answer.status.as_u16() != 422 {
                    wrong.insert(format!("{path}: {what}: {}", answer.status));
                    continue;
                }
                wrong.extend(
                    wrong_with(&seen, &answer.html).into_iter().map(|w| format!("{path}: {what}: {w}")),
                );
            }
        }
    }
    assert!(tried.len() >= 24, "{tried:#?}");
    assert!(wrong.is_empty(), "{wrong:#?}");
}
