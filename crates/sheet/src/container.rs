//! The ZIP file around an XLSX or ODS file (APPNOTE 6.3.10).
//!
//! Entries are found in the directory without keeping it, and unpacked as a stream that counts. What
//! the directory says about sizes is used to find bytes of the file and for nothing else.

use std::{
    cell::Cell,
    io::{self, BufRead},
};

use domain::field::{FieldError, Rule};
use flate2::bufread::DeflateDecoder;

use crate::{
    Format, Limits, Read, ods,
    rows::Rows,
    wrong::{self, Step},
    xlsx,
};

/// Entries that are looked at. A workbook has some dozens.
const ENTRIES: usize = 10_000;
/// Bytes of one piece of XML between two angle brackets: more than a cell, and kept at once.
pub(crate) const PIECE: usize = 16 * 1024 * 1024;
/// Bytes unpacked at once.
const PART: usize = 32 * 1024;

pub(crate) fn read(bytes: &[u8], limits: &Limits, rows: &mut Rows<'_>, read: &mut Read) -> Step {
    let zip = Zip::open(bytes, limits).ok_or_else(wrong::damaged)?;
    if zip.has("content.xml") {
        read.format = Format::Ods;
        return ods::read(&zip, rows, read);
    }
    // What else is a ZIP file: the binary kind of a workbook, a text, slides, an archive.
    let others =
        [("xl/workbook.bin", "XLSB"), ("word/document.xml", "DOCX"), ("ppt/presentation.xml", "PPTX")];
    if let Some((_, found)) = others.into_iter().find(|(name, _)| zip.has(name)) {
        return Err(wrong::format(found).into());
    }
    if !zip.has("[Content_Types].xml") {
        return Err(wrong::format("ZIP").into());
    }
    read.format = Format::Xlsx;
    xlsx::read(&zip, rows, read)
}

/// A ZIP file.
pub(crate) struct Zip<'a> {
    bytes: &'a [u8],
    directory: &'a [u8],
    /// Bytes that may still be unpacked, of all entries together.
    left: Cell<u64>,
    unpacked: u64,
}

/// An entry as the directory has it.
struct Entry {
    is_encrypted: bool,
    method: u16,
    crc: u32,
    size: u64,
    offset: u64,
}

impl<'a> Zip<'a> {
    /// `None` for what is no whole ZIP file.
    fn open(bytes: &'a [u8], limits: &Limits) -> Option<Self> {
        const END: usize = 22;
        // The end record is followed by at most 64 KiB of a comment.
        let last = bytes.len().checked_sub(END)?;
        let first = last.saturating_sub(usize::from(u16::MAX));
        let end = (first..=last).rev().find(|at| bytes[*at..].starts_with(b"PK\x05\x06"))?;
        let (mut size, mut offset) =
            (u64::from(u32_at(bytes, end + 12)?), u64::from(u32_at(bytes, end + 16)?));
        if (size == u64::from(u32::MAX) || offset == u64::from(u32::MAX))
            && let Some(large) = end.checked_sub(20).and_then(|at| large_end(bytes, at))
        {
            (size, offset) = large;
        }
        let directory = slice(bytes, offset, size)?;
        Some(Self { bytes, directory, left: Cell::new(limits.unpacked), unpacked: limits.unpacked })
    }

    /// Whether there is an entry of this name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    /// The entry as a stream, if there is one.
    pub(crate) fn entry(&self, name: &str) -> Result<Option<Unpack<'_>>, FieldError> {
        let Some(entry) = self.find(name) else { return Ok(None) };
        if entry.is_encrypted {
            return Err(wrong::password());
        }
        let packed = self.packed(&entry).ok_or_else(wrong::damaged)?;
        let source = match entry.method {
            0 => Source::Stored(packed),
            8 => Source::Deflated(Box::new(DeflateDecoder::new(packed))),
            _ => return Err(wrong::damaged()),
        };
        Ok(Some(Unpack {
            source,
            part: vec![0; PART],
            at: 0,
            end: 0,
            piece: 0,
            left: &self.left,
            unpacked: self.unpacked,
            sum: crc32fast::Hasher::new(),
            crc: entry.crc,
            over: None,
        }))
    }

    fn find(&self, name: &str) -> Option<Entry> {
        let mut rest = self.directory;
        for _ in 0..ENTRIES {
            if !rest.starts_with(b"PK\x01\x02") {
                return None;
            }
            let name_len = usize::from(u16_at(rest, 28)?);
            let extra_len = usize::from(u16_at(rest, 30)?);
            let comment_len = usize::from(u16_at(rest, 32)?);
            let its_name = rest.get(46..46 + name_len)?;
            let extra = rest.get(46 + name_len..46 + name_len + extra_len)?;
            if is_same(its_name, name.as_bytes()) {
                let mut entry = Entry {
                    is_encrypted: u16_at(rest, 8)? & 1 == 1,
                    method: u16_at(rest, 10)?,
                    crc: u32_at(rest, 16)?,
                    size: u64::from(u32_at(rest, 20)?),
                    offset: u64::from(u32_at(rest, 42)?),
                };
                entry.widen(u32_at(rest, 24)? == u32::MAX, extra)?;
                return Some(entry);
            }
            rest = rest.get(46 + name_len + extra_len + comment_len..)?;
        }
        None
    }

    fn packed(&self, entry: &Entry) -> Option<&'a [u8]> {
        let head = slice(self.bytes, entry.offset, 30)?;
        if !head.starts_with(b"PK\x03\x04") {
            return None;
        }
        let names = u64::from(u16_at(head, 26)?) + u64::from(u16_at(head, 28)?);
        slice(self.bytes, entry.offset.checked_add(30 + names)?, entry.size)
    }
}

