//! The repository as the tidy test looks at it: its files and its packages.

#![expect(clippy::unwrap_used, clippy::panic, clippy::missing_panics_doc, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// The folder of the workspace.
pub fn root() -> &'static Path {
    // This package is the folder `tests` in it.
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// A file that belongs to the repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Relative to the root, with `/`.
    pub path: String,
    /// Its text; of one that is no text, what can be read as such.
    pub text: String,
}

impl File {
    /// Whether the path ends with `.` and this.
    pub fn has_extension(&self, extension: &str) -> bool {
        Path::new(&self.path).extension().is_some_and(|found| found == extension)
    }
}

/// What is committed and what could be: files that git tracks, and new ones that it does not ignore. Sorted by path.
pub fn files() -> Vec<File> {
    let listed = output(Command::new("git").args(["ls-files", "--cached", "--others", "--exclude-standard", "-z"]));
    let mut paths: Vec<&str> = listed.split('\0').filter(|path| !path.is_empty()).collect();
    paths.sort_unstable();
    paths.dedup();
    // A file that is removed but not yet committed as removed is still listed.
    let read = |path: &str| {
        let bytes = fs::read(root().join(path)).ok()?;
        Some(File { path: path.to_owned(), text: String::from_utf8_lossy(&bytes).into_owned() })
    };
    paths.into_iter().filter_map(read).collect()
}

/// A package of the workspace.
#[derive(Debug, Clone, PartialEq)]
pub struct Package {
    /// Its name.
    pub name: String,
    /// Its folder, relative to the root, with `/`.
    pub folder: String,
    /// Whether it can be published.
    pub publishable: bool,
    /// What it depends on when it is built.
    pub dependencies: Vec<String>,
    /// What its tests and benches depend on besides.
    pub dev_dependencies: Vec<String>,
    /// Its manifest.
    pub manifest: toml::Table,
}

impl Package {
    /// Whether it is a part of the program: what lies in `server/`.
    pub fn is_server(&self) -> bool {
        self.folder.starts_with("server/")
    }
}

/// The packages of the workspace, by name.
pub fn packages() -> Vec<Package> {
    let mut cargo = Command::new(env!("CARGO"));
    let metadata = output(cargo.args(["metadata", "--no-deps", "--offline", "--format-version", "1"]));
    let metadata: Value = serde_json::from_str(&metadata).unwrap();
    let mut packages: Vec<Package> = metadata["packages"].as_array().unwrap().iter().map(package).collect();
    packages.sort_by(|one, other| one.name.cmp(&other.name));
    packages
}

fn package(metadata: &Value) -> Package {
    let manifest = PathBuf::from(metadata["manifest_path"].as_str().unwrap());
    let folder = manifest.parent().unwrap().strip_prefix(root()).unwrap();
    let dependencies = |kind: Option<&str>| {
        let all = metadata["dependencies"].as_array().unwrap().iter();
        let mut names: Vec<String> = all
            .filter(|dependency| dependency["kind"].as_str() == kind)
            // By the name that it has here, where it has another one.
            .map(|dependency| dependency["rename"].as_str().or(dependency["name"].as_str()).unwrap().to_owned())
            .collect();
        names.sort();
        names
    };
    Package {
        name: metadata["name"].as_str().unwrap().to_owned(),
        folder: folder.to_string_lossy().replace('\\', "/"),
        // No restriction is null, none at all an empty list.
        publishable: metadata["publish"] != Value::Array(Vec::new()),
        dependencies: dependencies(None),
        dev_dependencies: dependencies(Some("dev")),
        manifest: toml(&manifest),
    }
}

/// The manifest of the workspace.
pub fn workspace() -> toml::Table {
    toml(&root().join("Cargo.toml"))
}

fn toml(file: &Path) -> toml::Table {
    let text = fs::read_to_string(file).unwrap();
    text.parse().unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

fn output(command: &mut Command) -> String {
    let output = command.current_dir(root()).output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}
