//! What must hold whatever the bytes are that strangers bring: files of people, exports, orders,
//! pictures, and what they type. Each [`Target`] takes bytes and panics where something does not hold.
//!
//! The fuzzer in `fuzz/` and a test of this crate run the same functions: the one looks for bytes, the
//! other runs what was found (`fuzz/corpus`) with every `make test`. Nothing here knows a database or
//! waits for anything, so that a run takes microseconds; nothing of the product may use it.
//!
//! Start at [`TARGETS`]. How bytes become a ZIP file with right sums, or records in a compound file, is
//! in [`made`].

pub mod made;

mod export;
mod order;
mod people;
mod sheets;
mod typed;

use std::path::{Path, PathBuf};

/// Something that reads bytes of strangers.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// Its name, also that of its folder in `fuzz/corpus`.
    pub name: &'static str,
    run: fn(&[u8]),
}

/// All of them.
pub const TARGETS: &[Target] = &[
    // Any file, opened by what its bytes say.
    Target { name: "sheet", run: sheets::any },
    Target { name: "csv", run: sheets::csv },
    // Parts within a ZIP file or a compound file that is whole, so that what comes first is passed.
    Target { name: "xlsx", run: sheets::xlsx },
    Target { name: "xls", run: sheets::xls },
    Target { name: "ods", run: sheets::ods },
    Target { name: "written", run: sheets::written },
    // From the bytes of a file to people.
    Target { name: "people_file", run: people::file },
    Target { name: "migration", run: export::files },
    Target { name: "order_file", run: order::file },
    Target { name: "text", run: typed::text },
    Target { name: "picture", run: typed::picture },
];

/// Runs a target.
///
/// # Panics
///
/// When something does not hold that must.
pub fn run(name: &str, bytes: &[u8]) {
    let target = TARGETS.iter().find(|target| target.name == name);
    (target.expect("a target of this name").run)(bytes);
}

impl Target {
    /// Its folder of inputs that are kept.
    #[must_use]
    pub fn corpus(&self) -> PathBuf {
        corpora().join(self.name)
    }
}

/// The folder of all inputs that are kept.
#[must_use]
pub fn corpora() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus")
}

/// A text cut where a byte stands that is in none of its parts.
fn parts(bytes: &[u8], mark: u8) -> impl Iterator<Item = &[u8]> {
    bytes.split(move |byte| *byte == mark)
}
