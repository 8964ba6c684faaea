//! Files of this machine, read as far as any request may be long.

use std::{io::Read as _, path::Path};

pub use wire::file::Source;

use crate::failure::Failure;

/// Bytes of a file at most: more than any request may have.
const FILE_BYTES: u64 = 16 * 1024 * 1024;

/// Bytes of a file of people at most, as the server takes them.
const PEOPLE_BYTES: u64 = 32 * 1024 * 1024;

/// A file as it is.
pub fn bytes(path: &Path) -> Result<Vec<u8>, Failure> {
    bytes_up_to(path, FILE_BYTES, "split it into several files, by customers")
}

/// A file of people as it is.
pub fn people(path: &Path) -> Result<Vec<u8>, Failure> {
    bytes_up_to(path, PEOPLE_BYTES, "split it into several files, or leave out columns")
}

fn bytes_up_to(path: &Path, most: u64, cure: &str) -> Result<Vec<u8>, Failure> {
    let unreadable = |error: std::io::Error| {
        let what = format!("{} cannot be read: {error}", path.display());
        Failure::usage(what, "check the path and its permissions")
    };
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(unreadable)?;
    file.take(most + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > most {
        let what = format!("{} is larger than {} MiB", path.display(), most / 1024 / 1024);
        return Err(Failure::usage(what, cure));
    }
    Ok(bytes)
}

/// Reads a file, or the standard input when the path is `-`.
pub fn open(path: &Path) -> Result<Source, Failure> {
    let stdin = path.as_os_str() == "-";
    let name = if stdin { "standard input".to_owned() } else { path.display().to_string() };
    let unreadable = |error: std::io::Error| {
        Failure::usage(format!("{name} cannot be read: {error}"), "check the path and its permissions")
    };
    let mut bytes = Vec::new();
    if stdin {
        std::io::stdin().take(FILE_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    } else {
        let file = std::fs::File::open(path).map_err(unreadable)?;
        file.take(FILE_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    }
    if bytes.len() as u64 > FILE_BYTES {
        return Err(Failure::usage(format!("{name} is larger than 16 MiB"), "split it into several files"));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let what = format!("{name} is not UTF-8: byte {} is wrong", error.utf8_error().valid_up_to());
        Failure::usage(what, "save it as UTF-8")
    })?;
    let ending = path.extension().and_then(|e| e.to_str()).unwrap_or_default();
    Ok(Source::new(name, text, ending))
}
