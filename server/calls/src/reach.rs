//! Which requests a function leads to, and how often.
//!
//! Two directions. *Backwards*, from requests to who calls the functions that they stand in: that tells the names by which such
//! functions are called ([`crate::Database::set_reaching_names`]), a filter that keeps everything else cheap. *Forwards*, from a
//! function or a call of one to all that it leads to, with what the calls on the way give: [`of_function`], [`of_site`].

mod arrange;
mod file;
mod from;
mod parts;
mod retries;
mod steps;
mod unfold;
mod ways;

pub use lensai_semantics::Turns;
use lensai_semantics::{ItemRef, SourceFile, calling_items, head, items};
use lensai_syntax::hir::ItemKind;
use smol_str::SmolStr;

use crate::db::Db;
use crate::find::item_calls;

pub use self::file::{FileReach, ReachingFunction, of_file};
pub use self::from::{Through, WayTo, ways_to};
pub use self::parts::{WrapperSite, has_requests, wrapper_sites};
pub use self::steps::{Cut, Entered, Request, Step, Steps};
pub use self::unfold::{of_function, of_site};
pub use self::ways::{Reached, is_cut, requests};

/// Who leads to what an item leads to, one step back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Back {
    /// The items.
    pub items: Vec<ItemRef>,
    /// The names by which they call it.
    pub names: Vec<SmolStr>,
}

/// The items of a file that make requests themselves, in order.
pub fn requesting_items(db: &dyn Db, file: SourceFile) -> Vec<ItemRef> {
    items(db, file).filter(|at| !item_calls(db, file, at.item).is_empty()).collect()
}

/// Who calls an item; of a function without a name the item in which it stands.
pub fn back(db: &dyn Db, at: ItemRef) -> Back {
    let Some(this) = head(db, at.file, at.item) else { return Back::default() };
    match this.kind {
        ItemKind::Lambda { .. } if this.name.is_empty() => {
            let around = this.parent.map(|item| ItemRef { file: at.file, item });
            Back { items: around.into_iter().collect(), names: Vec::new() }
        }
        ItemKind::Function | ItemKind::Lambda { .. } => {
            let (items, names) = calling_items(db, at).into_iter().unzip();
            Back { items, names }
        }
        ItemKind::Module | ItemKind::Class => Back::default(),
    }
}
