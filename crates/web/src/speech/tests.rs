//! Every message in every language, and every message in use.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use domain::problem::ProblemCode;
use jiff::{Timestamp, civil::date, tz::TimeZone};

use super::{Arg, Language, Speech, catalogue::SOURCES, choose, format, has, language, say, say_with, scope};

/// Ids with the names of their variables.
type Messages = BTreeMap<String, BTreeSet<String>>;

fn messages(sources: &[&str]) -> Messages {
    let mut all = Messages::new();
    let mut last = String::new();
    for line in sources.iter().flat_map(|text| text.lines()) {
        if line.starts_with('#') {
            continue;
        }
        if let Some((id, _)) = line.split_once(" =").filter(|(id, _)| !id.starts_with(' ')) {
            last = id.to_owned();
            assert!(all.insert(last.clone(), BTreeSet::new()).is_none(), "{id} stands twice");
        }
        let names = line.split('$').skip(1).map(|rest| {
            rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect::<String>()
        });
        if let Some(variables) = all.get_mut(&last) {
            variables.extend(names);
        }
    }
    all
}

#[test]
fn every_file_can_be_read_and_every_message_is_in_every_language() {
    let english = messages(&SOURCES[0]);
    for (language, sources) in Language::ALL.into_iter().zip(SOURCES) {
        for source in sources {
            let read = fluent_bundle::FluentResource::try_new(source.to_owned());
            assert!(read.is_ok(), "{}: {:?}", language.tag(), read.err().map(|(_, errors)| errors));
        }
        let own = messages(&sources);
        let missing: Vec<_> = english.keys().filter(|id| !own.contains_key(*id)).collect();
        let more: Vec<_> = own.keys().filter(|id| !english.contains_key(*id)).collect();
        assert!(missing.is_empty() && more.is_empty(), "{}: lacks {missing:?}, has {more:?}", language.tag());
        for (id, variables) in &english {
            assert_eq!(&own[id], variables, "variables of {id} in {}", language.tag());
        }
    }
}

/// Text of all sources and templates that speak.
fn speaking() -> String {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut folders =
        vec![crates.join("web/src"), crates.join("portal/src"), crates.join("portal/templates")];
    folders.push(crates.join("api/src"));
    let mut text = String::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of sources").map(|e| e.expect("an entry").path())
        {
            if entry.is_dir() {
                folders.push(entry);
            } else {
                text.push_str(&fs::read_to_string(&entry).expect("a source"));
            }
        }
    }
    text
}

/// Beginnings of ids that are made from codes; each family has a test of its own.
const FAMILIES: [&str; 47] = [
    "problem-",
    "conflict-",
    "rule-",
    "title-",
    "state-",
    "item-",
    "kind-",
    "attribute-",
    "sign-in-",
    "who-",
    "adopt-",
    "theme-",
    "clock-",
    "field-",
    "event-",
    "value-",
    "done-",
    "tenant-",
    "expected-",
    "group-",
    "mail-",
    "property-",
    "level-",
    "finding-",
    "subject-",
    "survey-",
    "match-",
    "wins-",
    "fate-",
    "settings-",
    "password-rule-",
    "brand-logo",
    "brand-icon",
    "custom-kind-",
    "custom-person-",
    "bulk-act-",
    "bulk-row-",
    "bulk-state-",
    "bulk-kind-",
    "bulk-missing-",
    "bulk-note-",
    "bulk-profile-",
    "bulk-deed-",
    "bulk-did-",
    "bulk-column-",
    "bulk-option-",
    "bulk-dates-",
];

#[test]
fn every_message_is_used() {
    let text = speaking();
    let unused: Vec<_> = messages(&SOURCES[0])
        .into_keys()
        .filter(|id| !FAMILIES.iter().any(|family| id.starts_with(family)))
        // Titles and details of refusals go by their common beginning.
        .filter(|id| {
            let stem = id.trim_end_matches("-title").trim_end_matches("-detail");
            !text.contains(&format!("\"{id}\"")) && !text.contains(&format!("\"{stem}\""))
        })
        .collect();
    assert!(unused.is_empty(), "nobody says {unused:?}");
}

#[test]
fn what_pages_say_exists() {
    let text = speaking();
    let calls = ["say(\"", "say_with(\"", ".t(\"", ".t1(\""];
    let said: BTreeSet<_> = calls
        .iter()
        .flat_map(|call| text.split(call).skip(1).filter_map(|rest| rest.split('"').next()))
        .filter(|id| !id.contains('{'))
        .collect();
    let missing: Vec<_> = said.into_iter().filter(|id| !has(id)).collect();
    assert!(missing.is_empty(), "there is no {missing:?}");
}

