//! Looks that what the pages embed is here and is what was reviewed.

use std::{env, fs, path::Path};

use sha2::{Digest as _, Sha256};

/// File below `node_modules`, the name under which it is embedded, and its SHA-256.
const EMBEDDED: [(&str, &str, &str); 3] = [
    ("@knadh/oat/oat.min.css", "KIT", "271d2b00e839547c3f9179e21b3b2ead0ab2789e616642adc8bc07b9a35692cd"),
    ("htmx.org/dist/htmx.min.js", "HTMX", "a0abb04f2f45a1f89d1d4844023245537e5e6014c87b144553e0607b4cc32130"),
    (
        "htmx.org/dist/ext/hx-sse.min.js",
        "HTMX_SSE",
        "18ef2761356ec1fe0bb6d92612315b37517a7c1e9856b661c5ae81fef239d103",
    ),
];

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("node_modules");
    for (file, name, digest) in EMBEDDED {
        let path = root.join(file);
        println!("cargo::rerun-if-changed={}", path.display());
        let Ok(bytes) = fs::read(&path) else {
            println!("cargo::error={} is missing: run `make setup`", path.display());
            continue;
        };
        let found =
            Sha256::digest(&bytes).iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
        if found != digest {
            println!("cargo::error={} is not what was reviewed: its SHA-256 is {found}", path.display());
        }
        println!("cargo::rustc-env=TENANTRY_{name}={}", path.display());
    }
}
