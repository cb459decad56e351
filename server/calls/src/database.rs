//! The database that holds inputs and memoised results.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use lensai_semantics::{Alias, Content, Externals, Importers, ItemRef, Project, SourceFile, Worked};
use lensai_syntax::Language;
use lensai_syntax::hir::{ExprId, ItemId};
use rustc_hash::{FxHashMap, FxHashSet};
use salsa::{Durability, Setter};
use smol_str::SmolStr;

use crate::db::{Chance, Db, Knowledge};
use crate::entry::Frameworks;
use crate::index::Index;
use crate::sdk::{Descriptions, Providers};

/// Gives the texts of files that no editor has open.
pub trait Texts: Send + Sync {
    /// The decoded text of a file; empty when it cannot be read (whoever lists the files reports that).
    fn text(&self, path: &str) -> Arc<str>;

    /// Whether a word occurs in that text.
    fn mentions(&self, path: &str, word: &str) -> bool {
        self.text(path).contains(word)
    }
}

/// Inputs and memoised results. A clone is a cheap handle for another thread.
#[salsa::db]
#[derive(Clone)]
pub struct Database {
    storage: salsa::Storage<Self>,
    texts: Arc<dyn Texts>,
    candidates: Option<Arc<Candidates>>,
    chosen: Option<Arc<FxHashSet<SourceFile>>>,
    worked: Arc<Counts>,
}

/// Counts work, over all handles.
#[derive(Default)]
struct Counts {
    items: AtomicUsize,
    budgets: AtomicUsize,
}

/// Work that was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct WorkDone {
    /// How often the body of an item was evaluated, as a whole or in part.
    pub items: usize,
    /// How many queries used up their budget, so that something is unknown.
    pub budgets: usize,
}

/// The calls of files that may be requests, by what is called. All of a file that is not in it may be.
pub type Candidates = FxHashMap<SourceFile, FxHashMap<ItemId, FxHashMap<ExprId, Chance>>>;

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

    fn mentions(&self, path: &str, word: &str) -> bool {
        self.texts.mentions(path, word)
    }

    fn worked(&self, work: Worked) {
        let count = match work {
            Worked::Item => &self.worked.items,
            Worked::Budget => &self.worked.budgets,
        };
        count.fetch_add(1, Ordering::Relaxed);
    }
}

#[salsa::db]
impl Db for Database {
    fn knowledge(&self) -> Knowledge {
        Knowledge::get(self)
    }

    fn looks_for_requests(&self, file: SourceFile) -> bool {
        self.chosen.as_ref().is_none_or(|chosen| chosen.contains(&file))
    }

    fn is_narrowed(&self, file: SourceFile) -> bool {
        self.candidates.as_ref().is_some_and(|candidates| candidates.contains_key(&file))
    }

    fn chance(&self, at: ItemRef, callee: ExprId) -> Chance {
        let Some(candidates) = self.candidates.as_ref().and_then(|candidates| candidates.get(&at.file)) else {
            return Chance::Any;
        };
        candidates.get(&at.item).and_then(|calls| calls.get(&callee)).copied().unwrap_or(Chance::None)
    }

    fn may_hold_requests(&self, at: ItemRef) -> bool {
        let candidates = self.candidates.as_ref().and_then(|candidates| candidates.get(&at.file));
        candidates.is_none_or(|candidates| candidates.contains_key(&at.item))
    }
}

/// Told of everything that is computed or found unchanged: for tests that count.
pub type Listener = Box<dyn Fn(salsa::Event) + Send + Sync>;

impl Database {
    /// A workspace of files: paths relative to its root, with `/`, in order.
    pub fn new(
        texts: Arc<dyn Texts>,
        descriptions: Descriptions,
        paths: &[(SmolStr, Language)],
        aliases: Vec<Alias>,
    ) -> Self {
        Self::with_listener(texts, descriptions, paths, aliases, None)
    }

    /// The same, with someone who listens.
    pub fn with_listener(
        texts: Arc<dyn Texts>,
        descriptions: Descriptions,
        paths: &[(SmolStr, Language)],
        aliases: Vec<Alias>,
        listener: Option<Listener>,
    ) -> Self {
        let database = Self {
            storage: salsa::Storage::new(listener),
            texts,
            candidates: None,
            chosen: None,
            worked: Arc::default(),
        };
        let mut files = FxHashMap::default();
        for (path, language) in paths {
            files.insert(path.clone(), database.new_file(path, *language));
        }
        let frameworks = Arc::new(Frameworks::builtin());
        let prefixes = descriptions.externals().into_iter().chain(frameworks.externals());
        let externals = Externals { prefixes: prefixes.collect() };
        let _ = Project::builder(Arc::new(files), Arc::new(externals), Arc::new(aliases), Arc::default())
            .durability(Durability::MEDIUM)
            .new(&database);
        let (index, providers) = (Arc::new(Index::new(descriptions)), Arc::new(Providers::builtin()));
        let _ = Knowledge::builder(index, frameworks, providers, Arc::from([]), Arc::default(), Arc::default())
            .durability(Durability::MEDIUM)
            .new(&database);
        database
    }

