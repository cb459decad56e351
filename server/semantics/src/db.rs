//! The database, and the queries over one file.

mod inputs;

use std::sync::Arc;

use lensai_syntax::Limits;
use lensai_syntax::hir::{BlockId, Body, ExprId, Facts, ItemId, ItemKind};
use lensai_text::Span;
use smol_str::SmolStr;

pub use self::inputs::{Alias, Content, Externals, Importers, Project, SourceFile};
use crate::value::ItemRef;

/// What the queries need from whoever holds them.
#[salsa::db]
pub trait Db: salsa::Database {
    /// The files and settings of the workspace.
    fn project(&self) -> Project;

    /// The decoded text of a file that is not open in an editor; empty when it cannot be read.
    fn read(&self, path: &str) -> Arc<str>;

    /// Whether a word occurs in that text: a look at it, for which it need not be parsed.
    fn mentions(&self, path: &str, word: &str) -> bool;

    /// Told of work, for whoever counts it.
    fn worked(&self, work: Worked) {
        let _ = work;
    }
}

/// Remembers from now on which syntax was used last, so that [`forget_syntax`] can let go of the rest. Every use costs a little more.
pub fn note_uses_of_syntax(db: &mut dyn Db) {
    facts::set_lru_capacity(db, usize::MAX);
    item::set_lru_capacity(db, usize::MAX);
}

/// Lets go of the syntax of all files but these. It is most of what a database holds, and is read again where it is asked for; what
/// rests on it stays known. Waits until nobody computes.
pub fn forget_syntax(db: &mut dyn Db, keep: &[SourceFile]) {
    let mut kept = 0;
    for file in keep {
        // What is asked for is among what was used last.
        facts(db, *file);
        for at in items(db, *file) {
            item(db, at.file, at.item);
            kept += 1;
        }
    }
    // What was used last is kept; no capacity would be no limit.
    facts::set_lru_capacity(db, keep.len().max(1));
    item::set_lru_capacity(db, kept.max(1));
    db.trigger_lru_eviction();
    note_uses_of_syntax(db);
}

/// Work that is worth counting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Worked {
    /// The body of an item is evaluated, as a whole or in part.
    Item,
    /// A query has used up its budget: what it still asks for is unknown.
    Budget,
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
#[salsa::tracked(returns(clone), no_eq, lru = 0)]
pub fn facts(db: &dyn Db, file: SourceFile) -> Arc<Facts> {
    let text = match file.content(db) {
        Content::Open(text) => Arc::clone(text),
        Content::Parsed(_, facts) => return Arc::clone(facts),
        Content::Disk(_) => db.read(file.path(db)),
    };
    Arc::new(lensai_syntax::facts(&text, file.language(db), Limits::default()))
}

/// Heads of all items of a file.
#[salsa::tracked(returns(ref))]
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
#[salsa::tracked(returns(clone), lru = 0)]
pub fn item(db: &dyn Db, file: SourceFile, item: ItemId) -> Arc<Body> {
    facts(db, file).items.get(item.0 as usize).map_or_else(Arc::default, |item| Arc::clone(&item.body))
}

/// The items of a file, in order.
pub fn items(db: &dyn Db, file: SourceFile) -> impl Iterator<Item = ItemRef> + use<> {
    let count = outline(db, file).len();
    (0..).map(ItemId).take(count).map(move |item| ItemRef { file, item })
}

/// Where an item stands in its file.
pub fn item_span(db: &dyn Db, file: SourceFile, item: ItemId) -> Span {
    facts(db, file).items.get(item.0 as usize).map(|item| item.span).unwrap_or_default()
}

/// The head of an item.
pub fn head(db: &dyn Db, file: SourceFile, item: ItemId) -> Option<&Head> {
    outline(db, file).get(item.0 as usize)
}
