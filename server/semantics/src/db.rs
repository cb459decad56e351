//! Inputs and the queries over one file.

use std::sync::Arc;

use lensai_syntax::hir::{Body, BlockId, ExprId, Facts, ItemId, ItemKind};
use lensai_syntax::{Language, Limits};
use lensai_text::Span;
use rustc_hash::FxHashMap;
use smol_str::SmolStr;

/// What the queries need from whoever holds them.
#[salsa::db]
pub trait Db: salsa::Database {
    /// The files and settings of the workspace.
    fn project(&self) -> Project;

    /// The decoded text of a file that is not open in an editor; empty when it cannot be read.
    fn read(&self, path: &str) -> Arc<str>;
}

/// A file of the project.
#[salsa::input(debug)]
pub struct SourceFile {
    /// Relative to the root, with `/`.
    #[returns(ref)]
    pub path: SmolStr,
    /// How it is read.
    #[returns(copy)]
    pub language: Language,
    /// Where its text comes from.
    #[returns(ref)]
    pub content: Content,
}

/// Where the text of a file comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// From the disk, as of this stamp: a new stamp says that it changed.
    Disk(u64),
    /// From an editor.
    Open(Arc<str>),
}

/// The files and settings of a workspace.
#[salsa::input(singleton, debug)]
pub struct Project {
    /// All files by path. What is not in it does not exist.
    #[returns(ref)]
    pub files: Arc<FxHashMap<SmolStr, SourceFile>>,
    /// Modules that are always taken for the published package, even when a folder of the project has their name.
    #[returns(ref)]
    pub externals: Arc<Externals>,
    /// Aliases of module paths (tsconfig `paths`), by the folder of the file that declares them.
    #[returns(ref)]
    pub aliases: Arc<Vec<Alias>>,
}

/// Names of published packages.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Externals {
    /// Beginnings of module names: `openai`, `langchain_`, `@ai-sdk/`.
    pub prefixes: Vec<SmolStr>,
}

/// An alias of module paths.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alias {
    /// Folder in which it holds, with a trailing `/`; empty for the root.
    pub folder: SmolStr,
    /// What a module begins with (`@/`), or the whole module when `exact`.
    pub prefix: SmolStr,
    /// The alias stands for the whole module name.
    pub exact: bool,
    /// What stands for it, relative to the root (`web/src/`), in order of trial.
    pub targets: Vec<SmolStr>,
}

/// What can be said of an item without its content and without its place: an edit in a body leaves it alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// What it is.
    pub kind: ItemKind,
    /// Its name.
    pub name: SmolStr,
    /// The item around it.
    pub parent: Option<ItemId>,
    /// The block of the parent in which it is defined.
    pub parent_block: BlockId,
    /// The parent's time at its definition.
    pub parent_time: ExprId,
}

/// The facts of a file.
#[salsa::tracked(returns(clone), no_eq)]
pub fn facts(db: &dyn Db, file: SourceFile) -> Arc<Facts> {
    let text = match file.content(db) {
        Content::Open(text) => Arc::clone(text),
        Content::Disk(_) => db.read(file.path(db)),
    };
    Arc::new(lensai_syntax::facts(&text, file.language(db), Limits::default()))
}

/// Heads of all items of a file.
#[salsa::tracked(returns(clone))]
pub fn outline(db: &dyn Db, file: SourceFile) -> Arc<[Head]> {
    let facts = facts(db, file);
    facts
        .items
        .iter()
        .map(|item| Head {
            kind: item.kind,
            name: item.name.clone(),
            parent: item.parent,
            parent_block: item.parent_block,
            parent_time: item.parent_time,
        })
        .collect()
}

/// The content of an item.
#[salsa::tracked(returns(clone))]
pub fn item(db: &dyn Db, file: SourceFile, item: ItemId) -> Arc<Body> {
    facts(db, file).items.get(item.0 as usize).map_or_else(Arc::default, |item| Arc::clone(&item.body))
}

/// Where an item stands in its file.
pub fn item_span(db: &dyn Db, file: SourceFile, item: ItemId) -> Span {
    facts(db, file).items.get(item.0 as usize).map(|item| item.span).unwrap_or_default()
}

/// The head of an item.
pub fn head(db: &dyn Db, file: SourceFile, item: ItemId) -> Option<Head> {
    outline(db, file).get(item.0 as usize).cloned()
}
