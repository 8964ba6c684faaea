//! Gives the style sheet's address a digest of its content.

use std::{
    env, fs,
    hash::{DefaultHasher, Hasher as _},
    path::Path,
};

fn main() {
    let sheet = Path::new(&env::var("CARGO_MANIFEST_DIR").unwrap_or_default()).join("assets/portal.css");
    let mut hasher = DefaultHasher::new();
    hasher.write(&fs::read(&sheet).unwrap_or_default());
    println!("cargo::rerun-if-changed=assets/portal.css");
    println!("cargo::rustc-env=PORTAL_STYLE_HASH={:016x}", hasher.finish());
}
