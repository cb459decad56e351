//! Lists the source files of a workspace.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use ignore::{DirEntry, WalkBuilder};
use lensai_syntax::Language;

use super::{ScanError, aliases};

/// Folders of installed or built code, whatever `.gitignore` says. `dist`, `build` and `out` are not among them: what an installed or unpacked
/// program runs stands there.
const SKIPPED_FOLDERS: [&str; 29] = [
    "node_modules",
    "site-packages",
    "__pycache__",
    "bower_components",
    "jspm_packages",
    ".angular",
    ".astro",
    ".aws-sam",
    ".cache",
    ".docusaurus",
    ".eggs",
    ".expo",
    ".git",
    ".ipynb_checkpoints",
    ".netlify",
    ".next",
    ".nox",
    ".nuxt",
    ".nyc_output",
    ".open-next",
    ".output",
    ".parcel-cache",
    ".serverless",
    ".svelte-kit",
    ".tox",
    ".venv",
    ".vercel",
    ".wrangler",
    ".yarn",
];

/// A file that was listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Listed {
    /// Relative to the root, with `/`.
    pub(crate) path: String,
    /// Its language.
    pub(crate) language: Language,
}

/// What a walk found.
#[derive(Debug, Default)]
pub(crate) struct Walk {
    /// Source files, sorted by path.
    pub(crate) files: Vec<Listed>,
    /// `tsconfig.json`, `jsconfig.json` and `package.json`, sorted by path.
    pub(crate) script_configs: Vec<String>,
    /// What could not be read.
    pub(crate) errors: Vec<ScanError>,
    /// What was left out, by reason.
    pub(crate) skipped: BTreeMap<&'static str, usize>,
}

/// Lists the source files below paths. `.ignore` is honoured, and `.gitignore` inside a git repository: without one, what
/// is there was shipped. Symbolic links are not followed.
pub(crate) fn walk(root: &Path, paths: &[PathBuf]) -> Walk {
    let mut found = Walk::default();
    let mut roots = paths.iter();
    let Some(first) = roots.next() else { return found };
    let mut builder = WalkBuilder::new(first);
    for path in roots {
        builder.add(path);
    }
    // A pipe as list of ignored files would be waited for: then nothing is ignored.
    for error in paths.iter().filter_map(|path| blocked(root, path)) {
        found.errors.push(error);
        builder.git_ignore(false).ignore(false);
    }
    let filtered = Arc::new(Mutex::new(Filtered::default()));
    let filter = Arc::clone(&filtered);
    let base = root.to_path_buf();
    builder.require_git(true).follow_links(false).filter_entry(move |entry| {
        let Ok(mut filter) = filter.lock() else { return true };
        filter.keeps(&base, entry)
    });
    for entry in builder.build() {
        match entry {
            Ok(entry) => found.add(root, &entry),
            Err(error) => found.errors.push(error_of(root, &error)),
        }
    }
    found.files.sort_by(|a, b| a.path.cmp(&b.path));
    // A file below two of the paths is one file.
    found.files.dedup();
    found.script_configs.sort();
    found.script_configs.dedup();
    if let Ok(mut filtered) = filtered.lock() {
        found.errors.append(&mut filtered.errors);
        for (reason, count) in &filtered.skipped {
            *found.skipped.entry(reason).or_default() += count;
        }
    }
    found
}

/// What is left out before it is entered.
#[derive(Default)]
struct Filtered {
    skipped: BTreeMap<&'static str, usize>,
    errors: Vec<ScanError>,
}

impl Filtered {
    fn keeps(&mut self, root: &Path, entry: &DirEntry) -> bool {
        let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
        if !is_folder || entry.depth() == 0 {
            return true;
        }
        if let Some(reason) = reason_to_skip(entry) {
            *self.skipped.entry(reason).or_default() += 1;
            return false;
        }
        if let Some(mut error) = blocked(root, entry.path()) {
            error.message.push_str("; the folder was left out");
            self.errors.push(error);
            return false;
        }
        true
    }
}

/// What is wrong with a folder whose list of ignored files is a pipe or a device: whoever opened it would wait for ever.
fn blocked(root: &Path, folder: &Path) -> Option<ScanError> {
    let is_odd = |name: &&str| std::fs::metadata(folder.join(name)).is_ok_and(|kind| !kind.is_file() && !kind.is_dir());
    let name = [".gitignore", ".ignore"].into_iter().find(is_odd)?;
    let message = format!("its `{name}` is not a regular file, so what it ignores is not known");
    Some(ScanError { path: relative(root, folder), message })
}

