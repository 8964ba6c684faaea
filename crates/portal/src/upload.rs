//! A form with a file (RFC 7578): the few fields and the one file our forms send.

use axum::{
    body::to_bytes,
    extract::{FromRequest, Request},
    http::header,
};
use domain::limits;
use web::Surface;

use crate::{context::Posted, refusal::Refusal};

/// What stands around the file.
const AROUND: usize = 8 * 1024;
/// Parts of one form.
const PARTS: usize = 16;

/// A form that came from a page of ours, with a file of at most so many bytes.
pub struct Upload<const BYTES: usize = { limits::PICTURE_BYTES }> {
    /// Its fields.
    pub posted: Posted,
    /// The file; empty when none was chosen.
    pub file: Vec<u8>,
    /// What the file is called where it comes from.
    pub name: String,
}

impl<const BYTES: usize> FromRequest<Surface> for Upload<BYTES> {
    type Rejection = Refusal;

    async fn from_request(request: Request, surface: &Surface) -> Result<Self, Refusal> {
        let (visit, request) = Posted::visit_of(request, surface).await?;
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let boundary = kind.and_then(boundary).ok_or_else(Refusal::forged)?.to_owned();
        let body = to_bytes(request.into_body(), BYTES + AROUND).await;
        let body = body.map_err(|_| Refusal::too_large())?;
        let (mut fields, mut file, mut called) = (Vec::new(), Vec::new(), String::new());
        for (head, bytes) in parts(&body, &boundary).ok_or_else(Refusal::forged)? {
            match name(head).ok_or_else(Refusal::forged)? {
                own if own == "file" => (file, called) = (bytes.to_vec(), file_name(head)),
                own => {
                    let text = std::str::from_utf8(bytes).map_err(|_| Refusal::forged())?;
                    fields.push((own, text.to_owned()));
                }
            }
        }
        Ok(Self { posted: Posted::checked(visit, fields, surface)?, file, name: called })
    }
}

/// What separates the parts.
fn boundary(kind: &str) -> Option<&str> {
    let rest = kind.strip_prefix("multipart/form-data")?;
    let value = rest.split(';').find_map(|part| part.trim().strip_prefix("boundary="))?;
    let value = value.trim_matches('"');
    (1..=70).contains(&value.len()).then_some(value)
}

/// Headers and content of each part (RFC 2046, 5.1.1).
fn parts<'b>(body: &'b [u8], boundary: &str) -> Option<Vec<(&'b str, &'b [u8])>> {
    let first = format!("--{boundary}");
    let next = format!("\r\n--{boundary}");
    let mut rest = body.strip_prefix(first.as_bytes())?;
    let mut all = Vec::new();
    while !rest.starts_with(b"--") {
        rest = rest.strip_prefix(b"\r\n")?;
        let head_end = find(rest, b"\r\n\r\n")?;
        let (head, content) = (rest.get(..head_end)?, rest.get(head_end + 4..)?);
        let end = find(content, next.as_bytes())?;
        all.push((std::str::from_utf8(head).ok()?, content.get(..end)?));
        rest = content.get(end + next.len()..)?;
        if all.len() > PARTS {
            return None;
        }
    }
    Some(all)
}

/// The name of a part, from its headers.
fn name(head: &str) -> Option<String> {
    let value = disposition(head)?.split(';').find_map(|part| part.trim().strip_prefix("name="))?;
    Some(value.trim_matches('"').to_owned())
}

fn disposition(head: &str) -> Option<&str> {
    head.lines().find(|line| line.to_ascii_lowercase().starts_with("content-disposition:"))
}

/// What the file of a part is called; browsers write a quotation mark in it as `%22`.
fn file_name(head: &str) -> String {
    let rest = disposition(head).and_then(|line| line.split_once("filename=\""));
    let name = rest.and_then(|(_, rest)| rest.split('"').next()).unwrap_or_default();
    name.replace("%22", "\"")
}

fn find(all: &[u8], wanted: &[u8]) -> Option<usize> {
    all.windows(wanted.len()).position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_found_and_what_is_cut_is_refused() {
        let kind = "multipart/form-data; boundary=XyZ";
        assert_eq!(boundary(kind), Some("XyZ"));
        assert_eq!(boundary("application/x-www-form-urlencoded"), None);
        let body = b"--XyZ\r\nContent-Disposition: form-data; name=\"form_token\"\r\n\r\nabc\r\n--XyZ\r\n\
            Content-Disposition: form-data; name=\"file\"; filename=\"a;name=b.png\"\r\nContent-Type: image/png\r\n\r\n\
            \x89P\r\n-NG\r\n--XyZ--\r\n";
        let found = parts(body, "XyZ").expect("whole");
        let names: Vec<_> = found.iter().map(|(head, bytes)| (name(head).expect("a name"), *bytes)).collect();
        assert_eq!(names[0], ("form_token".to_owned(), &b"abc"[..]));
        assert_eq!(names[1], ("file".to_owned(), &b"\x89P\r\n-NG"[..]));
        assert_eq!((file_name(found[0].0).as_str(), file_name(found[1].0).as_str()), ("", "a;name=b.png"));
        for end in 0..body.len() - 4 {
            assert_eq!(parts(&body[..end], "XyZ"), None, "cut at {end}");
        }
        let many = "--x\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n".repeat(20) + "--x--";
        assert_eq!(parts(many.as_bytes(), "x"), None);
    }
}
