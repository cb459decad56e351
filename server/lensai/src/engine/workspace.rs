//! A workspace that is looked at while it is edited.
//!
//! [`Workspace`] has one owner, who tells it what changed: that cancels whoever computes on a [`Handle`], and waits until it is
//! gone. What is computed is plain data that needs no database.

mod analysis;
mod handle;
mod index;
mod pricer;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use lensai_calls::sdk::Descriptions;
use lensai_calls::{Database, Listener, Texts};
use lensai_semantics::{Content, SourceFile};
use lensai_syntax::generated::is_generated_or_minified;
use lensai_syntax::hir::Facts;
use lensai_syntax::{Language, Limits, OpenTree};
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;

use super::importers::{Resolver, importers};
use super::listing::{Known, Listing};
use super::prefilter::{Look, Prefilter};
use super::source::Sources;

pub use self::analysis::Analysis;
pub use self::handle::{Handle, Terms};
pub use self::index::{FileCalls, GoesOn, Index, IndexedCall, IndexedRoute};

/// A folder with the files that somebody edits in it.
pub struct Workspace {
    root: PathBuf,
    sources: Arc<Sources>,
    prefilter: Arc<Prefilter>,
    database: Database,
    /// Files that a listing found.
    listed: Arc<Known>,
    open: FxHashMap<SmolStr, Open>,
    /// Files in which something may be set for everyone.
    ambient: FxHashSet<SmolStr>,
    /// The files that each file imports.
    imported: FxHashMap<SourceFile, Vec<SourceFile>>,
    /// Counts what was read from the disk.
    stamp: u64,
}

/// A file that an editor has open.
struct Open {
    file: SourceFile,
    language: Language,
    tree: OpenTree,
    look: Look,
    /// The file itself is not code that somebody wrote: nothing is looked for in it.
    is_left_out: bool,
    text: Arc<str>,
}

/// The files of a workspace, read and looked at, for [`Workspace::set_listing`].
pub struct Listed(Listing);

impl Workspace {
    /// A folder of which no file is known yet. `listener` is told what is computed, for tests that count.
    pub fn new(root: &Path, descriptions: Descriptions, listener: Option<Listener>) -> Self {
        let sources = Arc::new(Sources::new(root));
        let prefilter = Arc::new(Prefilter::new(&descriptions));
        let texts: Arc<dyn Texts> = Arc::clone(&sources) as Arc<dyn Texts>;
        let mut database = Database::with_listener(texts, descriptions, &[], Vec::new(), listener);
        database.note_uses_of_syntax();
        Self {
            root: root.to_path_buf(),
            sources,
            prefilter,
            database,
            listed: Arc::default(),
            open: FxHashMap::default(),
            ambient: FxHashSet::default(),
            imported: FxHashMap::default(),
            stamp: 0,
        }
    }

    /// Takes the names by which functions are called that lead to calls. Returns whether these are others than before.
    pub fn set_reaching_names(&mut self, names: Arc<FxHashSet<SmolStr>>) -> bool {
        self.database.set_reaching_names(names)
    }

    /// Lets go of what is only needed while the whole workspace is looked at.
    pub fn forget_syntax(&mut self) {
        let open: Vec<SourceFile> = self.open.values().map(|open| open.file).collect();
        self.database.forget_syntax(&open);
    }

    /// The folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// What computes on this state, until something changes.
    pub fn handle(&self) -> Handle {
        let open = self.open.iter().filter(|(_, open)| !open.is_left_out);
        Handle {
            database: self.database.clone(),
            sources: Arc::clone(&self.sources),
            prefilter: Arc::clone(&self.prefilter),
            listed: Arc::clone(&self.listed),
            open: open.map(|(path, open)| (path.clone(), open.look.clone())).collect(),
        }
    }