impl Walk {
    fn add(&mut self, root: &Path, entry: &DirEntry) {
        let Some(kind) = entry.file_type() else { return };
        if kind.is_dir() {
            return;
        }
        let path = relative(root, entry.path());
        let name = entry.file_name().to_string_lossy();
        let Some(language) = Language::of_path(&name) else {
            if aliases::CONFIGS.contains(&name.as_ref()) && kind.is_file() {
                self.script_configs.push(path);
            }
            return;
        };
        // What is named as an argument is read even through a link.
        let is_file = kind.is_file() || (entry.depth() == 0 && entry.path().is_file());
        if kind.is_symlink() && !entry.path().exists() {
            self.errors.push(ScanError { path, message: "a symbolic link that leads nowhere; skipped".to_owned() });
        } else if kind.is_symlink() && !is_file {
            *self.skipped.entry("symbolic link").or_default() += 1;
        } else if !is_file {
            self.errors.push(ScanError { path, message: "not a regular file; skipped".to_owned() });
        } else if let Some(reason) = skipped_by_name(&name) {
            *self.skipped.entry(reason).or_default() += 1;
        } else {
            self.files.push(Listed { path, language });
        }
    }
}

/// Why a file of this name is left out.
fn skipped_by_name(name: &str) -> Option<&'static str> {
    let ends = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
    if ends(&[".min.js", ".min.mjs"]) {
        Some("minified file")
    } else if ends(&[".d.ts", ".d.mts", ".d.cts"]) {
        Some("declaration file")
    } else if ends(&["_pb2.py", "_pb2_grpc.py", "_pb.js"]) {
        Some("generated file")
    } else {
        None
    }
}

/// Why a walk of a root does not list a file below it: as a sentence. What is left after all other reasons is what the lists of
/// ignored files say.
pub(crate) fn why_left_out(root: &Path, path: &str) -> &'static str {
    let name = path.rsplit('/').next().unwrap_or(path);
    let folders = || path.split('/').rev().skip(1);
    let is_environment = || Path::new(path).ancestors().skip(1).any(|at| root.join(at).join("pyvenv.cfg").is_file());
    if Language::of_path(name).is_none() {
        "it is no Python, TypeScript, JavaScript or notebook"
    } else if folders().any(|folder| SKIPPED_FOLDERS.contains(&folder)) {
        "it lies in a folder of installed or built code"
    } else if is_environment() {
        "it lies in a virtual environment"
    } else if path.split('/').any(|part| part.starts_with('.')) {
        "it is hidden, or lies in a hidden folder"
    } else if root.join(path).is_symlink() {
        "it is a symbolic link"
    } else {
        match skipped_by_name(name) {
            Some("minified file") => "by its name it is minified",
            Some("declaration file") => "it only declares types",
            Some(_) => "by its name it is generated",
            None => "`.gitignore` or `.ignore` leaves it out",
        }
    }
}

fn reason_to_skip(entry: &DirEntry) -> Option<&'static str> {
    let name = entry.file_name().to_string_lossy();
    if SKIPPED_FOLDERS.contains(&name.as_ref()) {
        return Some("folder of installed or built code");
    }
    entry.path().join("pyvenv.cfg").is_file().then_some("virtual environment")
}

/// A path relative to the root, with `/`; as it is when it lies elsewhere.
pub(crate) fn relative(root: &Path, path: &Path) -> String {
    let path = path.strip_prefix(root).unwrap_or(path);
    let path = path.strip_prefix(".").unwrap_or(path);
    let parts: Vec<_> = path.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    parts.join("/").replace("//", "/")
}

fn error_of(root: &Path, error: &ignore::Error) -> ScanError {
    let mut current = error;
    let mut path = None;
    loop {
        match current {
            ignore::Error::WithPath { path: at, err } => {
                path = Some(relative(root, at));
                current = err;
            }
            ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => current = err,
            other => {
                let message = match other.io_error() {
                    Some(error) => format!("cannot be read: {error}"),
                    None => other.to_string(),
                };
                return ScanError { path: path.unwrap_or_default(), message };
            }
        }
    }
}