#[test]
fn every_code_has_its_sentences() {
    let mut wanted = Vec::new();
    for code in ProblemCode::ALL {
        wanted.extend(["title", "what", "cure"].map(|part| format!("problem-{}-{part}", code.code())));
    }
    for code in codes("app/src/error.rs", "pub const fn code(self)") {
        wanted.extend(["title", "detail"].map(|part| format!("conflict-{code}-{part}")));
    }
    wanted.extend(domain::permission::ROLES.iter().map(|role| format!("value-role-{}", role.code)));
    wanted.extend(codes("domain/src/field.rs", "pub const fn code(self)").map(|code| format!("rule-{code}")));
    let missing: Vec<_> = wanted.into_iter().filter(|id| !has(id)).collect();
    assert!(missing.is_empty(), "there is no {missing:?}");
}

#[test]
fn every_setting_has_its_name() {
    let settings = domain::setting::Setting::ALL.iter().map(|s| format!("field-setting-{}", s.code()));
    let pictures = domain::brand::Picture::ALL
        .iter()
        .flat_map(|p| ["brand-{}", "brand-{}-hint", "field-picture-{}"].map(|id| id.replace("{}", p.code())));
    let rules = ["min_chars", "classes", "no_names", "forbidden_words", "valid_days"];
    let rules = rules.into_iter().map(|rule| format!("password-rule-{rule}"));
    let kinds = domain::custom::FieldKind::ALL.iter().map(|kind| format!("custom-kind-{}", kind.code()));
    let people = domain::custom::Access::ALL.iter().map(|person| format!("custom-person-{}", person.code()));
    let all = settings.chain(pictures).chain(rules).chain(kinds).chain(people);
    let missing: Vec<_> = all.filter(|id| !has(id)).collect();
    assert!(missing.is_empty(), "there is no {missing:?}");
}

/// Names under which lists of codes go to whoever gave another one: nobody translates those.
const LISTS: [&str; 2] = ["all", "known"];

/// What code says that a field takes, by everything of `text` that may be the value of `name`:
/// a literal or the beginning of a format, the arms of a choice, and what a function is called
/// with whose parameter it is.
fn words_behind(text: &str, name: &str) -> BTreeSet<String> {
    fn after<'a>(text: &'a str, begins: &str) -> impl Iterator<Item = &'a str> {
        text.split(begins).skip(1).collect::<Vec<_>>().into_iter()
    }
    let upto = |rest: &str, end: char| rest.split(end).next().unwrap_or_default().to_owned();
    let literals = |text: &str| text.split('"').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>();
    let mut words = BTreeSet::new();
    for begins in ["{} = \"", "{}: &str = \"", "{} = format!(\""] {
        words.extend(after(text, &begins.replace("{}", name)).map(|rest| upto(rest, '"')));
    }
    for choice in after(text, &format!("{name} = match ")) {
        words.extend(after(&upto(choice, ';'), "=> \"").map(|rest| upto(rest, '"')));
    }
    let closures = text.split("let ").filter(|rest| rest.contains(&format!(" = |{name}: &str|")));
    let functions = text.split("fn ").filter(|rest| upto(rest, ')').contains(&format!("{name}: &str")));
    let callees: BTreeSet<_> =
        closures.map(|rest| upto(rest, ' ')).chain(functions.map(|rest| upto(rest, '('))).collect();
    for callee in callees {
        words.extend(after(text, &format!("{callee}(")).flat_map(|rest| literals(&upto(rest, ')'))));
    }
    words
}

/// What code says that fields take, with the file; and what this test cannot follow.
fn words_of_fields() -> (BTreeSet<(String, String)>, Vec<String>) {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut folders: Vec<_> =
        ["domain", "app", "api", "portal", "web"].map(|name| crates.join(name).join("src")).into();
    let (mut found, mut lost) = (BTreeSet::new(), Vec::new());
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(&folder).expect("a folder of sources").map(|e| e.expect("an entry").path()) {
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = fs::read_to_string(&path).expect("a source");
            let text = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
            for value in text.split(".with(\"expected\", ").skip(1) {
                let name: String =
                    value.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
                let words = match value.strip_prefix('"') {
                    Some(literal) => literal.split('"').take(1).map(str::to_owned).collect(),
                    None => words_behind(text, &name),
                };
                if words.is_empty() && !LISTS.contains(&name.as_str()) {
                    lost.push(format!("{}: {name}", path.display()));
                }
                found.extend(words.into_iter().map(|word| (word, path.display().to_string())));
            }
        }
    }
    (found, lost)
}

