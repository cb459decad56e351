//! A workspace in memory, and values as text.

mod render;

use std::sync::Arc;

use lensai_semantics::{Alias, Content, Db, Externals, Project, SourceFile};
use lensai_syntax::Language;
use rustc_hash::FxHashMap;
use smol_str::SmolStr;

pub(crate) use render::render;

/// Files that are all open, so that nothing is ever read.
#[salsa::db]
#[derive(Clone)]
pub(crate) struct Database {
    storage: salsa::Storage<Self>,
}

#[salsa::db]
impl salsa::Database for Database {}

#[salsa::db]
impl Db for Database {
    fn project(&self) -> Project {
        Project::get(self)
    }

    fn read(&self, _: &str) -> Arc<str> {
        Arc::from("")
    }

    fn mentions(&self, _: &str, _: &str) -> bool {
        false
    }
}

/// What is told of each event.
pub(crate) type Listener = Box<dyn Fn(salsa::Event) + Send + Sync>;

impl Database {
    /// The files in a text: each begins with a line `--- path`. `openai` is a package, `@/` stands for `src/`.
    pub(crate) fn new(files: &str, listener: Option<Listener>) -> Self {
        let database = Self { storage: salsa::Storage::new(listener) };
        let mut all = FxHashMap::default();
        for file in files.split("--- ").skip(1) {
            let (path, text) = file.split_once('\n').unwrap_or((file, ""));
            let (path, language) = (SmolStr::new(path.trim()), Language::of_path(path.trim()).unwrap());
            all.insert(path.clone(), SourceFile::new(&database, path, language, Content::Open(Arc::from(text))));
        }
        let externals = Externals { prefixes: vec![SmolStr::new_static("openai")] };
        let alias = Alias {
            folder: SmolStr::default(),
            prefix: SmolStr::new_static("@/"),
            exact: false,
            is_package: false,
            targets: vec![SmolStr::new_static("src/")],
        };
        // Who imports none of a file's functions calls none of them.
        let mut sorted: Vec<(&SmolStr, SourceFile)> = all.iter().map(|(path, file)| (path, *file)).collect();
        sorted.sort_unstable_by_key(|(path, _)| *path);
        let files: Vec<SourceFile> = sorted.into_iter().map(|(_, file)| file).collect();
        let importers = files.iter().map(|file| (*file, files.clone())).collect();
        let (externals, aliases) = (Arc::new(externals), Arc::new(vec![alias]));
        let _ = Project::new(&database, Arc::new(all), externals, aliases, Arc::new(importers));
        database
    }

    /// The file of a path.
    pub(crate) fn file(&self, path: &str) -> SourceFile {
        Project::get(self).files(self)[path]
    }
}
