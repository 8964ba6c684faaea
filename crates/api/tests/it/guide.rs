//! The guide's examples are calls that work, and its table of errors is whole.

use serde_json::Value;

use crate::world::{World, text};

const GUIDE: &str = include_str!("../../../../docs/api.md");

/// The parts of one `curl` command of the guide.
struct Curl {
    line: String,
    headers: Vec<(String, String)>,
    body: Option<Value>,
}

/// Splits a command as a shell does, as far as the guide needs it.
fn words(command: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), String::new(), None);
    for c in command.replace("\\\n", " ").chars() {
        match (quote, c) {
            (None, '\'' | '"') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            (None, c) if c.is_whitespace() => {
                if !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
            }
            (_, c) => word.push(c),
        }
    }
    words.extend(Some(word).filter(|w| !w.is_empty()));
    words
}

fn parse(command: &str) -> Curl {
    let mut method = None;
    let mut curl = Curl { line: String::new(), headers: Vec::new(), body: None };
    let mut words = words(command).into_iter().skip(1);
    let mut path = String::new();
    while let Some(word) = words.next() {
        match word.as_str() {
            "-s" => {}
            "-X" => method = words.next(),
            "-H" => {
                let header = words.next().expect("a header");
                let (name, value) = header.split_once(": ").expect("a name and a value");
                curl.headers.push((name.to_owned(), value.to_owned()));
            }
            "-d" => {
                let body = words.next().expect("a body");
                curl.body = Some(serde_json::from_str(&body).expect("the body is JSON"));
            }
            address => {
                let below = address.strip_prefix("https://portal.example.com/api/v1");
                below.expect("an address of the interface").clone_into(&mut path);
            }
        }
    }
    let method = method.unwrap_or_else(|| if curl.body.is_some() { "POST".into() } else { "GET".into() });
    curl.line = format!("{method} {path}");
    curl
}

#[tokio::test]
async fn every_example_of_the_guide_works() {
    let mut world = World::new().await;
    crate::mails::mailing(&mut world, domain::mail::Mailing::Keep);
    let body = serde_json::json!({ "code": "north", "name": "North",
        "administrator": { "principal_name": "boss@north.example", "display_name": "Bo" } });
    let made = world.post(&world.root, "/resellers", &body).await.expect(202);
    let link = text(&made["activation"]["link"]).strip_prefix("https://portal.test/activate/").expect("ours");
    let chosen = serde_json::json!({ "password": "three calm walruses" });
    world.post("", &format!("/activations/{link}"), &chosen).await.expect(202);
    let mut known: Vec<(&str, String)> = Vec::new();
    let mut count = 0;
    for part in GUIDE.split("```sh\n").skip(1) {
        let mut command = part.split("```").next().expect("the end of the example").to_owned();
        for (name, value) in &known {
            command = command.replace(name, value);
        }
        assert!(!command.contains('$'), "the test does not know what stands for {command}");
        let curl = parse(&command);
        let headers: Vec<_> = curl.headers.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        let headers: Vec<_> =
            headers.into_iter().filter(|(n, _)| curl.body.is_none() || *n != "Content-Type").collect();
        let reply = world.call("", &curl.line, &headers, curl.body.as_ref()).await;
        assert!(reply.status.is_success(), "{command} gave {}", reply.body);
        let found = [
            ("$TOKEN", &reply.body["token"]),
            ("$CUSTOMER", &reply.body["customer"]["id"]),
            ("$ADMINISTRATOR", &reply.body["administrator"]["id"]),
        ];
        known.extend(found.into_iter().filter_map(|(n, v)| Some((n, v.as_str()?.to_owned()))));
        count += 1;
    }
    assert!(count >= 8, "{count} examples");
}

#[test]
fn the_guide_names_every_conflict() {
    use app::error::Conflict;
    let all = [
        Conflict::ReferenceUsed,
        Conflict::KeyReused,
        Conflict::Stale { present: 1 },
        Conflict::DirectoryDedicated,
        Conflict::DirectoryNotAllowed,
        Conflict::DirectoryInUse,
        Conflict::MoveOpen,
        Conflict::MoveOver,
        Conflict::DirectoryReadOnly,
        Conflict::Suspended,
        Conflict::LinkDead,
        Conflict::MailOff,
        Conflict::OtherFiles,
        Conflict::Oneself,
        Conflict::InUse { people: 1 },
        Conflict::ServiceInUse { people: 1 },
        Conflict::LastSuffix,
        Conflict::CurrencyBilled,
        Conflict::BuiltInGroup,
        Conflict::NotOurs,
        Conflict::NotAdoptable,
        Conflict::Resolved,
        Conflict::SurveyNotDone,
        Conflict::TooManySurveys,
        Conflict::PreviewStale,
        Conflict::AdoptionConflicts,
    ];
    for conflict in all {
        assert!(GUIDE.contains(&format!("`{}`", conflict.code())), "{conflict:?}");
    }
}
