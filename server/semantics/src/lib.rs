//! What an expression can be: names to values, across files.
//!
//! The one question is answered by [`Evaluator::eval`] within a body; what a body gives to others (a module's names,
//! a class's attributes, a function's result) are salsa queries, so that an edit recomputes what changed and no more.
//! The crate knows no SDK: what comes from a package stays a symbolic term ([`Value`]).

mod callers;
mod class;
mod db;
mod emitted;
mod eval;
mod fill;
mod flow;
mod forms;
mod function;
mod intrinsics;
mod made;
mod ops;
mod resolve;
mod scope;
mod settings;
mod shared;
mod site;
mod texts;
pub mod trail;
mod turns;
mod value;
mod work;

pub use callers::{caller_argument, given, given_argument, importers, is_index, is_mentioned};
pub use class::{ancestors, attribute, bases, class_attribute, external_bases};
pub use db::{
    Alias, Content, Db, Externals, Head, Importers, Project, SourceFile, Worked, facts, forget_syntax, head, item,
    item_span, items, note_uses_of_syntax, outline,
};
pub use eval::Evaluator;
pub use function::{given_to_package, returns};
pub use made::{Made, made, made_export, made_member, named};
pub use resolve::{module, resolve_module, submodule};
pub use scope::{export, qualified_name};
pub use site::{Each, Given, RETRIERS, RUNNERS, Site, bound_targets, calling_items, sites};
pub use turns::{Turns, elements, turns_over};
pub use value::{
    Args, Environment, Function, Index, Instance, Invoke, ItemRef, List, Literal, Mapping, Member, Number, Origin,
    Param, Reason, Several, Symbol, Text, TextPart, Typed, Value,
};

/// Queries call each other along the user's imports, factories and classes: as deep as those go. The stack grows with
/// them on the heap.
pub fn with_stack<T>(work: impl FnOnce() -> T) -> T {
    const RED_ZONE: usize = 256 * 1024;
    const STEP: usize = 4 * 1024 * 1024;
    stacker::maybe_grow(RED_ZONE, STEP, work)
}

/// `object.name`, for a value that an evaluator or a query gave. It has a budget of its own.
pub fn member(db: &dyn Db, object: &Value, name: &str) -> Value {
    ops::member(work::Work::new(db, &work::Budget::default()), object, name)
}

/// `object[index]`, as [`member`].
pub fn index(db: &dyn Db, object: &Value, index: &Value) -> Value {
    ops::index(work::Work::new(db, &work::Budget::default()), object, index)
}
