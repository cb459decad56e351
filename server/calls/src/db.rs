//! The queries of this crate and what they need.

mod inputs;

use lensai_semantics::{ItemRef, SourceFile};
use lensai_syntax::hir::ExprId;

pub use self::inputs::Knowledge;

/// What the queries need from whoever holds them.
#[salsa::db]
pub trait Db: lensai_semantics::Db {
    /// What is looked for.
    fn knowledge(&self) -> Knowledge;

    /// Whether requests of a file are looked for: in a scan not in files that were not chosen.
    fn looks_for_requests(&self, file: SourceFile) -> bool;

    /// Which requests a call may be, by what is called; [`Chance::Any`] says nothing.
    fn chance(&self, item: ItemRef, callee: ExprId) -> Chance;

    /// Whether there is a call in an item that may be one.
    fn may_hold_requests(&self, item: ItemRef) -> bool;

    /// Whether it is told of each call of a file which requests it may be.
    fn is_narrowed(&self, file: SourceFile) -> bool;
}

/// Which requests a call may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Chance {
    /// None.
    None,
    /// One that is known by its address.
    ByAddress,
    /// Any.
    Any,
}
