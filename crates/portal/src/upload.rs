//! A form with a file (RFC 7578): the few fields and the one file our forms send.

use axum::{
    extract::{FromRequest, Request},
    http::header,
};
use domain::limits;
use multer::{Constraints, Field, Multipart, SizeLimit};
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
        let boundary = kind.and_then(|kind| multer::parse_boundary(kind).ok()).ok_or_else(Refusal::forged)?;
        let most = SizeLimit::new().whole_stream((BYTES + AROUND) as u64);
        let body = request.into_body().into_data_stream();
        let form = Multipart::with_constraints(body, boundary, Constraints::new().size_limit(most));
        let Read { fields, file, name } = read(form).await.map_err(refused)?.ok_or_else(Refusal::forged)?;
        Ok(Self { posted: Posted::checked(visit, fields, surface)?, file, name })
    }
}

/// What a form says.
#[derive(Debug, Default, PartialEq, Eq)]
struct Read {
    fields: Vec<(String, String)>,
    file: Vec<u8>,
    name: String,
}

/// Reads a form; none where it is not one of ours.
async fn read(mut form: Multipart<'_>) -> Result<Option<Read>, multer::Error> {
    let mut all = Read::default();
    for _ in 0..PARTS {
        let Some(part) = form.next_field().await? else { return Ok(Some(all)) };
        let Some(own) = part.name().map(str::to_owned) else { return Ok(None) };
        if own == "file" {
            all.name = file_name(&part);
            all.file = part.bytes().await?.to_vec();
            continue;
        }
        let Ok(text) = String::from_utf8(part.bytes().await?.to_vec()) else { return Ok(None) };
        all.fields.push((own, text));
    }
    Ok(None)
}

/// What the file of a part is called; browsers write a quotation mark in it as `%22`.
fn file_name(part: &Field<'_>) -> String {
    part.file_name().unwrap_or_default().replace("%22", "\"")
}

fn refused(error: multer::Error) -> Refusal {
    match error {
        multer::Error::StreamSizeExceeded { .. } | multer::Error::FieldSizeExceeded { .. } => {
            Refusal::too_large()
        }
        // Cut off, or made by nothing that sends forms.
        _ => Refusal::forged(),
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use futures::stream;

    use super::*;

    async fn read_bytes(body: &[u8], boundary: &str) -> Option<Read> {
        let chunks: Vec<_> = body.chunks(7).map(|chunk| Ok::<_, Infallible>(chunk.to_vec())).collect();
        read(Multipart::new(stream::iter(chunks), boundary)).await.ok().flatten()
    }

    #[tokio::test]
    async fn parts_are_found_and_what_is_cut_is_refused() {
        let body = b"--XyZ\r\nContent-Disposition: form-data; name=\"form_token\"\r\n\r\nabc\r\n--XyZ\r\n\
            Content-Disposition: form-data; name=\"file\"; filename=\"a;name=%22b.png\"\r\nContent-Type: image/png\r\n\r\n\
            \x89P\r\n-NG\r\n--XyZ--\r\n";
        let found = read_bytes(body, "XyZ").await.expect("whole");
        let wanted = Read {
            fields: vec![("form_token".to_owned(), "abc".to_owned())],
            file: b"\x89P\r\n-NG".to_vec(),
            name: "a;name=\"b.png".to_owned(),
        };
        assert_eq!(found, wanted);
        for end in 0..body.len() - 4 {
            assert_eq!(read_bytes(&body[..end], "XyZ").await, None, "cut at {end}");
        }
        let many = "--x\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n".repeat(20) + "--x--";
        assert_eq!(read_bytes(many.as_bytes(), "x").await, None, "no form of ours has so many parts");
        let nameless = "--x\r\nContent-Disposition: form-data\r\n\r\n\r\n--x--";
        assert_eq!(read_bytes(nameless.as_bytes(), "x").await, None);
    }
}
