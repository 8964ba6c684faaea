//! Which PostgreSQL of this machine is used.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use tokio::process::Command;

use super::ClusterError;

/// The oldest version the schema works with.
const OLDEST_MAJOR: u32 = 15;
/// Where distributions keep several versions beside each other.
const VERSIONED_FOLDERS: &[&str] = &["/usr/lib/postgresql", "/usr/local/lib/postgresql"];

/// A folder with the programs of one version.
#[derive(Debug)]
pub struct Installation {
    bin: PathBuf,
}

impl Installation {
    /// The newest installed version; the one that made the data, where there are
    /// data, because others cannot read them.
    pub async fn find(made_by: Option<u32>) -> Result<Self, ClusterError> {
        let mut best: Option<(u32, PathBuf)> = None;
        for bin in candidates().await {
            let Some(major) = major_of(&bin).await else { continue };
            let fits = made_by.map_or(major >= OLDEST_MAJOR, |wanted| wanted == major);
            if fits && best.as_ref().is_none_or(|(newest, _)| major > *newest) {
                best = Some((major, bin));
            }
        }
        match best {
            Some((_, bin)) => Ok(Self { bin }),
            None => Err(ClusterError::NotInstalled {
                wanted: made_by.map_or_else(
                    || format!("{OLDEST_MAJOR} or newer"),
                    |major| format!("{major}, which made the data in the folder,"),
                ),
            }),
        }
    }

    /// The path of one of its programs.
    pub fn program(&self, name: &str) -> PathBuf {
        self.bin.join(name)
    }
}

/// Folders that may hold `postgres` and `initdb`.
async fn candidates() -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = VERSIONED_FOLDERS
        .iter()
        .filter_map(|folder| fs::read_dir(folder).ok())
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
        .collect();
    if let Ok(output) = Command::new("pg_config").arg("--bindir").output().await {
        folders.push(PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()));
    }
    folders.extend(env::var_os("PATH").iter().flat_map(env::split_paths));
    folders.retain(|folder| folder.join("postgres").is_file() && folder.join("initdb").is_file());
    folders
}

async fn major_of(bin: &Path) -> Option<u32> {
    let output = Command::new(bin.join("postgres")).arg("--version").output().await.ok()?;
    major_in(&String::from_utf8_lossy(&output.stdout))
}

/// `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)` is 15; `17beta1` is 17.
fn major_in(version: &str) -> Option<u32> {
    let number = version.split_once("(PostgreSQL)")?.1.trim_start();
    let digits = number.find(|c: char| !c.is_ascii_digit()).unwrap_or(number.len());
    number[..digits].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::major_in;

    #[test]
    fn the_major_version_is_read_from_all_kinds_of_builds() {
        assert_eq!(major_in("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n"), Some(15));
        assert_eq!(major_in("postgres (PostgreSQL) 18\n"), Some(18));
        assert_eq!(major_in("postgres (PostgreSQL) 17beta1"), Some(17));
        assert_eq!(major_in("something else 9.6"), None);
    }
}
