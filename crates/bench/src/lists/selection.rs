//! Nearly everybody of a customer of 100,000, as one selection: what an act on them comes to, and the
//! pages that show it.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{WARM_UP, page};
use crate::{
    Failure,
    product::LISTEN,
    report::{Bar, Row},
    stats::median,
    term::say,
};

/// The customer with the most people.
const CUSTOMER: &str = "c1";
/// Somebody waits for it, as for a file of so many.
const PREVIEW_SECONDS: f64 = 10.0;
/// A page of it is one page of rows and the counts of all.
const PAGE_MILLIS: f64 = 100.0;

/// The preview of an act on everybody, its first page, one by what becomes of a row, and one far down.
pub async fn measured(cookie: &str, token: &str, pages: usize) -> Result<Vec<Row>, Failure> {
    let http = reqwest::Client::builder().timeout(Duration::from_secs(120)).build()?;
    // All who can log on: everybody would be a few more than one act may be about.
    let act = json!({ "customer": CUSTOMER, "act": "set", "with": "office", "value": "Hall 1",
        "filter": { "standing": "active" } });
    let started = Instant::now();
    let answer =
        http.post(format!("http://{LISTEN}/api/v1/bulk")).bearer_auth(token).json(&act).send().await?;
    let status = answer.status();
    let shown: Value = answer.json().await?;
    let seconds = started.elapsed().as_secs_f64();
    let people = shown["counts"]["acts"]["update"].as_i64().unwrap_or_default();
    if status != reqwest::StatusCode::CREATED || people == 0 {
        return Err(format!("{status}: {shown}").into());
    }
    say(format!("  a selection of {people} people: {seconds:.1} s"));
    let id = shown["id"].as_str().ok_or("no id")?;
    let bar = Bar::ValueBelow(PREVIEW_SECONDS);
    let mut rows =
        vec![Row::value("selection-preview", seconds, "s", bar).with_raw(json!({ "people": people }))];
    let after = deep(&http, token, id).await?;
    for (name, query) in [
        ("selection-page", String::new()),
        ("selection-page-by-act", "?act=update".to_owned()),
        ("selection-page-deep", format!("?after={after}")),
    ] {
        let url = format!("http://{LISTEN}/bulk/{id}{query}");
        let mut millis = Vec::new();
        for number in 0..WARM_UP + pages {
            let took = page(&http, &url, cookie).await?;
            if number >= WARM_UP {
                millis.push(took);
            }
        }
        let row = Row::value(name, median(&millis), "ms", Bar::ValueBelow(PAGE_MILLIS));
        rows.push(row.with_raw(json!({ "page_ms": millis })));
    }
    Ok(rows)
}

/// The way to a page far down, as the pages before it give it.
async fn deep(http: &reqwest::Client, token: &str, id: &str) -> Result<String, Failure> {
    let mut after = String::new();
    for _ in 0..20 {
        let url = format!("http://{LISTEN}/api/v1/bulk/{id}/rows?limit=200&after={after}");
        let answer: Value =
            http.get(url.trim_end_matches("&after=")).bearer_auth(token).send().await?.json().await?;
        answer["next"].as_str().ok_or("so few rows")?.clone_into(&mut after);
    }
    Ok(after)
}
