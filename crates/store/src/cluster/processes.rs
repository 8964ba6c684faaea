//! Which processes work in a folder: how leftovers of a crashed run are found.
//!
//! A pid file alone is no proof, because numbers are used again. A process with
//! the right name whose current folder is the data folder is one.

use std::{fs, path::Path};

/// Processes whose current folder is `folder` (absolute, without links) and whose
/// name starts with one of `names`. Zombies and processes of other users, which
/// have no readable folder, are left out.
pub fn with_folder(folder: &Path, names: &[&str]) -> Vec<i32> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    let mut found: Vec<i32> = entries
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter(|pid| works_in(*pid, folder, names))
        .collect();
    found.sort_unstable();
    found
}

fn works_in(pid: i32, folder: &Path, names: &[&str]) -> bool {
    // Every error means that the process has ended or is not ours.
    fs::read_link(format!("/proc/{pid}/cwd")).is_ok_and(|cwd| cwd == folder)
        && fs::read_to_string(format!("/proc/{pid}/comm"))
            .is_ok_and(|comm| names.iter().any(|name| comm.starts_with(name)))
}