    /// Says in which files something may be set for everyone, in order of path.
    pub fn set_ambient_files(&mut self, files: Vec<SourceFile>) {
        let knowledge = Knowledge::get(self);
        if knowledge.ambient_files(self).as_ref() != files.as_slice() {
            knowledge.set_ambient_files(self).with_durability(Durability::MEDIUM).to(files.into());
        }
    }

    /// Files that may send a request to an address of another file.
    pub fn addressed_files(&self) -> &FxHashSet<SourceFile> {
        Knowledge::get(self).addressed_files(self)
    }

    /// Says in which files a request may be sent to an address of another file. Returns whether these are others than before.
    pub fn set_addressed_files(&mut self, files: FxHashSet<SourceFile>) -> bool {
        let knowledge = Knowledge::get(self);
        let is_changed = **knowledge.addressed_files(self) != files;
        if is_changed {
            knowledge.set_addressed_files(self).with_durability(Durability::MEDIUM).to(Arc::new(files));
        }
        is_changed
    }

    /// The names by which functions are called that lead to requests.
    pub fn reaching_names(&self) -> &Arc<FxHashSet<SmolStr>> {
        Knowledge::get(self).reaching_names(self)
    }

    /// Says by which names functions are called that lead to requests: others are not looked at. Returns whether these are others than
    /// before.
    pub fn set_reaching_names(&mut self, names: Arc<FxHashSet<SmolStr>>) -> bool {
        let knowledge = Knowledge::get(self);
        let is_changed = *knowledge.reaching_names(self) != names;
        if is_changed {
            // They are known last: what rests on them must not be looked at with everything else again.
            knowledge.set_reaching_names(self).with_durability(Durability::LOW).to(names);
        }
        is_changed
    }

    /// Looks for requests in no other files from now on; as [`Self::look_only_at`].
    pub fn look_only_in(&mut self, files: FxHashSet<SourceFile>) {
        self.chosen = Some(Arc::new(files));
    }

    /// Looks for requests in nothing else from now on. Not an input that is tracked: for a database whose files stay as they are, and
    /// before any file was asked for its requests.
    pub fn look_only_at(&mut self, candidates: Candidates) {
        self.candidates = Some(Arc::new(candidates));
    }

    /// For a database that lives long: see [`Self::forget_syntax`].
    pub fn note_uses_of_syntax(&mut self) {
        lensai_semantics::note_uses_of_syntax(self);
    }

    /// Lets go of the syntax of all files but these, which is most of what is held; what was found out stays. Whoever computes on
    /// another handle is cancelled, and waited for.
    pub fn forget_syntax(&mut self, keep: &[SourceFile]) {
        lensai_semantics::forget_syntax(self, keep);
    }

    /// What was done so far, by all handles.
    pub fn work_done(&self) -> WorkDone {
        let count = |count: &AtomicUsize| count.load(Ordering::Relaxed);
        WorkDone { items: count(&self.worked.items), budgets: count(&self.worked.budgets) }
    }

    /// The file of a path.
    pub fn file(&self, path: &str) -> Option<SourceFile> {
        Project::get(self).files(self).get(path).copied()
    }

    /// A file on the disk. It belongs to the workspace once [`Self::set_files`] says so.
    pub fn new_file(&self, path: &str, language: Language) -> SourceFile {
        SourceFile::builder(SmolStr::new(path), language, Content::Disk(0)).durability(Durability::MEDIUM).new(self)
    }

    /// All files by path.
    pub fn files(&self) -> &Arc<FxHashMap<SmolStr, SourceFile>> {
        Project::get(self).files(self)
    }

    /// Says which files there are.
    pub fn set_files(&mut self, files: FxHashMap<SmolStr, SourceFile>) {
        let project = Project::get(self);
        if **project.files(self) != files {
            project.set_files(self).with_durability(Durability::MEDIUM).to(Arc::new(files));
        }
    }

    /// Which files import a file.
    pub fn importers(&self) -> &Importers {
        Project::get(self).importers(self)
    }

    /// Says which files import a file.
    pub fn set_importers(&mut self, importers: Importers) {
        let project = Project::get(self);
        if **project.importers(self) != importers {
            project.set_importers(self).with_durability(Durability::MEDIUM).to(Arc::new(importers));
        }
    }

    /// Says which aliases of module paths there are, the innermost folder first.
    pub fn set_aliases(&mut self, aliases: Vec<Alias>) {
        let project = Project::get(self);
        if **project.aliases(self) != aliases {
            project.set_aliases(self).with_durability(Durability::MEDIUM).to(Arc::new(aliases));
        }
    }

    /// Says where the text of a file comes from now. Whoever computes on another handle is cancelled, and waited for.
    pub fn set_content(&mut self, file: SourceFile, content: Content) {
        let durability = match content {
            Content::Disk(_) => Durability::MEDIUM,
            Content::Open(_) | Content::Parsed(..) => Durability::LOW,
        };
        file.set_content(self).with_durability(durability).to(content);
    }

    /// Says how a file is to be read.
    pub fn set_language(&mut self, file: SourceFile, language: Language) {
        if file.language(self) != language {
            file.set_language(self).to(language);
        }
    }
}
