//! The budget of a query.

use std::cell::Cell;

use crate::db::{Db, SourceFile, Worked};
use crate::value::{ItemRef, Reason, Value};

/// Steps that one query may take beyond looking at each of its expressions once.
const MAX_STEPS: u32 = 20_000;
/// How far calls within terms are followed while terms are carried to their callers.
const MAX_DEPTH: u8 = 24;

/// Steps that are left to a query.
#[derive(Debug)]
pub(crate) struct Budget(Cell<u32>);

impl Default for Budget {
    fn default() -> Self {
        Self(Cell::new(MAX_STEPS))
    }
}

/// The database with what is left to the query that runs. Whoever carries a term further goes one level deeper; a query
/// that has used up its budget gets unknowns, whoever asks it and in whatever order.
#[derive(Clone, Copy)]
pub(crate) struct Work<'a> {
    pub(crate) db: &'a dyn Db,
    budget: &'a Budget,
    depth: u8,
    /// The item whose body is evaluated.
    within: Option<ItemRef>,
}

impl<'a> Work<'a> {
    /// The work of a query.
    pub(crate) fn new(db: &'a dyn Db, budget: &'a Budget) -> Self {
        Self { db, budget, depth: 0, within: None }
    }

    /// The work of evaluating the body of an item.
    pub(crate) fn within(self, item: ItemRef) -> Self {
        Self { within: Some(item), ..self }
    }

    /// The file whose code is evaluated.
    pub(crate) fn within_file(self) -> Option<SourceFile> {
        self.within.map(|item| item.file)
    }

    /// Whether the body of this item is being evaluated: a function that calls itself adds nothing to what it returns.
    pub(crate) fn is_within(self, item: ItemRef) -> bool {
        self.within == Some(item)
    }

    /// One step, one level deeper.
    pub(crate) fn deeper(self) -> Result<Self, Value> {
        let left = self.budget.0.get();
        if left == 0 || self.depth >= MAX_DEPTH {
            return Err(Value::Unknown(Reason::TooLarge));
        }
        self.budget.0.set(left - 1);
        if left == 1 {
            self.db.worked(Worked::Budget);
        }
        Ok(Self { depth: self.depth + 1, ..self })
    }
}