#[test]
fn what_a_field_takes_is_said_in_every_language() {
    let (found, lost) = words_of_fields();
    assert!(lost.is_empty(), "the words of these are made in a way this test does not know: {lost:?}");
    assert!(found.len() > 40, "code has another form than this test knows: {found:?}");
    for (language, sources) in Language::ALL.into_iter().zip(SOURCES) {
        let own = messages(&sources);
        let missing: Vec<_> = found
            .iter()
            .filter(|(word, _)| {
                let has_example = word.contains(", as ");
                let says = own.get(&crate::texts::expected_id(word));
                says.is_none_or(|variables| variables.contains("example") != has_example)
            })
            .collect();
        assert!(missing.is_empty(), "{} lacks words, or their example, for {missing:?}", language.tag());
    }
}

/// The codes in the function that begins with `head`, of a source.
fn codes(source: &str, head: &str) -> impl Iterator<Item = String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(source);
    let text = fs::read_to_string(path).expect("a source");
    let (_, rest) = text.split_once(head).expect("the function");
    let body = rest.split("\n    }\n").next().unwrap_or_default().to_owned();
    let found: Vec<_> =
        body.split("=> \"").skip(1).filter_map(|code| code.split('"').next()).map(str::to_owned).collect();
    assert!(found.len() > 10, "{source} has another form than this test knows");
    found.into_iter()
}

async fn all<T>(what: impl Fn() -> T) -> Vec<T> {
    let mut said = Vec::new();
    for language in Language::ALL {
        let zone = TimeZone::get("Europe/Copenhagen").expect("a zone");
        said.push(scope(Speech { language, zone }, async { what() }).await);
    }
    said
}

#[tokio::test]
async fn numbers_and_dates_are_those_of_the_language() {
    let narrow = "\u{a0}";
    let numbers = all(|| format::number(1_234_567)).await;
    let swedish = format!("1{narrow}234{narrow}567");
    assert_eq!(numbers, ["1,234,567", "1.234.567", "1.234.567", &swedish]);
    assert_eq!(all(|| format::number(999)).await, ["999"; 4]);
    assert_eq!(all(|| format::tenths(833)).await, ["83.3", "83,3", "83,3", "83,3"]);
    let decimals = all(|| format::decimal("1234.5").replace('\u{a0}', " ")).await;
    assert_eq!(decimals, ["1,234.5", "1.234,5", "1.234,5", "1 234,5"]);
    assert_eq!(
        (format::decimal("-0.000001").as_str(), format::decimal("some").as_str()),
        ("-0.000001", "some")
    );
    let money = all(|| format::money(123_450, "EUR").replace('\u{a0}', " ")).await;
    assert_eq!(money, ["1,234.50 EUR", "1.234,50 EUR", "1.234,50 EUR", "1 234,50 EUR"]);
    assert_eq!(format::money(2_900, "JPY"), "2,900\u{a0}JPY");
    let day = all(|| format::day(date(2026, 3, 2))).await;
    assert_eq!(day, ["2 March 2026", "2. marts 2026", "2. März 2026", "2 mars 2026"]);
    let month = all(|| format::month(date(2026, 3, 2))).await;
    assert_eq!(month, ["March 2026", "marts 2026", "März 2026", "mars 2026"]);
    let at: Timestamp = "2026-03-02T08:05:00Z".parse().expect("an instant");
    insta::assert_debug_snapshot!("instants", all(|| format::instant(at)).await);
    assert_eq!(all(|| format::clock(at)).await[0], "09:05");
}

#[tokio::test]
async fn words_follow_the_number() {
    let at = |seconds: i64| Timestamp::from_second(1_000_000 - seconds).expect("an instant");
    let now = at(0);
    let said = all(|| [1, 60, 120, 7_300].map(|s| format::ago(at(s), now))).await;
    assert_eq!(said[0], ["just now", "1 minute ago", "2 minutes ago", "2 hours ago"]);
    insta::assert_debug_snapshot!("ago", said);
    let seconds = all(|| say_with("too-many-detail", &[("seconds", Arg::from(3_600_i64))])).await;
    assert_eq!(seconds[0], "Wait 3,600 seconds, then try again.");
    let waits = all(|| [0, 1, 90, 91, 900].map(format::wait)).await;
    assert_eq!(waits[0], ["1 second", "1 second", "90 seconds", "2 minutes", "15 minutes"]);
}

#[tokio::test]
async fn a_request_is_answered_in_the_language_of_its_caller() {
    assert_eq!(language(), Language::English);
    choose(Speech { language: Language::German, zone: TimeZone::UTC });
    assert_eq!(language(), Language::English, "outside of a request nothing is chosen");
    let said = scope(Speech::default(), async {
        let before = say("sign-in-title");
        choose(Speech { language: Language::German, zone: TimeZone::UTC });
        (before, say("sign-in-title"))
    });
    let (before, after) = said.await;
    assert_eq!((before.as_str(), after.as_str()), ("Sign in", "Anmelden"));
}