    /// What lists the files of the workspace, wherever it runs: it takes a while, and is given back to [`Self::set_listing`].
    /// Files that were looked at already are only listed.
    pub fn lister(&self) -> impl FnOnce() -> Listed + Send + 'static {
        let (root, sources, prefilter) = (self.root.clone(), Arc::clone(&self.sources), Arc::clone(&self.prefilter));
        let known = Arc::clone(&self.listed);
        move || Listed(Listing::new(&root, std::slice::from_ref(&root), &sources, &prefilter, &known))
    }

    /// Takes the files of the workspace.
    pub fn set_listing(&mut self, Listed(listing): Listed) {
        let before = Arc::clone(self.database.files());
        let mut files = FxHashMap::default();
        let mut listed = Known::default();
        for file in listing.files {
            let input = before.get(&file.path).copied();
            let input = input.unwrap_or_else(|| self.database.new_file(&file.path, file.language));
            files.insert(file.path.clone(), input);
            listed.insert(file.path, file.look);
        }
        files.extend(self.open.iter().map(|(path, open)| (path.clone(), open.file)));
        self.listed = Arc::new(listed);
        self.database.set_aliases(listing.aliases);
        self.database.set_files(files);
        let resolver = Resolver::of_all(&self.database);
        let look_at = |path| self.open.get(path).map(|open| &open.look).or_else(|| self.listed.get(path));
        let all = self.database.files().iter().filter_map(|(path, file)| Some((path, *file, look_at(path)?)));
        let ambient = all.clone().filter(|(_, file, look)| self.prefilter.sets_ambient(&self.database, *file, look));
        self.ambient = ambient.map(|(path, ..)| path.clone()).collect();
        self.imported = all.map(|(_, file, look)| (file, resolver.imported(file, look.imports()))).collect();
        self.set_ambient();
        self.set_importers();
        self.set_addressed();
    }

    /// A file is edited from now on. `path` is relative to the root.
    pub fn open(&mut self, path: &SmolStr, language: Language, text: &Arc<str>) {
        let file = self.database.file(path).unwrap_or_else(|| {
            let file = self.database.new_file(path, language);
            let mut files = FxHashMap::clone(self.database.files());
            files.insert(path.clone(), file);
            self.database.set_files(files);
            file
        });
        self.database.set_language(file, language);
        let open = Open {
            file,
            language,
            tree: OpenTree::new(language),
            look: Look::default(),
            is_left_out: false,
            text: Arc::clone(text),
        };
        self.open.insert(path.clone(), open);
        self.decide(path);
        self.edit(path, text);
        self.look(path);
    }

    /// The text of an open file changed. Returns whether that changes anything. What it sets for everyone counts once it is settled.
    pub fn edit(&mut self, path: &SmolStr, text: &Arc<str>) -> bool {
        let Some(open) = self.open.get_mut(path) else { return false };
        open.text = Arc::clone(text);
        let facts =
            if open.is_left_out { Facts::empty(open.language) } else { open.tree.facts(text, Limits::default()) };
        self.set_facts(path, facts)
    }

    /// An open file is quiet: it is read anew as a whole, in case that its parts say something else. Returns whether they did.
    pub fn settle(&mut self, path: &SmolStr) -> bool {
        let is_changed = if self.decide(path) {
            let text = self.open.get(path).map(|open| Arc::clone(&open.text));
            text.is_some_and(|text| self.edit(path, &text))
        } else {
            let facts = self.open.get_mut(path).and_then(|open| open.tree.facts_anew(Limits::default()));
            facts.is_some_and(|facts| self.set_facts(path, facts))
        };
        self.look(path) || is_changed
    }

    /// Whether an open file is code that somebody wrote; returns whether that is another answer than before.
    fn decide(&mut self, path: &str) -> bool {
        let Some(open) = self.open.get_mut(path) else { return false };
        let is_left_out = is_generated_or_minified(open.text.as_bytes(), open.language);
        std::mem::replace(&mut open.is_left_out, is_left_out) != is_left_out
    }

    fn set_facts(&mut self, path: &SmolStr, facts: Facts) -> bool {
        let Some(open) = self.open.get(path) else { return false };
        // What is as it was needs no revision: somebody may be computing on it.
        if let Content::Parsed(text, before) = open.file.content(&self.database)
            && **before == facts
            && *text == open.text
        {
            return false;
        }
        let content = Content::Parsed(Arc::clone(&open.text), Arc::new(facts));
        self.database.set_content(open.file, content);
        true
    }

    /// Looks at an open file. Returns whether that changes what is set for everyone.
    fn look(&mut self, path: &SmolStr) -> bool {
        let Some(open) = self.open.get_mut(path).filter(|open| !open.is_left_out) else { return false };
        open.look = self.prefilter.look(&open.text, open.language);
        let is_ambient = self.prefilter.sets_ambient(&self.database, open.file, &open.look);
        let imported = Resolver::new(&self.database).imported(open.file, open.look.imports());
        let file = open.file;
        self.update_imported(file, imported) | self.update_ambient(path, is_ambient) | self.set_addressed()
    }

    /// A file is no longer edited: it is as the disk has it.
    pub fn close(&mut self, path: &SmolStr) {
        let Some(open) = self.open.remove(path) else { return };
        self.stamp += 1;
        self.database.set_content(open.file, Content::Disk(self.stamp));
        if let Some(language) = Language::of_path(path) {
            self.database.set_language(open.file, language);
        }
        self.look_again(path);
    }

    /// A file that is known changed on the disk. Returns false when the files must be listed again: it is new, or gone.
    pub fn changed_on_disk(&mut self, path: &SmolStr) -> bool {
        let exists = self.root.join(path.as_str()).is_file();
        if self.listed.contains_key(path) != exists {
            return false;
        }
        if self.open.contains_key(path) {
            return true;
        }
        let Some(file) = self.database.file(path) else { return !exists };
        self.stamp += 1;
        self.database.set_content(file, Content::Disk(self.stamp));
        self.look_again(path);
        true
    }

    /// Looks at a file of the disk, which is not open; one that is not listed is none of the workspace's.
    fn look_again(&mut self, path: &SmolStr) {
        let Some(file) = self.database.file(path) else { return };
        if !self.listed.contains_key(path) {
            let mut files = FxHashMap::clone(self.database.files());
            files.remove(path);
            self.database.set_files(files);
            self.update_imported(file, Vec::new());
            self.update_ambient(path, false);
            return;
        }
        let text = self.sources.read(path).text;
        let look = self.prefilter.look(&text, file.language(&self.database));
        let is_ambient = self.prefilter.sets_ambient(&self.database, file, &look);
        let imported = Resolver::new(&self.database).imported(file, look.imports());
        Arc::make_mut(&mut self.listed).insert(path.clone(), look);
        self.update_imported(file, imported);
        self.update_ambient(path, is_ambient);
        self.set_addressed();
    }

    /// Returns whether a file imports others than before.
    fn update_imported(&mut self, file: SourceFile, imported: Vec<SourceFile>) -> bool {
        if self.imported.get(&file).map(Vec::as_slice).unwrap_or_default() == imported {
            return false;
        }
        self.imported.insert(file, imported);
        self.set_importers();
        true
    }

    fn set_importers(&mut self) {
        let imported = self.imported.iter().map(|(file, imported)| (*file, imported.as_slice()));
        let importers = importers(&self.database, imported);
        self.database.set_importers(importers);
    }

    /// Returns whether other files than before may send a request to an address of another file.
    fn set_addressed(&mut self) -> bool {
        let look_at = |path| self.open.get(path).map(|open| &open.look).or_else(|| self.listed.get(path));
        let looks = self.database.files().iter().filter_map(|(path, file)| Some((*file, look_at(path)?)));
        let addressed = self.prefilter.addressed(&self.database, looks, self.database.importers());
        self.database.set_addressed_files(addressed)
    }

    fn update_ambient(&mut self, path: &SmolStr, is_ambient: bool) -> bool {
        let changed = if is_ambient { self.ambient.insert(path.clone()) } else { self.ambient.remove(path) };
        if changed {
            self.set_ambient();
        }
        changed
    }

    fn set_ambient(&mut self) {
        let mut ambient: Vec<&SmolStr> = self.ambient.iter().collect();
        ambient.sort_unstable();
        let ambient = ambient.into_iter().filter_map(|path| self.database.file(path)).collect();
        self.database.set_ambient_files(ambient);
    }
}
