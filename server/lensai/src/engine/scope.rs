//! What a scan reports on, and the project around it in which names are looked up.

use std::path::{Path, PathBuf};

use rustc_hash::FxHashSet;
use smol_str::SmolStr;

use super::listing::Listing;
use super::settings;
use super::walk::{Walk, relative, walk};
use super::{ScanCounters, ScanError};

/// The files that a scan reports on, as a part of their project.
pub(crate) struct Scope {
    /// Where the project begins: paths in the database are relative to it.
    pub(crate) base: PathBuf,
    /// What is listed: the project, and what was named even if the project ignores it.
    pub(crate) paths: Vec<PathBuf>,
    /// What was asked for, when it is not the whole project.
    part: Option<Part>,
}

struct Part {
    /// The root of the scan below that of the project, with `/` at its end; empty when they are the same.
    prefix: String,
    /// Files and configurations, relative to the root of the scan.
    asked: FxHashSet<String>,
    walk: Walk,
}

impl Scope {
    /// The scope of a scan of paths below a root.
    ///
    /// Constants, clients and factories of a folder may lie above it or beside it, so names are looked up in the repository
    /// around it (the nearest folder with `.git`), or else from the nearest `lensai.toml` on. Without either, and for paths
    /// that lie outside of the root, only what is named is looked at.
    pub(crate) fn of(root: &Path, paths: &[PathBuf]) -> Self {
        let alone = || Self { base: root.to_path_buf(), paths: paths.to_vec(), part: None };
        let Ok(here) = root.canonicalize() else { return alone() };
        let base = project(&here).unwrap_or_else(|| here.clone());
        let whole = [root.to_path_buf()];
        if base == here && paths == whole {
            return alone();
        }
        let inside: Option<Vec<PathBuf>> = paths.iter().map(|path| below(root, &here, path)).collect();
        let Some(inside) = inside else { return alone() };
        let walk = walk(root, paths);
        let mut prefix = relative(&base, &here);
        if !prefix.is_empty() {
            prefix.push('/');
        }
        let asked =
            walk.files.iter().map(|file| file.path.clone()).chain(walk.script_configs.iter().cloned()).collect();
        let paths = std::iter::once(base.clone()).chain(inside).collect();
        Self { base, paths, part: Some(Part { prefix, asked, walk }) }
    }

    /// How reports name a file of the database; none when it was not asked for.
    pub(crate) fn shown<'p>(&self, path: &'p str) -> Option<&'p str> {
        let Some(part) = &self.part else { return Some(path) };
        path.strip_prefix(part.prefix.as_str()).filter(|path| part.asked.contains(*path))
    }

    /// The path in the database of a file that is shown under this one.
    pub(crate) fn inner(&self, shown: &str) -> SmolStr {
        let prefix = self.part.as_ref().map_or("", |part| part.prefix.as_str());
        SmolStr::from(format!("{prefix}{shown}"))
    }

    /// What the listing says of that which was asked for.
    pub(crate) fn report(&self, listing: &mut Listing) -> (Vec<ScanError>, ScanCounters) {
        let left_out = std::mem::take(&mut listing.left_out);
        let left_out = left_out.iter().filter(|(path, _)| self.shown(path).is_some());
        let errors = std::mem::take(&mut listing.errors).into_iter();
        let mut counters = ScanCounters::default();
        let errors = match &self.part {
            None => {
                counters.files = listing.looked_at;
                counters.skipped = std::mem::take(&mut listing.skipped);
                errors.collect()
            }
            Some(part) => {
                counters.files = part.walk.files.len();
                counters.skipped.clone_from(&part.walk.skipped);
                let of_files = errors.filter_map(|error| {
                    let path = self.shown(&error.path)?.to_owned();
                    Some(ScanError { path, ..error })
                });
                part.walk.errors.iter().cloned().chain(of_files).collect()
            }
        };
        for (_, reason) in left_out {
            *counters.skipped.entry(reason).or_default() += 1;
        }
        (errors, counters)
    }
}

/// The root of the project around a folder.
pub(crate) fn project(folder: &Path) -> Option<PathBuf> {
    // Somebody's whole home is no project, even if its settings are kept under version control.
    let home = std::env::home_dir();
    let is_project = |folder: &&Path| folder.parent().is_some() && home.as_deref() != Some(*folder);
    let repository = folder.ancestors().filter(is_project).find(|folder| folder.join(".git").exists());
    let settings = || settings::find_upwards(folder).and_then(|file| Some(file.parent()?.to_path_buf()));
    repository.map(Path::to_path_buf).or_else(settings).filter(|folder| is_project(&folder.as_path()))
}

/// A named path by its place below the resolved root; none when it lies elsewhere.
fn below(root: &Path, here: &Path, path: &Path) -> Option<PathBuf> {
    if path == root {
        return Some(here.to_path_buf());
    }
    let inner = path.strip_prefix(root).or_else(|_| path.strip_prefix(here)).ok();
    // Below the current folder a path may be named without it.
    let inner = inner.or_else(|| (root == Path::new(".") && path.is_relative()).then_some(path))?;
    let leaves = inner.components().any(|part| matches!(part, std::path::Component::ParentDir));
    (!leaves).then(|| here.join(inner))
}
