//! Lists as files: everything that matches, read and sent a part at a time (RFC 4180).

use std::{io, pin::Pin};

use app::AppError;
use axum::{
    body::{Body, Bytes},
    http::header,
    response::{IntoResponse, Response},
};
use futures::stream;
use web::speech::{self, say};

use crate::{context::Visit, refusal::Refusal};

/// A part of an export: its lines, and after which row the next part begins.
pub type Part = Result<(String, Option<String>), Refusal>;
/// A part that is being read.
pub type Reading = Pin<Box<dyn Future<Output = Part> + Send>>;

/// Where an export is.
enum At {
    Begin(String),
    After(String),
    End,
}

/// Sends `file` with these columns (ids of messages). `read` gives the part after a row.
/// What is wrong at the beginning is a page; what goes wrong later breaks the file off, so that
/// nobody takes a part for the whole.
/// Nobody has more of them open than a person needs.
pub async fn send<F>(visit: &Visit, file: &str, columns: &[&str], read: F) -> Result<Response, Refusal>
where
    F: Fn(Option<String>) -> Reading + Send + 'static,
{
    let place = visit.surface.streams.open(visit.person()?.user());
    let place = place.ok_or_else(|| Refusal::from(AppError::Busy))?;
    let head = line(columns.iter().map(|id| say(id)));
    let (lines, next) = read(None).await?;
    // Spreadsheets take a file without the mark for one of the last century.
    let first = format!("\u{feff}{head}{lines}");
    let speech = speech::now();
    let begin = (At::Begin(first), next, read, place);
    let parts = stream::unfold(begin, move |(at, next, read, place)| {
        let speech = speech.clone();
        async move {
            let (text, next) = match at {
                At::End => return None,
                At::Begin(text) => (text, next),
                At::After(row) => match speech::scope(speech, read(Some(row))).await {
                    Ok(part) => part,
                    Err(_refused) => {
                        let broken = io::Error::other("the export ended before its end");
                        return Some((Err(broken), (At::End, None, read, place)));
                    }
                },
            };
            let at = next.map_or(At::End, At::After);
            Some((Ok(Bytes::from(text)), (at, None, read, place)))
        }
    });
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{file}.csv\"")),
    ];
    Ok((headers, Body::from_stream(parts)).into_response())
}

/// A line of cells.
pub fn line(cells: impl IntoIterator<Item = String>) -> String {
    let cells: Vec<_> = cells.into_iter().map(|text| cell(&text)).collect();
    format!("{}\r\n", cells.join(","))
}

/// A cell. A spreadsheet takes a text that begins so for a formula, which may do anything
/// (OWASP, CSV injection): a quotation mark before it makes it a text.
fn cell(text: &str) -> String {
    let defused = if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']) {
        format!("'{text}")
    } else {
        text.to_owned()
    };
    if defused.contains(['"', ',', ';', '\r', '\n']) {
        format!("\"{}\"", defused.replace('"', "\"\""))
    } else {
        defused
    }
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn cells_stay_cells_and_formulas_become_texts() {
        let cells = ["Åse \"Å\" Berg", "a,b", "=HYPERLINK(\"x\")", "+1", "-1", "@x", "\tx", "plain", ""];
        let text = line(cells.map(str::to_owned));
        assert_eq!(
            text,
            "\"Åse \"\"Å\"\" Berg\",\"a,b\",\"'=HYPERLINK(\"\"x\"\")\",'+1,'-1,'@x,'\tx,plain,\r\n"
        );
    }
}
