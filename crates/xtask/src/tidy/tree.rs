//! What the rules look at: the text files of the repository and the packages
//! of the workspace with their dependencies.

use std::{path::Path, process::Command};

use cargo_metadata::DependencyKind;

use crate::process::Failure;

/// A repository as the rules see it.
#[derive(Debug, Default)]
pub struct Tree {
    /// Text files that are committed or would be.
    pub files: Vec<TextFile>,
    /// Paths of what is no text, as pictures.
    pub binaries: Vec<String>,
    /// Packages of the workspace.
    pub packages: Vec<Package>,
    /// Words that must not reach the repository, kept outside of it.
    pub private_words: Vec<String>,
}

/// A file with its text.
#[derive(Debug)]
pub struct TextFile {
    /// Path from the root, with `/`.
    pub path: String,
    /// The whole text.
    pub text: String,
}

/// A package of the workspace.
#[derive(Debug)]
pub struct Package {
    /// Its name, which is also its folder below `crates/`.
    pub name: String,
    /// What it depends on, without transitive dependencies.
    pub dependencies: Vec<Dependency>,
}

/// A dependency of a package.
#[derive(Debug)]
pub struct Dependency {
    /// Name of the package depended on.
    pub name: String,
    /// Whether only tests, examples and benchmarks see it.
    pub for_tests: bool,
}

impl Tree {
    /// Reads the tree below `root` as git sees it: committed files and new
    /// ones that are not ignored.
    pub fn read(root: &Path) -> Result<Self, Failure> {
        let (mut files, mut binaries) = (Vec::new(), Vec::new());
        for path in git(root, &["ls-files", "--cached", "--others", "--exclude-standard"])?.lines() {
            // A file that is deleted but not yet committed is still listed;
            // what is not UTF-8 is no text.
            match std::fs::read_to_string(root.join(path)) {
                Ok(text) => files.push(TextFile { path: path.to_owned(), text }),
                Err(error) if error.kind() == std::io::ErrorKind::InvalidData => {
                    binaries.push(path.to_owned());
                }
                Err(_) => {}
            }
        }
        let packages = crate::workspace::metadata()?.packages.into_iter().map(Package::from).collect();
        let words = git(root, &["rev-parse", "--git-path", "info/private-words"])?;
        let private_words = match std::fs::read_to_string(root.join(words.trim())) {
            Ok(text) => {
                text.lines().map(str::trim).filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
            }
            Err(_) => Vec::new(),
        };
        Ok(Self { files, binaries, packages, private_words })
    }

    /// The file at `path`, if the tree has it.
    pub fn file(&self, path: &str) -> Option<&TextFile> {
        self.files.iter().find(|file| file.path == path)
    }

    /// Files whose name ends so.
    pub fn files_ending<'a>(&'a self, endings: &'a [&'a str]) -> impl Iterator<Item = &'a TextFile> {
        self.files.iter().filter(move |file| endings.iter().any(|ending| file.path.ends_with(ending)))
    }
}

impl TextFile {
    /// The crate a file belongs to.
    pub fn crate_name(&self) -> Option<&str> {
        self.path.strip_prefix("crates/")?.split('/').next()
    }
}

impl From<cargo_metadata::Package> for Package {
    fn from(package: cargo_metadata::Package) -> Self {
        let dependencies = package
            .dependencies
            .into_iter()
            .map(|dependency| Dependency {
                for_tests: dependency.kind == DependencyKind::Development,
                name: dependency.name,
            })
            .collect();
        Self { name: package.name.to_string(), dependencies }
    }
}

fn git(root: &Path, args: &[&str]) -> Result<String, Failure> {
    let output = Command::new("git")
        .arg("-C")
        .arg(root)
        .args(args)
        .output()
        .map_err(|source| Failure::Start { program: "git".to_owned(), source })?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(Failure::Missing(format!(
            "tidy looks at what git would commit, but git says: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        )))
    }
}