impl Entry {
    /// Numbers that need more than 32 bits stand in a field of their own, in this order; some
    /// programs always write them there.
    fn widen(&mut self, has_large_content: bool, mut extra: &[u8]) -> Option<()> {
        let is_wide = |value: u64| value == u64::from(u32::MAX);
        if !is_wide(self.size) && !is_wide(self.offset) {
            return Some(());
        }
        while extra.len() >= 4 {
            let len = usize::from(u16_at(extra, 2)?);
            let field = extra.get(4..4 + len)?;
            if u16_at(extra, 0)? == 1 {
                let mut at = if has_large_content { 8 } else { 0 };
                for value in [&mut self.size, &mut self.offset] {
                    if is_wide(*value) {
                        *value = u64_at(field, at)?;
                        at += 8;
                    }
                }
                return Some(());
            }
            extra = &extra[4 + len..];
        }
        None
    }
}

/// Size and place of the directory of a ZIP file in the large format.
fn large_end(bytes: &[u8], locator: usize) -> Option<(u64, u64)> {
    if !bytes[locator..].starts_with(b"PK\x06\x07") {
        return None;
    }
    let end = slice(bytes, u64_at(bytes, locator + 8)?, 56)?;
    end.starts_with(b"PK\x06\x06").then_some(())?;
    Some((u64_at(end, 40)?, u64_at(end, 48)?))
}

/// Some programs write other capitals, a slash before the name, or slashes of another kind.
fn is_same(written: &[u8], name: &[u8]) -> bool {
    let written = written.strip_prefix(b"/").unwrap_or(written);
    let fold = |byte: &u8| if *byte == b'\\' { b'/' } else { byte.to_ascii_lowercase() };
    written.len() == name.len() && written.iter().map(fold).eq(name.iter().map(fold))
}

fn slice(bytes: &[u8], at: u64, len: u64) -> Option<&[u8]> {
    let at = usize::try_from(at).ok()?;
    bytes.get(at..at.checked_add(usize::try_from(len).ok()?)?)
}

pub(crate) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().map(|bytes| u16::from_le_bytes(*bytes))
}

pub(crate) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|bytes| u32::from_le_bytes(*bytes))
}

pub(crate) fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk().map(|bytes| u64::from_le_bytes(*bytes))
}

/// Why unpacking ends before the end.
#[derive(Debug, Clone, Copy)]
enum Over {
    /// More than all entries may have together.
    Total,
    /// More than one piece of XML may have.
    Piece,
    /// Not what the sum says.
    Damaged,
}

enum Source<'a> {
    Stored(&'a [u8]),
    Deflated(Box<DeflateDecoder<&'a [u8]>>),
}

/// An entry as it is unpacked.
pub(crate) struct Unpack<'a> {
    source: Source<'a>,
    part: Vec<u8>,
    at: usize,
    end: usize,
    piece: usize,
    left: &'a Cell<u64>,
    unpacked: u64,
    sum: crc32fast::Hasher,
    crc: u32,
    over: Option<Over>,
}

impl Unpack<'_> {
    /// The next piece begins.
    pub(crate) const fn begin_piece(&mut self) {
        self.piece = 0;
    }

    /// What was wrong, where unpacking or what was unpacked failed.
    pub(crate) fn error(&self, cell_chars: usize) -> FieldError {
        match self.over {
            Some(Over::Total) => {
                let error = wrong::file(Rule::OutOfRange).with("found", "unpacked");
                error.with("max", wrong::megabytes(self.unpacked))
            }
            Some(Over::Piece) => wrong::file(Rule::TooLong).with("max", cell_chars),
            Some(Over::Damaged) | None => wrong::damaged(),
        }
    }

    fn refuse(&mut self, over: Over) -> io::Error {
        self.over = Some(over);
        io::Error::other("over a bound")
    }

    fn unpack(&mut self) -> io::Result<()> {
        let read = match &mut self.source {
            Source::Stored(rest) => io::Read::read(rest, &mut self.part),
            Source::Deflated(decoder) => io::Read::read(decoder, &mut self.part),
        };
        let Ok(read) = read else { return Err(self.refuse(Over::Damaged)) };
        let left = self.left.get();
        if read as u64 > left {
            return Err(self.refuse(Over::Total));
        }
        self.left.set(left - read as u64);
        self.sum.update(&self.part[..read]);
        (self.at, self.end) = (0, read);
        if read == 0 && self.sum.clone().finalize() != self.crc {
            return Err(self.refuse(Over::Damaged));
        }
        Ok(())
    }
}

impl io::Read for Unpack<'_> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let from = self.fill_buf()?;
        let len = from.len().min(to.len());
        to[..len].copy_from_slice(&from[..len]);
        self.consume(len);
        Ok(len)
    }
}

impl BufRead for Unpack<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.piece > PIECE {
            return Err(self.refuse(Over::Piece));
        }
        if self.at == self.end {
            self.unpack()?;
        }
        Ok(&self.part[self.at..self.end])
    }

    fn consume(&mut self, len: usize) {
        self.at += len;
        self.piece += len;
    }
}
