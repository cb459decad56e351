//! Which files a workspace has, and what a look at the bytes of each says.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use lensai_semantics::Alias;
use lensai_syntax::Language;
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use smol_str::SmolStr;

use super::ScanError;
use super::aliases;
use super::prefilter::{Look, Prefilter};
use super::source::Sources;
use super::walk;

/// Looks that are still good, by path.
pub(crate) type Known = FxHashMap<SmolStr, Look>;

/// The source files of a workspace.
#[derive(Debug, Default)]
pub(crate) struct Listing {
    /// Sorted by path.
    pub(crate) files: Vec<ListedFile>,
    /// Aliases of module paths, the innermost folder first.
    pub(crate) aliases: Vec<Alias>,
    /// What could not be read.
    pub(crate) errors: Vec<ScanError>,
    /// How many files of a known language there are, with those that were left out after a look.
    pub(crate) looked_at: usize,
    /// Files and folders that were left out without a look, by reason.
    pub(crate) skipped: BTreeMap<&'static str, usize>,
    /// Files that were left out after a look, and why.
    pub(crate) left_out: Vec<(String, &'static str)>,
}

/// A file that may hold code that somebody wrote.
#[derive(Debug)]
pub(crate) struct ListedFile {
    /// Relative to the root, with `/`.
    pub(crate) path: SmolStr,
    pub(crate) language: Language,
    pub(crate) look: Look,
}

impl Listing {
    /// Lists the files below paths, and looks at those that are not known, on all cores.
    pub(crate) fn new(root: &Path, paths: &[PathBuf], sources: &Sources, prefilter: &Prefilter, known: &Known) -> Self {
        let walk = walk::walk(root, paths);
        let mut listing = Self { errors: walk.errors, skipped: walk.skipped, ..Self::default() };
        listing.looked_at = walk.files.len();
        listing.aliases = aliases::aliases(root, &walk.script_configs, &mut listing.errors);
        let looked: Vec<Looked> =
            walk.files.into_par_iter().map(|file| look_at(sources, prefilter, file, known)).collect();
        for looked in looked {
            listing.errors.extend(looked.problem.map(|message| ScanError { path: looked.path.clone(), message }));
            match looked.outcome {
                Ok(look) => {
                    let path = SmolStr::new(&looked.path);
                    listing.files.push(ListedFile { path, language: looked.language, look });
                }
                Err(reason) => listing.left_out.push((looked.path, reason)),
            }
        }
        listing
    }
}

/// A file after a look at its bytes.
struct Looked {
    path: String,
    language: Language,
    problem: Option<String>,
    /// What the look says, or why the file is left out.
    outcome: Result<Look, &'static str>,
}

/// Reads a file and looks at it, unless nobody wrote it.
fn look_at(sources: &Sources, prefilter: &Prefilter, file: walk::Listed, known: &Known) -> Looked {
    let walk::Listed { path, language } = file;
    if let Some(look) = known.get(path.as_str()) {
        return Looked { outcome: Ok(look.clone()), path, language, problem: None };
    }
    let source = sources.read(&path);
    let outcome = if lensai_syntax::generated::is_generated_or_minified(source.text.as_bytes(), language) {
        Err("generated or minified file")
    } else {
        Ok(prefilter.look(&source.text, language))
    };
    Looked { path, language, problem: source.problem, outcome }
}
