//! Which files import which: calls in them say what functions of others are given.

use std::cell::RefCell;

use lensai_calls::Database;
use lensai_semantics::{Importers, SourceFile, resolve_module};
use lensai_syntax::skim::SkimImport;
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;

/// From the name of a module to a file of the project.
pub(crate) struct Resolver<'d> {
    database: &'d Database,
    /// Names of files and folders, if it pays to collect them: most imports are of packages, and nothing in the project has their
    /// name.
    names: Option<FxHashSet<&'d str>>,
    /// What was found, by who asks: the same is asked more than once, and by all files of a folder.
    found: RefCell<FxHashMap<Asker<'d>, FxHashMap<SmolStr, Option<SourceFile>>>>,
}

/// Those for whom a name of a module means the same.
#[derive(PartialEq, Eq, Hash)]
enum Asker<'d> {
    /// The Python files of a folder, or its scripts.
    Folder(&'d str, bool),
    /// A file that the name may mean itself: a module does not import itself.
    File(SourceFile),
}

impl<'d> Asker<'d> {
    fn of(database: &'d Database, from: SourceFile, name: &str) -> Self {
        let (folder, file) = from.path(database).rsplit_once('/').unwrap_or(("", from.path(database)));
        let stem = file.split('.').next().unwrap_or(file);
        let may_mean_itself = stem == "__init__" || name.rsplit('.').next() == Some(stem);
        if may_mean_itself { Self::File(from) } else { Self::Folder(folder, from.language(database).is_python()) }
    }
}

impl<'d> Resolver<'d> {
    /// For the imports of a few files.
    pub(crate) fn new(database: &'d Database) -> Self {
        Self { database, names: None, found: RefCell::default() }
    }

    /// For those of all files of a project.
    pub(crate) fn of_all(database: &'d Database) -> Self {
        let parts = database.files().keys().flat_map(|path| path.split('/'));
        let names = parts.map(|name| name.strip_suffix(".py").unwrap_or(name)).collect();
        Self { names: Some(names), ..Self::new(database) }
    }

    /// The file that a module name means, seen from a file.
    pub(crate) fn file(&self, from: SourceFile, name: &str) -> Option<SourceFile> {
        if let Some(names) = &self.names {
            let first = name.split('.').next().unwrap_or(name);
            if !first.is_empty() && !names.contains(first) && from.language(self.database).is_python() {
                return None;
            }
        }
        let mut found = self.found.borrow_mut();
        let found = found.entry(Asker::of(self.database, from, name)).or_default();
        if let Some(known) = found.get(name) {
            return *known;
        }
        let file = resolve_module(self.database, from, name);
        found.insert(SmolStr::new(name), file);
        file
    }

    /// The files that a file imports.
    pub(crate) fn imported(&self, from: SourceFile, imports: &[SkimImport]) -> Vec<SourceFile> {
        let found = imports.iter().filter_map(|import| self.file(from, &import.module));
        let mut found: Vec<SourceFile> = found.filter(|found| *found != from).collect();
        found.sort_unstable_by(|a, b| a.path(self.database).cmp(b.path(self.database)));
        found.dedup();
        found
    }
}

/// By file those that import it, in order of path.
pub(crate) fn importers<I: AsRef<[SourceFile]>>(
    database: &Database,
    imported: impl IntoIterator<Item = (SourceFile, I)>,
) -> Importers {
    let mut all = Importers::default();
    for (importer, imported) in imported {
        for file in imported.as_ref() {
            all.entry(*file).or_default().push(importer);
        }
    }
    for importers in all.values_mut() {
        importers.sort_unstable_by(|a, b| a.path(database).cmp(b.path(database)));
    }
    all
}
