//! The engine: a workspace in, located calls out. The command line and the language server share it.

mod aliases;
pub(crate) mod explain;
mod importers;
mod listing;
mod locate;
mod prefilter;
pub mod pricing;
pub mod reach;
mod scope;
pub mod settings;
mod source;
mod walk;
pub mod workspace;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use lensai_calls::sdk::Descriptions;
use lensai_calls::{Call, Database, WorkDone, module_name};
use lensai_syntax::Language;
use rayon::prelude::*;
use smol_str::SmolStr;

use self::listing::{Known, Listing};
use self::prefilter::Prefilter;
use self::reach::Reach;
use self::scope::Scope;
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
    /// The routes, tasks, commands, … that lead to it, in order.
    pub routes: Vec<String>,
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
    /// What was evaluated in them.
    pub work: WorkDone,
    /// Files and folders that were skipped, by reason (`minified file`, `virtual environment`, `symbolic link`, …).
    pub skipped: std::collections::BTreeMap<&'static str, usize>,
}

/// The result of a scan.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scan {
    /// Sorted by path, cell, start.
    pub calls: Vec<LocatedCall>,
    /// What leads to them.
    pub reach: Reach,
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
pub(crate) const STACK: usize = 16 * 1024 * 1024;

fn scan_here(
    root: &Path,
    paths: &[PathBuf],
    descriptions: Descriptions,
    options: ScanOptions,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Scan {
    let scope = Scope::of(root, paths);
    let sources = Arc::new(Sources::at_rest(&scope.base));
    let prefilter = Prefilter::new(&descriptions);
    let mut listing = Listing::new(&scope.base, &scope.paths, &sources, &prefilter, &Known::default());
    let (errors, counters) = scope.report(&mut listing);
    let mut scan = Scan { errors, counters, ..Scan::default() };
    let (files, aliases) = (listing.files, listing.aliases);
    let paths: Vec<(SmolStr, Language)> = files.iter().map(|file| (file.path.clone(), file.language)).collect();
    let texts: Arc<dyn lensai_calls::Texts> = Arc::clone(&sources) as Arc<dyn lensai_calls::Texts>;
    let mut database = Database::new(texts, descriptions, &paths, aliases);
    let looks: Vec<_> = files.into_iter().filter_map(|file| Some((database.file(&file.path)?, file.look))).collect();
    let mut wanted = prefilter.select(&mut database, &sources, looks, options.parse_all);
    drop(prefilter);
    database.look_only_in(wanted.iter().copied().collect());
    wanted.retain(|file| scope.shown(file.path(&database)).is_some());

    let done = AtomicUsize::new(0);
    let total = wanted.len();
    let asked = wanted.clone();
    let located: Vec<(Vec<LocatedCall>, Vec<ScanError>)> = wanted
        .into_par_iter()
        .map_with(database.clone(), |database, file| {
            let shown = scope.shown(file.path(database)).unwrap_or_default();
            let located = locate::file(database, &sources, file, shown);
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
    let leading = reach::leading(&database, &asked);
    database.set_reaching_names(leading.names);
    scan.reach = reach::find(&database, &sources, &scope, &leading.items, &mut scan.calls);
    scan.counters.parsed = sources.parsed();
    scan.counters.work = database.work_done();
    // Before anyone counts tokens: the index and the vocabularies need not be in memory together.
    drop(database);
    scan
}
