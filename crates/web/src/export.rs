//! Lists as files: everything that matches, read and sent a part at a time, as CSV or as a workbook.

use std::{io, pin::Pin};

use app::AppError;
use axum::{
    body::{Body, Bytes},
    http::header,
    response::{IntoResponse, Response},
};
use domain::{
    field::{FieldError, Rule},
    id::UserId,
};
use futures::stream;
use sheet::{CsvWriter, XlsxWriter};

use crate::{
    Surface,
    speech::{self, Speech, say},
    streams::Stream,
};

/// A line of cells.
pub type Line = Vec<String>;
/// A part of an export: its lines, and after which row the next part begins.
pub type Part<E> = Result<(Vec<Line>, Option<String>), E>;
/// A part that is being read.
pub type Reading<E> = Pin<Box<dyn Future<Output = Part<E>> + Send>>;

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Text with commas (RFC 4180).
    Csv,
    /// A workbook.
    Xlsx,
}

impl Format {
    /// What was asked for; CSV when nothing was.
    pub fn of(asked: Option<&str>) -> Result<Self, AppError> {
        match asked {
            None | Some("csv") => Ok(Self::Csv),
            Some("xlsx") => Ok(Self::Xlsx),
            Some(other) => {
                let error = FieldError::new("format", Rule::Unknown).with("value", other);
                Err(AppError::field(error.with("known", "csv, xlsx")))
            }
        }
    }

    const fn kind(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }

    const fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
        }
    }
}

/// A file that is being written; what is written is taken out part by part.
enum Writer {
    Csv(CsvWriter<Vec<u8>>),
    Xlsx(Box<XlsxWriter<Vec<u8>>>),
}

impl Writer {
    fn new(format: Format, name: &str) -> io::Result<Self> {
        Ok(match format {
            Format::Csv => Self::Csv(CsvWriter::new(Vec::new())?),
            Format::Xlsx => Self::Xlsx(Box::new(XlsxWriter::new(Vec::new(), name)?)),
        })
    }

    fn lines(&mut self, lines: &[Line]) -> io::Result<Vec<u8>> {
        for line in lines {
            match self {
                Self::Csv(writer) => writer.row(line)?,
                Self::Xlsx(writer) => writer.row(line)?,
            }
        }
        Ok(std::mem::take(match self {
            Self::Csv(writer) => writer.get_mut(),
            Self::Xlsx(writer) => writer.get_mut(),
        }))
    }

    fn finish(self) -> io::Result<Vec<u8>> {
        match self {
            Self::Csv(writer) => writer.finish(),
            Self::Xlsx(writer) => writer.finish(),
        }
    }
}

/// Where an export is.
struct Sending<F> {
    read: F,
    writer: Option<Writer>,
    /// What was written and not sent.
    written: Option<Vec<u8>>,
    next: Option<String>,
    speech: Speech,
    /// The place this export has among those of its person.
    _place: Stream,
}

impl<F> Sending<F> {
    /// The next bytes; none when all were sent.
    async fn bytes<E>(&mut self) -> Option<io::Result<Bytes>>
    where
        F: Fn(Option<String>) -> Reading<E>,
    {
        if let Some(written) = self.written.take() {
            return Some(Ok(Bytes::from(written)));
        }
        let Some(row) = self.next.take() else {
            return Some(self.writer.take()?.finish().map(Bytes::from));
        };
        match speech::scope(self.speech.clone(), (self.read)(Some(row))).await {
            Ok((lines, next)) => {
                self.next = next;
                Some(self.writer.as_mut()?.lines(&lines).map(Bytes::from))
            }
            Err(_refused) => {
                self.writer = None;
                Some(Err(io::Error::other("the export ended before its end")))
            }
        }
    }
}

/// Sends `file` with these headings; without any the first line that is read has them. `read` gives
/// the part after a row. What is wrong at the beginning is a page; what goes wrong later breaks the
/// file off, so that nobody takes a part for the whole.
/// Nobody has more of them open than a person needs.
pub async fn send<F, E>(
    (surface, caller): (&Surface, UserId),
    (file, format): (&str, Format),
    heads: Line,
    read: F,
) -> Result<Response, E>
where
    F: Fn(Option<String>) -> Reading<E> + Send + Sync + 'static,
    E: From<AppError> + 'static,
{
    let place = surface.streams.open(caller).ok_or(AppError::Busy)?;
    let (mut lines, next) = read(None).await?;
    if !heads.is_empty() {
        lines.insert(0, heads);
    }
    let mut writer = Writer::new(format, file).map_err(broken)?;
    let written = Some(writer.lines(&lines).map_err(broken)?);
    let sending = Sending { read, writer: Some(writer), written, next, speech: speech::now(), _place: place };
    let parts = stream::unfold(sending, |mut sending| async move {
        let bytes = sending.bytes().await?;
        if bytes.is_err() {
            (sending.next, sending.writer) = (None, None);
        }
        Some((bytes, sending))
    });
    Ok((headers(file, format), Body::from_stream(parts)).into_response())
}

/// A file that is small enough to be there as a whole.
pub fn whole((file, format): (&str, Format), lines: &[Line]) -> Result<Response, AppError> {
    let mut writer = Writer::new(format, file).map_err(broken)?;
    let mut bytes = writer.lines(lines).map_err(broken)?;
    bytes.extend(writer.finish().map_err(broken)?);
    Ok((headers(file, format), bytes).into_response())
}

fn headers(file: &str, format: Format) -> [(header::HeaderName, String); 2] {
    let name = format!("attachment; filename=\"{file}.{}\"", format.ending());
    [(header::CONTENT_TYPE, format.kind().to_owned()), (header::CONTENT_DISPOSITION, name)]
}

/// Memory is written to, so only what no file of this kind holds fails.
fn broken(error: io::Error) -> AppError {
    AppError::Internal(Box::new(error))
}

/// The headings of a list, by the ids of their messages.
pub fn heads(columns: &[&str]) -> Line {
    columns.iter().map(|id| say(id)).collect()
}
