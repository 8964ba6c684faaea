//! A small disk that can be filled: a file system of its own in memory, so
//! that nothing else on the machine runs out of space.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::{Path, PathBuf},
    process::{Command, Output},
};

/// The file that takes the space away.
const BALLAST: &str = "ballast";
/// Written at once.
const CHUNK: [u8; 4096] = [0; 4096];

/// Why there is no small disk.
#[derive(Debug, thiserror::Error)]
pub enum DiskError {
    /// Mounting needs a right this process lacks.
    #[error(
        "a small disk for {} cannot be mounted: {said}; \
         run the tests as root, in a container with the right to mount (CAP_SYS_ADMIN)", path.display()
    )]
    Mount {
        /// Where.
        path: PathBuf,
        /// What `mount` said.
        said: String,
    },
    /// A file or folder could not be used.
    #[error("{} cannot be {action}", path.display())]
    File {
        /// What was tried.
        action: &'static str,
        /// With which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// A mounted file system; unmounted when dropped.
#[derive(Debug)]
pub struct SmallDisk {
    path: PathBuf,
}

impl SmallDisk {
    /// Mounts an empty one on a new folder that everybody may enter.
    pub fn mount(path: &Path, mebibytes: u32) -> Result<Self, DiskError> {
        fs::create_dir_all(path).map_err(file("created", path))?;
        let mut command = Command::new("mount");
        command.args(["-t", "tmpfs", "-o", &format!("size={mebibytes}m,mode=0711"), "tenantry-test"]);
        let failed = |said: String| DiskError::Mount { path: path.to_owned(), said };
        let Output { status, stderr, .. } =
            command.arg(path).output().map_err(|error| failed(error.to_string()))?;
        if !status.success() {
            return Err(failed(String::from_utf8_lossy(&stderr).trim().to_owned()));
        }
        Ok(Self { path: path.to_owned() })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Takes all space away but this much.
    pub fn fill(&self, leave_kibibytes: u64) -> Result<(), DiskError> {
        let path = self.path.join(BALLAST);
        let mut ballast =
            File::options().create(true).append(true).open(&path).map_err(file("opened", &path))?;
        while self.free_kibibytes()? > leave_kibibytes {
            match ballast.write(&CHUNK) {
                Err(error) if error.kind() == io::ErrorKind::StorageFull => break,
                written => drop(written.map_err(file("written", &path))?),
            }
        }
        Ok(())
    }

    /// Gives the space back.
    pub fn free(&self) -> Result<(), DiskError> {
        let path = self.path.join(BALLAST);
        fs::remove_file(&path).map_err(file("removed", &path))
    }

    /// What is left.
    pub fn free_kibibytes(&self) -> Result<u64, DiskError> {
        let found = nix::sys::statvfs::statvfs(&self.path);
        let found = found.map_err(|error| file("looked at", &self.path)(error.into()))?;
        Ok(found.blocks_available() * found.fragment_size() / 1024)
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: whoever still has a file open keeps it until then.
        let _nothing_can_be_done = Command::new("umount").arg("--lazy").arg(&self.path).output();
    }
}

fn file(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> DiskError {
    let path = path.to_owned();
    move |source| DiskError::File { action, path, source }
}
