//! The database that holds inputs and memoised results.

use std::sync::Arc;

use lensai_semantics::{Alias, Content, Externals, Project, SourceFile};
use lensai_syntax::Language;
use rustc_hash::FxHashMap;
use salsa::Setter;
use smol_str::SmolStr;

use crate::db::{Db, Knowledge};
use crate::index::Index;
use crate::sdk::{Descriptions, Providers};

/// Gives the texts of files that no editor has open.
pub trait Texts: Send + Sync {
    /// The decoded text of a file; empty when it cannot be read (whoever lists the files reports that).
    fn text(&self, path: &str) -> Arc<str>;
}

/// Inputs and memoised results. A clone is a cheap handle for another thread.
#[salsa::db]
#[derive(Clone)]
pub struct Database {
    storage: salsa::Storage<Self>,
    texts: Arc<dyn Texts>,
}

#[salsa::db]
impl salsa::Database for Database {}

#[salsa::db]
impl lensai_semantics::Db for Database {
    fn project(&self) -> Project {
        Project::get(self)
    }

    fn read(&self, path: &str) -> Arc<str> {
        self.texts.text(path)
    }
}

#[salsa::db]
impl Db for Database {
    fn knowledge(&self) -> Knowledge {
        Knowledge::get(self)
    }
}

impl Database {
    /// A workspace of files: paths relative to its root, with `/`, in order.
    pub fn new(
        texts: Arc<dyn Texts>,
        descriptions: Descriptions,
        paths: &[(SmolStr, Language)],
        aliases: Vec<Alias>,
    ) -> Self {
        let database = Self { storage: salsa::Storage::default(), texts };
        let mut files = FxHashMap::default();
        for (path, language) in paths {
            files.insert(path.clone(), SourceFile::new(&database, path.clone(), *language, Content::Disk(0)));
        }
        let externals = Externals { prefixes: descriptions.modules().into_iter().collect() };
        let _ = Project::new(&database, Arc::new(files), Arc::new(externals), Arc::new(aliases));
        let _ = Knowledge::new(
            &database,
            Arc::new(Index::new(descriptions)),
            Arc::new(Providers::builtin()),
            Arc::from([]),
        );
        database
    }

    /// Says in which files something may be set for everyone, in order of path.
    pub fn set_ambient_files(&mut self, files: Vec<SourceFile>) {
        Knowledge::get(self).set_ambient_files(self).to(files.into());
    }

    /// The file of a path.
    pub fn file(&self, path: &str) -> Option<SourceFile> {
        Project::get(self).files(self).get(path).copied()
    }
}
