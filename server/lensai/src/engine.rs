//! The engine: a workspace in, located calls out. The command line and the language server share it.

mod aliases;
mod locate;
mod prefilter;
mod source;
mod walk;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use lensai_calls::sdk::Descriptions;
use lensai_calls::{Call, Database};
use lensai_syntax::Language;
use rayon::prelude::*;
use smol_str::SmolStr;

use self::prefilter::Prefilter;
use self::source::Sources;

/// A place in a file, as reports show it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// 1-based; in a notebook it counts from the start of the cell.
    pub line: u32,
    /// 1-based, in Unicode scalar values.
    pub column: u32,
}

/// A call with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocatedCall {
    /// Relative to the root, with `/`.
    pub path: String,
    /// The language of the file.
    pub language: Language,
    /// In a notebook: the 0-based index of the cell in the file.
    pub cell: Option<u32>,
    /// First character.
    pub start: Position,
    /// After the last character.
    pub end: Position,
    /// Qualified name of the function around it (`app.summarize.Summarizer.run`), or of the module.
    pub function: String,
    /// The call.
    pub call: Call,
}

/// Something that could not be read as asked.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ScanError {
    /// Relative to the root, with `/`.
    pub path: String,
    /// What went wrong, with the place.
    pub message: String,
}

/// How a scan is done.
#[derive(Debug, Clone, Copy, Default)]
pub struct ScanOptions {
    /// Parse every file, not only those that can hold a call.
    pub parse_all: bool,
    /// Number of threads; 0 for one per core.
    pub threads: usize,
}

/// What was done, for `-v` and for the work counters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ScanCounters {
    /// Files of a known language that were looked at.
    pub files: usize,
    /// Of these: parsed.
    pub parsed: usize,
    /// Files and folders that were skipped, by reason (`minified file`, `virtual environment`, `symbolic link`, …).
    pub skipped: std::collections::BTreeMap<&'static str, usize>,
}

/// The result of a scan.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scan {
    /// Sorted by path, cell, start.
    pub calls: Vec<LocatedCall>,
    /// Sorted by path.
    pub errors: Vec<ScanError>,
    /// What was done.
    pub counters: ScanCounters,
}

/// Scans the paths (files or folders) below a root. `progress` is called with (done, of) now and then.
///
/// A path that does not exist is the caller's to refuse; what cannot be read is an entry of [`Scan::errors`].
pub fn scan(
    root: &Path,
    paths: &[PathBuf],
    descriptions: Descriptions,
    options: ScanOptions,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Scan {
    // Values are walked by recursion that is bounded in depth: the stack is made for it.
    let pool = rayon::ThreadPoolBuilder::new().num_threads(options.threads).stack_size(STACK).build();
    match pool {
        Ok(pool) => pool.install(|| scan_here(root, paths, descriptions, options, progress)),
        // Without threads of our own the caller's do.
        Err(_) => scan_here(root, paths, descriptions, options, progress),
    }
}

/// Stack of a thread, in bytes.
const STACK: usize = 16 * 1024 * 1024;

fn scan_here(
    root: &Path,
    paths: &[PathBuf],
    descriptions: Descriptions,
    options: ScanOptions,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Scan {
    let mut walk = walk::walk(root, paths);
    let mut scan = Scan { errors: std::mem::take(&mut walk.errors), ..Scan::default() };
    scan.counters.files = walk.files.len();
    scan.counters.skipped = std::mem::take(&mut walk.skipped);
    let aliases = aliases::aliases(root, &walk.script_configs, &mut scan.errors);
    let sources = Arc::new(Sources::new(root));
    let prefilter = Prefilter::new(&descriptions);

    let looked: Vec<Looked> = walk.files.into_par_iter().map(|file| look_at(&sources, &prefilter, file)).collect();
    let mut files = Vec::with_capacity(looked.len());
    for looked in looked {
        scan.errors.extend(looked.problem.map(|message| ScanError { path: looked.path.clone(), message }));
        match looked.outcome {
            Ok(look) => files.push((SmolStr::new(&looked.path), looked.language, look)),
            Err(reason) => *scan.counters.skipped.entry(reason).or_default() += 1,
        }
    }
    let paths: Vec<(SmolStr, Language)> = files.iter().map(|(path, language, _)| (path.clone(), *language)).collect();
    let texts: Arc<dyn lensai_calls::Texts> = Arc::clone(&sources) as Arc<dyn lensai_calls::Texts>;
    let mut database = Database::new(texts, descriptions, &paths, aliases);
    let looks: Vec<_> = files.into_iter().filter_map(|(path, _, look)| Some((database.file(&path)?, look))).collect();
    let wanted = prefilter.select(&mut database, &sources, looks, options.parse_all);
    drop(prefilter);

    let done = AtomicUsize::new(0);
    let total = wanted.len();
    let located: Vec<(Vec<LocatedCall>, Vec<ScanError>)> = wanted
        .into_par_iter()
        .map_with(database.clone(), |database, file| {
            let located = locate::file(database, &sources, file);
            progress(done.fetch_add(1, Ordering::Relaxed) + 1, total);
            located
        })
        .collect();
    for (calls, errors) in located {
        scan.calls.extend(calls);
        scan.errors.extend(errors);
    }
    scan.calls.sort_by(|a, b| (&a.path, a.cell, a.start, a.end).cmp(&(&b.path, b.cell, b.start, b.end)));
    scan.errors.sort();
    scan.errors.dedup();
    scan.counters.parsed = sources.parsed();
    // Before anyone counts tokens: the index and the vocabularies need not be in memory together.
    drop(database);
    scan
}

/// A file after a look at its bytes.
struct Looked {
    path: String,
    language: Language,
    problem: Option<String>,
    /// What the look says, or why the file is left out.
    outcome: Result<prefilter::Look, &'static str>,
}

/// Reads a file and looks at it, unless nobody wrote it.
fn look_at(sources: &Sources, prefilter: &Prefilter, file: walk::Listed) -> Looked {
    let walk::Listed { path, language } = file;
    let source = sources.read(&path);
    let outcome = if lensai_syntax::generated::is_generated_or_minified(source.text.as_bytes(), language) {
        Err("generated or minified file")
    } else {
        Ok(prefilter.look(&source.text, language))
    };
    Looked { path, language, problem: source.problem, outcome }
}
