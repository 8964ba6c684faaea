//! Where the workspace is and what cargo knows about it.

use std::path::{Path, PathBuf};

use cargo_metadata::{Metadata, MetadataCommand};

use crate::process::Failure;

/// The folder of the repository. Known at build time, so that tasks work from
/// every folder.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .expect("crates/xtask is two folders below the root")
}

/// Packages of the workspace and the folder of build results, without a look
/// at other people's packages (and so without network).
pub fn metadata() -> Result<Metadata, Failure> {
    MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        .no_deps()
        .exec()
        .map_err(|error| Failure::Missing(format!("cargo metadata does not work: {error}")))
}

/// A folder for what tasks keep between runs, below cargo's own.
pub fn scratch() -> Result<PathBuf, Failure> {
    let folder = metadata()?.target_directory.into_std_path_buf().join("xtask");
    std::fs::create_dir_all(&folder).map_err(Failure::io(format!("cannot create {}", folder.display())))?;
    Ok(folder)
}
